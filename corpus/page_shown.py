"""What readers of a web page see around the text: its elements, the headline, the date.

Cards of other articles, embedded posts of other people, comments and text beside the article are
apart from the article, and ignored.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from itertools import islice, takewhile
from typing import Any

from corpus.article import Published
from corpus.dates import best_date, date_in_line, parse_date
from corpus.encoding import clean_line, one_line
from corpus.markup import text_of_tree

_APART = frozenset("aside nav footer blockquote figure form template".split())
_APART_CLASS = re.compile(
    r"(?:^|[\s_-])(?:related|recommended|teasers?|(?<!\bh-)cards?|comments?|embed(?:ded)?|sidebar|widgets?"
    r"|promo|more|latest|popular|trending|instagram|twitter|tweet|menu|bio"
    r"|today|current|clock|weather|top-?bar|events?|generated)(?:$|[\s_-])",
    re.IGNORECASE,
)
_STATE = re.compile(r"(?:no|has|with|without)[-_].*|.*[-_](?:open|closed|enabled|disabled|on|off)")
_DATE_CLASS = re.compile(
    r"date|publish|posted|pub-?time|time-?stamp|byline|meta|created|fecha|datum", re.IGNORECASE
)
PUBLISHED = (
    r"publi(?:é|cad|cer|kov|kow|sert)|pubblicat|gepubliceerd|veröffentlicht|vydáno|julkaistu|yayın"
    r"|giriş|опублик|опублік|公開|掲載|发布|發布|입력|등록|نشر"
)
UPDATED = (
    r"a[kc]tuali[sz]|mise? à jour|aggiornat|atualizad|bijgewerkt|gewijzigd|uppdater|opp?dater"
    r"|päivitetty|güncelle|обновлен|изменен|оновлен|змінен|更新|수정|업데이트|تحديث|تعديل"
)
"""Patterns for the words for published and updated, in other languages than English."""

# Maj is French for an update, and May or a name in Danish, Slovene and Swedish.
_UPDATED = re.compile(
    rf"updat|modif|edited|revis|{UPDATED}|\bstand\s*[:\d]"
    r"|\bm[aà]j\b(?!\s+(?-i:[A-ZÅÄÖ][a-zåäö])|\.?,?\s+(?:\d\d?,\s+)?\d{4}\b)",
    re.IGNORECASE,
)
_FIRST = re.compile(rf"publish|{PUBLISHED}|posted|created|first|issued", re.IGNORECASE)
_DAYS = frozenset("span div p li small em strong td abbr".split())
LONGEST_LINE = 120
SHORT_LINE = 60
"""Characters; a longer line that is not marked as a date may be the article's first sentence."""

_SHORTEST_HEADLINE = 10
"""Characters; a shorter line occurs in many titles."""

BETWEEN = re.compile(r"\s+(?:[-–—|•·»›‹«:]|::)\s+")
"""The separator in titles between the headline and the name of the site."""

_HOME = re.compile(r"(?:(?:https?:)?//[^/?#]{1,200})?/?")
_NEAR = 40
"""The line with date and author is among so many elements after the headline."""

_NEAR_ABOVE = 20
"""A date of the article is at most so many elements above the headline."""

_LONGEST_NAME = 500
"""Characters of an element's classes that are compared; the result is cached."""

_MOST_DATES = 200


