"""A story: what the archive holds on a question, as events in the order in which they came out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from assistant.evidence import after_dateline
from assistant.layout import is_told
from assistant.question import Question
from corpus import Article, sentences
from index import Passage
from index.upkeep import TextEncoder
from index.words import words

# A search always finds its number of passages. Of the story is what is as like the question as this
# share of what is most like it, and as like as this what is certain: the first where it has the
# names of the question, since another storm has another name and a place has many stories; the
# second where there are none. And what is very like another of it.
_LIKE_QUESTION, _LIKE_CERTAIN, _LIKE_ANOTHER = 0.7, (0.4, 0.5), 0.75
# Articles of neighbouring days that are as like each other as this tell of one event.
_SAME_EVENT, _SAME_DAYS = 0.65, 1
# Beside its nearness to the question that to its headline counts for a sentence, and its nearness
# to what was told before against it; one that is so near to that tells nothing new.
_HEADLINE, _TOLD_BEFORE, _NOTHING_NEW = 0.4, 0.5, 0.9
_MOST_SENTENCES = 12

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Event:
    """What was new: ``article.text[start:end]``, in a passage, and ``others`` that tell of it."""

    passage: Passage
    start: int
    end: int
    others: tuple[Article, ...] = ()

    @property
    def article(self) -> Article:
        return self.passage.article


@dataclass(frozen=True, slots=True)
class _Told:
    """An article of the story: its best passage, and the sentences in it, with their vectors."""

    passage: Passage
    vector: Vectors
    headline: Vectors
    spans: list[tuple[int, int]]
    vectors: Vectors

    @property
    def article(self) -> Article:
        return self.passage.article


def events(
    question: str, passages: Sequence[Passage], encoder: TextEncoder, quoted: Sequence[Passage] = ()
) -> list[Event]:
    """The events of a question's story, the earliest first and those of no known date last.

    ``passages`` are what a search found, the best first; what an answer ``quoted`` is of the story
    in any case. Articles that carry one text, and those that tell of one event, stand together. Of
    each event that sentence is told which is near the question and its own headline, and far from
    what was told before (after maximal marginal relevance, J. Carbonell and J. Goldstein, SIGIR
    1998); an event without one joins the one that it repeats.
    """
    asked = encoder.encode_question(question)
    told = _of_the_story(question, asked, passages, quoted, encoder)
    made: list[Event] = []
    shown: list[Vectors] = []
    for group in _grouped(sorted(told, key=lambda one: _moment(one.article))):
        choices = [
            (
                float(vector @ asked + _HEADLINE * (vector @ one.headline)),
                _most_like(vector, shown),
                one,
                span,
                vector,
            )
            for one in group
            for span, vector in zip(one.spans, one.vectors, strict=True)
        ]
        _, (before, repeated), one, span, vector = max(
            choices, key=lambda choice: choice[0] - _TOLD_BEFORE * choice[1][0]
        )
        articles = tuple(other.article for other in group)
        if before >= _NOTHING_NEW:
            made[repeated] = replace(made[repeated], others=(*made[repeated].others, *articles))
            continue
        others = tuple(other for other in articles if other.id != one.article.id)
        made.append(Event(one.passage, *span, others))
        shown.append(vector)
    return sorted(made, key=lambda event: _moment(event.article))


def _moment(article: Article) -> tuple[date, datetime | None, str]:
    """When an article came out; those of no known date come last.

    Within a day it is the instant that counts, which the order of a search leaves out
    (``index.ranking.age``).
    """
    when = article.published
    return (when.day, when.value, article.id) if when else (date.max, None, article.id)


def _of_the_story(
    question: str,
    asked: Vectors,
    passages: Sequence[Passage],
    quoted: Sequence[Passage],
    encoder: TextEncoder,
) -> list[_Told]:
    """The best passage of each article of the story; of those that carry one text, of one."""
    by_article: dict[str, Passage] = {}
    folded: set[str] = set()
    for passage in (*quoted, *passages):
        if passage.article.id not in folded:
            by_article.setdefault(passage.article.id, passage)
            folded |= {copy.id for copy in passage.copies}
    best = list(by_article.values())
    if not best:
        return []
    certain = len({passage.article.id for passage in quoted} & by_article.keys()) or 1
    vectors = encoder.encode([f"{one.article.title}\n{one.text}" for one in best])
    like = vectors @ asked
    named = _last_words(question)
    members = list(range(certain))
    for place in range(certain, len(best)):
        to_members = vectors[members] @ vectors[place]
        article = best[place].article
        is_about = to_members[:certain].max() >= _LIKE_CERTAIN[not named] and (
            named <= set(words(f"{article.title}\n{article.text}"))
        )
        is_near = is_about and like[place] >= _LIKE_QUESTION * like.max()
        if is_near or to_members.max() >= _LIKE_ANOTHER:
            members.append(place)
    spans = [_sentences(best[place]) for place in members]
    headlines = encoder.encode([best[place].article.title for place in members])
    texts = [
        best[place].article.text[start:end]
        for place, cut in zip(members, spans, strict=True)
        for start, end in cut
    ]
    bounds = np.cumsum([len(cut) for cut in spans])[:-1]
    parts = np.split(encoder.encode(texts), bounds)
    return [
        _Told(best[place], vectors[place], headline, cut, part)
        for place, headline, cut, part in zip(members, headlines, spans, parts, strict=True)
    ]


def _last_words(question: str) -> set[str]:
    """The last word of each name in a question: "Queen Elizabeth" is called "Elizabeth", too."""
    compared = (words(name) for name in Question(question).names)
    return {name[-1] for name in compared if name}


def _sentences(passage: Passage) -> list[tuple[int, int]]:
    """Where in its article the first sentences of a passage stand, or all of it where none is."""
    found = sentences(passage.text, passage.article.language)
    telling = [(start, end) for start, end in found if is_told(passage.text[start:end])]
    spans = (telling or list(found) or [(0, len(passage.text))])[:_MOST_SENTENCES]
    placed = [(passage.start + start, passage.start + end) for start, end in spans]
    return [(after_dateline(passage.article.text, *span), span[1]) for span in placed]


def _grouped(told: Sequence[_Told]) -> list[list[_Told]]:
    """Articles in the order of their days, those together that tell of one event."""
    groups: list[list[_Told]] = []
    for one in told:
        same = (
            group
            for group in reversed(groups)
            if any(_days_apart(one, other) <= _SAME_DAYS for other in group)
            and max(float(one.vector @ other.vector) for other in group) >= _SAME_EVENT
        )
        if group := next(same, None):
            group.append(one)
        else:
            groups.append([one])
    return groups


def _days_apart(one: _Told, other: _Told) -> float:
    first, second = one.article.published, other.article.published
    if not first or not second or {first.precision, second.precision} & {"month", "year"}:
        return float("inf")
    return abs((first.day - second.day).days)


def _most_like(vector: Vectors, shown: Sequence[Vectors]) -> tuple[float, int]:
    """The highest cosine with what was told before, and with which of it that is."""
    likeness = [(float(vector @ earlier), place) for place, earlier in enumerate(shown)]
    return max(likeness, default=(0.0, -1))
