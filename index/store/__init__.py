"""The truth of an archive: one database, from which every other file can be made again.

``Store`` is what the rest of the program knows of it. It is put together from one class for each
kind of thing that the database holds; these share a ``Database``. What they take and give is in
``records``. The database is a SQLite file in a folder, or PostgreSQL; ``sqlite`` and ``postgresql``
hold what differs.
"""

from pathlib import Path

from index.store.records import (
    ChunkText,
    Clock,
    Download,
    EmbeddedChunk,
    Manifest,
    Place,
    Sighting,
    Standing,
    Version,
    Watermark,
    utc_now,
    vector_key,
)
from index.store.sqlite import DATABASE, SQLiteStore
from index.store.store import Store

__all__ = [
    "DATABASE",
    "ChunkText",
    "Clock",
    "Download",
    "EmbeddedChunk",
    "Manifest",
    "Place",
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
        from index.store.postgresql import PostgreSQLStore

        return PostgreSQLStore.create(str(address), manifest, clock)
    return SQLiteStore.create(Path(address), manifest, clock)


def open(address: str | Path, clock: Clock = utc_now) -> Store:
    """The archive in a folder, or at ``postgresql://host/database``.

    Raises ArchiveError where there is none that can be read; NoArchiveError where there is none.
    """
    if is_postgresql(address):
        from index.store.postgresql import PostgreSQLStore

        return PostgreSQLStore.open(str(address), clock)
    return SQLiteStore.open(Path(address), clock)


def is_postgresql(address: str | Path) -> bool:
    return str(address).startswith(("postgresql://", "postgres://"))
