"""Dossiers that are taken to another archive, and elsewhere as files."""

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from docx import Document
from markdown_it import MarkdownIt

from assistant.page.dossier_entries import Entry, entries, quote
from assistant.page.dossier_files import as_csl, as_docx, as_markdown
from assistant.page.dossiers import Dossiers, NotPinned, Whole, read, written
from index import Archive
from tests.fakes import FakeEncoder
from tests.pinned import (
    BRIDGE,
    DAY,
    HOSTILE,
    OPENED,
    QUESTION,
    answered,
    archive,
    client,
    dossiers,
    words,
)
from tests.scripted import MARKUP

__all__ = ["archive", "dossiers"]


# --- Brought to another archive -------------------------------------------------------------------


def test_a_file_is_taken_to_an_archive_that_is_made_anew(
    archive: Archive, dossiers: Dossiers, tmp_path: Path
) -> None:
    archive.add([replace(BRIDGE, title="Bridge opens at last")])
    newest = archive.article("bridge")
    assert newest is not None
    pinned = (words(newest, OPENED), Whole("talks", 1), answered(archive))
    dossiers.pin("Bridge", pinned, "Mine.")
    dossiers.rename("Bridge", "Bridges")
    file = client(archive).get("/dossier-export?name=Bridges&form=file")
    assert file.headers["content-disposition"] == 'attachment; filename="bridges.dossier.json"'
    assert OPENED not in file.text
    with Archive.create(tmp_path / "other", FakeEncoder()) as other:
        other.add([newest, HOSTILE])
        taken = Dossiers(other)
        assert [taken.take_in(file.content) for _ in range(3)] == [
            "Bridges", "Bridges (2)", "Bridges (3)"
        ]  # fmt: skip
        items = taken.open("Bridges (2)").items
        assert tuple(item.pinned for item in items) == pinned
        here = entries(other, items)
        assert [entry.citations[0].quote for entry in (here[0], here[2])] == [OPENED, OPENED]
        assert (here[0].since, here[0].item.note) == ("", "Mine.")
        assert here[1].problem == "Withdrawn since, or not in this archive."


def test_a_hostile_file_is_refused_in_one_sentence(archive: Archive, dossiers: Dossiers) -> None:
    dossiers.pin("Good", [words(BRIDGE, OPENED)], "Mine.")
    good = json.loads(written(dossiers.open("Good")))
    item = good["items"][0]
    place = item["pinned"]
    for wrong in (
        [], {}, 7, good | {"kind": "Dateline dossier 2"}, good | {"more": 1}, good | {"name": ""},
        good | {"name": "x" * 101}, good | {"items": [item] * 201}, good | {"changed": "soon"},
        good | {"items": [item | {"id": "\"><b>"}]}, good | {"items": [item | {"note": 7}]},
        good | {"items": [item | {"note": "x" * 4_001}]}, good | {"items": [item | {"pinned": {}}]},
        *(good | {"items": [item | {"pinned": place | change}]}
          for change in ({"start": -1}, {"end": 2**31}, {"version": "1"}, {"hash": "x" * 17},
                         {"article": ""}, {"answer": "2x"}, {"start": 1.5}, {"start": True})),
    ):  # fmt: skip
        with pytest.raises(NotPinned, match=r"^This is no dossier that Dateline wrote"):
            read(json.dumps(wrong))
    page = client(archive)
    for content in (b"", b"\xff\xfe", b'"\\ud800"', b"[" * 900_000, b"\x89PNG", b"x" * 1_000_001):
        answer = page.post("/dossiers", files={"file": ("a.json", content)})
        assert answer.status_code == 400
        assert len(re.findall('role="alert"', answer.text)) == 1
    # The same item twice is two items; what is markup in a file is text.
    name = f"<b>{MARKUP[:60]}"
    twice = good | {"name": name, "items": [item, item | {"note": MARKUP}]}
    led = page.post("/dossiers", files={"file": ("a.json", json.dumps(twice).encode())})
    html = page.get(f"/{led.headers['location']}").text
    assert len(set(re.findall('<li id="item-([0-9a-f]{16})"', html))) == 2
    assert "&lt;script&gt;" in html
    assert html.count("<script") == html.count('<script defer src="page/')
    assert "<img" not in html


