"""Collections for research in SGML: TREC's and the LDC's newspapers and wires, and Reuters-21578.

A file contains documents, each from ``<DOC>`` to ``</DOC>``, or ``<REUTERS>`` to ``</REUTERS>``.
Their elements have different names in each collection; what is not markup is not escaped.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from corpus.article import Found, Published
from corpus.databases.lines import joined_lines
from corpus.dates import parse_date
from corpus.documents import LONGEST_TEXT, Document
from corpus.drafts import Draft
from corpus.encoding import NotReadable, decode_entities, one_line

SGML = re.compile(
    rb"(?i)(?:<!doctype lewis[^>]*>\s*)?<reuters\s|<doc>\s*<doc(?:no|id)>"
    rb"|<doc id\s*=[^<>]{1,200}>\s*<"
)
"""How files of these collections begin; most of them have no ending."""

_BEGIN = re.compile(r"(?i)<(?:doc|reuters)[\s>]")
_END = re.compile(r"(?i)</(?:doc|reuters)\s*>")
_TAG = re.compile(r"<(/?)([A-Za-z][\w.-]{0,30})(\s[^<>]{0,1000})?/?>")
_ATTRIBUTE = re.compile(r"([A-Za-z]{1,20})\s*=\s*\"([^\"]{0,200})\"")
_TYPESETTING = re.compile(r"&(?:[ULQHTM][RLCD]|Cx[0-9a-f]{2}|D\d);")

_TITLE = ("headline", "head", "hl", "title", "ttl", "ti")
_LEAD = ("lp", "leadpara", "ld")
_TEXT = ("text", "tx")
_DATE = ("date", "dd", "date_time", "datetime", "date1", "pubdate")
_FIELDS = frozenset([*_TITLE, *_LEAD, *_TEXT, *_DATE, "body", "docno", "docid", "byline", "author",
                     "dateline", "section", "page", "pub", "so", "name", "fileid"])  # fmt: skip
_BREAKS = frozenset("p table tablerow row head lp leadpara ld tx".split())

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_DAY = re.compile(r"(?:(?:19|20)\d\d|[4-9]\d)(?:0\d|1[0-2])[0-3]\d")
_DAY_IN_ID = re.compile(r"[A-Z]{2,8}(?:_[A-Z]{3}_|\.)?((?:19|20)\d{6}|[89]\d{5})[.-]\d{4,5}")
"""``NYT_ENG_20100101.0001`` and ``AP880212-0001``; in ``LA010189-0001`` the month comes first."""

_LANGUAGE_IN_ID = re.compile(r"[A-Z]{2,8}_([A-Z]{3})_")
_LONGEST_DATE = 200
_TRANSMITTED = re.compile(r"\b(\d\d)-(\d\d)-(\d\d) \d{4}[A-Z]{3}\b")
_PRINTED_AT = re.compile(r"FT\s+\d{1,2} [A-Z]{3} \d{2} / ")
_SOURCES = {
    "AFP": "Agence France-Presse", "AP": "Associated Press", "APW": "Associated Press",
    "CNA": "Central News Agency", "FT": "Financial Times", "LA": "Los Angeles Times",
    "LTW": "Los Angeles Times/Washington Post", "NYT": "New York Times",
    "REUTERS": "Reuters", "SJMN": "San Jose Mercury News", "WPB": "Washington Post/Bloomberg",
    "WSJ": "Wall Street Journal", "XIE": "Xinhua", "XIN": "Xinhua",
}  # fmt: skip
"""The papers and agencies by the letters with which the collections' own ids begin."""


