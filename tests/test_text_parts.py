"""What the first lines and the front matter of texts say in further ways."""

from pathlib import Path

import pytest

from corpus.datelines import Dateline, read_dateline
from tests.reading_files import one, said, told, written

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


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("Lamp out", "{url: https://a.example/moira, name: Moira Quill}"),
        ('"Lamp" out: again', "'Moira Quill'"),  # Not YAML, and common.
        ("*Lamp* out", "&quill Moira Quill"),  # In YAML these refer to something.
    ],
)
def test_front_matter_that_is_hardly_yaml(tmp_path: Path, title: str, author: str) -> None:
    front = f"title: {title}\nauthor: {author}"
    article = one(written(tmp_path / "a.md", f"---\n{front}\n---\n{TEXT}\n"))
    assert (article.title, article.text) == (title, TEXT)
    assert article.author in {"Moira Quill", "&quill Moira Quill"}


def test_references_without_end_in_front_matter_are_no_trouble(tmp_path: Path) -> None:
    lines = ["title: Lamp out", "a0: &a0 [x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 30)]
    path = written(tmp_path / "a.md", "\n".join(["---", *lines, "---", TEXT]))
    assert one(path).text.endswith(TEXT)


VTT = """WEBVTT
Language: en

NOTE
made by hand

1
00:00.000 --> 00:04.000
<v Moira Quill>The lamp went <i>out</i>
at noon.

00:04.000 --> 00:06.000 align:start
at noon.
Nobody saw it.

00:06.000 --> 00:08.000
<v Bob>I was &amp; am asleep.
"""
SRT = """1
00:00:00,000 --> 00:00:04,000
{\\an8}Moira Quill: The lamp went out
at noon.

2
00:00:04,000 --> 00:00:06,000
Nobody saw it.

3
00:00:06,000 --> 00:00:08,000
Bob: I was & am asleep.
""".replace("\n", "\r\n")


@pytest.mark.parametrize(("name", "content"), [("2015-05-13.vtt", VTT), ("2015-05-13.srt", SRT)])
def test_subtitles(tmp_path: Path, name: str, content: str) -> None:
    article = one(written(tmp_path / name, content))
    assert article.text == (
        "Moira Quill: The lamp went out at noon. Nobody saw it.\n\nBob: I was & am asleep."
    )
    assert str(article.published) == "2015-05-13"
    assert article.language == ("en" if name.endswith("vtt") else None)


def test_subtitles_without_times_are_one_line(tmp_path: Path) -> None:
    assert told(written(tmp_path / "a.srt", TEXT)) == (
        [], ["is named as subtitles are, and has no times"]
    )  # fmt: skip
