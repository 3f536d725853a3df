"""What a web page shows to its readers around the text: the headline, the author, the day.

What stands in cards of other articles, in posts of others that are embedded, in comments and beside
the article is not the article's.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from corpus.article import Published
from corpus.calendar_words import MONTH
from corpus.dates import date_in_line, parse_date
from corpus.encoding import FAILURES, clean_line, one_line
from corpus.markup import text_of_tree

_APART = frozenset("aside nav footer blockquote figure form template".split())
_APART_CLASS = re.compile(
    r"(?:^|[\s_-])(?:related|recommended|teasers?|cards?|comments?|embed(?:ded)?|sidebar|widgets?"
    r"|promo|more|latest|popular|trending|instagram|twitter|tweet|footer|menu|bio)(?:$|[\s_-])",
    re.IGNORECASE,
)
_DATE_CLASS = re.compile(
    r"date|publish|posted|pub-?time|time-?stamp|byline|meta|created|fecha|datum", re.IGNORECASE
)
_UPDATED = re.compile(r"updat|modif|edited|revis|aktualis|\bmaj\b", re.IGNORECASE)
_FIRST = re.compile(r"publish|posted|created|first|issued", re.IGNORECASE)
_AUTHOR_CLASS = re.compile(
    r"byline|author|auteur|autor|writer|reporter|contributor\b", re.IGNORECASE
)
_AUTHOR_PAGE = re.compile(r"/(?:authors?|auteurs?|autore?n?|journalists?|reporters?)/[^/]")
_BY_NAME = re.compile(r"(?i:by|von|par|por|di|door|av|af):?\s+[^\W\d_a-z][\w.'’-]*\s")
_NO_AUTHOR_CLASS = re.compile(
    r"authori|bio\b|box|about|image|avatar|photo|social|share|follow|title|role|date|time|count"
    r"|comment|automat",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:(?:written|posted|published|submitted|reported|story|text|words|authors?|by|von|par|por|di"
    r"|door|av|af)\b\s*:?\s*)+",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"[|•·/\n\t–—]|\s-\s|\d|\b(?:published|updated|posted)\b", re.IGNORECASE)
_DATED = re.compile(rf"(?<![\s,])[\s,]+(?:on\s+)?(?:{MONTH}\.?,?\s*)?\Z", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_NAMES = frozenset("a address span div p strong em li h3 h4 h5 cite".split())
_DAYS = frozenset("span div p li small em strong td abbr".split())
_LONGEST_LINE = 120
_SHORT_LINE = 60
"""Characters; a longer line that is not marked as a date may be the article's first sentence."""

_NEAR = 40
"""Elements after the headline among which the line about day and author stands."""

_NEAR_NAMES = 3
"""Elements up from a name within which stand those who wrote the same article."""

_LONGEST_NAME = 500
"""Characters of an element's classes, of which so many are remembered."""

_LONGEST_NAMES = 6
"""Words of the names in a line that nothing but its beginning marks."""

_MOST_NAMES = 12
_MOST_DATES = 200


