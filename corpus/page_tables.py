"""Tables of articles in HTML; many databases export such files for Excel."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from corpus.markup import text_of_tree
from corpus.tables import is_header

_MOST_TABLES = 20
_HEADER_WITHIN = 5
"""Rows."""


def has_rows(html: str) -> bool:
    """Whether a page may have a table."""
    return html.lower().count("<tr") > 1


def rows_of_articles(root: Any, field_names: Mapping[str, str]) -> list[list[str]] | None:
    """The rows of the first table with a header that names the fields of articles, from it on.

    None if the page has no such table, like nearly all pages.
    """
    for table in islice(root.iter("table"), _MOST_TABLES):
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        for at, row in enumerate(rows[:_HEADER_WITHIN]):
            names = ["".join(cell.itertext())[:100].strip() for cell in row.iter("td", "th")]
            if is_header(names, field_names):
                return [
                    [text_of_tree(cell) for cell in row if cell.tag in {"td", "th"}]
                    for row in rows[at:]
                ]
    return None
