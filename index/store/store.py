"""The truth of an archive: every change to it is one transaction."""

import json
import os
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from corpus import Article
from index import schema
from index.connections import damaged, is_full
from index.errors import ArchiveError
from index.store.articles import Articles
from index.store.chunks import Chunks
from index.store.copies import Copies, compare
from index.store.database import DATABASE, places
from index.store.journal import Journal
from index.store.records import Clock, EmbeddedChunk, Manifest, Sighting, Standing, utc_now
from index.store.statistics import Statistics


class Store(Articles, Chunks, Copies, Journal, Statistics):
    """The articles, versions, chunks and vectors of one archive folder.

    Every write is one transaction: killed at any instant, the database holds the last committed
    state. May be used from several threads. What is withdrawn, or not available yet by ``clock``,
    is only given where it says so.
    """

    @classmethod
    def create(cls, folder: Path, manifest: Manifest, clock: Clock = utc_now) -> "Store":
        """A new, empty archive. Raises ArchiveError where there is one, or none can be made."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        store = cls(folder, clock)
        # Made under another name and then linked, so that a database that exists is complete, and
        # of two that are made at once only one is taken.
        beside = folder / f".{DATABASE}.{manifest.archive}"
        try:
            connection = sqlite3.connect(beside, isolation_level=None)
            try:
                schema.prepare(connection)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(f"BEGIN; {schema.statements(0)} COMMIT;")
                connection.execute("INSERT INTO manifest VALUES (?)", [_json(manifest)])
            finally:
                connection.close()
            os.link(beside, store.path)
        except FileExistsError as error:
            raise ArchiveError(f"There is an archive in {folder} already.") from error
        except (sqlite3.Error, OSError) as error:
            why = "there is no room left" if is_full(folder) else error
            raise ArchiveError(f"No archive can be made in {folder}: {why}.") from error
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        return store

    @classmethod
    def open(cls, folder: Path, clock: Clock = utc_now) -> "Store":
        """The archive in a folder; one of an earlier format is brought up to today's.

        Raises ArchiveError where there is none that can be read.
        """
        store = cls(folder, clock)
        if not store.path.is_file():
            raise ArchiveError(
                f"There is no archive in {folder}: make one with "
                f"python -m index add PATH --archive {folder}"
            )
        found = store._format()
        if 0 < found < schema.FORMAT:
            with store._transaction() as cursor:
                # Another process may have been quicker.
                found = store._format()
                for statement in _statements(schema.statements(found)):
                    cursor.execute(statement)
                if found < schema.COPIES_SINCE:
                    store._compare_all(cursor)
        elif found == 0:
            is_empty = not store._rows("SELECT 1 FROM sqlite_master LIMIT 1")
            raise damaged(store.path, "it is empty" if is_empty else "it has no format")
        elif found != schema.FORMAT:
            raise ArchiveError(
                f"The archive in {folder} has format {found}, and this program reads up to format "
                f"{schema.FORMAT}: use the program it was made with, or a newer one."
            )
        return store

    def put(
        self, manifest: Manifest, articles: Sequence[tuple[Article, Sequence[EmbeddedChunk]]]
    ) -> list[str] | None:
        """Add articles, or new versions of those with the same id, in one transaction.

        A withdrawn one returns. What is replaced is kept as an earlier version. Returns the ids
        of those that are copies of what was here before them. None, and nothing is done, where
        another process has changed the manifest or dropped a vector.
        """
        needed = {each.key for _, chunks in articles for each in chunks}
        with self._transaction() as cursor:
            if self.manifest() != manifest or self.known_vectors(list(needed)) != needed:
                return None
            copies = []
            for article, chunks in articles:
                number = self._put(cursor, article)
                cursor.execute("DELETE FROM chunks WHERE article = ?", [number])
                _insert_chunks(cursor, number, chunks)
                compare(cursor, number, article.text)
                if self.copies([number]):
                    copies.append(article.id)
            _leave_token(cursor)
            return copies

    def _put(self, cursor: sqlite3.Cursor, article: Article) -> int:
        now = self._now()
        values = schema.row(article, now)
        found = cursor.execute(
            "SELECT number, digest FROM articles WHERE id = ?", [article.id]
        ).fetchone()
        if found is None:
            cursor.execute("DELETE FROM formerly WHERE id = ?", [article.id])
            cursor.execute(
                f"INSERT INTO articles ({schema.COLUMNS})"
                f" VALUES ({places(values)}) RETURNING number",
                values,
            )
            [number] = cursor.fetchone()
            return int(number)
        number, digest = found
        if digest == article.digest:
            cursor.execute(
                "UPDATE articles SET withdrawn = NULL, retracted = 0 WHERE number = ?", [number]
            )
            _refresh(cursor, Sighting.of(article))
            return int(number)
        cursor.execute(
            f"INSERT INTO versions (article, version, replaced, {schema.COLUMNS})"
            f" SELECT number, version, ?, {schema.COLUMNS} FROM articles WHERE number = ?",
            [now, number],
        )
        cursor.execute(
            f"UPDATE articles SET ({schema.COLUMNS}) = ({places(values)}),"
            " version = version + 1, withdrawn = NULL, retracted = 0 WHERE number = ?",
            [*values, number],
        )
        return int(number)

    def refresh(self, found: Iterable[Sighting]) -> None:
        """Take over what a reader is not shown of articles that are stored: origin and embargo."""
        if some := list(found):
            with self._transaction() as cursor:
                for each in some:
                    _refresh(cursor, each)

    def move(self, moved: Sequence[tuple[Standing, Sighting]]) -> None:
        """Give articles the ids and places under which they are found now.

        Their versions, chunks and former ids stay with them. What was changed meanwhile, by
        another process, is left alone.
        """
        if not moved:
            return
        with self._transaction() as cursor:
            for before, now in moved:
                if self.standing([now.id]) or self.standing([before.id]) != {before.id: before}:
                    continue
                cursor.execute("DELETE FROM formerly WHERE id = ?", [now.id])
                cursor.execute(
                    "INSERT INTO formerly SELECT id, number FROM articles WHERE id = ?", [before.id]
                )
                cursor.execute("UPDATE articles SET id = ? WHERE id = ?", [now.id, before.id])
                _refresh(cursor, now)

    def withdraw(self, vanished: Sequence[Standing], retracted: bool = False) -> list[str]:
        """Keep articles, but never search them again; returns the ids of those withdrawn now.

        They are ``retracted`` if their source says so. What was changed meanwhile, by another
        process, is left alone.
        """
        withdrawn: list[str] = []
        if not vanished:
            return withdrawn
        with self._transaction() as cursor:
            for each in vanished:
                if each.withdrawn or self.standing([each.id]) != {each.id: each}:
                    continue
                cursor.execute(
                    "UPDATE articles SET withdrawn = ?, retracted = ? WHERE id = ?"
                    " RETURNING number",
                    [self._now(), retracted, each.id],
                )
                [number] = cursor.fetchone()
                cursor.execute("DELETE FROM chunks WHERE article = ?", [number])
                cursor.execute("DELETE FROM worded WHERE article = ?", [number])
                withdrawn.append(each.id)
            if withdrawn:
                _leave_token(cursor)
        return withdrawn

    def recut(
        self, manifest: Manifest, cut: Mapping[str, tuple[str, Sequence[EmbeddedChunk]]]
    ) -> list[str]:
        """Replace every chunk and the manifest in one transaction.

        ``cut`` holds each article's digest and chunks by its id; their vectors were added
        before. Where articles came or changed meanwhile, or lost a vector, their ids are returned
        and nothing is done. Vectors that no chunk uses any more are dropped.
        """
        with self._transaction() as cursor:
            rows = cursor.execute(
                "SELECT number, id, digest FROM articles WHERE withdrawn IS NULL"
            ).fetchall()
            known = {key for (key,) in cursor.execute("SELECT key FROM vectors")}
            missed = [
                id
                for _, id, digest in rows
                if id not in cut
                or cut[id][0] != digest
                or any(each.key not in known for each in cut[id][1])
            ]
            if missed:
                return missed
            cursor.execute("DELETE FROM chunks")
            for number, id, _ in rows:
                _insert_chunks(cursor, number, cut[id][1])
            cursor.execute("UPDATE manifest SET value = ?", [_json(manifest)])
            _drop_unused_vectors(cursor)
            # With what the caches would have had to forget goes the past that they know: they
            # are derived anew.
            cursor.execute("DELETE FROM forgotten")
            cursor.execute("DELETE FROM commits")
            _leave_token(cursor)
            return []

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Delete articles and all that was made of them; returns the ids that were here."""
        removed: list[str] = []
        with self._transaction() as cursor:
            removed += (
                id
                for id in ids
                if cursor.execute("DELETE FROM articles WHERE id = ?", [id]).rowcount
            )
            if removed:
                _drop_unused_vectors(cursor)
                _leave_token(cursor)
        return removed


