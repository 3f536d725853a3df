"""Stores articles and finds passages in them."""

from index.archive import Archive
from index.errors import ArchiveError
from index.passage import Filters, Passage, Passages
from index.report import Overview, Report
from index.store import Seen, Version

__all__ = [
    "Archive",
    "ArchiveError",
    "Filters",
    "Overview",
    "Passage",
    "Passages",
    "Report",
    "Seen",
    "Version",
]
