"""What the JSON-LD of a web page says of its article, repaired where it is broken."""

import html as markup
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus.article import Published
from corpus.dates import parse_date
from corpus.drafts import Draft
from corpus.encoding import clean_line
from corpus.records import draft_of_record, field_of

_ARTICLE_TYPES = ("Article", "BlogPosting", "Posting", "Report", "Review")
_PAGE_TYPES = ("WebPage", "QAPage", "FAQPage", "ItemPage", "Question", "VideoObject", "Recipe")
"""Things of these types are dated; their names and descriptions are often those of the site."""

_OPENING = re.compile(r"(?://|/\*|#)?[ \t]{0,9}<!(?:\[CDATA\[|--)[ \t]{0,9}(?:\*/)?")
_CLOSING = re.compile(r"(?://|/\*|#)?[ \t]{0,9}(?:\]\]|--)>[ \t]{0,9}(?:\*/)?\Z")
_CLOSES_WITHIN = 40
_STATED = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{4,40})"')
_STATED_AUTHOR = re.compile(
    r'"author"\s{0,9}:[\s\[{]{0,9}(?:"@type"\s{0,9}:\s{0,9}"Person"\s{0,9},\s{0,9}"name"\s{0,9}:'
    r'\s{0,9})?"([^"@]{4,80})"'
)
_LONGEST_SCRIPT = 2_000_000


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What the JSON-LD of a page says: of its article, and of the page around it."""

    article: Draft
    page_dates: tuple[Published | None, ...] = ()
    page_author: str | None = None


def linked_data(root: Any) -> LinkedData:
    """What the JSON-LD of a page says of an article; it is repaired where it is broken."""
    things: list[dict[str, Any]] = []
    stated: list[str] = []
    named: list[str] = []
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = _bare((script.text or "")[:_LONGEST_SCRIPT].strip())
        values = _values(text)
        things += _things(values)
        if not values:
            stated += _STATED.findall(text)[:1]
            named += _STATED_AUTHOR.findall(text)[:1]
    known = {thing["@id"]: thing for thing in things if isinstance(thing.get("@id"), str)
             and isinstance(thing.get("name"), str)}  # fmt: skip
    articles = [thing for thing in things if _is_a(thing, _ARTICLE_TYPES)]
    pages = [thing for thing in things if _is_a(thing, _PAGE_TYPES)]
    heading = clean_line(root.findtext(".//title") or "")
    chosen = next(
        (article for article in articles if (name := str(article.get("headline") or "")[:40])
         and name in heading), next(iter(articles), None)
    )  # fmt: skip
    article = Draft(text="") if chosen is None else _draft_of_thing(chosen, known)
    house = None
    if chosen is not None and not _people(chosen.get("author"), known):
        house, article = article.author, replace(article, author=None)
    around = [_draft_of_thing(page, known) for page in pages[:5]]
    dates = [date for page in around for date in page.dates if date]
    return LinkedData(
        article,
        (*dates, *(parse_date(date, "metadata") for date in stated)),
        next(filter(None, [*(page.author for page in around), *named, house]), None),
    )


def _bare(text: str) -> str:
    """A script without the marks that hide it from what reads no scripts."""
    opening = _OPENING.match(text)
    text = text[opening.end() :] if opening else text
    end = text[-_CLOSES_WITHIN:]
    text = text[: len(text) - len(end)] + _CLOSING.sub("", end)
    return text.strip().rstrip(";")


def _values(text: str) -> list[Any]:
    """The values in a script; those of JavaScript, with comments and stray commas, as well."""
    import chompjs

    if "&quot;" in text and '"' not in text:
        text = markup.unescape(text)
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    try:
        return list(chompjs.parse_js_objects(text, json_params={"strict": False}))
    except (ValueError, RecursionError):
        return []


def _things(values: list[Any]) -> Iterator[dict[str, Any]]:
    waiting = list(values)
    for _ in range(1000):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value[:1000]
        elif isinstance(value, dict):
            yield value
            waiting += [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage")
                        if isinstance(value.get(key), dict | list)]  # fmt: skip


def _is_a(thing: Mapping[str, Any], types: tuple[str, ...]) -> bool:
    named = thing.get("@type")
    named = named if isinstance(named, list) else [named]
    return any(str(name).endswith(types) for name in named)


def _draft_of_thing(thing: Mapping[str, Any], known: Mapping[str, Any]) -> Draft:
    # Only articleBody is the text; a description is not.
    names = {"text": "articleBody", "title": "headline"}
    fields = {key: _resolved(value, known) for key, value in thing.items()
            if key not in {"description", "abstract", "@id", "status"}
            and (field_of(key, {}) == "url" or not _leads_nowhere(value, known))}  # fmt: skip
    # Beside who wrote it the paper is named.
    fields["author"] = _people(thing.get("author"), known) or fields.get("author")
    updates = thing.get("liveBlogUpdate")
    if isinstance(updates, list) and not fields.get("articleBody"):
        fields["articleBody"] = [update.get(name) for update in updates if isinstance(update, dict)
                                 for name in ("headline", "articleBody")]  # fmt: skip
    draft = draft_of_record(fields, names)
    # Scripts are not decoded as HTML is, but many are written so, or twice.
    return replace(draft, title=draft.title and markup.unescape(draft.title))


def _leads_nowhere(value: Any, known: Mapping[str, Any]) -> bool:
    """Whether a value is nothing but the ``@id`` of a thing whose name the page does not tell."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(
        isinstance(item, dict) and "@id" in item and item.keys() <= {"@id", "@type"}
        and item["@id"] not in known for item in values
    )  # fmt: skip


def _people(author: Any, known: Mapping[str, Any]) -> list[Any]:
    """Those who are named as authors but for organisations."""
    authors = _resolved(author if isinstance(author, list) else [author], known)
    return [author for author in authors
            if not (isinstance(author, dict) and _is_a(author, ("Organization",)))]  # fmt: skip


def _resolved(value: Any, known: Mapping[str, Any]) -> Any:
    """A thing that is only named by its ``@id``, as it is said elsewhere in the page."""
    if isinstance(value, list):
        return [_resolved(item, known) for item in value[:100]]
    if isinstance(value, dict) and "name" not in value and value.get("@id") in known:
        return known[value["@id"]]
    return value
