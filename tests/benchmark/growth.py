"""What it costs to add ten articles to a small archive, and to one many times as large."""

import random
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from corpus import Article
from index import Archive

_ADDED = 10
_WORDS_OF_AN_ARTICLE = 300
_VOCABULARY = 30_000


class RandomEncoder:
    """Random unit vectors, the same for the same text; ``seconds`` is what they took."""

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
        yield Article(f"{seed}-{number}", title, " ".join(sentences), f"Paper {number % 50}")


def measure(folder: Path, sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """Milliseconds, the encoder's left out, for archives of these sizes."""
    archives = {size: _build(folder / str(size), size) for size in sizes}
    return {
        "added": _ADDED,
        "rounds": rounds,
        "sizes": {
            size: {"chunks": chunks, **_add(folder / str(size), rounds)}
            for size, chunks in archives.items()
        },
    }


def _build(folder: Path, size: int) -> int:
    with Archive.create(folder, RandomEncoder()) as archive:
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
