"""The truth of an archive: one SQLite database, from which every other file can be made again."""

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Chunk, Published
from index.errors import ArchiveError
from index.passage import Filters

FORMAT = 1
DATABASE = "archive.sqlite"
_WAIT_SECONDS = 60
_MOST_PARAMETERS = 500

_SCHEMA = """
CREATE TABLE manifest (value TEXT NOT NULL);
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT,
    published TEXT, precision TEXT, how TEXT,
    first_day TEXT, last_day TEXT,
    url TEXT, author TEXT, language TEXT, place TEXT, origin TEXT
);
CREATE INDEX articles_by_day ON articles (first_day);
CREATE TABLE vectors (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    vector BLOB NOT NULL
);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    vector INTEGER NOT NULL REFERENCES vectors
);
CREATE INDEX chunks_by_article ON chunks (article);
CREATE INDEX chunks_by_vector ON chunks (vector);
CREATE TABLE forgotten (number INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL);
CREATE TRIGGER forget AFTER DELETE ON chunks
    BEGIN INSERT INTO forgotten (chunk) VALUES (old.number); END;
"""

_ARTICLE = (
    "articles.id, title, text, source, published, precision, how, "
    "url, author, language, place, origin"
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive was made with; ``archive`` is its own random name."""

    archive: str
    encoder: str
    fingerprint: str
    dimension: int
    chunk_tokens: int

    @classmethod
    def new(cls, encoder: str, fingerprint: str, dimension: int, chunk_tokens: int) -> "Manifest":
        return cls(uuid.uuid4().hex, encoder, fingerprint, dimension, chunk_tokens)


class Watermark(NamedTuple):
    """How far a derived index has followed the truth: the last chunk, the last deletion."""

    chunk: int = 0
    forgotten: int = 0

    def is_beyond(self, other: "Watermark") -> bool:
        """Whether it has seen what the other has not."""
        return self.chunk > other.chunk or self.forgotten > other.forgotten


@dataclass(frozen=True, slots=True)
class EmbeddedChunk:
    """A chunk and the key of its vector, which stands for exactly what was embedded."""

    chunk: Chunk
    key: bytes


@dataclass(frozen=True, slots=True)
class ChunkText:
    """What the lexical index reads of a chunk."""

    number: int
    article: int
    title: str
    text: str


def vector_key(fingerprint: str, text: str) -> bytes:
    """The key under which the vector of a text by an encoder is kept, 16 bytes."""
    content = text.encode("utf-8", "surrogatepass")
    return blake2b(content, key=bytes.fromhex(fingerprint)[:64], digest_size=16).digest()


class Store:
    """The articles, chunks and vectors of one archive folder.

    Every write is one transaction: killed at any instant, the database holds the last committed
    state. May be used from several threads; each has its own connection.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / DATABASE
        self._local = threading.local()

    @classmethod
    def create(cls, folder: Path, manifest: Manifest) -> "Store":
        """A new, empty archive. Raises ArchiveError where there is one, or none can be made."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        store = cls(folder)
        if store.path.exists():
            raise ArchiveError(f"There is an archive in {folder} already.")
        # Made under another name and renamed, so that a database that exists is complete.
        beside = folder / f".{DATABASE}.{manifest.archive}"
        try:
            connection = sqlite3.connect(beside, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")
            connection.execute("INSERT INTO manifest VALUES (?)", [json.dumps(asdict(manifest))])
            connection.close()
            beside.rename(store.path)
        except (sqlite3.Error, OSError) as error:
            raise ArchiveError(f"No archive can be made in {folder}: {error}.") from error
        return store

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """The archive in a folder. Raises ArchiveError where there is none that can be read."""
        store = cls(folder)
        if not store.path.is_file():
            raise ArchiveError(
                f"There is no archive in {folder}: make one with "
                f"python -m index add PATH --archive {folder}"
            )
        with store._sentences_for_errors():
            version = store._connection.execute("PRAGMA user_version").fetchone()[0]
        if version != FORMAT:
            raise ArchiveError(
                f"The archive in {folder} has format {version}, and this program reads format "
                f"{FORMAT}: use the program it was made with, or add its articles anew."
            )
        return store

    # Reading

    def manifest(self) -> Manifest:
        [value] = self._one("SELECT value FROM manifest")
        return Manifest(**json.loads(value))

    def watermark(self) -> Watermark:
        """The state of the truth that a derived index has to reach."""
        chunk, forgotten = self._one(
            "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'chunks'),"
            " (SELECT seq FROM sqlite_sequence WHERE name = 'forgotten')"
        )
        return Watermark(chunk or 0, forgotten or 0)

    def counts(self) -> tuple[int, int]:
        """How many articles and how many chunks there are."""
        articles, chunks = self._one(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM chunks)"
        )
        return articles, chunks

    def sources(self) -> dict[str, int]:
        """How many articles each source has, most first."""
        rows = self._rows(
            "SELECT source, count(*) FROM articles WHERE source IS NOT NULL"
            " GROUP BY source ORDER BY count(*) DESC, source"
        )
        return dict(rows)

    def period(self) -> tuple[date | None, date | None]:
        """The first and the last day from which there is an article."""
        first, last = self._one("SELECT min(first_day), max(last_day) FROM articles")
        return first and date.fromisoformat(first), last and date.fromisoformat(last)

    def digests(self, ids: Sequence[str]) -> dict[str, str]:
        """The digests of those of the articles that are here, by id."""
        return dict(self._rows_in("SELECT id, digest FROM articles WHERE id IN", ids))

    def article(self, id: str) -> Article | None:
        rows = self._rows(f"SELECT {_ARTICLE} FROM articles WHERE id = ?", [id])
        return _article(rows[0]) if rows else None

    def articles(self) -> Iterator[Article]:
        """Every article, in the order in which they came."""
        last = 0
        while rows := self._rows(
            f"SELECT {_ARTICLE}, number FROM articles WHERE number > ? ORDER BY number LIMIT 200",
            [last],
        ):
            for row in rows:
                yield _article(row[:-1])
            last = rows[-1][-1]

    def newest(self, most: int) -> list[Article]:
        """The articles with the latest days, of one day the last added first."""
        rows = self._rows(
            f"SELECT {_ARTICLE} FROM articles"
            " ORDER BY first_day DESC NULLS LAST, number DESC LIMIT ?",
            [most],
        )
        return [_article(row) for row in rows]

    def passages(self, chunks: Sequence[int]) -> dict[int, tuple[Article, int, int]]:
        """Article, start and end of those of the chunks that are here, by the chunk's number."""
        rows = self._rows_in(
            f"SELECT {_ARTICLE}, chunks.number, start, end"
            " FROM chunks JOIN articles ON articles.number = article WHERE chunks.number IN",
            chunks,
        )
        articles: dict[str, Article] = {}
        return {
            row[-3]: (articles.setdefault(row[0], _article(row[:-3])), row[-2], row[-1])
            for row in rows
        }

    def selected(self, filters: Filters) -> tuple[NDArray[np.int64], list[int]]:
        """The numbers of the chunks, and of the articles, that the filters let through."""
        condition, values = _condition(filters)
        rows = self._rows(f"SELECT number FROM articles WHERE {condition}", values)
        articles = [number for (number,) in rows]
        rows = self._rows(
            "SELECT chunks.number FROM chunks JOIN articles ON articles.number = article"
            f" WHERE {condition}",
            values,
        )
        return np.array([number for (number,) in rows], np.int64), articles

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

    def chunk_texts(self, after: int, most: int = 5_000) -> list[ChunkText]:
        """The first chunks after a number, with their words."""
        rows = self._rows(
            "SELECT chunks.number, article, title, part(text, start, end)"
            " FROM chunks JOIN articles ON articles.number = article"
            " WHERE chunks.number > ? ORDER BY chunks.number LIMIT ?",
            [after, most],
        )
        return [ChunkText(*row) for row in rows]

    def forgotten(self, after: int) -> list[int]:
        """The chunks that were deleted after the deletion with this number."""
        return [chunk for (chunk,) in self._rows(
            "SELECT chunk FROM forgotten WHERE number > ? ORDER BY number", [after]
        )]  # fmt: skip

    def known_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of the keys whose vectors need not be made again."""
        return {key for (key,) in self._rows_in("SELECT key FROM vectors WHERE key IN", keys)}

    # Writing

    def add_vectors(self, vectors: dict[bytes, NDArray[np.float32]]) -> None:
        """Keep vectors, as half-precision floats, under their keys."""
        with self._transaction() as cursor:
            _insert_vectors(cursor, vectors)

    def put(
        self,
        manifest: Manifest,
        articles: Sequence[tuple[Article, Sequence[EmbeddedChunk]]],
        vectors: dict[bytes, NDArray[np.float32]],
    ) -> bool:
        """Add articles, or replace those with the same id, in one transaction.

        False, and nothing is done, where another process has changed what this was prepared
        for: the manifest, or the vectors that were known and are not among ``vectors``.
        """
        needed = {each.key for _, chunks in articles for each in chunks} - vectors.keys()
        with self._transaction() as cursor:
            if self.manifest() != manifest or self.known_vectors(list(needed)) != needed:
                return False
            _insert_vectors(cursor, vectors)
            replaced: list[tuple[int]] = []
            for article, chunks in articles:
                cursor.execute(
                    f"INSERT INTO articles ({_COLUMNS}) VALUES ({_PLACES}) ON CONFLICT (id)"
                    f" DO UPDATE SET {_UPDATES} RETURNING number",
                    _row(article),
                )
                [number] = cursor.fetchone()
                replaced += _vectors_of(cursor, number)
                cursor.execute("DELETE FROM chunks WHERE article = ?", [number])
                _insert_chunks(cursor, number, chunks)
            _drop_unused(cursor, replaced)
            return True

    def recut(
        self, manifest: Manifest, cut: Mapping[str, tuple[str, Sequence[EmbeddedChunk]]]
    ) -> list[str]:
        """Replace every chunk and the manifest in one transaction.

        ``cut`` holds each article's digest and chunks by its id; their vectors were added
        before. Where articles came or changed meanwhile, or lost a vector, their ids are returned
        and nothing is done. Vectors that no chunk uses any more are dropped.
        """
        with self._transaction() as cursor:
            rows = cursor.execute("SELECT number, id, digest FROM articles").fetchall()
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
            cursor.execute("UPDATE manifest SET value = ?", [json.dumps(asdict(manifest))])
            cursor.execute("DELETE FROM vectors WHERE number NOT IN (SELECT vector FROM chunks)")
            return []

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Delete articles and all that was made of them; returns the ids that were here."""
        removed: list[str] = []
        with self._transaction() as cursor:
            for id in ids:
                found = cursor.execute("SELECT number FROM articles WHERE id = ?", [id]).fetchone()
                if found:
                    before = _vectors_of(cursor, found[0])
                    cursor.execute("DELETE FROM articles WHERE number = ?", found)
                    _drop_unused(cursor, before)
                    removed.append(id)
        return removed

    # Connections

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.create_function("casefold", 1, _casefold, deterministic=True)
            connection.create_function("part", 3, _part, deterministic=True)
            self._local.connection = connection
        return connection

    @contextmanager
    def _sentences_for_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise ArchiveError(f"The archive {self.path} cannot be used: {error}.") from error
        except sqlite3.DatabaseError as error:
            raise ArchiveError(
                f"The archive {self.path} is damaged ({error}): bring its folder back from a copy."
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        with self._sentences_for_errors():
            cursor = self._connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything this thread reads within sees one and the same state of the truth."""
        with self._sentences_for_errors():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._sentences_for_errors():
            return self._connection.execute(sql, values).fetchall()

    def _one(self, sql: str) -> tuple:  # type: ignore[type-arg]
        return self._rows(sql)[0]

    def _rows_in(self, sql: str, values: Sequence[object]) -> Iterator[tuple]:  # type: ignore[type-arg]
        """The rows of a query that ends in ``IN``, for any number of values."""
        for at in range(0, len(values), _MOST_PARAMETERS):
            some = values[at : at + _MOST_PARAMETERS]
            yield from self._rows(f"{sql} ({', '.join('?' * len(some))})", some)


_COLUMNS = (
    "id, digest, title, text, source, published, precision, how, first_day, last_day, "
    "url, author, language, place, origin"
)
_PLACES = ", ".join("?" * len(_COLUMNS.split(", ")))
_UPDATES = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS.split(", ")[1:])


def _row(article: Article) -> list[str | None]:
    published = article.published
    when: list[str | None] = [None] * 5
    if published:
        days = (published.day.isoformat(), published.last_day.isoformat())
        when = [published.value.isoformat(), published.precision, published.how, *days]
    return [
        article.id,
        article.digest,
        article.title,
        article.text,
        article.source,
        *when,
        article.url,
        article.author,
        article.language,
        article.place,
        article.origin,
    ]


def _article(row: tuple) -> Article:  # type: ignore[type-arg]
    id, title, text, source, published, precision, how, *rest = row
    when = Published(datetime.fromisoformat(published), precision, how) if published else None
    return Article(id, title, text, source, when, *rest)


def _condition(filters: Filters) -> tuple[str, list[str]]:
    """The filters as an SQL condition on articles, and its values."""
    conditions, values = ["TRUE"], []
    # Where only the month or the year is known, the whole period counts.
    if filters.after:
        conditions.append("last_day >= ?")
        values.append(filters.after.isoformat())
    if filters.before:
        conditions.append("first_day <= ?")
        values.append(filters.before.isoformat())
    if filters.as_of:
        conditions.append("last_day <= ?")
        values.append(filters.as_of.isoformat())
    for column, wanted in (("source", filters.sources), ("language", filters.languages)):
        if wanted:
            conditions.append(f"casefold({column}) IN ({', '.join('?' * len(wanted))})")
            values += [value.casefold() for value in wanted]
    return " AND ".join(conditions), values


def _insert_vectors(cursor: sqlite3.Cursor, vectors: dict[bytes, NDArray[np.float32]]) -> None:
    cursor.executemany(
        "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)",
        [(key, vector.astype(np.float16).tobytes()) for key, vector in vectors.items()],
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


def _vectors_of(cursor: sqlite3.Cursor, article: int) -> list[tuple[int]]:
    return cursor.execute("SELECT vector FROM chunks WHERE article = ?", [article]).fetchall()


def _drop_unused(cursor: sqlite3.Cursor, vectors: list[tuple[int]]) -> None:
    """Delete those of the vectors that stand for no chunk any more."""
    cursor.executemany(
        "DELETE FROM vectors WHERE number = ?"
        " AND NOT EXISTS (SELECT 1 FROM chunks WHERE vector = vectors.number)",
        vectors,
    )


def _casefold(text: str | None) -> str | None:
    return text and text.casefold()


def _part(text: str, start: int, end: int) -> str:
    """What SQLite's own substr gives, which however stops at a NUL."""
    return text[start:end]
