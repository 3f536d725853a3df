"""ProQuest: downloads as text and HTML, and what it sends by mail, once these are lines.

Between lines of underscores, or after ``Document 1 of 2``, stand a headline, labels, ``Full text:``
and the text, and after it more labels, of which ``Publication date:`` is the surest.
"""

import re
from collections.abc import Iterator

from corpus.authors import given_first
from corpus.dates import date_in_line
from corpus.drafts import Draft

_MARK = re.compile(
    r"^[ \t]{0,80}(?:Report Information from ProQuest"
    r"|ProQuest document (?:link|ID)(?:: .*)?|Publication info:.*)[ \t]{0,80}$",
    re.MULTILINE | re.IGNORECASE,
)
_RULE = re.compile(r"_{20,}")
_NUMBERED = re.compile(r"Document \d{1,5} of \d{1,5}")
_BODY = "full text"
_LABELS = frozenset(map(str.strip,
    """abstract; author; author affiliation; business indexing term; caption; classification;
    classification code; company / ticker; company / organization; copyright;
    country of publication; credit; database; details; document feature; document type;
    document url; documenturl; duns; edition; first page; full text; identifier / keyword; issn;
    e-issn; issue; language; language of publication; last updated; links; location;
    naics; number of pages; pages; people; place of publication; proquest document id;
    proquest document link; publication date; publication info; publication note;
    publication subject; publication title; publication year; publisher; section; source;
    source type; subject; title; volume; word count""".split(";"),
))  # fmt: skip
_LABELS_OF_BODY = frozenset(["caption", "source", "details", "title", "location", "people"])
"""Which a text may hold as well, so that they end it only where more labels follow."""

_LABEL = re.compile(r"([A-Za-z][A-Za-z /-]{2,30}?)\s*(?::\s*(.*))?")


def is_download(text: str) -> bool:
    """Whether a text is a download, or what was sent by mail."""
    return _MARK.search(text) is not None


def drafts_of_lines(lines: list[str]) -> Iterator[Draft]:
    """The articles in a download; those without a full text have none here either."""
    numbered = any(_NUMBERED.fullmatch(line.strip()) for line in lines)
    part: list[str] = []
    parts = [part]
    for line in map(str.strip, lines):
        begins = _NUMBERED.fullmatch(line) if numbered else _RULE.fullmatch(line)
        if begins or (not numbered and part and _begins_again(line, part)):
            parts.append(part := [])
        elif line and not _RULE.fullmatch(line):
            part.append(line)
    yield from filter(None, map(_draft, parts))


def _begins_again(line: str, part: list[str]) -> bool:
    """In pages, where rules are not text: what follows the last label is the next article."""
    return _named(part[-1])[0] == "database" and _named(line)[0] is None


def _draft(lines: list[str]) -> Draft | None:
    """One article; None if it is the cover or the list of contents."""
    fields: dict[str, list[str]] = {}
    above: list[str] = []
    name = ""
    for at, line in enumerate(lines):
        label, value = _named(line)
        if name == _BODY and label in _LABELS_OF_BODY and not _labels_follow(lines, at):
            label = None
        if label is not None:
            name = label
            values = fields.setdefault(name, [])
            if value:
                values.append(value)
        elif name:
            fields[name].append(line)
        else:
            above.append(line)
    if not fields.keys() & {_BODY, "publication info", "publication title", "publication date"}:
        return None

    def one(*names: str) -> str | None:
        return next((" ".join(fields[label]) for label in names if fields.get(label)), None)

    info = one("publication info") or next(filter(date_in_line, above[1:]), "")
    date = one("publication date")
    paper = (one("publication title") or info.partition(" ; ")[0]).partition(";")[0]
    text = [line for line in fields.get(_BODY, []) if line.lower() != "enlarge this image."]
    authors = one("author")
    return Draft(
        text="" if text == ["Not available."] else "\n\n".join(text),
        title=one("title") or (above[0] if above else None),
        id=one("proquest document id"),
        dates=[date_in_line(line) for line in (date, info) if line],
        url=one("document url", "documenturl"),
        source=paper if date_in_line(paper) is None else None,
        author=given_first(authors) if authors else None,
        section=one("section"),
        language=(one("language of publication", "language") or "").partition(";")[0] or None,
    )


def _labels_follow(lines: list[str], at: int) -> bool:
    """Whether the next line begins with a label too, as below the text."""
    return any(_named(line)[0] is not None for line in lines[at + 1 : at + 2])


def _named(line: str) -> tuple[str | None, str]:
    match = _LABEL.fullmatch(line[:200])
    if match is None or match[1].lower() not in _LABELS:
        return None, line
    if match[2] is None and match[1] != match[1].upper() and match[1].lower() != _BODY:
        return ("proquest document link", "") if "link" in match[1] else (None, line)
    return match[1].lower(), line.partition(":")[2].strip(" |")
