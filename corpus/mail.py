"""E-mail: newsletters as single messages and in mailboxes, each message an article."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from io import BufferedReader
from typing import TYPE_CHECKING

from corpus.article import Found, Unreadable
from corpus.dates import parse_date
from corpus.documents import Document
from corpus.drafts import Draft, canonical_url
from corpus.encoding import NotReadable, clean, decode
from corpus.markup import text_of_html

if TYPE_CHECKING:
    from email.message import Message
    from email.policy import Policy

_LONGEST_MESSAGE = 25_000_000
"""Bytes, with all that is attached; more is seldom delivered."""

_LONGEST_HEADERS = 1_000_000
_LONGEST_HEADER = 2_000
_MOST_PARAMETERS = 20
_MOST_PARTS = 10_000

_COMMENT = re.compile(r"\s*\([^()]*\)\s*$")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_FAILURES = (
    # What the standard library raises on messages that no program meant to write.
    ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError,
)  # fmt: skip


def read_message(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """A ``.eml`` file: one message."""
    data = document.read(_LONGEST_MESSAGE)
    yield _draft(data).finish(document.origin, document.name)


def read_mailbox(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """A ``.mbox`` file: messages that each begin with a line ``From …`` after a blank one."""
    if not document.stream.peek(5).startswith(b"From "):
        raise NotReadable("is not a mailbox: its first line does not begin with From")
    for number, data in enumerate(_messages(document.stream), start=1):
        origin, name = f"{document.origin}#{number}", f"{document.name}#{number}"
        if data is None:
            yield Unreadable(origin, f"is larger than {_LONGEST_MESSAGE // 1_000_000} MB")
            continue
        try:
            yield _draft(_QUOTED_FROM.sub(rb"\1", data)).finish(origin, name)
        except NotReadable as error:
            yield Unreadable(origin, str(error))


def _messages(stream: BufferedReader) -> Iterator[bytes | None]:
    """The messages of a mailbox without the lines between them; None for one that is too large."""
    lines: list[bytes] = []
    size, blank = 0, True
    stream.readline(_LONGEST_MESSAGE)
    while line := stream.readline(1 << 20):
        if blank and line.startswith(b"From "):
            yield b"".join(lines) if size <= _LONGEST_MESSAGE else None
            lines, size = [], 0
            continue
        blank = not line.strip()
        size += len(line)
        if size <= _LONGEST_MESSAGE:
            lines.append(line)
    yield b"".join(lines) if size <= _LONGEST_MESSAGE else None


def _draft(data: bytes) -> Draft:
    from email import message_from_bytes
    from email.utils import parseaddr

    if len(data) > _LONGEST_HEADERS and not _BLANK_LINE.search(data[:_LONGEST_HEADERS]):
        raise NotReadable(f"has headers of more than {_LONGEST_HEADERS // 1_000_000} MB")
    # The line before a part begins so, as do few others.
    if data.count(b"\n--") > _MOST_PARTS:
        raise NotReadable(f"has more than {_MOST_PARTS:,} parts")
    try:
        message = message_from_bytes(data, policy=_policy())
        text = _text(message)
        name, address = parseaddr(_raw(message, "From"))
    except _FAILURES:
        raise NotReadable("is a damaged message") from None
    if not message.keys():
        raise NotReadable("is not a message: it has no headers")
    language = _header(message, "Content-Language")
    date = _COMMENT.sub("", _header(message, "Date"))
    return Draft(
        text=text,
        title=_header(message, "Subject"),
        id=_header(message, "Message-ID").strip("<> "),
        dates=[parse_date(date, "metadata", language)],
        url=canonical_url(_header(message, "Archived-At").strip("<> ")),
        source=_words(name) or address.rpartition("@")[2],
        language=language,
        vouched="sender",
    )


@cache
def _policy() -> "Policy[Message]":
    """How messages are parsed: what is said of a part is cut short.

    The standard library takes the square of the number of semicolons in it.
    """
    from email.policy import Compat32

    class Bounded(Compat32):
        def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
            name, value = super().header_source_parse(sourcelines)
            if name.lower().startswith("content-"):
                parameters = value[:_LONGEST_HEADER].split(";", _MOST_PARAMETERS)
                value = ";".join(parameters[:_MOST_PARAMETERS])
            return name, value

    return Bounded()


def _text(message: "Message") -> str:
    """The text of a message: as it is, or if its HTML says much more, that of the HTML."""
    plain = html = ""
    for part in message.walk():
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and not plain:
            plain = _unfolded(part)
        elif kind == "text/html" and not html:
            html = text_of_html(_decoded(part))
    return plain if 2 * len(plain) >= len(html) else html


def _unfolded(part: "Message") -> str:
    """The plain text of a part; lines that a program broke at a width are put together again.

    See RFC 3676: such a line ends with a space, which is dropped where ``DelSp`` says so.
    """
    text = _decoded(part).replace("\r\n", "\n")
    if str(part.get_param("format")).lower() != "flowed":
        return clean(text)
    lines = [line.removeprefix(" ") for line in text.split("\n")]
    deleted = str(part.get_param("delsp")).lower() == "yes"
    # Two dashes and a space begin a signature and are no broken line.
    broken = [line.endswith(" ") and line != "-- " for line in lines]
    ends = ["" if each else "\n" for each in broken]
    lines = [
        line[:-1] if each and deleted else line for line, each in zip(lines, broken, strict=True)
    ]
    return clean("".join(map("".join, zip(lines, ends, strict=True))))


def _decoded(part: "Message") -> str:
    data = part.get_payload(decode=True)
    return decode(data, part.get_content_charset()) if isinstance(data, bytes) and data else ""


def _raw(message: "Message", name: str) -> str:
    """A header as it was written, on one line, bytes outside ASCII decoded; blank if missing."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            line = str(value)
            if len(line) > _LONGEST_HEADER:
                # Cut between words, as half of an encoded one is none.
                line = line[:_LONGEST_HEADER].rpartition(" ")[0] or line[:_LONGEST_HEADER]
            data = line.encode("utf-8", "surrogateescape")
            return " ".join(decode(data).split()) if data.strip() else ""
    return ""


def _header(message: "Message", name: str) -> str:
    return _words(_raw(message, name))


def _words(written: str) -> str:
    """A header with its encoded words, ``=?utf-8?q?caf=C3=A9?=``, decoded."""
    from email.errors import HeaderParseError
    from email.header import decode_header

    try:
        pieces = decode_header(written)
        return "".join(
            piece if isinstance(piece, str)
            else decode(piece, charset) if charset
            else piece.decode("raw-unicode-escape", "replace")
            for piece, charset in pieces
        )  # fmt: skip
    except (HeaderParseError, NotReadable, ValueError):
        return written
