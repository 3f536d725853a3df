"""How an answer is made and proved."""

from assistant.answer import Answer, Citation, Difference, Statement, Turn
from assistant.assistant import Assistant
from assistant.language_model import LanguageModel, Model, ModelError

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Difference",
    "LanguageModel",
    "Model",
    "ModelError",
    "Statement",
    "Turn",
]