def read_sgml(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The documents of a file, one at a time in memory; notes to editors are left out."""
    number = empty = 0
    for written in _documents(document.lines()):
        number += 1
        if isinstance(written, NotReadable):
            raise NotReadable(f"{written} in its document {number}")
        draft = _draft(written)
        if draft is None:
            empty += 1
            continue
        yield draft.finish(f"{document.origin}#{number}", f"{document.name}#{number}")
    if not number:
        raise NotReadable("is SGML, but of no collection of news: it has no <DOC> and no <REUTERS>")
    if empty:
        raise NotReadable(
            f"{empty} of its {number} documents are notes to editors or have no text, and left out"
        )


def _documents(lines: Iterable[str | None]) -> Iterator[str | NotReadable]:
    """The markup of each document up to its closing tag, and perhaps why there are no more."""
    parts: list[str] = []
    size = 0
    for line in lines:
        *ends, rest = [None] if line is None else _END.split(line)
        for end in ends:
            yield "\n".join([*parts, end or ""])
            parts, size = [], 0
        parts.append(rest or "")
        size += len(rest or "")
        if line is None or size > LONGEST_TEXT:
            yield NotReadable(f"has more than {LONGEST_TEXT // 1_000_000} MB without an end")
            return
    if any(_BEGIN.search(part) for part in parts):
        yield NotReadable("breaks off")


def _draft(written: str) -> Draft | None:
    """The draft of a document; None if it has no text, or is a note to editors."""
    attributes, fields = _fields(written)
    is_reuters = "newid" in attributes
    body = fields.get("body") if is_reuters else None
    if body is None and not (is_reuters and "title" in fields):
        body = next((fields[name] for name in _TEXT if name in fields), "")
    lead = next((fields[name] for name in _LEAD if name in fields), "")
    text = "\n\n".join(filter(None, [_text_of(lead), _text_of(body or "")]))
    if not text or attributes.get("type") == "advis":
        return None
    id = attributes.get("id") or _line(fields.get("docno") or fields.get("docid"))
    id = f"REUTERS-{attributes['newid']}" if is_reuters else id
    title = _headline(next((fields[name] for name in _TITLE if fields.get(name)), ""))
    return Draft(
        text=text,
        title=_PRINTED_AT.sub("", title, count=1).rstrip(" :"),
        id=id or None,
        dates=_dates(fields, id),
        source=_source(fields, id),
        author=_line(fields.get("byline") or fields.get("author")),
        language=in_id[1] if (in_id := _LANGUAGE_IN_ID.match(id)) else None,
        place=_place(fields.get("dateline", "")),
        section=_line(fields.get("section") or fields.get("page")),
    )


def _fields(written: str) -> tuple[dict[str, str], dict[str, str]]:
    """The attributes of a document, and the markup in its known elements; of several, the first."""
    attributes: dict[str, str] = {}
    fields: dict[str, list[str]] = {}
    opened: dict[str, int] = {}
    for tag in _TAG.finditer(written):
        name = tag[2].lower()
        if not tag[1]:
            if name in {"doc", "reuters"}:
                pairs = _ATTRIBUTE.findall(tag[3] or "")
                attributes = {key.lower(): value for key, value in pairs}
            elif name in _FIELDS:
                opened[name] = tag.end()
        elif name in opened:
            fields.setdefault(name, []).append(written[opened.pop(name) : tag.start()])
    joined = {name: "<p>".join(found) for name, found in fields.items() if name in _TEXT}
    return attributes, {name: found[0] for name, found in fields.items()} | joined


def _text_of(markup: str) -> str:
    """The text of an element, with a blank line between its paragraphs.

    These are elements, or begin with blanks, or with a line that ends before the width of a page.
    """
    parts = [joined_lines(part.split("\n")) for part in _plain(markup).split("\f")]
    paragraphs = [*chain.from_iterable(parts)]
    is_signed = paragraphs and paragraphs[-1].lower() in {"reuter", "reuters"}
    return "\n\n".join(paragraphs[:-1] if is_signed else paragraphs)


def _plain(markup: str) -> str:
    """Markup without its tags, with entities decoded and a form feed between elements."""
    text = _TAG.sub(lambda tag: "\f" if tag[2].lower() in _BREAKS else " ", markup)
    text = text.replace("&hyph;", "-").replace("&blank;", " ")
    return _CONTROLS.sub("", decode_entities(_TYPESETTING.sub("", text)))


def _headline(markup: str) -> str:
    """The lines of a headline above those that are set apart by dashes: further decks, a byline."""
    lines = [line.strip() for line in _plain(markup).replace("\f", "\n").split("\n")]
    rules = (at for at, line in enumerate(lines) if len(line) > 1 and not line.strip("-"))
    return one_line(" ".join(lines[: next(rules, len(lines))]))


def _place(markup: str) -> str:
    """The place in a dateline: ``OSLO, Norway`` for ``OSLO, Norway, Feb 26 (AP) -``."""
    parts = _line(markup.partition("(")[0]).split(", ")
    dated = (at for at, part in enumerate(parts) if any(map(str.isdigit, part)))
    return ", ".join(parts[: next(dated, len(parts))]).rstrip(" -_")


def _dates(fields: Mapping[str, str], id: str) -> list[Published | None]:
    """The dates that a document states, and that of its id."""
    stated = [_line(fields[name][:_LONGEST_DATE]) for name in _DATE if name in fields]
    dates = [
        _day(value) if _DAY.fullmatch(value) else parse_date(value, "metadata") for value in stated
    ]
    # "January 1, 1989, Sunday, Home Edition"
    dates += [parse_date(", ".join(value.split(", ")[:2]), "metadata") for value in stated]
    if sent := _TRANSMITTED.search(fields.get("fileid", "")):
        dates.append(_day(f"{sent[3]}{sent[1]}{sent[2]}"))
    in_id = _DAY_IN_ID.fullmatch(id)
    return [*dates, _day(in_id[1]) if in_id else None]


def _day(digits: str) -> Published | None:
    """The day in ``19910514`` or ``910514``; None if there is no such day."""
    year = digits[:-4] if len(digits) == 8 else f"19{digits[:-4]}"
    return parse_date(f"{year}-{digits[-4:-2]}-{digits[-2:]}", "metadata")


def _source(fields: Mapping[str, str], id: str) -> str | None:
    stated = _line(fields.get("pub") or fields.get("so") or fields.get("name"))
    letters = re.match(r"[A-Z]*", id)
    return (letters and _SOURCES.get(letters[0])) or stated.partition("(")[0].strip() or None


def _line(markup: str | None) -> str:
    return one_line(_plain(markup or ""))
