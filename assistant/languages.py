"""Notes on the language of a text, for a reader that may not know it."""

from assistant.question import Question
from assistant.spoken import spoken_language
from assistant.wording import gettext, message
from corpus import Article
from corpus.languages import ENGLISH, code_of, identify

_QUESTION = message("The question seems to be in %(language)s; the reader has learnt English only.")
_NEAREST = message(
    "The nearest article seems to be in %(language)s; the reader has learnt English only."
)
# A probability. A few words resemble words of many languages.
_SURE = 0.4
# The probability for a question with an English word: "Was hat der Minister gesagt?".
_SURE_IN_SPITE = 0.6


def not_english(question: Question, nearest: Article | None) -> tuple[str, ...]:
    """A note that the question, or else the nearest article, is surely not in English; or none."""
    code, probability = identify(question.text)
    least = _SURE_IN_SPITE if question.is_english else _SURE
    language = _foreign_language(code) if probability >= least else None
    if language:
        return (gettext(_QUESTION, language=language),)
    if nearest is None:
        return ()
    code, probability = identify(nearest.text)
    if nearest.language or probability >= _SURE:
        language = _foreign_language(code_of(nearest.language or code))
    return (gettext(_NEAREST, language=language),) if language else ()


def _foreign_language(code: str) -> str | None:
    """The name of a language; None for English."""
    if code in ENGLISH:
        return None
    name = spoken_language(code)
    return None if name == code else name
