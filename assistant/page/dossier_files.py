"""A dossier taken elsewhere: as Markdown, as a document of Word, as CSL-JSON, and as its own file.

Each is made of the same blocks, which the page shows, too; what articles contain is data in all.
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
    """An item, without its note: the words, whose they are, and what has to be known of them."""
    if entry.reopened:
        yield from exports.blocks(entry.reopened.answer, as_asked(entry.reopened))
    elif entry.article:
        if entry.citation:
            yield Block("quote", entry.citation.quote, entry.article)
        yield Block("credit", exports.credit(entry.article), entry.article)
    for remark in filter(None, (entry.missing, entry.problem, entry.since)):
        yield Block("remark", remark)


def all_blocks(entry: Entry) -> list[Block]:
    """An item with its note, each line of which is a paragraph."""
    lines = filter(None, map(line, entry.item.note.splitlines()))
    return [*blocks(entry), *(Block("note", text) for text in lines)]


def as_markdown(dossier: Dossier, shown: Sequence[Entry]) -> str:
    """The dossier as Markdown, in which nothing of an article or a note is markup."""
    parts = [f"# {plain(dossier.name)}"]
    for at, entry in enumerate(shown):
        parts += ["---"] if at else []
        parts += map(_in_markdown, all_blocks(entry))
    return "\n\n".join(parts) + "\n"


def _in_markdown(block: Block) -> str:
    words = plain(block.text)
    if block.kind == "credit" and block.address:
        return f"{words} <{block.address}>"
    return {"heading": f"## {words}", "quote": f"> {words}"}.get(block.kind, words)


def as_csl(shown: Sequence[Entry], accessed: date) -> list[dict[str, Any]]:
    """The articles as items of CSL-JSON, one for each, with all that is quoted from it."""
    cited: dict[str, tuple[Article, list[Citation]]] = {}
    for entry in shown:
        if entry.article and not entry.problem:
            cited.setdefault(entry.article.id, (entry.article, []))
        for citation in entry.citations:
            quotes = cited.setdefault(citation.article.id, (citation.article, []))[1]
            # The numbers of an answer mean nothing beside those of another one.
            quotes.append(replace(citation, marker=0))
    return [exports.csl_item(article, quotes, accessed) for article, quotes in cited.values()]


def as_docx(dossier: Dossier, shown: Sequence[Entry]) -> bytes:
    """The dossier as a document of Word."""
    document = Document()
    known = document.core_properties
    known.title, known.author, known.comments = line(dossier.name), "", ""
    known.created = known.modified = datetime.now(UTC).replace(tzinfo=None)
    document.add_heading(line(dossier.name), 0)
    named = {"heading": "Heading 1", "quote": "Intense Quote"}
    styles = {kind: document.styles[name].style_id for kind, name in named.items()}
    for entry in shown:
        for block in all_blocks(entry):
            paragraph = document.add_paragraph()
            if block.kind in styles:
                # Given to the paragraph, a style is looked for among all of them each time.
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
    """Append an address that can be followed, for which python-docx has no function."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, True))
    link.append(paragraph.add_run(address)._r)
    paragraph._p.append(link)


@dataclass(frozen=True, slots=True)
class DossierForm:
    """One form in which a dossier is taken elsewhere: what it is called, and how it is made.

    ``write`` is given the dossier, its entries and the day.
    """

    name: str
    write: Callable[[Dossier, Sequence[Entry], date], str | bytes]
    media_type: str
    ending: str


FORMS = {
    "markdown": DossierForm(
        "Markdown", lambda dossier, shown, _: as_markdown(dossier, shown), "text/markdown", "md"
    ),
    "docx": DossierForm(
        "Word", lambda dossier, shown, _: as_docx(dossier, shown),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx",
    ),
    "csl": DossierForm(
        "CSL-JSON", lambda _, shown, day: exports.as_json(as_csl(shown, day)),
        "application/vnd.citationstyles.csl+json", "json",
    ),
    "file": DossierForm(
        message("Dossier file"), lambda dossier, _, __: written(dossier),
        "application/json", "dossier.json",
    ),
}  # fmt: skip
"""Every form by what the page's /dossier-export is asked for."""
