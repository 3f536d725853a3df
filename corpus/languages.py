"""Which language a text is in, told from its words."""

from functools import cache
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_READ = 2_000
"""Characters."""

_ARTICLES = 400
"""Characters in which English has its article once, at the least."""
_TELLS = 500
"""Characters from which a language is told."""
_SHORTEST = 40
_SURE = 0.5
"""A probability; of 4,680 sentences in English without the article one was taken for another."""
_LATIN = regex.compile(r"\p{Latin}")

ENGLISH = frozenset({"en", "pcm"})
"""The codes of English, and of Nigerian Pidgin, which short texts in English are taken for."""


def identify(text: str) -> tuple[str, float]:
    """The code of the language that a text is most likely in, such as ``en``, and how likely."""
    code, probability = _identifier().classify(text[:_READ])
    return str(code), float(probability)


def code_of(language: str | None) -> str:
    """``zh`` for ``zh-Hans``; where the language is not known, ``en``."""
    return (language or "en").replace("_", "-").partition("-")[0].lower()


def language_of(text: str) -> str | None:
    """The code of the language that a text of unknown language is surely in; None for English.

    Identifying takes as long as cutting into sentences does, so what has enough of the English
    article is not identified; and a text of a few words is in no language for certain.
    """
    text = text[:_READ]
    if len(text) < _SHORTEST or text.count(" the ") * _ARTICLES >= len(text):
        return None
    text = text[:_TELLS]
    code, probability = identify(text)
    if not in_latin_letters(text):
        return code  # Whichever it is, it is no English.
    return None if code in ENGLISH or probability < _SURE else code


def in_latin_letters(text: str) -> bool:
    """Whether at least half of the letters of a text are Latin."""
    latin = len(_LATIN.findall(text))
    return 2 * latin >= sum(character.isalpha() for character in text)


@cache
def _identifier() -> "LanguageIdentifier":
    """Takes a second to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
