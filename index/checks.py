"""What a method of an archive is given, checked: an error says in one sentence what to give."""

import operator
from collections.abc import Iterable
from datetime import date, datetime
from reprlib import repr as shortened
from types import UnionType
from typing import Any

Kind = type | UnionType

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


def must_be(name: str, value: object, wanted: Kind, example: str, says: str = "is {}") -> None:
    """Raise TypeError, with an example, unless a value is of the wanted kind."""
    if not isinstance(value, wanted):
        raise TypeError(f"{name} {says.format(shortened(value))}; it must be {example}")


def day(name: str, value: object) -> date | None:
    """A day, also as ISO writes it, or None; TypeError or ValueError for anything else."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{name} is {value!r}; it must be a day such as 2016-08-21") from None
    if value is not None:
        must_be(name, value, date, "a day such as 2016-08-21")
    return value.date() if isinstance(value, datetime) else value  # type: ignore[return-value]


def several(name: str, value: object, wanted: Kind, example: str) -> tuple[Any, ...]:
    """A tuple of what is wanted, of which one may stand alone; None is none, TypeError else."""
    if value is None:
        return ()
    if isinstance(value, wanted):
        return (value,)
    given = tuple(value) if isinstance(value, Iterable) else (value,)
    for item in given:
        must_be(name, item, wanted, example, "has {} in it")
    return given
