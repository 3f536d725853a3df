"""Searching: against what is computed again by hand."""

import math
from collections.abc import Sequence

import faiss
import pytest

import index.documents
import index.lexical
import index.vectors
from corpus import Article
from index import Archive, Filters, Passage, Passages
from index.passage import Channel, describe
from index.ranking import diversify, fuse
from tests.fakes import FakeEncoder
from tests.oracles import (
    CHUNK_WORDS,
    WORDS,
    Hit,
    assert_same,
    bm25,
    nearest,
    ranking,
    some_articles,
    spans,
)

pytestmark = pytest.mark.usefixtures("small_chunks")

QUERIES = ["walnut harbour", "The zebra and the ember.", "olive olive kettle", "nothing of it"]


# The dense channel


@pytest.mark.parametrize("query", QUERIES)
def test_dense_is_exact(archive: Archive, encoder: FakeEncoder, query: str) -> None:
    articles = some_articles(60, 90)
    archive.add(articles)
    post = [article for article in articles if article.source == "Harbour Post"]
    for filters, let_through in ((None, articles), (Filters(sources=("harbour post",)), post)):
        expected = nearest(query, let_through, encoder)
        assert len(expected) > 45
        assert_same(ranking(archive, query, "dense", filters), expected)
        assert_same(ranking(archive, query, "dense", filters, most=7), expected[:7])


