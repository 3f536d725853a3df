"""What a question asks for."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant import expressions
from assistant.expressions import Spans

Kind = Literal[
    "who", "when", "where", "how many", "how much", "how long", "why", "said", "reported", "which",
    "what", "yes or no",
]  # fmt: skip

_KINDS: list[tuple[Kind, str]] = [
    ("reported", r"\b(?:which|what) (?:news )?(?:agency|agencies|newspaper|papers?|outlets?|"
                 r"publications?|sources?)\b|\bwho (?:\w+ )?(?:reported|published)\b"),
    ("how long", r"\bhow long\b|\b(?:for )?how many (?:days|weeks|months|years|hours|minutes)\b"),
    ("how many", r"\bhow many\b|\b(?:what|which) (?:number|percentage|share|proportion)\b"),
    ("how much", r"\bhow much\b|\b(?:what|which) (?:amount|price|sum|cost)\b|\bhow (?:big|large)\b"),
    ("how many", r"\bhow (?:old|far|tall|high|fast|deep|often)\b"),
    ("when", r"\bwhen\b|\b(?:what|which) (?:day|date|month|year|time)\b|\bhow (?:soon|early|late)\b"),
    ("where", r"\bwhere\b"),
    ("why", r"\bwhy\b|\bwhat (?:caused|prompted|led)\b|\b(?:what|which) reasons?\b"),
    ("said", r"\bwhat\b.*\b(?:say|said|vow\w*|promise\w*|warn\w*|threaten\w*|demand\w*|announce\w*|"
             r"tell|told|claim\w*|pledge\w*|call for|ask for|propose\w*|deny|denied)\b"),
    ("who", r"\b(?:who|whom|whose)\b"),
    ("which", r"\bwhich\b"),
    ("what", r"\bwhat\b|\bhow\b"),
]  # fmt: skip
_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS]

_ASKS_FOR_ALL = re.compile(
    r"\bwho\b.*\b(?:attend\w*|met|meet\w*|present|took part|take part|participat\w*|joined|were|"
    r"signed|represent\w*|are)\b|\b(?:which|what) (?:\w+ ){0,2}\w+s (?:are|were|did|do|have|had)\b"
    r"|\b(?:list|all|everyone|everybody|names of)\b",
    re.IGNORECASE,
)

# Words that ask, and say nothing of what about. "Last" and "take place" ask with how long, where.
_ASKING = frozenset(
    "who whom whose what which when where why how many much long old far often kind sort type "
    "name named happen happened following did does do is are was were say said tell exactly "
    "please know article articles news report reported reports".split()
)
_ASKING_WITH = {
    "who": frozenset("attend attended present take took part participate participated".split()),
    "how long": frozenset({"last", "lasted", "take", "took"}),
    "when": frozenset({"take", "took", "place", "day", "date", "month", "year", "time"}),
    "where": frozenset({"take", "took", "place", "located", "held"}),
    "reported": frozenset({"agency", "newspaper", "paper", "outlet", "source", "published"}),
    "how much": frozenset({"amount", "price", "sum", "cost", "big", "large"}),
    "how many": frozenset({"number", "percentage", "share", "proportion"}),
}


@dataclass(frozen=True)
class Question:
    """A question's words and what kind of thing would answer it."""

    text: str

    @cached_property
    def kind(self) -> Kind:
        """The kind of the part that asks; a question without one is answered by yes or no."""
        asking = self.asking_part
        return next((kind for kind, pattern in _PATTERNS if pattern.search(asking)), "yes or no")

    @cached_property
    def asking_part(self) -> str:
        """The last sentence that asks, without what was told before it."""
        parts = re.split(r"(?<=[.!?])\s+", self.text.strip())
        asking = [part for part in parts if part.endswith("?")]
        return (asking or parts)[-1]

    @property
    def is_exact(self) -> bool:
        """Whether what answers it shows by its form, so that a text without it is no answer."""
        return self.kind in {"when", "how many", "how much", "how long", "reported"}

    @property
    def asks_for_all(self) -> bool:
        """Whether the answer is a list, which may stand in several sentences."""
        return bool(_ASKS_FOR_ALL.search(self.asking_part))

    @cached_property
    def topic(self) -> str:
        """The question's words less those that only ask."""
        dropped = _ASKING | _ASKING_WITH.get(self.kind, frozenset())
        words = re.findall(r"[\w’'.-]+", self.text)
        return " ".join(word for word in words if word.lower().strip(".'’") not in dropped)

    @cached_property
    def names(self) -> list[str]:
        """The names in the question, as they are written there."""
        return [self.text[start:end] for start, end in expressions.names(self.text)]

    def answers_in(self, text: str, source: str | None = None) -> Spans:
        """Where in a text something of the asked-for kind stands that the question did not say.

        What reported it is the text's own ``source``, where it is named.
        """
        said = self.text.casefold()
        if self.kind == "reported":
            named = re.finditer(rf"\b{re.escape(source)}\b", text) if source else ()
            found = [match.span() for match in named]
        else:
            found = _FINDERS[self.kind](text)
        return [(start, end) for start, end in found if text[start:end].casefold() not in said]


_FINDERS = {
    "who": expressions.people,
    "when": expressions.dates,
    "where": expressions.places,
    "how many": expressions.numbers,
    "how much": lambda text: expressions.money(text) or expressions.numbers(text),
    "how long": expressions.durations,
    "why": expressions.reasons,
    "said": expressions.sayings,
    "which": expressions.names,
    "what": lambda text: [],
    "yes or no": lambda text: [],
}
