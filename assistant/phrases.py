"""What a question is about, as a phrase that another question can take up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant import names as naming
from assistant.answer import Turn
from assistant.persons import is_one

_WORD = re.compile(r"[\w’'-]+|[^\w\s]")
_ENGLISH = frozenset("the of who what when where why how which did does were was is are".split())
_DETERMINERS = frozenset("the a an this that these those".split())
_PREPOSITIONS = frozenset(
    "about against at behind between by for from in into near of off on over to under with".split()
)
_DO = frozenset("do does did".split())
_BE = frozenset("is are was were will would has have had can could".split())
_ENDS = _PREPOSITIONS | _DO | _BE | frozenset(
    "after and as because before but during he her him his how if it not or out she since than "
    "that them they this today tomorrow until up what when where which while who whom why "
    "without yesterday".split()
)  # fmt: skip
_PLURAL = re.compile(r"(?:\w+[^su\W]s|people|men|women|children|police)$", re.IGNORECASE)
_MOST_WORDS = 6
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """A thing with what belongs to it: "the treaty on the dam"; ``core`` is "the treaty"."""

    text: str
    core: str

    @property
    def plural(self) -> bool:
        return _PLURAL.search(self.core) is not None


def is_english(question: str) -> bool:
    """Whether a question has a word that only English questions have."""
    return not _ENGLISH.isdisjoint(question.lower().split())


def phrases(turn: Turn, whole: bool = False) -> list[Phrase]:
    """The things that an answered question was about, the likeliest first.

    Of "the toll of the earthquake" that is the earthquake, unless the ``whole`` is wanted. Asked
    what or which, the things begin with the answer, where it is one.
    """
    if not is_english(turn.question):
        return []
    found = list(_in_question(turn))
    if not whole:
        found = [_innermost(each) for each in found if not _is_office(each, turn)]
    # What a "did" was done to is gone on about, not who did it.
    if re.search(r"\b(?:did|does|do)\b", turn.question) and not whole:
        found.reverse()
    named = [turn.question[a:b] for a, b in naming.names(turn.question)]
    things = [Phrase(each, each) for each in named if not is_one(each, turn)]
    counted = re.match(r"(?:how many|what|which)\s+([a-z]+)\s+\w", turn.question, re.IGNORECASE)
    if counted and counted[1].lower() not in _ENDS:
        things.append(Phrase(f"the {counted[1]}", f"the {counted[1]}"))
    answered = [] if whole else list(_in_answer(turn))
    return [*answered, *found, *things]


def event(turn: Turn) -> str | None:
    """What the quoted article is about: a thing of its headline that the text tells of."""
    article = turn.citations[0].article
    if article.language and not article.language.lower().startswith("en"):
        return None
    words = re.findall(r"[\w’'-]+", article.title)
    text = article.text.lower()
    for at, word in enumerate(words):
        # As it stands in the text, names keep their capitals.
        if len(word) < _SHORTEST or not _is_told(word.lower(), article.text):
            continue
        before: list[str] = []
        for each in reversed(words[:at]):
            if (
                each.lower() in _ENDS
                or f"{each.lower()} {' '.join([*before, word]).lower()}" not in text
            ):
                break
            before.insert(0, each)
        return " ".join(["the", *(each.lower() for each in before), word.lower()])
    return None


def place(turn: Turn) -> str | None:
    """Where an answered question was set, or what answered it, as "in Holm"."""
    if re.match(r"where\b", turn.question, re.IGNORECASE):
        for each in turn.citations:
            for start, end in each.marks:
                named = each.article.text[start:end]
                if naming.names(named) == [(0, len(named))]:
                    return f"in {named}"
    found = re.findall(r"\b(in|at|near)\s+(?:the\s+)?$", "")
    for start, end in naming.names(turn.question):
        before = re.search(r"\b((?:in|at|near)\s+(?:the\s+)?)$", turn.question[:start])
        if before:
            found.append(before[1] + turn.question[start:end])
    if found:
        return str(found[-1])
    known = turn.citations[0].article.place
    return f"in {known.title() if known.isupper() else known}" if known else None


# --- How phrases are found ----------------------------------------------------------------------


def _in_answer(turn: Turn) -> Iterator[Phrase]:
    """The answer itself, where what or which thing was asked for: "the Sword of State"."""
    if not re.match(r"(?:what|which)\s+(?!did\b|does\b|do\b|was\b|is\b|happened\b|will\b)\w+",
                    turn.question, re.IGNORECASE):  # fmt: skip
        return
    for each in turn.citations:
        for start, end in each.marks:
            text = each.article.text[start:end]
            words = text.split()
            is_thing = words[:1] and (words[0].lower() in _DETERMINERS or words[0][0].isupper())
            if is_thing and len(words) <= _MOST_WORDS and not is_one(text, turn):
                text = re.sub(r"^an?\b", "the", text, flags=re.IGNORECASE)
                yield Phrase(text, text)


def _in_question(turn: Turn) -> Iterator[Phrase]:
    """The phrases of a question that begin with an article, with what hangs on them."""
    question = turn.question
    tokens = [(match[0], match.start(), match.end()) for match in _WORD.finditer(question)]
    told = " ".join(each.article.title + " " + each.article.text for each in turn.citations).lower()
    at = 0
    while at < len(tokens):
        if tokens[at][0].lower() not in ("the", "a", "an"):
            at += 1
            continue
        first = at
        # Right after "was" or "did" the verb is still to come.
        before = tokens[at - 1][0].lower() if at else ""
        after_who = bool(at > 1 and tokens[at - 2][0].lower() in ("who", "what"))
        cut = before in _DO or (before in _BE and not after_who)
        at = core = _end(tokens, at + 1, told, cut)
        while at < len(tokens) and tokens[at][0].lower() in _PREPOSITIONS:
            following = at + 1
            if following < len(tokens) and tokens[following][0].lower() in ("the", "a", "an"):
                following = _end(tokens, following + 1, told, cut)
            else:
                while following < len(tokens) and tokens[following][0][:1].isupper():
                    following += 1
                if following == at + 1:
                    break
            at = following
        if core > first + 1:
            begins = tokens[first][1]
            core_text = question[begins : tokens[core - 1][2]]
            text = question[begins : tokens[at - 1][2]]
            yield Phrase(
                _definite(text), _definite(core_text) if core_text != text else _definite(text)
            )


def _definite(text: str) -> str:
    return re.sub(r"^an?\s+", "the ", text, flags=re.IGNORECASE)


def _end(tokens: list[tuple[str, int, int]], at: int, told: str, cut: bool) -> int:
    """Where the words end that begin at a token, up to a preposition, a verb or the end.

    Where a verb is ``cut`` off, the words are the longest run that the quoted articles have, or
    those before the last one.
    """
    end = at
    while end < len(tokens) and tokens[end][0].lower() not in _ENDS and tokens[end][0][0].isalnum():
        end += 1
    if not cut or end == at:
        return end
    for last in range(end, at, -1):
        said = " ".join(word.lower() for word, _, _ in tokens[at:last])
        if last - at > 1 and said in told:
            return last
    if end < len(tokens) and tokens[end][0].lower() in _PREPOSITIONS:
        # "the treaty on …": what follows the preposition belongs to it, and the verb comes later.
        return end if end - at == 1 or _is_told(tokens[end - 1][0].lower(), told) else end - 1
    return max(at + 1, end - 1)


def _is_told(word: str, text: str) -> bool:
    """Whether a text has a word after an article, as nouns stand."""
    return re.search(rf"\b(?:the|an?)\s+(?:[\w’'-]+\s+)?{re.escape(word)}\b", text) is not None


def _innermost(phrase: Phrase) -> Phrase:
    """Of "the toll of the earthquake in Kest", the earthquake in Kest."""
    of = phrase.text.removeprefix(phrase.core)
    inner = of.removeprefix(" of ")
    if inner == of or not (inner[:4].lower() == "the " or inner[:1].isupper()):
        return phrase
    core = re.split(rf"\s(?:{'|'.join(_PREPOSITIONS)})\s", inner)[0]
    return Phrase(inner, core)


def _is_office(phrase: Phrase, turn: Turn) -> bool:
    """Whether a phrase is of somebody, as the articles say "Mayor Ana Orban"."""
    if phrase.core != phrase.text and " of " in phrase.text:
        return False
    office = phrase.core.split()[-1]
    return any(
        re.search(rf"\b{re.escape(office.capitalize())}\s+[A-Z]\w+", each.article.text)
        for each in turn.citations
    )
