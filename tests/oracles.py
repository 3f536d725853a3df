"""What a search must find, computed again by hand."""

import math
import random
from collections.abc import Iterable, Sequence

import numpy as np

from corpus import Article
from corpus.chunking import Chunker
from index import Archive, Filters
from index.lexical import TITLE_WEIGHT
from index.passage import Channel
from tests.fakes import FakeEncoder

# No two share a stem, and none is so common that it is left out.
WORDS = """acorn badger candle dolphin ember falcon garden hammer island jungle kettle lantern
marble needle orchard pepper quarry ribbon saddle tunnel umbrella velvet walnut yoghurt zebra
anchor bottle copper dagger elbow feather goblin harbour insect jacket kitten ladder magnet
napkin olive""".split()

CHUNK_WORDS = 20

Hit = tuple[str, int, int]


def some_articles(count: int, longest: int, seed: int = 0) -> list[Article]:
    """Articles of up to so many words."""
    random_ = random.Random(seed)
    sources = ["Harbour Post", "Valley Times", None]
    made = []
    for number in range(count):
        words = random_.choices(WORDS, k=random_.randint(3, longest))
        sentences = [
            " ".join(words[at : at + 7]).capitalize() + "." for at in range(0, len(words), 7)
        ]
        title = " ".join(random_.choices(WORDS, k=4))
        made.append(Article(f"a{number}", title, " ".join(sentences), random_.choice(sources)))
    return made


def prose(seed: int, count: int) -> list[str]:
    """So many words by chance."""
    return random.Random(seed).choices(WORDS, k=count)


ARTICLES = some_articles(12, 60)
EDITED = [Article("a0", "Edited", "A walrus took the place of what was here.")]
OLD, NEW = ARTICLES[:6], [*EDITED, *ARTICLES[1:]]
"""What the archive holds that is killed, torn and crowded, and what is added to it."""


def spans(articles: Iterable[Article], encoder: FakeEncoder) -> list[tuple[Article, int, int]]:
    chunker = Chunker(encoder.count_tokens, encoder.longest, CHUNK_WORDS)
    return [(a, chunk.start, chunk.end) for a in articles for chunk in chunker.cut(a)]


def nearest(
    query: str, articles: Iterable[Article], encoder: FakeEncoder
) -> list[tuple[Hit, float]]:
    """Every chunk with its cosine, best first."""
    chunks = spans(articles, encoder)
    vectors = encoder.encode([a.text[start:end] for a, start, end in chunks])
    rounded = vectors.astype(np.float16).astype(np.float32)
    cosines = rounded @ encoder.encode_question(query)
    hits = [(a.id, start, end) for a, start, end in chunks]
    return sorted(zip(hits, cosines.tolist(), strict=True), key=lambda scored: -scored[1])


def bm25(query: str, articles: Sequence[Article]) -> list[tuple[str, float]]:
    """Articles of one chunk each with their BM25 scores, best first, those without any left out."""

    def tokens(text: str) -> list[str]:
        return text.lower().replace(".", " ").split()

    def score(word: str, field: Sequence[list[str]], at: int) -> float:
        containing = sum(word in words for words in field)
        rarity = math.log(1 + (len(field) - containing + 0.5) / (containing + 0.5))
        mean = sum(map(len, field)) / len(field)
        times = field[at].count(word)
        norm = 1.2 * (1 - 0.75 + 0.75 * len(field[at]) / mean)
        return rarity * (1.2 + 1) * times / (times + norm)

    texts = [tokens(article.text) for article in articles]
    titles = [tokens(article.title) for article in articles]
    scores = {
        article.id: sum(
            max(score(word, texts, at), TITLE_WEIGHT * score(word, titles, at))
            for word in dict.fromkeys(tokens(query))
        )
        for at, article in enumerate(articles)
    }
    found = [(id, score) for id, score in scores.items() if score > 0]
    return sorted(found, key=lambda scored: -scored[1])


def ranking(
    archive: Archive,
    query: str,
    channel: Channel,
    filters: Filters | None = None,
    most: int = 10_000,
) -> list[tuple[Hit, float]]:
    """What one channel finds, with the chunks named by article and offsets."""
    found = archive.rankings(query, most, filters, [channel])[channel]
    stored = archive.truth.passages(list(found))
    assert stored.keys() == found.keys()
    return [((stored[number][0].id, *stored[number][1:]), score) for number, score in found.items()]


def assert_same(found: Sequence[tuple[object, float]], expected: Sequence) -> None:
    assert [hit for hit, _ in found] == [hit for hit, _ in expected]
    np.testing.assert_allclose(
        [score for _, score in found], [score for _, score in expected], rtol=1e-4, atol=1e-6
    )


def by_hit(scored: Sequence[tuple[Hit, float]]) -> list[tuple[Hit, float]]:
    """Equal texts have equal scores: their order is left open."""
    return sorted(scored, key=lambda hit: (-round(hit[1], 5), hit[0]))


def assert_holds(
    archive: Archive, articles: Sequence[Article], encoder: FakeEncoder | None = None
) -> None:
    """Exactly these articles, and each chunk of theirs once in either index."""
    encoder = encoder or FakeEncoder()
    assert list(archive) == list(articles)
    for query in ("walnut harbour", "ember"):
        assert_same(ranking(archive, query, "dense"), nearest(query, articles, encoder))
    chunks = spans(articles, encoder)
    for words in ([*WORDS, "walrus"], ["walnut"], ["ember"], ["walrus"]):
        numbers, _ = archive.upkeep.follow().lexical.search(" ".join(words), 10_000)
        assert len(numbers) == len(set(numbers))
        stored = archive.truth.passages(numbers)
        assert len(numbers) == len(stored)
        expected = {
            (article.id, start, end)
            for article, start, end in chunks
            if any(word in f"{article.title} {article.text[start:end]}".lower() for word in words)
        }
        assert {(a.id, start, end) for a, start, end in stored.values()} == expected
