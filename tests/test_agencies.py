"""What agencies send, and crawls of the web, in the ways in which they really come."""

import gzip
from pathlib import Path

import pytest

from tests.reading_files import articles, one, said, written
from tests.test_corpus_formats import warc, zipped

TEXT = "SKERRY (dpa) - The lamp went out on Sunday, and nobody saw it."


def nitf(byline: str = "", data: str = "") -> str:
    return (
        f'<nitf><head><docdata><doc-id id-string="x1"/><date.issue norm="20150513T120000"/>{data}'
        f"</docdata></head><body><body.head><hedline><hl1>Lamp out</hl1></hedline>{byline}"
        f"</body.head><body.content><block><p>{TEXT}</p></block></body.content></body></nitf>"
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
        f'<section class="main"><p>{TEXT}</p></section><footer><p>dpa 1201</p></footer></body>'
        "</html>"
    )
    item = (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem guid="urn:1">'
        "<contentMeta><headline>Lamp out</headline></contentMeta><contentSet>"
        f"<inlineXML>{page}</inlineXML></contentSet></newsItem></itemSet></newsMessage>"
    )
    article = one(written(tmp_path / "a.newsml", item))
    assert (article.text, article.place) == (TEXT, "SKERRY")


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


@pytest.mark.parametrize("content", [TEXT, f"<p>{TEXT}</p>", nitf().replace("Lamp out", "No")])
def test_newsml_1(tmp_path: Path, content: str) -> None:
    article = one(written(tmp_path / "a.xml", newsml_1(content)))
    assert said(article) == ("Lamp out", "2015-05-13T12:00:00+01:00", "AGENCY", "Moira Quill", TEXT)
    assert (article.id, article.language) == ("urn:newsml:agency.example:1", "en")


def test_newsml_1_that_is_not_to_be_shown(tmp_path: Path) -> None:
    status = '<Status FormalName="Embargoed"/><StatusWillChange><DateAndTime>20150514T060000Z'
    status += "</DateAndTime></StatusWillChange>"
    embargoed = one(written(tmp_path / "a.xml", newsml_1(TEXT, status)))
    assert embargoed.embargo is not None
    assert embargoed.embargo.isoformat() == "2015-05-14T06:00:00+00:00"
    killed = one(written(tmp_path / "b.xml", newsml_1(TEXT, '<Status FormalName="Canceled"/>')))
    assert killed.withdrawn


# --- Crawls -------------------------------------------------------------------------------------

PAGE = (
    b"<html><head><title>Lamp out</title></head><body><article><h1>Lamp out</h1>"
    b"<p>Tam Rennie climbed down from the lighthouse on Sunday with one bag and with his dog.</p>"
    b"<p>He said that he had never been lonely there, and that the lamp would surely miss him.</p>"
    b"</article></body></html>"
)
ADDRESS = "https://a.example/2015/05/13/lamp"
CRAWL = warc((ADDRESS, PAGE, {"Content-Type": "text/html"}))


def arc() -> bytes:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE
    version = b"1 0 Skerry\nURL IP-address Archive-date Content-type Archive-length\n\n"
    first = b"filedesc://a.arc 0.0.0.0 20160101000000 text/plain %d\n" % len(version)
    head = f"{ADDRESS} 127.0.0.1 20160101000000 text/html {len(answer)}\n"
    return first + version + b"\n" + head.encode() + answer + b"\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.warc", gzip.compress(CRAWL)),
        (
            "a.wacz",
            zipped(
                (
                    "archive/a.warc",
                    gzip.compress(CRAWL),
                )
            ),
        ),
        ("a.arc", arc()),
        ("a.arc", gzip.compress(arc())),
        ("a.arc.gz", gzip.compress(arc())),
        ("a.json", gzip.compress(b'{"title": "Lamp out", "text": "A", "date": "2015-05-13"}')),
    ],
)
def test_what_is_compressed_is_read_whatever_it_is_called(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (article,) = articles(written(tmp_path / name, content))
    assert article.title == "Lamp out"
    assert article.published is not None
    assert article.published.day.isoformat() == "2015-05-13"
