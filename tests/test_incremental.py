"""Following a folder step by step comes to the same as reading it at once."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import corpus.chunking
import index.vectors
from index import Archive
from tests.fakes import FakeEncoder
from tests.oracles import CHUNK_WORDS, WORDS, some_articles

NAMES = ["a.txt", "b.txt", "c/a.txt", "c/d.txt", "e.txt"]
TEXTS = [article.text for article in some_articles(7, 70)]
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(NAMES), st.integers(0, 6)),
        st.tuples(st.just("remove"), st.sampled_from(NAMES), st.none()),
        st.tuples(st.just("move"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("sync"), st.none(), st.none()),
        st.tuples(st.just("reopen"), st.none(), st.none()),
    ),
    max_size=25,
)


def hits(archive: Archive, query: str) -> list[tuple[str, int, int, float]]:
    passages = archive.search(query, k=30)
    return [(passage.article.id, passage.start, passage.end, passage.score) for passage in passages]


@settings(max_examples=40, deadline=None)
@given(EDITS, st.booleans())
@example([("write", "a.txt", 0), ("sync", None, None), ("remove", "a.txt", None)], False)
def test_incremental_equals_full(
    tmp_path_factory: pytest.TempPathFactory, edits: list, joined: bool
) -> None:
    """After anything that may happen to a folder, the archive answers as one made from it now."""
    folder = tmp_path_factory.mktemp("followed")
    news = folder / "news"
    (news / "c").mkdir(parents=True)
    encoder = FakeEncoder()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(corpus.chunking, "CHUNK_TOKENS", CHUNK_WORDS)
        if joined:
            patched.setattr(index.vectors, "MOST_RECENT", 3)
        archive = Archive.create(folder / "archive", encoder)
        for edit, name, value in edits:
            if edit == "write":
                (news / name).write_text(f"Title {value % 3}\n\n{TEXTS[value]}\n")
            elif edit == "remove":
                (news / name).unlink(missing_ok=True)
            elif edit == "move" and (news / name).exists():
                (news / name).replace(news / value)
            elif edit == "sync":
                archive.sync([news])
                archive.search("walnut harbour")
            elif edit == "reopen":
                archive.close()
                archive = Archive.open(folder / "archive", encoder)
        # A folder that is empty in the end is meant to be.
        archive.sync([news], withdraw_many=True)
        with archive, Archive.create(folder / "fresh", FakeEncoder()) as fresh:
            fresh.sync([news])
            assert {article.id: article for article in archive} == {
                article.id: article for article in fresh
            }
            for query in ("walnut harbour", "ember", "Title 1", " ".join(WORDS)):
                assert hits(archive, query) == hits(fresh, query)
                assert archive.query_words(query) == fresh.query_words(query)
    # Whatever happened, no text was embedded twice.
    assert len(encoder.asked) == len(set(encoder.asked))
