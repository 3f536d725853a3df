"""Where the sentences of a text begin and end."""

import re
from functools import lru_cache

# A line this long without a full stop is taken for one that was wrapped, not for a heading.
_WRAPPED_LINE = 60
_LINE_BREAK = re.compile(r"(?<![^\S\n])[^\S\n]*\n\s*")
_WIDE_BLANK = re.compile(r"[^\S\x00-\x7f]")
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=4096)
def sentences(text: str, language: str | None = None) -> tuple[tuple[int, int], ...]:
    """The sentences of a text as ``(start, end)`` character offsets, in order.

    No span begins or ends with white space, and none crosses a blank line. A quotation of
    several sentences stays whole. Headings that end a line without a full stop are sentences of
    their own; lines that were only wrapped are not torn apart.
    """
    import sentencex

    code = (language or "en")[:2].lower()
    spans: list[tuple[int, int]] = []
    # sentencex panics at blanks of several bytes, such as a no-break space before a full stop,
    # and takes no half of a surrogate pair, which a language model's server may send.
    plain = _HALF_A_PAIR.sub("\ufffd", _WIDE_BLANK.sub(" ", text))
    for boundary in sentencex.get_sentence_boundaries(code, plain):
        start, end = boundary["start_index"], boundary["end_index"]
        line_start = start
        for line_break in _LINE_BREAK.finditer(text, start, end):
            after = text[line_break.end() : line_break.end() + 1]
            blank_line = line_break.group().count("\n") > 1
            wrapped = line_break.start() - line_start >= _WRAPPED_LINE or after.islower()
            if line_break.end() < end and (blank_line or not wrapped):
                spans.append((start, line_break.start()))
                start = line_break.end()
            line_start = line_break.end()
        spans.append((start, end))
    stripped = (trim(text, start, end) for start, end in spans)
    return tuple((start, end) for start, end in stripped if start < end)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