def test_dense_in_cells(
    archive: Archive, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every cell searched, cells change nothing: added to, taken from, saved, reopened."""
    monkeypatch.setattr(index.vectors, "FLAT_UP_TO", 120)
    monkeypatch.setattr(index.vectors, "_POINTS_PER_CELL", 8)
    articles = some_articles(60, 90)
    archive.add(articles[:50])
    assert isinstance(archive.upkeep.follow().vectors.main, faiss.IndexIVF)
    archive.add(articles[50:])
    archive.remove(["a3", "a55"])
    articles = [article for article in articles if article.id not in ("a3", "a55")]
    post = [article for article in articles if article.source == "Harbour Post"]
    filters = Filters(sources=("Harbour Post",))
    for opened in (archive, Archive.open(archive.folder, encoder)):
        state = opened.upkeep.follow()
        assert isinstance(state.vectors.main, faiss.IndexIVF)
        assert state.vectors.main.nlist > 10
        for query in QUERIES:
            expected = nearest(query, articles, encoder)
            assert_same(ranking(opened, query, "dense"), expected)
            expected = nearest(query, post, encoder)
            assert_same(ranking(opened, query, "dense", filters), expected)
    assert archive.search(articles[7].text[:60], channels=["dense"])[0].article == articles[7]


# The lexical channel


@pytest.mark.parametrize(
    "query",
    ["walnut harbour", "zebra! Zébra, zebras?", "walnut walnut walnut", "the " + " ".join(WORDS)],
)
def test_lexical_is_bm25(archive: Archive, query: str) -> None:
    articles = some_articles(50, CHUNK_WORDS)
    archive.add(articles)
    plain = {"zebra! Zébra, zebras?": "zebra", "the " + " ".join(WORDS): " ".join(WORDS)}
    expected = bm25(plain.get(query, query), articles)
    assert len(expected) > 5
    scored = [(id, score) for (id, _, _), score in ranking(archive, query, "lexical")]
    assert_same(_ties_sorted(scored), _ties_sorted(expected))
    assert [score for _, score in scored] == sorted((score for _, score in scored), reverse=True)


def _ties_sorted(scored: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(scored, key=lambda hit: (-round(hit[1], 4), hit[0]))


def test_lexical_among_what_the_filters_let_through(archive: Archive) -> None:
    """Scores stay what they are without filters; only the hits are fewer."""
    articles = some_articles(50, CHUNK_WORDS)
    archive.add(articles)
    post = {article.id for article in articles if article.source == "Harbour Post"}
    everything = ranking(archive, "walnut harbour", "lexical")
    hits = ranking(archive, "walnut harbour", "lexical", Filters(sources=("harbour post",)))
    expected = [(hit, score) for hit, score in everything if hit[0] in post]
    assert 0 < len(expected) < len(everything)
    assert_same(_ties_sorted(hits), _ties_sorted(expected))


@pytest.mark.parametrize("query", ["the", "?!", "and of the", "qwxyzzt"])
def test_lexical_finds_nothing_without_words(archive: Archive, query: str) -> None:
    archive.add(some_articles(5, 20))
    assert ranking(archive, query, "lexical") == []
    assert {passage.article.id for passage in archive.search(query)} == {
        "a0", "a1", "a2", "a3", "a4",
    }  # fmt: skip


def test_words_of_articles_that_are_gone_are_unknown(archive: Archive) -> None:
    """Although tantivy keeps them until it merges its segments."""
    gone = [Article(f"g{n}", "Walrus", "A walrus and a walnut.") for n in range(30)]
    stay = [Article(f"s{n}", "Candle", "A candle and a walnut.") for n in range(30)]
    archive.add([article for pair in zip(gone, stay, strict=True) for article in pair])
    [walrus, walnut] = archive.query_words("A walrus, a walnut")
    assert (walrus.text, walrus.forms, walrus.known) == ("walrus", {"walrus"}, True)
    assert walrus.rarity == pytest.approx(math.log(1 + 30.5 / 30.5))
    assert (walnut.known, walnut.rarity) == (True, pytest.approx(math.log(1 + 0.5 / 60.5)))
    archive.remove([article.id for article in gone])
    [walrus, walnut] = archive.query_words("A walrus, a walnut")
    assert (walrus.known, walrus.rarity) == (False, pytest.approx(math.log(1 + 30.5 / 0.5)))
    assert (walnut.known, walnut.rarity) == (True, pytest.approx(math.log(1 + 0.5 / 30.5)))


def test_lexical_takes_query_syntax_for_words(archive: Archive) -> None:
    articles = some_articles(50, CHUNK_WORDS)
    archive.add(articles)
    plain = ranking(archive, "walnut harbour", "lexical")
    for query in ('"walnut" +harbour', "title:walnut^9 harbour~ *", "walnut) OR (harbour"):
        hits = ranking(archive, query, "lexical")
        assert {hit for hit, _ in plain} <= {hit for hit, _ in hits}
    assert ranking(archive, "-walnut -harbour", "lexical") == plain


# Both together


def test_fuse() -> None:
    fused = fuse({"dense": {1: 0.9, 2: 0.8}, "lexical": {2: 7.0, 3: 5.0}})
    assert list(fused) == [2, 1, 3]
    assert fused == pytest.approx({2: 23 / 24, 1: 12 / 24, 3: 11 / 24})
    assert fuse({"dense": {5: 0.1}, "lexical": {5: 0.1}}) == pytest.approx({5: 1.0})
    assert fuse({"dense": {5: 0.1, 4: 0.1}}) == pytest.approx({5: 1.0, 4: 11 / 12})
    assert fuse({"dense": {}, "lexical": {9: 1.0}}) == pytest.approx({9: 0.5})
    # Of equals, the one that the first channel found.
    assert list(fuse({"dense": {8: 0.5}, "lexical": {7: 0.5}})) == [8, 7]
    assert fuse({}) == {}


def passage(article: str, text: str, score: float) -> Passage:
    return Passage(Article(article, "", text), 0, len(text), score)


def test_diversify() -> None:
    best = passage("a", "one two three four", 0.9)
    copy = passage("a", "Four three\ntwo one", 0.8)
    second = passage("a", "five six seven eight", 0.5)
    third = passage("a", "nine ten", 0.25)
    other = passage("b", "one two three four", 0.8)
    passages = diversify([third, other, copy, best, second])
    assert [(passage.article.id, passage.text) for passage in passages] == [
        ("a", best.text),
        ("b", other.text),
        ("a", second.text),
        ("a", third.text),
    ]
    support = 0.5 * 0.2 + 0.25 * 0.2**2
    assert [passage.score for passage in passages] == pytest.approx(
        [(0.9 + support) * 0.8, 0.8 * 0.8, (0.5 + support) * 0.8 / 2, (0.25 + support) * 0.8 / 4]
    )
    assert diversify([]) == []


def test_diversify_keeps_what_differs_enough() -> None:
    # They share 7 of 9 words, and 8 of 10.
    nearly = diversify([passage("a", "a b c d e f g h", 1), passage("a", "a b c d e f g x", 0.5)])
    assert [passage.text for passage in nearly] == ["a b c d e f g h", "a b c d e f g x"]
    same = diversify([passage("a", "a b c d e f g h i", 1), passage("a", "a b c d e f g h x", 0.5)])
    assert [passage.text for passage in same] == ["a b c d e f g h i"]


def test_search_is_both_channels_fused(archive: Archive) -> None:
    archive.add(some_articles(60, 90))
    query = "walnut harbour"
    dense, lexical = (
        ranking(archive, query, channel, most=100) for channel in ("dense", "lexical")
    )
    scores: dict[Hit, float] = {}
    for hits in (dense, lexical):
        for rank, (hit, _) in enumerate(hits, start=1):
            scores[hit] = scores.get(hit, 0) + (11 / 2) / (10 + rank)
    why: dict[Channel, dict[Hit, float]] = {"dense": dict(dense), "lexical": dict(lexical)}
    passages = archive.search(query, k=20)
    assert len(passages) == 20
    for passage in passages:
        hit = (passage.article.id, passage.start, passage.end)
        assert passage.text == passage.article.text[passage.start : passage.end]
        assert passage.article == archive.article(passage.article.id)
        assert passage.why == {name: of[hit] for name, of in why.items() if hit in of}
    first: dict[str, Passage] = {}
    for passage in passages:
        first.setdefault(passage.article.id, passage)
    # Within each article the order is the fused one.
    for id, passage in first.items():
        of_article = {hit: score for hit, score in scores.items() if hit[0] == id}
        assert (id, passage.start, passage.end) == max(of_article, key=of_article.__getitem__)
    assert [passage.score for passage in passages] == sorted(
        (p.score for p in passages), reverse=True
    )


def test_one_channel_alone(archive: Archive) -> None:
    articles = some_articles(30, CHUNK_WORDS)
    archive.add(articles)
    for channel in ("dense", "lexical"):
        passages = archive.search("walnut harbour", k=5, channels=[channel])
        expected = ranking(archive, "walnut harbour", channel)[:5]
        assert [(passage.article.id, passage.start, passage.end) for passage in passages] == [
            hit for hit, _ in expected
        ]
        # One chunk each, so that nothing supports it: 0.8 of 11 / (10 + rank).
        assert [passage.score for passage in passages] == pytest.approx(
            [0.8 * 11 / (10 + rank) for rank in range(1, len(passages) + 1)]
        )


@pytest.mark.parametrize("query", ["", " ", "\n\t\u3000"])
def test_an_empty_query_finds_nothing(archive: Archive, query: str) -> None:
    archive.add(some_articles(3, 20))
    assert archive.search(query) == []


def test_an_empty_archive(archive: Archive) -> None:
    assert archive.search("walnut") == []
    assert archive.search("walnut", 3, Filters(sources=("none",))) == []


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one(archive: Archive, k: int) -> None:
    with pytest.raises(ValueError, match=f"^k is {k}; it must be at least 1$"):
        archive.search("walnut", k)


def test_k_beyond_everything(archive: Archive, encoder: FakeEncoder) -> None:
    articles = some_articles(30, 90)
    archive.add(articles)
    passages = archive.search("walnut harbour", k=1_000)
    expected = {(a.id, start, end) for a, start, end in spans(articles, encoder)}
    assert {(passage.article.id, passage.start, passage.end) for passage in passages} == expected
    assert len(passages) == len(expected)


def test_what_an_article_says_twice_is_found_once(archive: Archive) -> None:
    sentence = "The walnut orchard by the harbour burned down last night in strong winds."
    other = "A kettle, a lantern and a saddle were all that could be carried out of there."
    again = Article("a", "Fire", f"{sentence}\n\n{other}\n\n{sentence}")
    copy = Article("b", "Fire", sentence)
    archive.add([again, copy])
    passages = archive.search("walnut orchard harbour")
    assert [(passage.article.id, passage.text) for passage in passages[:2]] in (
        [("a", sentence), ("b", sentence)],
        [("b", sentence), ("a", sentence)],
    )
    assert [(passage.article.id, passage.text) for passage in passages[2:]] == [("a", other)]


def test_what_is_said_twice_takes_no_place_from_others(archive: Archive) -> None:
    sentence = "The walnut orchard by the harbour burned down last night in strong winds."
    again = Article("a", "Fire", "\n\n".join([sentence] * 12))
    others = [Article(f"b{n}", "", f"Someone saw a walnut in the {word}.") for n, word in
              enumerate(WORDS[:10])]  # fmt: skip
    archive.add([again, *others])
    passages = archive.search(sentence, k=5)
    assert [(passage.article.id, passage.text) for passage in passages[:1]] == [("a", sentence)]
    assert len({passage.article.id for passage in passages}) == len(passages) == 5


def test_a_query_that_is_no_unicode(archive: Archive) -> None:
    """As a terminal may hand it over."""
    articles = some_articles(5, CHUNK_WORDS)
    archive.add(articles)
    assert archive.search("\udcff\ud83d " + articles[2].text)[0].article == articles[2]


def test_a_very_long_query(archive: Archive) -> None:
    articles = some_articles(20, 90)
    archive.add(articles)
    query = " ".join(WORDS) * 50 + " ".join(f"word{n}" for n in range(3_000))
    assert archive.search(query, k=1)[0].article in articles


# What is found shows itself


def test_passages_are_shown_as_text() -> None:
    article = Article("a", "<b>T</b>", "Say <script>alert(1)</script> & [1]", "A & B")
    shown = Passages([Passage(article, 4, 29, 0.5, {"dense": 0.9, "lexical": 3.0})])._repr_html_()
    assert shown == (
        "<ol><li><p><b>&lt;b&gt;T&lt;/b&gt;</b><br><small>A &amp; B · 0.500 · dense + lexical"
        "</small></p><blockquote>&lt;script&gt;alert(1)&lt;/script&gt;</blockquote></li></ol>"
    )
    assert Passages()._repr_html_() == "<p>No passage was found.</p>"


def test_as_a_langchain_retriever(archive: Archive) -> None:
    articles = some_articles(20, CHUNK_WORDS)
    archive.add(articles)
    filters = Filters(sources=("Valley Times",))
    passages = archive.search("walnut harbour", 3, filters)
    documents = archive.as_retriever(3, filters).invoke("walnut harbour")
    assert [(document.page_content, document.metadata) for document in documents] == [
        (
            passage.text,
            {
                "id": passage.article.id,
                "title": passage.article.title,
                "source": "Valley Times",
                "published": None,
                "url": None,
                "version": 1,
                "start": passage.start,
                "end": passage.end,
                "score": passage.score,
                "copies": [],
            },
        )
        for passage in passages
    ]
    assert len(documents) == 3


def test_as_a_langchain_retriever_with_copies(archive: Archive) -> None:
    text = " ".join(f"Delegate number {number} spoke of pier {number * 7}." for number in range(40))
    archive.add([Article("a", "Talks", text, "Post"), Article("b", "Holm", f"{text} So.", "Echo")])
    [document] = archive.as_retriever(1).invoke("delegate number 7")
    [best] = archive.search("delegate number 7", 1)
    assert {best.article.id, *(article.id for article in best.copies)} == {"a", "b"}
    assert document.metadata["copies"] == [describe(article) for article in best.copies]
