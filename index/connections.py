"""Connections to an archive's database, transactions, and what goes wrong as one sentence."""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import ArchiveError

_WAIT_SECONDS = 60

_SENTENCES = {
    sqlite3.SQLITE_FULL: (
        "There is no room left for the archive {path}: make room and run the command again; "
        "what was committed is kept."
    ),
    sqlite3.SQLITE_BUSY: (
        "Another process has been writing to the archive {path} for over a minute: "
        "try again when it is done."
    ),
    sqlite3.SQLITE_READONLY: (
        "The archive {path} cannot be changed: it, or its folder, may only be read."
    ),
}


class Connections:
    """The connections of one process to one database; may be used from several threads.

    Within ``transaction`` or ``snapshot`` all that a thread does goes through one connection.
    ``prepare`` is called with each new connection. Those that nobody closes are closed when this
    is forgotten.
    """

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], None]) -> None:
        self.path = path
        self._prepare = prepare
        self._local = threading.local()
        self._idle: list[sqlite3.Connection] = []
        self._is_closed = False
        weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Close all; one that a thread is just using is closed when it is done."""
        self._is_closed = True
        _close_all(self._idle)

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """A connection: that of the transaction which this thread is in, or else an idle one."""
        held: sqlite3.Connection | None = getattr(self._local, "held", None)
        with self._sentences_for_errors():
            if held is not None:
                yield held
                return
            if self._is_closed:
                raise ArchiveError(f"The archive {self.path} was closed.")
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            finally:
                if self._is_closed or not _may_write(self.path):
                    connection.close()
                else:
                    self._idle.append(connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Cursor]:
        """Everything that this thread does within is done at its end, or not at all."""
        with self._begun("BEGIN IMMEDIATE") as connection:
            yield connection.cursor()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything that this thread reads within is one and the same state."""
        with self._begun("BEGIN"):
            yield

    @contextmanager
    def _begun(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self.connected() as connection:
            connection.execute(begin)
            self._local.held = connection
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                self._local.held = None
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _connect(self) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?mode=rw"
        wal = self.path.with_name(f"{self.path.name}-wal")
        # Where nothing can be written beside it, SQLite reads a database in WAL mode only if it
        # is told that nobody changes it. Nobody does while there is no write-ahead log; and such
        # a connection is used once.
        if not _may_write(self.path) and not wal.exists():
            address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(
            address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _sentences_for_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            # The lower byte is the kind of error, the rest says more.
            sentence = _SENTENCES.get(
                getattr(error, "sqlite_errorcode", 0) & 0xFF,
                f"The archive {{path}} cannot be used: {error}.",
            )
            raise ArchiveError(sentence.format(path=self.path)) from error
        except sqlite3.DatabaseError as error:
            raise ArchiveError(
                f"The archive {self.path} is damaged ({error}): bring its folder back from a copy."
            ) from error


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _close_all(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()
