"""An answer as HTML, for the chat and for notebooks.

What articles and questions contain is data. It reaches HTML only through ``escaped`` and, for
addresses, ``safe_address``; no Markdown is involved anywhere.
"""

from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import urlsplit

from assistant.answer import Answer, Citation, Statement
from corpus import Article, Published, sentences
from index import Passage

NEAREST = 3
"""How many articles are offered where the archive does not say."""

# Characters at most: so that no article, however it was written, takes over the page.
_HEADLINE = 300
_CREDIT = 100
_QUOTE = 4_000
_AROUND = 280
_EXCERPT = 320
# How far from a quote the sentences around it are looked for.
_REACH = 2_000

_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def escaped(text: str, most: int = _QUOTE) -> str:
    """Text as HTML that shows exactly that text, or its first ``most`` characters and ``…``."""
    return escape(shortened(text, most))


def shortened(text: str, most: int) -> str:
    """The text, cut at a space if it is longer than ``most`` characters."""
    if len(text) <= most:
        return text
    cut = text[:most]
    words, space, _ = cut.rpartition(" ")
    # A "word" that fills half of the room is none to wait for.
    return (words if space and len(words) > most // 2 else cut).rstrip() + " …"


def safe_address(url: str | None) -> tuple[str, str] | None:
    """A web address and the name of its host, or None if it is not plainly one."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return parts.geturl(), host.removeprefix("www.")


def spoken_day(day: date) -> str:
    """A day as a reader expects it: ``21 August 2016``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def spoken_date(published: Published) -> str:
    """The date of an article, no more exact than it is known."""
    if published.precision == "year":
        return str(published.day.year)
    if published.precision == "month":
        return f"{_MONTHS[published.day.month - 1]} {published.day.year}"
    return spoken_day(published.day)


def spoken_period(first: date | None, last: date | None) -> str:
    """The days that an archive covers: ``22 August 2016 – 4 May 2026``."""
    if first is None or last is None:
        return "no known dates"
    return spoken_day(first) if first == last else f"{spoken_day(first)} – {spoken_day(last)}"


def surroundings(article: Article, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a quote: of each side the nearest sentence, or its end."""
    before = article.text[max(0, start - _REACH) : start]
    spans = sentences(before, article.language)
    before = before[spans[-1][0] :] if spans else ""
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    after = article.text[end : end + _REACH]
    spans = sentences(after, article.language)
    after = shortened(after[: spans[0][1]], _AROUND) if spans else ""
    return before, after


def nearest(answer: Answer) -> list[Passage]:
    """The best passage of each of the nearest articles."""
    best: dict[str, Passage] = {}
    for passage in answer.passages:
        best.setdefault(passage.article.id, passage)
    return list(best.values())[:NEAREST]


def statement(statement: Statement, markers: str, attributes: str = "") -> str:
    """One statement as a paragraph, ``markers`` after it; both of the latter are HTML already."""
    return (
        f'<p class="statement" dir="auto"{attributes}>{escaped(statement.text)}'
        f'<span class="markers" dir="ltr">{markers}</span></p>'
    )


def headline(article: Article) -> str:
    title = escaped(article.title.strip(), _HEADLINE) or "Without a headline"
    return f'<h3 class="headline" dir="auto">{title}</h3>'


def credit(article: Article) -> str:
    """Source and date, or that they are not known."""
    parts = []
    if article.source:
        parts.append(f'<span class="source" dir="auto">{escaped(article.source, _CREDIT)}</span>')
    if article.published:
        when = article.published
        parts.append(f'<time datetime="{escape(str(when))}">{spoken_date(when)}</time>')
        if when.how == "file time":
            parts.append("dated by its file")
    else:
        parts.append("date unknown" if parts else "source and date unknown")
    return f'<p class="credit">{" · ".join(parts)}</p>'


def quotation(citation: Citation) -> str:
    """The quoted words, marked, among the sentences around them."""
    before, after = surroundings(citation.article, citation.start, citation.end)
    return (
        f'<blockquote dir="auto">{escaped(before)}<mark>{escaped(citation.quote)}</mark>'
        f"{escaped(after)}</blockquote>"
    )


def excerpt(passage: Passage) -> str:
    return f'<blockquote dir="auto">{escaped(passage.text.strip(), _EXCERPT)}</blockquote>'


def link(article: Article) -> str:
    """A link to the article where it was published; empty if it has no web address."""
    address = safe_address(article.url)
    if address is None:
        return ""
    url, host = address
    return (
        f'<p class="link"><a href="{escape(url)}" target="_blank" rel="noopener noreferrer">'
        f"Read it at {escaped(host, _CREDIT)}</a></p>"
    )


def as_notebook(answer: Answer) -> str:
    """The whole answer by itself, as a notebook shows it."""
    parts = [f"<p><b>{escaped(answer.question)}</b></p>"]
    if answer.statements:
        for each in answer.statements:
            markers = "".join(f"<sup>[{citation.marker}]</sup>" for citation in each.citations)
            parts.append(statement(each, f" {markers}"))
        parts.append(_list("ol", [_source(citation) for citation in answer.citations]))
    else:
        parts.append(f"<p>{escaped(answer.reason)}</p>")
        if answer.passages:
            parts.append("<p>Nearest in the archive, and no answer to this:</p>")
            parts.append(_list("ul", [_near(passage) for passage in nearest(answer)]))
    return f"<div>{''.join(parts)}</div>"


def _source(citation: Citation) -> str:
    article = citation.article
    inside = headline(article) + credit(article) + quotation(citation) + link(article)
    return f'<li value="{citation.marker}">{inside}</li>'


def _near(passage: Passage) -> str:
    article = passage.article
    return f"<li>{headline(article)}{credit(article)}{excerpt(passage)}{link(article)}</li>"


def _list(kind: str, items: Sequence[str]) -> str:
    return f"<{kind}>{''.join(items)}</{kind}>"
