"""Tables from programs and databases: CSV in its kinds, spreadsheets, RIS."""

from pathlib import Path

import pytest

from corpus import Article, Note, Unreadable, read_articles
from tests.made_files import opendocument, zipped
from tests.reading_files import articles, one, said, told, written

ROW = ("Lamp out", "2015-05-13", "Skerry Observer", "Moira Quill", "The lamp went out at noon.")


@pytest.mark.parametrize(
    ("header", "mark"),
    [
        ("Titel;Volltext;Datum;Quelle;Autor", ";"),
        ("Überschrift;Inhalt;Veröffentlicht am;Zeitung;Verfasser", ";"),
        ("Titre;Texte;Date de publication;Journal;Auteur", ";"),
        ("Título,Texto completo,Fecha,Periódico,Autora", ","),
        ("Titolo|Testo|Data di pubblicazione|Testata|Autore", "|"),
        ("Título\tConteúdo\tData de publicação\tJornal\tAutor", "\t"),
        ("Kop;Artikeltekst;Publicatiedatum;Krant;Auteur", ";"),
        ("Titel des Artikels;Artikel-Volltext;Datum;Medium (Ausgabe);Autor(en)", ";"),
        ("Titre de l'article;Texte intégral;Date de publication;Journal;Auteur", ";"),
        ("Título,Cuerpo de la noticia,Fecha de la noticia,Medio,Autor/a", ","),
        ("Titolo articolo|Testo dell’articolo|Data|Testata|Autore", "|"),
        ("Título;Texto da notícia;Data da publicação;Veículo;Autor", ";"),
        ("Kop;Artikel;Datum;Krant;Auteur", ";"),
        ("news_title,article_text,story_date,news source,article author", ","),
        ("Заголовок,Текст,Дата,Источник,Автор", ","),
        ("標題,內容,日期,報章,作者", ","),
        ("見出し,本文,発行日,新聞名,記者", ","),
        ("제목,본문,일자,언론사,기고자", ","),
        ("العنوان,النص,التاريخ,المصدر,الكاتب", ","),
        ("Tytuł,Treść,Data publikacji,Źródło,Autor", ","),
        ("Başlık,Metin,Tarih,Kaynak,Yazar", ","),
    ],
)
def test_headers_in_many_languages(tmp_path: Path, header: str, mark: str) -> None:
    day = ("Lamp out", "The lamp went out at noon.", "13.05.2015", "Skerry Observer", "Moira Quill")
    assert said(one(written(tmp_path / "a.csv", f"{header}\n{mark.join(day)}\n"))) == ROW


def test_headers_in_another_encoding(tmp_path: Path) -> None:
    line = "Lamp out,The lamp went out at noon.,2015-05-13,Skerry Observer,Moira Quill"
    table = f"标题,正文,日期,来源,作者\n{line}\n"
    assert said(one(written(tmp_path / "a.csv", table.encode("gb18030")))) == ROW


LINE = "Lamp out;The lamp went out at noon.;2015-05-13;Skerry Observer;Moira Quill\n"


@pytest.mark.parametrize(
    "above",
    [
        "sep=;\n",
        "\ufeffsep=;\n",
        "Search results for lamp\nExported on 2022-01-01\n\n",
        "Results; title: lamp\n\n;;;;\nText, and more;2\n",
    ],
)
def test_lines_above_the_names_of_the_columns(tmp_path: Path, above: str) -> None:
    header = "title;text;date;source;author\n"
    assert said(one(written(tmp_path / "a.csv", above + header + LINE))) == ROW


LONG = "The lamp went out at noon, and nobody on the rock could say why it did so. " * 2


def test_the_only_column_of_long_prose_is_the_text(tmp_path: Path) -> None:
    table = f"title;Gazette;pages\nLamp out;{LONG};1\nBoats;{LONG};2\n"
    note = (
        "names no field as the text; Gazette, the only one with long prose in it, was taken for "
        "it; if another one is, name it with --field text=NAME"
    )
    path = written(tmp_path / "a.csv", table)
    assert told(path)[0] == ["Lamp out", "Boats"]
    assert [str(line.reason) for line in read_articles(path) if isinstance(line, Note)][:1] == [
        note
    ]
    assert _read(path)[0].text == LONG.strip()
    teaser = written(tmp_path / "d.csv", f"title;teaser;Gazette\nLamp out;It went.;{LONG}\n")
    assert _read(teaser)[0].text == LONG.strip()
    two = written(tmp_path / "b.csv", f"title;A;B\nLamp out;{LONG};{LONG}\n")
    bare = written(tmp_path / "c.csv", f"Lamp out;{LONG};1\nBoats;{LONG};2\n")
    for path, names in (
        (two, "title, A, B"),
        (bare, "Lamp out, The lamp went out at noon, an…, 1"),
    ):
        assert told(path) == ([], [
            f"has no header with a column for the text, its first row is {names}; "
            "if one of them is the text, name it with --field text=NAME"
        ])  # fmt: skip


