"""What a reader makes of a passage: where in it an answer may stand, and how likely."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LONGEST_ANSWER = 40


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a passage that answer, as offsets into it.

    ``odds`` are the logarithm of how much likelier these words are than that nothing answers.
    """

    start: int
    end: int
    odds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage: for each of its tokens, how well an answer begins there
    and how well one ends there.

    ``offsets`` has the shape ``(tokens, 2)`` and holds character offsets into the passage;
    ``starts`` and ``ends`` are logits less those of there being no answer.
    """

    offsets: NDArray[np.int64]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]

    def best(self, start: int, end: int) -> Span | None:
        """The best answer within ``passage[start:end]``; None where no token of it was read."""
        within = np.flatnonzero((self.offsets[:, 0] >= start) & (self.offsets[:, 1] <= end))
        if not len(within):
            return None
        together = self.starts[within][:, None] + self.ends[within][None, :]
        # From its first word to its last, and not too long.
        ordered = np.tri(len(within), dtype=bool).T
        short = np.tri(len(within), k=_LONGEST_ANSWER - 1, dtype=bool)
        together = np.where(ordered & short, together, -np.inf)
        first, last = np.unravel_index(int(together.argmax()), together.shape)
        return Span(
            int(self.offsets[within[first], 0]),
            int(self.offsets[within[last], 1]),
            float(together[first, last]),
        )
