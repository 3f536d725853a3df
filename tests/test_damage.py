"""What is left where files are torn, foreign or gone, or are of an earlier format."""

import errno
import json
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import faiss
import numpy as np
import pytest

from corpus import Article, Published
from index import Archive, ArchiveError, schema
from index.store import Manifest, Watermark, vector_key
from tests.fakes import FakeEncoder
from tests.oracles import ARTICLES, CHUNK_WORDS, NEW, OLD, assert_holds, some_articles, spans

pytestmark = pytest.mark.usefixtures("small_chunks")


def other_archive(tmp_path: Path) -> Path:
    """Of fewer articles, and others."""
    other = tmp_path / "other"
    if not other.exists():
        Archive.create(other, FakeEncoder()).add(some_articles(3, 60, seed=1))
    return other


def writes(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(file: Path) -> None:
        file.write_bytes(change(file.read_bytes()))

    return spoil


empty = writes(lambda content: b"")
half = writes(lambda content: content[: len(content) // 2])
garbage = writes(lambda content: bytes(range(256)) * 20)
one_bit = writes(lambda content: content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])
valid_json = writes(lambda content: b'[1, "made_for"]\n')
gone = Path.unlink


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
    ids="empty half garbage one_bit valid_json gone a_folder anothers with_checksum".split(),
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


def those(pattern: str, spoil: Callable[[Path], None]) -> Callable[[Path], None]:
    def spoil_files(lexical: Path) -> None:
        files = [file for file in lexical.rglob(pattern) if file.is_file()]
        assert files
        for file in files:
            spoil(file)

    return spoil_files


def lexical_a_file(lexical: Path) -> None:
    shutil.rmtree(lexical)
    lexical.write_text("something else")


def lexical_of_another(lexical: Path) -> None:
    shutil.rmtree(lexical)
    shutil.copytree(other_archive(lexical.parent.parent) / "lexical", lexical)


SPOILT_FOLDERS = {
    "gone": shutil.rmtree,
    "a file": lexical_a_file,
    "another's": lexical_of_another,
    "all files empty": those("*", empty),
    "all files half": those("*", half),
    "all files garbage": those("*", garbage),
    "watermark gone": those("watermark.json", gone),
    "watermark empty": those("watermark.json", empty),
    "watermark other JSON": those("watermark.json", valid_json),
    "watermark another's": those("watermark.json", anothers_watermark),
    "meta gone": those("meta.json", gone),
    "meta garbage": those("meta.json", garbage),
    "postings gone": those("*.idx", gone),
    "postings empty": those("*.idx", empty),
    "postings half": those("*.idx", half),
    "postings garbage": those("*.idx", garbage),
    "terms garbage": those("*.term", garbage),
    "terms half": those("*.term", half),
    "numbers garbage": those("*.fast", garbage),
    "lengths gone": those("*.fieldnorm", gone),
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
    same_size = [replace(article, id=f"other{article.id}") for article in ARTICLES[6:9]]
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
        cached = caches / name
        shutil.copytree(cached, cache) if cached.is_dir() else shutil.copy(cached, cache)
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
        for stored, start, end in spans([article], encoder):
            text = stored.text[start:end]
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
    held = [replace(article, origin=f"/news/{article.id}.txt") for article in OLD]
    assert_holds(archive, held)
    assert "later" not in archive
    edited = replace(held[0], text="A walrus took its place.")
    assert archive.add([edited, *held[1:]]).changed == ["a0"]
    assert archive.history("a0") == [held[0]]
    assert embedding.asked == [edited.text]
    assert_holds(Archive.open(tmp_path, FakeEncoder()), [edited, *held[1:]])


# Damaged within


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"S", "it is empty"),
        (b"no database at all" * 100, "it is no database"),
    ],
    ids=["empty", "one byte", "no database"],
)
def test_what_is_no_archive_is_damaged(folder: Path, content: bytes, reason: str) -> None:
    for left in folder.glob("archive.sqlite-*"):
        left.unlink()
    (folder / "archive.sqlite").write_bytes(content)
    with pytest.raises(ArchiveError) as caught:
        Archive.open(folder, FakeEncoder())
    assert str(caught.value) == (
        f"The archive {folder / 'archive.sqlite'} is damaged ({reason}): bring its folder back "
        "from a copy."
    )


def damaged(folder: Path, change: str, *values: object) -> str:
    """What is said of an archive whose database something else has changed."""
    with sqlite3.connect(folder / "archive.sqlite") as connection:
        connection.execute(change, values)
    connection.close()

    def look() -> None:
        with Archive.open(folder, FakeEncoder()) as archive:
            archive.overview()
            list(archive)

    with pytest.raises(ArchiveError) as caught:
        look()
    return str(caught.value)


@pytest.mark.parametrize("text", ["{0} and {path}", "{path.__class__.__init__}", "{", "%s {}"])
def test_text_of_an_article_is_in_no_message(folder: Path, text: str) -> None:
    """Of text that is not UTF-8 SQLite's own message holds the beginning."""
    change = "UPDATE articles SET text = CAST(? AS TEXT) WHERE id = 'a1'"
    assert damaged(folder, change, text.encode() + b"\xff") == (
        f"The archive {folder / 'archive.sqlite'} is damaged (text that is not UTF-8): bring its "
        "folder back from a copy."
    )


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("UPDATE articles SET published = 'soon', precision = 'day'", "has a date that is none"),
        ("UPDATE manifest SET value = '{0}'", "is damaged (it has no manifest)"),
        ("DELETE FROM manifest", "is damaged (it has no manifest)"),
        # No program has made an archive of format 0.
        ("PRAGMA user_version = 0", "is damaged (it has no format): bring its folder back from a"),
        ('ALTER TABLE articles RENAME TO "{path.parent} of a secret"', "is damaged (SQLITE_ERR"),
    ],
)
def test_damage_within_is_said(folder: Path, change: str, part: str) -> None:
    message = damaged(folder, change)
    assert part in message
    assert "secret" not in message


@pytest.mark.parametrize("format", [0, 3, 99])
def test_the_database_of_another_program(tmp_path: Path, format: int) -> None:
    with sqlite3.connect(tmp_path / "archive.sqlite") as connection:
        connection.execute("CREATE TABLE articles (x)")
        connection.execute(f"PRAGMA user_version = {format}")
    connection.close()
    before = (tmp_path / "archive.sqlite").read_bytes()
    with pytest.raises(ArchiveError) as error:
        Archive.open(tmp_path, FakeEncoder())
    assert str(error.value) == (
        f"{tmp_path / 'archive.sqlite'} is another program's database, and no archive of Dateline: "
        "name another folder."
    )
    assert (tmp_path / "archive.sqlite").read_bytes() == before


def test_a_folder_that_may_not_be_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def may_not(path: Path, **_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    # Whoever tests may be somebody who may look everywhere.
    monkeypatch.setattr(Path, "stat", may_not)
    with pytest.raises(ArchiveError) as error:
        Archive.open(tmp_path, FakeEncoder())
    assert str(error.value) == (
        f"The archive {tmp_path / 'archive.sqlite'} cannot be opened: look whether it, and its "
        "folder, may be read."
    )
