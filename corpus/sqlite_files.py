"""SQLite files that a scraper or another program has written: the tables that hold articles.

Such a file may be made to do harm, so it is opened as one that nobody writes, and nothing in it
runs: no view, trigger, generated column, virtual table or function is used, only stored rows.
"""

import io
import sqlite3
from collections.abc import Container, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from corpus.article import Found, Unreadable
from corpus.documents import LONGEST_TEXT, Document, refuse_bomb
from corpus.encoding import NotReadable, decode_utf_8
from corpus.record_lists import shortened
from corpus.records import field_of
from corpus.tables import Row, articles_in_rows

_MAGIC = b"SQLite format 3\0"
_OF_ARCHIVE = frozenset(["manifest", "chunks", "vectors", "forgotten"])
"""Tables that every archive of Dateline's has, and no other program's database."""

_LONGEST_STATEMENT = 1_000_000
_LEAST_OF_ROW = 5
"""Bytes of the shortest row in a file."""

_UNWRITTEN = ("-wal", "-journal")
_BESIDE = (*_UNWRITTEN, "-shm")
_ALLOWED = frozenset([sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ])
_SETTINGS = "trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"


def is_beside_database(name: str, names: Container[str]) -> bool:
    """Whether a file is one that SQLite keeps beside a database while a program writes it."""
    return any(name.endswith(end) and name.removesuffix(end) in names for end in _BESIDE)


def read_sqlite(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The articles in each table with a column for the text and one for the title or the address.

    The articles of a table are numbered as its rows are.
    """
    if not document.stream.peek(len(_MAGIC)).startswith(_MAGIC):
        raise NotReadable("is not a SQLite file, or is encrypted")
    try:
        with _path_of(document) as path, closing(_opened(path)) as connection:
            tables = dict(_tables(connection))
            if tables.keys() >= _OF_ARCHIVE:
                raise NotReadable("is an archive of Dateline's; open its folder with --archive")
            shown = _with_field("text", tables, field_names)
            # Beside articles, a summary describes the sources of these.
            shown = shown or _with_field("summary", tables, field_names)
            if not shown:
                raise NotReadable(_no_texts(tables))
            for name in shown:
                yield from _articles(connection, name, tables[name], path, document, field_names)
            if any(_is_unwritten(path, end) for end in _UNWRITTEN):
                raise NotReadable(
                    "has changes that lie in another file beside it, and were not read; end the "
                    "program that writes it, and read it again"
                )
    except sqlite3.Error as error:
        raise NotReadable(f"is a damaged SQLite file, or is locked: {error}") from None


def _articles(
    connection: sqlite3.Connection, name: str, columns: list[str], path: Path,
    document: Document, field_names: Mapping[str, str],
) -> Iterator[Found]:  # fmt: skip
    """The articles in one table, and the reason if no more of it can be read."""
    table = document.part(f"/{name}")
    rows = _rows(connection, name, columns, path.stat().st_size)
    try:
        yield from articles_in_rows(columns, rows, table, field_names)
    except NotReadable as error:
        yield Unreadable(table.origin, str(error))


def _rows(
    connection: sqlite3.Connection, name: str, columns: list[str], size: int
) -> Iterator[Row]:
    """The rows of a table as text, and at the end, perhaps, why there are no more.

    Pages that lead to each other in a circle would make rows without end.
    """
    selected = f"SELECT {', '.join(map(_quoted, columns))} FROM {_quoted(name)}"  # noqa: S608
    count = expanded = 0
    try:
        for row in connection.execute(selected):
            cells = list(map(_text_of_value, row))
            count += 1
            expanded += sum(map(len, cells))
            if count * _LEAST_OF_ROW > size:
                raise NotReadable("is damaged: it has more rows than there is room for in the file")
            refuse_bomb(expanded, size)
            yield cells
    except sqlite3.Error as error:
        # Python has looked for this row before it returned the one before.
        for row in connection.execute(f"{selected} LIMIT 1 OFFSET {count}"):
            yield list(map(_text_of_value, row))
        yield NotReadable(f"cannot be read, nor what follows it: {error}")


def _opened(path: Path) -> sqlite3.Connection:
    """A connection to a file that can do nothing but read the rows of its tables."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None)
    connection.text_factory = decode_utf_8
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_TEXT)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST_STATEMENT)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    connection.set_authorizer(_authorize)
    return connection


def _authorize(action: int, subject: str | None, *_: str | None) -> int:
    is_allowed = action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and subject == "table_info")
    return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY


def _tables(connection: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """The name and the stored columns of each table that lies in the file itself."""
    stored = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name"
    for (name,) in connection.execute(stored).fetchall():
        described = connection.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
        # A number that SQLite has counted up is the row's, and other files count so, too.
        columns = [
            column
            for _, column, kind, _, _, of_key in described
            if not (of_key and kind.upper() == "INTEGER")
        ]
        if columns and not name.startswith("sqlite_"):
            yield name, columns


def _with_field(
    field: str, tables: Mapping[str, list[str]], field_names: Mapping[str, str]
) -> list[str]:
    """The tables of articles, with this field and a title or an address; a message has neither."""
    fields = {
        name: {field_of(column, field_names) for column in columns}
        for name, columns in tables.items()
    }
    return [
        name
        for name, columns in tables.items()
        if (field in fields[name] or field_names.get(field) in columns)
        and not fields[name].isdisjoint(["title", "url"])
    ]


def _no_texts(tables: Mapping[str, list[str]]) -> str:
    named = (
        f"{shortened(name)} ({', '.join(map(shortened, columns[:8]))})"
        for name, columns in list(tables.items())[:3]
    )
    return (
        "has no table with columns for the text and the title of articles; its tables are "
        f"{', '.join(named) or 'none'}; if a column is the text, name it with --field text=NAME"
    )


@contextmanager
def _path_of(document: Document) -> Iterator[Path]:
    """The path of a file, or of a copy of one that is compressed or in an archive."""
    if isinstance(document.stream.raw, io.FileIO):
        yield Path(document.stream.raw.name)
        return
    with NamedTemporaryFile(suffix=".sqlite") as copy:
        document.copy_to(copy)
        copy.flush()
        yield Path(copy.name)


def _is_unwritten(path: Path, end: str) -> bool:
    beside = path.with_name(path.name + end)
    return beside.is_file() and beside.stat().st_size > 0


def _text_of_value(value: object) -> str:
    """A value as text; bytes are no text, and a whole number has no point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value) if isinstance(value, str | int | float) else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
