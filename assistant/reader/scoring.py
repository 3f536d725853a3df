"""How good a reader is on examples whose answers are known."""

import re
import string
from collections import Counter
from collections.abc import Sequence

from sklearn.metrics import roc_auc_score

from assistant.reader.examples import Example
from corpus.sentences import sentences

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)

Result = tuple[Example, int, int, float]
"""An example, the span found in its passage, and the log-odds of that answer against none."""


def scores(results: Sequence[Result]) -> dict[str, float]:
    """Exact match and F1 as in SQuAD, the rate of spans in a right sentence, and the AUROC.

    The first three are over the examples with an answer, whatever the odds are. The AUROC says how
    well the odds separate examples with an answer from those without.
    """
    answered = [result for result in results if result[0].spans]
    exact = [result for result in answered if result[0].exact]
    unanswered = [result for result in results if not result[0].spans]
    odds = [result[3] for result in answered], [result[3] for result in unanswered]
    return {
        "exact match": _mean(
            [any(prediction == answer for prediction, answer in _pairs(result)) for result in exact]
        ),
        "F1": _mean([max(_f1(*pair) for pair in _pairs(result)) for result in exact]),
        "sentence": _mean([_in_sentence(result) for result in answered]),
        "AUROC": round(area_under_curve(*odds), 4),
    }


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The probability that a positive scores higher than a negative, ties counting half; AUROC."""
    if not positive or not negative:
        return 0.5
    labels = [1] * len(positive) + [0] * len(negative)
    return float(roc_auc_score(labels, [*positive, *negative]))


def _pairs(result: Result) -> list[tuple[list[str], list[str]]]:
    example, start, end, _ = result
    return [(_words(example.passage[start:end]), _words(answer)) for answer in example.answers]


def _words(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _f1(one: list[str], other: list[str]) -> float:
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other)) if shared else 0.0


def _in_sentence(result: Result) -> float:
    example, start, _, _ = result
    for first, last in sentences(example.passage):
        if first <= start < last:
            return float(any(first < b and a < last for a, b in example.spans))
    return 0.0


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
