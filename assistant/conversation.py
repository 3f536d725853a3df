"""Completes a question from the conversation before it.

"And what did he vow?" leaves out who "he" is. The question is not reworded: it is searched for
together with the question before it, and the reader is asked what was typed, of passages on the
same story. Only a question that is no sentence by itself, such as "What about Blum?" or "Why?", is
reworded, if it takes the place of words in the last question that was *answered*, or in the last
question if none was. A question that names somebody new stays as it was typed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from assistant import names as naming
from assistant.answer import Turn
from assistant.grammar import refers_back
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
_INSTEAD = _pattern(
    r"(?:(?:and\s+|but\s+)?(?:what|how) about|(?:(?:no|sorry)\b[\s,]*)?i\s+meant|and|or)\b[\s,]*"
)
_BEGINS = _pattern(rf"{_PREPOSITION}\s+")
_YEAR = re.compile(r"\b\d{4}\b")
# The first matches a question of nothing but its first words, such as "Why?" or "By how much?"; the
# second also one with further words but no verb.
_ONLY_ASKS = _pattern(
    rf"(?:{_PREPOSITION}\s+)?(?:how\s+(?:many|much|long|often|old|far)|{ASKING})\s*\??$"
)
_NO_VERB = _pattern(rf"{_PREPOSITION}\s+{ASKING}\b(?:(?!\b{_BE_OR_DO}\b)[^?])*\??$")
# Words that refer to something said before. Those in "Is it true that …", "Will it rain …" and "Is
# there a …" do not.
_REFERS = _pattern(
    r"\b(?:he|him|his|she|hers?|its|it(?!\s+(?:rain|snow|true|\w+\s+that)\b)|they|them|their"
    r"|then(?=\s*(?:\?|$))"
    r"|(?:that|this|those|these|(?<!is\s)(?<!are\s)(?<!was\s)(?<!were\s)there)(?=\s*(?:\?|$)))\b"
)
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Contextual:
    """A question in its conversation.

    The reader is ``asked`` it; ``whole`` is what it is about. If the question can be understood
    ``alone``, both are searched for. If not, only ``whole`` is, and passages of the ``articles``
    (ids) count more than others. A question that names no time, and nobody but whom the articles of
    ``story`` name, may belong to the story of the questions ``before`` it: "How many were hurt?",
    "What about the mayor?". Only its answer shows whether it does.
    """

    asked: str
    whole: str
    alone: bool = True
    articles: frozenset[str] = frozenset()
    before: str = field(default="", compare=False)
    story: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def searched(self) -> tuple[str, ...]:
        """The texts that are searched for."""
        return tuple(dict.fromkeys((self.asked, self.whole) if self.alone else (self.whole,)))

    def changed(self, change: Callable[[str], str]) -> "Contextual":
        """A copy with both texts changed."""
        return replace(self, asked=change(self.asked), whole=change(self.whole))

    def part(self, asked: str) -> "Contextual":
        """One part of the question; if it names nobody, it is about the people of the others."""
        is_named = bool(naming.names(asked)) or not naming.names(self.whole)
        return replace(self, asked=asked, alone=self.alone and is_named)


def contextual(question: str, history: Sequence[Turn]) -> Contextual:
    """The question with what it leaves out; unchanged if it leaves nothing out."""
    alone = Contextual(question, question)
    answered = next((turn for turn in reversed(history) if turn.citations), None)
    turn = answered or next(reversed(history), None)
    if turn is None:
        return alone
    earlier, last = _first_and_last(turn.question)
    articles = frozenset(citation.article.id for citation in turn.citations)
    before = f"{earlier}{last.rstrip(' ?.!')}?"
    instead = _INSTEAD.match(question)
    topic = question[instead.end() :].rstrip(" ?.!") if instead else ""
    if topic and not _ASKS.match(topic) and "," not in topic:
        if changed := _with_topic(topic, last):
            return Contextual(changed, f"{earlier}{changed}")
        # "And injured?" and "And her brother?" are searched for with the last question.
        addable = " " not in topic or (_REFERS.match(topic) and len(topic.split()) <= _MOST_WORDS)
        is_named = _REFERS.fullmatch(topic) or naming.names(topic)
        if not (answered and addable and Question(last).is_english) or is_named:
            return replace(alone, before=before, story=articles)
        whole = f"{earlier}{last.rstrip(' ?.!')}, and {topic}?"
        return Contextual(f"{topic[:1].upper()}{topic[1:]}?", whole, False, articles)
    joined = _JOINS.match(question)
    follow_up = question[joined.end() :].strip() if joined else question
    begins = any(map(_ASKS.match, (follow_up, follow_up.partition(", ")[2])))
    if not follow_up or (joined and not begins):
        return alone
    follow_up = follow_up[:1].upper() + follow_up[1:]
    if _ONLY_ASKS.match(follow_up):
        # "Why?" and "By how much?" are added to the last question.
        if not Question(last).is_english:
            return alone
        changed = f"{last.rstrip(' ?.!')}, and {follow_up.rstrip(' ?').lower()}?"
        story = articles if _REFERS.search(changed) else frozenset()
        return Contextual(changed, f"{earlier}{changed}", not story, story)
    if answered is None:
        return Contextual(follow_up, follow_up) if joined else alone
    refers = _REFERS.search(follow_up) or _NO_VERB.match(follow_up)
    is_new = _is_of_another_story(follow_up, turn)
    if (refers or joined) and (not is_new or refers_back(follow_up)):
        return Contextual(follow_up, f"{before} {follow_up}", not refers, articles)
    if is_new or period_in(follow_up) or not (begins or follow_up.endswith("?")):
        return Contextual(follow_up, follow_up) if joined else alone
    return replace(alone, before=before, story=articles)


def going_on(part: Contextual, before: Sequence[Turn]) -> Contextual:
    """A part of a question in the story of the parts ``before`` it, if it refers to them.

    In "How long was the strike, and what did they get?" both parts are about one strike; in "Who
    won, and by how much?" the second part asks by how much somebody won.
    """
    completed = contextual(part.asked, before)
    if completed.articles or _ONLY_ASKS.match(part.asked):
        return completed
    return part if part.alone else replace(part, story=completed.story)


def _first_and_last(question: str) -> tuple[str, str]:
    """The question that began the story (empty if there is only one question), and the last one."""
    first, *others = re.findall(r"[^?]+\??", question) or [question]
    return (f"{first.strip()} ", others[-1].strip()) if others else ("", first.strip())


def _is_of_another_story(question: str, turn: Turn) -> bool:
    """Whether a question names what neither the last question nor its answer's articles name."""
    texts = [
        turn.question,
        *(f"{citation.article.title}\n{citation.article.text}" for citation in turn.citations),
    ]
    return not all(any(name in text for text in texts) for name in Question(question).names)


