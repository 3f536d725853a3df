"""How likely it is that the archive answers a question: one number."""

import math
from collections.abc import Sequence

from assistant.evidence import Sentence, coverage
from index.lexical import QueryWord

THRESHOLD = 0.5
"""An answer with less support is not given."""

SURE = 0.7
"""An answer with less support is given with a warning that it had better be checked."""

# Fitted on the reader's held-out questions by ``python -m tests.benchmark calibrate``.
_BIAS = -1.0
_WEIGHTS = {"odds": 0.3, "similarity": 0.0, "passage": 0.0, "covered": 2.0, "around": 0.0}


def features(asked: Sequence[QueryWord], evidence: Sequence[Sentence]) -> dict[str, float]:
    """What the support is made of, all of the best sentence.

    - *odds*: the reader's log-odds of an answer against none;
    - *similarity*: its cosine with the question; *passage*: that of its passage;
    - *covered*: the share of the question's words that its passage and its headline have;
    - *around*: the share that its whole article has.
    """
    best = evidence[0]
    title = best.article.title
    return {
        "odds": best.odds,
        "similarity": best.similarity,
        "passage": best.passage.why.get("dense", 0.0),
        "covered": coverage(asked, f"{title}\n{best.passage.text}"),
        "around": coverage(asked, f"{title}\n{best.article.text}"),
    }


def support(asked: Sequence[QueryWord], evidence: Sequence[Sentence]) -> float:
    """The estimated probability that the best sentence answers, 0 to 1: a logistic regression
    over its ``features``."""
    if not evidence:
        return 0.0
    given = features(asked, evidence)
    total = _BIAS + sum(weight * given[name] for name, weight in _WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
