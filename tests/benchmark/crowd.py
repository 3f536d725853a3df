"""Several writers and readers of one archive at once, of whom one writer is killed again and again.

A writer adds whole batches, and notes each when it was told that it is stored; then it corrects an
earlier one. Readers look for batches by a word of their own: of each they may see all or nothing,
and all once it was noted.
"""

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

from corpus import Article
from index import Archive
from tests.benchmark.growth import RandomEncoder

_BATCH = 10
_WRITERS = 2
_READERS = 4
_CORRECTED_AFTER = 3


def measure(place: str, seconds: float, between: float, seed: int) -> dict[str, Any]:
    """Write and read for so long; the first writer is killed every ``between`` seconds or so."""
    Archive.create(place, RandomEncoder()).close()
    random_ = random.Random(seed)
    # Processes that begin anew share no connection, as those of several programs do not.
    context = multiprocessing.get_context("spawn")
    over = context.Event()
    kills = 0
    with TemporaryDirectory() as folder:
        notes = Path(folder)

        def begun(target: Any, number: int) -> BaseProcess:
            process = context.Process(target=target, args=(place, number, notes, over))
            process.start()
            return process

        writers = [begun(_write, number) for number in range(_WRITERS)]
        readers = [begun(_read, number) for number in range(_READERS)]
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            sleep(min(left, random_.uniform(between / 2, between * 3 / 2)))
            if monotonic() < until:
                writers[0].kill()
                writers[0].join()
                kills += 1
                writers[0] = begun(_write, 0)
        over.set()
        for process in (*writers, *readers):
            process.join()
        problems = [line for number in range(_READERS) for line in _lines(notes, "seen", number)]
        looks = sum(int(line) for number in range(_READERS) for line in _lines(notes, "l", number))
        stored = {number: len(_lines(notes, "stored", number)) for number in range(_WRITERS)}
        return {
            "seconds": seconds,
            "kills of a writer": kills,
            "ended with an error": sum(process.exitcode != 0 for process in (*writers, *readers)),
            "batches stored": sum(stored.values()),
            "looks of the readers": looks,
            "batches seen in part, or not though stored": len(problems),
            **_left(place, stored),
        }


def _left(place: str, stored: dict[int, int]) -> dict[str, int]:
    """What is wrong in the end: articles that were stored and are missing, doubled or old."""
    with Archive.open(place, RandomEncoder()) as archive:
        articles = list(archive)
        found = Counter(
            passage.article.id
            for writer, batches in stored.items()
            for number in range(batches)
            for passage in archive.search(_word(writer, number), 5 * _BATCH, channels=["lexical"])
        )
    ids = Counter(article.id for article in articles)
    wanted = {
        article.id
        for writer, batches in stored.items()
        for number in range(batches)
        for article in _batch(writer, number)
    }
    versions = {article.id: article.version for article in articles}
    corrected = {
        article.id
        for writer, batches in stored.items()
        for number in range(batches - _CORRECTED_AFTER)
        for article in _batch(writer, number)
    }
    return {
        "articles lost": len(wanted - ids.keys()) + len(wanted - found.keys()),
        "articles doubled": sum(number > 1 for number in (*ids.values(), *found.values())),
        "corrections lost": sum(versions.get(id, 0) < 2 for id in corrected),
    }


def _write(place: str, writer: int, notes: Path, over: Event) -> None:
    with Archive.open(place, RandomEncoder()) as archive:
        for number in count(len(_lines(notes, "stored", writer))):
            if over.is_set():
                return
            # What was being stored when a writer was killed is stored again by the next.
            archive.add(_batch(writer, number))
            if number >= _CORRECTED_AFTER:
                archive.add(_batch(writer, number - _CORRECTED_AFTER, " Corrected."))
            with _noting(notes, "stored", writer) as note:
                note(str(number))


def _read(place: str, reader: int, notes: Path, over: Event) -> None:
    random_ = random.Random(reader)
    looks = articles = 0
    with Archive.open(place, RandomEncoder()) as archive, _noting(notes, "seen", reader) as note:
        while not over.is_set():
            writer = random_.randrange(_WRITERS)
            batches = len(_lines(notes, "stored", writer))
            # The newest are those that may be seen in part.
            number = max(0, batches + random_.choice([-20, -3, -1, 0, 0, 1]))
            found = archive.search(_word(writer, number), 5 * _BATCH, channels=["lexical"])
            ids = Counter(passage.article.id for passage in found)
            whole = {_BATCH} if number < batches else {0, _BATCH}
            if len(ids) not in whole or max(ids.values(), default=1) > 1:
                note(f"{_word(writer, number)}: {len(ids)}")
            if len(archive) < articles:
                note(f"{articles} articles became {len(archive)}")
            looks, articles = looks + 1, len(archive)
    with _noting(notes, "l", reader) as note:
        note(str(looks))


def _batch(writer: int, number: int, more: str = "") -> list[Article]:
    word = _word(writer, number)
    return [
        Article(f"{word}-{at}", f"Report {at}", f"The {word} was reported as number {at}.{more}")
        for at in range(_BATCH)
    ]


def _word(writer: int, number: int) -> str:
    return f"batch{writer}x{number}x"


def _lines(notes: Path, what: str, number: int) -> list[str]:
    file = notes / f"{what}-{number}"
    return file.read_text().splitlines() if file.exists() else []


@contextmanager
def _noting(notes: Path, what: str, number: int) -> Iterator[Any]:
    """What writes a line of notes, at once and whole."""
    with (notes / f"{what}-{number}").open("ab", 0) as file:
        yield lambda line: file.write(f"{line}\n".encode())
