"""The types of articles and chunks, which every other folder uses."""

import hashlib
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal

Precision = Literal["year", "month", "day", "instant"]
How = Literal["metadata", "page", "url", "dateline", "file time"]
Vouched = Literal["record", "page", "feed", "sender", "address", "dateline"]
"""How an article's source is known: from its own record, page, feed or mail, from the host of its
address, or from its dateline."""


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, how exactly that is known, and from where.

    ``value`` is timezone-aware and keeps the publisher's own offset, because "yesterday" in an
    article means the day before in the publisher's calendar. If less than an instant is known, it
    is the beginning of the period in UTC.
    """

    value: datetime
    precision: Precision
    how: How

    @property
    def day(self) -> date:
        """The publisher's calendar day (the first of the period if less is known)."""
        return self.value.date()

    @property
    def last_day(self) -> date:
        """The last day of the known period: of the month or year, or else the day itself."""
        if self.precision == "year":
            return self.day.replace(month=12, day=31)
        if self.precision == "month":
            return self.day.replace(day=monthrange(self.day.year, self.day.month)[1])
        return self.day

    def __str__(self) -> str:
        """ISO 8601, only as exact as is known: ``2016``, ``2016-08``, ``2016-08-21``."""
        if self.precision == "instant":
            return self.value.isoformat(timespec="seconds")
        return self.value.date().isoformat()[: {"year": 4, "month": 7, "day": 10}[self.precision]]


@dataclass(frozen=True)
class Article:
    """One article as it is stored and cited.

    ``text`` is the body with paragraphs separated by a blank line; every offset in the project
    counts its characters. ``origin`` says where the article was found: a file's path, with ``#``
    and the record's number (from 1) if the file has several. Nobody may see it until ``embargo``,
    an aware instant in UTC. ``withdrawn`` says that its publisher, or its source, no longer stands
    by it; then it may have no text. ``version`` counts, from 1, the versions that an archive has
    stored. ``vouched`` says how its ``source`` is known. ``claims`` is the article's own id, if the
    archive has another text from elsewhere under that id. ``section`` is the part of the paper, and
    may name its page. ``undated`` are the words of an invalid date: reported, but not stored.
    ``revision`` is a sort key by which, of texts with one id, the newest is the largest, or None if
    its record states neither a version nor when that was made; it is not stored either.
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
    revision: str | None = field(default=None, compare=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that a reader sees: it differs exactly if two versions differ."""
        shown = (
            self.title, self.text, self.source, self.published and str(self.published),
            self.url, self.author, self.language, self.place,
            # Articles without a section keep the digests from before sections were read.
            *filter(None, [self.section]),
        )  # fmt: skip
        return hashlib.sha256(repr(shown).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that was found, but could not be read, and the reason: one line for people."""

    origin: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.reason}"


@dataclass(frozen=True, slots=True)
class UnreadableRecord(Unreadable):
    """A record of a file that was read, which has the ``id`` of an article but not its text."""

    id: str


@dataclass(frozen=True, slots=True)
class Note(Unreadable):
    """A remark for people on articles that were read; none of them is missing because of it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of one article: the chunk is always ``article.text[start:end]``."""

    article_id: str
    ordinal: int
    start: int
    end: int


Found = Article | Unreadable
