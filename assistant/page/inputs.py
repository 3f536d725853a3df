"""What people and programs type in, checked before anything is asked."""

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from assistant.periods import current_day, days_of
from assistant.wording import gettext, message
from corpus.encoding import one_line, without_halves
from index import Filters

_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")

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
        period = days_said(text)
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


def spans_said(text: str) -> list[tuple[int, int]]:
    """The offsets that an address names as ``12-30,42-57``."""
    return [(int(start), int(end)) for start, end in _SPAN.findall(text)]


def days_said(text: str | None) -> tuple[date, date] | None:
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


def search_query(query: str, filters: Filters) -> str:
    """A search or a question with its limits, such as ``q=old+mill&source=Wire&source=Post``."""
    given = {
        "q": query,
        "after": filters.after,
        "before": filters.before,
        "source": filters.sources,
        "language": filters.languages,
    }
    named = {name: value for name, value in given.items() if value}
    return urlencode(named, doseq=True, errors="replace")
