"""What is left after a kill, at any call that writes, and after an interruption."""

import itertools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import replace
from io import StringIO
from multiprocessing.connection import Connection
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pytest
from numpy.typing import NDArray

import corpus.chunking
import index.ingest
from corpus import Article, read_articles
from index import Archive, ArchiveError
from index.command import report_errors
from tests import forked
from tests.fakes import FakeEncoder
from tests.made_articles import write_records
from tests.oracles import ARTICLES, CHUNK_WORDS, NEW, OLD, assert_holds, some_articles, spans

pytestmark = pytest.mark.usefixtures("small_chunks")


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
        pytest.param("index.store.Store", "_leave_token", 1, OLD, id="within the first"),
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
    embedded = [a.text[start:end] for a, start, end in spans(OLD[:asked], wide)]
    assert wide.asked[: len(texts) - len(embedded)] == texts[len(embedded) :]


def test_killed_while_made(tmp_path: Path) -> None:
    kill(tmp_path, "index.store.sqlite.os", "link", 1, "create")
    with pytest.raises(ArchiveError, match="There is no archive in"):
        Archive.open(tmp_path)
    archive = Archive.create(tmp_path, FakeEncoder())
    archive.add(OLD)
    assert_holds(archive, OLD)


# Following a source


def write(news: Path, articles: Sequence[Article]) -> None:
    """A folder with a file of records for every three articles."""
    news.mkdir(exist_ok=True)
    for file in news.iterdir():
        file.unlink()
    for at in range(0, len(articles), 3):
        write_records(news / f"{articles[at].id}.jsonl", articles[at : at + 3])


def as_read(news: Path) -> dict[str, Article]:
    return {article.id: article for article in read_articles(news) if isinstance(article, Article)}


def follow(folder: Path, news: Path, outputs: Connection | None = None) -> None:
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
        if outputs and len(log.read_text().splitlines()) > 3:
            outputs.send("encoding")
            time.sleep(60)
        return embed(self, texts)

    FakeEncoder.encode = logged
    if not outputs:
        archive.sync([news])
        return
    with redirect_stderr(StringIO()) as errors:
        status = report_errors(lambda: archive.sync([news]) and 0)
    outputs.send(errors.getvalue())
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
        replace(article, vouched="record" if article.source else None)
        for article in (*pool, *corrected)
    }
    folder, news, log = (tmp_path / name for name in ("archive", "news", "embedded.log"))
    Archive.create(folder, FakeEncoder()).close()
    log.touch()
    places = [
        ("index.store.store", "_insert_chunks"),
        ("index.store.Store", "_leave_token"),
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
                assert all(replace(article, origin=None) in stored for article in archive)
        with Archive.open(folder, FakeEncoder()) as archive:
            archive.sync([news], withdraw_many=True)
            assert {article.id: article for article in archive} == as_read(news)
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
        assert {article.id: article for article in chat} == wanted
        query = more[-1].text[:40]
        assert chat.search(query, channels=["dense"])[0].article == wanted[more[-1].id]
        assert_holds(chat, list(chat))


def test_interrupted_it_ends_at_once_and_keeps_what_is_done(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "news", ARTICLES)
    heard, pipe = forked.pipe()
    following = forked.begin(follow, folder, tmp_path / "news", pipe)
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
