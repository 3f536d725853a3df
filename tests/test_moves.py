"""Articles that are known by their places only, and whose places change."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from index import Archive
from index.report import Report
from tests.fakes import FakeEncoder

# A letter is an article, the number after it which text of it: "B1" corrects "B0".
Row = str


def text(row: Row) -> str:
    words = [f"{row[0]}{number}" for number in range(40)]
    return " ".join([*words, f"Text {row[1]}."])


def write(table: Path, rows: Sequence[Row], headlines: Mapping[Row, str] | None = None) -> None:
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "text"])
        writer.writerows(
            ((headlines or {}).get(row) or f"About {row[0]}", text(row)) for row in rows
        )


def rows_of(articles: object) -> list[Row]:
    return [one.text[0] + one.text[-2] for one in articles]  # type: ignore[attr-defined]


def standing(archive: Archive, table: Path) -> list[list[Row]]:
    """Of each row of a table all texts that the archive has of it, the first one first."""
    ids = sorted(one.id for one in archive if one.id.startswith(f"{table}#"))
    return [
        rows_of([*archive.history(id), archive.article(id)])
        for id in sorted(ids, key=lambda id: int(id.rpartition("#")[2]))
    ]


def counted(report: Report) -> dict[str, int]:
    kinds = ("added", "changed", "moved", "returned", "withdrawn", "kept")
    return {kind: len(getattr(report, kind)) for kind in kinds if getattr(report, kind)}


CASES = {
    "put in first": (
        ["A0", "B0"], ["X0", "A0", "B0"], [["X0"], ["A0"], ["B0"]], {"added": 1, "moved": 2},
    ),
    "taken out": (
        ["A0", "B0", "C0"], ["B0", "C0"], [["B0"], ["C0"]], {"moved": 2, "withdrawn": 1},
    ),
    "the newest ones only": (
        ["C0", "B0", "A0"], ["D0", "C0", "B0"], [["D0"], ["C0"], ["B0"]],
        {"added": 1, "moved": 2, "withdrawn": 1},
    ),
    "in another order": (
        ["A0", "B0", "C0"], ["C0", "A0", "B0"], [["C0"], ["A0"], ["B0"]], {"moved": 3},
    ),
    "corrected": (["A0", "B0"], ["A0", "B1"], [["A0"], ["B0", "B1"]], {"changed": 1}),
    "corrected and put in before": (
        ["A0", "B0"], ["X0", "A0", "B1"], [["X0"], ["A0"], ["B0", "B1"]],
        {"added": 1, "moved": 1, "changed": 1},
    ),
    "corrected and taken out before": (
        ["A0", "B0", "C0"], ["B1", "C0"], [["B0", "B1"], ["C0"]],
        {"changed": 1, "moved": 1, "withdrawn": 1},
    ),
    "others": (["A0", "B0"], ["C0", "B0"], [["C0"], ["B0"]], {"added": 1, "withdrawn": 1}),
    "twice": (["A0", "A0"], ["X0", "A0", "A0"], [["X0"], ["A0"], ["A0"]], {"added": 1, "moved": 1}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_rows_without_ids_are_followed(case: str, archive: Archive, tmp_path: Path) -> None:
    before, after, expected, report = CASES[case]
    table = tmp_path / "news.csv"
    write(table, before)
    archive.sync([table])
    write(table, after)
    assert counted(archive.sync([table])) == report
    assert standing(archive, table) == expected
    assert counted(archive.sync([table])) == {}


def test_what_was_taken_out_comes_back(
    archive: Archive, tmp_path: Path, encoder: FakeEncoder
) -> None:
    table = tmp_path / "news.csv"
    write(table, ["A0", "B0", "C0"])
    archive.sync([table])
    write(table, ["A1", "C0"])
    [withdrawn] = archive.sync([table]).withdrawn
    assert archive.article(withdrawn) is None
    assert rows_of([archive.article(withdrawn, withdrawn=True)]) == ["B0"]
    assert rows_of(archive) == ["A1", "C0"]
    write(table, ["A1", "B0", "C0"])
    asked = len(encoder.asked)
    assert counted(archive.sync([table])) == {"moved": 1, "returned": 1}
    assert len(encoder.asked) == asked
    assert standing(archive, table) == [["A0", "A1"], ["B0"], ["C0"]]


def test_adding_withdraws_nothing(archive: Archive, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    write(table, ["A0", "B0"])
    archive.add_from([table])
    write(table, ["C0", "A0"])
    assert counted(archive.add_from([table])) == {"added": 1, "moved": 1}
    assert sorted(rows_of(archive)) == ["A0", "B0", "C0"]
    assert [archive.history(article.id) for article in archive] == [[], [], []]


def test_a_headline_alone_makes_no_other_article(archive: Archive, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    write(table, ["A0"])
    archive.sync([table])
    write(table, ["A1"], {"A1": "All about A"})
    assert counted(archive.sync([table])) == {"changed": 1}
    # Nor does another text below the same headline.
    write(table, ["B0"], {"B0": "All about A"})
    assert counted(archive.sync([table])) == {"changed": 1}
    assert standing(archive, table) == [["A0", "A1", "B0"]]


def test_nothing_is_withdrawn_where_a_row_cannot_be_read(archive: Archive, tmp_path: Path) -> None:
    lines = [f'{{"title": "About {row[0]}", "text": "{text(row)}"}}' for row in ("A0", "B0", "C0")]
    records = tmp_path / "news.jsonl"
    records.write_text("\n".join(lines))
    archive.sync([records])
    records.write_text("\n".join([lines[0], lines[2], lines[1][:-9]]))
    report = archive.sync([records])
    assert (report.withdrawn, sorted(rows_of(archive))) == ([], ["A0", "B0", "C0"])
    records.write_text("\n".join([lines[0], lines[2], lines[1]]))
    assert archive.sync([records]).withdrawn == []
    assert standing(archive, records) == [["A0"], ["C0"], ["B0"]]


@pytest.mark.parametrize("name", ["2019", "2021"])
def test_two_tables_that_count_alike(archive: Archive, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    # Whichever is read first.
    old, new = folder / "2020.csv", folder / f"{name}.csv"
    old.write_text("id,title,text\n1,Fire,The mill burned down at night.\n2,Flood,It rose.\n")
    archive.sync([folder])
    new.write_text("id,title,text\n1,Vote,A mayor was elected again.\n2,Bridge,It opened.\n")
    report = archive.sync([folder])
    assert (report.added, report.failed) == ([f"1 in {new}", f"2 in {new}"], [])
    assert sorted(archive.sync([folder]).unchanged) == ["1", f"1 in {new}", "2", f"2 in {new}"]
    # What is corrected in its file stays itself, also where another row is put in first.
    new.write_text("id,title,text\n9,Rain,It fell.\n1,Vote,A mayor was elected again they say.\n")
    report = archive.sync([folder])
    assert (report.added, report.changed) == (["9"], [f"1 in {new}"])
    assert report.withdrawn == [f"2 in {new}"]
    old.unlink()
    assert archive.sync([folder]).withdrawn == ["1", "2"]
    assert archive.sync([folder]).unchanged == ["9", f"1 in {new}"]
    # All at once, in a new archive, none is lost either.
    old.write_text("id,title,text\n1,Fire,The mill burned down at night.\n")
    with Archive.create(tmp_path / "other", FakeEncoder()) as other:
        assert len(other.sync([folder]).added) == 3
        assert {article.title for article in other} == {"Fire", "Rain", "Vote"}


def test_two_tables_of_reports_that_are_worded_alike(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for year in (2020, 2021):
        (folder / f"{year}.csv").write_text(
            f"id,date,title,text\n1,{year}-05-04,Sale of May {year},"
            f"The spring sale of horses in Holm brought {year} crowns and ended at noon.\n"
        )
    report = archive.sync([folder])
    assert (report.added, report.failed) == (["1", f"1 in {folder / '2021.csv'}"], [])
    assert {article.title for article in archive} == {"Sale of May 2020", "Sale of May 2021"}
    assert len(archive.sync().unchanged) == 2


BRIDGE = (
    "The bridge over the Sarle was reopened on Friday after it had been closed for most of the "
    "winter. Police said that the works were carried out at night so that the traffic in the town "
    "was not held up, and that the mayor had asked for it."
)
SALE = "The spring sale of horses in Holm brought {} crowns and ended at noon."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # A column; a brief whose words all are in a long text; a report with other numbers.
        ("Letters,2023-05-02,Sir the lamp is out.", "Letters,2024-05-02,The ferry is too dear."),
        ("Fire,,The fire was put out on Friday police said.", f'Bridge,,"{BRIDGE}"'),
        (f"Sale,2023-05-04,{SALE.format(2150)}", f"Sale,2024-05-02,{SALE.format(1970)}"),
    ],
)
def test_no_row_of_another_table_replaces_a_row(
    archive: Archive, encoder: FakeEncoder, tmp_path: Path, old: str, new: str
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    tables = [folder / "2023.csv", folder / "2024.csv"]
    for table, row in zip(tables, (old, new), strict=True):
        table.write_text(f"id,title,date,text\n1,{row}\n")
    ids = ["1", f"1 in {tables[1]}"]
    report = archive.sync([folder])
    assert (report.added, report.failed) == (ids, [])
    assert archive.sync([folder]).unchanged == ids
    # Named one by one, as a shell does, or one after the other, as while it watches.
    with Archive.create(tmp_path / "named", encoder) as named:
        report = named.sync(tables)
        assert (report.added, report.conflicts, report.refused) == (ids, [], [])
        assert named.sync(tables[1:]).unchanged == ids[1:]
    with Archive.create(tmp_path / "watched", encoder) as watched:
        watched.sync(tables[:1])
        report = watched.sync(tables[1:], within=[folder])
        assert (report.added, report.conflicts, report.changed) == (ids[1:], [], [])


def test_a_row_that_is_corrected_in_another_table_is_the_same(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for day, text in (("04", SALE.format(2150)), ("05", f"Corrected: {SALE.format(2510)}")):
        rows = f"id,title,date,text\n1,Sale,2024-05-{day},{text}\n"
        (folder / f"{day}.csv").write_text(rows)
    assert archive.sync([folder]).added == ["1"]
    assert archive.article("1").text.startswith("Corrected")


def test_a_record_moves_with_its_id_however_it_is_corrected(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    old = folder / "2020.csv"
    old.write_text("id,title,text\n1,Fire,The mill burned down at night.\n")
    archive.sync([folder])
    old.unlink()
    (folder / "2021.csv").write_text("id,title,text\n1,Blaze,Nobody knows who began it.\n")
    assert archive.sync([folder]).changed == ["1"]


def test_files_that_change_names(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    mill, ferry, rain = (folder / f"{name}.txt" for name in ("mill", "ferry", "rain"))
    for file, row in ((mill, "M0"), (ferry, "F0"), (rain, "R0")):
        file.write_text(f"About {row[0]}\n\n{text(row)}\n")
    archive.sync([folder])
    mill.rename(folder / "aside")
    ferry.rename(mill)
    (folder / "aside").rename(ferry)
    # What was in a file goes where it is copied, if that file has another article now; but not if
    # it is corrected there.
    (folder / "copy.txt").write_text(rain.read_text())
    rain.write_text(f"About R\n\n{text('R1')}\n")
    report = archive.sync([folder])
    assert counted(report) == {"moved": 2, "changed": 1, "added": 1}
    assert {
        file.stem: rows_of([*archive.history(str(file)), archive.article(str(file))])
        for file in folder.iterdir()
    } == {"mill": ["F0"], "ferry": ["M0"], "rain": ["R0", "R1"], "copy": ["R0"]}
    assert [found.article.id for found in archive.search("M7", channels=["lexical"])] == [
        str(ferry)
    ]


def test_files_with_one_headline_change_names(archive: Archive, tmp_path: Path) -> None:
    """A column has the same headline every day, and its files are passed on from day to day."""
    folder = tmp_path / "news"
    folder.mkdir()
    days = [folder / f"{name}.txt" for name in ("today", "yesterday", "before")]

    def write_column(day: Path, row: Row) -> None:
        day.write_text(f"In brief\n\n{text(row)}\n")

    def histories() -> list[list[Row]]:
        articles = [(archive.history(str(day)), archive.article(str(day))) for day in days]
        return [rows_of([*history, article]) for history, article in articles if article]

    write_column(days[0], "A0")
    write_column(days[1], "B0")
    archive.sync([folder])
    days[1].replace(days[2])
    days[0].replace(days[1])
    write_column(days[0], "C0")
    assert counted(archive.sync([folder])) == {"added": 1, "moved": 2}
    assert histories() == [["C0"], ["A0"], ["B0"]]
    # The last one drops out.
    days[1].replace(days[2])
    days[0].replace(days[1])
    write_column(days[0], "D0")
    assert counted(archive.sync([folder])) == {"added": 1, "moved": 2, "withdrawn": 1}
    assert histories() == [["D0"], ["C0"], ["A0"]]
    # So do two that have most words in common. But a column that is replaced by a copy of itself
    # which was corrected aside is a new version.
    write_column(days[0], "C1")
    archive.sync([folder])
    days[0].replace(folder / "aside")
    days[1].replace(days[0])
    (folder / "aside").replace(days[1])
    assert counted(archive.sync([folder])) == {"moved": 2}
    assert histories() == [["C0"], ["D0", "C1"], ["A0"]]
    write_column(folder / "aside.txt", "A2")
    archive.sync([folder])
    (folder / "aside.txt").replace(days[2])
    assert counted(archive.sync([folder])) == {"changed": 1, "withdrawn": 1}
    assert histories() == [["C0"], ["D0", "C1"], ["A0", "A2"]]


def test_articles_take_each_others_ids(place: str, encoder: FakeEncoder, tmp_path: Path) -> None:
    with Archive.create(place, encoder) as archive:
        table = tmp_path / "news.csv"
        write(table, ["A0", "B0", "C0"])
        archive.sync([table])
        before = archive.truth.standing([f"{table}#{number}" for number in (1, 2, 3)])
        one, two, three = before.values()
        # The third was changed by somebody else meanwhile: the second cannot have its id, nor the
        # first the second's.
        write(table, ["A0", "B0", "C1"])
        archive.sync([table])
        archive.truth.move([(one, two.id), (two, three.id), (three, one.id)], [])
        assert standing(archive, table) == [["A0"], ["B0"], ["C0", "C1"]]
        archive.truth.move([(one, two.id), (two, one.id)], [])
        assert standing(archive, table) == [["B0"], ["A0"], ["C0", "C1"]]


_TABLES = some.lists(
    some.lists(some.sampled_from("ABCDEF"), unique=True, min_size=1, max_size=6),
    min_size=2,
    max_size=4,
)


@given(_TABLES, some.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_no_article_takes_over_the_history_of_another(
    tmp_path_factory: pytest.TempPathFactory, tables: list[list[str]], random: object
) -> None:
    folder = tmp_path_factory.mktemp("moves")
    table = folder / "news.csv"
    texts = dict.fromkeys("ABCDEF", 0)
    with Archive.create(folder / "archive", FakeEncoder()) as archive:
        for letters in tables:
            for letter in letters:
                texts[letter] += random.random() < 0.3  # type: ignore[attr-defined]
            write(table, [f"{letter}{texts[letter]}" for letter in letters])
            archive.sync([table])
            assert [rows[-1] for rows in standing(archive, table)] == [
                f"{letter}{texts[letter]}" for letter in letters
            ]
            for rows in standing(archive, table):
                assert len({row[0] for row in rows}) == 1
                assert sorted(set(rows)) == rows
