"""The store of an archive in PostgreSQL with pgvector.

A writer holds one lock of the database from the beginning of its transaction to the end. So rows
become visible in the order of their numbers, and a reader that follows the numbers misses none.
Texts are embedded before the transaction, without the lock.
"""

import json
import logging
import selectors
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import numpy as np
import platformdirs
import psycopg
from numpy.typing import NDArray
from pgvector import HalfVector, Vector
from pgvector.psycopg import register_vector
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumperUnknown, TextLoader

from corpus import Article
from corpus.encoding import caseless
from index.connections import Connections, Cursor
from index.errors import ArchiveError, ArchiveExistsError, NoArchiveError, first_line
from index.passage import Filters
from index.schema import NUL_STORED
from index.store import postgresql_schema as tables
from index.store.copies import MOST_COMPARED
from index.store.records import Clock, Manifest, Watermark, as_json, utc_now
from index.store.store import Store
from index.store.tables import Table

EXACT_UP_TO = 20_000
"""Up to this many chunks that pass the filters, each is compared with the question. If there are
more, the graph (HNSW) is searched."""

SEARCHED = 200
"""How many chunks the graph is searched for at once: a higher number finds more of the nearest."""

_WAIT_SECONDS = 60

# psycopg prints a line of its own about an error that it then raises.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

_UNREACHABLE = (
    "The archive {} cannot be reached ({}): look whether PostgreSQL runs there and lets you in; "
    "what was committed is kept."
)
_FOREIGN = (
    "The database {} has tables of another program that are called like an archive's: name another "
    "database."
)
_SENTENCES = {
    "55P03": "Another process has been writing to the archive {} for over a minute: "
    "try again when it is done.",
    "53100": "There is no room left for the archive {}: make room and run the command again; "
    "what was committed is kept.",
    "25006": "The archive {} can only be read here: name the primary server, or put "
    "?target_session_attrs=read-write behind the address.",
    "42P07": _FOREIGN,
    "42703": _FOREIGN,
    "42501": "The archive {} cannot be used: its tables may not be read, changed or made by this "
    "user of PostgreSQL; name another, or have that granted.",
    "3F000": "The archive {} is in a schema that does not exist: make it, or name another.",
    "40001": "The replica {} broke off a long search to catch up with its primary: try again, or "
    "set hot_standby_feedback there.",
    "42704": "The archive {} does not see pgvector: put the schema that has it last in the search "
    "path.",
}
"""The error messages by SQLSTATE."""

# The SQLSTATEs of a connection that failed, and of a server that was stopped.
_CLOSED = ("08", "57P0")
_SECRETS = frozenset({"password", "sslpassword", "oauth_client_secret"})


