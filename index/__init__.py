"""How text is stored and found."""

from index.archive import Archive, Overview, Report
from index.errors import ArchiveError
from index.passage import Filters, Passage, Passages

__all__ = ["Archive", "ArchiveError", "Filters", "Overview", "Passage", "Passages", "Report"]
