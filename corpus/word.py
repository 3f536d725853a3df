"""Word's DOCX: the paragraphs as they stand, with what was inserted and without what was deleted.

The row of a table is a line with bars between its cells, unless these hold paragraphs of prose.

The dates in a document say when it was typed, so they are not read. The names are those of
ECMA-376, part 1, section 17: https://ecma-international.org/publications-and-standards/
standards/ecma-376/
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
# What was deleted or moved away, and a second form of what is there already.
_LEFT_OUT = ("del", "moveFrom", "Fallback")
_LONGEST_CELL = 300
"""Characters; a longer one holds prose."""


def read_docx(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One document: one article, or those of a download from a database."""
    root = xml_member(document, _TEXT, "is not a Word document: it has no text inside")
    yield from found_in_text("\n\n".join(_lines(root)), document)


def _lines(root: Any) -> Iterator[str]:
    """The paragraphs, and the rows of tables, which may hold tables again."""
    for row, inside in groupby(_paragraphs(root), lambda paragraph: _outermost(paragraph[0], "tr")):
        paragraphs = [(element, text) for element, text in inside if text.strip()]
        cells: dict[Any, list[str]] = {}
        for element, text in paragraphs if row is not None else ():
            cells.setdefault(_outermost(element, "tc"), []).append(one_line(text))
        # Pages are laid out by tables, too.
        if len(cells) > 1 and max(len("".join(texts)) for texts in cells.values()) <= _LONGEST_CELL:
            yield " | ".join("; ".join(texts) for texts in cells.values())
        else:
            yield from (text for _, text in paragraphs)


def _outermost(element: Any, tag: str) -> Any:
    """The outermost element of this name around another one; None if there is none."""
    around = list(element.iterancestors(tag))
    return around[-1] if around else None


def _paragraphs(root: Any) -> Iterator[tuple[Any, str]]:
    for element in list(root.iter(*_LEFT_OUT)):
        element.clear()
    for paragraph in root.iter("p"):
        pieces = (
            element.text or "" if element.tag == "t" else _CHARACTERS[element.tag]
            for element in paragraph.iter("t", *_CHARACTERS)
            # A text box is inside a paragraph and has paragraphs of its own; a tab that is
            # defined is no tab that was typed.
            if element.getparent().tag == "r" and next(element.iterancestors("p")) is paragraph
        )
        yield paragraph, "".join(pieces)
