"""The truth of an archive: one SQLite database, from which every other file can be made again.

``Store`` is put together from one class for each kind of thing that the database holds; these
share a ``Database``. What they take and give is in ``records``.
"""

from index.store.database import DATABASE
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
    "utc_now",
    "vector_key",
]
