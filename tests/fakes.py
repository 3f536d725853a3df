"""Small exact stand-ins: what they compute can be computed again by hand."""

import os
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.reader import Reading
from index.tagging import Kind, Span

_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^.!?\n]+")


class FakeEncoder:
    """A bag of words: each word is a fixed random vector, a text their sum at unit length.

    The same in every process. ``asked`` lists every document text it was given to encode, in
    order; ``before_encoding``, if set, is called with the texts first, and may raise.
    """

    longest = 254

    def __init__(self, name: str = "fake", dimension: int = 16) -> None:
        self.name = name
        self.dimension = dimension
        self.fingerprint = sha256(f"{name} {dimension}".encode()).hexdigest()
        self.asked: list[str] = []
        self.before_encoding: Callable[[Sequence[str]], None] | None = None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.before_encoding:
            self.before_encoding(texts)
        self.asked += texts
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.encode_question(text)
        return vectors

    def encode_question(self, text: str) -> NDArray[np.float32]:
        words = _WORD.findall(text.casefold()) or [""]
        total = np.sum([self._word(word) for word in words], axis=0, dtype=np.float64)
        return (total / np.linalg.norm(total)).astype(np.float32)

    def _word(self, word: str) -> NDArray[np.float64]:
        content = f"{self.name} {word}".encode("utf-8", "surrogatepass")
        noise = blake2b(content, digest_size=self.dimension).digest()
        return np.frombuffer(noise, np.uint8) - 127.5


class NotingEncoder(FakeEncoder):
    """Writes down in a folder what it embeds; is killed at a text with "walrus" in it.

    So often as there are files called death, each of which it takes away first.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with (self.folder / f"{os.getpid()}.embedded").open("a") as file:
            file.writelines(f"{text!r}\n" for text in texts)
        if any("walrus" in text for text in texts):
            for left in self.folder.glob("death*"):
                left.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts)


class PlacedEncoder:
    """An encoder whose vectors a test gives: of a text those of the words in it, together."""

    name, fingerprint, longest = "placed", "0" * 64, 254

    def __init__(self, **places: Sequence[float]) -> None:
        self._places = {word: np.array(place, np.float32) for word, place in places.items()}
        self.dimension = len(next(iter(places.values())))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self.encode_question(text) for text in texts])

    def encode_question(self, text: str) -> NDArray[np.float32]:
        there = [place for word, place in self._places.items() if word in text]
        total = np.sum(there or [np.ones(self.dimension)], axis=0, dtype=np.float32)
        vector: NDArray[np.float32] = total / np.linalg.norm(total)
        return vector


class FakeTagger:
    """Finds the names that it was given, where they stand as whole words, the longest first.

    Only so many batches as are left; then it is killed.
    """

    def __init__(self, names: Mapping[str, Kind], name: str = "fake") -> None:
        self.name = name
        self.batches_left = 1_000
        longest_first = sorted(names, key=len, reverse=True)
        self._pattern = re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE)
        self._kinds = {name.casefold(): kind for name, kind in names.items()}

    def tag(self, texts: Sequence[tuple[str, str | None]]) -> list[list[Span]]:
        if self.batches_left == 0:
            raise KeyboardInterrupt
        self.batches_left -= 1
        return [
            [
                Span(*match.span(), self._kinds[match[0].casefold()])
                for match in self._pattern.finditer(text)
            ]
            for text, _ in texts
        ]


class FakeReader:
    """Takes the sentence for an answer that shares most words with the question: ``per_word``
    counts, and none is worth -2 against there being no answer. What answers in it is its first
    run of words that the question lacks. ``more`` is added to all odds; ``asked`` lists the
    questions it was given. Like a real one it reads only the beginning of what is very long.
    """

    name = "fake"
    latin_only = True
    longest = 400

    def __init__(self, more: float = 0.0, per_word: float = 2.0) -> None:
        self.more = more
        self.per_word = per_word
        self.asked: list[str] = []

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        self.asked.append(question)
        known = set(_WORD.findall(question.casefold()))
        return [self._read(known, passage) for passage in passages]

    def _read(self, known: set[str], passage: str) -> Reading:
        offsets: list[tuple[int, int]] = []
        starts: list[float] = []
        ends: list[float] = []
        for sentence in _SENTENCE.finditer(passage):
            words = list(islice(_WORD.finditer(passage, *sentence.span()), self.longest))
            old = [word[0].casefold() in known for word in words]
            shared = len({word[0].casefold() for word in words} & known)
            for at, word in enumerate(words):
                last = at + 1 == len(words) or old[at + 1]
                first = at == 0 or old[at - 1]
                offsets.append(word.span())
                starts.append(
                    shared * self.per_word / 2 - 1 - 9 * old[at] + 0.1 * first - 0.01 * at
                )
                ends.append(shared * self.per_word / 2 - 1 - 9 * old[at] + 0.1 * last - 0.01 * at)
        return Reading(
            np.array(offsets, np.int64).reshape(-1, 2),
            np.array(starts, np.float32) + self.more / 2,
            np.array(ends, np.float32) + self.more / 2,
        )


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """The time by which the archive goes."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now
