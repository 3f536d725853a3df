"""News items in NewsML 1, which agencies sent before NewsML-G2.

The names are those of IPTC's standard, version 1.2: https://iptc.org/standards/newsml-1/
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from corpus.dates import parse_date
from corpus.drafts import Draft
from corpus.encoding import NotReadable
from corpus.newsml import draft_of_nitf, text_of_page

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_WITHDRAWN = frozenset(["canceled", "cancelled", "withheld"])


def drafts_of_newsml_1(root: Any) -> Iterator[Draft]:
    """The news items in a document, each with the first text that it has."""
    items = list(root.iter("NewsItem"))
    if not items:
        raise NotReadable("is NewsML without a news item")
    for item in items:
        yield _draft(item)


def _draft(item: Any) -> Draft:
    identifier, managed = item.find("Identification/NewsIdentifier"), item.find("NewsManagement")
    component = item.find("NewsComponent")
    lines = next(item.iter("NewsLines"), None)
    status = _formal(managed, "Status").lower()
    inner = _content(component)
    dates = (_line(managed, name) for name in ("FirstCreated", "ThisRevisionCreated"))
    day = _line(identifier, "DateId")
    language = next((each.get("FormalName") for each in item.iter("Language")), None)
    provider = next((_formal(each, "Party") for each in item.iter("Provider", "Creator")), None)
    embargo = _line(managed, "StatusWillChange/DateAndTime") if status == "embargoed" else None
    return replace(
        inner,
        title=_line(lines, "HeadLine") or inner.title,
        id=_line(identifier, "PublicIdentifier") or inner.id,
        dates=[*(parse_date(each, "metadata") for each in (*dates, day) if each), *inner.dates],
        source=provider or inner.source or _line(identifier, "ProviderId"),
        author=_line(lines, "ByLine") or inner.author,
        language=language or (component is not None and component.get(_LANGUAGE)) or inner.language,
        embargo=(embargo or "") if status == "embargoed" else inner.embargo,
        withdrawn=inner.withdrawn or status in _WITHDRAWN,
    )


def _content(component: Any) -> Draft:
    """What the first content that is a text says."""
    for content in () if component is None else component.iter("ContentItem"):
        if _formal(content, "MediaType").lower() not in {"", "text", "complextext"}:
            continue
        data = content.find("DataContent")
        if data is None:
            continue
        nitf = next(data.iter("nitf"), None)
        if nitf is not None:
            return draft_of_nitf(nitf)
        text = text_of_page(data) if len(data) else "".join(data.itertext())
        if text.strip():
            return Draft(text=text)
    return Draft(text="")


def _formal(parent: Any, path: str) -> str:
    found = None if parent is None else parent.find(path)
    return "" if found is None else str(found.get("FormalName") or "")


def _line(parent: Any, path: str) -> str | None:
    found = None if parent is None else parent.find(path)
    return None if found is None else " ".join("".join(found.itertext()).split()) or None
