"""RTF: the text of documents from word processors and press databases."""

import re
from collections.abc import Iterator, Mapping

from corpus.article import Found
from corpus.documents import Document
from corpus.encoding import FAILURES, NotReadable, clean
from corpus.text_files import found_in_text

_LARGEST = 100_000_000
"""Bytes of a file with its pictures; the limit for its text is the same as for other files."""

_PICTURE = re.compile(rb"(?:[0-9a-fA-F]{64,}+\s*+)++")
_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
# Hidden or deleted text; its group is marked as unknown, so that striprtf leaves it out.
_NOT_SHOWN = re.compile(r"\\(?:v|deleted)(?![a-z0-9])")
# striprtf searches links and fonts with patterns that take the square of a line's length. A line
# break, which RTF ignores, hides both from these patterns. (The text of links is kept.)
_SLOW = re.compile(r"\\(?=field|f\d)")
_LARGEST_FONT_TABLE = 50_000


def read_rtf(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One document: one article, or several of a database's download."""
    # Each line is a paragraph, or the row of a table.
    lines = map(_row, _text(document.read(_LARGEST)).split("\n"))
    yield from found_in_text(clean("\n\n".join(lines)), document)


def _row(line: str) -> str:
    if not line.rstrip().endswith("|"):
        return line
    return " | ".join(cell for part in line.split("|") if (cell := part.strip()))


def _text(data: bytes) -> str:
    from striprtf.striprtf import font_table_group, rtf_to_text

    if not data.lstrip()[:5].startswith(b"{\\rtf"):
        raise NotReadable("is not an RTF file, or is damaged")
    code_page = _CODE_PAGE.search(data[:1000])
    # Pictures are written in digits, and are most of a file.
    written = _PICTURE.sub(b"", data).decode("latin-1")
    written = _SLOW.sub(r"\n\\", _NOT_SHOWN.sub(r"\\*", written))
    if len(font_table_group(written)) > _LARGEST_FONT_TABLE:
        raise NotReadable("has a table of more fonts than any document has")
    try:
        return str(rtf_to_text(written, f"cp{code_page[1].decode()}" if code_page else "cp1252",
                               "replace"))  # fmt: skip
    except FAILURES:
        raise NotReadable("is a damaged RTF file") from None
