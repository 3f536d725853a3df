"""A sentence as it is compared with another: its words, names, numbers, dates and clauses.

By rules for English and no model: what is denied, doubted or only to come (its *stances*), where
a clause begins, and what a number counts.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from assistant import expressions
from assistant.numbers import in_digits, value
from assistant.wording import IRREGULAR
from index.lexical import words

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[’'][^\W\d_]+)*|\w+")
_GLUE = frozenset(
    "a about also although an and another are as at be because been being between both but by "
    "did do does during each for from further furthermore had has have having he her here "
    "hers him his how however i if in into is it its itself like me moreover my of on or our out "
    "ours own she so some such than that the their theirs them themselves then there therefore "
    "these they this those though through thus to too towards upon us very was we were what when "
    "where whereas which while who whom whose why with within you your s t re ve ll d am "
    "article articles passage passages source sources report reports reported reporting "
    "according people person persons say says said saying state states stated mention mentions "
    "mentioned describe describes described add adds added note notes noted namely include "
    "includes included including per cent percent mr mrs ms dr sir one".split()
)
# Words that say the same wherever they stand; unlike those by which evidence is searched for,
# which may be of one field only.
_SAME = """
die died dead death deaths dying killed kill killing fatal fatalities; injure injury injured
wounded hurt; begin start commence erupt broke; end finish conclude;
agreement deal pact; vow pledge promise swear threaten; buy purchase acquire acquisition;
film movie; doctor physician; car vehicle; child kid; lead head; attend attended attendance
present participate participant; arrest detain; resign quit; demand insist; leave departure depart;
meeting talks; fight battle clash combat; quake earthquake; fire blaze; lawyer attorney;
jail prison imprison; rise increase climb grow; fall drop decrease; close shut closure;
ban prohibit forbid outlaw; marry wed; roughly about approximately around; money fund;
collapse collapsed; biggest largest; reject refuse decline; visit visited
"""
_DENIES = "denied"
_DOUBTS = "not certain"
TO_COME = "to come"
_AT_ONCE: dict[str, str] = (
    dict.fromkeys(
        "no not never none nobody nothing neither nor without cannot hardly barely unlike".split(),
        _DENIES,
    )
    | dict.fromkeys(
        "can may might could would should must if unless whether perhaps allegedly reportedly "
        "supposedly possibly probably rumour rumor rumours rumors falsely wrongly".split(),
        _DOUBTS,
    )
    | dict.fromkeys(("will", "shall"), TO_COME)
)
_BY_MEANING: dict[str, str] = {
    _DENIES: "fail failed failure refuse refused refusal reject rejected deny denied denies denial "
    "lack lacked unable false untrue prevent prevented avoid avoided avert cancel cancelled "
    "canceled dismiss dismissed decline declined halt halted stop stopped abandon abandoned",
    _DOUBTS: "vow threaten threat promise pledge swear plan propose proposal demand want hope "
    "expect urge ask need request allege allegation accuse accusation claim suspect attempt try "
    "tried consider warn warning fear likely possible potential intend aim seek offer invite call",
}
# What follows on these is said by somebody, and need not be so.
SPEAKING = frozenset(
    "said says say saying told tells tell according claimed claims claim alleged alleges insisted "
    "insists argued argues wrote writes believed believes believe suggested suggests".split()
)
_FRONTING = frozenset(
    "after amid around as at before by despite during for from in on over since through under "
    "until when while with within without".split()
)
_COORDINATING = frozenset("and but or".split())
_SUBORDINATING = frozenset(
    "while who whom whose which when where although though because if unless that than".split()
)
INSERTING = frozenset([",", "who", "which", "whose", "whom", "where"])
_PUNCTUATION = re.compile(r"[,;:—–()“”\"«»]")
# A date is taken out of a sentence, and leaves this in its place: no gap has it otherwise.
_DATE_WAS_HERE = "\N{EM SPACE}"
_DATE_INSERTED = re.compile(rf",[^,]*{_DATE_WAS_HERE}[^,]*,")
_QUANTIFIERS = frozenset("few many most some none half all one".split())
HAS = frozenset("has have had".split())
IS = frozenset("is are was were been be being".split())
CUTS = frozenset("but while although though which who where whereas".split())
_CUTS_DENIAL = CUTS | frozenset("and after before because since".split())
_MOST_DENIED = 8
_QUALIFIERS = frozenset(
    "more less fewer least most up nearly almost under over below above double twice".split()
)
_FULL_BREAK = re.compile(r"[;:—]")
_BREAK = re.compile(r"[,;:—()]")
_JOINS = frozenset("and but while".split())
_TO_SIZE = frozenset("by to from for in after before until".split())
_BEFORE_ANY_ONE = frozenset("no any some every each the this that".split())
_BEFORE_A_THING = frozenset("a an the its his her their this that these those".split())
_AFTER_A_DEED = frozenset("to that of for by from against".split())
_SOME = frozenset(
    "dozen dozens hundreds thousands millions billions several many few half quarter".split()
)
_BEFORE_A_PART = frozenset("of on for from to with against".split())
ARTICLES = frozenset("a an the".split())
# So many words before and after a number may say what it counts, and after a relation its end.
_BEFORE, _BEHIND = 1, 3


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: folded, its forms as they are compared, and what stands before it."""

    text: str
    forms: frozenset[str]
    gap: str
    start: int
    is_number: bool
    is_lower: bool


