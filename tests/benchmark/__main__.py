"""python -m tests.benchmark: measure search and answers on articles and questions."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from assistant import Assistant, LanguageModel, Model
from corpus import Article, read_articles
from index import Archive, ArchiveError
from index.upkeep import TextEncoder
from tests.benchmark import (
    answers,
    asked,
    copies,
    crowd,
    growth,
    indexing,
    pointing,
    search,
    spelling,
    tutorial,
)
from tests.benchmark.metrics import peak_memory
from tests.benchmark.questions import check, read_questions
from tests.benchmark.tables import tables

EPILOG = """`python -m tests.benchmark answers ARTICLES QUESTIONS` measures the answers instead, and
`python -m tests.benchmark asked ARTICLES QUESTIONS` measures them on questions in other words,
`python -m tests.benchmark calibrate HELD-OUT LEARNT` fits what counts beside the reader;
`python -m tests.benchmark copies ARTICLES` measures how copies are told from other texts,
`python -m tests.benchmark crowd [ADDRESS]` lets several write and read, and kills a writer;
`python -m tests.benchmark pointing ARTICLES ASKED` lets a small language model choose,
`python -m tests.benchmark spelling [ARTICLES]` counts which spellings are taken for one name,
`python -m tests.benchmark growth` searches a small archive and a large one, and adds to them.
ARTICLES is whatever `python -m index add` reads. QUESTIONS has on each line a JSON object with
question, answer, date, linked and bearing; the last two are lists of articles' ids."""

