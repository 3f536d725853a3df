"""An answered question as a link, and the link opened again.

A link holds no text of an article, only where it stands: the archive is asked for the words, so
what it no longer tells anybody is not told by a link either. Links come from anyone. What one
claims is shown if the archive bears it out: quotes are whole sentences of it, and a sentence in
other words passes the check that a language model's sentences pass. The outcome, the day and what
the archive held then cannot be checked; they are what the link says.
"""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Annotated, Protocol

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from assistant.answer import Answer, Citation, Difference, Outcome, Statement
from assistant.checking import Checked, check
from assistant.citing import cite
from assistant.evidence import dateline_length
from assistant.page.inputs import LONGEST_QUESTION, objection
from assistant.page.protocols import Answers
from assistant.periods import asked_period
from assistant.rendering import NEAREST
from corpus import Article, sentences
from corpus.datelines import prose_start
from index import Filters, Overview, Passage

LONGEST = 6_000
"""Characters of a token at most: what servers and programs take as part of an address."""

_FORMAT = "1"
_LONGEST_CONTENT = 64 * 1024
_MOST_COPIES = 20
_MOST_MARKS = 64
# A language model writes no more sentences, and no sentence of it needs more proofs.
_MOST_WORDED = 8
_MOST_PROOFS = 16
# Characters before and after a quote that are read to check what it is cited for.
_AROUND = 1_000
# Bytes of a quote's hash that a link holds.
_HASHED = 6

_NO_LINK = "This is no link to an answer, or only a part of one: copy the whole link again."
_WORDED = (
    "Worded by a language model; each sentence was checked again against the quotes that it cites."
)
_BEYOND = "Nothing that was published in the time asked about answered this; other articles did."
_REASONS: Mapping[Outcome, str] = {
    "nothing found": "The archive had nothing on this.",
    "outside the dates": (
        "The archive did not say within the dates and sources that were asked for; "
        "outside them it had articles that were near."
    ),
    "name never appears": "The archive did not say: it never mentioned a name in the question.",
    "does not say": ("The archive did not say: the nearest articles did not answer the question."),
}


class NotReopened(ValueError):  # noqa: N818
    """A token is none; the message says so in one sentence."""


class Versions(Protocol):
    """What reopening needs of an archive."""

    def article(self, id: str) -> Article | None: ...
    def history(self, id: str) -> list[Article]: ...


@dataclass(frozen=True, slots=True)
class Reopened:
    """An answer as a link says that it was, as far as the archive bears it out.

    ``answer.notes`` say what is left out and why, and which articles were corrected since.
    ``filters`` are those that it was asked with, without what was read out of the question;
    ``said`` are hashes of what all its sentences said, by which another answer is compared.
    Its archive held ``articles`` articles then, from ``first`` to ``last``.
    """

    answer: Answer
    asked_on: date
    filters: Filters
    read_filters: bool
    articles: int
    first: date | None
    last: date | None
    said: frozenset[str]


def token(
    answer: Answer, asked_on: date, overview: Overview, read_filters: bool = True
) -> str | None:
    """An answer, and what the archive held when it was asked, as text that an address can hold.

    ``read_filters`` is what the assistant was asked with. None where even without the copies of
    its articles the answer is too long for an address.
    """
    for most_copies in (_MOST_COPIES, 0):
        kept = _keep(answer, asked_on, overview, read_filters, most_copies)
        content = _content().dump_json(kept, exclude_defaults=True)
        packed = base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")
        # What could not be opened again is not given away.
        with suppress(NotReopened):
            _unpacked(_FORMAT + packed)
            return _FORMAT + packed
    return None


