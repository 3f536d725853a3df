"""Who says what a sentence tells, where a question asks what somebody said; spaCy reads both.

"What did Ana Blum say?" is not answered by what Tom Keel said of her, however near its words are.
"""

from collections.abc import Iterator, Sequence, Set
from itertools import chain
from typing import TYPE_CHECKING

from assistant.grammar import read
from index import Archive
from index.words import words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# What a question may ask with: the commonest verbs of VerbNet's classes of saying and thinking,
# 29.4, 29.5, 37.1 and 37.7 (https://verbs.colorado.edu/verbnet), by their lemmas.
_SAYING = frozenset(
    "admit announce argue assert believe claim comment confirm declare deny explain insist mention "
    "predict promise propose recommend remark report reveal say state suggest tell testify think "
    "tweet warn write".split()
)
_QUOTATION_MARKS = frozenset('"“”„«»‘')

# Log-odds for a sentence in which the asked person says something; for one in which that person
# does something else, or "the company" says something, which may be who is asked about; for one
# about others; and for one in which somebody else says something.
_SAYS, _MAY_SAY, _OTHERS, _ANOTHER_SAYS = 3.0, -1.5, -3.0, -5.0


def asked_speaker(archive: Archive, question: str) -> frozenset[str]:
    """The words of the name of whom a question asks to have said something; none if it does not.

    A name in small letters is one where the archive's tagger found such a person. What a paper said
    all of its articles say.
    """
    document = read(question)
    verb = next((word for word in document or () if word.dep_ == "ROOT"), None)
    if document is None or verb is None or verb.lemma_ not in _SAYING:
        return frozenset()
    helper = next((word for word in verb.lefts if word.dep_ == "aux"), verb)
    subject = [
        word for word in document[helper.i + 1 : verb.i] if word.pos_ not in ("ADV", "DET", "PRON")
    ]
    name = " ".join(word.text for word in subject)
    if archive.sources_called(name):
        return frozenset()
    if name and archive.names.entity("person", name):
        return frozenset(words(name))
    # What the spokesman of Keel said need not be said by Keel. Of a name that no article has just
    # so, "Dr. Blum", the noun itself is one's own.
    noun = _subject(verb) or next(iter(subject[-1:]), None)
    is_name = noun is not None and noun.pos_ == "PROPN" and name != name.lower()
    return frozenset(words(noun.text)) if noun and is_name else frozenset()


def speaker_odds(name: Set[str], text: str, before: str, article: Set[str]) -> float:
    """What speaks, in log-odds, for a sentence as something that the person of this name says.

    With it come the sentence before it, and the words of its article: where these are not all of
    the name, somebody else of that last name is meant.
    """
    document = read(text)
    if document is None:
        return 0.0
    speakers = [*_speakers(document)]
    is_same = name <= article
    if is_same and _is_among(name, speakers):
        return _SAYS
    if any(speaker.pos_ == "PROPN" for speaker in speakers):
        return _ANOTHER_SAYS
    # "He said so", and a quotation that goes on, are of whom the sentence before is about.
    goes_on = document[0].text in _QUOTATION_MARKS and not speakers
    goes_on = goes_on or any("3" in speaker.morph.get("Person", []) for speaker in speakers)
    earlier = read(before) if is_same and goes_on else None
    if earlier and _is_among(name, [*_speakers(earlier)] or _subjects(earlier)):
        return _SAYS
    is_some_noun = any(speaker.pos_ == "NOUN" for speaker in speakers)
    may_be = is_same and (is_some_noun or _is_among(name, _subjects(document)))
    return _MAY_SAY if may_be else _OTHERS


def _speakers(document: "Doc") -> Iterator["Token"]:
    """The subjects of verbs with a clause for their object, and according to whom something is."""
    for clause in document:
        verb = clause.head
        if clause.dep_ == "pobj" and verb.lower_ == "to" and verb.head.lower_ == "according":
            yield clause
        if clause.dep_ != "ccomp" or verb.pos_ not in ("VERB", "AUX"):
            continue
        subject = _subject(verb)
        if subject is None and verb.dep_ in ("advcl", "conj", "xcomp"):
            # "Blum left, saying that she was ill."
            subject = _subject(verb.head)
        if subject is not None and subject.tag_ == "WP" and verb.dep_ == "relcl":
            subject = verb.head
        if subject is not None:
            yield subject


def _is_among(name: Set[str], nouns: Sequence["Token"]) -> bool:
    return any(name & _named(noun) for noun in nouns)


def _subjects(document: "Doc") -> list["Token"]:
    return [word for word in document if word.dep_ in ("nsubj", "nsubjpass")]


def _subject(verb: "Token") -> "Token | None":
    return next((word for word in verb.children if word.dep_ == "nsubj"), None)


def _named(noun: "Token") -> set[str]:
    """The words of what a noun names, and of what stands beside it: "the mayor, Ana Blum".

    Not of whose it is: what Blum's lawyer says, and the Blum spokesman Tom Keel, Blum does not say.
    """
    beside = [child for child in noun.children if child.dep_ in ("appos", "conj")]
    return {*words(noun.text), *chain.from_iterable(map(_named, beside))}