# --- Taken elsewhere ------------------------------------------------------------------------------


@pytest.fixture
def everything(archive: Archive, dossiers: Dossiers) -> list[Entry]:
    """One of everything: a quote with a note, an article, markup, an answer, what is gone."""
    hostile = quote(HOSTILE, 0, len(HOSTILE.text))
    pinned = [words(BRIDGE, "It rained on Holm."), Whole("talks", 1), hostile, answered(archive),
              Whole("/home/ana/gone.txt", 1)]  # fmt: skip
    dossiers.pin("A <b>*name*</b>", pinned, f"First line.\n\n# {MARKUP}")
    return entries(archive, dossiers.open("A <b>*name*</b>").items)


LINES = [
    "A <b>*name*</b>",
    "It rained on Holm.",
    "Bridge opens · Gazette · 21 August 2016 https://gazette.example/bridge",
    "First line.",
    f"# {MARKUP}",
    "Talks end · Wire · 21 August 2016",
    HOSTILE.text,
    f"{MARKUP} · {MARKUP} · 21 August 2016",
    QUESTION,
    "Asked on 27 November 2026, when the archive held 3 articles, 21 August 2016.",
    OPENED,
    "[1] Bridge opens · Gazette · 21 August 2016 https://gazette.example/bridge",
    "gone.txt",
    "Withdrawn since, or not in this archive.",
]
PLAIN = [re.sub("[\u202a-\u202e]", "", text) for text in LINES]


def test_markdown_as_a_parser_reads_it(everything: list[Entry], dossiers: Dossiers) -> None:
    markdown = as_markdown(dossiers.open("A <b>*name*</b>"), everything)
    tokens = MarkdownIt("gfm-like").parse(markdown)
    lines = [
        "".join(part.content for part in token.children or [] if part.type == "text")
        for token in tokens
        if token.type == "inline"
    ]
    assert lines == PLAIN
    kinds = [token.tag for token in tokens if token.nesting == 1]
    assert kinds.count("blockquote") == 3
    assert (kinds.count("h1"), kinds.count("h2")) == (1, 1)
    assert not {token.type for token in tokens} & {"html_block", "fence", "table_open"}


def test_word_document_is_read_back(everything: list[Entry], dossiers: Dossiers) -> None:
    made = Document(BytesIO(as_docx(dossiers.open("A <b>*name*</b>"), everything)))
    assert [paragraph.text for paragraph in made.paragraphs] == PLAIN
    quotes = [part.text for part in made.paragraphs if part.style.name == "Intense Quote"]
    assert quotes == [PLAIN[1], PLAIN[6], OPENED]
    links = [link.address for part in made.paragraphs for link in part.hyperlinks]
    assert links == ["https://gazette.example/bridge"] * 2
    assert made.core_properties.author == ""


def test_csl_has_one_item_for_each_article(everything: list[Entry]) -> None:
    items = {item["title"]: item for item in as_csl(everything, DAY)}
    assert list(items) == ["Bridge opens", "Talks end", PLAIN[7].partition(" · ")[0]]
    assert items["Bridge opens"]["note"] == f"“It rained on Holm.” “{OPENED}”"
    assert items["Bridge opens"]["URL"] == "https://gazette.example/bridge"
    assert "note" not in items["Talks end"]
    assert items["Talks end"]["accessed"] == {"date-parts": [[2026, 11, 27]]}


def test_page_to_print(archive: Archive, everything: list[Entry]) -> None:
    html = client(archive).get(f"/dossier-print?{urlencode({'name': 'A <b>*name*</b>'})}").text
    assert f'<blockquote dir="auto" lang="">{OPENED}</blockquote>' in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
