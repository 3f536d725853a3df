"""The hits of a search: how many articles match, one page of them, and counts by source or day."""

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
"""How the articles match: they contain every word of the query, or else any word of it, or else
they are nearest in meaning. Without a query every article matches."""

Order = Literal["relevance", "newest", "oldest"]

Period = Callable[[str, str | None], object]
"""A function from a first day and its precision to the month or the day; None if not known."""

_SOURCE, _LANGUAGE, _DATED = itemgetter(1), itemgetter(2), itemgetter(3, 4)


@dataclass(frozen=True, slots=True)
class Hits:
    """The articles that match: how many there are, and the best passage of some of them.

    ``sources`` and ``languages`` count all of the articles, the most frequent first; ``months``
    (such as 2016-08, or 2016) and ``days`` count them in order of time. ``words`` are those of the
    query, and ``numbers`` are the numbers of all the articles in the archive's database.
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
        """Every form that counts as a word of the query, as ``index.words`` compares words."""
        return frozenset(form for word in self.words for form in word.forms)


def counted(facts: Sequence[Facts]) -> dict[str, dict[Any, int]]:
    """The counts of ``Hits`` by the names of its fields."""
    # Many articles share a day, so each day is parsed only once.
    dated = Counter(map(_DATED, facts))
    return {
        "sources": _most_first(Counter(map(_SOURCE, facts))),
        "languages": _most_first(Counter(map(_LANGUAGE, facts))),
        "months": _in_order(dated, _month),
        "days": _in_order(dated, _day),
    }


def _month(day: str, precision: str | None) -> str:
    """The month, such as 2016-08, or the year if only that is known."""
    return day[: 4 if precision == "year" else 7]


def _day(day: str, precision: str | None) -> date | None:
    return date.fromisoformat(day) if precision in ("day", "instant") else None


def first_of(
    facts: Iterable[Facts], order: Order, scores: Mapping[int, float], most: int
) -> list[Facts]:
    """The first articles in an order; in order of time, undated articles come last."""
    if order == "oldest":
        return nsmallest(most, facts, lambda fact: (fact[3] is None, fact[3], fact[0]))
    relevance = scores if order == "relevance" else {}
    return nlargest(most, facts, lambda fact: (relevance.get(fact[0], 0.0), fact[3] or "", fact[0]))


def _most_first(counts: Counter[str | None]) -> dict[str, int]:
    items = [(name, count) for name, count in counts.items() if name]
    return dict(sorted(items, key=lambda item: (-item[1], item[0])))


def _in_order(dated: Mapping[tuple[str | None, str | None], int], period: Period) -> dict[Any, int]:
    """How many articles belong to each period; articles whose period is unknown are left out."""
    counts: dict[Any, int] = {}
    for (first_day, precision), count in dated.items():
        if first_day and (value := period(first_day, precision)):
            counts[value] = counts.get(value, 0) + count
    return dict(sorted(counts.items()))
