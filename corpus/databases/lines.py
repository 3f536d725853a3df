"""What the lines of downloads have in common: dates in them, and lines that were broken."""

import re

from corpus.article import Published
from corpus.dates import parse_date

_LONGEST = 300
"""Characters; a longer line is a paragraph, not a date."""

_WRAPPED_AT = 100
"""Characters; where some line is longer, none was broken at the width of a page."""

_SHORT = 50
_WORD = r"[^\W\d_]{3,15}"
_DATES = [
    re.compile(pattern)
    for pattern in (
        rf"\b\d{{1,2}}(?:\.|er|º|ª|st|nd|rd|th)? +(?:de +|of +)?{_WORD}\.?,? +(?:de +)?\d{{4}}\b",
        rf"\b{_WORD}\.? +\d{{1,2}}(?:st|nd|rd|th)?,? +\d{{4}}\b",
        r"\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b",
        r"\b\d{1,2}[-./]\d{1,2}[-./]\d{4}\b",
        r"\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]",
    )
]
_MONTH = re.compile(rf"{_WORD}\.?,? +\d{{4}}")


def date_in_line(line: str) -> Published | None:
    """The first day that a line names, or its month where it names nothing else."""
    line = " ".join(line[: _LONGEST + 1].split())
    if len(line) > _LONGEST or not any(each.isdigit() for each in line):
        return None
    for pattern in _DATES:
        for match in pattern.finditer(line):
            published = parse_date(match[0], "metadata")
            if published is not None and published.precision == "day":
                return published
    published = parse_date(line, "metadata") if _MONTH.fullmatch(line) else None
    return published if published and published.precision == "month" else None


def blocks_of(lines: list[str]) -> list[str]:
    """The paragraphs of a text, those whose lines were broken at a width put together again.

    A blank line stands between paragraphs, or none does where each is one line.
    """
    stripped = [line.strip() for line in lines]
    if any(len(line) > _WRAPPED_AT for line in stripped):
        return [line for line in stripped if line]
    blocks: list[str] = []
    current = ""
    for line in stripped:
        if not line:
            blocks += [current] if current else []
            current = ""
        elif not current:
            current = line
        else:
            last = len(current) - current.rfind("\n") - 1
            current += ("\n" if last < _SHORT else " ") + line
    return [*blocks, current] if current else blocks
