"""The store of an archive; every change is one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import uuid4

from corpus import Article
from index import schema
from index.connections import Cursor
from index.store.articles import WITHOUT_CHUNKS, Articles
from index.store.chunks import Chunks
from index.store.copies import Copies
from index.store.database import places
from index.store.journal import Journal
from index.store.mentions import Mentions, drop_unnamed, forget_names
from index.store.papers import Papers
from index.store.records import EmbeddedChunk, Manifest, Sighting, Standing, as_json
from index.store.statistics import Statistics
from index.store.tables import Tables


class Store(Articles, Chunks, Copies, Journal, Mentions, Papers, Statistics, Tables):
    """The articles, versions, chunks and vectors of one archive, in any database.

    Every write is one transaction, so after a kill the database has the last committed state. May
    be used from several threads. Methods return withdrawn articles, or articles not available
    yet by ``clock``, only if they say so.
    """

    def put(
        self, manifest: Manifest, articles: Sequence[tuple[Article, Sequence[EmbeddedChunk]]]
    ) -> list[str] | None:
        """Add articles, or new versions of articles with the same id, in one transaction.

        A withdrawn article returns. A replaced text is kept as an earlier version. Returns the ids
        of articles that are copies of earlier ones. If another process has changed the manifest or
        dropped a vector, nothing is done and None is returned.
        """
        needed = {chunk.key for _, chunks in articles for chunk in chunks}
        with self._transaction() as cursor:
            if self.manifest() != manifest or self.known_vectors(list(needed)) != needed:
                return None
            copies = []
            for article, chunks in articles:
                number = self._put(cursor, article)
                cursor.execute("DELETE FROM chunks WHERE article = ?", [number])
                _insert_chunks(cursor, number, chunks)
                forget_names(cursor, number)
                self._compare(cursor, number, article.text)
                if self.copies([number]):
                    copies.append(article.id)
            self._leave_token(cursor)
            return copies

    def place(
        self, manifest: Manifest, chunks_by_id: Mapping[str, tuple[str, Sequence[EmbeddedChunk]]]
    ) -> int:
        """Add chunks to articles that were put without any; returns how many chunks were added.

        ``chunks_by_id`` holds each article's digest and chunks by its id. Articles that changed
        meanwhile, or lost a vector, are skipped; all are skipped if the manifest was changed.
        """
        chunk_count = 0
        with self._transaction() as cursor:
            if self.manifest() != manifest:
                return 0
            keys = {chunk.key for _, chunks in chunks_by_id.values() for chunk in chunks}
            stored_keys = self.known_vectors(list(keys))
            rows = self._rows_in(
                f"SELECT number, id, digest FROM articles WHERE {WITHOUT_CHUNKS} AND id IN",
                list(chunks_by_id),
            )
            for number, id, digest in list(rows):
                expected_digest, chunks = chunks_by_id[id]
                if expected_digest == digest and all(chunk.key in stored_keys for chunk in chunks):
                    _insert_chunks(cursor, number, chunks)
                    chunk_count += len(chunks)
            if chunk_count:
                self._leave_token(cursor)
        return chunk_count

    def _put(self, cursor: Cursor, article: Article) -> int:
        now = self._now()
        values = schema.row(article, now)
        row = cursor.execute(
            "SELECT number, digest FROM articles WHERE id = ?", [article.id]
        ).fetchone()
        if row is None:
            cursor.execute("DELETE FROM formerly WHERE id = ?", [article.id])
            cursor.execute(
                f"INSERT INTO articles ({schema.COLUMNS})"
                f" VALUES ({places(values)}) RETURNING number",
                values,
            )
            [number] = cursor.fetchone()
            return int(number)
        number, digest = row
        if digest == article.digest:
            _refresh(cursor, Sighting.of(article), now)
            cursor.execute(
                "UPDATE articles SET withdrawn = NULL, retracted = FALSE WHERE number = ?", [number]
            )
            return int(number)
        cursor.execute(
            f"INSERT INTO versions (article, version, replaced, {schema.COLUMNS})"
            f" SELECT number, version, ?, {schema.COLUMNS} FROM articles WHERE number = ?",
            [now, number],
        )
        cursor.execute(
            f"UPDATE articles SET ({schema.COLUMNS}) = ({places(values)}),"
            " version = version + 1, withdrawn = NULL, retracted = FALSE WHERE number = ?",
            [*values, number],
        )
        return int(number)

    def refresh(self, sightings: Iterable[Sighting]) -> None:
        """Update fields of stored articles that readers do not see, such as origin and embargo."""
        if new_sightings := list(sightings):
            with self._transaction() as cursor:
                for sighting in new_sightings:
                    _refresh(cursor, sighting, self._now())

    def move(self, moved: Sequence[tuple[Standing, str]], sightings: Sequence[Sighting]) -> None:
        """Give articles the ids under which they are found now, then ``refresh`` the sightings.

        Their versions, chunks and former ids stay with them, and they may swap ids. Articles that
        another process changed meanwhile are skipped, and so are those that would take their ids.
        """
        if not moved and not sightings:
            return
        with self._transaction() as cursor:
            stored = self.standing([id for before, now in moved for id in (before.id, now)])
            targets = {before.id: now for before, now in moved if stored.get(before.id) == before}
            while blocked := [
                id for id, now in targets.items() if now in stored and now not in targets
            ]:
                for id in blocked:
                    del targets[id]
            numbers = self.numbers(list(targets))
            # First under unused ids, so that two articles can swap theirs.
            temporary_ids = [(str(uuid4()), number) for number in numbers.values()]
            cursor.executemany("UPDATE articles SET id = ? WHERE number = ?", temporary_ids)
            for id, now in targets.items():
                cursor.execute("DELETE FROM formerly WHERE id IN (?, ?)", [id, now])
                cursor.execute("UPDATE articles SET id = ? WHERE number = ?", [now, numbers[id]])
            former = [(id, numbers[id]) for id in targets.keys() - targets.values()]
            cursor.executemany("INSERT INTO formerly VALUES (?, ?)", former)
            for sighting in sightings:
                _refresh(cursor, sighting, self._now())

    def withdraw(self, vanished: Sequence[Standing], retracted: bool = False) -> list[str]:
        """Withdraw articles: keep them, but exclude them from searches; returns the withdrawn ids.

        They are ``retracted`` if their source withdrew them. Articles that another process changed
        meanwhile are skipped.
        """
        withdrawn: list[str] = []
        if not vanished:
            return withdrawn
        with self._transaction() as cursor:
            for standing in vanished:
                if standing.withdrawn or self.standing([standing.id]) != {standing.id: standing}:
                    continue
                cursor.execute(
                    "UPDATE articles SET withdrawn = ?, retracted = ? WHERE id = ?"
                    " RETURNING number",
                    [self._now(), retracted, standing.id],
                )
                [number] = cursor.fetchone()
                cursor.execute("DELETE FROM chunks WHERE article = ?", [number])
                cursor.execute("DELETE FROM worded WHERE article = ?", [number])
                forget_names(cursor, number)
                withdrawn.append(standing.id)
            if withdrawn:
                self._leave_token(cursor)
        return withdrawn

    def recut(
        self, manifest: Manifest, chunks_by_id: Mapping[str, tuple[str, Sequence[EmbeddedChunk]]]
    ) -> list[str]:
        """Replace every chunk and the manifest in one transaction.

        ``chunks_by_id`` holds each article's digest and chunks by its id; their vectors are stored
        already. If articles were added or changed meanwhile, or lost a vector, their ids are
        returned and nothing is done. Vectors that no chunk uses any more are dropped.
        """
        with self._transaction() as cursor:
            rows = cursor.execute(
                "SELECT number, id, digest FROM articles WHERE withdrawn IS NULL"
            ).fetchall()
            stored_keys = {key for (key,) in cursor.execute("SELECT key FROM vectors")}
            missing = [
                id
                for _, id, digest in rows
                if id not in chunks_by_id
                or chunks_by_id[id][0] != digest
                or any(chunk.key not in stored_keys for chunk in chunks_by_id[id][1])
            ]
            if missing:
                return missing
            self._make_room(cursor, manifest)
            cursor.execute("DELETE FROM chunks")
            for number, id, _ in rows:
                _insert_chunks(cursor, number, chunks_by_id[id][1])
            cursor.execute("UPDATE manifest SET value = ?", [as_json(manifest)])
            _drop_unused_vectors(cursor)
            # Deletes the history that the caches know, so that they are derived anew.
            cursor.execute("DELETE FROM forgotten")
            cursor.execute("DELETE FROM commits")
            self._leave_token(cursor)
            return []

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Delete articles and everything derived from them; returns the ids that were stored."""
        removed: list[str] = []
        with self._transaction() as cursor:
            removed += (
                id
                for id in ids
                if cursor.execute("DELETE FROM articles WHERE id = ?", [id]).rowcount
            )
            if removed:
                # Without their headers, files are downloaded again, and may restore the articles.
                cursor.execute("DELETE FROM downloads")
                _drop_unused_vectors(cursor)
                drop_unnamed(cursor)
                self._leave_token(cursor)
        return removed

    def _make_room(self, cursor: Cursor, manifest: Manifest) -> None:
        """Prepare the tables for vectors of the manifest's dimension, if the database needs it."""


