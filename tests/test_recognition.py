"""Scanned clippings, by a program that takes the place of tesseract, and by tesseract itself."""

import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.reading_files import one, told, written

SAID = "The keeper of Skerry has gone."
FAKE = """#!/bin/sh
if [ "$1" = --list-langs ]; then printf 'List of languages:\\neng\\nosd\\nswe\\n'; exit; fi
cat > /dev/null
{0}
"""


def scan(path: Path, *pages: str) -> Path:
    """A PDF whose pages are pictures of these lines."""
    pictures = []
    for line in pages:
        picture = Image.new("L", (1200, 700), "white")
        ImageDraw.Draw(picture).text((80, 80), line, "black", ImageFont.load_default(size=48))
        pictures.append(picture)
    pictures[0].save(path, "PDF", save_all=True, append_images=pictures[1:])
    return path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which alone programs are looked for, beside those of a shell."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "cat", "printf"):
        (folder / name).symlink_to(shutil.which(name) or "/bin/false")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(programs: Path, does: str) -> None:
    written(programs / "tesseract", FAKE.format(does)).chmod(0o755)


def test_a_scan_is_read_in_the_languages_that_there_are(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(programs, 'printf "Read in %s by tesseract from %s." "$4" "$1"')
    path = scan(tmp_path / "a.pdf", SAID)
    assert one(path).text == "Read in eng+swe by tesseract from stdin."
    monkeypatch.setenv("OCR_LANGUAGES", "deu")
    assert one(path).text == "Read in deu by tesseract from stdin."
    monkeypatch.setenv("OCR_LANGUAGES", "--psm 3")
    assert told(path) == ([], ["is a scan, and OCR_LANGUAGES is not such as deu+eng but '--psm 3'"])


def test_why_a_scan_is_not_read(programs: Path, tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", SAID, SAID)
    assert [reason.partition(" (")[0] for reason in told(path)[1]] == [
        "has no text layer: its pages are pictures; install tesseract"
    ]
    install(programs, "echo no such language >&2; exit 1")
    assert told(path)[1] == ["cannot be read by tesseract: no such language"]


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_tesseract_itself(tmp_path: Path) -> None:
    assert one(scan(tmp_path / "a.pdf", SAID)).text == SAID
