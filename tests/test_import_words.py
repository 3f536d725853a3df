"""What an import on the page is called, says of itself, and is refused for at the start."""

from collections.abc import Sequence

import pytest

import app
from assistant.page.imports import NotTaken, State, _duration, _file_name, import_status
from index.progress import Step


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("mill.txt", "mill.txt"),
        ("../../mill.txt", "mill.txt"),
        ("c:\\papers\\mill.txt", "mill.txt"),
        (".hidden.txt", "hidden.txt"),
        ("a\x00b\n\u202ec.txt", "abc.txt"),
        ("طاحونة.html", "طاحونة.html"),
        ("é" * 300 + ".json.gz", "é" * 98 + ".gz"),
    ],
)
def test_names_of_dropped_files(given: str, name: str) -> None:
    assert _file_name(given) == name
    assert len(name.encode()) <= 200


@pytest.mark.parametrize("given", ["", ".", "..", "/", "mill", ".txt", "a.", "x." + "y" * 300])
def test_no_names_of_files(given: str) -> None:
    if given == "a.":
        assert _file_name(given) == "a."
        return
    with pytest.raises(NotTaken, match="has no ending that tells its format"):
        _file_name(given)


def origin(named: str) -> str:
    return named.removeprefix("/archive/dropped/")


def test_how_an_import_stands() -> None:
    assert import_status(State(), origin) == ""
    assert "Beginning…" in import_status(State("a.txt", running=True), origin)
    step = Step("Storing", 1_200, 4_800, 5_000, 30.0, 90.0)
    running = State("a.zip", running=True, step=step)
    assert "Storing 1,200 of 4,800 articles · 5,000 chunks, 167 a second · about 2 min left" in (
        import_status(running, origin)
    )
    shown = import_status(running, origin)
    assert '<progress aria-label="How far the import is" value="0.250">' in shown
    reading = State("a.zip", running=True, step=Step("Reading", 7, None, 0, 1.0, None))
    assert "Reading 7 articles</p>" in import_status(reading, origin)
    assert '<progress aria-label="How far the import is">' in import_status(reading, origin)
    assert "Stopped: 1,200 articles of it came in." in import_status(
        State("a.zip", step=step), origin
    )
    assert "Stopped: 0 articles of it came in." in import_status(
        State("a.zip", step=Step("Reading", 7, None, 0, 1.0, None)), origin
    )
    failed = import_status(State("a.zip", problem="<b>No</b>"), origin)
    assert '<p role="alert">&lt;b&gt;No&lt;/b&gt;</p>' in failed


@pytest.mark.parametrize(
    ("seconds", "duration"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (5_400, "1.5 h")]
)
def test_durations(seconds: float, duration: str) -> None:
    assert _duration(seconds) == duration


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--articles", "nowhere"], "--articles nowhere: there is no such folder."),
        (
            ["--articles", ".", "--auth-file", "passwords"],
            "--articles needs --readers-add where others read the page.",
        ),
    ],
)
def test_folders_that_cannot_be_offered(
    arguments: Sequence[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main([*arguments, "--port", "0", "--no-browser"]) == 2
    assert capsys.readouterr().err == f"error: {problem}\n"
