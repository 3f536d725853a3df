"""python -m tests.benchmark.pressure: commands that are killed, and have too little of everything.

Add, sync, rebuild and remove are begun again and again, by the real commands with a small fake
encoder, and killed at random instants; others are let run under a limit of memory, of open files,
or on a small disk that is full. After each it is looked whether what was committed is there, once,
and whether a refusal is one sentence; and after all kills whether the archive is as one that is
made at once. The disk is a mount that only this program sees; where none can be made, that part is
left out and said to be.
"""

import argparse
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import read_articles
from index import Archive
from tests.fakes import FakeEncoder
from tests.oracles import some_articles

ROOT = Path(__file__).parent.parent.parent
_QUERIES = 50
_COMMAND = """
import json, resource, sys
from types import SimpleNamespace
from tests.fakes import FakeEncoder
sys.modules["index.encoder"] = SimpleNamespace(Encoder=FakeEncoder)
import corpus.chunking, index.lexical, index.sync, index.vectors
from index.__main__ import main
print(flush=True)
for name, most in json.loads(sys.argv[1]).items():
    resource.setrlimit(getattr(resource, name), (most, most))
sys.exit(main(sys.argv[2:]))
"""
_ONE_SENTENCE = ("error: ", "Interrupted; ")


class Ground:
    """An archive, and a folder that it follows."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.news = folder, folder / "news"
        self.archive = folder / "archive"
        self.random = random.Random(seed)
        self.news.mkdir()
        self.committed: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        self.change()

    def change(self) -> None:
        """Other texts in some of the files."""
        for article in some_articles(200, 60, self.random.randrange(10**6)):
            if self.random.random() < 0.3 or not self.committed:
                (self.news / f"{article.id}.txt").write_text(f"{article.title}\n\n{article.text}\n")

    def arguments(self, what: str) -> list[str]:
        """A command, as it is typed."""
        if what in {"add", "sync"}:
            return [what, str(self.news), "--archive", str(self.archive), "--quiet"]
        if what == "remove":
            some = self.random.sample(sorted(self.committed), 3) if len(self.committed) > 9 else []
            for id in some:
                Path(id).unlink(missing_ok=True)
                del self.committed[id]
            return ["remove", *(some or ["none"]), "--archive", str(self.archive)]
        return ["rebuild", "--archive", str(self.archive), "--quiet"]

    def begin(self, what: str, **limits: int) -> subprocess.Popen[str]:
        """A command, with the names of limits as the module ``resource`` has them."""
        return subprocess.Popen(
            [sys.executable, "-c", _COMMAND, json.dumps(limits), *self.arguments(what)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def look(self) -> None:
        """Note what is lost, doubled or broken since the last look."""
        if not (self.archive / "archive.sqlite").exists():
            return
        # A copy: SQLite's own check wants to write, and there may be no room for that.
        copy = shutil.copytree(self.archive, self.folder / "copy")
        self.counts["broken or doubled"] += broken_in(copy)
        shutil.rmtree(copy)
        with Archive.open(self.archive, FakeEncoder()) as archive:
            held = [article.id for article in archive]
            versions = {article.id: article.version for article in archive}
            archive.search("walnut harbour", channels=["lexical"])
        self.counts["doubled"] += len(held) - len(set(held))
        gone = [id for id, version in self.committed.items() if versions.get(id, 0) < version]
        # Where a removal was broken off before it was committed, the next sync finds no file.
        self.counts["lost"] += sum(Path(id).exists() for id in gone)
        self.committed = versions

    def compare(self) -> None:
        """Note what is other than in an archive that is made at once of what there is now."""
        fresh = self.folder / "fresh"
        with (
            Archive.open(self.archive, FakeEncoder()) as left,
            Archive.create(fresh, FakeEncoder()) as made,
        ):
            made.add(read_articles(self.news))
            held, wanted = ({article.id: article.text for article in one} for one in (left, made))
            self.counts["differences from the files"] += len(held.items() ^ wanted.items())
            for article in list(made)[:_QUERIES]:
                differs = _found(left, article.title) != _found(made, article.title)
                self.counts["searches that find other than in a new archive"] += differs


def broken_in(archive: Path) -> int:
    """How much is wrong in the database, by SQLite and by what belongs together."""
    connection = sqlite3.connect(archive / "archive.sqlite")
    try:
        [(problems,)] = connection.execute("PRAGMA integrity_check").fetchall()
        dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
        [(bare,)] = connection.execute(
            "SELECT count(*) FROM articles WHERE withdrawn IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM chunks WHERE article = articles.number)"
        )
        [(twice,)] = connection.execute(
            "SELECT count(*) FROM"
            " (SELECT 1 FROM chunks GROUP BY article, start HAVING count(*) > 1)"
        )
    finally:
        connection.close()
    return (problems != "ok") + len(dangling) + int(bare) + int(twice)


def _found(archive: Archive, query: str) -> list[tuple[str, int, int, float]]:
    return [
        (passage.article.id, passage.start, passage.end, passage.score)
        for passage in archive.search(query, k=20)
    ]


def killed(ground: Ground, kills: int, within: float) -> None:
    """Kill commands at random instants after they have loaded their libraries."""
    done = 0
    while done < kills:
        what = ground.random.choice(["add", "sync", "rebuild", "remove"])
        process = ground.begin(what)
        process.stdout.readline()
        try:
            _, printed = process.communicate(timeout=ground.random.uniform(0, within))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            done += 1
            ground.counts[f"killed in {what}"] += 1
        else:
            ground.counts["not one sentence"] += not _is_well_said(process.returncode, printed)
            ground.change()
        ground.look()


def limited(ground: Ground, name: str, **limits: int) -> None:
    """Run each command under a limit; it may fail, in one sentence, and must lose nothing."""
    for what in ("sync", "add", "rebuild", "remove"):
        ground.change()
        process = ground.begin(what, **limits)
        _, printed = process.communicate(timeout=600)
        refused = process.returncode not in {0, 1}
        ground.counts[f"{name}: refused"] += refused
        if not _is_well_said(process.returncode, printed):
            ground.counts["not one sentence"] += 1
            print(f"{name}, {what}: {printed[-500:]}", file=sys.stderr)
        ground.look()


def _is_well_said(status: int, printed: str) -> bool:
    """Whether a command that ended by itself said what it had to say, a refusal in one sentence."""
    lines = [line for line in printed.splitlines() if line.strip()]
    if status in {0, 1}:  # Nothing of what was named may have been there; Python's own are 1, too.
        return "Traceback" not in printed
    return len(lines) == 1 and lines[0].startswith(_ONE_SENTENCE)


def on_a_full_disk(ground: Ground, folder: Path) -> None:
    """The same on a disk of its own without room; the archive there must still be read."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        ground.counts["no small disk could be made"] += 1
        return
    try:
        shutil.copytree(ground.archive, disk / "archive")
        with (disk / "rest").open("wb", 0) as rest:
            try:
                while True:
                    rest.write(bytes(4_096))
            except OSError:
                pass
        home, ground.archive = ground.archive, disk / "archive"
        limited(ground, "full disk")
        ground.archive = home
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status is 1 if anything was lost, doubled or badly said."""
    parser = argparse.ArgumentParser("python -m tests.benchmark.pressure", description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="default: 30")
    parser.add_argument("--within", type=float, default=0.6, help="seconds; default: 0.6")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as place:
        ground = Ground(Path(place), options.seed)
        killed(ground, options.kills, options.within)
        process = ground.begin("sync")
        process.communicate(timeout=600)
        ground.look()
        ground.compare()
        for megabytes in (400, 800, 1_600):
            limited(ground, f"{megabytes} MB", RLIMIT_AS=megabytes * 10**6)
        for files in (4, 8, 16):
            limited(ground, f"{files} files", RLIMIT_NOFILE=files)
        on_a_full_disk(ground, Path(place))
    print(json.dumps(dict(ground.counts), indent=2))
    wrong = (
        "lost", "doubled", "broken or doubled", "not one sentence", "differences from the files",
        "searches that find other than in a new archive",
    )  # fmt: skip
    return 1 if any(ground.counts[error] for error in wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
