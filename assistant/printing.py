"""An answer and its proof, as lines for a terminal."""

import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain

from assistant import exports
from assistant.answer import Answer, Citation, Statement
from corpus import Article
from index import Passage
from index.passage import credit

_NEAREST = 3


def whole(answer: Answer, quiet: bool = False) -> list[str]:
    """An answer in paragraphs: the short answer, the sentences, and their proof."""
    short = answer.short
    days = f" ({_days(*short.days)})" if short and short.days else ""
    first = [_wrap(f"{short.text}{days}", 88)] if short else []
    texts = [answer.text]
    if answer.reason or any(statement.side for statement in answer.statements):
        texts = [answer.reason, *map(marked, answer.statements)]
    return [*first, *(_wrap(text, 88) for text in texts if text), *proof(answer, quiet)]


def headline(article: Article) -> str:
    """An article as an item of a list: its headline, source, day and address."""
    line = f"  • {article.title} — {credit(article)}"
    return f"{line}\n    {article.url}" if article.url else line


def marked(statement: Statement) -> str:
    """A sentence with the side that it belongs to and the numbers of its quotes."""
    side = statement.side and f"{statement.side}{'' if statement.side.endswith('?') else ':'} "
    markers = "".join(f" [{citation.marker}]" for citation in statement.citations)
    return f"{side}{statement.text}{markers}"


def proof(answer: Answer, quiet: bool = False) -> list[str]:
    """How the answer was made, and its numbered quotes or the nearest passages."""
    parts = [textwrap.fill(line, 88) for line in _remarks(answer, quiet)]
    parts += map(_citation_lines, answer.citations)
    if not answer.citations and answer.passages:
        parts.append("Nearest in the archive, and no answer to this:")
        parts += map(_passage_lines, answer.nearest[:_NEAREST])
    return parts


def _remarks(answer: Answer, quiet: bool) -> Iterator[str]:
    """What a reader has to know beside the answer; if ``quiet``, only the doubts about it."""
    if quiet:
        return exports.doubts(answer)
    # Whoever typed the command knows the question and the options.
    unasked = replace(answer, standalone="", filters=answer.read)
    return chain(exports.circumstances(unasked), exports.remarks(answer))


def _citation_lines(citation: Citation) -> str:
    article = citation.article
    head = f"[{citation.marker}] {article.title} — {credit(article)}"
    if article.version > 1:
        head += f", version {article.version}"
    lines = [_snippet(head, article.url, citation.quote)]
    for words in citation.dated:
        dated = article.text[words.start : words.end]
        lines.append(f"    ({dated}: {_days(words.first, words.last)})")
    if citation.copies:
        also = "; ".join(credit(copy) for copy in citation.copies)
        lines.append(textwrap.fill(f"(the same text: {also})", 84, initial_indent="    "))
    return "\n".join(lines)


def _days(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _passage_lines(passage: Passage) -> str:
    head = f"  • {passage.article.title} — {credit(passage.article)}"
    return _snippet(
        head, passage.article.url, textwrap.shorten(passage.text, 240, placeholder=" …")
    )


def _snippet(head: str, url: str | None, text: str) -> str:
    quote = textwrap.indent(_wrap(text, 80), "    ")
    return "\n".join([head, *([f"    {url}"] if url else []), quote])


def _wrap(text: str, width: int) -> str:
    """The text in lines of at most ``width`` characters; the items of a list stay paragraphs."""
    return "\n".join(textwrap.fill(paragraph, width) for paragraph in text.split("\n\n"))