def reopen(token: str, archive: Versions) -> Reopened:
    """The answer that a token stands for, in the words of the archive's stored versions.

    Raises NotReopened for what is no token.
    """
    kept = _unpacked(token)
    citations = [_citation(archive, kept, number) for number in range(len(kept.citations))]
    statements: list[Statement] = []
    withheld = refused = 0
    worded = False
    for said in kept.statements:
        cited = [each for number in said.cited if (each := citations[number])]
        if len(cited) < (len(said.cited) if said.text else 1):
            withheld += 1
            continue
        if statement := _borne_out(said.text, cited, kept.support):
            statements.append(statement)
            worded = worded or bool(said.text)
        else:
            refused += 1
    outcome, reason = kept.outcome, _REASONS.get(kept.outcome, "")
    if outcome == "answered" and not statements:
        outcome, reason = "nothing found", "Nothing of this answer can be shown any more."
    standing = {each.marker: each for statement in statements for each in statement.citations}
    nearest = [_at(archive, kept, place) for place in kept.nearest]
    passages = [Passage(*found, score=0.0) for found in nearest if found]
    filters = Filters(kept.after, kept.before, kept.sources, kept.languages, kept.as_of)
    own = replace(filters, after=None, before=None) if kept.read else filters
    notes = [_WORDED] if worded else []
    # The assistant reads dates out of a question, and drops them where nothing else answers it.
    if statements and kept.read_filters and not (filters.after or filters.before):
        notes += [_BEYOND] if asked_period(kept.whole, kept.as_of or kept.asked_on) else []
    if withheld:
        notes.append(f"{_left_out(withheld)}: withdrawn since, or not in this archive.")
    if refused:
        notes.append(f"{_left_out(refused)}: the archive does not bear out what the link says.")
    notes += _corrections(archive, standing)
    return Reopened(
        Answer(
            kept.question,
            outcome,
            kept.support,
            tuple(statements),
            tuple(passages),
            reason,
            kept.hedged,
            kept.whole,
            filters,
            Filters(kept.after, kept.before) if kept.read else Filters(),
            _matched(
                kept,
                [each.article for each in standing.values()] + [each.article for each in passages],
            ),
            _differences(kept, standing),
            tuple(notes),
        ),
        kept.asked_on,
        own,
        kept.read_filters,
        kept.articles,
        kept.first,
        kept.last,
        frozenset(
            kept.citations[number].hash
            for said in kept.statements
            for number in (said.cited if said.text else said.cited[:1])
        ),
    )


def asked_again(reopened: Reopened, assistant: Answers) -> Answer:
    """What the assistant answers now; "last week" is that of the day on which it was asked."""
    answer = reopened.answer
    whole = answer.standalone
    period = asked_period(whole, answer.filters.as_of or reopened.asked_on)
    if answer.read and period and period.relative:
        again = assistant.ask(period.left_of(whole), answer.filters, (), read_filters=False)
        return replace(again, question=whole, standalone=whole, read=answer.read)
    return assistant.ask(whole, reopened.filters, (), reopened.read_filters)


def is_same(reopened: Reopened, now: Answer) -> bool:
    """Whether an answer that is given now says what the reopened one said."""
    said = {
        _hash(each.quote)
        for statement in now.statements
        for each in (
            statement.citations[:1]
            if statement.text == statement.citations[0].quote
            else statement.citations
        )
    }
    # Where nothing is left to show, the outcome is not the one that the link had.
    was = "answered" if reopened.said else reopened.answer.outcome
    return now.outcome == was and said == reopened.said


# --- What a token holds ----------------------------------------------------------------------

