"""Feeds, and what agencies send: what they say, what is not to be shown, and what is broken."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus import Article, Unreadable, read_articles
from corpus.dates import end_of_embargo
from tests.reading_files import (
    BODY,
    FIRST,
    SECOND,
    Write,
    articles,
    dated,
    listed,
    one,
    said,
    written,
)

ENDLESS = datetime(9999, 12, 31, tzinfo=UTC)


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
    assert [unreadable.reason for unreadable in found if isinstance(unreadable, Unreadable)] == [
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
    bridge, fire = (article for article in found if isinstance(article, Article))
    assert (bridge.title, bridge.text) == ("Council agrees on bridge & road", BODY)
    assert bridge.id == bridge.url == "https://town.example/bridge"
    assert (bridge.source, bridge.author, bridge.language) == ("Town Courier", "Jane Doe", "en")
    assert dated(bridge) == ("2025-03-03T10:00:00+01:00", "metadata")
    assert bridge.origin == f"{path}#1"
    assert (fire.title, fire.text) == ("Fire in mill", "It was 3 < 4 o’clock\u00a0or so.")
    # Not the day on which the feed was made.
    assert dated(fire) == ("2025-03-02", "url")
    assert [str(unreadable) for unreadable in found if isinstance(unreadable, Unreadable)] == [
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
    titles, lines = listed(write("a.rss", whole[: whole.index("<item><title>Without")]))
    assert titles == ["Council agrees on bridge & road", "Fire in mill"]
    assert lines == []


def test_a_feed_that_is_not_quite_xml(write: Write) -> None:
    text = RSS.format(encoding="utf-8", first=FIRST, second="R&D, AT&amp;T &copy; 3 < 4 <br>")
    text = text.replace("bridge &amp; road", "bridge & R&D; 3 < 4").replace("Town Courier", "A&B")
    found = [
        article for article in read_articles(write("a.rss", text)) if isinstance(article, Article)
    ]
    assert found[0].title == "Council agrees on bridge & R&D; 3 < 4"
    assert found[0].text == f"{FIRST}\n\nR&D, AT&T © 3 < 4"
    assert found[0].source == "A&B"


# Agencies

NITF = """<nitf{namespace}><head><title>slug</title><docdata management-status="{status}">
<doc-id id-string="nitf-7" regsrc="NPA"/><date.issue norm="20250303T101500+0100"/>{release}
</docdata><pubdata position.section="Isles"/></head><body><body.head>
<hedline><hl1>Bridge agreed &mdash; at last</hl1></hedline>
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
    assert article.section == "Isles"
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
         "is XML, but neither a feed, NewsML nor NITF: it begins with svg"),
        ("no markup", "is not valid XML at line 1: "),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file, not text"),
    ],
    ids=range(11),
)  # fmt: skip
def test_broken_xml(write: Write, tmp_path: Path, content: str | bytes, reason: str) -> None:
    write("a.xml", content)
    write("b.xml", news_item())
    titles, ((origin, told_reason),) = listed(tmp_path)
    assert (titles, origin) == (["Bridge agreed — v2"], "/a.xml")
    assert told_reason.startswith(reason) if reason.endswith(" ") else told_reason == reason


# Agencies, in the ways in which they really send

LAMP = "SKERRY (dpa) - The lamp went out on Sunday, and nobody saw it."


def nitf(byline: str = "", data: str = "") -> str:
    return (
        f'<nitf><head><docdata><doc-id id-string="x1"/><date.issue norm="20150513T120000"/>{data}'
        f"</docdata></head><body><body.head><hedline><hl1>Lamp out</hl1></hedline>{byline}"
        f"</body.head><body.content><block><p>{LAMP}</p></block></body.content></body></nitf>"
    )


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ("By <person>M. QUILL</person><byttl>Business Writer</byttl>", "M. QUILL, Business Writer"),
        ("By <person>M. Quill</person> and <person>B. Sample</person>", "M. Quill, B. Sample"),
        ("By Moira Quill", "Moira Quill"),
    ],
)
def test_bylines_of_nitf(tmp_path: Path, byline: str, author: str) -> None:
    assert one(written(tmp_path / "a.xml", nitf(f"<byline>{byline}</byline>"))).author == author


