"""Passages that are near a question and do not answer it, as a search finds them.

A reader that learns from a passage at a time never learns which of several passages answers best.
Here a question comes with others that the same encoder finds for it as an archive's search would,
and the answer has to stand out among the words of all of them (see ``train.missed``).
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import faiss

from assistant.reader.examples import Example, cropped
from index.encoder import Encoder

_FOUND = 16
_NEAREST = 10
"""From so many of the nearest the others are drawn, the nearer the likelier."""

_RATE = 0.35
_SHORTEST = 350
"""Characters; search finds no shorter passages."""

# How often the passage that answers is not among them.
_ALL_OTHER = 0.12


class Neighbours:
    """What is near the questions of some examples, among the passages of all of them."""

    def __init__(self, examples: Sequence[Example], encoder: Encoder) -> None:
        near = [each for each in examples if each.exact and len(each.passage) >= _SHORTEST]
        self._passages = list(dict.fromkeys(each.passage for each in near))
        self._answers: dict[str, set[str]] = defaultdict(set)
        for example in examples:
            self._answers[example.question].update(map(str.casefold, example.answers))
        questions = list(dict.fromkeys(each.question for each in near))
        vectors = encoder.encode(self._passages)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        _, found = index.search(encoder.encode(questions), min(_FOUND, len(self._passages)))
        self._found = dict(zip(questions, found, strict=True))

    def around(
        self, original: Example, varied: Example, count: int, chance: random.Random
    ) -> list[Example]:
        """The varied form of an example, and ``count`` passages near its question that lack its
        answers; it alone where there are not so many."""
        answers = self._answers[original.question]
        near = [
            passage
            for passage in (self._passages[at] for at in self._found.get(original.question, ()))
            if passage != original.passage
            and not any(each in passage.casefold() for each in answers)
        ]
        if not original.exact or len(near) <= count:
            return [varied]
        nearest = near[:_NEAREST]
        drawn = [
            nearest.pop(min(int(chance.expovariate(_RATE)), len(nearest) - 1))
            for _ in range(min(count, len(nearest)))
        ]
        others = [cropped(Example(varied.question, each, ()), chance) for each in drawn]
        if chance.random() < _ALL_OTHER:
            varied = replace(varied, passage=near[-1], spans=())
        return [varied, *others]