_Count = Annotated[int, Field(ge=0, lt=2**31)]
_Span = tuple[_Count, _Count]
_Text = Annotated[str, Field(max_length=8 * LONGEST_QUESTION)]
_Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))]
_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class _Place:
    """A stretch of an article; ``article`` and ``copies`` are positions in ``_Kept.ids``."""

    __pydantic_config__ = _STRICT

    article: _Count
    version: _Count
    start: _Count
    end: _Count
    hash: Annotated[str, Field(max_length=16)]
    marks: Annotated[tuple[_Span, ...], Field(max_length=_MOST_MARKS)] = ()
    copies: Annotated[tuple[_Count, ...], Field(max_length=_MOST_COPIES)] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence: its text, empty where that is the first quote; positions of its citations."""

    __pydantic_config__ = _STRICT

    cited: Annotated[tuple[_Count, ...], Field(min_length=1, max_length=32)]
    text: Annotated[str, Field(max_length=400)] = ""


@dataclass(frozen=True, slots=True)
class _Kept:
    """All that a token holds; what is not there has its default."""

    __pydantic_config__ = _STRICT

    question: Annotated[str, Field(max_length=LONGEST_QUESTION)]
    asked_on: _Day
    outcome: Outcome
    articles: _Count
    support: Annotated[float, Field(ge=0, le=1)]
    standalone: _Text = ""
    first: date | None = None
    last: date | None = None
    hedged: bool = False
    after: date | None = None
    before: date | None = None
    as_of: date | None = None
    sources: tuple[_Text, ...] = ()
    languages: tuple[_Text, ...] = ()
    read: bool = False
    read_filters: bool = True
    ids: tuple[str, ...] = ()
    citations: Annotated[tuple[_Place, ...], Field(max_length=100)] = ()
    statements: Annotated[tuple[_Said, ...], Field(max_length=50)] = ()
    nearest: Annotated[tuple[_Place, ...], Field(max_length=NEAREST)] = ()
    matched: Annotated[tuple[tuple[_Text, tuple[_Text, ...]], ...], Field(max_length=16)] = ()
    differences: Annotated[
        tuple[tuple[tuple[_Text, tuple[_Count, ...]], ...], ...], Field(max_length=8)
    ] = ()

    @property
    def whole(self) -> str:
        return self.standalone or self.question

    def is_whole(self) -> bool:
        """Whether every position in it leads somewhere."""
        places = (*self.citations, *self.nearest)
        cited = [number for said in self.statements for number in said.cited]
        cited += [number for each in self.differences for _, by in each for number in by]
        named = [number for each in places for number in (each.article, *each.copies)]
        worded = [said.cited for said in self.statements if said.text]
        return (
            not objection(self.question)
            and all(number < len(self.citations) for number in cited)
            and all(number < len(self.ids) for number in named)
            and all(each.start < each.end for each in places)
            and len(worded) <= _MOST_WORDED
            and all(len(each) <= _MOST_PROOFS for each in worded)
            and bool(self.statements) == (self.outcome == "answered")
        )


@cache
def _content() -> TypeAdapter[_Kept]:
    return TypeAdapter(_Kept)


def _unpacked(token: str) -> _Kept:
    if len(token) > LONGEST or token[:1] != _FORMAT:
        raise NotReopened(_NO_LINK)
    try:
        packed = base64.b64decode(token[1:] + "=" * (-len(token[1:]) % 4), b"-_", validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, _LONGEST_CONTENT)
        kept = _content().validate_json(content, strict=True)
    except (binascii.Error, zlib.error, ValidationError, ValueError) as error:
        raise NotReopened(_NO_LINK) from error
    if not unpacking.eof or unpacking.unused_data or not kept.is_whole():
        raise NotReopened(_NO_LINK)
    return kept


def _keep(
    answer: Answer, asked_on: date, overview: Overview, read_filters: bool, most_copies: int
) -> _Kept:
    ids: dict[str, int] = {}

    def number(article: Article) -> int:
        return ids.setdefault(article.id, len(ids))

    def place(citation: Citation) -> _Place:
        return _Place(
            number(citation.article),
            citation.article.version,
            citation.start,
            citation.end,
            _hash(citation.quote),
            tuple(
                (a - citation.start, b - citation.start) for a, b in citation.marks[:_MOST_MARKS]
            ),
            tuple(map(number, citation.copies[:most_copies])),
        )

    positions = {each.marker: at for at, each in enumerate(answer.citations)}
    best: dict[str, Passage] = {}
    for passage in answer.passages if not answer.statements else ():
        best.setdefault(passage.article.id, passage)
    citations = tuple(map(place, answer.citations))
    nearest = tuple(
        place(Citation(0, each.article, each.start, each.end))
        for each in list(best.values())[:NEAREST]
    )
    question = _as_unicode(answer.question)
    standalone = _as_unicode(answer.standalone)
    return _Kept(
        question,
        asked_on,
        answer.outcome,
        overview.articles,
        round(answer.support, 4),
        standalone if standalone != question else "",
        overview.first,
        overview.last,
        answer.hedged,
        answer.filters.after,
        answer.filters.before,
        answer.filters.as_of,
        answer.filters.sources,
        answer.filters.languages,
        bool(answer.read),
        read_filters,
        tuple(ids),
        citations,
        tuple(
            _Said(
                tuple(positions[each.marker] for each in statement.citations),
                statement.text if statement.text != statement.citations[0].quote else "",
            )
            for statement in answer.statements
        ),
        nearest,
        answer.matched,
        tuple(
            tuple((value, tuple(map(positions.__getitem__, by))) for value, by in each.values)
            for each in answer.differences
        ),
    )


def _as_unicode(text: str) -> str:
    """The text without halves of surrogate pairs, which a notebook may hand over."""
    return text.encode(errors="replace").decode()


def _hash(quote: str) -> str:
    """What tells whether a stretch of an article is the one that was quoted; by its words."""
    wording = " ".join(_wording(quote)).encode(errors="replace")
    return base64.urlsafe_b64encode(hashlib.sha256(wording).digest()[:_HASHED]).decode()


def _wording(text: str) -> list[str]:
    return text.casefold().split()


# --- What the archive bears out --------------------------------------------------------------


def _at(archive: Versions, kept: _Kept, place: _Place) -> tuple[Article, int, int] | None:
    """The version of an article in which the words of a place stand there, and the place.

    None where the archive shows nobody the article, or has these words there in no version.
    """
    newest = archive.article(kept.ids[place.article])
    # Of what is withdrawn or under embargo, earlier versions are not shown either.
    if newest is None:
        return None
    for article in _versions(archive, newest, place.version):
        if _hash(article.text[place.start : place.end]) == place.hash:
            return article, place.start, place.end
    return None


def _versions(archive: Versions, newest: Article, first: int) -> Iterator[Article]:
    """The versions of an article: the one with this number first, if there is one.

    The others too, since an archive that is made anew counts them anew.
    """
    if newest.version == first:
        yield newest
    earlier = archive.history(newest.id)
    yield from (each for each in earlier if each.version == first)
    yield from (each for each in (newest, *reversed(earlier)) if each.version != first)


def _citation(archive: Versions, kept: _Kept, number: int) -> Citation | None:
    """A citation in the archive's words, or None where the archive does not show them."""
    place = kept.citations[number]
    found = _at(archive, kept, place)
    if found is None:
        return None
    article, start, end = found
    copies = [archive.article(kept.ids[each]) for each in dict.fromkeys(place.copies)]
    return cite(
        number + 1,
        article,
        (start, end),
        [(start + a, start + b) for a, b in place.marks if a < b <= end - start],
        [each for each in copies if each and each.id != article.id],
    )


