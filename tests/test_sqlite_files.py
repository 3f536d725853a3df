"""Tables of SQLite files, which other programs have written, and which may be made to do harm."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from corpus.reading import DATABASE
from tests.made_files import sqlite, zipped
from tests.reading_files import articles, listed, said, told

pytestmark = pytest.mark.usefixtures("inside")

ARTICLES = (
    "CREATE TABLE articles (id INTEGER PRIMARY KEY, url TEXT, title TEXT, body TEXT, date TEXT)",
    "INSERT INTO articles VALUES (1, 'https://a.example/rain', 'Rain', 'It rained.', "
    "'2021-03-05 08:00:00'), (2, 'https://a.example/snow', 'Snow', 'It snowed.', 1614931200)",
    "CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT, url TEXT, description TEXT)",
    "INSERT INTO sources VALUES (1, 'The Courier', 'https://a.example', 'A paper on rain.')",
    "CREATE TABLE log (at TEXT, message TEXT)",
)


def database(*statements: str, name: str = "a.db") -> Path:
    Path(name).write_bytes(sqlite(*statements))
    return Path(name)


@pytest.mark.parametrize("name", ["a.db", "a.sqlite", "a.sqlite3"])
def test_the_table_of_a_scraper(name: str) -> None:
    rain, snow = articles(database(*ARTICLES, name=name))
    assert said(rain) == ("Rain", "2021-03-05", "a.example", None, "It rained.")
    assert str(snow.published) == "2021-03-05T08:00:00+00:00"
    # Its address, and not a number that the rows of every file have.
    assert (rain.id, rain.origin) == ("https://a.example/rain", f"{name}/articles#1")


@pytest.mark.parametrize("name", ["a.db.gz", "a.zip"])
def test_a_database_in_another_file(name: str) -> None:
    data = database(*ARTICLES, name="b.db").read_bytes()
    packed = gzip.compress(data) if name.endswith(".gz") else zipped(("b.db", data))
    Path(name).write_bytes(packed)
    assert told(Path(name)) == (["Rain", "Snow"], [])


def test_each_table_of_articles_is_read() -> None:
    path = database(
        "CREATE TABLE news (title, text, year)",
        "CREATE TABLE opinion (title, text)",
        "INSERT INTO news VALUES ('Rain', 'It rained.', 2021)",
        "INSERT INTO opinion VALUES ('Enough', 'It must stop.'), ('None', x'00ff')",
    )
    titles, lines = listed(path)
    assert titles == ["Rain", "Enough"]
    assert [where for where, _ in lines] == ["/news", "/opinion#2"]


def test_a_name_for_the_text() -> None:
    path = database(
        'CREATE TABLE a (title, "it\'s"" all")', "INSERT INTO a VALUES ('Rain', 'It rained.')"
    )
    assert told(path, text="it's\" all") == (["Rain"], [])


# The text of each of these would be "harm", if it ran.
HARM = {
    "a view": "CREATE VIEW v AS SELECT 'harm' AS title, 'harm' AS text",
    "a view without end": "CREATE VIEW v AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT "
    "n + 1 FROM c) SELECT n AS title, 'harm' AS text FROM c",
    "a generated column": "CREATE TABLE g (title, body TEXT GENERATED ALWAYS AS ('harm'))",
    "a virtual table": "CREATE VIRTUAL TABLE f USING fts5 (title, text)",
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_nothing_in_it_runs(harm: str) -> None:
    path = database(*ARTICLES, harm)
    assert told(path) == (["Rain", "Snow"], [])


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.db", b"It rained.", "is not a SQLite file, or is encrypted"),
        ("a.db", b"<" * 3_000_000, "is not a SQLite file, or is encrypted"),
        ("a.sqlite", b"SQLite format 3\0" + b"x" * 2_000,
         "is a damaged SQLite file, or is locked: file is not a database"),
    ],
)  # fmt: skip
def test_what_is_no_database(name: str, content: bytes, line: str) -> None:
    Path(name).write_bytes(content)
    assert told(Path(name)) == ([], [line])


def test_a_database_without_articles() -> None:
    path = database("CREATE TABLE log (at, message)", "CREATE TABLE sources (name, url)")
    assert told(path) == ([], [
        "has no table with columns for the text and the title of articles; its tables are log (at, "
        "message), sources (name, url); if a column is the text, name it with --field text=NAME"
    ])  # fmt: skip


ROWS = [f"('Rain {at}', '{'It rained. ' * 200}')" for at in range(200)]


def test_a_truncated_database() -> None:
    path = database("CREATE TABLE a (title, text)", f"INSERT INTO a VALUES {', '.join(ROWS)}")
    path.write_bytes(path.read_bytes()[:100_000])
    line = "is a damaged SQLite file, or is locked: database disk image is malformed"
    assert told(path) == ([], [line])


def test_a_database_is_read_up_to_its_damage() -> None:
    path = database("CREATE TABLE a (title, text)", f"INSERT INTO a VALUES {', '.join(ROWS)}")
    data = path.read_bytes()
    page = data.index(b"Rain 100") // 4_096 * 4_096
    path.write_bytes(data[:page] + b"\xff" * 4_096 + data[page + 4_096 :])
    titles, (line,) = listed(path)
    assert 90 < len(titles) <= 101
    assert titles[-1] == f"Rain {len(titles) - 1}"
    reason = "cannot be read, nor what follows it: database disk image is malformed"
    assert line == ("/a", f"record {len(titles) + 1} {reason}")


def test_a_row_that_is_too_long() -> None:
    path = database(
        "CREATE TABLE a (title, text)",
        "INSERT INTO a VALUES ('Rain', 'It rained.'), ('Long', printf('%.*c', 20000001, 'x'))",
    )
    line = "record 2 cannot be read, nor what follows it: string or blob too big"
    assert listed(path) == (["Rain"], [("/a", line)])


def test_pages_that_are_used_twice_make_no_endless_table() -> None:
    """Each of 18 levels of pages leads to the next one 580 times: 10 to the 49 rows in 80 kB."""
    size = 4_096
    path = database(
        f"PRAGMA page_size = {size}",
        "CREATE TABLE a (title, text)",
        "INSERT INTO a VALUES ('Rain', 'It rained.')",
    )
    data = bytearray(path.read_bytes())
    assert len(data) == 2 * size
    levels = 18
    leaf = bytes(data[size:])
    root = 2
    pages = [page_of(root + 1 + at, size) for at in range(levels)]
    data[size:] = b"".join(pages) + leaf
    data[28:32] = (len(data) // size).to_bytes(4, "big")
    path.write_bytes(bytes(data))
    titles, lines = listed(path)
    line = "is damaged: it has more rows than there is room for in the file"
    assert lines == [("/a", line)]
    assert set(titles) == {"Rain"}


def page_of(child: int, size: int) -> bytes:
    """An inner page of a table, all of whose cells lead to the same page."""
    cell = child.to_bytes(4, "big") + b"\x01"
    count = (size - 12) // (2 + len(cell))
    start = size - count * len(cell)
    places = b"".join((start + at * len(cell)).to_bytes(2, "big") for at in range(count))
    head = (
        b"\x05\0\0" + count.to_bytes(2, "big") + start.to_bytes(2, "big") + b"\0"
        + child.to_bytes(4, "big")
    )  # fmt: skip
    return (head + places).ljust(start, b"\0") + cell * count


def test_what_lies_in_a_log_beside_it_is_a_line() -> None:
    with closing(sqlite3.connect("a.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(ARTICLES[0])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(ARTICLES[1])
        connection.commit()
        titles, lines = told(Path.cwd())
        names = {path.name for path in Path.cwd().iterdir()}
    assert names == {"a.db", "a.db-wal", "a.db-shm"}
    assert titles == []
    assert lines == [
        "has a header and no records after it",
        "has changes that lie in another file beside it, and were not read; end the program that "
        "writes it, and read it again",
    ]


def test_an_archive_is_none_of_them() -> None:
    tables = [f"CREATE TABLE {name} (title, text)" for name in
              ("manifest", "articles", "chunks", "vectors", "forgotten")]  # fmt: skip
    path = database(*tables, name=DATABASE)
    line = "is an archive of Dateline's; open its folder with --archive"
    assert told(path) == ([], [line])
    copied = path.rename("copy.db")
    assert told(copied) == ([], [line])
