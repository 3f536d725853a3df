"""Finds stops that end no sentence: after a numbered day, an abbreviation or an initial."""

import re
import unicodedata
from functools import lru_cache

from corpus.calendar_words import MONTH_NUMBERS, months_of
from corpus.languages import code_of

# A stop that ends no sentence: after a numbered day, or the year before it in Hungarian.
_DAY = re.compile(r"(?<![\w.,:])(?:\d{1,2}|\d{4})\.\Z")
# German words before an ordinal number: im 19. Jahrhundert, der 1. FC.
_COUNTED = re.compile(
    r"\b(?:a[mn]|im|vom|zu[mr]|beim|ins|d(?:er|ie|as|en|em|es))\s\d{1,3}\.\Z", re.IGNORECASE
)
_TAIL = 20
_NEAR = 2_000
_LETTERS = re.compile(r"\s{0,20}([^\W\d_]{1,40})")
# This particle continues the sentence after a quotation: 「…。」と述べた。
_QUOTED_IN_JAPANESE = re.compile("[」』]と")
_DASH = re.compile(r"[-–—]\s")
# A number alone, as in "see fig. 5" and "at 5.40"; other numbers begin sentences and lists.
_ONLY_A_NUMBER = re.compile(
    r"\s{0,20}\d{1,9}(?:[.:]\d\d(?!\d)|[.,:/–-]\d{1,9}(?:[.!?](?!\w)|[,;)])|[,;)](?!\d)"
    r"|[.!?]?\s{0,20}(?:\n|\Z))"
)
_CONSONANTS = re.compile(
    "[bcdfghjklmnpqrstvwxzłđß]{2,5}|[бвгджзйклмнпрстфхцчшщђјљњћџґ]{2,5}|[βγδζθκλμνξπρσςτφχψ]{2,5}"
)
# Smrt, prst and vlk are words: in many Slavic languages r and l are vowels between consonants.
_SYLLABIC = re.compile("[^rl][rl][^rl]|[^рл][рл][^рл]")
_LONGEST_ABBREVIATION = 6

# Words in lower case, and units, before a stop after which another sentence may begin.
_FOREIGN = re.compile(r"\b([a-z]{2,5})(?=\.\s{1,20}[^\W\d_])")
# A number after a word too long for an abbreviation: sentencex begins no sentence with a number
# in German and some other languages.
_NUMBER_BEGINS = re.compile(r"(?:(?<=[^\W\d_]{5}\.\s)|(?<=[?!]\s))\d")
_UNIT = re.compile(r"\d(?:\s[^\W\d_]{3,4}\.?)?\s([а-яёіїєґ]{3,5})(?=\.\s{1,20}[А-ЯЁІЇЄҐ])")
_LANGUAGES_WITH_THEIR_OWN = ("fr", "pt", "ca", "pl")
"""To the abbreviations of most other languages sentencex adds the English ones."""

_SISTERS = {"pt": ("en", "es"), "gl": ("en", "es"), "ca": ("en", "es")}
"""Languages with the same titles, of which sentencex lists more; others share English ones."""


def without_false_friends(text: str) -> str:
    """The text with the same length, but without words that sentencex misreads as abbreviations.

    These are abbreviations in English only, such as the Italian word ``ore``, and Cyrillic units
    after a number, because a sentence may end with a unit. In a number that begins a sentence a
    capital replaces the first digit.
    """
    text = _FOREIGN.sub(lambda word: _masked(word[1]) if _is_english(word[1]) else word[0], text)
    text = _NUMBER_BEGINS.sub(_as_letter, text)
    return _UNIT.sub(lambda unit: unit[0][: -len(unit[1])] + _masked(unit[1]), text)


def _as_letter(digit: re.Match[str]) -> str:
    """A capital for a digit, unless it follows an abbreviation such as ``Bahnhofstr.``."""
    word = digit.string[max(0, digit.start() - 5) : digit.start() - 2]
    return digit[0] if _CONSONANTS.fullmatch(word) else "X"


def _masked(word: str) -> str:
    return word[:-1] + "ŋ"