def _is_sentence(article: Article, start: int, end: int) -> bool:
    """Whether a stretch is one sentence of its article; the first may lack its dateline."""
    spans = sentences(article.text, article.language)
    if (start, end) in spans:
        return True
    if not spans or spans[0][1] != end:
        return False
    first = article.text[spans[0][0] : end]
    return start in {spans[0][0] + dateline_length(first), prose_start(article.text[:end])}


def _borne_out(text: str, cited: Sequence[Citation], support: float) -> Statement | None:
    """The statement, if its citations bear it out, with those that do."""
    if not text:
        # Part of a sentence may say the opposite of the whole.
        if not _is_sentence(cited[0].article, cited[0].start, cited[0].end):
            return None
        wording = _wording(cited[0].quote)
        same = tuple(each for each in cited if _wording(each.quote) == wording)
        return Statement(cited[0].quote, same, support)
    # With what stands around each quote, as the model had read it: that tells who "he" is, and
    # which sentence it is that says so.
    passages = [
        Passage(each.article, max(0, each.start - _AROUND), each.end + _AROUND, 0.0)
        for each in cited
    ]
    markers = "".join(f" [{number}]" for number in range(1, len(passages) + 1))
    checked = check(text + markers, passages)
    if not isinstance(checked, Checked):
        return None
    proving = {(each.article.id, each.start, each.end) for each in checked.evidence}
    proofs = tuple(each for each in cited if (each.article.id, each.start, each.end) in proving)
    # What else it needs, the link did not show.
    if len(proofs) < len(proving):
        return None
    return Statement(checked.text, proofs, support)


def _corrections(archive: Versions, standing: Mapping[int, Citation]) -> Iterator[str]:
    """For each article that has a newer version than the one quoted, a sentence that says so."""
    quoted: dict[str, list[Citation]] = {}
    for marker in sorted(standing):
        quoted.setdefault(standing[marker].article.id, []).append(standing[marker])
    for citations in quoted.values():
        newest = archive.article(citations[0].article.id)
        if newest is None or newest.version == max(each.article.version for each in citations):
            continue
        gone = [each for each in citations if each.quote not in newest.text]
        changed = f"The article of {_markers(citations)} has been changed since"
        if gone:
            yield f"{changed}: the words of {_markers(gone)} no longer stand in it."
        else:
            yield f"{changed}; the quoted words still stand in it."


def _markers(citations: Sequence[Citation]) -> str:
    return ", ".join(f"[{each.marker}]" for each in citations)


def _matched(kept: _Kept, articles: Sequence[Article]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The names of the question and their spellings that stand in the articles shown."""
    there = "\n".join(f"{each.title}\n{each.text}" for each in articles)
    found = [
        (name, tuple(each for each in spellings if each in there))
        for name, spellings in kept.matched
        if name in kept.whole
    ]
    return tuple((name, spellings) for name, spellings in found if spellings)


def _differences(kept: _Kept, standing: Mapping[int, Citation]) -> tuple[Difference, ...]:
    """Where quotes that stand give different values, each with those that give it."""
    found = []
    for each in kept.differences:
        sides = []
        for value, numbers in each:
            cited = [standing[number + 1] for number in numbers if number + 1 in standing]
            by = tuple(citation.marker for citation in cited if value in citation.quote)
            sides += [(value, by)] if by else []
        if len({value for value, _ in sides}) > 1:
            found.append(Difference(tuple(sides)))
    return tuple(found)


def _left_out(count: int) -> str:
    return "One sentence is left out" if count == 1 else f"{count} sentences are left out"
