"""Reads lists of records: each is an article, a line in the report, or a draft that is left out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from corpus.article import Article, Found, Note, Unreadable, UnreadableRecord
from corpus.dates import Order, order_of_dates, parse_date
from corpus.documents import Document
from corpus.drafts import Draft
from corpus.encoding import NotReadable, one_line
from corpus.records import (
    PROSE,
    draft_of_record,
    field_of,
    has_field,
    is_unpublished,
    may_be_text,
    text_of,
    unclear_withdrawal,
)
from corpus.systems import plain_record

MOST_DIGITS = 1_000
"""Digits of a number; Python's time to read one grows with the square of their number."""


_OUTER_FIELDS = "title id url source author language place section undated revision".split()
_MOST_NAMED = 8
_LONGEST_LINE = 80
"""Characters of a value that may be a date."""

_NUMBER = re.compile(r"\d+(?:\.\d*)?")
_DIGITS_OF_DAY = len("20240502")


@dataclass(frozen=True, slots=True)
class TooLong:
    """Stands for a number with more digits than are read."""


def found_in_records(
    records: Iterable[object],
    document: Document,
    field_names: Mapping[str, str],
    order: Order | None = None,
    *,
    is_single: bool = False,
) -> Iterator[Found]:
    """For each record of a document its article, or the reason why it gives none.

    A ``NotReadable`` in place of a record says why that one cannot be read. Records that are not
    public are left out, and counted in a line at the end. If no article has a date, a note names
    the fields that were not used.
    """
    number = unpublished = 0
    all_undated, is_noted, is_unclear = True, False, False
    unused: dict[str, None] = {}
    for number, record in enumerate(records, start=1):
        if isinstance(record, dict) and _is_unpublished(record, field_names):
            unpublished += 1
            continue
        where = "" if is_single else f"#{number}"
        if isinstance(record, NotReadable):
            yield Unreadable(document.origin + where, str(record))
            continue
        item = _found_in_record(record, number, where, document, field_names, order)
        if isinstance(item, Article):
            all_undated = all_undated and item.published is None
            is_noted = is_noted or item.undated is not None
            if all_undated and isinstance(record, dict) and len(unused) < _MOST_NAMED:
                unused |= dict.fromkeys(_unused_fields(record, field_names))
        yield item
        if isinstance(item, Article) and item.withdrawn and not is_unclear:
            word = unclear_withdrawal(record, field_names) if isinstance(record, dict) else None
            is_unclear = word is not None
            if word is not None:
                reason = f"is withdrawn, as it gives {shortened(word)} where others give yes or no"
                yield Note(item.origin or item.id, reason)
    if all_undated and unused and not is_noted:
        names = ", ".join(shortened(name) for name in list(unused)[:_MOST_NAMED])
        yield Note(
            document.origin,
            f"gives no article a date; its fields that were not used are {names}; "
            "if one of them is the date, name it with --field published=NAME",
        )
    if unpublished:
        raise NotReadable(left_out(unpublished, number))


def _found_in_record(
    record: object,
    number: int,
    where: str,
    document: Document,
    field_names: Mapping[str, str],
    order: Order | None,
) -> Found:
    """The article in a record; ``where`` is ``#`` and its number, or blank for a single record."""
    origin = document.origin + where
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
    own_name = f"{field_names['text']}, " if "text" in field_names else ""
    reason = (
        f"record {number} has no text: nothing in {own_name}text, body, content, …; "
        f"its fields are {keys}; if one of them is the text, name it with --field text=NAME"
    )
    # The article of a file that is one record may have been known by the file's path.
    id = draft.known_id if where else None
    return UnreadableRecord(origin, reason, id) if id else Unreadable(origin, reason)


def record_draft(
    record: Mapping[str, Any], field_names: Mapping[str, str], order: Order | None = None
) -> Draft:
    """The draft of a record, or of the record inside it that contains the text.

    ``{"article": {"title": …, "body": …}}`` and ``{"_id": …, "_source": {…}}`` have one inside. The
    outer record supplies the facts that the inner one lacks.
    """
    record = plain_record(record)
    draft = draft_of_record(record, field_names, order)
    if draft.text or draft.withdrawn:
        return draft
    if (body := body_in_list(record, field_names)) is not None:
        return replace(draft, text=text_of(body))
    for key, value in record.items():
        if isinstance(value, dict):
            inner_draft = draft_of_record(plain_record(value), field_names, order)
            if inner_draft.text:
                # The key of the inner record is no field: a search engine's "_source" is no paper.
                outside = {name: field for name, field in record.items() if name != key}
                break
    else:
        return draft
    draft = draft_of_record(outside, field_names, order)
    facts = {name: getattr(inner_draft, name) or getattr(draft, name) for name in _OUTER_FIELDS}
    embargo = draft.embargo if inner_draft.embargo is None else inner_draft.embargo
    return replace(inner_draft, **facts, dates=[*inner_draft.dates, *draft.dates], embargo=embargo)


