"""Checks of the arguments of an archive's methods; each error is one sentence with an example."""

import operator
from collections.abc import Iterable
from datetime import date, datetime
from reprlib import repr as shortened
from types import UnionType
from typing import Any

Kind = type | UnionType

# More than any archive holds, and within the range of a database's integers.
_MOST = 2**31


def whole(name: str, value: object, least: int = 0) -> int:
    """A whole number from ``least`` up, capped at ``_MOST``; raises TypeError or ValueError."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        message = f"{name} is {shortened(value)}; it must be a whole number, such as {least + 1}"
        raise TypeError(message) from None
    if number < least:
        raise ValueError(f"{name} is {number}; it must be at least {least}")
    return min(number, _MOST)


def must_be(name: str, value: object, kind: Kind, example: str, says: str = "is {}") -> None:
    """Raise TypeError, with an example, unless the value is of this kind."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} {says.format(shortened(value))}; it must be {example}")


def day(name: str, value: object) -> date | None:
    """A day, which may be an ISO string, or None; TypeError or ValueError for anything else."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{name} is {value!r}; it must be a day such as 2016-08-21") from None
    if value is not None:
        must_be(name, value, date, "a day such as 2016-08-21")
    return value.date() if isinstance(value, datetime) else value  # type: ignore[return-value]


def several(name: str, value: object, kind: Kind, example: str) -> tuple[Any, ...]:
    """A tuple of values of this kind, also for a single value or None; TypeError otherwise."""
    if value is None:
        return ()
    if isinstance(value, kind):
        return (value,)
    items = tuple(value) if isinstance(value, Iterable) else (value,)
    for item in items:
        must_be(name, item, kind, example, "has {} in it")
    return items
