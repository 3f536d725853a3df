"""From the rankings of the channels to one list of passages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from corpus import Article
from index.passage import Channel, Passage

Rankings = Mapping[Channel, Mapping[int, float]]
"""For each channel the chunks it found, by number, with its scores, best first."""

CANDIDATES = 100
"""How many chunks each channel puts forward."""

MARGIN = 28
"""How many more chunks a channel is asked for at first, to know which of equals come last."""

SAME_SCORE = 1e-5
"""Scores of one channel that differ by no more, as a part of the smaller, are equal: summed up in
another order, the same numbers differ in their last digits."""

CONSIDERED = 50
"""Of how many fused chunks, at least, the passages are read and their articles compared."""

RANK_OFFSET = 10
"""Of reciprocal rank fusion: the larger it is, the less the very first ranks stand out."""

ARTICLE_SUPPORT = 0.2
"""What the second-best passage of an article adds to the best one's score; the third adds this
share of that, and so on."""

REPEAT_DISCOUNT = 0.5
"""What each further passage of one article counts beside the one before."""

RECENT_DAYS = 30
"""An article so many days old on the day of the question is half as recent as a new one."""

SAME_WORDS = 0.8
"""Two passages of one article that share this part of their words say the same."""


def settle(
    scores: Mapping[int, float], places: Mapping[int, tuple[str, int]], exhausted: bool
) -> list[tuple[int, float]]:
    """Chunks with their scores by one channel, best first, equals in the order of their places.

    A place is the article's id and where in it the chunk begins: so the order does not depend on
    that in which articles came. The last of equals are left out unless the channel is
    ``exhausted``, since more of them may follow.
    """
    groups: list[list[tuple[int, float]]] = []
    for chunk, score in sorted(scores.items(), key=lambda item: -item[1]):
        if groups and groups[-1][-1][1] - score <= SAME_SCORE * abs(score):
            groups[-1].append((chunk, score))
        else:
            groups.append([(chunk, score)])
    settled = groups if exhausted else groups[:-1]
    return [each for group in settled for each in sorted(group, key=lambda each: places[each[0]])]


def fuse(rankings: Rankings) -> dict[int, float]:
    """Fused scores, from 0 to 1, of the chunks in any of the rankings, best first.

    Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): the sum over the channels
    of 1 / (offset + rank), here divided by what a chunk gets that is first in all of them. Of
    equals, that comes first which the first channel ranks first.
    """
    scores: dict[int, float] = {}
    best = len(rankings) / (RANK_OFFSET + 1)
    for ranking in rankings.values():
        for rank, chunk in enumerate(ranking, start=1):
            scores[chunk] = scores.get(chunk, 0.0) + 1 / (RANK_OFFSET + rank) / best
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def recency(article: Article, asked: date | None) -> float:
    """How recent an article was on the day of the question: 1 on that day, 0 if it was not out.

    It falls with the article's age as 1 / (1 + age / RECENT_DAYS): among articles that are all
    old it tells no difference. 0 as well where either day is unknown.
    """
    if asked is None or article.published is None or article.published.day > asked:
        return 0.0
    age = max(0, (asked - article.published.last_day).days)
    return RECENT_DAYS / (RECENT_DAYS + age)


def prefer_recent(passages: Iterable[Passage], asked: date | None) -> list[Passage]:
    """The passages with scores that count twice where the article was new when it was asked.

    News is asked about while it is news: a prior on the day of publication as in time-based
    language models (Li and Croft, CIKM 2003), here with a longer tail. Scores stay within 0 and 1.
    """
    if asked is None:
        return list(passages)
    return [
        replace(each, score=each.score * (1 + recency(each.article, asked)) / 2)
        for each in passages
    ]


def diversify(passages: Iterable[Passage]) -> list[Passage]:
    """The passages in a new order: articles by all their passages, and none crowds out others.

    An article's passages support each other a little; each further one is discounted once
    more, and one that says the same as an earlier one is left out. Scores stay within 0 and 1.
    """
    by_article: dict[str, list[Passage]] = {}
    for passage in sorted(passages, key=lambda passage: -passage.score):
        by_article.setdefault(passage.article.id, []).append(passage)
    kept: list[Passage] = []
    for together in by_article.values():
        distinct = _distinct(together)
        support = sum(
            each.score * ARTICLE_SUPPORT**position for position, each in enumerate(distinct[1:], 1)
        )
        for position, each in enumerate(distinct):
            score = (each.score + support) * (1 - ARTICLE_SUPPORT) * REPEAT_DISCOUNT**position
            kept.append(replace(each, score=score))
    return sorted(kept, key=lambda passage: -passage.score)


def _distinct(passages: Sequence[Passage]) -> list[Passage]:
    kept: list[tuple[Passage, frozenset[str]]] = []
    for passage in passages:
        words = frozenset(passage.text.casefold().split())
        if all(_overlap(words, earlier) < SAME_WORDS for _, earlier in kept):
            kept.append((passage, words))
    return [passage for passage, _ in kept]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity."""
    together = len(one | other)
    return len(one & other) / together if together else 1.0
