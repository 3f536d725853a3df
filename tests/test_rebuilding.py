"""What is kept while an archive is embedded anew, and where that or an addition fails."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import corpus.chunking
from index import Archive, ArchiveError
from tests.fakes import FakeEncoder
from tests.oracles import ARTICLES, EDITED, NEW, OLD, WORDS, assert_holds, ranking, spans

pytestmark = pytest.mark.usefixtures("small_chunks")


def test_rebuild_with_another_encoder(folder: Path) -> None:
    archive = Archive.open(folder, FakeEncoder())
    wide = FakeEncoder("wide", 24)
    overview = archive.rebuild(wide)
    assert (overview.articles, overview.chunks) == (6, len(spans(OLD, wide)))
    assert overview.encoder == "wide"
    assert wide.asked == [a.text[start:end] for a, start, end in spans(OLD, wide)]
    assert_holds(archive, OLD, wide)
    archive.add(NEW)
    assert_holds(archive, NEW, wide)
    assert_holds(Archive.open(folder, wide), NEW, wide)
    with pytest.raises(ArchiveError, match=f"rebuild --archive {folder} --encoder fake$"):
        Archive.open(folder, FakeEncoder()).search("walnut")


def test_rebuild_with_the_same_encoder_embeds_nothing_again(folder: Path) -> None:
    encoder = FakeEncoder()
    archive = Archive.open(folder, encoder)
    archive.rebuild()
    assert encoder.asked == []
    assert_holds(archive, OLD)


def test_rebuild_with_other_chunks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an update of the program that cuts differently."""
    before = Archive.open(folder, FakeEncoder()).overview().chunks
    monkeypatch.setattr(corpus.chunking, "CHUNK_TOKENS", 8)
    archive = Archive.open(folder, FakeEncoder())
    assert archive.rebuild().chunks > before
    chunker = corpus.chunking.Chunker(FakeEncoder().count_tokens, 254, 8)
    expected = {(a.id, c.start, c.end) for a in OLD for c in chunker.cut(a)}
    assert {hit for hit, _ in ranking(archive, "walnut", "dense")} == expected
    assert {hit for hit, _ in ranking(archive, " ".join(WORDS), "lexical")} == expected


def test_what_changes_during_a_rebuild_is_not_lost(folder: Path) -> None:
    archive = Archive.open(folder, FakeEncoder())
    other = Archive.open(folder, FakeEncoder())
    wide = FakeEncoder("wide", 24)

    def meanwhile(texts: Sequence[str]) -> None:
        wide.before_encoding = None
        other.add([*EDITED, *ARTICLES[6:]])
        other.remove(["a3"])
        assert_holds(other, [article for article in NEW if article.id != "a3"])

    wide.before_encoding = meanwhile
    archive.rebuild(wide)
    assert_holds(archive, [article for article in NEW if article.id != "a3"], wide)


def test_a_rebuild_that_fails_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.BATCH_CHARACTERS", 1)
    archive = Archive.open(folder, FakeEncoder())
    wide = FakeEncoder("wide", 24)

    def fail_at_the_fourth(texts: Sequence[str]) -> None:
        assert_holds(archive, OLD)
        if len(wide.asked) > 8:
            raise MemoryError

    wide.before_encoding = fail_at_the_fourth
    with pytest.raises(MemoryError):
        archive.rebuild(wide)
    assert wide.asked
    assert_holds(archive, OLD)
    assert_holds(Archive.open(folder, FakeEncoder()), OLD)
    wide.before_encoding = None
    archive.rebuild(wide)
    # What was embedded before it failed was not embedded again.
    assert wide.asked == [a.text[start:end] for a, start, end in spans(OLD, wide)]
    assert_holds(archive, OLD, wide)


def test_an_addition_that_fails_keeps_what_was_committed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.BATCH_CHARACTERS", 1)

    def found():
        yield ARTICLES[6]
        yield ARTICLES[7]
        raise OSError("the disk is gone")

    archive = Archive.open(folder, FakeEncoder())
    with pytest.raises(OSError, match="the disk is gone"):
        archive.add(found())
    assert_holds(archive, ARTICLES[:8])
