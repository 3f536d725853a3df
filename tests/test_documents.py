"""Documents: PDF, Word, RTF, ODT, EPUB, and pages that browsers save."""

import plistlib
import re
from email.message import EmailMessage
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from tests.made_files import docx, epub, odt, paragraph, pdf, zipped
from tests.reading_files import Write, articles, dated, listed, one, said, told, written

FIRST = "Tam Rennie climbed down from the lighthouse of Skerry on Sunday with one bag and his dog."
SECOND = "He said that he had never been lonely there, and that the lamp would miss him."
TEXT = f"{FIRST}\n\n{SECOND}"


# --- RTF ----------------------------------------------------------------------------------------


def rtf(body: str, fonts: str = "{\\f0\\fswiss\\fcharset0 Arial;}") -> str:
    return f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{fonts}}}\n{body}}}"


def test_rtf(tmp_path: Path) -> None:
    body = (
        "{\\info{\\title Not this}{\\creatim\\yr2020\\mo1\\dy2}}\\pard {\\b Keeper \\'e9lu}\\par\n"
        "{\\field{\\*\\fldinst{HYPERLINK \"https://a.example/\"}}{\\fldrslt Tam}}"
        " climbed\n down.\\par "
        "\\u8220?Really\\u8221?{\\v hidden}{\\deleted gone}\\emdash yes.\\par\n"
        "{\\pict\\pngblip 89504e470d0a1a0a89504e470d0a1a0a89504e470d0a1a0a89504e470d0a1a0a}\n"
        "\\trowd\\cellx1\\cellx2\\intbl Saturday\\cell\\intbl 9 to 5\\cell\\row\n"
    )  # fmt: skip
    article = one(written(tmp_path / "a.rtf", rtf(body)))
    assert article.title == "Keeper élu"
    assert article.text == "Tam climbed down.\n\n“Really”—yes.\n\nSaturday | 9 to 5"
    assert article.published is None


def test_rtf_in_cyrillic_letters(tmp_path: Path) -> None:
    fonts = "{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial Cyr;}"
    path = written(tmp_path / "a.rtf", rtf("Lamp\\par \\f1 \\'ca\\'ee\\'f2 \\f0 was here.", fonts))
    assert one(path).text == "Кот was here."


# --- ODT ----------------------------------------------------------------------------------------


