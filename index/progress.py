"""Shows the progress of a long change on a terminal, or reports it to a function."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tqdm import tqdm

READING, STORING = "Reading", "Storing"
"""The two phases of following a source or of adding articles from one, in this order."""

_SECONDS_UNSEEN = 1

# Tqdm's monitor would start a thread for bars that seldom move, and warn if it cannot.
tqdm.monitor_interval = 0

_SECONDS_BETWEEN = 30
"""Between two lines if standard error is a file."""


@dataclass(frozen=True, slots=True)
class Step:
    """The progress of a change.

    ``articles`` of ``total`` are done, and ``chunks`` are embedded, some of them from articles
    that are not done yet. ``seconds`` have passed since the phase ``what`` began, and about
    ``left`` remain. ``total`` and ``left`` are None if they are not known.
    """

    what: str
    articles: int
    total: int | None
    chunks: int
    seconds: float
    left: float | None


Display = bool | Callable[[Step], None]
"""Whether to show a line on the terminal, or else a function to call at every step, often.

An exception from that function ends the change, as Ctrl-C does; what is stored by then stays.
"""


class Progress:
    """A line with the articles and chunks done, chunks per second and the time left.

    Nothing is shown if ``show`` is false, or if all is done in less than a second. If standard
    error is a file and no terminal, a new line is printed now and then. The time left is estimated
    from ``characters``, the length of all articles together, if that is known.
    """

    def __init__(
        self, title: str, show: Display, articles: int | None = None, characters: int | None = None
    ) -> None:
        self._title = title
        self._total = articles
        self._characters = characters
        self._articles = self._chunks = self._stored = self._done = 0
        self._began = time.monotonic()
        self._callback = show if callable(show) else None
        self._prints_lines = show is True and not sys.stderr.isatty()
        self._last_print = self._began
        time_part = "{elapsed} passed" if characters is None else "{remaining} left"
        bar_part = "" if characters is None else " {percentage:3.0f}%|{bar:20}|"
        self._bar = tqdm(
            desc=title,
            total=characters,
            disable=None if show is True else True,
            delay=_SECONDS_UNSEEN,
            bar_format=f"{{desc}}{bar_part} {time_part}",
        )

    def read(self) -> None:
        """Count one more item that was read, an article or not."""
        self._articles += 1
        self._advance(self._articles)

    def embedded(self, texts: Sequence[str]) -> None:
        """Count chunks that were embedded, from articles that are not stored yet."""
        self._chunks += len(texts)
        self._advance(self._done + sum(map(len, texts)))

    def stored(self, articles: int, characters: int) -> None:
        """Count articles that were stored, and their characters."""
        self._articles += articles
        self._stored += characters
        self._advance(self._stored)

    def _advance(self, done: int) -> None:
        self._done = done if self._characters is None else min(done, self._characters)
        if self._callback:
            self._callback(self._step())
        elif self._prints_lines:
            if time.monotonic() - self._last_print >= _SECONDS_BETWEEN:
                self._last_print = time.monotonic()
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