class Shown:
    """The elements of a page that may belong to its article, in document order."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.title = _title(root)
        self.heading, self.headline = _headline(root)
        self.elements = list(_shown_elements(root, self.heading))

    def first_heading(self, tag: str) -> str | None:
        """The first heading of a rank, ``h1`` or ``h2``, that is not blank."""
        headings = (_heading(element) for element in self.elements if element.tag == tag)
        return next(filter(None, headings), None)

    def dates(self, language: str | None) -> list[Published | None]:
        """The date that is shown as the article's, if any; the date of its last change is none."""
        for element in islice(self._date_elements(), _MOST_DATES):
            classes = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
            attribute = element.get("datetime") or element.get("content") or ""
            line = line_of(element)
            changed = _UPDATED.search(line)
            if changed and date_in_line(line[: changed.start()], language):
                classes, line = "", line[: changed.start()]
            if _UPDATED.search(line) and (first := _FIRST.search(line)):
                line = line[first.start() :]
            # The shown day is the publisher's; an attribute may have the day of a later version.
            published = best_date(_date(day, language) for day in (line, attribute[:LONGEST_LINE]))
            if published is None:
                continue
            if not is_of_change(f"{classes} {line}"):
                return [published]
        return []

    def empty_lines_of_day(self) -> None:
        """Empty lines that only say when the article appeared, as they are no part of its text."""
        for time in [element for element in self.elements if element.tag == "time"]:
            around = time.getparent()
            if around is not None and around.tag == "p" and _is_no_sentence(around, LONGEST_LINE):
                around.clear(keep_tail=True)
        for element in _above_text(self.near_headline()):
            around = element.getparent()
            # An element inside an emptied line has no parent any more.
            if around is None or element.tag not in _DAYS - {"td"}:
                continue
            line = line_of(element, SHORT_LINE)
            # Within a longer line the day is part of a sentence.
            if line_of(around) in {"", line} and parse_date(line, "dateline"):
                element.clear(keep_tail=True)

    def near_headline(self) -> list[Any]:
        """The first elements after the headline; author and date are among them."""
        headings = (element for element in self.elements if element.tag == "h1")
        headline = next(headings, None) if self.heading is None else self.heading
        places = (at for at, element in enumerate(self.elements, start=1) if element is headline)
        start = next(places, len(self.elements))
        return self.elements[start : start + _NEAR]

    def _date_elements(self) -> Iterator[Any]:
        """The elements that may say when the article was published, the likeliest first."""
        for element in self.elements:
            if "datePublished" in (element.get("itemprop") or "").split() or (
                element.tag == "time" and element.get("pubdate") is not None
            ):
                yield element
        times = [element for element in self.elements if element.tag == "time"]
        # A page that shows its first day beside that of its last change marks the first by a class.
        yield from (time for time in times if _FIRST.search(time.get("class") or "")
                    and not _UPDATED.search(time.get("class") or ""))  # fmt: skip
        near = self.near_headline()
        yield from (element for element in near if element.tag == "time")
        above_text = {*_above_text(near)}
        yield from (
            element for element in near
            if element.tag in _DAYS and _is_no_sentence(element)
            and (element in above_text or _FIRST.match(line_of(element)))
        )  # fmt: skip
        above = elements_above(self.root, self.heading)
        for element in self.elements:
            if element.tag in _DAYS and _has_date_class(element) and element not in above:
                yield element
        yield from (time for time in times if time not in above)


def is_of_change(words: str) -> bool:
    """Whether words beside a day say that it is the day of a change, not of publication."""
    return bool(_UPDATED.search(words)) and not _FIRST.search(words)


def elements_above(root: Any, heading: Any) -> set[Any]:
    """The elements above the article: the head of the page, which may show today's date.

    An element right above the headline that is marked as a date belongs to the article, unless it
    is in the ``header`` of the page. So does a paragraph right above the headline.
    """
    if heading is None:
        # The only h1 of a page is its headline, even if it is too short to be compared.
        first = [*islice(root.iter("h1"), 2)]
        if len(first) != 1:
            return set()
        (heading,) = first
    around = [*heading.iterancestors()]
    article = next((block for block in around if any(map(_is_prose, block.iter("p")))), None)
    own = set() if article is None or article.tag in {"body", "html"} else {*article.iter()}
    before = [*takewhile(lambda element: element is not heading, root.iter())]
    near = {element for element in before[-_NEAR_ABOVE:] if _has_date_class(element)
            and {*element.iterancestors("header")} <= {*around}}  # fmt: skip
    line = heading.getprevious()
    near |= set() if line is None or line.tag != "p" else {*line.iter()}
    return {*before} - own - {*around} - near


def _above_text(elements: Iterable[Any]) -> Iterator[Any]:
    """The elements up to the second paragraph: the first may be the lead, with the date below."""
    paragraphs = 0
    for element in elements:
        paragraphs += _is_prose(element)
        if paragraphs > 1:
            return
        yield element


def _is_prose(element: Any) -> bool:
    return element.tag == "p" and len("".join(element.itertext()).strip()) > SHORT_LINE


def _has_date_class(element: Any) -> bool:
    return bool(_DATE_CLASS.search(element.get("class") or ""))


def _title(root: Any) -> str:
    return clean_line(root.findtext(".//title") or "")


def heading_of(root: Any) -> Any:
    """The heading that is the headline of the page's article, or None."""
    return _headline(root)[0]


