"""What is left after a kill, a torn file, or a crowd."""

import errno
import gc
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from multiprocessing.connection import Connection
from pathlib import Path
from pkgutil import resolve_name

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

import corpus.chunking
import index.ingest
from corpus import Article, Published, read_articles
from index import Archive, ArchiveError, schema
from index.command import report_errors
from index.store import Manifest, Watermark, vector_key
from tests import forked
from tests.fakes import FakeEncoder
from tests.oracles import (
    CHUNK_WORDS,
    WORDS,
    assert_same,
    nearest,
    ranking,
    some_articles,
    spans,
)

ROOT = Path(__file__).parent.parent
ARTICLES = some_articles(12, 60)
EDITED = [Article("a0", "Edited", "A walrus took the place of what was here.")]
OLD, NEW = ARTICLES[:6], [*EDITED, *ARTICLES[1:]]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus.chunking, "CHUNK_TOKENS", CHUNK_WORDS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of the old articles."""
    Archive.create(tmp_path / "archive", FakeEncoder()).add(OLD)
    return tmp_path / "archive"


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


# Killed


def kill_at(place: str, name: str, nth: int) -> None:
    """In a process of its own: it is killed when it calls what is named for the n-th time."""
    owner = resolve_name(place)
    real = getattr(owner, name)
    calls = itertools.count(1)

    def killed(*arguments: object, **named: object) -> object:
        if next(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(owner, name, killed)
    corpus.chunking.CHUNK_TOKENS = CHUNK_WORDS


def change_until_killed(folder: Path, place: str, name: str, nth: int, change: str) -> None:
    kill_at(place, name, nth)
    index.ingest.BATCH_CHARACTERS = 1
    if change == "create":
        Archive.create(folder, FakeEncoder()).add(ARTICLES)
    archive = Archive.open(folder, FakeEncoder())
    if change == "add":
        archive.add(NEW)
    if change == "remove":
        archive.remove(["a0", "a1"])
    if change == "rebuild":
        archive.rebuild(FakeEncoder("wide", 24))


def kill(folder: Path, place: str, name: str, nth: int, change: str) -> None:
    status = forked.run(change_until_killed, folder, place, name, nth, change)
    assert status == -signal.SIGKILL


@pytest.mark.parametrize(
    ("place", "name", "nth", "articles"),
    [
        # The first batch holds the edited article, each after it one new article.
        pytest.param("tests.fakes.FakeEncoder", "encode", 1, OLD, id="before anything"),
        pytest.param("index.store.store", "_leave_token", 1, OLD, id="within the first"),
        # Of an article that is unchanged nothing is put.
        pytest.param("index.store.Store", "put", 4, NEW[:8], id="between batches"),
        pytest.param("index.store.store", "_insert_chunks", 3, NEW[:7], id="within the third"),
        pytest.param(
            "index.lexical.LexicalIndex", "catch_up", 1, NEW, id="before the lexical index"
        ),
        pytest.param("index.store.Store", "chunk_texts", 2, NEW, id="before its commit"),
        pytest.param("index.lexical", "write_and_rename", 1, NEW, id="before its watermark"),
        pytest.param("index.files.os", "fsync", 1, NEW, id="while its watermark is written"),
        pytest.param("index.vectors", "write_and_rename", 1, NEW, id="before the vectors' file"),
        pytest.param("index.files.os", "fsync", 2, NEW, id="while the vectors' file is written"),
    ],
)
def test_killed_while_adding(
    folder: Path, place: str, name: str, nth: int, articles: list[Article]
) -> None:
    kill(folder, place, name, nth, "add")
    archive = Archive.open(folder, FakeEncoder())
    assert_holds(archive, articles)
    report = archive.add(NEW)
    held = {article.id: article for article in articles}
    assert report.unchanged == [article.id for article in NEW if held.get(article.id) == article]
    assert_holds(archive, NEW)
    assert_holds(Archive.open(folder, FakeEncoder()), NEW)


@pytest.mark.parametrize(
    ("place", "name"),
    [("index.store.Store", "chunk_texts"), ("index.lexical", "write_and_rename")],
    ids=["before the lexical index's commit", "before its watermark"],
)
def test_killed_while_removing(folder: Path, place: str, name: str) -> None:
    kill(folder, place, name, 1, "remove")
    archive = Archive.open(folder, FakeEncoder())
    assert_holds(archive, OLD[2:])
    archive.add(OLD[:2])
    assert_holds(archive, [*OLD[2:], *OLD[:2]])


@pytest.mark.parametrize(
    ("place", "name", "nth", "done"),
    [
        pytest.param("tests.fakes.FakeEncoder", "encode", 4, False, id="while embedding"),
        pytest.param("index.store.Store", "recut", 1, False, id="when all is embedded"),
        pytest.param("index.store.store", "_insert_chunks", 5, False, id="within the transaction"),
        pytest.param("index.upkeep.Upkeep", "follow", 1, True, id="before the indexes follow"),
        pytest.param("index.lexical", "write_and_rename", 1, True, id="before the watermark"),
    ],
)
def test_killed_while_rebuilding(folder: Path, place: str, name: str, nth: int, done: bool) -> None:
    kill(folder, place, name, nth, "rebuild")
    wide = FakeEncoder("wide", 24)
    now = wide if done else FakeEncoder()
    archive = Archive.open(folder, now)
    assert_holds(archive, OLD, now)
    archive.rebuild(wide)
    assert_holds(archive, OLD, wide)
    assert_holds(Archive.open(folder, wide), OLD, wide)
    # What had its vector before the kill was not embedded again.
    texts = [a.text[start:end] for a, start, end in spans(OLD, wide)]
    asked = {"encode": 3, "recut": 6, "_insert_chunks": 6}.get(name, 6)
    kept = [a.text[start:end] for a, start, end in spans(OLD[:asked], wide)]
    assert wide.asked[: len(texts) - len(kept)] == texts[len(kept) :]


def test_killed_while_made(tmp_path: Path) -> None:
    kill(tmp_path, "index.store.store.os", "link", 1, "create")
    with pytest.raises(ArchiveError, match="There is no archive in"):
        Archive.open(tmp_path)
    archive = Archive.create(tmp_path, FakeEncoder())
    archive.add(OLD)
    assert_holds(archive, OLD)


# Torn, foreign, gone


def other_archive(tmp_path: Path) -> Path:
    """Of fewer articles, and others."""
    other = tmp_path / "other"
    if not other.exists():
        Archive.create(other, FakeEncoder()).add(some_articles(3, 60, seed=1))
    return other


def empty(file: Path) -> None:
    file.write_bytes(b"")


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garbage(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 20)


def one_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)


def valid_json(file: Path) -> None:
    file.write_bytes(b'[1, "made_for"]\n')


def gone(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "something").write_text("else")


def anothers(file: Path) -> None:
    shutil.copy(other_archive(file.parent.parent) / file.name, file)


def anothers_watermark(file: Path) -> None:
    shutil.copy(other_archive(file.parent.parent.parent) / "lexical" / file.name, file)


def with_checksum(file: Path) -> None:
    """Everything right but what matters."""
    header, _, body = file.read_bytes().partition(b"\n")
    saved = json.loads(header)
    body = b"IxF2" + body[4:30]
    saved["checksum"] = zlib.crc32(body)
    file.write_bytes(json.dumps(saved).encode() + b"\n" + body)


@pytest.mark.parametrize(
    "spoil",
    [empty, half, garbage, one_bit, valid_json, gone, a_folder, anothers, with_checksum],
)
def test_spoilt_vectors(folder: Path, spoil: Callable[[Path], None]) -> None:
    file = folder / "vectors.faiss"
    spoil(file)
    encoder = FakeEncoder()
    assert_holds(Archive.open(folder, encoder), OLD)
    assert encoder.asked == []
    if spoil is not a_folder:
        # Made again, and read from then on.
        index = faiss.deserialize_index(
            np.frombuffer(file.read_bytes().partition(b"\n")[2], np.uint8)
        )
        assert index.ntotal == len(spans(OLD, encoder))
    assert_holds(Archive.open(folder, encoder), OLD)


def whole_folder(spoil: Callable[[Path], None]) -> Callable[[Path], None]:
    def spoil_all(lexical: Path) -> None:
        for file in [file for file in lexical.rglob("*") if file.is_file()]:
            spoil(file)

    return spoil_all


def only(pattern: str, spoil: Callable[[Path], None]) -> Callable[[Path], None]:
    def spoil_some(lexical: Path) -> None:
        files = list(lexical.glob(pattern))
        assert files
        for file in files:
            spoil(file)

    return spoil_some


def lexical_gone(lexical: Path) -> None:
    shutil.rmtree(lexical)


def lexical_a_file(lexical: Path) -> None:
    shutil.rmtree(lexical)
    lexical.write_text("something else")


def lexical_of_another(lexical: Path) -> None:
    shutil.rmtree(lexical)
    shutil.copytree(other_archive(lexical.parent.parent) / "lexical", lexical)


SPOILT_FOLDERS = {
    "gone": lexical_gone,
    "a file": lexical_a_file,
    "another's": lexical_of_another,
    "all files empty": whole_folder(empty),
    "all files half": whole_folder(half),
    "all files garbage": whole_folder(garbage),
    "watermark gone": only("watermark.json", gone),
    "watermark empty": only("watermark.json", empty),
    "watermark other JSON": only("watermark.json", valid_json),
    "watermark another's": only("watermark.json", anothers_watermark),
    "meta gone": only("meta.json", gone),
    "meta garbage": only("meta.json", garbage),
    "postings gone": only("*.idx", gone),
    "postings empty": only("*.idx", empty),
    "postings half": only("*.idx", half),
    "postings garbage": only("*.idx", garbage),
    "terms garbage": only("*.term", garbage),
    "terms half": only("*.term", half),
    "numbers garbage": only("*.fast", garbage),
    "lengths gone": only("*.fieldnorm", gone),
}


@pytest.mark.parametrize("name", SPOILT_FOLDERS)
def test_spoilt_lexical_index(folder: Path, name: str) -> None:
    SPOILT_FOLDERS[name](folder / "lexical")
    archive = Archive.open(folder, FakeEncoder())
    assert_holds(archive, OLD)
    if name != "a file":
        saved = json.loads((folder / "lexical" / "watermark.json").read_bytes())
        assert Watermark(*saved["watermark"]) == archive.truth.watermark()
    archive = Archive.open(folder, FakeEncoder())
    archive.add(NEW)
    assert_holds(archive, NEW)


def test_words_added_but_not_noted_before_a_kill_are_not_counted_twice(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    archive = Archive.create(folder, FakeEncoder())
    states = []
    # So many commits that tantivy merges what each of them added.
    for article in some_articles(24, 60):
        archive.add([article])
        archive.search("walnut harbour")
        states.append((folder / "lexical" / "watermark.json").read_bytes())
    # As it is where a kill comes after tantivy's commit.
    (folder / "lexical" / "watermark.json").write_bytes(states[3])
    archive = Archive.open(folder, FakeEncoder())
    fresh = Archive.create(tmp_path / "fresh", FakeEncoder())
    fresh.add(list(archive))
    for query in ("walnut harbour", *(article.title for article in archive)):
        assert archive.search(query, 50, channels=["lexical"]) == fresh.search(
            query, 50, channels=["lexical"]
        )


def test_only_the_truth_is_left(folder: Path, tmp_path: Path) -> None:
    """A copy of the database alone is the archive."""
    copy = tmp_path / "copy"
    copy.mkdir()
    Archive.open(folder, FakeEncoder()).truth._one("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(folder / "archive.sqlite", copy)
    encoder = FakeEncoder()
    assert_holds(Archive.open(copy, encoder), OLD)
    assert encoder.asked == []


def test_an_earlier_truth_brought_back(folder: Path, tmp_path: Path) -> None:
    """From a copy, while the indexes had gone on."""
    archive = Archive.open(folder, FakeEncoder())
    archive.truth._one("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "copy.sqlite"
    shutil.copy(folder / "archive.sqlite", copy)
    archive.add(NEW)
    archive.remove(["a1"])
    del archive
    for left in folder.glob("archive.sqlite*"):
        left.unlink()
    shutil.copy(copy, folder / "archive.sqlite")
    archive = Archive.open(folder, FakeEncoder())
    assert_holds(archive, OLD)
    archive.add(ARTICLES[6:8])
    assert_holds(archive, ARTICLES[:8])


# Rebuilding


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
        assert_holds(other, [each for each in NEW if each.id != "a3"])

    wide.before_encoding = meanwhile
    archive.rebuild(wide)
    assert_holds(archive, [each for each in NEW if each.id != "a3"], wide)


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

    def found():  # type: ignore[no-untyped-def]
        yield ARTICLES[6]
        yield ARTICLES[7]
        raise OSError("the disk is gone")

    archive = Archive.open(folder, FakeEncoder())
    with pytest.raises(OSError, match="the disk is gone"):
        archive.add(found())
    assert_holds(archive, ARTICLES[:8])


# A crowd


def test_searches_while_another_thread_adds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.ingest.BATCH_CHARACTERS", 1)
    archive = Archive.open(folder, FakeEncoder())
    texts = {(article.id, article.text) for article in [*OLD, *NEW, *some_articles(40, 60)]}
    done = threading.Event()
    wrong: list[object] = []

    def search() -> None:
        try:
            searches = 0
            while not done.is_set() or searches < 5:
                searches += 1
                for each in archive.search("walnut harbour", k=5):
                    if (each.article.id, each.article.text) not in texts:
                        wrong.append(each)
                    if each.text != each.article.text[each.start : each.end]:
                        wrong.append(each)
        except BaseException as error:  # noqa: BLE001
            wrong.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for round_ in range(4):
            archive.add(some_articles(40, 60)[: 10 * (round_ + 1)])
            archive.remove(["a2", "a3"])
            archive.add(NEW)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    final = {article.id: article for article in [*some_articles(40, 60), *NEW]}
    assert {article.id: article for article in archive} == final
    assert_holds(archive, [final[article.id] for article in archive])


def test_two_archives_in_one_process_add_at_once(folder: Path) -> None:
    wrong: list[object] = []

    def add(articles: Sequence[Article]) -> None:
        try:
            archive = Archive.open(folder, FakeEncoder())
            for article in articles:
                archive.add([article])
        except BaseException as error:  # noqa: BLE001
            wrong.append(error)

    shares = [ARTICLES[6:9], ARTICLES[9:]]
    threads = [threading.Thread(target=add, args=[share]) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    archive = Archive.open(folder, FakeEncoder())
    final = {article.id: article for article in ARTICLES}
    assert {article.id: article for article in archive} == final
    assert_holds(archive, [final[article.id] for article in archive])


# Following a source


def write(news: Path, articles: Sequence[Article]) -> None:
    """A folder with a file of records for every three articles."""
    news.mkdir(exist_ok=True)
    for file in news.iterdir():
        file.unlink()
    for at in range(0, len(articles), 3):
        records = [
            {"id": each.id, "title": each.title, "text": each.text, "source": each.source}
            for each in articles[at : at + 3]
        ]
        lines = [json.dumps(record) + "\n" for record in records]
        (news / f"{articles[at].id}.jsonl").write_text("".join(lines))


def as_read(news: Path) -> dict[str, Article]:
    return {each.id: each for each in read_articles(news) if isinstance(each, Article)}


def follow(folder: Path, news: Path, said: Connection | None = None) -> None:
    """In a process of its own: one synchronization, which notes what it embeds.

    Where somebody listens, it tells of its fourth batch and then waits, and in the end of what
    was said.
    """
    corpus.chunking.CHUNK_TOKENS = CHUNK_WORDS
    index.ingest.BATCH_CHARACTERS = 1000
    index.ingest.EMBEDDED_AT_ONCE = 2
    archive = Archive.open(folder, FakeEncoder())
    log = folder.parent / "embedded.log"
    embed = FakeEncoder.encode

    def logged(self: FakeEncoder, texts: Sequence[str]) -> NDArray[np.float32]:
        with log.open("a") as lines:
            print(json.dumps(texts), file=lines)
        if said and len(log.read_text().splitlines()) > 3:
            said.send("encoding")
            time.sleep(60)
        return embed(self, texts)

    FakeEncoder.encode = logged  # type: ignore[method-assign]
    if not said:
        archive.sync([news])
        return
    with redirect_stderr(StringIO()) as errors:
        status = report_errors(lambda: archive.sync([news]) and 0)
    said.send(errors.getvalue())
    sys.exit(status)


def follow_until_killed(folder: Path, place: str, name: str, nth: int, news: Path) -> None:
    kill_at(place, name, nth)
    follow(folder, news)


@pytest.mark.parametrize("seed", range(2))
def test_killed_again_and_again_while_it_follows_a_folder(tmp_path: Path, seed: int) -> None:
    """At random calls of what writes: nothing is lost, and only what was in flight done twice."""
    random_ = random.Random(seed)
    pool = some_articles(24, 60, seed)
    corrected = some_articles(24, 60, seed + 100)
    # The record of each says itself whose it is.
    stored = {
        replace(each, vouched="record" if each.source else None) for each in (*pool, *corrected)
    }
    folder, news, log = (tmp_path / name for name in ("archive", "news", "embedded.log"))
    Archive.create(folder, FakeEncoder()).close()
    log.touch()
    places = [
        ("index.store.store", "_insert_chunks"),
        ("index.store.store", "_leave_token"),
        ("index.store.Store", "add_vectors"),
        ("index.store.Store", "put"),
        ("index.store.Store", "withdraw"),
        ("index.store.Store", "move"),
        ("index.store.Store", "record"),
        ("index.store.Store", "chunk_texts"),
        ("index.lexical", "write_and_rename"),
        ("index.files.os", "fsync"),
    ]
    kills, excused = 0, 0
    for _ in range(2):
        chosen = random_.sample(range(24), random_.randint(12, 24))
        write(news, [random_.choice([pool, corrected])[number] for number in chosen])
        for _ in range(4):
            place, name = random_.choice(places)
            lines = len(log.read_text().splitlines())
            nth = random_.randint(1, 2)
            status = forked.run(follow_until_killed, folder, place, name, nth, news)
            assert status in (0, -signal.SIGKILL)
            kills += status != 0
            batches = [json.loads(line) for line in log.read_text().splitlines()]
            if status and len(batches) > lines:
                excused += len(batches[-1])
            with Archive.open(folder, FakeEncoder()) as archive:
                assert_holds(archive, list(archive))
                assert all(replace(each, origin=None) in stored for each in archive)
        with Archive.open(folder, FakeEncoder()) as archive:
            archive.sync([news], withdraw_many=True)
            assert {each.id: each for each in archive} == as_read(news)
            assert_holds(archive, list(archive))
    assert kills > 2
    embedded = [text for batch in batches for text in batch]
    assert len(embedded) - len(set(embedded)) <= excused


def test_a_chat_answers_while_another_process_follows(tmp_path: Path) -> None:
    """From one committed state or the next, until it has all."""
    folder, news = tmp_path / "archive", tmp_path / "news"
    write(news, OLD)
    old = as_read(news)
    Archive.create(folder, FakeEncoder()).sync([news])
    more = some_articles(30, 60, seed=5)
    write(news, more)
    wanted = as_read(news)
    assert old.keys() < wanted.keys()
    with Archive.open(folder, FakeEncoder()) as chat:
        following = forked.begin(follow, folder, news)
        searches = 0
        while following.is_alive() or not searches:
            searches += 1
            for passage in chat.search("walnut harbour", k=20):
                article = passage.article
                assert article in (wanted.get(article.id), old.get(article.id))
                assert passage.text == article.text[passage.start : passage.end]
        assert following.exitcode == 0
        assert {each.id: each for each in chat} == wanted
        query = more[-1].text[:40]
        assert chat.search(query, channels=["dense"])[0].article == wanted[more[-1].id]
        assert_holds(chat, list(chat))


def test_interrupted_it_ends_at_once_and_keeps_what_is_done(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "news", ARTICLES)
    heard, said = forked.pipe()
    following = forked.begin(follow, folder, tmp_path / "news", said)
    assert heard.recv() == "encoding"
    os.kill(following.pid, signal.SIGINT)
    assert heard.recv() == "Interrupted; what was committed is kept.\n"
    following.join(30)
    assert following.exitcode == 130
    encoder = FakeEncoder()
    with Archive.open(folder, encoder) as archive:
        archive.sync([tmp_path / "news"])
        assert_holds(archive, list(archive))
    done = [json.loads(line) for line in (tmp_path / "embedded.log").read_text().splitlines()]
    assert {text for batch in done[:3] for text in batch}.isdisjoint(encoder.asked)


# No room, no right, no luck


def test_two_writers(folder: Path) -> None:
    """The second waits; in the end it says so."""
    first, second = (Archive.open(folder, FakeEncoder()) for _ in range(2))
    with first.truth._transaction():
        waiting = threading.Thread(target=lambda: second.add(ARTICLES[6:8]))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        assert list(Archive.open(folder, FakeEncoder())) == OLD
    waiting.join()
    assert_holds(first, ARTICLES[:8])


def test_a_writer_that_does_not_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.connections._WAIT_SECONDS", 0.1)
    first, second = (Archive.open(folder, FakeEncoder()) for _ in range(2))
    with first.truth._transaction(), pytest.raises(ArchiveError) as caught:
        second.add(NEW)
    assert str(caught.value) == (
        f"Another process has been writing to the archive {folder / 'archive.sqlite'} for over a "
        "minute: try again when it is done."
    )
    assert_holds(second, OLD)


def test_a_full_disk(folder: Path) -> None:
    archive = Archive.open(folder, FakeEncoder())
    with archive.truth._connections.connected() as connection:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    large = [replace(each, text=each.text * 50) for each in ARTICLES[6:]]
    with pytest.raises(ArchiveError) as caught:
        archive.add(large)
    assert str(caught.value) == (
        f"There is no room left for the archive {folder / 'archive.sqlite'}: make room and run "
        "the command again; what was committed is kept."
    )
    assert_holds(archive, OLD)
    assert_holds(Archive.open(folder, FakeEncoder()), OLD)


def test_a_full_disk_for_the_caches(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be derived again need not be written."""

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("index.lexical.write_and_rename", full)
    monkeypatch.setattr("index.vectors.write_and_rename", full)
    archive = Archive.open(folder, FakeEncoder())
    archive.add(NEW)
    assert_holds(archive, NEW)
    archive.remove(["a1"])
    assert_holds(archive, [each for each in NEW if each.id != "a1"])
    monkeypatch.undo()
    monkeypatch.setattr(corpus.chunking, "CHUNK_TOKENS", CHUNK_WORDS)
    assert_holds(Archive.open(folder, FakeEncoder()), [each for each in NEW if each.id != "a1"])


