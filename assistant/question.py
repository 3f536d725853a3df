"""What a question asks for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant import expressions
from assistant import names as naming
from assistant.names import Spans
from assistant.numbers import in_digits
from assistant.wording import groups_of
from index.lexical import words

Kind = Literal[
    "who", "when", "where", "how many", "how much", "how long", "how old", "how far", "why", "said",
    "reported", "which country", "which state", "which", "what", "yes or no",
]  # fmt: skip

_KINDS: dict[Kind, str] = {
    "reported": r"\b(?:which|what) (?:news )?(?:agency|agencies|newspaper|papers?|outlets?|"
    r"publications?|sources?)\b|\bwho (?:\w+ )?(?:reported|published|broke the)\b",
    "how long": r"\bhow long\b|\bhow many (?:days|weeks|months|years|hours|minutes)\b",
    "how many": r"\bhow many\b|\b(?:what|which) (?:number|percentage|share|proportion)\b",
    "how much": r"\bhow much\b|\b(?:what|which) (?:amount|price|sum|cost)\b|"
    r"\bhow (?:big|large)\b",
    "how old": r"\bhow old\b|\bwhat age\b",
    "how far": r"\bhow (?:far|tall|high|fast|deep|heavy|hot|cold|wide|strong|often)\b",
    "when": r"\bwhen\b|\b(?:what|which) (?:day|date|month|year|time)\b|"
    r"\bhow (?:soon|early|late)\b",
    "where": r"\bwhere\b",
    "which country": r"\b(?:which|what) (?:[\w-]+ ){0,2}(?:country|nation)\b",
    "which state": r"\b(?:which|what) (?:us |u\.s\. |american )?state\b(?! of)",
    "why": r"\bwhy\b|\bwhat (?:caused|prompted|led)\b|\b(?:what|which) reasons?\b",
    "said": r"\bwhat\b.*\b(?:say|said|vow\w*|promise\w*|warn\w*|threaten\w*|demand\w*|announce\w*|"
    r"tell|told|claim\w*|pledge\w*|call for|ask for|propose\w*|deny|denied)\b",
    "who": r"\b(?:who|whom|whose)\b",
    "which": r"\bwhich\b",
    "what": r"\bwhat\b|\bhow\b",
}
"""How each kind asks; what asks first is the question's, of two at one place the first here."""

