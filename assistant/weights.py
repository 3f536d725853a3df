"""The fitted numbers, from ``weights.json``; ``python -m tests.benchmark fit`` makes them."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts: of a sentence's score, and of an answer's support.

    An answer whose support is below ``threshold`` is not given.
    """

    sentence: dict[str, float]
    support: dict[str, float]
    threshold: float


WEIGHTS = Weights(**json.loads(FILE.read_text(encoding="utf-8")))
