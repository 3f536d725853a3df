"""Connections to an archive's database, transactions, and errors in one sentence."""

import errno
import os
import sqlite3
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from index.errors import ArchiveError

_WAIT_SECONDS = 60

_FULL = (
    "There is no room left for the archive {}: make room and run the command again; "
    "what was committed is kept."
)
_DAMAGED = "The archive {} is damaged ({}): bring its folder back from a copy."
_SENTENCES = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: (
        "Another process has been writing to the archive {} for over a minute: "
        "try again when it is done."
    ),
    sqlite3.SQLITE_READONLY: (
        "The archive {} cannot be changed: it, or its folder, may only be read."
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The archive {} cannot be opened: look whether it, and its folder, may be read."
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk fails at the archive {} ({}): look whether it is full, or in order."
    ),
    sqlite3.SQLITE_NOMEM: "There is too little memory for the archive {}: end other programs.",
}
"""The message for each kind of error: the first {} is the path, a second one the error's name."""

_PERHAPS_FULL = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})


def damaged(path: str | Path, name: str) -> ArchiveError:
    """The error for a damaged database; ``name`` says how, without any text from the database."""
    return ArchiveError(_DAMAGED.format(path, name))


def not_opened(path: Path) -> ArchiveError:
    """The error for a database that may not be read."""
    return ArchiveError(_SENTENCES[sqlite3.SQLITE_CANTOPEN].format(path))


class Cursor(Protocol):
    """The cursor that the store uses, from ``sqlite3`` or ``psycopg``, with ``?`` for values."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, sql: str, values: Sequence[object] = ..., /) -> "Cursor": ...
    def executemany(self, sql: str, values: Iterable[Sequence[object]], /) -> object: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connections(ABC):
    """The connections of one process to one database; may be used from several threads.

    Within ``transaction`` or ``snapshot`` a thread uses only one connection. Connections that
    nobody closes are closed when this object is garbage-collected. ``name`` is the archive's name
    in errors. A subclass says how a connection is opened, when it may be used again, how a
    transaction begins, and how errors are worded.
    """

    begin_writing: str
    begin_reading: str

    def __init__(self, name: str | Path) -> None:
        self.name = name
        self._local = threading.local()
        self._idle: list[Any] = []
        self._is_closed = False
        weakref.finalize(self, _close_all, self._idle)

    @abstractmethod
    def _connect(self) -> Any: ...
    @abstractmethod
    def _is_reusable(self, connection: Any) -> bool: ...
    @abstractmethod
    def _is_in_transaction(self, connection: Any) -> bool: ...
    @abstractmethod
    def _sentences_for_errors(self) -> AbstractContextManager[None]: ...

    def close(self) -> None:
        """Close all connections; one that a thread is using is closed when the thread is done."""
        self._is_closed = True
        _close_all(self._idle)

    def _take(self) -> Any:
        """An idle connection that still works, or None."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if self._is_alive(connection):
                return connection
            connection.close()

    def _is_alive(self, connection: Any) -> bool:
        return True

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """The connection of this thread's transaction; outside of one, an idle connection."""
        current = getattr(self._local, "current", None)
        with self._sentences_for_errors():
            if current is not None:
                yield current
                return
            if self._is_closed:
                raise ArchiveError(f"The archive {self.name} was closed.")
            connection = self._take() or self._connect()
            try:
                yield connection
            finally:
                if self._is_closed or not self._is_reusable(connection):
                    connection.close()
                else:
                    self._idle.append(connection)

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Everything that this thread writes within is committed at the end, or not at all."""
        with self._transaction(self.begin_writing) as connection:
            yield connection.cursor()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything that this thread reads within comes from one state of the database."""
        with self._transaction(self.begin_reading):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Any]:
        with self.connected() as connection:
            connection.execute(begin)
            self._local.current = connection
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                self._local.current = None
                if self._is_in_transaction(connection):
                    connection.execute("ROLLBACK")


class _Connection(sqlite3.Connection):
    """A connection that knows whether it is closed after one use."""

    once = False


class SQLiteConnections(Connections):
    """Connections to one SQLite file; ``prepare`` is called with each new one."""

    begin_writing = "BEGIN IMMEDIATE"
    begin_reading = "BEGIN"

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], None]) -> None:
        super().__init__(path)
        self.path = path
        self._prepare = prepare

    def _is_reusable(self, connection: _Connection) -> bool:
        return not connection.once and _may_write(self.path)

    def _is_in_transaction(self, connection: _Connection) -> bool:
        return connection.in_transaction

    def _connect(self) -> _Connection:
        if not _may_write(self.path):
            return self._open_connection(has_room=False)
        try:
            return self._open_connection(has_room=True)
        except sqlite3.OperationalError:
            if not is_full(self.path.parent):
                raise
            return self._open_connection(has_room=False)

    def _open_connection(self, has_room: bool) -> _Connection:
        """A new connection. If nothing can be written beside the database, it is for one use.

        Even to read a database SQLite writes a file beside it, unless it is told that the
        database never changes, or that nobody else reads it. While there is no write-ahead log,
        nobody changes it.
        """
        wal = self.path.with_name(f"{self.path.name}-wal")
        has_log = wal.exists() and wal.stat().st_size > 0
        mode = "mode=rw" if has_room or has_log else "mode=ro&immutable=1"
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{mode}",
            uri=True,
            timeout=_WAIT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        try:
            if not has_room:
                connection.once = True
                if has_log and _may_write(self.path):
                    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._prepare(connection)
            # SQLite notices only here that the disk is full.
            connection.execute("PRAGMA user_version").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _sentences_for_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _in_a_sentence(error, self.path) from error


def _in_a_sentence(error: sqlite3.DatabaseError, path: Path) -> ArchiveError:
    """An error as one sentence.

    SQLite's own message is left out because it may contain a piece of an article.
    """
    # The lower byte is the kind of error; the other bytes give details.
    kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    name = getattr(error, "sqlite_errorname", "text that is not UTF-8")
    name = "it is no database" if kind == sqlite3.SQLITE_NOTADB else name
    if kind in _PERHAPS_FULL and is_full(path.parent):
        kind = sqlite3.SQLITE_FULL
    return ArchiveError(_SENTENCES.get(kind, _DAMAGED).format(path, name))


def is_full(folder: Path) -> bool:
    """Whether the disk of a folder has not a single free block."""
    try:
        return os.statvfs(folder).f_bavail == 0
    except OSError:
        return False


def is_for_room(error: Exception, folder: Path) -> bool:
    """Whether writing to a folder failed because its disk is full."""
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    no_room = kind == sqlite3.SQLITE_FULL or getattr(error, "errno", None) == errno.ENOSPC
    return no_room or is_full(folder)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _close_all(connections: list[Any]) -> None:
    while connections:
        connections.pop().close()