def test_the_row_that_is_told_is_that_of_the_names(tmp_path: Path) -> None:
    table = "Search: lamp;;\n;;\ntitle;source;pages\nLamp out;Gazette;1\n"
    (reason,) = told(written(tmp_path / "a.csv", table))[1]
    assert "its first row is title, source, pages;" in reason


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    rows = "".join(f"Lamp {number},It went out.\n" for number in range(99))
    table = f'title,text\nBoats,"They ""stay"".\nAll."\nSnow,"It snowed.\n{rows}'
    line = "record 2 has a quotation mark that is never closed; what follows it was not read"
    assert told(written(tmp_path / "a.csv", table)) == (["Boats"], [line])
    short = 'title,text\nBoats,"They stay."\nSnow,"It snowed.\nLamp,It went out.\n'
    assert told(written(tmp_path / "b.csv", short)) == (["Boats"], [line])


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        (["5/3/2021", "5/23/2021", "12/31/2020 14:05"], ["2021-05-03", "2021-05-23", "2020-12-31"]),
        (["5/3/2021", "23/5/2021"], ["2021-03-05", "2021-05-23"]),
        (["5/3/21", "5/23/21", "31-Dec-99"], ["2021-05-03", "2021-05-23", "1999-12-31"]),
        # Nothing tells, or the column contradicts itself.
        (["5/3/2021", "6/3/2021"], ["2021", "2021"]),
        (["5/3/2021", "5/23/2021", "23/5/2021"], ["2021", "2021-05-23", "2021-05-23"]),
    ],
)
def test_the_order_of_day_and_month_is_that_of_the_column(
    tmp_path: Path, dates: list[str], wanted: list[str]
) -> None:
    table = "title,text,date\n" + "".join(f"Lamp,It went out.,{date}\n" for date in dates)
    assert [
        str(article.published) for article in articles(written(tmp_path / "a.csv", table))
    ] == wanted
    records = ", ".join(f'{{"text": "It went out.", "date": "{date}"}}' for date in dates)
    path = written(tmp_path / "a.json", f"[{records}]")
    assert [str(article.published) for article in articles(path)] == wanted


@pytest.mark.parametrize(
    "nothing", ["nan", "NaN", "NULL", "None", "N/A", r"\N", "<NA>", "[]", "[Removed]"]
)
def test_what_programs_write_for_nothing_is_nothing(tmp_path: Path, nothing: str) -> None:
    table = (
        f"title,text,author,source\nLamp out,It went out.,{nothing},{nothing}\nBoats,{nothing},,\n"
    )
    path = written(tmp_path / "a.csv", table)
    titles, reasons = told(path)
    assert titles == ["Lamp out"]
    assert [reason.partition(":")[0] for reason in reasons] == ["record 2 has no text"]
    (article,) = _read(path)
    assert (article.author, article.source) == (None, None)


def _read(path: Path) -> list[Article]:
    return [article for article in read_articles(path) if isinstance(article, Article)]


def test_a_table_with_the_line_ends_of_old_macs(tmp_path: Path) -> None:
    lines = ["title,text,date", *(f"Lamp {n},It went out.,2015-05-13" for n in range(900))]
    found = _read(written(tmp_path / "a.csv", "\r".join(lines).encode()))
    assert [article.title for article in found] == [f"Lamp {n}" for n in range(900)]
    assert {article.text for article in found} == {"It went out."}


def test_a_list_that_python_has_written(tmp_path: Path) -> None:
    table = """title,text,authors
Lamp out,"['The lamp went out.', 'Nobody saw it.']","['Moira Quill', 'Bob Sample']"
"""
    article = one(written(tmp_path / "a.csv", table))
    assert article.author == "Moira Quill, Bob Sample"
    assert article.text == "The lamp went out.\n\nNobody saw it."


def test_a_list_of_links_is_one_line(tmp_path: Path) -> None:
    table = "id,publish_date,title,url\n1,2015-05-13,Lamp,http://a.example/1\n2,,Boats,http://b.example\n"
    line = "lists 2 links without the texts of the articles; save these to read them"
    assert told(written(tmp_path / "a.csv", table)) == ([], [line])
    records = '{"articles": [{"url": "http://a.example/1", "title": "Lamp", "domain": "a.example"},'
    records += ' {"url": "http://a.example/2", "title": "Boats", "seendate": "20150513T120000Z"}]}'
    assert told(written(tmp_path / "a.json", records)) == ([], [line])


