"""The text of the article in a web page: what trafilatura finds, and what belongs to it besides.

Trafilatura takes one block of a page. Where the body stands in several, or its lead in one of its
own, the others are found by standing beside it under the same name, or between headline and text.
"""

import logging
from copy import deepcopy
from functools import lru_cache
from itertools import takewhile
from typing import Any

from corpus.dates import date_in_line
from corpus.encoding import FAILURES, one_line
from corpus.hidden import empty
from corpus.markup import text_of_tree

_BESIDE_TAGS = ("div", "section", "aside", "ul", "ol", "form")
_BESIDE = """_comment_ comment-list comment_list commentlist comments disqus cookie gdpr consent
    newsletter donat support-us support-pay supportus support_us fundrais related recommended
    read-next read-more most-read more-stories see-also sp_message onetrust didomi usercentrics
    qc-cmp cmpbox truste""".split()
"""Parts of the names of what stands beside the article, and is not the paper's words, or not of
this article: what readers say, notices and appeals, cards of others. Trafilatura knows more."""

_HEADINGS = ("h2", "h3", "h4")
_AROUND = ("nav", "header", "footer", "aside", "form")

_LONGEST_NAME = 500
"""Characters of an element's classes and id, of which so many are remembered."""

_LONG = 60
"""Characters of a paragraph; shorter ones may be labels and buttons."""

_LONGEST_CELL = 300
"""Characters; in longer cells a page is laid out, and not a table written."""

_MOST_LINES = 200
_SENTENCE_ENDS = (".", "!", "?", "”", '"')
_LINKED = 0.3
"""Share of a paragraph that may be links; in lists of other articles it is more."""


def main_text(root: Any) -> str:
    """The article's text in the tree of a page, which stays as it is; blank if none is found."""
    import trafilatura
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    # It logs each page that holds nothing, which is one line in our report already.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
    # A page that is nothing but what is not the article's is taken as it is.
    for page in (_without_beside(root), root):
        if page is None:
            continue
        try:
            extracted = trafilatura.bare_extraction(page, include_comments=False)
        except (*FAILURES, LxmlError):
            return ""
        # Its own text has entities decoded twice; the tree has them as they are.
        body = getattr(extracted, "body", None)
        text = "" if body is None else text_of_tree(body)
        if text:
            return text
    return ""


def marked_text(root: Any) -> str:
    """The text of what a page itself marks as its article, if it has but one such element.

    Of a page with many articles that is its main part.
    """
    page = _without_beside(root)
    page = root if page is None else page
    for name in ("article", "main"):
        marked = list(page.iter(name))
        if len(marked) == 1:
            return text_of_tree(marked[0])
    return ""


def _without_beside(root: Any) -> Any:
    """A copy of the page without what stands beside the article; None if nothing does."""
    if not any(map(_is_beside, root.iter(*_BESIDE_TAGS))):
        return None
    page = deepcopy(root)
    empty(filter(_is_beside, page.iter(*_BESIDE_TAGS)))
    return page


def _is_beside(element: Any) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return _is_name_beside(names[:_LONGEST_NAME]) and next(element.iter("h1"), None) is None


@lru_cache(maxsize=10_000)
def _is_name_beside(names: str) -> bool:
    names = names.lower()
    return any(part in names for part in _BESIDE)


def flatten_cells(root: Any) -> None:
    """Make lists and paragraphs in the cells of tables one line each, and empty menus.

    Trafilatura drops lists in cells, and takes paragraphs in them out of their rows. Where a table
    lays out the page, a cell of nothing but links beside the text is a menu.
    """
    for row in root.iter("tr"):
        menus = [cell for cell in row if _is_menu(cell)]
        if menus and any(cell not in menus and len(_words(cell)) > _LONGEST_CELL for cell in row):
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


def completed(text: str, root: Any, shown: list[Any]) -> str:
    """The text with what belongs to it and was not taken, each in its place.

    These are paragraphs, and headings right above one. ``shown`` are the elements of the page that
    are not apart from the article.
    """
    paragraphs = _with_paragraphs(text, root, shown).split("\n\n")
    known = {*map(one_line, paragraphs)}
    above: dict[str, str] = {}
    for heading in shown:
        below = heading.getnext() if heading.tag in _HEADINGS else None
        line = "" if below is None or below.tag != "p" else one_line(_words(heading))
        if line and line not in known and not _is_linked(heading, line):
            above.setdefault(one_line(_words(below)), line)
    headed = ((above.get(one_line(paragraph)), paragraph) for paragraph in paragraphs)
    return "\n\n".join(part for pair in headed for part in pair if part)


