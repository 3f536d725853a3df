"""Fits the numbers in assistant/weights.json.

A sentence's weights by the likelihood that, of all sentences read for a question, the softmax of
their scores gives to those that hold its answer; the support's by logistic regression on each
question asked with its evidence and without it. Questions are few, so no more is fitted than a
handful of numbers, and every figure printed is of questions that were left out of the fit.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant import support
from assistant.assistant import READ
from assistant.evidence import Topic, gather
from assistant.question import Question as Asked
from assistant.weights import FILE
from index import Archive
from index.archive import TextEncoder
from tests.benchmark.answers import groups_without
from tests.benchmark.metrics import area_under_curve, holds
from tests.benchmark.questions import Question

REFUSED = 0.1
"""The share of questions that the archive answers which the threshold may refuse."""

_FOLDS = 10
_PENALTY = 0.01


@dataclass(frozen=True, slots=True)
class Example:
    """What was read for one question: of each sentence its features and whether it answers."""

    question: str
    answerable: bool
    sentences: NDArray[np.float64]
    holds: NDArray[np.bool_]
    support: list[float]


def fit(archive: Archive, encoder: TextEncoder, questions: Sequence[Question]) -> dict[str, Any]:
    """The weights, as the file has them, and under "left out" how well they do."""
    with_it = [_example(archive, question, True) for question in questions]
    without_it = [
        _example(lacking, question, False)
        for group, lacking in groups_without(archive, encoder, questions)
        for question in group
    ]
    sentence_names, support_names = _names(archive, questions[0])
    useful = [each for each in with_it if each.holds.any()]
    asked = with_it + without_it
    estimates = _left_out_estimates(asked)
    answerable = np.array([each.answerable for each in asked])
    threshold = float(np.quantile(estimates[answerable], REFUSED))
    model = _logistic(asked)
    return {
        "weights": {
            "sentence": _rounded(sentence_names, _rank(useful)),
            "support": {
                "bias": round(float(model.intercept_[0]), 2),
                **_rounded(support_names, model.coef_[0]),
            },
            "threshold": round(threshold, 2),
        },
        "left out": {
            "best sentence holds the answer": _left_out_hits(useful),
            "AUROC of support": area_under_curve(
                list(estimates[answerable]), list(estimates[~answerable])
            ),
            "refused without evidence": float(np.mean(estimates[~answerable] < threshold)),
        },
    }


def write(weights: dict[str, Any]) -> None:
    """Puts fitted weights in the place where the assistant reads them."""
    FILE.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


def _example(archive: Archive, question: Question, answerable: bool) -> Example:
    asked = Asked(question.text)
    passages = archive.search(asked.text, READ)
    evidence = gather(archive, asked, Topic(archive, asked), passages)
    return Example(
        question.text,
        answerable,
        np.array([list(each.features.values()) for each in evidence]),
        np.array([holds(each.text, question.answer) for each in evidence]),
        list(support.features(passages, evidence).values()),
    )


def _names(archive: Archive, question: Question) -> tuple[list[str], list[str]]:
    asked = Asked(question.text)
    passages = archive.search(asked.text, READ)
    evidence = gather(archive, asked, Topic(archive, asked), passages)
    return list(evidence[0].features), list(support.features(passages, evidence))


def _rank(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Weights of the sentences' features."""
    # Scaled to one spread, so that the penalty weighs all features alike.
    scale = np.vstack([each.sentences for each in examples]).std(axis=0) + 1e-9
    data = [(torch.tensor(each.sentences / scale), torch.tensor(each.holds)) for each in examples]
    weights = torch.zeros(len(scale), dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=100)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        misses = [
            torch.logsumexp(features @ weights, 0) - torch.logsumexp((features @ weights)[right], 0)
            for features, right in data
        ]
        total = torch.stack(misses).mean() + _PENALTY * (weights**2).sum()
        total.backward()
        return total

    optimiser.step(loss)
    fitted: NDArray[np.float64] = weights.detach().numpy() / scale
    return fitted


def _left_out_hits(examples: Sequence[Example]) -> float:
    hits: list[bool] = []
    for training, tested in _folds(examples):
        weights = _rank([examples[at] for at in training])
        hits += [
            bool(examples[at].holds[np.argmax(examples[at].sentences @ weights)]) for at in tested
        ]
    return float(np.mean(hits))


def _logistic(examples: Sequence[Example]) -> LogisticRegression:
    features = np.array([each.support for each in examples])
    return LogisticRegression(C=10).fit(features, [each.answerable for each in examples])


def _left_out_estimates(examples: Sequence[Example]) -> NDArray[np.float64]:
    estimates = np.zeros(len(examples))
    for training, tested in _folds(examples):
        model = _logistic([examples[at] for at in training])
        features = np.array([examples[at].support for at in tested])
        estimates[tested] = model.predict_proba(features)[:, 1]
    return estimates


def _folds(examples: Sequence[Example]) -> Iterator[tuple[NDArray[np.int_], NDArray[np.int_]]]:
    """Parts to fit on and to test on; a question is never in both."""
    questions = [each.question for each in examples]
    folds = min(_FOLDS, len(set(questions)))
    yield from GroupKFold(folds).split(questions, groups=questions)


def _rounded(names: Sequence[str], weights: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}
