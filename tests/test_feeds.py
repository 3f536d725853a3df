"""Following what a server offers: fetched only where it has changed, bounded, never withdrawn."""

import gzip
import threading
from collections.abc import Iterator

import pytest

import index.download
from corpus import Unreadable
from index import Archive
from index.sync import plan
from tests.file_server import Handler, Server

FERRY = '{"id": "ferry", "title": "Ferry late", "text": "The ferry was late."}\n'
MILL = '{"id": "mill", "title": "Mill sold", "text": "The mill was sold."}\n'


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def ids(archive: Archive) -> list[str]:
    return sorted(article.id for article in archive)


def test_what_drops_off_a_feed_stays(archive: Archive, server: Server) -> None:
    url = server.offer("/feed.jsonl", FERRY)
    report = archive.sync([url])
    assert (report.added, report.failed) == (["ferry"], [])
    article = archive.article("ferry")
    assert article.origin == f"{url}#1"
    server.offer("/feed.jsonl", MILL)
    with plan(archive.truth, [url]) as made:
        assert [(change.what, change.id) for change in made.changes] == [("added", "mill")]
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


def test_a_page_has_the_address_that_it_was_fetched_from(archive: Archive, server: Server) -> None:
    text = "".join(
        f"<p>The ferry was late for the {n}th time, and nobody knew why.</p>" for n in range(9)
    )
    page = f"<title>Ferry late</title><article><h1>Ferry late</h1>{text}</article>"
    url = server.offer("/news/ferry", page, Content_Type="text/html")
    archive.sync([url])
    assert [(article.id, article.url) for article in archive] == [(url, url)]


def test_what_was_given_up_is_fetched_again(archive: Archive, server: Server) -> None:
    url = server.offer("/feed.jsonl", FERRY, ETag='"1"')
    archive.sync([url])
    assert archive.forget(url).withdrawn == ["ferry"]
    assert archive.sync([url]).returned == ["ferry"]
    assert archive.remove(["ferry"]) == ["ferry"]
    assert archive.sync([url]).added == ["ferry"]


def test_what_was_not_read_whole_is_said_every_time(archive: Archive, server: Server) -> None:
    url = server.offer("/feed.jsonl", FERRY + "{\n", ETag='"1"')
    first = archive.sync([url])
    assert (first.added, len(first.failed)) == (["ferry"], 1)
    again = archive.sync([url])
    assert (again.unchanged, again.failed) == (["ferry"], first.failed)


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
