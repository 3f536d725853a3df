"""Where the sentences of a text begin and end."""

import re
from collections.abc import Iterator
from functools import lru_cache

from corpus.dates import is_month

# A line this long without a full stop is taken for one that was wrapped, not for a heading.
_WRAPPED_LINE = 60
_LINE_BREAK = re.compile(r"(?<![^\S\n])[^\S\n]*\n\s*")
_WIDE_BLANK = re.compile(r"[^\S\x00-\x7f]")
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
# What ends with a stop and no sentence: a numbered day, the year before it in Hungarian, M. Dupont.
_DAY = re.compile(r"(?<![\w.,:])(?:\d{1,2}|\d{4})\.")
_MONSIEUR = re.compile(r"\bMM?\.")
# Before a number with a stop these tell that it counts in German: im 19. Jahrhundert, der 1. FC.
_COUNTED = re.compile(
    r"\b(?:a[mn]|im|vom|zu[mr]|beim|ins|d(?:er|ie|as|en|em|es))\s\d{1,3}\.", re.IGNORECASE
)
_TAIL = 20
# sentencex takes the square of what it is given, where quotation marks are opened and not closed.
_AT_ONCE = 30_000
"""Characters; longer texts are cut at a blank line, or else at a space, if there is one."""
_LETTERS = re.compile(r"\s{0,20}([^\W\d_]{1,40})")


@lru_cache(maxsize=4096)
def sentences(text: str, language: str | None = None) -> tuple[tuple[int, int], ...]:
    """The sentences of a text as ``(start, end)`` character offsets, in order.

    No span begins or ends with white space, and none crosses a blank line. A quotation of
    several sentences stays whole. Headings that end a line without a full stop are sentences of
    their own, and rows of a table are; lines that were only wrapped are not torn apart.
    """
    code = (language or "en")[:2].lower()
    spans: list[tuple[int, int]] = []
    # sentencex panics at blanks of several bytes, such as a no-break space before a full stop,
    # and takes no half of a surrogate pair, which a language model's server may send.
    plain = _HALF_A_PAIR.sub("\ufffd", _WIDE_BLANK.sub(" ", text))
    for first, end in _whole(_boundaries(code, plain), plain, language):
        start = line_start = first
        for line_break in _LINE_BREAK.finditer(text, start, end):
            after = text[line_break.end() : line_break.end() + 1]
            blank_line = line_break.group().count("\n") > 1
            wrapped = line_break.start() - line_start >= _WRAPPED_LINE or after.islower()
            wrapped &= " | " not in text[line_start : line_break.start()]
            if line_break.end() < end and (blank_line or not wrapped):
                spans.append((start, line_break.start()))
                start = line_break.end()
            line_start = line_break.end()
        spans.append((start, end))
    stripped = (trim(text, start, end) for start, end in spans)
    return tuple((start, end) for start, end in stripped if start < end)


def _boundaries(code: str, text: str) -> Iterator[tuple[int, int]]:
    """Where sentencex finds sentences."""
    import sentencex

    start = 0
    while start < len(text):
        end = _end_of_stretch(text, start)
        for boundary in sentencex.get_sentence_boundaries(code, text[start:end]):
            yield start + boundary["start_index"], start + boundary["end_index"]
        start = end


def _end_of_stretch(text: str, start: int) -> int:
    """Where what begins at ``start`` is cut, to be no longer than sentencex is given at once."""
    end = start + _AT_ONCE
    if end >= len(text):
        return len(text)
    for blank in ("\n\n", " "):
        at = text.rfind(blank, start + 1, end)
        if at > 0:
            return at
    return end


def _whole(
    boundaries: Iterator[tuple[int, int]], text: str, language: str | None
) -> list[tuple[int, int]]:
    """The spans that sentencex found, joined where a stop ended no sentence."""
    spans: list[tuple[int, int]] = []
    for start, end in boundaries:
        goes_on = spans and _goes_on(text, start, language)
        spans.append((spans.pop()[0] if goes_on else start, end))
    return spans


def _goes_on(text: str, at: int, language: str | None) -> bool:
    """Whether a sentence goes on where sentencex has one begin."""
    before = text[max(0, at - _TAIL) : at]
    tail = before.rstrip()
    if not tail.endswith(".") or "\n" in before[len(tail) :]:
        return False
    after = _LETTERS.match(text, at)
    if after is None:
        return False
    code = (language or "de")[:2].lower()
    if _ends(_DAY, tail) and code != "en":
        # Only German and its like write months with a capital.
        return after[1].islower() or is_month(after[1], code) or _ends(_COUNTED, tail, code == "de")
    return _ends(_MONSIEUR, tail, code == "fr")


def _ends(pattern: re.Pattern[str], text: str, asked: bool = True) -> bool:
    return asked and any(match.end() == len(text) for match in pattern.finditer(text))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
