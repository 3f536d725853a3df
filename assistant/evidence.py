"""What the reader finds in the passages: sentences, each with the words in it that answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from assistant.grammar import tells_what_was_said
from assistant.layout import (
    Wording,
    after_dateline,
    balanced,
    head_of_row,
    is_row,
    sentence_before,
    told,
    whole_list,
    wording,
)
from assistant.speakers import asked_speaker, speaker_odds
from corpus import Article
from index import Archive, Passage
from index.lexical import QueryWord
from index.words import words

if TYPE_CHECKING:
    from assistant.reader import Reading, Span

# Weights of a passage's score and of a sentence's cosine with the question, beside the reader's
# log-odds. On the reader's held-out questions (``python -m tests.benchmark calibrate``) much lower
# and much higher weights do as well; these were chosen on news.
SEARCH, SIMILARITY = 4.0, 5.0
# They count this much more beside the odds of a first reading, which say less.
_AT_FIRST = 2.0

# Encoding costs more than further reading, so only this many of the most promising sentences are
# encoded.
_ENCODED = 16
# This many are examined for who says them, if a question asks for somebody's words.
_SPEAKERS_EXAMINED = 32
# This many are read a second time, each by itself; and as many again if none of those has the
# log-odds of a sure answer.
_READ_AGAIN = 4
# How much the logits of the first reading count beside those of the second, when the words that
# answer are chosen. On held-out questions all from .5 to 1 do as well.
_FIRST = 0.5
# The log-odds that are taken from what an article says that it said before: it may be wrong.
_SAID_BEFORE = 6.0
SURE_ODDS = 2.0

# The weight of a word of the question, before its rarity is added. In a small archive all words
# that occur are common, and a word that does not occur would outweigh all others together.
_LEAST_RARITY = 1.0
# Support per share of the question's words if nothing is read, and its highest value: never sure.
_OF_WORDS, _MOST_OF_WORDS = 0.7, 0.45
_DIGIT = re.compile(r"\d")


class TextReader(Protocol):
    """The interface of a reader; ``assistant.reader.model.Reader`` is the real one."""

    @property
    def name(self) -> str: ...
    @property
    def latin_only(self) -> bool: ...
    def read(self, question: str, passages: Sequence[str]) -> "Sequence[Reading]": ...


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence that was read, ``article.text[start:end]``, and its scores.

    ``answer`` is the span that answers best, as offsets into the article's text. ``odds`` is the
    logarithm of how much likelier that answer is than none; ``first_odds`` are the odds of the
    first reading, before the best few are read again. ``speaker_odds`` are log-odds for who says
    the sentence, if the question asks for that. ``relative`` is its passage's score divided by the
    best passage's, and ``similarity`` the cosine of its ``wording`` with the question.
    """

    article: Article
    start: int
    end: int
    answer: tuple[int, int]
    passage: Passage
    odds: float
    first_odds: float
    speaker_odds: float = 0.0
    relative: float = 0.0
    similarity: float = 0.0

    @property
    def fit(self) -> float:
        """How well it answers by itself, wherever it was found, in log-odds."""
        return self.odds + self.speaker_odds + SIMILARITY * self.similarity

    @property
    def score(self) -> float:
        """The score by which the sentences of one question are ranked, in log-odds."""
        return self.fit + SEARCH * self.relative

    @property
    def promise(self) -> float:
        """The score by which it is chosen for a second reading, in log-odds of the first."""
        beside = SIMILARITY * self.similarity + SEARCH * self.relative
        return self.first_odds + self.speaker_odds + _AT_FIRST * beside

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def short(self) -> str:
        """The words that answer."""
        return self.article.text[self.answer[0] : self.answer[1]]

    @property
    def wording(self) -> Wording:
        """The text in which it is read by itself."""
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

    The best few are read again by the second reader, or by the first if there is no second.
    """
    best_score = max((passage.score for passage in passages), default=1.0) or 1.0
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
                _without_dateline(article.text, start, end, span),
                end,
                (span.start, span.end),
                passage,
                span.odds,
                first_odds=span.odds,
                relative=passage.score / best_score,
            )
    candidates = _without_other_rows(question, [*by_place.values()])
    promising = _with_speaker_odds(archive, question, candidates)[:_ENCODED]
    similarities = archive.similarities(question, [item.wording.text for item in promising])
    encoded = [
        replace(sentence, similarity=float(similarity))
        for sentence, similarity in zip(promising, similarities, strict=True)
    ]
    encoded.sort(key=lambda sentence: -sentence.promise)
    first = {id(passage): reading for passage, reading in zip(passages, readings, strict=True)}
    reread = _read_again(question, encoded[:_READ_AGAIN], first, reader, second)
    if all(sentence.odds < SURE_ODDS for sentence in reread):
        more = encoded[_READ_AGAIN : 2 * _READ_AGAIN]
        reread += _read_again(question, more, first, reader, second)
    remaining = encoded[len(reread) :]
    return [*sorted(reread, key=lambda sentence: -sentence.score), *remaining]


def _with_speaker_odds(
    archive: Archive, question: str, candidates: Sequence[Sentence]
) -> list[Sentence]:
    """The most promising sentences, best first; with speaker odds if a speaker is asked for."""
    promising = sorted(candidates, key=lambda sentence: -sentence.promise)[:_SPEAKERS_EXAMINED]
    name = asked_speaker(archive, question)
    if not name:
        return promising
    with_odds = []
    for sentence in promising:
        article = sentence.article
        start, end = sentence_before(article, sentence.start) or (0, 0)
        author_words = _words(article.author or "")
        article_words = _words(f"{article.title}\n{article.text}") | author_words
        before = article.text[start:end]
        odds = speaker_odds(name, sentence.text, before, article_words, author_words)
        with_odds.append(replace(sentence, speaker_odds=odds))
    return sorted(with_odds, key=lambda sentence: -sentence.promise)


def _without_other_rows(question: str, candidates: Sequence[Sentence]) -> list[Sentence]:
    """The candidates without the other rows of a table, if the question has a row's first cell."""
    question_words = set(words(question))
    heads = [set(words(head_of_row(item.article, item.start, item.end))) for item in candidates]
    matching = [bool(head) and head <= question_words for head in heads]
    tables = {
        item.article.id for item, matches in zip(candidates, matching, strict=True) if matches
    }
    return [
        item
        for item, matches in zip(candidates, matching, strict=True)
        if matches or item.article.id not in tables or not is_row(item.text)
    ]


