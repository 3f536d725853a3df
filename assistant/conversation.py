"""Questions that only a conversation makes whole: what they leave out is in the turns before."""

import re
from collections.abc import Sequence

from assistant import expressions
from assistant.answer import Turn
from assistant.question import Question

_PERSON = re.compile(r"\b(he|him|his|she|her|hers)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:it|its|they|them|their|theirs)\b|\b(?:did|does|was|were|is) (?:this|that|these|those)\b"
    r"|\b(?:this|that|these|those|there|then)(?=\s*[?.!]|$)",
    re.IGNORECASE,
)
_JOINS = re.compile(r"^(?:and|but|so|or|also|then|what about|how about)\b[\s,]*", re.IGNORECASE)
_ASKS = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|"
    r"can|could|will|would|should|may|might)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS = 2


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked by itself.

    A pronoun for a person becomes the person whom the turns before name; for anything else that
    is left out, the topic of the last question is put behind the question. What has a topic of
    its own stays as it is.
    """
    if not history:
        return question
    last = history[-1]
    joined = _JOINS.sub("", question).strip()
    # "And in Hasakah?" asks the last question again, of another place.
    if joined != question and joined and not _ASKS.match(joined):
        return f"{last.question.rstrip(' ?.!')} {joined}"
    asked = joined[:1].upper() + joined[1:] if joined else question
    pronoun = _PERSON.search(asked)
    if pronoun and expressions.people(asked[: pronoun.start()]):
        return asked
    if pronoun:
        person = _person(history)
        if person:
            return _PERSON.sub(lambda match: _in_place_of(match[0], person, asked, match), asked)
    own = Question(asked)
    thing = _THING.search(asked)
    refers = thing is not None and not own.names
    if refers or pronoun or len(own.topic.split()) < _FEWEST_WORDS:
        topic = _new(_subject(last.question), asked)
        return f"{asked.rstrip(' ?')} ({topic})?" if topic else asked
    return asked


def _person(history: Sequence[Turn]) -> str | None:
    """Whom the turns speak of last: in the question if it names someone, else in the answer."""
    for turn in reversed(history):
        for text in (turn.question, turn.text):
            named = [text[start:end] for start, end in expressions.people(text)]
            if named:
                return named[0]
    return None


def _in_place_of(pronoun: str, person: str, text: str, match: re.Match[str]) -> str:
    possessive = pronoun.lower() == "his" or (
        pronoun.lower() == "her" and re.match(r"\s+[a-z]", text[match.end() :]) is not None
    )
    return f"{person}’s" if possessive else person


def _subject(question: str) -> str:
    """The topic of a question without what was done: of "who headed the talks", the talks."""
    topic = Question(question).topic.split()
    things = [word for word in topic if not word.lower().endswith("ed")]
    return " ".join(things or topic)


def _new(topic: str, asked: str) -> str:
    """What a topic adds to a question."""
    there = {word.lower() for word in re.findall(r"[\w’'-]+", asked)}
    return " ".join(word for word in topic.split() if word.lower() not in there)
