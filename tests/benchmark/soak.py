"""python -m tests.benchmark.soak: many questions for a long time, while articles come in.

Twenty people ask the page, one question after the other, and imports follow on each other all the
while. What is measured: errors, how long answers take, whether who waits longest is told so, and
the memory of the server after a tenth of the questions and at the end.
"""

import argparse
import json
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from gradio_client import Client

import app
from assistant import Assistant
from assistant.page.imports import Imports, NotTaken
from index import Archive
from tests.benchmark.metrics import resident_memory
from tests.browsing import served
from tests.oracles import some_articles


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask and print; the exit status is 1 if anything failed."""
    parser = argparse.ArgumentParser("python -m tests.benchmark.soak", description=__doc__)
    parser.add_argument("--questions", type=int, default=2_000, help="altogether; default: 2000")
    parser.add_argument("--people", type=int, default=20, help="who ask at once; default: 20")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as place, Archive.create(Path(place) / "archive") as archive:
        archive.add(each for each in app.open_archive(None))
        result = measure(archive, Path(place) / "news", options.questions, options.people)
    print(json.dumps(result, indent=2))
    return 1 if result["failures"] else 0


def measure(archive: Archive, news: Path, questions: int, people: int) -> dict[str, object]:
    """Ask so many questions while articles come in."""
    news.mkdir()
    assistant = Assistant(archive)
    imports = Imports(archive, [news])
    asked = assistant.suggest_questions(8) or ["What happened?"]
    took: list[float] = []
    failures: list[str] = []
    memory: list[float] = []
    told = 0
    done = threading.Event()
    lock = threading.Lock()

    def bring() -> int:
        rounds = 0
        while not done.is_set():
            for article in some_articles(20, 200, seed=rounds):
                text = f"{article.title}\n\n{article.text}\n"
                (news / f"{rounds % 10}-{article.id}.txt").write_text(text)
            try:
                imports.bring_folder(0)
                rounds += 1
            except NotTaken:
                time.sleep(0.2)
        imports.stop()
        return rounds

    def person(number: int) -> None:
        nonlocal told
        client = Client(address, verbose=False, download_files=False)
        for turn in range(questions // people):
            began, waits = time.perf_counter(), False
            try:
                job = client.submit(question=asked[(number + turn) % len(asked)], api_name="/ask")
                while not job.done():
                    rank = job.status().rank
                    waits = waits or bool(rank)
                    time.sleep(0.05)
                job.result(120)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and printed
                failures.append(f"{type(error).__name__}: {error}")
            with lock:
                took.append(time.perf_counter() - began)
                told += waits
                if len(took) in {max(1, questions // 10), questions // people * people}:
                    memory.append(resident_memory())
        client.close()

    with served(assistant, imports=imports) as address, ThreadPoolExecutor(people + 1) as pool:
        bringing = pool.submit(bring)
        list(pool.map(person, range(people)))
        done.set()
        rounds = bringing.result()
    p50, p95 = np.percentile(took, [50, 95])
    return {
        "questions": len(took),
        "failures": sorted(set(failures)),
        "imports meanwhile": rounds,
        "p50, p95, longest, in seconds": [round(float(each), 2) for each in (p50, p95, max(took))],
        "answers for which the asker was told how many are before": told,
        "memory after a tenth, and at the end, in MB": [round(each) for each in memory],
    }


if __name__ == "__main__":
    sys.exit(main())
