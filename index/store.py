"""The truth of an archive: one SQLite database, from which every other file can be made again."""

import json
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Chunk
from corpus.article import Vouched
from index import schema
from index.connections import Connections, damaged, is_full
from index.copies import LEAST_COMMON, Wording, are_copies, in_common, may_be_copies
from index.errors import ArchiveError
from index.passage import Filters

DATABASE = "archive.sqlite"
_MOST_PARAMETERS = 500
# What is common to more texts is common anyway; a text in more versions is joined through these.
_MOST_COMPARED = 100

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


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
    """How far a derived index has followed the truth: the last chunk, deletion and commit.

    ``commit`` is a random token: of two databases with one past, only that has it in which it
    was committed.
    """

    chunk: int = 0
    forgotten: int = 0
    commit: str = ""

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return self.chunk - self.forgotten


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


class Place(NamedTuple):
    """Where a chunk stands: the number and the id of its article, its first character."""

    article: int
    id: str
    start: int


class Sighting(NamedTuple):
    """What an archive needs to know of an article that was found and is stored already."""

    id: str
    digest: str
    title: str
    origin: str | None
    location: str | None
    embargo: datetime | None
    available: str | None
    withdrawn: bool
    vouched: Vouched | None
    claims: str | None

    @classmethod
    def of(cls, article: Article) -> "Sighting":
        return cls(
            article.id,
            article.digest,
            article.title,
            article.origin,
            schema.location(article.origin),
            article.embargo,
            schema.available(article.published, article.embargo),
            article.withdrawn,
            article.vouched,
            article.claims,
        )


