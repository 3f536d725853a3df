"""XML files: the outermost element determines how a file is read."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from corpus.article import Found, Unreadable
from corpus.databases import factiva
from corpus.documents import Document
from corpus.drafts import Draft
from corpus.encoding import NotReadable
from corpus.feeds import drafts_of_feed
from corpus.json_files import found_in_value, holds_articles
from corpus.markup import parse_xml, xml_text
from corpus.newsml import draft_of_newsitem, draft_of_nitf, drafts_of_newsml, drafts_of_newsml_1
from corpus.record_lists import links_only
from corpus.scholarly_xml import draft_of_jats, drafts_of_tei
from corpus.wordpress import drafts_of_wordpress, is_wordpress
from corpus.xml_records import draft_of_alto, drafts_of_notes, value_of_xml

_OUTERMOST = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_ENTRY = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>|<(?:[\w.-]+:)?(?:item|entry)[\s>]")
_LARGEST = 100_000_000
"""Bytes; exports of whole sites are larger than feeds."""

_FEEDS = frozenset(["rss", "feed", "RDF"])
_SITEMAPS = frozenset(["urlset", "sitemapindex"])
_LINK = re.compile(r"<(?:[\w.-]+:)?loc\b")
_TREES: dict[str, Callable[[Any], Iterable[Draft]]] = {
    **dict.fromkeys(["newsMessage", "packageItem", "newsItem"], drafts_of_newsml),
    "NewsML": drafts_of_newsml_1,
    "nitf": lambda root: [draft_of_nitf(root)],
    "newsitem": lambda root: [draft_of_newsitem(root)],
    "alto": lambda root: [draft_of_alto(root)],
    "en-export": drafts_of_notes,
    **dict.fromkeys(["TEI", "TEI.2", "teiCorpus"], drafts_of_tei),
    "article": lambda root: [draft_of_jats(root)],
    **dict.fromkeys(["PPSResponse", "ppsArticleResponse", "ppsarticle"], factiva.drafts_of_xml),
}
"""The function that reads the tree of a file, by the name of its outermost element."""

_SINGLE = frozenset(["newsItem", "newsitem", "nitf", "alto", "article"])
_HEADERS = {"TEI": "teiHeader", "TEI.2": "teiHeader", "teiCorpus": "teiHeader",
            "article": "article-meta"}  # fmt: skip
"""What a file has to contain, if others may begin with the same element."""

_KNOWN = frozenset([*_FEEDS, *_SITEMAPS, *_TREES, "opml"])


def read_xml(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """RSS, Atom, NewsML, NITF, ALTO, TEI, JATS, exports of WordPress and Evernote, Factiva's XML.

    Other XML is read like JSON, by the usual names of fields.
    """
    text = xml_text(document.read(_LARGEST))
    match = _OUTERMOST.search(text)
    outermost = match[1] if match else ""
    if outermost in _FEEDS and (end := _breaks_off_after(text, outermost)) is not None:
        # A feed may end between two entries, but an export may not.
        if text[end:].strip() or is_wordpress(text):
            yield Unreadable(document.origin, "breaks off after its last whole entry")
        text = text[:end]
    if outermost not in _KNOWN or _HEADERS.get(outermost, "") not in text:
        value = value_of_xml(parse_xml(text))
        if not holds_articles(value, field_names):
            raise NotReadable(
                f"is XML, but neither a feed, NewsML nor NITF: it begins with {outermost}"
            )
        yield from found_in_value(value, document, field_names)
        return
    for number, draft in enumerate(_drafts(text, outermost), start=1):
        where = "" if outermost in _SINGLE else f"#{number}"
        yield draft.finish(document.origin + where, document.name + where)


def _breaks_off_after(text: str, outermost: str) -> int | None:
    """The end of the last complete entry of an unclosed feed; None if the feed is closed."""
    marks = list(_ENTRY.finditer(text))
    closed = (mark.end() for mark in reversed(marks) if mark[0].startswith("</"))
    end = next(closed, marks[0].start() if marks else len(text))
    return None if re.search(rf"</(?:[\w.-]+:)?{outermost}\b", text[end:]) else end


def _drafts(text: str, outermost: str) -> Iterable[Draft]:
    if outermost in _FEEDS:
        return drafts_of_wordpress(text) if is_wordpress(text) else drafts_of_feed(text)
    if outermost == "opml":
        raise NotReadable("is a list of feeds without articles; save the feeds that it names")
    if outermost in _SITEMAPS:
        raise NotReadable(links_only(len(_LINK.findall(text))))
    return _TREES[outermost](parse_xml(text))
