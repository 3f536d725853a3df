"""Following what a server offers: fetched only where it has changed, bounded, never withdrawn."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import index.download
from corpus import Unreadable
from index import Archive
from index.sync import plan
from tests.fakes import FakeEncoder

FERRY = '{"id": "ferry", "title": "Ferry late", "text": "The ferry was late."}\n'
MILL = '{"id": "mill", "title": "Mill sold", "text": "The mill was sold."}\n'


class Server(ThreadingHTTPServer):
    """Offers files by path; ``asked`` lists the requests with the headers that matter here."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def offer(self, path: str, content: str, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.files[path] = content.encode(), named
        return self.url(path)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        tag = self.headers["If-None-Match"]
        self.server.asked.append((self.path, tag, self.headers["If-Modified-Since"]))
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/feed.jsonl")
            self.end_headers()
            return
        if self.path not in self.server.files:
            self.send_error(404)
            return
        content, headers = self.server.files[self.path]
        unchanged = tag is not None and tag == headers.get("ETag")
        self.send_response(304 if unchanged else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not unchanged:
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "archive", FakeEncoder()) as archive:
        yield archive


def ids(archive: Archive) -> list[str]:
    return sorted(article.id for article in archive)


def test_what_drops_off_a_feed_stays(archive: Archive, server: Server) -> None:
    url = server.offer("/feed.jsonl", FERRY)
    report = archive.sync([url])
    assert (report.added, report.failed) == (["ferry"], [])
    article = archive.article("ferry")
    assert article is not None
    assert article.origin == f"{url}#1"
    server.offer("/feed.jsonl", MILL)
    with plan(archive.truth, [url]) as made:
        assert [(each.what, each.id) for each in made.changes] == [("added", "mill")]
    assert archive.sync([url]).withdrawn == []
    assert ids(archive) == ["ferry", "mill"]


def test_fetched_only_where_it_has_changed(archive: Archive, server: Server) -> None:
    url = server.offer("/feed.jsonl", FERRY, ETag='"1"', Last_Modified="yesterday")
    with plan(archive.truth, [url]) as made:
        assert len(made.changes) == 1
    # What was only looked at is fetched again.
    assert archive.sync([url]).added == ["ferry"]
    report = archive.sync([url])
    assert (report.unchanged, report.failed, bool(report)) == ([], [], False)
    server.offer("/feed.jsonl", FERRY + MILL, ETag='"2"')
    report = archive.sync([url])
    assert (report.added, report.unchanged) == (["mill"], ["ferry"])
    assert server.asked == [
        ("/feed.jsonl", None, None),
        ("/feed.jsonl", None, None),
        ("/feed.jsonl", '"1"', "yesterday"),
        ("/feed.jsonl", '"1"', "yesterday"),
    ]


def test_the_format_by_its_type(archive: Archive, server: Server) -> None:
    url = server.offer("/news?page=1", FERRY, Content_Type="application/x-ndjson; charset=utf-8")
    assert archive.sync([url]).added == ["ferry"]
    server.files["/news.jsonl.gz"] = gzip.compress(MILL.encode()), {}
    assert archive.sync([server.url("/news.jsonl.gz")]).added == ["mill"]


def test_more_than_is_kept_in_memory(
    archive: Archive, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read a second time is read from its own address, not from one that begins alike."""
    monkeypatch.setattr("index.sightings._MOST_KEPT", 0)
    lines = {"Content_Type": "application/x-ndjson"}
    report = archive.sync(
        [server.offer("/feed", FERRY, **lines), server.offer("/feed2", MILL, **lines)]
    )
    assert (report.added, report.failed) == (["ferry", "mill"], [])
    assert ids(archive) == ["ferry", "mill"]


RSS = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Harbour Post</title>
<item><title>Ferry late</title><link>https://harbour.example/ferry</link>
<guid>https://harbour.example/ferry</guid>
<pubDate>Sun, 21 Aug 2016 10:00:00 GMT</pubDate>
<description>The ferry was late on Monday. Nobody at the harbour knew why.</description></item>
</channel></rss>
"""


@pytest.mark.parametrize("path", ["/rss", "/feed.xml"])
def test_a_feed(archive: Archive, server: Server, path: str) -> None:
    url = server.offer(path, RSS, Content_Type="application/rss+xml")
    report = archive.sync([url])
    assert report.failed == []
    [article] = archive
    assert (article.title, article.url) == ("Ferry late", "https://harbour.example/ferry")
    assert str(article.published) == "2016-08-21T10:00:00+00:00"
    assert archive.sync([url]).unchanged == [article.id]


def test_what_cannot_be_fetched(
    archive: Archive, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = server.offer("/feed.jsonl", FERRY)
    large = server.offer("/large.jsonl", FERRY * 1_000)
    monkeypatch.setattr(index.download, "LARGEST_FILE", 10_000)
    nobody = "http://127.0.0.1:9/feed.jsonl"
    report = archive.sync(
        [server.url("/none"), large, server.url("/elsewhere"), "gopher://x/y", nobody, good]
    )
    assert report.added == ["ferry"]
    *others, refused = report.failed
    assert others == [
        Unreadable(server.url("/none"), "the server answers 404 Not Found"),
        Unreadable(large, "is larger than 0 MB"),
        Unreadable(server.url("/elsewhere"), "is not fetched: only http:// and https:// are"),
        Unreadable("gopher://x/y", "is not fetched: only http:// and https:// are"),
    ]
    assert refused.origin == nobody
    assert refused.reason.startswith("cannot be fetched: ")


def test_a_server_that_does_not_answer(
    archive: Archive, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.download, "_SECONDS", 0.2)
    answer = threading.Event()
    monkeypatch.setattr(Handler, "do_GET", lambda _: answer.wait())
    url = server.url("/feed.jsonl")
    report = archive.sync([url])
    answer.set()
    assert report.failed == [Unreadable(url, "the server does not answer in time")]
