"""A dossier as a file: as Markdown, as a Word document, as CSL-JSON, and in its own format.

All are made of the same blocks, which the page shows, too; the text of articles is data in all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from assistant import exports
from assistant.answer import Citation
from assistant.exports import Block, line, plain
from assistant.page.dossier_entries import Entry
from assistant.page.dossiers import Dossier, written
from assistant.page.links import as_asked
from assistant.wording import message
from corpus import Article


def blocks(entry: Entry) -> Iterator[Block]:
    """An item without its note: the quotes, their credits, and remarks on them."""
    if entry.reopened:
        yield from exports.blocks(entry.reopened.answer, as_asked(entry.reopened))
    elif entry.article:
        if entry.citation:
            yield Block("quote", entry.citation.quote, entry.article)
        yield Block("credit", exports.credit(entry.article), entry.article)
    for remark in filter(None, (entry.missing, entry.problem, entry.since)):
        yield Block("remark", remark)


def all_blocks(entry: Entry) -> list[Block]:
    """An item with its note; each line of the note is a paragraph."""
    lines = filter(None, map(line, entry.item.note.splitlines()))
    return [*blocks(entry), *(Block("note", text) for text in lines)]


def as_markdown(dossier: Dossier, items: Sequence[Entry]) -> str:
    """The dossier as Markdown, in which the text of articles and notes is never markup."""
    parts = [f"# {plain(dossier.name)}"]
    for at, entry in enumerate(items):
        parts += ["---"] if at else []
        parts += map(_in_markdown, all_blocks(entry))
    return "\n\n".join(parts) + "\n"


def _in_markdown(block: Block) -> str:
    words = plain(block.text)
    if block.kind == "credit" and block.address:
        return f"{words} <{block.address}>"
    return {"heading": f"## {words}", "quote": f"> {words}"}.get(block.kind, words)


def as_csl(items: Sequence[Entry], accessed: date) -> list[dict[str, Any]]:
    """The articles as items of CSL-JSON, one for each article, with all quotes from it."""
    cited: dict[str, tuple[Article, list[Citation]]] = {}
    for entry in items:
        if entry.article and not entry.problem:
            cited.setdefault(entry.article.id, (entry.article, []))
        for citation in entry.citations:
            quotes = cited.setdefault(citation.article.id, (citation.article, []))[1]
            # The markers of different answers would be mistaken for each other.
            quotes.append(replace(citation, marker=0))
    return [exports.csl_item(article, quotes, accessed) for article, quotes in cited.values()]


def as_docx(dossier: Dossier, items: Sequence[Entry]) -> bytes:
    """The dossier as a Word document."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = line(dossier.name), "", ""
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)
    document.add_heading(line(dossier.name), 0)
    names = {"heading": "Heading 1", "quote": "Intense Quote"}
    styles = {kind: document.styles[name].style_id for kind, name in names.items()}
    for entry in items:
        for block in all_blocks(entry):
            paragraph = document.add_paragraph()
            if block.kind in styles:
                # python-docx would search all styles anew for each ``paragraph.style``.
                paragraph._p.style = styles[block.kind]
            run = paragraph.add_run(line(block.text))
            run.italic = True if block.kind == "remark" else None
            if block.kind == "credit" and block.address:
                paragraph.add_run(" ")
                _link(paragraph, block.address)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _link(paragraph: Paragraph, address: str) -> None:
    """Append a hyperlink, for which python-docx has no function."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, True))
    link.append(paragraph.add_run(address)._r)
    paragraph._p.append(link)


@dataclass(frozen=True, slots=True)
class DossierForm:
    """A format of the files of dossiers: its name, and the function that makes such a file.

    ``write`` is called with the dossier, its entries and the day.
    """

    name: str
    write: Callable[[Dossier, Sequence[Entry], date], str | bytes]
    media_type: str
    ending: str


FORMS = {
    "markdown": DossierForm(
        "Markdown", lambda dossier, items, _: as_markdown(dossier, items), "text/markdown", "md"
    ),
    "docx": DossierForm(
        "Word", lambda dossier, items, _: as_docx(dossier, items),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx",
    ),
    "csl": DossierForm(
        "CSL-JSON", lambda _, items, day: exports.as_json(as_csl(items, day)),
        "application/vnd.citationstyles.csl+json", "json",
    ),
    "file": DossierForm(
        message("Dossier file"), lambda dossier, _, __: written(dossier),
        "application/json", "dossier.json",
    ),
}  # fmt: skip
"""Every format, by the name that /dossier-export takes."""
