"""Finds the message that a mail forwards, with its own sender and date; joins wrapped lines.

Mail programs write a line above it, ``---------- Forwarded message ---------`` or ``Begin forwarded
message:`` in their own language, and then its headers; Outlook writes only the headers, the sender
first. Headers are recognised by their values.
"""

import re
from dataclasses import replace
from itertools import islice

from corpus.dates import parse_date
from corpus.drafts import Draft
from corpus.encoding import clean

_ABOVE = re.compile(r"-{3,}\s?[^\W\d_][^-]{3,60}-{3,}|[^\W\d_][^:<>@]{8,60}:")
_HEADER = re.compile(r"\*?([^\W\d_][\w -]{0,20}?)\s?:\*?\s+(\S.*)")
_REPLY = re.compile(r"(?:re|aw|sv|antw|res|rif)\s?:", re.IGNORECASE)
_QUOTED = re.compile(r"^> ?", re.MULTILINE)
_MOST_HEADERS = 12
_MOST_TIMES = 5
_MOST_TRIED = 20
"""Lines of a message that look like the line above a forwarded message."""


def unwrapped(text: str, *, deleted: bool) -> str:
    """The text of a message; lines that a program wrapped are joined again.

    As in RFC 3676, a wrapped line ends with a space, which is dropped if ``deleted``.
    """
    lines = [line.removeprefix(" ") for line in text.split("\n")]
    # Two dashes and a space begin a signature; that line is not wrapped.
    wrapped = [line.endswith(" ") and line != "-- " for line in lines]
    return "".join(
        (line[:-1] if deleted else line) if goes_on else f"{line}\n"
        for line, goes_on in zip(lines, wrapped, strict=True)
    )


def forwarded(draft: Draft) -> Draft:
    """The draft of the message that a message forwards, or the same draft if it forwards none.

    The text above the forwarded message is left out, unless it is longer: then it is the article.
    Replies quote messages in the same way, and are recognised by their subjects.
    """
    for _ in range(_MOST_TIMES):
        if _REPLY.match(draft.title or ""):
            break
        inner = _forwarded_message(draft)
        if inner is None:
            break
        draft = inner
    return draft


def _forwarded_message(draft: Draft) -> Draft | None:
    """The message below the first line that headers of a message follow.

    None if there is none, or if it is shorter than the text above it.
    """
    lines = ["", *draft.text.split("\n")]
    above = (
        at
        for at, line in enumerate(lines[:-1])
        if _ABOVE.fullmatch(line.strip(" >")) or _is_above_sender(line, lines[at + 1])
    )
    for at in islice(above, _MOST_TRIED):
        below = lines[at + 1 :]
        if all(line.startswith(">") for line in below if line.strip()):
            below = _QUOTED.sub("", "\n".join(below)).split("\n")
        headers, length = _headers(below)
        dates = {name: parse_date(value, "metadata") for name, value in headers.items()}
        dated = [name for name, date in dates.items() if date and date.precision != "year"]
        senders = [name for name, value in headers.items() if "@" in value]
        remaining = [name for name in headers if name not in {*dated, *senders}]
        subject = next((name for name in remaining if name.lower() == "subject"), "")
        subject = subject or next(iter(remaining), "")
        text = clean("\n".join(below[length:]))
        if dated and senders and subject and len(text) > len("\n".join(lines[:at])):
            return replace(
                draft,
                text=text,
                title=headers[subject],
                dates=[dates[dated[0]]],
                source=_sender(headers[senders[0]]),
                url=None,
                undated=None,
            )
    return None


def _is_above_sender(line: str, next_line: str) -> bool:
    header = None if line.strip(" >_") else _HEADER.fullmatch(next_line.strip(" >"))
    return header is not None and "@" in header[2]


def _headers(lines: list[str]) -> tuple[dict[str, str], int]:
    """The headers at the beginning of some lines, and the index at which they end.

    Each header is a line, or a paragraph if the first two are; the next line may continue a line.
    """
    headers: dict[str, str] = {}
    name, end, apart = "", 0, False
    for at, line in enumerate(lines[: 3 * _MOST_HEADERS]):
        match = _HEADER.fullmatch(line.strip())
        if not line.strip():
            if len(headers) > 1 and not apart:
                break
            apart = apart or bool(headers)
        elif match is not None and len(headers) < _MOST_HEADERS:
            name, end = match[1], at + 1
            headers.setdefault(name, match[2])
        elif headers and not apart:
            headers[name] += f" {line.strip()}"
            end = at + 1
        else:
            break
    return headers, end


def _sender(written: str) -> str:
    from email.utils import parseaddr

    name, address = parseaddr(written)
    return name or address.rpartition("@")[2] or written
