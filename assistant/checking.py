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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from assistant.numbers import GROUPED
from assistant.parsing import (
    ARTICLES,
    CUTS,
    HAS,
    INSERTING,
    IS,
    SPEAKING,
    TO_COME,
    Text,
    Word,
    folded,
    has_number,
    read,
)  # fmt: skip
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
_REPORTING = re.compile(r"\b(?:report\w*|publish\w*|wrote|writes|according)\b", re.IGNORECASE)
# Words that speak to whoever reads by machine; a sentence with them is no evidence of anything.
_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|question|above)"
    r"|\b(?:system prompt|language model|ai assistant|as an ai|you are an? (?:helpful |ai )?"
    r"assistant)\b|\b(?:respond|reply|answer|write|say|state|repeat)\b[^.]{0,60}\[\d+\]"
    r"|^\W*(?:respond|reply|answer|say|repeat|output|print)\b",
    re.IGNORECASE | re.DOTALL,
)
# A claim with one of these says that somebody says so.
_ATTRIBUTING = SPEAKING | frozenset(
    "report reports reported announced announces warned warns added adds stated states confirmed "
    "called calls".split()
)
# So many words may describe who does something, before the one that the claim has.
_MOST_DESCRIBING = 2
_TURNS = frozenset("less not no never hardly barely nor without if would".split())
_THERE = frozenset("in at".split())
_OPPOSITES = {"for": "against", "against": "for", "with": "without", "without": "with"}
_RELATIONS = frozenset(
    "by from to after before because since than against over under until into despite".split()
)
_LOOSE_RELATIONS = frozenset("for in at on near with between".split())
_PRONOUNS = frozenset("he she it his her him its who there".split())
_ENGLISH = frozenset("the of and to was is that with for were has".split())
_LEAST_ENGLISH = 0.08
_OF_A_COUNTRY = frozenset("n ns an ans ian ians i is ese ish s".split())
_BETWEEN = ARTICLES | HAS
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
    claim = read(text)
    told = [read(article.text[start:end]) for start, end in spans]
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
    claim: Text, told: Sequence[Text], best: int, article: Article, span: tuple[int, int]
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
    if not all(has_number(number, main) for number in claim.numbers):
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


def _in_clauses_of(claim: Text, main: Text, dated: Sequence[frozenset[int]]) -> bool:
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
                _holds_all(held, [], main, {first, second})
                and _Pair(main, first, second).joins(claim, held, with_days[clause])
                for first in every
                for second in every[first + 1 :]
            )
        ):
            return False
    return True


Held = Sequence[tuple[int, Sequence[int]]]
"""Words of a claim, by their positions, each with the positions that a sentence has it at."""


def _places(word: Word, text: Text) -> list[int]:
    """The positions at which a text has a word in some form."""
    return [
        position
        for position in text.telling
        if text.words[position].forms & word.forms or _is_same_name(text.words[position], word)
    ]


def _holds_all(held: Held, days: Sequence[frozenset[int]], main: Text, clauses: set[int]) -> bool:
    """Whether each word has a place in some clauses, and each date is in one of them."""
    return all(each & clauses for each in days) and all(
        any(main.clauses[place] in clauses for place in places) for _, places in held
    )


class _Pair:
    """Two clauses of a sentence that say something together."""

    def __init__(self, text: Text, first: int, second: int) -> None:
        self._text = text
        self._between = text.breaks[first + 1 : second + 1]
        self._first = [at for at in text.telling if text.clauses[at] == first]
        self._second = [at for at in text.telling if text.clauses[at] == second]

    def joins(self, claim: Text, held: Held, days: Sequence[frozenset[int]]) -> bool:
        """Whether words of the one and then words of the other are put together as they are there.

        What somebody did, an insertion left out: "Blum, who was ill, resigned". What is joined by
        "and" or "that": "Blum sold the house and left". And who is said to be or to do something
        in what is put after the name: "Blum, the judge", "Blum, who is a judge".
        """
        if not self._first or not self._second or ";" in self._between:
            return False
        last = self._between[-1]
        is_inserted = len(self._between) > 1 and last == "," and self._between[0] in INSERTING
        # Of what both say, the day is that of what is done.
        if not all(self._text.clauses[self._second[0]] in each for each in days):
            return False
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
            if len(self._between) > 1 or self._first[-1] not in before[-1] or not goes_on:
                continue
            named = all(at in self._text.in_names for places in before for at in places)
            is_said_to_be = claim.before(held[cut][0]) in IS
            is_there = claim.text_at(held[0][0] - 1) in _THERE
            if (
                last in {"who", "which"}
                or (last == "where" and is_there)
                or (last == "," and named and (is_said_to_be or self._is_only_named()))
            ):
                return True
        return False

    def _is_only_named(self) -> bool:
        """Whether the first says nothing but a name, of which the second goes on."""
        clause = self._text.clauses[self._first[0]]
        begins = self._text.breaks[clause]
        return begins == "," and all(at in self._text.in_names for at in self._first)


