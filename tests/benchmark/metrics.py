"""What the benchmark counts, on plain lists of numbers and texts."""

import re
import resource
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from assistant.reader.scoring import area_under_curve as area_under_curve

Rank = int | None
"""Of the first right one, from 1; None where none was found."""


def first_rank(found: Iterable[str], right: Collection[str]) -> Rank:
    """The rank of the first right one among the distinct ones that were found, best first."""
    distinct = dict.fromkeys(found)
    return next((rank for rank, id in enumerate(distinct, start=1) if id in right), None)


def hit_rate(ranks: Sequence[Rank], most: int) -> float:
    """The share of the ranks that are ``most`` or better."""
    return share(rank is not None and rank <= most for rank in ranks)


def mean_reciprocal_rank(ranks: Sequence[Rank], most: int) -> float:
    """The mean of 1 / rank, where a rank beyond ``most`` counts nothing."""
    return _mean(1 / rank if rank is not None and rank <= most else 0.0 for rank in ranks)


def share(outcomes: Iterable[bool]) -> float:
    """What share of them is true; 0 of none."""
    return _mean(float(outcome) for outcome in outcomes)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many percent lie, between two neighbours in proportion."""
    return float(np.percentile(values, percent))


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile of durations, in milliseconds."""
    return {f"p{percent}": 1000 * percentile(seconds, percent) for percent in (50, 95)}


def normalise(text: str) -> str:
    """A text as answers are compared: its words in lower case, with no punctuation between.

    What belongs to a number stays (``5.9``, ``60%``, ``$10000``), and a leading article goes.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"(?<=\d),(?=\d{3})", "", folded)
    words = re.findall(r"[$€£¥]?\w+(?:(?<=\d)\.(?=\d)\w+)*%?", folded)
    return " ".join(words[1:] if len(words) > 1 and words[0] in {"a", "an", "the"} else words)


def holds(text: str, answer: str) -> bool:
    """Whether the words of an answer stand in a text, one after the other."""
    return f" {normalise(answer)} " in f" {normalise(text)} "


def first_words(text: str, most: int) -> str:
    """A text cut after so many words."""
    return " ".join(text.split()[:most])


def peak_memory() -> float:
    """The most memory that this process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def resident_memory(process: int) -> float:
    """The memory that a process holds now, in MiB; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / 2**20


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return sum(values) / len(values) if values else 0.0
