"""How well the archive answers a question: one number, and the reason when that is too little."""

import math
from collections.abc import Sequence

from assistant.evidence import Sentence
from assistant.weights import WEIGHTS
from index import Passage


def features(passages: Sequence[Passage], evidence: Sequence[Sentence]) -> dict[str, float]:
    """What the support is made of, by the names in ``weights.json``."""
    found = {"passage similarity": max((each.why.get("dense", 0.0) for each in passages), default=0.0)}
    for name in ("similarity", "passage coverage", "in order"):
        found[name] = max((each.features[name] for each in evidence), default=0.0)
    return found


def support(passages: Sequence[Passage], evidence: Sequence[Sentence]) -> float:
    """The estimated probability that the archive answers the question, 0 to 1.

    A logistic regression, fitted on questions asked with and without the articles that answer
    them (``tests/benchmark/fit.py``).
    """
    if not evidence:
        return 0.0
    weights = WEIGHTS.support
    found = features(passages, evidence)
    total = weights["bias"] + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-total))
