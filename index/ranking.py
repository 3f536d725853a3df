"""From the rankings of the channels to one list of passages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter
from types import MappingProxyType

from corpus import Article
from index.copies import Wording
from index.passage import Channel, Passage

Rankings = Mapping[Channel, Mapping[int, float]]
"""For each channel the chunks it found, by number, with its scores, best first."""

Carriers = Mapping[int, tuple[int, int]]
"""For each chunk of a text that several articles carry: the text, and the article, by number."""

CANDIDATES = 100
"""How many chunks each channel puts forward."""

MARGIN = 28
"""How many more chunks a channel is asked for at first, to know which of equals come last."""

SAME_SCORE = 1e-5
"""Scores of one channel that differ by no more, as a part of the smaller, are equal: summed up in
another order, the same numbers differ in their last digits."""

CONSIDERED = 50
"""Of how many fused chunks, at least, the passages are read and their articles compared."""

RERANKED = 20
"""How many of the first fused chunks a reranker reads, if there is one."""

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
"""Two passages of one article that share this part of their words say the same; so does one of a
copy of which this part stands in what is shown of the others."""


def settle(
    scores: Mapping[int, float], places: Mapping[int, tuple[str, int]], exhausted: bool
) -> list[tuple[int, float]]:
    """Chunks with their scores by one channel, best first, equals in the order of their places.

    A place is the article's id and where in it the chunk begins: so the order does not depend on
    that in which articles came. The last of equals are left out unless the channel is
    ``exhausted``, since more of them may follow.
    """
    best = sorted(scores.items(), key=itemgetter(1), reverse=True)
    begun = 0
    for at in range(1, len(best) + 1):
        if at == len(best) or best[at - 1][1] - best[at][1] > SAME_SCORE * abs(best[at][1]):
            if at == len(best) and not exhausted:
                return best[:begun]
            if at - begun > 1:
                best[begun:at] = sorted(best[begun:at], key=lambda item: places[item[0]])
            begun = at
    return best


def ranks(chunks: Iterable[int], carriers: Carriers) -> Iterator[tuple[int, int]]:
    """Chunks, best first, each with its rank from 1 among those of different texts.

    A text that many articles carry takes up no more ranks than the first of them alone would.
    """
    first: dict[int, int] = {}
    rank = 0
    for chunk in chunks:
        text, article = carriers.get(chunk, (0, 0))
        if chunk not in carriers or first.setdefault(text, article) == article:
            rank += 1
        yield chunk, rank


def fuse(rankings: Rankings, carriers: Carriers = MappingProxyType({})) -> dict[int, float]:
    """Fused scores, from 0 to 1, of the chunks in any of the rankings, best first.

    Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): the sum over the channels
    of 1 / (offset + rank), here divided by what a chunk gets that is first in all of them, and
    with ranks as ``ranks`` counts them. Of equals, that comes first which the first channel ranks
    first. A reranker's order, if there is one, takes the place of that of the chunks it has read;
    all others come after them.
    """
    fused = _fuse([ranking for name, ranking in rankings.items() if name != "reranker"], carriers)
    if "reranker" not in rankings:
        return fused
    return _fuse([dict.fromkeys([*rankings["reranker"], *fused])], carriers)


def _fuse(rankings: Sequence[Iterable[int]], carriers: Carriers) -> dict[int, float]:
    scores: dict[int, float] = {}
    best = len(rankings) / (RANK_OFFSET + 1)
    for ranking in rankings:
        for chunk, rank in ranks(ranking, carriers):
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
        replace(passage, score=passage.score * (1 + recency(passage.article, asked)) / 2)
        for passage in passages
    ]


def diversify(
    passages: Iterable[Passage],
    texts: Mapping[str, int] = MappingProxyType({}),
    discount: float = REPEAT_DISCOUNT,
) -> list[Passage]:
    """The passages in a new order: articles by all their passages, and none crowds out others.

    ``texts`` numbers the text of each article, by its id, that is carried by several: these are
    taken together as one. An article's passages support each other a little; each further one is
    discounted once more, and one that says the same as an earlier one is left out. Of passages
    with one score, that of the earliest article comes first. Scores stay within 0 and 1.
    """
    by_text: dict[str | int, list[Passage]] = {}
    for passage in sorted(passages, key=lambda passage: (-passage.score, *age(passage.article))):
        key = texts.get(passage.article.id, passage.article.id)
        by_text.setdefault(key, []).append(passage)
    ordered: list[Passage] = []
    for together in by_text.values():
        distinct = _distinct(together)
        scores = [passage.score for passage in distinct]
        support = sum(score * ARTICLE_SUPPORT**rank for rank, score in enumerate(scores[1:], 1))
        for position, passage in enumerate(distinct):
            score = (passage.score + support) * (1 - ARTICLE_SUPPORT) * discount**position
            ordered.append(replace(passage, score=score))
    return sorted(ordered, key=lambda passage: -passage.score)


def age(article: Article) -> tuple[date, str]:
    """By which articles are put in order, the earliest first, those of no known date last."""
    return (article.published.day if article.published else date.max), article.id


def newness(article: Article) -> tuple[date, str]:
    """By which articles are put in order where the newest matters: of no known date is oldest."""
    return (article.published.last_day if article.published else date.min), article.id


def _distinct(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that say something which those before do not."""
    if len(passages) == 1:
        return list(passages)
    distinct: list[tuple[Passage, frozenset[str]]] = []
    for passage in passages:
        words = frozenset(passage.text.casefold().split())
        if all(_overlap(words, earlier) < SAME_WORDS for _, earlier in distinct):
            # Papers cut a text at different places, so that the chunks of one copy overlap with
            # several of another.
            of_copies = [other for other, _ in distinct if other.article.id != passage.article.id]
            if not of_copies or _part_within(passage, of_copies) < SAME_WORDS:
                distinct.append((passage, words))
    return [passage for passage, _ in distinct]


def _part_within(passage: Passage, others: Sequence[Passage]) -> float:
    """The part of a passage, from 0 to 1, that stands in others to the word."""
    return Wording.of(passage.text).common(*(Wording.of(other.text) for other in others))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity; 0 where their sizes alone keep it below ``SAME_WORDS``."""
    fewer, more = sorted((len(one), len(other)))
    if fewer < SAME_WORDS * more:
        return 0.0
    shared = len(one & other)
    return shared / (fewer + more - shared) if more else 1.0
