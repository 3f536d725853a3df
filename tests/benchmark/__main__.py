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
    calibrate,
    copies,
    growth,
    indexing,
    kills,
    pointing,
    search,
    tutorial,
)
from tests.benchmark.metrics import peak_memory
from tests.benchmark.questions import check, read_questions
from tests.benchmark.tables import table

EPILOG = """`python -m tests.benchmark answers ARTICLES QUESTIONS` measures the answers instead, and
`python -m tests.benchmark asked ARTICLES QUESTIONS` measures them on questions in other words,
`python -m tests.benchmark calibrate HELD-OUT LEARNT` fits what counts beside the reader;
`python -m tests.benchmark copies ARTICLES` measures how copies are told from other texts,
`python -m tests.benchmark kills ARTICLES` kills a sync again and again and looks what is left;
`python -m tests.benchmark pointing ARTICLES ASKED` lets a small language model choose,
`python -m tests.benchmark growth` adds a few articles to a small archive and to a large one.
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
        print("\n\n".join(TABLES[command](result)))
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
            recipe = tutorial.Tutorial(archive, tutorial.plain_encoder(), options.cache)
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
        for each in outcomes:
            print(asked.shown(each))
    return asked.measure(outcomes)


def measure_calibration(options: argparse.Namespace) -> Result:
    """Fit what counts beside the reader's log-odds on questions that it has not learnt."""
    return calibrate.measure(options.articles, options.questions, options.most, options.reader)


def measure_copies(options: argparse.Namespace) -> Result:
    """How well copies of a text are told from other texts, on pairs made from articles."""
    return copies.measure(_read(options.articles), options.seed)


def measure_kills(options: argparse.Namespace) -> Result:
    """What is lost, and what is done twice, when a sync is killed at random instants."""
    with TemporaryDirectory() as folder:
        return kills.measure(
            _read(options.articles), Path(folder), options.kills, options.within, options.seed
        )


def measure_growth(options: argparse.Namespace) -> Result:
    """What it costs to add ten articles to archives of several sizes, the encoder left out."""
    with TemporaryDirectory() as folder:
        return growth.measure(Path(folder), options.sizes, options.rounds)


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
    "kills": measure_kills,
    "growth": measure_growth,
    "pointing": measure_pointing,
}


def search_tables(result: Result) -> list[str]:
    """What ``measure_search`` found, for a terminal."""
    tables = []
    for label, rows in result["quality"].items():
        count = next(iter(rows.values()))["questions"]
        headings = ["hit@1", "hit@5", "hit@10", "MRR@10"]
        tables.append(
            table(
                f"Articles found, {label} ({count} questions)",
                headings,
                [[name, *(row[heading] for heading in headings)] for name, row in rows.items()],
            )
        )
    if "indexing" in result:
        built, encoder = result["indexing"], result["encoder"]
        tables += [
            table(
                f"Indexing {built['articles']} articles in {built['chunks']} chunks "
                f"({built['seconds']:.0f} s)",
                ["chunks/s", "all", "least", "most"],
                [
                    [
                        "time, to the bare encoder's",
                        built["chunks a second"],
                        built["ratio"],
                        built["least ratio"],
                        built["greatest ratio"],
                    ],
                    [
                        "the encoder's speed, to plain float32's",
                        encoder["chunks a second"],
                        encoder["speed-up"],
                        encoder["least speed-up"],
                        encoder["greatest speed-up"],
                    ],
                ],
            )
        ]
    latency = result["latency"]
    tables.append(
        table(
            "Latency in ms",
            ["p50", "p95", "p50 to that above"],
            [
                ["bare look-ups", *latency["bare look-ups"].values(), ""],
                ["search", *latency["search"].values(), latency["search to bare look-ups"]],
                ["answer", *latency["answer"].values(), latency["answer to search"]],
            ],
        )
    )
    return [*tables, f"Peak memory: {result['peak memory in MiB']:.0f} MiB"]


def answer_tables(result: Result) -> list[str]:
    """What ``measure_answers`` found, for a terminal."""
    days = {"on its day": result["on its day"], "on no day": result["on no day"]}
    first = next(iter(days.values()))
    return [
        table(
            f"Answers to {first['answers']['linked questions']} linked questions, asked",
            list(days),
            [
                [name, *(each["answers"][name] for each in days.values())]
                for name in first["answers"]
                if name != "linked questions"
            ],
        ),
        table(
            "Quotes of all answers",
            list(days),
            [[name, *(each["quotes"][name] for each in days.values())] for name in first["quotes"]],
        ),
        table(
            "Asked with the evidence and without it",
            list(first["knowing when not"]["all"]),
            [
                [f"{name}, {day}", *row.values()]
                for day, each in days.items()
                for name, row in each["knowing when not"].items()
            ],
        ),
        table(
            "Latency of an answer in ms",
            ["p50", "p95"],
            [[day, *each["answer"].values()] for day, each in days.items()],
        ),
        f"Peak memory: {result['peak memory in MiB']:.0f} MiB",
    ]


def asked_tables(result: Result) -> list[str]:
    """What ``measure_asked`` found, for a terminal."""
    headings = list(next(iter(result["types"].values())))
    return [
        table(
            "Questions in other words",
            [""],
            [[name, value] for name, value in result["all"].items()],
        ),
        table(
            "By type", headings, [[name, *row.values()] for name, row in result["types"].items()]
        ),
        table("Latency of an answer in ms", ["p50", "p95"], [["all", *result["answer"].values()]]),
    ]


def copies_tables(result: Result) -> list[str]:
    """What ``measure_copies`` found, for a terminal."""
    return [
        table(
            "Pairs of texts",
            ["pairs", "taken for copies"],
            [[kind, row["pairs"], row["found"]] for kind, row in result["kinds"].items()],
        ),
        table(
            "Copies",
            ["precision", "recall", "F1"],
            [["all pairs", result["precision"], result["recall"], result["F1"]]],
        ),
        "\n".join(
            ["Taken for copies among the articles themselves"]
            + [
                f"  {each['common']:.3f}  {' | '.join(each['titles'])}  ({' | '.join(each['ids'])})"
                for each in result["merged"]
            ]
        ),
    ]


def kills_tables(result: Result) -> list[str]:
    """What ``measure_kills`` found, for a terminal."""
    return [table("Killed while it follows a source", [""], list(result.items()))]


def growth_tables(result: Result) -> list[str]:
    """What ``measure_growth`` found, for a terminal."""
    return [
        table(
            f"{size} articles in {found.pop('chunks')} chunks: ms, encoder left out",
            ["median", "least", "most"],
            [[name, *row.values()] for name, row in found.items()],
        )
        for size, found in result["sizes"].items()
    ]


TABLES = {
    "search": search_tables,
    "answers": answer_tables,
    "asked": asked_tables,
    "copies": copies_tables,
    "kills": kills_tables,
    "growth": growth_tables,
    "pointing": pointing.tables,
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
    for each in read_articles(path):
        if isinstance(each, Article):
            articles.append(each)
        else:
            print(each, file=sys.stderr)
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
        return parser
    parser.add_argument("articles", metavar="ARTICLES", type=Path)
    if command == "copies":
        parser.add_argument("--seed", type=int, default=0)
        return parser
    if command == "kills":
        parser.add_argument("--kills", type=int, default=50)
        parser.add_argument("--within", type=float, default=15.0, metavar="SECONDS")
        parser.add_argument("--seed", type=int, default=0)
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
        parser.add_argument(
            "--cache", metavar="DIR", type=Path, help="keep the tutorial recipe's vectors there"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