def _with_paragraphs(text: str, root: Any, shown: list[Any]) -> str:
    paragraphs = text.split("\n\n")
    places = {one_line(paragraph): at for at, paragraph in enumerate(paragraphs)}
    # A lead may be words in a block without a paragraph.
    shown = [one for one in shown if one.tag in {"h1", "p"} or (one.tag, len(one)) == ("div", 0)]
    lines = [one_line(_words(element)) for element in shown]
    taken = [at for at, line in enumerate(lines) if line in places]
    if not taken and len(lines) < _MOST_LINES:
        # Of short articles trafilatura gives the words alone, the headline among them.
        flat = one_line(text)
        within = [
            line
            for line, element in zip(lines, shown, strict=True)
            if element.tag == "p" and line and line in flat
        ]
        if sum(map(len, within)) * 4 > len(flat) * 3:
            return "\n\n".join(within)
        blocks = "" if "\n\n" in text else _blocks_of_page(root)
        # The text may be what a page tells programs of its video.
        return blocks if 3 * len(blocks) > len(text) else text
    heading = next((at for at, element in enumerate(shown) if element.tag == "h1"), None)
    if not taken or heading is None or not _may_belong(shown[heading], shown[taken[0]]):
        return text
    names = {_block(shown[at]).get("class") for at in taken} - {None, ""}
    added: dict[int, list[str]] = {}
    after = -1
    for at, (element, line) in enumerate(zip(shown, lines, strict=True)):
        if line in places:
            after = max(after, places[line])
            continue
        if at < heading or len(line) < _LONG or element.tag == "h1" or _is_linked(element, line):
            continue
        if any(map(_is_beside, element.iterancestors(*_BESIDE_TAGS))):
            continue
        above = heading < at < taken[0]
        if element.tag == "div" and not (above and line.endswith(_SENTENCE_ENDS)):
            continue
        same = _block(element).get("class") in names
        among = above or taken[0] < at < taken[-1]
        if same or among or (at > taken[-1] and _is_note(element, line)):
            added.setdefault(after, []).append(line)
    if not added:
        return text
    pieces = [*added.get(-1, [])]
    for at, paragraph in enumerate(paragraphs):
        pieces += [paragraph, *added.get(at, [])]
    return "\n\n".join(pieces)


def _blocks_of_page(root: Any) -> str:
    """The text from the headline on in its paragraphs, without menus and what is beside."""
    page = _without_beside(root)
    page = deepcopy(root) if page is None else page
    heading = next(page.iter("h1"), None)
    around = set() if heading is None else {heading, *heading.iterancestors()}
    above = [] if heading is None else [*takewhile(lambda part: part is not heading, page.iter())]
    empty(element for element in [*above, *page.iter(*_AROUND)] if element not in around)
    return text_of_tree(page)


def _words(element: Any) -> str:
    return "".join(element.itertext())


def _block(element: Any) -> Any:
    """The block in which a paragraph stands."""
    return next(element.iterancestors("div", "section", "article", "main", "td", "body"), element)


def _may_belong(heading: Any, paragraph: Any) -> bool:
    """Whether headline and text stand in one article, or the page has but one."""
    articles = set(heading.iterancestors("article", "main"))
    return bool(articles & set(paragraph.iterancestors("article", "main")))


def _is_note(element: Any, line: str) -> bool:
    """Whether the foot of an article says with a day that it was corrected: ``amended on …``."""
    in_foot = next(element.iterancestors("footer"), None) is not None
    return in_foot and line.endswith(_SENTENCE_ENDS) and date_in_line(line) is not None


def _is_menu(cell: Any) -> bool:
    links = [*cell.iter("a")]
    linked = sum(len(one_line(_words(link))) for link in links)
    return len(links) > 1 and len("".join(_words(cell).split())) <= linked


def _is_linked(element: Any, line: str) -> bool:
    linked = sum(len(_words(link)) for link in element.iter("a"))
    return linked > _LINKED * len(line)
