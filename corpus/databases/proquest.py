"""ProQuest: reads the lines of its downloads in text and HTML, and of its mails.

An article follows a line of underscores, or ``Document 1 of 2``. It has a headline, labels,
``Full text:`` with the text, and more labels; the surest date is in ``Publication date:``.
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
_LABELS_OF_BODY = frozenset(
    """author caption details edition language location pages people publisher section source title
    volume""".split()
)
"""Labels that may also occur in a text, so that they end it only if others follow right below."""

_LABEL = re.compile(r"([A-Za-z][A-Za-z /-]{2,30}?)\s*(?::\s*(.*))?")


def is_download(text: str) -> bool:
    """Whether a text is a download or a mail from ProQuest."""
    return _MARK.search(text) is not None


def drafts_of_lines(lines: list[str]) -> Iterator[Draft]:
    """The articles in a download; those without a full text give drafts without text."""
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
    """Whether a line after the last label begins the next article, as in pages without rules."""
    return _label_and_value(part[-1])[0] == "database" and _label_and_value(line)[0] is None


def _draft(lines: list[str]) -> Draft | None:
    """One article; None if it is the cover or the list of contents."""
    fields: dict[str, list[str]] = {}
    above: list[str] = []
    name = ""
    for at, line in enumerate(lines):
        label, value = _label_and_value(line)
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

    def value_of(*names: str) -> str | None:
        return next((" ".join(fields[label]) for label in names if fields.get(label)), None)

    info = value_of("publication info") or next(filter(date_in_line, above[1:]), "")
    date = value_of("publication date")
    paper = (value_of("publication title") or info.partition(" ; ")[0]).partition(";")[0]
    text = [line for line in fields.get(_BODY, []) if line.lower() != "enlarge this image."]
    authors = value_of("author")
    return Draft(
        text="" if text == ["Not available."] else "\n\n".join(text),
        title=value_of("title") or (above[0] if above else None),
        id=value_of("proquest document id"),
        dates=[date_in_line(line) for line in (date, info) if line],
        url=value_of("document url", "documenturl"),
        source=paper if date_in_line(paper) is None else None,
        author=given_first(authors) if authors else None,
        section=value_of("section"),
        language=(value_of("language of publication", "language") or "").partition(";")[0] or None,
    )


def _labels_follow(lines: list[str], at: int) -> bool:
    """Whether the next lines have labels, too, and one that occurs only below the text."""
    for line in lines[at + 1 :]:
        label = _label_and_value(line)[0]
        if label not in _LABELS_OF_BODY:
            return label is not None
    return False


def _label_and_value(line: str) -> tuple[str | None, str]:
    """The label of a line, in lower case, and its value; None and the line if it has no label."""
    match = _LABEL.fullmatch(line[:200])
    if match is None or match[1].lower() not in _LABELS:
        return None, line
    if match[2] is None and match[1] != match[1].upper() and match[1].lower() != _BODY:
        return ("proquest document link", "") if "link" in match[1] else (None, line)
    return match[1].lower(), line.partition(":")[2].strip(" |")
