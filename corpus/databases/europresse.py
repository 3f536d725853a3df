"""Europresse: downloads as HTML, each article in an element of its own."""

import re
from collections.abc import Iterator
from typing import Any

from corpus.dates import date_in_line, parse_date
from corpus.drafts import Draft
from corpus.encoding import one_line
from corpus.markup import text_of_tree

_ISSUE = re.compile(r",\s*(?:no|n°|nº|vol|issue)\b.*", re.IGNORECASE | re.DOTALL)


def is_page(html: str) -> bool:
    """Whether a web page is a download."""
    return "DocPublicationName" in html or "titreArticleVisu" in html


def drafts_of_page(root: Any) -> Iterator[Draft]:
    """The articles in a download."""
    for article in root.iter("article"):
        header = _first(article, "DocHeader", "DocTitreSousSection")
        lines = map(_line, [header, *article.iter("span")])
        paper = _line(_first(article, "DocPublicationName"))
        container = _first(article, "DocText", "docOcurrContainer")
        body = article.find("section") if container is None else container
        # Older downloads name the author below the headline, in an element without a class.
        unnamed = article.xpath(".//div[@class='titreArticle']/following-sibling::div[not(@class)]")
        authors = (_first(article, "docAuthors", "sm-margin-bottomNews"), *unnamed)
        yield Draft(
            text="" if body is None else text_of_tree(body),
            title=_line(_first(article, "titreArticleVisu", "titreArticle")),
            dates=[next(filter(None, map(date_in_line, lines)), None)],
            source=_ISSUE.sub("", paper),
            author=next(filter(None, map(_line, authors)), None),
            section=_section(_line(_first(article, "DocHeader"))),
        )


def _section(header: str) -> str | None:
    """``World`` for ``World, Friday, June 12, 2015, p. 3``; None if the day is first."""
    first, comma, _ = header.partition(",")
    begins_day = date_in_line(first) or parse_date(f"{first}, 1 May 2000", "dateline")
    return first if comma and not begins_day else None


def _first(article: Any, *names: str) -> Any:
    """The first element of the first of these classes that occurs, or None."""
    return next((element for name in names for element in article.find_class(name)), None)


def _line(element: Any) -> str:
    return "" if element is None else one_line(" ".join(element.itertext()))
