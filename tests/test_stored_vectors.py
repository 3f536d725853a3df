"""A vector belongs to a text: made once, kept while it is used, never mixed with another's."""

from collections.abc import Iterator, Sequence

import pytest

import index.ingest
import index.upkeep
from corpus import Article
from index import Archive, ArchiveError
from tests.fakes import FakeEncoder
from tests.made_articles import FERRY, MILL, RAIN


@pytest.fixture
def archive(place: str, encoder: FakeEncoder) -> Iterator[Archive]:
    """An archive in a folder, and then the same in PostgreSQL."""
    with Archive.create(place, encoder) as made:
        yield made


def stored_vectors(archive: Archive) -> list[bytes]:
    vectors = [vector for (vector,) in archive.truth._rows("SELECT vector FROM vectors")]
    return sorted(
        vector if isinstance(vector, bytes) else vector.to_numpy().tobytes() for vector in vectors
    )


def vectors_of(encoder: FakeEncoder, texts: Sequence[str]) -> list[bytes]:
    return sorted(encoder.encode_question(text).astype("float16").tobytes() for text in texts)


def test_equal_texts_are_two_articles_and_one_vector(
    archive: Archive, encoder: FakeEncoder
) -> None:
    copy = Article("copy", "Delayed", FERRY.text, "Valley Times")
    report = archive.add([FERRY, copy])
    assert (report.added, report.chunks, report.embedded) == (["ferry", "copy"], 2, 1)
    assert encoder.asked == [FERRY.text]
    assert stored_vectors(archive) == vectors_of(encoder, [FERRY.text])
    assert {passage.article.id for passage in archive.search("ferry")} == {"ferry", "copy"}
    archive.remove(["ferry"])
    assert stored_vectors(archive) == vectors_of(encoder, [FERRY.text])
    assert [passage.article for passage in archive.search("ferry")] == [copy]
    archive.remove(["copy"])
    assert stored_vectors(archive) == []


def test_a_text_that_moves_to_another_article_in_one_batch(
    archive: Archive, encoder: FakeEncoder
) -> None:
    archive.add([FERRY])
    newer = Article("ferry", "Ferry", "The ferry sank.")
    moved = Article("moved", "Ferry late", FERRY.text)
    archive.add([newer, moved])
    assert list(archive) == [newer, moved]
    assert stored_vectors(archive) == vectors_of(encoder, [newer.text, moved.text])
    assert encoder.asked == [FERRY.text, newer.text]


def test_a_vector_that_another_process_drops_meanwhile_is_made_again(
    archive: Archive, place: str, encoder: FakeEncoder
) -> None:
    archive.add([FERRY])
    other = Archive.open(place, FakeEncoder())

    def remove_once(texts: Sequence[str]) -> None:
        encoder.before_encoding = None
        assert texts == [MILL.text]
        other.remove(["ferry"])

    encoder.before_encoding = remove_once
    copy = Article("copy", "Delayed", FERRY.text)
    report = archive.add([copy, MILL])
    assert report.added == ["copy", "mill"]
    assert list(archive) == [copy, MILL]
    assert stored_vectors(archive) == vectors_of(encoder, [FERRY.text, MILL.text])


def test_another_process_rebuilds_while_a_batch_is_embedded(
    archive: Archive, place: str, encoder: FakeEncoder
) -> None:
    """Vectors of the old encoder never get among those of the new one."""
    archive.add([FERRY])
    other = Archive.open(place, FakeEncoder())
    wide = FakeEncoder("wide", 24)

    def rebuild_once(texts: Sequence[str]) -> None:
        encoder.before_encoding = None
        other.rebuild(wide)

    encoder.before_encoding = rebuild_once
    with pytest.raises(ArchiveError, match=r"--encoder fake$"):
        archive.add([MILL])
    assert list(other) == [FERRY]
    assert stored_vectors(other) == vectors_of(wide, [FERRY.text])
    assert [passage.article for passage in other.search("ferry")] == [FERRY]


def test_another_process_rebuilds_with_an_encoder_that_can_be_loaded(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was opened by name follows; it need not be opened again."""

    def load(encoder: object) -> object:
        if encoder in (None, "fake"):
            return FakeEncoder()
        return FakeEncoder("wide", 24) if encoder == "wide" else encoder

    monkeypatch.setattr(index.upkeep, "load_encoder", load)
    archive = Archive.create(place, "fake")
    archive.add([FERRY, MILL])
    assert archive.search("old mill")[0].article == MILL
    Archive.open(place).rebuild("wide")
    passages = archive.search("The old mill was sold to a baker.", channels=["dense"])
    assert passages[0].article == MILL
    assert passages[0].why == {"dense": pytest.approx(1.0, abs=1e-3)}
    assert archive.add([RAIN]).added == ["rain"]
    assert archive.overview().encoder == "wide"
    assert stored_vectors(archive) == vectors_of(
        FakeEncoder("wide", 24), [FERRY.text, MILL.text, RAIN.text]
    )
