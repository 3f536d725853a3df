"""The report of a change to an archive, and the overview of its contents."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from corpus import Article, Found, Note, Unreadable
from index.schema import why_not_stored


@dataclass(slots=True)
class Report:
    """What a change did: articles by id, unreadable files, chunks, texts embedded, and seconds.

    ``moved`` articles were found at another place, and ``returned`` ones had been withdrawn.
    ``kept`` ones were not found, but not everything could be read. ``copies`` are new and changed
    articles with the agency text of an article stored before them. ``embargoed`` ones have another
    embargo than before, or none any more. ``conflicts`` are new and changed articles that claim
    the id of an article from another source, with another text; they are stored beside it.
    ``undated`` are new and changed ones without even a year. ``refused`` statements about articles
    came from another source and were ignored. ``notes`` are remarks on articles that were read.
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
        """Whether anything has changed."""
        changed = (
            self.added, self.changed, self.moved, self.returned, self.withdrawn, self.embargoed,
        )  # fmt: skip
        return any(changed)

    def storable(self, item: Found) -> Article | None:
        """The item if it is an article that can be stored; else None, and the item is reported."""
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
        """Refused statements, unreadable files and notes, as ``--json`` prints them."""
        return {name: list(map(asdict, getattr(self, name))) for name in _REMARKS}

    def __str__(self) -> str:
        always = {"added", "changed", "unchanged"}
        counts = [(name, len(getattr(self, name))) for name in _COUNTED]
        parts = [
            "1 copy" if (name, count) == ("copies", 1) else f"{count} {_WORDS.get(name, name)}"
            for name, count in counts
            if count or name in always
        ]
        parts += [f"{counted(len(self.refused), 'statement')} refused"] if self.refused else []
        parts += [f"{len(self.notes)} noted"] if self.notes else []
        return (
            f"{', '.join(parts)}, {len(self.failed)} not read; {self.embedding()}"
            f"{f'; {len(self.undated)} without a date' if self.undated else ''}"
        )

    def embedding(self) -> str:
        """How much was cut and embedded, such as "4 chunks, 1 embedded, in 0.5 s"."""
        return f"{counted(self.chunks, 'chunk')}, {self.embedded} embedded, in {self.seconds:.1f} s"


_COUNTED = (
    "added", "changed", "moved", "returned", "withdrawn", "kept", "unchanged", "copies",
    "embargoed", "conflicts",
)  # fmt: skip
_REMARKS = ("refused", "failed", "notes")
_WORDS = {"embargoed": "under another embargo or none", "conflicts": "in conflict"}


RootState = Literal["there", "missing", "an address"]


def counted(number: int, noun: str) -> str:
    """A number with its noun, such as "1 article" or "2 articles"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Root:
    """A file, folder or address that an archive follows, and how many articles came from it."""

    place: str
    state: RootState
    articles: int

    def __str__(self) -> str:
        return f"follows {self.place} ({self.state}, {counted(self.articles, 'article')})"


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of the articles in an archive that may be shown, and its state.

    ``sources`` and ``languages`` count articles, the most frequent first. ``months`` and ``years``
    count them in order of time, if at least the month or the year is known. ``withdrawn`` and
    ``embargoed`` articles are in no other count; ``waiting`` ones are not searched before they
    are embedded (see ``Archive.embed``). ``report`` is the last change, as in ``Report.as_dict``,
    and ``updated`` its time in UTC. ``roots`` are those that the archive follows.
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
