"""Articles by what is looked for: all that match, a page of them, and what they are counted by."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from index.passage import Passages
from index.store import Facts

if TYPE_CHECKING:
    from index.lexical import QueryWord

How = Literal["everything", "every word", "some words", "meaning"]
"""By what articles were found: those that have every word of the query, else those that have any,
else those that are nearest by their meaning; without a query all there are."""

Order = Literal["relevance", "newest", "oldest"]


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


def counted(facts: Sequence[Facts]) -> dict[str, dict]:  # type: ignore[type-arg]
    """The counts of ``Hits`` by their names."""
    return {
        "sources": _most_first(article.source for article in facts),
        "languages": _most_first(article.language for article in facts),
        "months": _in_order(article.month for article in facts),
        "days": _in_order(article.day for article in facts),
    }


def ordered(facts: Iterable[Facts], order: Order, scores: Mapping[int, float]) -> list[Facts]:
    """The articles in an order; those of no known date come last in the order of time."""
    newest = sorted(facts, key=lambda fact: (fact.first_day or "", fact.number), reverse=True)
    if order == "relevance":
        return sorted(newest, key=lambda article: -scores.get(article.number, 0.0))
    if order == "oldest":
        newest.reverse()
        newest.sort(key=lambda article: article.first_day is None)
    return newest


def _most_first(values: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(value for value in values if value)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _in_order(values: Iterable) -> dict:  # type: ignore[type-arg]
    return dict(sorted(Counter(value for value in values if value).items()))
