"""Splits texts into sentences."""

import re
from collections.abc import Iterator
from functools import lru_cache

from corpus.languages import code_of, language_of
from corpus.stops import goes_on, without_false_friends

# A line of this length without a full stop was wrapped, and is not a heading.
_WRAPPED_LINE = 60
_LINE_BREAK = re.compile(r"(?<![^\S\n])[^\S\n]*\n\s*")
_WIDE_BLANK = re.compile(r"[^\S\x00-\x7f]")
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
# sentencex takes the square of a text's length if quotation marks are opened and not closed.
_AT_ONCE = 30_000
"""Characters; longer texts are cut at a blank line, or else at a space, if there is one."""
_SINGLE_QUOTE = re.compile("[\n'’‘‚‛`]")
_GERSHAYIM = re.compile(r'(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])')
_APOSTROPHE = "\u02bc"
"""Unicode's letter apostrophe, which sentencex does not treat as a quotation mark."""


@lru_cache(maxsize=4096)
def sentences(text: str, language: str | None = None) -> tuple[tuple[int, int], ...]:
    """The sentences of a text as ``(start, end)`` character offsets, in order.

    No span begins or ends with white space, and none crosses a blank line. A quotation of
    several sentences stays whole. A heading without a full stop is a sentence of its own, and so is
    a row of a table; wrapped lines are joined.
    """
    language = language or language_of(text)
    code = code_of(language)
    spans: list[tuple[int, int]] = []
    # sentencex panics at blanks of several bytes, such as a no-break space before a full stop, and
    # refuses halves of surrogate pairs, which a language model's server may send.
    plain = _HALF_A_PAIR.sub("\ufffd", _WIDE_BLANK.sub(" ", text))
    if code != "en":
        plain = without_false_friends(_without_apostrophes(plain))
    for first, end in _join_spans(_boundaries(code, plain), text, language):
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
    """The spans that sentencex finds."""
    import sentencex

    for start, end in stretches(text, _AT_ONCE):
        for boundary in sentencex.get_sentence_boundaries(code, text[start:end]):
            yield start + boundary["start_index"], start + boundary["end_index"]


def stretches(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """The offsets of consecutive stretches of a text, each of at most ``longest`` characters.

    A stretch ends at the last blank line in it, or else at its last space.
    """
    start = 0
    while start < len(text):
        end = min(start + longest, len(text))
        if end < len(text):
            cuts = (text.rfind(sign, start + 1, end) for sign in ("\n\n", " "))
            end = next((cut for cut in cuts if cut > 0), end)
        yield start, end
        start = end


def _join_spans(
    boundaries: Iterator[tuple[int, int]], text: str, language: str | None
) -> list[tuple[int, int]]:
    """The spans that sentencex finds, joined wherever a stop ends no sentence."""
    spans: list[tuple[int, int]] = []
    for start, end in boundaries:
        continues = spans and goes_on(text, start, language)
        spans.append((spans.pop()[0] if continues else start, end))
    return spans


def _without_apostrophes(text: str) -> str:
    """The text, as long as before, with letters for apostrophes: ``dell’Aquila``, ``van ’t Hof``.

    Single quotation marks come in pairs within a paragraph: the first is before a word, the second
    after a word. In Hebrew a double one inside a word marks an abbreviation.
    """
    letters = list(_GERSHAYIM.sub("\u05f4", text))
    opened: list[int] = []
    for mark in _SINGLE_QUOTE.finditer(text):
        at = mark.start()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if mark[0] == "\n":
            opened.clear()
        elif after.isalnum() and not before.isalnum():
            opened.append(at)
            letters[at] = _APOSTROPHE
        elif opened and not after.isalnum() and before.strip():
            first = opened.pop()
            letters[first] = text[first]
        elif before.isalnum():
            letters[at] = _APOSTROPHE
    return "".join(letters)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
