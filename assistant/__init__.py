"""How an answer is made and proved."""

from assistant import rendering
from assistant.answer import Answer, Citation, Difference, Statement, Turn
from assistant.assistant import Assistant
from assistant.language_model import LanguageModel, Model, ModelError

# What shows an answer imports from what an answer is.
Answer._repr_html_ = rendering.as_notebook

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
