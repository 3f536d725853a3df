"""E-mail: single messages, mailboxes and digests; each message is an article.

Attached files are read by the readers of their formats.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from io import BufferedReader, BytesIO, RawIOBase
from typing import TYPE_CHECKING, cast

from corpus.article import Found, Unreadable
from corpus.databases import drafts_of_download
from corpus.dates import no_date, parse_date
from corpus.documents import Document, buffered
from corpus.drafts import Draft, canonical_url
from corpus.encoding import FAILURES, NotReadable, clean, clean_line, decode, one_line
from corpus.forwarded import forwarded, unwrapped
from corpus.markup import text_of_html

if TYPE_CHECKING:
    from email.message import Message
    from email.policy import Policy

_LONGEST_MESSAGE = 25_000_000
"""Bytes, with attachments; larger messages are seldom delivered."""

_LONGEST_HEADERS = 1_000_000
_LONGEST_HEADER = 2_000
_MOST_PARAMETERS = 20
_MOST_PARTS = 10_000

_COMMENT = re.compile(r"\s*\([^()]*\)\s*$")
_COUNTED = re.compile(rb"(\d{1,9})[ \t]*\r?\n")
_BLANK_LINE = re.compile(rb"\n\r?\n")
# An address, and usually a day and a time, because sentences begin with From as well.
_SEPARATOR = re.compile(
    rb"From \S+(?:\s*\Z| .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b(?=.*\d:\d\d)(?=.*\d{4}))"
)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_BETWEEN_ENTRIES = re.compile(r"^-{30}(?:-{40})?\n", re.MULTILINE)
_CLOSED = (".zip", ".wacz", ".gz", ".eml", ".mbox")
"""Files that contain files; they are not opened in a message, as they could nest without end."""

_NO_ARTICLES = frozenset(
    "calendar vcard x-vcard pgp-signature pkcs7-signature x-pkcs7-signature ms-tnef".split()
)


def read_message(document: Document, field_names: Mapping[str, str]) -> Iterator[Found | Document]:
    """A message, its attachments, and the messages inside it."""
    data = document.read(_LONGEST_MESSAGE)
    # Apple Mail writes the number of bytes in a line above the message, and its own data below.
    if counted := _COUNTED.match(data):
        data = data[counted.end() :][: int(counted[1])]
    yield from _read(data, document)


def read_mailbox(document: Document, field_names: Mapping[str, str]) -> Iterator[Found | Document]:
    """A ``.mbox`` file: each message begins with ``From``, an address and a day."""
    if not document.stream.peek(5).startswith(b"From "):
        raise NotReadable("is not a mailbox: its first line does not begin with From")
    for number, data in enumerate(_messages(document.stream), start=1):
        mail = document.part(f"#{number}")
        if data is None:
            yield Unreadable(mail.origin, f"is larger than {_LONGEST_MESSAGE // 1_000_000} MB")
            continue
        try:
            yield from _read(_QUOTED_FROM.sub(rb"\1", data), mail)
        except NotReadable as error:
            yield Unreadable(mail.origin, str(error))


def _messages(stream: BufferedReader) -> Iterator[bytes | None]:
    """The messages of a mailbox, without their ``From`` lines; None for one that is too large."""
    lines: list[bytes] = []
    size, blank = 0, True
    stream.readline(_LONGEST_MESSAGE)
    while line := stream.readline(1 << 20):
        if blank and _SEPARATOR.match(line[:_LONGEST_HEADER]):
            yield b"".join(lines) if size <= _LONGEST_MESSAGE else None
            lines, size = [], 0
            continue
        blank = not line.strip()
        size += len(line)
        if size <= _LONGEST_MESSAGE:
            lines.append(line)
    yield b"".join(lines) if size <= _LONGEST_MESSAGE else None


def _read(data: bytes, mail: Document) -> Iterator[Found | Document]:
    """The articles in a message at the place of ``mail``, and its attached files.

    Messages inside it, as in a digest or a forwarded mail, are articles, too. Several articles are
    numbered. A message without text is left out, unless nothing else is in it.
    """
    message = parse_message(data)
    try:
        outer, inner = _drafts(message), _messages_inside(message)
        inner_drafts = [draft for part in inner for draft in _drafts(part) if draft.text.strip()]
        parts = [part for whole in (message, *inner) for part in _parts(whole)]
        files = [file for part in parts if (file := _file(part)) is not None]
    except FAILURES:
        raise NotReadable("is a damaged message") from None
    if not message.keys():
        raise NotReadable("is not a message: it has no headers")
    has_text = any(draft.text.strip() for draft in outer)
    drafts = [*outer, *inner_drafts] if has_text or not (inner_drafts or files) else inner_drafts
    single = len(drafts) == 1
    mark = "/" if "#" in mail.origin.rpartition("/")[2] else "#"
    for number, draft in enumerate(drafts, start=1):
        where = "" if single else f"{mark}{number}"
        yield draft.finish(mail.origin + where, mail.name + where)
    for file_name, content in files:
        attached = mail.part(f"/{file_name}", buffered(cast(RawIOBase, BytesIO(content))))
        if file_name.lower().endswith(_CLOSED):
            yield Unreadable(attached.origin, "is attached and not opened; save it first")
        elif content.strip():
            yield attached


def parse_message(data: bytes) -> "Message":
    """Parse a message; raises NotReadable if it is damaged, or would take too long to parse."""
    from email import message_from_bytes

    if len(data) > _LONGEST_HEADERS and not _BLANK_LINE.search(data[:_LONGEST_HEADERS]):
        raise NotReadable(f"has headers of more than {_LONGEST_HEADERS // 1_000_000} MB")
    # The line before each part begins with two dashes, as few other lines do.
    if data.count(b"\n--") > _MOST_PARTS:
        raise NotReadable(f"has more than {_MOST_PARTS:,} parts")
    try:
        return message_from_bytes(data, policy=_policy())
    except FAILURES:
        raise NotReadable("is a damaged message") from None


def _drafts(message: "Message") -> list[Draft]:
    """The articles of one message, without those of the messages inside it."""
    from email.utils import parseaddr

    text = "\n\n".join(filter(None, _texts(message)))
    name, address = parseaddr(_raw(message, "From"))
    language = _header(message, "Content-Language")
    date = _COMMENT.sub("", _header(message, "Date"))
    draft = Draft(
        text=text,
        title=_header(message, "Subject"),
        id=_header(message, "Message-ID").strip("<> "),
        dates=[parse_date(date, "metadata", language)],
        url=canonical_url(_header(message, "Archived-At").strip("<> ")),
        source=_words(name) or address.rpartition("@")[2],
        language=language,
        undated=no_date([date]),
        vouched="sender",
    )
    downloaded = drafts_of_download(clean(text))
    return downloaded or list(_entries(text, draft)) or [forwarded(draft)]


def _entries(text: str, digest: Draft) -> Iterator[Draft]:
    """The messages in a plain-text digest (RFC 1153)."""
    from email import message_from_string

    parts = map(str.strip, _BETWEEN_ENTRIES.split(text)[1:])
    messages = [message_from_string(part, policy=_policy()) for part in parts]
    if sum(bool(message["From"] and message["Subject"]) for message in messages) < 2:
        return
    for message in messages:
        if message["From"] and message["Subject"]:
            (entry,) = _drafts(message)[:1]
            yield replace(entry, source=digest.source)


@cache
def _policy() -> "Policy[Message]":
    """The policy for parsing messages, which cuts the number of parameters in part headers.

    The standard library takes time that grows with the square of their semicolons.
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


