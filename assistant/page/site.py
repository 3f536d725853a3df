"""What a page is part of: the archives that are served beside its own, and what readers may do."""

from dataclasses import dataclass
from typing import NamedTuple


class ServedArchive(NamedTuple):
    """One of several archives: the path below which it is served, and what it is called."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """What every part of a page knows of where it stands.

    Readers ``may_add`` articles, and ``may_keep`` dossiers and saved searches. Where several
    ``archives`` are served, the page is of the one that is ``here``.
    """

    may_add: bool = False
    may_keep: bool = False
    archives: tuple[ServedArchive, ...] = ()
    here: ServedArchive | None = None

    @property
    def others(self) -> tuple[ServedArchive, ...]:
        """The archives beside this one."""
        return tuple(one for one in self.archives if one != self.here)

    @property
    def title(self) -> str:
        """What the page is called in the browser, after what is on it."""
        return f"{self.here.name} – Dateline" if self.here else "Dateline"


ALONE = Site()
"""Of one archive, with readers who only read."""
