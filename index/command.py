"""What the commands share: their parser, options for filters, and errors in one line."""

import argparse
import codecs
import io
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from index import models
from index.archive import Archive
from index.errors import ArchiveError
from index.passage import Filters

# What torch says where it gets no memory, Python of a thread, and the linker of a library.
_NO_MEMORY = ("allocate memory", "can't start new thread", "failed to map segment")


class Parser(argparse.ArgumentParser):
    """A parser, also of each command of a parser, that says what is wrong in one line."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        print_whatever()
        return super().parse_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}; see {self.prog} --help\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # What is left over is said here, by the command that does not know it.
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"there is no option or argument {unknown[0]} here")
        return known, unknown


def print_whatever() -> None:
    """Let what is printed stop no command.

    What standard output's encoding has no letters for is escaped as in JSON, such as ``\\u015a``:
    JSON that is printed stays JSON. Where whoever started the command closed an output, what goes
    there is dropped.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Open until the process ends, as what it stands for.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    codecs.register_error("json", _escaped)
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper) and out.errors in ("strict", "surrogateescape"):
        out.reconfigure(errors="json")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def report_errors(run: Callable[[], int]) -> int:
    """Run a command; its exit status, or that of its failure, which is said in one line."""
    try:
        status = run()
        # What is still to be written fails here rather than at the end of the process.
        sys.stdout.flush()
        return status
    except ArchiveError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; what was committed is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output stopped early, as head does; nothing more can be printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        about = f" ({error.filename})" if error.filename else ""
        print(f"error: {error.strerror or error}{about}.", file=sys.stderr)
        return 2
    except (MemoryError, RuntimeError, ImportError) as error:
        lacks_memory = any(words in str(error) for words in _NO_MEMORY)
        if not (lacks_memory or isinstance(error, MemoryError)):
            raise
        print(
            "error: There is too little memory to go on; what was committed is kept.",
            file=sys.stderr,
        )
        return 2


def tell_waiting(options: argparse.Namespace, archive: Archive) -> None:
    """Say on standard error that some articles are not searched yet, where that is so."""
    overview = archive.overview()
    if overview.waiting and not options.quiet:
        print(
            f"{overview.waiting} of {overview.articles} articles are not searched yet: "
            f"dateline embed --archive {options.archive} lets them be found.",
            file=sys.stderr,
        )


def add_common_options(
    parser: argparse.ArgumentParser, forms: argparse._MutuallyExclusiveGroup | None = None
) -> None:
    """The options that every command has; ``forms`` are others that say in which form it prints."""
    parser.add_argument(
        "--archive", metavar="DIR", default="archive", type=place,
        help="or postgresql://host/database; default: ./archive",
    )  # fmt: skip
    add_printing_options(parser, forms)


def add_printing_options(
    parser: argparse.ArgumentParser, forms: argparse._MutuallyExclusiveGroup | None = None
) -> None:
    """What of the common options says what is printed."""
    (forms or parser).add_argument(
        "--json", action="store_true", help="print JSON on standard output"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="print no progress, no notes and no report"
    )


def add_loading_options(parser: argparse.ArgumentParser) -> None:
    """Options that say how models are loaded; ``configure_models`` reads them."""
    parser.add_argument(
        "--download",
        action="store_true",
        help="fetch named models that are not on this computer from the Hugging Face hub",
    )
    parser.add_argument(
        "--device", metavar="NAME", help="what models run on: cuda, mps or cpu (default: the best)"
    )


def configure_models(options: argparse.Namespace) -> None:
    """Load models as the options say; commands that load none have no such options."""
    given = vars(options)
    models.configure(
        given.get("download", False), given.get("device"), quiet=given.get("quiet", False)
    )


def add_filter_options(parser: argparse.ArgumentParser) -> None:
    """Options that say which articles are searched; ``filters`` reads them."""
    parser.add_argument("--after", type=day, metavar="DAY", help="from this day on: 2016-08-21")
    parser.add_argument("--before", type=day, metavar="DAY", help="up to this day")
    parser.add_argument("--as-of", type=day, metavar="DAY", help="what was out on this day")
    parser.add_argument("--source", action="append", default=[], help="may be given repeatedly")
    parser.add_argument("--language", action="append", default=[], help="may be given repeatedly")


def filters(options: argparse.Namespace) -> Filters:
    """The filters that the options ask for; see also ``Archive.require``.

    Raises ArchiveError for days that are the wrong way round.
    """
    after, before = options.after, options.before
    if after and before and after > before:
        raise ArchiveError(f"--after {after} is later than --before {before}.")
    return Filters(after, before, tuple(options.source), tuple(options.language), options.as_of)


def place(text: str) -> str:
    """A path or an address as an argument says it, which an unset variable of a shell does not."""
    if not text.strip():
        raise argparse.ArgumentTypeError("a path is empty, where . is the current folder")
    return text


def article_id(text: str) -> str:
    """An article's id, or the path of its file, as an argument says it."""
    if not text.strip():
        raise argparse.ArgumentTypeError("an id is empty; dateline search shows those there are")
    return text


def day(text: str) -> date:
    """A day as an option says it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2016-08-21") from None


def mapping(text: str) -> tuple[str, str]:
    """The name of a field and what it is called elsewhere, as an option says them."""
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form OURS=THEIRS")
    return ours, theirs


def positive(text: str) -> int:
    """A number from 1 up as an option says it."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)
