"""How far a long change has come, on a terminal."""

from collections.abc import Sequence
from types import TracebackType

from tqdm import tqdm

_SECONDS_UNSEEN = 1


class Progress:
    """A line with articles and chunks done, chunks a second and the time that is left.

    Nothing is shown where ``shown`` is false, standard error is no terminal, or all is done in
    less than a second. The time left is estimated from ``characters``, what all articles
    together have, if that is known.
    """

    def __init__(
        self,
        title: str,
        shown: bool,
        articles: int | None = None,
        characters: int | None = None,
    ) -> None:
        self._articles = self._chunks = self._stored = 0
        self._title = title
        self._of = "" if articles is None else f" of {articles}"
        left = "{elapsed} passed" if characters is None else "{remaining} left"
        part = "" if characters is None else " {percentage:3.0f}%|{bar:20}|"
        self._bar = tqdm(
            desc=title,
            total=characters,
            disable=None if shown else True,
            delay=_SECONDS_UNSEEN,
            bar_format=f"{{desc}}{part} {left}",
        )

    def embedded(self, texts: Sequence[str]) -> None:
        """These chunks of articles that are not stored yet have their vectors."""
        self._chunks += len(texts)
        self._move(int(self._bar.n) + sum(map(len, texts)))

    def stored(self, articles: int, characters: int) -> None:
        """So many articles, with so many characters, are stored."""
        self._articles += articles
        self._stored += characters
        self._move(self._stored)

    def _move(self, characters: int) -> None:
        if self._bar.disable:
            return
        seconds = self._bar.format_dict["elapsed"] or 1.0
        self._bar.set_description_str(
            f"{self._title} {self._articles}{self._of} articles, {self._chunks} chunks, "
            f"{self._chunks / seconds:.0f} chunks/s",
            refresh=False,
        )
        total = self._bar.total
        self._bar.update((min(characters, total) if total else characters) - self._bar.n)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.close()
