"""Questions that only a conversation makes whole: what they leave out is in the turns before."""

import re
from collections.abc import Sequence

from assistant import names as naming
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
_PREPOSITION = re.compile(
    r"(?:about|after|at|before|by|during|for|from|in|near|of|on|since|to|with)\s+(?:the\s+)?",
    re.IGNORECASE,
)
# Who did it, and not to whom it was done.
_WHO_DID = re.compile(
    r"\W*who\s+(?:(?:is|are|was|were)\s+(?:the|a|an)\b"
    r"|(?!(?:is|are|was|were|did|does|do|had|has|have|will)\b))",
    re.IGNORECASE,
)
# "Her demand", but "taught her to play", "beat her in May".
_POSSESSED = re.compile(
    r"\s+(?!(?:a|an|and|as|at|after|back|before|because|by|for|from|in|into|last|next|of|off|on|or|out"
    r"|over|since|the|that|this|to|up|when|while|with|without|yesterday)\b)[a-z]"
)
_ADDED = re.compile(r"\(([^()]+)\)\?*$")


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
    if joined != question and joined and not _ASKS.match(joined):
        return _asked_again(last.question, joined)
    asked = joined[:1].upper() + joined[1:] if joined else question
    pronoun = _PERSON.search(asked)
    if pronoun and naming.people(asked[: pronoun.start()]):
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


def _asked_again(last: str, joined: str) -> str:
    """The last question asked of something else: "And in Hasakah?", "And of Blum?", "And Blum?".

    What stands in the same place gives way; what there is no place for is asked about as such.
    """
    preposition = _PREPOSITION.match(joined)
    begins = preposition.end() if preposition else 0
    named = [span for span in naming.names(joined) if not joined[begins : span[0]].strip()]
    before = [(a, b) for a, b in naming.names(last) if a]
    if preposition:
        before = [
            span for span in before if last[: span[0]].lower().endswith(preposition[0].lower())
        ]
    if named and before:
        start, end = before[-1]
        return f"{last[:start]}{joined[begins:].rstrip(' ?.!')}{last[end:]}"
    if preposition or named:
        return f"{last.rstrip(' ?.!')} {joined}"
    topic = _new(_subject(last), joined)
    return f"What about {joined.rstrip(' ?.!')} ({topic})?" if topic else f"What about {joined}"


def _person(history: Sequence[Turn]) -> str | None:
    """Whom the turns speak of last: in the question if it names someone, else in the answer.

    Of "Who runs Holm Steel?" it is the one who does.
    """
    for turn in reversed(history):
        asks_whose_deed = _WHO_DID.match(turn.question)
        texts = (turn.text, turn.question) if asks_whose_deed else (turn.question, turn.text)
        for text in texts:
            named = [naming.GENITIVE.sub("", text[a:b]) for a, b in naming.people(text)]
            new = [name for name in named if text is turn.question or name not in turn.question]
            if new:
                return new[0]
    return None


def _in_place_of(pronoun: str, person: str, text: str, match: re.Match[str]) -> str:
    possessive = pronoun.lower() == "his" or (
        pronoun.lower() == "her" and _POSSESSED.match(text[match.end() :]) is not None
    )
    return f"{person}’s" if possessive else person


def _subject(question: str) -> str:
    """The topic of a question without what was done: of "who headed the talks", the talks.

    Of a follow-up, what the one before was about.
    """
    added = _ADDED.search(question)
    if added:
        return added[1]
    topic = Question(question).topic.split()
    things = [word for word in topic if not word.lower().endswith("ed")]
    return " ".join(things or topic)


def _new(topic: str, asked: str) -> str:
    """What a topic adds to a question."""
    there = {word.lower() for word in re.findall(r"[\w’'-]+", asked)}
    return " ".join(word for word in topic.split() if word.lower() not in there)