def _parts(message: "Message") -> Iterator["Message"]:
    """The parts of a message in order, without the parts of messages inside it."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in cast("list[Message]", message.get_payload()):
            yield from _parts(part)
    else:
        yield message


def _messages_inside(message: "Message") -> list["Message"]:
    """The messages inside a message, at any depth."""
    parts = (part for part in message.walk() if part.get_content_type() == "message/rfc822")
    payloads = (part.get_payload() for part in parts)
    return [cast("Message", inner[0]) for inner in payloads if isinstance(inner, list) and inner]


def _texts(part: "Message") -> list[str]:
    """The texts of a message in order; of alternative forms of a text, only one.

    Of these, plain text is preferred, unless it is less than half as long as the HTML.
    """
    kind = part.get_content_type()
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        parts = cast("list[Message]", part.get_payload())
        if kind == "multipart/alternative":
            forms = [("\n\n".join(_texts(part)), _has_html(part)) for part in parts]
            plain_text = next((text for text, html in forms if text and not html), "")
            html_text = next((text for text, html in forms if text and html), "")
            return [plain_text if 2 * len(plain_text) >= len(html_text) else html_text]
        if kind == "multipart/related":
            parts = parts[:1]
        return [text for part in parts for text in _texts(part)]
    if part.get_content_disposition() == "attachment" or (kind == "text/plain" and _name(part)):
        return []
    if kind == "text/plain":
        return [_unwrapped(part)]
    return [text_of_html(_decoded(part))] if kind == "text/html" else []


def _has_html(part: "Message") -> bool:
    return any(inner.get_content_type() == "text/html" for inner in _parts(part))


def _name(part: "Message") -> str:
    """The file name of a part; blank if the part is no file."""
    return clean_line(_words(part.get_filename() or "")).replace("/", "_")[:200]


def _file(part: "Message") -> tuple[str, bytes] | None:
    """The name and the bytes of a part that may be an article; None for pictures and the like."""
    if not _name(part) or part.get_content_maintype() in {"image", "audio", "video", "message"}:
        return None
    if part.get_content_subtype() in _NO_ARTICLES:
        return None
    content = part.get_payload(decode=True)
    return (_name(part), content) if isinstance(content, bytes) else None


def _unwrapped(part: "Message") -> str:
    """The plain text of a part; lines that a program wrapped are joined again."""
    text = _decoded(part).replace("\r\n", "\n")
    if str(part.get_param("format")).lower() != "flowed":
        return clean(text)
    return clean(unwrapped(text, deleted=str(part.get_param("delsp")).lower() == "yes"))


def _decoded(part: "Message") -> str:
    data = part.get_payload(decode=True)
    return decode(data, part.get_content_charset()) if isinstance(data, bytes) and data else ""


def _raw(message: "Message", name: str) -> str:
    """A header on one line, with bytes outside ASCII decoded; blank if it is missing."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            line = str(value)
            if len(line) > _LONGEST_HEADER:
                # Cut between words, as half of an encoded word cannot be decoded.
                line = line[:_LONGEST_HEADER].rpartition(" ")[0] or line[:_LONGEST_HEADER]
            data = line.encode("utf-8", "surrogateescape")
            return one_line(decode(data)) if data.strip() else ""
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
