"""How far a long change has come: on a terminal, or told to a function."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tqdm import tqdm

READING, STORING = "Reading", "Storing"
"""What is done first and then where a source is followed, or articles are added from one."""

_SECONDS_UNSEEN = 1

# It would start a thread, to move bars that are seldom moved, and warn where there is no room.
tqdm.monitor_interval = 0

_SECONDS_BETWEEN = 30
"""Between two lines in a file."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a change has come.

    ``articles`` of ``total`` are done, where that is known, and ``chunks`` of them and of those
    after them have their vectors; ``seconds`` have passed since ``what`` began, and about
    ``left`` are left, where that can be told.
    """

    what: str
    articles: int
    total: int | None
    chunks: int
    seconds: float
    left: float | None


Shown = bool | Callable[[Step], None]
"""Whether there is a line on the terminal, or else what is told of every step, often.

What that function raises ends the change, as Ctrl-C does: what is stored by then stays.
"""


class Progress:
    """A line with articles and chunks done, chunks a second and the time that is left.

    Nothing is shown where ``shown`` is false, or all is done in less than a second. Where standard
    error is no terminal but a file, a new line is written now and then. The time left is estimated
    from ``characters``, what all articles together have, if that is known.
    """

    def __init__(
        self, title: str, shown: Shown, articles: int | None = None, characters: int | None = None
    ) -> None:
        self._title = title
        self._total = articles
        self._characters = characters
        self._articles = self._chunks = self._stored = self._done = 0
        self._began = time.monotonic()
        self._tell = shown if callable(shown) else None
        self._writes = shown is True and not sys.stderr.isatty()
        self._written = self._began
        left = "{elapsed} passed" if characters is None else "{remaining} left"
        part = "" if characters is None else " {percentage:3.0f}%|{bar:20}|"
        self._bar = tqdm(
            desc=title,
            total=characters,
            disable=None if shown is True else True,
            delay=_SECONDS_UNSEEN,
            bar_format=f"{{desc}}{part} {left}",
        )

    def read(self) -> None:
        """One more article was read, or something that is none."""
        self._articles += 1
        self._move(self._articles)

    def embedded(self, texts: Sequence[str]) -> None:
        """These chunks of articles that are not stored yet have their vectors."""
        self._chunks += len(texts)
        self._move(self._done + sum(map(len, texts)))

    def stored(self, articles: int, characters: int) -> None:
        """So many articles, with so many characters, are stored."""
        self._articles += articles
        self._stored += characters
        self._move(self._stored)

    def _move(self, done: int) -> None:
        self._done = done if self._characters is None else min(done, self._characters)
        if self._tell:
            self._tell(self._step())
        elif self._writes:
            if time.monotonic() - self._written >= _SECONDS_BETWEEN:
                self._written = time.monotonic()
                print(self._line(), file=sys.stderr, flush=True)
        elif not self._bar.disable:
            self._bar.set_description_str(self._line(), refresh=False)
            self._bar.update(self._done - self._bar.n)

    def _step(self) -> Step:
        seconds = time.monotonic() - self._began
        left = None
        if self._characters and self._done:
            left = seconds / self._done * (self._characters - self._done)
        return Step(self._title, self._articles, self._total, self._chunks, seconds, left)

    def _line(self) -> str:
        of = "" if self._total is None else f" of {self._total}"
        line = f"{self._title} {self._articles}{of} articles"
        if self._chunks:
            seconds = time.monotonic() - self._began or 1.0
            line += f", {self._chunks} chunks, {self._chunks / seconds:.0f} chunks/s"
        return line

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
