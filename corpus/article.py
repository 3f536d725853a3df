"""What an article is: the types that every other folder passes on."""

import hashlib
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal

Precision = Literal["year", "month", "day", "instant"]
How = Literal["metadata", "page", "url", "dateline", "file time"]
Vouched = Literal["record", "page", "feed", "sender", "address", "dateline"]
"""How it is known whose an article is: by what its own record, page, feed or mail says, by the
host of its address, or by its dateline."""


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, how exactly that is known, and from where.

    ``value`` is timezone-aware and keeps the publisher's own offset, because "yesterday" in an
    article means the day before in the publisher's calendar. Where less than an instant is
    known, it is the beginning of the period, at UTC.
    """

    value: datetime
    precision: Precision
    how: How

    @property
    def day(self) -> date:
        """The publisher's calendar day (the first of the period where less is known)."""
        return self.value.date()

    @property
    def last_day(self) -> date:
        """The last day of the period that is known: the day itself unless it is a month or year."""
        if self.precision == "year":
            return self.day.replace(month=12, day=31)
        if self.precision == "month":
            return self.day.replace(day=monthrange(self.day.year, self.day.month)[1])
        return self.day

    def __str__(self) -> str:
        """ISO 8601, no more exact than what is known: ``2016``, ``2016-08``, ``2016-08-21``."""
        if self.precision == "instant":
            return self.value.isoformat(timespec="seconds")
        return self.value.date().isoformat()[: {"year": 4, "month": 7, "day": 10}[self.precision]]


@dataclass(frozen=True)
class Article:
    """One article as it is stored and cited.

    ``text`` is the body with paragraphs separated by a blank line; every offset in the project
    counts its characters. ``origin`` says where the article was found: a file's path, with
    ``#`` and the record's number (from 1) where a file holds several. Until ``embargo``, an aware
    instant in UTC, nobody may be shown it. ``withdrawn`` says that its publisher, or its source,
    no longer stands by it, and it may have no text then; ``version`` counts, from 1, what an
    archive has stored of it. ``vouched`` says how its ``source`` is known. ``claims`` is the id
    that it gives itself, where an archive has an article of another text under that id, which
    came from elsewhere. ``section`` is the part of the paper, and may name its page. ``undated``
    are the words that were given as its date and are none: told when it is read, not stored.
    """

    id: str
    title: str
    text: str
    source: str | None = None
    published: Published | None = None
    url: str | None = None
    author: str | None = None
    language: str | None = None
    place: str | None = None
    origin: str | None = None
    embargo: datetime | None = None
    withdrawn: bool = False
    version: int = field(default=1, compare=False)
    vouched: Vouched | None = None
    claims: str | None = None
    section: str | None = None
    undated: str | None = field(default=None, compare=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that a reader is shown; two versions differ exactly if it does."""
        shown = (
            self.title, self.text, self.source, self.published and str(self.published),
            self.url, self.author, self.language, self.place,
            # Those that have none have the digests of when no section was read.
            *filter(None, [self.section]),
        )  # fmt: skip
        return hashlib.sha256(repr(shown).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that was found and is not in the archive, and why: one line for a person."""

    origin: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Note(Unreadable):
    """What a person has to know of articles that were read: none of them is missing for it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one article: ``article.text[start:end]`` is the chunk, always."""

    article_id: str
    ordinal: int
    start: int
    end: int


Found = Article | Unreadable