@dataclass(frozen=True, slots=True)
class _Number:
    """A number by its value, the words beside it, those after it, what qualifies it (more than,
    nearly), and how it is related to what is before it: risen by, risen to."""

    value: str
    beside: frozenset[str]
    counted: frozenset[str]
    qualifiers: frozenset[str]
    relation: str


class Text:
    """A sentence as it is compared: dates taken out, numbers in digits, words folded."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.dates = [
            self.text[start:end].rstrip(".") for start, end in expressions.dates(self.text)
        ]
        self.readable = in_digits(_without_dates(self.text))
        self.words = tuple(_words_of(self.readable))
        self.clauses, self.breaks = self._in_clauses()
        self.forms = frozenset().union(*(word.forms for word in self.words))

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Its words and nothing else, to tell whether it is word for word another."""
        return tuple(folded(each) for each in re.findall(r"\w+", self.text))

    @cached_property
    def names(self) -> tuple[tuple[int, ...], ...]:
        """Its names, each as the positions of its words that tell."""
        found = []
        for start, end in expressions.names(self.readable):
            inside = [
                position
                for position, word in enumerate(self.words)
                if start <= word.start < end and word.text not in _GLUE and not word.is_number
            ]
            if inside:
                found.append(tuple(inside))
        return tuple(found)

    @cached_property
    def in_names(self) -> frozenset[int]:
        """The positions of the words of names; a first word alone may be capitalised by place."""
        return frozenset(position for name in self.names if name != (0,) for position in name)

    @cached_property
    def saying(self) -> tuple[int, ...]:
        """The positions of all words that say something, names included, numbers not."""
        return tuple(
            position
            for position, word in enumerate(self.words)
            if not word.is_number and word.text not in _GLUE and _at_once(word.text) is None
        )

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words that say something and are no part of a name."""
        return tuple(
            self.words[position] for position in self.saying if position not in self.in_names
        )

    @cached_property
    def numbers(self) -> tuple[_Number, ...]:
        return tuple(
            _Number(
                word.text,
                self._beside(position, (-1, 1)),
                self._beside(position, (1,)),
                self._qualifiers(position),
                self._relation(position),
            )
            for position, word in enumerate(self.words)
            if word.is_number and not self._is_pronoun(position)
        )

    @cached_property
    def stances(self) -> dict[Word, frozenset[str]]:
        """For each word, what is said of it: that it is not so, or not certain."""
        found: dict[Word, set[str]] = {word: set() for word in self.words}
        asks = self.text.endswith("?") or self.text.startswith("Q:")
        for position, word in enumerate(self.words):
            if asks:
                found[word].add(_DOUBTS)
            for stance, reached in self._reach(position):
                for each in reached:
                    found[self.words[each]].add(stance)
        return {word: frozenset(stances) for word, stances in found.items()}

    @cached_property
    def by_whom(self) -> dict[str, frozenset[str]]:
        """For each form of a word before "by": the forms of the words that say who did it."""
        found: dict[str, frozenset[str]] = {}
        for position, word in enumerate(self.words):
            after = next((each for each in self.saying if each > position), None)
            if word.text == "by" and position and after is not None:
                named = next((name for name in self.names if after in name), (after,))
                forms = frozenset().union(*(self.words[each].forms for each in named))
                found |= dict.fromkeys(self.words[position - 1].forms, forms)
        return found

    def _in_clauses(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The number of each word's clause, and how each clause begins."""
        numbers: list[int] = []
        breaks = [""]
        # "After a year of dispute, they signed": the comma does not part what belongs together.
        is_fronted = self.text_at(0) in _FRONTING
        for position, word in enumerate(self.words):
            mark = _PUNCTUATION.search(_DATE_INSERTED.sub("", word.gap))
            begins = ""
            if not position:
                pass
            elif mark and is_fronted:
                is_fronted = False
            elif mark and mark[0] in ";:":
                begins = ";"
            elif word.text in _SUBORDINATING:
                begins = word.text
            elif word.text in _COORDINATING:
                begins = "and"
            elif mark:
                begins = ","
            elif self.text_at(position - 1) in SPEAKING and word.text != "to":
                begins = "said"
            if begins:
                breaks.append(begins)
            numbers.append(len(breaks) - 1)
        return tuple(numbers), tuple(breaks)

    def goes_on(self, clause: int) -> bool:
        """Whether a clause takes up the first after an insertion: "Blum, who was ill, resigned"."""
        begins = self.words[self.clauses.index(clause)]
        is_after = clause > 1 and self.breaks[clause] == "," and self.breaks[1] in INSERTING
        return is_after and begins.is_lower and begins.text not in _FRONTING | SPEAKING

    @cached_property
    def clauses_of_dates(self) -> list[int]:
        """The number of the clause of each of its dates."""
        found = []
        for position, word in enumerate(self.words):
            for before in word.gap.split(_DATE_WAS_HERE)[:-1]:
                begins = bool(_PUNCTUATION.search(before)) or not position
                found.append(self.clauses[position if begins else position - 1])
        last = self.clauses[-1] if self.clauses else 0
        return found + [last] * (len(self.dates) - len(found))

    @cached_property
    def telling(self) -> tuple[int, ...]:
        """The positions of the words that say something, and of its numbers."""
        saying = set(self.saying)
        return tuple(
            position
            for position, word in enumerate(self.words)
            if word.is_number or position in saying
        )

    def depends_on(self, position: int) -> int | None:
        """The word of which another is only a part: father, in his father and the father of his.

        Both are given by their positions.
        """
        word = self.words[position]
        if re.match(r"[\w-]+[’']s?(?!\w)", self.readable[word.start :]):
            return next((each for each in self.telling if each > position), None)
        if self.before(position) in _BEFORE_A_PART and _DATE_WAS_HERE not in word.gap:
            return next((each for each in reversed(self.telling) if each < position), None)
        return None

    def in_one_clause(self, one: Word, other: Word) -> bool:
        """Whether words for two words stand in it with no comma or the like between them."""
        ones = [at for at, word in enumerate(self.words) if word.forms & one.forms]
        others = [at for at, word in enumerate(self.words) if word.forms & other.forms]
        return any(
            not any(_BREAK.search(word.gap) for word in self.words[min(a, b) + 1 : max(a, b) + 1])
            for a in ones
            for b in others
        )

    def before(self, position: int) -> str:
        """The word before one and its article, empty if there is none."""
        at = position - 1
        while self.text_at(at) in ARTICLES:
            at -= 1
        return self.text_at(at)

    def before_all(self, position: int) -> str:
        """The word before the first of several that "and" joins: built, in was built and sold."""
        before = self.before(position)
        first = self.clauses.index(self.clauses[position])
        if before in _COORDINATING and first == position - 1:
            verbs = [at for at in range(first) if self.text_at(at) in IS]
            return self.text_at(verbs[-1]) if verbs else before
        return before

    def shared(self, other: "Text") -> int:
        """How many of its words that say something, and of its numbers, another sentence has."""
        told = sum(bool(self.words[each].forms & other.forms) for each in self.saying)
        return told + sum(has_number(number, other) for number in self.numbers)

    def _reach(self, position: int) -> Iterator[tuple[str, list[int]]]:
        """The words whose truth a word takes away, if it does."""
        word = self.words[position]
        if stance := self._together(position) or _at_once(word.text):
            denies = stance == _DENIES
            cuts = _CUTS_DENIAL if denies else CUTS
            most = _MOST_DENIED if denies else len(self.words)
            # To rule something out is a deed that is itself not to rule it.
            own = [position] if word.text == "ruled" else []
            yield stance, [*own, *self._onward(position, cuts, most, comma=True)]
        elif (stance := _by_meaning(word)) and not self._is_thing(position):
            yield stance, [position, *self._onward(position, CUTS, len(self.words), comma=False)]
            before = self._back(position)
            passive = IS.intersection(self.words[each].text for each in before[:2])
            clause = "that" in (self.words[each].text for each in before)
            if passive and (stance == _DENIES or clause):
                yield stance, before

    def _together(self, position: int) -> str | None:
        """What words say together: has to, is to, yet to, short of, few, ruled out."""
        word, before, after = (self.text_at(position + step) for step in (0, -1, 1))
        if word in HAS and after == "to":
            return _DOUBTS
        if word in IS and after == "to":
            return TO_COME
        denies = (word, after) in {("yet", "to"), ("short", "of")} or (
            word == "few" and before not in ARTICLES
        )
        return _DENIES if denies or (word, after) == ("ruled", "out") else None

    def _is_thing(self, position: int) -> bool:
        """Whether a word such as "plan" only names something, and says nothing of what follows."""
        after = self.text_at(position + 1)
        if self.words[position].text.startswith("call"):
            return after not in {"for", "on"}
        return self.text_at(position - 1) in _BEFORE_A_THING and after not in _AFTER_A_DEED

    def text_at(self, position: int) -> str:
        return self.words[position].text if 0 <= position < len(self.words) else ""

    def _onward(self, position: int, cuts: frozenset[str], most: int, comma: bool) -> list[int]:
        reached = []
        for each in range(position + 1, min(len(self.words), position + 1 + most)):
            word = self.words[each]
            if word.text in cuts or (_BREAK if comma else _FULL_BREAK).search(word.gap):
                break
            if comma and word.text == "and" and self.text_at(each + 1) in IS | HAS:
                break
            reached.append(each)
        return reached

    def _back(self, position: int) -> list[int]:
        """The words before one in its clause, the nearest first."""
        reached = []
        for each in range(position - 1, -1, -1):
            if self.words[each].text in _CUTS_DENIAL or _BREAK.search(self.words[each + 1].gap):
                break
            reached.append(each)
        return reached

    def _beside(self, position: int, steps: Sequence[int]) -> frozenset[str]:
        """The forms of the words beside a number, up to the end of its clause."""
        forms: set[str] = set()
        for step in steps:
            most = _BEFORE if step < 0 else _BEHIND
            found = 0
            at = position
            while found < most and 0 <= at + step < len(self.words):
                gap = self.words[max(at, at + step)].gap
                at += step
                word = self.words[at]
                if _BREAK.search(gap) or word.is_number or word.text in _JOINS:
                    break
                if at in self.saying:
                    forms |= word.forms
                    found += 1
        return frozenset(forms)

    def _relation(self, position: int) -> str:
        """How a number is related to what is before it; "of" where it is that of a share."""
        at = position - 1
        while self.text_at(at) in ARTICLES:
            at -= 1
        if self.text_at(at) == "of" and at:
            share = self.words[at - 1]
            return "of" if share.is_number or share.text in _QUANTIFIERS else "some of"
        return self.text_at(position - 1)

    def _qualifiers(self, position: int) -> frozenset[str]:
        before = self.words[max(0, position - 3) : position]
        return frozenset(word.text for word in before) & _QUALIFIERS

    def _is_pronoun(self, position: int) -> bool:
        """Whether a one counts nothing: no one, one of them."""
        return self.words[position].text == "1" and (
            self.text_at(position - 1) in _BEFORE_ANY_ONE
            or self.text_at(position + 1) in {"of", "another"}
        )


