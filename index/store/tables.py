"""Whole tables, row by row, for copying an archive from one database to another."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from index import schema
from index.connections import Cursor
from index.store.database import Database, places
from index.store.records import Manifest


class Table(NamedTuple):
    """A table, its columns, and the number of leading columns that form its key."""

    name: str
    columns: str
    keys: int = 1

    @property
    def key(self) -> str:
        return ", ".join(self.columns.split(", ")[: self.keys])


# A table comes after those that it refers to. ``forgotten`` and ``commits`` are not copied: only
# caches follow them, and each database has its own.
TABLES = (
    Table("articles", f"number, {schema.COLUMNS}, version, withdrawn, retracted"),
    Table("versions", f"article, version, replaced, {schema.COLUMNS}", 2),
    Table("formerly", "id, article"),
    Table("vectors", "number, key, vector"),
    Table("chunks", 'number, article, ordinal, start, "end", vector'),
    Table("wordings", "number, digest, fingerprints"),
    Table("worded", "article, wording"),
    Table("fingerprints", "fingerprint, wording", 2),
    Table("copies", "wording, copy, common", 2),
    Table("entities", "number, kind, folded, name, sound"),
    Table("mentions", 'entity, article, start, "end"', 3),
    Table("tagged", "article, tagger, entities"),
    Table("roots", "place, fields"),
    Table("downloads", "url, etag, modified"),
    Table("reports", "finished, report", 2),
    Table("papers", "kind, name, content", 2),
)


class Tables(Database):
    """The rows of tables in a form that another database accepts."""

    def rows_of(
        self,
        table: Table,
        after: Sequence[object] | None,
        up_to: Sequence[object] | None = None,
        most: int = -1,
    ) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """Rows by key, in key order: after a key, up to a key, and at most ``most``."""
        conditions, values = ["TRUE"], []
        for bound, sign in ((after, ">"), (up_to, "<=")):
            if bound is not None:
                conditions.append(f"({table.key}) {sign} ({places(bound)})")
                values += list(bound)
        limit = f" LIMIT {most}" if most >= 0 else ""
        rows = self._rows(
            f"SELECT {table.columns} FROM {table.name}"
            f" WHERE {' AND '.join(conditions)} ORDER BY {table.key}{limit}",
            values,
        )
        return {tuple(row[: table.keys]): self._row_to_copy(table, row) for row in rows}

    def drop_rows(self, table: Table, keys: Sequence[Sequence[object]]) -> None:
        if keys:
            with self._transaction() as cursor:
                cursor.executemany(
                    f"DELETE FROM {table.name} WHERE ({table.key}) = ({places(keys[0])})", keys
                )

    def add_rows(self, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            with self._transaction() as cursor:
                cursor.executemany(
                    f"INSERT INTO {table.name} ({table.columns}) VALUES ({places(rows[0])})",
                    [self._row_to_store(table, row) for row in rows],
                )

    def is_copy_of(self, manifest: Manifest) -> bool:
        """Whether this is a copy, complete or not, of the archive with a manifest."""
        values = [value for (value,) in self._rows("SELECT value FROM manifest") if value]
        return not values or self.manifest().archive == manifest.archive

    def finish_copy(self, manifest: Manifest) -> None:
        """Mark the copied archive as complete, and make its caches follow the new state."""
        with self._transaction() as cursor:
            self._complete(cursor, manifest)
            self._leave_token(cursor)

    def _row_to_copy(self, table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row of this database in the common form."""
        return row

    def _row_to_store(self, table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row in the common form as this database takes it."""
        return row

    def _complete(self, cursor: Cursor, manifest: Manifest) -> None:
        """Do the remaining work after all rows were copied, and store the manifest."""
        raise NotImplementedError
