"""Fits the numbers in assistant/weights.json.

A sentence's weights by the likelihood that, of all sentences read for a question, the softmax of
their scores gives to those that hold its answer; the support's by logistic regression on each
question asked with its evidence and without it. Questions are few, so no more is fitted than a
handful of numbers, and every figure printed is of questions that were left out of the fit.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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

REFUSED = {True: 0.12, False: 0.1}
"""The share of questions that the archive answers which the threshold may refuse, by whether
they are asked on their day: there fewer are, because "this week" in them becomes a filter, of
which nothing is known here."""

FEATURES = ("agreement", "best sentence", "lexical gap")
DAY_FEATURES = (*FEATURES, "passage recency", "sentence recency")

_FOLDS = 10
_PENALTY = 0.01


@dataclass(frozen=True, slots=True)
class Example:
    """What was read for one question: of each sentence its features and whether it answers."""

    question: str
    answerable: bool
    sentences: dict[str, NDArray[np.float64]]
    holds: NDArray[np.bool_]
    support: dict[str, float]


def fit(archive: Archive, encoder: TextEncoder, questions: Sequence[Question]) -> dict[str, Any]:
    """The weights as the file has them, how well they do, and how well without each feature.

    Each question is asked on its day and on none. The sentences' weights are fitted on both
    together, the support's on each. What is under "left out" and "without" was measured on
    questions that were not fitted on.
    """
    with_it = {
        on_its_day: [_example(archive, question, True, on_its_day) for question in questions]
        for on_its_day in (True, False)
    }
    without_it: dict[bool, list[Example]] = {True: [], False: []}
    for group, lacking in groups_without(archive, encoder, questions):
        for on_its_day, examples in without_it.items():
            examples += [_example(lacking, question, False, on_its_day) for question in group]
    useful = [each for examples in with_it.values() for each in examples if each.holds.any()]
    names = list(useful[0].sentences)
    on_a_day, left_out_on_a_day = _support([*with_it[True], *without_it[True]], DAY_FEATURES)
    support_weights, left_out = _support([*with_it[False], *without_it[False]], FEATURES)
    return {
        "weights": {
            "sentence": _rounded(names, _rank(useful)),
            "support": support_weights,
            "support on a day": on_a_day,
        },
        "left out": {
            "best sentence holds the answer": _left_out_hits(useful),
            "on its day": left_out_on_a_day,
            "on no day": left_out,
        },
        "without": {
            "best sentence holds the answer": {
                name: _left_out_hits([_lacking(each, name) for each in useful]) for name in names
            },
            "AUROC of support, on its day": _without(
                [*with_it[True], *without_it[True]], DAY_FEATURES
            ),
            "AUROC of support, on no day": _without(
                [*with_it[False], *without_it[False]], FEATURES
            ),
        },
    }


def _lacking(example: Example, name: str) -> Example:
    """An example without one of its sentences' features."""
    left = {each: values for each, values in example.sentences.items() if each != name}
    return replace(example, sentences=left)


def _without(examples: Sequence[Example], names: Sequence[str]) -> dict[str, float]:
    """How well the support does on questions left out, fitted without each of its features."""
    return {
        name: _support(examples, [each for each in names if each != name])[1]["AUROC of support"]
        for name in names
    }


def _support(examples: Sequence[Example], names: Sequence[str]) -> tuple[Any, Any]:
    """The weights of an answer's support, and how well such weights do on questions left out."""
    estimates = _left_out_estimates(examples, names)
    answerable = np.array([each.answerable for each in examples])
    threshold = float(np.quantile(estimates[answerable], REFUSED["passage recency" in names]))
    model = _logistic(examples, names)
    weights = {
        "bias": round(float(model.intercept_[0]), 2),
        "features": _rounded(names, model.coef_[0]),
        "threshold": round(threshold, 2),
    }
    return weights, {
        "AUROC of support": area_under_curve(
            list(estimates[answerable]), list(estimates[~answerable])
        ),
        "refused without evidence": float(np.mean(estimates[~answerable] < threshold)),
    }


def write(weights: dict[str, Any]) -> None:
    """Puts fitted weights in the place where the assistant reads them."""
    FILE.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


def _example(archive: Archive, question: Question, answerable: bool, on_its_day: bool) -> Example:
    asked = Asked(question.text)
    day = question.asked_on if on_its_day else None
    rankings = archive.rankings(asked.text)
    passages = archive.passages(rankings, READ, day)
    topic = Topic(archive, asked)
    evidence = gather(archive, asked, topic, passages, day)
    return Example(
        question.text,
        answerable,
        {
            name: np.array([each.features[name] for each in evidence])
            for name in evidence[0].features
        },
        np.array([holds(each.text, question.answer) for each in evidence]),
        support.features(rankings, passages, evidence, day),
    )


def _rank(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Weights of the sentences' features, in their order."""
    features = [_matrix(each) for each in examples]
    # Scaled to one spread, so that the penalty weighs all features alike.
    scale = np.vstack(features).std(axis=0) + 1e-9
    data = [
        (torch.tensor(own / scale), torch.tensor(each.holds))
        for own, each in zip(features, examples, strict=True)
    ]
    weights = torch.zeros(len(scale), dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

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
            bool(examples[at].holds[np.argmax(_matrix(examples[at]) @ weights)]) for at in tested
        ]
    return float(np.mean(hits))


def _matrix(example: Example) -> NDArray[np.float64]:
    return np.stack(list(example.sentences.values()), axis=1)


def _logistic(examples: Sequence[Example], names: Sequence[str]) -> LogisticRegression:
    features = np.array([[each.support[name] for name in names] for each in examples])
    return LogisticRegression(C=10).fit(features, [each.answerable for each in examples])


def _left_out_estimates(examples: Sequence[Example], names: Sequence[str]) -> NDArray[np.float64]:
    estimates = np.zeros(len(examples))
    for training, tested in _folds(examples):
        model = _logistic([examples[at] for at in training], names)
        features = np.array([[examples[at].support[name] for name in names] for at in tested])
        estimates[tested] = model.predict_proba(features)[:, 1]
    return estimates


def _folds(examples: Sequence[Example]) -> Iterator[tuple[NDArray[np.int_], NDArray[np.int_]]]:
    """Parts to fit on and to test on; a question is never in both."""
    questions = [each.question for each in examples]
    folds = min(_FOLDS, len(set(questions)))
    yield from GroupKFold(folds).split(questions, groups=questions)


def _rounded(names: Sequence[str], weights: NDArray[np.float64]) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}
