"""Articles that are records: JSON, JSON lines and tables, with the usual names for their fields.

What a field is called is compared without regard to case, spaces, dashes and underscores.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus.article import Article, Found, Unreadable
from corpus.dates import parse_date
from corpus.documents import LARGEST_FILE, LONGEST_TEXT, Document
from corpus.drafts import Draft
from corpus.encoding import NotReadable, decode, decode_entities
from corpus.markup import is_html, text_of_html
from corpus.ninjs import is_ninjs, record_of_ninjs

_NAMES: dict[str, str] = {
    "text": "text body content articlebody articletext fulltext maintext bodytext contenttext "
            "textcontent plaintext cleantext story article paragraphs contenthtml bodyhtml html",
    "title": "title headline name articletitle heading head hed subject titletext",
    "source": "source publisher outlet site sitename sourcename newspaper publication agency "
              "provider newssource domain hostname",
    "published": "published publishedat publisheddate publishedon publishedtime publicationdate "
                 "publicationtime pubdate publishdate datepublished firstpublished date datetime "
                 "articledate posted postedat dateposted issued webpublicationdate created "
                 "createdat datecreated",
    "url": "url link canonicalurl canonical permalink articleurl weburl sourceurl href "
           "mainentityofpage",
    "author": "author byline authors creator writer reporter dccreator",
    "id": "id guid uuid articleid docid documentid externalid",
    "language": "language lang inlanguage languagecode",
    "place": "place location dateline contentlocation city",
    "embargo": "embargo embargoed embargoeduntil embargountil embargodate embargotime",
    "withdrawn": "withdrawn retracted",
    "status": "pubstatus",
    "summary": "summary description abstract standfirst lead teaser excerpt snippet",
}  # fmt: skip
_USUAL = {field: tuple(names.split()) for field, names in _NAMES.items()}

FIELDS = tuple(field for field in _USUAL if field != "summary")
"""Our names of the fields, for which a record's own names can be given."""

_NO = frozenset(["", "0", "false", "no", "none", "null"])
_YES = frozenset(["1", "true", "yes"])
_WITHDRAWN = frozenset("canceled cancelled killed retracted withdrawn withheld".split())

_LISTS = (
    "articles items results data documents docs records stories posts entries hits news".split()
)
_INSIDE = ("name", "rendered", "text", "content", "#text", "$t", "_", "value", "title", "label",
           "$oid", "$date", "$numberLong", "@value", "@id", "url")  # fmt: skip
"""Keys under which an object says what a plain value would; the first that is there."""

_INSIDE_TEXT = ("text", "content", "rendered", "html", "#text", "$t", "_", "value", "@value")
_DEEPEST_LIST = 4
_MOST_DIGITS = 1_000


def check_field_names(field_names: Mapping[str, str]) -> dict[str, str]:
    """The mapping with our own names for fields; usual synonyms of them are understood.

    Raises ValueError, as one sentence, for a field that no article has.
    """
    checked: dict[str, str] = {}
    for ours, theirs in field_names.items():
        field = next((each for each in FIELDS if _plain(ours) in _USUAL[each]), None)
        if field is None:
            raise ValueError(f"{ours!r} is not a field of an article: {', '.join(FIELDS)}")
        if not theirs.strip():
            raise ValueError(f"no name is given for the field {ours!r}")
        checked[field] = theirs.strip()
    return checked


