"""Answers as HTML and as Markdown in which nothing of an article is markup."""

import re
from collections.abc import Sequence
from datetime import date
from html import escape
from urllib.parse import urlsplit

from corpus import Article, sentences

_NEITHER_LETTER_NOR_BLANK = re.compile(r"[^\w\s]|_", re.ASCII)
_AROUND = 1
"""How many sentences before and after a quotation are shown with it."""

_LONGEST_TITLE = 300


def as_plain_markdown(text: str) -> str:
    """Text that Markdown renders as itself, whatever it holds.

    Every character that could mean something to Markdown, HTML or TeX is written as a numeric
    character reference, which by CommonMark (section 6.2) never stands for markup; letters,
    digits and everything outside ASCII stay as they are.
    """
    one_line = " ".join(text.split())
    return _NEITHER_LETTER_NOR_BLANK.sub(
        lambda match: match[0] if ord(match[0]) > 127 else f"&#{ord(match[0])};", one_line
    )


def quotation(article: Article, start: int, end: int) -> str:
    """A quotation as HTML: marked, with the sentences around it."""
    spans = sentences(article.text, article.language)
    within = [
        number for number, span in enumerate(spans) if span[0] < end and span[1] > start
    ] or [0]
    first = spans[max(0, within[0] - _AROUND)][0] if spans else start
    last = spans[min(len(spans) - 1, within[-1] + _AROUND)][1] if spans else end
    before, quote, after = (
        escape(article.text[a:b]) for a, b in ((min(first, start), start), (start, end), (end, max(last, end)))
    )
    lead = "… " if min(first, start) > 0 else ""
    trail = " …" if max(last, end) < len(article.text) else ""
    return f'<blockquote dir="auto">{lead}{before}<mark>{quote}</mark>{after}{trail}</blockquote>'


def excerpt(article: Article, start: int, end: int) -> str:
    """A passage as HTML that is near a question and answers nothing: nothing in it is marked."""
    return f'<blockquote dir="auto">{escape(article.text[start:end])}</blockquote>'


def headline(article: Article) -> str:
    """Headline, source, date and link of an article as HTML."""
    title = article.title
    if len(title) > _LONGEST_TITLE:
        title = title[:_LONGEST_TITLE] + "…"
    known = [article.source, long_date(article.published.day) if article.published else None]
    if article.published and article.published.precision in {"year", "month"}:
        known[1] = str(article.published)
    credit = " · ".join(escape(part) for part in known if part) or "source and date unknown"
    link = ""
    if article.url and urlsplit(article.url).scheme in {"http", "https"}:
        link = (
            f' · <a href="{escape(article.url)}" target="_blank" rel="noopener noreferrer">'
            "original</a>"
        )
    return f'<h3 dir="auto">{escape(title)}</h3><p class="credit">{credit}{link}</p>'


def long_date(day: date) -> str:
    """A day as readers write it: 21 August 2016."""
    return f"{day.day} {day:%B %Y}"


def distinct(articles: Sequence[Article]) -> list[int]:
    """The positions at which an article stands for the first time."""
    first: dict[str, int] = {}
    for position, article in enumerate(articles):
        first.setdefault(article.id, position)
    return sorted(first.values())
