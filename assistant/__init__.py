"""How an answer is made and proved."""

from assistant.answer import Answer, Citation, Difference, Statement, Turn
from assistant.assistant import Assistant
from assistant.writer import LanguageModel, Writer, WriterError

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Difference",
    "LanguageModel",
    "Statement",
    "Turn",
    "Writer",
    "WriterError",
]
