"""A story: what the archive holds on a question, as events in the order in which they came out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from assistant.evidence import is_told
from corpus import Article, sentences
from index import Passage
from index.upkeep import TextEncoder

# A search always finds its number of passages. Of the story is what is as like the question as this
# share of what is most like it, and as like the best passage as that; or very like another of it.
_LIKE_QUESTION, _LIKE_BEST, _LIKE_ANOTHER = 0.7, 0.5, 0.75
# Articles of neighbouring days that are as like each other as this tell of one event.
_SAME_EVENT, _SAME_DAYS = 0.7, 1
# What was told before counts half as much against a sentence as its nearness to the question for
# it; one that is so like an earlier one tells nothing new.
_TOLD_BEFORE, _NOTHING_NEW = 0.5, 0.9
_MOST_SENTENCES = 12

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Event:
    """What was new: ``passage.article.text[start:end]``, and ``others`` that tell of it, too."""

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
    spans: list[tuple[int, int]]
    vectors: Vectors

    @property
    def article(self) -> Article:
        return self.passage.article


def events(question: str, passages: Sequence[Passage], encoder: TextEncoder) -> list[Event]:
    """The events of a question's story, the earliest first and those of no known date last.

    ``passages`` are what a search found, the best first. Articles that carry one text, and those
    that tell of one event, stand together. Of each event that sentence is told which is near the
    question and far from what was told before (maximal marginal relevance, J. Carbonell and
    J. Goldstein, SIGIR 1998); an event without one joins the one that it repeats.
    """
    asked = encoder.encode_question(question)
    told = _of_the_story(asked, passages, encoder)
    made: list[Event] = []
    shown: list[Vectors] = []
    for group in _grouped(sorted(told, key=lambda one: age(one.article))):
        choices = [
            (float(vector @ asked), _most_like(vector, shown), one, span, vector)
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
    return made


def age(article: Article) -> tuple[date, datetime | None, str]:
    """By which articles are put in order: those of no known date come last."""
    when = article.published
    return (when.day, when.value, article.id) if when else (date.max, None, article.id)


def _of_the_story(asked: Vectors, passages: Sequence[Passage], encoder: TextEncoder) -> list[_Told]:
    """The best passage of each article of the story; of those that carry one text, of one."""
    by_article: dict[str, Passage] = {}
    folded: set[str] = set()
    for passage in passages:
        if passage.article.id not in folded:
            by_article.setdefault(passage.article.id, passage)
            folded |= {copy.id for copy in passage.copies}
    best = list(by_article.values())
    if not best:
        return []
    vectors = encoder.encode([f"{passage.article.title}\n{passage.text}" for passage in best])
    like = vectors @ asked
    members = [0]
    for place in range(1, len(best)):
        near = like[place] >= _LIKE_QUESTION * like.max()
        to_members = vectors[members] @ vectors[place]
        if (near and to_members[0] >= _LIKE_BEST) or to_members.max() >= _LIKE_ANOTHER:
            members.append(place)
    spans = [_sentences(best[place]) for place in members]
    texts = [
        best[place].article.text[start:end]
        for place, cut in zip(members, spans, strict=True)
        for start, end in cut
    ]
    bounds = np.cumsum([len(cut) for cut in spans])[:-1]
    parts = np.split(encoder.encode(texts), bounds)
    return [
        _Told(best[place], vectors[place], cut, part)
        for place, cut, part in zip(members, spans, parts, strict=True)
    ]


def _sentences(passage: Passage) -> list[tuple[int, int]]:
    """Where in its article the first sentences of a passage stand, or all of it where none is."""
    found = sentences(passage.text, passage.article.language)
    telling = [(start, end) for start, end in found if is_told(passage.text[start:end])]
    spans = (telling or list(found) or [(0, len(passage.text))])[:_MOST_SENTENCES]
    return [(passage.start + start, passage.start + end) for start, end in spans]


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
