"""Which language a text is in, where the reader may not know it."""

from collections.abc import Sequence

from assistant.question import Question
from assistant.spoken import spoken_language
from assistant.wording import gettext, message
from corpus.languages import identify
from index import Passage

_QUESTION = message("The question seems to be in %(language)s; the reader has learnt English only.")
_NEAREST = message(
    "The nearest article seems to be in %(language)s; the reader has learnt English only."
)
# A probability: of a few words there are many languages with words like them.
_SURE = 0.4
# That of a question with an English word, such as "Was hat der Minister gesagt?".
_SURE_IN_SPITE = 0.6
# Nigerian Pidgin, which short English questions are taken for, is read as English.
_ENGLISH = {"en", "pcm"}


def not_english(question: Question, passages: Sequence[Passage]) -> tuple[str, ...]:
    """A note that the question, or else the nearest passage, is in another language than English,
    which is all that the reader has learnt; empty where neither surely is."""
    texts = [(_QUESTION, question.text, _SURE_IN_SPITE if question.is_english else _SURE)]
    texts += [(_NEAREST, passage.text, _SURE) for passage in passages[:1]]
    for note, text, sure in texts:
        if language := _foreign_language(text, sure):
            return (gettext(note, language=language),)
    return ()


def _foreign_language(text: str, sure: float) -> str | None:
    """The name of the language a text is in; None for English, or where less sure."""
    code, probability = identify(text)
    if code in _ENGLISH or probability < sure:
        return None
    name = spoken_language(code)
    return None if name == code else name
