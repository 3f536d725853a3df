"""Chunks and their vectors, for the derived indexes and for searches."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus import Article
from index import schema
from index.passage import Filters
from index.store.database import Database
from index.store.records import ChunkText, Manifest, Place, Watermark


class Chunks(Database):
    """Chunks by number, and vectors by the key of the embedded text."""

    def places(self, chunks: Sequence[int]) -> dict[int, Place]:
        """The places of those chunks that are stored, by chunk number."""
        rows = self._rows_in(
            "SELECT chunks.number, article, id, start"
            " FROM chunks JOIN articles ON articles.number = article WHERE chunks.number IN",
            chunks,
        )
        return {number: Place(*place) for number, *place in rows}

    def passages(self, chunks: Sequence[int]) -> dict[int, tuple[Article, int, int]]:
        """Article, start and end of those chunks that may be shown, by chunk number."""
        rows = self._rows_in(
            f'SELECT {schema.ARTICLE}, articles.available, chunks.number, start, "end"'
            " FROM chunks JOIN articles ON articles.number = article WHERE chunks.number IN",
            chunks,
        )
        now = self._now()
        articles: dict[str, Article] = {}
        passages = {}
        for *row, available, number, start, end in rows:
            if available is None or available <= now:
                # An article is built only once, because many chunks may belong to it.
                if row[0] not in articles:
                    articles[row[0]] = schema.article(tuple(row))
                passages[number] = (articles[row[0]], start, end)
        return passages

    def passing(self, articles: Sequence[int], filters: Filters) -> set[int]:
        """The numbers of those articles that pass the filters."""
        condition, values = self._search_condition(filters)
        rows = self._rows_in(
            f"SELECT number FROM articles WHERE {condition} AND number IN", articles, values
        )
        return {number for (number,) in rows}

    def count(self, filters: Filters) -> int:
        """How many articles pass the filters."""
        condition, values = self._search_condition(filters)
        [count] = self._one(f"SELECT count(*) FROM articles WHERE {condition}", values)
        return int(count)

    def selected_chunks(self, filters: Filters) -> NDArray[np.int64]:
        """The numbers of the chunks whose articles pass the filters."""
        condition, values = self._search_condition(filters)
        numbers = self._column(
            "SELECT chunks.number FROM chunks JOIN articles ON articles.number = article"
            f" WHERE {condition}",
            values,
        )
        return np.array(numbers, np.int64)

    def nearest(
        self, vector: NDArray[np.float32], most: int, filters: Filters | None = None
    ) -> tuple[list[int], list[float]]:
        """The nearest chunks that may be shown and their cosines, best first.

        Only a database that ``finds_nearest`` has this; for others ``index.vectors`` does it.
        """
        raise NotImplementedError

    def chunk_vectors(
        self, after: int, dimension: int, most: int = 20_000
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Numbers and vectors, shape ``(n, dimension)``, of the first chunks after a number."""
        rows = self._rows(
            "SELECT chunks.number, vectors.vector FROM chunks"
            " JOIN vectors ON vectors.number = chunks.vector"
            " WHERE chunks.number > ? ORDER BY chunks.number LIMIT ?",
            [after, most],
        )
        numbers = np.array([number for number, _ in rows], np.int64)
        flat = np.frombuffer(b"".join(vector for _, vector in rows), np.float16)
        return numbers, flat.astype(np.float32).reshape(len(rows), dimension)

    def chunk_texts(self, after: int) -> list[ChunkText]:
        """The first chunks after a number, with their texts."""
        rows = self._rows(
            'SELECT chunks.number, article, title, part(text, start, "end"),'
            " articles.first_day, articles.last_day, articles.source, articles.language"
            " FROM chunks JOIN articles ON articles.number = article"
            " WHERE chunks.number > ? ORDER BY chunks.number LIMIT 5000",
            [after],
        )
        return [ChunkText(*row) for row in rows]

    def forgotten(self, since: Watermark) -> list[int]:
        """The chunks that existed at a watermark and were deleted since."""
        return self._column(
            "SELECT chunk FROM forgotten WHERE number > ? AND chunk <= ?",
            [since.forgotten, since.chunk],
        )

    def chunk_numbers(self, up_to: int) -> NDArray[np.int64]:
        """The numbers of all chunks up to one of them."""
        return np.array(
            self._column("SELECT number FROM chunks WHERE number <= ?", [up_to]), np.int64
        )

    def known_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those keys whose vectors are stored."""
        return {key for (key,) in self._rows_in("SELECT key FROM vectors WHERE key IN", keys)}

    def add_vectors(self, manifest: Manifest, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Store vectors, as half-precision floats, under their keys, for chunks added later.

        If another process has changed the manifest, they are useless and are not stored.
        """
        with self._transaction() as cursor:
            if self.manifest() == manifest:
                cursor.executemany(
                    "INSERT INTO vectors (key, vector) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(key, self._vector_value(vector)) for key, vector in vectors.items()],
                )

    def _vector_value(self, vector: NDArray[np.float32]) -> object:
        return vector.astype(np.float16).tobytes()
