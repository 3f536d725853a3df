"""The store of an archive in one SQLite file in a folder."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from corpus.reading import DATABASE, is_empty_folder
from index import schema
from index.connections import Cursor, SQLiteConnections, damaged, is_for_room, not_opened
from index.errors import ArchiveError, ArchiveExistsError, NoArchiveError
from index.store.records import Clock, Manifest, Watermark, as_json, utc_now
from index.store.store import Store

# Tables that archives of every format have; no other program's database has them all.
_OWN = frozenset({"manifest", "chunks", "vectors", "forgotten"})


class SQLiteStore(Store):
    """The store of an archive in a folder."""

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        # Absolute, because a program may change its current folder before the next connection.
        folder, address = folder.absolute(), str(folder)
        self.path = folder / DATABASE
        super().__init__(address, folder, SQLiteConnections(self.path, schema.prepare), clock)

    @classmethod
    def create(cls, folder: Path, manifest: Manifest, clock: Clock = utc_now) -> "SQLiteStore":
        """Create an empty archive. Raises ArchiveError if one exists or none can be created."""
        return cls._create(folder, manifest.archive, as_json(manifest), clock)

    @classmethod
    def receive(cls, folder: Path, manifest: Manifest) -> "SQLiteStore":
        """An archive to copy into; a new one gets its manifest when the copy is complete.

        Raises ArchiveError if the folder contains something else.
        """
        if (folder / DATABASE).exists():
            return cls.open(folder)
        if folder.is_dir() and not is_empty_folder(folder):
            raise ArchiveError(
                f"There is something else in {folder}, and nothing was copied: name a new folder."
            )
        return cls._create(folder, manifest.archive, None, utc_now)

    @classmethod
    def _create(cls, folder: Path, name: str, manifest: str | None, clock: Clock) -> "SQLiteStore":
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        store = cls(folder, clock)
        # Created under another name and then linked: so an existing database is always complete,
        # and if two processes create one at once, only one succeeds.
        temporary = folder / f".{DATABASE}.{name}"
        try:
            connection = sqlite3.connect(temporary, isolation_level=None)
            try:
                schema.prepare(connection)
                connection.executescript(f"BEGIN; {schema.statements(0)} COMMIT;")
                if manifest is not None:
                    connection.execute("INSERT INTO manifest VALUES (?)", [manifest])
                # Done last, because a full disk could leave data in the write-ahead log, which
                # would be lost with the temporary name.
                connection.execute("PRAGMA journal_mode = WAL")
            finally:
                connection.close()
            os.link(temporary, store.path)
        except FileExistsError as error:
            raise ArchiveExistsError(f"There is an archive in {folder} already.") from error
        except (sqlite3.Error, OSError) as error:
            why = "there is no room left" if is_for_room(error, folder) else error
            raise ArchiveError(f"No archive can be made in {folder}: {why}.") from error
        finally:
            # SQLite leaves its own files behind if it could not finish.
            for suffix in ("", "-journal", "-wal", "-shm"):
                with suppress(OSError):
                    temporary.with_name(temporary.name + suffix).unlink(missing_ok=True)
        return store

    @classmethod
    def open(cls, folder: Path, clock: Clock = utc_now) -> "SQLiteStore":
        """Open the archive in a folder, and upgrade one of an earlier format.

        Raises ArchiveError if no archive can be read there.
        """
        store = cls(folder, clock)
        try:
            is_file, is_there = folder.is_file(), store.path.is_file()
        except OSError as error:
            raise not_opened(store.path) from error
        if is_file:
            raise ArchiveError(f"{folder} is a file; an archive is a folder, so name another.")
        if not is_there:
            raise NoArchiveError(
                f"There is no archive in {folder}: make one with "
                f"dateline add PATH --archive {folder}"
            )
        tables = {name for (name,) in store._rows("SELECT name FROM sqlite_master")}
        if not tables:
            raise damaged(store.path, "it is empty")
        if not tables >= _OWN:
            raise ArchiveError(
                f"{store.path} is another program's database, and no archive of Dateline: name "
                "another folder."
            )
        present = store._format()
        if 0 < present < schema.FORMAT:
            with store._transaction() as cursor:
                # Another process may have upgraded it meanwhile.
                present = store._format()
                for statement in _statements(schema.statements(present)):
                    cursor.execute(statement)
                if present < schema.COPIES_SINCE:
                    store._compare_all(cursor)
        elif present == 0:
            raise damaged(store.path, "it has no format")
        elif present != schema.FORMAT:
            raise ArchiveError(
                f"The archive in {folder} has format {present}, and this program reads up to "
                f"format {schema.FORMAT}: use the program it was made with, or a newer one."
            )
        return store

    def watermark(self) -> Watermark:
        chunk, forgotten, commit = self._one(
            "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'chunks'),"
            " (SELECT seq FROM sqlite_sequence WHERE name = 'forgotten'),"
            " (SELECT token FROM commits ORDER BY number DESC LIMIT 1)"
        )
        return Watermark(chunk or 0, forgotten or 0, commit or "")

    def _complete(self, cursor: Cursor, manifest: Manifest) -> None:
        cursor.execute("DELETE FROM manifest")
        cursor.execute("INSERT INTO manifest VALUES (?)", [as_json(manifest)])

    def _format(self) -> int:
        return int(self._one("PRAGMA user_version")[0])


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one; ``executescript`` would commit the transaction."""
    statement = ""
    for part in script.split(";")[:-1]:
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
