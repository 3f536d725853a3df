"""Recognises names that papers spell differently."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_FEWEST_LETTERS, _MOST_LETTERS = 4, 60
_FEWEST_CONSONANTS = 2

# The most steps by which two spellings may differ, by the letters of the shorter one. A short
# spelling quickly becomes another name (Paris, Peres).
_MOST_STEPS = {4: 0, 5: 1, 6: 2}
_MOST_STEPS_OF_LONG = 3

_STEP = 1
_NO_VOWEL = 2
_FAR = 4

# Letters whose sound decomposition would lose, and letters that it does not decompose.
_LETTERS = str.maketrans({
    "ş": "sh", "ș": "sh", "š": "sh", "ç": "ch", "č": "ch", "ć": "ch", "ž": "zh", "ı": "i",
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe",
})  # fmt: skip

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

# The sounds of letter groups, and of letters with several sounds. Capitals stand for sounds that
# have no letter.
_SOUNDS = {
    "shch": "S", "sch": "S", "sh": "S", "tsch": "C", "tch": "C", "ch": "C", "cz": "C",
    "dzh": "j", "zh": "j", "dj": "j", "kh": "k", "ck": "k", "q": "k", "gh": "g", "ph": "f",
    "th": "t", "dh": "d", "x": "ks", "ts": "z", "tz": "z", "sz": "s", "w": "v",
    "ou": "u", "oo": "u", "ee": "i", "y": "i",
}  # fmt: skip
_LETTER_GROUP = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))

# Groups of sounds that transliterations confuse: Qamishli and Kamishly, Gaddafi and Khadafi.
_KINDS = ("kgC", "szS", "vf")
_KIND = str.maketrans({sound: kind[0] for kind in _KINDS for sound in kind})

_NEAR = ({"i", "e"}, {"a", "e"}, {"o", "u"})
# Aleksandr in Russian is Oleksandr in Ukrainian.
_NEAR_AT_THE_START = {"a", "o"}

_WORD = re.compile(r"[^\W\d_]{4,}")
_NUMERAL = re.compile("[IVXLCDM]+")


@dataclass(frozen=True, slots=True)
class _Pronunciation:
    """How a name sounds: its consonants, and the vowels before, between and after them."""

    letters: int
    sounds: str
    consonants: str
    vowels: tuple[str, ...]
    ends_in_h: bool


@lru_cache(maxsize=100_000)
def _pronunciation(word: str) -> _Pronunciation | None:
    letters = _folded(word) if len(word) <= _MOST_LETTERS else ""
    spoken = _LETTER_GROUP.sub(lambda group: _SOUNDS[group[0]], letters)
    spoken = re.sub("c(?=[ei])", "s", spoken).replace("c", "k")
    # A j after a vowel and not before one is part of that vowel, as in Navalnyj.
    spoken = re.sub("(?<=[aeiou])j(?![aeiou])", "i", spoken)
    ends_in_h = spoken.endswith("h")
    spoken = spoken[:1] + spoken[1:].replace("h", "")
    spoken = re.sub(r"(.)\1+", r"\1", spoken)
    consonants = re.sub("[aeiou]", "", spoken)
    if len(letters) < _FEWEST_LETTERS or len(consonants) < _FEWEST_CONSONANTS:
        return None
    vowels = tuple(re.split("[^aeiou]", spoken))
    first_vowel = "a" if vowels[0] else ""
    sounds = first_vowel + consonants.translate(_KIND)
    return _Pronunciation(len(letters), sounds, consonants, vowels, ends_in_h)


def sounds(word: str) -> str:
    """A key that all spellings of a name share: its kinds of consonants, in order.

    The key is empty for words that are too short or have too few consonants to be distinguished
    by it, for words longer than any name, and for words that are not in Latin letters.
    """
    pronunciation = _pronunciation(word)
    return pronunciation.sounds if pronunciation else ""


def may_be_same(one: str, other: str) -> bool:
    """Whether two words may spell one name.

    Their consonants must be of the same kinds in the same order. In the exact consonants and in
    the vowels between them, they may differ only by a few steps, depending on their length.
    """
    # Schröder is written Schroeder or Schroder.
    plain = [_composed(one), _composed(other)]
    full = [name.translate(_UMLAUTS) for name in plain]
    return _is_near(one, other) or (full != plain and _is_near(*full))


def _is_near(one: str, other: str) -> bool:
    first, second = _pronunciation(one), _pronunciation(other)
    if not first or not second or first.sounds != second.sounds:
        return False
    most = _MOST_STEPS.get(min(first.letters, second.letters), _MOST_STEPS_OF_LONG)
    return _steps(first, second) <= most


def names(text: str) -> set[str]:
    """The words of a text that begin with a capital and have ``sounds``, as they are written.

    A word all in capitals is returned with one capital. Roman numerals are left out.
    """
    capitalised = {
        word
        for word in _WORD.findall(text)
        if word[0].isupper() and sounds(word) and not _NUMERAL.fullmatch(word)
    }
    return {word.capitalize() if word.isupper() else word for word in capitalised}


def _folded(word: str) -> str:
    """The Latin letters of a word without case and diacritics; empty if it has any others."""
    decomposed = unicodedata.normalize("NFKD", _composed(word).translate(_LETTERS))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return letters if letters.isascii() and letters.isalpha() else ""


def _composed(word: str) -> str:
    """The word in small letters, each one code with its marks (NFC)."""
    return unicodedata.normalize("NFC", word.casefold())


def _steps(one: _Pronunciation, other: _Pronunciation) -> int:
    consonants = zip(one.consonants, other.consonants, strict=True)
    steps = sum(_STEP for first, second in consonants if first != second)
    start, *inner, end = zip(one.vowels, other.vowels, strict=True)
    steps += _STEP if set(start) == _NEAR_AT_THE_START else _vowels_distance(*start)
    steps += sum(_vowels_distance(*vowels) for vowels in inner)
    return steps + _end_distance(*end, one.ends_in_h or other.ends_in_h)


@lru_cache(maxsize=10_000)
def _vowels_distance(one: str, other: str) -> int:
    """The distance between two vowel groups that stand between the same consonants.

    It is an edit distance, in which at least one vowel must replace a vowel of the other group.
    """
    if not one or not other:
        more = len(one + other) - 1
        return _NO_VOWEL + more * _STEP if more >= 0 else 0
    tail, end = one[1:], other[1:]
    tails = _vowels_distance(tail, end) if tail and end else len(tail + end) * _STEP
    distances = [_vowel_distance(one[0], other[0]) + tails]
    if tail:
        distances.append(_STEP + _vowels_distance(tail, other))
    if end:
        distances.append(_STEP + _vowels_distance(one, end))
    return min(distances)


def _vowel_distance(one: str, other: str) -> int:
    if one == other:
        return 0
    return _STEP if {one, other} in _NEAR else _FAR


def _end_distance(one: str, other: str, with_h: bool) -> int:
    """The distance between two last vowel groups, by which Mario and Maria are different names.

    So are Zelensky and Zelenska. But Hasaka is also Hasakeh, and Qamishli is Kurdish Qamishlo.
    """
    if not one or not other:
        return _FAR if one or other else 0
    if {one, other} == {"i", "o"}:
        return _NO_VOWEL
    last = {one[-1], other[-1]}
    if last == {"a", "e"}:
        return _STEP if with_h else _FAR
    if len(last) == 1 or last in _NEAR:
        return _vowels_distance(one, other)
    return _FAR
