"""Feeds, agencies' formats, crawls, mail, PDF, DOCX and zip: what they say, and what is broken."""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import Article, Unreadable, read_articles
from corpus.dates import end_of_embargo

Write = Callable[[str, str | bytes], Path]
FIRST = "The council of Marrowby met in the old mill – for three hours – on Tuesday."
SECOND = "“Nobody,” said Mayor Åse Ñúñez, “voted against the bridge 🌉.” It’s naïve."
BODY = f"{FIRST}\n\n{SECOND}"
ENDLESS = datetime(9999, 12, 31, tzinfo=UTC)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def articles(path: Path) -> list[Article]:
    """All articles there, where nothing is unreadable."""
    found = list(read_articles(path))
    assert [each for each in found if isinstance(each, Unreadable)] == []
    return [each for each in found if isinstance(each, Article)]


def one(path: Path) -> Article:
    (article,) = articles(path)
    return article


def told(path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """The titles that were read, and what was not: its origin below ``path``, and the reason."""
    found = list(read_articles(path))
    titles = [each.title for each in found if isinstance(each, Article)]
    lines = [each for each in found if isinstance(each, Unreadable)]
    return titles, [(each.origin.removeprefix(str(path)), each.reason) for each in lines]


def dated(article: Article) -> tuple[str | None, str | None]:
    known = article.published
    return (str(known), known.how) if known else (None, None)


# Embargoes


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("2025-03-03T10:00:00Z", "2025-03-03T10:00:00+00:00"),
        ("2025-03-03T10:00:00.5+01:00", "2025-03-03T09:00:00.500000+00:00"),
        ("Mon, 03 Mar 2025 10:00:00 +0100", "2025-03-03T09:00:00+00:00"),
        ("20250303T180000+0100", "2025-03-03T17:00:00+00:00"),
        ("1741000000", "2025-03-03T11:06:40+00:00"),
        # Midnight at a place is midnight, though a date with it is only a day.
        ("2025-03-03T00:00:00+02:00", "2025-03-02T22:00:00+00:00"),
        # Without a zone it is over everywhere.
        ("2025-03-03T10:00", "2025-03-03T22:00:00+00:00"),
        ("3 March 2025", "2025-03-03T12:00:00+00:00"),
        ("20250303", "2025-03-03T12:00:00+00:00"),
        ("9999-12-31T23:59:59", "9999-12-31T00:00:00+00:00"),
        (" ", "9999-12-31T00:00:00+00:00"),
    ],
)
def test_the_end_of_an_embargo(written: str, end: str) -> None:
    assert end_of_embargo(written).isoformat() == end
    assert end_of_embargo(written).tzinfo is UTC


@pytest.mark.parametrize("written", ["soon", "2025", "March 2025", "ten days after the vote"])
def test_an_embargo_without_a_certain_end(written: str) -> None:
    with pytest.raises(ValueError, match=f"no date and time: {written}"):
        end_of_embargo(written)


def test_records_with_embargo_and_withdrawal(write: Write) -> None:
    records: list[dict[str, Any]] = [
        {"title": "until", "text": "A.", "embargo": "2025-03-03T10:00:00Z"},
        {"title": "endless", "text": "A.", "embargoed": True},
        {"title": "none", "text": "A.", "embargoed_until": "", "embargo": False},
        {"title": "unclear", "text": "A.", "embargoed_until": "Friday at six"},
        {"title": "killed", "pubstatus": "stat:canceled", "id": "7"},
        {"title": "withheld", "text": "A.", "pub_status": "withheld"},
        {"title": "retracted", "text": "A.", "retracted": "2025-03-09"},
        {"title": "usable", "text": "A.", "pubstatus": "usable", "withdrawn": "no"},
    ]
    found = list(read_articles(write("a.jsonl", "\n".join(map(json.dumps, records)))))
    read = [(a.title, a.embargo, a.withdrawn) for a in found if isinstance(a, Article)]
    assert read == [
        ("until", datetime(2025, 3, 3, 10, tzinfo=UTC), False),
        ("endless", ENDLESS, False),
        ("none", None, False),
        ("killed", None, True),
        ("withheld", None, True),
        ("retracted", None, True),
        ("usable", None, False),
    ]
    # What nobody knows when to show is not kept, lest it is shown too early.
    assert [each.reason for each in found if isinstance(each, Unreadable)] == [
        "has an embargo that cannot be understood, no date and time: Friday at six"
    ]


def test_an_embargo_in_a_text_file(write: Write) -> None:
    header = "Title: Bridge agreed\nEmbargo: 2025-03-03T10:00:00Z\n\n"
    article = one(write("a.txt", header + BODY))
    assert (article.title, article.text) == ("Bridge agreed", BODY)
    assert article.embargo == datetime(2025, 3, 3, 10, tzinfo=UTC)
    front = "---\nembargoed_until: 2025-03-03T10:00:00+01:00\n---\n"
    assert one(write("b.md", front + BODY)).embargo == datetime(2025, 3, 3, 9, tzinfo=UTC)


