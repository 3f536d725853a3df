"""What a method of an archive is given, checked: an error says in one sentence what to give."""

import operator
from reprlib import repr as shortened

# More than any archive has, and no more than a database takes.
_MOST = 2**31


def whole(name: str, value: object, least: int = 0) -> int:
    """A whole number from ``least`` up, as far as it matters; TypeError or ValueError else."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        message = f"{name} is {shortened(value)}; it must be a whole number, such as {least + 1}"
        raise TypeError(message) from None
    if number < least:
        raise ValueError(f"{name} is {number}; it must be at least {least}")
    return min(number, _MOST)
