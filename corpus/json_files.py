"""JSON and JSON lines: finds the records in them, and the article in each record."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from corpus.article import Found
from corpus.dates import Order, order_of_dates
from corpus.documents import LARGEST_FILE, LONGEST_TEXT, Document
from corpus.encoding import NotReadable, decode
from corpus.record_lists import (
    MOST_DIGITS,
    TooLong,
    body_in_list,
    found_in_records,
    links_only,
    note_of_field,
    record_draft,
    taken_for_date,
)
from corpus.records import field_of, has_field, plain_name
from corpus.systems import items_of_feed, messages_of_channel, plain_record, posts_of_ghost

_LISTS = (
    "articles items results data documents docs records stories posts entries hits news "
    "contentelements".split()
)
_DEEPEST_LIST = 4
_JUDGED_BY = 1_000
"""Lines that are read ahead at most."""

_YEAR_FIRST = re.compile(r"\d{4}(?!\d)|\D")
"""A date that is written in no more than one way: with the year first, or in words."""

_CALL = re.compile(r"\s*(?:[\w.$]{1,80}\s*[(=]\s*)?")
_BETWEEN = re.compile(r"[\s,;)]*")


def read_json(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One object, a list of objects, or an object with a list of them somewhere inside."""
    text = decode(document.read(LARGEST_FILE)).removeprefix("\ufeff")
    try:
        value = json.loads(text, parse_int=_number, parse_constant=_nothing)
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines[:2]):
            # One object a line, whatever the file's name.
            yield from found_in_records(_records_in_lines(lines), document, field_names)
            return
        if (values := _values_in_a_row(text)) is not None:
            yield from found_in_value(values, document, field_names)
            return
        where = f"line {error.lineno} column {error.colno}"
        raise NotReadable(f"is not valid JSON at {where}: {_problem(error)}") from None
    except (ValueError, RecursionError):
        raise NotReadable("is JSON that is nested too deeply") from None
    yield from found_in_value(value, document, field_names)


def _values_in_a_row(text: str) -> list[Any] | None:
    """The records in values that follow each other, or in the value that a script passes on.

    ``{…} {…}``, ``[…] […]``, ``callback([…]);`` and ``window.data = […]``; None for anything else.
    """
    decoder = json.JSONDecoder(parse_int=_number, parse_constant=_nothing)
    call = _CALL.match(text)
    at = call.end() if call else 0
    values: list[Any] = []
    try:
        while text[at : at + 1] in {"{", "["}:
            value, end = decoder.raw_decode(text, at)
            values += value if isinstance(value, list) else [value]
            after = _BETWEEN.match(text, end)
            at = after.end() if after else end
    except (ValueError, RecursionError):
        return None
    return values if at == len(text) else None


def found_in_value(
    value: Any, document: Document, field_names: Mapping[str, str]
) -> Iterator[Found]:
    """The articles in a JSON value, or in a value that was made from another format."""
    exported = posts_of_ghost(value) or items_of_feed(value) or messages_of_channel(value)
    records = exported or _records(value, field_names)
    if records is None:
        raise NotReadable("holds no records: neither an object with a text nor a list of objects")
    if not records:
        raise NotReadable("holds an empty list of records")
    if len(records) > 1 and all(_is_link(record, field_names) for record in records):
        raise NotReadable(links_only(len(records)))
    if records[0] is value:
        yield from found_in_records([value], document, field_names, is_single=True)
        return
    plain = [record for record in records if isinstance(record, dict)]
    if (date_field := taken_for_date(plain, field_names)) is not None:
        field_names = {**field_names, "published": date_field}
        yield note_of_field("published", date_field, document)
    order = _order(records, field_names)
    yield from found_in_records(records, document, field_names, order)


def holds_articles(value: Any, field_names: Mapping[str, str]) -> bool:
    """Whether a value contains a record with a text, and with a title or a date."""
    records = (item for item in _records(value, field_names) or [] if isinstance(item, dict))
    drafts = (record_draft(record, field_names) for record in records)
    return any(draft.text and (draft.title or any(draft.dates)) for draft in drafts)


