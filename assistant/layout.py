"""The pieces of an article that state something: sentences, rows of tables, and lists.

In an article's text the cells of a row are separated by " | ", and each row is a paragraph of its
own. So is each item of a list that was marked as one; in plain text it is a line.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from corpus import Article, sentences
from corpus.datelines import prose_start

Span = tuple[int, int]

_CELL = re.compile(r"[^|\s](?:[^|\n]*[^|\s])?")
# The break before an item of a list, with its bullet or number.
_BREAK = re.compile(r"\n+(?:[-–*•·]\s+|\d{1,2}[.)]\s+)?")
_BETWEEN_CELLS = " | "
_SENTENCE_END = re.compile(r"[.!?…。！？؟।۔][\"'”’»)\]]*$")
_ABBREVIATED = re.compile(r"\b[^\W\d_]\.[^\W\d_]$")
_ANNOUNCES = (":", "：")
# "More:Five held over the fire" is a link to another article whose address is lost.
_LEADS_ELSEWHERE = re.compile(r"(?:[^\W\d_][^:.!?\n]{0,40})?:(?=[\"'“‘]?[^\W\d_a-z])")
# Shorter text without a full stop is a heading, a byline or a dateline.
_SHORTEST_WITHOUT_END = 50
# The most characters of a list, and of the paragraph before a table.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Wording:
    """The text that a reader gets for a piece of an article, in the piece's own words.

    An answer may lie in the ``parts`` of the ``text``. Each is ``(start, end, shift)``: it begins
    at ``start`` in the text, and at ``start + shift`` in the article.
    """

    text: str
    parts: Sequence[tuple[int, int, int]]


def is_told(text: str) -> bool:
    """Whether this sentence states something: it is no question, heading, byline or link.

    The row of a table does, however short it is.
    """
    if text.rstrip("\"'”’»)").endswith(("?", "؟", "？")):
        return False
    if is_row(text) or _SENTENCE_END.search(text):
        return True
    return len(text) >= _SHORTEST_WITHOUT_END and not _LEADS_ELSEWHERE.match(text)


@lru_cache(maxsize=512)
def told(text: str, language: str | None = None) -> tuple[Span, ...]:
    """The spans that state something: sentences, rows, and lists with the sentence before them.

    Such a sentence ends with a colon. The items are short lines without a full stop.
    """
    spans = sentences(text, language)
    pieces: list[Span] = []
    at = 0
    while at < len(spans):
        start, end = spans[at]
        at += 1
        if text.endswith(_ANNOUNCES, start, end):
            while (
                at < len(spans) and _is_item(text, *spans[at]) and spans[at][1] - start < _LONGEST
            ):
                end = spans[at][1]
                at += 1
        if is_told(text[start:end]) and not _is_dateline(text, start, end):
            pieces.append((start, end))
    return tuple(pieces)


def _is_dateline(text: str, start: int, end: int) -> bool:
    """Whether this is a line of its own above an article: a dateline, a credit or a byline."""
    return _is_first(text, start) and prose_start(text[start:end]) == end - start


def _is_item(text: str, start: int, end: int) -> bool:
    """Whether this may be an item of a list."""
    return text.endswith("\n", 0, start) and not is_told(text[start:end])


def balanced(text: str, piece: Span, answer: Span) -> Span:
    """The answer without half a pair of quotation marks, and with the full stop of "5 a.m."."""
    start, end = answer
    after = text[end : min(end + 1, piece[1])]
    if after == "." and _ABBREVIATED.search(text, start, end):
        end += 1
    for first, last in ('""', "“”", "„“", "«»"):
        opened, closed = (text.count(sign, start, end) for sign in (first, last))
        if opened % 2 == 0 if first == last else opened == closed:
            continue
        if after == last:
            end += 1
        elif text.startswith(first, start):
            start += 1
        elif text.endswith(last, start, end):
            end -= 1
    return start, end


def whole_list(text: str, piece: Span, answer: Span) -> Span:
    """The answer; if it is one or more items of a list, the span of the whole list."""
    breaks = [match.span() for match in _BREAK.finditer(text, *piece)]
    if not breaks or not text.endswith(_ANNOUNCES, piece[0], breaks[0][0]):
        return answer
    starts = [after for _, after in breaks]
    ends = [*(before for before, _ in breaks[1:]), piece[1]]
    return (starts[0], ends[-1]) if answer[0] in starts and answer[1] in ends else answer


def is_row(text: str) -> bool:
    """Whether this is the row of a table."""
    return _BETWEEN_CELLS in text


def head_of_row(article: Article, start: int, end: int) -> str:
    """The first cell of a row that follows another row; empty for anything else."""
    cells = _cells(article.text, (start, end)) if is_row(article.text[start:end]) else []
    return article.text[slice(*cells[0])] if cells and _first_row(article, start) else ""


def sentence_before(article: Article, start: int) -> Span | None:
    """The span of the last sentence that ends before an offset, if there is one."""
    spans = _sentences_before(article, start)
    return spans[-1] if spans else None


def after_dateline(text: str, start: int, end: int) -> int:
    """The offset at which a sentence ``text[start:end]`` begins after its dateline.

    That is ``start`` if it has none, as every sentence but an article's first has none.
    """
    begins = start + (prose_start(text[start:end]) or 0) if _is_first(text, start) else start
    return begins if begins < end else start


def _is_first(text: str, start: int) -> bool:
    """Whether nothing stands above an offset but lines that are datelines, credits or bylines."""
    above = filter(None, map(str.strip, text[:start].split("\n"))) if start <= _LONGEST else [""]
    return all(line and prose_start(line) == len(line) for line in above)


def wording(article: Article, start: int, end: int) -> Wording:
    """How the piece ``article.text[start:end]`` is read by itself.

    A sentence is read after the one before it, without its dateline: one that goes on, "The concert
    brought in …", says little by itself. Each cell of a row is read under the headers of its row
    and its column, after the paragraph before the table.
    """
    first, row = _first_row(article, start), _cells(article.text, (start, end))
    if first and len(row) > 1 and len(heads := _cells(article.text, first)) == len(row):
        return _in_a_table(article.text, first[0], heads, row)
    before = sentence_before(article, start)
    begins = after_dateline(article.text, *before) if before else start
    text = article.text[begins:end]
    return Wording(text, ((start - begins, len(text), begins),))


def _in_a_table(text: str, begins: int, heads: Sequence[Span], row: Sequence[Span]) -> Wording:
    """Of the row "Adults | 7 crowns | 9 crowns": "Adults, 2023: 7 crowns. Adults, 2024: 9 crowns".

    The paragraph before the table, which begins at offset ``begins``, is put before it.
    """
    table_text = text[max(0, begins - _LONGEST) : begins].strip().rpartition("\n\n")[2]
    parts: list[tuple[int, int, int]] = []
    for head, cell in zip(heads[1:], row[1:], strict=True):
        between = (". " if parts else " ", f", {text[slice(*head)]}: ")
        for words, (start, end) in zip(between, (row[0], cell), strict=True):
            table_text += words
            parts.append((len(table_text), len(table_text) + end - start, start - len(table_text)))
            table_text += text[start:end]
    return Wording(f"{table_text}.", parts)


def _first_row(article: Article, start: int) -> Span | None:
    """The first of the rows that directly precede an offset, if there are any.

    Where rows are lines, a blank line is above a table.
    """
    first, gap = None, 0
    for begins, end in reversed(_sentences_before(article, start)):
        between = article.text[end:start]
        if not is_row(article.text[begins:end]) or between.strip():
            break
        if first and between.count("\n") > gap:
            break
        first, start, gap = (begins, end), begins, between.count("\n")
    return first


def _sentences_before(article: Article, start: int) -> Sequence[Span]:
    """The sentences that end before an offset of an article."""
    spans = sentences(article.text, article.language)
    return spans[: bisect_right(spans, start, key=itemgetter(1))]


def _cells(text: str, row: Span) -> list[Span]:
    """The cells of a row; none if the row is too long."""
    start, end = row
    return [cell.span() for cell in _CELL.finditer(text, *row)] if end - start < _LONGEST else []