def _is_only_of_it(claim: Text, main: Text) -> bool:
    """Whether what the claim begins with is there only that of which something does it."""
    placed = (places for at in claim.telling if (places := _places(claim.words[at], main)))
    heads = [main.depends_on(at) for at in next(placed, ())]
    return bool(heads) and all(
        head is not None and not _places(main.words[head], claim) for head in heads
    )


def _leaves_out_who_says_it(claim: Text, main: Text) -> bool:
    """Whether somebody says it in the sentence, and in the claim nobody does."""
    told = {word.text for word in main.words}
    return bool(told & SPEAKING) and not any(word.text in _ATTRIBUTING for word in claim.words)


def _naming(claim: Text, told: Sequence[Text], best: int, article: Article) -> list[int] | None:
    """The sentences that name in full what the best one names in part, or by a pronoun.

    None if a name of the claim is found neither there nor in them.
    """
    used = [best]
    main = told[best]
    source = read(article.source or "")
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


def _holds(name: Sequence[Word], told: Text) -> bool:
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


def _is_part_of(positions: Sequence[int], text: Text, name: Sequence[Word]) -> bool:
    """Whether a name in a text is the last word of another, or more of it, and nothing else."""
    words = [text.words[each] for each in positions]
    return any(_is_same_name(word, name[-1]) for word in words) and all(
        any(_is_same_name(word, part) for part in name) for word in words
    )


def _is_same_name(one: Word, other: Word) -> bool:
    """Whether two words of names are one, or a country and what is of it: Syria and Syrian."""
    short, long = sorted((one.text, other.text), key=len)
    return short == long or (
        len(short) >= 4 and long.startswith(short) and long[len(short) :] in _OF_A_COUNTRY
    )


def _contradicts(word: Word, claim: Text, told: Iterable[Text]) -> bool:
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
        or (stance == {TO_COME} and not of_other and _is_present(other.text, word.text))
        for other, of_other in others
    )


def _is_present(one: str, other: str) -> bool:
    return one.removesuffix("s") == other.removesuffix("s")


def _turned_round(claim: Text, main: Text) -> bool:
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
    return any(
        _moves_relation(claim, main, position) or _drops_relation(claim, main, position)
        for position in range(len(claim.words))
    )


def _changes_voice(claim: Text, main: Text, position: int) -> bool:
    """Whether something is done to what does it there, or is what it is only of there."""
    of = position
    while of and claim.words[of - 1].text in ARTICLES:
        of -= 1
    if claim.text_at(of - 1) not in IS:
        return False
    word = claim.words[position]
    places = [at for at, other in enumerate(main.words) if other.forms & word.forms]
    before = [main.before_all(at) for at in places]
    if before and all(each == "of" for each in before):
        return True
    if of < position or not _is_deed(word) or any(each in IS for each in before):
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


def _is_deed(word: Word) -> bool:
    """Whether a word may be a participle."""
    return word.text.endswith("ed") or bool(_irregular() & set(words(word.text)))


def _neighbours(text: Text, reach: int = _REACH) -> Iterator[tuple[Word, Word]]:
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


def _moves_relation(claim: Text, main: Text, position: int) -> bool:
    """Whether what follows on a word such as "by" or "after" does not follow on it there."""
    relation = claim.words[position].text
    if relation not in _RELATIONS | _LOOSE_RELATIONS:
        return False
    deed = claim.words[position - 1].forms if position else frozenset()
    if relation == "by" and deed & claim.by_whom.keys() and not deed & main.by_whom.keys():
        return False
    following = _following(claim, position)[:2]
    places = [at for at, word in enumerate(main.words) if word.text == relation]
    if not following or not following[0].forms & main.forms:
        return False
    opposite = [at for at, word in enumerate(main.words) if word.text == _OPPOSITES.get(relation)]
    has_any = bool(places)
    places = [
        at
        for at in places
        if any(word.forms & other.forms for other in _following(main, at) for word in following)
    ]
    if not places:
        is_opposite = any(
            word.forms & following[0].forms for at in opposite for word in _following(main, at)
        )
        return is_opposite or (has_any and relation in _RELATIONS)
    before = {form for word in _preceding(claim, position) for form in word.forms}
    others = [{form for word in _preceding(main, at) for form in word.forms} for at in places]
    return bool(before) and all(each and not each & before for each in others)


