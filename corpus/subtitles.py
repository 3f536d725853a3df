"""Subtitles of broadcasts and podcasts, WebVTT and SubRip: the spoken text, without the times."""

import re
from collections.abc import Iterator, Mapping

from corpus.article import Found
from corpus.documents import Document
from corpus.drafts import Draft
from corpus.encoding import NotReadable, clean, decode, decode_entities, one_line

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]{1,80})>")
_MARK = re.compile(r"</?[a-z0-9:.][^<>]{0,80}>|\{\\[^{}]{0,80}\}", re.IGNORECASE)
_LANGUAGE = re.compile(r"^Language:\s*([\w-]{2,20})\s*$", re.MULTILINE)
_DASHES = ("- ", "– ", "— ")
_SPEAKS = re.compile(r"[^\W\d_][^:.!?]{0,40}:\s")


def read_subtitles(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One broadcast: one article, with a paragraph for each turn of a speaker."""
    text = clean(decode(document.read()))
    if "-->" not in text:
        raise NotReadable("is named as subtitles are, and has no times")
    header = text.partition("-->")[0]
    language = _LANGUAGE.search(header)
    turns: list[list[str]] = []
    for line in _lines(text):
        words = line.removeprefix(next((dash for dash in _DASHES if line.startswith(dash)), ""))
        if not turns or words != line or _SPEAKS.match(line):
            turns.append([])
        turns[-1].append(words)
    yield Draft(
        text="\n\n".join(map(" ".join, turns)),
        language=language[1] if language else None,
        dated_by_name=True,
    ).finish(document.origin, document.name)


def _lines(text: str) -> Iterator[str]:
    """The shown lines; a line that stays on the screen is repeated in the file, but given once."""
    last: list[str] = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.split("\n")
        timed = next((at for at, line in enumerate(lines) if "-->" in line), None)
        if timed is None:
            continue  # a title, a note, a style
        spoken = (_VOICE.sub(r"\1: ", line) for line in lines[timed + 1 :])
        plain = (one_line(decode_entities(_MARK.sub("", line))) for line in spoken)
        shown = [*filter(None, plain)]
        yield from (line for line in shown if line not in last)
        last = shown
