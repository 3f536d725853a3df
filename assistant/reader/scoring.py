"""How good a reader is on examples whose answers are known."""

import re
import string
from collections import Counter
from collections.abc import Sequence

from assistant.reader.examples import Example
from corpus.sentences import sentences

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)

Found = tuple[Example, int, int, float]
"""An example, the span of its passage that was found, and the log-odds of answer to none."""


def scores(found: Sequence[Found]) -> dict[str, float]:
    """Exact match and F1 as in SQuAD, and whether the span stands in a sentence with an answer.

    These three are over the examples with an answer, whatever the odds say. The AUROC is that of
    the odds between examples with an answer and without.
    """
    answered = [each for each in found if each[0].spans]
    exact = [each for each in answered if each[0].exact]
    odds = [each[3] for each in answered], [each[3] for each in found if not each[0].spans]
    return {
        "exact match": _mean([max(_same(*pair) for pair in _pairs(each)) for each in exact]),
        "F1": _mean([max(_f1(*pair) for pair in _pairs(each)) for each in exact]),
        "sentence": _mean([_in_sentence(each) for each in answered]),
        "AUROC": round(area_under_curve(*odds), 4),
    }


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The probability that a positive scores above a negative, ties counting half; AUROC."""
    ordered = sorted([(each, 1) for each in positive] + [(each, 0) for each in negative])
    ranks = 0.0
    at = 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += sum(label for _, label in ordered[at:end]) * (at + 1 + end) / 2
        at = end
    count = len(positive), len(negative)
    if not all(count):
        return 0.5
    return (ranks - count[0] * (count[0] + 1) / 2) / (count[0] * count[1])


def _pairs(found: Found) -> list[tuple[list[str], list[str]]]:
    example, start, end, _ = found
    return [(_words(example.passage[start:end]), _words(each)) for each in example.answers]


def _words(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _same(one: list[str], other: list[str]) -> float:
    return float(one == other)


def _f1(one: list[str], other: list[str]) -> float:
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other)) if shared else 0.0


def _in_sentence(found: Found) -> float:
    example, start, _, _ = found
    for first, last in sentences(example.passage):
        if first <= start < last:
            return float(any(first < b and a < last for a, b in example.spans))
    return 0.0


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
