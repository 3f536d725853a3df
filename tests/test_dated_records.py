"""The dates of records: columns that nobody has named so, and words that are no date."""

import json
from pathlib import Path

import pytest

from assistant.page.overview import change_report
from corpus import Article, Note, read_articles
from corpus.apart import read_apart
from index import Archive
from tests.reading_files import articles, one, told, written

ROWS = [("Lamp out", "It went out.", "13.05.2015"), ("Boats stay", "They stay.", "2.6.2015")]


def table(path: Path, header: str, rows: list[tuple[str, ...]] = ROWS) -> Path:
    lines = [header, *(";".join(row) for row in rows)]
    return written(path / "a.csv", "\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "header",
    ["Datum (TT.MM.JJJJ)", "Pub. Date", "Published (UTC)", "Date [local]", "Date/Heure", "date."],
)
def test_brackets_slashes_and_stops_in_a_header_do_not_count(tmp_path: Path, header: str) -> None:
    found = articles(table(tmp_path, f"title;text;{header}"))
    assert [str(article.published) for article in found] == ["2015-05-13", "2015-06-02"]


def test_other_columns_that_are_named_so(tmp_path: Path) -> None:
    header = "Titre;Texte;Date;Author(s);Medio (papel)"
    row = ("Lamp", "It went out.", "13.05.2015", "Moira Quill", "Skerry Observer")
    article = one(table(tmp_path, header, [row]))
    assert (article.author, article.source) == ("Moira Quill", "Skerry Observer")
    assert one(table(tmp_path, "Titre;Texte;Date;Autor/in", [row[:4]])).author == "Moira Quill"


TAKEN = (
    "names no field as the date; {}, the only one with days in it, was taken for it; "
    "if another one is, name it with --field published=NAME"
)


def dates(path: Path) -> tuple[list[str], list[str]]:
    """The dates of the articles, and the lines of the report."""
    found = list(read_articles(path))
    lines = [note.reason for note in found if isinstance(note, Note)]
    return [str(item.published) for item in found if isinstance(item, Article)], lines


@pytest.mark.parametrize("header", ["Date de parution", "Erschienen am", "X"])
def test_the_only_column_of_days_is_the_date(tmp_path: Path, header: str) -> None:
    wanted = (["2015-05-13", "2015-06-02"], [TAKEN.format(header)])
    assert dates(table(tmp_path, f"title;text;{header}")) == wanted
    records = [dict(zip(("title", "text", header), row, strict=True)) for row in ROWS]
    assert dates(written(tmp_path / "a.json", json.dumps(records))) == wanted
    # Of a single record its only value is enough, and what is blank does not count.
    single = table(tmp_path, f"title;text;{header}", ROWS[:1])
    assert dates(single) == (["2015-05-13"], [TAKEN.format(header)])
    blank = [*ROWS, ("Rain", "It rained.", "")]
    assert dates(table(tmp_path, f"title;text;{header}", blank))[0] == [*wanted[0], "None"]


UNUSED = (
    "gives no article a date; its fields that were not used are {}; "
    "if one of them is the date, name it with --field published=NAME"
)


@pytest.mark.parametrize(
    ("header", "values", "names"),
    [
        ("Parution;Consultation", ["13.05.2015;1.1.2020", "2.6.2015;2.1.2020"],
         "Parution, Consultation"),
        ("Parution", ["13.05.2015", "spring of 2015"], "Parution"),
        # Numbers may be anything.
        ("Parution", ["1431500000", "1431500001"], "Parution"),
        # One value in several rows may be there by chance.
        ("Parution", ["13.05.2015", ""], "Parution"),
    ],
)  # fmt: skip
def test_columns_that_were_not_used_are_named_where_no_article_has_a_date(
    tmp_path: Path, header: str, values: list[str], names: str
) -> None:
    rows = [("Lamp", "It went out.", value) for value in values]
    wanted = ["None", "None"], [UNUSED.format(names)]
    assert dates(table(tmp_path, f"title;text;{header}", rows)) == wanted
    assert told(table(tmp_path, "title;text;Ort", [("Lamp", "Out.", "Uig")])) == (["Lamp"], [])


def test_a_named_column_is_the_date_whatever_others_hold(tmp_path: Path) -> None:
    rows = [(*row, "1.1.2020") for row in ROWS]
    found = articles(table(tmp_path, "title;text;date;checked", rows))
    assert [str(article.published) for article in found] == ["2015-05-13", "2015-06-02"]
    path = table(tmp_path, "title;text;checked;opened", rows)
    assert [str(article.published) for article in articles(path, published="checked")] == [
        "2015-05-13",
        "2015-06-02",
    ]


def test_a_note_keeps_nothing_that_has_vanished(archive: Archive, tmp_path: Path) -> None:
    path = table(tmp_path / "news", "title;text;X")
    report = archive.sync([path.parent])
    assert (len(report.added), report.failed) == (2, [])
    assert report.notes == [Note(str(path), TAKEN.format("X"))]
    assert "2 added, 0 changed, 0 unchanged, 1 noted, 0 not read" in str(report)
    assert "What to know of what was read" in change_report(report.as_dict())
    assert TAKEN.format("X") in change_report(report.as_dict())
    table(tmp_path / "news", "title;text;X", ROWS[:1])
    report = archive.sync([path.parent])
    assert (len(report.withdrawn), report.kept) == (1, [])


