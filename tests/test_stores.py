"""What an archive promises, in a folder and in PostgreSQL alike."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corpus import Article, Published
from index import Archive, ArchiveError, Filters
from tests.fakes import FakeEncoder
from tests.postgresql import Server, server

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FERRY = Article("ferry", "Ferry late", "The ferry was late. Nobody knew why.", "Harbour Post")
MILL = Article("mill", "Mill sold", "The old mill was sold to a baker.", "Harbour Post")
RAIN = Article("rain", "Rain", "It rained all night long in the valley.", "Valley Times")


@pytest.fixture(scope="module")
def primary() -> Iterator[Server]:
    with server() as started:
        yield started


@pytest.fixture(params=["folder", "postgresql"])
def address(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if request.param == "folder":
        return str(tmp_path / "archive")
    started: Server = request.getfixturevalue("primary")
    return started.new_database()


@pytest.fixture
def archive(address: str) -> Iterator[Archive]:
    with Archive.create(address, FakeEncoder(), clock=lambda: NOW) as made:
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
