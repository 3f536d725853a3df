"""A small model that reads: from a question and a passage to the words that answer, or none.

``assistant.reader.model`` has the model, and loads torch, which takes seconds.
"""

from assistant.reader.reading import Reading, Span

__all__ = ["Reading", "Span"]
