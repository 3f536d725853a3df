"""Splits texts into words, and folds and stems these for comparison, in every script."""

import math
import re
import unicodedata
from collections.abc import Set
from functools import cache

import regex
import tantivy

from index.scripts import one_spelling

# Marks above and below letters that are often omitted. The vowel signs of Hindi and its like are
# marks, too, but they spell the word. Cyrillic letters lose only the two dots and the stress, as й
# is a different letter from и.
_OPTIONAL_MARKS = regex.compile(
    r"(?P<letter>[\p{Latin}\p{Greek}\p{Arabic}\p{Hebrew}])\p{M}+|(?P<letter>\p{Cyrillic})[\u0301\u0308]+"
)
# No letter has more marks. Normalising a long row of them takes time quadratic in its length.
_MARKS = regex.compile(r"(\p{M}{4})\p{M}+")
_WORD = regex.compile(r"[^\W_]+")
# Scripts without blanks between words, or with particles joined to words.
_WITHOUT_BLANKS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Hangul}]+"
)
_CHARACTER = regex.compile(r"\X")
# The Arabic article before a name in Latin letters: al-Qamishli is Qamishli.
_ARABIC_ARTICLE = re.compile(r"\b(?:al|el|ar|ash|az)[-\u2010\u2011](?=[^\W\d_])", re.IGNORECASE)
_STEMMERS = ("english", "arabic", "greek", "russian")
"""Each stemmer changes only words in its own script, so that all of them can run in sequence."""


def words(text: str) -> list[str]:
    """The words of a text as they are compared: folded, stemmed, in order, without stop words."""
    return analyzer().analyze(separated(text))


def unstemmed(text: str) -> list[str]:
    """The same words without stemming, in the same number and order."""
    return analyzer(stemmed=False).analyze(separated(text))


def separated(text: str) -> str:
    """The words of a text without case and optional marks, separated by blanks.

    In a script without blanks each pair of neighbouring characters, with their marks, counts as a
    word, as in Lucene: 图书馆 becomes 图书 and 书馆.
    """
    if text.isascii():
        return " ".join(_WORD.findall(one_spelling(text.lower())))
    # Turkish has an i with and one without a dot; capitals and other papers confuse the two.
    plain = _MARKS.sub(r"\1", text).casefold().replace("ı", "i")
    plain = _OPTIONAL_MARKS.sub(r"\g<letter>", unicodedata.normalize("NFKD", plain))
    plain = one_spelling(unicodedata.normalize("NFC", plain))
    return " ".join(_WORD.findall(_WITHOUT_BLANKS.sub(_in_pairs, plain)))


def names_stripped(text: str) -> str:
    """A query without the Arabic article before names."""
    return _ARABIC_ARTICLE.sub("", text)


def may_be_names(text: str) -> set[str]:
    """The words of a query, unstemmed, that may be names: the first and those with a capital.

    If no word after the first has a capital, all words may be names.
    """
    first, *others = _WORD.findall(text) or [""]
    capitalised = [word for word in others if word[0].isupper()]
    return set(unstemmed(" ".join([first, *capitalised]) if capitalised else text))


def found_in(text: str, forms: Set[str]) -> list[tuple[int, int]]:
    """The spans of the words in a text whose form, as in ``words``, is one of the ``forms``."""
    return [match.span() for match in _WORD.finditer(text) if not forms.isdisjoint(words(match[0]))]


def rarity(chunks: int, with_word: int) -> float:
    """The inverse document frequency of BM25, as in tantivy and Lucene; never below 0."""
    # The count may exceed the total: spellings share chunks, and tantivy counts deleted chunks.
    with_word = min(with_word, chunks)
    return math.log1p((chunks - with_word + 0.5) / (with_word + 0.5))


def _in_pairs(run: "regex.Match[str]") -> str:
    characters = _CHARACTER.findall(run[0])
    pairs = ["".join(characters[at : at + 2]) for at in range(max(1, len(characters) - 1))]
    return f" {' '.join(pairs)} "


@cache
def analyzer(stemmed: bool = True) -> tantivy.TextAnalyzer:
    """The analyzer that turns a ``separated`` text into words."""
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
    )
    for language in _STEMMERS if stemmed else ():
        builder = builder.filter(tantivy.Filter.stemmer(language))
    return builder.build()
