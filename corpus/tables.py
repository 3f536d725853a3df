"""Tables: CSV with any separator, and the rows of any table."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from corpus.article import Found
from corpus.dates import Order, order_of_dates
from corpus.documents import LONGEST_TEXT, Document
from corpus.encoding import NotReadable, encoding_of
from corpus.record_lists import (
    found_in_records,
    links_only,
    note_of_field,
    shortened,
    taken_for_date,
    taken_for_text,
)
from corpus.records import field_of

Row = list[str] | str | NotReadable
"""The cells of a row, the fault of the row, or the reason why the rows after it are unreadable."""

_MARKS = ",;\t|"
_HEADER_WITHIN = 40
"""Lines or rows at the top of a table, one of which must be the header."""

_FEWEST_NAMES = 3
_LONGEST_HEADER = 500
"""Characters of a first line that may be a header in a file with another format's ending."""

_JUDGED_BY = 1_000
"""Rows from which the column of dates, or of texts, is guessed if no name says it."""

_ORDER_WITHIN = 50_000_000
"""Characters of rows that are read ahead to find the order of dates."""


def read_table(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """A table with commas, semicolons, tabs or bars; lines may stand above its header."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_TEXT))
    lines = _Lines(document.lines())
    first = list(islice(lines, _HEADER_WITHIN))
    lines.ended = False
    nonblank = [
        (at, line.strip("\ufeff\n")) for at, line in enumerate(first) if line.strip("\ufeff\n \t")
    ]
    marks = _MARKS
    if nonblank and nonblank[0][1].lower().startswith("sep=") and len(nonblank[0][1]) > 4:
        marks, nonblank = nonblank[0][1][4], nonblank[1:]
    rated = [max(_rating(line, mark, field_names) for mark in marks) for _, line in nonblank]
    header_number = _header_at([(has_text, count) for has_text, count, *_ in rated])
    at, header_line = nonblank[header_number] if nonblank else (0, "")
    mark = rated[header_number][3] if rated else ","
    # A column's name may contain line breaks; then the header continues in the next line.
    table_lines = chain([f"{header_line}\n"], first[at + 1 :], lines)
    rows = csv.reader(table_lines, delimiter=mark)
    try:
        header = [name.strip() for name in next(rows)]
    except (csv.Error, StopIteration):
        raise NotReadable("has no header: its first row cannot be read as one") from None
    yield from articles_in_rows(header, _rows(rows, lines), document, field_names)


def articles_in_rows(
    header: list[str], rows: Iterator[Row], document: Document, field_names: Mapping[str, str]
) -> Iterator[Found]:
    """The articles in a table with this header; blank rows are not counted."""
    rows = (row for row in rows if not isinstance(row, list) or any(map(str.strip, row)))
    fields = [field_of(name, field_names) for name in header]
    # A dotted name may be the name of a column, or lead into a column.
    has_text = "text" in fields or field_names.get("text") in header
    if not has_text and any(fields):
        rows, records = _first_records(header, rows)
        if (text_field := taken_for_text(records)) is not None:
            has_text, field_names = True, {**field_names, "text": text_field}
            yield note_of_field("text", text_field, document)
    if not has_text and "summary" not in fields:
        if "url" in fields and "title" in fields:
            raise NotReadable(links_only(sum(isinstance(row, list) for row in rows)))
        names = ", ".join(shortened(name) for name in header[:8])
        raise NotReadable(
            f"has no header with a column for the text, its first row is {names}; "
            "if one of them is the text, name it with --field text=NAME"
        )
    if "published" not in fields:
        rows, records = _first_records(header, rows)
        if (date_field := taken_for_date(records, field_names)) is not None:
            field_names = {**field_names, "published": date_field}
            fields = [field_of(name, field_names) for name in header]
            yield note_of_field("published", date_field, document)
    order, rows = _order(rows, [at for at, field in enumerate(fields) if field == "published"])
    yield from found_in_records(_records(header, rows), document, field_names, order)


def _first_records(
    header: list[str], rows: Iterator[Row]
) -> tuple[Iterator[Row], Iterator[dict[str, str]]]:
    """All the rows again, and the first of them as records."""
    first = _read_ahead(rows, _JUDGED_BY)
    records = (_record(header, row) for row in first if isinstance(row, list))
    return chain(first, rows), records


def header_at(rows: list[list[str]], field_names: Mapping[str, str]) -> int:
    """The index of the header among the first rows of a table."""
    rated = [_known_fields(row, field_names) for row in rows[:_HEADER_WITHIN]]
    return _header_at(rated)


def is_header(cells: list[str], field_names: Mapping[str, str]) -> bool:
    """Whether most cells are names of fields, and one of them is the name of the text."""
    has_text, count = _known_fields(cells, field_names)
    return has_text and count >= _FEWEST_NAMES and 2 * count > len(cells)


def begins_as_table(beginning: bytes, field_names: Mapping[str, str]) -> bool:
    """Whether the first line of a file is the header of a table, whatever the file's name."""
    lines = beginning.decode(encoding_of(beginning), "ignore").lstrip("\ufeff\n\r ").splitlines()
    line = lines[0][:_LONGEST_HEADER] if lines else ""
    return any(is_header(_cells(line, mark), field_names) for mark in _MARKS)


def _cells(line: str, mark: str) -> list[str]:
    """The cells of a line; none if it cannot be a line of a table."""
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return []


def _header_at(rated: list[tuple[bool, int]]) -> int:
    """The first row that names a text and another field, or a text; else the one naming most."""
    for least in (2, 1):
        for at, (has_text, count) in enumerate(rated):
            if has_text and count >= least:
                return at
    most = max((count for _, count in rated), default=0)
    return next(at for at, (_, count) in enumerate(rated) if count == most) if most > 1 else 0


def _known_fields(cells: list[str], field_names: Mapping[str, str]) -> tuple[bool, int]:
    """Whether one of the cells names the text or a summary, and how many fields they name."""
    fields = {field_of(cell, field_names) for cell in cells if len(cell) < 100} - {None}
    has_own_name = field_names.get("text") in [cell.strip() for cell in cells]
    return has_own_name or bool(fields & {"text", "summary"}), len(fields)


def _rating(line: str, mark: str, field_names: Mapping[str, str]) -> tuple[bool, int, int, str]:
    """How much a line looks like a header with this mark between its cells."""
    cells = _cells(line, mark)
    return *_known_fields(cells, field_names), len(cells), mark


def _records(header: list[str], rows: Iterable[Row]) -> Iterator[dict[str, str] | NotReadable]:
    """The record in each row, or a ``NotReadable`` with the fault of the row."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if isinstance(row, NotReadable):
            raise NotReadable(f"record {number} {row}")
        if isinstance(row, str):
            yield NotReadable(f"record {number} {row}")
        elif any(cell.strip() for cell in row[len(header) :]):
            yield NotReadable(
                f"record {number} has {len(row)} cells where the header has {len(header)}; "
                "is a text with commas in it without quotes around it?"
            )
        else:
            yield _record(header, row)
    if not number:
        raise NotReadable("has a header and no records after it")


def _record(header: list[str], row: list[str]) -> dict[str, str]:
    """The cells of a row by column; of columns with the same name, the first that is not blank."""
    record: dict[str, str] = {}
    for name, cell in zip(header, row, strict=False):
        record[name] = cell if not record.get(name, "").strip() else record[name]
    return record


def _order(rows: Iterator[Row], columns: list[int]) -> tuple[Order | None, Iterator[Row]]:
    """The order of dates in some columns, and all the rows again."""
    first = _read_ahead(rows) if columns else []
    cells = (row[at] for row in first if isinstance(row, list) for at in columns if at < len(row))
    return order_of_dates(cells), chain(first, rows)


def _read_ahead(rows: Iterator[Row], most: int | None = None) -> list[Row]:
    """The first rows, at most ``most``, up to a limit on their text."""
    first: list[Row] = []
    size = 0
    for row in islice(rows, most):
        first.append(row)
        size += sum(map(len, row)) if isinstance(row, list) else 0
        if size > _ORDER_WITHIN:
            break
    return first


def _rows(rows: Iterator[list[str]], lines: "_Lines") -> Iterator[Row]:
    """The rows of a CSV file, with the faults of those that cannot be read."""
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                # After such a cell it is unknown where the next row begins.
                yield NotReadable(
                    f"has a cell of more than {LONGEST_TEXT // 10**6} MB, perhaps "
                    "for want of a closing quotation mark; what follows it was not read"
                )
                return
            yield f"is not a row of a table: {error}"
            continue
        if lines.too_long:
            lines.too_long = False
            yield f"has more than {LONGEST_TEXT // 10**6} MB"
        elif lines.ended:
            yield "has a quotation mark that is never closed; what follows it was not read"
        else:
            yield cells


class _Lines:
    """The lines of a table with line feeds, as ``csv.reader`` needs them."""

    def __init__(self, lines: Iterator[str | None]) -> None:
        self._lines = lines
        self.too_long = self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.ended = True
        line = next(self._lines)
        self.ended = False
        if line is None:
            self.too_long = True
            return "\n"
        return line.replace("\0", "") + "\n"
