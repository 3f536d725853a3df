"""How an answer is made and proved."""

from assistant import exports, rendering
from assistant.answer import Answer, Citation, Difference, Statement, Turn
from assistant.assistant import Assistant
from assistant.language_model import LanguageModel, Model, ModelError


class _Writers:
    markdown = staticmethod(exports.as_markdown)
    csl = staticmethod(exports.as_csl)
    html = staticmethod(rendering.as_notebook)


Answer.writers = _Writers()

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