def _drops_relation(claim: Text, main: Text, position: int) -> bool:
    """Whether something is done to what is there only that from or against which it is done."""
    before = claim.before(position)
    deed = next((each for each in claim.telling if claim.text_at(each) == before), None)
    if position not in claim.telling or deed is None or before in _RELATIONS | _LOOSE_RELATIONS:
        return False
    places = _places(claim.words[position], main)
    heads = [main.depends_on(at) for at in places]
    return bool(places) and all(
        head is not None
        and main.before(at) != "of"
        and bool(main.words[head].forms & claim.words[deed].forms)
        for at, head in zip(places, heads, strict=True)
    )


def _preceding(text: Text, position: int) -> list[Word]:
    """The words that say something before a word, back to where such a word stands already."""
    found = []
    for at in range(position - 1, -1, -1):
        if text.words[at].text in CUTS or text.words[at].text == text.words[position].text:
            break
        if at in text.saying:
            found.append(text.words[at])
    return found


def _following(text: Text, position: int) -> list[Word]:
    """The words that say something after a word, up to the next relation."""
    found = []
    for at in range(position + 1, min(len(text.words), position + 1 + _FOLLOWING)):
        if text.words[at].text in _RELATIONS | _LOOSE_RELATIONS:
            break
        if at in text.saying:
            found.append(text.words[at])
    return found


def _dated(
    claim: Text, main: Text, article: Article, span: tuple[int, int]
) -> list[frozenset[int]]:
    """For each date of the claim, the clauses of the sentence that have it; empty if none has.

    It may be there in the same words or as the same days. The day of publication is a date of
    every clause where the claim speaks of a report.
    """
    told: list[tuple[str, int, tuple[date, date] | None]] = []
    relative = [
        (" ".join(article.text[each.start : each.end].split()), (each.first, each.last))
        for each in dated_words(article, *span)
    ]
    for text, clause in zip(main.dates, main.clauses_of_dates, strict=True):
        days = next((days for words, days in relative if text in words), _days(text, article))
        told.append((GROUPED.sub("", text.casefold()), clause, days))
    everywhere = frozenset(range(len(main.breaks)))
    if article.published and _REPORTING.search(claim.text):
        reported = article.published.day, article.published.last_day
        told += [("", clause, reported) for clause in everywhere]
    found = []
    for each in claim.dates:
        same_words = re.compile(rf"\b{re.escape(each.casefold())}\b")
        meant = _days(each, article)
        clauses = {
            clause
            for text, clause, days in told
            if same_words.search(text) or (meant and days and _covers(meant, days))
        }
        # What is written otherwise than as a date is of no one clause.
        elsewhere = same_words.search(GROUPED.sub("", main.text.casefold()))
        found.append(everywhere if elsewhere and not clauses else frozenset(clauses))
    return found


def _covers(days: tuple[date, date], others: tuple[date, date]) -> bool:
    return days[0] <= others[0] and others[1] <= days[1]


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
        (folded(match[0]), start + match.start(), start + match.end())
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
        found = _stretch([folded(each[0]) for each in inside], [word for word, _, _ in told])
        if found is None:
            return Refused(text, "a quotation in it is not in what it cites")
        start, end = told[found[0]][1], told[found[1] - 1][2]
        opens = max(
            (each.end() for each in _QUOTATION_MARKS.finditer(article.text, 0, start)),
            default=start,
        )
        if _TURNS.intersection(
            folded(each) for each in re.findall(r"\w+", article.text[opens:start])
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
    told = [folded(each) for each in re.findall(r"\w+", text)]
    return sum(each in _ENGLISH for each in told) >= _LEAST_ENGLISH * len(told)


@cache
def _irregular() -> frozenset[str]:
    return frozenset(words(IRREGULAR))
