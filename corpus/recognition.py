"""Reads the text in pictures of pages, if the program tesseract is installed."""

import os
import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from typing import Any

from corpus.encoding import NotReadable, one_line

MISSING = (
    "its pages are pictures; install tesseract (on Debian: apt install tesseract-ocr, and for "
    "German tesseract-ocr-deu), which reads them"
)
LANGUAGES = "OCR_LANGUAGES"
"""The environment variable for the languages of pages, in tesseract's names: ``deu+eng``."""

_NAMES = re.compile(r"[A-Za-z_]{2,30}(?:\+[A-Za-z_]{2,30}){0,9}")
_SECONDS = 60.0
_MOST_LANGUAGES = 4
"""Installed languages that are used if none are named; each makes tesseract slower."""

_LEAST = 500
"""Pixels on each side of a picture that may be a page."""


def picture_of_page(page: Any) -> bytes | None:
    """The largest picture on a page of a PDF, as PNG; None if it is too small for a page.

    Raises ValueError if it has more pixels than Pillow considers harmless.
    """
    from PIL import Image

    try:
        pictures = [image.image for image in page.images if image.image is not None]
        largest = max(pictures, key=lambda picture: picture.width * picture.height, default=None)
        if largest is None or min(largest.size) < _LEAST:
            return None
        file = BytesIO()
        largest.convert("L").save(file, "PNG")
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from None
    return file.getvalue()


def text_of_picture(picture: bytes) -> str:
    """The text that tesseract reads in a picture, with blank lines between paragraphs.

    Raises NotReadable if it takes longer than a minute, or fails: if a language is missing, say.
    """
    return _run("stdin", "stdout", "-l", _languages(), data=picture).replace("\f", "")


def program() -> str | None:
    """The path of tesseract, or None if it is not installed."""
    return shutil.which("tesseract")


def _languages() -> str:
    names = os.environ.get(LANGUAGES, "")
    if names and not _NAMES.fullmatch(names):
        raise NotReadable(f"is a scan, and {LANGUAGES} is not such as deu+eng but {names[:50]!r}")
    return names or _installed_languages(program())


@cache
def _installed_languages(command: str | None) -> str:
    """The languages that are installed for tesseract, which is asked once."""
    lines = _run("--list-langs").split("\n")[1:]
    names = [name for line in lines if _NAMES.fullmatch(name := line.strip()) and name != "osd"]
    return "+".join(names[:_MOST_LANGUAGES]) or "eng"


def _run(*arguments: str, data: bytes = b"") -> str:
    """The output of tesseract for these arguments and this input."""
    command = [program() or "tesseract", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 — no word of a file is among the arguments
            command, input=data, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotReadable(f"takes tesseract longer than {_SECONDS:.0f} seconds a page") from None
    if done.returncode:
        message = one_line(done.stderr.decode(errors="replace"))[:200]
        raise NotReadable(f"cannot be read by tesseract: {message or 'it failed'}")
    return done.stdout.decode(errors="replace")