READ_ONLY = """
import os, sys
import corpus.chunking
from index import Archive, ArchiveError
from tests.fakes import FakeEncoder
from tests.oracles import CHUNK_WORDS
from tests.test_durability import ARTICLES, NEW, OLD, assert_holds

corpus.chunking.CHUNK_TOKENS = CHUNK_WORDS
folder, elsewhere = sys.argv[1:]
if os.geteuid() == 0:
    # Root may write everywhere. Whatever is imported on the way is, before it is anybody else.
    with Archive.create(elsewhere, FakeEncoder()) as archive:
        archive.add(ARTICLES)
        assert_holds(archive, ARTICLES)
    os.setuid(65534)
archive = Archive.open(folder, FakeEncoder())
assert_holds(archive, OLD)
for change in (lambda: archive.add(NEW), lambda: archive.remove(["a1"])):
    try:
        change()
    except ArchiveError as error:
        print(error)
"""


@pytest.mark.parametrize("without_caches", [False, True])
def test_a_folder_that_may_only_be_read(folder: Path, tmp_path: Path, without_caches: bool) -> None:
    gc.collect()
    Archive.open(folder, FakeEncoder()).close()
    if without_caches:
        (folder / "vectors.faiss").unlink()
        shutil.rmtree(folder / "lexical")
    assert not list(folder.glob("*-wal"))
    everything = [folder, *folder.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for parent in list(folder.parents)[:4]:
        parent.chmod(0o755)
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, folder, tmp_path / "elsewhere"],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        for path in everything:
            path.chmod(0o755 if path.is_dir() else 0o644)
    said = (
        f"The archive {folder / 'archive.sqlite'} cannot be changed: it, or its folder, may only "
        "be read.\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, said * 2, "")
    assert_holds(Archive.open(folder, FakeEncoder()), OLD)


def test_two_are_made_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds the first, and takes nothing from it."""
    link = os.link

    def beaten(source: Path, target: Path) -> None:
        monkeypatch.undo()
        Archive.create(tmp_path, FakeEncoder()).add(OLD)
        link(source, target)

    monkeypatch.setattr("index.store.store.os.link", beaten)
    with pytest.raises(ArchiveError, match=f"^There is an archive in {tmp_path} already.$"):
        Archive.create(tmp_path, FakeEncoder())
    assert list(Archive.open(tmp_path, FakeEncoder())) == OLD
    assert sorted(path.name for path in tmp_path.glob(".archive*")) == []


def test_an_earlier_truth_that_has_gone_on(folder: Path, tmp_path: Path) -> None:
    """Brought back from a copy and as long as the one that the caches know, but another."""
    with Archive.open(folder, FakeEncoder()) as archive:
        copy = tmp_path / "copy.sqlite"
        archive.truth._rows("VACUUM INTO ?", [str(copy)])
        open_all_along = Archive.open(folder, FakeEncoder())
        open_all_along.add(ARTICLES[6:9])
        assert_holds(open_all_along, ARTICLES[:9])
        reached = archive.truth.watermark()
    caches = tmp_path / "caches"
    shutil.copytree(folder, caches)
    for left in folder.glob("archive.sqlite*"):
        left.unlink()
    shutil.copy(copy, folder / "archive.sqlite")
    same_size = [replace(each, id=f"other{each.id}") for each in ARTICLES[6:9]]
    with Archive.open(folder, FakeEncoder()) as archive:
        archive.add(some_articles(3, 60, seed=9))
        archive.remove(["a0"])
        archive.add(same_size)
        now = archive.truth.watermark()
        held = list(archive)
    assert now.chunk >= reached.chunk
    assert now.forgotten >= reached.forgotten
    for name in ("lexical", "vectors.faiss"):
        cache = folder / name
        shutil.rmtree(cache) if cache.is_dir() else cache.unlink()
        kept = caches / name
        shutil.copytree(kept, cache) if kept.is_dir() else shutil.copy(kept, cache)
    assert_holds(Archive.open(folder, FakeEncoder()), held)


# Formats


def test_an_archive_of_the_first_format(tmp_path: Path) -> None:
    """It is brought up to today's in one transaction, and nothing is lost or embedded again."""
    encoder = FakeEncoder()
    manifest = Manifest.new("fake", encoder.fingerprint, encoder.dimension, CHUNK_WORDS)
    connection = sqlite3.connect(tmp_path / "archive.sqlite")
    connection.executescript(schema._FORMAT_1 + "PRAGMA user_version = 1;")
    connection.execute("INSERT INTO manifest VALUES (?)", [json.dumps(asdict(manifest))])
    soon = Published(datetime.now(UTC) + timedelta(days=9), "instant", "metadata")
    later = Article("later", "Secret", "It is of tomorrow.", "Wire", soon)
    for number, article in enumerate([*OLD, later], start=1):
        published = article.published
        when = [None] * 5
        if published:
            day = published.day.isoformat()
            when = [published.value.isoformat(), published.precision, published.how, day, day]
        values = [
            number, article.id, article.digest, article.title, article.text, article.source,
            *when, None, None, None, None, f"/news/{article.id}.txt",
        ]  # fmt: skip
        places = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO articles VALUES ({places})", values)
        for each, start, end in spans([article], encoder):
            text = each.text[start:end]
            vector = encoder.encode_question(text).astype(np.float16).tobytes()
            key = vector_key(encoder.fingerprint, text)
            connection.execute(
                "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", [key, vector]
            )
            connection.execute(
                "INSERT INTO chunks (article, ordinal, start, end, vector)"
                " SELECT ?, 0, ?, ?, number FROM vectors WHERE key = ?",
                [number, start, end, key],
            )
    connection.commit()
    connection.close()
    embedding = FakeEncoder()
    archive = Archive.open(tmp_path, embedding)
    held = [replace(each, origin=f"/news/{each.id}.txt") for each in OLD]
    assert_holds(archive, held)
    assert "later" not in archive
    edited = replace(held[0], text="A walrus took its place.")
    assert archive.add([edited, *held[1:]]).changed == ["a0"]
    assert archive.history("a0") == [held[0]]
    assert embedding.asked == [edited.text]
    assert_holds(Archive.open(tmp_path, FakeEncoder()), [edited, *held[1:]])


def test_nothing_is_left_open(folder: Path) -> None:
    script = (
        "import sys; from index import Archive; from tests.fakes import FakeEncoder;"
        "archive = Archive.open(sys.argv[1], FakeEncoder()); archive.search('walnut');"
        "archive.close() if len(sys.argv) > 2 else None"
    )
    for closed in ([], ["closed"]):
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", "-c", script, folder, *closed],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert "ResourceWarning" not in done.stderr
        assert sorted(path.name for path in folder.glob("archive.sqlite*")) == ["archive.sqlite"]


def test_a_closed_archive(folder: Path) -> None:
    with Archive.open(folder, FakeEncoder()) as archive:
        assert list(archive) == OLD
    with pytest.raises(ArchiveError, match=r"archive\.sqlite was closed\.$"):
        archive.search("walnut")


# Damaged, or no room


@pytest.mark.parametrize("content", [b"", b"S"], ids=["empty", "one byte"])
def test_an_archive_of_nothing_is_damaged(folder: Path, content: bytes) -> None:
    for left in folder.glob("archive.sqlite-*"):
        left.unlink()
    (folder / "archive.sqlite").write_bytes(content)
    with pytest.raises(ArchiveError) as caught:
        Archive.open(folder, FakeEncoder())
    assert str(caught.value) == (
        f"The archive {folder / 'archive.sqlite'} is damaged (it is empty): bring its folder back "
        "from a copy."
    )


@pytest.mark.parametrize("text", ["{0} and {path}", "{path.__class__.__init__}", "{", "%s {}"])
def test_text_of_an_article_is_in_no_message(folder: Path, text: str) -> None:
    """Of text that is not UTF-8 SQLite's own message holds the beginning."""
    connection = sqlite3.connect(folder / "archive.sqlite")
    spoilt = text.encode() + b"\xff"
    connection.execute("UPDATE articles SET text = CAST(? AS TEXT) WHERE id = 'a1'", [spoilt])
    connection.commit()
    connection.close()
    with pytest.raises(ArchiveError) as caught:
        list(Archive.open(folder, FakeEncoder()))
    assert str(caught.value) == (
        f"The archive {folder / 'archive.sqlite'} is damaged (text that is not UTF-8): bring its "
        "folder back from a copy."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE articles SET published = 'soon', precision = 'day'", "has a date that is none"),
        ("UPDATE manifest SET value = '{0}'", "is damaged (it has no manifest)"),
        ("DELETE FROM manifest", "is damaged (it has no manifest)"),
        ('ALTER TABLE articles RENAME TO "{path.parent} of a secret"', "is damaged (SQLITE_ERR"),
    ],
)
def test_damage_within_is_said(folder: Path, change: str, said: str) -> None:
    connection = sqlite3.connect(folder / "archive.sqlite")
    connection.execute(change)
    connection.commit()
    connection.close()

    def look() -> None:
        with Archive.open(folder, FakeEncoder()) as archive:
            archive.overview()
            list(archive)

    with pytest.raises(ArchiveError) as caught:
        look()
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


