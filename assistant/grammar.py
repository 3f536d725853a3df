"""What spaCy finds in a sentence: past or future weekdays, clauses, pronouns and subjects.

The verbs are found by its English pipeline: https://spacy.io, extra ``names``. If that is not
installed, nothing is known.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from index.tagging import load_pipeline, packages, readable

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span, Token

# A quote is read up to here. Reading takes some milliseconds, and few sentences are longer.
_LONGEST = 1_500
_PARTS = frozenset({"tok2vec", "transformer", "tagger", "parser", "attribute_ruler", "lemmatizer"})

# Tags of the Penn Treebank.
_PAST, _PARTICIPLE, _GERUND, _MODAL = "VBD", "VBN", "VBG", "MD"
_PRESENT = frozenset({"VBZ", "VBP"})
_FINITE = _PRESENT | {_PAST, _MODAL}
_PRONOUNS = frozenset({"PRP", "PRP$", "WP"})
_OBJECTS, _VERBS = frozenset({"dobj", "pobj"}), frozenset({"VERB", "AUX"})

# What a paper calls its own text.
_ITSELF = frozenset({"article", "story", "report", "headline", "caption", "version"})
_REPORTED = frozenset({"reported", "wrote", "stated"})
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_WITHIN = frozenset({"in", "of", "on"})


def is_to_come(text: str, start: int, end: int) -> bool | None:
    """Whether the weekday ``text[start:end]`` lies in the future of the text that mentions it.

    None if it may lie in the past too, or if that cannot be known.
    """
    words = _span(text, start, end)
    return _tense_at(words.root) if words else None


def year_of(text: str, start: int, end: int) -> int | None:
    """The year that belongs to the weekday ``text[start:end]``: "on Tuesday night in 1945".

    It depends on the same verb. In "He said on Tuesday that it began in 1945" it does not.
    """
    words = _span(text, start, end)
    above = words.root.ancestors if words else ()
    verb = next((word for word in above if word.pos_ in _VERBS), None)
    for word in verb.subtree if verb else ():
        between = takewhile(lambda other: other != verb, word.ancestors)
        if _YEAR.fullmatch(word.text) and all(
            other.lower_ in _WITHIN or other.pos_ == "PROPN" for other in between
        ):
            return int(word.text)
    return None


def says_yes_or_no(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` can answer yes or no: it has a finite verb, or a negation.

    "Lost by 41-40" and "no proof" can, "age of 69" cannot.
    """
    return any(
        word.tag_ in _FINITE or word.dep_ == "neg" or word.lower_ == "no"
        for word in _words(text, start, end)
    )


