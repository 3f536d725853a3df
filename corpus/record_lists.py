"""Records one after another: each is an article, a line in the report, or not for the public."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus.article import Article, Found, Unreadable
from corpus.dates import Order
from corpus.documents import Document
from corpus.drafts import Draft
from corpus.encoding import NotReadable, one_line
from corpus.records import draft_of_record, field_of, is_unpublished, text_of
from corpus.systems import plain_record

MOST_DIGITS = 1_000
"""Of a number; Python takes the square of them to read it."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """Stands for a number that has more digits than are read."""


def found_in_record(
    record: object,
    number: int | None,
    document: Document,
    field_names: Mapping[str, str],
    order: Order | None = None,
) -> Found:
    """What a record is: an article, or why it is none; ``number`` is None if there is one only."""
    where = "" if number is None else f"#{number}"
    origin, number = document.origin + where, number or 1
    if not isinstance(record, dict):
        return Unreadable(origin, f"record {number} is not an object with fields")
    try:
        if _has_too_long(record):
            reason = f"record {number} has a number of more than {MOST_DIGITS:,} digits"
            return Unreadable(origin, reason)
        draft = record_draft(record, field_names, order)
    except RecursionError:
        return Unreadable(origin, f"record {number} is nested too deeply")
    article = draft.finish(origin, document.name + where)
    if isinstance(article, Article) or draft.text.strip():
        return article
    keys = ", ".join(shortened(str(key)) for key in list(record)[:8]) or "none"
    wanted = f"{field_names['text']}, " if "text" in field_names else ""
    return Unreadable(
        origin,
        f"record {number} has no text: nothing in {wanted}text, body, content, …; "
        f"its fields are {keys}; if one of them is the text, name it with --field text=NAME",
    )


def record_draft(
    record: Mapping[str, Any], field_names: Mapping[str, str], order: Order | None = None
) -> Draft:
    """What a record says, or the record inside it that holds the text.

    ``{"article": {"title": …, "body": …}}``, ``{"_id": …, "_source": {…}}`` and the like: what
    the inner one does not say of its article the outer one does.
    """
    record = plain_record(record)
    draft = draft_of_record(record, field_names, order)
    if draft.text or draft.withdrawn:
        return draft
    if (body := body_in_list(record, field_names)) is not None:
        return replace(draft, text=text_of(body))
    nested = (value for value in record.values() if isinstance(value, dict))
    inner = (draft_of_record(plain_record(value), field_names, order) for value in nested)
    chosen = next((draft for draft in inner if draft.text), None)
    if chosen is None:
        return draft
    return replace(
        chosen,
        title=chosen.title or draft.title,
        id=chosen.id or draft.id,
        dates=[*chosen.dates, *draft.dates],
        url=chosen.url or draft.url,
        source=chosen.source or draft.source,
        author=chosen.author or draft.author,
        language=chosen.language or draft.language,
        place=chosen.place or draft.place,
        section=chosen.section or draft.section,
        embargo=draft.embargo if chosen.embargo is None else chosen.embargo,
    )


def body_in_list(record: Mapping[str, Any], field_names: Mapping[str, str]) -> list[Any] | None:
    """The paragraphs of a record that itself has title and date, where they are a list of objects.

    They have texts, but neither titles nor dates or addresses.
    """
    names = {field_of(key, field_names) for key in record}
    if "title" not in names or not names & {"published", "url", "author", "id"}:
        return None
    for inner in record.values():
        if not isinstance(inner, list) or not inner or not isinstance(inner[0], dict):
            continue
        fields = [
            {field_of(key, field_names) for key in item} for item in inner if isinstance(item, dict)
        ]
        if any("text" in names for names in fields) and not any(
            names & {"title", "published", "url", "author"} for names in fields
        ):
            return inner
    return None


def published(items: Iterable[tuple[Any, Found]]) -> Iterator[Found]:
    """What was made of records, without those that are not public, which are counted in a line."""
    count = unpublished = 0
    for record, item in items:
        count += 1
        if isinstance(record, dict) and is_unpublished(record):
            unpublished += 1
        else:
            yield item
    if unpublished:
        raise NotReadable(left_out(unpublished, count))


def left_out(unpublished: int, count: int, records: str = "records") -> str:
    """The line of the report about records that are not public."""
    which = "is a draft" if unpublished == 1 else "are drafts"
    return f"{unpublished} of its {count} {records} {which} or not public, and left out"


def links_only(count: int) -> str:
    """The line of the report about a list of links, such as Media Cloud and GDELT export."""
    return f"lists {count} links without the texts of the articles; save these to read them"


def _has_too_long(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_too_long, value.values()))
    if isinstance(value, list):
        return any(map(_has_too_long, value))
    return isinstance(value, TooLong)


def shortened(name: str) -> str:
    """The name of a field, cut to 30 characters for a message."""
    name = one_line(name)
    return name if len(name) <= 30 else name[:29] + "…"
