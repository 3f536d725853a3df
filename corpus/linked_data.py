"""Reads the metadata of a web page's article from its JSON-LD, which may be broken."""

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
"""Things of these types have dates; their names and descriptions are often the site's."""

_OPENING = re.compile(r"(?://|/\*|#)?[ \t]{0,9}<!(?:\[CDATA\[|--)[ \t]{0,9}(?:\*/)?")
_CLOSING = re.compile(r"(?://|/\*|#)?[ \t]{0,9}(?:\]\]|--)>[ \t]{0,9}(?:\*/)?\Z")
_CLOSES_WITHIN = 40
_STATED_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{4,40})"')
_STATED_AUTHOR = re.compile(
    r'"author"\s{0,9}:[\s\[{]{0,9}(?:"@type"\s{0,9}:\s{0,9}"Person"\s{0,9},\s{0,9}"name"\s{0,9}:'
    r'\s{0,9})?"([^"@]{4,80})"'
)
_LONGEST_SCRIPT = 2_000_000


@dataclass(frozen=True, slots=True)
class LinkedData:
    """The metadata in the JSON-LD of a page: of its article, and of the page around it."""

    article: Draft
    page_dates: tuple[Published | None, ...] = ()
    page_author: str | None = None


def linked_data(root: Any) -> LinkedData:
    """The metadata in the JSON-LD of a page; broken JSON-LD still gives dates and authors."""
    things: list[dict[str, Any]] = []
    stated_dates: list[str] = []
    stated_authors: list[str] = []
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = _bare((script.text or "")[:_LONGEST_SCRIPT].strip())
        values = _values(text)
        things += _things(values)
        if not values:
            stated_dates += _STATED_DATE.findall(text)[:1]
            stated_authors += _STATED_AUTHOR.findall(text)[:1]
    by_id = {thing["@id"]: thing for thing in things if isinstance(thing.get("@id"), str)
             and isinstance(thing.get("name"), str)}  # fmt: skip
    articles = [thing for thing in things if _is_a(thing, _ARTICLE_TYPES)]
    pages = [thing for thing in things if _is_a(thing, _PAGE_TYPES)]
    heading = clean_line(root.findtext(".//title") or "")
    main_thing = next(
        (article for article in articles if (name := str(article.get("headline") or "")[:40])
         and name in heading), next(iter(articles), None)
    )  # fmt: skip
    article = Draft(text="") if main_thing is None else _draft_of_thing(main_thing, by_id)
    paper = None
    if main_thing is not None and not _people(main_thing.get("author"), by_id):
        paper, article = article.author, replace(article, author=None)
    page_drafts = [_draft_of_thing(page, by_id) for page in pages[:5]]
    dates = [date for page in page_drafts for date in page.dates if date]
    return LinkedData(
        article,
        (*dates, *(parse_date(date, "metadata") for date in stated_dates)),
        next(filter(None, [*(page.author for page in page_drafts), *stated_authors, paper]), None),
    )


def _bare(text: str) -> str:
    """A script without the comment signs that hide it from programs that run no scripts."""
    opening = _OPENING.match(text)
    text = text[opening.end() :] if opening else text
    end = text[-_CLOSES_WITHIN:]
    text = text[: len(text) - len(end)] + _CLOSING.sub("", end)
    return text.strip().rstrip(";")


def _values(text: str) -> list[Any]:
    """The values in a script, also if they are JavaScript with comments and stray commas."""
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
    queue = list(values)
    for _ in range(1000):
        if not queue:
            return
        value = queue.pop(0)
        if isinstance(value, list):
            queue += value[:1000]
        elif isinstance(value, dict):
            yield value
            queue += [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage")
                        if isinstance(value.get(key), dict | list)]  # fmt: skip


def _is_a(thing: Mapping[str, Any], types: tuple[str, ...]) -> bool:
    own = thing.get("@type")
    own_types = own if isinstance(own, list) else [own]
    return any(str(name).endswith(types) for name in own_types)


def _draft_of_thing(thing: Mapping[str, Any], by_id: Mapping[str, Any]) -> Draft:
    # Only articleBody is the text; a description is not.
    names = {"text": "articleBody", "title": "headline"}
    fields = {key: _resolved(value, by_id) for key, value in thing.items()
            if key not in {"description", "abstract", "@id", "status"}
            and (field_of(key, {}) == "url" or not _leads_nowhere(value, by_id))}  # fmt: skip
    # Some pages list the paper beside the people who wrote the article.
    fields["author"] = _people(thing.get("author"), by_id) or fields.get("author")
    updates = thing.get("liveBlogUpdate")
    if isinstance(updates, list) and not fields.get("articleBody"):
        fields["articleBody"] = [update.get(name) for update in updates if isinstance(update, dict)
                                 for name in ("headline", "articleBody")]  # fmt: skip
    draft = draft_of_record(fields, names)
    # Scripts are not decoded as HTML, but many titles in them are encoded as HTML, even twice.
    return replace(draft, title=draft.title and markup.unescape(draft.title))


def _leads_nowhere(value: Any, by_id: Mapping[str, Any]) -> bool:
    """Whether a value is only the ``@id`` of a thing that the page does not name."""
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(
        isinstance(item, dict) and "@id" in item and item.keys() <= {"@id", "@type"}
        and item["@id"] not in by_id for item in values
    )  # fmt: skip


def _people(author: Any, by_id: Mapping[str, Any]) -> list[Any]:
    """The authors without organisations."""
    authors = _resolved(author if isinstance(author, list) else [author], by_id)
    return [author for author in authors
            if not (isinstance(author, dict) and _is_a(author, ("Organization",)))]  # fmt: skip


def _resolved(value: Any, by_id: Mapping[str, Any]) -> Any:
    """A value with references by ``@id`` replaced by the things that the page defines elsewhere."""
    if isinstance(value, list):
        return [_resolved(item, by_id) for item in value[:100]]
    if isinstance(value, dict) and "name" not in value and value.get("@id") in by_id:
        return by_id[value["@id"]]
    return value
