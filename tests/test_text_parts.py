"""What the first lines and the front matter of texts say in further ways."""

from pathlib import Path

import pytest

from corpus.datelines import Dateline, read_dateline
from tests.reading_files import one, said, written

TEXT = "The lamp went out at noon, and nobody on the island saw it."


def test_a_line_below_the_headline_of_a_text_is_no_text(tmp_path: Path) -> None:
    article = one(written(tmp_path / "a.txt", f"LAMP OUT\n========\n\n{TEXT}\n"))
    assert (article.title, article.text) == ("LAMP OUT", TEXT)


@pytest.mark.parametrize(
    ("source", "paper", "url"),
    [
        ("https://a.example/lamp", "a.example", "https://a.example/lamp"),
        ("https://www.a.example/", "a.example", None),
        ("Skerry Observer", "Skerry Observer", None),
    ],
)
def test_a_note_that_was_clipped(tmp_path: Path, source: str, paper: str, url: str | None) -> None:
    front = f'title: Lamp out\nsource: "{source}"\nauthor:\n  - "[[people/Moira|Moira Quill]]"'
    article = one(written(tmp_path / "a.md", f"---\n{front}\npublished: 2015-05-13\n---\n{TEXT}\n"))
    assert said(article) == ("Lamp out", "2015-05-13", paper, "Moira Quill", TEXT)
    assert article.url == url


def test_a_country_in_brackets_is_no_agency() -> None:
    line = f"PORT-HARROW (France), 12 mars 2024 (AFP) - {TEXT}"
    read = read_dateline(line, "fr")
    assert (read.source, read.place, str(read.published)) == ("AFP", "PORT-HARROW", "2024-03-12")


@pytest.mark.parametrize("line", ["Odile Marsh (Quay Ward) (Ind)", "Olaf Mast (SPD)"])
def test_who_speaks_is_no_place(line: str) -> None:
    assert read_dateline(f"{line}\n\n{TEXT}") == Dateline()


def test_a_name_in_an_object_of_front_matter(tmp_path: Path) -> None:
    front = "title: Lamp out\nauthor: {url: https://a.example/moira, name: Moira Quill}"
    assert one(written(tmp_path / "a.md", f"---\n{front}\n---\n{TEXT}\n")).author == "Moira Quill"
