"""What an archive promises, in a folder and in PostgreSQL alike."""

import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg
import pytest
import yaml

from corpus import Article, Published
from index import Archive, ArchiveError, Filters
from index.entities import Entity
from index.transfer import copy
from tests.fakes import NOON, FakeEncoder, FakeTagger
from tests.made_articles import FERRY, MILL, RAIN
from tests.postgresql import Server, server

ROOT = Path(__file__).parent.parent


def found(archive: Archive, query: str, **options: object) -> list[str]:
    return [passage.article.id for passage in archive.search(query, **options)]


def test_where_no_server_runs() -> None:
    with pytest.raises(ArchiveError) as error:
        Archive.open("postgresql://127.0.0.1:1/news")
    assert str(error.value) == (
        "The archive postgresql://127.0.0.1:1/news cannot be reached (connection failed: "
        'connection to server at "127.0.0.1", port 1 failed: Connection refused): look whether '
        "PostgreSQL runs there and lets you in; what was committed is kept."
    )


@pytest.mark.parametrize(
    "tables",
    [
        "CREATE TABLE articles (x int)",
        "CREATE TABLE manifest (x int); CREATE TABLE commits (x int)",
    ],
)
def test_a_database_with_tables_of_another_program(primary: Server, tables: str) -> None:
    place = primary.new_database()
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute(tables)
    make = Archive.open if "manifest" in tables else Archive.create
    with pytest.raises(ArchiveError) as error:
        make(place, FakeEncoder())
    assert str(error.value) == (
        f"The database {place} has tables of another program that are called "
        "like an archive's: name another database."
    )


