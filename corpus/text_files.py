"""Articles that people save as text files: a headline, a dateline, the body."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from itertools import pairwise
from typing import Any

from corpus.article import Found
from corpus.databases import drafts_of_download
from corpus.datelines import prose_start, read_dateline
from corpus.dates import parse_date
from corpus.documents import Document
from corpus.drafts import Draft, numbered
from corpus.encoding import NotReadable, clean, clean_line, decode, decode_entities
from corpus.records import draft_of_record, is_unpublished

_LONGEST_HEADLINE = 300
"""Characters; a longer first line is the beginning of the text, not a headline."""

_FRONT_MATTER = re.compile(
    r"(?:---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)|\+{3}[ \t]*\n(?P<toml>.*?)\n\+{3})[ \t]*(?:\n|$)",
    re.DOTALL,
)
_SCALAR = re.compile(r"(?m)^([A-Za-z][\w .-]{0,40}):[ \t]+(?!([\"']).*\2$)([^\s\[{>|].*)$")
_LONGEST_FRONT = 20_000
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z _-]{0,20}?)\s*:\s+(\S.*)")
_HEADER_NAMES = frozenset(
    """title headline url link source publisher publication date published pubdate posted author
    byline by language lang place location dateline embargo embargoed id updated modified category
    section tags keywords""".split()
)
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(.*?)(?:\s+#+)?")
_LINES_ABOVE = 10
"""Lines, with empty ones; a heading further down is the heading of a section."""
_ADDRESS = re.compile(r"https?://\S+")
_NOTE_LINK = re.compile(r"\[\[(?:[^\[\]|]{0,200}\|)?([^\[\]|]{0,200})\]\]")
"""A link to another note, as in Obsidian and wikis; the group is the name that it shows."""

_HIGHLIGHT = re.compile(r"(?m)^@highlight\b")
_MOST_ABOVE = 12
"""Lines above a story of the Daily Mail: who wrote it, when it was published and updated."""

_UNDERLINE = re.compile(r"={3,}|-{3,}")


def read_text(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """A ``.txt`` file: one article, perhaps with front matter, or several of a download."""
    text = clean(decode_entities(decode(document.read())))
    if draft := _draft_with_front_matter(text, field_names, markdown=False):
        yield draft.finish(document.origin, document.name)
    else:
        yield from found_in_text(text, document)


def read_markdown(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """A ``.md`` file: one article, with or without front matter."""
    text = clean(decode_entities(decode(document.read())))
    draft = _draft_with_front_matter(text, field_names, markdown=True)
    draft = draft or draft_of_text(text, markdown=True)
    yield draft.finish(document.origin, document.name)


def _draft_with_front_matter(
    text: str, field_names: Mapping[str, str], *, markdown: bool
) -> Draft | None:
    """The draft of a text that begins with front matter; None for another text.

    What only looks like front matter, such as lines after a rule, belongs to the text.
    """
    front = _FRONT_MATTER.match(text)
    fields = _front_matter(front) if front else {}
    if front is None or not fields:
        return None
    if is_unpublished(fields):
        raise NotReadable("is a draft, as its front matter says, and not published")
    body = clean(text[front.end() :])
    draft = draft_of_text(body, markdown=markdown)
    stated = draft_of_record({**fields, "text": draft.text}, field_names)
    headline = stated.title and draft.title != clean_line(stated.title) and draft.title
    return replace(
        stated,
        # A headline that differs from the title in the front matter is part of the text.
        text=body if headline else draft.text,
        title=stated.title or draft.title,
        dates=[*stated.dates, *draft.dates],
        dated_by_name=True,
    )


def read_story(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """A ``.story`` of the CNN/Daily Mail data: a text, and a summary, which is nobody's article."""
    text, *_ = _HIGHLIGHT.split(clean(decode_entities(decode(document.read()))), maxsplit=1)
    draft = _draft_of_the_mail([line.strip() for line in text.split("\n") if line.strip()])
    yield (draft or Draft(text=text)).finish(document.origin, document.name)


def _draft_of_the_mail(lines: Sequence[str]) -> Draft | None:
    """The draft of a story of the Daily Mail: ``By``, names, ``PUBLISHED:``, a time; or None."""
    above = lines[:_MOST_ABOVE]
    begins = [at for at, line in enumerate(above) if line in {"PUBLISHED:", "UPDATED:"}]
    ends = [at + 2 for at in begins]
    for at, line in enumerate(above):
        if line.startswith("Last updated at "):
            begins.append(at)
            ends.append(at + 1)
    if not begins or (above[0] != "By" and min(begins)):
        return None
    stated = dict(pairwise(above))
    return Draft(
        text="\n\n".join(lines[max(ends) :]),
        author=" ".join(above[1 : min(begins)]) or None,
        dates=[parse_date(stated.get("PUBLISHED:", ""), "metadata")],
        source="Daily Mail",
    )


def found_in_text(text: str, document: Document) -> Iterator[Found]:
    """The articles in the clean text of a document: one, or several of a database's download."""
    drafts = drafts_of_download(text)
    if drafts is None:
        yield draft_of_text(text).finish(document.origin, document.name)
    else:
        yield from numbered(drafts, document)


