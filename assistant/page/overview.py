"""The page of the archive: its articles by time and source, and its last update; and the frame of
every page beside the chat."""

from collections.abc import Mapping
from datetime import UTC, date
from itertools import pairwise
from typing import Any, NamedTuple

from markupsafe import Markup

from assistant.page.names import HEADINGS
from assistant.page.site import Site
from assistant.rendering import fill
from assistant.spoken import spoken_number
from assistant.wording import gettext, message
from index import Archive, Filters, Overview

NEWEST = 8
"""How many of the newest articles are shown."""

NAMED = 10
"""How many of the most named people, places and organisations are shown, of each kind."""

_LEVELS = 4
_WEEK = 7
_CHANGES = {
    "added": message("%(num)s added"),
    "changed": message("%(num)s changed"),
    "moved": message("%(num)s found at another place"),
    "returned": message("%(num)s back after they had been withdrawn"),
    "withdrawn": message("%(num)s withdrawn"),
    "kept": message("%(num)s kept, though their source could not be read"),
    "unchanged": message("%(num)s unchanged"),
    "copies": message("%(num)s with a text that was there already, among the new and changed"),
    "embargoed": message("%(num)s under another embargo than before, or under none any more"),
    "conflicts": message(
        "%(num)s with another text than an article from elsewhere has; they stand beside it"
    ),
    "failed": message("%(num)s could not be read"),
}


class Cell(NamedTuple):
    """A day of a grid, how many articles it has, and its level from 0 to 4 (the most)."""

    day: date
    articles: int
    level: int


def framed(
    inside: Markup, title: str, here: str, overview: Overview | None, site: Site, query: str = ""
) -> Markup:
    """A whole page beside the chat; without an ``overview`` it does not say what the archive holds.

    ``here`` is the part of the site to which the page belongs. Links to other archives lead to the
    same part there, with the ``query``.
    """
    return fill(
        "page.html",
        inside=inside,
        title=title,
        here=here,
        overview=overview,
        site=site,
        query=query,
    )


def archive_page(archive: Archive, year: str, may_add: bool) -> Markup:
    """The content of an archive by day, month, source and language, and its last update."""
    overview = archive.overview()
    years = dict(overview.years)
    chosen = year if year in years else max(years, default="")
    grid: list[list[Cell | None]] = []
    if chosen:
        first, last = date(int(chosen), 1, 1), date(int(chosen), 12, 31)
        days = archive.hits("", Filters(first, last), "newest", 0, 0).days
        grid = heat(int(chosen), days)
    return fill(
        "archive.html",
        overview=overview,
        newest=archive.newest(NEWEST),
        may_add=may_add,
        year=chosen,
        years=years,
        months=[month for month in overview.months if month[0][:4] == chosen],
        grid=grid,
        most_named=archive.names.most(most=NAMED),
        headings=HEADINGS,
        columns=columns_of_months(int(chosen)) if chosen else (),
        update=fill(
            "update.html",
            overview=overview,
            report=change_report(overview.report) if overview.report and overview.updated else "",
            when=overview.updated.astimezone(UTC) if overview.updated else None,
        ),
    )


def heat(year: int, days: Mapping[date, int]) -> list[list[Cell | None]]:
    """The days of a year in seven rows, from Monday to Sunday, with a column for each week."""
    most = max((count for day, count in days.items() if day.year == year), default=1)
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()

    def cell(ordinal: int) -> Cell | None:
        if not first <= ordinal <= last:
            return None
        day = date.fromordinal(ordinal)
        count = days.get(day, 0)
        return Cell(day, count, -(-_LEVELS * count // most))

    return [[cell(monday + row) for monday in _mondays(year)] for row in range(_WEEK)]


def columns_of_months(year: int) -> list[int]:
    """How many columns of ``heat`` each month has; a week of two months counts for the later."""
    mondays = _mondays(year)
    firsts = (date(year, month, 1).toordinal() for month in range(1, 13))
    starts = [(first - mondays.start) // _WEEK for first in firsts]
    return [later - start for start, later in pairwise([*starts, len(mondays)])]


def _mondays(year: int) -> range:
    """The ordinals of the Mondays with which the weeks of a year begin."""
    first = date(year, 1, 1)
    return range(first.toordinal() - first.weekday(), date(year, 12, 31).toordinal() + 1, _WEEK)


def change_report(report: Mapping[str, Any], opened: bool = False) -> Markup:
    """A report of a change, from ``index.Report.as_dict``: counts, and what could not be read.

    If it is ``opened``, the list of what could not be read is unfolded from the start.
    """
    unread = report["failed"]
    # Reports of earlier versions of the program lack some of the counts.
    counts = {name: report.get(name) for name in _CHANGES} | {"failed": len(unread)}
    return fill(
        "report.html",
        changes=[
            gettext(_CHANGES[name], num=spoken_number(count))
            for name, count in counts.items()
            if count
        ],
        opened=opened,
        unread=unread,
        refused=report.get("refused", ()),
        notes=report.get("notes", ()),
    )
