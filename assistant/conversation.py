"""Questions that only a conversation makes whole.

"And what did he vow?" leaves out who he is. It need not be filled in: the question before it and
this one together are searched for, and the reader is asked what was typed, of passages that tell
of the same story. Only a question that is no sentence by itself, "What about Blum?" or "Why?", is
put into words, those of the last question that was *answered*, or of the last one where none was.
A question that leaves nothing
out, and one that names somebody new, stays as it was typed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from assistant import names as naming
from assistant.answer import Turn
from assistant.periods import period_in
from assistant.question import ASKING, BE_OR_DO, Question

_BE_OR_DO = rf"(?:{BE_OR_DO}|shall|may|might|must)"
_PREPOSITION = (
    r"(?:about|after|against|at|before|by|during|for|from|in|into|near|of|on|since|to|under|with)"
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_ASKS = _pattern(rf"(?:{ASKING}|{_BE_OR_DO})\b")
_JOINS = _pattern(r"(?:and|but|so|or|also|then)\b[\s,]*")
_INSTEAD = _pattern(r"(?:(?:and\s+|but\s+)?(?:what|how) about|and|or)\b[\s,]*")
_BEGINS = _pattern(rf"{_PREPOSITION}\s+")
_YEAR = re.compile(r"\b\d{4}\b")
# A question that is only its first words, "Why?", "By how much?", and one that has no verb either.
_ONLY_ASKS = _pattern(
    rf"(?:{_PREPOSITION}\s+)?(?:how\s+(?:many|much|long|often|old|far)|{ASKING})\s*\??$"
)
_NO_VERB = _pattern(rf"{_PREPOSITION}\s+{ASKING}\b(?:(?!\b{_BE_OR_DO}\b)[^?])*\??$")
_ASKED_BY = _pattern(rf"(?:(?:when|where|why|how(?:\s+\w+)?)\s+)?(?={_BE_OR_DO}\b)")
# Words for what was told of before. Not in "Is it true that …", "Will it rain …", "Is there a …".
_REFERS = _pattern(
    r"\b(?:he|him|his|she|hers?|its|it(?!\s+(?:rain|snow|true|\w+\s+that)\b)|they|them|their"
    r"|then(?=\s*(?:\?|$))"
    r"|(?:that|this|those|these|(?<!is\s)(?<!are\s)(?<!was\s)(?<!were\s)there)(?=\s*(?:\?|$)))\b"
)
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Contextual:
    """A question in its conversation.

    The reader is ``asked`` it; the ``whole`` says what it is about. Both are searched for if the
    question may be understood ``alone``; else only the whole, and the ``articles`` (by id) count
    more than others. One that names nobody and no time may go on with the story ``before`` it,
    which those articles tell, too: "How many were hurt?". That it does is only known by its answer.
    """

    asked: str
    whole: str
    alone: bool = True
    articles: frozenset[str] = frozenset()
    before: str = field(default="", compare=False)
    story: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def searched(self) -> tuple[str, ...]:
        """What is searched for."""
        return tuple(dict.fromkeys((self.asked, self.whole) if self.alone else (self.whole,)))

    def changed(self, change: Callable[[str], str]) -> "Contextual":
        """The same with both texts changed."""
        return replace(self, asked=change(self.asked), whole=change(self.whole))

    def part(self, asked: str) -> "Contextual":
        """A part of it; one that names nobody is about whom the other parts name."""
        is_named = bool(naming.names(asked)) or not naming.names(self.whole)
        return replace(self, asked=asked, alone=self.alone and is_named)


def contextual(question: str, history: Sequence[Turn]) -> Contextual:
    """The question with what it leaves out; as it is, if it leaves nothing out."""
    alone = Contextual(question, question)
    answered = next((turn for turn in reversed(history) if turn.citations), None)
    turn = answered or next(reversed(history), None)
    if turn is None:
        return alone
    earlier, last = _parted(turn.question)
    articles = frozenset(citation.article.id for citation in turn.citations)
    instead = _INSTEAD.match(question)
    other = question[instead.end() :].rstrip(" ?.!") if instead else ""
    if other and not _ASKS.match(other) and "," not in other:
        if changed := _asked_of(other, last):
            return Contextual(changed, f"{earlier}{changed}")
        # "And injured?", "And her brother?" are asked beside what was asked, in the same story.
        beside = " " not in other or (_REFERS.match(other) and len(other.split()) <= _MOST_WORDS)
        is_new = _REFERS.fullmatch(other) or naming.names(other)
        if not (answered and beside and Question(last).is_english) or is_new:
            return alone
        changed = f"{last.rstrip(' ?.!')}, and {other}?"
        return Contextual(changed, f"{earlier}{changed}", False, articles)
    joined = _JOINS.match(question)
    asked = question[joined.end() :].strip() if joined else question
    begins = any(map(_ASKS.match, (asked, asked.partition(", ")[2])))
    if not asked or (joined and not begins):
        return alone
    asked = asked[:1].upper() + asked[1:]
    if _ONLY_ASKS.match(asked):
        changed = _asked_on(asked.rstrip(" ?"), last)
        if changed and _REFERS.search(changed):
            return Contextual(changed, f"{earlier}{changed}", False, articles)
        return Contextual(changed, f"{earlier}{changed}") if changed else alone
    if answered is None:
        return Contextual(asked, asked) if joined else alone
    before = f"{earlier}{last.rstrip(' ?.!')}?"
    refers = _REFERS.search(asked) or _NO_VERB.match(asked)
    if (refers or joined) and not _is_of_another_story(asked, turn):
        return Contextual(asked, f"{before} {asked}", not refers, articles)
    if joined or Question(asked).names or period_in(asked) or not begins:
        return Contextual(asked, asked) if joined else alone
    return Contextual(asked, asked, before=before, story=articles)


def going_on(part: Contextual, before: Sequence[Turn]) -> Contextual:
    """A part of a question in the story of the parts ``before`` it, where it refers to them.

    "How long was the strike, and what did they get?" is about one strike, and "Who won, and by how
    much?" asks how much somebody won by.
    """
    whole = contextual(part.asked, before)
    if whole.articles or _ONLY_ASKS.match(part.asked):
        return whole
    return part if part.alone else replace(part, story=whole.story)


def _parted(whole: str) -> tuple[str, str]:
    """The question that began the story, if there are more, and the last one."""
    first, *others = re.findall(r"[^?]+\??", whole) or [whole]
    return (f"{first.strip()} ", others[-1].strip()) if others else ("", first.strip())


def _is_of_another_story(asked: str, turn: Turn) -> bool:
    """Whether a question has a name that neither the last one has nor what answered it."""
    texts = [
        turn.question,
        *(f"{citation.article.title}\n{citation.article.text}" for citation in turn.citations),
    ]
    return not all(any(name in text for text in texts) for name in Question(asked).names)


def _asked_of(other: str, question: str) -> str | None:
    """A question asked of something else: "And in Hasakah?", "What about Blum?".

    What stands in the same place gives way; a place or a day that had none is added.
    """
    last = question.rstrip(" ?.!")
    begins = _BEGINS.match(other)
    what = other[begins.end() :] if begins else other
    if not Question(last).is_english or not what or len(what.split()) > _MOST_WORDS:
        return None
    if _REFERS.fullmatch(what):
        return None
    then = period_in(last)
    year, before = _YEAR.search(what), _YEAR.search(last)
    for days in filter(None, (period_in(other), period_in(f"in {what}"))):
        if days.words.endswith(other) and (then or not (year and before)):
            now = f"{days.words} {before[0]}" if before and days.guessed else days.words
            return f"{last.replace(then.words, now)}?" if then else f"{last} {now}?"
    spans = naming.names(last)
    if year and before:
        spans, what = [before.span()], what if begins else year[0]
    elif begins:
        same = _pattern(rf"\b{begins[0].strip()}\s+(?:the\s+)?$")
        spans = [(a, b) for a, b in spans if same.search(last[:a])]
    elif naming.names(what) == [(0, len(what))]:
        people = bool(naming.people(what))
        alike = [(a, b) for a, b in spans if bool(naming.people(last[a:b])) == people]
        # "What about Tom Keel?" after "Who was held in Holm?" is not asked of a place.
        spans = alike or [(a, b) for a, b in spans if not (people and naming.says_where(last, a))]
    else:
        spans = []
    for start, end in spans[-1:]:
        return f"{last[:start]}{what}{last[end:]}?"
    return f"{last} {other}?" if begins or (year and year[0] == what) else None


def _asked_on(asks: str, question: str) -> str | None:
    """A question with other first words: "Why?"; or with one more: "By how much?"."""
    last = question.rstrip(" ?.!")
    if not Question(last).is_english:
        return None
    before = _ASKED_BY.match(last)
    if before and asks.lower() in ("when", "where", "why"):
        tail = last[before.end() :]
        return f"{asks} {tail[:1].lower()}{tail[1:]}?"
    return f"{last}, and {asks.lower()}?"
