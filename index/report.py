"""What a change did to an archive, and what is in it."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from corpus import Article, Found, Note, Unreadable
from index.schema import why_not_stored


@dataclass(slots=True)
class Report:
    """What a change did: articles by id, what could not be read, texts embedded, seconds.

    ``moved`` ones were found at another place, ``returned`` ones had been withdrawn. ``kept`` are
    those that were not found where not everything could be read. ``copies`` are those of the new
    and changed ones that carry the same agency text as an article that was there before them.
    ``embargoed`` ones are under another embargo than before, or under none any more. ``conflicts``
    are new and changed ones that give themselves the id of an article from elsewhere, with
    another text: they stand beside it. ``undated`` are new and changed ones of which not even the
    year is known. ``refused`` is what was said of articles by others than
    their own source, and not done. ``notes`` are what has to be known of articles that were read.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    embargoed: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    refused: list[Unreadable] = field(default_factory=list)
    failed: list[Unreadable] = field(default_factory=list)
    notes: list[Unreadable] = field(default_factory=list)
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0

    def __bool__(self) -> bool:
        """Whether anything is other than before."""
        changed = (
            self.added, self.changed, self.moved, self.returned, self.withdrawn, self.embargoed,
        )  # fmt: skip
        return any(changed)

    def storable(self, item: Found) -> Article | None:
        """The article that was found; what is none, or cannot be stored, is reported instead."""
        if isinstance(item, Note):
            self.notes.append(item)
        elif isinstance(item, Unreadable):
            self.failed.append(item)
        elif reason := why_not_stored(item):
            self.failed.append(Unreadable(item.origin or ascii(item.id), reason))
        else:
            return item
        return None

    def as_dict(self) -> dict[str, Any]:
        return {
            **{name: len(getattr(self, name)) for name in _COUNTED},
            **self.remarks(),
            "undated": len(self.undated),
            "chunks": self.chunks,
            "embedded": self.embedded,
            "seconds": round(self.seconds, 3),
        }

    def remarks(self) -> dict[str, list[dict[str, Any]]]:
        """What was not read, or has to be known of what was, as ``--json`` prints it."""
        return {name: list(map(asdict, getattr(self, name))) for name in _REMARKS}

    def __str__(self) -> str:
        always = {"added", "changed", "unchanged"}
        counts = [(name, len(getattr(self, name))) for name in _COUNTED]
        parts = [
            f"{count} {_WORDS.get(name, name)}" for name, count in counts if count or name in always
        ]
        parts += [f"{len(self.refused)} statements refused"] if self.refused else []
        parts += [f"{len(self.notes)} noted"] if self.notes else []
        return (
            f"{', '.join(parts)}, {len(self.failed)} not read; "
            f"{self.chunks} chunks, {self.embedded} embedded, in {self.seconds:.1f} s"
            f"{f'; {len(self.undated)} without a date' if self.undated else ''}"
        )


_COUNTED = (
    "added", "changed", "moved", "returned", "withdrawn", "kept", "unchanged", "copies",
    "embargoed", "conflicts",
)  # fmt: skip
_REMARKS = ("refused", "failed", "notes")
_WORDS = {"embargoed": "under another embargo", "conflicts": "in conflict"}


RootState = Literal["there", "missing", "an address"]


def counted(number: int, noun: str) -> str:
    """So many of something, such as "1 article" or "2 articles"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Root:
    """A file, folder or address that an archive follows, and how many articles are from it."""

    place: str
    state: RootState
    articles: int

    def __str__(self) -> str:
        return f"follows {self.place} ({self.state}, {counted(self.articles, 'article')})"


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in an archive and may be shown.

    ``sources`` and ``languages`` count articles, most first; so do ``months`` and ``years``, in
    order, for those of which at least the month or the year is known. ``withdrawn`` and
    ``embargoed`` articles are not among the others; ``waiting`` ones are not searched before they
    are embedded (see ``Archive.embed``). ``report`` is what the last change did, as
    ``Report.as_dict`` has it, and ``updated`` when that was, in UTC. ``roots`` are followed.
    """

    articles: int
    chunks: int
    sources: dict[str, int]
    first: date | None
    last: date | None
    encoder: str
    languages: dict[str, int] = field(default_factory=dict)
    months: list[tuple[str, int]] = field(default_factory=list)
    years: list[tuple[str, int]] = field(default_factory=list)
    withdrawn: int = 0
    embargoed: int = 0
    waiting: int = 0
    updated: datetime | None = None
    report: dict[str, Any] | None = None
    roots: tuple[Root, ...] = ()

    @property
    def undated(self) -> int:
        """How many articles have no date, not even a year."""
        return self.articles - sum(count for _, count in self.years)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {
            "undated": self.undated,
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "months": dict(self.months),
            "years": dict(self.years),
            "updated": self.updated and self.updated.isoformat(timespec="seconds"),
            "roots": list(map(asdict, self.roots)),
        }
