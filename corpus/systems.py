"""Records of publishing systems and of papers' services, recognised by the names of their fields.

Each is turned into a record with plain names. ``docs/sources.md`` lists the sources of their
shapes. For other systems the names in ``corpus.records`` are enough.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from corpus.authors import names_of
from corpus.dates import local_instant
from corpus.markup import text_of_html

Record = Mapping[str, Any]
_DEEPEST = 6
_OF_NINJS = frozenset(
    "pubstatus versioncreated firstcreated representationtype body_text body_xhtml bodies".split()
)
"""In lower case: version 1 writes versioncreated, and later ones write versionCreated."""


def plain_record(record: Record) -> Record:
    """The record with plain names; the same object if it is from no known system."""
    if _is_ninjs(record):
        return _ninjs(record)
    for marks, plain in _SYSTEMS:
        if marks <= record.keys():
            return plain(record)
    return record


def posts_of_ghost(value: Any) -> list[Any] | None:
    """The posts in an export of Ghost, with the names of their authors; None for other values."""
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
    for pair in sorted(
        _objects(data.get("posts_authors")), key=lambda pair: str(pair.get("sort_order"))
    ):
        if name := users.get(str(pair.get("author_id"))):
            writers.setdefault(str(pair.get("post_id")), []).append(name)
    return [
        _plain(
            post, id="uuid id", title="title", text="html plaintext lexical", language="locale",
            published="published_at", url="canonical_url", status="status",
        )
        | {"author": writers.get(str(post.get("id"))) or users.get(str(post.get("author_id")))}
        for post in _objects(data["posts"])
        if post.get("type") != "page" and post.get("page") not in (1, True)
    ]  # fmt: skip


def items_of_feed(value: Any) -> list[Any] | None:
    """The items of a JSON Feed, with the facts that the feed states for all; None otherwise."""
    if not isinstance(value, dict) or "jsonfeed.org/version/" not in str(value.get("version")):
        return None
    feed = _plain(value, source="title", language="language", creator="authors author")
    return [feed | item for item in _objects(value.get("items"))]


def messages_of_channel(value: Any) -> list[Any] | None:
    """The messages with a text in a channel that Telegram has exported; None for other values."""
    if not isinstance(value, dict) or not str(value.get("type")).endswith("_channel"):
        return None
    return [
        {
            # Every channel counts its messages from 1.
            "id": f"telegram-{value.get('id')}-{message.get('id')}", "text": message["text"],
            "published": message.get("date"), "source": value.get("name"),
        }
        for message in _objects(value.get("messages"))
        if message.get("type") == "message" and message.get("text")
    ]  # fmt: skip


def _plain(record: Record, **names: str) -> dict[str, Any]:
    """For each plain name the value at the first path with one, such as ``headline.main``."""
    return {
        name: next((value for path in paths.split() if (value := _at(record, path))), None)
        for name, paths in names.items()
    }


def _is_ninjs(record: Record) -> bool:
    """Whether an object is a news item in ninjs; Superdesk writes guid instead of uri."""
    names = {name.lower() for name in record}
    return not {"uri", "guid"}.isdisjoint(record) and not names.isdisjoint(_OF_NINJS)


def _ninjs(item: Record) -> Record:
    """A news item in IPTC's ninjs, 1.0 to 3.0: https://iptc.org/standards/ninjs/.

    If its text is in several forms, the one in HTML is used.
    """
    item = _in_lower_case(item)
    record = _plain(
        item, id="uri guid", title="headline title", published="firstcreated versioncreated",
        text="body_xhtml body_html body_text description_text", author="byline by",
        source="infosources infosource source provider copyrightholder",
        place="located places place",
    )  # fmt: skip
    return {**item, **record} | {
        "title": record["title"] or _main_value(item, "headlines"),
        "text": _main_value(item, "bodies", types=("html", "plain", "")) or record["text"],
    }


def _main_value(item: Record, name: str, types: tuple[str, ...] = ("",)) -> str | None:
    """The value of the main object in a list, in the first of the types that is present."""
    forms = [_in_lower_case(form) for form in _objects(item.get(name))]
    forms.sort(key=lambda form: form.get("role") != "main")
    for type_name in types:
        for form in forms:
            is_of_type = type_name in str(form.get("contenttype", ""))
            if is_of_type and isinstance(form.get("value"), str):
                return str(form["value"])
    return None


def _in_lower_case(record: Record) -> dict[str, Any]:
    return {name.lower(): value for name, value in record.items()}


def _arc(story: Record) -> Record:
    """A story of Arc XP: its paragraphs are a list, https://github.com/washingtonpost/ans-schema."""
    story_of_arc = _plain(
        story, id="_id", title="headlines.basic", url="canonical_url website_url",
        published="display_date first_publish_date publish_date", author="credits.by",
        source="source.name distributor.name", language="language", location="location",
        section="taxonomy.primary_section.name",
    )  # fmt: skip
    elements = _objects(story.get("content_elements"))
    return story_of_arc | {
        "text": [_text_of_arc(element, 0) for element in elements],
        "status": "draft" if _at(story, "revision.published") is False else None,
    }


