"""The numbers beside the reader's log-odds, fitted on questions that the reader has not learnt.

The passages of its data become articles, one for each document, and its held-out questions are
asked of them: as they are; without the article that answers; and those that no passage answers.
The numbers in ``assistant/evidence.py`` put a sentence that answers before the others (conditional
logit); those in ``assistant/support.py`` tell questions with an answer from others (logistic
regression).
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from tqdm import tqdm

from assistant.assistant import READ
from assistant.evidence import Sentence, read
from assistant.reader.examples import Example, read_examples
from assistant.reader.model import DEFAULT, Reader
from assistant.reader.second import load as load_second
from corpus import Article
from index import Archive
from tests.benchmark.metrics import area_under_curve, share

# Whose questions are most like those of readers of news, and whose documents are articles.
SOURCES = frozenset(
    "squad2_dev squad2_dev_rest squadshifts_new_wiki qed_nq xquad_en quoref_contrast quotesum "
    "timeqa_human squadshifts_reddit hotpot_sample".split()
)
# No passage of these answers, whatever article it is in.
UNANSWERABLE = frozenset({"squad2_dev", "squad2_dev_rest"})
_DOCUMENTS = 1500


def measure(
    held_out: Path, others: Path, most: int, reader: str | None = None, seed: int = 0
) -> dict[str, Any]:
    """Fit on at most so many held-out questions, among articles of the data that was learnt."""
    chance = random.Random(seed)
    examples = [example for example in read_examples(held_out) if example.source in SOURCES]
    learnt = [example for example in read_examples(others) if example.source in SOURCES]
    documents = sorted({example.document for example in learnt})
    beside = set(chance.sample(documents, min(_DOCUMENTS, len(documents))))
    articles = _articles(
        [*examples, *(example for example in learnt if example.document in beside)]
    )
    asked = [example for example in examples if example.spans or example.source in UNANSWERABLE]
    asked = chance.sample(asked, min(most, len(asked)))
    with TemporaryDirectory() as folder:
        archive = Archive.create(folder)
        archive.add(articles, progress=True)
        readers = Reader(reader or DEFAULT), None if reader else load_second()
        found = list(_ask(archive, *readers, asked))
    return _fitted(found)


Found = tuple[bool, list[bool], list[Sentence]]
"""Whether the archive answers, which of the sentences do, and the sentences, best first."""


def _articles(examples: Sequence[Example]) -> list[Article]:
    passages: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        if example.passage not in passages[example.document]:
            passages[example.document].append(example.passage)
    return [
        Article(id, id.partition(":")[2].replace("_", " "), "\n\n".join(texts))
        for id, texts in passages.items()
    ]


def _ask(
    archive: Archive, reader: Reader, second: Reader | None, examples: Sequence[Example]
) -> Iterator[Found]:
    for number, example in enumerate(tqdm(examples, "Asking", disable=None)):
        rankings = archive.rankings(example.question)
        every = archive.passages(rankings, 2 * READ, discount=1.0)
        for hidden in (False, True)[: 1 + (bool(example.spans) and number % 2)]:
            passages = [
                sentence
                for sentence in every
                if not (hidden and sentence.article.id == example.document)
            ]
            evidence = read(archive, reader, example.question, passages[:READ], second)
            if not evidence:
                continue
            right = [
                not hidden
                and sentence.article.id == example.document
                and any(answer in sentence.text for answer in example.answers)
                for sentence in evidence
            ]
            answered = bool(example.spans) and not hidden
            if answered and not any(right):
                continue
            yield answered, right, evidence


def _fitted(found: Sequence[Found]) -> dict[str, Any]:
    groups = [
        (torch.tensor([_parts(example) for example in evidence]), torch.tensor(right))
        for answered, right, evidence in found
        if answered
    ]
    weights = torch.tensor([1.0, 4.0, 4.0], requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=200)

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        missed = torch.stack(
            [
                (parts @ weights).logsumexp(0) - (parts @ weights)[right].logsumexp(0)
                for parts, right in groups
            ]
        ).mean()
        missed = missed + 1e-3 * (weights**2).sum()
        missed.backward()
        return missed

    optimizer.step(loss)
    fitted = weights.detach()
    scaled = (fitted / fitted[0]).tolist()
    best = [evidence[0] for _, _, evidence in found]
    inputs = np.array([(first.odds, first.first_odds, first.similarity) for first in best])
    labels = np.array([feature[0] for feature in found])
    regression = LogisticRegression(C=1.0).fit(inputs, labels)
    left_out = cross_val_predict(regression, inputs, labels, cv=10, method="predict_proba")[:, 1]
    return {
        "questions": len(found),
        "with an answer": int(labels.sum()),
        "SEARCH, SIMILARITY": [round(weight, 2) for weight in scaled[1:]],
        "first sentence right by the odds": _first(groups, torch.tensor([1.0, 0, 0])),
        "first sentence right": _first(groups, fitted),
        "support: bias": round(float(regression.intercept_[0]), 3),
        "support: weights of odds, first odds and similarity": [
            round(float(weight), 3) for weight in regression.coef_[0]
        ],
        "AUROC, left out": area_under_curve(left_out[labels].tolist(), left_out[~labels].tolist()),
        "threshold that refuses 1 in 10 of those with an answer": round(
            float(np.quantile(left_out[labels], 0.1)), 3
        ),
    }


def _parts(sentence: Sentence) -> list[float]:
    return [sentence.odds, sentence.relative, sentence.similarity]


def _first(groups: Sequence[tuple[torch.Tensor, torch.Tensor]], weights: torch.Tensor) -> float:
    return share(bool(right[int((parts @ weights).argmax())]) for parts, right in groups)
