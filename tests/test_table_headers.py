"""Tables told by the names of their columns: in further languages, and under other endings."""

from pathlib import Path

import pytest

from tests.reading_files import articles, one, said, written


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("Заголовок,Дата,Источник,Автор,Текст", "utf-8"),
        ("标题,日期,来源,作者,正文", "gb18030"),
        ("標題,日期,報章,作者,內容", "utf-8"),
        ("見出し,発行日,新聞名,記者,本文", "utf-8"),
        ("제목,일자,언론사,기고자,본문", "utf-8"),
        ("العنوان,التاريخ,المصدر,الكاتب,النص", "utf-8"),
        ("Tytuł,Data publikacji,Źródło,Autor,Treść", "utf-8"),
        ("Başlık,Tarih,Kaynak,Yazar,Metin", "utf-8"),
    ],
)
def test_names_of_columns_in_further_languages(tmp_path: Path, header: str, encoding: str) -> None:
    row = "Lamp out,2015-05-13,Skerry Observer,Moira Quill,It went out."
    path = written(tmp_path / "a.csv", f"{header}\n{row}\n".encode(encoding))
    found = one(path)
    assert (found.title, str(found.published)) == ("Lamp out", "2015-05-13")
    assert (found.source, found.author, found.text) == (
        "Skerry Observer", "Moira Quill", "It went out."
    )  # fmt: skip


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


def test_a_text_that_begins_with_a_list_is_none(tmp_path: Path) -> None:
    text = "Title, date and author are lost\n\nThe lamp went out."
    assert one(written(tmp_path / "a.txt", text)).title == "Title, date and author are lost"


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv", "title,text,text\nLamp,It went out.,\nBoats,,They are home.\n"
    )
    assert [article.text for article in articles(path)] == ["It went out.", "They are home."]
