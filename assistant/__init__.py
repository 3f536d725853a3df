"""How an answer is made and how it is proved."""

from assistant import rendering
from assistant.answer import Answer, Citation, Difference, Statement, Turn
from assistant.assistant import Assistant
from assistant.language_model import LanguageModel, Model, ModelError

# Set here because ``rendering`` imports ``answer``: the two cannot import each other.
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
