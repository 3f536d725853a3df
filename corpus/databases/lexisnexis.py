"""LexisNexis and Nexis Uni: reads the lines of downloads in text, DOCX, RTF and HTML.

In older downloads an article begins with ``1 of 10 DOCUMENTS``, followed by paper, day, headline,
labels in capitals, the text, and more labels. In Nexis Uni it consists of headline, paper, day,
labels, a line ``Body`` and the text, and ends with ``End of Document``. The labels are in the
language of the reader's account, so older ones are recognised by their capitals.
"""

import re
from collections.abc import Iterator
from typing import Any

from corpus.databases.lines import BREAKS_OFF, blocks_of
from corpus.dates import date_in_line
from corpus.drafts import Draft
from corpus.encoding import one_line

_NUMBERED = r"\d{1,5} (?:of|von|de|di|van|sur|av|af) \d{1,5}"
_DOCUMENTS = r"(?:DOCUMENTS?|DOCUMENT(?:OS?|I)|DOKUMENTEN?|Dokumente?)"
_BEGINNING = re.compile(rf"{_NUMBERED} {_DOCUMENTS}|(?:Dokument|Document|Documento) {_NUMBERED}")
_BEGINS = re.compile(rf"^[ \t]{{0,80}}(?:{_BEGINNING.pattern})[ \t]{{0,80}}$", re.MULTILINE)
_COVER = re.compile(r"^[ \t]{0,80}(?:Download Request: |Client/Matter: )", re.MULTILINE)
_ENDS = re.compile(r"^[ \t]{0,80}End of Document[ \t]{0,80}$", re.MULTILINE)
_IS_LABELLED = re.compile(r"^[ \t]{0,80}(?:Length|Load-Date|Copyright):? ", re.MULTILINE)
_END = "End of Document"
_LABEL = re.compile(r"([^\W\d_](?:[^\W\d_]|[ -](?=[^\W\d_])){2,30}):(?:\s+|$)")
_COPYRIGHT = re.compile(r"(?:Copyright|©|\(c\)|All Rights Reserved|Alle Rechte)", re.IGNORECASE)
_AUTHOR = frozenset("byline autor author auteur autore auteurs door".split())
_LENGTH = frozenset("length länge longueur longitud lengte lunghezza".split())
_SECTION = frozenset("section rubrik rubrique sección sectie rubriek sezione".split())
_HEADLINE = frozenset(["headline"])
_HIGHLIGHT = frozenset("highlight highlights".split())
_TEXT = _HIGHLIGHT | frozenset(["body"])
_PLACE = frozenset(["dateline"])
_LANGUAGE = frozenset("language sprache langue idioma lingua taal".split())
_CAPTIONS = frozenset("graphic graphics grafik graphique".split())
_GRAPHIC = _CAPTIONS | frozenset("notes correction classification".split())
_HEADER = _AUTHOR | _LENGTH | _SECTION | _HIGHLIGHT | _PLACE | _HEADLINE
_LOADED = "load-date"
_TAIL = _LANGUAGE | _GRAPHIC | frozenset([_LOADED, "publication-type"])
_OF_COVER = ("User Name:", "Date and Time:", "Job Number:", "Documents (", "Client/Matter:")
_MOST_OF_HEADLINE = 6
_SENTENCE_END = re.compile(r"[.?!…][\"”’»)]*$")


def is_download(text: str) -> bool:
    """Whether a text is a download, complete or not."""
    if _BEGINS.search(text) or _COVER.search(text):
        return True
    return _ENDS.search(text) is not None and _IS_LABELLED.search(text) is not None


def drafts_of_lines(lines: list[str]) -> Iterator[Draft]:
    """The articles in a download, without the cover and the list of contents before them.

    A part without a date, and without labels, is no article: its draft has no text.
    """
    beginnings = [at for at, line in enumerate(lines) if _BEGINNING.fullmatch(line.strip())]
    if beginnings:
        for start, end in zip(beginnings, [*beginnings[1:], len(lines)], strict=True):
            yield _older(blocks_of(lines[start + 1 : end]))
        return
    start = 0
    for at, line in enumerate(lines):
        if line.strip() == _END:
            yield _newer([line.strip() for line in lines[start:at] if line.strip()], not start)
            start = at + 1
    if any(line.strip() for line in lines[start:]):
        yield BREAKS_OFF