def body_in_list(record: Mapping[str, Any], field_names: Mapping[str, str]) -> list[Any] | None:
    """The paragraphs of a record that itself has a title and a date, if they are objects in a list.

    Such objects have texts, but no titles, dates or addresses.
    """
    names = {field_of(key, field_names) for key in record}
    if "title" not in names or not names & {"published", "url", "author", "id"}:
        return None
    for inner in record.values():
        if not isinstance(inner, list) or not inner or not isinstance(inner[0], dict):
            continue
        fields = [
            {field_of(key, field_names) for part in (item, *item.values())
             if isinstance(part, dict) for key in part}
            for item in inner if isinstance(item, dict)
        ]  # fmt: skip
        if any("text" in names for names in fields) and not any(
            names & {"title", "published", "url", "author"} for names in fields
        ):
            return inner
    return None


def _is_unpublished(record: Mapping[str, Any], field_names: Mapping[str, str]) -> bool:
    """Whether a record, or the record inside it with the text, says that it is not public."""
    inner = (value for value in record.values() if isinstance(value, dict))
    return any(
        (is_unpublished(value) or is_unpublished(plain_record(value)))
        and (value is record or has_field(value, "text", field_names))
        for value in [record, *inner]
    )


def taken_for_date(
    records: Iterable[Mapping[str, Any]], field_names: Mapping[str, str]
) -> str | None:
    """The only field whose values are days, if no record has a field with a date's name; else None.

    It needs at least two values, unless there is only one record.
    """
    values: dict[str, list[Any]] = {}
    count = 0
    for record in records:
        count += 1
        for name in record:
            if field_of(name, field_names) == "published":
                return None
        for name in _unused_fields(record, field_names):
            values.setdefault(name, []).append(record[name])
    least = min(2, count)
    names = [name for name, column in values.items() if len(column) >= least and _are_days(column)]
    return names[0] if len(names) == 1 else None


def taken_for_text(records: Iterable[Mapping[str, str]]) -> str | None:
    """The only field whose values are mostly long prose, in records without a text; or None."""
    values: dict[str, list[bool]] = {}
    for record in records:
        for name, value in record.items():
            if value.strip() and len(name) <= _LONGEST_LINE:
                values.setdefault(name, []).append(may_be_text(name, value) and len(value) > PROSE)
    prose = [name for name, are_prose in values.items() if 2 * sum(are_prose) > len(are_prose)]
    return prose[0] if len(prose) == 1 else None


def note_of_field(field: Literal["text", "published"], name: str, document: Document) -> Note:
    """The note in the report about a field that was taken for the text, or for the date."""
    meaning, values = {"text": ("text", "long prose"), "published": ("date", "days")}[field]
    return Note(
        document.origin,
        f"names no field as the {meaning}; {shortened(name)}, the only one with {values} in it, "
        f"was taken for it; if another one is, name it with --field {field}=NAME",
    )


def _unused_fields(record: Mapping[str, Any], field_names: Mapping[str, str]) -> Iterator[str]:
    """The unknown fields of a record whose values are short and contain digits."""
    for name, value in record.items():
        line = str(value) if isinstance(value, str | int | float) else ""
        may_be_date = len(line) <= _LONGEST_LINE and any(map(str.isdigit, line))
        if may_be_date and field_of(name, field_names) is None:
            yield name


def _are_days(values: Sequence[Any]) -> bool:
    """Whether all values are days; a number is a day only if it looks like ``20240502``."""
    if not all(isinstance(value, str) for value in values):
        return False
    order = order_of_dates(values)
    for value in values:
        if not _NUMBER.fullmatch(value.strip()) or len(value.strip()) == _DIGITS_OF_DAY:
            date = parse_date(value, "metadata", None, order)
            if date is not None and date.precision in {"day", "instant"}:
                continue
        return False
    return True


def left_out(unpublished: int, count: int, records: str = "records") -> str:
    """The line of the report about records that are not public."""
    which = "is a draft" if unpublished == 1 else "are drafts"
    return f"{unpublished} of its {count} {records} {which} or not public, and left out"


def links_only(count: int) -> str:
    """The line of the report about a list of links, as Media Cloud and GDELT export them."""
    if count == 1:
        return "lists a link without the text of its article; save that to read it"
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
