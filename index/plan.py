"""The plan of a sync: the changes that make an archive equal to its sources, none done yet."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from corpus import Article, Unreadable
from index import schema
from index.errors import ArchiveError
from index.report import Report
from index.roots import file_part, is_within, own_id
from index.sources import Sources
from index.store import Sighting, Standing, Store

By = Literal["operator", "page", "drop"]
"""Who brings articles: the person who runs the command, the page from a folder named at its start,
or a person who drops files on the page."""

MANY = 20
"""If there are more articles than this, withdrawing over half of them at once needs an option."""


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one article; ``formerly`` is the old place of one that moved."""

    what: "_Kind"
    id: str
    title: str
    origin: str | None
    formerly: str | None = None

    @classmethod
    def of(cls, what: "_Kind", article: Sighting | Standing, before: Standing | None) -> "Change":
        formerly = before and (before.origin or before.id)
        return cls(what, article.id, article.title, article.origin, formerly)

    def __str__(self) -> str:
        moved = f", was {self.formerly}" if self.formerly else ""
        return f"{self.what:9}  {self.title}  ({self.origin or self.id}{moved})"


_Kind = Literal["added", "changed", "moved", "returned", "withdrawn", "embargo"]


@dataclass(slots=True)
class Plan:
    """The changes to make, article by article; none is made yet.

    ``report`` holds what is known before the changes, such as files that could not be read.
    """

    store: Store
    sources: Sources
    by: By
    withdraw_many: bool = False
    changes: list[Change] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    # Stored articles, each with its new id.
    moved: list[tuple[Standing, str]] = field(default_factory=list)
    relocated: list[Sighting] = field(default_factory=list)
    withdrawn: list[Standing] = field(default_factory=list)
    retracted: list[Standing] = field(default_factory=list)
    # The roots to store, each with its field names if it is followed; and the roots to forget.
    roots: dict[str, Mapping[str, str] | None] = field(default_factory=dict)
    dropped_roots: list[str] = field(default_factory=list)
    # How many articles vanished, and how many came from the followed roots in all.
    vanished: int = 0
    followed: int = 0
    # The digest, length and claim of each article to store, by id; those of the articles that are
    # kept in memory; and the paths from which the others are read again.
    to_store: dict[str, tuple[str, int, str | None]] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    to_reread: dict[str, None] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def keep(self, root: str, vanished: dict[str, Standing], why: str) -> None:
        """Keep the articles that vanished from an empty or missing root, and report why."""
        inside = [id for id, stored in vanished.items() if is_within(stored.location or "", root)]
        for id in inside:
            del vanished[id]
        if inside:
            self.report.kept += inside
            failed = [failure for failure in self.report.failed if failure.origin != root]
            self.report.failed = [*failed, Unreadable(root, why)]

    def check(self) -> None:
        """Raise ArchiveError if so many articles vanished that it is probably a mistake."""
        if self.followed > MANY and self.vanished > self.followed / 2 and not self.withdraw_many:
            raise ArchiveError(
                f"{self.vanished} of {self.followed} articles are not there any more, and nothing "
                "was changed: look whether the folder is the right one, and complete; if it is, "
                "run the command again with --withdraw-many."
            )

    def articles_to_store(self) -> Iterator[Article]:
        """The new and changed articles; those not kept in memory are read again."""
        yield from self.articles.values()
        for path in self.to_reread:
            for item in self.sources.read(path):
                if isinstance(item, Article):
                    place = schema.location(item.origin)
                    for id in (own_id(item, place), own_id(item, file_part(place)), item.id):
                        digest, _, claims = self.to_store.get(id, (None, 0, None))
                        if digest == item.digest and id not in self.articles:
                            yield replace(item, id=id, claims=claims)
                            break

    def as_dict(self) -> dict[str, object]:
        return {
            "changes": list(map(asdict, self.changes)),
            "kept": self.report.kept,
            "unchanged": len(self.report.unchanged),
            "conflicts": self.report.conflicts,
            **self.report.remarks(),
        }