def _refresh(cursor: Cursor, sighting: Sighting, now: str) -> None:
    """Update the fields that readers do not see, of an article with this id and content.

    If it was withdrawn, or its embargo is lifted, it may be shown from ``now`` on. So it is new to
    all who have looked before.
    """
    later = sighting.available if sighting.available and sighting.available > now else None
    cursor.execute(
        "UPDATE articles SET origin = ?, location = ?, embargo = ?, vouched = ?, claims = ?,"
        " available ="
        " coalesce(?, CASE WHEN withdrawn IS NOT NULL OR available > ? THEN ? ELSE available END)"
        " WHERE id = ? AND digest = ?",
        [
            sighting.origin,
            sighting.location,
            sighting.embargo and schema.instant(sighting.embargo),
            sighting.vouched,
            sighting.claims,
            later,
            now,
            now,
            sighting.id,
            sighting.digest,
        ],
    )


def _insert_chunks(cursor: Cursor, article: int, chunks: Sequence[EmbeddedChunk]) -> None:
    cursor.executemany(
        'INSERT INTO chunks (article, ordinal, start, "end", vector)'
        " VALUES (?, ?, ?, ?, (SELECT number FROM vectors WHERE key = ?))",
        [
            (article, chunk.chunk.ordinal, chunk.chunk.start, chunk.chunk.end, chunk.key)
            for chunk in chunks
        ],
    )


def _drop_unused_vectors(cursor: Cursor) -> None:
    """Delete the vectors of texts that were replaced, withdrawn or removed."""
    cursor.execute(
        "DELETE FROM vectors WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE vector = vectors.number)"
    )
