"""What spaCy reads of a sentence: whether a weekday in it is over, a clause, a pronoun, a subject.

Its English pipeline finds the verbs: https://spacy.io, extra ``names``. Where it is not installed
nothing is known.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from index.tagging import load_pipeline, packages, readable

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span, Token

# As far as this a quote is read: it takes some milliseconds, and a sentence is seldom longer.
_LONGEST = 1_500
_PARTS = frozenset({"tok2vec", "transformer", "tagger", "parser", "attribute_ruler", "lemmatizer"})

# Tags of the Penn Treebank.
_PAST, _PARTICIPLE, _GERUND, _MODAL = "VBD", "VBN", "VBG", "MD"
_PRESENT = frozenset({"VBZ", "VBP"})
_FINITE = _PRESENT | {_PAST, _MODAL}
_PRONOUNS = frozenset({"PRP", "PRP$", "WP"})


def is_to_come(text: str, start: int, end: int) -> bool | None:
    """Whether that is to come which a text tells of the weekday ``text[start:end]``.

    None where it may be either, or cannot be told.
    """
    words = _span(text, start, end)
    return _tense_at(words.root) if words else None


def says_yes_or_no(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` may: it has a verb with its tense, or denies something.

    "Lost by 41-40" and "no proof" may, "age of 69" does not.
    """
    return any(
        word.tag_ in _FINITE or word.dep_ == "neg" or word.lower_ == "no"
        for word in _words(text, start, end)
    )


def is_pronoun(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` only stands for somebody: "she", "who"."""
    words = _words(text, start, end)
    return bool(words) and all(word.tag_ in _PRONOUNS and not word.like_num for word in words)


def tells_of_whom(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]``, which begins with "who", tells what these people did.

    "Who met in Holm" does, "who said that they met in Holm" tells what somebody said.
    """
    words = _words(text, start, end)
    if not words or words[0].lower_ != "who":
        return True
    verb = words[0].head
    return verb in words and all(child.dep_ != "ccomp" for child in verb.children)


def read(text: str) -> "Doc | None":
    """The words of a text with what spaCy knows of them, as far as it is read."""
    return _read(text[:_LONGEST])


def _words(text: str, start: int, end: int) -> "Sequence[Token]":
    """The words of ``text[start:end]``; none where they cannot be read."""
    return list(_span(text, start, end) or ())


def _span(text: str, start: int, end: int) -> "Span | None":
    document = read(text) if end <= _LONGEST else None
    return document.char_span(start, end, alignment_mode="expand") if document else None


def _tense_at(day: "Token") -> bool | None:
    goes_with_noun = False
    is_meant_for = day.head.lower_ == "for"
    for word in day.ancestors:
        if word.pos_ in ("VERB", "AUX"):
            to_come = _is_future(word, is_meant_for)
            # "He faces prison after his arrest on Monday": the day is the noun's.
            return None if goes_with_noun and to_come else to_come
        goes_with_noun = goes_with_noun or word.pos_ == "NOUN"
    return None


def _is_future(verb: "Token", is_meant_for: bool) -> bool | None:
    """Whether a verb speaks of what is to come; ``is_meant_for`` says that a day follows "for"."""
    helpers = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    tags = {helper.tag_ for helper in helpers}
    if _MODAL in tags:
        # "It may have ended on Friday", but "it will have ended by Friday".
        return None if any(helper.lower_ in _HAVE for helper in helpers) else True
    if any(helper.tag_ == "TO" for helper in helpers):
        # "She had been due to appear on Tuesday": on that which is over, or on the one to come.
        return None if any(_is_over(word) for word in _governing(verb)) else True
    if verb.tag_ == _PAST or _PAST in tags or any(helper.lower_ in _HAVE for helper in helpers):
        return None if is_meant_for else False
    may_be_past = verb.tag_ == "VBP" and verb.lower_ in _SAME_IN_THE_PAST
    if tags & _PRESENT or (verb.tag_ in _PRESENT and not may_be_past):
        return True
    if verb.tag_ == _PARTICIPLE:
        return None if is_meant_for else False
    # "Speaking on Friday, she denied it", "Two died when shells hit it on Friday": as the verb
    # that it goes with.
    for word in verb.ancestors if verb.tag_ == _GERUND or may_be_past else ():
        if word.pos_ in ("VERB", "AUX"):
            return _is_future(word, is_meant_for)
    return None


# All verbs of which nothing but the tense tells the past from the present.
_SAME_IN_THE_PAST = frozenset(
    "beat bet bid broadcast burst cast cost cut forecast hit hurt let offset put quit read "
    "reset rid set shed shut slit split spread thrust upset wed wet".split()
)
_HAVE = frozenset({"has", "have", "'ve", "’ve", "having"})


def _governing(verb: "Token") -> Iterator["Token"]:
    """The verbs and adjectives that an infinitive depends on, up to the first finite verb."""
    for word in verb.ancestors:
        if word.pos_ in ("VERB", "AUX", "ADJ"):
            yield word
            if word.tag_ in _PRESENT | {_PAST} or any(
                c.dep_ in ("aux", "auxpass") for c in word.children
            ):
                return


def _is_over(word: "Token") -> bool:
    """Whether a verb is in the past or the past perfect; "was expected to" is neither."""
    return word.tag_ == _PAST or any(child.lower_ == "had" for child in word.children)


@lru_cache(maxsize=1)
def _pipeline() -> "Language | None":
    package = packages().get("en")
    return load_pipeline(package, _PARTS) if package else None


@lru_cache(maxsize=128)
def _read(text: str) -> "Doc | None":
    pipeline = _pipeline()
    return pipeline(readable(text)) if pipeline else None
