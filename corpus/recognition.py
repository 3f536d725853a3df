"""The text of pictures of pages, where the program tesseract is installed."""

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
"""The environment variable that names the languages of pages, as tesseract does: ``deu+eng``."""

_NAMES = re.compile(r"[A-Za-z_]{2,30}(?:\+[A-Za-z_]{2,30}){0,9}")
_SECONDS = 60.0
_MOST_LANGUAGES = 4
"""Of those that are installed, where none are named; each makes it slower."""

_LEAST = 500
"""Pixels on each side of a picture that may be a page."""


def picture_of_page(page: Any) -> bytes | None:
    """The largest picture on a page of a PDF, as PNG; None if none may be a page.

    Raises ValueError for one of more pixels than Pillow takes for harmless.
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
    """What tesseract reads in a picture, blank lines between paragraphs.

    Raises NotReadable if it takes longer than a minute, or fails: for want of a language, say.
    """
    return _asked("stdin", "stdout", "-l", _languages(), given=picture).replace("\f", "")


def program() -> str | None:
    """Where tesseract is installed, if it is."""
    return shutil.which("tesseract")


def _languages() -> str:
    named = os.environ.get(LANGUAGES, "")
    if named and not _NAMES.fullmatch(named):
        raise NotReadable(f"is a scan, and {LANGUAGES} is not such as deu+eng but {named[:50]!r}")
    return named or _installed(program())


@cache
def _installed(command: str | None) -> str:
    """The languages that tesseract has installed; it is asked once."""
    listed = _asked("--list-langs").split("\n")[1:]
    names = [name for line in listed if _NAMES.fullmatch(name := line.strip()) and name != "osd"]
    return "+".join(names[:_MOST_LANGUAGES]) or "eng"


def _asked(*arguments: str, given: bytes = b"") -> str:
    """What tesseract prints when it is run with these arguments."""
    command = [program() or "tesseract", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 — no word of a file is among the arguments
            command, input=given, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotReadable(f"takes tesseract longer than {_SECONDS:.0f} seconds a page") from None
    if done.returncode:
        message = one_line(done.stderr.decode(errors="replace"))[:200]
        raise NotReadable(f"cannot be read by tesseract: {message or 'it failed'}")
    return done.stdout.decode(errors="replace")
