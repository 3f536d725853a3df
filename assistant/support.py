"""How likely it is that the archive answers a question: one number."""

import math
from collections.abc import Sequence

from assistant.evidence import Sentence

THRESHOLD = 0.18
"""An answer with less support is refused."""

SURE = 0.5
"""An answer with less support is given with a warning that it should be checked."""

# Fitted on the reader's held-out questions by ``python -m tests.benchmark calibrate``.
_BIAS, _ODDS, _FIRST_ODDS, _SIMILARITY = -1.324, 0.235, 0.119, 1.733


def support(evidence: Sequence[Sentence]) -> float:
    """The estimated probability, from 0 to 1, that the best sentence answers.

    A logistic regression (Platt scaling) over both readings' log-odds of an answer against none,
    and the sentence's cosine with the question.
    """
    if not evidence:
        return 0.0
    best = evidence[0]
    odds = _BIAS + _ODDS * best.odds + _FIRST_ODDS * best.first_odds
    # That the asked person says something is no proof of an answer; if somebody else does, that
    # counts against it.
    odds += _SIMILARITY * best.similarity + min(0.0, best.speaker_odds)
    return 1 / (1 + math.exp(-odds))