_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS.items()]
# "Did anyone die when it sank?" is no question of time, nor "When it sank, who died?".
_YES_OR_NO = re.compile(
    r"\W*(?:and |but |so )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
    r"\b",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(
    r"\W*(?:when|where|why)\b[^,]*,\s*(?=(?:who|what|which|how)\w*\b)", re.IGNORECASE
)

_ASKS_FOR_ALL = re.compile(
    r"\bwho\b.*\b(?:attend\w*|met|meet\w*|present|took part|take part|participat\w*|joined|were|"
    r"signed|represent\w*|are)\b|\bwho (?:was|else was) (?:at|in|on|among|there)\b|"
    r"\b(?:which|what) (?:\w+ ){0,2}\w+s (?:are|were|did|do|have|had)\b|"
    r"\b(?:list|all|everyone|everybody|names of)\b",
    re.IGNORECASE,
)

# Words that ask, and say nothing of what about. "Last" and "take place" ask with how long, where.
_ASKING = frozenset(
    "who whom whose what which when where why how many much kind sort type name named happen "
    "happened following did does do is are was were has have had say said tell exactly really "
    "please know article articles news report reported reports go goes went get got gets come came "
    "give gave given make made take took taken receive received result outcome "
    # What only joins words; the stemmer's own list of such words is short.
    "about above across after again against all also among any around as at before behind below "
    "between both by can could down during each ever for from had he her here him his i if in "
    "into it its just may me might more most my of off on once only onto or other our out over "
    "own per s shall she should since so some such than that the their them then there these they "
    "this those through throughout to toward towards under until up upon us very was we while "
    "with within without would you your".split()
)
_ASKING_WITH: dict[str, frozenset[str]] = {
    kind: frozenset(with_it.split())
    for kind, with_it in {
        "who": "attend attended present part participate participated",
        "how long": "long last lasted",
        "how old": "old age",
        "how far": "far tall high fast deep heavy hot cold wide strong often",
        "how much": "amount price sum cost big large",
        "how many": "number percentage share proportion",
        "when": "place day date month year time",
        "where": "place located held",
        "reported": "agency newspaper paper outlet source published broke break story",
    }.items()
}


_ALSO_ELSEWHERE = frozenset(
    "an came do give her him in is it me more on out so us was what".split()
)
_FEWEST_TOLD_APART = 4
_ASKS_WHAT_WAS_SAID = re.compile(
    r"\b(?:did|does|do|has|had|have|will|would)\s+(.+?)\s+(?:\w+ly\s+)?(?:say|said|vow|promise|warn|"
    r"threaten|demand|announce|tell|told|claim|pledge|call|ask|propose|deny|denied)",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(?:^|[.?!:])[\s“\"'«¿¡]*$")


@dataclass(frozen=True)
class Question:
    """A question's words and what kind of thing would answer it."""

    text: str

    @cached_property
    def kind(self) -> Kind:
        """The kind of the part that asks; a question without one is answered by yes or no."""
        asking = _CIRCUMSTANCE.sub("", self.asking_part)
        if _YES_OR_NO.match(asking):
            return "yes or no"
        found = [
            (match.start(), kind) for kind, each in _PATTERNS if (match := each.search(asking))
        ]
        return min(found, key=lambda each: each[0])[1] if found else "yes or no"

    @cached_property
    def asking_part(self) -> str:
        """The last sentence that asks, without what was told before it."""
        parts = re.split(r"(?<=[.!?])\s+", self.text.strip())
        asking = [part for part in parts if part.endswith("?")]
        return (asking or parts)[-1]

    @property
    def is_exact(self) -> bool:
        """Whether what answers it shows by its form, so that a text without it is no answer."""
        kinds = {"when", "reported", "which country", "which state"}
        return self.kind in kinds or self.kind.startswith("how ")

    @cached_property
    def asks_for_all(self) -> bool:
        """Whether the answer is a list, which may stand in several sentences."""
        return bool(_ASKS_FOR_ALL.search(self.asking_part))

    @cached_property
    def topic(self) -> str:
        """The question's words less those that only ask."""
        dropped = _ASKING | _ASKING_WITH.get(self.kind, frozenset())
        words = re.findall(r"[\w’'.-]+", naming.GENITIVE.sub("", self.text))
        return " ".join(word for word in words if word.lower().strip(".'’") not in dropped)

    @cached_property
    def names(self) -> list[str]:
        """The names in the question, as they are written there, but for what makes them a genitive.

        A single word that begins a sentence is none: it is capitalised in any case.
        """
        return [
            naming.GENITIVE.sub("", self.text[start:end])
            for start, end in naming.names(self.text)
            if re.search(r"\s", self.text[start:end]) or not _BEGINS.search(self.text[:start])
        ]

    @cached_property
    def speaker(self) -> str | None:
        """Whose words are asked for, where the question names who said them."""
        asking = _ASKS_WHAT_WAS_SAID.search(self.asking_part) if self.kind == "said" else None
        named = naming.names(asking[1]) if asking else []
        return asking[1][slice(*named[0])] if asking and named else None

    @cached_property
    def years(self) -> frozenset[str]:
        """The years in the question, by which it means no other."""
        return frozenset(re.findall(r"\b(?:1[5-9]|20)\d\d\b", self.text))

    @cached_property
    def is_english(self) -> bool:
        """Whether it has a word that joins words in English, or too few words to tell.

        In other languages capitals need not be of names.
        """
        own = re.findall(r"\w+", self.text.lower())
        return len(own) < _FEWEST_TOLD_APART or bool(_ASKING.intersection(own) - _ALSO_ELSEWHERE)

    def answers_in(self, text: str, source: str | None = None) -> Spans:
        """Where in a text something of the asked-for kind stands that the question did not say.

        The text's own ``source`` counts, where it is named, as what reported it.
        """
        find = _FINDERS[self.kind]
        if self.kind == "who" and self.asks_for_all:
            find = expressions.attendants
        found = find(text)
        if self.kind == "how many":
            found = self._counting(text, found)
        if self.kind == "reported" and source:
            found += [match.span() for match in re.finditer(rf"\b{re.escape(source)}\b", text)]
        return [(start, end) for start, end in found if not self._says(text[start:end])]

    def _counting(self, text: str, found: Spans) -> Spans:
        """Those numbers that count what is asked for, or, where none does, nothing else by form."""
        asked = self._counted
        counting = [
            (start, end)
            for start, end in found
            if (after := _noun(text[end:]))
            and (after & asked or groups_of(after) & groups_of(asked))
        ]
        others = [
            *expressions.dates(text), *expressions.durations(text), *expressions.ages(text),
            *expressions.money(text), *expressions.measures(text),
        ]  # fmt: skip
        return counting or [
            (start, end)
            for start, end in found
            if not any(first < end and start < last for first, last in others)
        ]

    @cached_property
    def _counted(self) -> frozenset[str]:
        """What is asked to be counted, as far as the next word that only asks."""
        asking = re.search(r"\bhow many\b", self.text, re.IGNORECASE)
        return _noun(self.text[asking.end() :]) if asking else frozenset()

    def parts(self, answer: str) -> list[str]:
        """What an answer is told from others by, the last part most: of people, their names."""
        folded = answer.casefold()
        return folded.split() if self.kind == "who" else [in_digits(folded)]

    def _says(self, text: str) -> bool:
        """Whether the question itself has all words of a text that is no longer than a few."""
        own = set(words(text))
        return own <= self._words if own else text.casefold() in self.text.casefold()

    @cached_property
    def _words(self) -> set[str]:
        return set(words(self.text))


def _noun(after: str) -> frozenset[str]:
    """What a number before this text counts: the words beside it, as they are compared."""
    beside = re.match(r"(?:[\s-]+[\w’'-]+){0,3}", after)
    told = []
    for word in beside[0].split() if beside else []:
        if word.lower() in _ASKING:
            break
        told.append(word)
    return frozenset(words(" ".join(told)))


_FINDERS: dict[Kind, Callable[[str], Spans]] = {
    "who": naming.people,
    "when": expressions.dates,
    "where": expressions.places,
    "how many": expressions.numbers,
    "how much": lambda text: expressions.money(text) or expressions.numbers(text),
    "how long": expressions.durations,
    "how old": expressions.ages,
    "how far": expressions.measures,
    "reported": expressions.reporters,
    "which country": expressions.countries,
    "which state": expressions.states,
    "why": expressions.reasons,
    "said": expressions.sayings,
    "which": naming.names,
    "what": lambda text: [],
    "yes or no": lambda text: [],
}
