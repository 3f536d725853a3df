"""Which texts are one agency text in several papers, whatever each has cut, changed or added.

A text is compared as the row of its words. Two texts are copies where most words of one stand in
the other in the same runs of words, so that a paper may have cut the text short, written its own
first lines, and edited others; and where neither is only a small part of the other, such as a
brief in a digest of the day. A paper repeats itself, different papers do not have the same words
by chance: so more is asked of two texts of one paper.

To find the candidates among many texts, each keeps some fingerprints of its runs of words, by
winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003). Unlike MinHash, which estimates how
much of *both* texts together is common and so misses a short cut of a long text, they find every
common run of ``RUN_WORDS + WINDOW - 1`` words.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

RUN_WORDS = 5
"""So many words in a row are one run: fewer, and texts on one subject share them by chance;
more, and a light edit takes too many runs away."""

LEAST_COMMON = 0.6
"""The part of one text's words that has to stand in common runs, if two papers carry them.
Different papers that report on one event, with the same quotations, had up to 0.55 in common
among 2,000 articles; copies with other first lines, cuts and edits on both sides mostly more."""

LEAST_COMMON_IN_ONE_PAPER = 0.8
"""The same for two texts of one paper, or of papers that are not known. A paper repeats itself:
the background of yesterday's report, or the sentences around the numbers of a weekly draw, were
up to 0.78 of another article."""

LEAST_LENGTH = 1 / 6
"""A copy is at least such a part of the other text; less is a caption or an item in a digest."""

FEWEST_WORDS = 30
"""Shorter texts are never copies: that one has to subscribe is said under many headlines."""

WINDOW = 20
"""Of so many runs in a row, one at least is kept as a fingerprint."""

_FINGERPRINT_BITS = 48
_LEAST_FINGERPRINTS = 0.1

# Han and kana are written without spaces; each letter counts as a word. What else is written so,
# such as Thai, has words as long as what stands between its spaces and marks.
_LETTER = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_WORD = re.compile(rf"{_LETTER}|(?:(?!{_LETTER})\w)+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def words(text: str) -> list[str]:
    """The words of a text as they are compared: letter case, accents' codes, marks left aside."""
    return _WORD.findall(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold())


@dataclass(frozen=True)
class Wording:
    """The words of a text in their order, without anything that copies differ in by habit."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Wording":
        return cls(tuple(words(text)))

    @property
    def is_comparable(self) -> bool:
        """Whether it is long enough to tell a copy."""
        return len(self.words) >= FEWEST_WORDS

    @property
    def digest(self) -> bytes:
        """What two texts have in common exactly where they have the same words, 16 bytes."""
        content = " ".join(self.words).encode("utf-8", "surrogatepass")
        return blake2b(content, digest_size=16).digest()

    @cached_property
    def runs(self) -> NDArray[np.uint64]:
        """A hash of each run of ``RUN_WORDS`` words, in their order, the same in any process."""
        hashes = np.array(
            [crc32(word.encode("utf-8", "surrogatepass")) for word in self.words], np.uint64
        )
        count = max(0, len(hashes) - RUN_WORDS + 1)
        runs = np.zeros(count, np.uint64)
        for at in range(RUN_WORDS):
            runs = _mixed(runs ^ hashes[at : at + count])
        return runs

    @property
    def fingerprints(self) -> list[int]:
        """The least of every ``WINDOW`` runs in a row, below 2 ** 48, in rising order."""
        if not len(self.runs):
            return []
        width = min(WINDOW, len(self.runs))
        windows = np.lib.stride_tricks.sliding_window_view(self.runs, width)
        least = np.unique(windows.min(axis=1) >> np.uint64(64 - _FINGERPRINT_BITS))
        return [int(fingerprint) for fingerprint in least]

    def common(self, *others: "Wording") -> float:
        """The part of its words, from 0 to 1, that stand in a run which any of the others has."""
        if not self.words:
            return 0.0
        theirs = np.concatenate([other.runs for other in others])
        shared = np.flatnonzero(np.isin(self.runs, theirs))
        covered = np.zeros(len(self.words), bool)
        for at in range(RUN_WORDS):
            covered[shared + at] = True
        return float(covered.mean())


def in_common(one: Wording, other: Wording) -> float:
    """What part of one text, from 0 to 1, is in the other; the same whichever comes first.

    0 as well where the texts are too short, or too unlike in length, to be copies.
    """
    shorter, longer = sorted((len(one.words), len(other.words)))
    if not one.is_comparable or not other.is_comparable or shorter < LEAST_LENGTH * longer:
        return 0.0
    return max(one.common(other), other.common(one))


def are_copies(common: float, papers: Iterable[str | None], others: Iterable[str | None]) -> bool:
    """Whether texts with so much in common are one text.

    ``papers`` carry the one, ``others`` the other; it is one of each that has to differ.
    """
    if common >= LEAST_COMMON_IN_ONE_PAPER:
        return True
    here = {paper.casefold() for paper in papers if paper}
    there = {paper.casefold() for paper in others if paper}
    return common >= LEAST_COMMON and bool(here and there) and len(here | there) > 1


def may_be_copies(shared: int, one: int, other: int) -> bool:
    """Whether texts of so many fingerprints, so many of them shared, are worth comparing."""
    return shared >= _LEAST_FINGERPRINTS * min(one, other)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers spread evenly over 64 bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
