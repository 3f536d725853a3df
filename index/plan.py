"""What there is to do so that an archive is equal to its sources; nothing of it is done yet."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from corpus import Article, Unreadable
from index import schema
from index.errors import ArchiveError
from index.report import Report
from index.roots import apart, file_part, is_within
from index.sources import Sources
from index.store import Sighting, Standing, Store

By = Literal["operator", "page", "drop"]
"""Who brings articles: whoever runs the command; or the page, from a folder that was named at its
start; or whoever drops files there."""

MANY = 20
"""Of more articles than this, no more than half are withdrawn at once unless that is asked for."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one article; ``formerly`` is where one that moved was."""

    what: "_What"
    id: str
    title: str
    origin: str | None
    formerly: str | None = None

    @classmethod
    def of(cls, what: "_What", article: Sighting | Standing, before: Standing | None) -> "Change":
        formerly = before and (before.origin or before.id)
        return cls(what, article.id, article.title, article.origin, formerly)

    def as_dict(self) -> dict[str, str | None]:
        return asdict(self)

    def __str__(self) -> str:
        moved = f", was {self.formerly}" if self.formerly else ""
        return f"{self.what:9}  {self.title}  ({self.origin or self.id}{moved})"


_What = Literal["added", "changed", "moved", "returned", "withdrawn", "embargo"]


@dataclass(slots=True)
class Plan:
    """What there is to do, article by article; nothing is done yet.

    ``report`` has what is known before anything is done, such as what could not be read.
    """

    store: Store
    sources: Sources
    by: By
    withdraw_many: bool = False
    changes: list[Change] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    # What is stored, with the ids under which it will be.
    moved: list[tuple[Standing, str]] = field(default_factory=list)
    elsewhere: list[Sighting] = field(default_factory=list)
    withdrawn: list[Standing] = field(default_factory=list)
    retracted: list[Standing] = field(default_factory=list)
    # The roots that are known from now on, with the names of the fields of those that are
    # followed, and those that are forgotten.
    roots: dict[str, Mapping[str, str] | None] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    # How many articles vanished, of how many that came from what is followed.
    vanished: int = 0
    followed: int = 0
    # Of what is to be stored the digests, lengths and claims, by id; the articles as far as they
    # are kept in memory, and where the others are read once more.
    wanted: dict[str, tuple[str, int, str | None]] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    again: dict[str, None] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def keep(self, root: str, vanished: dict[str, Standing], why: str) -> None:
        """Keep what vanished from a root that is empty or gone, and say why."""
        standing = [*vanished.values()]
        inside = [known.id for known in standing if is_within(known.location or "", root)]
        for id in inside:
            del vanished[id]
        if inside:
            self.report.kept += inside
            failed = [failure for failure in self.report.failed if failure.origin != root]
            self.report.failed = [*failed, Unreadable(root, why)]

    def check(self) -> None:
        """Raise ArchiveError where so much has vanished that it is rather a mistake."""
        if self.followed > MANY and self.vanished > self.followed / 2 and not self.withdraw_many:
            raise ArchiveError(
                f"{self.vanished} of {self.followed} articles are not there any more, and nothing "
                "was changed: look whether the folder is the right one, and complete; if it is, "
                "run the command again with --withdraw-many."
            )

    def found(self) -> Iterator[Article]:
        """The articles that are to be stored."""
        yield from self.articles.values()
        for path in self.again:
            for item in self.sources.read(path):
                if isinstance(item, Article):
                    place = schema.location(item.origin)
                    for id in (apart(item, place), apart(item, file_part(place)), item.id):
                        digest, _, claims = self.wanted.get(id, (None, 0, None))
                        if digest == item.digest and id not in self.articles:
                            yield replace(item, id=id, claims=claims)
                            break

    def as_dict(self) -> dict[str, object]:
        return {
            "changes": [change.as_dict() for change in self.changes],
            "kept": self.report.kept,
            "unchanged": len(self.report.unchanged),
            "conflicts": self.report.conflicts,
            **self.report.remarks(),
        }
