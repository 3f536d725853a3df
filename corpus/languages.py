"""Which language a text is in, told from its words."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_READ = 2_000
"""Characters."""


def identify(text: str) -> tuple[str, float]:
    """The code of the language that a text is most likely in, such as ``en``, and how likely."""
    code, probability = _identifier().classify(text[:_READ])
    return str(code), float(probability)


@cache
def _identifier() -> LanguageIdentifier:
    """Takes a second to load."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
