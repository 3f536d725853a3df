"""Identifies the language of a text from its words."""

from functools import cache
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_READ = 2_000
"""Characters."""

_ARTICLES = 400
"""English text has "the" at least once in so many characters."""
_IDENTIFIED_FROM = 500
"""Characters from which a language is identified."""
_SHORTEST = 40
_SURE = 0.5
"""A probability; of 4,680 English sentences without "the", one was taken for another language."""
_LATIN = regex.compile(r"\p{Latin}")

ENGLISH = frozenset({"en", "pcm"})
"""The codes of English and Nigerian Pidgin, as which short English texts are identified."""


def identify(text: str) -> tuple[str, float]:
    """The code of the most likely language of a text, such as ``en``, and its probability."""
    code, probability = _identifier().classify(text[:_READ])
    return str(code), float(probability)


def code_of(language: str | None) -> str:
    """``zh`` for ``zh-Hans``; ``en`` if the language is not known."""
    return (language or "en").replace("_", "-").partition("-")[0].lower()


def language_of(text: str) -> str | None:
    """The code of the language of a text; None if it is English or not certain.

    Identification takes as long as splitting into sentences, so a text in which "the" is frequent
    counts as English without it. A text of a few words is never certain.
    """
    text = text[:_READ]
    if len(text) < _SHORTEST or text.count(" the ") * _ARTICLES >= len(text):
        return None
    text = text[:_IDENTIFIED_FROM]
    code, probability = identify(text)
    if not in_latin_letters(text):
        return code  # It cannot be English, however uncertain.
    return None if code in ENGLISH or probability < _SURE else code


def in_latin_letters(text: str) -> bool:
    """Whether at least half of the letters of a text are Latin."""
    latin = len(_LATIN.findall(text))
    return 2 * latin >= sum(character.isalpha() for character in text)


@cache
def _identifier() -> "LanguageIdentifier":
    """The identifier, which takes a second to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