def test_odt(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Deleted.</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        "<text:h>Keeper<text:s text:c='2'/>goes</text:h>"
        "<text:p>By Moira Quill, Skerry Observer, 13 May 2015</text:p>"
        f"<text:p>{FIRST}<text:note><text:p>1</text:p></text:note></text:p>"
        "<text:section text:display='none'><text:p>Hidden.</text:p></text:section>"
        f"<text:list><text:list-item><text:p>{SECOND}</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Saturday</text:p>"
        "</table:table-cell><table:table-cell><text:p>9 to 5</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    article = one(written(tmp_path / "a.odt", odt(body)))
    assert said(article) == (
        "Keeper goes", "2015-05-13", "Skerry Observer", "Moira Quill",
        f"By Moira Quill, Skerry Observer, 13 May 2015\n\n{TEXT}\n\nSaturday | 9 to 5",
    )  # fmt: skip


# --- EPUB ---------------------------------------------------------------------------------------


def chapter(title: str, *paragraphs: str) -> str:
    inside = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<head><title>{title}</title></head>"
    return f'<html xmlns="http://www.w3.org/1999/xhtml">{head}<body><h2>{title}</h2>{inside}</body></html>'


def test_a_newspaper_as_epub(tmp_path: Path) -> None:
    link = '<p><a href="1.xhtml">Article number one of the paper</a></p>'
    path = written(
        tmp_path / "a.epub",
        epub(
            ("cover.xhtml", chapter("Skerry Observer", TEXT)),
            ("nav.xhtml", chapter("Contents", TEXT)),
            ("index.xhtml", f"<html><body><h1>News</h1>{link * 9}</body></html>"),
            ("1.xhtml", chapter("Keeper goes", FIRST, SECOND)),
            ("2.xhtml", chapter("Lamp stays", SECOND, FIRST)),
            guide='<reference type="cover" href="text/cover.xhtml"/>',
        ),
    )
    assert list(map(said, articles(path))) == [
        ("Keeper goes", "2015-05-13", "Skerry Observer", None, TEXT),
        ("Lamp stays", "2015-05-13", "Skerry Observer", None, f"{SECOND}\n\n{FIRST}"),
    ]


def test_what_calibre_puts_around_an_article(tmp_path: Path) -> None:
    bar = '<p class="calibre_navbar">Next | By calibre from <a>https://a.example/1</a></p></body>'
    page = chapter("Keeper goes", FIRST).replace("</body>", bar)
    for pages in (("1.xhtml", page),), (("1.xhtml", page), ("2.xhtml", chapter("Lamp", SECOND))):
        article = articles(written(tmp_path / "a.epub", epub(*pages)))[0]
        assert (article.text, article.url) == (FIRST, "https://a.example/1")


def test_the_day_in_a_chapter_is_surer_than_that_of_the_book(tmp_path: Path) -> None:
    pages = [("1.xhtml", chapter("Keeper goes", f"10 May 2015 – SKERRY — {FIRST}")),
             ("2.xhtml", chapter("Lamp stays", SECOND))]  # fmt: skip
    for count, days in ((2, ["2015-05-10", "2015-05-13"]), (1, ["2015-05-10"])):
        path = written(tmp_path / "a.epub", epub(*pages[:count]))
        assert [str(article.published) for article in articles(path)] == days


SHORT = chapter("Lamp out", "By Cleo Park", "The lamp went out at noon.")


def test_a_short_chapter_is_an_article_and_a_shorter_page_a_line(tmp_path: Path) -> None:
    pages = [
        ("title.xhtml", chapter("Skerry Observer", "2015-05-13")),
        ("1.xhtml", SHORT),
        ("2.xhtml", chapter("Keeper goes", FIRST)),
    ]
    path = written(tmp_path / "a.epub", epub(*pages))
    assert [(article.title, article.author) for article in articles(path)] == [
        ("Lamp out", "Cleo Park"),
        ("Keeper goes", None),
    ]
    path = written(tmp_path / "b.epub", epub(*pages, ("3.xhtml", chapter("Weather", "12 degrees"))))
    line = "has 1 pages without a sentence, left out: “Weather”"
    assert told(path) == (["Lamp out", "Keeper goes"], [line])


def test_who_made_a_book_is_not_its_author(tmp_path: Path) -> None:
    maker = "calibre</dc:creator><dc:contributor>calibre (7.1) [https://calibre.example]"
    maker += "</dc:contributor><dc:creator>Bob Sample"
    book = epub(("1.xhtml", chapter("Keeper goes", FIRST)), creator=maker)
    assert one(written(tmp_path / "a.epub", book)).author == "Bob Sample"
    # The printed byline is surer than what the file says of itself.
    book = epub(("1.xhtml", SHORT), creator="Tools Inc.")
    assert one(written(tmp_path / "b.epub", book)).author == "Cleo Park"


def test_a_book_of_one_article(tmp_path: Path) -> None:
    path = written(tmp_path / "a.epub", epub(("1.xhtml", chapter("Keeper goes", FIRST, SECOND))))
    article = one(path)
    assert said(article) == ("Keeper goes", "2015-05-13", None, "Moira Quill", TEXT)
    assert article.origin == str(path)


# --- Pages that were saved -----------------------------------------------------------------------

PAGE = (
    '<html lang="en"><head><meta charset="utf-8"><title>Keeper goes</title></head><body><article>'
    f"<h1>Keeper goes</h1><p>{FIRST}</p><p>{SECOND} “Ja.”</p></article></body></html>"
)


def mhtml(page: str) -> bytes:
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = "https://a.example/2015/05/13/keeper"
    message["Subject"] = "Keeper"
    message["Date"] = "Mon, 3 Jan 2022 09:30:00 +0100"
    message.set_content(page, subtype="html", cte="quoted-printable")
    message.add_related(b"\x89PNG", "image", "png")
    return message.as_bytes()


def test_a_page_saved_as_mhtml(tmp_path: Path) -> None:
    article = one(written(tmp_path / "a.mhtml", mhtml(PAGE)))
    assert said(article) == ("Keeper goes", "2015-05-13", "a.example", None, f"{TEXT} “Ja.”")
    assert article.url == "https://a.example/2015/05/13/keeper"


def webarchive(**resource: Any) -> bytes:
    known = {
        "WebResourceData": PAGE.encode(), "WebResourceMIMEType": "text/html",
        "WebResourceTextEncodingName": "UTF-8", "WebResourceURL": "https://a.example/2015/05/13/keeper",
    }  # fmt: skip
    archive = {"WebMainResource": {**known, **resource}}
    return plistlib.dumps(archive, fmt=plistlib.FMT_BINARY)


def test_a_page_saved_by_safari(tmp_path: Path) -> None:
    article = one(written(tmp_path / "a.webarchive", webarchive()))
    assert said(article) == ("Keeper goes", "2015-05-13", "a.example", None, f"{TEXT} “Ja.”")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.rtf", "It rained.", "is not an RTF file, or is damaged"),
        ("a.rtf", rtf("a", "{\\f0\\fcharset0 A;}" * 4_000),
         "has a table of more fonts than any document has"),
        ("a.rtf", rtf("\\par "), "has no text"),
        ("a.odt", zipped(("other.xml", "<a/>")),
         "is not an OpenDocument text: it has no text inside"),
        ("a.epub", zipped(("a.txt", "a")), "is not an EPUB: it has no META-INF/container.xml"),
        ("a.epub", epub(("nav.xhtml", chapter("Contents", TEXT))),
         "is a book without a text: all that it holds are its cover and contents"),
        ("a.mht", b"Subject: a\n\nIt rained.", "is not a page saved as MHTML, or is damaged"),
        ("a.webarchive", b"bplist00 and no more", "is not a page saved by Safari, or is damaged"),
        (
            "a.webarchive", webarchive(WebResourceMIMEType="image/png"),
            "is saved by Safari, but holds no page",
        ),
    ],
)  # fmt: skip
def test_documents_that_are_none(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    assert told(written(tmp_path / name, content)) == ([], [reason])


# --- PDF and Word ------------------------------------------------------------------------------

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


LEFT = """The bridge over the river Elm
opened on Monday after nine
years of work, and thousands
walked over it in the rain, as
the mayor said on Monday night.
Nobody fell in."""
RIGHT = """The ferry closes in June, its
owner said, since nobody has
taken it for a year or longer.
It has run for ninety years,
and six people worked on it."""


@pytest.mark.parametrize("piece", [r".+", r"\S+"])
def test_columns_of_a_page_are_read_one_after_the_other(write: Write, piece: str) -> None:
    """Though its lines, or the words in them, were written across both."""
    pieces = [(72, 740, "Bridge agreed"), (72, 715, "Town Courier, 3 March 2025")]
    rows = zip_longest(LEFT.split("\n"), RIGHT.split("\n"), fillvalue="")
    for y, row in zip(range(680, 0, -12), rows, strict=False):
        for x, line in zip((72, 350), row, strict=True):
            pieces += [(x + 8 * found.start(), y, found[0]) for found in re.finditer(piece, line)]
    wide = "Another article stands below them, as wide as all of the page."
    assert one(write("a.pdf", pdf([*pieces, (72, 560, wide)]))).text == "\n\n".join(
        ["Town Courier, 3 March 2025", LEFT.replace("\n", " "), RIGHT.replace("\n", " "), wide]
    )


def test_the_cells_of_a_table_in_a_pdf_stay_beside_each_other(write: Write) -> None:
    cells = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    placed = [(x, 700 - 12 * at, words) for at, day in enumerate(cells)
              for x, words in ((72, day), (320, "10 to 5"))]  # fmt: skip
    text = one(write("a.pdf", pdf([(72, 740, "Museum hours"), *placed]))).text
    assert text == " ".join(f"{day} 10 to 5" for day in cells)


def test_the_date_of_a_pdf_may_be_in_its_name(write: Write) -> None:
    made = "/CreationDate (D:20240105080000Z)"
    article = one(write("2016-08-21-bridge.pdf", pdf(["Bridge agreed", "It rained."], info=made)))
    assert dated(article) == ("2016-08-21", "url")
    assert dated(one(write("b.pdf", pdf(["Bridge agreed", "It rained."], info=made)))) == (
        None, None,
    )  # fmt: skip


def test_a_page_of_a_pdf_without_end(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.pdf._LONGEST_PAGE", 40)
    path = write("a.pdf", pdf(["Rain", *["It rained on."] * 20], ["Rain", "It rained."]))
    reason = "has more than 200,000 characters on page 1; the rest was read"
    assert listed(path) == (["Rain"], [("", reason)])


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
    titles, lines = listed(tmp_path)
    assert titles == ["Bridge agreed"]
    invalid = "is not a valid PDF file, or is damaged"
    assert dict(lines) == {
        "/a.pdf": invalid,
        "/b.pdf": invalid,
        "/c.pdf": "is not a PDF file, or is damaged",
        "/d.pdf": "has no text, neither as a layer nor in pictures of its pages",
        "/e.pdf": invalid,
        "/f.pdf": "is locked with a password",
    }


def test_docx(write: Write) -> None:
    box = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
        f"{paragraph('In a box.')}</w:txbxContent></mc:Choice><mc:Fallback>"
        f"{paragraph('In a box.')}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    changed = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Kept</w:t></w:r>"
        "<w:del><w:r><w:delText> gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> new</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> secret</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:br/><w:t>line</w:t><w:tab/></w:r><w:r>'
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


def test_the_rows_of_a_table_in_docx_are_lines(write: Write) -> None:
    def table(*rows: list[str]) -> str:
        cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"

    plain = table(
        [paragraph("Saturday"), paragraph("9 to"), paragraph("5")],
        [paragraph("Sunday"), paragraph("closed"), paragraph("ask") + paragraph("the keeper")],
        [paragraph("Monday"), "<w:p/>", table([paragraph("10"), paragraph("noon")])],
    )
    # Columns of prose, and what has a frame around it.
    laid_out = table(
        [paragraph(FIRST * 4), paragraph(SECOND)], [paragraph("In a") + paragraph("box.")]
    )
    article = one(write("a.docx", docx(paragraph("Opening hours"), plain, laid_out)))
    assert article.text.split("\n\n") == [
        "Saturday | 9 to | 5",
        "Sunday | closed | ask; the keeper",
        "Monday | 10; noon",
        FIRST * 4,
        SECOND,
        "In a",
        "box.",
    ]


def test_broken_documents(write: Write, tmp_path: Path) -> None:
    whole = docx(paragraph("Head"), paragraph("Body."))
    write("a.docx", whole[:-50])
    write("b.docx", zipped(("xl/workbook.xml", "<x/>")))
    write("c.docx", zipped(("word/document.xml", "<document><p>cut")))
    write(
        "d.docx",
        zipped(
            (
                "word/document.xml",
                '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            )
        ),
    )
    write("e.docx", docx())
    write("z.docx", whole)
    titles, lines = listed(tmp_path)
    reasons = dict(lines)
    assert titles == ["Head"]
    assert reasons.pop("/c.docx").startswith("is not valid XML at line 1: ")
    assert reasons == {
        "/a.docx": "is not a valid zip file, or is damaged",
        "/b.docx": "is not a Word document: it has no text inside",
        "/d.docx": "defines entities of its own, which are not read for safety",
        "/e.docx": "has no text",
    }
