"""Finds articles that carry one agency text, even if each paper cut, changed or extended it.

Texts are compared as sequences of words. Two texts are copies if most words of one stand in the
other in the same runs of words. So a paper may have cut the text short, written its own first
lines and edited others. But neither text may be only a small part of the other, such as a brief
in a digest of the day. A paper repeats itself, while different papers do not share long runs by
chance; so the threshold is higher for two texts of one paper.

To find candidates among many texts, fingerprints of the runs of each text are kept, chosen by
winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003). They find every common run of
``RUN_WORDS + WINDOW - 1`` words. MinHash estimates how much of *both* texts together is common,
and so would miss a short cut of a long text.
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

from corpus.encoding import caseless

RUN_WORDS = 5
"""The number of words in a run. With fewer, texts on one subject share runs by chance; with more,
a light edit destroys too many runs."""

LEAST_COMMON = 0.6
"""The share of one text's words that must be in common runs, for texts of two papers. Among 2,000
articles, different reports on one event with the same quotations had up to 0.55 in common. Copies
with new first lines, cuts and edits on both sides mostly had more."""

LEAST_COMMON_IN_ONE_PAPER = 0.8
"""The same for two texts of one paper, or of unknown papers. A paper repeats itself: the
background of yesterday's report, or the sentences around the numbers of a weekly draw, made up
to 0.78 of another article."""

LEAST_LENGTH = 1 / 6
"""A copy has at least this share of the other's length; less is a caption or a digest item."""

FEWEST_WORDS = 30
"""Shorter texts are never copies: many articles say only that the reader has to subscribe."""

DAYS_BETWEEN_ISSUES = 7
"""Texts that were published this far apart are no copies if their numbers differ: an office reports
on each week or month in the same words."""

WINDOW = 20
"""At least one of this many consecutive runs is kept as a fingerprint."""

_FINGERPRINT_BITS = 48
_LEAST_FINGERPRINTS = 0.1

# Han and kana are written without spaces, so each letter counts as a word. In other scripts
# without spaces, such as Thai, everything between two spaces or marks counts as one word.
_LETTER = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_WORD = re.compile(rf"{_LETTER}|(?:(?!{_LETTER})\w)+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def words(text: str) -> list[str]:
    """The words of a text as they are compared: without case, punctuation or invisible marks."""
    return _WORD.findall(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold())


@dataclass(frozen=True)
class Wording:
    """The words of a text in order, without the details in which copies habitually differ."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Wording":
        return cls(tuple(words(text)))

    @property
    def is_comparable(self) -> bool:
        """Whether the text is long enough to recognise a copy."""
        return len(self.words) >= FEWEST_WORDS

    @property
    def digest(self) -> bytes:
        """A hash of 16 bytes that is equal for two texts only if they have the same words."""
        content = " ".join(self.words).encode("utf-8", "surrogatepass")
        return blake2b(content, digest_size=16).digest()

    @cached_property
    def runs(self) -> NDArray[np.uint64]:
        """A hash of each run of ``RUN_WORDS`` words, in text order, the same in any process."""
        hashes = np.array(
            [crc32(word.encode("utf-8", "surrogatepass")) for word in self.words], np.uint64
        )
        count = max(0, len(hashes) - RUN_WORDS + 1)
        runs = np.zeros(count, np.uint64)
        for offset in range(RUN_WORDS):
            runs = _mix(runs ^ hashes[offset : offset + count])
        return runs

    @property
    def numbers(self) -> frozenset[str]:
        """The words with a digit."""
        return frozenset(word for word in self.words if any(map(str.isdecimal, word)))

    @property
    def fingerprints(self) -> list[int]:
        """The smallest hash in each window of ``WINDOW`` runs, below 2 ** 48, ascending."""
        if not len(self.runs):
            return []
        width = min(WINDOW, len(self.runs))
        windows = np.lib.stride_tricks.sliding_window_view(self.runs, width)
        least = np.unique(windows.min(axis=1) >> np.uint64(64 - _FINGERPRINT_BITS))
        return [int(fingerprint) for fingerprint in least]

    def common(self, *others: "Wording") -> float:
        """The share of the words, from 0 to 1, that are in a run of any of the other texts."""
        if not self.words:
            return 0.0
        other_runs = np.concatenate([other.runs for other in others])
        shared = np.flatnonzero(np.isin(self.runs, other_runs))
        covered = np.zeros(len(self.words), bool)
        for offset in range(RUN_WORDS):
            covered[shared + offset] = True
        return float(covered.mean())


def in_common(one: Wording, other: Wording) -> float:
    """The larger share of one text, from 0 to 1, that is in the other; symmetric.

    It is also 0 if the texts are too short, or too different in length, to be copies.
    """
    shorter, longer = sorted((len(one.words), len(other.words)))
    if not one.is_comparable or not other.is_comparable or shorter < LEAST_LENGTH * longer:
        return 0.0
    return max(one.common(other), other.common(one))


def are_copies(common: float, papers: Iterable[str | None], others: Iterable[str | None]) -> bool:
    """Whether two texts with this share in common are copies of one text.

    ``papers`` carry one text and ``others`` the other. Below the threshold for one paper, there
    must be two different papers, one from each side.
    """
    if common >= LEAST_COMMON_IN_ONE_PAPER:
        return True
    first = {caseless(paper) for paper in papers if paper}
    second = {caseless(paper) for paper in others if paper}
    return common >= LEAST_COMMON and bool(first and second) and len(first | second) > 1


def are_issues(one: Wording, other: Wording) -> bool:
    """Whether each text has a number that the other lacks; a cut copy only lacks some."""
    return bool(one.numbers - other.numbers and other.numbers - one.numbers)


def may_be_copies(shared: int, one: int, other: int) -> bool:
    """Whether two texts are worth comparing, by their numbers of shared and own fingerprints."""
    return shared >= _LEAST_FINGERPRINTS * min(one, other)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread numbers evenly over 64 bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
