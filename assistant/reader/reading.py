"""A reader's result for a passage: where an answer may be in it, and how likely it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LONGEST_ANSWER = 40


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a passage that answer, as offsets into it.

    ``odds`` is the logarithm of how much likelier these words are than no answer.
    """

    start: int
    end: int
    odds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A reader's result for one passage: how well an answer begins and ends at each of its tokens.

    ``offsets`` has the shape ``(tokens, 2)`` and holds character offsets into the passage;
    ``starts`` and ``ends`` are logits, minus those of no answer.
    """

    offsets: NDArray[np.int64]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]

    def joined(self, other: "Reading", shift: int, weight: float) -> "Reading":
        """This reading with the weighted logits of another added, where tokens begin or end alike.

        A place in this passage is ``shift`` characters further on in the other's. The other's
        lowest logit is added where it read no such token.
        """
        starts, ends = (
            logits + weight * _looked_up(places + shift, other_places, other_logits)
            for places, logits, other_places, other_logits in (
                (self.offsets[:, 0], self.starts, other.offsets[:, 0], other.starts),
                (self.offsets[:, 1], self.ends, other.offsets[:, 1], other.ends),
            )
        )
        return Reading(self.offsets, starts, ends)

    def best(self, start: int, end: int) -> Span | None:
        """The best answer within ``passage[start:end]``; None if no token of it was read."""
        within = np.flatnonzero((self.offsets[:, 0] >= start) & (self.offsets[:, 1] <= end))
        if not len(within):
            return None
        odds = self.starts[within][:, None] + self.ends[within][None, :]
        # The last token must not precede the first, and the answer must not be too long.
        ordered = np.tri(len(within), dtype=bool).T
        short = np.tri(len(within), k=_LONGEST_ANSWER - 1, dtype=bool)
        odds = np.where(ordered & short, odds, -np.inf)
        first, last = np.unravel_index(int(odds.argmax()), odds.shape)
        return Span(
            int(self.offsets[within[first], 0]),
            int(self.offsets[within[last], 1]),
            float(odds[first, last]),
        )


def _looked_up(
    places: NDArray[np.int64], known: NDArray[np.int64], logits: NDArray[np.float32]
) -> NDArray[np.float32]:
    lowest = float(logits.min(initial=0.0))
    logit_at = dict(zip(known.tolist(), logits.tolist(), strict=True))
    return np.array([logit_at.get(place, lowest) for place in places.tolist()], np.float32)
