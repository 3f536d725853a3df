"""python -m tests.benchmark.asking: many people asking the page at once, on this computer."""

import argparse
import socket
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from gradio_client import Client

import app
from assistant import Assistant
from assistant.page.serving import Server, build_app
from index import ArchiveError

_LONGEST_WAIT = 120


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask and print how long the answers took; returns the exit status, 1 if any failed."""
    parser = argparse.ArgumentParser("python -m tests.benchmark.asking", description=__doc__)
    parser.add_argument("--archive", metavar="DIR", help="default: the built-in sample")
    parser.add_argument("--people", type=int, default=20, help="who ask at once; default: 20")
    parser.add_argument("--questions", type=int, default=2, help="of each; default: 2")
    options = parser.parse_args(arguments)
    try:
        assistant = Assistant(app.open_archive(options.archive))
    except ArchiveError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    questions = assistant.suggest_questions(8) or ["What happened?"]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(build_app(assistant))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            took, failures = ask(address, options.people, options.questions, questions)
        finally:
            server.should_exit = True
            thread.join()
    print(f"{options.people} people, {options.questions} questions each, one after the other")
    if took:
        p50, p95 = np.percentile(took, [50, 95])
        print(f"{len(took)} answers: p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(took):.2f} s")
    print(f"{len(failures)} failures", *sorted(set(failures)), sep="\n  ")
    return 1 if failures else 0


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
