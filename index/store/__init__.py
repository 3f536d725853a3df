"""The database of an archive, called its truth: every other file can be made again from it.

The rest of the program uses only ``Store``. It is composed of one class for each kind of data;
these classes share the base class ``Database``. Their arguments and results are in ``records``.
The database is a SQLite file in a folder, or PostgreSQL; the modules ``sqlite`` and
``postgresql`` hold the differences.
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
    is_outdated,
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
    "is_outdated",
    "open",
    "utc_now",
    "vector_key",
]


def create(address: str | Path, manifest: Manifest, clock: Clock = utc_now) -> Store:
    """Create an empty archive. Raises ArchiveError if one exists or none can be created."""
    if is_postgresql(address):
        return _postgresql().create(str(address), manifest, clock)
    return SQLiteStore.create(_folder(address), manifest, clock)


def open(address: str | Path, clock: Clock = utc_now) -> Store:
    """Open the archive in a folder, or at ``postgresql://user@host/database``.

    Raises NoArchiveError if there is no archive, and ArchiveError if it cannot be read.
    """
    if is_postgresql(address):
        return _postgresql().open(str(address), clock)
    return SQLiteStore.open(_folder(address), clock)


def receive(address: str | Path, manifest: Manifest) -> Store:
    """The store into which the archive with a manifest is copied: empty, or a part of that copy.

    Raises ArchiveError if there is another archive.
    """
    if is_postgresql(address):
        target: Store = _postgresql().receive(str(address), manifest)
    else:
        target = SQLiteStore.receive(_folder(address), manifest)
    if not target.is_copy_of(manifest):
        target.close()
        raise ArchiveError(f"There is another archive in {target.address}: nothing was copied.")
    return target


def is_postgresql(address: str | Path) -> bool:
    return str(address).startswith(("postgresql://", "postgres://"))


def _folder(address: str | Path) -> Path:
    """The folder at an address; ArchiveError for an address such as ``mysql://host/database``."""
    # With a slash too few, libpq's addresses look like folders.
    if is_address(address) or str(address).startswith(("postgresql:", "postgres:")):
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
