"""Finds the text of the article in a web page with trafilatura, and adds what trafilatura misses.

Trafilatura returns one block of a page. If the body is in several blocks, or its lead in a block
of its own, these are blocks of the same class beside it, or blocks between headline and text.
"""

import logging
import re
from collections import Counter
from copy import deepcopy
from functools import lru_cache
from itertools import takewhile
from typing import Any

from corpus.dates import date_in_line
from corpus.encoding import FAILURES, one_line
from corpus.hidden import empty
from corpus.markup import text_of_tree, words_of
from corpus.page_shown import without_states

_BESIDE_TAGS = ("div", "section", "aside", "ul", "ol", "form")
_BESIDE = re.compile(
    r"(?<![^\W_])(?:comment(?:s|[-_]?list)|comment_|disqus|cookie|gdpr|consent|newsletter|donat"
    r"|support[-_]?us|support-pay|fundrais|related|recommended|read-next|read-more|most-read"
    r"|more-stories|see-also|sp_message|onetrust|didomi|usercentrics|qc-cmp|cmpbox|truste(?![^\W_]))"
)
"""The beginnings of words in the classes and ids of elements beside the article: readers' comments,
notices, appeals and cards of other articles. Trafilatura knows more."""

_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HEADINGS = ("h2", "h3", "h4")
_AROUND = ("nav", "header", "footer", "aside", "form")

_LONGEST_NAME = 500
"""Characters of an element's classes and id that are compared; the result is cached."""

LONG = 60
"""Characters of a paragraph; a shorter one may be a label or a button."""

_FEWEST_PARAGRAPHS = 3
_LONGEST_CELL = 300
"""Characters; a table with longer cells is the layout of a page."""

_MOST_LINES = 200
_IN_LINES = ("time", "noindex", "blink", "marquee")
_NOT_IN_LINES = ("rt", "rp", "audio", "video", "progress")
"""Elements whose text is for old browsers, or says how the characters below are read aloud."""
SENTENCE_ENDS = (".", "!", "?", "”", '"', "。")
_LINKED = 0.3
"""The share of a paragraph that may be links; lists of other articles have more."""


def main_text(root: Any) -> str:
    """The text of the article in a page; blank if there is none. The tree is not changed."""
    import trafilatura
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    # It logs each page without text, which is a line in our report already.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
    # If the page has no other text, the elements beside the article are read as well.
    for page in (_without_beside(root), root):
        if page is None:
            continue
        try:
            extracted = trafilatura.bare_extraction(page, include_comments=False)
        except (*FAILURES, LxmlError):
            return ""
        # Trafilatura decodes entities twice in its text, but not in its tree.
        body = getattr(extracted, "body", None)
        text = "" if body is None else text_of_tree(body)
        if text:
            return text
    return ""


def marked_text(root: Any) -> str:
    """The text of the only ``article`` of a page, or else of its only ``main``; or blank."""
    page = _without_beside(root)
    page = root if page is None else page
    for name in ("article", "main"):
        marked = list(page.iter(name))
        if len(marked) == 1:
            return text_of_tree(marked[0])
    return ""


def _without_beside(root: Any) -> Any:
    """A copy of the page without the elements beside its article; None if there are none."""
    beside = _beside(root)
    if not beside:
        return None
    page = deepcopy(root)
    pairs = zip(root.iter(), page.iter(), strict=True)
    empty([copy for element, copy in pairs if element in beside])
    return page


def _beside(root: Any) -> set[Any]:
    """The elements beside the article by their names.

    What holds most words of the page in several paragraphs is the article, whatever its names; an
    appeal beside a short article has fewer of them.
    """
    named = {
        element
        for element in root.iter(*_BESIDE_TAGS)
        if _is_name_beside(
            f"{element.get('class') or ''} {element.get('id') or ''}"[:_LONGEST_NAME]
        )
        and next(element.iter("h1"), None) is None
    }
    sizes: Counter[Any] = Counter()
    for paragraph in root.iter("p") if named else ():
        sizes[paragraph.getparent()] += len(words_of(paragraph))
    for holder, size in sizes.most_common(1):
        linked = sum(len(words_of(link)) for link in root.iter("a"))
        has_several = len(holder.findall("p")) >= _FEWEST_PARAGRAPHS
        if has_several and 2 * size > len(_line(root)) - linked:
            named -= {holder, *holder.iterancestors()}
    return named


@lru_cache(maxsize=10_000)
def _is_name_beside(names: str) -> bool:
    return _BESIDE.search(_CAPITAL.sub("-", without_states(names)).lower()) is not None


def flatten_cells(root: Any) -> None:
    """Turn lists and paragraphs in the cells of tables into one line each, and empty menus.

    Trafilatura drops lists in cells, and moves paragraphs in cells out of their rows. In a table
    that lays out the page, a cell beside the text that contains only links is a menu.
    """
    for row in root.iter("tr"):
        menus = [cell for cell in row if _is_menu(cell)]
        if menus and any(cell not in menus and len(words_of(cell)) > _LONGEST_CELL for cell in row):
            empty(menus)
    for cell in root.iter("td", "th"):
        has_blocks = next(cell.iter("p", "div", "ul", "ol", "dl", "br"), None) is not None
        if not has_blocks or next(cell.iter("table"), None) is not None:
            continue
        pieces = [line.strip() for line in text_of_tree(cell).split("\n") if line.strip()]
        if sum(map(len, pieces)) > _LONGEST_CELL or next(cell.iter("h1", "h2"), None) is not None:
            continue
        tail = cell.tail
        for inner in list(cell):
            cell.remove(inner)
        cell.text, cell.tail = "; ".join(pieces), tail


