"""python -m assistant: ask an archive a question."""

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator
from datetime import datetime

from assistant import Answer, Assistant, Citation, Statement
from assistant.command import add_model_options, language_model
from assistant.exports import FORMS, Form, asked_when, searched
from assistant.question import objection
from index import Archive, ArchiveError, Passage
from index.command import (
    Parser,
    add_common_options,
    add_filter_options,
    configure_models,
    day,
    filters,
    report_errors,
)
from index.passage import credit

EPILOG = """exit status: 0 answered; 3 the archive does not say; 2 the command or the archive
cannot be used."""

_NEAREST = 3


def main(arguments: list[str] | None = None, program: str = "python -m assistant") -> int:
    """Ask one question; returns the exit status. ``program`` is what its help calls it."""
    parser = Parser(program, description=__doc__, epilog=EPILOG)
    parser.add_argument("question")
    written = parser.add_mutually_exclusive_group()
    add_common_options(parser, written)
    add_filter_options(parser)
    parser.add_argument(
        "--today",
        type=day,
        metavar="DAY",
        help="the day of the question: prefers what was new then, and counts “last week” from it",
    )
    parser.add_argument("--reranker", metavar="NAME", help="cross-encoder: model or folder")
    for name, form in FORMS.items():
        written.add_argument(
            f"--{name}", dest="form", action="store_const", const=form, help=form.summary
        )
    add_model_options(parser)
    options = parser.parse_args(arguments)
    return report_errors(lambda: ask(options))


def ask(options: argparse.Namespace) -> int:
    if why := objection(options.question):
        raise ArchiveError(why)
    configure_models(options)
    archive = Archive.open(options.archive, reranker=options.reranker)
    assistant = Assistant(archive, language_model(options), options.reader)
    limits = filters(options, archive)
    answers = assistant.stream(options.question, limits, today=options.today)
    if options.form:
        *_, answer = answers
        print(_written(answer, archive, options), end="")
    elif options.json:
        *_, answer = answers
        print(_as_json(answer.as_dict()))
    elif assistant.model and not options.quiet:
        answer = _print_both(answers)
    else:
        *_, answer = answers
        short = [textwrap.fill(answer.short.text, 88)] if answer.short else []
        proof = _proof(answer, options.quiet)
        print("\n\n".join([*short, textwrap.fill(answer.text, 88), *proof]))
    return 0 if answer.outcome in ("answered", "counted") else 3


def _written(answer: Answer, archive: Archive, options: argparse.Namespace) -> str:
    """The answer as a file holds it."""
    day = options.today or datetime.now().astimezone().date()
    held = archive.overview()
    asked = asked_when(day, held.articles, held.first, held.last)
    form: Form = options.form
    return form.write(answer, day, asked)


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


def _print_both(answers: Iterator[Answer]) -> Answer:
    """Print the answer at once, the model's choice when it comes, and what proves that."""
    printed: list[str] = []
    for answer in answers:
        lines = [*filter(None, [answer.reason]), *map(_marked, answer.statements)]
        if lines != printed:
            if printed:
                print("\nThe language model chose:")
            print("\n".join(textwrap.fill(line, 88) for line in lines), flush=True)
        printed = lines
    for part in _proof(answer):
        print(f"\n{part}")
    return answer


def _marked(statement: Statement) -> str:
    side = f"{statement.side}: " if statement.side else ""
    markers = "".join(f" [{citation.marker}]" for citation in statement.citations)
    return f"{side}{statement.text}{markers}"


def _proof(answer: Answer, quiet: bool = False) -> list[str]:
    """How the answer came about, and the numbered snippets or the nearest passages."""
    parts = [textwrap.fill(line, 88) for line in _remarks(answer, quiet)]
    parts += map(_cited, answer.citations)
    if not answer.citations and answer.passages:
        parts.append("Nearest in the archive, and no answer to this:")
        best: dict[str, Passage] = {}
        for passage in answer.passages:
            best.setdefault(passage.article.id, passage)
        parts += map(_nearest, [*best.values()][:_NEAREST])
    return parts


def _remarks(answer: Answer, quiet: bool) -> Iterator[str]:
    """What a reader has to know beside the answer; quietly only what puts it in doubt."""
    if answer.hedged:
        yield "The archive supports this weakly; check it."
    for difference in answer.differences:
        values = "; ".join(
            value + "".join(f" [{marker}]" for marker in markers)
            for value, markers in difference.values
        )
        yield f"Sources differ: {values}."
    if quiet:
        return
    for name, spellings in answer.matched:
        yield f"{name} matched as {', '.join(spellings)}."
    if answer.read:
        since, until = answer.read.after, answer.read.before
        days = " ".join(
            [*([f"from {since}"] if since else []), *([f"until {until}"] if until else [])]
        )
        yield f"Asked of what was published {days}."
    if answer.searched:
        yield searched(answer)
    yield from answer.notes


def _cited(citation: Citation) -> str:
    article = citation.article
    head = f"[{citation.marker}] {article.title} — {credit(article)}"
    if article.version > 1:
        head += f", version {article.version}"
    lines = [_snippet(head, article.url, citation.quote)]
    for words in citation.dated:
        days = str(words.first) if words.first == words.last else f"{words.first} to {words.last}"
        lines.append(f"    ({article.text[words.start : words.end]}: {days})")
    if citation.copies:
        also = "; ".join(credit(copy) for copy in citation.copies)
        lines.append(textwrap.fill(f"(the same text: {also})", 84, initial_indent="    "))
    return "\n".join(lines)


def _nearest(passage: Passage) -> str:
    head = f"  • {passage.article.title} — {credit(passage.article)}"
    return _snippet(
        head, passage.article.url, textwrap.shorten(passage.text, 240, placeholder=" …")
    )


def _snippet(head: str, url: str | None, text: str) -> str:
    quote = textwrap.fill(text, 84, initial_indent="    ", subsequent_indent="    ")
    return "\n".join([head, *([f"    {url}"] if url else []), quote])


if __name__ == "__main__":
    sys.exit(main())
