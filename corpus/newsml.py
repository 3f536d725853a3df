"""News items as agencies send them in XML: NewsML-G2, NewsML 1 before it, NITF, and Reuters' own.

The names are from IPTC's standards: https://iptc.org/standards/newsml-g2/ (2.34),
https://iptc.org/standards/newsml-1/ (1.2) and https://iptc.org/standards/nitf/ (3.6). Elements are
recognised by their local names.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from corpus.dates import parse_date
from corpus.drafts import Draft, first_date, revision_of
from corpus.encoding import NotReadable, one_line
from corpus.hidden import empty, empty_hidden
from corpus.markup import text_of_html, text_of_tree, words_at, words_of

_ZONE = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_HEAD = "body/body.head"
_DOC_ID = "head/docdata/doc-id"
_IDENTIFIER = "Identification/NewsIdentifier"
_PARTS = ("ProviderId", "DateId", "NewsItemId")
_REVISED = re.compile(
    r"(urn:newsml:[^:]{1,100}:[^:]{1,100}:.{1,500}):(\d{1,9})[NUA]?", re.IGNORECASE
)
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
    yield from _newest(map(_draft_of_item, items))


def drafts_of_newsml_1(root: Any) -> Iterator[Draft]:
    """The news items in a NewsML 1 document, each in its newest revision, with its first text."""
    items = list(root.iter("NewsItem"))
    if not items:
        raise NotReadable("is NewsML without a news item")
    yield from _newest(map(_draft_of_item_1, items))


def draft_of_nitf(root: Any) -> Draft:
    """The draft of the article in a NITF document."""
    content = root.find("body/body.content")
    language = words_at(root, "@xml:lang", "body/@xml:lang")
    issued = words_at(root, "head/docdata/date.issue/@norm")
    printed = words_at(root, "head/pubdata/@date.publication")
    told = words_at(root, f"{_HEAD}/dateline/story.date/@norm")
    status = words_at(root, "head/docdata/@management-status")
    release = words_at(root, "head/docdata/date.release/@norm")
    return Draft(
        text="" if content is None else _text_of_nitf(content),
        title=words_at(root, f"{_HEAD}/hedline/hl1", "head/title"),
        id=words_at(root, f"{_DOC_ID}/@id-string"),
        dates=[parse_date(date, "metadata", language) for date in (issued, printed, told)],
        source=words_at(root, f"{_HEAD}/distributor", f"{_DOC_ID}/@regsrc", "head/pubdata/@name"),
        author=", ".join(filter(None, map(_byline, root.iterfind(f"{_HEAD}/byline")))) or None,
        language=language,
        place=words_at(root, f"{_HEAD}/dateline/location"),
        section=words_at(root, "head/pubdata/@position.section"),
        embargo=_later(release, issued) or ("" if status == "embargoed" else None),
        withdrawn=status in _WITHDRAWN,
    )


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
        title=words_at(root, "headline", "title"),
        id=f"RCV1-{item}" if item else None,
        dates=[parse_date(date, "metadata") for date in dates],
        source=facts.get("dc.source") or facts.get("dc.publisher"),
        author=words_at(root, "byline"),
        language=words_at(root, "@xml:lang"),
        place=facts.get("dc.creator.location"),
    )


def _draft_of_item(item: Any) -> Draft:
    inner = _inner_draft(item)
    language = words_at(item, "contentMeta/language/@tag", "@xml:lang")
    created = ("itemMeta/firstCreated", "contentMeta/contentCreated", "itemMeta/versionCreated")
    dates = (words_at(item, path) for path in created)
    embargo = item.find("itemMeta/embargoed")
    status = words_at(item, "itemMeta/pubStatus/@qcode", "itemMeta/pubStatus/@uri") or ""
    return replace(
        inner,
        title=_headline(item) or inner.title or words_at(item, "itemMeta/title"),
        id=item.get("guid") or inner.id,
        dates=[first_date(dates, language), *inner.dates],
        source=_name_at(item, "contentMeta/infoSource", "itemMeta/provider") or inner.source,
        author=words_at(item, "contentMeta/by") or _name_at(item, "contentMeta/creator")
        or inner.author,
        language=language or inner.language,
        place=_name_at(item, "contentMeta/located") or inner.place,
        embargo=inner.embargo if embargo is None else embargo.text or "",
        withdrawn=inner.withdrawn or status.rpartition(":")[2].rpartition("/")[2] in _WITHDRAWN,
        revision=revision_of(item.get("version"), first_date([words_at(item, created[2])])),
    )  # fmt: skip


def _inner_draft(item: Any) -> Draft:
    """The draft of an item's content: NITF, HTML, or plain text."""
    for content in item.iterfind("contentSet/*"):
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
    status = (words_at(item, "NewsManagement/Status/@FormalName") or "").lower()
    inner = _content_of_item_1(item)
    created = ("NewsManagement/FirstCreated", "NewsManagement/ThisRevisionCreated",
               f"{_IDENTIFIER}/DateId")  # fmt: skip
    dates = (words_at(item, path) for path in created)
    language = words_at(
        item, ".//Language/@FormalName", ".//Language/@xml:lang", ".//NewsComponent/@xml:lang",
        "@xml:lang",
    )  # fmt: skip
    provider = words_at(item, ".//*[self::Provider or self::Creator]/Party/@FormalName")
    until = words_at(item, "NewsManagement/StatusWillChange/DateAndTime")
    id, number = _identity_of_item_1(item)
    revised = first_date([words_at(item, created[1])])
    return replace(
        inner,
        title=words_at(item, ".//NewsLines/HeadLine") or inner.title,
        id=id or inner.id,
        dates=[*(parse_date(date, "metadata") for date in dates if date), *inner.dates],
        source=provider or inner.source or words_at(item, f"{_IDENTIFIER}/ProviderId"),
        author=words_at(item, ".//NewsLines/ByLine") or inner.author,
        language=language or inner.language,
        embargo=(until or "") if status == "embargoed" else inner.embargo,
        withdrawn=inner.withdrawn or status in _WITHDRAWN,
        revision=revision_of(number, revised),
    )