def flatten_lines(root: Any) -> None:
    """Leave only words in the lines of text, since trafilatura drops or splits other elements.

    Otherwise a line would look as if trafilatura had missed it.
    """
    from lxml import etree  # type: ignore[import-untyped]

    empty([*root.iter(*_NOT_IN_LINES), *root.xpath(".//p//*[self::figure or self::label]")])
    etree.strip_tags(root, "q")
    for paragraph in root.iter("p"):
        etree.strip_tags(paragraph, *_IN_LINES)


def completed(text: str, root: Any, shown: list[Any]) -> str:
    """The text with the paragraphs that trafilatura missed, and with the headings right above one.

    Each is added in its place. ``shown`` are the elements that are not apart from the article.
    """
    paragraphs = _with_paragraphs(text, root, shown).split("\n\n")
    known_lines = {*map(one_line, paragraphs)}
    above: dict[str, str] = {}
    for heading in shown:
        below = heading.getnext() if heading.tag in _HEADINGS else None
        line = "" if below is None or below.tag != "p" else _line(heading)
        if line and line not in known_lines and not _is_linked(heading, line):
            above.setdefault(_line(below), line)
    headed = ((above.get(one_line(paragraph)), paragraph) for paragraph in paragraphs)
    return "\n\n".join(part for pair in headed for part in pair if part)


def _with_paragraphs(text: str, root: Any, shown: list[Any]) -> str:
    paragraphs = text.split("\n\n")
    places = {one_line(paragraph): at for at, paragraph in enumerate(paragraphs)}
    # A lead may be the text of a block without a paragraph.
    bare = ("div", 0)
    shown = [part for part in shown if part.tag in {"h1", "p"} or (part.tag, len(part)) == bare]
    lines = [*map(_line, shown)]
    taken_at = [at for at, line in enumerate(lines) if line in places]
    if not taken_at and len(lines) < _MOST_LINES:
        # For a short article trafilatura returns only its words, including the headline.
        flat = one_line(text)
        within = [
            line
            for line, element in zip(lines, shown, strict=True)
            if element.tag == "p" and line and line in flat
        ]
        if sum(map(len, within)) * 4 > len(flat) * 3:
            return "\n\n".join(within)
        blocks = "" if "\n\n" in text else blocks_of_page(root)
        # The text may be the metadata of a video.
        return blocks if 3 * len(blocks) > len(text) else text
    heading = next((at for at, element in enumerate(shown) if element.tag == "h1"), None)
    if not taken_at or heading is None or not _may_belong(shown[heading], shown[taken_at[0]]):
        return text
    names = {_block(shown[at]).get("class") for at in taken_at} - {None, ""}
    missing: dict[int, list[str]] = {}
    beside = _beside(root)
    after = -1
    for at, (element, line) in enumerate(zip(shown, lines, strict=True)):
        if line in places:
            after = max(after, places[line])
            continue
        if at < heading or len(line) < LONG or element.tag == "h1" or _is_linked(element, line):
            continue
        if not beside.isdisjoint(element.iterancestors(*_BESIDE_TAGS)):
            continue
        above = heading < at < taken_at[0]
        if element.tag == "div" and not (above and line.endswith(SENTENCE_ENDS)):
            continue
        same = _block(element).get("class") in names
        among = above or taken_at[0] < at < taken_at[-1]
        if same or among or (at > taken_at[-1] and _is_note(element, line)):
            missing.setdefault(after, []).append(line)
    if not missing:
        return text
    pieces = [*missing.get(-1, [])]
    for at, paragraph in enumerate(paragraphs):
        pieces += [paragraph, *missing.get(at, [])]
    return "\n\n".join(pieces)


def _line(element: Any) -> str:
    """What an element shows, on one line, as the paragraphs of the extracted text are written."""
    return "" if element is None else one_line(text_of_tree(element))


def blocks_of_page(root: Any) -> str:
    """The paragraphs of a page from the headline on, without menus and elements beside."""
    page = _without_beside(root)
    page = deepcopy(root) if page is None else page
    heading = next(page.iter("h1"), None)
    around = set() if heading is None else {heading, *heading.iterancestors()}
    above = [] if heading is None else [*takewhile(lambda part: part is not heading, page.iter())]
    empty(element for element in [*above, *page.iter(*_AROUND)] if element not in around)
    return text_of_tree(page)


def _block(element: Any) -> Any:
    """The block around a paragraph, or the paragraph itself."""
    return next(element.iterancestors("div", "section", "article", "main", "td", "body"), element)


def _may_belong(heading: Any, paragraph: Any) -> bool:
    """Whether headline and paragraph are in the same ``article`` or ``main`` element."""
    articles = set(heading.iterancestors("article", "main"))
    return bool(articles & set(paragraph.iterancestors("article", "main")))


def _is_note(element: Any, line: str) -> bool:
    """Whether a line in a footer is a dated sentence, such as ``This article was amended on …``."""
    in_foot = next(element.iterancestors("footer"), None) is not None
    return in_foot and line.endswith(SENTENCE_ENDS) and date_in_line(line) is not None


def _is_menu(cell: Any) -> bool:
    links = [*cell.iter("a")]
    linked = sum(len(words_of(link)) for link in links)
    return len(links) > 1 and len(words_of(cell).replace(" ", "")) <= linked


def _is_linked(element: Any, line: str) -> bool:
    linked = sum(len(words_of(link)) for link in element.iter("a"))
    return linked > _LINKED * len(line)