def _json(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest))


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: run as a script, they would not be one transaction."""
    statement = ""
    for part in script.split(";")[:-1]:
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _refresh(cursor: sqlite3.Cursor, found: Sighting) -> None:
    cursor.execute(
        "UPDATE articles SET origin = ?, location = ?, embargo = ?, available = ?, vouched = ?"
        " WHERE id = ? AND digest = ?",
        [
            found.origin,
            found.location,
            found.embargo and schema.instant(found.embargo),
            found.available,
            found.vouched,
            found.id,
            found.digest,
        ],
    )


def _insert_chunks(cursor: sqlite3.Cursor, article: int, chunks: Sequence[EmbeddedChunk]) -> None:
    cursor.executemany(
        "INSERT INTO chunks (article, ordinal, start, end, vector)"
        " VALUES (?, ?, ?, ?, (SELECT number FROM vectors WHERE key = ?))",
        [
            (article, each.chunk.ordinal, each.chunk.start, each.chunk.end, each.key)
            for each in chunks
        ],
    )


def _drop_unused_vectors(cursor: sqlite3.Cursor) -> None:
    """Forget the vectors of texts that were replaced, withdrawn or removed."""
    cursor.execute(
        "DELETE FROM vectors WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE vector = vectors.number)"
    )


def _leave_token(cursor: sqlite3.Cursor) -> None:
    cursor.execute("INSERT INTO commits (token) VALUES (?)", [uuid.uuid4().hex])
