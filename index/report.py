"""What a change did to an archive, and what is in it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from corpus import Unreadable


@dataclass(slots=True)
class Report:
    """What a change did: articles by id, what could not be read, texts embedded, seconds.

    ``moved`` ones were found at another place, ``returned`` ones had been withdrawn. ``kept`` are
    those that were not found where not everything could be read. ``copies`` are those of the new
    and changed ones that carry the same agency text as an article that was there before them.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    failed: list[Unreadable] = field(default_factory=list)
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0

    def __bool__(self) -> bool:
        """Whether anything is other than before."""
        return bool(self.added or self.changed or self.moved or self.returned or self.withdrawn)

    def as_dict(self) -> dict[str, Any]:
        return {
            **{name: len(getattr(self, name)) for name in _COUNTED},
            "failed": [{"origin": each.origin, "reason": each.reason} for each in self.failed],
            "chunks": self.chunks,
            "embedded": self.embedded,
            "seconds": round(self.seconds, 3),
        }

    def __str__(self) -> str:
        always = {"added", "changed", "unchanged"}
        counts = [(name, len(getattr(self, name))) for name in _COUNTED]
        said = [f"{count} {name}" for name, count in counts if count or name in always]
        return (
            f"{', '.join(said)}, {len(self.failed)} not read; "
            f"{self.chunks} chunks, {self.embedded} embedded, in {self.seconds:.1f} s"
        )


_COUNTED = ("added", "changed", "moved", "returned", "withdrawn", "kept", "unchanged", "copies")


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in an archive and may be shown.

    ``sources`` and ``languages`` count articles, most first; so do ``months`` and ``years``, in
    order, for those of which at least the month or the year is known. ``withdrawn`` and
    ``embargoed`` articles are not among the others. ``report`` is what the last change did, as
    ``Report.as_dict`` has it, and ``updated`` when that was, in UTC.
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
    updated: datetime | None = None
    report: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "articles": self.articles,
            "chunks": self.chunks,
            "sources": self.sources,
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "encoder": self.encoder,
            "languages": self.languages,
            "months": dict(self.months),
            "years": dict(self.years),
            "withdrawn": self.withdrawn,
            "embargoed": self.embargoed,
            "updated": self.updated and self.updated.isoformat(timespec="seconds"),
            "report": self.report,
        }
