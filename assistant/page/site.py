"""The site of a page: the archives that are served beside its own, and what readers may do."""

from dataclasses import dataclass
from typing import NamedTuple


class ServedArchive(NamedTuple):
    """One of several archives: the path below which it is served, and its name."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Site:
    """What every part of a page knows about the site.

    Readers ``may_add`` articles, and ``may_keep`` dossiers and saved searches. If several
    ``archives`` are served, ``here`` is the one of the page.
    """

    may_add: bool = False
    may_keep: bool = False
    archives: tuple[ServedArchive, ...] = ()
    here: ServedArchive | None = None

    @property
    def others(self) -> tuple[ServedArchive, ...]:
        """The archives beside this one."""
        return tuple(archive for archive in self.archives if archive != self.here)

    @property
    def title(self) -> str:
        """The last part of the page's title in the browser."""
        return f"{self.here.name} – Dateline" if self.here else "Dateline"


ALONE = Site()
"""The site of a single archive whose readers can only read."""