@pytest.mark.parametrize(
    ("release", "embargo"),
    [
        ("20150513T120000", None),
        ("20150513T1200", None),
        ("20150512T120000", None),
        ("20150513T180000", "2015-05-14T06:00:00+00:00"),
        ("20150513T120000Z", None),
    ],
)
def test_a_release_without_a_zone_is_compared_to_the_issue(
    tmp_path: Path, release: str, embargo: str | None
) -> None:
    path = written(tmp_path / "a.xml", nitf(data=f'<date.release norm="{release}"/>'))
    found = one(path).embargo
    assert (found and found.isoformat()) == embargo


def test_the_header_of_a_page_inside_an_item_is_no_text(tmp_path: Path) -> None:
    page = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Lamp</title></head><body><header>'
        "<ul><li>Lamps</li></ul><time>13.05.2015 12:00</time><h1>Lamp out</h1></header>"
        f'<section class="main"><p>{LAMP}</p></section><footer><p>dpa 1201</p></footer></body>'
        "</html>"
    )
    item = (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem guid="urn:1">'
        "<contentMeta><headline>Lamp out</headline></contentMeta><contentSet>"
        f"<inlineXML>{page}</inlineXML></contentSet></newsItem></itemSet></newsMessage>"
    )
    article = one(written(tmp_path / "a.newsml", item))
    assert (article.text, article.place) == (LAMP, "SKERRY")


def newsml_1(content: str, status: str = '<Status FormalName="Usable"/>') -> str:
    return (
        '<NewsML><NewsEnvelope/><NewsItem xml:lang="en"><Identification><NewsIdentifier>'
        "<ProviderId>agency.example</ProviderId><DateId>20150513</DateId>"
        "<PublicIdentifier>urn:newsml:agency.example:1</PublicIdentifier></NewsIdentifier>"
        "</Identification><NewsManagement><FirstCreated>20150513T120000+0100</FirstCreated>"
        f"{status}</NewsManagement><NewsComponent><AdministrativeMetadata><Provider>"
        '<Party FormalName="AGENCY"/></Provider></AdministrativeMetadata><NewsLines><HeadLine>Lamp '
        "out</HeadLine><ByLine>By Moira Quill</ByLine></NewsLines><DescriptiveMetadata>"
        '<Language FormalName="en"/></DescriptiveMetadata><NewsComponent><ContentItem>'
        '<MediaType FormalName="Picture"/></ContentItem></NewsComponent><NewsComponent>'
        f'<ContentItem><MediaType FormalName="Text"/><DataContent>{content}</DataContent>'
        "</ContentItem>"
        "</NewsComponent></NewsComponent></NewsItem></NewsML>"
    )


@pytest.mark.parametrize("content", [LAMP, f"<p>{LAMP}</p>", nitf().replace("Lamp out", "No")])
def test_newsml_1(tmp_path: Path, content: str) -> None:
    article = one(written(tmp_path / "a.xml", newsml_1(content)))
    assert said(article) == ("Lamp out", "2015-05-13T12:00:00+01:00", "AGENCY", "Moira Quill", LAMP)
    assert (article.id, article.language) == ("urn:newsml:agency.example:1", "en")


def test_newsml_1_that_is_not_to_be_shown(tmp_path: Path) -> None:
    status = '<Status FormalName="Embargoed"/><StatusWillChange><DateAndTime>20150514T060000Z'
    status += "</DateAndTime></StatusWillChange>"
    embargoed = one(written(tmp_path / "a.xml", newsml_1(LAMP, status)))
    assert embargoed.embargo is not None
    assert embargoed.embargo.isoformat() == "2015-05-14T06:00:00+00:00"
    killed = one(written(tmp_path / "b.xml", newsml_1(LAMP, '<Status FormalName="Canceled"/>')))
    assert killed.withdrawn