class Shown:
    """The elements of a page that may be about its article, in their order."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.title = clean_line(root.findtext(".//title") or "")
        self.elements = list(_shown_elements(root))

    def repeated_heading(self) -> str | None:
        """The heading that the title of the page repeats, which is its headline."""
        heading = self._repeated()
        return None if heading is None else _heading(heading)

    def first_heading(self, tag: str) -> str | None:
        """The first heading of a rank, ``h1`` or ``h2``, that says anything."""
        headings = (_heading(element) for element in self.elements if element.tag == tag)
        return next(filter(None, headings), None)

    def dates(self, language: str | None) -> list[Published | None]:
        """The date that is shown as that of the article, not that of its last change if it can."""
        updated: list[Published] = []
        for element in islice(self._dated(), _MOST_DATES):
            classes = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
            stated = element.get("datetime") or element.get("content") or ""
            line = "" if stated else _line(element)
            if line and _UPDATED.search(line) and (first := _FIRST.search(line)):
                line = line[first.start() :]
            published = _date(stated[:_LONGEST_LINE] or line, language)
            if published is None:
                continue
            if _UPDATED.search(f"{classes} {line}") and not _FIRST.search(f"{classes} {line}"):
                updated.append(published)
            else:
                return [published]
        return [*updated[:1]]

    def empty_lines_of_day(self) -> None:
        """Empty the lines that only say when the article appeared: they are not of its text."""
        for time in [element for element in self.elements if element.tag == "time"]:
            around = time.getparent()
            if around is not None and around.tag == "p" and _is_no_sentence(around, _LONGEST_LINE):
                around.clear(keep_tail=True)

    def author(self, site: str | None) -> str | None:
        """The author by the usual marks, or where these are unusual by those of trafilatura."""
        names: list[str] = []
        around: set[Any] = set()
        for element in self.elements:
            if element.tag in _NAMES and _names_somebody(element):
                # Names that stand elsewhere are of those who wrote other articles, or in the house.
                near = {element, *islice(element.iterancestors(), _NEAR_NAMES)}
                if names and not near & around:
                    continue
                name = name_in_line(_line_of_name(element), site)
                if name and not any(name in other for other in names):
                    # An element around several names has them all.
                    names = [other for other in names if other not in name] + [name]
                    around |= near
                if len(names) == _MOST_NAMES:
                    break
        author = ", ".join(names) or self._author_near_heading(site)
        return author or _author_by_trafilatura(without_apart(self.root), site)

    def _author_near_heading(self, site: str | None) -> str | None:
        """The name that leads to an author's page, or that stands alone after "By"."""
        for element in self._near(self._heading_element()):
            leads = element.tag == "a" and _AUTHOR_PAGE.search(element.get("href") or "")
            line = _line(element, _SHORT_LINE) if leads or element.tag in _NAMES else ""
            if leads or (_BY_NAME.match(f"{line} ") and not line.endswith((".", "?", "!", ":"))):
                name = name_in_line(line, site)
                if name and len(name.split()) <= _LONGEST_NAMES:
                    return name
        return None

    def _heading_element(self) -> Any:
        heading = self._repeated()
        if heading is not None:
            return heading
        return next((element for element in self.elements if element.tag == "h1"), None)

    def _near(self, heading: Any) -> list[Any]:
        """The elements after the headline."""
        if heading is None:
            return []
        at = next(at for at, element in enumerate(self.elements) if element is heading)
        return self.elements[at + 1 : at + 1 + _NEAR]

    def _repeated(self) -> Any:
        """The longest heading that the title repeats; the name of the site is often one as well."""
        heading, longest = None, 10
        title = folded(self.title)
        for element in self.elements:
            if element.tag in {"h1", "h2"}:
                line = folded(_heading(element))
                begins = bool(title) and title[:60] in line
                if len(line) > longest and (begins or line in title):
                    heading, longest = element, len(line)
        return heading

    def _dated(self) -> Iterator[Any]:
        """The elements that may say when the article was published, the likeliest first."""
        for element in self.elements:
            if "datePublished" in (element.get("itemprop") or "").split() or (
                element.tag == "time" and element.get("pubdate") is not None
            ):
                yield element
        times = [element for element in self.elements if element.tag == "time"]
        # A page that tells its first day beside that of its last change marks it so.
        yield from (time for time in times if _FIRST.search(time.get("class") or "")
                    and not _UPDATED.search(time.get("class") or ""))  # fmt: skip
        near = self._near(self._heading_element())
        yield from (element for element in near if element.tag == "time")
        yield from filter(_is_no_sentence, (element for element in near if element.tag in _DAYS))
        for element in self.elements:
            if element.tag in _DAYS and _DATE_CLASS.search(element.get("class") or ""):
                yield element
        yield from times


