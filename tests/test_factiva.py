"""Downloads from Factiva, as pages, as RTF and as XML."""

import pytest

from tests.downloads import rows, rtf, sections
from tests.reading_files import Write, articles, told


def coded(fields: dict[str, str]) -> str:
    return "".join(
        f'<tr><td class="index"><b>{code}</b>&nbsp;</td><td>{value}</td></tr>'
        for code, value in fields.items()
    )


FIELDS = {
    "SE": "Islands", "HD": '<b class="enHeadline">Keeper goes</b>', "BY": "By Moira Quill",
    "WC": "20 words", "PD": "11 mai 2015", "ET": "15:32", "SN": "Skerry Observer", "SC": "SKER",
    "LA": "Français", "CY": "(c) 2015",
    "LP": '<p class="articleParagraph">Tam Rennie climbed down.</p><p>He did.</p>',
    "TD": "<p>His dog came too.</p>", "NS": "gcat : News",
    "AN": "Document SKEROB0020150511eb1100b5k",
}  # fmt: skip
KEEPER_OF_FACTIVA = (
    "Keeper goes", "2015-05-11", "Skerry Observer", "Moira Quill",
    "Tam Rennie climbed down.\n\nHe did.\n\nHis dog came too.",
)  # fmt: skip


def test_a_factiva_page_with_codes(write: Write) -> None:
    article = f'<div class="article frArticle"><table>{coded(FIELDS)}</table></div>'
    path = write("a.html", f"<html><title>Factiva</title><body>{article}{article}</body></html>")
    assert rows(path) == [KEEPER_OF_FACTIVA] * 2
    assert sections(path) == ["Islands"] * 2
    assert [(article.id, article.language) for article in articles(path)] == [
        ("SKEROB0020150511eb1100b5k", "fr")
    ] * 2


@pytest.mark.parametrize(
    ("around", "title", "lines", "document"),
    [
        ("{}", "Keeper goes", ["1,020 words", "11 May 2015", "10:15"], "Document"),
        # So the page comes where the account is in Chinese; a headline may name a day.
        ('<div class="article">{}</div>', "The 4 May 2012 of the keeper",
         ["1020 字", "2015 年 5 月 11 日"], "文件"),
    ],
)  # fmt: skip
def test_a_factiva_page_without_codes(
    write: Write, around: str, title: str, lines: list[str], document: str
) -> None:
    above = "".join(f"<div>{line}</div>" for line in lines)
    page = (
        '<div class="article enArticle"><div>Islands</div>'
        f'<div id="hd"><span class="enHeadline">{title}</span>'
        f'</div><div class="author">Moira Quill</div>{above}<div>Skerry Observer</div>'
        f"<div>SKER</div><div>{'英文' if document == '文件' else 'English'}</div><div>(c) 2015"
        '</div><p class="articleParagraph enarticleParagraph">Tam climbed down.</p>'
        '<p class="articleParagraph enarticleParagraph">He did.</p>'
        f"<p>{document} SKEROB0020150511eb1100b5k</p></div>"
    )
    path = write("a.html", around.format(page))
    text = "Tam climbed down.\n\nHe did."
    assert rows(path) == [(title, "2015-05-11", "Skerry Observer", "Moira Quill", text)]
    assert sections(path) == ["Islands"]
    (article,) = articles(path)
    assert (article.id, article.language) == ("SKEROB0020150511eb1100b5k", "en")


def test_factiva_as_rtf(write: Write) -> None:
    cells = "".join(
        f"\\trowd\\intbl {{\\b {code}}}\\cell\\intbl {value}\\cell\\row\n"
        for code, value in (
            ("HD", "Keeper goes"), ("BY", "By Moira Quill"), ("PD", "11 May 2015"),
            ("SN", "Skerry Observer"), ("LP", "Tam Rennie climbed down.\\par He did."),
            ("TD", "His dog came too."), ("AN", "Document SKEROB0020150511eb1100b5k"),
        )
    )  # fmt: skip
    plain = (
        "Islands", "Boats to stay", "9 words", "2 June 2015", "Dale Gazette", "DALEGA", "English",
        "(c) 2015 Dale Gazette", "They stay.", "All of them.",
        "Document DALEGA0020150602eb1100b5l",
    )  # fmt: skip
    written = rtf("", *plain).replace("\\f0 ", "\\f0 " + cells, 1)
    path = write("a.rtf", written)
    assert rows(path) == [
        KEEPER_OF_FACTIVA,
        ("Boats to stay", "2015-06-02", "Dale Gazette", None, "They stay.\n\nAll of them."),
    ]
    assert sections(path) == [None, "Islands"]


