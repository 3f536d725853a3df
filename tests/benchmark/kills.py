"""Killed at random instants while it follows a source: what is lost, and what is done twice."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from corpus import Article, read_articles
from index import Archive
from index.store import vector_key
from index.upkeep import TextEncoder
from tests.made_articles import write_records

_FILES = 10
_QUERIES = 50
ROOT = Path(__file__).parent.parent.parent

# The command itself, which says when its libraries are loaded, and writes down what it is about
# to embed.
_SYNC = """
import json, sys
from hashlib import sha256
from index.encoder import Encoder

embed = Encoder.encode
log = open(sys.argv[1], "ab", 0)

def encode(self, texts):
    keys = [sha256(text.encode()).hexdigest() for text in texts]
    log.write(json.dumps(keys).encode() + b"\\n")
    return embed(self, texts)

Encoder.encode = encode
from index.__main__ import main
print(flush=True)
sys.exit(main(["sync", sys.argv[2], "--archive", sys.argv[3], "--quiet"]))
"""


class Source:
    """A folder of files with records, in which articles change, move, vanish and return."""

    def __init__(self, folder: Path, articles: Sequence[Article], seed: int) -> None:
        self._folder = folder
        self._random = random.Random(seed)
        self._files = {article.id: at % _FILES for at, article in enumerate(articles)}
        self._gone: dict[str, Article] = {}
        self.articles = {article.id: article for article in articles}
        self._write()

    def change(self) -> None:
        """Correct a tenth of the articles, move a tenth, take away a twentieth, bring some back."""
        ids = sorted(self.articles)
        self.articles |= self._gone
        self._gone = {id: self.articles.pop(id) for id in self._some(ids, 20)}
        ids = sorted(self.articles)
        for id in self._some(ids, 10):
            article = self.articles[id]
            note = f"Correction {self._random.randrange(10**9)}."
            self.articles[id] = replace(article, text=f"{article.text}\n\n{note}")
        for id in self._some(ids, 10):
            self._files[id] = self._random.randrange(_FILES)
        self._write()

    def _some(self, ids: Sequence[str], part: int) -> list[str]:
        return self._random.sample(ids, len(ids) // part)

    def _write(self) -> None:
        for number in range(_FILES):
            articles = self.articles.values()
            held = [article for article in articles if self._files[article.id] == number]
            write_records(self._folder / f"{number}.jsonl", held)


def measure(
    articles: Sequence[Article], folder: Path, kills: int, within: float, seed: int
) -> dict[str, Any]:
    """Sync again and again, killed after up to ``within`` seconds of work, and look what is left.

    Where all is done before it has been killed so often, the source changes, and it goes on.
    """
    news = folder / "news"
    news.mkdir()
    source = Source(news, articles, seed)
    random_ = random.Random(seed)
    archive, log = folder / "archive", folder / "embedded.log"
    log.touch()
    done = changes = lost = broken = 0
    in_flight: set[int] = set()
    moments: Counter[str] = Counter()
    before: dict[str, int] = {}
    with tqdm(total=kills, desc="Killing", disable=None) as bar:
        while done < kills:
            lines = len(_batches(log))
            if not _killed(_start(log, news, archive), random_.uniform(0, within)):
                source.change()
                changes += 1
                before = {}
                continue
            done += 1
            bar.update()
            batches = len(_batches(log))
            moments["while embedding" if batches > lines else "before or after"] += 1
            if batches > lines:
                in_flight.add(batches - 1)
            if not (archive / "archive.sqlite").exists():
                continue
            broken += broken_in(archive)
            now = _versions(archive)
            # What the source no longer has is withdrawn at some time after it changed.
            lost += sum(
                now.get(id, 0) < version for id, version in before.items() if id in source.articles
            )
            before = now
    finished = _start(log, news, archive).wait()
    batches = _batches(log)
    met: set[str] = set()
    again = Counter(key for batch in batches for key in batch)
    excused = Counter(key for at in in_flight for key in batches[at])
    for batch in batches:
        met.update(batch)
    return {
        "kills": done,
        **{f"killed {moment}": count for moment, count in sorted(moments.items())},
        "changes of the source": changes,
        "last exit status": finished,
        "articles in the source": len(source.articles),
        "articles lost after a kill": lost,
        "damage found after a kill": broken,
        "differences from the source": _differences(archive, source),
        "differences from a new archive": _compare(archive, folder / "fresh", source),
        "texts embedded": len(met),
        "embedded again, in flight at a kill": sum((again - Counter(again.keys())).values()),
        "most in one batch": max(map(len, batches)),
        "embedded again otherwise": sum(
            max(0, count - 1 - excused[key]) for key, count in again.items()
        ),
    }


def _start(log: Path, news: Path, archive: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", _SYNC, log, news, archive], cwd=ROOT, stdout=subprocess.PIPE
    )
    process.stdout.readline()
    process.stdout.close()
    return process


def _killed(process: subprocess.Popen[bytes], after: float) -> bool:
    """Whether it was still at work after so many seconds, and was killed then."""
    try:
        status = process.wait(after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    if status:
        raise ValueError(f"sync ended with exit status {status}")
    return False


def _batches(log: Path) -> list[list[str]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


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


def _versions(archive: Path) -> dict[str, int]:
    with Archive.open(archive) as opened:
        # The lexical index follows too, from wherever it was left.
        for passage in opened.search("police said", channels=["lexical"]):
            assert passage.text == passage.article.text[passage.start : passage.end]
        return {article.id: article.version for article in opened}


def _differences(archive: Path, source: Source) -> int:
    with Archive.open(archive) as opened:
        stored = {article.id: (article.title, article.text) for article in opened}
    wanted = {id: (article.title, article.text) for id, article in source.articles.items()}
    return len(stored.items() ^ wanted.items())


class _Known:
    """The real encoder, but for texts that an archive has the vectors of."""

    def __init__(self, encoder: TextEncoder, archive: Archive) -> None:
        self._encoder = encoder
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.dimension, self.longest = encoder.dimension, encoder.longest
        self.count_tokens = encoder.count_tokens
        self.encode_question = encoder.encode_question
        rows = archive.truth._rows("SELECT key, vector FROM vectors")
        self._vectors = {key: np.frombuffer(vector, np.float16) for key, vector in rows}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        keys = [vector_key(self.fingerprint, text) for text in texts]
        return np.array([self._vectors[key] for key in keys], np.float32)


def _compare(archive: Path, fresh: Path, source: Source) -> int:
    """How many of some searches find other than in an archive that is made at once."""
    from index.encoder import Encoder  # Loads torch.

    encoder = Encoder()
    with (
        Archive.open(archive, encoder) as left,
        Archive.create(fresh, _Known(encoder, left)) as new,
    ):
        new.add(sorted(read_all(source), key=lambda article: article.id))
        queries = [article.title for article in list(source.articles.values())[:_QUERIES]]
        return sum(_found(left, query) != _found(new, query) for query in queries)


def read_all(source: Source) -> list[Article]:
    return [article for article in read_articles(source._folder) if isinstance(article, Article)]


def _found(archive: Archive, query: str) -> list[tuple[str, int, int, float]]:
    return [
        (passage.article.id, passage.start, passage.end, passage.score)
        for passage in archive.search(query, k=20)
    ]