@lru_cache(maxsize=1024)
def read(text: str) -> Text:
    return Text(text)


def has_number(number: _Number, told: Text) -> bool:
    """Whether a sentence has the number, qualified alike, for the same thing."""
    return any(
        number.value == other.value
        and number.qualifiers == other.qualifiers
        and (number.relation == other.relation or not {number.relation, other.relation} <= _TO_SIZE)
        and (number.relation == "of") == (other.relation == "of")
        and (not number.beside or not other.beside or bool(number.beside & other.beside))
        and (not number.counted or not other.counted or bool(number.counted & other.counted))
        for other in told.numbers
    )


def _without_dates(text: str) -> str:
    for start, end in reversed(expressions.dates(text)):
        text = text[:start] + _DATE_WAS_HERE + text[end:]
    return text


def _words_of(text: str) -> Iterator[Word]:
    at = 0
    for match in _TOKEN.finditer(text):
        gap = text[at : match.start()]
        at = match.end()
        if match[0][0].isdecimal() and re.fullmatch(r"[\d.,]+", match[0]):
            percent = "%" if text.startswith("%", at) else ""
            number = f"{value(match[0]):.15g}{percent}"
            yield Word(number, frozenset({number}), gap, match.start(), True, False)
        elif match[0].lower() in _SOME:
            number = f"{match[0].lower().removesuffix('s')}s"
            yield Word(number, frozenset({number}), gap, match.start(), True, False)
        else:
            told = folded(match[0]).removesuffix("'s")
            yield Word(told, _forms(told), gap, match.start(), False, match[0].islower())