def test_drafts_in_a_table_are_left_out(tmp_path: Path) -> None:
    table = (
        "subject,body,status,publish_date\nLamp,It went out.,sent,2015-05-13\nBoats,No.,draft,\n"
    )
    line = "1 of its 2 records is a draft or not public, and left out"
    assert told(written(tmp_path / "emails.csv", table)) == (["Lamp"], [line])


# --- Under other endings ------------------------------------------------------------------------

ROWS = [["Title", "Date", "Source", "Text"], ["Lamp", "2015-05-13", "Coast", "It went out."],
        ["Boats", "2015-05-14", "Coast", "They are home."]]  # fmt: skip
PAGE = (
    "<table><tr>"
    + "</tr><tr>".join("".join(f"<td>{cell}</td>" for cell in row) for row in ROWS)
    + "</tr></table>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "\n".join("\t".join(row) for row in ROWS)),
        ("a.txt", "\n".join(",".join(row) for row in ROWS)),
        ("a.xls", "\n".join("\t".join(row) for row in ROWS)),
        ("a.xls", PAGE),
        (
            "a.html",
            f"<html><body><table><tr><td>All</td><td>{PAGE}</td></tr></table></body></html>",
        ),
    ],
)
def test_tables_under_other_endings(tmp_path: Path, name: str, content: str) -> None:
    lamp, boats = articles(written(tmp_path / name, content))
    assert said(lamp) == ("Lamp", "2015-05-13", "Coast", None, "It went out.")
    assert (boats.title, boats.text) == ("Boats", "They are home.")


@pytest.mark.parametrize(
    "header",
    ["Name|Location|Description", "Title|Author|Description", "Date|Title|Summary",
     "Date|Author|Message"],
)  # fmt: skip
def test_a_page_with_prose_beside_its_table_is_an_article(tmp_path: Path, header: str) -> None:
    row = ["2015-05-13", "Skerry", "A white tower of 1902 with a red lantern on top."]
    table = [header.split("|"), *([row] * 40)]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in table)
    first = "The lamp went out on Friday, and nobody at the town hall knows why it did so."
    second = "It had been renewed in spring, as the accounts of the council say, for a fortune."
    body = f"<h1>Lamp out</h1><div>{first}<br><br>{second}</div><table>{cells}</table>"
    path = written(tmp_path / "a.html", f"<title>Lamp out</title><body>{body}</body>")
    article = one(path)
    assert (article.title, article.text[: len(first)]) == ("Lamp out", first)
    assert second in article.text


def test_what_a_search_says_above_its_table_is_no_prose(tmp_path: Path) -> None:
    line = "Your search of 3 May 2015 for lamps in all papers of the isles has found 2 articles."
    path = written(tmp_path / "a.html", f"<h1>Result</h1><p>{line}</p>{PAGE}")
    assert [article.title for article in articles(path)] == ["Lamp", "Boats"]


def test_a_text_that_begins_with_a_list_is_none(tmp_path: Path) -> None:
    text = "Title, date and author are lost\n\nThe lamp went out."
    assert one(written(tmp_path / "a.txt", text)).title == "Title, date and author are lost"


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv", "title,text,text\nLamp,It went out.,\nBoats,,They are home.\n"
    )
    assert [article.text for article in articles(path)] == ["It went out.", "They are home."]


# --- Spreadsheets ------------------------------------------------------------------------------

CELLS = [
    ["Search: lamp"],
    [],
    ["Title", "Text", "Date", "Source", "Author"],
    ["Lamp out", "The lamp went out at noon.", 42137, "Skerry Observer", "Moira Quill"],
    ["Boats", "They stay.", 42138, "Dale Gazette", 7],
]


