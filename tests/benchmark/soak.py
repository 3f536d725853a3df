"""python -m tests.benchmark.soak: many questions for a long time, while articles come in.

Twenty people ask, one question after the other, and imports follow on each other all the while.
The page is served by a process of its own, as ``python app.py`` serves it, so that its memory is
nobody else's. What is measured: errors, how long answers take, whether who waits longest is told
so, and the memory of the server after a tenth of the questions and at the end.

The imports replace the same 200 articles again and again, so that what is searched stays as it is.
On the disk their earlier versions are kept, as always. With ``--no-imports`` there are none.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import numpy as np
from gradio_client import Client

from assistant.suggestions import questions_about
from corpus import SAMPLE
from index import Archive
from tests.benchmark.metrics import resident_memory
from tests.oracles import some_articles

_FOLDERS = 10
_STARTS = 120
_PATIENCE = 300
_WAITS: dict[str, Any] = {"timeout": _PATIENCE}


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask and print; the exit status is 1 if anything failed."""
    parser = argparse.ArgumentParser("python -m tests.benchmark.soak", description=__doc__)
    parser.add_argument("--questions", type=int, default=2_000, help="altogether; default: 2000")
    parser.add_argument("--people", type=int, default=20, help="who ask at once; default: 20")
    parser.add_argument("--no-imports", action="store_true", help="bring in nothing meanwhile")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as place:
        folder, news = Path(place) / "archive", Path(place) / "news"
        news.mkdir()
        with Archive.create(folder) as archive:
            archive.sync([SAMPLE])
            newest = archive.newest(10_000)
        asked = [question for article in newest for _, question in questions_about(article)]
        # Half of the questions are about what is brought in meanwhile.
        asked += [
            f"What became of the {article.title}?" for article in some_articles(len(asked), 3)
        ]
        with _server(folder, news) as (address, process):
            soak = Soak(address, process, news, list(dict.fromkeys(asked)), options.questions)
            soak.run(options.people, brings=not options.no_imports)
    print(json.dumps(soak.told(), indent=2))
    return 1 if soak.failures else 0


@contextmanager
def _server(archive: Path, news: Path) -> Iterator[tuple[str, int]]:
    """The address at which a process of its own serves an archive, and the process's number."""
    command = [sys.executable, "app.py", "--archive", archive, "--articles", news, "--port", "0"]
    with subprocess.Popen([*command, "--no-browser"], stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            yield line.removeprefix("Dateline is at ").partition(" (")[0], process.pid
        finally:
            process.terminate()


@dataclass
class Soak:
    """So many ``questions`` put to a server, out of those ``asked`` in turn, and what came of it.

    ``process`` is the server's number, and ``news`` the folder that it brings in.
    """

    address: str
    process: int
    news: Path
    asked: Sequence[str]
    questions: int
    took: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    memory: dict[int, float] = field(default_factory=dict)
    imports: int = 0
    told_to_wait: int = 0

    def run(self, people: int, brings: bool) -> None:
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._began = time.perf_counter()
        self._left = iter(range(self.questions))
        with ThreadPoolExecutor(people + 1) as pool:
            importing = pool.submit(self._bring) if brings else None
            try:
                list(pool.map(lambda _: self._ask(), range(people)))
            finally:
                self._done.set()
            if importing:
                importing.result()

    def told(self) -> dict[str, object]:
        p50, p95 = np.percentile(self.took, [50, 95])
        times = [round(float(seconds), 2) for seconds in (p50, p95, max(self.took))]
        first, last = self.memory[self._tenth], self.memory[len(self.took)]
        return {
            "questions": len(self.took),
            "failures": sorted(set(self.failures)),
            "imports meanwhile": self.imports,
            "p50, p95, longest, in seconds": times,
            "answers for which the asker was told how many are before": self.told_to_wait,
            "memory after a tenth, and at the end, in MiB": [round(first), round(last)],
            "growth since": f"{last / first - 1:.1%}",
        }

    @property
    def _tenth(self) -> int:
        return max(1, self.questions // 10)

    def _bring(self) -> None:
        while not self._done.is_set():
            for article in some_articles(20, 200, seed=self.imports):
                file = self.news / f"{self.imports % _FOLDERS}-{article.id}.txt"
                file.write_text(f"{article.title}\n\n{article.text}\n")
            try:
                self._fetch("/import/place/0", b"")
                while "data-running" in (stands := self._fetch("/import")):
                    time.sleep(0.2)
                if 'role="alert"' in stands:
                    self.failures.append(f"An import failed: {stands}")
            except OSError as error:
                self.failures.append(f"An import: {error}")
            self.imports += 1

    def _fetch(self, path: str, body: bytes | None = None) -> str:
        with urlopen(f"{self.address}{path}", body, _PATIENCE) as response:
            return str(response.read(), "utf-8")

    def _ask(self) -> None:
        client = Client(self.address, verbose=False, download_files=False, httpx_kwargs=_WAITS)
        while (number := self._next()) is not None:
            began, waits = time.perf_counter(), False
            try:
                question = self.asked[number % len(self.asked)]
                job = client.submit(question=question, api_name="/ask")
                while not job.done():
                    waits = waits or bool(job.status().rank)
                    time.sleep(0.05)
                job.result(_PATIENCE)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and printed
                self.failures.append(f"{type(error).__name__}: {error}")
            self._note(time.perf_counter() - began, waits)
        client.close()

    def _next(self) -> int | None:
        with self._lock:
            return next(self._left, None)

    def _note(self, took: float, waited: bool) -> None:
        with self._lock:
            self.took.append(took)
            self.told_to_wait += waited
            done = len(self.took)
            if done % max(1, self._tenth // 4) and done not in {self._tenth, self.questions}:
                return
            self.memory[done] = resident_memory(self.process)
            print(
                f"{time.perf_counter() - self._began:6.0f} s {done:6} questions, p50 "
                f"{np.median(self.took):.2f} s, {self.imports} imports, "
                f"{self.memory[done]:.0f} MiB, {len(self.failures)} failures",
                flush=True,
            )


if __name__ == "__main__":
    sys.exit(main())
