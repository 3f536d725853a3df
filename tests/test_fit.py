"""Fitting the weights: what tells an answer gets weight, what does not gets none."""

import numpy as np

from assistant.support import SURE
from assistant.weights import WEIGHTS
from tests.benchmark.fit import (
    DAY_FEATURES,
    FEATURES,
    Example,
    _left_out_estimates,
    _left_out_hits,
    _rank,
)


def examples(count: int) -> list[Example]:
    """The second of three sentences answers and has the first feature; the other is noise."""
    random = np.random.default_rng(7)
    made: list[Example] = []
    for number in range(count):
        sentences = {"telling": np.array([0.1, 0.9, 0.2]), "noise": random.random(3)}
        made += [
            Example(
                f"question {number}",
                answerable,
                sentences,
                np.array([False, True, False]),
                {"telling": 0.8 if answerable else 0.2, "noise": float(random.random())},
            )
            for answerable in (True, False)
        ]
    return made


def test_the_feature_that_tells_gets_the_weight() -> None:
    telling, noise = _rank(examples(40))
    assert telling > 3
    assert abs(noise) < telling / 5
    assert _left_out_hits(examples(40)) == 1.0


def test_support_separates_what_can_be_separated() -> None:
    made = examples(40)
    estimates = _left_out_estimates(made, ["telling", "noise"])
    answerable = np.array([each.answerable for each in made])
    assert estimates[answerable].min() > 0.9
    assert estimates[~answerable].max() < 0.1


def test_the_shipped_weights_are_whole() -> None:
    assert set(WEIGHTS.support.features) == set(FEATURES)
    assert set(WEIGHTS.support_on_a_day.features) == set(DAY_FEATURES)
    assert WEIGHTS.sentence["asks"] < 0 < WEIGHTS.sentence["similarity"]
    for weights in (WEIGHTS.support, WEIGHTS.support_on_a_day):
        assert 0.1 < weights.threshold < SURE
