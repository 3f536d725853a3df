"""What a person at a terminal sees while long work goes on."""

import io
import re

import pytest

import index.progress
from index.progress import Progress


class Terminal(io.StringIO):
    """Standard error, as a terminal or not."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def written(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, shown: bool, characters: int | None
) -> list[str]:
    """What is on each line at last, after some work."""
    terminal = Terminal(is_terminal)
    monkeypatch.setattr("sys.stderr", terminal)
    with Progress("Storing", shown, 3, characters) as progress:
        progress.embedded(["a" * 40, "b" * 40])
        progress.stored(2, 100)
        progress.embedded(["c" * 40])
    return [line.split("\r")[-1] for line in terminal.getvalue().split("\n") if line]


def test_articles_chunks_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.progress, "_SECONDS_UNSEEN", 0)
    [line] = written(monkeypatch, True, True, 200)
    assert re.fullmatch(
        r"Storing 2 of 3 articles, 3 chunks, \d+ chunks/s  70%\|[█#]+\s*\| [\d:?]+ left", line
    )
    [line] = written(monkeypatch, True, True, None)
    assert re.fullmatch(r"Storing 2 of 3 articles, 3 chunks, \d+ chunks/s [\d:]+ passed", line)


@pytest.mark.parametrize(("is_terminal", "shown"), [(False, True), (True, False)])
def test_nothing_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, shown: bool
) -> None:
    monkeypatch.setattr(index.progress, "_SECONDS_UNSEEN", 0)
    assert written(monkeypatch, is_terminal, shown, 200) == []


def test_a_file_has_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.progress, "_SECONDS_BETWEEN", 0)
    for characters in (200, None):
        lines = written(monkeypatch, False, True, characters)
        assert [re.sub(r"\d+ chunks/s", "", line) for line in lines] == [
            "Storing 0 of 3 articles, 2 chunks, ",
            "Storing 2 of 3 articles, 2 chunks, ",
            "Storing 2 of 3 articles, 3 chunks, ",
        ]
    assert written(monkeypatch, False, False, 200) == []


def test_nothing_of_what_is_soon_done(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "".join(written(monkeypatch, True, True, 200)).strip() == ""
