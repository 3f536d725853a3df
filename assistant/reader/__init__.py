"""A small model that reads: a question and a passage in, the words that answer out, or none.

``assistant.reader.model`` has the model, and loads torch, which takes seconds.
"""

from assistant.reader.reading import Reading, Span

__all__ = ["Reading", "Span"]
