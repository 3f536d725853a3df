"""Articles by what is looked for: all that match, a page of them, and what they are counted by."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest, nsmallest
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

from index.passage import Passages
from index.store import Facts

if TYPE_CHECKING:
    from index.lexical import QueryWord

How = Literal["everything", "every word", "some words", "meaning"]
"""By what articles were found: those that have every word of the query, else those that have any,
else those that are nearest by their meaning; without a query all there are."""

Order = Literal["relevance", "newest", "oldest"]

Period = Callable[[str, str | None], object]
"""What tells the month or the day of a first day and its precision, where it is known."""

_SOURCE, _LANGUAGE, _DATED = itemgetter(1), itemgetter(2), itemgetter(3, 4)


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, in articles: how many there are, and the best passage of some of them.

    ``sources`` and ``languages`` count all of them, most first; ``months`` (such as 2016-08, or
    2016) and ``days`` do so in their order. ``words`` are those of the query, ``numbers`` what the
    archive knows all of these articles by.
    """

    how: How
    total: int
    passages: Passages
    sources: Mapping[str, int]
    languages: Mapping[str, int]
    months: Mapping[str, int]
    days: Mapping[date, int]
    words: "Sequence[QueryWord]" = ()
    numbers: Sequence[int] = ()

    @property
    def forms(self) -> frozenset[str]:
        """Every spelling that counts as a word of the query, as ``index.words`` compares them."""
        return frozenset(form for word in self.words for form in word.forms)


def counted(facts: Sequence[Facts]) -> dict[str, dict[Any, int]]:
    """The counts of ``Hits`` by their names."""
    # Many articles are of one day, so that each day is looked at once.
    dated = Counter(map(_DATED, facts))
    return {
        "sources": _most_first(Counter(map(_SOURCE, facts))),
        "languages": _most_first(Counter(map(_LANGUAGE, facts))),
        "months": _in_order(dated, _month),
        "days": _in_order(dated, _day),
    }


def _month(day: str, precision: str | None) -> str:
    """The month, such as 2016-08, or the year where no more is known."""
    return day[: 4 if precision == "year" else 7]


def _day(day: str, precision: str | None) -> date | None:
    return date.fromisoformat(day) if precision in ("day", "instant") else None


def first_of(
    facts: Iterable[Facts], order: Order, scores: Mapping[int, float], most: int
) -> list[Facts]:
    """The first articles in an order; those of no known date come last in the order of time."""
    if order == "oldest":
        return nsmallest(most, facts, lambda fact: (fact[3] is None, fact[3], fact[0]))
    known = scores if order == "relevance" else {}
    return nlargest(most, facts, lambda fact: (known.get(fact[0], 0.0), fact[3] or "", fact[0]))


def _most_first(counts: Counter[str | None]) -> dict[str, int]:
    named = [(name, count) for name, count in counts.items() if name]
    return dict(sorted(named, key=lambda item: (-item[1], item[0])))


def _in_order(dated: Mapping[tuple[str | None, str | None], int], period: Period) -> dict[Any, int]:
    """How many articles are of each period, of those of which it is known."""
    counts: dict[Any, int] = {}
    for (first_day, precision), count in dated.items():
        if first_day and (known := period(first_day, precision)):
            counts[known] = counts.get(known, 0) + count
    return dict(sorted(counts.items()))
