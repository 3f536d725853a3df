"""The examples of CONTRIBUTING.md, each done as it stands there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, exports
from assistant.__main__ import main
from corpus import Article, Unreadable, read_articles, reading
from index import Archive

TEXT = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text()
TALKS = Article("a", "Harbour talks", "Ruth Abara led the harbourmasters.", source="Post")


def example(heading: str, **names: Any) -> dict[str, Any]:
    """What the Python under a heading defines."""
    [section] = re.findall(rf"^## {heading}\n(.*?)^## ", TEXT, re.MULTILINE | re.DOTALL)
    for block in re.findall(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL):
        exec(compile(block, heading, "exec"), names)
    return names


@pytest.fixture
def archive(archive: Archive) -> Archive:
    archive.add([TALKS])
    return archive


def test_another_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READERS", dict(reading.READERS))
    example("I want to read another format", READERS=reading.READERS)
    (tmp_path / "a.gmi").write_text("# Talks end\n\n=> gemini://a.test the minutes\nNobody won.\n")
    (tmp_path / "b.gmi").write_text("")
    good, empty = read_articles(tmp_path)
    assert isinstance(good, Article)
    assert (good.title, good.text) == ("Talks end", "the minutes\nNobody won.")
    assert empty == Unreadable(str(tmp_path / "b.gmi"), "is empty")


def test_another_reader(archive: Archive) -> None:
    reader = example("I want another model")["LongestWord"]()
    answer = Assistant(archive, reader=reader).ask("Who was led?")
    assert answer.short.text == "harbourmasters"


@pytest.mark.usefixtures("fake_models")
def test_another_export(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    before = dict(exports.FORMS)
    try:
        example("I want another export")
        folder = str(archive.folder)
        assert main(["Who led the harbourmasters?", "--archive", folder, "--sources"]) == 0
        assert capsys.readouterr().out == "Harbour talks · Post · date unknown\n"
        assert main(["Who led the harbourmasters?", "--archive", folder, "--csl"]) == 0
        assert json.loads(capsys.readouterr().out)[0]["title"] == "Harbour talks"
    finally:
        exports.FORMS.clear()
        exports.FORMS.update(before)