def draft_of_text(text: str, *, markdown: bool = False) -> Draft:
    """The draft of the article in a text file: its address, headline, header lines and body."""
    first, _, below = text.partition("\n")
    if _ADDRESS.fullmatch(first.strip()) and below.strip():
        draft = _draft_of_lines(clean(below), markdown=markdown)
        return replace(draft, url=draft.url or first.strip())
    return _draft_of_lines(text, markdown=markdown)


def _draft_of_lines(text: str, *, markdown: bool) -> Draft:
    title, body = None, text
    fields, after_header = _header(text)
    if not fields:
        title, body = _headline(text, markdown=markdown)
        if title is not None:
            fields, after_header = _header(body)
    if fields:
        body = clean(after_header)
        stated = draft_of_record({**fields, "text": body or title or ""}, {})
        if title is None and stated.title is None:
            title, body = _headline(body, markdown=markdown)
        elif stated.title and (repeated := _headline(body, markdown=markdown))[0] == stated.title:
            body = repeated[1]
        return replace(
            stated, text=body or stated.text, title=title or stated.title, dated_by_name=True
        )
    return Draft(text=body, title=title, dated_by_name=True)


def _headline(text: str, *, markdown: bool) -> tuple[str | None, str]:
    """The headline and the body; None and the whole text if there is no headline."""
    lines = text.split("\n")
    position = 0
    start = prose_start(lines[0])
    if markdown and (heading_at := _heading_below_dateline(lines)):
        position = heading_at
    elif start == len(lines[0]):
        # A line of date and agency above the headline.
        position = next((at for at, line in enumerate(lines) if at and line.strip()), 0)
    elif start is not None:
        return None, text
    line = lines[position].strip()
    below = lines[position + 1 :]
    if below and _UNDERLINE.fullmatch(below[0].strip()):
        below = below[1:]
    if not any(line.strip() for line in below) or len(line) > _LONGEST_HEADLINE:
        return None, text
    if markdown:
        heading = _MARKDOWN_HEADING.fullmatch(line)
        line = heading[1] if heading else line
        line = re.sub(r"^(\*\*|__)(.+)\1$", r"\2", line)
    elif line.startswith("#"):
        line = line.lstrip("#").strip() or line
    body = clean("\n".join([*lines[:position], "", *below]))
    return (line, body) if body and line.strip() else (None, text)


def _heading_below_dateline(lines: Sequence[str]) -> int:
    """The index of the heading of a Markdown file, if the lines above it have a date; else 0."""
    first = [at for at, line in enumerate(lines[:_LINES_ABOVE]) if line.strip()]
    for at in first:
        below = lines[at + 1].strip() if at + 1 < len(lines) else ""
        if re.match(r"#\s", lines[at].strip()) or re.fullmatch(r"={3,}", below):
            return at if read_dateline("\n".join(lines[:at])).published else 0
    return 0


def _header(text: str) -> tuple[dict[str, str], str]:
    """The header lines at the top of a text (``Source: …``, ``Date: …``), and the text below."""
    fields: dict[str, str] = {}
    lines = text.split("\n")
    count = 0
    while count < len(lines) and (match := _HEADER_LINE.fullmatch(lines[count].strip())):
        fields[match[1].lower()] = match[2]
        count += 1
    known_names = fields.keys() & _HEADER_NAMES
    if len(known_names) < 2 and not _is_header(fields):
        return {}, text
    if "by" in fields:
        fields.setdefault("author", fields.pop("by"))
    return fields, "\n".join(lines[count:])


def _is_header(fields: dict[str, str]) -> bool:
    """Whether a lone line is a header; ``Source: minister to resign`` is a headline."""
    if len(fields) != 1:
        return False
    ((name, value),) = fields.items()
    if name in {"date", "published", "pubdate", "posted"}:
        return parse_date(value, "dateline") is not None
    if name in {"url", "link", "source"}:
        return value.startswith(("http://", "https://"))
    return name in {"title", "headline"}


def _front_matter(front: re.Match[str]) -> dict[str, object]:
    """The fields of front matter in TOML or YAML; {} if it is neither."""
    # A value with a colon, but without quotes, is invalid YAML, but common.
    quoted = _SCALAR.sub(lambda line: f"{line[1]}: {json.dumps(line[3])}", front["yaml"] or "")
    tries = ((tomllib.loads, front["toml"]), (_yaml, front["yaml"]), (_yaml, quoted))
    for read, written in tries:
        with suppress(ValueError, RecursionError):
            if written is not None and isinstance(fields := read(written), dict):
                return dict(_without_links(fields))
    return {}


def _yaml(written: str) -> object:
    """The value of a YAML text, with all scalars as strings; None if it is invalid."""
    import yaml  # type: ignore[import-untyped]

    with suppress(yaml.YAMLError):
        # References to other parts could expand without end.
        tokens = yaml.scan(written[:_LONGEST_FRONT])
        if not any(isinstance(token, yaml.AliasToken) for token in tokens):
            return yaml.load(written[:_LONGEST_FRONT], yaml.BaseLoader)  # noqa: S506
    return None


def _without_links(value: Any) -> Any:
    """A value of front matter with dates as text, and links to other notes as their names."""
    if isinstance(value, dict):
        return {key: _without_links(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(_without_links, value))
    value = str(value) if isinstance(value, date | time) else value
    return _NOTE_LINK.sub(r"\1", value) if isinstance(value, str) else value
