"""What readers keep in an archive, and what is new since they looked; on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from index import Archive, Filters
from index.store import Seen
from index.transfer import copy
from tests.fakes import FakeEncoder
from tests.made_articles import FERRY, MILL, RAIN
from tests.postgresql import Server


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive(place: str, clock: Clock) -> Iterator[Archive]:
    with Archive.create(place, FakeEncoder(), clock=clock) as made:
        yield made


def new(archive: Archive, since: Seen, query: str = "", **filters: tuple[str, ...]) -> list[str]:
    hits = archive.hits(query, Filters(**filters), "newest", since=since)
    assert hits.total == len(hits.passages)
    return [passage.article.id for passage in hits.passages]


def test_a_text_is_kept_changed_renamed_and_deleted(archive: Archive, place: str) -> None:
    assert archive.truth.paper("dossier", "Ferry") is None
    archive.truth.change_paper("dossier", "Ferry", lambda content: f"{content} {{0}} \0")
    archive.truth.change_paper("dossier", "Bridge", lambda _: "b")
    archive.truth.change_paper("search", "Ferry", lambda _: "another kind")
    with Archive.open(place, FakeEncoder()) as other:
        assert other.truth.papers("dossier") == {"Bridge": "b", "Ferry": "None {0} \0"}
    archive.truth.change_paper("dossier", "Ferry", lambda content: (content or "").upper())
    assert archive.truth.paper("dossier", "Ferry") == "NONE {0} \0"
    assert not archive.truth.rename_paper("dossier", "Ferry", "Bridge")
    assert not archive.truth.rename_paper("dossier", "Mill", "Tower")
    assert archive.truth.rename_paper("dossier", "Ferry", "Boats")
    archive.truth.change_paper("dossier", "Bridge", lambda _: None)
    assert archive.truth.papers("dossier") == {"Boats": "NONE {0} \0"}
    assert archive.truth.papers("search") == {"Ferry": "another kind"}


def test_what_fails_in_the_middle_of_a_change_changes_nothing(archive: Archive) -> None:
    def fail(content: str | None) -> str:
        raise ValueError(content)

    archive.truth.change_paper("dossier", "Ferry", lambda _: "1")
    with pytest.raises(ValueError, match="1"):
        archive.truth.change_paper("dossier", "Ferry", fail)
    assert archive.truth.paper("dossier", "Ferry") == "1"


def test_two_who_change_a_text_at_once_lose_nothing(archive: Archive) -> None:
    def add_ten() -> None:
        for _ in range(10):
            archive.truth.change_paper("dossier", "Ferry", lambda content: f"{content or ''}x")

    both = [Thread(target=add_ten) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert archive.truth.paper("dossier", "Ferry") == 20 * "x"


def test_texts_are_copied_with_the_archive(
    archive: Archive, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.truth.change_paper("dossier", "Ferry", lambda _: "1")
    archive.close()
    copy(place, tmp_path / "copied")
    copied = Archive.open(tmp_path / "copied", FakeEncoder())
    assert copied.truth.papers("dossier") == {"Ferry": "1"}


def test_an_archive_of_the_first_format_in_postgresql(primary: Server) -> None:
    address = primary.new_database()
    Archive.create(address, FakeEncoder()).close()
    with psycopg.connect(address) as connection:
        connection.execute("DROP TABLE papers")
        connection.execute("DROP TABLE tagged, mentions, entities")
        connection.execute("DROP INDEX articles_by_storing")
        connection.execute("ALTER TABLE articles DROP section")
        connection.execute("ALTER TABLE versions DROP section")
        connection.execute("UPDATE manifest SET format = 1")
    for _ in range(2):
        with Archive.open(address, FakeEncoder()) as archive:
            archive.truth.change_paper("dossier", "Ferry", lambda content: f"{content or ''}1")
    assert Archive.open(address, FakeEncoder()).truth.paper("dossier", "Ferry") == "11"


def test_what_is_new_since_somebody_looked(archive: Archive) -> None:
    nothing = archive.seen()
    archive.add([FERRY, MILL])
    assert new(archive, nothing) == ["mill", "ferry"]
    seen = archive.seen()
    assert new(archive, seen) == []
    archive.add([RAIN, FERRY, replace(MILL, text="The old mill was not sold.")])
    assert new(archive, seen) == ["rain", "mill"]
    assert new(archive, seen, "mill") == ["mill"]
    assert new(archive, seen, "ferry") == []
    assert new(archive, seen, sources=("Valley Times",)) == ["rain"]
    assert new(archive, archive.seen()) == []


def test_what_was_under_embargo_is_new_when_it_may_be_shown(archive: Archive, clock: Clock) -> None:
    archive.add([replace(RAIN, embargo=clock.now + timedelta(hours=1)), FERRY])
    seen = archive.seen()
    assert new(archive, seen) == []
    clock.now += timedelta(hours=2)
    assert new(archive, seen) == ["rain"]
    assert new(archive, archive.seen()) == []


def test_what_is_stored_while_somebody_looks_is_new_afterwards(
    archive: Archive, clock: Clock
) -> None:
    """An article has the time at which its transaction began, and is seen when that ends."""
    archive.add([FERRY])
    stored_at = clock.now
    clock.now += timedelta(minutes=1)
    seen = archive.seen()
    assert seen.looked > seen.stored
    clock.now = stored_at + timedelta(seconds=5)
    archive.add([RAIN])
    clock.now += timedelta(hours=1)
    assert new(archive, seen) == ["rain"]
