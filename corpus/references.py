"""RIS, which reference managers and databases export: a line with a tag and a value per field.

The tags are from the specification of 2011, in which newspapers are ``TY  - NEWS``.
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
    """The entries of a file; their only text is an abstract."""
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
    def value_of(*tags: str) -> str | None:
        return next((value for tag in tags for value in entry.get(tag, []) if value), None)

    # A date is "2010/01/11/", perhaps followed by other information.
    date_values = filter(None, map(value_of, _DATE))
    dates = ["-".join(filter(None, date.split("/")[:3])) for date in date_values]
    authors = "; ".join(entry.get("AU", []) + entry.get("A1", []))
    return Draft(
        text="\n\n".join(entry.get(next(filter(entry.get, _TEXT), ""), [])),
        title=value_of(*_TITLE),
        id=value_of("ID", "AN"),
        dates=[parse_date(date, "metadata") for date in dates],
        url=value_of("UR", "L2"),
        source=value_of(*_PAPER),
        author=given_first(authors) or None,
        language=value_of("LA"),
        undated=no_date(dates),
        place=value_of("CY", "PP"),
        # In entries of other types the tag has the first page.
        section=value_of("SE") if value_of("TY") == "NEWS" else None,
    )
