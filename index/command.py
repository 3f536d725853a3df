"""What the commands share: options for filters, and errors in one line."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import date

from index import models
from index.errors import ArchiveError
from index.passage import Filters


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
    except (MemoryError, RuntimeError) as error:
        # What torch says where it gets none.
        if isinstance(error, RuntimeError) and "allocate memory" not in str(error):
            raise
        print(
            "error: There is too little memory to go on; what was committed is kept.",
            file=sys.stderr,
        )
        return 2


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command has."""
    parser.add_argument(
        "--archive", metavar="DIR", default="archive",
        help="or postgresql://host/database; default: ./archive",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.add_argument("--quiet", action="store_true", help="print no progress and no report")


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
    said = vars(options)
    models.configure(
        said.get("download", False), said.get("device"), quiet=said.get("quiet", False)
    )


def add_filter_options(parser: argparse.ArgumentParser) -> None:
    """Options that say which articles are searched; ``filters`` reads them."""
    parser.add_argument("--after", type=day, metavar="DAY", help="from this day on: 2016-08-21")
    parser.add_argument("--before", type=day, metavar="DAY", help="up to this day")
    parser.add_argument("--as-of", type=day, metavar="DAY", help="what was out on this day")
    parser.add_argument("--source", action="append", default=[], help="may be given repeatedly")
    parser.add_argument("--language", action="append", default=[], help="may be given repeatedly")


def filters(options: argparse.Namespace) -> Filters:
    """The filters that the options ask for."""
    return Filters(
        options.after,
        options.before,
        tuple(options.source),
        tuple(options.language),
        options.as_of,
    )


def day(text: str) -> date:
    """A day as an option says it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2016-08-21") from None
