"""The truth of an archive: one database, from which every other file can be made again.

``Store`` is what the rest of the program knows of it. It is put together from one class for each
kind of thing that the database holds; these share a ``Database``. What they take and give is in
``records``. The database is a SQLite file in a folder, or PostgreSQL; ``sqlite`` and ``postgresql``
hold what differs.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from corpus.reading import DATABASE
from index.errors import ArchiveError
from index.roots import is_address
from index.store.records import (
    ChunkText,
    Clock,
    Download,
    EmbeddedChunk,
    Facts,
    Manifest,
    Place,
    Seen,
    Sighting,
    Standing,
    Version,
    Watermark,
    utc_now,
    vector_key,
)
from index.store.sqlite import SQLiteStore
from index.store.store import Store

if TYPE_CHECKING:
    from index.store.postgresql import PostgreSQLStore

__all__ = [
    "DATABASE",
    "ChunkText",
    "Clock",
    "Download",
    "EmbeddedChunk",
    "Facts",
    "Manifest",
    "Place",
    "Seen",
    "Sighting",
    "Standing",
    "Store",
    "Version",
    "Watermark",
    "create",
    "open",
    "utc_now",
    "vector_key",
]


def create(address: str | Path, manifest: Manifest, clock: Clock = utc_now) -> Store:
    """A new, empty archive. Raises ArchiveError where there is one, or none can be made."""
    if is_postgresql(address):
        return _postgresql().create(str(address), manifest, clock)
    return SQLiteStore.create(_folder(address), manifest, clock)


def open(address: str | Path, clock: Clock = utc_now) -> Store:
    """The archive in a folder, or at ``postgresql://user@host/database``.

    Raises ArchiveError where there is none that can be read, of these NoArchiveError where there
    is none at all.
    """
    if is_postgresql(address):
        return _postgresql().open(str(address), clock)
    return SQLiteStore.open(_folder(address), clock)


def receive(address: str | Path, manifest: Manifest) -> Store:
    """What a copy of the archive with a manifest goes into: nothing yet, or part of that copy.

    Raises ArchiveError where it is another archive.
    """
    if is_postgresql(address):
        receiving: Store = _postgresql().receive(str(address), manifest)
    else:
        receiving = SQLiteStore.receive(_folder(address), manifest)
    if not receiving.is_copy_of(manifest):
        receiving.close()
        raise ArchiveError(f"There is another archive in {receiving.address}: nothing was copied.")
    return receiving


def is_postgresql(address: str | Path) -> bool:
    return str(address).startswith(("postgresql://", "postgres://"))


def _folder(address: str | Path) -> Path:
    """An address as a folder; ArchiveError for one such as ``mysql://host/database``."""
    if is_address(address):
        raise ArchiveError(
            f"No archive can be at {address}: name a folder, or postgresql://host/database."
        )
    return Path(address)


def _postgresql() -> "type[PostgreSQLStore]":
    try:
        from index.store.postgresql import PostgreSQLStore
    except ModuleNotFoundError as error:
        raise ArchiveError(
            f"An archive in PostgreSQL needs {error.name}: pip install 'dateline[postgresql]'"
        ) from error
    return PostgreSQLStore
