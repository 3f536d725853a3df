"""Articles saved as text, the way people save news: a headline, a dateline, the body."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
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
"""Characters; a longer first line is the beginning of the text, and there is no headline."""

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
"""Empty ones among them; a heading that stands lower is one of a section."""
_ADDRESS = re.compile(r"https?://\S+")
_NOTE_LINK = re.compile(r"\[\[(?:[^\[\]|]{0,200}\|)?([^\[\]|]{0,200})\]\]")
"""How Obsidian and wikis link to another note, and the name by which it is shown."""

_UNDERLINE = re.compile(r"={3,}|-{3,}")


def read_text(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """A ``.txt`` file: one article, or those of a download from a database."""
    yield from found_in_text(clean(decode_entities(decode(document.read()))), document)


def read_markdown(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """A ``.md`` file: one article, with or without front matter."""
    text = clean(decode_entities(decode(document.read())))
    front = _FRONT_MATTER.match(text)
    fields = _front_matter(front) if front else {}
    if is_unpublished(fields):
        raise NotReadable("is a draft, as its front matter says, and not published")
    # A rule at the top of a text that only looks like front matter is left where it is.
    body = clean(text[front.end() :]) if front and fields else text
    draft = draft_of_text(body, markdown=True)
    if fields:
        known = draft_of_record({**fields, "text": draft.text}, field_names)
        headline = known.title and draft.title != clean_line(known.title) and draft.title
        draft = replace(
            known,
            # A first line that is not the title that the front matter gives is part of the text.
            text=body if headline else draft.text,
            title=known.title or draft.title,
            dates=[*known.dates, *draft.dates],
            dated_by_name=True,
        )
    yield draft.finish(document.origin, document.name)


def found_in_text(text: str, document: Document) -> Iterator[Found]:
    """What the clean text of a document holds: one article, or a database's download of many."""
    drafts = drafts_of_download(text)
    if drafts is None:
        yield draft_of_text(text).finish(document.origin, document.name)
    else:
        yield from numbered(drafts, document)


def draft_of_text(text: str, *, markdown: bool = False) -> Draft:
    """Address, headline, header lines and text of a file."""
    first, _, rest = text.partition("\n")
    if _ADDRESS.fullmatch(first.strip()) and rest.strip():
        draft = _draft_of_lines(clean(rest), markdown=markdown)
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
        known = draft_of_record({**fields, "text": body or title or ""}, {})
        if title is None and known.title is None:
            title, body = _headline(body, markdown=markdown)
        elif known.title and (repeated := _headline(body, markdown=markdown))[0] == known.title:
            body = repeated[1]
        return replace(
            known, text=body or known.text, title=title or known.title, dated_by_name=True
        )
    return Draft(text=body, title=title, dated_by_name=True)


def _headline(text: str, *, markdown: bool) -> tuple[str | None, str]:
    """The headline and the body; None and the whole text if it begins with the body."""
    lines = text.split("\n")
    position = 0
    start = prose_start(lines[0])
    if markdown and (below := _heading_below_dateline(lines)):
        position = below
    elif start == len(lines[0]):
        # A line of date and agency above the headline.
        position = next((at for at, line in enumerate(lines) if at and line.strip()), 0)
    elif start is not None:
        return None, text
    line = lines[position].strip()
    rest = lines[position + 1 :]
    if rest and _UNDERLINE.fullmatch(rest[0].strip()):
        rest = rest[1:]
    if not any(line.strip() for line in rest) or len(line) > _LONGEST_HEADLINE:
        return None, text
    if markdown:
        heading = _MARKDOWN_HEADING.fullmatch(line)
        line = heading[1] if heading else line
        line = re.sub(r"^(\*\*|__)(.+)\1$", r"\2", line)
    elif line.startswith("#"):
        line = line.lstrip("#").strip() or line
    body = clean("\n".join([*lines[:position], "", *rest]))
    return (line, body) if body and line.strip() else (None, text)


def _heading_below_dateline(lines: Sequence[str]) -> int:
    """Which line is the heading of a Markdown file, if what stands above it has a date; else 0."""
    first = [at for at, line in enumerate(lines[:_LINES_ABOVE]) if line.strip()]
    for at in first:
        below = lines[at + 1].strip() if at + 1 < len(lines) else ""
        if re.match(r"#\s", lines[at].strip()) or re.fullmatch(r"={3,}", below):
            return at if read_dateline("\n".join(lines[:at])).published else 0
    return 0


def _header(text: str) -> tuple[dict[str, str], str]:
    """The lines ``Source: …``, ``Date: …`` at the top of a text, and what follows them."""
    fields: dict[str, str] = {}
    lines = text.split("\n")
    count = 0
    while count < len(lines) and (match := _HEADER_LINE.fullmatch(lines[count].strip())):
        fields[match[1].lower()] = match[2]
        count += 1
    known = fields.keys() & _HEADER_NAMES
    if len(known) < 2 and not _is_header(fields):
        return {}, text
    if "by" in fields:
        fields.setdefault("author", fields.pop("by"))
    return fields, "\n".join(lines[count:])


def _is_header(fields: dict[str, str]) -> bool:
    """Whether a single line is a header; ``Source: minister to resign`` is a headline."""
    if len(fields) != 1:
        return False
    ((name, value),) = fields.items()
    if name in {"date", "published", "pubdate", "posted"}:
        return parse_date(value, "dateline") is not None
    if name in {"url", "link", "source"}:
        return value.startswith(("http://", "https://"))
    return name in {"title", "headline"}


def _front_matter(front: re.Match[str]) -> dict[str, object]:
    """The fields of front matter in TOML or YAML; {} if it is none."""
    # What has a colon in it, and no quotes around it, is no YAML, and is written all the same.
    quoted = _SCALAR.sub(lambda line: f"{line[1]}: {json.dumps(line[3])}", front["yaml"] or "")
    tries = ((tomllib.loads, front["toml"]), (_yaml, front["yaml"]), (_yaml, quoted))
    for read, written in tries:
        with suppress(ValueError, RecursionError):
            if written is not None and isinstance(fields := read(written), dict):
                return dict(_unlinked(fields))
    return {}


def _yaml(written: str) -> object:
    """What YAML says, all values as strings; None where it is none."""
    import yaml  # type: ignore[import-untyped]

    with suppress(yaml.YAMLError):
        # What refers to another part could be made to grow without end.
        tokens = yaml.scan(written[:_LONGEST_FRONT])
        if not any(isinstance(token, yaml.AliasToken) for token in tokens):
            return yaml.load(written[:_LONGEST_FRONT], yaml.BaseLoader)  # noqa: S506
    return None


def _unlinked(value: Any) -> Any:
    """A value of front matter, dates as text, and links to other notes as what they show."""
    if isinstance(value, dict):
        return {key: _unlinked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(_unlinked, value))
    value = str(value) if isinstance(value, date | time) else value
    return _NOTE_LINK.sub(r"\1", value) if isinstance(value, str) else value
