"""Stories as wires transmitted them, in ANPA 1312 or IPTC 7901: a header, a text, and a trailer.

Control characters separate these: SOH before the header, STX before the text, ETX after it. In ANPA
``^`` begins the lines above the text, and ``<`` or ``=`` ends them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from corpus.article import Found, Published
from corpus.dates import parse_date
from corpus.documents import Document
from corpus.drafts import Draft, numbered
from corpus.encoding import NotReadable, clean, decode, one_line

WIRE = re.compile(rb"\x16{0,8}\x01[^\x01-\x03]{1,400}\x02")
"""How a story begins: SYN may precede SOH."""

_STORY = re.compile(r"\x01[^\x01\x02]*\x02([^\x01\x03]*)(\x03[^\x01]*)?")
_SENT = re.compile(r"\b[A-Z]{2,4}-[A-Z]{2}-(\d\d)-(\d\d)-(\d\d) \d{4}[A-Z]{3}\b")
"""``AP-WF-11-13-13 1509GMT``, with the month first."""

_SENT_BY_IPTC = re.compile(r"\b(\d\d)\d{4}(?: [A-Z]{3,4})? ([^\W\d_]{3,4}) (\d\d)\b")
"""``212101 GMT Nov 18``: day, time, month and year."""

_SIGNED = re.compile(r"[a-z]{2,5}(?: [a-z]{2,4}){1,6}")
_NOTES = re.compile(r"\n(?:# Not\w{1,10}\n|The following information is not (?:for|intended))")
_LONGEST_TRAILER = 500


def read_wire(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The stories of a file, one after the other."""
    yield from numbered(_drafts(decode(document.read()).replace("\r\n", "\n")), document)


def _drafts(text: str) -> Iterator[Draft]:
    number = 0
    for number, (body, trailer) in enumerate(_STORY.findall(text), start=1):
        if not trailer:
            raise NotReadable(f"breaks off in its story {number}")
        is_anpa = body.lstrip().startswith("^")
        draft = _draft_of_anpa(body) if is_anpa else _draft_of_iptc(body)
        sent = _day(body[-_LONGEST_TRAILER:] + trailer[:_LONGEST_TRAILER])
        yield replace(draft, dates=[sent])
    if not number:
        raise NotReadable("is no story of a wire: it has no text between STX and ETX")


def _draft_of_anpa(body: str) -> Draft:
    """A story in ANPA 1312: its first line is the slug, and the second the headline."""
    lines = body.strip("\n").split("\n")
    above = 0
    while above < len(lines) and lines[above].startswith("^"):
        above += 1
    heads = [line.strip("^<= \t") for line in lines[:above]]
    author = next((head for head in heads[2:] if head.lower().startswith("by ")), None)
    text = "\n\n".join(
        line.strip("^\t ").rstrip("<= ") for line in lines[above:] if not _SENT.search(line[:200])
    )
    return Draft(text=text, title=heads[1] if len(heads) > 1 else None, author=author)


def _draft_of_iptc(body: str) -> Draft:
    """A story in IPTC 7901: its first block is the headline, which some agencies end with ``=``.

    Lines above it that end with ``/`` are the slug. Notes, initials and the time follow the text.
    """
    blocks = clean(body).split("\n\n")
    title = None
    head = blocks[0].split("\n")
    if len(blocks) > 1 and (len(head) == 1 or head[-1].endswith("=")):
        title = " ".join(_without_labels(head)).rstrip("= ")
        blocks = blocks[1:]
    if blocks and _SIGNED.fullmatch(blocks[-1]):
        blocks.pop()
    text = _NOTES.split("\n" + "\n\n".join(blocks), maxsplit=1)[0]
    paragraphs = (one_line(block) for block in text.split("\n\n"))
    return Draft(text="\n\n".join(paragraphs), title=title)


def _without_labels(head: list[str]) -> list[str]:
    """The lines of a headline without slugs (``Sarle/boats/``) and labels (``EXTRA``) above it."""
    at = 0
    while at + 1 < len(head) and (
        head[at].endswith("/") or head[at].startswith("(") or head[at].isupper()
    ):
        at += 1
    return head[at:]


def _day(written: str) -> Published | None:
    """The day on which a story was sent, as its trailer says."""
    if sent := _SENT.search(written):
        return parse_date(f"{_year(sent[3])}-{sent[1]}-{sent[2]}", "metadata")
    if sent := _SENT_BY_IPTC.search(written):
        return parse_date(f"{sent[1]} {sent[2]} {_year(sent[3])}", "metadata")
    return None


def _year(digits: str) -> str:
    """The year of two digits, of a format that was made in the 1970s."""
    return f"19{digits}" if int(digits) > 69 else f"20{digits}"
