"""A whole archive from one place to another: from a folder to PostgreSQL, and back.

Both sides are compared block by block: what is different is deleted in the copy, what is missing is
added, and at the end all is compared once more. So what was interrupted goes on, and what has
changed since is copied when the same command runs again. The copy is opened by nobody before it is
complete, since its manifest comes last.
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
    """Make the archive at ``target`` equal to that at ``source``; returns how many rows it has.

    Raises ArchiveError where ``target`` is another archive, the same one or a folder of something
    else, or where ``source`` changes meanwhile.
    """
    if _is_same(source, target):
        raise ArchiveError(f"{target} is the archive {source} itself: name another place.")
    with closing(store.open(source)) as original:
        manifest = original.manifest()
        with closing(store.receive(target, manifest)) as copied:
            _make_equal(original, copied)
            rows = sum(_verify(original, copied, table) for table in TABLES)
            copied.finish_copy(manifest)
            return rows


def _is_same(source: str | Path, target: str | Path) -> bool:
    if store.is_postgresql(source) or store.is_postgresql(target):
        return source == target
    one, other = Path(source, store.DATABASE), Path(target, store.DATABASE)
    return one.exists() and other.exists() and one.samefile(other)


def _make_equal(original: Store, copied: Store) -> None:
    """Delete what is different, what refers to it first; then add what is missing."""
    for table in reversed(TABLES):
        for there, wanted in _blocks(copied, original, table):
            copied.drop_rows(table, [key for key, row in there.items() if wanted.get(key) != row])
    for table in TABLES:
        for wanted, there in _blocks(original, copied, table):
            copied.add_rows(table, [row for key, row in wanted.items() if key not in there])


def _verify(original: Store, copied: Store, table: Table) -> int:
    """How many rows of a table are equal: all, or ArchiveError is raised."""
    for one, other in ((original, copied), (copied, original)):
        count = 0
        for rows, same in _blocks(one, other, table):
            if rows != same:
                raise ArchiveError(
                    f"The copy differs from {original.address} in its {table.name}, which changed "
                    "meanwhile: run the command again."
                )
            count += len(rows)
    return count


def _blocks(one: Store, other: Store, table: Table) -> Iterator[tuple[Rows, Rows]]:
    """The rows of one archive in blocks by their keys, each with the other's of these keys."""
    after: Sequence[Any] | None = None
    while rows := one.rows_of(table, after, most=_ROWS_AT_ONCE):
        last = next(reversed(rows))
        yield rows, other.rows_of(table, after, up_to=last)
        after = last
