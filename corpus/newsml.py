"""News items as agencies send them in XML: NewsML-G2, NewsML 1 before it, NITF, and Reuters' own.

The names are from IPTC's standards: https://iptc.org/standards/newsml-g2/ (2.34),
https://iptc.org/standards/newsml-1/ (1.2) and https://iptc.org/standards/nitf/ (3.6). Elements are
recognised by their local names.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import starmap
from typing import Any

from corpus.dates import parse_date
from corpus.drafts import Draft, first_date
from corpus.encoding import NotReadable, one_line
from corpus.hidden import empty, empty_hidden
from corpus.markup import text_of_html, text_of_tree

_ZONE = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_WITHDRAWN = frozenset(["canceled", "cancelled", "withheld"])
_NOTES = ".//section[@class='notes']"
_MOST_REPEATED = 10
"""Blocks at the beginning that may be repeated later, as a lead is."""

# Block elements of NITF, and their names in HTML.
_HTML_NAMES = {"hl2": "h2", "block": "div", "bq": "blockquote", "credit": "p", "fn": "aside"}


def drafts_of_newsml(root: Any) -> Iterator[Draft]:
    """The news items in a NewsML-G2 document, each in its newest version."""
    items = list(root.iter("newsItem"))
    if not items:
        raise NotReadable("is NewsML without a news item")
    newest: dict[str, Any] = {}
    for item in items:
        guid = item.get("guid") or str(len(newest))
        if guid not in newest or _version(item) >= _version(newest[guid]):
            newest[guid] = item
    for item in newest.values():
        yield _draft_of_item(item)


def drafts_of_newsml_1(root: Any) -> Iterator[Draft]:
    """The news items in a NewsML 1 document, each with its first text."""
    items = list(root.iter("NewsItem"))
    if not items:
        raise NotReadable("is NewsML without a news item")
    yield from map(_draft_of_item_1, items)


def draft_of_nitf(root: Any) -> Draft:
    """The draft of the article in a NITF document."""
    data, head, body = root.find("head/docdata"), root.find("body/body.head"), root.find("body")
    content = None if body is None else body.find("body.content")
    language = root.get(_LANGUAGE) or (None if body is None else body.get(_LANGUAGE))
    dates = [
        _attribute(data, "date.issue", "norm"),
        _attribute(root.find("head"), "pubdata", "date.publication"),
        _attribute(head, "dateline/story.date", "norm"),
    ]
    status = "" if data is None else data.get("management-status") or ""
    release = _attribute(data, "date.release", "norm")
    return Draft(
        text="" if content is None else _text_of_nitf(content),
        title=_line(head, "hedline/hl1") or _line(root, "head/title"),
        id=_attribute(data, "doc-id", "id-string"),
        dates=[parse_date(date, "metadata", language) for date in dates],
        source=_line(head, "distributor") or _attribute(data, "doc-id", "regsrc")
        or _attribute(root.find("head"), "pubdata", "name"),
        author=_byline(head),
        language=language,
        place=_line(head, "dateline/location"),
        section=_attribute(root.find("head"), "pubdata", "position.section"),
        embargo=_later(release, dates[0]) or ("" if status == "embargoed" else None),
        withdrawn=status in _WITHDRAWN,
    )  # fmt: skip


def draft_of_newsitem(root: Any) -> Draft:
    """The draft of a file of RCV1, the corpus of Reuters' stories of 1996 and 1997.

    Its root has an id that is the same in every file, and its title repeats the headline after the
    name of a country.
    """
    facts = {fact.get("element"): fact.get("value") for fact in root.iter("dc")}
    dates = [root.get("date"), facts.get("dc.date.published")]
    text = root.find("text")
    item = root.get("itemid")
    return Draft(
        text="" if text is None else text_of_tree(text),
        title=_line(root, "headline") or _line(root, "title"),
        id=f"RCV1-{item}" if item else None,
        dates=[parse_date(date, "metadata") for date in dates],
        source=facts.get("dc.source") or facts.get("dc.publisher"),
        author=_line(root, "byline"),
        language=root.get(_LANGUAGE),
        place=facts.get("dc.creator.location"),
    )


def _draft_of_item(item: Any) -> Draft:
    about, content = item.find("itemMeta"), item.find("contentMeta")
    language = _attribute(content, "language", "tag") or item.get(_LANGUAGE)
    inner = _inner_draft(item)
    created = ((about, "firstCreated"), (content, "contentCreated"), (about, "versionCreated"))
    dates = starmap(_line, created)
    embargo = None if about is None else about.find("embargoed")
    status = _attribute(about, "pubStatus", "qcode") or _attribute(about, "pubStatus", "uri") or ""
    return replace(
        inner,
        title=_headline(content) or inner.title or _line(about, "title"),
        id=item.get("guid") or inner.id,
        dates=[first_date(dates, language), *inner.dates],
        source=_name_at(content, "infoSource") or _name_at(about, "provider") or inner.source,
        author=_line(content, "by") or _name_at(content, "creator") or inner.author,
        language=language or inner.language,
        place=_name_at(content, "located") or inner.place,
        embargo=inner.embargo if embargo is None else embargo.text or "",
        withdrawn=inner.withdrawn or status.rpartition(":")[2].rpartition("/")[2] in _WITHDRAWN,
    )


def _inner_draft(item: Any) -> Draft:
    """The draft of an item's content: NITF, HTML, or plain text."""
    contents = item.find("contentSet")
    for content in () if contents is None else contents:
        if content.tag == "inlineXML" and len(content):
            if content[0].tag == "nitf":
                return draft_of_nitf(content[0])
            return Draft(text=_text_of_page(content[0]))
        if content.tag == "inlineData":
            text = "".join(content.itertext())
            html = "html" in (content.get("contenttype") or "")
            return Draft(text=text_of_html(text) if html else text)
    return Draft(text="")


