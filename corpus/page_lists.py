"""Pages that list other articles: front pages, sections, tags, searches, blogs.

An entry of a list begins with a headline that is a link, and ends where the next one begins. Text
outside all entries is the page's own. A page with hardly any text of its own is no article.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from corpus.encoding import one_line
from corpus.markup import BLOCKS, DROPPED

_HEADINGS = frozenset("h2 h3 h4 h5 dt".split())
# A cell contains an entry, and a line break ends a headline.
_ENDS_A_LINE = BLOCKS | {"br", "td"}
_NOT_SHOWN = DROPPED | {"head"}
_FEWEST = 3
"""Entries of a list; two are enough if the page has hardly any other text."""

_SHORTEST_HEADLINE = 20
"""Bytes of a headline in UTF-8: in scripts with many signs each says more, and has more bytes."""

_LONGEST_TEASER = 300
"""Characters of an entry after its headline, if only the next entry ends it."""

_LONGEST_CARD = 1000
"""Characters of an entry that has an element of its own."""

_LONGEST_INTRODUCTION = 300
"""Characters of the page's own text, as long as it merely introduces a list."""

_LEAST_TEXT = 60
_MOST_SEARCHED = 20_000


@dataclass(slots=True)
class _Line:
    """A line of a page: its words, how many of its bytes are links, and the block around it.

    Bytes in UTF-8 are counted, so that a headline of few signs outweighs the date after it.
    """

    words: str
    linked: int
    block: Any

    @property
    def is_link(self) -> bool:
        return 2 * self.linked > len(self.words.encode())

    def is_headline(self, title: str) -> bool:
        """Whether it links to another article; a line that the page's title repeats does not."""
        enough = self.block.tag in _HEADINGS or len(self.words.encode()) >= _SHORTEST_HEADLINE
        return self.is_link and enough and self.words.casefold() not in title


@dataclass(slots=True)
class _Entry:
    """An entry of a list; ``card`` is the element that contains it and no other entry, or None."""

    card: Any
    length: int = 0
    size: int = 0
    """Characters of the entry, and how many of them are in the extracted text."""

    def takes(self, line: _Line) -> bool:
        """Whether a line belongs to the entry; in an ``article`` element at any length."""
        self.length += len(line.words)
        if self.card is None:
            return self.length <= _LONGEST_TEASER
        if self.card is not line.block and self.card not in line.block.iterancestors():
            return False
        return self.length <= _LONGEST_CARD or self.card.tag == "article"


def without_listed(text: str, root: Any) -> str:
    """The extracted text of a page that lists articles, without the entries of the list.

    It is what the page marks as its own article, or blank if it has none. The text of any other
    page is returned as it is.
    """
    title = one_line(root.findtext(".//title") or "").casefold()
    text_lines = {one_line(part) for line in text.split("\n") for part in line.split(" | ")}
    # Trafilatura joins lines without markup, so these are searched in the text if it is short.
    flat = one_line(text) if len(text) < _MOST_SEARCHED else ""
    entries: list[_Entry] = []
    own_lines: list[_Line] = []
    size = 0
    for line, entry in _entries(root, title):
        if line.words not in text_lines and line.words not in flat:
            continue
        size += len(line.words)
        if entry is not None:
            if not (entries and entries[-1] is entry):
                entries.append(entry)
            entry.size += len(line.words)
        elif not line.is_link and line.block.tag not in {"h1", *_HEADINGS}:
            own_lines.append(line)
    listed_size = sum(entry.size for entry in entries)
    longest = max((entry.size for entry in entries), default=0)
    own_size = sum(len(line.words) for line in own_lines)
    most = _LONGEST_INTRODUCTION if len(entries) >= _FEWEST else _LEAST_TEXT
    is_known = size * 2 > len(text)
    if len(entries) < 2 or not is_known or own_size >= min(most, listed_size):
        return text
    if longest * 4 > 3 * (listed_size + own_size):
        return text
    article_lines = [line.words for line in own_lines if _is_marked(line.block, entries)]
    return "\n\n".join(article_lines) if sum(map(len, article_lines)) > _LEAST_TEXT else ""


def _entries(root: Any, title: str) -> Iterator[tuple[_Line, _Entry | None]]:
    """The lines of a page, each with the list entry to which it belongs, or None."""
    entry: _Entry | None = None
    shared: set[Any] = set()
    for line in _lines(root):
        if line.is_headline(title):
            is_heading = line.block.tag in _HEADINGS
            entry = _Entry(_card(line.block, shared) if is_heading else None)
        elif line.block.tag == "h1" or (entry is not None and not entry.takes(line)):
            entry = None
        yield line, entry


def _lines(root: Any) -> Iterator[_Line]:
    """The lines of a page in their order."""
    from lxml import etree  # type: ignore[import-untyped]

    pieces: list[str] = []
    linked = links = dropped = 0
    blocks = [root]

    def ended() -> Iterator[_Line]:
        nonlocal linked
        if pieces and (words := one_line("".join(pieces))):
            yield _Line(words, linked, blocks[-1])
        pieces.clear()
        linked = 0

    def add(piece: str | None) -> None:
        nonlocal linked
        if piece and not dropped:
            pieces.append(piece)
            linked += len(one_line(piece).encode()) if links else 0

    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        tag = element.tag
        if event == "comment":
            add(element.tail)
            continue
        step = 1 if event == "start" else -1
        if tag in _ENDS_A_LINE or (tag == "a" and _is_card(element)):
            yield from ended()
            if tag != "br":
                blocks.append(element) if step > 0 else blocks.pop()
        dropped += step * (tag in _NOT_SHOWN)
        links += step * (tag == "a" and _leads_away(element))
        add(element.text if step > 0 else element.tail)
    yield from ended()


def _leads_away(link: Any) -> bool:
    """Whether a link leads to another page, and not to a place in this page."""
    address = (link.get("href") or "#").strip()
    return "#" not in address and not address.startswith(("javascript:", "mailto:"))


def _is_card(link: Any) -> bool:
    """Whether a link contains elements and has no words beside it."""
    around = (link.getparent().text, link.tail) if link.getparent() is not None else ()
    return len(link) > 0 and not any(piece and piece.strip() for piece in around)


def _card(heading: Any, shared: set[Any]) -> Any:
    """The largest element around a heading that contains no other heading, or None.

    ``shared`` collects the elements with several headings, so that each is searched only once.
    """
    card = None
    for around in heading.iterancestors("div", "article", "li", "section", "a", "td"):
        if around in shared or len([*islice(around.iter("h1", *_HEADINGS), 2)]) > 1:
            shared.add(around)
            break
        card = around
        if around.tag == "article":
            break
    return card


def _is_marked(block: Any, entries: list[_Entry]) -> bool:
    """Whether a block is in an ``article`` element with the headline and without list entries."""
    article = next(block.iterancestors("article"), None)
    if article is None or next(article.iter("h1"), None) is None:
        return False
    return not any(entry.card is not None and article in entry.card.iterancestors()
                   for entry in entries)  # fmt: skip
