"""Questions that only a conversation makes whole.

"And what did he vow?" leaves out who he is. What is filled in comes from the last turn that was
*answered*: somebody of whom the article says "he", or what the reader takes "it" to be. A question
that leaves nothing out, and one that names somebody new, stays as it was typed.
"""

import re
from collections.abc import Iterator, Sequence

from assistant import names as naming
from assistant.answer import Turn
from assistant.evidence import TextReader
from assistant.persons import People, bare, people_in
from assistant.question import Question
from assistant.reader import Reading

_BE = r"(?:is|are|was|were)"
_DO = r"(?:do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
_ASKING = r"(?:who|whom|whose|what|which|when|where|why|how)"
_PREPOSITION = (
    r"(?:about|after|against|at|before|by|during|for|from|in|into|near|of|on|since|to|under|with)"
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_ASKS = _pattern(rf"(?:{_ASKING}|{_BE}|{_DO})\b")
_JOINS = _pattern(r"(?:and|but|so|or|also|then)\b[\s,]*")
_INSTEAD = _pattern(r"(?:(?:and\s+|but\s+)?(?:what|how) about|and|or)\b[\s,]*")
_YEAR = re.compile(r"\b\d{4}\b")
# A question that is only its first words: "Why?", "By how much?", "How much if you wait?".
_ONLY_ASKS = _pattern(
    rf"((?:{_PREPOSITION}\s+)?(?:how\s+(?:many|much|long|often|old|far)|{_ASKING}))"
    r"(\s+(?:of|if|in|at|per|for)\b[^?]*|(?<=\smany)\s+[a-z]+|)"
)
_ASKED_BY = _pattern(rf"(?:(?:when|where|why|how(?:\s+\w+)?)\s+)?(?=(?:{_BE}|{_DO})\b)")
_HE_OR_SHE = _pattern(r"\b(?:(he|him|his)|she|hers?)\b")
# "Her demand", but "taught her to play", "beat her in May".
_OWNS = _pattern(rf"\s+(?!(?:{_PREPOSITION}|an?|and|as|because|or|that|the|this|when|while)\b)\w")
# Not in "Is it true that …", "Was it Ana who …", "Will it rain …", "Is there a curfew?".
_IT = _pattern(
    r"\b(?:it(?!\s+(?:(?:rain|snow|\w+\s+that)\b|(?-i:[A-Z])))|its|they|them|their"
    r"|(?:that|this|those|these|(?<!is\s)(?<!are\s)(?<!was\s)(?<!were\s)there)(?=\s*(?:\?|$)))\b"
)
_PLURAL = _pattern(rf"(?:[^su\W]s|people|men|women|children|police)(?=\s{_PREPOSITION}\s|$)")
# Where words may begin that name a thing, and where they end: before a verb, a stop, another thing.
_ARTICLE = _pattern(r"\b(?:the|an?)\s+")
_THING = _pattern(
    rf"{_ARTICLE.pattern}|(?:(?<=how many )|(?<=what )|(?<=which ))(?!{_BE}|{_DO}|happened)(?=\w)"
)
_ENDS = _pattern(
    rf"[?.,;]|\s(?:{_BE}|{_DO}|be|been|go|that|who|which|and)\b"
    r"|(?<!\sof)(?<!\sin)(?<!\son)(?<!\sto)(?<!\sat)(?<!\sby)\s(?:the|an?)\s"
)
_BELONGS = _pattern(rf"\s+{_PREPOSITION}\s+(?:the\s+)?")
# What follows "in Holm" or "between Vesk and Kaldora" belongs to the thing no more.
_PLACED = re.compile(
    rf"\s(?:between|{_PREPOSITION})\s+[A-Z][\w’'-]*(?:\s+(?:and\s+)?[A-Z][\w’'-]*)*"
)
_PLACE = _pattern(r"\b(?:in|of|at|from|near|to)\s+(?:the\s+)?$")
_ACTS = _pattern(rf"\b{_DO}\s+$")
_MOST_WORDS = 8
_MOST_TURNS = 8


def standalone(question: str, history: Sequence[Turn], reader: TextReader) -> str:
    """The question as it would be asked by itself; as it is, if it leaves nothing out.

    The ``reader`` is asked once at most, over the few words of the turns before.
    """
    answered = [turn for turn in history if turn.citations]
    if not answered:
        return question
    turn = answered[-1]
    instead = _INSTEAD.match(question)
    other = question[instead.end() :].rstrip(" ?.!") if instead else ""
    if other and not _ASKS.match(other) and "," not in other:
        return _asked_of(other, turn, reader) or question
    joined = _JOINS.match(question)
    asked = question[joined.end() :].strip() if joined else question
    begins = any(map(_ASKS.match, (asked, asked.partition(", ")[2])))
    if not asked or (joined and not begins):
        return question
    asked = asked[:1].upper() + asked[1:]
    if (only := _ONLY_ASKS.fullmatch(asked.rstrip(" ?.!"))) and (
        whole := _asked_on(only[1], only[2], turn)
    ):
        return whole
    article = turn.citations[0].article.id
    story = [each for each in reversed(answered) if each.citations[0].article.id == article]
    whole = _with_people(asked, turn) or _with_a_thing(asked, story[:_MOST_TURNS], reader)
    return whole or (asked if joined else question)


# --- He and she ---------------------------------------------------------------------------------


def _with_people(asked: str, turn: Turn) -> str | None:
    """The question with a name for he and for she; None where nobody is left out."""
    pronouns = list(_HE_OR_SHE.finditer(asked))
    if not pronouns or _is_bound(asked, pronouns[0], turn):
        return None
    both = len({_kind(each) for each in pronouns}) > 1
    filled: dict[str, str] = {}

    def name(pronoun: re.Match[str]) -> str:
        word, kind = pronoun[0].lower(), _kind(pronoun)
        owned = any(each.endswith("’s") for each in filled.values())
        someone = _someone(kind, turn, both, list(filled.values()))
        # "His mum, what was wrong with her?": the second is whoever the first one's is.
        if kind in filled or owned or not someone:
            return pronoun[0]
        owns = word in ("his", "hers") or (word == "her" and _OWNS.match(asked, pronoun.end()))
        filled[kind] = f"{someone}’s" if owns else someone
        return filled[kind]

    whole = _HE_OR_SHE.sub(name, asked)
    return whole if filled else None


def _kind(pronoun: re.Match[str]) -> str:
    return "he" if pronoun[1] else "she"


def _told(turn: Turn) -> str:
    return "\n".join(dict.fromkeys(each.article.text for each in turn.citations))


def _people(turn: Turn) -> People:
    """The people in the quoted articles, and those in the question of whom they tell."""
    asked = turn.question
    named = (bare(asked[a:b]) for a, b in naming.names(asked) if not _PLACE.search(asked[:a]))
    return people_in(_told(turn), tuple(named))


def _someone(kind: str, turn: Turn, surely: bool = False, but: Sequence[str] = ()) -> str | None:
    """The first person of a turn who is he, or she, or of whom that is not known.

    Those come first who were the answer, then those asked about, then those quoted. One of whom
    it is known is preferred where he and she are both asked about (``surely``), and those whom
    only the rest of the article names have to be known.
    """
    people = _people(turn)
    said = [
        *(each.article.text[a:b] for each in turn.citations for a, b in each.marks),
        turn.question,
        *(f"{each.quote}\n{each.article.title}" for each in turn.citations),
    ]
    close = [people.named(each[a:b]) for each in said for a, b in naming.names(each)]
    sure = [each for each in (*close, *people.genders) if each and people.genders[each] == kind]
    able = [each for each in close if each and people.genders[each] in (kind, "")]
    ordered = [*sure, *able] if surely else [*able, *sure]
    return next((each for each in ordered if each not in but), None)


def _is_bound(asked: str, pronoun: re.Match[str], turn: Turn) -> bool:
    """Whether a name before a pronoun is whom it means: "Did Ana Blum say that she won?"."""
    before = asked[: pronoun.start()]
    people = _people(turn)
    for start, end in naming.names(before):
        someone = people.named(before[start:end])
        if someone and people.genders[someone] in (_kind(pronoun), ""):
            return True
        if not someone and (naming.people(before) or before[start:end] not in _told(turn)):
            return True
    return False


# --- It, they and there -------------------------------------------------------------------------


def _with_a_thing(asked: str, story: Sequence[Turn], reader: TextReader) -> str | None:
    """The question with what it, they or there stand for, in the turns on one article."""
    found = _IT.search(asked)
    turn = story[0]
    told = f"{turn.question}\n{turn.citations[0].article.title}\n{_told(turn)}"
    names = naming.names(asked)
    # A name that is new is of another story; "did Holm Steel say that it would pay?" means itself.
    if found is None or not all(asked[start:end] in told for start, end in names):
        return None
    if names and re.search(r"\bthat\b", asked[names[0][1] : found.start()]):
        return None
    word = found[0].lower()
    if word in ("that", "this") and turn.question.lower().startswith("what happened"):
        return f"{turn.question.rstrip(' ?.!')}, and {asked[:1].lower()}{asked[1:]}"
    thing = _thing(asked, word, story, reader)
    if thing is None:
        return None
    if word == "there":
        thing = f"{'in' if thing[0].isupper() else 'at'} {thing}"
    elif word in ("its", "their"):
        thing += "’" if thing.endswith("s") else "’s"
    return f"{asked[: found.start()]}{thing}{asked[found.end() :]}"


def _thing(asked: str, word: str, story: Sequence[Turn], reader: TextReader) -> str | None:
    """What the reader takes a pronoun to be, among what was asked about and what answered it."""
    passages = [" ".join([turn.question, *_answers(turn, word)]) for turn in story]
    readings = reader.read(f"What is “{word}” in “{asked}”", passages)
    plural = word in ("they", "them", "their", "those", "these")
    for turn, passage, reading in zip(story, passages, readings, strict=True):
        things = [text for _, text, _ in sorted(_things(passage, reading, turn), reverse=True)]
        fits = [each for each in things if bool(_PLURAL.search(each)) == plural]
        if word in ("that", "this", "there") or (plural and not fits):
            fits = things
        if fits:
            return fits[0]
    return None


def _answers(turn: Turn, word: str) -> list[str]:
    """What answered a turn and may be gone on about: what has a name."""
    if not turn.question.lower().startswith(("where",) if word == "there" else ("what", "which")):
        return []
    texts = [each.article.text[a:b] for each in turn.citations for a, b in each.marks]
    return [each for each in texts if naming.names(each) and len(each.split()) <= _MOST_WORDS]


def _things(passage: str, reading: Reading, turn: Turn) -> Iterator[tuple[float, str, int]]:
    """The things that a passage names: the reader's log-odds, the words, and where they begin."""
    names = naming.names(passage)
    for begin, stop in _stretches(passage, turn):
        span = reading.best(begin, stop)
        if span is None:
            continue
        # From the article before what the reader took, with what belongs to it: "of the …".
        articles = {each.start(): each.end() for each in _ARTICLE.finditer(passage, begin, stop)}
        first = max((each for each in articles if each <= span.start), default=begin)
        end = max(span.end, passage.find(" ", articles.get(first, first), stop))
        while (belongs := _BELONGS.match(passage, end, stop)) and (
            more := reading.best(belongs.end(), stop)
        ):
            end = more.end
        end = max([end, *(min(b, stop) for a, b in names if a < end < b)])
        text = re.sub(r"^(?:an?\s)?(?=[a-z])(?!the\s)", "the ", passage[first:end])
        yield span.odds, text, first


def _stretches(passage: str, turn: Turn) -> Iterator[tuple[int, int]]:
    """Where a passage may name a thing: from an article or a name up to a verb or a stop."""
    people = _people(turn)
    names = naming.names(passage)
    persons = [a for a, b in names if people.genders.get(people.named(passage[a:b]))]
    begins = {a: a for a, _ in names if a not in persons}
    begins |= {each.start(): each.end() for each in _THING.finditer(passage)}
    stop = 0
    for begin, first in sorted(begins.items()):
        office = passage[first:].partition(" ")[0]
        # "The mayor" is somebody, as the article says "Mayor Ana Orban".
        somebody = office.islower() and re.search(
            rf"\b{re.escape(office.capitalize())}\s+[A-Z]", _told(turn)
        )
        if begin < stop or somebody:
            continue
        end = _ENDS.search(passage, first)
        stop = min([end.start() if end else len(passage), *(a for a in persons if a > begin)])
        if placed := _PLACED.search(passage, first, stop):
            stop = placed.end()
        elif _ACTS.search(passage, 0, begin) and " " in passage[first:stop]:
            # "What did the company offer?": the verb is still to come.
            stop = passage.rfind(" ", first, stop)
        if first < stop:
            yield begin, stop


# --- The question before, asked of something else -----------------------------------------------


def _asked_of(other: str, turn: Turn, reader: TextReader) -> str | None:
    """The last question asked of something else: "And in Hasakah?", "What about Blum?".

    What stands in the same place gives way; a place or a day that had none is added.
    """
    last = turn.question.rstrip(" ?.!")
    if pronoun := _HE_OR_SHE.fullmatch(other):
        other = _someone(_kind(pronoun), turn) or ""
    preposition = match[0] if (match := _pattern(rf"{_PREPOSITION}\s+").match(other)) else ""
    what = other[len(preposition) :]
    if not Question(last).is_english or not what or len(what.split()) > _MOST_WORDS:
        return None
    spans = naming.names(last)
    year, before = _YEAR.search(what), _YEAR.search(last)
    if year and before:
        spans, what = [before.span()], what if preposition else year[0]
    elif preposition:
        same = _pattern(rf"\b{preposition}(?:the\s+)?$")
        spans = [(a, b) for a, b in spans if same.search(last[:a])]
    elif naming.names(what) == [(0, len(what))]:
        one = _is_one(what, turn)
        spans = [(a, b) for a, b in spans if _is_one(last[a:b], turn) == one] or spans
    else:
        spans = _counterparts(what, turn, reader) if _ARTICLE.match(what) else []
    for start, end in spans[-1:]:
        return f"{last[:start]}{what}{last[end:]}?"
    return f"{last} {other}?" if preposition or (year and year[0] == what) else None


def _is_one(name: str, turn: Turn) -> bool:
    """Whether a name is somebody's, as far as the turn and the form of the name tell."""
    return bool(naming.people(name) or _people(turn).named(name))


def _counterparts(what: str, turn: Turn, reader: TextReader) -> list[tuple[int, int]]:
    """Where in the last question things stand that another may replace, the likeliest last."""
    last = turn.question.rstrip(" ?.!")
    [reading] = reader.read(f"What about {what}", [last])
    found = sorted(
        (text.split()[-1].lower() == what.split()[-1].lower(), odds, begin, begin + len(text))
        for odds, text, begin in _things(last, reading, turn)
    )
    return [(begin, end) for _, _, begin, end in found]


def _asked_on(asks: str, rest: str, turn: Turn) -> str | None:
    """The last question with other first words: "Why?", or with more to it: "By how much?"."""
    last = turn.question.rstrip(" ?.!")
    # "What if prices rise?" is a question of its own.
    if not Question(last).is_english or (rest and "how" not in asks.lower()):
        return None
    if rest and last.lower().startswith(f"{asks.lower()} "):
        return f"{last}{rest}?"
    if _IT.search(rest) or _HE_OR_SHE.search(rest):
        return None
    before = _ASKED_BY.match(last)
    if before and not rest and asks.lower() in ("when", "where", "why"):
        tail = last[before.end() :]
        return f"{asks[:1].upper()}{asks[1:].lower()} {tail[:1].lower()}{tail[1:]}?"
    return f"{last}, and {asks.lower()}{rest}?"
