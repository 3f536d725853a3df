"""Spreads embedding over several processes, on this computer or with Ray on many.

One process chunks the articles and stores the vectors. The others only turn texts into vectors, so
that a killed process loses no more than its current block.
"""

import logging
import os
import platform
import secrets
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ArchiveError
from index.models import configure, device
from index.upkeep import TextEncoder

BlockVectors = tuple[int, NDArray[np.float32]]
"""The position of a block among all blocks, and the vectors of its texts, one per row."""

_ENOUGH_DEATHS = 3
_SECONDS_TO_END = 5
# One secret for the whole process, because Ray reads it only once.
_SECRET = secrets.token_hex(32)


class Workers(Protocol):
    """A number of processes, ``count``, that embed, each with an encoder of its own."""

    count: int

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[BlockVectors]:
        """The vectors of each block, in the order in which they are ready. Raises ArchiveError."""


def spread(
    where: str, encoder: TextEncoder, count: int | None = None
) -> AbstractContextManager[Workers]:
    """Workers within a context; ``where`` is ``processes``, ``ray``, or the address of a cluster.

    The workers load the model with the name of ``encoder``, and fail if its weights differ. By
    default Ray gets one worker for each graphics card or, without any, for each processor; this
    computer gets one for each processor, but only one if it has an accelerator. Raises
    ArchiveError if Ray is not installed or not reachable, or if ``where`` is none of these.
    """
    if where == "processes":
        device_name = device()
        make = partial(_load, encoder.name, encoder.fingerprint, device_name)
        return Processes(make, count or (os.cpu_count() or 1 if device_name == "cpu" else 1))
    make = partial(_load, encoder.name, encoder.fingerprint)
    if where == "ray" or "://" in where:
        return RayActors(where, make, count)
    raise ArchiveError(
        f"{where!r} is no place to embed: name processes, ray, or a cluster as ray://host:10001"
    )


class Processes(AbstractContextManager["Processes"]):
    """Processes of this computer; a killed one is replaced, and its block is embedded again.

    ``make`` creates the encoder, once in each process. Each process has a pipe of its own, because
    a process that is killed could leave a shared queue locked.
    """

    def __init__(self, make: Callable[[], TextEncoder], count: int) -> None:
        self.count = count
        self._make = make
        self._threads = max(1, (os.cpu_count() or 1) // count)
        self._workers = [self._start() for _ in range(count)]

    def _start(self) -> "_Worker":
        context = get_context("spawn")
        pipe, worker_pipe = context.Pipe()
        process = context.Process(
            target=_work, args=(worker_pipe, self._make, self._threads), daemon=True
        )
        process.start()
        # Only the worker keeps its end open, so that our end notices when the worker is gone.
        worker_pipe.close()
        return _Worker(process, pipe)

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[BlockVectors]:
        waiting = deque(range(len(blocks)))
        running: dict[int, int] = {}
        deaths = 0
        while waiting or running:
            for number, worker in enumerate(self._workers):
                if waiting and number not in running:
                    running[number] = waiting.popleft()
                    # If the worker is gone, that is noticed below.
                    with suppress(OSError):
                        worker.pipe.send(blocks[running[number]])
            ready = wait([self._workers[number].pipe for number in running])
            for number in [number for number in running if self._workers[number].pipe in ready]:
                at = running.pop(number)
                try:
                    vectors: NDArray[np.float32] = self._workers[number].pipe.recv()
                except (EOFError, OSError) as error:
                    deaths += 1
                    if deaths == _ENOUGH_DEATHS:
                        raise ArchiveError(
                            "The processes that embed end again and again, perhaps for want of "
                            "memory: run the command again with fewer --workers; what was embedded "
                            "is kept."
                        ) from error
                    self._workers[number].end()
                    self._workers[number] = self._start()
                    waiting.appendleft(at)
                else:
                    deaths = 0
                    yield at, vectors


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and our end of the pipe to it."""

    process: BaseProcess
    pipe: "Connection[Any, Any]"

    def end(self) -> None:
        # Asked first, because Python complains about what a killed process leaves behind.
        self.process.terminate()
        self.process.join(_SECONDS_TO_END)
        self.process.kill()
        self.process.join()
        self.pipe.close()


class RayActors(AbstractContextManager["RayActors"]):
    """Ray actors: on this computer (``ray``, and no ``RAY_ADDRESS``), or in a cluster.

    If an actor is killed, alone or with its computer, Ray restarts it and gives it its block
    again. A process cannot use both this computer and a cluster, because Ray reads only once
    whether to show a secret. Dateline and the model must be installed wherever an actor may run.
    """

    def __init__(
        self, where: str, make: Callable[[], TextEncoder], count: int | None = None
    ) -> None:
        address = os.environ.get("RAY_ADDRESS", "local") if where == "ray" else where
        # Set before Ray is imported, which would send statistics and give up on a busy computer.
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")
        if address == "local":
            # Ray listens on the network, so the instance that it starts here gets a secret.
            os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _SECRET}
        try:
            import ray
            from ray.util import ActorPool
        except ImportError as error:
            raise ArchiveError(
                "To embed on Ray, it has to be installed: pip install 'dateline[ray]'"
            ) from error
        try:
            ray.init(
                address, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise ArchiveError(
                f"Ray at {address} cannot be reached: look whether it runs there."
            ) from error
        self._shut_down = ray.shutdown
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        kind = "GPU" if resources.get("GPU") else "CPU"
        self.count = count or max(1, int(resources.get(kind, 1)))
        actor = ray.remote(_Actor).options(
            num_cpus=1, num_gpus=int(kind == "GPU"), max_restarts=-1, max_task_retries=-1
        )
        self._pool = ActorPool([actor.remote(make) for _ in range(self.count)])

    def __exit__(self, *_: object) -> None:
        self._shut_down()

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[BlockVectors]:
        from ray.exceptions import RayError

        try:
            yield from self._pool.map_unordered(
                lambda actor, block: actor.encode.remote(*block), list(enumerate(blocks))
            )
        except RayError as error:
            # Ray's message contains the remote traceback, whose last line has the reason.
            why = str(error).strip().splitlines()[-1]
            raise ArchiveError(
                f"Embedding on Ray failed ({why}): what was embedded is kept, so run the command "
                "again when this is mended."
            ) from error


class _Actor:
    """The class that Ray runs on its computers."""

    def __init__(self, make: Callable[[], TextEncoder]) -> None:
        self._encoder = make()

    def encode(self, at: int, block: Sequence[str]) -> BlockVectors:
        return at, self._encoder.encode(block)


def _load(name: str, fingerprint: str, device: str | None = None) -> TextEncoder:
    from index.encoder import Encoder

    configure(device=device)
    encoder = Encoder(name)
    if encoder.fingerprint != fingerprint:
        raise ArchiveError(f"{platform.node()} has other weights of the encoder {name}")
    return encoder


def _work(pipe: "Connection[Any, Any]", make: Callable[[], TextEncoder], threads: int) -> None:
    """Embed the blocks from a pipe until the parent process is gone; only that handles Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    os.environ["OMP_NUM_THREADS"] = str(threads)
    encoder = make()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(encoder.encode(pipe.recv()))
