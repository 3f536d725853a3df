"""Crawls of the web, pages that are very long, and archives of files: zip, WACZ, gzip."""

import gzip
import zlib
from pathlib import Path

import brotli
import pytest

from corpus import Article, read_articles
from tests.made_files import docx, paragraph, warc, zipped
from tests.reading_files import BODY, FIRST, SECOND, Write, articles, dated, listed, one, written
from tests.test_feed_files import ATOM

# Crawls

PAGE = """<!doctype html><html lang="en"><head><title>Council agrees</title>{head}</head><body>
<nav><a href="/">Home</a></nav><article><h1>Council agrees</h1><p>{first}</p><p>{second}</p>
</article></body></html>"""


def page(head: str = "") -> str:
    return PAGE.format(head=head, first=FIRST, second=SECOND)


HTML = {
    "Content-Type": "text/html; charset=utf-8",
    "Last-Modified": "Fri, 05 Jan 2024 08:00:00 GMT",
}


def chunked(data: bytes) -> bytes:
    halves = data[: len(data) // 2], data[len(data) // 2 :], b""
    return b"".join(b"%x\r\n%s\r\n" % (len(half), half) for half in halves)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_warc(write: Write, name: str) -> None:
    metadata = '<meta property="article:published_time" content="2025-03-03T10:00:00+01:00">'
    pages = [
        ("https://town.example/a?utm_source=x", page(metadata).encode(), HTML),
        ("https://town.example/2025/03/04/b", chunked(gzip.compress(page().encode())),
         {**HTML, "Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}),
        ("https://town.example/c", brotli.compress(page("<meta charset=ascii>").encode()),
         {**HTML, "Content-Encoding": "br"}),
        ("https://town.example/d", page().replace("🌉", "").encode("cp1252"),
         {"Content-Type": "text/html; charset=windows-1252"}),
        ("https://town.example/e", zlib.compress(page().encode()),
         {**HTML, "Content-Encoding": "deflate"}),
        # The crawler has expanded it already, and every page claims to be the front page.
        ("https://town.example/f",
         page('<link rel="canonical" href="https://town.example/">').encode(),
         {**HTML, "Content-Encoding": "gzip"}),
        ("https://town.example/logo.png", b"\x89PNG", {"Content-Type": "image/png"}),
        ("https://town.example/gone", page().encode(), {**HTML, "status": "404 Not Found"}),
    ]  # fmt: skip
    path = write(name, warc(*pages, compressed=name.endswith("gz")))
    found = articles(path)
    assert [article.id for article in found] == [f"https://town.example/{path}" for path in (
        "a", "2025/03/04/b", "c", "d", "e", "f",
    )]  # fmt: skip
    assert [article.text for article in found] == [
        BODY, BODY, BODY, BODY.replace("🌉", ""), BODY, BODY,
    ]  # fmt: skip
    assert {article.title for article in found} == {"Council agrees"}
    # Never the day of the crawl.
    assert [dated(article) for article in found] == [
        ("2025-03-03T10:00:00+01:00", "metadata"), ("2025-03-04", "url"), *[(None, None)] * 4,
    ]  # fmt: skip
    assert found[1].origin == f"{path}#2"


def test_pages_without_an_article_are_one_line(write: Write) -> None:
    path = write(
        "a.warc",
        warc(
            ("https://town.example/", page().encode(), HTML),
            ("https://town.example/?p=7", page().encode(), HTML),
            ("https://town.example/list", b"<script>list()</script>", HTML),
        ),
    )
    assert listed(path) == (
        ["Council agrees"],
        [("", "2 of its 3 pages are front pages or hold no article")],
    )


def test_a_crawl_that_breaks_off(write: Write) -> None:
    pages = [(f"https://town.example/{n}", page().encode(), HTML) for n in range(3)]
    whole = warc(*pages)
    path = write("a.warc", whole[:-400])
    assert listed(path) == (["Council agrees"] * 2, [("", "breaks off in its page 3")])
    path = write("b.warc.gz", warc(*pages, compressed=True)[:-200])
    titles, ((_, reason),) = listed(path)
    assert titles == ["Council agrees"] * 2
    assert reason == "breaks off: the compressed file is not complete"
    last = whole.rindex(b"WARC/1.1")
    for cut, reason in (
        (last + 60, "breaks off in its record 7"),
        (whole.rindex(b"HTTP/1.1"), "breaks off in its record 7"),
        (whole.rindex(b"Last-Modified"), "breaks off in its page 3"),
    ):
        path = write("a.warc", whole[:cut])
        assert listed(path) == (["Council agrees"] * 2, [("", reason)])
    path = write("c.warc", whole[:last] + b"XARC" + whole[last + 4 :])
    reason = "is damaged after its record 6; what follows was not read"
    assert listed(path) == (["Council agrees"] * 2, [("", reason)])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GIF89a", "is not a WARC file, or is damaged"),
        (b"WARC/1.0\r\nWARC-Type: " + b"x" * 200_000,
         "is damaged after its record 0; what follows was not read"),
        (warc(), "holds no web pages"),
        (warc(("https://town.example/a", gzip.compress(b"<p>" + b"x" * 25_000_000),
               {**HTML, "Content-Encoding": "gzip"})), "is larger than 20 MB"),
        (warc(("https://town.example/a", brotli.compress(b"<p>" + b"x" * 25_000_000),
               {**HTML, "Content-Encoding": "br"})), "is larger than 20 MB"),
        (warc(("https://town.example/a", b"<a href=/>x</a>" * 250_001, HTML)),
         "is a page of more than 250,000 elements, so no article"),
    ],
    ids=range(6),
)  # fmt: skip
def test_broken_crawls(write: Write, content: bytes, reason: str) -> None:
    titles, ((_, told_reason),) = listed(write("a.warc", content))
    assert (titles, told_reason) == ([], reason)


@pytest.mark.slow
@pytest.mark.parametrize(
    "marked",
    ["<article>{}</article>", "<main><article><p>Rain</article><article>{}</article></main>"],
)
def test_of_a_very_long_page_its_marked_article_is_read(write: Write, marked: str) -> None:
    posts = "".join(f"<p>At {number} the river rose again.</p>" for number in range(25_000))
    card = "<div class=related-stories><p>Ten castles to see</p></div>"
    path = write("a.html", f"<title>Flood</title><nav>News</nav>{marked.format(posts + card)}")
    (article,) = read_articles(path)
    assert isinstance(article, Article)
    lines = article.text.removeprefix("Rain\n\n").split("\n\n")
    assert (lines[0], lines[-1]) == ("At 0 the river rose again.", "At 24999 the river rose again.")


@pytest.mark.slow
def test_of_a_very_long_page_without_a_marked_article_nothing_is_read(write: Write) -> None:
    path = write("a.html", "<body>" + "<p>It rained.</p>" * 25_000)
    reason = (
        "is a page without an article: nothing but menus, notices or teasers of others was "
        "found; save the article itself"
    )
    assert listed(path) == ([], [("", reason)])


# Zip and WACZ


def test_wacz(write: Write, tmp_path: Path) -> None:
    crawl = warc(("https://town.example/a", page().encode(), HTML), compressed=True)
    pages = '{"url": "https://town.example/a", "ts": "2024-01-05T08:00:00Z", "text": "No."}'
    wacz = zipped(
        ("archive/data.warc.gz", crawl),
        ("pages/pages.jsonl", pages),
        ("datapackage.json", '{"text": "No."}'),
        ("indexes/index.cdx.gz", b"x"),
    )
    path = write("a.wacz", wacz)
    article = one(path)
    assert (article.id, article.text) == ("https://town.example/a", BODY)
    assert article.origin == f"{path}/archive/data.warc.gz#1"
    assert dated(article) == (None, None)
    path.unlink()
    assert one(write("b.zip", zipped(("crawls/a.wacz", wacz)))).text == BODY
    write("b.zip", zipped(("a.wacz", zipped(("b.txt", "x"))), ("b.wacz", b"PK?")))
    assert listed(tmp_path / "b.zip")[1] == [
        ("/a.wacz", "holds no crawl: there is no WARC file in its folder archive/"),
        ("/b.wacz", "is not a valid zip file, or is damaged"),
    ]


def test_zip(write: Write) -> None:
    path = write(
        "a.zip",
        zipped(
            ("z.txt", "Zuletzt\n\nEnde."),
            ("2016/08/21/é.txt", f"Headline\n\n{BODY}"),
            ("crawl-2024-01-05/a.jsonl.gz", gzip.compress(b'{"text": "One."}\n{"text": "Two."}')),
            ("feed.xml", ATOM),
            ("a.docx", docx(paragraph("Headline"), paragraph("Body."))),
            (".DS_Store", b"\0"),
            ("__MACOSX/z.txt", b"\0"),
            ("empty/", ""),
        ),
    )
    found = articles(path)
    assert [(article.id, article.text) for article in found] == [
        (f"{path}/2016/08/21/é.txt", BODY),
        (f"{path}/a.docx", "Body."),
        (f"{path}/crawl-2024-01-05/a.jsonl.gz#1", "One."),
        (f"{path}/crawl-2024-01-05/a.jsonl.gz#2", "Two."),
        ("tag:phare.example,2025:1", "Élu à l’hôtel.\n\nDeux."),
        ("https://phare.example/2", "Résumé seul."),
        (f"{path}/z.txt", "Ende."),
    ]
    assert found[0].origin == f"{path}/2016/08/21/é.txt"
    # The folder says a day; when a file was put into the archive says nothing.
    assert [dated(article) for article in found[:3]] == [("2016-08-21", "url"), *[(None, None)] * 2]


def test_a_zip_is_read_from_any_stream(write: Write) -> None:
    assert one(write("a.zip.gz", gzip.compress(zipped(("a.txt", "Head\n\nBody."))))).text == "Body."


def test_broken_zips(write: Write, tmp_path: Path) -> None:
    whole = zipped(("a.txt", "Head\n\nBody."), ("b.xyz", "x"), ("c.txt", "Damaged\n\nBody." * 99))
    at = whole.index(b"c.txt") + 10
    write("damaged.zip", whole[:at] + b"\xff" * 8 + whole[at + 8 :])
    write("cut.zip", whole[:-30])
    write("text.zip", "no zip")
    write("none.zip", zipped())
    write("nest.zip", zipped(("a.txt", "Head\n\nBody."), ("b.zip", whole), ("d.ZIP.gz", b"x")))
    write("z.txt", "Last\n\nBody.")
    titles, lines = listed(tmp_path)
    assert titles == ["Head", "Head", "Last"]
    reasons = dict(lines)
    assert reasons.pop("/damaged.zip/b.xyz").startswith("is in a format that is not read (.xyz)")
    assert reasons == {
        "/cut.zip": "is not a valid zip file, or is damaged",
        "/damaged.zip/c.txt": "is not a valid zip file, or is damaged",
        "/nest.zip": "holds 2 zip archives, such as b.zip, which are not opened; "
        "unpack it to read them",
        "/none.zip": "is a zip archive with no files in it",
        "/text.zip": "is not a valid zip file, or is damaged",
    }


@pytest.mark.slow
def test_bombs(write: Write, tmp_path: Path) -> None:
    reason = "expands to more than 100 times its size, as a bomb does; if it is none, unpack it"
    zeros = b" " * 101_000_000
    write("a.zip", zipped(("a.txt", "Head\n\nBody."), ("b.jsonl", zeros)))
    write("b.docx", zipped(("word/document.xml", zeros)))
    write("c.jsonl.gz", gzip.compress(b'{"text": "One."}\n') + gzip.compress(zeros))
    write("d.wacz", zipped(("archive/a.warc", zeros)))
    assert listed(tmp_path) == (
        ["One."],
        [(f"/{name}", reason) for name in ("a.zip", "b.docx", "c.jsonl.gz", "d.wacz")],
    )


def test_a_locked_member_is_one_line(write: Write) -> None:
    whole = bytearray(zipped(("a.txt", "Head\n\nBody."), ("b.txt", "Head\n\nBody.")))
    whole[6] |= 1
    whole[whole.index(b"PK\1\2") + 8] |= 1
    assert listed(write("a.zip", bytes(whole))) == (
        ["Head"],
        [("/a.txt", "is locked with a password; unpack it to read it")],
    )


# What is compressed

LAMP = (
    b"<html><head><title>Lamp out</title></head><body><article><h1>Lamp out</h1>"
    b"<p>Tam Rennie climbed down from the lighthouse on Sunday with one bag and with his dog.</p>"
    b"<p>He said that he had never been lonely there, and that the lamp would surely miss him.</p>"
    b"</article></body></html>"
)
ADDRESS = "https://a.example/2015/05/13/lamp"
CRAWL = warc((ADDRESS, LAMP, {"Content-Type": "text/html"}))


def arc() -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + LAMP
    version = b"1 0 Skerry\nURL IP-address Archive-date Content-type Archive-length\n\n"
    first = b"filedesc://a.arc 0.0.0.0 20160101000000 text/plain %d\n" % len(version)
    head = f"{ADDRESS} 127.0.0.1 20160101000000 text/html {len(answer)}\n"
    return first + version + b"\n" + head.encode() + answer + b"\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.warc", gzip.compress(CRAWL, mtime=0)),
        ("a.wacz", zipped(("archive/a.warc", gzip.compress(CRAWL, mtime=0)))),
        ("a.arc", arc()),
        ("a.arc", gzip.compress(arc(), mtime=0)),
        ("a.arc.gz", gzip.compress(arc(), mtime=0)),
        (
            "a.json",
            gzip.compress(b'{"title": "Lamp out", "text": "A", "date": "2015-05-13"}', mtime=0),
        ),
    ],
)
def test_what_is_compressed_is_read_whatever_it_is_called(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (article,) = articles(written(tmp_path / name, content))
    assert article.title == "Lamp out"
    assert article.published.day.isoformat() == "2015-05-13"
