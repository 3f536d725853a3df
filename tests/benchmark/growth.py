"""What it costs to search a small archive and one many times as large, and to add ten articles."""

import multiprocessing
import os
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from corpus import Article
from corpus.article import Published
from index import Archive, Filters
from index.vectors import CELLS_SEARCHED
from tests.benchmark.metrics import milliseconds, resident_memory

_ADDED = 10
_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_DAYS = 20 * 365
# A year of twenty.
_WITHIN = Filters(after=date(2010, 1, 1), before=date(2010, 12, 31))
_TOPICS = 5_000
_WORDS_OF_AN_ARTICLE = 300
_VOCABULARY = 30_000


@cache
def _topics(dimension: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).standard_normal((_TOPICS, dimension), np.float32)


class RandomEncoder:
    """Random unit vectors, the same for the same text; ``seconds`` is what they took.

    Each is near one of ``_TOPICS`` points, since those of real texts lie in heaps, too.
    """

    name = "random"
    fingerprint = sha256(b"random").hexdigest()
    dimension = 384
    longest = 254

    def __init__(self) -> None:
        self.seconds = 0.0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        began = perf_counter()
        vectors = np.array([self.encode_question(text) for text in texts], np.float32)
        self.seconds += perf_counter() - began
        return vectors

    def encode_question(self, text: str) -> NDArray[np.float32]:
        seed = int.from_bytes(sha256(text.encode()).digest()[:8])
        vector = np.random.default_rng(seed).standard_normal(self.dimension, np.float32)
        vector += _topics(self.dimension)[seed % _TOPICS]
        unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
        return unit


def articles(count: int, seed: int = 0) -> Iterator[Article]:
    """Made-up articles whose words are about as frequent as those of a language (Zipf's law)."""
    random_ = random.Random(seed)
    numbers = range(1, _VOCABULARY + 1)
    words = [f"word{number}" for number in numbers]
    weights = [1 / number for number in numbers]
    for number in range(count):
        drawn = random_.choices(words, weights, k=_WORDS_OF_AN_ARTICLE)
        sentences = [" ".join(drawn[at : at + 20]) + "." for at in range(0, len(drawn), 20)]
        title = " ".join(drawn[::40])
        day = _FIRST_DAY + timedelta(number % _DAYS)
        yield Article(
            f"{seed}-{number}",
            title,
            " ".join(sentences),
            f"Paper {number % 50}",
            Published(day, "day", "metadata"),
        )


def questions(count: int) -> list[str]:
    """Made-up questions: two words that some hundred articles have, or more, and one of others."""
    chance = random.Random("questions")
    return [
        f"word{chance.randint(10, 99)} word{chance.randint(100, 999)} "
        f"word{chance.randint(1000, _VOCABULARY)}"
        for _ in range(count)
    ]


def measure(folder: Path, sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """Milliseconds, the encoder's left out when articles are added, for archives of these sizes."""
    archives = {size: _build(folder / str(size), size) for size in sizes}
    return {
        "added": _ADDED,
        "rounds": rounds,
        "sizes": {
            size: {
                "chunks": chunks,
                **_search_by_itself(folder / str(size), rounds),
                **_add(folder / str(size), rounds),
            }
            for size, chunks in archives.items()
        },
    }


def _search_by_itself(folder: Path, rounds: int) -> dict[str, Any]:
    """What searching takes in a program that does nothing else, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_search, (folder, rounds))


def _search(folder: Path, rounds: int) -> dict[str, Any]:
    encoder = RandomEncoder()
    began = perf_counter()
    archive = Archive.open(folder, encoder)
    archive.search("word17 word400")
    opened = perf_counter() - began
    asked = questions(10 * rounds)
    ways: dict[str, Callable[[str], object]] = {
        "bare": lambda question: archive.search(question, 10),
        "within a year": lambda question: archive.search(question, 10, _WITHIN),
        "by words alone": lambda question: archive.search(question, 10, channels=["lexical"]),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for question in asked:
        for way, search in ways.items():
            began = perf_counter()
            search(question)
            seconds[way].append(perf_counter() - began)
    memory = resident_memory(os.getpid())
    files = (file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return {
        "open and search once": 1000 * opened,
        "searches": {way: milliseconds(times) for way, times in seconds.items()},
        "of the ten nearest, found": recall(
            archive, asked[:50], "index.vectors.CELLS_SEARCHED", (CELLS_SEARCHED, 10**9)
        ),
        "memory in MiB": memory,
        "disk in MiB": sum(files) / 2**20,
    }


def recall(
    archive: Archive,
    asked: Sequence[str],
    setting: str,
    values: tuple[int, int],
    filters: Filters | None = None,
) -> float:
    """What share of the ten nearest chunks is found with the first value of a setting, of those
    that are found with the second, by which all are compared.
    """
    shares = []
    for question in asked:
        near = []
        for value in values:
            with patch(setting, value):
                passages = archive.search(question, 10, filters, channels=["dense"])
                near.append({(passage.article.id, passage.start) for passage in passages})
        shares.append(len(near[0] & near[1]) / len(near[1]))
    return sum(shares) / len(shares)


def _build(folder: Path, size: int) -> int:
    """Make an archive of so many articles, unless there is one, and count its chunks."""
    is_there = folder.exists()
    with (Archive.open if is_there else Archive.create)(folder, RandomEncoder()) as archive:
        if not is_there:
            archive.add(tqdm(articles(size), f"Building {size}", size, disable=None))
        return archive.overview().chunks


def _add(folder: Path, rounds: int) -> dict[str, Any]:
    """A command that opens the archive and adds; a chat that is open, and what it notices."""
    seconds: dict[str, list[float]] = {
        "add by a command of its own": [],
        "add in a program that searches": [],
        "search": [],
        "search right after articles came": [],
    }
    encoder = RandomEncoder()

    def timed(name: str, act: Callable[[], object]) -> None:
        encoder.seconds = 0.0
        began = perf_counter()
        act()
        seconds[name].append(perf_counter() - began - encoder.seconds)

    with Archive.open(folder, encoder) as running:
        running.search("word17 word400")
        for number in range(rounds):
            news = [list(articles(_ADDED, seed=1 + 2 * number + which)) for which in range(2)]

            def command(some: Sequence[Article] = news[0]) -> None:
                with Archive.open(folder, encoder) as archive:
                    archive.add(some)

            timed("search", lambda: running.search("word30 word500"))
            timed("add by a command of its own", command)
            timed("search right after articles came", lambda: running.search("word30 word500"))
            timed("add in a program that searches", lambda some=news[1]: running.add(some))
    return {
        name: {
            "median": 1000 * median(times),
            "least": 1000 * min(times),
            "most": 1000 * max(times),
        }
        for name, times in seconds.items()
    }
