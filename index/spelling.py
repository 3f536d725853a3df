"""Names that are spelled differently in different papers."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

_SHORTEST = 5
# Letters that transliterations take for one another: Qamishli and Kamishly, Gaddafi and Khadafi.
_SOUNDS = ("kqcg", "szj", "vw", "pf")
_SAME_SOUND = str.maketrans({letter: same[0] for same in _SOUNDS for letter in same})
_VOWELS = frozenset("aeiouy")
_SILENT = _VOWELS | {"h"}
_FEWEST_SOUNDS = 3
_LEAST_SIMILARITY = 0.55


def skeleton(word: str) -> str:
    """What is left of a name in any spelling: its consonants, folded to the sounds they share.

    Empty for words that are too short, or hold too few consonants, to be told apart so.
    """
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(letter for letter in decomposed if letter.isalnum())
    if len(letters) < _SHORTEST or not letters.isalpha():
        return ""
    # The ending tells Nigeria from Niger, a first vowel Amman from Oman.
    ending = "y" if letters.endswith("ia") else ""
    beginning = "a" if letters[0] in _VOWELS else "h" if letters[0] == "h" else ""
    consonants = [letter for letter in letters.translate(_SAME_SOUND) if letter not in _SILENT]
    kept = [a for a, before in zip(consonants, ["", *consonants], strict=False) if a != before]
    folded = beginning + "".join(kept) + ending
    return folded if len(folded) >= _FEWEST_SOUNDS else ""


def by_skeleton(vocabulary: Iterable[str]) -> dict[str, list[str]]:
    """A vocabulary by the skeletons of its words, as ``spellings`` takes it."""
    groups: dict[str, list[str]] = {}
    for word in vocabulary:
        if folded := skeleton(word):
            groups.setdefault(folded, []).append(word)
    return groups


def spellings(word: str, vocabulary: Mapping[str, Sequence[str]]) -> list[str]:
    """The words of a vocabulary that may spell the same name as ``word``, without itself."""
    from rapidfuzz.distance import Levenshtein

    return [
        other
        for other in vocabulary.get(skeleton(word), ())
        if other != word and Levenshtein.normalized_similarity(word, other) >= _LEAST_SIMILARITY
    ]
