"""Newspapers and articles as libraries and journals keep them: TEI, JATS."""

from pathlib import Path

import pytest

from tests.reading_files import articles, one, said, told, written

TEXT = "The lamp went out.\n\nNobody saw it."

SOURCE = (
    '<sourceDesc><bibl><title level="a">Lamps</title><title level="j">The Courier</title>'
    '<date when="1871-03-05">5 March</date></bibl></sourceDesc>'
)


def tei(text: str, source: str = SOURCE) -> str:
    return (
        '<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0" xml:lang="en"><teiHeader>'
        "<fileDesc><titleStmt><title>The Courier, No. 12</title><author>The Editor</author>"
        '</titleStmt><publicationStmt><date when="2015-01-01"/></publicationStmt>'
        f"{source}</fileDesc></teiHeader><text>{text}</text></TEI>"
    )


LAMP = (
    '<div type="article"><head>Lamp out</head><byline>By <persName>Moira Quill</persName></byline>'
    "<dateline><placeName>Marrowby</placeName>, <date when='1871-03-03'/></dateline>"
    "<p>The la<lb break='no'/>mp <choice><sic>wen</sic><corr>went</corr></choice><lb/>out."
    "<note place='foot'>It was new.</note></p><pb n='2'/><fw>The Courier</fw>"
    "<p>Nobody <quote>saw</quote> <del>him</del><title>it</title>.</p></div>"
)
BOATS = "<div type='article'><head>Boats</head><p>The boats came home.</p></div>"


@pytest.mark.parametrize(
    "body",
    [
        f"<body><div type='section'><head>Town</head>{LAMP}</div>{BOATS}</body>",
        f"<group><text><body><div type='section'><head>Town</head>{LAMP}</div></body></text>"
        f"<text><body>{BOATS}</body></text></group>",
    ],
)
def test_a_paper_in_tei(tmp_path: Path, body: str) -> None:
    lamp, boats = articles(written(tmp_path / "a.xml", tei(body)))
    # The day of the paper: not that of the edition, nor that of the dispatch.
    assert said(lamp) == ("Lamp out", "1871-03-05", "The Courier", "Moira Quill", TEXT)
    assert (lamp.place, lamp.section, lamp.language) == ("Marrowby", "Town", "en")
    assert said(boats) == ("Boats", "1871-03-05", "The Courier", None, "The boats came home.")


def test_a_text_in_tei_that_is_one_article(tmp_path: Path) -> None:
    content = tei("<body><div><p>The lamp went out.</p><p>Nobody saw it.</p></div></body>", "")
    article = one(written(tmp_path / "courier-1931-03-05.xml", content))
    assert said(article) == ("The Courier, No. 12", "1931-03-05", None, "The Editor", TEXT)


def test_an_article_in_jats(tmp_path: Path) -> None:
    content = (
        "<!DOCTYPE article PUBLIC '-//NLM//DTD JATS (Z39.96)//EN' 'JATS.dtd'>"
        "<article xml:lang='en' article-type='news'><front><journal-meta><journal-title-group>"
        "<journal-title>Sarle Letters</journal-title></journal-title-group></journal-meta>"
        "<article-meta><article-id pub-id-type='doi'>10.1234/lamp</article-id>"
        "<title-group><article-title>Lamp <italic>out</italic></article-title></title-group>"
        "<contrib-group><contrib><name><surname>Quill</surname><given-names>Moira</given-names>"
        "</name></contrib></contrib-group><pub-date pub-type='collection'><year>2021</year>"
        "</pub-date><pub-date pub-type='epub'><day>5</day><month>3</month><year>2021</year>"
        "</pub-date><abstract><p>On a lamp.</p></abstract></article-meta></front>"
        "<body><p>The lamp went out<xref ref-type='bibr'>1</xref>.</p><fig><caption><p>The lamp."
        "</p></caption></fig><p>Nobody saw it.</p></body><back><ref-list/></back></article>"
    )
    article = one(written(tmp_path / "a.xml", content))
    assert said(article) == ("Lamp out", "2021-03-05", "Sarle Letters", "Moira Quill", TEXT)
    assert (article.id, article.language) == ("10.1234/lamp", "en")
    without = content.replace("<body>", "<sub>").replace("</body>", "</sub>")
    line = "has no text but an abstract, or none at all"
    assert told(written(tmp_path / "b.xml", without)) == ([], [line])