# Feeds

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Town Courier</title><link>https://town.example/</link><language>en-GB</language>
<pubDate>Fri, 05 Jan 2024 08:00:00 GMT</pubDate>
<item><title>Council agrees on bridge &amp; road</title>
<link>https://town.example/bridge?utm_source=rss</link><guid isPermaLink="false">17</guid>
<pubDate>Mon, 03 Mar 2025 10:00:00 +0100</pubDate><dc:creator>Jane Doe</dc:creator>
<description>Short.</description>
<content:encoded><![CDATA[<p>{first}</p><p>{second}</p><script>x()</script>]]></content:encoded>
</item>
<item><title>Fire in &lt;b&gt;mill&lt;/b&gt;</title><link>https://town.example/2025/03/02/fire</link>
<description>It was 3 &lt; 4 o&#8217;clock&nbsp;or so.</description></item>
<item><title>Without a text</title><link>https://town.example/x</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Le Phare</title>
<updated>2024-01-05T08:00:00Z</updated>
<entry><title type="html">Le maire &lt;em&gt;élu&lt;/em&gt;</title><id>tag:phare.example,2025:1</id>
<published>2025-03-03T10:00:00+01:00</published><updated>2025-03-09T10:00:00Z</updated>
<author><name>Zoë L’Œil</name></author><source><title>Agence Nord</title></source>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Élu à l’hôtel.</p>
<p>Deux.</p></div></content></entry>
<entry><title>Deuxième</title><link href="https://phare.example/2"/><id>urn:2</id>
<updated>2025-03-04T10:00:00Z</updated><summary>Résumé seul.</summary></entry></feed>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_rss(write: Write, encoding: str) -> None:
    text = RSS.format(encoding=encoding, first=FIRST, second=SECOND)
    path = write("a.rss", text.encode(encoding))
    found = list(read_articles(path))
    bridge, fire = (each for each in found if isinstance(each, Article))
    assert (bridge.title, bridge.text) == ("Council agrees on bridge & road", BODY)
    assert bridge.id == bridge.url == "https://town.example/bridge"
    assert (bridge.source, bridge.author, bridge.language) == ("Town Courier", "Jane Doe", "en")
    assert dated(bridge) == ("2025-03-03T10:00:00+01:00", "metadata")
    assert bridge.origin == f"{path}#1"
    assert (fire.title, fire.text) == ("Fire in mill", "It was 3 < 4 o’clock\u00a0or so.")
    # Not the day on which the feed was made.
    assert dated(fire) == ("2025-03-02", "url")
    assert [str(each) for each in found if isinstance(each, Unreadable)] == [
        f"{path}#3: has no text"
    ]


def test_atom(write: Write) -> None:
    first, second = articles(write("a.xml", ATOM))
    assert (first.id, first.title) == ("tag:phare.example,2025:1", "Le maire élu")
    assert first.text == "Élu à l’hôtel.\n\nDeux."
    assert (first.source, first.author, first.language) == ("Agence Nord", "Zoë L’Œil", "fr")
    assert dated(first) == ("2025-03-03T10:00:00+01:00", "metadata")
    assert (second.id, second.text, second.source) == (
        "https://phare.example/2", "Résumé seul.", "Le Phare",
    )  # fmt: skip
    assert dated(second) == ("2025-03-04T10:00:00+00:00", "metadata")


def test_a_feed_that_breaks_off_gives_what_is_there(write: Write) -> None:
    whole = RSS.format(encoding="utf-8", first=FIRST, second=SECOND)
    titles, lines = told(write("a.rss", whole[: whole.index("<item><title>Without")]))
    assert titles == ["Council agrees on bridge & road", "Fire in mill"]
    assert lines == []


def test_a_feed_that_is_not_quite_xml(write: Write) -> None:
    text = RSS.format(encoding="utf-8", first=FIRST, second="R&D, AT&amp;T &copy; 3 < 4 <br>")
    text = text.replace("bridge &amp; road", "bridge & R&D; 3 < 4").replace("Town Courier", "A&B")
    found = [each for each in read_articles(write("a.rss", text)) if isinstance(each, Article)]
    assert found[0].title == "Council agrees on bridge & R&D; 3 < 4"
    assert found[0].text == f"{FIRST}\n\nR&D, AT&T © 3 < 4"
    assert found[0].source == "A&B"


# Agencies

