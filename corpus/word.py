"""Word's DOCX: the paragraphs, with tracked insertions, without tracked deletions and hidden text.

A row of a table becomes a line with bars between its cells, unless a cell contains prose.

The dates in a document say when it was typed, so they are not read. The names are from ECMA-376,
part 1, section 17: https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from corpus.article import Found
from corpus.containers import xml_member
from corpus.documents import Document
from corpus.encoding import one_line
from corpus.text_files import found_in_text

_TEXT = "word/document.xml"
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
# Deleted text, moved text in its old place, and a second form of contents that are already present.
_LEFT_OUT = ("del", "moveFrom", "Fallback")
_OFF = frozenset(["0", "false", "off"])
_LONGEST_CELL = 300
"""Characters; a longer cell contains prose."""


def read_docx(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One document: one article, or several of a database's download."""
    root = xml_member(document, _TEXT, "is not a Word document: it has no text inside")
    yield from found_in_text("\n\n".join(_lines(root)), document)


def _lines(root: Any) -> Iterator[str]:
    """The paragraphs, and the rows of tables, which may be nested."""
    for row, inside in groupby(_paragraphs(root), lambda paragraph: _outermost(paragraph[0], "tr")):
        paragraphs = [(element, text) for element, text in inside if text.strip()]
        cells: dict[Any, list[str]] = {}
        for element, text in paragraphs if row is not None else ():
            cells.setdefault(_outermost(element, "tc"), []).append(one_line(text))
        # A table with longer cells is the layout of a page.
        if len(cells) > 1 and max(len("".join(texts)) for texts in cells.values()) <= _LONGEST_CELL:
            yield " | ".join("; ".join(texts) for texts in cells.values())
        else:
            yield from (text for _, text in paragraphs)


def _outermost(element: Any, tag: str) -> Any:
    """The outermost element with this tag around an element, or None."""
    around = list(element.iterancestors(tag))
    return around[-1] if around else None


def _paragraphs(root: Any) -> Iterator[tuple[Any, str]]:
    for element in [*root.iter(*_LEFT_OUT), *filter(_is_hidden, root.iter("r"))]:
        element.clear()
    for paragraph in root.iter("p"):
        pieces = (
            element.text or "" if element.tag == "t" else _CHARACTERS[element.tag]
            for element in paragraph.iter("t", *_CHARACTERS)
            # A text box is inside a paragraph, but has its own paragraphs. The definition of a tab
            # stop is also called "tab", but has no run around it.
            if element.getparent().tag == "r" and next(element.iterancestors("p")) is paragraph
        )
        yield paragraph, "".join(pieces)


def _is_hidden(run: Any) -> bool:
    """Whether a run of text is hidden; a property may also be switched off."""
    return any(not _OFF & {*mark.attrib.values()} for mark in run.iterfind("rPr/vanish"))