Result = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    command = given[0] if given and given[0] in COMMANDS else "search"
    options = _parser(command).parse_args(given[given[:1] == [command] :])
    try:
        result = COMMANDS[command](options)
    except (ArchiveError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json or command == "calibrate":
        print(json.dumps(result, indent=2))
    else:
        print("\n\n".join(tables(result)))
    return 0


def measure_search(options: argparse.Namespace) -> Result:
    """How good and how fast search is and, where the archive is built here, what that costs."""
    questions = read_questions(options.questions)
    with TemporaryDirectory() as folder:
        result: Result = {}
        texts: list[str] = []
        if options.archive:
            archive, encoder = _open(options.archive)
        else:
            archive, encoder = _create(Path(folder))
            texts, result["indexing"] = indexing.build(archive, encoder, _read(options.articles))
        check(questions, archive)
        result["quality"] = search.quality(search.searches(archive), questions)
        result["latency"] = search.latency(archive, encoder, questions)
        # Taken before what is only compared with takes any.
        result["peak memory in MiB"] = peak_memory()
        if texts:
            plain = tutorial.plain_encoder()
            result["encoder"] = indexing.compare_encoders(encoder.encode, plain, texts)
        if options.tutorial:
            recipe = tutorial.Tutorial(archive, tutorial.plain_encoder())
            theirs = search.quality(
                {"tutorial recipe": lambda question: recipe.search(question.text)}, questions
            )
            for label, rows in theirs.items():
                result["quality"][label] |= rows
    return result


def measure_answers(options: argparse.Namespace) -> Result:
    """How good answers are, asked with their evidence and without it."""
    questions = read_questions(options.questions)
    with _archive(options) as (archive, encoder):
        check(questions, archive)
        answers.ask_all(archive, questions[:3], on_its_day=True)  # Loads what is to be loaded.
        present = {
            on_its_day: answers.ask_all(
                archive, tqdm(questions, "Asking", disable=None), on_its_day
            )
            for on_its_day in (True, False)
        }
        absent = answers.ask_without(archive, encoder, questions)
    return {
        "on its day": answers.measure(present[True], absent[True]),
        "on no day": answers.measure(present[False], absent[False]),
        "peak memory in MiB": peak_memory(),
    }


def measure_asked(options: argparse.Namespace) -> Result:
    """How questions are answered that were asked in other words than the articles'."""
    questions = asked.read_asked(options.questions)
    with _archive(options) as (archive, _):
        assistant = Assistant(archive, reader=options.reader)
        asked.ask(archive, assistant, questions[:2])  # Loads what is to be loaded.
        outcomes = asked.ask(archive, assistant, tqdm(questions, "Asking", disable=None))
    if options.show:
        for outcome in outcomes:
            print(asked.shown(outcome))
    return asked.measure(outcomes)


def measure_calibration(options: argparse.Namespace) -> Result:
    """Fit what counts beside the reader's log-odds on questions that it has not learnt."""
    from tests.benchmark import calibrate  # Loads torch.

    return calibrate.measure(options.articles, options.questions, options.most, options.reader)


def measure_copies(options: argparse.Namespace) -> Result:
    """How well copies of a text are told from other texts, on pairs made from articles."""
    return copies.measure(_read(options.articles), options.seed)


def measure_crowd(options: argparse.Namespace) -> Result:
    """What several readers see while several write, of whom one is killed again and again.

    ADDRESS is that of an empty database; without it the archive is a new folder.
    """
    with TemporaryDirectory() as folder:
        place = options.address or f"{folder}/archive"
        return crowd.measure(place, options.seconds, options.between, options.seed)


def measure_growth(options: argparse.Namespace) -> Result:
    """What it costs to search archives of several sizes and to add ten articles to them.

    The articles, the questions and the vectors are made up.
    """
    with TemporaryDirectory() as folder:
        return growth.measure(options.into or Path(folder), options.sizes, options.rounds)


def measure_spelling(options: argparse.Namespace) -> Result:
    """Which spellings are taken for one name; of ARTICLES, the names taken for one, too."""
    return spelling.measured(_read(options.articles) if options.articles else [])


def measure_pointing(options: argparse.Namespace) -> Result:
    """Whether a language model chooses better sentences; without --model, a very small one."""
    model: Model = (
        LanguageModel(options.model, options.base_url or "") if options.model else pointing.Small()
    )
    asked = pointing.read_asked(options.questions, options.most)
    with _archive(options) as (archive, _):
        return pointing.measure(archive, asked, model)


COMMANDS = {
    "search": measure_search,
    "answers": measure_answers,
    "asked": measure_asked,
    "calibrate": measure_calibration,
    "copies": measure_copies,
    "crowd": measure_crowd,
    "growth": measure_growth,
    "pointing": measure_pointing,
    "spelling": measure_spelling,
}


@contextmanager
def _archive(options: argparse.Namespace) -> Iterator[tuple[Archive, TextEncoder]]:
    """The archive that was named, or a new one of the articles."""
    if options.archive:
        yield _open(options.archive)
        return
    with TemporaryDirectory() as folder:
        archive, encoder = _create(Path(folder))
        archive.add(_read(options.articles), progress=True)
        yield archive, encoder


def _open(folder: Path) -> tuple[Archive, TextEncoder]:
    from index.encoder import Encoder

    encoder = Encoder(Archive.open(folder).overview().encoder)
    return Archive.open(folder, encoder), encoder


def _create(folder: Path) -> tuple[Archive, TextEncoder]:
    from index.encoder import Encoder

    encoder = Encoder()
    return Archive.create(folder / "archive", encoder), encoder


def _read(path: Path) -> list[Article]:
    """The articles of a file or folder; what cannot be read is said."""
    articles = []
    for article in read_articles(path):
        if isinstance(article, Article):
            articles.append(article)
        else:
            print(article, file=sys.stderr)
    return articles


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.benchmark" + (f" {command}" if command != "search" else ""),
        description=COMMANDS[command].__doc__,
        epilog=EPILOG if command == "search" else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    if command == "growth":
        parser.add_argument(
            "--sizes", type=int, nargs="+", default=[3_000, 90_000], help="articles"
        )
        parser.add_argument("--rounds", type=int, default=20)
        parser.add_argument("--into", type=Path, metavar="FOLDER", help="keep the archives there")
    elif command == "crowd":
        parser.add_argument("address", nargs="?", metavar="ADDRESS", help="postgresql://…")
        parser.add_argument("--seconds", type=float, default=300)
        parser.add_argument("--between", type=float, default=15, help="seconds between kills")
    else:
        optional = "?" if command == "spelling" else None
        parser.add_argument("articles", nargs=optional, metavar="ARTICLES", type=Path)
    if command in {"copies", "crowd"}:
        parser.add_argument("--seed", type=int, default=0)
    if command in {"copies", "crowd", "growth", "spelling"}:
        return parser
    parser.add_argument("questions", metavar="QUESTIONS", type=Path)
    parser.add_argument(
        "--archive", metavar="DIR", type=Path, help="an archive of the articles that is built"
    )
    if command in {"asked", "calibrate"}:
        parser.add_argument("--reader", metavar="NAME", help="another reader than the project's")
    if command == "asked":
        parser.add_argument("--show", action="store_true", help="print what became of each")
    if command == "calibrate":
        parser.add_argument("--most", type=int, default=600, help="questions")
    if command == "pointing":
        parser.add_argument("--model", metavar="NAME", help="a model behind --base-url")
        parser.add_argument("--base-url", metavar="URL")
        parser.add_argument("--most", type=int, default=60, metavar="QUESTIONS")
    if command == "search":
        parser.add_argument(
            "--no-tutorial",
            dest="tutorial",
            action="store_false",
            help="leave out the tutorial's recipe, which takes minutes to encode",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