def _text_of_arc(element: Record, depth: int) -> str:
    kind = element.get("type")
    if kind in {"text", "header", "raw_html", "correction"}:
        return f"<p>{element.get('content') or element.get('text') or ''}</p>"
    if kind == "table":
        rows = [element.get("header"), *_list(element.get("rows"))]
        return "".join(f"<p>{' | '.join(map(_cell, _list(row)))}</p>" for row in rows)
    if kind in {"list", "quote"} and depth < _DEEPEST:
        inside = [*_objects(element.get("items")), *_objects(element.get("content_elements"))]
        return "".join(_text_of_arc(element, depth + 1) for element in inside)
    return ""


def _cell(cell: Any) -> str:
    return str(cell.get("content") or "") if isinstance(cell, dict) else escape(str(cell))


def _new_york_times(document: Record) -> Record:
    """An answer of the New York Times' article search, which has only the first paragraph."""
    record = _plain(
        document, id="_id", title="headline.main", text="lead_paragraph", published="pub_date",
        url="web_url", author="byline.original byline.person", source="source",
        section="section_name",
    )  # fmt: skip
    return record | {"source": record["source"] or "The New York Times"}


def _guardian(content: Record) -> Record:
    """An answer of the Guardian's Open Platform: title and text are inside ``fields``."""
    record = _plain(
        content, id="id", title="fields.headline webTitle", text="fields.body",
        published="webPublicationDate", url="webUrl", author="fields.byline",
        source="fields.publication", language="fields.lang", section="sectionName",
    )  # fmt: skip
    blocks = [block.get("bodyHtml") for block in _objects(_at(content, "blocks.body"))]
    return record | {
        "text": record["text"] or blocks or _at(content, "fields.bodyText"),
        "source": record["source"] or "The Guardian",
    }


def _webhose(post: Record) -> Record:
    """A post of Webhose: its thread names the site."""
    return {**post, **_plain(post, id="uuid", source="thread.site_full thread.site",
                             title="title thread.title")}  # fmt: skip


def _wordpress(post: Record) -> Record:
    """A post of WordPress' REST interface: two times give the offset, the author is a number."""
    published = local_instant(str(post.get("date")), str(post.get("date_gmt")))
    record = _plain(
        post, title="title.rendered title", content="content", status="status", url="link",
        language="lang",
        author="_embedded.author yoast_head_json.author", source="yoast_head_json.og_site_name",
    )  # fmt: skip
    # The titles are HTML, as the texts are.
    title = record["title"]
    return record | {
        "title": text_of_html(title) if isinstance(title, str) else title,
        "published": str(published) if published else None,
    }


def _apple_news(article: Record) -> Record:
    """An article in Apple News Format: its paragraphs are components, as title and byline are."""
    return _plain(
        article, id="identifier", title="title", text="components", language="language",
        published="metadata.datePublished metadata.dateCreated", author="metadata.authors",
        url="metadata.canonicalURL",
    )  # fmt: skip


def _joomla(article: Record) -> Record:
    """An article of Joomla: lead and text are separate fields, and state 1 means public."""
    texts = [article["introtext"], article["fulltext"]]
    state = str(article.get("state", "1"))
    return _plain(
        article, id="id", title="title", published="publish_up created", language="language",
        author="created_by_alias",
    ) | {"text": texts, "status": None if state == "1" else "unpublished"}  # fmt: skip


def _feed_reader(item: Record) -> Record:
    """An item of a list that a feed reader exports: Inoreader, FreshRSS or Feedly."""
    link = next(iter(_objects(item.get("canonical")) or _objects(item.get("alternate"))), {})
    return _plain(
        item, id="id", title="title", text="content.content summary.content", author="author",
        published="published", source="origin.title", language="language",
    ) | {"url": link.get("href")}  # fmt: skip


def _csl(item: Record) -> Record:
    """An item of CSL-JSON, https://citationstyles.org: its only text is an abstract."""
    return _plain(
        item, id="id", title="title", author="author", issued="issued", language="language",
        text="abstract", url="URL", source="container-title publisher", place="publisher-place",
        section="section",
    )  # fmt: skip


def _washington_post(story: Record) -> Record:
    """A story of TREC's collection of the Washington Post: its parts are a list, each of a type."""
    record = _plain(
        story, id="id", title="title", url="article_url", author="author", source="source",
        published="published_date",
    )  # fmt: skip
    parts = _objects(story.get("contents"))
    kickers = (part.get("content") for part in parts if part.get("type") == "kicker")
    paragraphs = [part for part in parts if part.get("type") in {"sanitized_html", "correction"}]
    return record | {
        "section": next(kickers, None),
        "text": [f"<p>{_content_of(part)}</p>" for part in paragraphs if part.get("content")],
    }


def _content_of(part: Record) -> str:
    content = str(part["content"])
    return content if part.get("mime") == "text/html" else escape(content)


_SYSTEMS: list[tuple[frozenset[str], Callable[[Record], Record]]] = [
    (frozenset(["content_elements", "headlines"]), _arc),
    (frozenset(["contents", "article_url"]), _washington_post),
    (frozenset(["lead_paragraph", "web_url"]), _new_york_times),
    (frozenset(["webPublicationDate", "fields"]), _guardian),
    (frozenset(["thread", "text", "uuid"]), _webhose),
    (frozenset(["date", "date_gmt", "content", "link"]), _wordpress),
    (frozenset(["components", "identifier"]), _apple_news),
    (frozenset(["introtext", "fulltext"]), _joomla),
    (frozenset(["origin", "alternate"]), _feed_reader),
    (frozenset(["container-title", "title"]), _csl),
    (frozenset(["issued", "title", "type"]), _csl),
]


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
