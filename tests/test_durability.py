"""What is kept where a crowd reads and writes, and without room or right."""

import errno
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import corpus.chunking
from corpus import Article
from index import Archive, ArchiveError
from tests.fakes import FakeEncoder
from tests.oracles import ARTICLES, CHUNK_WORDS, NEW, OLD, assert_holds, some_articles

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.usefixtures("small_chunks")


# A crowd


def at_once(*acts: Callable[[], None]) -> None:
    """Each in a thread of its own; none fails."""
    wrong: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001
            wrong.append(error)

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def assert_holds_in_any_order(archive: Archive, articles: Sequence[Article]) -> None:
    final = {article.id: article for article in articles}
    assert {article.id: article for article in archive} == final
    assert_holds(archive, [final[article.id] for article in archive])


@pytest.mark.slow
def test_searches_while_another_thread_adds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.ingest.BATCH_CHARACTERS", 1)
    archive = Archive.open(folder, FakeEncoder())
    texts = {(article.id, article.text) for article in [*OLD, *NEW, *some_articles(40, 60)]}
    done = threading.Event()

    def search() -> None:
        searches = 0
        while not done.is_set() or searches < 5:
            searches += 1
            for passage in archive.search("walnut harbour", k=5):
                assert (passage.article.id, passage.article.text) in texts
                assert passage.text == passage.article.text[passage.start : passage.end]

    def add() -> None:
        try:
            for round_ in range(4):
                archive.add(some_articles(40, 60)[: 10 * (round_ + 1)])
                archive.remove(["a2", "a3"])
                archive.add(NEW)
        finally:
            done.set()

    at_once(search, search, add)
    assert_holds_in_any_order(archive, [*some_articles(40, 60), *NEW])


def test_two_archives_in_one_process_add_at_once(folder: Path) -> None:
    def add(articles: Sequence[Article]) -> None:
        archive = Archive.open(folder, FakeEncoder())
        for article in articles:
            archive.add([article])

    at_once(lambda: add(ARTICLES[6:9]), lambda: add(ARTICLES[9:]))
    assert_holds_in_any_order(Archive.open(folder, FakeEncoder()), ARTICLES)


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
    large = [replace(article, text=article.text * 50) for article in ARTICLES[6:]]
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
    assert_holds(archive, [article for article in NEW if article.id != "a1"])
    monkeypatch.undo()
    monkeypatch.setattr(corpus.chunking, "CHUNK_TOKENS", CHUNK_WORDS)
    assert_holds(
        Archive.open(folder, FakeEncoder()), [article for article in NEW if article.id != "a1"]
    )


READ_ONLY = """
import os, sys
import corpus.chunking
from index import Archive, ArchiveError
from tests.fakes import FakeEncoder
from tests.oracles import ARTICLES, CHUNK_WORDS, NEW, OLD, assert_holds

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


@pytest.mark.slow
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
    message = (
        f"The archive {folder / 'archive.sqlite'} cannot be changed: it, or its folder, may only "
        "be read.\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, message * 2, "")
    assert_holds(Archive.open(folder, FakeEncoder()), OLD)


def test_a_commit_waits_for_the_disk(durable: Callable[[sqlite3.Connection], None]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        durable(connection)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_two_are_made_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds the first, and takes nothing from it."""
    link = os.link

    def beaten(source: Path, target: Path) -> None:
        monkeypatch.undo()
        Archive.create(tmp_path, FakeEncoder()).add(OLD)
        link(source, target)

    monkeypatch.setattr("index.store.sqlite.os.link", beaten)
    with pytest.raises(ArchiveError, match=f"^There is an archive in {tmp_path} already.$"):
        Archive.create(tmp_path, FakeEncoder())
    assert list(Archive.open(tmp_path, FakeEncoder())) == OLD
    assert sorted(path.name for path in tmp_path.glob(".archive*")) == []


@pytest.mark.slow
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


FULL_DISK = """
import os, subprocess, sys
import corpus.chunking
from index import Archive, ArchiveError
from tests.fakes import FakeEncoder
from tests.oracles import ARTICLES, CHUNK_WORDS, NEW, OLD, assert_holds

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


def on_a_small_disk(script: str, disk: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A script run where it may mount a disk; the test is left out where none can be."""
    disk.mkdir()
    command = [sys.executable, "-c", script, str(disk), *arguments]
    try:
        done = subprocess.run(
            ["unshare", "--mount", "--map-root-user", *command],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("unshare is not installed, so no small disk can be made")
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
    return done


@pytest.mark.slow
@pytest.mark.parametrize("left", ["closed", "killed"])
def test_a_disk_without_room(tmp_path: Path, left: str) -> None:
    """A real one, which only this process sees: what is there is read, and nothing is lost."""
    disk = tmp_path / "disk"
    done = on_a_small_disk(FULL_DISK, disk, left)
    full = (
        f"There is no room left for the archive {disk / 'archive' / 'archive.sqlite'}: make room "
        "and run the command again; what was committed is kept.\n"
    )
    message = f"No archive can be made in {disk / 'new'}: there is no room left.\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, full * 2 + message, "")


SMALL_DISK = """
import os, subprocess, sys
from index import Archive, ArchiveError
from tests.fakes import FakeEncoder
from tests.oracles import some_articles

disk = sys.argv[1]
for size in range(100, 500, 20):
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk]
    if subprocess.run(mount, check=False).returncode:
        sys.exit(77)
    folder, articles = f"{disk}/archive", some_articles(20, 60, seed=1)
    try:
        with Archive.create(folder, FakeEncoder()) as archive:
            archive.add(articles)
    except ArchiveError as error:
        print(error)
    is_made = "archive.sqlite" in os.listdir(folder)
    # Of one that could not be made nothing is left, and one that was can be gone on with.
    assert is_made or not os.listdir(folder)
    subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
    with (Archive.open if is_made else Archive.create)(folder, FakeEncoder()) as archive:
        archive.add(articles)
        assert len(archive) == 20
    subprocess.run(["umount", "-l", disk], check=True)
"""


@pytest.mark.slow
def test_a_new_archive_on_a_small_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    done = on_a_small_disk(SMALL_DISK, disk)
    assert (done.returncode, done.stderr) == (0, "")
    assert {*done.stdout.splitlines()} == {
        f"No archive can be made in {disk / 'archive'}: there is no room left.",
        f"There is no room left for the archive {disk / 'archive' / 'archive.sqlite'}: make room "
        "and run the command again; what was committed is kept.",
    }
