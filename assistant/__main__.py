"""Ask an archive a question."""

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator

from assistant import Answer, Assistant, saved_command
from assistant.command import add_model_options, language_model
from assistant.exports import FORMS, Form, asked_when
from assistant.periods import current_day
from assistant.printing import marked, proof, whole
from assistant.question import objection
from index import Archive, ArchiveError
from index.command import (
    Parser,
    add_common_options,
    add_filter_options,
    configure_models,
    day,
    filters,
    report_errors,
    tell_waiting,
)

EPILOG = """exit status: 0 answered; 3 the archive does not say; 2 the command or the archive
cannot be used."""


def main(arguments: list[str] | None = None, program: str = "python -m assistant") -> int:
    """Ask one question; returns the exit status. ``program`` is the name in the help text.

    The words ``save`` and ``new`` are commands, not questions: ``saved_command`` runs them.
    """
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in saved_command.COMMANDS:
        return saved_command.main(words, program)
    parser = Parser(program, description=__doc__, epilog=EPILOG)
    parser.add_argument("question")
    output_group = parser.add_mutually_exclusive_group()
    add_common_options(parser, output_group)
    add_filter_options(parser)
    parser.add_argument(
        "--today",
        type=day,
        metavar="DAY",
        help="the day of the question: prefers what was new then, and counts “last week” from it",
    )
    parser.add_argument("--reranker", metavar="NAME", help="cross-encoder: model or folder")
    for name, form in FORMS.items():
        output_group.add_argument(
            f"--{name}", dest="form", action="store_const", const=form, help=form.summary
        )
    add_model_options(parser)
    options = parser.parse_args(words)
    return report_errors(lambda: ask(options))


def ask(options: argparse.Namespace) -> int:
    if why := objection(options.question):
        raise ArchiveError(why)
    configure_models(options)
    archive = Archive.open(options.archive, reranker=options.reranker)
    assistant = Assistant(archive, language_model(options), options.reader)
    limits = filters(options)
    archive.require(limits)
    answers = assistant.stream(options.question, limits, today=options.today)
    if options.form:
        *_, answer = answers
        print(_as_file(answer, archive, options), end="")
    elif options.json:
        *_, answer = answers
        print(json.dumps(answer.as_dict(), ensure_ascii=False, indent=2))
    elif assistant.model and not options.quiet:
        answer = _print_both(answers)
    else:
        *_, answer = answers
        print("\n\n".join(whole(answer, options.quiet)))
    tell_waiting(options, archive)
    return 0 if answer.outcome in ("answered", "counted") else 3


def _as_file(answer: Answer, archive: Archive, options: argparse.Namespace) -> str:
    """The answer in the form of a file that the options ask for."""
    day = options.today or current_day()
    overview = archive.overview()
    asked = asked_when(day, overview.articles, overview.first, overview.last)
    form: Form = options.form
    return form.write(answer, day, asked)


def _print_both(answers: Iterator[Answer]) -> Answer:
    """Print the answer at once, then the model's choice when it comes, then the proof of that."""
    printed: list[str] = []
    for answer in answers:
        lines = [*filter(None, [answer.reason]), *map(marked, answer.statements)]
        if lines != printed:
            if printed:
                print("\nThe language model chose:")
            print("\n".join(textwrap.fill(line, 88) for line in lines), flush=True)
        printed = lines
    for part in proof(answer):
        print(f"\n{part}")
    return answer


if __name__ == "__main__":
    sys.exit(main())
