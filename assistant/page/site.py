"""What a page is part of: the archives that are served beside its own, and what readers may do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """What every part of a page knows of where it stands.

    Readers ``may_add`` articles, and ``may_keep`` dossiers and saved searches. Where several
    archives are served, ``archives`` are the names of all, and ``here`` is that of the page's own;
    each is served below a path of its name.
    """

    may_add: bool = False
    may_keep: bool = False
    archives: tuple[str, ...] = ()
    here: str = ""

    @property
    def others(self) -> tuple[str, ...]:
        """The names of the archives beside this one."""
        return tuple(name for name in self.archives if name != self.here)


ALONE = Site()
"""Of one archive, with readers who only read."""