def draft_of_record(record: Mapping[str, Any], field_names: Mapping[str, str]) -> Draft:
    """What a record says of an article; its text is empty if it has none."""
    by_name: dict[str, Any] = {}
    for key, value in record.items():
        by_name.setdefault(_plain(key), value)

    def values(field: str) -> Iterator[Any]:
        if field in field_names:
            yield _at(record, field_names[field])
        yield from (by_name[name] for name in _USUAL[field] if name in by_name)

    def line(field: str) -> str | None:
        lines = (decode_entities(_joined(value, ", ")) for value in values(field))
        return next((each for each in lines if each.strip()), None)

    language = line("language")
    texts = (_text(value) for field in ("text", "summary") for value in values(field))
    dates = (parse_date(_scalar(value), "metadata", language) for value in values("published"))
    embargoes = (_said(value) for value in values("embargo"))
    embargo = next((each for each in embargoes if each.lower() not in _NO), None)
    withdrawn = any(_said(value).lower() not in _NO for value in values("withdrawn"))
    statuses = (_said(value).lower().removeprefix("stat:") for value in values("status"))
    urls = (_joined(_url(value), "") for value in values("url"))
    return Draft(
        text=next((text for text in texts if text.strip()), ""),
        title=line("title"),
        id=line("id"),
        dates=[next((date for date in dates if date is not None), None)],
        url=next((url for url in urls if url.strip()), None),
        source=line("source"),
        author=line("author"),
        language=language,
        place=line("place"),
        embargo="" if embargo and embargo.lower() in _YES else embargo,
        withdrawn=withdrawn or any(status in _WITHDRAWN for status in statuses),
    )