def read_json_lines(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One JSON object a line; only one line at a time is in memory, once the dates are known."""
    ahead = _Ahead(_records_in_lines(document.lines()), field_names)
    order = _order(ahead.records, field_names)
    yield from found_in_records(ahead, document, field_names, order)


class _Ahead:
    """The records of lines, the first of which are read ahead: they decide what 5/3/2021 means.

    It reads on while the dates of all records so far may be read in two ways, or are missing.
    """

    def __init__(self, records: Iterator[Any], field_names: Mapping[str, str]) -> None:
        self.records: list[Any] = []
        self._rest = records
        self._failure: Exception | None = None
        size = 0
        try:
            for record in islice(records, _JUDGED_BY):
                self.records.append(record)
                size += _size(record)
                dates = list(_dates([record], field_names))
                is_known = any(_YEAR_FIRST.match(date.strip()) for date in dates)
                if is_known or size > LONGEST_TEXT:
                    break
        except (NotReadable, OSError) as error:
            # What precedes the damage is read first.
            self._failure = error

    def __iter__(self) -> Iterator[Any]:
        yield from self.records
        if self._failure is not None:
            raise self._failure
        yield from self._rest


def _size(record: Any) -> int:
    values = record.values() if isinstance(record, dict) else []
    return sum(len(value) for value in values if isinstance(value, str | list))


def _records_in_lines(lines: Iterable[str | None]) -> Iterator[Any]:
    """The value in each line that is not blank, or a ``NotReadable`` if the line has none."""
    number = 0
    for line_number, line in enumerate(lines, start=1):
        if line is not None and not line.strip(" \t\ufeff"):
            continue
        number += 1
        if line is None:
            size = f"{LONGEST_TEXT // 1_000_000} MB"
            yield NotReadable(f"record {number} (line {line_number}) is over {size} long")
            continue
        try:
            yield json.loads(line.strip(" \t\ufeff"), parse_int=_number, parse_constant=_nothing)
        except json.JSONDecodeError as error:
            where = f"line {line_number} column {error.colno}"
            yield NotReadable(f"is not valid JSON at {where}: {_problem(error)}")
        except (ValueError, RecursionError):
            yield NotReadable(f"line {line_number} is nested too deeply")
    if not number:
        raise NotReadable("is empty")


def _problem(error: json.JSONDecodeError) -> str:
    """What is wrong with the JSON; some of Python's messages end with "starting at"."""
    return error.msg.removesuffix(" starting at")


def _number(digits: str) -> int | TooLong:
    return int(digits) if len(digits) <= MOST_DIGITS else TooLong()


def _nothing(name: str) -> None:
    """None for ``NaN`` and ``Infinity``: a field with such a number is empty."""


def _records(value: Any, field_names: Mapping[str, str], depth: int = 0) -> list[Any] | None:
    """The records in a JSON value; ``[value]`` if the value itself is one; None if it has none."""
    if isinstance(value, list):
        return _records_in_list(value, field_names, depth)
    if not isinstance(value, dict) or depth > _DEEPEST_LIST:
        return None
    if plain_record(value) is not value:
        return [value]
    for key, inner in value.items():
        # Pages of results may have their articles in a field with the name of a text.
        are_titled = isinstance(inner, list) and [_is_titled(item, field_names) for item in inner]
        if are_titled and all(are_titled) and field_of(key, field_names) == "text":
            return list(inner)
    if has_field(value, "text", field_names):
        return [value]
    lists = {plain_name(key): inner for key, inner in value.items() if isinstance(inner, list)}
    # A feed has its own title and description beside its list of articles.
    for name in _LISTS:
        if name in lists and all(isinstance(item, dict) for item in lists[name]):
            return lists[name]
    if has_field(value, "summary", field_names) or body_in_list(value, field_names) is not None:
        return [value]
    if len(value) > 1 and all(_is_titled(inner, field_names) for inner in value.values()):
        return [_with_key(key, inner, field_names) for key, inner in value.items()]
    for inner in sorted(value.values(), key=lambda value: isinstance(value, dict)):
        records = _records(inner, field_names, depth + 1)
        if not records or (records[0] is inner and plain_record(inner) is inner):
            continue
        if any(isinstance(item, dict) and _is_article(item, field_names) for item in records):
            return records
    return [value]


def _records_in_list(
    value: list[Any], field_names: Mapping[str, str], depth: int
) -> list[Any] | None:
    """The list itself, or the records in lists in its objects if these have no text."""
    objects = [item for item in value if isinstance(item, dict)]
    has_text = any(record_draft(item, field_names).text for item in objects)
    if depth <= _DEEPEST_LIST and not has_text:
        pairs = [(item, _records(item, field_names, depth + 1)) for item in objects]
        inside = [record for item, records in pairs for record in records or []
                  if records and records[0] is not item]  # fmt: skip
        if inside:
            return inside
    return value if objects or not value else None


def _is_titled(record: Any, field_names: Mapping[str, str]) -> bool:
    """Whether a value is an object with a title and a text."""
    names = {field_of(key, field_names) for key in record} if isinstance(record, dict) else set()
    return "title" in names and not names.isdisjoint(["text", "summary"])


def _with_key(key: str, record: dict[str, Any], field_names: Mapping[str, str]) -> dict[str, Any]:
    """A record with its key as its URL or id, unless it has its own or the key is a number."""
    has_own = any(field_of(name, field_names) in {"id", "url"} for name in record)
    return record if has_own or key.isdecimal() else record | {"url" if "://" in key else "id": key}


def _is_article(record: dict[str, Any], field_names: Mapping[str, str]) -> bool:
    """Whether an object is or contains a record, and is no category, picture or paragraph."""
    for value in (record, *record.values()):
        if not isinstance(value, dict):
            continue
        names = {field_of(key, field_names) for key in value}
        if names & {"text", "summary"} or has_field(value, "text", field_names):
            return True
        if "title" in names and names & {"published", "url", "author"}:
            return True
    return False


def _is_link(record: Any, field_names: Mapping[str, str]) -> bool:
    return (
        isinstance(record, dict)
        and has_field(record, "url", field_names)
        and not any(isinstance(value, dict | list) for value in record.values())
        and not record_draft(record, field_names).text
    )


def _order(records: list[Any], field_names: Mapping[str, str]) -> Order | None:
    return order_of_dates(_dates(records, field_names))


def _dates(records: Iterable[Any], field_names: Mapping[str, str]) -> Iterator[str]:
    return (
        value
        for record in records
        if isinstance(record, dict)
        for key, value in record.items()
        if isinstance(value, str) and field_of(key, field_names) == "published"
    )
