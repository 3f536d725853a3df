"""python -m tests.benchmark.stores: an archive in a folder beside its copy in PostgreSQL.

ARCHIVE is a folder; it is copied, and stays as it is. With ``--made-up`` it is one that
``tests.benchmark.growth`` has made, whose vectors and questions are made up, too. What is measured,
the two in turns: opening, searching bare and within a stretch of days that holds a twentieth of the
chunks, the words alone, adding ten articles, and the disk. Of the graph in PostgreSQL it is told
how many of the true ten nearest it finds. The server is that of the tests. Milliseconds are medians
and 95th percentiles.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from unittest.mock import patch

import numpy as np
import psycopg

from corpus import Article
from index import Archive, Filters
from index.encoder import Encoder
from index.transfer import copy
from index.upkeep import TextEncoder
from tests.benchmark import growth
from tests.benchmark.questions import read_questions
from tests.postgresql import server

_ADDED, _ROUNDS = 10, 10
_MADE_UP = 200
_LIMIT = "index.store.postgresql.EXACT_UP_TO"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.stores", description=__doc__)
    parser.add_argument("archive", metavar="ARCHIVE", type=Path)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("questions", metavar="QUESTIONS", type=Path, nargs="?")
    asked.add_argument("--made-up", action="store_true", help="ask made-up questions")
    options = parser.parse_args(arguments)
    encoder: TextEncoder
    if options.made_up:
        questions, encoder = growth.questions(_MADE_UP), growth.RandomEncoder()
    else:
        questions = [question.text for question in read_questions(options.questions)]
        encoder = Encoder()
    with ExitStack() as stack, server() as started:
        scratch = Path(stack.enter_context(TemporaryDirectory()))
        stack.enter_context(patch.dict("os.environ", XDG_DATA_HOME=str(scratch / "data")))
        folder = scratch / "archive"
        shutil.copytree(options.archive, folder)
        address = started.new_database()
        began = perf_counter()
        copy(folder, address)
        print(f"copying into PostgreSQL: {perf_counter() - began:.0f} s")
        places = {"folder": str(folder), "PostgreSQL": address}
        for place in places.values():  # What is made once on this computer.
            Archive.open(place, encoder).search("made", 1)
        opened = {name: _opened(place, encoder) for name, place in places.items()}
        _print("open, and the first search", {name: times for name, (_, times) in opened.items()})
        archives = {name: archive for name, (archive, _) in opened.items()}
        days = _twentieth(archives["folder"])
        for name, search in _searches(days).items():
            _print(name, _in_turns(archives, questions, search))
        _print(f"add {_ADDED} articles", _add(archives))
        print("disk:", {"folder": _megabytes(folder), "PostgreSQL": _database_megabytes(address)})
        for name, filters in (("bare", None), ("within the days", days)):
            found = growth.recall(archives["PostgreSQL"], questions, _LIMIT, (0, 10**9), filters)
            print(f"of the ten nearest the graph finds, {name}: {found:.3f}")
        for archive in archives.values():
            archive.close()
    return 0


Search = Callable[[Archive, str], object]


def _searches(days: Filters) -> dict[str, Search]:
    return {
        "search": lambda archive, question: archive.search(question, 10),
        "search within the days": lambda archive, question: archive.search(question, 10, days),
        "words alone": lambda archive, question: archive.search(question, 10, channels=["lexical"]),
    }


def _opened(place: str, encoder: Encoder) -> tuple[Archive, list[float]]:
    times = []
    for _ in range(_ROUNDS):
        began = perf_counter()
        archive = Archive.open(place, encoder)
        archive.search("word17 flood", 1)
        times.append(perf_counter() - began)
    return archive, times


def _twentieth(archive: Archive) -> Filters:
    """A stretch of days in which about one of twenty articles was published."""
    days = sorted(article.published.last_day for article in archive if article.published)
    middle, width = len(days) // 2, len(days) // 40
    return Filters(after=days[middle - width], before=days[middle + width])


def _in_turns(
    archives: dict[str, Archive], questions: Sequence[str], search: Search
) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in archives}
    for question in questions:
        for name, archive in archives.items():
            began = perf_counter()
            search(archive, question)
            times[name].append(perf_counter() - began)
    return times


def _add(archives: dict[str, Archive]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in archives}
    for number in range(_ROUNDS):
        news: list[Article] = list(growth.articles(_ADDED, seed=number + 1))
        for name, archive in archives.items():
            began = perf_counter()
            archive.add(news)
            times[name].append(perf_counter() - began)
    return times


def _megabytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) // 10**6


def _database_megabytes(address: str) -> int:
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(row[0]) // 10**6 if row else 0


def _print(what: str, times: dict[str, list[float]]) -> None:
    percentiles = {
        name: " / ".join(f"{1000 * value:.0f}" for value in np.percentile(seconds, (50, 95)))
        for name, seconds in times.items()
    }
    print(f"{what}, ms:", percentiles)


if __name__ == "__main__":
    sys.exit(main())
