"""The tab "Archive": what is in the archive, when it is from, and what its last update did."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant import rendering as render
from assistant.page.parts import QUIET, html
from assistant.page.protocols import Held
from corpus import Article, Published
from index import ArchiveError, Overview

if TYPE_CHECKING:
    import pandas as pd

NEWEST = 8
"""How many of the newest articles are shown."""

# More bars than this and there is no room for what they are called: years are shown instead.
_MOST_BARS = 24
_MOST_UPRIGHT = 40
_MOST_COUNTED = 200
_MOST_FAILED = 50
_LONGEST_NAME = 100
_LONGEST_REASON = 300

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


def masthead(overview: Overview) -> str:
    """The name of the page and what is in the archive."""
    held = ""
    if overview.articles:
        period = render.spoken_period(overview.first, overview.last)
        held = f" from {render.counted(len(overview.sources), 'source')} · {period}"
    return (
        '<header class="masthead"><h1>Dateline</h1>'
        f'<p class="held">{render.counted(overview.articles, "article")}{held}</p></header>'
    )


def build_overview(
    archive: Held,
    tabs: gr.Tabs,
    days: Sequence[gr.Textbox],
    limits: gr.Accordion,
    may_add: bool = False,
) -> None:
    """The tab's components; ``days`` are the fields From and To, which choosing a time fills in.

    They stand in the accordion ``limits`` of the tab "ask" of ``tabs``. What is shown is read
    whenever the tab is opened. With ``may_add`` there is a tab to add articles in, too.
    """
    with gr.Tab("Archive", id="archive", elem_id="archive") as tab:
        with gr.Column(elem_id="hall"):
            times = html("")
            chart = gr.BarPlot(
                x="Period",
                y="Articles",
                x_title="Published",
                y_title="Articles",
                x_label_angle=0,
                height=240,
                container=False,
                visible=False,
                elem_id="chart",
            )
            periods = html("")
            rest = html("")
        # Clicked by static/archive.js, which knows what period was chosen.
        choose = gr.Button(visible="hidden", elem_id="choose-period")
        chosen = gr.Textbox(visible=False)

    def refresh() -> list[Any]:
        try:
            overview = archive.overview()
            newest = archive.newest(NEWEST)
        except ArchiveError as error:
            said = f'<p role="alert">{render.escaped(str(error))}</p>'
            return [said, gr.update(visible=False), "", ""]
        if not overview.articles:
            report = f'<section class="hall">{_report(overview)}</section>'
            return [_empty(may_add), gr.update(visible=False), "", report]
        bars = _bars(overview)
        plot = gr.update(visible=False)
        if bars:
            angle = -90 if len(bars) > _MOST_UPRIGHT else 0
            plot = gr.update(value=_frame(bars), x_label_angle=angle, visible=True)
        return [_HEADING, plot, _periods(overview), _lists(overview, newest)]

    def limit(first: str, last: str) -> dict[Any, Any]:
        try:
            begin, end = _days(first)[0], _days(last)[1]
        except ValueError:
            return {tabs: gr.skip()}
        return {
            tabs: gr.update(selected="ask"),
            limits: gr.update(open=True),
            days[0]: begin.isoformat(),
            days[1]: end.isoformat(),
        }

    def limit_to_bars(brushed: gr.SelectData) -> dict[Any, Any]:
        found = brushed.value if isinstance(brushed.value, list) else []
        named = sorted(each for each in found if isinstance(each, str))
        return limit(named[0], named[-1]) if named else {tabs: gr.skip()}

    def limit_to_period(period: str) -> dict[Any, Any]:
        return limit(period, period)

    tab.select(refresh, None, [times, chart, periods, rest], **QUIET)
    limited = [tabs, limits, *days]
    chart.select(limit_to_bars, None, limited, **QUIET).then(js=_TO_THE_QUESTION)
    choose.click(limit_to_period, chosen, limited, js="() => chosenPeriod", **QUIET).then(
        js=_TO_THE_QUESTION
    )


def _empty(may_add: bool) -> str:
    where = "under “Add articles”, or " if may_add else ""
    return (
        '<section class="hall"><h2>The archive is empty</h2><p class="note">Add articles to it '
        f"{where}with <code>python -m index sync FOLDER --archive ARCHIVE</code>; this page shows "
        "them as soon as they are there.</p></section>"
    )


_HEADING = (
    '<section class="hall"><h2 id="over-time">Articles over time</h2><p class="note">'
    "Drag over the chart, or choose a bar, a year or a month, to ask about that time only."
    "</p></section>"
)
_TO_THE_QUESTION = "() => { askAboutPeriod(); }"


# --- Time --------------------------------------------------------------------------------------


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


def _frame(bars: Mapping[str, int]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({"Period": list(bars), "Articles": list(bars.values())})


def _periods(overview: Overview) -> str:
    """Each year and each of its months that has articles, as buttons."""
    rows = []
    for year, count in reversed(overview.years):
        months = [
            _button(month, render.spoken_month(int(month[5:])), held, year)
            for month, held in overview.months
            if month.startswith(year)
        ]
        rows.append(
            f'<li><span class="year">{_button(year, year, count)}</span>'
            f'<span class="months">{"".join(months)}</span></li>'
        )
    return (
        f'<section class="hall"><ul class="periods" aria-label="Years and months">{"".join(rows)}'
        f"</ul>{_inexact(overview)}</section>"
    )


def _button(period: str, name: str, count: int, year: str = "") -> str:
    told = f"Ask about {name} {year}".rstrip() + f" only: {render.counted(count, 'article')}"
    return (
        f'<button type="button" data-period="{period}" title="{told}">'
        f'{name} <span class="count">{count:,}</span></button>'
    )


def _inexact(overview: Overview) -> str:
    """How many articles have no known date, and how many none but a year."""
    dated = sum(count for _, count in overview.years)
    undated = overview.articles - dated
    of_year = dated - sum(count for _, count in overview.months)
    said = []
    if of_year:
        said.append(f"Of {render.counted(of_year, 'article')} only the year is known.")
    if undated:
        said.append(f"Of {render.counted(undated, 'article')} no date is known.")
    return f'<p class="note" id="inexact">{" ".join(said)}</p>' if said else ""


# --- What else is in it ------------------------------------------------------------------------


def _lists(overview: Overview, newest: Sequence[Article]) -> str:
    columns = (
        _counts("Sources", overview.sources, overview.articles, "no source named")
        + _counts("Languages", overview.languages, overview.articles, "not stated")
        + _report(overview)
    )
    return f'<div class="hall columns"><div>{_newest(newest)}</div><div>{columns}</div></div>'


def _newest(newest: Sequence[Article]) -> str:
    return f'<section id="newest"><h2>Newest articles</h2>{render.listed(newest)}</section>'


def _counts(heading: str, counts: Mapping[str, int], articles: int, unknown: str) -> str:
    """A table of how many articles each source or language has, and how many none of them."""
    rows = [
        f'<tr><th scope="row" dir="auto">{render.escaped(name, _LONGEST_NAME)}</th>'
        f"<td>{count:,}</td></tr>"
        for name, count in list(counts.items())[:_MOST_COUNTED]
    ]
    if left := list(counts.values())[_MOST_COUNTED:]:
        others = f"{len(left):,} others"
        rows.append(f'<tr class="rest"><th scope="row">{others}</th><td>{sum(left):,}</td></tr>')
    if none := articles - sum(counts.values()):
        rows.append(f'<tr class="rest"><th scope="row">{unknown}</th><td>{none:,}</td></tr>')
    identity = heading.lower()
    return (
        f'<section><h2 id="all-{identity}">{heading}</h2>'
        f'<div class="counts" tabindex="0" role="region" aria-labelledby="all-{identity}">'
        f'<table aria-labelledby="all-{identity}"><tbody>{"".join(rows)}</tbody></table></div>'
        "</section>"
    )


def _report(overview: Overview) -> str:
    """What the last update did and when, what could not be read and why, what is not shown."""
    said = []
    if overview.report and overview.updated:
        when = overview.updated.astimezone(UTC)
        said.append(
            f'<p class="note"><time datetime="{when.isoformat(timespec="seconds")}">'
            f"{render.spoken_day(when.date())}, {when:%H:%M} UTC</time></p>"
        )
        said.append(told_report(overview.report))
    else:
        said.append('<p class="note">Nothing is known of an update yet.</p>')
    for count, told in (
        (overview.withdrawn, "withdrawn: kept, but in no search and no answer"),
        (overview.embargoed, "not to be shown yet"),
    ):
        if count:
            said.append(f'<p class="note">{render.counted(count, "article")} {told}.</p>')
    return f'<section class="report"><h2>Last update</h2>{"".join(said)}</section>'


def told_report(report: Mapping[str, Any]) -> str:
    """What a change did, as ``index.Report.as_dict`` has it: counts, and what was not read."""
    rows = "".join(
        # Reports of earlier programs do not have all of them.
        f"<li>{report.get(name, 0):,} {told}</li>"
        for name, told in _CHANGES.items()
        if report.get(name) or name in _ALWAYS
    )
    failed = report["failed"]
    return (
        f"<ul>{rows}<li>{len(failed):,} could not be read</li></ul>"
        f"{_failed('What could not be read', failed)}"
        f"{_failed('What was said of others’ articles', report.get('refused', ()))}"
    )


def _failed(heading: str, failed: Sequence[Mapping[str, str]]) -> str:
    if not failed:
        return ""
    rows = "".join(
        f'<li><span class="words" dir="auto">{render.escaped(each["origin"], _LONGEST_REASON)}'
        '</span>: <span class="words" dir="auto">'
        f"{render.escaped(each['reason'], _LONGEST_REASON)}</span></li>"
        for each in failed[:_MOST_FAILED]
    )
    more = len(failed) - _MOST_FAILED
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    return f"<details><summary>{heading}</summary><ul>{rows}{rest}</ul></details>"
