"""How articles arrive, are dated, named and cut."""

from corpus.article import Article, Chunk, Found, Published, Unreadable
from corpus.sentences import sentences

__all__ = ["Article", "Chunk", "Found", "Published", "Unreadable", "sentences"]
