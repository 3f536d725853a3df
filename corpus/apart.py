"""Reads files from untrusted people in a separate process.

A malicious file may take hours or all memory to read. So a child process with limits reads the
files that people drop on the page, and a file that exceeds the limits is a line in the report. The
child writes the articles as lines of JSON.
"""

import json
import os
import resource
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus.article import Article, Found, Note, Published, Unreadable
from corpus.reading import read_articles

_ROOT = Path(__file__).parent.parent
_LONGEST_LINE = 500_000_000
_OUT_OF_MEMORY = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost.

    ``seconds`` and ``seconds_per_megabyte`` of the file are processor time. ``silence`` is the
    longest time, in seconds by the clock, in which the child writes nothing.
    """

    seconds: int = 60
    seconds_per_megabyte: int = 5
    megabytes: int = 3_000
    silence: float = 900.0


def read_apart(
    paths: Sequence[str], fields: Mapping[str, str] | None = None, limits: Limits = Limits()
) -> Iterator[Found]:
    """What ``read_articles`` yields for the files, in their order, read by a child process.

    A file that exceeds ``limits``, or crashes the child, gives one ``Unreadable`` after the
    articles that were read from it, and another child reads the next file.
    """
    remaining = list(paths)
    while remaining:
        with _child(remaining, fields or {}, limits) as child:
            done = 0
            for line in child.lines(limits.silence):
                value = json.loads(line)
                if value is None:
                    done += 1
                else:
                    yield _item(value)
            if done < len(remaining):
                yield Unreadable(remaining[done], child.reason(limits))
        remaining = remaining[done + 1 :]


class _child:  # noqa: N801
    """The child process that reads some files; it ends when the context is left."""

    def __init__(self, paths: Sequence[str], fields: Mapping[str, str], limits: Limits) -> None:
        # The child must not know the key of a language model, and must import this package.
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("DATELINE_")
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "corpus.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment | {"PYTHONPATH": str(_ROOT), "PYTHONSAFEPATH": "1"},
            cwd="/",
        )
        request = {"paths": list(paths), "fields": dict(fields), **asdict(limits)}
        assert self.process.stdin is not None
        # If the child has ended already, its exit status has the reason.
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(request).encode())
            self.process.stdin.close()
        self.is_silent = False

    def __enter__(self) -> "_child":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def lines(self, silence: float) -> Iterator[bytes]:
        """The lines that the child writes, until it ends, is silent, or writes too long a line."""
        assert self.process.stdout is not None
        stream = self.process.stdout.fileno()
        waiting = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while len(waiting) < _LONGEST_LINE:
                if not selector.select(silence):
                    self.is_silent = True
                    return
                part = os.read(stream, 1 << 20)
                if not part:
                    return
                *ends, beginning = part.split(b"\n")
                for end in ends:
                    yield bytes(waiting + end)
                    waiting.clear()
                waiting += beginning
        self.process.kill()

    def reason(self, limits: Limits) -> str:
        """Why the child did not read a file to its end."""
        if self.is_silent:
            return f"takes longer than {limits.silence / 60:.0f} minutes to be read"
        status = self.process.wait()
        if status in (-signal.SIGXCPU, -signal.SIGKILL):
            return "takes too long to be read; the rest of it was not read"
        if status == _OUT_OF_MEMORY:
            return f"takes more than {limits.megabytes:,} MB of memory to be read"
        return "cannot be read: its reader failed at it"


def _item(fields: dict[str, Any]) -> Found:
    if "reason" in fields:
        is_note = fields.pop("is_note")
        return Note(**fields) if is_note else Unreadable(**fields)
    if published := fields["published"]:
        value = datetime.fromisoformat(published["value"])
        fields["published"] = Published(**published | {"value": value})
    fields["embargo"] = fields["embargo"] and datetime.fromisoformat(fields["embargo"])
    return Article(**fields)


def main() -> int:
    """Read the files named on standard input, and print their articles; returns an exit status."""
    request = json.load(sys.stdin)
    memory = request["megabytes"] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for path in request["paths"]:
            _limit_time(path, request["seconds"], request["seconds_per_megabyte"])
            for item in read_articles(path, request["fields"]):
                fields = asdict(item)
                if isinstance(item, Unreadable):
                    fields["is_note"] = isinstance(item, Note)
                print(json.dumps(fields, default=datetime.isoformat), flush=True)
            print("null", flush=True)
    except MemoryError:
        return _OUT_OF_MEMORY
    except BrokenPipeError:
        # The parent process has ended.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _limit_time(path: str, seconds: int, per_megabyte: int) -> None:
    """Limit the processor time that may be used from now on to read this file."""
    size = Path(path).stat().st_size if Path(path).exists() else 0
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds + per_megabyte * size // 1_000_000
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


if __name__ == "__main__":
    sys.exit(main())
