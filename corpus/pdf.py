"""PDF clippings, with a text layer or, if tesseract is installed, without one.

The metadata of a PDF has the date of the file, which is often the day of the clipping, so the
article's date is taken from its dateline, or from the file's name.
"""

import logging
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from statistics import median
from typing import Any

from corpus.article import Found, Unreadable
from corpus.documents import Document
from corpus.encoding import FAILURES, NotReadable, clean, one_line
from corpus.recognition import MISSING, picture_of_page, program, text_of_picture
from corpus.text_files import draft_of_text

_NOTHING = "has no text, neither as a layer nor in pictures of its pages"
_LARGEST = 100_000_000
_MOST_PAGES = 500
# Characters of one page: a broadsheet's has 50,000, and each takes longer than the last one.
_LONGEST_PAGE = 200_000
_TOO_LONG = f"has more than {_LONGEST_PAGE:,} characters"
_PICTURES = "has no text layer"
# Lines printed around a page: its number, and, by browsers, the day and the address.
_AROUND = re.compile(
    r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}(?:\s?[AP]M)?(?: .*)?"
    r"|\S{1,10}://\S+(?: \d+/\d+)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"^(https?://[^\s…]+) \d+/\d+$", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…:][\"”’»)]*$")
# Words match only from their first letter, so that a run of letters is searched once.
_DIVIDED = re.compile(r"(?<![^\W\d_])([^\W\d_]+)[-\u00ad\u2010]$")
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_Line = list[tuple[float, float, float, str]]
"""Pieces of text: distance from the left and from the bottom, size (all in points), text."""

_NEAR = 3
"""Points: pieces of text that begin this near to each other begin at the same place."""

_FEWEST_LINES = 5
"""At least so many lines begin where a column begins."""

_CELL = 15
"""Characters: where most pieces are no longer than this, they are the cells of a table."""

_MORE_SPACE = 1.4
"""Times the usual distance between two lines: more than that separates paragraphs."""

_SHORT = 0.75
"""Share of the width of a column; a shorter line ends a paragraph."""


def read_pdf(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One clipping: one article. Tesseract reads pages that are pictures, or they are reported."""
    data = document.read(_LARGEST)
    if b"%PDF-" not in data[:1024]:
        raise NotReadable("is not a PDF file, or is damaged")
    pages, unread = _pages(data)
    if unread and not pages:
        raise NotReadable(f"{next(iter(unread))} on every page")
    if not any(character.isalnum() for page in pages for character in page):
        raise NotReadable(f"{_PICTURES}: {MISSING}" if _PICTURES in unread else _NOTHING)
    text = clean("\n\n".join(_paragraphs([line for page in pages for line in _lines(page)])))
    draft = draft_of_text(text)
    address = next((match[1] for page in pages if (match := _ADDRESS.search(page))), None)
    yield replace(draft, url=draft.url or address).finish(document.origin, document.name)
    for reason, numbers in unread.items():
        listed = ", ".join(map(str, numbers[:20]))
        why = f"; such {MISSING.removeprefix('its ')}" if reason == _PICTURES else ""
        yield Unreadable(document.origin, f"{reason} on page {listed}; the rest was read{why}")


def _pages(data: bytes) -> tuple[list[str], dict[str, list[int]]]:
    """The texts of the pages, and the numbers of the pages that were not read, by reason."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    # It logs each oddity of a file; those that matter are in our report.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NotReadable("is locked with a password")
        count = len(reader.pages)
    except DependencyError:
        raise NotReadable("is encrypted; save it without that to read it") from None
    except (PyPdfError, OSError, *FAILURES):
        raise NotReadable("is not a valid PDF file, or is damaged") from None
    if count > _MOST_PAGES:
        raise NotReadable(f"has {count} pages, more than the {_MOST_PAGES} of a clipping; split it")
    texts: list[str] = []
    unread: dict[str, list[int]] = {}
    for number in range(count):
        try:
            page = reader.pages[number]
            text = _text_of_page(page)
            picture = None if any(map(str.isalnum, text)) else picture_of_page(page)
        except _TooLong:
            unread.setdefault(_TOO_LONG, []).append(number + 1)
            continue
        except (PyPdfError, OSError, *FAILURES):
            unread.setdefault("is damaged", []).append(number + 1)
            continue
        if picture is not None and program():
            text = text_of_picture(picture)
        elif picture is not None:
            unread.setdefault(_PICTURES, []).append(number + 1)
        texts.append(text)
    return texts, unread


class _TooLong(Exception):  # noqa: N818
    """A page has more text than is read."""


def _text_of_page(page: Any) -> str:
    """The text of a page, with a blank line wherever two lines have more space between them."""
    lines: list[_Line] = [[]]
    length = 0

    def take(
        text: str, matrix: list[float], of_text: list[float], font: object, size: float
    ) -> None:
        nonlocal length
        length += len(text)
        if length > _LONGEST_PAGE:
            raise _TooLong
        x, y = (of_text[4 + at] * matrix[3 * at] + matrix[4 + at] for at in (0, 1))
        for at, piece in enumerate(text.split("\n")):
            if at:
                lines.append([])
            if piece.strip():
                lines[-1].append((x, y, abs(size * of_text[3] * matrix[3]), piece))

    page.extract_text(visitor_text=take)
    lines = _by_columns([line for line in lines if line])
    down = [above[0][1] - below[0][1] for above, below in pairwise(lines)]
    usual = median([step for step in down if step > 0] or [0])
    text = _line_text(lines[0]) if lines else ""
    for step, (above, below) in zip(down, pairwise(lines), strict=True):
        # The lines of a headline are further apart, because its letters are larger.
        least = _MORE_SPACE * max(usual, min(above[0][2], below[0][2]))
        text += ("\n\n" if step > least else "\n") + _line_text(below)
    return text


def _by_columns(lines: list[_Line]) -> list[_Line]:
    """The lines of a page, column after column if they were written across the columns.

    A column begins where pieces of many lines begin. So do cells of tables, but these are short.
    """
    begins = Counter(place for line in lines for place in {round(x / _NEAR) for x, *_ in line})
    most = max(_FEWEST_LINES, len(lines) // 3)
    edges = sorted(place * _NEAR for place, count in begins.items() if count >= most)
    parts = [[[piece for piece in line if max(bisect(edges, piece[0] + _NEAR), 1) == column]
              for column in range(1, len(edges) + 1)] for line in lines]  # fmt: skip
    across = [at for at, part in enumerate(parts) if sum(map(bool, part)) > 1]
    widths = [[len(_line_text(parts[at][column])) for at in across] for column in range(len(edges))]
    if len(across) < _FEWEST_LINES or min(median(width) for width in widths) < _CELL:
        return lines
    # The last lines of a column may be alone; a line wider than a column is below all columns.
    widest = max(max(column) for column in widths)
    below = range(across[-1] + 1, len(lines))
    end = next((at for at in below if len(_line_text(lines[at])) > widest), len(lines))
    column_lines = (part[column] for column in range(len(edges)) for part in parts[across[0] : end])
    return [*lines[: across[0]], *filter(None, column_lines), *lines[end:]]


def _line_text(line: _Line) -> str:
    return "".join(piece for *_, piece in line)


def _lines(page: str) -> list[str]:
    """The lines of a page without those printed around it."""
    lines = [one_line(line) for line in page.split("\n")]
    first, last = 0, len(lines)
    while first < last and _is_around(lines[first]):
        first += 1
    while first < last and _is_around(lines[last - 1]):
        last -= 1
    return lines[first:last]


def _is_around(line: str) -> bool:
    return not line or _AROUND.fullmatch(line) is not None


def _paragraphs(lines: list[str]) -> list[str]:
    """The paragraphs of lines that were broken at the width of a column."""
    widths = sorted(len(line) for line in lines if line)
    width = widths[len(widths) * 4 // 5] if widths else 0
    hyphenated = {match for line in lines for match in _HYPHENATED.findall(line)}
    paragraphs: list[str] = []
    pieces: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        short = len(line) < _SHORT * width
        # A short line that ends no sentence is a heading, unless the next line continues it.
        if not line or (short and (_SENTENCE_END.search(line) or not following[:1].islower())):
            paragraphs.append("".join([*pieces, line]).rstrip())
            pieces = []
        else:
            pieces.append(_ready_to_join(line, following, hyphenated))
    paragraphs.append("".join(pieces).rstrip())
    return [paragraph for paragraph in paragraphs if paragraph]


def _ready_to_join(line: str, following: str, hyphenated: set[str]) -> str:
    """A line, ready to be joined to the next; a word divided between both is joined, too."""
    divided = _DIVIDED.search(line)
    if divided is None or not following[:1].islower():
        return f"{line} "
    # A word with its own hyphen is also written with it elsewhere.
    ending = _LETTERS.match(following)
    is_own = ending is not None and f"{divided[1]}-{ending[0]}" in hyphenated
    return line if is_own else line[:-1]
