"""An archive that was changed bit by bit is searched like one that was made at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus.chunking
import index.documents
import index.lexical
import index.vectors
from corpus import Article
from index import Archive
from tests.fakes import FakeEncoder
from tests.oracles import CHUNK_WORDS, WORDS, assert_same, by_hit, nearest, ranking, some_articles

pytestmark = pytest.mark.usefixtures("small_chunks")

QUERIES = ["walnut harbour", "The zebra and the ember.", "olive olive kettle", "nothing of it"]
POOL = [some_articles(8, 70, seed) for seed in range(4)]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 7)))),
        st.tuples(st.just("remove"), st.lists(st.integers(0, 7), max_size=4)),
        st.tuples(st.just("search"), st.none()),
        st.tuples(st.just("reopen"), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(STEPS, st.booleans())
def test_changed_bit_by_bit_is_as_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list, in_cells: bool
) -> None:
    folder = tmp_path_factory.mktemp("archive")
    encoder = FakeEncoder()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(corpus.chunking, "CHUNK_TOKENS", CHUNK_WORDS)
        if in_cells:
            patched.setattr(index.vectors, "FLAT_UP_TO", 15)
            patched.setattr(index.vectors, "_POINTS_PER_CELL", 5)
        archive = Archive.create(folder / "changed", encoder)
        current: dict[str, Article] = {}
        for step, values in steps:
            if step == "add":
                articles = [POOL[version][number] for version, number in values]
                archive.add(articles)
                current |= {article.id: article for article in articles}
            elif step == "remove":
                removed = archive.remove([f"a{number}" for number in values])
                assert removed == list(dict.fromkeys(f"a{n}" for n in values if f"a{n}" in current))
                for id in removed:
                    del current[id]
            elif step == "search":
                archive.search("walnut harbour")
            else:
                archive = Archive.open(folder / "changed", encoder)
        assert {article.id: article for article in archive} == current
        fresh = Archive.create(folder / "fresh", FakeEncoder())
        fresh.add(current.values())
        for query in QUERIES:
            expected = nearest(query, current.values(), encoder) if current else []
            for opened in (archive, Archive.open(folder / "changed", encoder), fresh):
                assert_same(by_hit(ranking(opened, query, "dense")), by_hit(expected))
            changed, made = (
                {hit for hit, _ in ranking(view, query, "lexical")} for view in (archive, fresh)
            )
            assert changed == made


def test_words_that_were_made_otherwise_are_made_anew(
    archive: Archive, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as former:
        for module in (index.documents, index.lexical):
            former.setattr(module, "ANALYZER", "words of a former kind")
        former.setattr(index.documents, "separated", str.lower)
        archive.add([Article("a", "T", "Ankara'nın walnut.")])
        assert ranking(archive, "Ankara", "lexical") == []
    archive.close()
    opened = Archive.open(archive.folder, encoder)
    assert [id for (id, _, _), _ in ranking(opened, "Ankara", "lexical")] == ["a"]


def test_an_older_process_sees_what_came_since(archive: Archive, encoder: FakeEncoder) -> None:
    articles = some_articles(12, CHUNK_WORDS)
    archive.add(articles[:4])
    reader = Archive.open(archive.folder, encoder)
    third = Archive.open(archive.folder, encoder)
    for count in (4, 8, 12):
        archive.add(articles[:count])
        for view in (reader, third, archive):
            hits = ranking(view, " ".join(WORDS), "lexical")
            assert {id for (id, _, _), _ in hits} == {f"a{n}" for n in range(count)}
            assert len(hits) == count
            assert_same(
                ranking(view, "walnut", "dense"), nearest("walnut", articles[:count], encoder)
            )
    archive.remove(["a1"])
    reader.add([Article("a2", "T", "Everything is new here.")])
    for view in (third, archive, reader):
        assert "a1" not in {passage.article.id for passage in view.search("walnut", k=50)}
        hits = ranking(view, "everything new", "lexical")
        assert [hit for hit, _ in hits] == [("a2", 0, 23)]