FULL_DISK = """
import os, subprocess, sys
import corpus.chunking
from index import Archive, ArchiveError
from tests.fakes import FakeEncoder
from tests.oracles import CHUNK_WORDS
from tests.test_durability import ARTICLES, NEW, OLD, assert_holds

corpus.chunking.CHUNK_TOKENS = CHUNK_WORDS
disk, kept = sys.argv[1:]
mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False)
if mounted.returncode:
    sys.exit(77)
folder = f"{disk}/archive"
if kept == "closed":
    with Archive.create(folder, FakeEncoder()) as archive:
        archive.add(OLD)
else:
    # As a kill leaves it: what was written last is in the log beside the database.
    archive = Archive.create(f"{disk}/killed", FakeEncoder())
    archive.add(OLD)
    subprocess.run(["cp", "-r", f"{disk}/killed", folder], check=True)
    assert os.path.getsize(f"{folder}/archive.sqlite-wal")
    os.unlink(f"{folder}/archive.sqlite-shm")
def fill(name):
    with open(f"{disk}/{name}", "wb", 0) as rest:
        try:
            while True:
                rest.write(bytes(4096))
        except OSError:
            pass

fill("rest")
archive = Archive.open(folder, FakeEncoder())
assert_holds(archive, OLD)
# What was in the log is in the database now, which made room.
fill("more")
for change in (
    lambda: archive.add(NEW),
    lambda: archive.remove(["a1"]),
    lambda: Archive.create(f"{disk}/new", FakeEncoder()),
):
    try:
        change()
    except ArchiveError as error:
        print(error)
assert_holds(archive, OLD)
os.unlink(f"{disk}/rest")
archive.add(NEW)
assert_holds(archive, NEW)
"""


@pytest.mark.parametrize("kept", ["closed", "killed"])
def test_a_disk_without_room(tmp_path: Path, kept: str) -> None:
    """A real one, which only this process sees: what is there is read, and nothing is lost."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = [sys.executable, "-c", FULL_DISK, str(disk), kept]
    try:
        done = subprocess.run(
            ["unshare", "--mount", "--map-root-user", *command],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("unshare is not installed, so no small disk can be made")
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
    full = (
        f"There is no room left for the archive {disk / 'archive' / 'archive.sqlite'}: make room "
        "and run the command again; what was committed is kept.\n"
    )
    said = f"No archive can be made in {disk / 'new'}: there is no room left.\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, full * 2 + said, "")
