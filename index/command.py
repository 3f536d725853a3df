"""Code shared by all commands: their parser, the filter options, and one-line errors."""

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

from corpus.encoding import readable
from index import models
from index.archive import Archive
from index.errors import ArchiveError
from index.passage import Filters

# Messages about too little memory: torch's, Python's about a thread, the linker's about a library.
_NO_MEMORY = ("allocate memory", "can't start new thread", "failed to map segment")


class Parser(argparse.ArgumentParser):
    """A parser, used also for each command, that reports a mistake in one line."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        print_whatever()
        return super().parse_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}; see {self.prog} --help\n")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        # The command that does not know an argument reports it itself.
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            hint = "" if unknown[0].startswith("-") else "; put several words in quotes"
            self.error(f"there is no option or argument {unknown[0]} here{hint}")
        return known, unknown


def print_whatever() -> None:
    """Make sure that printing never stops a command.

    A letter that standard output cannot encode is escaped as in JSON, such as ``\\u015a``, so that
    printed JSON stays JSON. If the caller closed standard output or error, the text is dropped.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # It stays open until the process ends, like the stream that it replaces.
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
    """Run a command and return its exit status; a failure is reported in one line."""
    try:
        status = run()
        # Flush here, so that a failed write is reported rather than raised at exit.
        sys.stdout.flush()
        return status
    except ArchiveError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted; what was committed is kept.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of the output stopped early, as head does; nothing more can be printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        suffix = f" ({error.filename})" if error.filename else ""
        print(f"error: {error.strerror or error}{suffix}.", file=sys.stderr)
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
    """If some articles are not searched yet, say so on standard error."""
    overview = archive.overview()
    if overview.waiting and not options.quiet:
        print(
            f"{overview.waiting} of {overview.articles} articles are not searched yet: "
            f"dateline embed --archive {archive.address} lets them be found.",
            file=sys.stderr,
        )


def add_common_options(
    parser: argparse.ArgumentParser, forms: argparse._MutuallyExclusiveGroup | None = None
) -> None:
    """Add the options of every command; ``forms`` is the group of its output formats, if any."""
    parser.add_argument(
        "--archive", metavar="DIR", default="archive", type=place,
        help="or postgresql://host/database; default: ./archive",
    )  # fmt: skip
    add_printing_options(parser, forms)


def add_printing_options(
    parser: argparse.ArgumentParser, forms: argparse._MutuallyExclusiveGroup | None = None
) -> None:
    """Add those of the common options that say what is printed."""
    (forms or parser).add_argument(
        "--json", action="store_true", help="print JSON on standard output"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="print no progress, no notes and no report"
    )


def add_loading_options(parser: argparse.ArgumentParser) -> None:
    """Add options that say how models are loaded; ``configure_models`` reads them."""
    parser.add_argument(
        "--download",
        action="store_true",
        help="fetch named models that are not on this computer from the Hugging Face hub",
    )
    parser.add_argument(
        "--device", metavar="NAME", help="what models run on: cuda, mps or cpu (default: the best)"
    )


def configure_models(options: argparse.Namespace) -> None:
    """Apply the options for loading models; a command that loads none does not have them."""
    values = vars(options)
    models.configure(
        values.get("download", False), values.get("device"), quiet=values.get("quiet", False)
    )


def add_filter_options(parser: argparse.ArgumentParser) -> None:
    """Add options that say which articles are searched; ``filters`` reads them."""
    parser.add_argument("--after", type=day, metavar="DAY", help="from this day on: 2016-08-21")
    parser.add_argument("--before", type=day, metavar="DAY", help="up to this day")
    parser.add_argument("--as-of", type=day, metavar="DAY", help="only what was out by this day")
    parser.add_argument("--source", action="append", default=[], help="may be given repeatedly")
    parser.add_argument("--language", action="append", default=[], help="may be given repeatedly")


def filters(options: argparse.Namespace) -> Filters:
    """The filters that the options describe; see also ``Archive.require``.

    Raises ArchiveError if the first day is later than the last.
    """
    after, before = options.after, options.before
    if after and before and after > before:
        raise ArchiveError(f"--after {after} is later than --before {before}.")
    return Filters(after, before, tuple(options.source), tuple(options.language), options.as_of)


def place(text: str) -> str:
    """A path or an address from an argument; an unset shell variable would make it empty."""
    if not text.strip():
        raise argparse.ArgumentTypeError("a path is empty, where . is the current folder")
    return text


def article_id(text: str) -> str:
    """An article's id, or the path of its file, from an argument."""
    if not text.strip():
        raise argparse.ArgumentTypeError("an id is empty; dateline search shows those there are")
    return readable(text)


def day(text: str) -> date:
    """A day from an option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2016-08-21") from None


def mapping(text: str) -> tuple[str, str]:
    """The name of a field and its name in the records, from an option."""
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form OURS=THEIRS")
    return ours, theirs


def positive(text: str) -> int:
    """A number of at least 1 from an option."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)
