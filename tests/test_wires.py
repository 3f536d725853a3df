"""Stories as wires transmitted them, and exports of channels and crawls that are no articles."""

import gzip
import json
from pathlib import Path

import pytest

from tests.made_files import warc_record
from tests.reading_files import articles, said, told, written

TEXT = "MARROWBY (AP) _ The lamp went out.\n\nNobody saw it."

ANPA = (
    "\x16\x16\x01a0123\x1fasian\r\nr i\x13\x11 BC-Marrowby-Lamp     03-05 0123\r\n"
    "\x02^BC-Marrowby--Lamp,123<\r\n^Lamp out in Marrowby<\r\n^AP Photo XNP101<\r\n"
    "^Eds: With AP Photo.<\r\n^By MOIRA QUILL=\r\n^Associated Press=\r\n"
    "\t   MARROWBY (AP) _ The lamp went out.<\r\n\t   Nobody saw it.<\r\n \r\n"
    "\x03AP-WF-03-05-13 1509GMT<\r\n\x04\r\n"
)
IPTC = (
    "\x01eca0124 3 i 93  dpa 1888\r\n\r\n\x02Sarle/lamps/\r\nEXTRA\r\nLamp out in Marrowby, "
    "mayor\r\nsays =\r\n\r\nMarrowby (dpa) - The lamp went\r\nout.\r\n\r\nNobody saw it.\r\n\r\n"
    "# Notebook\r\n\r\n## Internet links\r\n- [Lamps](http://lamps.example)\r\n\r\n"
    "dpa grj rmo\r\n\r\n\x03212101 GMT Nov 18\r\n\x04"
)


@pytest.mark.parametrize("name", ["a.txt", "a.tst", "a.anpa", "wire"])
def test_anpa_1312(tmp_path: Path, name: str) -> None:
    lamp, again = articles(written(tmp_path / name, ANPA * 2))
    assert said(lamp) == ("Lamp out in Marrowby", "2013-03-05", "AP", "MOIRA QUILL", TEXT)
    assert (lamp.place, again.text) == ("MARROWBY", TEXT)


def test_iptc_7901(tmp_path: Path) -> None:
    (lamp,) = articles(written(tmp_path / "a.txt", IPTC))
    text = "Marrowby (dpa) - The lamp went out.\n\nNobody saw it."
    title = "Lamp out in Marrowby, mayor says"
    assert said(lamp) == (title, "2018-11-21", "dpa", None, text)


@pytest.mark.parametrize(
    ("name", "content", "titles", "line"),
    [
        ("a.txt", ANPA + ANPA[:150], ["Lamp out in Marrowby"], "breaks off in its story 2"),
        ("a.txt", f"\x01a\x02{'<' * 3_000_000}\x03", [], "has no text"),
        ("a.txt", f"\x01{'a' * 99}\x02^\x03", [], "has no text"),
        ("a.anpa", "It rained.", [], "is no story of a wire: it has no text between STX and ETX"),
    ],
)
def test_damaged_wires(
    tmp_path: Path, name: str, content: str, titles: list[str], line: str
) -> None:
    assert told(written(tmp_path / name, content)) == (titles, [line])


def test_a_channel_of_telegram(tmp_path: Path) -> None:
    bold = ["The lamp ", {"type": "bold", "text": "went out"}, "."]
    for number, name in enumerate(["Courier", "Gazette"], start=1):
        messages = [
            {"id": 1, "type": "service", "date": "2021-03-05T07:00:00", "action": "create_channel"},
            {"id": 2, "type": "message", "date": "2021-03-05T08:00:00", "from": name, "text": bold},
            {"id": 3, "type": "message", "date": "2021-03-05T09:00:00", "photo": "a", "text": ""},
        ]
        export = {"name": name, "type": "public_channel", "id": number, "messages": messages}
        written(tmp_path / name / "result.json", json.dumps(export))
    found = articles(tmp_path)
    assert [article.id for article in found] == ["telegram-1-2", "telegram-2-2"]
    assert said(found[0]) == (
        "The lamp went out.", "2021-03-05", "Courier", None, "The lamp went out."
    )  # fmt: skip


def test_what_is_no_article_is_one_line(tmp_path: Path) -> None:
    chat = (
        '<html><head><title>Exported Data</title></head><body><div class="page_body chat_page">'
        '<div class="text">The lamp went out.</div></div></body></html>'
    )
    path = written(tmp_path / "messages.html", chat)
    line = "is a chat that Telegram has exported; export it as JSON to read it"
    assert told(path) == ([], [line])
    page = warc_record("conversion", "https://a.example/lamp", b"Home\nThe lamp went out.")
    path = written(tmp_path / "CC-MAIN.warc.wet.gz", gzip.compress(page))
    line = (
        "holds the texts of pages without their markup, in which nothing tells an article from the "
        "menus around it; read the WARC files of the same crawl"
    )
    assert told(path) == ([], [line])