def folded(word: str) -> str:
    """A word without regard to case, accents and the shape of its apostrophe."""
    decomposed = unicodedata.normalize("NFKD", word.casefold().replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=8192)
def _forms(word: str) -> frozenset[str]:
    """A word's stem and the groups that it is in."""
    stems = words(word) or [word]
    return frozenset(stems) | frozenset().union(
        *(_groups().get(each, frozenset()) for each in stems)
    )


@cache
def _groups() -> dict[str, frozenset[str]]:
    """For each stem, names for the groups of words that say the same as it."""
    irregular = [words(group) for group in IRREGULAR.split(";")]
    groups: dict[str, set[str]] = {}
    for number, group in enumerate([*irregular, *map(words, _SAME.split(";"))]):
        forms = {form for each in irregular if set(each) & set(group) for form in each}
        for stem in {*group, *forms}:
            groups.setdefault(stem, set()).add(f"group {number}")
    return {stem: frozenset(numbers) for stem, numbers in groups.items()}


def _at_once(word: str) -> str | None:
    """What a word such as "not" or "may" says of the words that follow it."""
    return _DENIES if word.endswith("n't") else _AT_ONCE.get(word)


def _by_meaning(word: Word) -> str | None:
    if word.text in _GLUE or word.is_number:
        return None
    return next((_stances()[form] for form in word.forms if form in _stances()), None)


@cache
def _stances() -> dict[str, str]:
    """By stem, what words such as "refuse" and "vow" say of the words that follow them."""
    return {stem: stance for stance, listed in _BY_MEANING.items() for stem in words(listed)}
