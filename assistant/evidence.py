"""What the reader finds in the passages: sentences, each with the words in it that answer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from assistant.layout import (
    Wording,
    head_of_row,
    is_row,
    sentence_before,
    told,
    whole_list,
    wording,
)
from assistant.speakers import asked_speaker, speaker_odds
from corpus import Article
from corpus.datelines import prose_start
from index import Archive, Passage
from index.lexical import QueryWord
from index.words import words

if TYPE_CHECKING:
    from assistant.reader import Reading, Span

# What counts for a sentence beside the reader's log-odds: its passage's score, and its cosine with
# the question. On the reader's held-out questions (``python -m tests.benchmark calibrate``) much
# less and much more do as well; these were taken for news.
SEARCH, SIMILARITY = 4.0, 5.0
# They count so much more beside the odds of a first reading, which tell less.
_AT_FIRST = 2.0

# Encoding costs more than reading on: so many sentences are, that promise most without it.
_ENCODED = 16
# So many are looked at for who says them, where a question asks for somebody's words.
_HEARD = 32
# So many of them are read a second time, each by itself; and so many more, if none of those has
# the log-odds of a sure answer.
_READ_AGAIN = 4
SURE_ODDS = 2.0

# A word of the question counts so much before its rarity: in a small archive every word that it
# has is common, and one that it has not would weigh more than all others together.
_LEAST_RARITY = 1.0
# What a share of the question's words counts as support where nothing is read: they are never sure.
_OF_WORDS, _MOST_OF_WORDS = 0.7, 0.45
_DIGIT = re.compile(r"\d")


class TextReader(Protocol):
    """What an assistant needs of a reader; ``assistant.reader.model.Reader`` is the real one."""

    @property
    def name(self) -> str: ...
    @property
    def latin_only(self) -> bool: ...
    def read(self, question: str, passages: Sequence[str]) -> "Sequence[Reading]": ...


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence that was read, ``article.text[start:end]``, and what speaks for it.

    ``answer`` are the words in it that answer best, as offsets into the article's text, and
    ``odds`` the logarithm of how much likelier they are than that nothing there answers;
    ``first_odds`` are those of the first reading, before the best few are read again.
    ``said`` are log-odds for who says it, where that is asked. ``relative`` is its passage's score
    beside the best one's, from 0 to 1, and ``similarity`` the cosine of its ``wording`` with the
    question.
    """

    article: Article
    start: int
    end: int
    answer: tuple[int, int]
    passage: Passage
    odds: float
    first_odds: float
    said: float = 0.0
    relative: float = 0.0
    similarity: float = 0.0

    @property
    def fit(self) -> float:
        """How well it answers by itself, in log-odds, wherever it was found."""
        return self.odds + self.said + SIMILARITY * self.similarity

    @property
    def score(self) -> float:
        """By which the sentences of one question are put in order, in log-odds."""
        return self.fit + SEARCH * self.relative

    @property
    def promise(self) -> float:
        """By which it is chosen to be read again, in log-odds of the first reading."""
        beside = SIMILARITY * self.similarity + SEARCH * self.relative
        return self.first_odds + self.said + _AT_FIRST * beside

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def short(self) -> str:
        """The words that answer."""
        return self.article.text[self.answer[0] : self.answer[1]]

    @property
    def wording(self) -> Wording:
        """How it is read by itself."""
        return wording(self.article, self.start, self.end)

    @property
    def length(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def read(
    archive: Archive,
    reader: TextReader,
    question: str,
    passages: Sequence[Passage],
    second: TextReader | None = None,
) -> list[Sentence]:
    """The sentences of the passages, the one that answers best first.

    The best few are read again by the second reader, or by the first where there is no second.
    """
    best = max((passage.score for passage in passages), default=1.0) or 1.0
    readings = reader.read(question, [passage.text for passage in passages])
    by_place: dict[tuple[str, int], Sentence] = {}
    for passage, reading in zip(passages, readings, strict=True):
        article = passage.article
        for start, end in told(article.text, article.language):
            if end <= passage.start or start >= passage.end:
                continue
            span = _answer_in(reading, article.text, (start, end), passage.start)
            if span is None:
                continue
            by_place[article.id, end] = Sentence(
                article,
                _without_dateline(article.text, start, span),
                end,
                (span.start, span.end),
                passage,
                span.odds,
                first_odds=span.odds,
                relative=passage.score / best,
            )
    candidates = _without_other_rows(question, [*by_place.values()])
    promising = _heard(archive, question, candidates)[:_ENCODED]
    similarities = archive.similarities(question, [one.wording.text for one in promising])
    together = [
        replace(sentence, similarity=float(similarity))
        for sentence, similarity in zip(promising, similarities, strict=True)
    ]
    together.sort(key=lambda sentence: -sentence.promise)
    again = _read_again(question, together[:_READ_AGAIN], reader, second)
    if all(sentence.odds < SURE_ODDS for sentence in again):
        more = together[_READ_AGAIN : 2 * _READ_AGAIN]
        again += _read_again(question, more, reader, second)
    rest = together[len(again) :]
    return [*sorted(again, key=lambda sentence: -sentence.score), *rest]


def _heard(archive: Archive, question: str, candidates: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that promise most, the best first; where a question asks what somebody says,
    with what speaks for that person's saying it.
    """
    promising = sorted(candidates, key=lambda sentence: -sentence.promise)[:_HEARD]
    name = asked_speaker(archive, question)
    if not name:
        return promising
    heard = []
    for sentence in promising:
        article = sentence.article
        start, end = sentence_before(article, sentence.start) or (0, 0)
        there = _words(f"{article.title}\n{article.text}")
        said = speaker_odds(name, sentence.text, article.text[start:end], there)
        heard.append(replace(sentence, said=said))
    return sorted(heard, key=lambda sentence: -sentence.promise)


def _without_other_rows(question: str, candidates: Sequence[Sentence]) -> list[Sentence]:
    """What is left where the question has the first cell of a row: none of the other rows there."""
    asked = set(words(question))
    heads = [set(words(head_of_row(one.article, one.start, one.end))) for one in candidates]
    named = [bool(head) and head <= asked for head in heads]
    tables = {one.article.id for one, is_named in zip(candidates, named, strict=True) if is_named}
    return [
        one
        for one, is_named in zip(candidates, named, strict=True)
        if is_named or one.article.id not in tables or not is_row(one.text)
    ]


def by_words(
    asked: Sequence[QueryWord], evidence: Sequence[Sentence]
) -> tuple[list[Sentence], float]:
    """Of sentences in a language that the reader does not know, those with most of the question.

    What counts is the share of the question's words, weighted by their rarity, that a sentence
    and its headline have. With the sentences their support is given, which that share makes; what
    the reader made of them is left out.
    """
    texts = [f"{sentence.article.title}\n{sentence.text}" for sentence in evidence]
    shares = [coverage(asked, text) for text in texts]
    most = max(shares, default=0.0)
    best = [
        replace(sentence, odds=0.0, first_odds=0.0, similarity=0.0)
        for sentence, share in zip(evidence, shares, strict=True)
        if share == most
    ]
    best.sort(key=lambda sentence: (-coverage(asked, sentence.text), -sentence.relative))
    # Where only the headline has them, any sentence is as good; else those that have some.
    having = [sentence for sentence in best if coverage(asked, sentence.text)]
    return having or best, min(most * _OF_WORDS, _MOST_OF_WORDS)


def _read_again(
    question: str, promising: Sequence[Sentence], reader: TextReader, second: TextReader | None
) -> list[Sentence]:
    """The sentences with what a second reading finds in each, by itself.

    It is read under its headline (see also ``layout.wording``): there it has no neighbours that
    its answer could be taken for. The second reader's odds take the place of the first's;
    where there is no second reader, the odds of both readings are averaged.
    """
    wordings = [sentence.wording for sentence in promising]
    heads = [f"{sentence.article.title.strip()}\n" for sentence in promising]
    texts = [head + read_as.text for head, read_as in zip(heads, wordings, strict=True)]
    readings = (second or reader).read(question, texts)
    again = []
    for sentence, head, read_as, reading in zip(promising, heads, wordings, readings, strict=True):
        text = sentence.article.text
        spans = [
            _answer_in(reading, text, (start + shift, end + shift), shift - len(head))
            for start, end, shift in read_as.parts
        ]
        span = max(filter(None, spans), key=lambda span: span.odds, default=None)
        if span is None:
            again.append(sentence)
            continue
        start = _without_dateline(text, sentence.start, span)
        answer = whole_list(text, (start, sentence.end), (span.start, span.end))
        odds = span.odds if second else (sentence.odds + span.odds) / 2
        again.append(replace(sentence, start=start, answer=answer, odds=odds))
    return again


def _answer_in(reading: "Reading", text: str, piece: tuple[int, int], shift: int) -> "Span | None":
    """The best answer in a piece of an article, as offsets into its text, if any of it was read.

    What was read begins at the place ``shift`` of the text. The place in a dateline may answer,
    but its day is only that of the report.
    """
    start, end = piece
    span = reading.best(start - shift, end - shift)
    head = after_dateline(text, start, end) - shift
    if (
        span
        and span.start < head
        and (span.end > head or _DIGIT.search(text, span.start + shift, span.end + shift))
    ):
        span = reading.best(head, end - shift)
    return span and replace(span, start=span.start + shift, end=span.end + shift)


def _without_dateline(text: str, start: int, answer: "Span") -> int:
    """Where the sentence that begins at a place is quoted from: a dateline only if it answers."""
    head = after_dateline(text, start, answer.end)
    return head if head <= answer.start else start


def coverage(asked: Sequence[QueryWord], text: str) -> float:
    """What share of a question's words a text has, weighted by their rarity, from 0 to 1."""
    there = _words(text)
    total = _weight(asked)
    return _weight(word for word in asked if word.forms & there) / total if total else 0.0


def lacking(asked: Sequence[QueryWord], text: str) -> list[QueryWord]:
    """The words of a question that a text has in no form."""
    there = _words(text)
    return [word for word in asked if not word.forms & there]


def _weight(asked: Iterable[QueryWord]) -> float:
    return sum(word.rarity + _LEAST_RARITY for word in asked)


@lru_cache(maxsize=512)
def _words(text: str) -> frozenset[str]:
    return frozenset(words(text))


def after_dateline(text: str, start: int, end: int) -> int:
    """Where a sentence ``text[start:end]`` of an article begins without its dateline.

    That is ``start`` where it has none, as every sentence but the first has.
    """
    begins = start if text[:start].strip() else start + (prose_start(text[start:end]) or 0)
    return begins if begins < end else start
