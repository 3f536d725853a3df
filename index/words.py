"""Words as they are compared, in every script."""

import math
import re
import unicodedata
from collections.abc import Set
from functools import cache

import regex
import tantivy

from index.scripts import one_spelling

# Marks above and below letters that the same word is often written without. The vowel signs of
# Hindi and its like are marks, too, but spell the word. Of Cyrillic letters only the two dots and
# the stress go: й is another letter than и.
_OPTIONAL_MARKS = regex.compile(
    r"(?P<letter>[\p{Latin}\p{Greek}\p{Arabic}\p{Hebrew}])\p{M}+|(?P<letter>\p{Cyrillic})[\u0301\u0308]+"
)
# No letter has more marks. Putting a long row of them in order takes time that grows as its square.
_MARKS = regex.compile(r"(\p{M}{4})\p{M}+")
_WORD = regex.compile(r"[^\W_]+")
# Scripts that are written without blanks between words, or with particles joined to them.
_WITHOUT_BLANKS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Hangul}]+"
)
_CHARACTER = regex.compile(r"\X")
# Before a name, in Latin letters: al-Qamishli is Qamishli.
_ARABIC_ARTICLE = re.compile(r"\b(?:al|el|ar|ash|az)[-\u2010\u2011](?=[^\W\d_])", re.IGNORECASE)
_STEMMERS = ("english", "arabic", "greek", "russian")
"""Each changes only words in its own script, so that one after another can be used for all."""


def words(text: str) -> list[str]:
    """The words of a text as they are compared: folded, stemmed, in order, common ones out."""
    return analyzer().analyze(separated(text))


def unstemmed(text: str) -> list[str]:
    """The same words, not stemmed: as many, in the same order."""
    return analyzer(stemmed=False).analyze(separated(text))


def separated(text: str) -> str:
    """The words of a text without case and optional marks, with a blank between two.

    Where a script has no blanks, each pair of neighbouring characters, with their marks, is taken
    for a word, as Lucene does: 图书馆 is 图书 and 书馆.
    """
    if text.isascii():
        return " ".join(_WORD.findall(one_spelling(text.lower())))
    # Turkish has an i with and one without a dot, which lose it as capitals or in other papers.
    plain = _MARKS.sub(r"\1", text).casefold().replace("ı", "i")
    plain = _OPTIONAL_MARKS.sub(r"\g<letter>", unicodedata.normalize("NFKD", plain))
    plain = one_spelling(unicodedata.normalize("NFC", plain))
    return " ".join(_WORD.findall(_WITHOUT_BLANKS.sub(_in_pairs, plain)))


def names_stripped(text: str) -> str:
    """A query without the Arabic article before names."""
    return _ARABIC_ARTICLE.sub("", text)


def may_be_names(text: str) -> set[str]:
    """The words of a query, unstemmed, that may be names: all, if it has no capital within."""
    first, *others = _WORD.findall(text) or [""]
    capital = [word for word in others if word[0].isupper()]
    return set(unstemmed(" ".join([first, *capital]) if capital else text))


def found_in(text: str, forms: Set[str]) -> list[tuple[int, int]]:
    """Where a text has words that are among the ``forms``, as ``words`` has them."""
    return [match.span() for match in _WORD.finditer(text) if not forms.isdisjoint(words(match[0]))]


def rarity(chunks: int, having: int) -> float:
    """The inverse document frequency of BM25, as tantivy and Lucene have it."""
    # Spellings may stand in the same chunks, and tantivy counts deleted ones: it is never below 0.
    having = min(having, chunks)
    return math.log1p((chunks - having + 0.5) / (having + 0.5))


def _in_pairs(run: "regex.Match[str]") -> str:
    characters = _CHARACTER.findall(run[0])
    pairs = ["".join(characters[at : at + 2]) for at in range(max(1, len(characters) - 1))]
    return f" {' '.join(pairs)} "


@cache
def analyzer(stemmed: bool = True) -> tantivy.TextAnalyzer:
    """What tantivy makes of a text that is ``separated``."""
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
    )
    for language in _STEMMERS if stemmed else ():
        builder = builder.filter(tantivy.Filter.stemmer(language))
    return builder.build()
