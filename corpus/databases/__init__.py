"""Splits downloads from press databases, which contain many articles in one file.

Each database has a module of its own, which reads lines of text, or the tree of a page. No
database documents its downloads, so their shapes are those that researchers' tools read
(``docs/sources.md`` names them).
"""

import re
from collections.abc import Iterable

from corpus.databases import europresse, factiva, lexisnexis, proquest
from corpus.drafts import Draft
from corpus.encoding import NotReadable
from corpus.markup import parse_html, text_of_html

_IN_TEXT = {"ProQuest": proquest, "LexisNexis": lexisnexis, "Factiva": factiva}
_IN_PAGES = {"Factiva": factiva, "Europresse": europresse}
# A page with these words may be a download, so it is turned into text, which decides it.
_PERHAPS = re.compile(
    r">\s{0,80}(?:(?:Do[ck]umento? )?\d{1,5} (?:of|von|de|di|van) \d{1,5}\b|End of Document\b"
    r"|Report Information from ProQuest\b|ProQuest document link\b|Publication info:)",
    re.IGNORECASE,
)


def drafts_of_download(text: str) -> list[Draft] | None:
    """The articles in the text of a download; None if the text is no download from a database.

    Raises NotReadable if it is one, but cannot be split.
    """
    for database, reads in _IN_TEXT.items():
        if reads.is_download(text):
            return _split(database, reads.drafts_of_lines(text.split("\n")))
    return None


def drafts_of_downloaded_page(html: str) -> list[Draft] | None:
    """The articles in a download that is a web page; None, or NotReadable, as above."""
    for database, reads in _IN_PAGES.items():
        if reads.is_page(html) and (root := parse_html(html)) is not None:
            return _split(database, reads.drafts_of_page(root))
    return drafts_of_download(text_of_html(html)) if _PERHAPS.search(html) else None


def _split(database: str, drafts: Iterable[Draft]) -> list[Draft]:
    articles = list(drafts)
    if not any(draft.text.strip() for draft in articles):
        raise NotReadable(
            f"looks like a download from {database}, but no article could be found in it; "
            "download it again as text, with the full text of the articles"
        )
    return articles
