"""Functions run in processes of their own, which begin with all imported that they need.

A server of such processes imports it once; each process is then forked from the server, which
runs one thread only, where starting Python anew and importing would take seconds.
"""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.test_kills", "tests.test_hostile_input"])

pipe = _CONTEXT.Pipe


def begin(function: Callable[..., None], *arguments: object) -> BaseProcess:
    """A process that has begun to run a function of a module; of its arguments it has copies."""
    process = _CONTEXT.Process(target=function, args=arguments, daemon=True)
    process.start()
    return process


def run(function: Callable[..., None], *arguments: object) -> int:
    """The exit status of a process that runs a function: of one killed by a signal, less than 0."""
    # A daemon may have no processes of its own.
    process = _CONTEXT.Process(target=function, args=arguments)
    process.start()
    process.join(300)
    if process.is_alive():
        process.kill()
        raise AssertionError(f"{function.__name__} has not ended in five minutes")
    return process.exitcode
