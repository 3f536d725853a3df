"""The fitted numbers, from ``weights.json``; ``python -m tests.benchmark fit`` makes them."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class SupportWeights:
    """What each feature counts in an answer's support.

    An answer whose support is below ``threshold`` is not given.
    """

    bias: float
    features: dict[str, float]
    threshold: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts: of a sentence's score, and of an answer's support."""

    sentence: dict[str, float]
    support: SupportWeights
    support_on_a_day: SupportWeights


def _read() -> Weights:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    return Weights(
        stored["sentence"],
        SupportWeights(**stored["support"]),
        SupportWeights(**stored["support on a day"]),
    )


WEIGHTS = _read()
