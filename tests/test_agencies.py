"""What agencies send: what it says, what is not to be shown, and what is broken."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus import read_articles
from index import Archive
from tests.fakes import FakeEncoder
from tests.reading_files import (
    BODY,
    ENDLESS,
    FIRST,
    SECOND,
    Write,
    dated,
    listed,
    one,
    said,
    written,
)

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


def test_notes_and_several_bylines_of_nitf(write: Write) -> None:
    text = NITF.format(namespace="", status="usable", release="", first=FIRST, second=SECOND)
    note = '<note noteclass="editorsnote"><body.content><p>Not for print.</p></body.content></note>'
    text = text.replace("<block>", f"{note}<block>{note}")
    text = text.replace("</byline>", "</byline><byline><person>Bob Sample</person></byline>")
    article = one(write("a.nitf", text))
    assert article.text == f"{FIRST}\n\nStone\n\n{SECOND}"
    assert article.author == "Jane Doe, Bob Sample"


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
        f'<section class="main"><p>{LAMP}</p></section><section class="notes"><p>Not for print.</p>'
        "</section><footer><p>dpa 1201</p></footer></body></html>"
    )
    item = (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem guid="urn:1">'
        '<contentMeta><by>Von Moira Quill</by><headline role="hl:sub">Dark</headline>'
        '<headline role="hl:main">Lamp out</headline></contentMeta><contentSet>'
        f"<inlineXML>{page}</inlineXML></contentSet></newsItem></itemSet></newsMessage>"
    )
    article = one(written(tmp_path / "a.newsml", item))
    assert (article.title, article.author) == ("Lamp out", "Moira Quill")
    assert (article.text, article.place) == (LAMP, "SKERRY")
    unnamed = item.replace(' role="hl:main"', "")
    assert one(written(tmp_path / "b.newsml", unnamed)).title == "Lamp out"


@pytest.mark.parametrize("more", ["", "<p>Nobody saw it.</p>"])
def test_a_lead_that_stands_in_the_full_text_too_is_read_once(tmp_path: Path, more: str) -> None:
    blocks = f'<block class="lead"><p>{LAMP}</p></block><block><p>{LAMP}</p>{more}</block>'
    text = nitf().replace(f"<block><p>{LAMP}</p></block>", blocks)
    assert text.count(LAMP) == 2
    article = one(written(tmp_path / "a.xml", text))
    assert article.text == LAMP + ("\n\nNobody saw it." if more else "")


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
    unnamed = newsml_1(content).replace('<Language FormalName="en"/>', "")
    assert one(written(tmp_path / "b.xml", unnamed)).language == "en"


def test_newsml_1_that_is_not_to_be_shown(tmp_path: Path) -> None:
    status = '<Status FormalName="Embargoed"/><StatusWillChange><DateAndTime>20150514T060000Z'
    status += "</DateAndTime></StatusWillChange>"
    embargoed = one(written(tmp_path / "a.xml", newsml_1(LAMP, status)))
    assert embargoed.embargo.isoformat() == "2015-05-14T06:00:00+00:00"
    killed = one(written(tmp_path / "b.xml", newsml_1(LAMP, '<Status FormalName="Canceled"/>')))
    assert killed.withdrawn


REVISED = "<NewsItemId>7</NewsItemId><RevisionId>{0}</RevisionId>"
PUBLIC = "urn:newsml:agency.example:20150513:7"


def revision(number: int, text: str = LAMP, status: str = "Usable", parts: str = REVISED) -> str:
    public = f"<PublicIdentifier>{PUBLIC}:{number}U<"
    item = newsml_1(text, f'<Status FormalName="{status}"/>')
    item = item.replace("<PublicIdentifier>urn:newsml:agency.example:1<", public)
    return item.replace("<PublicIdentifier>", f"{parts.format(number)}<PublicIdentifier>")


@pytest.mark.parametrize("parts", [REVISED, ""])
def test_the_revisions_of_newsml_1_are_one_article(
    tmp_path: Path, encoder: FakeEncoder, parts: str
) -> None:
    assert one(written(tmp_path / "a.xml", revision(10, parts=parts))).id == PUBLIC
    both = revision(10, "New.") + revision(9, "Old.")
    both = f"<NewsML>{both.replace('<NewsML>', '').replace('</NewsML>', '')}</NewsML>"
    assert one(written(tmp_path / "b.xml", both)).text == "New."
    wire = tmp_path / "wire"
    wire.mkdir()
    written(wire / "a.xml", revision(1))
    with Archive.create(tmp_path / "archive", encoder) as archive:
        assert archive.sync([wire]).added == [PUBLIC]
        written(wire / "b.xml", revision(2, status="Canceled"))
        assert archive.sync([wire]).withdrawn == [PUBLIC]


def newsml_2(version: int) -> str:
    return news_item(f"<inlineData>Text {version}.</inlineData>", version)


def ninjs(version: int) -> str:
    item = {"uri": "urn:npa:7", "version": str(version), "headline": "Bridge agreed"}
    return json.dumps(
        item | {"versioncreated": "2025-03-04T12:00:00Z", "body_text": f"Text {version}."}
    )


def ninjs_by_time(version: int) -> str:
    return ninjs(version).replace(f'"{version}"', "null").replace("12:00", f"12:{version:02}")


def newsml_1_by_number(number: int) -> str:
    return revision(number, f"Text {number}.")


@pytest.mark.parametrize(
    ("written_as", "ending"),
    [(newsml_2, ".xml"), (newsml_1_by_number, ".xml"), (ninjs, ".json"), (ninjs_by_time, ".json")],
)
@pytest.mark.parametrize("order", ["9 10 2", "10 9 2", "2 9 10"])
def test_the_newest_version_counts_in_whichever_file_it_is(
    tmp_path: Path, encoder: FakeEncoder, written_as: Callable[[int], str], ending: str, order: str
) -> None:
    wire = tmp_path / "wire"
    wire.mkdir()
    items = [written_as(int(version)) for version in order.split()]
    with Archive.create(tmp_path / "archive", encoder) as archive:
        for name, item in zip("cba", items, strict=True):
            written(wire / f"{name}{ending}", item)
            assert not archive.sync([wire]).failed
        assert [article.text for article in archive] == ["Text 10."]
        assert archive.sync([wire]).changed == []
    with Archive.create(tmp_path / "other", encoder) as other:
        assert not other.add(read_articles(wire)).failed
        assert [article.text for article in other] == ["Text 10."]
    if ending == ".json":
        lines = written(tmp_path / "a.jsonl", "\n".join(items))
        with Archive.create(tmp_path / "lines", encoder) as listing:
            assert not listing.sync([lines]).failed
            assert [article.text for article in listing] == ["Text 10."]
