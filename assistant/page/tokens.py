"""The content of a link to an answer, packed into a token: text that fits in an address.

It has ids, versions and offsets of articles, but no words of them. A hash of a few bytes for each
quote shows whether the words at its offsets are still the same. Everything is bounded.
"""

import base64
import binascii
import hashlib
import zlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from assistant.answer import Answer, Citation, Difference, Outcome, Statement
from assistant.assembling import sides
from assistant.page.inputs import MOST_CHOSEN
from assistant.question import LONGEST_QUESTION, objection
from assistant.remarks import keys
from assistant.rendering import NEAREST
from assistant.wording import gettext, message
from corpus import Article
from corpus.encoding import without_halves
from index import Overview

LONGEST = 6_000
"""The most characters of a token: what servers and programs accept as part of an address."""

MOST_COPIES = 20
"""The most copies of an article that a token names."""

LONGEST_QUOTE = 4_000
"""The most characters of a quote in a token or a dossier."""

NO_LINK = message("This is no link to an answer, or only a part of one: copy the whole link again.")
"""The error for an invalid token."""

_FORMAT = "2"
_LONGEST_CONTENT = 32 * 1024
_MOST_MARKS = 16
_MOST_PLACES = 32
_MOST_ARTICLES = 40
# How many bytes of a quote's hash a token holds.
_HASH_BYTES = 6


class NotReopened(ValueError):  # noqa: N818
    """A token is invalid; the message says so in one sentence."""


Count = Annotated[int, Field(ge=0, lt=2**31)]
_Span = tuple[Count, Count]
_Text = Annotated[str, Field(max_length=LONGEST_QUESTION)]
_Key = Annotated[str, Field(max_length=16)]
_Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))]


class Strict:
    """A record from elsewhere, which may have the defined fields only."""

    __slots__ = ()
    __pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Place(Strict):
    """A span of an article; ``article`` and ``copies`` are positions in ``Record.ids``."""

    article: Count
    version: Count
    start: Count
    end: Count
    hash: Annotated[str, Field(max_length=16)]
    marks: Annotated[tuple[_Span, ...], Field(max_length=_MOST_MARKS)] = ()
    copies: Annotated[tuple[Count, ...], Field(max_length=MOST_COPIES)] = ()


@dataclass(frozen=True, slots=True)
class Quoted(Strict):
    """A sentence: positions in ``Record.citations``, and the span of its side in the question.

    A side that is no part of the question as it was typed is one of its ``sides``, with a number.
    """

    cited: Annotated[tuple[Count, ...], Field(min_length=1, max_length=_MOST_PLACES)]
    side: _Span | None = None
    part: Count | None = None


@dataclass(frozen=True, slots=True)
class Value(Strict):
    """A value on which sources differ: its span in the first quote that it is cited from."""

    start: Count
    end: Count
    cited: Annotated[tuple[Count, ...], Field(min_length=1, max_length=_MOST_PLACES)]


_Differing = Annotated[tuple[Value, ...], Field(max_length=8)]


@dataclass(frozen=True, slots=True)
class Record(Strict):
    """All that a token holds; a missing field has its default."""

    question: _Text
    asked_on: _Day
    outcome: Outcome
    articles: Count
    support: Annotated[float, Field(ge=0, le=1)]
    first: date | None = None
    last: date | None = None
    hedged: bool = False
    after: date | None = None
    before: date | None = None
    as_of: date | None = None
    sources: tuple[_Text, ...] = ()
    languages: tuple[_Text, ...] = ()
    chosen: Annotated[tuple[str, ...], Field(max_length=MOST_CHOSEN)] = ()
    read: bool = False
    read_filters: bool = True
    ids: Annotated[tuple[str, ...], Field(max_length=_MOST_ARTICLES)] = ()
    citations: Annotated[tuple[Place, ...], Field(max_length=_MOST_PLACES)] = ()
    statements: Annotated[tuple[Quoted, ...], Field(max_length=_MOST_PLACES)] = ()
    nearest: Annotated[tuple[Place, ...], Field(max_length=NEAREST)] = ()
    differences: Annotated[tuple[_Differing, ...], Field(max_length=4)] = ()
    notes: Annotated[tuple[_Key, ...], Field(max_length=_MOST_PLACES)] = ()
    reason: _Key = ""

    def is_whole(self) -> bool:
        """Whether every position in it exists, and its fields agree with each other."""
        places = (*self.citations, *self.nearest)
        cited = [number for statement in self.statements for number in statement.cited]
        values = (value for difference in self.differences for value in difference)
        cited += [number for value in values for number in value.cited]
        articles = [number for place in places for number in (place.article, *place.copies)]
        return (
            not objection(self.question)
            and all(number < len(self.citations) for number in cited)
            and all(number < len(self.ids) for number in articles)
            and all(0 < place.end - place.start <= LONGEST_QUOTE for place in places)
            and bool(self.statements) == (self.outcome == "answered")
        )


