"""The options that name a reader and a language model, for commands that answer questions."""

import argparse
import os

from assistant.language_model import LanguageModel
from index import ArchiveError
from index.command import add_loading_options


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that name a reader, and a language model that chooses among its sentences.

    ``language_model`` reads the options of the language model.
    """
    parser.add_argument(
        "--reader", metavar="NAME",
        help="an extractive question-answering model that finds the answers: a folder, or a model "
        "of the Hugging Face hub (default: the one that comes with Dateline)",
    )  # fmt: skip
    add_loading_options(parser)
    parser.add_argument(
        "--model", metavar="NAME", default=os.environ.get("DATELINE_MODEL"),
        help="a language model to choose among the archive's sentences (default: $DATELINE_MODEL, "
        "else none)",
    )  # fmt: skip
    parser.add_argument(
        "--base-url", metavar="URL", default=os.environ.get("DATELINE_BASE_URL"),
        help="its OpenAI-compatible server, such as http://localhost:11434/v1 (default: "
        "$DATELINE_BASE_URL); a key for it is read from $DATELINE_API_KEY",
    )  # fmt: skip


def language_model(options: argparse.Namespace) -> LanguageModel | None:
    """The model that the options name, or None; raises ArchiveError if they name half of one."""
    if not options.model:
        if options.base_url:
            raise ArchiveError("Which model? Name it with --model, or leave out --base-url.")
        return None
    if not options.base_url:
        raise ArchiveError("Where is the model? Say so with --base-url http://host:port/v1.")
    try:
        return LanguageModel(
            options.model, options.base_url, os.environ.get("DATELINE_API_KEY", "")
        )
    except ValueError as error:
        raise ArchiveError(str(error)) from error
