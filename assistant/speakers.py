"""Who says a sentence, if a question asks what somebody said; spaCy parses both.

"What did Ana Blum say?" is not answered by what Tom Keel said about her, however similar it is.
"""

from collections.abc import Iterator, Sequence, Set
from itertools import chain
from typing import TYPE_CHECKING

from assistant.grammar import read
from index import Archive
from index.words import words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

# The verbs that a question may ask with: the commonest of VerbNet's classes of saying and thinking,
# 29.4, 29.5, 37.1 and 37.7 (https://verbs.colorado.edu/verbnet), by their lemmas.
_SAYING = frozenset(
    "admit announce argue assert believe claim comment confirm declare deny explain insist mention "
    "predict promise propose recommend remark report reveal say state suggest tell testify think "
    "tweet warn write".split()
)
_QUOTATION_MARKS = frozenset('"“”„«»‘')

# Log-odds of a sentence in which the asked person says something; in which that person does
# something else, or a noun that may stand for the person, such as "the company", says something;
# which is about others; and in which somebody else says something.
_SAYS, _MAY_SAY, _OTHERS, _ANOTHER_SAYS = 3.0, -1.5, -3.0, -5.0


def asked_speaker(archive: Archive, question: str) -> frozenset[str]:
    """The words of the name of the person whose statement a question asks for; empty if none.

    A name in small letters counts if the archive's tagger found such a person. A paper is no
    speaker: all of its articles are what it said.
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
    # What Keel's spokesman said need not be said by Keel. If no article has exactly this name ("Dr.
    # Blum"), only the noun itself counts.
    noun = _subject(verb) or next(iter(subject[-1:]), None)
    is_name = noun is not None and noun.pos_ == "PROPN" and name != name.lower()
    return frozenset(words(noun.text)) if noun and is_name else frozenset()


def speaker_odds(
    name: Set[str], text: str, before: str, article: Set[str], author: Set[str] = frozenset()
) -> float:
    """Log-odds that the person with this name says the sentence ``text``.

    ``before`` is the sentence before it, and ``article`` the words of its article. If these lack a
    part of the name, somebody else with the same last name is meant. What nobody is said to say,
    the ``author`` says, and perhaps whoever is asked a question in the sentence before.
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
    # "He said so" and a continued quotation belong to the person of the sentence before.
    continues = document[0].text in _QUOTATION_MARKS and not speakers
    continues = continues or any("3" in speaker.morph.get("Person", []) for speaker in speakers)
    previous = read(before) if is_same and continues else None
    if previous and _is_among(name, [*_speakers(previous)] or _subjects(previous)):
        return _SAYS
    is_some_noun = any(speaker.pos_ == "NOUN" for speaker in speakers)
    if name <= author and not is_some_noun:
        return _SAYS
    may_be = is_same and (
        is_some_noun or before.endswith("?") or _is_among(name, _subjects(document))
    )
    return _MAY_SAY if may_be else _OTHERS


def _speakers(document: "Doc") -> Iterator["Token"]:
    """The subjects of verbs whose object is a clause, and the nouns after "according to"."""
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
    return any(name & _name_words(noun) for noun in nouns)


def _subjects(document: "Doc") -> list["Token"]:
    return [word for word in document if word.dep_ in ("nsubj", "nsubjpass")]


def _subject(verb: "Token") -> "Token | None":
    return next((word for word in verb.children if word.dep_ == "nsubj"), None)


def _name_words(noun: "Token") -> set[str]:
    """The words of a noun and of the nouns beside it: "the mayor, Ana Blum".

    Not those of a possessor: Blum's lawyer and the Blum spokesman Tom Keel are not Blum.
    """
    beside = [child for child in noun.children if child.dep_ in ("appos", "conj")]
    return {*words(noun.text), *chain.from_iterable(map(_name_words, beside))}