def _with_topic(topic: str, question: str) -> str | None:
    """The last question asked of something else: "And in Hasakah?", "What about Blum?".

    The new name, place or day replaces the old one; a place or a day is added if there was none.
    """
    last = question.rstrip(" ?.!")
    begins = _BEGINS.match(topic)
    topic_name = topic[begins.end() :] if begins else topic
    if not Question(last).is_english or not topic_name or len(topic_name.split()) > _MOST_WORDS:
        return None
    if _REFERS.fullmatch(topic_name):
        return None
    then, new = period_in(last), period_in(topic)
    name = topic.replace(new.words, "").strip(" ,") if new else ""
    preposition = _BEGINS.match(name)
    if new and naming.names(name) == [(preposition.end() if preposition else 0, len(name))]:
        # "In Kest in 2023": a name and days, each in the place of the one before.
        redated = _with_topic(new.words, last)
        return _with_topic(name, redated) if redated else None
    year, before = _YEAR.search(topic_name), _YEAR.search(last)
    for days in filter(None, (new, period_in(f"in {topic_name}"))):
        if days.words.endswith(topic) and (then or not (year and before)):
            new_words = f"{days.words} {before[0]}" if before and days.guessed else days.words
            return f"{last.replace(then.words, new_words)}?" if then else f"{last} {new_words}?"
    spans = naming.names(last)
    if year and before:
        is_period = bool(new and new.words.endswith(topic_name))
        named = [topic_name[a:b] for a, b in naming.names(topic_name)]
        besides = topic_name.replace(year[0], "").split() if begins and not is_period else named
        if any(words not in last for words in besides):
            return None
        spans, topic_name = [before.span()], topic_name if is_period else year[0]
    elif begins:
        same = _pattern(rf"\b{begins[0].strip()}\s+(?:the\s+)?$")
        spans = [(a, b) for a, b in spans if same.search(last[:a])]
    elif naming.names(topic_name) == [(0, len(topic_name))]:
        people = bool(naming.people(topic_name))
        alike = [(a, b) for a, b in spans if bool(naming.people(last[a:b])) == people]
        # "What about Tom Keel?" after "Who was held in Holm?" does not replace the place.
        spans = alike or [(a, b) for a, b in spans if not (people and naming.says_where(last, a))]
    else:
        spans = []
    for start, end in spans[-1:]:
        genitive = naming.GENITIVE.search(last, start, end)
        if genitive and not naming.GENITIVE.search(topic_name):
            topic_name += f"{genitive[0][0]}s"
        return f"{last[:start]}{topic_name}{last[end:]}?"
    places = [at for at, _ in naming.names(last) if naming.says_where(last, at)]
    if begins and places and naming.says_where(topic, begins.end()):
        # "Near Holm in Kest" is nowhere.
        return None
    return f"{last} {topic}?" if begins or (year and year[0] == topic_name) else None