class Standing(NamedTuple):
    """What is stored of an article, short of its text; ``location`` is its absolute origin.

    It is ``retracted`` where its own source says that it is withdrawn.
    """

    id: str
    digest: str
    title: str
    origin: str | None
    location: str | None
    embargo: datetime | None
    withdrawn: datetime | None
    vouched: Vouched | None
    retracted: bool

    def is_at(self, found: Article | Sighting) -> bool:
        """Whether an article is found where it was, under the same embargo, by the same word."""
        return (
            self.origin == found.origin
            and self.location == schema.location(found.origin)
            and self.embargo == found.embargo
            and self.vouched == found.vouched
        )


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article, when it was stored, and when the next took its place."""

    article: Article
    stored: datetime | None
    replaced: datetime | None


@dataclass(frozen=True, slots=True)
class Download:
    """What a server said of a file the last time, so that it is sent again only if it changed."""

    etag: str | None
    modified: str | None


def vector_key(fingerprint: str, text: str) -> bytes:
    """The key under which the vector of a text by an encoder is kept, 16 bytes."""
    content = text.encode("utf-8", "surrogatepass")
    return blake2b(content, key=bytes.fromhex(fingerprint)[:64], digest_size=16).digest()


class Store:
    """The articles, versions, chunks and vectors of one archive folder.

    Every write is one transaction: killed at any instant, the database holds the last committed
    state. May be used from several threads. What is withdrawn, or not available yet by ``clock``,
    is only given where it says so.
    """

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self.path = folder / DATABASE
        self._clock = clock
        self._connections = Connections(self.path, schema.prepare)
        self._transaction = self._connections.transaction
        self.snapshot = self._connections.snapshot

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

    def close(self) -> None:
        """Close its connections; it cannot be used any more."""
        self._connections.close()

    # Reading

    def manifest(self) -> Manifest:
        try:
            [value] = self._one("SELECT value FROM manifest")
            return Manifest(**json.loads(value))
        except (ValueError, TypeError, IndexError) as error:
            raise damaged(self.path, "it has no manifest") from error

    def watermark(self) -> Watermark:
        """The state of the truth that a derived index has to reach."""
        chunk, forgotten, commit = self._one(
            "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'chunks'),"
            " (SELECT seq FROM sqlite_sequence WHERE name = 'forgotten'),"
            " (SELECT token FROM commits ORDER BY number DESC LIMIT 1)"
        )
        return Watermark(chunk or 0, forgotten or 0, commit or "")

    def knows(self, watermark: Watermark) -> bool:
        """Whether a watermark is of this database's own past."""
        if watermark == Watermark():
            return True
        return bool(self._rows("SELECT 1 FROM commits WHERE token = ?", [watermark.commit]))

    def counts(self) -> tuple[int, int]:
        """How many articles, and how many chunks, there are to be shown."""
        chunks = "SELECT count(*) FROM chunks"
        if embargoed := self.embargoed():
            # Of many, all but few; the other way round would read every article.
            held = ", ".join(map(str, embargoed))
            chunks += f" WHERE article NOT IN ({held})"
        shown, now = self._shown()
        return self._one(f"SELECT (SELECT count(*) FROM articles WHERE {shown}), ({chunks})", [now])

    def held_back(self) -> tuple[int, int]:
        """How many articles are withdrawn, and how many of the others under embargo."""
        return self._one(
            "SELECT (SELECT count(*) FROM articles WHERE withdrawn IS NOT NULL),"
            " (SELECT count(*) FROM articles WHERE withdrawn IS NULL AND available > ?)",
            [self._now()],
        )

    def per(self, column: str) -> dict[str, int]:
        """How many articles each source or language has, most first."""
        shown, now = self._shown()
        rows = self._rows(
            f"SELECT {column}, count(*) FROM articles WHERE {column} IS NOT NULL AND {shown}"
            f" GROUP BY {column} ORDER BY count(*) DESC, {column}",
            [now],
        )
        return dict(rows)

    def months(self) -> list[tuple[str, int]]:
        """The months, such as 2016-08, and how many articles are of each, in their order."""
        return self._per_period(len("2016-08"), "precision != 'year'")

    def years(self) -> list[tuple[str, int]]:
        """The years, such as 2016, and how many articles are of each, in their order."""
        return self._per_period(len("2016"), "first_day IS NOT NULL")

    def _per_period(self, length: int, condition: str) -> list[tuple[str, int]]:
        shown, now = self._shown()
        return self._rows(
            f"SELECT substr(first_day, 1, {length}), count(*) FROM articles"
            f" WHERE {condition} AND {shown} GROUP BY 1 ORDER BY 1",
            [now],
        )

    def period(self) -> tuple[date | None, date | None]:
        """The first and the last day from which there is an article."""
        shown, now = self._shown()
        first, last = self._one(
            f"SELECT min(first_day), max(last_day) FROM articles WHERE {shown}", [now]
        )
        return first and date.fromisoformat(first), last and date.fromisoformat(last)

    def last_report(self) -> tuple[datetime, dict[str, Any]] | None:
        """When the last change was finished, and its report."""
        for finished, report in self._rows("SELECT finished, report FROM reports"):
            return datetime.fromisoformat(finished), json.loads(report)
        return None

    def standing(self, ids: Sequence[str]) -> dict[str, Standing]:
        """What is stored of those of the articles that are here, withdrawn ones too, by id."""
        rows = self._rows_in(f"SELECT {_STANDING} FROM articles WHERE id IN", ids)
        return {each.id: each for each in map(_standing, rows)}

    def found_in(self, locations: Sequence[str]) -> Iterator[Standing]:
        """What is stored, and not withdrawn, of all that was found in some files or folders."""
        for location in locations:
            # '0' comes right after '/', and '$' after '#', which is before a record's number.
            rows = self._rows(
                f"SELECT {_STANDING} FROM articles WHERE withdrawn IS NULL AND (location = ?"
                " OR (location > ? AND location < ?) OR (location > ? AND location < ?))",
                [
                    location,
                    f"{location.rstrip('/')}/",
                    f"{location.rstrip('/')}0",
                    f"{location}#",
                    f"{location}$",
                ],
            )
            yield from map(_standing, rows)

    def with_digests(self, digests: Sequence[str]) -> Iterator[Standing]:
        """What is stored of the articles with one of these contents, withdrawn ones too."""
        rows = self._rows_in(f"SELECT {_STANDING} FROM articles WHERE digest IN", digests)
        return map(_standing, rows)

    def article(self, id: str, withdrawn: bool = False) -> Article | None:
        """The article with an id, or that had it before it moved."""
        shown, now = self._shown(withdrawn)
        for number in (
            "SELECT number FROM articles WHERE id = ?",
            "SELECT article FROM formerly WHERE id = ?",
        ):
            rows = self._rows(
                f"SELECT {schema.ARTICLE} FROM articles WHERE number = ({number}) AND {shown}",
                [id, now],
            )
            if rows:
                return schema.article(rows[0])
        return None

    def versions(self, id: str) -> list[Version]:
        """All versions of the article with an id that may be shown, the first one first."""
        number = (
            "coalesce((SELECT number FROM articles WHERE id = :id),"
            " (SELECT article FROM formerly WHERE id = :id))"
        )
        values = {"id": id, "now": self._now()}
        shown = "coalesce(available, '') <= :now"
        rows = self._rows(
            f"SELECT {schema.VERSION}, stored, replaced FROM versions"
            f" WHERE article = {number} AND {shown} ORDER BY version",
            values,
        ) + self._rows(
            f"SELECT {schema.ARTICLE}, stored, NULL FROM articles"
            f" WHERE number = {number} AND {shown}",
            values,
        )
        return [Version(schema.article(row[:-2]), *map(_instant, row[-2:])) for row in rows]

    def articles(self, embargoed: bool = False) -> Iterator[Article]:
        """Every article, in the order in which they came; also those under embargo if asked."""
        shown, now = self._shown()
        if embargoed:
            now = schema.instant(datetime.max.replace(tzinfo=UTC))
        last = 0
        while rows := self._rows(
            f"SELECT {schema.ARTICLE}, number FROM articles"
            f" WHERE {shown} AND number > ? ORDER BY number LIMIT 200",
            [now, last],
        ):
            for row in rows:
                yield schema.article(row[:-1])
            last = rows[-1][-1]

    def named(self, ids: Sequence[str]) -> Iterator[Article]:
        """Those articles with these ids that are not withdrawn; also those under embargo."""
        rows = self._rows_in(
            f"SELECT {schema.ARTICLE} FROM articles WHERE withdrawn IS NULL AND id IN", ids
        )
        return map(schema.article, rows)

    def text(self, id: str) -> str | None:
        """The text of an article, whether it may be shown or not."""
        rows = self._rows("SELECT text FROM articles WHERE id = ?", [id])
        return str(rows[0][0]) if rows else None

    def characters(self) -> int:
        """How long all texts are together that are not withdrawn."""
        [length] = self._one("SELECT sum(length(text)) FROM articles WHERE withdrawn IS NULL")
        return length or 0

    def newest(self, most: int) -> list[Article]:
        """The articles with the latest days, of one day the last added first."""
        shown, now = self._shown()
        rows = self._rows(
            f"SELECT {schema.ARTICLE} FROM articles WHERE {shown}"
            " ORDER BY first_day DESC NULLS LAST, number DESC LIMIT ?",
            [now, most],
        )
        return [schema.article(row) for row in rows]

    def embargoed(self) -> list[int]:
        """The numbers of the articles that are not available yet."""
        rows = self._rows("SELECT number FROM articles WHERE available > ?", [self._now()])
        return [number for (number,) in rows]

    def places(self, chunks: Sequence[int]) -> dict[int, Place]:
        """Where those of the chunks stand that are here, by the chunk's number."""
        rows = self._rows_in(
            "SELECT chunks.number, article, id, start"
            " FROM chunks JOIN articles ON articles.number = article WHERE chunks.number IN",
            chunks,
        )
        return {number: Place(*place) for number, *place in rows}

    def passages(self, chunks: Sequence[int]) -> dict[int, tuple[Article, int, int]]:
        """Article, start and end of those of the chunks that may be shown, by chunk's number."""
        rows = self._rows_in(
            f"SELECT {schema.ARTICLE}, available, chunks.number, start, end"
            " FROM chunks JOIN articles ON articles.number = article WHERE chunks.number IN",
            chunks,
        )
        now = self._now()
        articles: dict[str, Article] = {}
        found = {}
        for *row, available, number, start, end in rows:
            if available is None or available <= now:
                # Several chunks of one article are usual.
                if row[0] not in articles:
                    articles[row[0]] = schema.article(tuple(row))
                found[number] = (articles[row[0]], start, end)
        return found

    def selected(self, filters: Filters) -> tuple[NDArray[np.int64], list[int]]:
        """The numbers of the chunks, and of the articles, that the filters let through."""
        condition, values = _condition(filters)
        shown, now = self._shown()
        rows = self._rows(
            f"SELECT number FROM articles WHERE {condition} AND {shown}", [*values, now]
        )
        articles = [number for (number,) in rows]
        rows = self._rows(
            "SELECT chunks.number FROM chunks JOIN articles ON articles.number = article"
            f" WHERE {condition} AND {shown}",
            [*values, now],
        )
        return np.array([number for (number,) in rows], np.int64), articles

    def copies(
        self, articles: Sequence[int], filters: Filters | None = None
    ) -> dict[int, tuple[int, ...]]:
        """For those of the articles that have copies, the numbers of all, themselves among them.

        Only articles that may be shown, and that the filters let through, count: whether two are
        copies of each other through a third does not depend on one that nobody sees.
        """
        wordings = dict(
            self._rows_in("SELECT article, wording FROM worded WHERE article IN", articles)
        )
        linked: dict[int, dict[int, float]] = {}
        carriers: dict[int, dict[int, str | None]] = {}
        condition, values = _condition(filters or Filters())
        shown, now = self._shown()
        ahead = self._copied(set(wordings.values()))
        while ahead:
            for wording in ahead:
                linked[wording], carriers[wording] = {}, {}
            asked = list(ahead)
            for number, source, wording in self._rows_in(
                "SELECT articles.number, source, wording FROM worded"
                " JOIN articles ON articles.number = article"
                f" WHERE {condition} AND {shown} AND wording IN",
                asked,
                [*values, now],
            ):
                carriers[wording][number] = source
            seen = [wording for wording in asked if carriers[wording]]
            for wording, copy, common in self._rows_in(
                "SELECT wording, copy, common FROM copies WHERE wording IN", seen
            ):
                linked[wording][copy] = common
            ahead = {copy for wording in seen for copy in linked[wording]} - linked.keys()
        found: dict[int, tuple[int, ...]] = {}
        for article in articles:
            wording = wordings.get(article, 0)
            if article not in found and article in carriers.get(wording, ()):
                together = _joined(wording, linked, carriers)
                if len(together) > 1:
                    found |= dict.fromkeys(together, together)
        return {number: found[number] for number in articles if number in found}

    def _copied(self, wordings: Iterable[int]) -> set[int]:
        """Those of the wordings that several articles have, or that have a copy."""
        asked = list(wordings)
        copied = {
            wording
            for (wording,) in self._rows_in("SELECT wording FROM copies WHERE wording IN", asked)
        }
        carried: dict[int, int] = {}
        for (wording,) in self._rows_in("SELECT wording FROM worded WHERE wording IN", asked):
            carried[wording] = carried.get(wording, 0) + 1
        return copied | {wording for wording, articles in carried.items() if articles > 1}

    def numbered(self, articles: Sequence[int]) -> dict[int, Article]:
        """Those of the articles that may be shown, by their numbers."""
        shown, now = self._shown()
        rows = self._rows_in(
            f"SELECT number, {schema.ARTICLE} FROM articles WHERE {shown} AND number IN",
            articles,
            [now],
        )
        return {number: schema.article(tuple(row)) for number, *row in rows}

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """The numbers of the articles with these ids."""
        return dict(self._rows_in("SELECT id, number FROM articles WHERE id IN", ids))

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

    def forgotten(self, since: Watermark) -> list[int]:
        """The chunks that were there at a watermark and were deleted since."""
        return [chunk for (chunk,) in self._rows(
            "SELECT chunk FROM forgotten WHERE number > ? AND chunk <= ?",
            [since.forgotten, since.chunk],
        )]  # fmt: skip

    def chunk_numbers(self, up_to: int) -> NDArray[np.int64]:
        """The numbers of all chunks up to one of them."""
        rows = self._rows("SELECT number FROM chunks WHERE number <= ?", [up_to])
        return np.array([number for (number,) in rows], np.int64)

    def known_vectors(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of the keys whose vectors need not be made again."""
        return {key for (key,) in self._rows_in("SELECT key FROM vectors WHERE key IN", keys)}

    def download(self, url: str) -> Download | None:
        """What a server said when a file was fetched the last time."""
        rows = self._rows("SELECT etag, modified FROM downloads WHERE url = ?", [url])
        return Download(*rows[0]) if rows else None

    # Writing

    def add_vectors(self, manifest: Manifest, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Keep vectors, as half-precision floats, under their keys, for chunks that are to come.

        Where another process has changed the manifest they are of no use, and are not kept.
        """
        with self._transaction() as cursor:
            if self.manifest() == manifest:
                cursor.executemany(
                    "INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)",
                    [(key, vector.astype(np.float16).tobytes()) for key, vector in vectors.items()],
                )

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
                _compare(cursor, number, article.text)
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
                f" VALUES ({_places(values)}) RETURNING number",
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
            f"UPDATE articles SET ({schema.COLUMNS}) = ({_places(values)}),"
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

    def roots(self) -> dict[str, dict[str, str] | None]:
        """The places that articles came from, with the names of fields of those followed."""
        rows = self._rows("SELECT place, fields FROM roots ORDER BY place")
        return {place: fields and json.loads(fields) for place, fields in rows}

    def keep_roots(self, roots: Mapping[str, Mapping[str, str] | None]) -> None:
        """Know places as roots from now on; one that is followed stays so."""
        known = self.roots()
        new = {
            place: fields
            for place, fields in roots.items()
            if place not in known or fields not in (None, known[place])
        }
        if new:
            with self._transaction() as cursor:
                cursor.executemany(
                    "INSERT OR REPLACE INTO roots VALUES (?, ?)",
                    [
                        (place, None if fields is None else json.dumps(dict(fields)))
                        for place, fields in new.items()
                    ],
                )

    def drop_roots(self, places: Iterable[str]) -> None:
        """Forget places as roots; what came from them stays."""
        if some := list(places):
            with self._transaction() as cursor:
                cursor.executemany("DELETE FROM roots WHERE place = ?", [(each,) for each in some])

    def record(self, report: Mapping[str, Any], downloads: Mapping[str, Download]) -> None:
        """Keep the report of the change that ends now, and what servers said of what it read."""
        with self._transaction() as cursor:
            cursor.execute("DELETE FROM reports")
            written = json.dumps(report, ensure_ascii=False)
            cursor.execute("INSERT INTO reports VALUES (?, ?)", [self._now(), written])
            cursor.executemany(
                "INSERT OR REPLACE INTO downloads VALUES (?, ?, ?)",
                [(url, each.etag, each.modified) for url, each in downloads.items()],
            )

    # How

    def _compare_all(self, cursor: sqlite3.Cursor) -> None:
        """Find the copies among articles that were stored when nobody looked for them."""
        numbers = cursor.execute(
            "SELECT number FROM articles WHERE withdrawn IS NULL ORDER BY number"
        ).fetchall()
        for (number,) in numbers:
            _compare(cursor, number, _text(cursor, number))

    def _now(self) -> str:
        return schema.instant(self._clock())

    def _shown(self, withdrawn: bool = False) -> tuple[str, str]:
        """A condition on articles that may be shown, and its value."""
        # Written so that SQLite does not go through all articles by when they were available.
        condition = "coalesce(available, '') <= ?"
        return condition if withdrawn else f"withdrawn IS NULL AND {condition}", self._now()

    def _format(self) -> int:
        return int(self._one("PRAGMA user_version")[0])

    def _rows(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._connections.connected() as connection:
            return connection.execute(sql, values).fetchall()

    def _one(self, sql: str, values: Sequence[object] = ()) -> tuple:  # type: ignore[type-arg]
        return self._rows(sql, values)[0]

    def _rows_in(
        self, sql: str, values: Sequence[object], before: Sequence[object] = ()
    ) -> Iterator[tuple]:  # type: ignore[type-arg]
        """The rows of a query that ends in ``IN``, for any number of values.

        ``before`` are the values of what stands before it.
        """
        for at in range(0, len(values), _MOST_PARAMETERS):
            some = values[at : at + _MOST_PARAMETERS]
            yield from self._rows(f"{sql} ({_places(some)})", [*before, *some])


_STANDING = "id, digest, title, origin, location, embargo, withdrawn, vouched, retracted"


def _standing(row: tuple) -> Standing:  # type: ignore[type-arg]
    id, digest, title, origin, location, embargo, withdrawn, vouched, retracted = row
    return Standing(
        id, digest, title, origin, location,
        _instant(embargo), _instant(withdrawn), vouched, bool(retracted),
    )  # fmt: skip


def _instant(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def _json(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest))


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: run as a script, they would not be one transaction."""
    statement = ""
    for part in script.split(";")[:-1]:
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


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
            conditions.append(f"casefold({column}) IN ({_places(wanted)})")
            values += [value.casefold() for value in wanted]
    return " AND ".join(conditions), values


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


def _text(cursor: sqlite3.Cursor, article: int) -> str:
    [text] = cursor.execute("SELECT text FROM articles WHERE number = ?", [article]).fetchone()
    return str(text)


def _compare(cursor: sqlite3.Cursor, article: int, text: str) -> None:
    """Keep what an article's words are, and what they may be copies of."""
    cursor.execute("DELETE FROM worded WHERE article = ?", [article])
    wording = Wording.of(text)
    if not wording.is_comparable:
        return
    digest = wording.digest
    same = cursor.execute("SELECT number FROM wordings WHERE digest = ?", [digest]).fetchone()
    if same:
        cursor.execute("INSERT INTO worded VALUES (?, ?)", [article, *same])
        return
    fingerprints = wording.fingerprints
    cursor.execute(
        "INSERT INTO wordings (digest, fingerprints) VALUES (?, ?) RETURNING number",
        [digest, len(fingerprints)],
    )
    [number] = cursor.fetchone()
    copies = {
        other: in_common(wording, Wording.of(_text(cursor, carrier)))
        for other, carrier in _candidates(cursor, fingerprints)
    }
    cursor.execute("INSERT INTO worded VALUES (?, ?)", [article, number])
    cursor.executemany(
        "INSERT INTO fingerprints VALUES (?, ?)", [(each, number) for each in fingerprints]
    )
    cursor.executemany(
        "INSERT INTO copies VALUES (?, ?, ?)",
        [
            pair
            for other, common in copies.items()
            if common >= LEAST_COMMON
            for pair in ((number, other, common), (other, number, common))
        ],
    )


def _candidates(cursor: sqlite3.Cursor, fingerprints: Sequence[int]) -> list[tuple[int, int]]:
    """The wordings that may be copies of one with these fingerprints, each with an article."""
    shared: dict[int, int] = {}
    for fingerprint in fingerprints:
        for (wording,) in cursor.execute(
            "SELECT wording FROM fingerprints WHERE fingerprint = ? LIMIT ?",
            [fingerprint, _MOST_COMPARED],
        ):
            shared[wording] = shared.get(wording, 0) + 1
    found = []
    for wording, count in shared.items():
        [theirs, carrier] = cursor.execute(
            "SELECT fingerprints, (SELECT article FROM worded WHERE wording = number LIMIT 1)"
            " FROM wordings WHERE number = ?",
            [wording],
        ).fetchone()
        if may_be_copies(count, len(fingerprints), theirs):
            found.append((wording, carrier))
    return found


def _joined(
    first: int,
    linked: Mapping[int, Mapping[int, float]],
    carriers: Mapping[int, Mapping[int, str | None]],
) -> tuple[int, ...]:
    """The articles of a wording and of all that it is joined to, in the order of their numbers."""
    joined, ahead = {first}, [first]
    while ahead:
        wording = ahead.pop()
        further = {
            copy
            for copy, common in linked[wording].items()
            if carriers[copy]
            and are_copies(common, carriers[wording].values(), carriers[copy].values())
        } - joined
        joined |= further
        ahead += further
    return tuple(sorted(number for wording in joined for number in carriers[wording]))


def _drop_unused_vectors(cursor: sqlite3.Cursor) -> None:
    """Forget the vectors of texts that were replaced, withdrawn or removed."""
    cursor.execute(
        "DELETE FROM vectors WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE vector = vectors.number)"
    )


def _leave_token(cursor: sqlite3.Cursor) -> None:
    cursor.execute("INSERT INTO commits (token) VALUES (?)", [uuid.uuid4().hex])
