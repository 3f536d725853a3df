"""Word's DOCX: the paragraphs as they stand, with what was inserted and without what was deleted.

The dates in a document say when it was typed, so they are not read. The names are those of
ECMA-376, part 1, section 17: https://ecma-international.org/publications-and-standards/
standards/ecma-376/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.article import Found
from corpus.containers import text_member
from corpus.documents import Document
from corpus.markup import parse_xml, xml_text
from corpus.text_files import found_in_text

_TEXT = "word/document.xml"
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
# What was deleted or moved away, and a second form of what is there already.
_LEFT_OUT = ("del", "moveFrom", "Fallback")


def read_docx(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One document: one article, or those of a download from a database."""
    data = text_member(document, _TEXT, "is not a Word document: it has no text inside")
    root = parse_xml(xml_text(data))
    yield from found_in_text("\n\n".join(filter(str.strip, _paragraphs(root))), document)


def _paragraphs(root: Any) -> Iterator[str]:
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
        yield "".join(pieces)