class PostgreSQLStore(Store):
    """The store of an archive in a PostgreSQL database, in the first schema of its search path."""

    finds_nearest = True
    _among = "{} IN (SELECT name FROM names WHERE folded IN ({}))"

    def __init__(self, address: str, clock: Clock = utc_now) -> None:
        public_address, folder = _public_address_and_folder(address)
        super().__init__(
            public_address, folder, _PostgreSQLConnections(address, public_address), clock
        )
        # If the folder cannot be written, the derived indexes are made in memory.
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)

    @classmethod
    def create(cls, address: str, manifest: Manifest, clock: Clock = utc_now) -> "PostgreSQLStore":
        """Create an empty archive. Raises ArchiveError if one exists or none can be created."""
        if not _make_tables(address, manifest):
            raise ArchiveExistsError(
                f"There is an archive in {_public_address_and_folder(address)[0]} already."
            )
        return cls(address, clock)

    @classmethod
    def receive(cls, address: str, manifest: Manifest) -> "PostgreSQLStore":
        """An archive to copy into; a new one gets its manifest when the copy is complete."""
        _make_tables(address, None)
        return cls.open(address)

    @classmethod
    def open(cls, address: str, clock: Clock = utc_now) -> "PostgreSQLStore":
        """Open the archive in a database. Raises ArchiveError if no archive can be read there."""
        public_address, _ = _public_address_and_folder(address)
        with _sentences_for_errors(public_address), psycopg.connect(address) as connection:
            if not _has_tables(connection):
                raise NoArchiveError(
                    f"There is no archive in {public_address}: make one with "
                    f"dateline add PATH --archive {public_address}"
                )
            present = _format(connection)
            if present is not None and 0 < present < tables.FORMAT:
                connection.execute(tables.LOCK)
                # Another process may have upgraded the tables meanwhile.
                connection.execute(tables.statements(_format(connection) or tables.FORMAT))
                present = _format(connection)
        if present != tables.FORMAT:
            raise ArchiveError(
                f"The archive in {public_address} has format {present}, and this program reads "
                f"format {tables.FORMAT}: use the program it was made with."
            )
        return cls(address, clock)

    def watermark(self) -> Watermark:
        rows = self._rows(
            "SELECT chunk, forgotten, token FROM commits ORDER BY number DESC LIMIT 1"
        )
        return Watermark(*rows[0]) if rows else Watermark()

    def nearest(
        self, vector: NDArray[np.float32], most: int, filters: Filters | None = None
    ) -> tuple[list[int], list[float]]:
        is_one_of = "article IN (SELECT number FROM articles WHERE id IN ({}))"
        condition, values = self._filter_condition(filters or Filters(), is_one_of)
        visible = f"{condition} AND coalesce(available, '') <= ?"
        values = [*values, self._now()]
        # Chunks are compared in single precision, as in a folder's index, although the graph has
        # half precision. pgvector returns the negative inner product.
        exact = "embedding::vector <#> ?"
        with self.snapshot():
            [chunks] = self._one(
                f"SELECT count(*) FROM (SELECT FROM chunks WHERE {visible} LIMIT ?) AS counted",
                [*values, EXACT_UP_TO + 1],
            )
            if chunks <= EXACT_UP_TO:
                rows = self._rows(
                    f"SELECT number, -({exact}) FROM chunks WHERE {visible}"
                    f" ORDER BY {exact} LIMIT ?",
                    [Vector(vector), *values, Vector(vector), most],
                )
            else:
                self._run(tables.GRAPH_SETTINGS.format(SEARCHED))
                near = tables.halves(len(vector))
                rows = self._rows(
                    f"WITH near AS MATERIALIZED (SELECT number, embedding FROM chunks"
                    f" WHERE vector_dims(embedding) = {len(vector)} AND {visible}"
                    f" ORDER BY {near} <#> ? LIMIT ?)"
                    f" SELECT number, -({exact}) AS cosine FROM near ORDER BY cosine DESC",
                    [*values, HalfVector(vector), most, Vector(vector)],
                )
        return [number for number, _ in rows], [score for _, score in rows]

    def chunk_vectors(
        self, after: int, dimension: int, most: int = 20_000
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        rows = self._rows(
            "SELECT number, embedding FROM chunks WHERE number > ? ORDER BY number LIMIT ?",
            [after, most],
        )
        vectors = np.zeros((len(rows), dimension), np.float32)
        for at, (_, vector) in enumerate(rows):
            vectors[at] = vector.to_numpy()
        return np.array([number for number, _ in rows], np.int64), vectors

    def _put(self, cursor: Cursor, article: Article) -> int:
        self._add_names(cursor, {article.source, article.language})
        return super()._put(cursor, article)

    def _add_names(self, cursor: Cursor, names: Iterable[str | None]) -> None:
        cursor.executemany(
            "INSERT INTO names VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(name, caseless(name)) for name in names if name is not None],
        )

    def _sharing(self, cursor: Cursor, fingerprints: Sequence[int]) -> dict[int, int]:
        # One query for all fingerprints.
        rows = cursor.execute(tables.SHARING, [list(fingerprints), MOST_COMPARED]).fetchall()
        return dict(rows)

    def _row_to_copy(self, table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*row[:-1], row[-1].to_numpy().tobytes()) if table.name == "vectors" else row

    def _row_to_store(self, table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
        *most, last = row
        if table.name == "vectors":
            last = HalfVector(np.frombuffer(last, np.float16))
        return (*most, bool(last)) if table.name == "articles" else (*most, last)

    def _complete(self, cursor: Cursor, manifest: Manifest) -> None:
        for column in ("source", "language"):
            self._add_names(
                cursor, [name for (name,) in self._rows(f"SELECT DISTINCT {column} FROM articles")]
            )
        for name in tables.NUMBERED:
            cursor.execute(tables.count_on(name))
        self._make_room(cursor, manifest)
        cursor.execute("UPDATE manifest SET value = ?", [as_json(manifest)])

    def _make_room(self, cursor: Cursor, manifest: Manifest) -> None:
        cursor.execute(tables.graph(manifest.dimension))

    def _leave_token(self, cursor: Cursor) -> None:
        cursor.execute(tables.LEAVE_TOKEN, [uuid.uuid4().hex])

    def _vector_value(self, vector: NDArray[np.float32]) -> object:
        return HalfVector(vector)


class _Cursor(psycopg.Cursor[Any]):
    """A cursor that takes SQL with ``?`` for values, as SQLite does."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Cursor":
        return super().execute(query.replace("?", "%s"), params or None, **options)

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        super().executemany(query.replace("?", "%s"), params_seq, **options)


class _Dumper(StrDumperUnknown):
    """Converts text for storage, because PostgreSQL's text cannot hold NUL."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", NUL_STORED))


class _Loader(TextLoader):
    def load(self, data: Any) -> str | bytes:
        text = super().load(data)
        return text.replace(NUL_STORED, "\0") if isinstance(text, str) else text


class _PostgreSQLConnections(Connections):
    """Connections to one PostgreSQL database.

    No state is kept in a session, so that pgbouncer may share the server's sessions among many
    clients. A connection that the server has closed, as after a restart, is not used again.
    """

    begin_writing = f"BEGIN; SET LOCAL lock_timeout = '{_WAIT_SECONDS}s'; {tables.LOCK}"
    begin_reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    def __init__(self, address: str, public_address: str) -> None:
        super().__init__(public_address)
        self._address = address

    def _connect(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(
            self._address, autocommit=True, prepare_threshold=None, cursor_factory=_Cursor
        )
        try:
            register_vector(connection)
        except psycopg.ProgrammingError as error:
            connection.close()
            raise psycopg.errors.UndefinedObject() from error
        connection.adapters.register_dumper(str, _Dumper)
        connection.adapters.register_loader("text", _Loader)
        return connection

    def _is_alive(self, connection: psycopg.Connection[Any]) -> bool:
        # A server sends nothing on an idle connection unless it closes it.
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            return not selector.select(0)

    def _is_reusable(self, connection: psycopg.Connection[Any]) -> bool:
        return connection.info.transaction_status == TransactionStatus.IDLE

    def _is_in_transaction(self, connection: psycopg.Connection[Any]) -> bool:
        status = connection.info.transaction_status
        return status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def _sentences_for_errors(self) -> Any:
        return _sentences_for_errors(self.name)


@contextmanager
def _sentences_for_errors(name: str | Path) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise ArchiveError(_in_a_sentence(error, name)) from error
    except UnicodeError as error:
        # Python's, about the name of a host that cannot be one.
        raise ArchiveError(_UNREACHABLE.format(name, first_line(error))) from error


def _in_a_sentence(error: psycopg.Error, name: str | Path) -> str:
    """An error as one sentence, without PostgreSQL's message, which may quote an article."""
    if error.sqlstate in _SENTENCES:
        return _SENTENCES[error.sqlstate].format(name)
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        # The message comes from the connection itself, so it cannot quote an article.
        return _UNREACHABLE.format(name, first_line(error))
    if str(error.sqlstate).startswith(_CLOSED):
        return _UNREACHABLE.format(name, "the connection was lost")
    return f"The archive {name} fails (PostgreSQL's error {error.sqlstate}): look at its log."


def _public_address_and_folder(address: str) -> tuple[str, Path]:
    """An address without its password, to be shown, and the folder for derived indexes."""
    try:
        parameters = conninfo_to_dict(address)
    except psycopg.Error as error:
        raise ArchiveError(
            "The address of the archive is not of the form postgresql://user@host/database, "
            "perhaps with ?option=value: look for a misspelt option, and write % as %25."
        ) from error
    for secret in _SECRETS:
        parameters.pop(secret, None)
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    options = [pair for pair in parse_qsl(parts.query) if pair[0] not in _SECRETS]
    public_address = f"postgresql://{user.partition(':')[0]}{at}{host}{parts.path}"
    if options:
        public_address += f"?{urlencode(options, safe='/:,', quote_via=quote)}"
    key = blake2b(json.dumps(parameters, sort_keys=True).encode(), digest_size=8).hexdigest()
    return public_address, platformdirs.user_data_path("dateline") / "archives" / key


def _make_tables(address: str, manifest: Manifest | None) -> bool:
    """Create the tables if there are none, returning whether it did; the graph needs a manifest."""
    public_address, _ = _public_address_and_folder(address)
    with _sentences_for_errors(public_address), psycopg.connect(address) as connection:
        connection.execute(tables.LOCK)
        if _has_tables(connection):
            return False
        try:
            connection.execute(tables.TABLES)
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile) as error:
            raise ArchiveError(
                f"PostgreSQL at {public_address} has no pgvector: install it there (Debian: "
                "postgresql-17-pgvector)."
            ) from error
        connection.execute(
            "INSERT INTO manifest VALUES (%s, %s)", [manifest and as_json(manifest), tables.FORMAT]
        )
        if manifest:
            connection.execute(tables.graph(manifest.dimension))
        return True


def _format(connection: psycopg.Connection[Any]) -> int | None:
    row = connection.execute("SELECT format FROM manifest").fetchone()
    return row and int(row[0])


def _has_tables(connection: psycopg.Connection[Any]) -> bool:
    """Whether there is an archive in the first schema of the search path; others do not count."""
    row = connection.execute(tables.OWN).fetchone()
    if row is None or row[0] is None:
        raise psycopg.errors.InvalidSchemaName()
    return None not in row
