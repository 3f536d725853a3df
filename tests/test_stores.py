"""What an archive promises, in a folder and in PostgreSQL alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus import Article
from index import Archive, ArchiveError
from index.transfer import copy
from tests.fakes import FakeEncoder
from tests.postgresql import Server

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FERRY = Article("ferry", "Ferry late", "The ferry was late. Nobody knew why.", "Harbour Post")
MILL = Article("mill", "Mill sold", "The old mill was sold to a baker.", "Harbour Post")
RAIN = Article("rain", "Rain", "It rained all night long in the valley.", "Valley Times")


@pytest.fixture
def archive(place: str) -> Iterator[Archive]:
    with Archive.create(place, FakeEncoder(), clock=lambda: NOW) as made:
        yield made


def found(archive: Archive, query: str, **options: object) -> list[str]:
    return [each.article.id for each in archive.search(query, **options)]  # type: ignore[arg-type]


def test_add_search_correct_remove(archive: Archive) -> None:
    report = archive.add([FERRY, MILL, RAIN])
    assert (report.added, report.chunks, report.embedded) == (["ferry", "mill", "rain"], 3, 3)
    assert list(archive) == [FERRY, MILL, RAIN]
    for channels in (["dense"], ["lexical"], ["dense", "lexical"]):
        assert found(archive, MILL.text, channels=channels)[0] == "mill"
    corrected = Article("mill", "Mill sold", "The old mill was not sold.", "Harbour Post")
    assert archive.add([corrected]).changed == ["mill"]
    assert archive.search("baker", channels=["lexical"]) == []
    assert archive.search(corrected.text)[0].article == corrected
    assert [each.article.text for each in archive.versions("mill")] == [MILL.text, corrected.text]
    assert archive.remove(["mill", "none"]) == ["mill"]
    assert "mill" not in found(archive, MILL.text)
    assert archive.article("mill") is None


# Copying


SMALL = [*(Article(f"a{n}", f"T{n}", f"Text number {n} has a word{n}.") for n in range(30)), FERRY]


@pytest.mark.parametrize("way", ["there", "back"])
def test_a_copy_is_equal_and_goes_on(
    tmp_path: Path, primary: Server, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("index.transfer._ROWS_AT_ONCE", 7)
    source, target = str(tmp_path / "folder"), primary.new_database()
    if way == "back":
        source, target = target, source
    with Archive.create(source, FakeEncoder(), clock=lambda: NOW) as archive:
        archive.add([*SMALL, MILL])
        archive.add([Article("mill", "Mill", "The mill was not sold.\0", "Harbour Post")])
        archive.add([replace(SMALL[3], withdrawn=True)])
        expected = archive.search("word7 ferry", 40)

        # Killed in the middle: what is there is not yet an archive.
        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("index.transfer._verify", killed)
            with pytest.raises(KeyboardInterrupt):
                copy(source, target)
        with pytest.raises(ArchiveError, match="no manifest"):
            Archive.open(target, FakeEncoder()).search("ferry")
        rows = copy(source, target)
        with Archive.open(target, FakeEncoder(), clock=lambda: NOW) as copied:
            assert list(copied) == list(archive)
            assert copied.versions("mill") == archive.versions("mill")
            assert copied.withdrawn("a3") == NOW
            assert copied.search("word7 ferry", 40) == expected
            # Both go on: what came to the first comes to the copy, what was removed leaves it.
            archive.remove(["a5"])
            archive.add([RAIN])
            assert copy(source, target) > rows - 10
            assert list(copied) == list(archive)
            assert found(copied, RAIN.text)[0] == "rain"
            assert copied.add([Article("new", "New", "Something else.")]).added == ["new"]
            assert found(copied, "something else", channels=["lexical"]) == ["new"]


def test_nothing_is_copied_into_another_archive(place: str, tmp_path: Path) -> None:
    for each in (place, tmp_path / "other"):
        with Archive.create(each, FakeEncoder()) as archive:
            archive.add([MILL])
    with pytest.raises(ArchiveError, match="There is another archive"):
        copy(tmp_path / "other", place)