def xlsx(sheets: dict[str, list[list[str | int]]], hidden: str = "") -> bytes:
    """A workbook; whole numbers of five digits are formatted as dates."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"

    def cell(value: str | int, at: str) -> str:
        if isinstance(value, str):
            return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'
        style = ' s="1"' if value > 9999 else ""
        return f'<c r="{at}"{style}><v>{value}</v></c>'

    def sheet(number: int, name: str) -> str:
        state = ' state="hidden"' if name == hidden else ""
        return f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"{state}/>'

    files: dict[str, str] = {
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>'
        + "".join(sheet(number, name) for number, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{office}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
            for number in range(1, len(sheets) + 1)
        )
        + f'<Relationship Id="rId99" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
    }
    for number, rows in enumerate(sheets.values(), 1):
        inside = "".join(
            f'<row r="{r}">'
            + "".join(cell(value, f"{chr(65 + c)}{r}") for c, value in enumerate(row))
            + "</row>"
            for r, row in enumerate(rows, 1)
        )
        files[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {main}><sheetData>{inside}</sheetData></worksheet>"
        )
    return zipped(*files.items())


def ods(rows: list[list[str | int]]) -> bytes:
    def cell(value: str | int) -> str:
        if isinstance(value, int) and value > 9999:
            return (
                '<table:table-cell office:value-type="date" office:date-value="2015-05-13">'
                "<text:p>13 May</text:p></table:table-cell>"
            )
        text = f"<text:p>{value}</text:p>"
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'

    lines = (f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    table = f'<table:table table:name="Found">{"".join(lines)}</table:table>'
    return opendocument("spreadsheet", table)


def test_a_workbook(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", xlsx({"Found": CELLS}))
    assert list(map(said, articles(path))) == [
        ROW,
        ("Boats", "2015-05-14", "Dale Gazette", None, "They stay."),
    ]
    assert [article.origin for article in articles(path)] == [f"{path}#1", f"{path}#2"]


def test_the_sheets_of_a_workbook_are_tables(tmp_path: Path) -> None:
    sheets = {"One": CELLS, "Notes": CELLS, "Two": CELLS[2:4]}
    path = written(tmp_path / "a.xlsx", xlsx(sheets, hidden="Notes"))
    assert [article.origin for article in articles(path)] == [
        f"{path}/One#1", f"{path}/One#2", f"{path}/Two#1",
    ]  # fmt: skip


@pytest.mark.parametrize("order", [("Bad", "Good"), ("Good", "Bad")])
def test_a_sheet_that_cannot_be_read_is_one_line(tmp_path: Path, order: tuple[str, str]) -> None:
    sheets: dict[str, list[list[str | int]]] = {"Bad": [["a", "b"], ["c", "d"]], "Good": CELLS}
    path = written(tmp_path / "a.xlsx", xlsx({name: sheets[name] for name in order}))
    titles, (line,) = told(path)
    assert titles == ["Lamp out", "Boats"]
    assert line.startswith("has no header with a column for the text, its first row is a, b")
    (fault,) = (item for item in read_articles(path) if isinstance(item, Unreadable))
    assert fault.origin == f"{path}/Bad"


def test_an_opendocument_spreadsheet(tmp_path: Path) -> None:
    assert said(one(written(tmp_path / "a.ods", ods(CELLS[:4])))) == ROW


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 and no more", "is not a valid zip file, or is damaged"),
        (b"\xd0\xcf\x11\xe0 and no more", "is not a spreadsheet, is locked, or is damaged"),
        (xlsx({"Found": []}), "holds no table: its sheets are empty"),
        (
            xlsx({"Found": [["a", "b"], ["c", "d"]]}),
            "has no header with a column for the text, its first row is a, b; if one of them is "
            "the text, name it with --field text=NAME",
        ),
    ],
)
def test_what_is_no_table_of_articles_is_one_line(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    assert told(written(tmp_path / "a.xlsx", content)) == ([], [reason])


# --- RIS ---------------------------------------------------------------------------------------


def test_ris(tmp_path: Path) -> None:
    entries = """TY  - NEWS
TI  - Lamp out
AU  - Quill, Moira
AU  - Sample, Bob
T2  - Skerry Observer
DA  - 2015/05/13/
AB  - The lamp went out at noon.
Nobody saw it.
UR  - https://a.example/lamp
LA  - English
SE  - Isles
ER  -\x20

TY  - NEWS
T1  - Boats
PY  - 2015
JF  - Dale Gazette
ER  -
"""
    path = written(tmp_path / "a.ris", entries)
    assert told(path) == (["Lamp out"], ["has no text"])
    article = _read(path)[0]
    assert said(article) == (
        "Lamp out", "2015-05-13", "Skerry Observer", "Moira Quill, Bob Sample",
        "The lamp went out at noon.\n\nNobody saw it.",
    )  # fmt: skip
    assert (article.url, article.language) == ("https://a.example/lamp", "en")
    assert article.section == "Isles"
    journal = _read(written(tmp_path / "c.ris", entries.replace("NEWS", "JOUR")))[0]
    assert isinstance(journal, Article)
    assert journal.section is None
    assert told(written(tmp_path / "b.ris", "It rained.")) == (
        [], ["is not a RIS file: no line of it is an entry's"],
    )  # fmt: skip