def test_two_schemas_of_one_database_hold_two_archives(
    primary: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = primary.new_database()
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA north; CREATE SCHEMA south")
    places = {f"{place}?options=-csearch_path%3D{path}": article
              for path, article in (("public", FERRY), ("north,public", MILL),
                                    ("south,public", RAIN))}  # fmt: skip
    for address, article in places.items():
        with pytest.raises(ArchiveError, match="There is no archive in"):
            Archive.open(address)
        Archive.create(address, FakeEncoder()).add([article])
    for address, article in places.items():
        with Archive.open(address, FakeEncoder()) as archive:
            assert list(archive) == [article]
            assert found(archive, article.text) == [article.id]
    unseen = f"{place}?options=-csearch_path%3Dsouth"
    with pytest.raises(ArchiveError) as error:
        len(Archive.open(unseen))
    assert str(error.value) == (
        f"The archive {unseen} does not see pgvector: put the schema that has it last in the "
        "search path."
    )
    with pytest.raises(ArchiveError, match="in a schema that does not exist"):
        Archive.open(f"{place}?options=-csearch_path%3Dwest")


def test_no_password_is_shown(primary: Server) -> None:
    place = primary.new_database()
    typed = f"{place.replace('desk@', 'desk:secret@')}?password=hidden&target_session_attrs=any"
    with pytest.raises(ArchiveError, match=re.escape(f"in {place}?target_session_attrs=any: make")):
        Archive.open(typed)
    with pytest.raises(ArchiveError, match=r"^The address of the archive is not of the form"):
        Archive.open(f"{typed}&wrong=secret")
    with pytest.raises(ArchiveError, match=r"desk@a\.\.b/news cannot be reached"):
        Archive.open("postgresql://desk:secret@a..b/news")


# Copying


SMALL = [*(Article(f"a{n}", f"T{n}", f"Text number {n} has a word{n}.", section=f"S{n}")
           for n in range(30)), FERRY]  # fmt: skip


@pytest.mark.parametrize("way", ["there", "back"])
def test_a_copy_is_equal_and_goes_on(
    tmp_path: Path, primary: Server, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("index.transfer._ROWS_AT_ONCE", 7)
    source, target = str(tmp_path / "folder"), primary.new_database()
    if way == "back":
        source, target = target, source
    with Archive.create(source, FakeEncoder(), clock=lambda: NOON) as archive:
        archive.add([*SMALL, MILL])
        archive.add([Article("mill", "Mill", "The mill was not sold.\0", "Harbour Post")])
        archive.add([replace(SMALL[3], withdrawn=True)])
        expected = archive.search("word7 ferry", 40)
        tagger = FakeTagger({"Text": "organisation"})
        assert archive.names.find(tagger) == len(archive)
        named = archive.names.most()
        assert named["organisation"] == [Entity("organisation", "Text", 29)]

        # Killed in the middle: what is there is not yet an archive.
        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("index.transfer._verify", killed)
            with pytest.raises(KeyboardInterrupt):
                copy(source, target)
        with pytest.raises(ArchiveError, match=r"no manifest\): if it is a copy .* run"):
            Archive.open(target, FakeEncoder()).search("ferry")
        rows = copy(source, target)
        with Archive.open(target, FakeEncoder(), clock=lambda: NOON) as copied:
            assert list(copied) == list(archive)
            assert copied.versions("mill") == archive.versions("mill")
            assert copied.withdrawn("a3") == NOON
            assert copied.search("word7 ferry", 40) == expected
            assert copied.names.most() == named
            assert copied.names.find(tagger) == 0
            # Both go on: what came to the first comes to the copy, what was removed leaves it.
            archive.remove(["a5"])
            archive.add([RAIN])
            assert copy(source, target) > rows - 10
            assert list(copied) == list(archive)
            assert found(copied, RAIN.text)[0] == "rain"
            assert copied.add([Article("new", "New", "Something else.")]).added == ["new"]
            assert found(copied, "something else", channels=["lexical"]) == ["new"]


def test_nothing_is_copied_into_another_archive(place: str, tmp_path: Path) -> None:
    for target in (place, tmp_path / "other"):
        with Archive.create(target, FakeEncoder()) as archive:
            archive.add([MILL])
    with pytest.raises(ArchiveError, match="There is another archive"):
        copy(tmp_path / "other", place)


def test_nothing_is_copied_among_other_files_or_onto_itself(tmp_path: Path) -> None:
    source, notes = tmp_path / "archive", tmp_path / "notes"
    Archive.create(source, FakeEncoder()).close()
    notes.mkdir()
    (notes / "todo.txt").write_text("Call the baker.")
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(ArchiveError) as caught:
        copy(source, notes)
    assert str(caught.value) == (
        f"There is something else in {notes}, and nothing was copied: name a new folder."
    )
    assert [path.name for path in notes.iterdir()] == ["todo.txt"]
    for same in (source, tmp_path / "link", tmp_path / "notes" / ".." / "archive"):
        with pytest.raises(ArchiveError, match=r"^.* itself: name another place\.$"):
            copy(source, same)
    (tmp_path / "new").mkdir()
    assert copy(source, tmp_path / "new") == 0
    assert len(Archive.open(tmp_path / "new")) == 0


# PostgreSQL: kills, replicas, many writers


def random_articles(prefix: str, count: int) -> list[Article]:
    return [Article(f"{prefix}{n}", f"T{n}", f"{prefix} {n} said so.") for n in range(count)]


def test_killed_and_started_again_nothing_committed_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches that were committed are whole, the one that was under way is not there at all."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("index.ingest.BATCH_CHARACTERS", 100)
    with server() as own:
        encoder = FakeEncoder()
        place = own.new_database()
        with Archive.create(place, encoder) as archive:
            archive.add(random_articles("first", 20))

            def kill_at_once(texts: object) -> None:
                if len(archive) >= 26:
                    encoder.before_encoding = None
                    own.kill()

            encoder.before_encoding = kill_at_once
            with pytest.raises(ArchiveError, match="cannot be reached"):
                archive.add(random_articles("second", 20))
            with pytest.raises(ArchiveError, match="cannot be reached"):
                len(archive)
            own.start()
            # The same archive goes on, over new connections.
            ids = [article.id for article in archive]
            assert ids == [
                *(f"first{n}" for n in range(20)),
                *(f"second{n}" for n in range(len(ids) - 20)),
            ]
            assert len(ids) in (26, 27, 28, 29, 30)
            assert archive.overview().chunks == len(ids)
            assert archive.add(random_articles("second", 20)).unchanged == ids[20:]
            assert len(archive.search("second said so.", 100)) == 40


def test_a_replica_answers_and_is_promoted(
    primary: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with server() as first, server(first) as second:
        database = first.new_database().rpartition("/")[2]
        writing = f"{first.address(database, second)}?target_session_attrs=read-write"
        with Archive.create(writing, FakeEncoder()) as archive:
            archive.add([FERRY, MILL])
            _until(lambda: _holds(second, database, 2))
            with Archive.open(second.address(database), FakeEncoder()) as reader:
                assert found(reader, MILL.text)[0] == "mill"
                with pytest.raises(ArchiveError, match="can only be read here"):
                    reader.add([RAIN])
                first.kill()
                second.promote()
                # One address names both: whoever writes finds the new primary by itself.
                _until(lambda: _can_write(archive))
                assert list(archive) == [FERRY, MILL, RAIN]
                assert found(reader, RAIN.text)[0] == "rain"


def _holds(server: Server, database: str, articles: int) -> bool:
    with suppress(ArchiveError), Archive.open(server.address(database)) as archive:
        return len(archive) == articles
    return False


def _can_write(archive: Archive) -> bool:
    with suppress(ArchiveError):
        return bool(archive.add([RAIN]))
    return False


def _until(done: Callable[[], bool], seconds: float = 60) -> None:
    until = monotonic() + seconds
    while not done():
        assert monotonic() < until
        sleep(0.1)


def test_several_write_and_read_and_nobody_misses_anything(place: str) -> None:
    """Numbers that were committed after higher ones would never be followed."""
    seen: list[int] = []

    def write(prefix: str) -> None:
        with Archive.open(place, FakeEncoder()) as writer:
            for article in random_articles(prefix, 8):
                writer.add([article])

    with Archive.create(place, FakeEncoder()) as reader, ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, prefix) for prefix in ("north", "south", "east")]
        while not all(writer.done() for writer in writers):
            seen.append(len(reader.search("said so.", 100, channels=["lexical"])))
        for writing in writers:
            writing.result()
        assert len(reader.search("said so.", 100, channels=["lexical"])) == 24
        assert len(reader.search("said so.", 100, channels=["dense"])) == 24
        assert seen == sorted(seen)
        assert sorted(reader.truth.chunk_numbers(100).tolist()) == list(range(1, 25))


def test_what_is_changed_while_it_is_searched_for_is_found(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found is gone by the time it is read; what took its place was not looked for."""
    with (
        Archive.create(place, FakeEncoder()) as archive,
        Archive.open(place, FakeEncoder()) as other,
    ):
        archive.add([RAIN])
        corrected = replace(RAIN, text=f"{RAIN.text} Corrected.")
        rankings = archive.rankings

        def changed_meanwhile(*given: Any, **named: Any) -> Any:
            found = rankings(*given, **named)
            other.add([corrected])
            return found

        monkeypatch.setattr(archive, "rankings", changed_meanwhile)
        [passage] = archive.search(RAIN.title, channels=["lexical"])
        assert passage.article.text == corrected.text


def test_the_graph_finds_nearly_what_comparing_all_finds(
    primary: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    encoder = FakeEncoder("wide", 48)
    random_ = random.Random(7)
    words = [f"word{number}" for number in range(400)]
    articles = [
        Article(
            f"a{n}",
            f"T{n}",
            " ".join(random_.choices(words, k=12)),
            published=Published(NOON - timedelta(days=n % 40), "day", "metadata"),
        )
        for n in range(1_500)
    ]
    vectors = encoder.encode([article.text for article in articles])
    questions = [" ".join(random_.choices(words, k=4)) for _ in range(20)]
    days = [article.published.value for article in articles if article.published]
    monkeypatch.setattr("index.store.postgresql.EXACT_UP_TO", 10)
    place = primary.new_database()
    with psycopg.connect(place, autocommit=True) as connection:
        # In an archive this small PostgreSQL would rather compare each.
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET enable_seqscan = off")
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET enable_sort = off")
    with Archive.create(place, encoder, clock=lambda: NOON) as archive:
        archive.add(articles)
        for since in (None, NOON - timedelta(days=1)):
            hits = 0
            for question in questions:
                cosines = vectors @ encoder.encode_question(question)
                if since:
                    cosines[[day < since for day in days]] = -2
                nearest = {f"a{n}" for n in cosines.argsort()[::-1][:10]}
                filters = Filters(after=since.date()) if since else None
                passages = archive.search(question, 10, filters=filters, channels=["dense"])
                hits += len(nearest & {passage.article.id for passage in passages})
            assert hits >= 0.97 * 10 * len(questions)
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        scans = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'chunks_near_48'"
        assert connection.execute(scans).fetchall() == [(2 * len(questions),)]


def test_the_example_for_compose() -> None:
    example = yaml.safe_load((ROOT / "examples" / "compose.yaml").read_text())
    services = example["services"]
    assert set(services) == {"primary", "replica", "pgbouncer"}
    assert {service["image"] for service in services.values()} == {
        "pgvector/pgvector:pg17",
        "edoburu/pgbouncer",
    }
    # What is opened, is opened to this computer alone; what one waits for can say when it is ready.
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        for awaited in service.get("depends_on", {}):
            assert "healthcheck" in services[awaited]
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in example["volumes"]
