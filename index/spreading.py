"""Embedding spread over processes: those of this computer, or Ray's on many.

Whoever cuts articles and stores vectors is one process. The others only turn texts into vectors,
so that one that is killed costs no more than the block that it had.
"""

import logging
import os
import platform
import secrets
import signal
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
"""The place of a block among all blocks, and the vectors of its texts, one a row."""

_ENOUGH_DEATHS = 3
# One for the whole process: Ray reads it once.
_SECRET = secrets.token_hex(32)


class Workers(Protocol):
    """``count`` processes that embed, each with an encoder of its own."""

    count: int

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[BlockVectors]:
        """The vectors of each block, in whichever order they come. Raises ArchiveError."""


def spread(
    where: str, encoder: TextEncoder, count: int | None = None
) -> AbstractContextManager[Workers]:
    """Workers for as long as the context lasts: ``processes``, ``ray``, or Ray at an address.

    They load the model that ``encoder`` has the name of, and end where its weights are others.
    Without a ``count`` there are as many workers as graphics cards, or where there are none, as
    processors; one of this computer's where it has an accelerator. Raises ArchiveError where Ray
    is not installed or not there, or ``where`` is none of these.
    """
    if where == "processes":
        on = device()
        make = partial(_load, encoder.name, encoder.fingerprint, on)
        return Processes(make, count or (os.cpu_count() or 1 if on == "cpu" else 1))
    make = partial(_load, encoder.name, encoder.fingerprint)
    if where == "ray" or "://" in where:
        return RayActors(where, make, count)
    raise ArchiveError(
        f"{where!r} is no place to embed: name processes, ray, or a cluster as ray://host:10001"
    )


class Processes(AbstractContextManager["Processes"]):
    """Processes of this computer; one that is killed is replaced, and its block is given again.

    ``make`` makes the encoder, once in each of them. They share nothing, each has a pipe: of a
    queue, one that is killed may take a lock along.
    """

    def __init__(self, make: Callable[[], TextEncoder], count: int) -> None:
        self.count = count
        self._make = make
        self._threads = max(1, (os.cpu_count() or 1) // count)
        self._workers = [self._begin() for _ in range(count)]

    def _begin(self) -> "_Worker":
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_work, args=(theirs, self._make, self._threads), daemon=True
        )
        process.start()
        # Its own end is its alone, so that the other end tells when it is gone.
        theirs.close()
        return _Worker(process, ours)

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[BlockVectors]:
        left = deque(range(len(blocks)))
        in_hand: dict[int, int] = {}
        deaths = 0
        while left or in_hand:
            for number, worker in enumerate(self._workers):
                if left and number not in in_hand:
                    in_hand[number] = left.popleft()
                    # That it is gone is noticed below.
                    with suppress(OSError):
                        worker.pipe.send(blocks[in_hand[number]])
            ready = wait([self._workers[number].pipe for number in in_hand])
            for number in [number for number in in_hand if self._workers[number].pipe in ready]:
                at = in_hand.pop(number)
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
                    self._workers[number] = self._begin()
                    left.appendleft(at)
                else:
                    deaths = 0
                    yield at, vectors


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and our end of the pipe to it."""

    process: BaseProcess
    pipe: "Connection[Any, Any]"

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class RayActors(AbstractContextManager["RayActors"]):
    """Actors of Ray: on this computer (``ray``, and no ``RAY_ADDRESS``), or in a cluster.

    An actor that is killed, with its computer or alone, is started again, and Ray gives it its
    block again. One process uses either the one or the other: Ray reads once whether it has to
    show a secret. Dateline and the model have to be installed wherever an actor may run.
    """

    def __init__(
        self, where: str, make: Callable[[], TextEncoder], count: int | None = None
    ) -> None:
        address = os.environ.get("RAY_ADDRESS", "local") if where == "ray" else where
        # Before Ray is imported: it would send statistics, and give up early on a busy computer.
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ.setdefault("RAY_raylet_start_wait_time_s", "120")
        if address == "local":
            # Ray listens to the network, too: what it starts for this program alone has a secret.
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
        self._end = ray.shutdown
        there: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        kind = "GPU" if there.get("GPU") else "CPU"
        self.count = count or max(1, int(there.get(kind, 1)))
        actor = ray.remote(_Actor).options(
            num_cpus=1, num_gpus=int(kind == "GPU"), max_restarts=-1, max_task_retries=-1
        )
        self._pool = ActorPool([actor.remote(make) for _ in range(self.count)])

    def __exit__(self, *_: object) -> None:
        self._end()

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[BlockVectors]:
        from ray.exceptions import RayError

        try:
            yield from self._pool.map_unordered(
                lambda actor, block: actor.encode.remote(*block), list(enumerate(blocks))
            )
        except RayError as error:
            # Ray's message holds the traceback of the other computer, whose last line says why.
            why = str(error).strip().splitlines()[-1]
            raise ArchiveError(
                f"Embedding on Ray failed ({why}): what was embedded is kept, so run the command "
                "again when this is mended."
            ) from error


class _Actor:
    """What Ray starts on its computers."""

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
    """Embed what comes through a pipe, until whoever began this is gone; only that hears Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_NUM_THREADS"] = str(threads)
    encoder = make()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(encoder.encode(pipe.recv()))
