"""RIS: what reference managers and databases export, a line of a tag and a value for each field.

The tags are those of the specification of 2011, in which newspapers are ``TY  - NEWS``.
"""

import re
from collections.abc import Iterator, Mapping

from corpus.article import Found
from corpus.authors import given_first
from corpus.dates import no_date, parse_date
from corpus.documents import LARGEST_FILE, Document
from corpus.drafts import Draft, numbered
from corpus.encoding import NotReadable, decode

_LINE = re.compile(r"\ufeff?([A-Z][A-Z0-9])  -(?: (.*))?")
_TITLE = ("TI", "T1", "CT", "BT")
_PAPER = ("T2", "JF", "JO", "JA", "PB")
_DATE = ("DA", "PY", "Y1", "Y2")
_TEXT = ("AB", "N2")


def read_ris(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The entries of a file; what text they have is their abstract."""
    entries = list(_entries(decode(document.read(LARGEST_FILE)).splitlines()))
    if not entries:
        raise NotReadable("is not a RIS file: no line of it is an entry's")
    yield from numbered(map(_draft, entries), document)


def _entries(lines: list[str]) -> Iterator[dict[str, list[str]]]:
    entry: dict[str, list[str]] = {}
    tag = ""
    for line in lines:
        if (match := _LINE.fullmatch(line)) is None:
            if tag and line.strip():
                entry[tag].append(line.strip())
            continue
        tag = "" if match[1] == "ER" else match[1]
        if match[1] in {"TY", "ER"} and entry:
            yield entry
            entry = {}
        if tag:
            entry.setdefault(tag, []).append((match[2] or "").strip())
    if entry:
        yield entry


def _draft(entry: dict[str, list[str]]) -> Draft:
    def one(*tags: str) -> str | None:
        return next((value for tag in tags for value in entry.get(tag, []) if value), None)

    # A date is "2010/01/11/" and what else was known of it.
    dates = ["-".join(filter(None, date.split("/")[:3])) for date in filter(None, map(one, _DATE))]
    authors = "; ".join(entry.get("AU", []) + entry.get("A1", []))
    return Draft(
        text="\n\n".join(entry.get(next(filter(entry.get, _TEXT), ""), [])),
        title=one(*_TITLE),
        id=one("ID", "AN"),
        dates=[parse_date(date, "metadata") for date in dates],
        url=one("UR", "L2"),
        source=one(*_PAPER),
        author=given_first(authors) or None,
        language=one("LA"),
        undated=no_date(dates),
        place=one("CY", "PP"),
        # Of what is no newspaper it is the first page.
        section=one("SE") if one("TY") == "NEWS" else None,
    )
