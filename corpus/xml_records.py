"""XML outside the standards of the press: records with any names, scanned pages, clipped notes."""

from collections.abc import Iterator
from typing import Any

from corpus.drafts import Draft
from corpus.markup import text_of_html

_MARKUP = frozenset(
    "a b blockquote br div em h1 h2 h3 h4 i img li ol p span strong sub sup table u ul".split()
)
"""Elements inside a text; no field of a record has one of these names."""


def value_of_xml(element: Any) -> Any:
    """An element as a JSON value: an object of its children, or its text, or its HTML.

    ``<item id="7"><name>Lamp</name></item>`` is ``{"id": "7", "name": "Lamp"}``; children with the
    same name become a list.
    """
    from lxml import etree  # type: ignore[import-untyped]

    children = list(element)
    tails = (child.tail for child in children)
    if any(child.tag in _MARKUP for child in children) or (
        children and any(text and text.strip() for text in (element.text, *tails))
    ):
        inside = (etree.tostring(child, encoding="unicode", method="html") for child in children)
        return f"<p>{element.text or ''}{''.join(inside)}</p>"
    if not children and (element.text or "").strip():
        return element.text
    fields: dict[str, Any] = {}
    for child in children:
        fields.setdefault(child.tag, []).append(value_of_xml(child))
    value = {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
    return {etree.QName(name).localname: text for name, text in element.attrib.items()} | value


def draft_of_alto(root: Any) -> Draft:
    """A page of a digitised paper in ALTO: blocks are paragraphs, and divided words are joined."""
    blocks = (" ".join(_words(block)) for block in root.iter("TextBlock"))
    return Draft(text="\n\n".join(filter(None, blocks)), dated_by_name=True)


def drafts_of_notes(root: Any) -> Iterator[Draft]:
    """The notes in an export of Evernote, whose dates and authors are not the articles'."""
    for note in root.iter("note"):
        yield Draft(
            text=text_of_html(note.findtext("content") or ""),
            title=note.findtext("title"),
            url=note.findtext("note-attributes/source-url"),
        )


def _words(block: Any) -> Iterator[str]:
    for word in block.iter("String"):
        divided = word.get("SUBS_TYPE")
        if divided != "HypPart2":
            yield (divided and word.get("SUBS_CONTENT")) or word.get("CONTENT") or ""
