"""Exports of Substack: a table of posts, and the text of each in a file of its own."""

import csv
from collections.abc import Callable, Iterator

from corpus.article import Found
from corpus.dates import parse_date
from corpus.documents import Document
from corpus.drafts import Draft
from corpus.encoding import NotReadable
from corpus.markup import text_of_html

_TABLE = "posts.csv"
_COLUMNS = frozenset(["post_id", "post_date", "is_published", "title"])


def is_substack(names: list[str]) -> bool:
    """Whether a zip archive with these file names is an export of Substack."""
    return _TABLE in names and any(_is_post(name) for name in names)


def read_substack(
    document: Document, names: list[str], text_in: Callable[[str], str]
) -> Iterator[Found]:
    """The published posts; ``text_in`` returns the text of the file with a name.

    Raises NotReadable at the end to report how many posts were drafts.
    """
    rows = csv.DictReader(text_in(_TABLE).removeprefix("\ufeff").splitlines(keepends=True))
    if not set(rows.fieldnames or ()) >= _COLUMNS:
        raise NotReadable("has a posts.csv that is not Substack's: post_id or title is missing")
    posts = filter(_is_post, names)
    files = {name.removeprefix("posts/").removesuffix(".html"): name for name in posts}
    count = drafts = 0
    for row in rows:
        count += 1
        if (row["is_published"] or "").strip().lower() != "true":
            drafts += 1
            continue
        file = files.get((row["post_id"] or "").strip())
        where = f"/{file}" if file else f"/{_TABLE}#{count}"
        yield Draft(
            text=text_of_html(text_in(file)) if file else "",
            title=row["title"],
            dates=[parse_date(row["post_date"], "metadata")],
        ).finish(document.origin + where, document.name + where)
    if drafts:
        raise NotReadable(f"{drafts} of its {count} posts are drafts, and left out")


def _is_post(name: str) -> bool:
    return name.startswith("posts/") and name.endswith(".html")
