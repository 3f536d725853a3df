"""A question's form, read by rule: parts, names, a wish for the latest. The reader answers it."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from assistant import names as naming
from assistant.grammar import tells_of_whom
from assistant.spoken import spoken_number
from assistant.wording import gettext
from corpus.languages import ENGLISH, identify
from index.passage import LONGEST_QUERY

ASKING = r"(?:who|whom|whose|what|which|when|where|why|how)"
BE_OR_DO = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
_WORD = re.compile(r"\w+")
# A second part begins with "and what caused the fire" or "and was anyone hurt", but not with "and
# what he did", which continues the first part.
_NEXT_PART = re.compile(
    r"(?:\?\s+(?:and\s+)?|(?:[,;]|(?<![\s,;]))\s+and\s+)"
    rf"(?=(?:(?:in|at|on|by|from|to|with|for)\s+)?{ASKING}\b"
    r"(?!\s+(?:it|he|she|they|we|i|you|the|a|an|his|her|their|its|this|that|these|those)\b)"
    rf"|{BE_OR_DO}\s+(?:it|he|she|they|there|any\w*|the)\b)",
    re.IGNORECASE,
)
# "Where and when was she born?"
_TWO_WORDS = re.compile(rf"({ASKING})\s+and\s+({ASKING})\s+(?={BE_OR_DO}\b)", re.IGNORECASE)
# "Whos the mayor", "isnt it closed" and "I wonder whether it is" ask, too.
_ASKS = re.compile(rf"\b(?:{ASKING}s?|whether)\b|^\W*{BE_OR_DO}(?:n[’']?t)?\b", re.IGNORECASE)
# A question may follow: "Tell me about the flood and how many people died".
_REQUESTS = re.compile(
    r"\W*(?:please\s+)?(?:tell|give|show|list|name|explain|describe|summari[sz]e)\b", re.IGNORECASE
)
_SETTLES = re.compile(rf"\W*(?:and\s+)?{BE_OR_DO}\b(?!.*\bor\b)", re.IGNORECASE | re.DOTALL)
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|current(?:ly)?|now|nowadays|these days|so far|to date"
    r"|as it stands|by now|in the end|finally|eventually|ultimately)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_ALL = re.compile(
    r"\bwho\b.{0,200}\b(?:attend\w*|met|meet\w*|present|took part|take part|participat\w*|joined"
    r"|were|signed|represent\w*|are)\b|\bwho (?:else )?was (?:at|in|on|among|there)\b"
    r"|^\W*(?:list|everyone|everybody)\b|\bnames of\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(?:^|[.?!:])[\s“\"'«¿¡]*$")
_ACCORDING_TO = re.compile(r"\baccording\s+to\s+(?:the\s+)?$", re.IGNORECASE)
_DOES = re.compile(r"\b(?:do|does|did)\s+(?:the\s+)?$", re.IGNORECASE)
_SAY = re.compile(r"\s+(?:say|report|write)\b", re.IGNORECASE)
_BEFORE = 20
"""How many characters before a name are examined."""

# A probability. A few words resemble words of many languages.
_SURELY_FOREIGN = 0.6

_FEWEST_WORDS = 3
_MOST_PARTS = 5
_BETWEEN = r"\s+(?:(?:the|in|at|by|for|to)\s+)*"
_OR = re.compile(rf",?\s+(?:or|versus|vs\.?){_BETWEEN}", re.IGNORECASE)
_COMPARE = re.compile(r".{0,60}?\bcompare\s+", re.IGNORECASE)
_COMPARED = re.compile(rf",?\s+(?:or|versus|vs\.?|and|with|to|from){_BETWEEN}", re.IGNORECASE)


LONGEST_QUESTION = LONGEST_QUERY
"""In characters."""


def objection(question: str) -> str:
    """The reason why a question cannot be asked, in one sentence; empty if it can be asked."""
    if not any(character.isalnum() for character in question):
        return gettext("Type a question first.")
    if len(question) > LONGEST_QUESTION:
        return gettext(
            "The question is %(num)s characters long; please ask it in %(most)s or fewer.",
            num=spoken_number(len(question)),
            most=spoken_number(LONGEST_QUESTION),
        )
    return ""


@dataclass(frozen=True)
class Question:
    """A question that needs no context."""

    text: str

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The questions in it: "Who runs it and what does it cost?" are two.

        Text beyond the first few belongs to the last part, because each part is searched for.
        """
        if both := _TWO_WORDS.match(self.text):
            remainder = self.text[both.end() :]
            return f"{both[1]} {remainder}", f"{both[2].capitalize()} {remainder}"
        parts: list[str] = []
        begin = 0
        for cut in _NEXT_PART.finditer(self.text):
            before, after = self.text[begin : cut.start()], self.text[cut.end() :]
            if len(parts) + 1 == _MOST_PARTS:
                break
            is_asked = _ASKS.search(before) or _REQUESTS.match(before)
            if is_asked and min(map(_length, (before, after))) >= _FEWEST_WORDS:
                parts.append(f"{before.rstrip(' ?')}?")
                begin = cut.end()
        first, *others = *parts, self.text[begin:]
        return (first, *(other[:1].upper() + other[1:] for other in others))

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """The question about each of two names: "Did Blum or Keel win?", "Compare A and B"."""
        compare = _COMPARE.match(self.text)
        text = self.text[compare.end() :] if compare else self.text
        between = _COMPARED if compare else _OR
        for (first, end), (begin, last) in pairwise(naming.names(text)):
            if between.fullmatch(text, end, begin):
                return text[:end] + text[last:], text[:first] + text[begin:]
        return ()

    @cached_property
    def wants_latest(self) -> bool:
        return bool(_LATEST.search(self.text))

    @cached_property
    def wants_all(self) -> bool:
        """Whether its answer is a list of people, which may extend over several sentences.

        "Who were the dead?" asks for one, and "Who said that the dead were children?" does not.
        """
        match = _ALL.search(self.text)
        return match is not None and tells_of_whom(self.text, *match.span())

    @cached_property
    def is_keywords(self) -> bool:
        """Whether it only names a topic and asks nothing about it: "purja avalanche"."""
        return "?" not in self.text and not _ASKS.search(self.text)

    @cached_property
    def is_settled(self) -> bool:
        """Whether yes or no answers it."""
        return bool(_SETTLES.match(self.text))

    @cached_property
    def is_english(self) -> bool:
        """Whether it asks with an English word; in other languages not only names have capitals.

        "Was" and "will" may be German.
        """
        asks = _ASKS.search(self.text)
        if not asks or re.fullmatch(ASKING, asks[0], re.IGNORECASE):
            return bool(asks)
        code, probability = identify(self.text)
        return code in ENGLISH or probability < _SURELY_FOREIGN

    @cached_property
    def attributed_to(self) -> str:
        """The name of whoever must have said the answer: "according to the Post"; else ""."""
        for start, end in naming.names(self.text):
            before, after = self.text[max(0, start - _BEFORE) : start], self.text[end:]
            if _ACCORDING_TO.search(before) or (_DOES.search(before) and _SAY.match(after)):
                return self.text[start:end]
        return ""

    @cached_property
    def years(self) -> tuple[str, ...]:
        """The years in it; an answer must be about one of them."""
        return tuple(_YEAR.findall(self.text))

    @cached_property
    def names(self) -> list[str]:
        """The names in it, as they are written, but without the ending of a genitive.

        A single word at the beginning of a sentence is not one: it has a capital in any case.
        """
        return [
            naming.GENITIVE.sub("", self.text[start:end])
            for start, end in naming.names(self.text)
            if re.search(r"\s", self.text[start:end])
            or not _BEGINS.search(self.text, max(0, start - _BEFORE), start)
        ]


def _length(text: str) -> int:
    return len(_WORD.findall(text))
