"""Copies a whole archive from one place to another: from a folder to PostgreSQL, or back.

The two archives are compared block by block. Rows that differ are deleted in the copy, missing rows
are added, and at the end everything is compared once more. So an interrupted copy can continue, and
running the command again copies later changes. The manifest is written last, so that nobody can
open an incomplete copy.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from index import store
from index.errors import ArchiveError
from index.store import Store
from index.store.tables import TABLES, Table

_ROWS_AT_ONCE = 1_000

Rows = dict[tuple[Any, ...], tuple[Any, ...]]


def copy(source: str | Path, target: str | Path) -> int:
    """Make the archive at ``target`` equal to the one at ``source``; returns how many rows it has.

    Raises ArchiveError if ``target`` is the same archive, another archive or a folder with other
    contents, or if ``source`` changes meanwhile.
    """
    with closing(store.open(source)) as original:
        if _is_same(source, target):
            raise ArchiveError(f"FROM and TO are {original.address} itself: name another place.")
        manifest = original.manifest()
        with closing(store.receive(target, manifest)) as duplicate:
            _make_equal(original, duplicate)
            rows = sum(_verify(original, duplicate, table) for table in TABLES)
            duplicate.finish_copy(manifest)
            return rows


def _is_same(source: str | Path, target: str | Path) -> bool:
    if store.is_postgresql(source) or store.is_postgresql(target):
        return source == target
    one, other = Path(source, store.DATABASE), Path(target, store.DATABASE)
    return one.exists() and other.exists() and one.samefile(other)


def _make_equal(original: Store, duplicate: Store) -> None:
    """Delete rows that differ, referring rows first; then add missing rows."""
    for table in reversed(TABLES):
        for present, expected in _blocks(duplicate, original, table):
            differing = [key for key, row in present.items() if expected.get(key) != row]
            duplicate.drop_rows(table, differing)
    for table in TABLES:
        for expected, present in _blocks(original, duplicate, table):
            missing = [row for key, row in expected.items() if key not in present]
            duplicate.add_rows(table, missing)


def _verify(original: Store, duplicate: Store, table: Table) -> int:
    """The number of rows in a table; raises ArchiveError unless all are equal."""
    for one, other in ((original, duplicate), (duplicate, original)):
        count = 0
        for rows, other_rows in _blocks(one, other, table):
            if rows != other_rows:
                raise ArchiveError(
                    f"The copy differs from {original.address} in its {table.name}, which changed "
                    "meanwhile: run the command again."
                )
            count += len(rows)
    return count


def _blocks(one: Store, other: Store, table: Table) -> Iterator[tuple[Rows, Rows]]:
    """The rows of one archive in blocks, each with the other archive's rows in this key range."""
    after: Sequence[Any] | None = None
    while rows := one.rows_of(table, after, most=_ROWS_AT_ONCE):
        last = next(reversed(rows))
        yield rows, other.rows_of(table, after, up_to=last)
        after = last
