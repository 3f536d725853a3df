"""python -m tests.benchmark.asking: many people asking the page at once, on this computer."""

import argparse
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from gradio_client import Client

import app
from assistant import Assistant
from assistant.page.imports import Imports
from index import Archive, ArchiveError
from tests.browsing import served

_LONGEST_WAIT = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask and print how long the answers took; returns the exit status, 1 if any failed."""
    parser = argparse.ArgumentParser("python -m tests.benchmark.asking", description=__doc__)
    parser.add_argument("--archive", metavar="DIR", help="default: the built-in sample")
    parser.add_argument("--people", type=int, default=20, help="who ask at once; default: 20")
    parser.add_argument("--questions", type=int, default=2, help="of each; default: 2")
    parser.add_argument(
        "--during", metavar="FOLDER", type=Path,
        help="ask while the articles in it are brought in from the page; into a new archive, "
        "beside the sample, and only until all questions are answered",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    try:
        with _archive(options.archive, options.during) as archive:
            return _measure(archive, options)
    except ArchiveError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _measure(archive: Archive, options: argparse.Namespace) -> int:
    assistant = Assistant(archive)
    questions = assistant.suggest_questions(8) or ["What happened?"]
    imports = Imports(archive, [options.during] if options.during else [])
    with served(assistant, imports=imports) as address:
        if options.during:
            imports.bring_place(0)
            while imports.state.running and not (imports.state.step and imports.state.step.chunks):
                time.sleep(0.1)
        took, failures = ask(address, options.people, options.questions, questions)
        brought = imports.state
        began = time.perf_counter()
        imports.stop()
        while imports.state.running:
            time.sleep(0.01)
        stopped = time.perf_counter() - began
    print(f"{options.people} people, {options.questions} questions each, one after the other")
    if took:
        p50, p95 = np.percentile(took, [50, 95])
        print(f"{len(took)} answers: p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(took):.2f} s")
    if brought.step:
        going = "still going on" if brought.running else "done before the last answer"
        rate = brought.step.chunks / brought.step.seconds
        print(f"meanwhile {brought.step.chunks} chunks came in, {rate:.0f} a second; {going}")
        print(f"the import ended {stopped:.2f} s after it was told to")
    print(f"{len(failures)} failures", *sorted(set(failures)), sep="\n  ")
    return 1 if failures else 0


@contextmanager
def _archive(folder: str | None, during: Path | None) -> Iterator[Archive]:
    if during is None:
        yield app.open_archive(folder)
        return
    with TemporaryDirectory() as place, Archive.create(Path(place) / "archive") as archive:
        held = app.open_archive(folder)
        archive.add(article for article in held)
        yield archive


def ask(
    address: str, people: int, count: int, questions: Sequence[str]
) -> tuple[list[float], list[str]]:
    """The seconds that each answer took, and what went wrong."""
    clients = [Client(address, verbose=False, download_files=False) for _ in range(people)]
    together = threading.Barrier(people)

    def person(number: int) -> tuple[list[float], list[str]]:
        took, failures = [], []
        together.wait()
        for turn in range(count):
            question = questions[(number + turn) % len(questions)]
            began = time.perf_counter()
            try:
                job = clients[number].submit(question=question, api_name="/ask")
                answer = job.result(_LONGEST_WAIT)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and printed
                failures.append(f"{type(error).__name__}: {error}")
            else:
                if answer["question"] == question:
                    took.append(time.perf_counter() - began)
                else:
                    failures.append("somebody else\u2019s answer")
        return took, failures

    with ThreadPoolExecutor(people) as pool:
        found = list(pool.map(person, range(people)))
    for client in clients:
        client.close()
    return [t for took, _ in found for t in took], [f for _, failed in found for f in failed]


if __name__ == "__main__":
    sys.exit(main())