NITF = """<nitf{namespace}><head><title>slug</title><docdata management-status="{status}">
<doc-id id-string="nitf-7" regsrc="NPA"/><date.issue norm="20250303T101500+0100"/>{release}
</docdata></head><body><body.head><hedline><hl1>Bridge agreed &mdash; at last</hl1></hedline>
<byline>By Jane Doe</byline><distributor>Northern Press</distributor>
<dateline><location>MARROWBY</location></dateline></body.head>
<body.content><media media-type="image"><media-caption><p>A picture.</p></media-caption></media>
<block><p>{first}</p><hl2>Stone</hl2><p>{second}</p></block></body.content></body></nitf>"""
NEWSML = """<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2024-01-05T08:00:00Z</sent>
</header><itemSet>{items}</itemSet></newsMessage>"""
NEWS_ITEM = """<newsItem guid="urn:newsml:npa.example:20250303:7" version="{version}"
 xml:lang="en-GB" standard="NewsML-G2"><itemMeta><itemClass qcode="ninat:text"/>
<provider qcode="nprov:NPA"><name>Northern Press</name></provider>
<versionCreated>2025-03-04T08:00:00+01:00</versionCreated>
<firstCreated>2025-03-03T10:15:00+01:00</firstCreated>
{embargo}<pubStatus qcode="stat:{status}"/></itemMeta><contentMeta><by>By Jane Doe</by>
<located qcode="city:9"><name>Marrowby</name></located>
<headline>Bridge agreed — v{version}</headline>
<language tag="en"/></contentMeta><contentSet>{content}</contentSet></newsItem>"""
XHTML = (
    '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'
    f"<head><title>No</title></head><body><p>{FIRST}</p><p>{SECOND}</p></body></html></inlineXML>"
)


def news_item(
    content: str = XHTML, version: int = 2, status: str = "usable", embargo: str = ""
) -> str:
    return NEWS_ITEM.format(content=content, version=version, status=status, embargo=embargo)


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://iptc.org/std/NITF/2006-10-18/"'])
def test_nitf(write: Write, namespace: str) -> None:
    text = NITF.format(namespace=namespace, status="usable", release="", first=FIRST, second=SECOND)
    path = write("a.xml", '<!DOCTYPE nitf SYSTEM "nitf-3-6.dtd">' + text)
    article = one(path)
    assert (article.id, article.title) == ("nitf-7", "Bridge agreed — at last")
    assert article.text == f"{FIRST}\n\nStone\n\n{SECOND}"
    assert article.origin == str(path)
    assert (article.source, article.author, article.place) == (
        "Northern Press", "Jane Doe", "MARROWBY",
    )  # fmt: skip
    assert dated(article) == ("2025-03-03T10:15:00+01:00", "metadata")
    assert (article.embargo, article.withdrawn) == (None, False)


@pytest.mark.parametrize(
    ("status", "release", "embargo", "withdrawn"),
    [
        ("usable", '<date.release norm="20250303T180000Z"/>', datetime(2025, 3, 3, 18, tzinfo=UTC),
         False),
        ("embargoed", "", ENDLESS, False),
        ("canceled", "", None, True),
    ],
)  # fmt: skip
def test_nitf_that_is_not_to_be_shown(
    write: Write, status: str, release: str, embargo: datetime | None, withdrawn: bool
) -> None:
    text = NITF.format(namespace="", status=status, release=release, first=FIRST, second=SECOND)
    article = one(write("a.nitf", text))
    assert (article.embargo, article.withdrawn) == (embargo, withdrawn)


@pytest.mark.parametrize(
    "content",
    [
        XHTML,
        f'<inlineData contenttype="text/plain">{FIRST}\n\n{SECOND}</inlineData>',
        f'<inlineData contenttype="text/html">&lt;p>{FIRST}&lt;/p>&lt;p>{SECOND}&lt;/p>'
        "</inlineData>",
        '<inlineXML contenttype="application/nitf+xml">'
        '<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.content>'
        f"<p>{FIRST}</p><p>{SECOND}</p></body.content></body></nitf></inlineXML>",
    ],
)
def test_newsml(write: Write, content: str) -> None:
    article = one(write("a.xml", NEWSML.format(items=news_item(content))))
    assert article.id == "urn:newsml:npa.example:20250303:7"
    assert (article.title, article.text) == ("Bridge agreed — v2", BODY)
    assert (article.source, article.author) == ("Northern Press", "Jane Doe")
    assert (article.language, article.place) == ("en", "Marrowby")
    # When it was first sent, neither when it was corrected nor when this message was.
    assert dated(article) == ("2025-03-03T10:15:00+01:00", "metadata")
    assert (article.embargo, article.withdrawn) == (None, False)


def test_newsml_gives_the_newest_version(write: Write) -> None:
    items = news_item(version=2) + news_item(version=10) + news_item(version=9)
    assert one(write("a.xml", NEWSML.format(items=items))).title == "Bridge agreed — v10"