def plain(*above: str, document: str = "Document") -> str:
    day = ("9 words", "2 June 2015", "Dale Gazette", "DALEGA", "English", "(c) 2015 Dale Gazette")
    return "\n".join([*above, *day, "They stay.", f"{document} DALEGA0020150602eb1100b5l\n\n"])


@pytest.mark.parametrize(
    ("above", "title", "author", "section"),
    [
        (["Boats to stay", "By Moira Quill in Skerry and Bob Sample on the Dale"],
         "Boats to stay", "Moira Quill in Skerry and Bob Sample on the Dale", None),
        (["Boats to stay", "Moira Quill, Bob Sample, Ann Lee"],
         "Boats to stay", "Moira Quill, Bob Sample, Ann Lee", None),
        (["Isles", "Boote bleiben", "Von Anna Muster und Bea Probe"],
         "Boote bleiben", "Anna Muster und Bea Probe", "Isles"),
        (["Opinion", "Why Every Boat Stays"], "Why Every Boat Stays", None, "Opinion"),
        (["Opinion", "Boats Stay", "Ana Maria Sousa Lima"],
         "Boats Stay", "Ana Maria Sousa Lima", "Opinion"),
        (["Boats Stay Here"], "Boats Stay Here", None, None),
    ],
)  # fmt: skip
def test_what_stands_above_an_article_without_codes(
    write: Write, above: list[str], title: str, author: str | None, section: str | None
) -> None:
    path = write("a.txt", plain(*above))
    assert rows(path) == [(title, "2015-06-02", "Dale Gazette", author, "They stay.")]
    assert sections(path) == [section]


def test_what_names_no_copyright(write: Write) -> None:
    text = plain("Boats to stay").replace("(c) 2015 Dale Gazette\n", "")
    for lines in ("English", "12\nDeutsch"):
        path = write("a.txt", text.replace("English", lines))
        assert [row[4] for row in rows(path)] == ["They stay."]


@pytest.mark.parametrize("document", ["Document", "Dokument", "Documento"])
def test_articles_of_factiva_in_other_languages(write: Write, document: str) -> None:
    text = plain("One", document=document) + plain("Two", document=document)
    assert told(write("a.txt", text)) == (["One", "Two"], [])
    summary = "Search Summary\nText: boats\nDate: 1 June 2015\n"
    assert told(write("b.txt", text + summary)) == (["One", "Two"], [])
    cut = plain("Three").partition("They")[0]
    reason = "breaks off: the end of its last article is missing"
    assert told(write("c.txt", text + cut)) == (["One", "Two"], [reason])


def test_factiva_as_xml(write: Write) -> None:
    article = (
        "<ppsarticle><article><accessionNo>SKER1</accessionNo><baseLanguage>EN</baseLanguage>"
        "<byline>Moira Quill</byline><headline><paragraph><hlt>Keeper</hlt> goes</paragraph>"
        "</headline><leadParagraph><paragraph>Tam climbed down.</paragraph></leadParagraph>"
        "<publicationDate><dateTime>2015-05-11T08:00:00Z</dateTime></publicationDate><sourceName>"
        "Skerry Observer</sourceName><sectionName>Islands</sectionName><tailParagraphs>"
        "<paragraph>He <hlt>did</hlt>.</paragraph>"
        "</tailParagraphs></article></ppsarticle>"
    )
    xml = (
        '<PPSResponse><ppsArticleResponse xmlns="http://global.factiva.com/pps/2.0">'
        f"<ppsarticleResultSet>{article * 2}</ppsarticleResultSet></ppsArticleResponse>"
        "</PPSResponse>"
    )
    day = "2015-05-11T08:00:00+00:00"
    path = write("a.xml", xml)
    assert sections(path) == ["Islands"] * 2
    assert (
        rows(path)
        == [("Keeper goes", day, "Skerry Observer", "Moira Quill", "Tam climbed down.\n\nHe did.")]
        * 2
    )
