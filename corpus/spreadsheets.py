"""Spreadsheets: XLSX, ODS and Excel's older files; each sheet is a table."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import Any

from corpus.article import Found, Unreadable
from corpus.containers import open_zip
from corpus.documents import Document
from corpus.encoding import NotReadable
from corpus.tables import articles_in_rows, header_at

_LARGEST = 50_000_000
_LARGEST_EXPANDED = 300_000_000
_MOST_ROWS = 2_000_000


def read_spreadsheet(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The articles in the visible sheets, one sheet after another."""
    sheets = list(_sheets(document.read(_LARGEST)))
    is_readable = False
    faults: list[Unreadable] = []
    for name, rows in sheets:
        at = header_at(rows, field_names)
        sheet = document.part(f"/{name}") if len(sheets) > 1 else document
        try:
            for item in articles_in_rows(rows[at], iter(rows[at + 1 :]), sheet, field_names):
                is_readable = True
                yield item
        except NotReadable as error:
            faults.append(Unreadable(sheet.origin, str(error)))
    if not is_readable:
        raise NotReadable(faults[0].reason if faults else "holds no table: its sheets are empty")
    yield from faults


def _sheets(data: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    """The name and the rows of each sheet that is visible and not empty."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    if data[:2] == b"PK":
        expanded = sum(info.file_size for info in open_zip(BytesIO(data)).infolist())
        if expanded > _LARGEST_EXPANDED:
            raise NotReadable("holds more cells than can be read at once; save it as CSV")
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        for sheet in book.sheets_metadata:
            if sheet.visible != SheetVisibleEnum.Visible:
                continue
            rows = islice(book.get_sheet_by_name(sheet.name).iter_rows(), _MOST_ROWS)
            cells = [[_text_of_cell(cell) for cell in row] for row in rows]
            if any(any(row) for row in cells):
                yield sheet.name, [row for row in cells if any(cell.strip() for cell in row)]
    except CalamineError:
        raise NotReadable("is not a spreadsheet, is locked, or is damaged") from None
    except BaseException as error:
        # A library in Rust raises this for a state that its authors held to be impossible.
        if type(error).__name__ != "PanicException":
            raise
        raise NotReadable("is a damaged spreadsheet") from None


def _text_of_cell(cell: Any) -> str:
    """A cell as text: dates in ISO 8601, whole numbers without a point."""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None else str(cell)