def name_in_line(line: str, site: str | None) -> str | None:
    """The name in a line such as ``By Jane Doe, 3 March 2025``; None if there is none."""
    line = clean_line(line)
    if not line or len(line) > 2 * _LONGEST_LINE or line.startswith(("http://", "https://")):
        return None
    by = _BY.match(line)
    line = line[by.end() :] if by else line
    after = _AFTER_NAME.search(line)
    name = line[: after.start() if after else len(line)]
    # "Jane Doe on April 3": a month is cut where its day was.
    name = (_DATED.sub("", name) if after and after[0].isdigit() else name).strip(" ,;:.|-")
    if not name or len(name) > 100 or len(name.split()) > 16 or "@" in name or name == site:
        return None
    if _HOST.fullmatch(name):
        return None
    return name if any(map(str.isalpha, name)) and not name.endswith(("?", "!")) else None


def _shown_elements(root: Any) -> Iterator[Any]:
    """The elements that are not apart from the article."""
    from lxml import etree  # type: ignore[import-untyped]

    apart = _apart(root)
    inside = articles = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            inside += element in apart
            articles += element.tag == "article"
            if not inside and articles < 2:
                yield element
        else:
            inside -= element in apart
            articles -= element.tag == "article"


def without_apart(root: Any) -> Any:
    """A copy of the page without what is apart from its article."""
    copy = deepcopy(root)
    for element in _apart(copy):
        if element.getparent() is not None:
            element.clear(keep_tail=True)
    return copy


def _apart(root: Any) -> set[Any]:
    """The elements whose tag or class says that they are not the article's.

    Themes call the whole page, or the article itself, by the names of what is apart, so what holds
    the headline is never taken for that.
    """
    around = {ancestor for heading in root.iter("h1") for ancestor in heading.iterancestors()}
    return {
        element
        for element in root.iter("*")
        if element not in around
        and (element.tag in _APART or _is_name_apart((element.get("class") or "")[:_LONGEST_NAME]))
    }


@lru_cache(maxsize=10_000)
def _is_name_apart(names: str) -> bool:
    return _APART_CLASS.search(names) is not None


def _date(written: str, language: str | None) -> Published | None:
    published = parse_date(written, "page", language)
    if published is not None and published.precision in {"day", "instant"}:
        return published
    date = date_in_line(written)
    return replace(date, how="page") if date and date.precision == "day" else None


def _is_no_sentence(element: Any, longest: int = _SHORT_LINE) -> bool:
    """Whether a line that is not marked as a date may be one, and not the beginning of the text."""
    line = _line(element, longest)
    return bool(line) and (not line.endswith((".", "!", "?", "”", '"')) or bool(_FIRST.match(line)))


def _names_somebody(element: Any) -> bool:
    if "author" in (element.get("rel") or "").split():
        return True
    if {"author", "creator"} & set((element.get("itemprop") or "").split()):
        return True
    names = ("class", "data-testid", "data-test", "data-qa")
    classes = " ".join(filter(None, map(element.get, names)))
    return bool(_AUTHOR_CLASS.search(classes)) and not _NO_AUTHOR_CLASS.search(classes)


def _line_of_name(element: Any) -> str:
    """The text of an element that names somebody, or of that inside it which is the name."""
    for inner in element.iterdescendants("span", "a", "strong", "p", "div"):
        marks = f"{inner.get('itemprop') or ''} {inner.get('class') or ''}"
        if "name" in marks and "username" not in marks:
            return _line(inner)
    return _line(element)


def _author_by_trafilatura(root: Any, site: str | None) -> str | None:
    from trafilatura.metadata import extract_author

    try:
        author = extract_author(root)
    except FAILURES:
        return None
    return name_in_line(author.replace(";", ","), site) if author else None


def _line(element: Any, longest: int = _LONGEST_LINE) -> str:
    """The text of an element on one line; blank if it is too long for one."""
    pieces: list[str] = []
    size = 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len(piece.strip())
        if size > longest:
            return ""
    return clean_line(" ".join(pieces))


def _heading(element: Any) -> str:
    """The text of a heading on one line, without a blank in words that are marked in part."""
    line = clean_line(text_of_tree(element))
    return line if len(line) <= 3 * _LONGEST_LINE else ""


def folded(line: str) -> str:
    """A line without case and double blanks, so that two can be compared."""
    return one_line(line.casefold())
