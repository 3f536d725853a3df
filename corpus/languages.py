"""Which language a text is in, told from its words."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_READ = 2_000
"""Characters."""

_ARTICLES = 400
"""Characters in which English has its article once, at the least."""
_TELLS = 500
"""Characters from which a language is told."""
_SHORTEST = 40
_SURE = 0.5
"""A probability; of 4,680 sentences in English without the article one was taken for another."""
_LAST_LATIN = "\u024f"

_NEAR_ENGLISH = frozenset({"en", "pcm"})
"""English, and Nigerian Pidgin, which short texts in English are taken for."""


def identify(text: str) -> tuple[str, float]:
    """The code of the language that a text is most likely in, such as ``en``, and how likely."""
    code, probability = _identifier().classify(text[:_READ])
    return str(code), float(probability)


def code_of(language: str) -> str:
    """``zh`` for ``zh-Hans``."""
    return language.replace("_", "-").partition("-")[0].lower()


def told(text: str) -> str | None:
    """The code of the language that a text of unknown language is surely in; None for English.

    Identifying takes as long as cutting into sentences does, so what has enough of the English
    article is not identified; and a text of a few words is in no language for certain.
    """
    text = text[:_READ]
    if len(text) < _SHORTEST or text.count(" the ") * _ARTICLES >= len(text):
        return None
    text = text[:_TELLS]
    code, probability = identify(text)
    letters = [letter for letter in text if letter.isalpha()]
    if 2 * sum(letter > _LAST_LATIN for letter in letters) > len(letters):
        return code  # Whichever it is, it is no English.
    return None if code in _NEAR_ENGLISH or probability < _SURE else code


@cache
def _identifier() -> LanguageIdentifier:
    """Takes a second to load."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
