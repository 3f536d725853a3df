"""Reads articles, dates and names them, and cuts them into chunks."""

from pathlib import Path

from corpus.article import Article, Chunk, Found, Note, Published, Unreadable, UnreadableRecord
from corpus.reading import read_articles
from corpus.records import FIELDS
from corpus.sentences import sentences

SAMPLE = Path(__file__).parent / "sample"
"""The folder of the built-in sample: made-up articles in several formats."""

__all__ = [
    "FIELDS",
    "SAMPLE",
    "Article",
    "Chunk",
    "Found",
    "Note",
    "Published",
    "Unreadable",
    "UnreadableRecord",
    "read_articles",
    "sentences",
]
