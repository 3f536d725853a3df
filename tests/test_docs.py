"""The documentation: its links lead somewhere, its commands and its Python do what they say."""

import re
import shlex
import shutil
import socket
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest

import app
import dateline
from corpus import SAMPLE
from index import Archive

ROOT = Path(app.__file__).parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("assistant/**/*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PLACEHOLDER = re.compile(r"…|\b[A-Z]{2,}\b")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *languages: str) -> list[str]:
    return [text for language, text in _BLOCK.findall(page.read_text()) if language in languages]


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each command in a page's shell blocks, what is redirected left out."""
    for block in blocks(page, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words[: words.index(">>")] if ">>" in words else words


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for link in _LINK.findall(page.read_text()):
        if "://" in link:
            continue
        place, _, heading = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        # Built as pages, the documentation has nothing beside it.
        assert target.is_relative_to(ROOT / "docs" if page.parent.name == "docs" else ROOT), link
        if heading:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert heading in map(anchor, headings), link


def test_every_page_is_listed_in_the_documentation() -> None:
    listed = re.findall(r": (\w+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(page.name for page in (ROOT / "docs").glob("*.md"))


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().split()) <= 700


def test_the_readme_has_the_figures_of_the_measurements() -> None:
    """Every figure of the README's table stands in docs/measured.md."""
    table = re.findall(r"^\| .+ \| (.+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    figures = [figure.removesuffix(" ms") for figure in table if re.search(r"\d", figure)]
    assert len(figures) == 5
    measured = (ROOT / "docs" / "measured.md").read_text()
    for figure in figures:
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", measured), figure


@pytest.fixture
def desk(tmp_path: Path, fake_models: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with articles in ``clippings``; nothing loads a model, or serves."""
    monkeypatch.setattr("sys.stdin", StringIO("a long enough password\n"))
    monkeypatch.setattr(app, "build_site", lambda *_, **__: (None, []))
    monkeypatch.setattr(app, "Server", lambda *_: SimpleNamespace(run=lambda sockets: None))
    monkeypatch.setattr(app, "_listen", lambda host, port: socket.create_server((host, 0)))
    monkeypatch.setattr(app, "_on_a_desktop", lambda: False)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SAMPLE, tmp_path / "clippings")
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if any(commands(page))], ids=name)
def test_commands_run(page: Path, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive.create(desk / "archive") as archive:
        archive.sync(["clippings"])
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for words in commands(page):
        program, *rest = words
        if program == "make":
            assert {word for word in rest if "=" not in word} <= targets, words
        elif program == "dateline" and not _PLACEHOLDER.search(" ".join(rest)):
            status = dateline.main(rest)
            printed = capsys.readouterr()
            assert status in {0, 3}, (words, printed.err)
            if "--make-password" in rest:
                (desk / "passwords").write_text(printed.out)


# Those of CONTRIBUTING.md are run, and looked at, by tests/test_contributing.py.
PYTHON = [page for page in PAGES if page.name != "CONTRIBUTING.md" and blocks(page, "python")]


@pytest.mark.parametrize("page", PYTHON, ids=name)
def test_python_runs(page: Path, desk: Path) -> None:
    with Archive.create("archive") as archive:
        archive.sync(["clippings"])
    for block in blocks(page, "python"):
        # What asks a page that is served is run by tests/test_api.py.
        if "gradio_client" not in block:
            exec(compile(block, name(page), "exec"), {"__name__": "example"})
