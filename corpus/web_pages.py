"""Saved web pages: extracts the article and its metadata."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from corpus.article import Found
from corpus.databases import drafts_of_downloaded_page
from corpus.documents import Document
from corpus.drafts import Draft, numbered
from corpus.encoding import NotReadable, clean_line, decode
from corpus.markup import visible_tree, words_of
from corpus.page_facts import error_of_page, facts_of_page, is_wall, leads_elsewhere
from corpus.page_lists import without_listed
from corpus.page_shown import Shown
from corpus.page_tables import has_rows, rows_of_articles
from corpus.page_text import completed, flatten_cells, flatten_lines, main_text, marked_text
from corpus.tables import articles_in_rows

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}encoding=[\"']([\w.:-]+)",
    re.IGNORECASE,
)
_CHAT = re.compile(r"<div class=\"page_body chat_page\">")
_ELEMENT = re.compile(r"<[a-zA-Z]")
# A long report has a few thousand elements. Trafilatura joins sets of nodes, which takes the square
# of their number; up to this limit, its other work takes longer.
_MOST_SEARCHED = 20_000
# A page's tree takes up to a hundred times the memory of its text.
_MOST_ELEMENTS = 250_000


_LONGEST_ERROR = 1_000
"""Characters of text that a page may have beside an error."""


def read_web_page(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One saved page: one article, or several of a database's download or of a table."""
    html = text_of_page(document.read())
    if _CHAT.search(html):
        raise NotReadable("is a chat that Telegram has exported; export it as JSON to read it")
    root = visible_tree(html) if has_rows(html) else None
    rows = None if root is None else rows_of_articles(root, field_names)
    if rows is None:
        yield from found_in_page(html, document, document.address, root)
    else:
        yield from articles_in_rows(rows[0], iter(rows[1:]), document, field_names)


def found_in_page(
    html: str, document: Document, address: str | None = None, root: Any = None
) -> Iterator[Found]:
    """The articles in the HTML of a document; see ``draft_of_page``."""
    drafts = drafts_of_downloaded_page(html)
    if drafts is not None:
        yield from numbered(drafts, document)
        return
    draft = draft_of_page(html, address, root)
    if not draft.text.strip():
        raise NotReadable(
            "is a page without an article: nothing but menus, notices or teasers of others was "
            "found; save the article itself"
        )
    yield draft.finish(document.origin, document.name)


def text_of_page(data: bytes, charset: str | None = None) -> str:
    """The HTML of a page; ``charset`` is the encoding that the server stated, if known."""
    match = _DECLARED.search(data[:4096])
    declared = (match[1] or match[2]).decode("ascii", "ignore") if match else None
    return decode(data, charset or declared)


def draft_of_page(html: str, address: str | None = None, root: Any = None) -> Draft:
    """The draft of a page's article; its text is empty if the page has no article.

    ``address`` is where the page was fetched from, if known, and ``root`` its visible tree, if it
    was parsed already. Raises NotReadable for a page with more elements than any article has, or
    with a server's error or a wall instead of an article.
    """
    if sum(1 for _ in _ELEMENT.finditer(html)) > _MOST_ELEMENTS:
        raise NotReadable(f"is a page of more than {_MOST_ELEMENTS:,} elements, so no article")
    root = visible_tree(html) if root is None else root
    if root is None:
        return Draft(text="")
    # As long as they are referenced, lxml need not create them again for each loop over them.
    elements = [*root.iter()]
    shown = Shown(root)
    facts = facts_of_page(root, html, shown, address)
    shown.empty_lines_of_day()
    flatten_cells(root)
    flatten_lines(root)
    if len(elements) > _MOST_SEARCHED:
        text = marked_text(root)
    else:
        text = main_text(root)
        text = completed(text, root, shown.elements) if text else ""
    if text and not facts.text:
        text = without_listed(text, root)
    headings = {clean_line(words_of(heading)) for heading in root.iter("h1")}
    text = _without_title(text, {facts.title or "", *headings} - {""})
    if len(text) < _LONGEST_ERROR and not facts.text:
        _refuse_no_article(root, shown, text)
    # The metadata often has the whole text, and often only its beginning. Trafilatura may also have
    # returned the text of the metadata, but without its paragraphs.
    if len(text) * 4 < len(facts.text) * 3 or text.split() == facts.text.split():
        text = facts.text
    return replace(facts, text=text)


def _refuse_no_article(root: Any, shown: Shown, text: str) -> None:
    """Raise NotReadable if a page with little or no text says why it shows no article."""
    if error := error_of_page(shown):
        raise NotReadable(f"shows an answer of the server, {error}, and no article")
    if leads_elsewhere(root):
        raise NotReadable("only leads to another page; save that one")
    if is_wall(shown, text):
        raise NotReadable(
            "asks for consent, or whether a person reads it, and shows no article; save it again "
            "once the article is shown"
        )


def _without_title(text: str, titles: set[str]) -> str:
    """The text without its headline at the beginning, which some pages repeat."""
    first, _, below = text.partition("\n\n")
    while text and clean_line(first) in titles:
        text = below
        first, _, below = text.partition("\n\n")
    return text
