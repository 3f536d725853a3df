"""What people and programs type in, checked before anything is asked."""

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
"""To how many single articles a question can be limited: as many as a page of a search lists."""


def chosen_filters(
    after: str | None,
    before: str | None,
    as_of: str | None,
    sources: Sequence[str] | None,
    languages: Sequence[str] | None = None,
    articles: Sequence[str] | None = None,
) -> Filters:
    """The filters that were typed in and chosen; ValueError says which one is no date.

    A month or a year is from its first day and to its last. None is a field that was never seen.
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
    """What somebody typed as characters in one line."""
    return one_line(without_halves(text))


def typed_spans(text: str) -> list[tuple[int, int]]:
    """The offsets that an address names as ``12-30,42-57``."""
    return [(int(start), int(end)) for start, end in _SPAN.findall(text)]


def typed_days(text: str | None) -> tuple[date, date] | None:
    """The first and the last day that a field for a date says; None if it says none."""
    return days_of(text or "", current_day())


def without(filters: Filters, limit: Filters) -> Filters:
    """The filters without one of those that they are made of (see ``assistant.exports.limits``)."""
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
    """What an address of /search asks for, as it was typed and chosen.

    Without an ``order`` it is that of relevance where there is a query, else that of time.
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
    def read(cls, given: QueryParams) -> "SearchRequest":
        """What was asked for; what cannot be is left out."""

        def text(name: str) -> str:
            return shortened(typed(given.get(name, "")), LONGEST_QUESTION)

        def names(name: str) -> tuple[str, ...]:
            named = map(without_halves, given.getlist(name)[:_MOST_NAMES])
            return tuple(dict.fromkeys(name for name in named if name))

        return cls(
            text("q"),
            text("after"),
            text("before"),
            names("source"),
            names("language"),
            names("person")[:_MOST_ENTITIES],
            names("place")[:_MOST_ENTITIES],
            names("organisation")[:_MOST_ENTITIES],
            order=given.get("order", "") if given.get("order") in ("newest", "oldest") else "",
            page=page_number(given.get("page", "")),
        )

    @classmethod
    def of(cls, query: str, filters: Filters) -> "SearchRequest":
        """The request for what somebody searched or asked; a search has no chosen articles."""
        after, before = (str(day or "") for day in (filters.after, filters.before))
        return cls(query, after, before, filters.sources, filters.languages)

    @property
    def sorted_by(self) -> Order:
        if self.order == "oldest":
            return "oldest"
        return "newest" if self.order or not self.q else "relevance"

    @property
    def filters(self) -> Filters:
        """ValueError says which field is no day, month or year."""
        return chosen_filters(self.after, self.before, "", self.source, self.language)

    @property
    def naming(self) -> list[tuple[Kind, str]]:
        """The entities that the articles are to name."""
        return [(kind, name) for kind in KINDS for name in getattr(self, kind)]

    def query(self, **changes: Any) -> str:
        """The same with changes, from its first page on, such as ``q=old+mill&source=Wire``."""
        other = replace(self, **{"page": 1, **changes})
        given = ((field, getattr(other, field.name)) for field in fields(other))
        named = {field.name: value for field, value in given if value != field.default}
        return urlencode(named, doseq=True, errors="replace")


def page_number(typed: str) -> int:
    """The number of a page, the first where it is none."""
    known = typed.isdecimal() and len(typed) <= len(str(_LAST_PAGE))
    return min(max(int(typed), 1), _LAST_PAGE) if known else 1