def test_newsml_that_is_not_to_be_shown(write: Write) -> None:
    until = "<embargoed>2025-03-03T18:00:00+01:00</embargoed>"
    assert one(write("a.xml", news_item(embargo=until))).embargo == datetime(
        2025, 3, 3, 17, tzinfo=UTC
    )
    assert one(write("b.xml", news_item(embargo="<embargoed/>"))).embargo == ENDLESS
    for status in ("canceled", "withheld"):
        killed = one(write("c.xml", news_item(content="", status=status)))
        assert (killed.id, killed.text, killed.withdrawn) == (
            "urn:newsml:npa.example:20250303:7", "", True,
        )  # fmt: skip


NINJS_1 = {
    "uri": "urn:npa:7", "type": "text", "version": "2", "language": "en-GB",
    "versioncreated": "2025-03-04T08:00:00Z", "firstcreated": "2025-03-03T10:15:00+01:00",
    "headline": "Bridge agreed", "byline": "By Jane Doe", "located": "Marrowby",
    "infosource": [{"name": "Northern Press"}], "description_text": "Short.",
    "body_text": "Not marked up.", "body_xhtml": f"<p>{FIRST}</p><p>{SECOND}</p>",
    "associations": {"main": {"uri": "urn:npa:8", "type": "picture", "body_text": "A picture."}},
}  # fmt: skip
NINJS_3 = {
    "uri": "urn:npa:7", "standard": {"name": "ninjs", "version": "3.0"}, "language": "en",
    "firstCreated": "2025-03-03T10:15:00+01:00", "pubStatus": "usable", "by": "By Jane Doe",
    "headlines": [{"role": "short", "value": "No"}, {"role": "main", "value": "Bridge agreed"}],
    "bodies": [{"role": "main", "contentType": "text/plain", "value": "Not marked up."},
               {"role": "main", "contentType": "text/html",
                "value": f"<p>{FIRST}</p><p>{SECOND}</p>"}],
    "places": [{"name": "Marrowby"}], "infoSources": [{"name": "Northern Press"}],
}  # fmt: skip


@pytest.mark.parametrize("item", [NINJS_1, NINJS_3])
@pytest.mark.parametrize("wrap", [dict, lambda item: [item], lambda item: {"items": [item]}])
def test_ninjs(write: Write, item: dict[str, Any], wrap: Callable[[Any], Any]) -> None:
    article = one(write("a.json", json.dumps(wrap(item))))
    assert (article.id, article.title, article.text) == ("urn:npa:7", "Bridge agreed", BODY)
    assert (article.source, article.author) == ("Northern Press", "Jane Doe")
    assert (article.language, article.place) == ("en", "Marrowby")
    assert dated(article) == ("2025-03-03T10:15:00+01:00", "metadata")
    assert (article.embargo, article.withdrawn) == (None, False)


def test_ninjs_that_is_not_to_be_shown(write: Write) -> None:
    held = {**NINJS_1, "embargoed": "2025-03-03T18:00:00+01:00"}
    assert one(write("a.json", json.dumps(held))).embargo == datetime(2025, 3, 3, 17, tzinfo=UTC)
    for status in ("canceled", "withheld"):
        killed = {"uri": "urn:npa:7", "pubstatus": status, "versioncreated": "2025-03-04T08:00:00Z"}
        article = one(write("b.ninjs", json.dumps(killed)))
        assert (article.id, article.title, article.text) == ("urn:npa:7", "urn:npa:7", "")
        assert article.withdrawn


BILLION_LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><rss><channel><item><title>&i;</title></item></channel></rss>"
)
EXTERNAL = '<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]><nitf><body>&x;</body></nitf>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BILLION_LAUGHS, "defines entities of its own, which are not read for safety"),
        (EXTERNAL, "defines entities of its own, which are not read for safety"),
        ("<nitf><body>cut o", "is not valid XML at line 1: "),
        ("<newsItem>" * 10_000, "is not valid XML at line 1: "),
        ("<newsMessage/>", "is NewsML without a news item"),
        ("<rss>" + " <item/>" * 1_250_000, "is a feed of more than 10 MB; split it"),
        ("<rss><channel/></rss>", "is a feed without entries"),
        ("<opml><body/></opml>",
         "is a list of feeds without articles; save the feeds that it names"),
        ("<svg:svg xmlns:svg='x'/>",
         "is XML, but neither a feed, NewsML-G2 nor NITF: it begins with svg"),
        ("no markup", "is not valid XML at line 1: "),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file, not text"),
    ],
    ids=range(11),
)  # fmt: skip
def test_broken_xml(write: Write, tmp_path: Path, content: str | bytes, reason: str) -> None:
    write("a.xml", content)
    write("b.xml", news_item())
    titles, ((origin, told_reason),) = told(tmp_path)
    assert (titles, origin) == (["Bridge agreed — v2"], "/a.xml")
    assert told_reason.startswith(reason) if reason.endswith(" ") else told_reason == reason


