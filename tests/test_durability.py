"""What is left after a kill, a torn file, or a crowd."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import faiss
import numpy as np
import pytest

import corpus.chunking
from corpus import Article
from index import Archive, ArchiveError
from index.store import Watermark
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
        numbers, _ = archive._follow().lexical.search(" ".join(words), 10_000)
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

# Each is the beginning of a program that then changes the archive, and is killed when it comes
# to what is said here for the n-th time.
KILL = """
import os, signal, sys
from pathlib import Path
import corpus.chunking
import index.archive, index.files, index.lexical, index.store, index.vectors
from index import Archive
from tests.fakes import FakeEncoder
from tests.oracles import CHUNK_WORDS
from tests.test_durability import ARTICLES, NEW

folder, place, name, nth, change = sys.argv[1:]
place = eval(place)
real = getattr(place, name)
met = 0

def killed(*arguments, **named):
    global met
    met += 1
    if met == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **named)

setattr(place, name, killed)
corpus.chunking.CHUNK_TOKENS = CHUNK_WORDS
index.archive._BATCH_CHARACTERS = 1
if change == "create":
    Archive.create(folder, FakeEncoder()).add(ARTICLES)
archive = Archive.open(folder, FakeEncoder())
if change == "add":
    archive.add(NEW)
if change == "remove":
    archive.remove(["a0", "a1"])
if change == "rebuild":
    archive.rebuild(FakeEncoder("wide", 24))
"""


def kill(folder: Path, place: str, name: str, nth: int, change: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILL, folder, place, name, str(nth), change],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize(
    ("place", "name", "nth", "articles"),
    [
        # The first batch holds the edited article, each after it one new article.
        pytest.param("FakeEncoder", "encode", 1, OLD, id="before anything"),
        pytest.param("index.store", "_leave_token", 1, OLD, id="within the first transaction"),
        # Of an article that is unchanged nothing is put.
        pytest.param("index.archive.Store", "put", 4, NEW[:8], id="between batches"),
        pytest.param("index.store", "_insert_chunks", 3, NEW[:7], id="within the third"),
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
        pytest.param("FakeEncoder", "encode", 4, False, id="while embedding"),
        pytest.param("index.store.Store", "recut", 1, False, id="when all is embedded"),
        pytest.param("index.store", "_insert_chunks", 5, False, id="within the transaction"),
        pytest.param("Archive", "_follow", 1, True, id="before the indexes follow"),
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
    kill(tmp_path, "index.store.os", "link", 1, "create")
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
    monkeypatch.setattr("index.archive._BATCH_CHARACTERS", 1)
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
    monkeypatch.setattr("index.archive._BATCH_CHARACTERS", 1)

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
    monkeypatch.setattr("index.archive._BATCH_CHARACTERS", 1)
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