def _headline(root: Any) -> tuple[Any, str]:
    """The heading that shares most with the title, and the shared text; None and "" if none does.

    The name of the site is often a heading as well, and a heading may also contain a label.
    """
    metas = root.iterfind(".//meta[@property='og:title']")
    og_title = next((meta.get("content") or "" for meta in metas), "")
    titles = [title[: 4 * LONGEST_LINE] for title in (_title(root), og_title) if title]
    heading, headline = None, ""
    for element in root.iter("h1", "h2", "h3"):
        line = "" if _leads_home(element) else _heading(element)
        common = max((_shared_text(line, title) for title in titles), key=len, default="")
        if len(common) > max(len(headline), _SHORTEST_HEADLINE):
            heading, headline = element, common
    return heading, headline


def _shared_text(line: str, title: str) -> str:
    """The part of a heading that a title repeats: all of it, or all but a label or section."""
    parts = [*filter(None, BETWEEN.split(title))]
    within = [part for part in parts if folded(part) in folded(line)]
    if folded(line) in folded(title) or len([part for part in within if part is not parts[-1]]) > 1:
        return line
    return next((part for part in within if 2 * len(part) > len(line)), "")


def _leads_home(heading: Any) -> bool:
    """Whether a heading is a link to the front page, as a site's name usually is."""
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    return any(map(is_home, links))


def _shown_elements(root: Any, heading: Any) -> Iterator[Any]:
    """The elements that are not apart from the article, nor in an ``article`` inside another."""
    from lxml import etree  # type: ignore[import-untyped]

    apart = _apart(root, heading)
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
    """A copy of the page without the elements that are apart from its article."""
    copy = deepcopy(root)
    for element in _apart(copy, heading_of(copy)):
        if element.getparent() is not None:
            element.clear(keep_tail=True)
    return copy


def _apart(root: Any, heading: Any) -> set[Any]:
    """The elements whose tag or class says that they are not part of the article.

    Some themes give such classes to the whole page, or to the article itself, so an element that
    contains the headline is never apart.
    """
    headings = [*root.iter("h1"), *([] if heading is None else [heading])]
    around = {ancestor for heading in headings for ancestor in heading.iterancestors()}
    return {
        element
        for element in root.iter("*")
        if element not in around
        and (element.tag in _APART or _is_name_apart((element.get("class") or "")[:_LONGEST_NAME]))
        # The footer of an article may name its author and date.
        and (element.tag != "footer" or next(element.iterancestors("article"), None) is None)
    }


@lru_cache(maxsize=10_000)
def _is_name_apart(names: str) -> bool:
    return _APART_CLASS.search(without_states(names)) is not None


def without_states(names: str) -> str:
    """Classes but those that say what an element has, and not what it is: ``comments-closed``."""
    return " ".join(name for name in names.split() if not _STATE.fullmatch(name.lower()))


def _date(written: str, language: str | None) -> Published | None:
    published = parse_date(written, "page", language)
    if published is not None and published.precision in {"day", "instant"}:
        return published
    date = date_in_line(written, language, ambiguous=True)
    return replace(date, how="page") if date and date.precision != "month" else None


def _is_no_sentence(element: Any, longest: int = SHORT_LINE) -> bool:
    """Whether a line without a date class may be a date, and not the beginning of the text."""
    line = line_of(element, longest)
    is_sentence = line.endswith((".", "!", "?", "”", '"')) and parse_date(line, "dateline") is None
    return bool(line) and (not is_sentence or bool(_FIRST.match(line)))


def line_of(element: Any, longest: int = LONGEST_LINE) -> str:
    """The text of an element on one line; blank if it is longer than ``longest``."""
    pieces: list[str] = []
    size = 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len(piece.strip())
        if size > longest:
            return ""
    return clean_line(" ".join(pieces))


def _heading(element: Any) -> str:
    """The text of a heading on one line; markup inside a word puts no blank into it."""
    line = clean_line(text_of_tree(element))
    return line if len(line) <= 3 * LONGEST_LINE else ""


def is_home(link: Any) -> bool:
    """Whether a link leads to the front page of a site."""
    return _HOME.fullmatch((link.get("href") or "#").strip()) is not None


def folded(line: str) -> str:
    """A line in lower case and without double blanks, so that two lines can be compared."""
    return one_line(line.casefold())
