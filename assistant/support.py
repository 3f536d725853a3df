"""How well the archive answers a question: one number, and the reason when that is too little."""

import math
from collections.abc import Sequence

from assistant.evidence import Sentence
from assistant.question import Question
from assistant.weights import WEIGHTS
from index import Passage

# How much less than the best sentence's score a good one's may be.
_GOOD = 4.0


def features(passages: Sequence[Passage], evidence: Sequence[Sentence]) -> dict[str, float]:
    """What the support is made of, by the names in ``weights.json``."""
    found = {
        "passage similarity": max((each.why.get("dense", 0.0) for each in passages), default=0.0)
    }
    for name in ("passage coverage", "in order"):
        found[name] = max((each.features[name] for each in evidence), default=0.0)
    return found


def support(question: Question, passages: Sequence[Passage], evidence: Sequence[Sentence]) -> float:
    """The estimated probability that the archive answers the question, 0 to 1.

    A logistic regression, fitted on questions asked with and without the articles that answer
    them (``tests/benchmark/fit.py``). It is halved where a date, a number or the like is asked
    for and no good sentence has one.
    """
    if not evidence:
        return 0.0
    weights = WEIGHTS.support
    found = features(passages, evidence)
    total = weights["bias"] + sum(weights[name] * value for name, value in found.items())
    estimate = 1 / (1 + math.exp(-total))
    good = [each for each in evidence if each.score >= evidence[0].score - _GOOD]
    if question.is_exact and not any(each.answers for each in good):
        estimate /= 2
    return estimate
