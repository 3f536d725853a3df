"""XML that is none of the press: records, pages of digitised papers, clipped notes, sitemaps."""

from pathlib import Path

import pytest

from tests.reading_files import one, read, said, told, written

TEXT = "The lamp went out.\n\nNobody saw it."
LAMP = (
    "<title>Lamp out</title><pubdate>2015-05-13</pubdate><author>Moira Quill</author>"
    "<body><p>The lamp went <em>out</em>.</p><p>Nobody saw it.</p></body>"
)


@pytest.mark.parametrize(
    "xml",
    [
        f"<articles><article id='7'>{LAMP}</article></articles>",
        f"<a:export xmlns:a='urn:x'><head><n>1</n></head><a:story>{LAMP}<id>7</id></a:story>"
        "<a:story><title>Empty</title></a:story></a:export>",
        f"<nodes><node><id>7</id>{LAMP}</node><node><title>Boats</title><body/></node></nodes>",
    ],
)
def test_records_in_xml(tmp_path: Path, xml: str) -> None:
    found, *rest = read(written(tmp_path / "a.xml", f"<?xml version='1.0'?>{xml}"))
    assert said(found) == ("Lamp out", "2015-05-13", None, "Moira Quill", TEXT)  # type: ignore[arg-type]
    assert found.id == "7"  # type: ignore[union-attr]
    assert all("has no text" in str(line) for line in rest)


def test_xml_without_records_is_one_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xml", "<TEI><text><body><p>The lamp.</p></body></text></TEI>")
    line = "is XML, but neither a feed, NewsML nor NITF: it begins with TEI"
    assert told(path) == ([], [line])


def test_a_sitemap_is_a_list_of_links(tmp_path: Path) -> None:
    urls = "".join(f"<url><loc>https://a.example/{name}</loc></url>" for name in ("lamp", "boats"))
    line = "lists 2 links without the texts of the articles; save these to read them"
    assert told(written(tmp_path / "a.xml", f"<urlset>{urls}</urlset>")) == ([], [line])


def test_a_page_of_a_digitised_paper(tmp_path: Path) -> None:
    lines = [
        "<String CONTENT='The'/><SP/><String CONTENT='lamp'/>",
        "<String CONTENT='went'/><String CONTENT='o' SUBS_TYPE='HypPart1' SUBS_CONTENT='out.'/>"
        "<HYP CONTENT='-'/></TextLine><TextLine>"
        "<String CONTENT='ut.' SUBS_TYPE='HypPart2' SUBS_CONTENT='out.'/>",
    ]
    blocks = [*(f"<TextLine>{line}</TextLine>" for line in lines)]
    page = (
        f"<TextBlock>{''.join(blocks)}</TextBlock><TextBlock><String CONTENT='Boats.'/></TextBlock>"
    )
    alto = f"<alto xmlns='http://www.loc.gov/standards/alto/ns-v3#'><Layout>{page}</Layout></alto>"
    article = one(written(tmp_path / "courier-1931-03-12-p1.xml", alto))
    assert article.text == "The lamp went out.\n\nBoats."
    assert str(article.published) == "1931-03-12"


def test_the_notes_of_evernote(tmp_path: Path) -> None:
    content = (
        "<?xml version='1.0'?><!DOCTYPE en-note SYSTEM 'http://xml.evernote.com/pub/enml2.dtd'>"
        "<en-note><div>The lamp went out.</div><div>Nobody saw it.</div></en-note>"
    )
    notes = (
        "<?xml version='1.0'?><!DOCTYPE en-export SYSTEM 'http://xml.evernote.com/e4.dtd'><en-export>"
        f"<note><title>Lamp out</title><content><![CDATA[{content}]]></content>"
        "<created>20240320T100000Z</created><note-attributes><author>me</author>"
        "<source-url>https://a.example/lamp</source-url></note-attributes></note></en-export>"
    )
    article = one(written(tmp_path / "a.enex", notes))
    # Not the day of the clipping, and not who clipped it.
    assert said(article) == ("Lamp out", None, "a.example", None, TEXT)
    assert article.url == "https://a.example/lamp"
