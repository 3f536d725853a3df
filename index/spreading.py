"""Embedding spread over processes: those of this computer, or Ray's on many.

Whoever cuts articles and stores vectors is one process. The others only turn texts into vectors,
so that one that is killed costs no more than the block that it had.
"""

import logging
import os
import platform
import secrets
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from functools import partial
from multiprocessing import get_context, parent_process
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ArchiveError
from index.models import configure, device
from index.upkeep import TextEncoder

Made = tuple[int, NDArray[np.float32]]
"""The place of a block among all blocks, and the vectors of its texts, one a row."""

_ENOUGH_DEATHS = 3
# One for the whole process: Ray reads it once.
_SECRET = secrets.token_hex(32)


class Workers(Protocol):
    """``count`` processes that embed, each with an encoder of its own."""

    count: int

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[Made]:
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

    ``make`` makes the encoder, once in each of them.
    """

    def __init__(self, make: Callable[[], TextEncoder], count: int) -> None:
        self.count = count
        self._start = partial(_start, make, max(1, (os.cpu_count() or 1) // count))
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.count, get_context("spawn"), self._start)

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[Made]:
        left = dict(enumerate(blocks))
        deaths = 0
        while left:
            try:
                given = {self._pool.submit(_encode, block): at for at, block in left.items()}
                for future in as_completed(given):
                    yield given[future], future.result()
                    del left[given[future]]
                    deaths = 0
            except BrokenProcessPool as error:
                deaths += 1
                if deaths == _ENOUGH_DEATHS:
                    raise ArchiveError(
                        "The processes that embed end again and again, perhaps for want of memory: "
                        "run the command again with fewer --workers; what was embedded is kept."
                    ) from error
                self._pool = self._new_pool()


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

    def encode(self, blocks: Sequence[Sequence[str]]) -> Iterator[Made]:
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

    def encode(self, at: int, block: Sequence[str]) -> Made:
        return at, self._encoder.encode(block)


def _load(name: str, fingerprint: str, device: str | None = None) -> TextEncoder:
    from index.encoder import Encoder

    configure(device=device)
    encoder = Encoder(name)
    if encoder.fingerprint != fingerprint:
        raise ArchiveError(f"{platform.node()} has other weights of the encoder {name}")
    return encoder


class _Process:
    """What a process of this computer has."""

    encoder: TextEncoder


def _start(make: Callable[[], TextEncoder], threads: int) -> None:
    """Begin a process: it ends with the one that started it, which alone hears Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ["OMP_NUM_THREADS"] = str(threads)
    _Process.encoder = make()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
    os._exit(1)


def _encode(block: Sequence[str]) -> NDArray[np.float32]:
    return _Process.encoder.encode(block)
