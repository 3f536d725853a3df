"""Parquet files, as collections for research are published in them."""

import io
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow.parquet import ParquetFile

from corpus import Article
from tests.made_files import parquet, zipped
from tests.reading_files import articles, listed, read, said, told

pytestmark = pytest.mark.usefixtures("inside")

ROWS: dict[str, Any] = {
    "title": ["Rain", "Snow"],
    "text": ["It rained.", "It snowed."],
    "date": [date(2021, 3, 5), None],
    "url": ["https://a.example/rain", None],
}


def write(columns: dict[str, Any], name: str = "a.parquet") -> Path:
    Path(name).write_bytes(parquet(columns))
    return Path(name)


def test_each_row_is_an_article() -> None:
    rain, snow = articles(write(ROWS))
    assert said(rain) == ("Rain", "2021-03-05", "a.example", None, "It rained.")
    assert (rain.id, rain.origin) == ("https://a.example/rain", "a.parquet#1")
    assert (snow.title, snow.published, snow.text) == ("Snow", None, "It snowed.")


def test_a_table_in_another_file() -> None:
    Path("a.zip").write_bytes(zipped(("b.parquet", parquet(ROWS))))
    assert told(Path("a.zip")) == (["Rain", "Snow"], [])


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (pyarrow.array([datetime(2021, 3, 5, 8, tzinfo=UTC)], pyarrow.timestamp("ns", "UTC")),
         "2021-03-05T08:00:00+00:00"),
        (pyarrow.array([datetime(2021, 3, 5, 8, tzinfo=UTC)], pyarrow.timestamp("s", "Asia/Tokyo")),
         "2021-03-05T17:00:00+09:00"),
        ([1614931200], "2021-03-05T08:00:00+00:00"),
        (pyarrow.array(["5 March 2021"]).dictionary_encode(), "2021-03-05"),
    ],
)  # fmt: skip
def test_days(value: Any, day: str) -> None:
    (article,) = articles(write({"text": ["It rained."], "published": value}))
    assert str(article.published) == day


def test_columns_of_columns_and_of_lists() -> None:
    story = {"body": ["It rained.", "It was wet."], "by": {"author": ["Ana Blum", "Tom Keel"]}}
    path = write({
        "story": [story],
        "vector": [[0.5, 0.25]],
        "picture": [b"\xff\xd8"],
        "title": ["Rain"],
    })  # fmt: skip
    fields = {"text": "story.body", "author": "story.by.author"}
    (article,) = (item for item in read(path, **fields) if isinstance(item, Article))
    assert (article.text, article.author) == ("It rained.\n\nIt was wet.", "Ana Blum; Tom Keel")


def test_bytes_that_are_not_utf_8() -> None:
    text = pyarrow.array([b"caf\xe9"]).view(pyarrow.string())
    (article,) = articles(write({"text": text}))
    assert article.text == "café"


def test_a_table_without_texts() -> None:
    assert told(write({"title": ["Rain"], "vector": [[0.5]]})) == ([], [
        "has no header with a column for the text, its first row is title; if one of them is the "
        "text, name it with --field text=NAME"
    ])  # fmt: skip


WHOLE = parquet({"title": ["Rain", "Snow"], "text": ["It rained.", "It snowed. " * 9_000]},
              row_group_size=1, compression="none")  # fmt: skip


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"It rained.", ([], [("", "is not a Parquet file")])),
        (b"PAR1" + b"x" * 2_000, ([], [("", "is a damaged Parquet file, or breaks off")])),
        (WHOLE[:-100], ([], [("", "is a damaged Parquet file, or breaks off")])),
        (WHOLE.replace(b"It snowed. ", b"\xff" * 11), (["Rain", "Snow"], [])),
    ],
)  # fmt: skip
def test_what_is_damaged(data: bytes, found: tuple[list[str], list[tuple[str, str]]]) -> None:
    Path("a.parquet").write_bytes(data)
    assert listed(Path("a.parquet")) == found


def test_a_damaged_part_leaves_what_is_before_it() -> None:
    columns = {"title": [f"Rain {at}" for at in range(128)], "text": ["It rained."] * 128}
    data = parquet(columns, row_group_size=64, compression="zstd")
    second = ParquetFile(io.BytesIO(data)).metadata.row_group(1).column(0)
    at = second.dictionary_page_offset
    Path("a.parquet").write_bytes(data[:at] + b"\xff" * 40 + data[at + 40 :])
    titles, lines = listed(Path("a.parquet"))
    assert titles == columns["title"][:64]
    assert lines == [("", "record 65 is damaged, and so is what follows it")]


def test_a_bomb() -> None:
    path = write({"title": ["Rain"] * 12, "text": ["It rained. " * 1_000_000] * 12})
    titles, lines = listed(path)
    assert titles == ["Rain"] * 9
    assert [reason[:40] for _, reason in lines] == ["expands to more than 100 times its size,"]


def test_pyarrow_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert told(write(ROWS)) == ([], [
        "is a Parquet file; pip install 'dateline[parquet]' to read it, or save it as .jsonl"
    ])  # fmt: skip
