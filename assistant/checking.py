"""Whether the archive bears out a sentence that a language model wrote; by code, no model.

A sentence stands if one sentence of a passage that it cites says the same. What is checked, each
against that sentence and, for names and what describes them, those that name the same:

- *markers*: it has one, and each leads to a passage;
- *quotations*: what stands in quotation marks is in the passage;
- *names*, *numbers* and *dates*: each occurs there, a number for the same thing;
- *words*: so does every other word that says something, in some form or a word for the same;
- *polarity*: what is denied, doubted, planned or demanded there is so here, and nothing else;
- *clauses*: what it says in one clause is said in one there, not gathered from several;
- *roles*: who does what to whom is not turned round;
- *attribution*: what somebody says there is not told as a fact.

This refuses many sentences that are true and worded freely; what it lets through is close to the
words of the archive. It cannot prove that a sentence follows: it finds the ways of going wrong
that are listed here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache

from assistant import expressions
from assistant.numbers import GROUPED, in_digits, value
from assistant.periods import dated_words
from assistant.wording import IRREGULAR
from corpus import Article, sentences
from corpus.datelines import prose_start
from corpus.dates import parse_date
from index import Passage
from index.lexical import words

# The share of a sentence's content words that one sentence of the archive must have by itself;
# what names and describes the same may add the others.
_LEAST_OF_ONE = 0.5
_MOST_TRIED = 3
# A quotation is near if no more than this share of its words differ, and not the outer ones.
_MOST_DIFFERENT = 0.2
_LONGEST = 400
# What is longer is no sentence that a reader could be shown as proof.
_LONGEST_PROOF = 1_500
_MARKER = re.compile(
    r"\s*[\[【]\s*(?:passage\s*)?(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\s*[\]】]", re.IGNORECASE
)
_QUOTATION = re.compile(
    r"[“”\"„]([^“”\"„]*)[“”\"]|«([^«»]*)»|(?<![\w’'])[‘']((?:[^‘’']|(?<=\w)[’'](?=\w))+)[’'](?!\w)"
)
_QUOTATION_MARKS = re.compile(r"[“”\"„«»]")
_LEAD_IN = re.compile(r"^(?:yes|no)\s*[,.:;—–-]+\s*(?=\w)", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[’'][^\W\d_]+)*|\w+")
_REPORTING = re.compile(r"\b(?:report\w*|publish\w*|wrote|writes|according)\b", re.IGNORECASE)
# Words that speak to whoever reads by machine; a sentence with them is no evidence of anything.
_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|question|above)"
    r"|\b(?:system prompt|language model|ai assistant|as an ai|you are an? (?:helpful |ai )?"
    r"assistant)\b|\b(?:respond|reply|answer|write|say|state|repeat)\b[^.]{0,60}\[\d+\]"
    r"|^\W*(?:respond|reply|answer|say|repeat|output|print)\b",
    re.IGNORECASE | re.DOTALL,
)

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
_TO_COME = "to come"
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
    | dict.fromkeys(("will", "shall"), _TO_COME)
)
_BY_MEANING: dict[str, str] = {
    _DENIES: "fail failed failure refuse refused refusal reject rejected deny denied denies denial "
    "lack lacked unable false untrue prevent prevented avoid avoided avert cancel cancelled "
    "canceled dismiss dismissed decline declined halt halted stop stopped abandon abandoned",
    _DOUBTS: "vow threaten threat promise pledge swear plan propose proposal demand want hope "
    "expect urge ask need request allege allegation accuse accusation claim suspect attempt try "
    "tried consider warn warning fear likely possible potential intend aim seek offer invite call",
}
_SPEAKING = frozenset(
    "said says say saying told tells tell according claimed claims claim alleged alleges insisted "
    "insists argued argues wrote writes believed believes believe suggested suggests".split()
)
_ATTRIBUTING = _SPEAKING | frozenset(
    "report reports reported announced announces warned warns added adds stated states confirmed "
    "called calls".split()
)
_FRONTING = frozenset(
    "after amid around as at before by despite during for from in on over since through under "
    "until when while with within without".split()
)
_COORDINATING = frozenset("and but or".split())
_SUBORDINATING = frozenset(
    "while who whom whose which when where although though because if unless that than".split()
)
_INSERTING = frozenset([",", "who", "which", "whose", "whom", "where"])
_PUNCTUATION = re.compile(r"[,;:—–()“”\"«»]")
# So many words may describe who does something, before the one that the claim has.
_MOST_DESCRIBING = 2
# A date is taken out of a sentence, and leaves this in its place: no gap has it otherwise.
_DATE_WAS_HERE = "\N{EM SPACE}"
_DATE_INSERTED = re.compile(rf",[^,]*{_DATE_WAS_HERE}[^,]*,")
_TURNS = frozenset("less not no never hardly barely nor without if would".split())
_OPPOSITES = {"for": "against", "against": "for", "with": "without", "without": "with"}
_QUANTIFIERS = frozenset("few many most some none half all one".split())
_HAS = frozenset("has have had".split())
_IS = frozenset("is are was were been be being".split())
_CUTS = frozenset("but while although though which who where whereas".split())
_CUTS_DENIAL = _CUTS | frozenset("and after before because since".split())
_MOST_DENIED = 8
_QUALIFIERS = frozenset(
    "more less fewer least most up nearly almost under over below above double twice".split()
)
_FULL_BREAK = re.compile(r"[;:—]")
_BREAK = re.compile(r"[,;:—()]")
_JOINS = frozenset("and but while".split())
_RELATIONS = frozenset(
    "by from to after before because since than against over under until into despite".split()
)
_LOOSE_RELATIONS = frozenset("for in at on near with between".split())
_TO_SIZE = frozenset("by to from for in after before until".split())
_PRONOUNS = frozenset("he she they it his her their him them its who there".split())
_ENGLISH = frozenset("the of and to was is that with for were has".split())
_LEAST_ENGLISH = 0.08
_BEFORE_ANY_ONE = frozenset("no any some every each the this that".split())
_BEFORE_A_THING = frozenset("a an the its his her their this that these those".split())
_AFTER_A_DEED = frozenset("to that of for by from against".split())
_SOME = frozenset(
    "dozen dozens hundreds thousands millions billions several many few half quarter".split()
)
_OF_A_COUNTRY = frozenset("n ns an ans ian ians i is ese ish s".split())
# Words between a doer and a deed that do not turn the one into the other.
_OF = frozenset("of from in at for".split())
_ARTICLES = frozenset("a an the".split())
_BETWEEN = _ARTICLES | _HAS
# So many words before and after a number may say what it counts, and after a relation its end.
_BEFORE, _BEHIND = 1, 3
_FOLLOWING = 12
_REACH = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of an article that bear something out: ``article.text[start:end]``."""

    article: Article
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence that stands, without its markers, and what bears it out.

    Its quotations are in the archive's own wording.
    """

    text: str
    evidence: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A sentence that does not stand, and why, in a few words."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Word:
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


class _Text:
    """A sentence as it is compared: dates taken out, numbers in digits, words folded."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.dates = [self.text[start:end] for start, end in expressions.dates(self.text)]
        self.readable = in_digits(_without_dates(self.text))
        self.words = tuple(_words_of(self.readable))
        self.clauses, self.breaks = self._in_clauses()
        self.forms = frozenset().union(*(word.forms for word in self.words))

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Its words and nothing else, to tell whether it is word for word another."""
        return tuple(_folded(each) for each in re.findall(r"\w+", self.text))

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
    def content(self) -> tuple[_Word, ...]:
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
    def stances(self) -> dict[_Word, frozenset[str]]:
        """For each word, what is said of it: that it is not so, or not certain."""
        found: dict[_Word, set[str]] = {word: set() for word in self.words}
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
            elif self.text_at(position - 1) in _SPEAKING and word.text != "to":
                begins = "said"
            if begins:
                breaks.append(begins)
            numbers.append(len(breaks) - 1)
        return tuple(numbers), tuple(breaks)

    def goes_on(self, clause: int) -> bool:
        """Whether a clause takes up the first after an insertion: "Blum, who was ill, resigned"."""
        begins = self.words[self.clauses.index(clause)]
        is_after = clause > 1 and self.breaks[clause] == "," and self.breaks[1] in _INSERTING
        return is_after and begins.is_lower and begins.text not in _FRONTING | _SPEAKING

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
        return tuple(
            position
            for position, word in enumerate(self.words)
            if word.is_number or position in set(self.saying)
        )

    def depends_on(self, position: int) -> int | None:
        """The word of which another is only a part: father, in his father and the father of his.

        Both are given by their positions.
        """
        word = self.words[position]
        if re.match(r"[\w-]+[’']s?(?!\w)", self.readable[word.start :]):
            return next((each for each in self.telling if each > position), None)
        if self.before(position) == "of":
            return next((each for each in reversed(self.telling) if each < position), None)
        return None

    def in_one_clause(self, one: _Word, other: _Word) -> bool:
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
        while self.text_at(at) in _ARTICLES:
            at -= 1
        return self.text_at(at)

    def shared(self, other: "_Text") -> int:
        """How many of its words that say something, and of its numbers, another sentence has."""
        told = sum(bool(self.words[each].forms & other.forms) for each in self.saying)
        return told + sum(_has_number(number, other) for number in self.numbers)

    def _reach(self, position: int) -> Iterator[tuple[str, list[int]]]:
        """The words whose truth a word takes away, if it does."""
        word = self.words[position]
        if stance := self._together(position) or _at_once(word.text):
            denies = stance == _DENIES
            cuts = _CUTS_DENIAL if denies else _CUTS
            most = _MOST_DENIED if denies else len(self.words)
            # To rule something out is a deed that is itself not to rule it.
            own = [position] if word.text == "ruled" else []
            yield stance, [*own, *self._onward(position, cuts, most, comma=True)]
        elif (stance := _by_meaning(word)) and not self._is_thing(position):
            yield stance, [position, *self._onward(position, _CUTS, len(self.words), comma=False)]
            before = self._back(position)
            passive = _IS.intersection(self.words[each].text for each in before[:2])
            clause = "that" in (self.words[each].text for each in before)
            if passive and (stance == _DENIES or clause):
                yield stance, before

    def _together(self, position: int) -> str | None:
        """What words say together: has to, is to, yet to, short of, few, ruled out."""
        word, before, after = (self.text_at(position + step) for step in (0, -1, 1))
        if word in _HAS and after == "to":
            return _DOUBTS
        if word in _IS and after == "to":
            return _TO_COME
        denies = (word, after) in {("yet", "to"), ("short", "of")} or (
            word == "few" and before not in _ARTICLES
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
            if comma and word.text == "and" and self.text_at(each + 1) in _IS | _HAS:
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
        while self.text_at(at) in _ARTICLES:
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
def _read(text: str) -> _Text:
    return _Text(text)


def check(sentence: str, passages: Sequence[Passage]) -> Checked | Refused:
    """Check one sentence with its markers; ``[1]`` cites the first of the passages.

    It is checked against each passage that it cites, and stands on those that bear it out alone.
    """
    cited = [int(each) for found in _MARKER.findall(sentence) for each in re.split(r"\D+", found)]
    text = _LEAD_IN.sub("", " ".join(_MARKER.sub("", sentence).split()))
    text = text[:1].upper() + text[1:]
    if not cited:
        return Refused(text, "it cites nothing")
    if not all(1 <= number <= len(passages) for number in cited):
        return Refused(text, "it cites what is not there")
    if len(text) > _LONGEST:
        return Refused(text, "it is too long")
    results = [_against(text, passages[number - 1]) for number in dict.fromkeys(cited)]
    standing = [each for each in results if isinstance(each, Checked)]
    if not standing:
        return results[0]
    evidence = dict.fromkeys(each for result in standing for each in result.evidence)
    return replace(standing[0], evidence=tuple(evidence))


def _against(text: str, passage: Passage) -> Checked | Refused:
    article = passage.article
    spans = [
        (start, end)
        for start, end in sentences(article.text, article.language)
        if start < passage.end and passage.start < end and end - start <= _LONGEST_PROOF
        and not _ADDRESSED.search(article.text[start:end])
    ]  # fmt: skip
    if spans and spans[0][0] == 0:
        # The day and the place of a dateline are those of the report, not of what it tells.
        spans[0] = (prose_start(article.text[: spans[0][1]]) or 0, spans[0][1])
    quoting = _with_own_words(text, article, spans)
    if isinstance(quoting, Refused):
        return quoting
    text, quoted = quoting
    claim = _read(text)
    told = [_read(article.text[start:end]) for start, end in spans]
    for position, each in enumerate(told):
        if claim.plain and claim.plain == each.plain:
            return Checked(text, (Stretch(article, *spans[position]),))
    if not _is_english(passage.text):
        return Refused(text, "it is not word for word, and the passage is not in English")
    if not claim.content:
        return Refused(text, "it says nothing that can be checked")
    likely = sorted(range(len(told)), key=lambda each: -claim.shared(told[each]))[:_MOST_TRIED]
    reasons = []
    for best in likely:
        proof = _borne_out(claim, told, best, article, spans[best])
        if isinstance(proof, str):
            reasons.append(proof)
            continue
        stretches = {Stretch(article, *spans[each]) for each in proof}
        stretches |= {
            Stretch(article, start, end)
            for start, end in spans
            if any(start < b and a < end for a, b in quoted)
        }
        return Checked(text, tuple(sorted(stretches, key=lambda each: each.start)))
    return Refused(text, reasons[0] if reasons else "what it cites says nothing")


def _borne_out(
    claim: _Text, told: Sequence[_Text], best: int, article: Article, span: tuple[int, int]
) -> list[int] | str:
    """The positions of the sentences that bear a claim out, or why the best one does not."""
    main = told[best]
    named = _naming(claim, told, best, article)
    if named is None:
        return "a name in it does not occur in what it cites"
    used = [told[each] for each in (best, *named)]
    if not all(any(word.forms & each.forms for each in used) for word in claim.content):
        return "words in it do not occur in what it cites"
    of_one = sum(bool(word.forms & main.forms) for word in claim.content)
    if of_one < _LEAST_OF_ONE * len(claim.content):
        return "no single sentence of what it cites says it"
    dated = _dated(claim, main, article, span)
    if not all(dated):
        return "a date in it does not occur in what it cites"
    if not all(_has_number(number, main) for number in claim.numbers):
        return "a number in it does not occur in what it cites"
    if any(_contradicts(word, claim, used) for word in claim.content):
        return "it denies or asserts what the archive does not"
    if _turned_round(claim, main):
        return "it turns round who does what"
    if not _in_clauses_of(claim, main, dated) or _is_only_of_it(claim, main):
        return "it puts together what is said of different things"
    if _leaves_out_who_says_it(claim, main):
        return "it leaves out who says so"
    return [best, *named]


def _in_clauses_of(claim: _Text, main: _Text, dated: Sequence[frozenset[int]]) -> bool:
    """Whether what each clause of the claim says is said in one clause of a sentence.

    Or in two that belong together (see ``_Pair``). A date stands with the words of its clause; one
    that stands alone, before or after a comma, with those of the first.
    """
    telling = dict.fromkeys(claim.clauses[position] for position in claim.telling)
    with_days: dict[int, list[frozenset[int]]] = {clause: [] for clause in telling}
    for clauses, clause in zip(dated, claim.clauses_of_dates, strict=True):
        with_days.setdefault(clause if clause in telling else next(iter(telling)), []).append(
            clauses
        )
    for clause in telling:
        # What goes on after an insertion is said of what the sentence begins with.
        own = {clause, claim.clauses[0]} if claim.goes_on(clause) else {clause}
        held = [
            (position, places)
            for position in claim.telling
            if claim.clauses[position] in own and (places := _places(claim.words[position], main))
        ]
        every = range(len(main.breaks))
        if held and not (
            any(_holds_all(held, with_days[clause], main, {one}) for one in every)
            or any(
                _holds_all(held, with_days[clause], main, {first, second})
                and _Pair(main, first, second).joins(claim, held)
                for first in every
                for second in every[first + 1 :]
            )
        ):
            return False
    return True


Held = Sequence[tuple[int, Sequence[int]]]
"""Words of a claim, by their positions, each with the positions that a sentence has it at."""


def _places(word: _Word, text: _Text) -> list[int]:
    """The positions at which a text has a word in some form."""
    return [
        position
        for position in text.telling
        if text.words[position].forms & word.forms or _is_same_name(text.words[position], word)
    ]


def _holds_all(held: Held, days: Sequence[frozenset[int]], main: _Text, clauses: set[int]) -> bool:
    """Whether each word has a place in some clauses, and each date is in one of them."""
    return all(each & clauses for each in days) and all(
        any(main.clauses[place] in clauses for place in places) for _, places in held
    )


class _Pair:
    """Two clauses of a sentence that say something together."""

    def __init__(self, text: _Text, first: int, second: int) -> None:
        self._text = text
        self._between = text.breaks[first + 1 : second + 1]
        self._first = [at for at in text.telling if text.clauses[at] == first]
        self._second = [at for at in text.telling if text.clauses[at] == second]

    def joins(self, claim: _Text, held: Held) -> bool:
        """Whether words of the one and then words of the other are put together as they are there.

        What somebody did, an insertion left out: "Blum, who was ill, resigned". What is joined by
        "and" or "that": "Blum sold the house and left". And who is said to be or to do something
        in what is put after the name: "Blum, the judge", "Blum, who is a judge".
        """
        if not self._first or not self._second or ";" in self._between:
            return False
        last = self._between[-1]
        is_inserted = len(self._between) > 1 and last == "," and self._between[0] in _INSERTING
        for cut in range(1, len(held)):
            before = [[at for at in places if at in self._first] for _, places in held[:cut]]
            after = [[at for at in places if at in self._second] for _, places in held[cut:]]
            if not all(before) or not all(after):
                continue
            described = min(self._first.index(at) for places in before for at in places)
            begins = described <= _MOST_DESCRIBING
            goes_on = self._second[0] in after[0]
            if begins and (is_inserted or (goes_on and last in {"and", "that"})):
                return True
            is_beside = len(self._between) == 1 and self._first[-1] in before[-1] and goes_on
            named = all(at in self._text.in_names for places in before for at in places)
            is_said_to_be = claim.before(held[cut][0]) in _IS
            if is_beside and named and (last == "who" or (last == "," and is_said_to_be)):
                return True
        return False


def _is_only_of_it(claim: _Text, main: _Text) -> bool:
    """Whether what the claim begins with is there only that of which something does it."""
    first = next(iter(claim.telling), None)
    if first is None:
        return False
    places = _places(claim.words[first], main)
    heads = [main.depends_on(at) for at in places]
    return bool(places) and all(
        head is not None and not _places(main.words[head], claim) for head in heads
    )


def _leaves_out_who_says_it(claim: _Text, main: _Text) -> bool:
    """Whether somebody says it in the sentence, and in the claim nobody does."""
    told = {word.text for word in main.words}
    return bool(told & _SPEAKING) and not any(word.text in _ATTRIBUTING for word in claim.words)


def _has_number(number: _Number, told: _Text) -> bool:
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


def _naming(claim: _Text, told: Sequence[_Text], best: int, article: Article) -> list[int] | None:
    """The sentences that name in full what the best one names in part, or by a pronoun.

    None if a name of the claim is found neither there nor in them.
    """
    used = [best]
    main = told[best]
    source = _read(article.source or "")
    for positions in claim.names:
        name = [claim.words[each] for each in positions]
        if any(_holds(name, each) for each in (*(told[at] for at in used), source)):
            continue
        if positions == (0,) and name[0].forms & main.forms:
            continue
        in_full = [at for at, each in enumerate(told) if _holds(name, each)]
        if any(_is_part_of(at, main, name) for at in main.names):
            if not in_full:
                return None
            used.append(min(in_full, key=lambda at: abs(at - best)))
        elif (
            best > 0
            and best - 1 in in_full
            and _PRONOUNS.intersection(word.text for word in main.words)
            and any(
                _is_same_name(name[-1], told[best - 1].words[each])
                for each in told[best - 1].names[0]
            )
        ):
            used.append(best - 1)
        else:
            return None
    return used[1:]


def _holds(name: Sequence[_Word], told: _Text) -> bool:
    """Whether the words of a name stand in a sentence, in order and near each other."""
    for first, word in enumerate(told.words):
        if not _is_same_name(name[0], word):
            continue
        at = first
        for part in name[1:]:
            near = range(at + 1, min(len(told.words), at + 4))
            at = next((each for each in near if _is_same_name(part, told.words[each])), -1)
            if at < 0:
                break
        else:
            return True
    return False


def _is_part_of(positions: Sequence[int], text: _Text, name: Sequence[_Word]) -> bool:
    """Whether a name in a text is the last word of another, or more of it, and nothing else."""
    words = [text.words[each] for each in positions]
    return any(_is_same_name(word, name[-1]) for word in words) and all(
        any(_is_same_name(word, part) for part in name) for word in words
    )


def _is_same_name(one: _Word, other: _Word) -> bool:
    """Whether two words of names are one, or a country and what is of it: Syria and Syrian."""
    short, long = sorted((one.text, other.text), key=len)
    return short == long or (
        len(short) >= 4 and long.startswith(short) and long[len(short) :] in _OF_A_COUNTRY
    )


def _contradicts(word: _Word, claim: _Text, told: Iterable[_Text]) -> bool:
    """Whether the claim says that something is so, or is not, where the archive never does.

    That something will be so may be told as that it is: the treaty runs for a year.
    """
    stance = claim.stances[word]
    others = [
        (other, each.stances[other])
        for each in told
        for other in each.words
        if other.forms & word.forms
    ]
    return bool(others) and not any(
        stance == of_other
        or (stance == {_TO_COME} and not of_other and _is_present(other.text, word.text))
        for other, of_other in others
    )


def _is_present(one: str, other: str) -> bool:
    return one.removesuffix("s") == other.removesuffix("s")


def _turned_round(claim: _Text, main: _Text) -> bool:
    """Whether the claim gives a deed to another than the sentence does."""
    pairs = list(_neighbours(main))
    suffered = claim.by_whom.keys() ^ main.by_whom.keys()
    for one, other in _neighbours(claim, 1):
        turned = any(one.forms & b.forms and other.forms & a.forms for a, b in pairs)
        kept = any(one.forms & a.forms and other.forms & b.forms for a, b in pairs)
        if turned and not kept and not suffered & (one.forms | other.forms):
            return True
        if one.text.endswith("ly") and not main.in_one_clause(one, other):
            return True
    if any(_changes_voice(claim, main, position) for position in claim.saying):
        return True
    return any(_moves_relation(claim, main, position) for position in range(len(claim.words)))


def _changes_voice(claim: _Text, main: _Text, position: int) -> bool:
    """Whether something is done to what does it there, or is what it is only of there."""
    of = position
    while of and claim.words[of - 1].text in _ARTICLES:
        of -= 1
    if claim.text_at(of - 1) not in _IS:
        return False
    word = claim.words[position]
    places = [at for at, other in enumerate(main.words) if other.forms & word.forms]
    before = [main.before(at) for at in places]
    if before and all(each == "of" for each in before):
        return True
    if of < position or not _is_deed(word) or any(each in _IS for each in before):
        return False
    subject: set[str] = set()
    for at in range(position - 2, -1, -1):
        if at not in claim.saying:
            break
        subject |= claim.words[at].forms
    for at in places:
        same = main.words[at].text == word.text and not word.text.endswith("ed")
        if same or main.text_at(at + 1) == "by" or not subject & main.forms:
            return False
    return not any(other.forms & subject for at in places for other in main.words[at + 1 : at + 7])


def _is_deed(word: _Word) -> bool:
    """Whether a word may be a participle."""
    return word.text.endswith("ed") or bool(_irregular() & set(words(word.text)))


def _neighbours(text: _Text, reach: int = _REACH) -> Iterator[tuple[_Word, _Word]]:
    """Words that say something and stand side by side, or nearly, as a doer and a deed do."""
    for order, first in enumerate(text.saying):
        last = first
        for second in text.saying[order + 1 : order + 1 + reach]:
            between = text.words[last + 1 : second]
            gaps = [word.gap.strip() for word in text.words[last + 1 : second + 1]]
            if any(gaps) or not all(w.text in _BETWEEN or w.is_number for w in between):
                break
            yield text.words[first], text.words[second]
            last = second


def _moves_relation(claim: _Text, main: _Text, position: int) -> bool:
    """Whether what follows on a word such as "by" or "after" does not follow on it there."""
    relation = claim.words[position].text
    if relation not in _RELATIONS | _LOOSE_RELATIONS:
        return False
    deed = claim.words[position - 1].forms if position else frozenset()
    if relation == "by" and deed & claim.by_whom.keys() and not deed & main.by_whom.keys():
        return False
    following = _following(claim, position)[:2]
    places = [at for at, word in enumerate(main.words) if word.text == relation]
    opposite = [at for at, word in enumerate(main.words) if word.text == _OPPOSITES.get(relation)]
    if (
        following
        and not places
        and any(
            word.forms & other.forms
            for at in opposite
            for other in _following(main, at)
            for word in following
        )
    ):
        return True
    if not following or not places or not following[0].forms & main.forms:
        return False
    places = [
        at
        for at in places
        if any(word.forms & other.forms for other in _following(main, at) for word in following)
    ]
    if not places:
        return relation in _RELATIONS
    before = {form for word in _preceding(claim, position) for form in word.forms}
    others = [{form for word in _preceding(main, at) for form in word.forms} for at in places]
    return bool(before) and all(each and not each & before for each in others)


def _preceding(text: _Text, position: int) -> list[_Word]:
    """The words that say something before a word, back to where such a word stands already."""
    found = []
    for at in range(position - 1, -1, -1):
        if text.words[at].text in _CUTS or text.words[at].text == text.words[position].text:
            break
        if at in text.saying:
            found.append(text.words[at])
    return found


def _following(text: _Text, position: int) -> list[_Word]:
    """The words that say something after a word, up to the next relation."""
    found = []
    for at in range(position + 1, min(len(text.words), position + 1 + _FOLLOWING)):
        if text.words[at].text in _RELATIONS | _LOOSE_RELATIONS:
            break
        if at in text.saying:
            found.append(text.words[at])
    return found


def _dated(
    claim: _Text, main: _Text, article: Article, span: tuple[int, int]
) -> list[frozenset[int]]:
    """For each date of the claim, the clauses of the sentence that have it; empty if none has.

    It may be there in the same words or as the same days. The day of publication is a date of
    every clause where the claim speaks of a report.
    """
    told: list[tuple[str, int, tuple[date, date] | None]] = []
    relative = dated_words(article, *span)
    for text, clause in zip(main.dates, main.clauses_of_dates, strict=True):
        meant = [
            (each.first, each.last)
            for each in relative
            if text in " ".join(article.text[each.start : each.end].split())
        ]
        days = meant[0] if meant else _days(text, article)
        told.append((GROUPED.sub("", text.casefold()), clause, days))
    everywhere = frozenset(range(len(main.breaks)))
    found = []
    for each in claim.dates:
        words_for_it = re.compile(rf"\b{re.escape(each.casefold())}\b")
        meant = _days(each, article)
        clauses = {
            clause
            for text, clause, days in told
            if words_for_it.search(text)
            or (meant and days and meant[0] <= days[0] and days[1] <= meant[1])
        }
        published = article.published
        is_reporting = published and meant and _REPORTING.search(claim.text)
        if is_reporting and meant[0] <= published.day and published.last_day <= meant[1]:
            clauses |= everywhere
        if not clauses and words_for_it.search(GROUPED.sub("", main.text.casefold())):
            clauses |= everywhere
        found.append(frozenset(clauses))
    return found


def _days(text: str, article: Article) -> tuple[date, date] | None:
    """The first and the last day of a date, in the year nearest to its article if it has none."""
    if found := parse_date(text, "dateline", "en-US"):
        return found.day, found.last_day
    if article.published is None or not re.search(r"[^\W\d_]", text):
        return None
    told = article.published.day
    years = (told.year - 1, told.year, told.year + 1)
    dated = [parse_date(f"{text} {year}", "dateline", "en-US") for year in years]
    near = [(each.day, each.last_day) for each in dated if each and each.precision != "year"]
    return min(near, key=lambda days: abs(days[0] - told), default=None)


def _with_own_words(
    text: str, article: Article, spans: Sequence[tuple[int, int]]
) -> tuple[str, list[tuple[int, int]]] | Refused:
    """The text with the archive's own wording in its quotation marks, and where that stands.

    Case, white space and punctuation are all that may differ in a quotation that is verbatim.
    One in which few words differ is near; it too is replaced by what the archive has.
    """
    told = [
        (_folded(match[0]), start + match.start(), start + match.end())
        for start, end in spans
        for match in re.finditer(r"\w+", article.text[start:end])
    ]
    quoted = []
    parts = []
    at = 0
    for match in _QUOTATION.finditer(text):
        inside = list(re.finditer(r"\w+", match[0]))
        if not inside:
            continue
        found = _stretch([_folded(each[0]) for each in inside], [word for word, _, _ in told])
        if found is None:
            return Refused(text, "a quotation in it is not in what it cites")
        start, end = told[found[0]][1], told[found[1] - 1][2]
        opens = max(
            (each.end() for each in _QUOTATION_MARKS.finditer(article.text, 0, start)),
            default=start,
        )
        if _TURNS.intersection(
            _folded(each) for each in re.findall(r"\w+", article.text[opens:start])
        ):
            return Refused(text, "a quotation in it is cut so that it says something else")
        parts += [
            text[at : match.start() + inside[0].start()],
            " ".join(article.text[start:end].split()),
        ]
        at = match.start() + inside[-1].end()
        quoted.append((start, end))
    if _QUOTATION_MARKS.search(_QUOTATION.sub("", text)):
        return Refused(text, "a quotation in it has no end")
    return "".join([*parts, text[at:]]), quoted


def _stretch(quote: Sequence[str], told: Sequence[str]) -> tuple[int, int] | None:
    """Where the words of a quotation stand, or the nearest to them that is near enough."""
    from rapidfuzz.distance import Levenshtein

    most = int(len(quote) * _MOST_DIFFERENT)
    nearest = (most + 1, 0, 0)
    for length in sorted(range(max(1, len(quote) - most), len(quote) + most + 1),
                         key=lambda length: abs(length - len(quote))):  # fmt: skip
        for start in range(len(told) - length + 1):
            window = told[start : start + length]
            if window[0] != quote[0] or window[-1] != quote[-1]:
                continue
            distance = Levenshtein.distance(quote, window, score_cutoff=nearest[0])
            if distance < nearest[0]:
                nearest = (distance, start, start + length)
                if not distance:
                    return nearest[1:]
    return nearest[1:] if nearest[0] <= most else None


def _is_english(text: str) -> bool:
    """Whether a text has as many of the commonest English words as English has."""
    told = [_folded(each) for each in re.findall(r"\w+", text)]
    return sum(each in _ENGLISH for each in told) >= _LEAST_ENGLISH * len(told)


def _without_dates(text: str) -> str:
    for start, end in reversed(expressions.dates(text)):
        text = text[:start] + _DATE_WAS_HERE + text[end:]
    return text


def _words_of(text: str) -> Iterator[_Word]:
    at = 0
    for match in _TOKEN.finditer(text):
        gap = text[at : match.start()]
        at = match.end()
        if match[0][0].isdecimal() and re.fullmatch(r"[\d.,]+", match[0]):
            percent = "%" if text.startswith("%", at) else ""
            number = f"{value(match[0]):.15g}{percent}"
            yield _Word(number, frozenset({number}), gap, match.start(), True, False)
        elif match[0].lower() in _SOME:
            number = f"{match[0].lower().removesuffix('s')}s"
            yield _Word(number, frozenset({number}), gap, match.start(), True, False)
        else:
            folded = _folded(match[0]).removesuffix("'s")
            yield _Word(folded, _forms(folded), gap, match.start(), False, match[0].islower())


def _folded(word: str) -> str:
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


def _by_meaning(word: _Word) -> str | None:
    if word.text in _GLUE or word.is_number:
        return None
    return next((_stances()[form] for form in word.forms if form in _stances()), None)


@cache
def _irregular() -> frozenset[str]:
    return frozenset(words(IRREGULAR))


@cache
def _stances() -> dict[str, str]:
    """By stem, what words such as "refuse" and "vow" say of the words that follow them."""
    return {stem: stance for stance, listed in _BY_MEANING.items() for stem in words(listed)}
