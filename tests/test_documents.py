"""Documents that are files of text: RTF, ODT, EPUB, pages that browsers save, mail."""

import plistlib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.reading_files import articles, one, said, told, written
from tests.test_corpus_formats import zipped

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


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("It rained.", "is not an RTF file, or is damaged"),
        (
            rtf("a", "{\\f0\\fcharset0 A;}" * 4_000),
            "has a table of more fonts than any document has",
        ),
        (rtf("\\par "), "has no text"),
    ],
)  # fmt: skip
def test_rtf_that_is_none(tmp_path: Path, content: str, reason: str) -> None:
    assert told(written(tmp_path / "a.rtf", content)) == ([], [reason])


# --- ODT ----------------------------------------------------------------------------------------


def odt(body: str) -> bytes:
    names = "".join(
        f' xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "table", "text", "draw")
    )
    content = (
        f"<office:document-content{names}><office:body><office:text>{body}</office:text>"
        "</office:body></office:document-content>"
    )
    return zipped(("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", content))


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


def test_odt_that_is_none(tmp_path: Path) -> None:
    path = written(tmp_path / "a.odt", zipped(("other.xml", "<a/>")))
    assert told(path) == ([], ["is not an OpenDocument text: it has no text inside"])


# --- EPUB ---------------------------------------------------------------------------------------


def epub(*chapters: tuple[str, str], guide: str = "") -> bytes:
    items = "".join(
        f'<item id="c{n}" href="text/{name}" media-type="application/xhtml+xml"'
        f"{' properties=' + chr(34) + 'nav' + chr(34) if name == 'nav.xhtml' else ''}/>"
        for n, (name, _) in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' version="3.0"><metadata><dc:title>Skerry Observer</dc:title><dc:creator>Moira Quill'
        "</dc:creator><dc:language>en</dc:language><dc:date>2015-05-13</dc:date></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine><guide>{guide}</guide></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    return zipped(
        ("META-INF/container.xml", container),
        ("OEBPS/content.opf", package),
        *((f"OEBPS/text/{name}", content) for name, content in chapters),
    )


def chapter(title: str, *paragraphs: str) -> str:
    inside = "".join(f"<p>{each}</p>" for each in paragraphs)
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


def test_a_book_of_one_article(tmp_path: Path) -> None:
    path = written(tmp_path / "a.epub", epub(("1.xhtml", chapter("Keeper goes", FIRST, SECOND))))
    article = one(path)
    assert said(article) == ("Keeper goes", "2015-05-13", None, "Moira Quill", TEXT)
    assert article.origin == str(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped(("a.txt", "a")), "is not an EPUB: it has no META-INF/container.xml"),
        (
            epub(("nav.xhtml", chapter("Contents", TEXT))),
            "is a book without a text: all that it holds are its cover and contents",
        ),
    ],
)
def test_an_epub_without_a_text(tmp_path: Path, content: bytes, reason: str) -> None:
    assert told(written(tmp_path / "a.epub", content)) == ([], [reason])


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
        ("a.mht", b"Subject: a\n\nIt rained.", "is not a page saved as MHTML, or is damaged"),
        ("a.webarchive", b"bplist00 and no more", "is not a page saved by Safari, or is damaged"),
        (
            "a.webarchive", webarchive(WebResourceMIMEType="image/png"),
            "is saved by Safari, but holds no page",
        ),
    ],
)  # fmt: skip
def test_saved_pages_that_are_none(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    assert told(written(tmp_path / name, content)) == ([], [reason])


# --- Mail ---------------------------------------------------------------------------------------


def mail(kind: str, *parts: str) -> str:
    headers = (
        "From: Skerry Observer <news@a.example>\nSubject: Morning\nMIME-Version: 1.0\n"
        "Date: Wed, 13 May 2015 09:30:00 +0100\nMessage-ID: <m1@a.example>\n"
    )
    inside = "".join(f"--b\n{part}\n" for part in parts)
    return f'{headers}Content-Type: multipart/{kind}; boundary="b"\n\n{inside}--b--\n'


PLAIN = "Content-Type: text/plain; charset=utf-8\n\n{}"
MARKED = "Content-Type: text/html; charset=utf-8\n\n<p>{}</p>"
PICTURE = 'Content-Type: image/png; name="a.png"\nContent-Disposition: inline\n\nabc'


def inner(title: str, text: str) -> str:
    return (
        f"From: Dale Gazette <g@b.example>\nSubject: {title}\n"
        f"Date: Tue, 12 May 2015 08:00:00 +0100\n\n{text}"
    )


@pytest.mark.parametrize(
    "parts",
    [
        (PLAIN.format(FIRST), PICTURE, PLAIN.format(SECOND)),
        (MARKED.format(FIRST), PICTURE, MARKED.format(SECOND)),
        (PLAIN.format(FIRST), MARKED.format(SECOND)),
    ],
)
def test_text_goes_on_after_a_picture(tmp_path: Path, parts: tuple[str, ...]) -> None:
    assert one(written(tmp_path / "a.eml", mail("mixed", *parts))).text == TEXT


def test_a_text_in_two_forms_is_one_text(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.eml", mail("alternative", PLAIN.format(FIRST), MARKED.format(FIRST))
    )
    assert one(path).text == FIRST


@pytest.mark.parametrize("kind", ["digest", "mixed"])
def test_the_messages_of_a_digest_are_articles(tmp_path: Path, kind: str) -> None:
    mark = "" if kind == "digest" else "Content-Type: message/rfc822\n"
    parts = [f"{mark}\n{inner('Keeper goes', FIRST)}", f"{mark}\n{inner('Lamp stays', SECOND)}"]
    day = "2015-05-12T08:00:00+01:00"
    assert list(map(said, articles(written(tmp_path / "a.eml", mail(kind, *parts))))) == [
        ("Keeper goes", day, "Dale Gazette", None, FIRST),
        ("Lamp stays", day, "Dale Gazette", None, SECOND),
    ]


def test_a_digest_that_is_plain_text(tmp_path: Path) -> None:
    dashes = "-" * 30
    text = (
        f"Today's topics:\n1. Keeper\n\n{'-' * 70}\n\nDate: Tue, 12 May 2015 08:00:00 +0100\n"
        f"From: m@a.example\nSubject: Keeper goes\n\n{FIRST}\n\n{dashes}\n\n"
        f"From: m@a.example\nSubject: Lamp stays\n\n{SECOND}\n\n{dashes}\n\nEnd of Digest"
    )
    path = written(tmp_path / "a.eml", f"From: L <l@a.example>\nSubject: Digest\n\n{text}")
    assert [(each.title, each.text) for each in articles(path)] == [
        ("Keeper goes", FIRST), ("Lamp stays", SECOND),
    ]  # fmt: skip


def test_what_is_attached_is_read_by_its_own_reader(tmp_path: Path) -> None:
    attached = "Content-Disposition: attachment; filename={}\nContent-Type: {}\n\n{}"
    path = written(
        tmp_path / "a.eml",
        mail(
            "mixed",
            PLAIN.format("See below, all of you."),
            attached.format("keeper.txt", "text/plain", f"Keeper goes\n\n{FIRST}"),
            attached.format("old.doc", "application/msword", "abc"),
            attached.format("more.zip", "application/zip", "abc"),
            attached.format("sign.asc", "application/pgp-signature", "abc"),
            PICTURE,
        ),
    )
    titles, reasons = told(path)
    assert titles == ["Morning", "Keeper goes"]
    assert [each.partition(";")[0] for each in reasons] == [
        "is in a format that is not read (.doc)", "is attached and not opened",
    ]  # fmt: skip
