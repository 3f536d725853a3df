"""One database and how it is asked; the tables are those of ``index.schema``."""

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from index import schema
from index.connections import Connections, Cursor, damaged
from index.errors import ArchiveError
from index.passage import Filters
from index.store.records import Clock, Manifest, Watermark

_MOST_PARAMETERS = 500


class Database:
    """The database of one archive, and what is known of it as a whole.

    May be used from several threads. ``clock`` says what is available already. ``address`` is
    what the archive is opened by, and ``folder`` where the files lie that are made from it.
    SQL is written once, with ``?`` for values; where databases differ, a method of the
    implementation (``sqlite``, ``postgresql``) says how.
    """

    finds_nearest = False
    """Whether the database itself finds the nearest vectors (see ``Chunks.nearest``)."""

    # How a column is compared without regard to case; and the values to compare it with.
    _among = "casefold({}) IN ({})"

    def __init__(self, address: str, folder: Path, connections: Connections, clock: Clock) -> None:
        self.address = address
        self.folder = folder
        self._clock = clock
        self._connections = connections
        self._transaction = self._connections.transaction
        self.snapshot = self._connections.snapshot

    def close(self) -> None:
        """Close its connections; it cannot be used any more."""
        self._connections.close()

    def manifest(self) -> Manifest:
        # It comes last into a copy, see ``index.transfer``.
        rows = self._rows("SELECT value FROM manifest WHERE value IS NOT NULL")
        if not rows:
            raise ArchiveError(
                f"The archive {self._connections.name} is damaged (it has no manifest): if it is a "
                "copy that was broken off, run dateline copy again, else bring it back from a copy."
            )
        try:
            return Manifest(**json.loads(rows[0][0]))
        except (ValueError, TypeError) as error:
            raise damaged(self._connections.name, "it has no manifest") from error

    def watermark(self) -> Watermark:
        """The state of the truth that a derived index has to reach."""
        raise NotImplementedError

    def knows(self, watermark: Watermark) -> bool:
        """Whether a watermark is of this database's own past."""
        if watermark == Watermark():
            return True
        return bool(self._rows("SELECT 1 FROM commits WHERE token = ?", [watermark.commit]))

    def state(self) -> str:
        """What tells one state of what may be shown from any other.

        Whatever adds, changes, withdraws or removes an article leaves a token in the watermark;
        what time alone changes is what is available.
        """
        return json.dumps([self.watermark(), self.embargoed()])

    def embargoed(self) -> list[int]:
        """The numbers of the articles that are not available yet."""
        rows = self._rows("SELECT number FROM articles WHERE available > ?", [self._now()])
        return [number for (number,) in rows]

    def _leave_token(self, cursor: Cursor) -> None:
        """Mark a change of what may be shown, so that what is made from it is made anew."""
        cursor.execute("INSERT INTO commits (token) VALUES (?)", [uuid.uuid4().hex])

    def _now(self) -> str:
        return schema.instant(self._clock())

    def _shown(self, withdrawn: bool = False) -> tuple[str, str]:
        """A condition on articles that may be shown, and its value."""
        # Written so that SQLite does not go through all articles by when they were available.
        condition = "coalesce(available, '') <= ?"
        return condition if withdrawn else f"withdrawn IS NULL AND {condition}", self._now()

    def _let_through(self, filters: Filters) -> tuple[str, list[str]]:
        """A condition on articles that pass the filters and may be shown, and its values."""
        condition, values = self._filtered(filters)
        shown, now = self._shown()
        return f"{condition} AND {shown}", [*values, now]

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._connections.connected() as connection:
            rows: list[tuple] = connection.execute(sql, values).fetchall()  # type: ignore[type-arg]
            return rows

    def _run(self, sql: str) -> None:
        with self._connections.connected() as connection:
            connection.execute(sql)

    def _one(self, sql: str, values: Sequence[object] = ()) -> tuple:  # type: ignore[type-arg]
        return self._rows(sql, values)[0]

    def _rows_in(
        self, sql: str, values: Sequence[object], before: Sequence[object] = ()
    ) -> Iterator[tuple]:  # type: ignore[type-arg]
        """The rows of a query that ends in ``IN``, for any number of values.

        ``before`` are the values of what stands before it.
        """
        for at in range(0, len(values), _MOST_PARAMETERS):
            part = values[at : at + _MOST_PARAMETERS]
            yield from self._rows(f"{sql} ({places(part)})", [*before, *part])

    def _filtered(
        self, filters: Filters, is_one_of: str = "articles.id IN ({})"
    ) -> tuple[str, list[str]]:
        """The filters as an SQL condition on articles, and its values.

        ``is_one_of`` says that an article has one of some ids.
        """
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
                conditions.append(self._among.format(column, places(wanted)))
                values += [value.casefold() for value in wanted]
        if filters.articles:
            conditions.append(is_one_of.format(places(filters.articles)))
            values += filters.articles
        return " AND ".join(conditions), values


def instant(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
