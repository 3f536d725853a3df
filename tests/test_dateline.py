"""dateline: one command for what three modules do."""

import errno
import json
import subprocess
import sys
import tomllib
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest

import app
import dateline

ROOT = Path(app.__file__).parent


pytestmark = pytest.mark.usefixtures("fake_models")


def test_from_articles_to_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "talks.txt").write_text("Harbour talks\n\nRuth Abara led the harbour talks.\n")
    common = ["--archive", str(tmp_path / "archive"), "--json"]
    assert dateline.main(["sync", str(news), *common]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 1
    assert dateline.main(["search", "harbour talks", *common]) == 0
    [passage] = json.loads(capsys.readouterr().out)
    assert passage["article"]["title"] == "Harbour talks"
    assert dateline.main(["ask", "Who led the harbour talks?", *common]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Ruth Abara led the harbour talks. [1]"
    assert dateline.main(["status", *common]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 1


def test_version_is_that_of_the_distribution(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    monkeypatch.setattr(dateline, "version", {"dateline": declared}.__getitem__)
    assert dateline.main(["--version"]) == 0
    assert capsys.readouterr().out == f"dateline {declared}\n"


def test_a_command_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert dateline.main(["enquire"]) == 2
    printed = capsys.readouterr()
    assert printed.err == "error: there is no command enquire; see dateline --help\n"
    assert printed.out == ""


@pytest.mark.parametrize(("words", "status"), [([], 2), (["--help"], 0)])
def test_all_commands_are_listed(
    words: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dateline.main(words) == status
    printed = capsys.readouterr()
    listed = [line for line in printed.out.splitlines() if line.startswith("  ")]
    assert listed == [f"  {name:8}  {what}" for name, what in dateline.COMMANDS.items()]
    assert printed.err == ""


@pytest.mark.parametrize("name", dateline.COMMANDS)
def test_every_command_explains_itself_under_its_own_name(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        dateline.main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: dateline {name} ")


def test_a_search_loads_no_page() -> None:
    code = (
        "import sys, dateline; dateline.main(['status', '--archive', 'nowhere']);"
        "print({'gradio', 'assistant'} & sys.modules.keys())"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "set()\n"
    assert ended.stderr.startswith("error: There is no archive in nowhere")


@pytest.mark.parametrize(
    ("happened", "status", "said"),
    [
        (KeyboardInterrupt(), 130, "Interrupted; nothing was done.\n"),
        # As where libraries find no folder for temporary files.
        (
            FileNotFoundError(errno.ENOENT, "No folder is usable"),
            2,
            "error: No folder is usable.\n",
        ),
    ],
    ids=["interrupt", "error"],
)
@pytest.mark.parametrize("words", [["status"], ["ask", "Why?"], ["new"], ["serve"]])
def test_what_happens_while_it_is_loaded(
    words: list[str],
    happened: BaseException,
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Failing(MetaPathFinder):
        def find_spec(self, name: str, *_: object) -> None:
            if name in loaded:
                raise happened

    loaded = ("app", "index.__main__", "assistant.__main__")
    for name in loaded:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Failing(), *sys.meta_path])
    assert dateline.main(words) == status
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("command", "does"),
    [
        ("sync", "new articles are added, changed ones get a new version, and those that are gone"),
        ("status", "Say what is in the archive."),
    ],
)
def test_the_help_of_a_command_says_what_it_does(
    command: str, does: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        dateline.main([command, "--help"])
    assert does in " ".join(capsys.readouterr().out.split())
