"""OpenDocument text (ODT): the paragraphs, without deleted and hidden text.

The names are from OASIS' standard, version 1.3: https://docs.oasis-open.org/office/
OpenDocument/v1.3/. The dates in a document say when it was typed, so they are not read.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.article import Found
from corpus.containers import xml_member
from corpus.documents import Document
from corpus.hidden import empty
from corpus.text_files import found_in_text

_TEXT = "content.xml"
_PARAGRAPHS = frozenset(["p", "h"])
_LEFT_OUT = frozenset(
    ["tracked-changes", "annotation", "annotation-end", "note", "hidden-text", "hidden-paragraph",
     "frame", "table-of-content", "sequence-decls", "forms"]
)  # fmt: skip
_CHARACTERS = {"tab": "\t", "line-break": "\n"}
_MOST_SPACES = 100


def read_odt(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One document: one article, or several of a database's download."""
    root = xml_member(document, _TEXT, "is not an OpenDocument text: it has no text inside")
    body = root.find("body")
    paragraphs = [] if body is None else filter(str.strip, _paragraphs(body))
    yield from found_in_text("\n\n".join(paragraphs), document)


def _paragraphs(body: Any) -> Iterator[str]:
    """The paragraphs and headings; the cells of a row become one paragraph with bars."""
    from lxml import etree  # type: ignore[import-untyped]

    empty([*body.iter(*_LEFT_OUT), *filter(_is_hidden, body.iter("section"))])
    pieces: list[str] = []
    cells: list[str] | None = None
    for event, element in etree.iterwalk(body, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag == "table-row" and cells is None:
                cells = []
            if tag in _CHARACTERS:
                pieces.append(_CHARACTERS[tag])
            elif tag == "s":
                pieces.append(" " * min(_spaces(element), _MOST_SPACES))
            pieces.append(element.text or "")
            continue
        if tag in _PARAGRAPHS:
            paragraph, pieces = "".join(pieces), []
            if cells is None:
                yield paragraph
            elif paragraph.strip():
                cells.append(paragraph.strip())
        elif tag == "table-row" and cells is not None:
            yield " | ".join(cells)
            cells = None
        pieces.append(element.tail or "")


def _is_hidden(section: Any) -> bool:
    return any(name.endswith("}display") and value == "none" for name, value in section.items())


def _spaces(element: Any) -> int:
    count = next((value for name, value in element.items() if name.endswith("}c")), "1")
    return int(count) if count.isdecimal() and len(count) < 4 else 1