def test_a_note_is_one_from_another_process_too(tmp_path: Path) -> None:
    path = table(tmp_path, "title;text;X")
    notes = [item for item in read_apart([str(path)], {}) if isinstance(item, Note)]
    assert notes == [Note(str(path), TAKEN.format("X"))]


# --- Words that are no date --------------------------------------------------------------------

RSS = "<rss version='2.0'><channel><title>Skerry Observer</title><item><title>Lamp</title>"
MAIL = "From: news@skerry.example\nSubject: Lamp\nDate: {}\n\nIt went out.\n"


@pytest.mark.parametrize(
    ("name", "content", "where", "words"),
    [
        ("a.csv", "title,text,date\nLamp,It went out.,31.06.2024\n", "#1", "31.06.2024"),
        ("a.csv", "title,text,date\nLamp,It went out.,2024-05-03T99:00:00\n", "#1",
         "2024-05-03T99:00:00"),
        ("a.json", '{"title": "Lamp", "doc": {"text": "Out.", "date": "32 May 2024"}}', "",
         "32 May 2024"),
        ("a.rss", f"{RSS}<description>It went out.</description><pubDate>Sat, 31 Feb 2024 10:00:00 "
         "GMT</pubDate></item></channel></rss>", "#1", "Sat, 31 Feb 2024 10:00:00 GMT"),
        ("a.mbox", "From news Fri Apr 12 10:00:00 2024\n"
         + MAIL.format("Tue, 31 Apr 2024 10:00:00 +0000"), "#1", "Tue, 31 Apr 2024 10:00:00 +0000"),
        ("a.ris", "TY  - NEWS\nTI  - Lamp\nAB  - It went out.\nDA  - 2024/06/31\nER  - \n", "#1",
         "2024-06-31"),
        ("a.txt", "Lamp\n\n31 June 2015 – Quay Times – QUAY — It went out at noon.\n", "",
         "31 June 2015"),
    ],
)  # fmt: skip
def test_a_date_that_is_none_is_told_and_the_article_read(
    tmp_path: Path, name: str, content: str, where: str, words: str
) -> None:
    path = written(tmp_path / name, content)
    article, note = read_articles(path)
    assert isinstance(article, Article)
    assert (article.title, article.published) == ("Lamp", None)
    assert note == Note(f"{path}{where}", f"gives {words} as its date, which is none")


@pytest.mark.parametrize("value", ["unknown", "", "nan", "0000-00-00 00:00:00", "1", "n. d."])
def test_a_value_that_says_there_is_no_date_is_not_told(tmp_path: Path, value: str) -> None:
    path = written(tmp_path / "a.csv", f"title,text,date\nLamp,It went out.,{value}\n")
    assert one(path).published is None


def test_many_dates_that_are_none_are_not_all_listed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "title,text,date\n" + "Lamp,Out.,31.06.2024\n" * 30)
    titles, lines = told(path)
    assert (len(titles), len(lines)) == (30, 20)
    assert lines[-1].endswith("which is none; further ones in this file are not listed")


def test_a_dateline_without_a_day_keeps_its_place_and_source(tmp_path: Path) -> None:
    text = "Lamp\n\n31 June 2015 – Quay Times – QUAY — It went out at noon, the keeper said.\n"
    (article,) = (item for item in read_articles(written(tmp_path / "a.txt", text))
                  if isinstance(item, Article))  # fmt: skip
    assert (article.source, article.place, article.title) == ("Quay Times", "QUAY", "Lamp")


@pytest.mark.parametrize(
    ("third", "wanted"),
    [
        ("03-25-2019", ["2019-03-05", "2019-04-02", "2019-03-25"]),
        ("25-03-2019", ["2019-05-03", "2019-02-04", "2019-03-25"]),
        ("03-06-2019", ["2019", "2019", "2019"]),
    ],
)
def test_the_dates_of_json_lines_decide_what_each_means(
    tmp_path: Path, third: str, wanted: list[str]
) -> None:
    lines = [
        json.dumps({"title": f"Lamp {date}", "text": "It went out.", "publish_date": date})
        for date in ("03-05-2019", "04-02-2019", third)
    ]
    assert dates(written(tmp_path / "a.jsonl", "\n".join(lines))) == (wanted, [])
    # What is torn is read up to there, also while it is read ahead.
    found = list(read_articles(written(tmp_path / "b.jsonl", f"{lines[0]}\n{{")))
    assert [str(item) if not isinstance(item, Article) else item.title for item in found] == [
        "Lamp 03-05-2019",
        f"{tmp_path}/b.jsonl#2: is not valid JSON at line 2 column 2: Expecting property name "
        "enclosed in double quotes",
    ]