def by_words(
    query_words: Sequence[QueryWord], evidence: Sequence[Sentence]
) -> tuple[list[Sentence], float]:
    """The sentences with most of the question's words, and their support.

    For languages that the reader does not know; what it made of the sentences is dropped. The share
    of the question's words in a sentence and its headline, weighted by rarity, decides, and makes
    the support.
    """
    texts = [f"{sentence.article.title}\n{sentence.text}" for sentence in evidence]
    shares = [coverage(query_words, text) for text in texts]
    most = max(shares, default=0.0)
    best = [
        replace(sentence, odds=0.0, first_odds=0.0, similarity=0.0)
        for sentence, share in zip(evidence, shares, strict=True)
        if share == most
    ]
    best.sort(key=lambda sentence: (-coverage(query_words, sentence.text), -sentence.relative))
    # If only the headline has the words, any sentence will do; otherwise those that have some.
    with_words = [sentence for sentence in best if coverage(query_words, sentence.text)]
    return with_words or best, min(most * _OF_WORDS, _MOST_OF_WORDS)


def _read_again(
    question: str,
    promising: Sequence[Sentence],
    first: Mapping[int, "Reading"],
    reader: TextReader,
    second: TextReader | None,
) -> list[Sentence]:
    """The sentences, with the answer that two readings find in each together.

    Each is read under its headline (see also ``layout.wording``), without neighbours whose answer
    could be taken for its own. The second reader's odds replace the first's; if there is no second
    reader, the odds of both readings are averaged. ``first`` has the first reading of each passage
    by the passage's ``id``: the words that both readings prefer are more often the right ones.
    """
    wordings = [sentence.wording for sentence in promising]
    heads = [f"{sentence.article.title.strip()}\n" for sentence in promising]
    texts = [head + read_as.text for head, read_as in zip(heads, wordings, strict=True)]
    readings = (second or reader).read(question, texts)
    reread = []
    for sentence, head, read_as, reading in zip(promising, heads, wordings, readings, strict=True):
        text = sentence.article.text
        passage = sentence.passage
        best, span = None, None
        for begin, end, shift in read_as.parts:
            place, before = (begin + shift, end + shift), shift - len(head)
            own = _answer_in(reading, text, place, before)
            if own and (best is None or own.odds > best.odds):
                both = reading.joined(first[id(passage)], before - passage.start, _FIRST)
                best, span = own, _answer_in(both, text, place, before)
        if best is None or span is None:
            reread.append(sentence)
            continue
        start = _without_dateline(text, sentence.start, sentence.end, span)
        piece = start, sentence.end
        answer = whole_list(text, piece, balanced(text, piece, (span.start, span.end)))
        odds = best.odds if second else (sentence.odds + best.odds) / 2
        if tells_what_was_said(sentence.text):
            odds -= _SAID_BEFORE
        reread.append(replace(sentence, start=start, answer=answer, odds=odds))
    return reread


def _answer_in(reading: "Reading", text: str, piece: tuple[int, int], shift: int) -> "Span | None":
    """The best answer in a piece of an article, as offsets into its text; None if none was read.

    The text that was read begins at offset ``shift``. A dateline's place may be the answer, but not
    its day, which is only that of the report.
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


def _without_dateline(text: str, start: int, end: int, answer: "Span") -> int:
    """The offset from which a sentence is quoted: after its dateline, unless that answers."""
    head = after_dateline(text, start, end)
    return head if head <= answer.start else start


def coverage(query_words: Sequence[QueryWord], text: str) -> float:
    """The share of a question's words that a text has, weighted by their rarity, from 0 to 1."""
    text_words = _words(text)
    total = _weight(query_words)
    return (
        _weight(word for word in query_words if word.forms & text_words) / total if total else 0.0
    )


def lacking(query_words: Sequence[QueryWord], text: str) -> list[QueryWord]:
    """The words of a question that a text has in no form."""
    text_words = _words(text)
    return [word for word in query_words if not word.forms & text_words]


def _weight(query_words: Iterable[QueryWord]) -> float:
    return sum(word.rarity + _LEAST_RARITY for word in query_words)


@lru_cache(maxsize=512)
def _words(text: str) -> frozenset[str]:
    return frozenset(words(text))
