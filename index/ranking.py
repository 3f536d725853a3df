"""Combines the rankings of the channels into one list of passages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from operator import itemgetter
from types import MappingProxyType

from corpus import Article
from index.copies import Wording
from index.passage import Channel, Passage

Rankings = Mapping[Channel, Mapping[int, float]]
"""For each channel, the numbers of the chunks that it found, with its scores, best first."""

Carriers = Mapping[int, tuple[int, int]]
"""For each chunk of a text that several articles carry: the text's and the article's number."""

CANDIDATES = 100
"""How many chunks each channel contributes."""

MARGIN = 28
"""How many more chunks than needed a channel first returns, to order equal scores at the end."""

SAME_SCORE = 1e-5
"""Scores of one channel count as equal up to this relative difference: the same numbers, summed
in another order, differ in their last digits."""

CONSIDERED = 50
"""How many of the first fused chunks, at least, are read and their articles compared."""

RERANKED = 20
"""How many of the first fused chunks a reranker reads, if there is one."""

RANK_OFFSET = 10
"""The constant of reciprocal rank fusion: the larger it is, the less the first ranks stand out."""

ARTICLE_SUPPORT = 0.2
"""The share of its score that an article's second-best passage adds to the best one's; the third
adds the square of this share, and so on."""

REPEAT_DISCOUNT = 0.5
"""The factor by which each further passage of an article counts less than the one before."""

RECENT_DAYS = 30
"""An article this many days old on the day of the question is half as recent as a new one."""

AS_GOOD = 0.9
"""Of copies with equal ranks, the earliest with this share of the best score for words is shown."""

SAME_WORDS = 0.8
"""Two passages of one article say the same if they share this part of their words. So does a
passage of a copy if this part of it is in the passages chosen from the other copies."""


def settle(
    scores: Mapping[int, float], places: Mapping[int, tuple[str, int]], exhausted: bool
) -> list[tuple[int, float]]:
    """Chunks with their scores by one channel, best first; equal scores are ordered by place.

    A place is the article's id and the chunk's start in it, so the order does not depend on when
    the articles were added. The last group of equal scores is left out unless the channel is
    ``exhausted``, because more chunks may belong to it.
    """
    best = sorted(scores.items(), key=itemgetter(1), reverse=True)
    start = 0
    for end in range(1, len(best) + 1):
        if end == len(best) or best[end - 1][1] - best[end][1] > SAME_SCORE * abs(best[end][1]):
            if end == len(best) and not exhausted:
                return best[:start]
            if end - start > 1:
                best[start:end] = sorted(best[start:end], key=lambda item: places[item[0]])
            start = end
    return best


def ranks(chunks: Iterable[int], carriers: Carriers) -> Iterator[tuple[int, int]]:
    """Chunks, best first, each with its rank, from 1, among different texts.

    A text that many articles carry takes up no more ranks than its first article alone would.
    """
    first_article: dict[int, int] = {}
    rank = 0
    for chunk in chunks:
        text, article = carriers.get(chunk, (0, 0))
        if chunk not in carriers or first_article.setdefault(text, article) == article:
            rank += 1
        yield chunk, rank


def fuse(rankings: Rankings, carriers: Carriers = MappingProxyType({})) -> dict[int, float]:
    """Fused scores, from 0 to 1, of the chunks in any of the rankings, best first.

    Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): a score is the sum over the
    channels of 1 / (offset + rank), with ranks from ``ranks``. It is divided by the score of a
    chunk that is first in all channels. Equal scores keep the order of the first channel. If there
    is a reranker, the chunks that it has read come first in its order, and all others follow.
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
    """How recent an article was on the day of the question: 1 on that day, 0 before publication.

    It falls with the age as 1 / (1 + age / RECENT_DAYS), so it hardly distinguishes old articles
    from older ones. It is also 0 if either day is unknown.
    """
    if asked is None or article.published is None or article.published.day > asked:
        return 0.0
    age = max(0, (asked - article.published.last_day).days)
    return RECENT_DAYS / (RECENT_DAYS + age)


def prefer_recent(passages: Iterable[Passage], asked: date | None) -> list[Passage]:
    """The passages; one that was new on the day of the question scores up to twice as high.

    People ask about news while it is new. This is a prior on the day of publication as in
    time-based language models (Li and Croft, CIKM 2003), with a longer tail. Scores stay in [0, 1].
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
    """The passages in a new order, in which no article crowds out the others.

    ``texts`` holds the number of the text of each article, by its id, that has copies; copies
    count as one article. An article's passages support each other a little. Each further one is
    discounted once more, and one that says the same as an earlier one is left out. Among equal
    scores the earliest article comes first. Scores stay within 0 and 1.
    """
    by_text: dict[str | int, list[Passage]] = {}
    for passage in sorted(passages, key=lambda passage: (-passage.score, *age(passage.article))):
        key = texts.get(passage.article.id, passage.article.id)
        by_text.setdefault(key, []).append(passage)
    ordered: list[Passage] = []
    for group in by_text.values():
        # Copies rank alike, but not each of them need have the words of the query.
        most = max(passage.why.get("lexical", 0.0) for passage in group)
        group.sort(
            key=lambda passage: (-passage.score, passage.why.get("lexical", 0.0) < AS_GOOD * most)
        )
        distinct = _distinct(group)
        scores = [passage.score for passage in distinct]
        support = sum(score * ARTICLE_SUPPORT**rank for rank, score in enumerate(scores[1:], 1))
        for position, passage in enumerate(distinct):
            score = (passage.score + support) * (1 - ARTICLE_SUPPORT) * discount**position
            ordered.append(replace(passage, score=score))
    return sorted(ordered, key=lambda passage: -passage.score)


def age(article: Article) -> tuple[date, str]:
    """A sort key that puts the earliest articles first, and undated ones last."""
    return (article.published.day if article.published else date.max), article.id


def newness(article: Article) -> tuple[date, str]:
    """A sort key by which the newest articles are the largest, and undated ones the smallest."""
    return (article.published.last_day if article.published else date.min), article.id


def _distinct(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that say something new after the passages before them."""
    if len(passages) == 1:
        return list(passages)
    distinct: list[tuple[Passage, frozenset[str]]] = []
    for passage in passages:
        words = frozenset(passage.text.casefold().split())
        if all(_overlap(words, earlier) < SAME_WORDS for _, earlier in distinct):
            # Papers cut a text in different places, so that a chunk of one copy may overlap with
            # several chunks of another.
            from_copies = [other for other, _ in distinct if other.article.id != passage.article.id]
            if not from_copies or _part_within(passage, from_copies) < SAME_WORDS:
                distinct.append((passage, words))
    return [passage for passage, _ in distinct]


def _part_within(passage: Passage, others: Sequence[Passage]) -> float:
    """The share of a passage, from 0 to 1, that is in other passages word for word."""
    return Wording.of(passage.text).common(*(Wording.of(other.text) for other in others))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity; 0 if the sizes alone keep it below ``SAME_WORDS``."""
    fewer, more = sorted((len(one), len(other)))
    if fewer < SAME_WORDS * more:
        return 0.0
    shared = len(one & other)
    return shared / (fewer + more - shared) if more else 1.0
