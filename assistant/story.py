"""A story: what the archive has on a question, as events in the order of publication."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from assistant.layout import after_dateline, is_told
from assistant.question import Question
from corpus import Article, sentences
from index import Archive, Passage
from index.ranking import newness
from index.upkeep import TextEncoder
from index.words import words

# A search always finds its number of passages. One belongs to the story if its similarity to the
# question is at least this share of the highest, and if it is this similar to a certain member:
# less if it has the names of the question, which is no proof, since a place has many stories.
# It also belongs to the story if it is very similar to another member.
_LIKE_QUESTION, _LIKE_ANOTHER = 0.7, 0.75
_LIKE_CERTAIN, _LIKE_CERTAIN_WITH_NAMES = 0.5, 0.4
# Articles of neighbouring days that are this similar tell of one event.
_SAME_EVENT, _SAME_DAYS = 0.65, 1
# A sentence's score: its similarity to the question, plus this times that to its headline, minus
# this times that to earlier events. One this similar to an earlier event tells nothing new.
_HEADLINE, _TOLD_BEFORE, _NOTHING_NEW = 0.4, 0.5, 0.9
_MOST_SENTENCES = 12
# A later article goes on with a story if its beginning, of so many characters, is this similar.
_BEGINNING, _GOES_ON = 600, 0.6

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Event:
    """A new event: ``article.text[start:end]`` in a passage, and ``others`` that report it too."""

    passage: Passage
    start: int
    end: int
    others: tuple[Article, ...] = ()

    @property
    def article(self) -> Article:
        return self.passage.article


@dataclass(frozen=True, slots=True)
class _StoryArticle:
    """An article of the story: its best passage, with the sentences in it and their vectors."""

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
    """The events of a question's story, earliest first; those without a known date come last.

    ``passages`` are the results of a search, best first; the passages that an answer ``quoted``
    always belong to the story. Articles with one text, and articles on one event, are grouped. Each
    event is told by the sentence that is near the question and its own headline, but far from the
    events before it (after maximal marginal relevance, J. Carbonell and J. Goldstein, SIGIR 1998).
    An event that tells nothing new joins the one that it repeats.
    """
    question_vector = encoder.encode_question(question)
    members = _story_articles(question, question_vector, passages, quoted, encoder)
    story: list[Event] = []
    earlier: list[Vectors] = []
    for group in _group_by_event(sorted(members, key=lambda member: _sort_key(member.article))):
        choices = [
            (
                float(vector @ question_vector + _HEADLINE * (vector @ member.headline)),
                _most_similar(vector, earlier),
                member,
                span,
                vector,
            )
            for member in group
            for span, vector in zip(member.spans, member.vectors, strict=True)
        ]
        _, (before, repeated), member, span, vector = max(
            choices, key=lambda choice: choice[0] - _TOLD_BEFORE * choice[1][0]
        )
        articles = tuple(other.article for other in group)
        if before >= _NOTHING_NEW:
            story[repeated] = replace(story[repeated], others=(*story[repeated].others, *articles))
            continue
        others = tuple(other for other in articles if other.id != member.article.id)
        story.append(Event(member.passage, *span, others))
        earlier.append(vector)
    return sorted(story, key=lambda event: _sort_key(event.article))


def later_reports(
    archive: Archive, story: Collection[str], passages: Sequence[Passage]
) -> frozenset[str]:
    """The ids of the passages' articles that go on with a story (ids), and are newer than it.

    A strike that begins in one article ends in another.
    """
    members = [article for id in story if (article := archive.article(id))]
    newest = max(map(newness, members), default=None)
    by_id = {passage.article.id: passage.article for passage in passages}
    later = [article for article in by_id.values() if newest and newness(article) > newest]
    if not later:
        return frozenset()
    beginnings = [f"{a.title}\n{a.text[:_BEGINNING]}" for a in (*members, *later)]
    vectors = archive.encoder.encode(beginnings)
    likeness = (vectors[len(members) :] @ vectors[: len(members)].T).max(axis=1)
    return frozenset(
        article.id for article, like in zip(later, likeness, strict=True) if like >= _GOES_ON
    )


def _sort_key(article: Article) -> tuple[date, datetime | None, str]:
    """The key that sorts articles by publication; those without a known date come last.

    Within a day the instant counts, which the order of a search ignores (``index.ranking.age``).
    """
    when = article.published
    return (when.day, when.value, article.id) if when else (date.max, None, article.id)


def _story_articles(
    question: str,
    question_vector: Vectors,
    passages: Sequence[Passage],
    quoted: Sequence[Passage],
    encoder: TextEncoder,
) -> list[_StoryArticle]:
    """The best passage of each article of the story; of articles with one text, of one only."""
    by_article: dict[str, Passage] = {}
    copy_ids: set[str] = set()
    for passage in (*quoted, *passages):
        if passage.article.id not in copy_ids:
            by_article.setdefault(passage.article.id, passage)
            copy_ids |= {copy.id for copy in passage.copies}
    best = list(by_article.values())
    if not best:
        return []
    certain = len({passage.article.id for passage in quoted} & by_article.keys()) or 1
    vectors = encoder.encode([f"{passage.article.title}\n{passage.text}" for passage in best])
    similarities = vectors @ question_vector
    names = _last_words(question)
    like_certain = _LIKE_CERTAIN_WITH_NAMES if names else _LIKE_CERTAIN
    members = list(range(certain))
    for place in range(certain, len(best)):
        to_members = vectors[members] @ vectors[place]
        article = best[place].article
        has_names = names <= set(words(f"{article.title}\n{article.text}"))
        is_about = has_names and to_members[:certain].max() >= like_certain
        is_near = is_about and similarities[place] >= _LIKE_QUESTION * similarities.max()
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
        _StoryArticle(best[place], vectors[place], headline, cut, part)
        for place, headline, cut, part in zip(members, headlines, spans, parts, strict=True)
    ]


def _last_words(question: str) -> set[str]:
    """The last word of each name in a question: "Queen Elizabeth" may be called "Elizabeth"."""
    compared = (words(name) for name in Question(question).names)
    return {name[-1] for name in compared if name}


def _sentences(passage: Passage) -> list[tuple[int, int]]:
    """Where a passage's first sentences are in its article; its own span if it has none."""
    all_spans = sentences(passage.text, passage.article.language)
    telling = [(start, end) for start, end in all_spans if is_told(passage.text[start:end])]
    spans = (telling or list(all_spans) or [(0, len(passage.text))])[:_MOST_SENTENCES]
    placed = [(passage.start + start, passage.start + end) for start, end in spans]
    return [(after_dateline(passage.article.text, *span), span[1]) for span in placed]


def _group_by_event(members: Sequence[_StoryArticle]) -> list[list[_StoryArticle]]:
    """The articles in the order of their days, grouped by event."""
    groups: list[list[_StoryArticle]] = []
    for member in members:
        same_event = (
            group
            for group in reversed(groups)
            if any(_days_apart(member, other) <= _SAME_DAYS for other in group)
            and max(float(member.vector @ other.vector) for other in group) >= _SAME_EVENT
        )
        if group := next(same_event, None):
            group.append(member)
        else:
            groups.append([member])
    return groups


def _days_apart(one: _StoryArticle, other: _StoryArticle) -> float:
    first, second = one.article.published, other.article.published
    if not first or not second or {first.precision, second.precision} & {"month", "year"}:
        return float("inf")
    return abs((first.day - second.day).days)


def _most_similar(vector: Vectors, earlier_vectors: Sequence[Vectors]) -> tuple[float, int]:
    """The highest cosine with an earlier event, and the index of that event."""
    likeness = [(float(vector @ earlier), place) for place, earlier in enumerate(earlier_vectors)]
    return max(likeness, default=(0.0, -1))
