"""The base class of a store: one database and its queries; ``index.schema`` has the tables."""

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from corpus.encoding import caseless
from index import schema
from index.connections import Connections, Cursor, damaged
from index.errors import ArchiveError
from index.passage import Filters
from index.store.records import Clock, Manifest, Watermark

_MOST_PARAMETERS = 500


class Database:
    """The database of one archive: its manifest, its state, and the execution of queries.

    May be used from several threads. ``clock`` decides which articles are available. ``address``
    opens the archive, and ``folder`` holds the files that are derived from the database.
    SQL is written once, with ``?`` for values. Where databases differ, the subclasses in
    ``sqlite`` and ``postgresql`` override a method.
    """

    finds_nearest = False
    """Whether the database itself finds the nearest vectors (see ``Chunks.nearest``)."""

    # Whether a column, compared without regard to case, is one of some values.
    _among = "casefold({}) IN ({})"

    def __init__(self, address: str, folder: Path, connections: Connections, clock: Clock) -> None:
        self.address = address
        self.folder = folder
        self._clock = clock
        self._connections = connections
        self._transaction = self._connections.transaction
        self.snapshot = self._connections.snapshot

    def close(self) -> None:
        """Close the connections; the store cannot be used afterwards."""
        self._connections.close()

    def manifest(self) -> Manifest:
        # A copy gets its manifest last (see ``index.transfer``).
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
        """The present watermark of the database, which a derived index has to reach."""
        raise NotImplementedError

    def knows(self, watermark: Watermark) -> bool:
        """Whether a watermark belongs to this database's own history."""
        if watermark == Watermark():
            return True
        return bool(self._rows("SELECT 1 FROM commits WHERE token = ?", [watermark.commit]))

    def state(self) -> str:
        """A string that changes whenever the set of articles that may be shown changes.

        Adding, changing, withdrawing or removing an article leaves a new token in the watermark.
        Time alone changes only which articles are embargoed.
        """
        return json.dumps([self.watermark(), self.embargoed()])

    def embargoed(self) -> list[int]:
        """The numbers of the articles that are not available yet."""
        return self._column("SELECT number FROM articles WHERE available > ?", [self._now()])

    def _leave_token(self, cursor: Cursor) -> None:
        """Mark a change of the visible articles, so that all derived data is updated."""
        cursor.execute("INSERT INTO commits (token) VALUES (?)", [uuid.uuid4().hex])

    def _now(self) -> str:
        return schema.instant(self._clock())

    def _visible_condition(self, withdrawn: bool = False) -> tuple[str, str]:
        """A condition on articles that may be shown, and its value."""
        # Worded so that SQLite does not scan all articles by the index on ``available``.
        condition = "coalesce(available, '') <= ?"
        return condition if withdrawn else f"withdrawn IS NULL AND {condition}", self._now()

    def _search_condition(self, filters: Filters) -> tuple[str, list[str]]:
        """A condition on articles that pass the filters and may be shown, and its values."""
        condition, values = self._filter_condition(filters)
        visible, now = self._visible_condition()
        return f"{condition} AND {visible}", [*values, now]

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._connections.connected() as connection:
            rows: list[tuple] = connection.execute(sql, values).fetchall()  # type: ignore[type-arg]
            return rows

    def _column(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """The only column of the rows."""
        return [value for (value,) in self._rows(sql, values)]

    def _run(self, sql: str) -> None:
        with self._connections.connected() as connection:
            connection.execute(sql)

    def _one(self, sql: str, values: Sequence[object] = ()) -> tuple:  # type: ignore[type-arg]
        return self._rows(sql, values)[0]

    def _rows_in(
        self, sql: str, values: Sequence[object], before: Sequence[object] = ()
    ) -> Iterator[tuple]:  # type: ignore[type-arg]
        """The rows of a query that ends in ``IN``, for any number of values.

        ``before`` are the values of the ``?`` before the ``IN``.
        """
        for at in range(0, len(values), _MOST_PARAMETERS):
            part = values[at : at + _MOST_PARAMETERS]
            yield from self._rows(f"{sql} ({places(part)})", [*before, *part])

    def _filter_condition(
        self, filters: Filters, is_one_of: str = "articles.id IN ({})"
    ) -> tuple[str, list[str]]:
        """The filters as an SQL condition on articles, and its values.

        ``is_one_of`` is the condition that an article has one of some ids.
        """
        conditions, values = ["TRUE"], []
        # If only the month or the year of an article is known, its whole period counts.
        if filters.after:
            conditions.append("last_day >= ?")
            values.append(filters.after.isoformat())
        if filters.before:
            conditions.append("first_day <= ?")
            values.append(filters.before.isoformat())
        if filters.as_of:
            conditions.append("last_day <= ?")
            values.append(filters.as_of.isoformat())
        for column, names in (("source", filters.sources), ("language", filters.languages)):
            if names:
                conditions.append(self._among.format(column, places(names)))
                values += map(caseless, names)
        if filters.articles:
            conditions.append(is_one_of.format(places(filters.articles)))
            values += filters.articles
        return " AND ".join(conditions), values


def instant(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
