"""The input of people and programs, checked before a question is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from assistant.periods import current_day, days_of
from assistant.question import LONGEST_QUESTION
from assistant.spoken import shortened
from assistant.wording import gettext, message
from corpus.encoding import one_line, without_halves
from index import Filters
from index.finding import Order
from index.tagging import KINDS, Kind

_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_MOST_NAMES = 200
_MOST_ENTITIES = 10
_LAST_PAGE = 5_000

MOST_CHOSEN = 20
"""To how many chosen articles a question can be limited: as many as a page of a search lists."""


def chosen_filters(
    after: str | None,
    before: str | None,
    as_of: str | None,
    sources: Sequence[str] | None,
    languages: Sequence[str] | None = None,
    articles: Sequence[str] | None = None,
) -> Filters:
    """The filters from typed dates and chosen values; raises ValueError if a date is not valid.

    A month or year counts from its first day in ``after``, and to its last day in ``before``. None
    stands for a field that was never shown.
    """
    days: list[date | None] = []
    for name, text in (
        (message("From"), after),
        (message("To"), before),
        (message("As known on"), as_of),
    ):
        period = typed_days(text)
        if not period and (text or "").strip():
            raise ValueError(
                gettext(
                    "“%(field)s” needs a date such as 2016-08-21, May 2024 or yesterday.",
                    field=gettext(name),
                )
            )
        days.append(period and period[0 if name == "From" else 1])
    if days[0] and days[1] and days[0] > days[1]:
        raise ValueError(gettext("“From” is later than “To”; no article can be from those days."))
    return Filters(
        days[0],
        days[1],
        tuple(sources or ()),
        tuple(languages or ()),
        days[2],
        tuple(articles or ())[:MOST_CHOSEN],
    )


def typed(text: str) -> str:
    """A typed text as one line of valid characters."""
    return one_line(without_halves(text))


def typed_spans(text: str) -> list[tuple[int, int]]:
    """The spans that an address gives as ``12-30,42-57``."""
    return [(int(start), int(end)) for start, end in _SPAN.findall(text)]


def typed_days(text: str | None) -> tuple[date, date] | None:
    """The first and last day of a text in a date field; None if it has no date."""
    return days_of(text or "", current_day())


def without(filters: Filters, limit: Filters) -> Filters:
    """The filters without one of their limits (see ``assistant.exports.limits``)."""
    return Filters(
        None if limit.after else filters.after,
        None if limit.before else filters.before,
        tuple(source for source in filters.sources if source not in limit.sources),
        tuple(language for language in filters.languages if language not in limit.languages),
        None if limit.as_of else filters.as_of,
        () if limit.articles else filters.articles,
    )


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A request of /search: the query, its limits as somebody typed and chose them, and the page.

    Without an ``order``, results are ordered by relevance if there is a query, else by time.
    """

    q: str = ""
    after: str = ""
    before: str = ""
    source: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    order: str = ""
    page: int = 1

    @classmethod
    def read(cls, parameters: QueryParams) -> "SearchRequest":
        """The request in the parameters of an address; invalid values are left out."""

        def text(name: str) -> str:
            return shortened(typed(parameters.get(name, "")), LONGEST_QUESTION)

        def names(name: str) -> tuple[str, ...]:
            values = map(without_halves, parameters.getlist(name)[:_MOST_NAMES])
            return tuple(dict.fromkeys(value for value in values if value))

        order = parameters.get("order", "")
        return cls(
            text("q"),
            text("after"),
            text("before"),
            names("source"),
            names("language"),
            names("person")[:_MOST_ENTITIES],
            names("place")[:_MOST_ENTITIES],
            names("organisation")[:_MOST_ENTITIES],
            order=order if order in ("newest", "oldest") else "",
            page=page_number(parameters.get("page", "")),
        )

    @classmethod
    def of(cls, query: str, filters: Filters) -> "SearchRequest":
        """The request for a query or question with filters; a search has no chosen articles."""
        after, before = (str(day or "") for day in (filters.after, filters.before))
        return cls(query, after, before, filters.sources, filters.languages)

    @property
    def sorted_by(self) -> Order:
        if self.order == "oldest":
            return "oldest"
        return "newest" if self.order or not self.q else "relevance"

    @property
    def filters(self) -> Filters:
        """The filters; raises ValueError for a field that is not a day, month or year."""
        return chosen_filters(self.after, self.before, "", self.source, self.language)

    @property
    def naming(self) -> list[tuple[Kind, str]]:
        """The entities that the articles must name."""
        return [(kind, name) for kind in KINDS for name in getattr(self, kind)]

    def query(self, **changes: Any) -> str:
        """The changed request as the query of an address, such as ``q=old+mill&source=Wire``; by
        default for the first page."""
        changed = replace(self, **{"page": 1, **changes})
        values = ((field, getattr(changed, field.name)) for field in fields(changed))
        parameters = {field.name: value for field, value in values if value != field.default}
        return urlencode(parameters, doseq=True, errors="replace")


def page_number(typed: str) -> int:
    """The number of a page; 1 if the text is not a number."""
    is_number = typed.isdecimal() and len(typed) <= len(str(_LAST_PAGE))
    return min(max(int(typed), 1), _LAST_PAGE) if is_number else 1