def has_no_content(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is nothing but a pronoun or an auxiliary: "she", "it did"."""
    words = _words(text, start, end)
    return bool(words) and all(
        (word.tag_ in _PRONOUNS and not word.like_num) or word.pos_ == "AUX" for word in words
    )


def tells_of_whom(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]``, which begins with "who", says what these people did.

    "Who met in Holm" does; "who said that they met in Holm" says what somebody said.
    """
    words = _words(text, start, end)
    if not words or words[0].lower_ != "who":
        return True
    verb = words[0].head
    return verb in words and all(child.dep_ != "ccomp" for child in verb.children)


def refers_back(text: str) -> bool:
    """Whether a pronoun must stand for something that a question does not name.

    In "What did Blum say about it?" it must; in "Did Blum say that she won?" she may be Blum.
    """
    pronouns = (word for word in read(text) or () if word.tag_ == "PRP" and word.dep_ in _OBJECTS)
    verbs = ([word for word in pronoun.ancestors if word.pos_ in _VERBS] for pronoun in pronouns)
    return any([verb.dep_ for verb in above] == ["ROOT"] for above in verbs)


def tells_what_was_said(text: str) -> bool:
    """Whether a sentence says what its own article, or another of its paper, said before.

    "An earlier version of this article gave 12 days", "Last week we reported that it was 12". Not
    "“Our report was right,” she said", which somebody is quoted with.
    """
    text_words = set(_WORD.findall(text.lower()))
    if text_words.isdisjoint(_ITSELF) and (
        "we" not in text_words or text_words.isdisjoint(_REPORTED)
    ):
        return False
    return any(_tells_itself(word) and not _is_quoted(text, word.idx) for word in read(text) or ())


def _tells_itself(word: "Token") -> bool:
    """Whether a word is "reported" by us, or a text that is the subject, or of which we tell."""
    if word.lower_ in _REPORTED:
        return _is_ours(word)
    return _is_itself(word) and any(
        above.dep_ in ("nsubj", "nsubjpass") or _is_ours(above) for above in (word, *word.ancestors)
    )


def _is_ours(verb: "Token") -> bool:
    return any(child.lower_ == "we" for child in verb.children)


def _is_itself(word: "Token") -> bool:
    """Whether a word means the text that it is in: "this article", "an earlier version"."""
    beside = {child.lower_ for child in word.children}
    if word.lower_ != "version":
        return word.lower_ in _ITSELF and not beside.isdisjoint({"this", "our"})
    return "of" not in beside and not beside.isdisjoint({"earlier", "previous", "original"})


def _is_quoted(text: str, at: int) -> bool:
    """Whether a quotation is open at an offset."""
    curly = text.count("“", 0, at) - text.count("”", 0, at)
    return curly > 0 or text.count('"', 0, at) % 2 == 1


def read(text: str) -> "Doc | None":
    """The words of a text, up to a limit, with spaCy's analysis."""
    return _read(text[:_LONGEST])


def _words(text: str, start: int, end: int) -> "Sequence[Token]":
    """The words of ``text[start:end]``; none if they cannot be read."""
    return list(_span(text, start, end) or ())


def _span(text: str, start: int, end: int) -> "Span | None":
    document = read(text) if end <= _LONGEST else None
    return document.char_span(start, end, alignment_mode="expand") if document else None


def _tense_at(day: "Token") -> bool | None:
    goes_with_noun = False
    is_meant_for = day.head.lower_ == "for"
    for word in day.ancestors:
        if word.pos_ in _VERBS:
            to_come = _is_future(word, is_meant_for)
            # "He faces prison after his arrest on Monday": the day belongs to the noun.
            return None if goes_with_noun and to_come else to_come
        if word.lower_ == "than":
            # "She leads by fewer votes than on Monday": no verb tells of that day.
            return None
        goes_with_noun = goes_with_noun or word.pos_ == "NOUN"
    return None


def _is_future(verb: "Token", is_meant_for: bool) -> bool | None:
    """Whether a verb speaks of the future; ``is_meant_for`` says that the day follows "for"."""
    helpers = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    tags = {helper.tag_ for helper in helpers}
    if _MODAL in tags:
        # "It may have ended on Friday", but "it will have ended by Friday".
        return None if any(helper.lower_ in _HAVE for helper in helpers) else True
    if any(helper.tag_ == "TO" for helper in helpers):
        # "She had been due to appear on Tuesday" may mean the last Tuesday or the coming one.
        return None if any(_is_over(word) for word in _governing(verb)) else True
    if verb.tag_ == _PAST or _PAST in tags or any(helper.lower_ in _HAVE for helper in helpers):
        return None if is_meant_for else False
    may_be_past = verb.tag_ == "VBP" and verb.lower_ in _SAME_IN_THE_PAST
    if tags & _PRESENT or (verb.tag_ in _PRESENT and not may_be_past):
        return True
    if verb.tag_ == _PARTICIPLE:
        return None if is_meant_for else False
    # "Speaking on Friday, she denied it", "Two died when shells hit it on Friday": the tense is
    # that of the verb above.
    for word in verb.ancestors if verb.tag_ == _GERUND or may_be_past else ():
        if word.pos_ in _VERBS:
            return _is_future(word, is_meant_for)
    return None


# All verbs whose past and present have the same form.
_SAME_IN_THE_PAST = frozenset(
    "beat bet bid broadcast burst cast cost cut forecast hit hurt let offset put quit read "
    "reset rid set shed shut slit split spread thrust upset wed wet".split()
)
_HAVE = frozenset({"has", "have", "'ve", "’ve", "having"})


def _governing(verb: "Token") -> Iterator["Token"]:
    """The verbs and adjectives on which an infinitive depends, up to the first finite verb."""
    for word in verb.ancestors:
        if word.pos_ in ("VERB", "AUX", "ADJ"):
            yield word
            if word.tag_ in _PRESENT | {_PAST} or any(
                c.dep_ in ("aux", "auxpass") for c in word.children
            ):
                return


def _is_over(word: "Token") -> bool:
    """Whether a verb is in the past tense or the past perfect; "was expected to" is neither."""
    return word.tag_ == _PAST or any(child.lower_ == "had" for child in word.children)


@lru_cache(maxsize=1)
def _pipeline() -> "Language | None":
    package = packages().get("en")
    return load_pipeline(package, _PARTS) if package else None


@lru_cache(maxsize=128)
def _read(text: str) -> "Doc | None":
    pipeline = _pipeline()
    return pipeline(readable(text)) if pipeline else None