def _older(blocks: list[str]) -> Draft:
    """The draft of an article from an older download, which begins with the paper's name."""
    dated = next((at for at, block in enumerate(blocks[:8]) if date_in_line(_first(block))), None)
    above = [line for block in blocks[: dated or 0] for line in block.split("\n")]
    papers = (one_line(line) for line in above if not _COPYRIGHT.match(line))
    below = blocks[0 if dated is None else dated + 1 :]
    labels = dict(map(_label, filter(_is_label_of_older, below)))
    # The text after the last label is the service's: that a document cannot be shown, for example.
    end = next((at for at, block in enumerate(below) if _label(block)[0] == _LOADED), None)
    below = below[:end]
    while below and _is_tail_of_older(below[-1]):
        below.pop()
    length = next((at for at, block in enumerate(below[:20]) if _label(block)[0] in _LENGTH), None)
    title = one_line(_one_of(labels, _HEADLINE) or "")
    text: list[str] = []
    for at, block in enumerate(below):
        name, value = _label(block)
        in_header = length is not None and at <= length
        if name in _TEXT and _is_label_of_older(block):
            text.append(value)
        elif name in _GRAPHIC and _is_label_of_older(block) and _is_shorter(below[at:], text):
            break
        elif name in _HEADER or (_is_label_of_older(block) and (in_header or not text)):
            continue
        elif not title and (in_header or length is None):
            title = one_line(block)
        else:
            text.append(block)
    return Draft(
        text="\n\n".join(text),
        title=title,
        dates=[None if dated is None else date_in_line(_first(blocks[dated]))],
        source=next(papers, None),
        **_fields_of(labels),
    )


def _newer(lines: list[str], is_first: bool) -> Draft:
    """The draft of an article from Nexis Uni; cover and contents are above the first headline."""
    body = next((at for at, line in enumerate(lines) if line in {"Body", "Text", "Body:"}), None)
    header = lines[: len(lines) if body is None else body]
    # Headlines and contents may name days; the day of the article is the last above the labels.
    below = next(
        (at for at, line in enumerate(header)
         if _COPYRIGHT.match(line) or _label(line)[0] in _HEADER), len(header)
    )  # fmt: skip
    dated = next((at for at in range(below - 1, -1, -1) if date_in_line(header[at])), None)
    if dated is None or dated < 2:
        return Draft(text="")
    text = lines[(below if body is None else body) + 1 :]
    labels = dict(map(_label, header[below:]))
    end = _end_of_text(text)
    labels |= {name: value for name, value in map(_label, text[end:]) if name in _LANGUAGE}
    highlight = _one_of(labels, _HIGHLIGHT)
    return Draft(
        text="\n\n".join([*([highlight] if highlight else []), *text[:end]]),
        title=_below_cover(header[: dated - 1]) if is_first else " ".join(header[: dated - 1]),
        dates=[date_in_line(header[dated])],
        source=header[dated - 1],
        **_fields_of(labels),
    )


def _below_cover(lines: list[str]) -> str:
    """The headline of the first article; its lines are those that the list of contents repeats."""
    if not any(line.startswith(_OF_COVER) for line in lines):
        return " ".join(lines)
    starts = (at for at in range(max(1, len(lines) - _MOST_OF_HEADLINE), len(lines))
              if f" 1. {' '.join(lines[at:])}" in " ".join(["", *lines[:at]]))  # fmt: skip
    return " ".join(lines[next(starts, -1) :])


def _end_of_text(lines: list[str]) -> int:
    """The index at which headings such as ``Graphic``, or labels, end the text.

    Such a heading is part of the text if more text follows it than precedes it.
    """
    headings = [at for at, line in enumerate(lines)
                if line.lower() in _GRAPHIC or _label(line)[0] in _CAPTIONS]  # fmt: skip
    labels = (at for at in reversed(headings) if lines[at].lower() == "classification")
    end = next(labels, len(lines))
    while end and _label(lines[end - 1])[0] in _TAIL and not _SENTENCE_END.search(lines[end - 1]):
        end -= 1
    return next((at for at in headings if _is_shorter(lines[at:end], lines[:at])), end)


def _is_shorter(lines: list[str], others: list[str]) -> bool:
    return sum(map(len, lines)) < sum(map(len, others))


def _first(block: str) -> str:
    return block.partition("\n")[0]


def _label(block: str) -> tuple[str, str]:
    """The label at the beginning of a block, in lower case, or blank, and the text after it."""
    match = _LABEL.match(block)
    return (match[1].lower(), block[match.end() :].strip()) if match else ("", block)


def _is_label_of_older(block: str) -> bool:
    match = _LABEL.match(block)
    return match is not None and match[1] == match[1].upper()


def _is_tail_of_older(block: str) -> bool:
    """Whether a block is a label below the text, and not a speaker's turn in a transcript."""
    if _COPYRIGHT.match(block) or _label(block)[0] in _TAIL:
        return True
    is_text = _label(block)[0] in _TEXT or _SENTENCE_END.search(block)
    return _is_label_of_older(block) and not is_text


def _fields_of(labels: dict[str, str]) -> dict[str, Any]:
    """The fields of a draft that the labels of an article state."""
    return {
        "author": _one_of(labels, _AUTHOR),
        "language": (_one_of(labels, _LANGUAGE) or "").partition(";")[0] or None,
        "place": _one_of(labels, _PLACE),
        "section": _one_of(labels, _SECTION),
    }


def _one_of(labels: dict[str, str], names: frozenset[str]) -> str | None:
    """The value of the first label with one of these names and a value, or None."""
    return next((one_line(text) for name, text in labels.items() if name in names and text), None)
