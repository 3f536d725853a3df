"""How well the archive answers a question: one number, and the reason when that is too little."""

import math
from collections.abc import Sequence
from datetime import date

from assistant.evidence import Sentence
from assistant.question import Question
from assistant.weights import WEIGHTS, SupportWeights
from index import Passage
from index.ranking import Rankings, recency

SURE = 0.6
"""An answer with less support is given with a warning that it had better be checked."""

# How much less than the best sentence's score a good one's may be.
_GOOD = 4.0
# Of how many found chunks the gap between the first and the last is looked at; where there are
# fewer, nothing can be said of it, and it counts as it does on average.
_COMPARED = 10
_USUAL_GAP = 0.35
_USUAL_SCORE = 10.0


def features(
    rankings: Rankings,
    passages: Sequence[Passage],
    evidence: Sequence[Sentence],
    asked: date | None,
) -> dict[str, float]:
    """What the support is made of, by the names in ``weights.json``; each from 0 to about 1.

    - *agreement*: the most that a sentence has of both channels, its cosine with the question
      times the share of the question's words that its passage has;
    - *best sentence*: the best sentence's score;
    - *lexical gap*: by what share the best BM25 score is above the tenth best, times the most of
      the question's words that a passage has;
    - *passage recency*, *sentence recency*: how recent the article of the best passage, and of
      the best sentence, was on the day of the question.
    """
    lexical = list(rankings.get("lexical", {}).values())
    gap = _USUAL_GAP
    if len(lexical) >= _COMPARED:
        gap = (lexical[0] - lexical[_COMPARED - 1]) / lexical[0]
    coverage = max(each.features["passage coverage"] for each in evidence)
    return {
        "agreement": max(
            each.features["similarity"] * each.features["passage coverage"] for each in evidence
        ),
        "best sentence": evidence[0].score / _USUAL_SCORE,
        "lexical gap": gap * coverage,
        "passage recency": recency(passages[0].article, asked),
        "sentence recency": recency(evidence[0].article, asked),
    }


def weights_for(asked: date | None) -> SupportWeights:
    """The weights for a question whose day is known, or for any other."""
    return WEIGHTS.support if asked is None else WEIGHTS.support_on_a_day


def support(
    question: Question,
    rankings: Rankings,
    passages: Sequence[Passage],
    evidence: Sequence[Sentence],
    asked: date | None,
) -> float:
    """The estimated probability that the archive answers the question, 0 to 1.

    A logistic regression, fitted on questions asked with and without the articles that answer
    them (``tests/benchmark/fit.py``). It is halved where a date, a number or the like is asked
    for, or what somebody said, and no good sentence has it.
    """
    if not evidence:
        return 0.0
    weights = weights_for(asked)
    found = features(rankings, passages, evidence, asked)
    total = weights.bias + sum(weight * found[name] for name, weight in weights.features.items())
    estimate = 1 / (1 + math.exp(-total))
    good = [each for each in evidence if each.score >= evidence[0].score - _GOOD]
    if (question.is_exact or question.speaker) and not any(each.answers for each in good):
        estimate /= 2
    return estimate
