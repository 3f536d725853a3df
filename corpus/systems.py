"""Records of publishing systems and of the services of papers, told by the names of their fields.

Each is made into a record with plain names. Where the shapes are known from is in
``docs/sources.md``. What other systems write needs no more than the names in ``corpus.records``.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from corpus.authors import names_of
from corpus.ninjs import is_ninjs, record_of_ninjs

Record = Mapping[str, Any]
_DEEPEST = 6


def plain_record(record: Record) -> Record:
    """The record with plain names; the same object if it is none of a system that is known."""
    if is_ninjs(record):
        return record_of_ninjs(record)
    for marks, plain in _SYSTEMS:
        if marks <= record.keys():
            return plain(record)
    return record


def posts_of_ghost(value: Any) -> list[Any] | None:
    """The posts in an export of Ghost, each with the names of its authors; None if it is none."""
    inside = value.get("db") if isinstance(value, dict) else None
    if isinstance(inside, list) and inside:
        inside = inside[0]
    data = inside.get("data") if isinstance(inside, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        return None
    users = {
        str(user.get("id")): names_of(user.get("name")) for user in _objects(data.get("users"))
    }
    writers: dict[str, list[str]] = {}
    pairs = sorted(
        _objects(data.get("posts_authors")), key=lambda each: str(each.get("sort_order"))
    )
    for pair in pairs:
        name = users.get(str(pair.get("author_id")))
        writers.setdefault(str(pair.get("post_id")), []).extend([name] if name else [])
    return [
        {
            "id": post.get("uuid") or post.get("id"),
            "title": post.get("title"),
            "text": post.get("html") or post.get("plaintext"),
            "published": post.get("published_at"),
            "url": post.get("canonical_url"),
            "author": writers.get(str(post.get("id"))) or users.get(str(post.get("author_id"))),
            "language": post.get("locale"),
            "status": post.get("status"),
        }
        for post in _objects(data["posts"])
        if post.get("type") != "page" and post.get("page") not in (1, True)
    ]


def _arc(story: Record) -> Record:
    """A story of Arc XP: its paragraphs are a list, https://github.com/washingtonpost/ans-schema."""
    return {
        **{name: story[name] for name in ("language", "location") if name in story},
        "id": story.get("_id"),
        "title": _at(story, "headlines", "basic"),
        "text": [_text_of_arc(each, 0) for each in _objects(story.get("content_elements"))],
        "published": story.get("display_date")
        or story.get("first_publish_date")
        or story.get("publish_date"),
        "url": story.get("canonical_url") or story.get("website_url"),
        "author": _at(story, "credits", "by"),
        "source": _at(story, "source", "name") or _at(story, "distributor", "name"),
        "status": "draft" if _at(story, "revision", "published") is False else None,
    }


def _text_of_arc(element: Record, depth: int) -> str:
    kind = element.get("type")
    if kind in {"text", "header", "raw_html", "correction"}:
        return f"<p>{element.get('content') or element.get('text') or ''}</p>"
    if kind == "table":
        rows = [element.get("header"), *_lists(element.get("rows"))]
        return "".join(f"<p>{' | '.join(_cell(each) for each in _lists(row))}</p>" for row in rows)
    if kind in {"list", "quote"} and depth < _DEEPEST:
        inside = [*_objects(element.get("items")), *_objects(element.get("content_elements"))]
        return "".join(_text_of_arc(each, depth + 1) for each in inside)
    return ""


def _cell(cell: Any) -> str:
    return str(cell.get("content") or "") if isinstance(cell, dict) else escape(str(cell))


def _new_york_times(document: Record) -> Record:
    """An answer of the New York Times' article search: the paper gives the first paragraph."""
    return {
        "id": document.get("_id"),
        "title": _at(document, "headline", "main"),
        "text": document.get("lead_paragraph"),
        "published": document.get("pub_date"),
        "url": document.get("web_url"),
        "author": _at(document, "byline", "original") or _at(document, "byline", "person"),
        "source": document.get("source") or "The New York Times",
    }


def _guardian(content: Record) -> Record:
    """An answer of the Guardian's Open Platform: title and text are among its fields."""
    fields = content["fields"] if isinstance(content["fields"], dict) else {}
    blocks = _objects(_at(content, "blocks", "body"))
    return {
        "id": content.get("id"),
        "title": fields.get("headline") or content.get("webTitle"),
        "text": fields.get("body")
        or [each.get("bodyHtml") for each in blocks]
        or fields.get("bodyText"),
        "published": content.get("webPublicationDate"),
        "url": content.get("webUrl"),
        "author": fields.get("byline"),
        "source": fields.get("publication") or "The Guardian",
        "language": fields.get("lang"),
    }


def _webhose(post: Record) -> Record:
    """A post of Webhose: the site is told by its thread."""
    site = _at(post, "thread", "site_full") or _at(post, "thread", "site")
    return {**post, "id": post.get("uuid"), "source": site, "title": post.get("title")
            or _at(post, "thread", "title")}  # fmt: skip


def _wordpress(post: Record) -> Record:
    """A post of WordPress' REST interface: two times tell the offset, the author is a number."""
    from corpus.dates import local_instant

    local, utc = str(post.get("date")), str(post.get("date_gmt"))
    published = local_instant(local, utc, "metadata")
    embedded = _at(post, "_embedded", "author")
    return {
        **{name: post[name] for name in ("title", "content", "status") if name in post},
        "url": post.get("link"),
        "published": str(published) if published else None,
        "author": embedded or _at(post, "yoast_head_json", "author"),
        "source": _at(post, "yoast_head_json", "og_site_name"),
        "language": post.get("lang"),
    }


def _csl(item: Record) -> Record:
    """An item of CSL-JSON, https://citationstyles.org: what text it has is its abstract."""
    return {
        **{name: item[name] for name in ("id", "title", "author", "issued", "language")
           if name in item},
        "text": item.get("abstract"),
        "url": item.get("URL"),
        "source": item.get("container-title") or item.get("publisher"),
        "place": item.get("publisher-place"),
    }  # fmt: skip


_SYSTEMS: list[tuple[frozenset[str], Callable[[Record], Record]]] = [
    (frozenset(["content_elements", "headlines"]), _arc),
    (frozenset(["lead_paragraph", "web_url"]), _new_york_times),
    (frozenset(["webPublicationDate", "fields"]), _guardian),
    (frozenset(["thread", "text", "uuid"]), _webhose),
    (frozenset(["date", "date_gmt", "content", "link"]), _wordpress),
    (frozenset(["container-title", "title"]), _csl),
    (frozenset(["issued", "title", "type"]), _csl),
]


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _lists(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
