"""Small exact stand-ins: what they compute can be computed again by hand."""

import re
from collections.abc import Callable, Sequence
from hashlib import blake2b, sha256

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")


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
