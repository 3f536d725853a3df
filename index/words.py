"""Words as the lexical index compares them: folded, stemmed, and weighed by how rare they are."""

import math
import re
from functools import cache

import tantivy

_WORD = re.compile(r"[^\W_]+")
# Before a name, in Latin letters: al-Qamishli is Qamishli.
_ARABIC_ARTICLE = re.compile(r"\b(?:al|el|ar|ash|az)[-\u2010\u2011](?=[^\W\d_])", re.IGNORECASE)


def words(text: str) -> list[str]:
    """The words of a text as they are compared: folded, stemmed, in order, common ones out."""
    return analyzer().analyze(text)


def names_stripped(text: str) -> str:
    """A query without the Arabic article before names."""
    return _ARABIC_ARTICLE.sub("", text)


def may_be_names(text: str) -> set[str]:
    """The words of a query, unstemmed, that may be names: all, if it has no capital within."""
    first, *others = _WORD.findall(text) or [""]
    capital = [word for word in others if word[0].isupper()]
    return set(analyzer(stemmed=False).analyze(" ".join([first, *capital]) if capital else text))


def rarity(chunks: int, having: int) -> float:
    """The inverse document frequency of BM25, as tantivy and Lucene have it."""
    # Spellings may stand in the same chunks, and tantivy counts deleted ones: it is never below 0.
    having = min(having, chunks)
    return math.log1p((chunks - having + 0.5) / (having + 0.5))


@cache
def analyzer(stemmed: bool = True) -> tantivy.TextAnalyzer:
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
    )
    return (builder.filter(tantivy.Filter.stemmer("english")) if stemmed else builder).build()
