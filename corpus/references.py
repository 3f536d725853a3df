"""RIS and BibTeX, which reference managers and databases export.

The tags of RIS are from its specification of 2011, in which newspapers are ``TY  - NEWS``. BibTeX's
fields are those of BibTeX itself and of BibLaTeX.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from corpus.article import Found
from corpus.authors import given_first
from corpus.dates import no_date, parse_date
from corpus.documents import LARGEST_FILE, Document
from corpus.drafts import Draft, numbered
from corpus.encoding import NotReadable, clean, decode, one_line

_LINE = re.compile(r"\ufeff?([A-Z][A-Z0-9])  -(?: (.*))?")
_TITLE = ("TI", "T1", "CT", "BT")
_PAPER = ("T2", "JF", "JO", "JA", "PB")
_DATE = ("DA", "PY", "Y1", "Y2")
_TEXT = ("AB", "N2")

_ENTRY = re.compile(r"@\s*([A-Za-z]{1,40})\s*[{(]")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w.:-]{0,60})\s*=\s*")
_WORD = re.compile(r"[^\s,#{}\"()=]+")
_NEXT_PART = re.compile(r"\s*#\s*")
_MONTHS = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13),
                   strict=True))  # fmt: skip
_ACCENT = re.compile(r"\\([\"'`^~=.]|[uvHckr](?![A-Za-z]))\s*\{?\\?([A-Za-z])\}?")
_ACCENTS = dict(zip("\"'`^~=.uvHckr",
                    "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0328\u030a",
                    strict=True))  # fmt: skip
_LETTER = re.compile(r"\\(ss|aa|AA|ae|AE|oe|OE|o|O|l|L|i|j)(?![A-Za-z])(?:\{\})?\s?")
_LETTERS = {"ss": "ß", "aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø",
            "O": "Ø", "l": "ł", "L": "Ł", "i": "i", "j": "j"}  # fmt: skip
_COMMAND = re.compile(r"\\(?:[A-Za-z]{1,30}\*?|(?=[&%$#_{}]))")
_NO_ENTRIES = frozenset(["comment", "preamble"])


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


def read_bibtex(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The entries of a file that have an abstract, which is their only text."""
    entries = list(_bibtex_entries(decode(document.read(LARGEST_FILE))))
    if not entries:
        raise NotReadable("is not a BibTeX file: it has no entry such as @article{…}")
    without = 0
    for number, entry in enumerate(entries, start=1):
        if not entry.get("abstract"):
            without += 1
            continue
        yield _draft_of_bibtex(entry).finish(
            f"{document.origin}#{number}", f"{document.name}#{number}"
        )
    if without:
        raise NotReadable(f"{without} of its {len(entries)} entries have no abstract, and left out")


def _bibtex_entries(text: str) -> Iterator[dict[str, str]]:
    """The fields of each entry, with abbreviations replaced by what they stand for."""
    words = {month: str(number) for month, number in _MONTHS.items()}
    at = 0
    while (start := _ENTRY.search(text, at)) is not None:
        at = start.end()
        kind = start[1].lower()
        if kind in _NO_ENTRIES:
            at = _end_of_value(text, at - 1)
            continue
        entry: dict[str, str] = {}
        key = None if kind == "string" else _WORD.match(text, at)
        at = key.end() if key else at
        while (field := _FIELD.match(text, at)) is not None:
            value, at = _bibtex_value(text, field.end(), words)
            entry.setdefault(field[1].lower(), value)
        if kind == "string":
            words |= entry
        elif entry:
            yield entry


def _bibtex_value(text: str, at: int, words: Mapping[str, str]) -> tuple[str, int]:
    """The value that begins at a place, and where it ends: ``{…}``, ``"…"``, ``may # "~5"``."""
    parts: list[str] = []
    while at < len(text):
        if text[at] in '{"':
            end = _end_of_value(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        elif (word := _WORD.match(text, at)) is not None:
            parts.append(words.get(word[0].lower(), word[0]))
            at = word.end()
        if (joined := _NEXT_PART.match(text, at)) is None:
            break
        at = joined.end()
    return "".join(parts), at


def _end_of_value(text: str, at: int) -> int:
    """The place of the brace or the quotation mark that closes the one at ``at``."""
    depth = 0
    close = '"' if text[at] == '"' else "}"
    for sign in re.compile(r"\\.|[{}\"]", re.DOTALL).finditer(text, at + 1):
        if sign[0] == close and depth == 0:
            return sign.start()
        depth += (sign[0] == "{") - (sign[0] == "}")
    return len(text)


def _draft_of_bibtex(entry: Mapping[str, str]) -> Draft:
    def value_of(*names: str) -> str | None:
        return next((line for name in names if (line := _without_latex(entry.get(name, "")))), None)

    parts = [value_of(name) for name in ("year", "month", "day")]
    known = parts[: parts.index(None)] if None in parts else parts
    stated = [date for date in (value_of("date"), "-".join(f"{part:0>2}" for part in known if part))
              if date]  # fmt: skip
    authors = _without_latex(entry.get("author", "")).split(" and ")
    paragraphs = clean(entry.get("abstract", "")).split("\n\n")
    return Draft(
        text="\n\n".join(map(_without_latex, paragraphs)),
        title=value_of("title"),
        dates=[parse_date(date, "metadata") for date in stated],
        url=value_of("url"),
        source=value_of("journaltitle", "journal", "newspaper", "booktitle", "publisher"),
        author=given_first("; ".join(authors)) or None,
        language=value_of("language", "langid"),
        undated=no_date(stated),
        place=value_of("location", "address"),
    )


def _without_latex(value: str) -> str:
    """A value with LaTeX's accents and letters as characters, and without its braces."""
    if "\\" in value:
        value = _ACCENT.sub(lambda found: found[2] + _ACCENTS[found[1]], value)
        value = _LETTER.sub(lambda found: _LETTERS[found[1]], value)
        value = _COMMAND.sub("", value)
    value = unicodedata.normalize("NFC", value.replace("{", "").replace("}", ""))
    return one_line(value.replace("---", "—").replace("--", "–").replace("~", " "))
