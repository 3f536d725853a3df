"""Questions that only a conversation makes whole.

"And what did he vow?" leaves out who he is. What is filled in comes from the last turn that was
*answered*: its people, its places, and the things that its question was about. A question that
leaves nothing out, and one that names somebody new, stays as it was typed.
"""

import re
from collections.abc import Sequence

from assistant import names as naming
from assistant.answer import Turn
from assistant.persons import Person, is_one, persons
from assistant.phrases import event, is_english, phrases, place

_AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
)
_ASKING = r"(?:who|whom|whose|what|which|when|where|why|how)"
_ASKS = re.compile(rf"(?:{_ASKING}|{_AUXILIARY})\b", re.IGNORECASE)
_JOINS = re.compile(r"(?:and|but|so|or|also|then)\b[\s,]*", re.IGNORECASE)
_INSTEAD = re.compile(r"(?:and|or|(?:and\s+|but\s+)?(?:what|how) about)\b[\s,]*", re.IGNORECASE)
_HE_OR_SHE = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
_IT = re.compile(r"\b(?:it|its|they|them|their|theirs)\b", re.IGNORECASE)
# "When was that?", "did this end", but not "did that company", nor "said that".
_THAT = re.compile(
    rf"\b(?:that|this|those|these)(?=\s*(?:[?.!]|$))|(?<=\b){_AUXILIARY}\s+(?P<that>that|this)"
    r"(?=\s+(?:happen|end|start|begin|cost|work|take|mean|cause|last)\w*\b)",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"(?<!\bwas )(?<!\bwere )(?<!\bis )(?<!\bare )\bthere(?=\s*(?:[?.!,]|$))", re.IGNORECASE
)
# "Is it true that …", "Was it Ana who …", "Will it rain …": here it stands for nothing.
_FOR_NOTHING = re.compile(r"(?:true|possible|likely|legal|rain|snow|take|that)\b|[A-Z]")
_GOES_ON = re.compile(rf"\s+(?:{_AUXILIARY}|[a-z]+(?:s|ed))\b", re.IGNORECASE)
# "Her demand", but "taught her to play", "beat her in May".
_POSSESSED = re.compile(
    r"\s+(?!(?:a|an|and|as|at|after|back|before|because|by|for|from|in|into|last|next|of|off|on|or|out"
    r"|over|since|the|that|this|to|up|when|while|with|without|yesterday)\b)[a-z]",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"(?:about|after|against|at|before|by|during|for|from|in|near|of|on|since|to|under|with)\s+",
    re.IGNORECASE,
)
# A question that is only its first words: "Why?", "By how much?", "How much if you wait?".
_ONLY_ASKS = re.compile(
    rf"(?P<asks>(?:{_PREPOSITION.pattern})?(?:how\s+(?:many|much|long|often|old|far)|{_ASKING}))\b"
    r"(?P<rest>\s[^?]*)?\??$",
    re.IGNORECASE,
)
_HANGS_ON = re.compile(r"\s+(?:of|if|in|at|per|for)\b", re.IGNORECASE)
_ADDS_NOTHING = re.compile(r"\s+(?:then|exactly|else|not)", re.IGNORECASE)
_ASKED_BY = re.compile(
    rf"(?:(?:when|where|why|how(?:\s+\w+)?)\s+)?(?={_AUXILIARY}\b)", re.IGNORECASE
)
_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
_BEFORE_A_PLACE = re.compile(r"\b(?:in|of|at|from|near|to)\s+(?:the\s+)?$", re.IGNORECASE)
_YEAR = re.compile(r"\b\d{4}\b")
_THIS = re.compile(r"that|this|those|these|here|there|me|you|us", re.IGNORECASE)
# So many words name a thing; without an article or capitals, fewer do.
_MOST_WORDS = 8
_FEW_WORDS = 3


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked by itself; as it is, if it leaves nothing out."""
    answered = [turn for turn in history if turn.citations]
    if not answered:
        return question
    turn = answered[-1]
    instead = _INSTEAD.match(question)
    other = question[instead.end() :].rstrip(" ?.!") if instead else ""
    if other and not _ASKS.match(other) and not _has_a_clause(other):
        return _asked_of(other, turn) or question
    joined = _JOINS.match(question)
    asked = question[joined.end() :].strip() if joined else question
    if not asked or (joined and not _ASKS.match(asked) and not _has_a_clause(asked)):
        return question
    asked = asked[:1].upper() + asked[1:]
    if (only := _ONLY_ASKS.match(asked)) and (whole := _asked_on(only, turn)):
        return whole
    story = [each for each in reversed(answered) if _is_same_story(each, turn)]
    return _named(asked, story) or (asked if joined else question)


def _is_same_story(one: Turn, other: Turn) -> bool:
    """Whether two turns were answered from one article."""
    return one.citations[0].article.id in {each.article.id for each in other.citations}


# --- Pronouns -----------------------------------------------------------------------------------


def _named(asked: str, story: Sequence[Turn]) -> str | None:
    """The question with names and things for its pronouns; None where it has none to replace.

    ``story`` is the last answered turn, and those before it on the same article.
    """
    turn = story[0]
    if people := _with_people(asked, turn):
        return people
    if not _is_of(asked, turn):
        return None
    if there := _THERE.search(asked):
        where = place(turn)
        return f"{asked[: there.start()]}{where}{asked[there.end() :]}" if where else None
    return _with_things(asked, story)


def _with_people(asked: str, turn: Turn) -> str | None:
    """The question with a name for he or she, and for the other one, where both are in it."""
    pronouns = list(_HE_OR_SHE.finditer(asked))
    if not pronouns:
        return None
    known = persons(turn)
    if _is_bound(asked[: pronouns[0].start()], pronouns[0][0], turn, known):
        return None
    both = len({_kind(each[0]) for each in pronouns}) > 1
    whole, moved = asked, 0
    replaced: dict[str, str] = {}
    for pronoun in pronouns:
        kind = _kind(pronoun[0])
        someone = _someone(kind, [each for each in known if each.name not in replaced], both)
        if someone is None or kind in replaced.values():
            continue
        name = _in_place_of(pronoun, someone)
        whole = f"{whole[: pronoun.start() + moved]}{name}{whole[pronoun.end() + moved :]}"
        moved += len(name) - len(pronoun[0])
        replaced[someone] = kind
        # "His mum, what was wrong with her?": the second is whoever the first one's is.
        if name.endswith("’s"):
            break
    return whole if replaced else None


def _kind(pronoun: str) -> str:
    return "he" if pronoun.lower() in ("he", "him", "his") else "she"


def _someone(kind: str, known: Sequence[Person], surely: bool = False) -> str | None:
    """The first person who is he, or she, or of whom that is not known.

    One of whom it is known comes first where he and she are both asked about (``surely``).
    """
    able = [each for each in known if each.gender in (kind, None)]
    sure = [each for each in able if each.gender == kind]
    return next((each.name for each in (*(sure if surely else ()), *able)), None)


def _is_bound(before: str, pronoun: str, turn: Turn, known: Sequence[Person]) -> bool:
    """Whether a name before a pronoun is whom it means: "Did Ana Blum say that she won?"."""
    kind = _kind(pronoun)
    told = f"{turn.question} " + " ".join(each.article.text for each in turn.citations)
    for start, end in naming.names(before):
        name = before[start:end]
        if _BEFORE_A_PLACE.search(before[:start]) and not naming.people(name):
            continue
        someone = next((each for each in known if name.endswith(each.surname)), None)
        if someone and someone.gender in (kind, None):
            return True
        if not someone and name not in told:
            return True
    return False


def _is_of(asked: str, turn: Turn) -> bool:
    """Whether a question names nothing that the turn before does not tell of."""
    told = " ".join(
        [turn.question, *(f"{each.article.title} {each.article.text}" for each in turn.citations)]
    )
    return all(asked[start:end] in told for start, end in naming.names(asked))


def _with_things(asked: str, story: Sequence[Turn]) -> str | None:
    """The question with what it, they or that stand for."""
    turn = story[0]
    it = _IT.search(asked)
    that = None if it else _THAT.search(asked)
    found = it or that
    if found is None:
        return None
    start, end = found.span("that") if that and that["that"] else found.span()
    after = asked[end:]
    if it and it[0].lower() == "it" and _FOR_NOTHING.match(after.lstrip()):
        return None
    # "Did Holm Steel say that it would pay?"
    if naming.names(asked[:start]) and _GOES_ON.match(after):
        return None
    plural = asked[start:end].lower() in ("they", "them", "their", "theirs", "those", "these")
    if that and re.match(r"what happened\b", turn.question, re.IGNORECASE):
        return f"{turn.question.rstrip(' ?.!')}, and {asked[:1].lower()}{asked[1:]}"
    thing = next(filter(None, (_thing(each, plural, that is not None) for each in story)), None)
    thing = thing or event(turn)
    if thing is None:
        return None
    if asked[start:end].lower() in ("its", "their"):
        thing += "’" if thing.endswith("s") else "’s"
    return f"{asked[:start]}{thing}{after}"


def _thing(turn: Turn, plural: bool, free: bool) -> str | None:
    """What it, or they, may stand for of what was asked about, and of what answered it."""
    asked = phrases(turn)
    agreeing = [each for each in asked if free or each.plural == plural]
    if not agreeing and plural:
        several = [
            each.article.text[start:end]
            for each in turn.citations
            for start, end in each.marks
            if len(naming.names(each.article.text[start:end])) > 1
        ]
        if several and len(several[0].split()) <= _MOST_WORDS:
            return several[0]
        # A company, a union or a council: they.
        agreeing = [
            each for each in asked if naming.OF_A_BODY.intersection(each.core.lower().split())
        ]
    return agreeing[0].text if agreeing else None


def _in_place_of(pronoun: re.Match[str], name: str) -> str:
    word = pronoun[0].lower()
    after = pronoun.string[pronoun.end() :]
    possessive = word == "his" or (word == "her" and _POSSESSED.match(after) is not None)
    return f"{name}’s" if possessive else name


# --- The question before, asked of something else ----------------------------------------------


def _has_a_clause(text: str) -> bool:
    """Whether a text holds a question of its own: "his mum, what was wrong with her"."""
    _, comma, rest = text.partition(", ")
    return bool(comma) and _ASKS.match(rest) is not None


def _asked_of(other: str, turn: Turn) -> str | None:
    """The last question asked of something else: "And in Hasakah?", "What about Blum?".

    What stands in the same place gives way; a place or a day that had none is added.
    """
    if not is_english(turn.question):
        return None
    last = turn.question.rstrip(" ?.!")
    if pronoun := _HE_OR_SHE.fullmatch(other):
        someone = _someone(_kind(pronoun[0]), persons(turn))
        if someone is None:
            return None
        other = someone
    preposition = _PREPOSITION.match(other)
    what = other[preposition.end() :] if preposition else other
    begins = preposition or _ARTICLE.match(what)
    most = _MOST_WORDS if begins or naming.names(what)[:1] == [(0, len(what))] else _FEW_WORDS
    if len(what.split()) > most or _IT.fullmatch(what) or _THIS.fullmatch(what):
        return None
    if _YEAR.search(what) and (year := _YEAR.search(last)):
        return f"{last[: year.start()]}{_year(what, bool(preposition))}{last[year.end() :]}?"
    if _ARTICLE.match(what) and not preposition:
        return _other_thing(last, other, turn)
    span = _counterpart(last, what, preposition[0] if preposition else "", turn)
    if span:
        return f"{last[: span[0]]}{what}{last[span[1] :]}?"
    return f"{last} {other}?" if preposition or _YEAR.fullmatch(what) else None


def _year(what: str, whole: bool) -> str:
    """What takes the place of a year: all of "in May 2020", of "what about 2020?" the year."""
    year = _YEAR.search(what)
    return what if whole or year is None else year[0]


def _counterpart(last: str, what: str, preposition: str, turn: Turn) -> tuple[int, int] | None:
    """Where in the last question the name stands that another one replaces."""
    spans = naming.names(last)
    if preposition:
        before = preposition.strip().lower()
        spans = [span for span in spans if _words_before(last, span[0], 2)[:1] == [before]
                 or _words_before(last, span[0], 1) == [before]]  # fmt: skip
        return spans[-1] if spans else None
    alike = [(a, b) for a, b in spans if is_one(last[a:b], turn) == is_one(what, turn)]
    found = alike or spans
    return found[-1] if found else None


def _words_before(text: str, at: int, count: int) -> list[str]:
    words = [each for each in text[:at].lower().split() if each]
    found = words[-count:]
    return found if count == 1 or found[-1:] == ["the"] else []


def _other_thing(last: str, other: str, turn: Turn) -> str | None:
    """The last question with another thing in it: of "the coach of Kest", the captain of Kest."""
    found = phrases(turn, whole=True)
    head = other.split()[-1].lower()
    same = [each for each in found if each.core.split()[-1].lower() == head]
    for each in (*same, *found):
        begins = turn.question.find(each.core)
        if begins < 0:
            continue
        # Whoever asks who it is asks of the same place; else it is the thing itself that differs.
        of = each.text.removeprefix(each.core)
        if of.startswith(" of ") and not last.lower().startswith("who"):
            begins += len(each.core) + len(" of ")
            return f"{last[:begins]}{other}{last[begins + len(of) - len(' of ') :]}?"
        ends = begins + (len(each.core) if of.startswith(" of ") else len(each.text))
        return f"{last[:begins]}{other}{last[ends:]}?"
    return None


def _asked_on(only: re.Match[str], turn: Turn) -> str | None:
    """The last question with other first words: "Why?", or with more to it: "By how much?"."""
    if not is_english(turn.question):
        return None
    last = turn.question.rstrip(" ?.!")
    asks, rest = only["asks"], (only["rest"] or "").rstrip()
    # "What if prices rise?" and "How many in Holm were hurt?" are questions of their own.
    hangs = _HANGS_ON.match(rest) if asks[:3].lower() == "how" else _PREPOSITION.match(asks)
    if rest and not hangs and not _ADDS_NOTHING.fullmatch(rest):
        return None
    if re.search(rf"\b{_AUXILIARY}\b", rest, re.IGNORECASE) or not _is_of(rest, turn):
        return None
    if rest and last.lower().startswith(f"{asks.lower()} "):
        return f"{last}{rest}?"
    before = _ASKED_BY.match(last)
    if before and not rest and asks.lower() in ("when", "where", "why"):
        tail = last[before.end() :]
        return f"{asks[:1].upper()}{asks[1:].lower()} {tail[:1].lower()}{tail[1:]}?"
    return f"{last}, and {asks.lower()}{rest}?"