def _identity_of_item_1(item: Any) -> tuple[str | None, str | None]:
    """The public identifier of an item without its revision, and the number of the revision.

    All revisions are one article. An identifier ends with the number and, if it is an update, with
    N, U or A (RFC 3085).
    """
    parts = [words_at(item, f"{_IDENTIFIER}/{part}") for part in _PARTS]
    public = words_at(item, f"{_IDENTIFIER}/PublicIdentifier")
    revised = _REVISED.fullmatch(public or "")
    whole = f"urn:newsml:{parts[0]}:{parts[1]}:{parts[2]}" if all(parts) else public
    number = words_at(item, f"{_IDENTIFIER}/RevisionId")
    return (revised[1], number or revised[2]) if revised else (whole, number)


def _content_of_item_1(item: Any) -> Draft:
    """The draft of the first content that is a text; its text is blank if there is none."""
    for content in item.iterfind("NewsComponent//ContentItem"):
        kind = words_at(content, "MediaType/@FormalName") or "text"
        data = content.find("DataContent")
        if data is None or kind.lower() not in {"text", "complextext"}:
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


def _headline(item: Any) -> str | None:
    """The main headline; a subtitle only if there is no other headline."""
    headlines = item.findall("contentMeta/headline")
    roles = {"main": 0, "": 1}
    headlines.sort(key=lambda line: roles.get((line.get("role") or "").rpartition(":")[2], 2))
    return next(filter(None, map(words_of, headlines)), None)


def _byline(byline: Any) -> str | None:
    """``ANN EXAMPLE, Business Writer``: the name and the role are in elements of their own."""
    pieces = [byline.text]
    for element in byline:
        pieces += [words_of(element), element.tail]
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
    """The text without pictures, captions and notes, and without the beginning of a later block."""
    empty(content.iter("media", "nitf-table-metadata", "note"))
    blocks = content.findall("block")[:_MOST_REPEATED]
    texts = [*map(words_of, blocks)]
    empty(
        block
        for at, block in enumerate(blocks)
        if any(later.startswith(texts[at]) for later in texts[at + 1 :])
    )
    for element in content.iter(*_HTML_NAMES):
        element.tag = _HTML_NAMES[element.tag]
    return text_of_tree(content)


def _newest(drafts: Iterable[Draft]) -> Iterable[Draft]:
    """Of the drafts with one id only the newest, and the last among equally new ones."""
    newest: dict[str, Draft] = {}
    for draft in drafts:
        id = draft.id or str(len(newest))
        if id not in newest or (draft.revision or "") >= (newest[id].revision or ""):
            newest[id] = draft
    return newest.values()


def _name_at(item: Any, *paths: str) -> str | None:
    """The name of a thing: its element ``name``, or else its attribute ``literal``."""
    return words_at(item, *(f"{path}/{name}" for path in paths for name in ("name", "@literal")))
