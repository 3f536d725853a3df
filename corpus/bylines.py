"""Finds the author of a web page's article in the elements around its headline."""

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from corpus.authors import is_login
from corpus.calendar_words import MONTH, ON
from corpus.encoding import FAILURES, clean_line
from corpus.page_shown import (
    LONGEST_LINE,
    PUBLISHED,
    SHORT_LINE,
    UPDATED,
    Shown,
    line_of,
    without_apart,
)

_AUTHOR_CLASS = re.compile(
    r"byline|author|auteur|autor|writer|reporter|contributor\b", re.IGNORECASE
)
_AUTHOR_PAGE = re.compile(r"/(?:authors?|auteurs?|autore?n?|journalists?|reporters?)/[^/]")
_BY_NAME = re.compile(
    r"(?:(?i:(?:(?:written|posted|published|submitted)\s+)?by|von|par|por|di|door|av|af):?\s+"
    r"|(?i:автори?|كتبت?|بقلم|מאת|作者|記者|记者)\s?[:：]\s?)[^\W\d_a-z][\w.'’-]*\s"
)
_NO_AUTHOR_CLASS = re.compile(
    r"authori|bio\b|box|about|image|avatar|photo|social|share|follow|title|role|date|time|count"
    r"|comment|automat|links|url|credential|descri",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:(?:written|posted|published|submitted|reported|story|text|words|authors?|autor(?:/?in)?"
    r"|auteure?s?|autore|veröffentlicht|publié|by|von|par|por|di|door|av|af"
    r"|автори?|كتبت?|بقلم|מאת|作者|記者|记者)\b\s*[:：]?\s*)+",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(
    rf"[|•·/\n\t–—]|\s-\s|\d|\b(?:(?:published|updated|posted)\b|{PUBLISHED}|{UPDATED})",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:[^\W\d_]{3,12}\.?,|(?-i:[a-zà-ÿ]{3,12}))"
_DATED = re.compile(
    rf"(?<![\s,])[\s,]+(?:(?:on|at|{ON})(?:\s+{_WEEKDAY})?(?:\s+|\Z))?"
    rf"(?:{MONTH}\.?,?\s*)?\Z",
    re.IGNORECASE,
)
_OF = re.compile(r"(?:\s+(?:at|for|from|of|the))+\Z", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*@\S+")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_NAMES = frozenset("a address span div p strong em li h3 h4 h5 cite".split())
_NEAR_NAMES = 3
"""Levels of elements above a name; the other authors of the article are within them."""

_LONGEST_NAMES = 6
"""Words of the names in a line that only its beginning marks as a byline."""

_MOST_NAMES = 12


def marked_author(shown: Shown, site: str | None) -> str | None:
    """The author according to the markup of HTML or schema.org, or None."""
    return _authors(shown, _is_marked, site)


def shown_author(shown: Shown, site: str | None) -> str | None:
    """The author by usual classes, or near the headline, or by trafilatura; or None."""
    author = _authors(shown, _has_usual_class, site) or _author_near_heading(shown, site)
    return author or _author_by_trafilatura(without_apart(shown.root), site)


def name_in_line(line: str, site: str | None) -> str | None:
    """The name in a line such as ``By Jane Doe, 3 March 2025``; None if there is none."""
    line = clean_line(line)
    if not line or len(line) > 2 * LONGEST_LINE or line.startswith(("http://", "https://")):
        return None
    by = _BY.match(line)
    line = _ADDRESS.sub(" ", line[by.end() :] if by else line).strip()
    after = _AFTER_NAME.search(line)
    name = line[: after.start() if after else len(line)]
    # "Jane Doe on April 3": the month before the number is cut, too.
    name = (_DATED.sub("", name) if after and after[0].isdigit() else name).strip(" ,;:.|-")
    # "Jane Doe BBC News, Marrowby": the paper and the place are below the name, or above it.
    before = _OF.sub("", name.partition(site)[0].strip(" ,;:.|-")) if site else ""
    below = name.partition(f"{site} ")[2] if site and not before and "," not in name else ""
    parts = (part for part in (before, below) if 1 < len(part.split()) < _LONGEST_NAMES)
    name = next(parts, name)
    if not name or len(name) > 100 or len(name.split()) > 16 or "@" in name or name == site:
        return None
    if _HOST.fullmatch(name) or is_login(name):
        return None
    return name if any(map(str.isalpha, name)) and not name.endswith(("?", "!")) else None


def _is_marked(element: Any) -> bool:
    marks = (element.get("itemprop") or "").split()
    return "author" in [*(element.get("rel") or "").split(), *marks] or "creator" in marks


def _has_usual_class(element: Any) -> bool:
    names = ("class", "data-testid", "data-test", "data-qa")
    classes = " ".join(filter(None, map(element.get, names)))
    return bool(_AUTHOR_CLASS.search(classes)) and not _NO_AUTHOR_CLASS.search(classes)


def _line_of_name(element: Any) -> str:
    """The text of an element with a name, or of the element inside it that is the name."""
    for inner in element.iterdescendants("span", "a", "strong", "p", "div"):
        marks = f"{inner.get('itemprop') or ''} {inner.get('class') or ''}"
        if "name" in marks and "username" not in marks:
            return line_of(inner)
    return line_of(element)


def _author_by_trafilatura(root: Any, site: str | None) -> str | None:
    from trafilatura.metadata import extract_author

    try:
        author = extract_author(root)
    except FAILURES:
        return None
    return name_in_line(author.replace(";", ","), site) if author else None


def _authors(shown: Shown, names_somebody: Callable[[Any], bool], site: str | None) -> str | None:
    """The names in the first elements that name somebody and are near each other."""
    names: list[str] = []
    around: set[Any] = set()
    for element in shown.elements:
        if element.tag in _NAMES and names_somebody(element):
            # Names elsewhere are authors of other articles, or the staff of the paper.
            near = {element, *islice(element.iterancestors(), _NEAR_NAMES)}
            if names and not near & around:
                continue
            name = name_in_line(_line_of_name(element), site)
            if name and not any(name in other for other in names):
                # An element around several names has them all, so its line replaces them.
                names = [part for part in names if part not in name] + [name]
                around |= near
            if len(names) == _MOST_NAMES:
                break
    return ", ".join(names) or None


def _author_near_heading(shown: Shown, site: str | None) -> str | None:
    """The name that links to an author's page, or that is alone after "By"; or None."""
    for element in shown.near_headline():
        leads = element.tag == "a" and _AUTHOR_PAGE.search(element.get("href") or "")
        line = line_of(element, SHORT_LINE) if leads or element.tag in _NAMES else ""
        if leads or (_BY_NAME.match(f"{line} ") and not line.endswith((".", "?", "!", ":"))):
            name = name_in_line(line, site)
            if name and len(name.split()) <= _LONGEST_NAMES:
                return name
    return None