@cache
def _content() -> TypeAdapter[Record]:
    return TypeAdapter(Record)


def packed(record: Record) -> str | None:
    """The token of a record; None if it would be too long, or could not be opened again."""
    content = zlib.compress(_content().dump_json(record, exclude_defaults=True), 9)
    token = _FORMAT + base64.urlsafe_b64encode(content).decode().rstrip("=")
    try:
        unpacked(token)
    except NotReopened:
        return None
    return token


def unpacked(token: str) -> Record:
    """The record in a token; raises NotReopened if the token is invalid."""
    if len(token) > LONGEST or token[:1] != _FORMAT:
        raise NotReopened(gettext(NO_LINK))
    try:
        content = base64.b64decode(token[1:] + "=" * (-len(token[1:]) % 4), b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(content, _LONGEST_CONTENT)
        record = _content().validate_json(content, strict=True)
    except (binascii.Error, zlib.error, ValidationError, ValueError) as error:
        raise NotReopened(gettext(NO_LINK)) from error
    if not unpacking.eof or unpacking.unused_data or not record.is_whole():
        raise NotReopened(gettext(NO_LINK))
    return record


def keep(
    answer: Answer, asked_on: date, overview: Overview, read_filters: bool, most_copies: int
) -> Record:
    """The record of an answer: all of it but its words."""
    ids: dict[str, int] = {}

    def number(article: Article) -> int:
        return ids.setdefault(article.id, len(ids))

    def place(citation: Citation) -> Place:
        return Place(
            number(citation.article),
            citation.article.version,
            citation.start,
            citation.end,
            hash_of(citation.quote),
            tuple(
                (a - citation.start, b - citation.start) for a, b in citation.marks[:_MOST_MARKS]
            ),
            tuple(map(number, citation.copies[:most_copies])),
        )

    positions = {citation.marker: at for at, citation in enumerate(answer.citations)}
    by_marker = {citation.marker: citation for citation in answer.citations}
    question = without_halves(answer.whole)

    asked = [*sides(question)]

    def sentence(statement: Statement) -> Quoted:
        cited = tuple(positions[citation.marker] for citation in statement.citations)
        side = statement.side
        if side in asked:
            return Quoted(cited, part=asked.index(side))
        at = question.find(side) if side else -1
        return Quoted(cited, (at, at + len(side)) if at >= 0 else None)

    def values(difference: Difference) -> tuple[Value, ...]:
        return tuple(
            Value(start, start + len(value), tuple(map(positions.__getitem__, by)))
            for value, by in difference.values
            if (start := by_marker[by[0]].quote.find(value)) >= 0
        )

    citations = tuple(map(place, answer.citations))
    nearest = tuple(
        place(Citation(0, passage.article, passage.start, passage.end))
        for passage in (() if answer.statements else answer.nearest[:NEAREST])
    )
    filters = answer.filters
    return Record(
        question, asked_on, answer.outcome,
        overview.articles, round(answer.support, 4), overview.first, overview.last, answer.hedged,
        filters.after, filters.before, filters.as_of,
        filters.sources, filters.languages, filters.articles,
        bool(answer.read), read_filters,
        tuple(ids), citations, tuple(map(sentence, answer.statements)), nearest,
        tuple(map(values, answer.differences)),
        *keys(answer, filters.as_of or asked_on),
    )  # fmt: skip


def hash_of(quote: str) -> str:
    """A hash of the words of a quote, which shows whether a span of an article has these words."""
    words = " ".join(wording(quote)).encode(errors="replace")
    return base64.urlsafe_b64encode(hashlib.sha256(words).digest()[:_HASH_BYTES]).decode()


def wording(text: str) -> list[str]:
    """The words of a text, in the form in which quotes are compared."""
    return text.casefold().split()