def read_json(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One object, a list of objects, or an object with a list of them somewhere inside."""
    text = decode(document.read(LARGEST_FILE)).removeprefix("\ufeff")
    try:
        value = json.loads(text, parse_int=_number)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip()[0] in "{[" for line in lines[:2]):
            # One object a line, whatever the file is called.
            yield from _read_lines(lines, document, field_names)
            return
        where = f"line {error.lineno} column {error.colno}"
        raise NotReadable(f"is not valid JSON at {where}: {error.msg}") from None
    except (ValueError, RecursionError):
        raise NotReadable("is JSON that is nested too deeply") from None
    records = _records(value, field_names)
    if records is None:
        raise NotReadable("holds no records: neither an object with a text nor a list of objects")
    if not records:
        raise NotReadable("holds an empty list of records")
    if records[0] is value:
        yield _found(value, 1, document.origin, document.name, field_names)
        return
    for number, record in enumerate(records, start=1):
        yield _numbered(record, number, document, field_names)


def read_json_lines(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One JSON object a line; only one line at a time is in memory."""
    yield from _read_lines(document.lines(), document, field_names)


def read_table(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """Comma, semicolon, tab or bar between cells, the names of the columns in the first row."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_TEXT))
    lines = _LinesOfTable(document.lines())
    header_line = next((line for line in lines if line.strip()), "").removeprefix("\ufeff")
    delimiter = max(",;\t|", key=lambda each: _rating(header_line, each, field_names))
    # A name of a column may hold line breaks; then its row goes on in the next line.
    rows = csv.reader(lines.after(header_line), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(rows)]
    except (csv.Error, StopIteration):
        raise NotReadable("has no header: its first row cannot be read as one") from None
    wanted = {_plain(field_names["text"])} if "text" in field_names else set()
    if not (wanted | set(_USUAL["text"]) | set(_USUAL["summary"])) & set(map(_plain, header)):
        names = ", ".join(_shortened(name) for name in header[:8])
        raise NotReadable(
            f"has no header with a column for the text, its first row is {names}; "
            "if one of them is the text, name it with --field text=NAME"
        )
    number = 0
    while True:
        number += 1
        origin = f"{document.origin}#{number}"
        try:
            cells = next(rows)
            if lines.too_long:
                raise NotReadable(f"record {number} has more than {LONGEST_TEXT // 10**6} MB")
        except StopIteration:
            if number == 1:
                raise NotReadable("has a header and no records after it") from None
            return
        except csv.Error as error:
            if "field limit" in str(error):
                # Nobody can say where the next row begins.
                raise NotReadable(
                    f"record {number} has a cell of more than {LONGEST_TEXT // 10**6} MB, perhaps "
                    "for want of a closing quotation mark; what follows it was not read"
                ) from None
            yield Unreadable(origin, f"record {number} is not a row of a table: {error}")
            continue
        except NotReadable as error:
            lines.too_long = False
            yield Unreadable(origin, str(error))
            continue
        if not any(cell.strip() for cell in cells):
            number -= 1
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            reason = (
                f"record {number} has {len(cells)} cells where the header has {len(header)}; "
                "is a text with commas in it without quotes around it?"
            )
            yield Unreadable(origin, reason)
            continue
        yield _numbered(dict(zip(header, cells, strict=False)), number, document, field_names)


class _LinesOfTable:
    """The lines of a table with their ends, as ``csv.reader`` wants them."""

    def __init__(self, lines: Iterator[str | None]) -> None:
        self._lines = lines
        self.too_long = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if line is None:
            self.too_long = True
            return "\n"
        return line.replace("\0", "") + "\n"

    def after(self, first: str) -> Iterator[str]:
        yield first + "\n"
        yield from self


def _read_lines(
    lines: Iterable[str | None], document: Document, field_names: Mapping[str, str]
) -> Iterator[Found]:
    number = 0
    for line_number, line in enumerate(lines, start=1):
        if line is not None and not line.strip(" \t\ufeff"):
            continue
        number += 1
        origin = f"{document.origin}#{number}"
        if line is None:
            size = f"{LONGEST_TEXT // 1_000_000} MB"
            yield Unreadable(origin, f"record {number} (line {line_number}) is over {size} long")
            continue
        try:
            record = json.loads(line.strip(" \t\ufeff"), parse_int=_number)
        except json.JSONDecodeError as error:
            where = f"line {line_number} column {error.colno}"
            yield Unreadable(origin, f"is not valid JSON at {where}: {error.msg}")
        except (ValueError, RecursionError):
            yield Unreadable(origin, f"line {line_number} is nested too deeply")
        else:
            yield _numbered(record, number, document, field_names)
    if not number:
        raise NotReadable("is empty")


@dataclass(frozen=True, slots=True)
class _TooLong:
    """A number of so many digits that it is none: Python takes the square of them to read it."""


def _number(digits: str) -> int | _TooLong:
    return int(digits) if len(digits) <= _MOST_DIGITS else _TooLong()


def _has_too_long(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_too_long, value.values()))
    if isinstance(value, list):
        return any(map(_has_too_long, value))
    return isinstance(value, _TooLong)


def _numbered(
    record: object, number: int, document: Document, field_names: Mapping[str, str]
) -> Found:
    where = f"#{number}"
    return _found(record, number, document.origin + where, document.name + where, field_names)


def _found(
    record: object, number: int, origin: str, name: str, field_names: Mapping[str, str]
) -> Found:
    if not isinstance(record, dict):
        return Unreadable(origin, f"record {number} is not an object with fields")
    try:
        if _has_too_long(record):
            reason = f"record {number} has a number of more than {_MOST_DIGITS:,} digits"
            return Unreadable(origin, reason)
        record = record_of_ninjs(record) if is_ninjs(record) else record
        draft = draft_of_record(record, field_names)
        if not (draft.text or draft.withdrawn) and len(
            nested := [v for v in record.values() if isinstance(v, dict)]
        ):
            # {"article": {"title": …, "body": …}}, {"_id": …, "_source": {…}} and the like.
            inner = next(
                (d for d in (draft_of_record(v, field_names) for v in nested) if d.text), None
            )
            draft = replace(inner, id=inner.id or draft.id) if inner else draft
    except RecursionError:
        return Unreadable(origin, f"record {number} is nested too deeply")
    found = draft.finish(origin, name)
    if isinstance(found, Article) or draft.text.strip():
        return found
    tried = ", ".join(_USUAL["text"][:3])
    keys = ", ".join(_shortened(str(key)) for key in list(record)[:8]) or "none"
    wanted = f"{field_names['text']}, " if "text" in field_names else ""
    return Unreadable(
        origin,
        f"record {number} has no text: nothing in {wanted}{tried}, …; its fields are {keys}; "
        "if one of them is the text, name it with --field text=NAME",
    )


def _records(value: Any, field_names: Mapping[str, str], depth: int = 0) -> list[Any] | None:
    """The records in a JSON value; ``[value]`` if it is itself one; None if there are none."""
    if isinstance(value, list):
        return value if not value or any(isinstance(each, dict) for each in value) else None
    if not isinstance(value, dict) or depth > _DEEPEST_LIST:
        return None
    if is_ninjs(value):
        return [value]
    named = {_plain(key): inner for key, inner in value.items() if isinstance(inner, list)}
    if not _texts(value, field_names, "text"):
        # A feed has a title and a description of its own beside its list of articles.
        for name in _LISTS:
            if name in named and all(isinstance(each, dict) for each in named[name]):
                return named[name]
    if _texts(value, field_names, "text") or _texts(value, field_names, "summary"):
        return [value]
    for inner in sorted(value.values(), key=lambda each: isinstance(each, dict)):
        records = _records(inner, field_names, depth + 1)
        if records and records[0] is not inner:
            return records
    return [value]


def _texts(record: Mapping[str, Any], field_names: Mapping[str, str], field: str) -> bool:
    """Whether a record has a text, or a summary, that is not blank."""
    values = [value for key, value in record.items() if _plain(key) in _USUAL[field]]
    if field in field_names:
        values.append(_at(record, field_names[field]))
    return any(_text(value).strip() for value in values)


def _at(record: Any, path: str) -> Any:
    """The value at a dotted path; a list gives that of its element, or of all its elements."""
    if isinstance(record, dict):
        if path in record:
            return record[path]
        head, dot, rest = path.partition(".")
        # Keys may hold dots themselves, so the longest that is there is taken.
        while dot or head:
            if head in record and dot:
                return _at(record[head], rest)
            more, dot, rest = rest.partition(".")
            if not more:
                break
            head = f"{head}.{more}"
        plain = {_plain(key): value for key, value in record.items()}
        return plain.get(_plain(path))
    if isinstance(record, list):
        head, dot, rest = path.partition(".")
        if head.isdecimal() and len(head) < 6:
            inner = record[int(head)] if int(head) < len(record) else None
            return _at(inner, rest) if dot else inner
        return [found for each in record if (found := _at(each, path)) is not None]
    return None


def _text(value: Any) -> str:
    """A body as text: paragraphs out of HTML or a list, entities decoded."""
    if isinstance(value, list):
        return "\n\n".join(text for each in value if (text := _text(each)).strip())
    text = _joined(_scalar(value, _INSIDE_TEXT), "\n\n")
    if is_html(text):
        return text_of_html(text)
    decoded = decode_entities(text)
    # HTML whose own tags were escaped, as feeds and spreadsheets do.
    return text_of_html(decoded) if "&lt;" in text and is_html(decoded) else decoded


def _joined(value: Any, separator: str) -> str:
    """A value as text: that of an object is its name or the like, of a list all joined."""
    if isinstance(value, list):
        return separator.join(text for each in value if (text := _joined(each, separator)))
    value = _scalar(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value) if isinstance(value, str | int | float) and value is not True else ""


def _scalar(value: Any, keys: Iterable[str] = _INSIDE) -> Any:
    """What an object stands for: the value of the first of ``keys``, however deep."""
    for _ in range(5):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            break
        value = next((value[key] for key in keys if value.get(key) not in (None, "")), None)
    return None if isinstance(value, bool | dict) else value


def _said(value: Any) -> str:
    return "true" if value is True else _joined(value, "").strip()


def _url(value: Any) -> Any:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        return next((value[key] for key in ("@id", "url", "href", "value") if key in value), None)
    return value


def _plain(name: object) -> str:
    return str(name).lower().replace("_", "").replace("-", "").replace(" ", "").replace(":", "")


def _rating(header: str, delimiter: str, field_names: Mapping[str, str]) -> tuple[int, int]:
    try:
        cells = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return 0, 0
    known = {name for names in _USUAL.values() for name in names}
    known |= {_plain(name) for name in field_names.values()}
    return sum(_plain(cell) in known for cell in cells), len(cells)


def _shortened(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= 30 else name[:29] + "…"
