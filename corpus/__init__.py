"""How articles arrive, are dated, named and cut."""

from corpus.article import Article, Chunk, Found, Published, Unreadable
from corpus.reading import read_articles
from corpus.records import FIELDS
from corpus.sentences import sentences

__all__ = [
    "FIELDS",
    "Article",
    "Chunk",
    "Found",
    "Published",
    "Unreadable",
    "read_articles",
    "sentences",
]
