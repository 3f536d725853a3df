"""XML files: what they hold is told by their outermost element."""

import re
from collections.abc import Iterable, Iterator, Mapping

from corpus.article import Found
from corpus.documents import LONGEST_TEXT, Document
from corpus.drafts import Draft
from corpus.encoding import NotReadable
from corpus.feeds import drafts_of_feed
from corpus.markup import parse_xml, xml_text
from corpus.newsml import draft_of_nitf, drafts_of_newsml

_OUTERMOST = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_FEEDS = frozenset(["rss", "feed", "RDF"])
_NEWSML = frozenset(["newsItem", "newsMessage", "packageItem"])


def read_xml(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """RSS, Atom, NewsML-G2 or NITF."""
    for number, draft in enumerate(_drafts(xml_text(document.read(LONGEST_TEXT))), start=1):
        yield draft.finish(f"{document.origin}#{number}", f"{document.name}#{number}")


def _drafts(text: str) -> Iterable[Draft]:
    match = _OUTERMOST.search(text)
    outermost = match[1] if match else ""
    if outermost in _FEEDS:
        # Feeds are often not quite XML.
        return drafts_of_feed(text)
    if outermost == "opml":
        raise NotReadable("is a list of feeds without articles; save the feeds that it names")
    root = parse_xml(text)
    if outermost in _NEWSML:
        return drafts_of_newsml(root)
    if outermost == "nitf":
        return [draft_of_nitf(root)]
    raise NotReadable(f"is XML, but neither a feed, NewsML-G2 nor NITF: it begins with {outermost}")
