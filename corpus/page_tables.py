"""Tables of articles in HTML; many databases export such files for Excel."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from corpus.markup import text_of_tree
from corpus.page_text import LONG, SENTENCE_ENDS, blocks_of_page
from corpus.tables import is_header

_MOST_TABLES = 20
_HEADER_WITHIN = 5
"""Rows."""


def has_rows(html: str) -> bool:
    """Whether a page may have a table."""
    return html.lower().count("<tr") > 1


def rows_of_articles(root: Any, field_names: Mapping[str, str]) -> list[list[str]] | None:
    """The rows of the first table with a header that names the fields of articles, from it on.

    None if the page has no such table, like nearly all pages, or is an article with a table in it.
    """
    for table in islice(root.iter("table"), _MOST_TABLES):
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        for at, row in enumerate(rows[:_HEADER_WITHIN]):
            names = ["".join(cell.itertext())[:100].strip() for cell in row.iter("td", "th")]
            if is_header(names, field_names):
                if _has_prose_beside(table, root):
                    return None
                return [
                    [text_of_tree(cell) for cell in row if cell.tag in {"td", "th"}]
                    for row in rows[at:]
                ]
    return None


def _has_prose_beside(table: Any, root: Any) -> bool:
    """Whether a page has paragraphs beside a table, more than what a search for its rows says."""
    rows = {*text_of_tree(table).split("\n\n")}
    paragraphs = [
        paragraph
        for paragraph in blocks_of_page(root).split("\n\n")
        if len(paragraph) >= LONG and paragraph.endswith(SENTENCE_ENDS) and paragraph not in rows
    ]
    return len(paragraphs) > 1 or sum(map(len, paragraphs)) > sum(map(len, rows))