# Crawls

PAGE = """<!doctype html><html lang="en"><head><title>Council agrees</title>{head}</head><body>
<nav><a href="/">Home</a></nav><article><h1>Council agrees</h1><p>{first}</p><p>{second}</p>
</article></body></html>"""


def page(head: str = "") -> str:
    return PAGE.format(head=head, first=FIRST, second=SECOND)


def warc(*pages: tuple[str, bytes, dict[str, str]], compressed: bool = False) -> bytes:
    """A crawl of 5 January 2024, as of ISO 28500, of pages that were answered with these headers.

    Compressed, each record is a member of its own.
    """
    records = [warc_record("warcinfo", None, b"software: a test\r\n", "application/warc-fields")]
    for url, body, headers in pages:
        lines = [f"{name}: {value}" for name, value in headers.items() if name != "status"]
        answer = "\r\n".join([f"HTTP/1.1 {headers.get('status', '200 OK')}", *lines, "", ""])
        records += [
            warc_record("request", url, b"GET / HTTP/1.1\r\nHost: town.example\r\n\r\n"),
            warc_record("response", url, answer.encode() + body),
        ]
    return b"".join(gzip.compress(each) if compressed else each for each in records)


def warc_record(kind: str, url: str | None, content: bytes, type: str | None = None) -> bytes:
    target = f"WARC-Target-URI: {url}\r\n" if url else ""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\n{target}WARC-Date: 2024-01-05T08:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:a4f1b2c3-0000-4000-8000-{len(content):012}>\r\n"
        f"Content-Type: {type or f'application/http; msgtype={kind}'}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


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
    assert [each.id for each in found] == [f"https://town.example/{each}" for each in (
        "a", "2025/03/04/b", "c", "d", "e", "f",
    )]  # fmt: skip
    assert [each.text for each in found] == [
        BODY, BODY, BODY, BODY.replace("🌉", ""), BODY, BODY,
    ]  # fmt: skip
    assert {each.title for each in found} == {"Council agrees"}
    # Never the day of the crawl.
    assert [dated(each) for each in found] == [
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
    assert told(path) == (
        ["Council agrees"],
        [("", "2 of its 3 pages are front pages or hold no article")],
    )


def test_a_crawl_that_breaks_off(write: Write) -> None:
    pages = [(f"https://town.example/{n}", page().encode(), HTML) for n in range(3)]
    whole = warc(*pages)
    path = write("a.warc", whole[:-400])
    assert told(path) == (["Council agrees"] * 2, [("", "breaks off in its page 3")])
    path = write("b.warc.gz", warc(*pages, compressed=True)[:-200])
    titles, ((_, reason),) = told(path)
    assert titles == ["Council agrees"] * 2
    assert reason == "breaks off: the compressed file is not complete"
    last = whole.rindex(b"WARC/1.1")
    for cut, reason in (
        (last + 60, "breaks off in its record 7"),
        (whole.rindex(b"HTTP/1.1"), "breaks off in its record 7"),
        (whole.rindex(b"Last-Modified"), "breaks off in its page 3"),
    ):
        path = write("a.warc", whole[:cut])
        assert told(path) == (["Council agrees"] * 2, [("", reason)])
    path = write("c.warc", whole[:last] + b"XARC" + whole[last + 4 :])
    reason = "is damaged after its record 6; what follows was not read"
    assert told(path) == (["Council agrees"] * 2, [("", reason)])


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
    titles, ((_, told_reason),) = told(write("a.warc", content))
    assert (titles, told_reason) == ([], reason)


def test_a_page_with_a_million_links_is_one_line(write: Write) -> None:
    path = write("a.html", page() + "<a href=x>x</a>" * 1_000_000)
    assert told(path) == ([], [("", "is a page of more than 250,000 elements, so no article")])


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
    assert (lines[0], lines[-1]) == (
        "At 0 the river rose again.",
        "At 24999 the river rose again.",
    )


def test_of_a_very_long_page_without_a_marked_article_nothing_is_read(write: Write) -> None:
    path = write("a.html", "<body>" + "<p>It rained.</p>" * 25_000)
    reason = "is a page without an article: no text but menus and notices was found"
    assert told(path) == ([], [("", reason)])


# Zip and WACZ


def zipped(*members: tuple[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


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
    assert told(tmp_path / "b.zip")[1] == [
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
    assert [(each.id, each.text) for each in found] == [
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
    assert [dated(each) for each in found[:3]] == [("2016-08-21", "url"), *[(None, None)] * 2]


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
    titles, lines = told(tmp_path)
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


def test_bombs(write: Write, tmp_path: Path) -> None:
    reason = "expands to more than 100 times its size, as a bomb does; if it is none, unpack it"
    zeros = b" " * 101_000_000
    write("a.zip", zipped(("a.txt", "Head\n\nBody."), ("b.jsonl", zeros)))
    write("b.docx", zipped(("word/document.xml", zeros)))
    write("c.jsonl.gz", gzip.compress(b'{"text": "One."}\n') + gzip.compress(zeros))
    write("d.wacz", zipped(("archive/a.warc", zeros)))
    assert told(tmp_path) == (
        ["One."],
        [(f"/{name}", reason) for name in ("a.zip", "b.docx", "c.jsonl.gz", "d.wacz")],
    )


def test_a_locked_member_is_one_line(write: Write) -> None:
    whole = bytearray(zipped(("a.txt", "Head\n\nBody."), ("b.txt", "Head\n\nBody.")))
    whole[6] |= 1
    whole[whole.index(b"PK\1\2") + 8] |= 1
    assert told(write("a.zip", bytes(whole))) == (
        ["Head"],
        [("/a.txt", "is locked with a password; unpack it to read it")],
    )


# Mail

MESSAGE = (
    "From: =?utf-8?q?Courier_=C3=A0_la_carte?= <news@town.example>\r\n"
    "Subject: =?utf-8?b?Q2Fmw6k=?= and\r\n =?iso-8859-1?q?_cr=E8me?=\r\n"
    "Date: Mon, 03 Mar 2025 10:00:00 +0100 (CET)\r\nMessage-ID: <7@town.example>\r\n"
    "Content-Language: en-GB\r\nMIME-Version: 1.0\r\n"
    "Received: from x; Fri, 05 Jan 2024 08:00:00 +0000\r\n{headers}\r\n{body}"
)
PLAIN = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"


def message(headers: str = PLAIN, body: str = BODY) -> str:
    return MESSAGE.format(headers=headers, body=body)


def test_a_message(write: Write) -> None:
    path = write("a.eml", message())
    article = one(path)
    assert (article.id, article.title, article.text) == ("7@town.example", "Café and crème", BODY)
    assert (article.source, article.language) == ("Courier à la carte", "en")
    assert dated(article) == ("2025-03-03T10:00:00+01:00", "metadata")
    assert article.origin == str(path)


HTML_PART = f"""<html><head><style>p {{}}</style></head><body>
<div style="display:none; max-height:0">Preview &zwnj;</div><table><tr><td><p>{FIRST}</p></td></tr>
<tr><td><p>{SECOND}</p></td></tr></table></body></html>"""


@pytest.mark.parametrize(
    ("plain", "text"), [("See the web.", BODY), (f"{BODY}\n\nGoodbye.", f"{BODY}\n\nGoodbye.")]
)
def test_a_message_in_two_forms(write: Write, plain: str, text: str) -> None:
    body = (
        f"--=b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n"
        f"--=b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{HTML_PART}\r\n"
        "--=b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nNo.\r\n"
        "--=b--\r\n"
    )
    headers = 'Content-Type: multipart/alternative; boundary="=b"\r\n'
    assert one(write("a.eml", message(headers, body))).text == text


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ("Content-Type: text/plain; charset=utf-8; format=flowed\r\n",
         "The council \r\nmet in \r\nthe mill.\r\n\r\n From it.\r\n-- \r\nJane\r\n",
         "The council met in the mill.\n\nFrom it.\n--\nJane"),
        ("Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n",
         "The coun \r\ncil met.\r\n", "The council met."),
        (PLAIN.replace("8bit", "quoted-printable"),
         "Na=C3=AFve=\r\n caf=C3=A9s.\r\n", "Naïve cafés."),
        ("Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n",
         "Q2Fmw6lzLg==\r\n", "Cafés."),
        ("", "It rained.\r\n", "It rained."),
    ],
)  # fmt: skip
def test_the_text_of_a_message(write: Write, headers: str, body: str, text: str) -> None:
    assert one(write("a.eml", message(headers, body))).text == text


def test_a_message_in_an_old_encoding(write: Write) -> None:
    text = message().replace("utf-8", "windows-1252").replace("🌉", "")
    text = text.replace("=?windows-1252?b?Q2Fmw6k=?= and", "Café and")
    article = one(write("a.eml", text.encode("cp1252")))
    assert (article.title, article.text) == ("Café and crème", BODY.replace("🌉", ""))


def test_a_mailbox(write: Write) -> None:
    separator = "From news@town.example Fri Jan  5 08:00:00 2024\n"
    first = message(body="Head.\r\n\r\n>From the mill.\r\nFrom here.\r\n")
    second = message().replace("7@town", "8@town").replace("Message-ID: <8@town.example>\r\n", "")
    broken = "no headers at all\n"
    mailbox = f"{separator}{first}\n{separator}{broken}\n{separator}{second}"
    path = write("a.mbox", mailbox)
    found = list(read_articles(path))
    read = [each for each in found if isinstance(each, Article)]
    assert [(each.id, each.text) for each in read] == [
        ("7@town.example", "Head.\n\nFrom the mill.\nFrom here."),
        (f"{path}#3", BODY),
    ]
    assert [str(each) for each in found if isinstance(each, Unreadable)] == [
        f"{path}#2: is not a message: it has no headers"
    ]
    assert dated(read[0]) == ("2025-03-03T10:00:00+01:00", "metadata")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.eml", "It rained.", "is not a message: it has no headers"),
        ("a.eml", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file, not text"),
        ("a.eml", message(body=""), "has no text"),
        ("a.eml", message('Content-Type: multipart/mixed; boundary="=b"\r\n', "--=b"),
         "has no text"),
        ("a.eml", message(body="\0\1\2\3" * 99), "is a binary file, not text"),
        ("a.mbox", "It rained.", "is not a mailbox: its first line does not begin with From"),
    ],
    ids=range(6),
)  # fmt: skip
def test_broken_mail(write: Write, name: str, content: str | bytes, reason: str) -> None:
    titles, ((_, told_reason),) = told(write(name, content))
    assert (titles, told_reason) == ([], reason)


def test_headers_and_parts_without_end(write: Write, tmp_path: Path) -> None:
    write("a.eml", "Subject: A\n" + "X: y\n" * 200_001)
    write("b.eml", message('Content-Type: multipart/mixed; boundary="b"\r\n', "--b\r\n" * 10_002))
    write("c.mbox", "From x\nSubject: " + "=?utf-8?q?a?= " * 50_000 + "\n\nBody.")
    titles, lines = told(tmp_path)
    assert lines == [
        ("/a.eml", "has headers of more than 1 MB"),
        ("/b.eml", "has more than 10,000 parts"),
    ]
    assert [set(title) for title in titles] == [{"a"}]


def test_parts_in_parts_without_end_are_no_trouble(write: Write) -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(5_000)
    )
    titles, lines = told(write("a.eml", MESSAGE.format(headers=nested, body="")))
    assert titles == []
    assert len(lines) == 1


# PDF and DOCX


def pdf(*pages: list[str], info: str = "", trailer: str = "") -> bytes:
    """A PDF whose pages show these lines in WinAnsi, one below the other."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = "".join(
            "(" + line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") + ") Tj T*\n"
            for line in lines
        )
        content = zlib.compress(f"BT /F1 12 Tf 14 TL 72 720 Td\n{shown}ET".encode("cp1252"))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
            % (len(content), content)
        )
    objects.append(f"<< {info} >>".encode())
    file, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        file
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R "
            f"/Info {len(objects)} 0 R {trailer} >>\nstartxref\n{len(file)}\n%%EOF"
        ).encode()
    )


CLIPPING = [
    "Bridge agreed",
    "3 March 2025 – Town Courier – MARROWBY — The council of",
    "Marrowby met in the old mill for three hours on Tues-",
    "day, and the bridge is well-known to everybody who is in",
    "Marrowby.",
    "“Nobody,” said Mayor Åse Ñúñez, “voted against the well-",
    "known bridge.” It’s naïve (so she said).",
    "Page 1 of 2",
]


def test_pdf(write: Write) -> None:
    made = "/Title (Microsoft Word - x.doc) /Author (typist) /CreationDate (D:20240105080000Z)"
    path = write("a.pdf", pdf(CLIPPING, ["The stone is to come from the mill.", "2"], info=made))
    article = one(path)
    assert article.title == "Bridge agreed"
    assert article.text == (
        "3 March 2025 – Town Courier – MARROWBY — The council of Marrowby met in the old mill for "
        "three hours on Tuesday, and the bridge is well-known to everybody who is in Marrowby.\n\n"
        "“Nobody,” said Mayor Åse Ñúñez, “voted against the well-known bridge.” It’s naïve "
        "(so she said).\n\nThe stone is to come from the mill."
    )
    assert (article.source, article.author, article.place) == ("Town Courier", None, "MARROWBY")
    # When the file was made is not when the article was published.
    assert dated(article) == ("2025-03-03", "dateline")
    assert article.id == article.origin == str(path)


def test_a_page_that_a_browser_printed(write: Write) -> None:
    page = [
        "23.11.2026, 10:09 Bridge agreed - Town Courier",
        "Bridge agreed",
        "It rained on the mill and on all who came there.",
        "https://town.example/2025/03/03/bridge 1/1",
    ]
    article = one(write("a.pdf", pdf(page)))
    assert (article.title, article.text) == ("Bridge agreed", page[2])
    assert article.id == "https://town.example/2025/03/03/bridge"
    assert dated(article) == ("2025-03-03", "url")


def test_the_date_of_a_pdf_may_be_in_its_name(write: Write) -> None:
    made = "/CreationDate (D:20240105080000Z)"
    article = one(write("2016-08-21-bridge.pdf", pdf(["Bridge agreed", "It rained."], info=made)))
    assert dated(article) == ("2016-08-21", "url")
    assert dated(one(write("b.pdf", pdf(["Bridge agreed", "It rained."], info=made)))) == (
        None, None,
    )  # fmt: skip


def test_broken_pdfs(write: Write, tmp_path: Path) -> None:
    whole = pdf(CLIPPING)
    write("a.pdf", whole[: len(whole) // 3])
    write("b.pdf", "%PDF-1.7\nno more")
    write("c.pdf", "no PDF")
    write("d.pdf", pdf([], []))
    write("e.pdf", pdf(["Pages in pages"]).replace(b"[4 0 R]", b"[2 0 R]"))
    locked = "/Encrypt << /Filter /Standard /V 1 /R 2 /O <00> /U <00> /P -4 >> /ID [<00> <00>]"
    write("f.pdf", pdf(CLIPPING, trailer=locked))
    write("z.pdf", whole)
    titles, lines = told(tmp_path)
    assert titles == ["Bridge agreed"]
    invalid = "is not a valid PDF file, or is damaged"
    assert dict(lines) == {
        "/a.pdf": invalid,
        "/b.pdf": invalid,
        "/c.pdf": "is not a PDF file, or is damaged",
        "/d.pdf": "has no text layer: its pages are pictures; recognise their text first",
        "/e.pdf": invalid,
        "/f.pdf": "is locked with a password",
    }


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def docx(*paragraphs: str) -> bytes:
    """A document as Word writes it, but for its styles."""
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w='
        '"http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc='
        '"http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{''.join(paragraphs)}<w:sectPr/></w:body></w:document>"
    )
    core = (
        '<cp:coreProperties xmlns:cp="x" xmlns:dcterms="http://purl.org/dc/terms/">'
        "<dcterms:created>2024-01-05T08:00:00Z</dcterms:created></cp:coreProperties>"
    )
    return zipped(
        ("[Content_Types].xml", "<Types/>"),
        ("docProps/core.xml", core),
        ("word/document.xml", text),
    )


def test_docx(write: Write) -> None:
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
        f"{paragraph('In a box.')}</w:txbxContent></mc:Choice><mc:Fallback>"
        f"{paragraph('In a box.')}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    changed = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Kept</w:t></w:r>"
        "<w:del><w:r><w:delText> gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> new</w:t></w:r></w:ins><w:r><w:br/><w:t>line</w:t><w:tab/>"
        "<w:t>co</w:t><w:noBreakHyphen/><w:t>op.</w:t></w:r></w:p>"
    )
    dateline = paragraph("3 March 2025 – Town ", "Courier – MARROWBY — ", FIRST)
    path = write(
        "a.docx",
        docx(
            paragraph("Bridge &amp; road agreed"),
            "<w:p/>",
            dateline,
            paragraph(SECOND),
            changed,
            box,
        ),
    )
    article = one(path)
    assert article.title == "Bridge & road agreed"
    assert article.text == (
        f"3 March 2025 – Town Courier – MARROWBY — {FIRST}\n\n{SECOND}\n\n"
        "Kept new\nline\tco‑op.\n\nIn a box."
    )
    assert (article.source, article.place) == ("Town Courier", "MARROWBY")
    assert dated(article) == ("2025-03-03", "dateline")
    # When it was typed is not when it was published.
    assert dated(one(write("b.docx", docx(paragraph("Head"), paragraph("Body."))))) == (None, None)


def test_broken_documents(write: Write, tmp_path: Path) -> None:
    whole = docx(paragraph("Head"), paragraph("Body."))
    write("a.docx", whole[:-50])
    write("b.docx", zipped(("xl/workbook.xml", "<x/>")))
    write("c.docx", zipped(("word/document.xml", "<document><p>cut")))
    write("d.docx", zipped(("word/document.xml", EXTERNAL)))
    write("e.docx", docx())
    write("z.docx", whole)
    titles, lines = told(tmp_path)
    reasons = dict(lines)
    assert titles == ["Head"]
    assert reasons.pop("/c.docx").startswith("is not valid XML at line 1: ")
    assert reasons == {
        "/a.docx": "is not a valid zip file, or is damaged",
        "/b.docx": "is not a Word document: it has no text inside",
        "/d.docx": "defines entities of its own, which are not read for safety",
        "/e.docx": "has no text",
    }


# Whatever is in a file

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


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None
)
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
