"""Articles by what is looked for: all that match, a page of them, and what they are counted by."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest, nsmallest
from typing import TYPE_CHECKING, Any, Literal

from index.passage import Passages
from index.store import Facts

if TYPE_CHECKING:
    from index.lexical import QueryWord

How = Literal["everything", "every word", "some words", "meaning"]
"""By what articles were found: those that have every word of the query, else those that have any,
else those that are nearest by their meaning; without a query all there are."""

Order = Literal["relevance", "newest", "oldest"]

Period = Callable[[Facts], object]
"""What tells the month or the day of an article, where it is known."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, in articles: how many there are, and the best passage of some of them.

    ``sources`` and ``languages`` count all of them, most first; ``months`` (such as 2016-08, or
    2016) and ``days`` do so in their order. ``words`` are those of the query.
    """

    how: How
    total: int
    passages: Passages
    sources: Mapping[str, int]
    languages: Mapping[str, int]
    months: Mapping[str, int]
    days: Mapping[date, int]
    words: "Sequence[QueryWord]" = ()

    @property
    def forms(self) -> frozenset[str]:
        """Every spelling that counts as a word of the query, as ``index.words`` compares them."""
        return frozenset(form for word in self.words for form in word.forms)


def counted(facts: Sequence[Facts]) -> dict[str, dict[Any, int]]:
    """The counts of ``Hits`` by their names."""
    # Many articles are of one day, so that each day is looked at once.
    dated = Counter((article.first_day, article.precision) for article in facts)
    return {
        "sources": _most_first(Counter(article.source for article in facts)),
        "languages": _most_first(Counter(article.language for article in facts)),
        "months": _in_order(dated, lambda fact: fact.month),
        "days": _in_order(dated, lambda fact: fact.day),
    }


def first_of(
    facts: Iterable[Facts], order: Order, scores: Mapping[int, float], most: int
) -> list[Facts]:
    """The first articles in an order; those of no known date come last in the order of time."""
    if order == "oldest":
        return nsmallest(
            most, facts, lambda fact: (fact.first_day is None, fact.first_day, fact.number)
        )
    is_scored = order == "relevance"
    return nlargest(
        most,
        facts,
        lambda fact: (
            scores.get(fact.number, 0.0) if is_scored else 0.0,
            fact.first_day or "",
            fact.number,
        ),
    )


def _most_first(counts: Counter[str | None]) -> dict[str, int]:
    named = [(name, count) for name, count in counts.items() if name]
    return dict(sorted(named, key=lambda item: (-item[1], item[0])))


def _in_order(dated: Mapping[tuple[str | None, str | None], int], period: Period) -> dict[Any, int]:
    """How many articles are of each period, of those of which it is known."""
    counts: dict[Any, int] = {}
    for (first_day, precision), count in dated.items():
        if known := period(Facts(0, None, None, first_day, precision)):
            counts[known] = counts.get(known, 0) + count
    return dict(sorted(counts.items()))