def _draft_of_item_1(item: Any) -> Draft:
    identifier, managed = item.find("Identification/NewsIdentifier"), item.find("NewsManagement")
    component = item.find("NewsComponent")
    lines = next(item.iter("NewsLines"), None)
    status = _formal_name(managed, "Status").lower()
    inner = _content_of_item_1(component)
    created = (_line(managed, name) for name in ("FirstCreated", "ThisRevisionCreated"))
    dates = (*created, _line(identifier, "DateId"))
    elements = (*item.iter("Language"), *item.iter("NewsComponent"), item)
    languages = (element.get("FormalName") or element.get(_LANGUAGE) for element in elements)
    providers = (_formal_name(element, "Party") for element in item.iter("Provider", "Creator"))
    embargo = _line(managed, "StatusWillChange/DateAndTime") if status == "embargoed" else None
    return replace(
        inner,
        title=_line(lines, "HeadLine") or inner.title,
        id=_line(identifier, "PublicIdentifier") or inner.id,
        dates=[*(parse_date(date, "metadata") for date in dates if date), *inner.dates],
        source=next(providers, None) or inner.source or _line(identifier, "ProviderId"),
        author=_line(lines, "ByLine") or inner.author,
        language=next(filter(None, languages), inner.language),
        embargo=(embargo or "") if status == "embargoed" else inner.embargo,
        withdrawn=inner.withdrawn or status in _WITHDRAWN,
    )


def _content_of_item_1(component: Any) -> Draft:
    """The draft of the first content that is a text; its text is blank if there is none."""
    for content in () if component is None else component.iter("ContentItem"):
        if _formal_name(content, "MediaType").lower() not in {"", "text", "complextext"}:
            continue
        data = content.find("DataContent")
        if data is None:
            continue
        nitf = next(data.iter("nitf"), None)
        if nitf is not None:
            return draft_of_nitf(nitf)
        text = _text_of_page(data) if len(data) else "".join(data.itertext())
        if text.strip():
            return Draft(text=text)
    return Draft(text="")


def _text_of_page(page: Any) -> str:
    """The text of an XHTML page inside an item, without headers, footers and notes.

    dpa repeats the subjects, the time and the headline in a header, and writes notes to editors.
    """
    empty_hidden(page)
    empty([*page.iter("header", "footer", "nav", "aside"), *page.iterfind(_NOTES)])
    return text_of_tree(page)


def _headline(content: Any) -> str | None:
    """The main headline; a subtitle only if there is no other headline."""
    headlines = [] if content is None else content.findall("headline")
    roles = {"main": 0, "": 1}
    headlines.sort(key=lambda line: roles.get((line.get("role") or "").rpartition(":")[2], 2))
    lines = (one_line("".join(headline.itertext())) for headline in headlines)
    return next(filter(None, lines), None)


def _byline(head: Any) -> str | None:
    """``ANN EXAMPLE, Business Writer``: the name and the role are in elements of their own."""
    byline = None if head is None else head.find("byline")
    if byline is None:
        return None
    pieces = [byline.text]
    for element in byline:
        pieces += ["".join(element.itertext()), element.tail]
    lines = [line for piece in pieces if (line := one_line(piece or "").strip(" ,"))]
    return ", ".join(line for line in lines if line.lower() not in {"by", "and"}) or None


def _later(release: str | None, issue: str | None) -> str | None:
    """The time from which an item may be shown, if that is later than its issue; else None.

    If one of the two has no zone, both are taken to be in the same zone.
    """
    if release and issue and not (_ZONE.search(release) and _ZONE.search(issue)):
        released, issued = (
            re.sub(r"\D", "", _ZONE.sub("", date)).ljust(14, "0")[:14] for date in (release, issue)
        )
        if released <= issued:
            return None
    return release


def _text_of_nitf(content: Any) -> str:
    """The text without pictures and captions, and without a block with which a later one begins."""
    empty(content.iter("media", "nitf-table-metadata"))
    blocks = content.findall("block")[:_MOST_REPEATED]
    texts = [one_line("".join(block.itertext())) for block in blocks]
    empty(
        block
        for at, block in enumerate(blocks)
        if any(later.startswith(texts[at]) for later in texts[at + 1 :])
    )
    for element in content.iter(*_HTML_NAMES):
        element.tag = _HTML_NAMES[element.tag]
    return text_of_tree(content)


def _version(item: Any) -> int:
    version = item.get("version") or ""
    return int(version) if version.isdecimal() and len(version) < 10 else 0


def _name_at(parent: Any, path: str) -> str | None:
    """The name of the thing at a path: its element ``name``, or else its attribute ``literal``."""
    return _line(parent, f"{path}/name") or _attribute(parent, path, "literal")


def _formal_name(parent: Any, path: str) -> str:
    """The attribute ``FormalName`` of the element at a path in NewsML 1, or blank."""
    return _attribute(parent, path, "FormalName") or ""


def _line(parent: Any, path: str) -> str | None:
    element = None if parent is None else parent.find(path)
    return None if element is None else one_line("".join(element.itertext())) or None


def _attribute(parent: Any, path: str, name: str) -> str | None:
    element = None if parent is None else parent.find(path)
    return None if element is None else element.get(name)
