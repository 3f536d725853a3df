"""What cannot be read is one line that says so, whatever is in a file, and stops nothing else."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import Article, Unreadable, read_articles
from corpus.encoding import clean
from corpus.reading import READERS
from tests.made_files import docx, paragraph, pdf, warc, zipped
from tests.reading_files import FIRST, SECOND, Write, ids, read, reasons
from tests.test_agencies import NEWSML, NINJS_3, NITF, news_item
from tests.test_crawls import HTML, page
from tests.test_documents import CLIPPING
from tests.test_feed_files import ATOM, RSS
from tests.test_mail import message

pytestmark = pytest.mark.usefixtures("inside")

_ANY = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None
)


# What cannot be read

TOO_LONG = "x" * 20_000_001


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", "", "is empty"),
        ("a.txt", " \n\t\n", "is empty"),
        ("a.txt", "— \n\n …", "has no text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file, not text"),
        ("a.txt", TOO_LONG, "is larger than 20 MB; split it"),
        ("a.txt.gz", TOO_LONG, "is larger than 20 MB; split it"),
        ("a.xyz", "x",
         "is in a format that is not read (.xyz); dateline sync --help lists those that are"),
        ("a.msg", "x", "is in a format that is not read (.msg); save it as .eml"),
        ("README", "x",
         "has no ending that tells its format; dateline sync --help lists those that are"),
        ("a.json", '{"text": "x"\n;}', "is not valid JSON at line 2 column 1: "),
        ("a.json", '{"text": "x', "is not valid JSON at line 1 column 10: Unterminated string"),
        ("a.json", "[" * 100_000, "is JSON that is nested too deeply"),
        ("a.json", "[]", "holds an empty list of records"),
        ("a.json", "[1, 2]",
         "holds no records: neither an object with a text nor a list of objects"),
        ("a.jsonl", "\n \n", "is empty"),
        ("a.csv", "alpha,beta\n1,2\n",
         "has no header with a column for the text, its first row is alpha, beta; "
         "if one of them is the text, name it with --field text=NAME"),
        ("a.csv", "title,text\n", "has a header and no records after it"),
        ("a.html", "<html><body><script>x()</script></body></html>",
         "is a page without an article: nothing but menus, notices or teasers of others was "
         "found; save the article itself"),
    ],
    ids=range(18),
)  # fmt: skip
def test_a_broken_file_is_one_line(write: Write, name: str, content: Any, reason: str) -> None:
    write("b.txt", "Headline\n\nBody.")
    found = read(write(name, content).parent)
    assert ids(found) == ["b.txt"]
    (unreadable,) = [unreadable for unreadable in found if isinstance(unreadable, Unreadable)]
    assert unreadable.origin.endswith(f"/{name}")
    assert (
        unreadable.reason.startswith(reason) if reason[-1] == " " else unreadable.reason == reason
    )


@pytest.mark.slow
def test_broken_compression(write: Write, tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"text": f"Number {n}. {os.urandom(50).hex()}"}) + "\n" for n in range(9999)
    )
    whole = gzip.compress(lines.encode())
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.txt.gz").write_bytes(b"not compressed at all")
    (tmp_path / "c.txt.gz").write_bytes(whole[:1000] + b"\xff" * 1000 + whole[2000:])
    write("d.txt.gz", "Headline\n\nBody.")
    found = read(tmp_path)
    # The record that the end of the file cut is lost, those before it are not.
    assert ids(found)[:2] == ["a.jsonl.gz#1", "a.jsonl.gz#2"]
    assert len(ids(found)) > 4000
    assert ids(found)[-1] == "d.txt.gz"
    assert reasons(tmp_path) == [
        ("a.jsonl.gz", "breaks off: the compressed file is not complete"),
        ("b.txt.gz", "is not a valid gzip file, or is damaged"),
        ("c.txt.gz", "is not a valid gzip file, or is damaged"),
    ]


def test_a_broken_record_is_one_line_and_the_rest_goes_on(write: Write) -> None:
    lines = [
        '{"text": "One."}',
        '{"text": "Two.", }',
        "",
        "[1]",
        '{"title": "T", "blurb": "x"}',
        '{"text": "' + TOO_LONG + '"}',
        '{"text": ' + "[" * 100_000,
        '{"text": "\\ud800 One \\ud83d\\ude00", "date": {"odd": []}, "url": 7, "id": null}',
        '{"text": "Cut o',
    ]
    path = write("a.jsonl", "\n".join(lines))
    assert [article.text for article in read(path) if isinstance(article, Article)] == [
        "One.", "\ufffd One 😀",
    ]  # fmt: skip
    assert ids(read(path)) == ["a.jsonl#1", "a.jsonl#7"]
    found = dict(reasons(path))
    assert found["a.jsonl#2"].startswith("is not valid JSON at line 2 column ")
    assert found["a.jsonl#3"] == "record 3 is not an object with fields"
    assert found["a.jsonl#4"] == (
        "record 4 has no text: nothing in text, body, content, …; its fields are title, blurb; "
        "if one of them is the text, name it with --field text=NAME"
    )
    assert found["a.jsonl#5"] == "record 5 (line 6) is over 20 MB long"
    assert found["a.jsonl#6"] == "line 7 is nested too deeply"
    assert found["a.jsonl#8"].startswith("is not valid JSON at line 9 column ")
    assert len(found) == 6


def test_a_broken_row_is_one_line_and_the_rest_goes_on(write: Write) -> None:
    rows = "title,text\nA,One.\nB,Two, and more, than fits\nC\nD,Four.\n"
    path = write("a.csv", rows)
    assert ids(read(path)) == ["a.csv#1", "a.csv#4"]
    assert reasons(path)[0] == (
        "a.csv#2",
        "record 2 has 4 cells where the header has 2; "
        "is a text with commas in it without quotes around it?",
    )
    assert reasons(path)[1][0] == "a.csv#3"


def test_a_quotation_that_is_never_closed_ends_a_table(write: Write) -> None:
    path = write("a.csv", 'text\nOne.\n"' + ("Two. " * 200 + "\n") * 25_000)
    assert ids(read(path)) == ["a.csv#1"]
    reason = (
        "record 2 has a cell of more than 20 MB, perhaps for want of a closing quotation mark; "
        "what follows it was not read"
    )
    assert reasons(path) == [("a.csv", reason)]


def test_paths_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "locked.txt").write_text("Headline\n\nBody.")
    os.mkfifo(tmp_path / "pipe.txt")
    assert reasons(tmp_path / "nowhere.txt") == [("nowhere.txt", "does not exist")]
    assert reasons(tmp_path / "empty") == [("empty", "is a folder with no files in it")]
    assert reasons(tmp_path / "pipe.txt") == [("pipe.txt", "is not a regular file")]
    assert len(reasons("a\0b")) == 1
    monkeypatch.setattr(Path, "open", _refuse)
    assert reasons(tmp_path / "locked.txt") == [
        ("locked.txt", "may not be read: permission denied")
    ]


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError(13, "Permission denied")


# Whatever is in a file


MARKUP = st.text(st.sampled_from("<>/pbrh1 =\"'{}[],:;\n\\ué—2016-0ab")).map(str)


@_ANY
@given(
    name=st.sampled_from([*sorted(READERS), ".txt.gz", ".jsonl.gz"]),
    content=st.binary() | (MARKUP | st.text()).map(lambda t: t.encode("utf-8", "surrogatepass")),
)
def test_anything_is_articles_or_lines_in_the_report(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / f"a{name}"
    path.write_bytes(content)
    for found in read(path):
        if isinstance(found, Article):
            assert repr(found.title + found.text).encode()
            assert clean(found.text) == found.text
            assert found.text.strip()
        else:
            assert str(found).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "text title date url id author source items language _source x".split()
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@_ANY
@given(value=JSON)
def test_any_json_is_articles_or_lines_in_the_report(tmp_path: Path, value: Any) -> None:
    for name in ("a.json", "a.jsonl"):
        path = tmp_path / name
        path.write_text(json.dumps(value))
        found = read(path)
        assert found
        for result in found:
            if isinstance(result, Article):
                assert result.id
                assert result.title
                assert result.text.encode().strip()


@_ANY
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=4))
def test_text_survives_every_record_format_alike(tmp_path: Path, texts: list[str]) -> None:
    # Markup and entities are read as such, so none is in these texts; nor what is cleaned.
    texts = [clean(text.replace("<", "").replace("&", "")) + " End." for text in texts]
    texts = [clean(text) for text in texts]
    records = [{"text": text} for text in texts]
    (tmp_path / "a.json").write_text(json.dumps(records))
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    rows = ["text", *('"' + text.replace('"', '""') + '"' for text in texts)]
    (tmp_path / "a.csv").write_bytes("\n".join(rows).encode())
    for name in ("a.json", "a.jsonl", "a.csv"):
        found = read(tmp_path / name)
        assert [article.text for article in found if isinstance(article, Article)] == texts


WHOLE = {
    ".rss": RSS.format(encoding="utf-8", first=FIRST, second=SECOND).encode(),
    ".xml": NEWSML.format(items=news_item()).encode(),
    ".nitf": NITF.format(namespace="", status="", release="", first=FIRST, second=SECOND).encode(),
    ".ninjs": json.dumps(NINJS_3).encode(),
    ".eml": message().encode(),
    ".mbox": b"From x\n" + message().encode(),
    ".pdf": pdf(CLIPPING),
    ".docx": docx(paragraph("Head"), paragraph("Body.")),
    ".zip": zipped(("a.txt", "Head\n\nBody."), ("a.rss", ATOM)),
    ".warc": warc(("https://town.example/a", page().encode(), HTML)),
    ".wacz": zipped(("archive/a.warc", warc(("https://town.example/a", page().encode(), HTML)))),
}


@_ANY
@given(
    suffix=st.sampled_from(sorted(WHOLE)),
    damage=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), min_size=1, max_size=4),
    end=st.floats(0, 1),
)
def test_any_damage_is_articles_or_lines_in_the_report(
    tmp_path: Path, suffix: str, damage: list[tuple[float, bytes]], end: float
) -> None:
    data = bytearray(WHOLE[suffix])
    for place, bytes_ in damage:
        at = int(place * len(data))
        data[at : at + len(bytes_)] = bytes_
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data[: int((1 - end**4) * len(data))] or b"x")
    for found in read_articles(path):
        assert str(found).encode() if isinstance(found, Unreadable) else found.title.encode()
