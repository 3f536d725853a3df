"""How an answer is made and proved."""

from assistant.answer import Answer, Citation, Difference, Statement, Turn
from assistant.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Difference", "Statement", "Turn"]
