"""Files that anybody may have made, read in a process of their own.

A file may be made to take hours or all memory to be read. So what people drop on the page is read
by a child process with limits, and what exceeds them is one line in the report. The child writes
what it finds as lines of JSON.
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

    ``seconds`` are those of the processor, and so many more for each MB of the file;
    ``silence`` is how long nothing may be heard of the child, by the clock.
    """

    seconds: int = 60
    seconds_per_megabyte: int = 5
    megabytes: int = 3_000
    silence: float = 900.0


def read_apart(
    paths: Sequence[str], fields: Mapping[str, str] | None = None, limits: Limits = Limits()
) -> Iterator[Found]:
    """What ``read_articles`` gives for the files, in their order, read by a child process.

    A file that costs more than ``limits``, or ends its reader, is one ``Unreadable`` after what
    was read of it, and the next one is read by another child.
    """
    left = list(paths)
    while left:
        with _child(left, fields or {}, limits) as child:
            done = 0
            for line in child.lines(limits.silence):
                value = json.loads(line)
                if value is None:
                    done += 1
                else:
                    yield _item(value)
            if done < len(left):
                yield Unreadable(left[done], child.reason(limits))
        left = left[done + 1 :]


class _child:  # noqa: N801
    """The child process that reads some files; leaving the context ends it."""

    def __init__(self, paths: Sequence[str], fields: Mapping[str, str], limits: Limits) -> None:
        # It need not know the key of a language model, and finds this package where it is.
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
        asked = {"paths": list(paths), "fields": dict(fields), **asdict(limits)}
        assert self.process.stdin is not None
        # If it has ended already, why it did is told by its status.
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(asked).encode())
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
        """The lines that the child writes, until it ends, is silent, or writes one too long."""
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
                *whole, rest = part.split(b"\n")
                for end in whole:
                    yield bytes(waiting + end)
                    waiting.clear()
                waiting += rest
        self.process.kill()

    def reason(self, limits: Limits) -> str:
        """Why it did not read a file to its end."""
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
    """Read what standard input names, and write what is found; the exit status."""
    asked = json.load(sys.stdin)
    memory = asked["megabytes"] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for path in asked["paths"]:
            _allow(path, asked["seconds"], asked["seconds_per_megabyte"])
            for item in read_articles(path, asked["fields"]):
                fields = asdict(item)
                if isinstance(item, Unreadable):
                    fields["is_note"] = isinstance(item, Note)
                print(json.dumps(fields, default=datetime.isoformat), flush=True)
            print("null", flush=True)
    except MemoryError:
        return _OUT_OF_MEMORY
    except BrokenPipeError:
        # Whoever asked has gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _allow(path: str, seconds: int, per_megabyte: int) -> None:
    """Limit the processor time that may be used from now on."""
    size = Path(path).stat().st_size if Path(path).exists() else 0
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds + per_megabyte * size // 1_000_000
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


if __name__ == "__main__":
    sys.exit(main())
