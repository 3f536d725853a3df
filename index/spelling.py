"""Names that are spelled differently in different papers."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_FEWEST_LETTERS, _MOST_LETTERS = 4, 60
_FEWEST_CONSONANTS = 2

# By how many steps two spellings may differ at most, by the letters of the shorter one: what is
# short is soon another name (Paris, Peres).
_MOST_STEPS = {4: 0, 5: 1, 6: 2}
_MOST_STEPS_OF_LONG = 3

_STEP = 1
_NO_VOWEL = 2
_FAR = 4

# Letters with a sound of their own that decomposition would take from them, or that it keeps.
_LETTERS = str.maketrans({
    "ş": "sh", "ș": "sh", "š": "sh", "ç": "ch", "č": "ch", "ć": "ch", "ž": "zh", "ı": "i",
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe",
})  # fmt: skip

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

# What several letters, or a letter with several sounds, stand for; capitals are sounds for which
# there is no letter.
_SOUNDS = {
    "shch": "S", "sch": "S", "sh": "S", "tsch": "C", "tch": "C", "ch": "C", "cz": "C",
    "dzh": "j", "zh": "j", "dj": "j", "kh": "k", "ck": "k", "q": "k", "gh": "g", "ph": "f",
    "th": "t", "dh": "d", "x": "ks", "ts": "z", "tz": "z", "sz": "s", "w": "v",
    "ou": "u", "oo": "u", "ee": "i", "y": "i",
}  # fmt: skip
_WRITTEN = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))

# Sounds that transliterations take for one another: Qamishli and Kamishly, Gaddafi and Khadafi.
_KINDS = ("kgC", "szS", "vf")
_KIND = str.maketrans({sound: kind[0] for kind in _KINDS for sound in kind})

_NEAR = ({"i", "e"}, {"a", "e"}, {"o", "u"})
# Aleksandr in Russian is Oleksandr in Ukrainian.
_NEAR_AT_THE_BEGINNING = {"a", "o"}

_WORD = re.compile(r"[^\W\d_]{4,}")
_NUMERAL = re.compile("[IVXLCDM]+")


@dataclass(frozen=True, slots=True)
class _Heard:
    """A name as it sounds: its consonants, and the vowels before, between and after them."""

    letters: int
    sounds: str
    consonants: str
    vowels: tuple[str, ...]
    ends_in_h: bool


@lru_cache(maxsize=100_000)
def _heard(word: str) -> _Heard | None:
    letters = _folded(word) if len(word) <= _MOST_LETTERS else ""
    heard = _WRITTEN.sub(lambda written: _SOUNDS[written[0]], letters)
    heard = re.sub("c(?=[ei])", "s", heard).replace("c", "k")
    # A j after a vowel and not before one is part of that vowel, as in Navalnyj.
    heard = re.sub("(?<=[aeiou])j(?![aeiou])", "i", heard)
    ends_in_h = heard.endswith("h")
    heard = heard[:1] + heard[1:].replace("h", "")
    heard = re.sub(r"(.)\1+", r"\1", heard)
    consonants = re.sub("[aeiou]", "", heard)
    if len(letters) < _FEWEST_LETTERS or len(consonants) < _FEWEST_CONSONANTS:
        return None
    vowels = tuple(re.split("[^aeiou]", heard))
    beginning = "a" if vowels[0] else ""
    sounds = beginning + consonants.translate(_KIND)
    return _Heard(len(letters), sounds, consonants, vowels, ends_in_h)


def sounds(word: str) -> str:
    """What two spellings of one name have in common: kinds of consonants, in their order.

    Empty for words that are too short, or hold too few consonants, to be told apart so, for those
    that are longer than any name, and for those that are not in Latin letters.
    """
    heard = _heard(word)
    return heard.sounds if heard else ""


def may_be_same(one: str, other: str) -> bool:
    """Whether two words may spell one name.

    Their consonants are of the same kinds in the same order, and they differ, in how these are
    written and in the vowels between them, by few steps for their length.
    """
    # Schröder is written Schroeder or Schroder.
    full = [_composed(name).translate(_UMLAUTS) for name in (one, other)]
    return _is_near(one, other) or (full != [_composed(one), _composed(other)] and _is_near(*full))


def _is_near(one: str, other: str) -> bool:
    mine, theirs = _heard(one), _heard(other)
    if not mine or not theirs or mine.sounds != theirs.sounds:
        return False
    most = _MOST_STEPS.get(min(mine.letters, theirs.letters), _MOST_STEPS_OF_LONG)
    return _steps(mine, theirs) <= most


def names(text: str) -> set[str]:
    """The words of a text that begin with a capital, as written, and that have ``sounds``.

    What is all in capitals is written as other names are, and Roman numerals are none.
    """
    capital = {
        word
        for word in _WORD.findall(text)
        if word[0].isupper() and sounds(word) and not _NUMERAL.fullmatch(word)
    }
    return {word.capitalize() if word.isupper() else word for word in capital}


def _folded(word: str) -> str:
    """The Latin letters of a word without case and diacritics; empty if it has any others."""
    decomposed = unicodedata.normalize("NFKD", _composed(word).translate(_LETTERS))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return letters if letters.isascii() and letters.isalpha() else ""


def _composed(word: str) -> str:
    """The word in small letters, each in one piece with its marks."""
    return unicodedata.normalize("NFC", word.casefold())


def _steps(one: _Heard, other: _Heard) -> int:
    consonants = zip(one.consonants, other.consonants, strict=True)
    steps = sum(_STEP for mine, theirs in consonants if mine != theirs)
    first, *inner, last = zip(one.vowels, other.vowels, strict=True)
    steps += _STEP if set(first) == _NEAR_AT_THE_BEGINNING else _between(*first)
    steps += sum(_between(*vowels) for vowels in inner)
    return steps + _at_the_end(*last, one.ends_in_h or other.ends_in_h)


@lru_cache(maxsize=10_000)
def _between(mine: str, theirs: str) -> int:
    """How far the vowels between two consonants are from each other.

    An edit distance, but one vowel at least stands for one of the others, if there are any.
    """
    if not mine or not theirs:
        more = len(mine + theirs) - 1
        return _NO_VOWEL + more * _STEP if more >= 0 else 0
    left, right = mine[1:], theirs[1:]
    rest = _between(left, right) if left and right else len(left + right) * _STEP
    ways = [_vowel(mine[0], theirs[0]) + rest]
    if left:
        ways.append(_STEP + _between(left, theirs))
    if right:
        ways.append(_STEP + _between(mine, right))
    return min(ways)


def _vowel(mine: str, theirs: str) -> int:
    if mine == theirs:
        return 0
    return _STEP if {mine, theirs} in _NEAR else _FAR


def _at_the_end(mine: str, theirs: str, with_h: bool) -> int:
    """The last vowel tells names apart: Mario and Maria, Zelensky and Zelenska, Ivanov and Ivanova.

    But Hasaka is also Hasakeh, and Qamishli in Kurdish Qamishlo.
    """
    if not mine or not theirs:
        return _FAR if mine or theirs else 0
    if {mine, theirs} == {"i", "o"}:
        return _NO_VOWEL
    last = {mine[-1], theirs[-1]}
    if last == {"a", "e"}:
        return _STEP if with_h else _FAR
    if len(last) == 1 or last in _NEAR:
        return _between(mine, theirs)
    return _FAR
