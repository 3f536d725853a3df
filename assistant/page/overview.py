"""The tab "Archive": what is in the archive, when it is from, and what its last update did."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.page.parts import QUIET, html
from assistant.page.protocols import Held
from assistant.rendering import fill
from corpus import Published
from index import ArchiveError, Overview

NEWEST = 8
"""How many of the newest articles are shown."""

# More bars than this and there is no room for what they are called: years are shown instead.
_MOST_BARS = 24
_CHANGES = {
    "added": "added",
    "changed": "changed",
    "moved": "found at another place",
    "returned": "back after they had been withdrawn",
    "withdrawn": "withdrawn",
    "kept": "kept, though their source could not be read",
    "unchanged": "unchanged",
    "copies": "of the new and changed ones copies of a text that was there",
    "embargoed": "under another embargo than before",
    "conflicts": "with another text than an article from elsewhere has; they stand beside it",
}
# Said even where there are none.
_ALWAYS = {"added", "changed", "withdrawn", "unchanged", "copies"}


def masthead(overview: Overview) -> Markup:
    """The name of the page and what is in the archive."""
    return fill("masthead.html", overview=overview)


def hall(archive: Held, may_add: bool = False) -> Markup:
    """What is in the archive; with ``may_add`` there is a tab to add articles in, too."""
    try:
        overview, newest = archive.overview(), archive.newest(NEWEST)
    except ArchiveError as error:
        return fill("archive.html", problem=str(error))
    return fill(
        "archive.html",
        problem="",
        overview=overview,
        newest=newest,
        may_add=may_add,
        bars=_bars(overview),
        update=fill(
            "update.html",
            overview=overview,
            report=told_report(overview.report) if overview.report and overview.updated else "",
            when=overview.updated.astimezone(UTC) if overview.updated else None,
        ),
    )


def build_overview(
    archive: Held,
    tabs: gr.Tabs,
    days: Sequence[gr.Textbox],
    limits: gr.Accordion,
    may_add: bool = False,
) -> None:
    """The tab "Archive"; ``days`` are the fields From and To, which choosing a time fills in.

    They stand in the accordion ``limits`` of the tab "ask" of ``tabs``. What is shown is read
    whenever the tab is opened.
    """
    with (
        gr.Tab("Archive", id="archive", elem_id="archive") as tab,
        gr.Column(elem_id="hall"),
    ):
        shown = html("", tells=True)

    def limit(chosen: gr.EventData) -> dict[Any, Any]:
        try:
            begin, end = _days(str(chosen.first))[0], _days(str(chosen.last))[1]
        except ValueError:
            return {tabs: gr.skip()}
        return {
            tabs: gr.update(selected="ask"),
            limits: gr.update(open=True),
            days[0]: begin.isoformat(),
            days[1]: end.isoformat(),
        }

    tab.select(lambda: hall(archive, may_add), None, shown, **QUIET)
    shown.select(limit, None, [tabs, limits, *days], **QUIET).then(js="() => { writeQuestion(); }")


def _days(period: str) -> tuple[date, date]:
    """The first and the last day of a year or a month; ValueError if it is neither.

    >>> _days("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    form, precision = ("%Y", "year") if len(period) == 4 else ("%Y-%m", "month")
    first = datetime.strptime(period, form).replace(tzinfo=UTC)
    published = Published(first, "year" if precision == "year" else "month", "metadata")
    return published.day, published.last_day


def _bars(overview: Overview) -> dict[str, int]:
    """How many articles each period has, without a gap: months if they are few, else years."""
    if overview.months:
        every = list(_months(overview.months[0][0], overview.months[-1][0]))
        if len(every) <= _MOST_BARS:
            return dict.fromkeys(every, 0) | dict(overview.months)
    if not overview.years:
        return {}
    first, last = int(overview.years[0][0]), int(overview.years[-1][0])
    return {f"{year:04}": 0 for year in range(first, last + 1)} | dict(overview.years)


def _months(first: str, last: str) -> Iterator[str]:
    """The months from the first to the last, each such as 2016-08."""
    begin, end = (int(each[:4]) * 12 + int(each[5:]) - 1 for each in (first, last))
    for month in range(begin, end + 1):
        yield f"{month // 12:04}-{month % 12 + 1:02}"


def told_report(report: Mapping[str, Any]) -> Markup:
    """What a change did, as ``index.Report.as_dict`` has it: counts, and what was not read."""
    unread = report["failed"]
    # Reports of earlier programs do not have all of them.
    changes = [
        (report.get(name, 0), told)
        for name, told in _CHANGES.items()
        if report.get(name) or name in _ALWAYS
    ]
    return fill(
        "report.html",
        changes=[*changes, (len(unread), "could not be read")],
        unread=unread,
        refused=report.get("refused", ()),
    )