def goes_on(text: str, at: int, language: str | None) -> bool:
    """Whether a sentence continues at ``at``, where sentencex begins another: ``am 14.| Mai``.

    In English sentencex is trusted. In a text of unknown language, which may be English, only
    numbered days are checked, because English writes them without a stop.
    """
    if _QUOTED_IN_JAPANESE.match(text, max(0, at - 1)):
        return True
    before = text[max(0, at - _TAIL) : at]
    tail = before.rstrip()
    if not tail.endswith((".", "…")) or "\n" in before[len(tail) :]:
        return False
    code = code_of(language or "de")
    if code == "en":
        return False
    if language is not None and _is_abbreviated(text, tail, at, code):
        return True
    after = _LETTERS.match(text, at)
    if after is None or not _DAY.search(tail):
        return False
    # Only German and few other languages write months with a capital.
    is_of_day = after[1].islower() or after[1].lower() in months_of(code)
    return is_of_day or (code == "de" and _COUNTED.search(tail) is not None)


def _is_abbreviated(text: str, tail: str, at: int, code: str) -> bool:
    """Whether the stop at the end of ``tail`` is part of an abbreviation, given the text after."""
    if text[at - 1] == "." and _DASH.match(text, at):
        return True  # Lima, 5 may (EFE).- El alcalde
    after = text[at : at + _TAIL].lstrip()[:1]
    # Python calls letters without capitals, such as Arabic ones, lower case; their title is equal.
    if after.islower() and after.title() != after:
        return True
    word = _last_word(tail)
    if not word or tail[-1] != ".":
        return False
    if _is_indic(word) and "।" in text[max(0, at - _NEAR) : at + _NEAR]:
        return True  # Sentences in such a text end with a danda.
    if after.isdigit():
        short = len(word) <= _LONGEST_ABBREVIATION
        if short and _ONLY_A_NUMBER.match(text, at):
            return True
        is_letter = _is_initial(tail, word) and not word.isupper()
        return is_letter or (_is_known(word, code) and not _after_number(tail, word))
    return after.isalpha() and (
        _is_initial(tail, word) or _is_known_or_without_vowels(tail, word, code)
    )


def _last_word(tail: str) -> str:
    """The letters before the stop, with the marks on them."""
    start = len(tail) - 1
    while start and unicodedata.category(tail[start - 1])[0] in "LM":
        start -= 1
    return tail[start:-1]


def _is_initial(tail: str, word: str) -> bool:
    """Whether a word is one capital, or one letter of a right-to-left script without capitals."""
    if len(word) != 1 or tail[: -len(word) - 1].endswith(("'", '"', "’", "״", "׳")):
        return False
    return word.isupper() or unicodedata.bidirectional(word) in {"R", "AL"}


def _is_indic(word: str) -> bool:
    return "\u0900" <= word[0] <= "\u0d7f"


def _is_known_or_without_vowels(tail: str, word: str, code: str) -> bool:
    """Whether a word before a capital is an abbreviation: ``ul. Żwirki``, ``płk. Nowak``."""
    if _is_known(word, code):
        return not _after_number(tail, word)
    sisters = _SISTERS.get(code, ("en",)) if word[0].isupper() else ()
    if word.lower() not in MONTH_NUMBERS and any(_is_known(word, sister) for sister in sisters):
        return True
    plain = unicodedata.normalize("NFD", word.lower())
    letters = "".join(letter for letter in plain if letter.isalpha())
    return (
        # An acronym may end a sentence, but Vietnamese titles are in capitals, such as TP. and GS.
        (word[1:] == word[1:].lower() or code == "vi")
        and _CONSONANTS.fullmatch(letters) is not None
        and not _SYLLABIC.search(letters)
        and not _after_number(tail, word)
    )


def _after_number(tail: str, word: str) -> bool:
    """Whether a word is a unit after a number, which may end a sentence: ``Es waren 5 km.``"""
    words = tail[: -len(word) - 1].split()
    while words and (words[-1].endswith(".") or _CONSONANTS.fullmatch(words[-1].lower())):
        words.pop()  # 12 mln zł., 300 tys. zł.
    return bool(words) and words[-1][-1].isdigit()


def _is_known(word: str, code: str) -> bool:
    """Whether sentencex knows an abbreviation, even one that it ignores before some letters."""
    word = unicodedata.normalize("NFKC", word)  # Drª
    return _is_listed(word, code) and not (word.islower() and code != "en" and _is_english(word))


def _is_english(word: str) -> bool:
    """Whether sentencex knows a word as an abbreviation in English only."""
    others = _LANGUAGES_WITH_THEIR_OWN
    return _is_listed(word, "en") and not any(_is_listed(word, code) for code in others)


@lru_cache(maxsize=4096)
def _is_listed(word: str, code: str) -> bool:
    import sentencex

    if len(word) > _LONGEST_ABBREVIATION:
        return False
    return len(list(sentencex.get_sentence_boundaries(code, f"Xa {word}. Xa."))) == 1
