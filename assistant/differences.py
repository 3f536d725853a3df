"""Where sources do not agree: they give different numbers or days for the same thing."""

import re
from collections.abc import Sequence
from datetime import date

from assistant import names as naming
from assistant.evidence import SURE_ODDS, Sentence
from assistant.numbers import in_digits, value
from assistant.question import Question
from assistant.relative_days import dated_words
from corpus.dates import parse_date
from corpus.encoding import caseless
from index.ranking import newness
from index.words import words

# How much lower than the best one's the fit of a sentence with another value may be: of another
# number of the same things, and of a day or a number of which the sentence does not say what of.
_MARGIN_OF_COUNTS = 5.0
_MARGIN = 3.0
# Reports further apart than this describe different states of things, not different opinions.
_SAME_TIME_DAYS = 10
# A correction may come this many days later.
_LATER_DAYS = 60
# Reports on one thing, such as an inquiry, may come for about a year.
_SAME_THING_DAYS = 360
_BEGINNING = 600
"""How many characters at the beginning of an article say what it is about."""

_MOST = 3
_MOST_SHOWN = 4
_PREPOSITION = re.compile(r"^(?:on|in|at|since|by|from|until)\s+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_CLAUSE_END = re.compile(r"[,;:.()]|\s[–—-]")
# An answer that is a number has few words beside it.
_MOST_WORDS = 6

Value = tuple[object, str]
"""A day or a number to compare, and its unit: the word after the number, or ""."""

Account = tuple[Sentence, Value]


def disagreeing(question: Question, evidence: Sequence[Sentence]) -> list[tuple[Sentence, str]]:
    """Sentences of different sources in which the reader finds different numbers or days.

    Each comes with the words that give its value, the better sentence first; empty if none
    disagree. Two values disagree only if they have one unit and were reported at about the same
    time. Beside two that disagree stand other values for the same thing, reported at other times. A
    question of yes or no asks for no value.
    """
    if question.is_settled:
        return []
    values = [(sentence, _value(sentence)) for sentence in evidence if sentence.odds > 0]
    accounts = [
        (sentence, value)
        for sentence, value in values
        if value and sentence.fit >= evidence[0].fit - (_MARGIN_OF_COUNTS if value[1] else _MARGIN)
    ]
    for number, first in enumerate(accounts):
        differing = [first]
        for second in accounts[number + 1 :]:
            if len(differing) < _MOST and all(_differ(account, second) for account in differing):
                differing.append(second)
        if len(differing) > 1:
            listed = [a for a in accounts if a in differing or _is_another(a, differing)]
            return [(sentence, sentence.short) for sentence, _ in listed[:_MOST_SHOWN]]
    return []


def given_later(question: Question, evidence: Sequence[Sentence]) -> list[Sentence]:
    """The newest sentence in which the source of the best one later gives another value.

    That may be a correction, or a toll that rose. Empty if there is none, if the question is one of
    yes or no, which asks for no value, or if it asks for the latest, which the answer gives.
    """
    if question.is_settled or question.wants_latest:
        return []
    best = evidence[0]
    # Nothing is known to be later than an undated article.
    best_value = _value(best) if best.odds > 0 and best.article.published else None
    later = [
        sentence
        for sentence in evidence
        if best_value
        and sentence.odds > 0
        and newness(sentence.article) > newness(best.article)
        and _source(sentence) == _source(best)
        and _days_apart(best, sentence) <= _LATER_DAYS
        and (
            _has_number(sentence, best_value[0])
            or (sentence.odds >= SURE_ODDS and _share_names(best, sentence))
        )
        # "The number of dead stands at 54" names no unit.
        and (value := _value(sentence)) and value[0] != best_value[0]
        and value[1] in ("", best_value[1])
    ]  # fmt: skip
    return sorted(later, key=lambda sentence: newness(sentence.article))[-1:]


def _is_another(one: Account, differing: Sequence[Account]) -> bool:
    """Whether an account gives a value other than the differing ones, for the same thing."""
    own, unit = one[1]
    return all(
        own != other and (not unit or unit == of)
        and _days_apart(one[0], account) <= _SAME_THING_DAYS and _share_names(one[0], account)
        for account, (other, of) in differing
    )  # fmt: skip


def _differ(one: Account, other: Account) -> bool:
    """Whether two sources give different values for the same thing at about the same time."""
    (value, unit), (other_value, other_unit) = one[1], other[1]
    if _is_one_source(one[0], other[0]) or unit != other_unit or value == other_value:
        return False
    are_close = _days_apart(one[0], other[0]) <= _SAME_TIME_DAYS
    return are_close and _share_names(one[0], other[0])


def _days_apart(one: Sentence, other: Sentence) -> int:
    """How many days lie between two articles; 0 if the day of either is unknown."""
    first, second = one.article.published, other.article.published
    return abs((first.day - second.day).days) if first and second else 0


def _share_names(one: Sentence, other: Sentence) -> bool:
    """Whether each article contains a name from the other's sentence, or else from its beginning.

    The turnout in Harrow and the turnout in Westmarch are not two values for one thing.
    """
    for sentence, text in ((one, other.article.text), (other, one.article.text)):
        names = _name_words(sentence.text) or _name_words(sentence.article.text[:_BEGINNING])
        if names and names.isdisjoint(_WORD.findall(text)):
            return False
    return True


def _name_words(text: str) -> set[str]:
    """The words of the names in a text, except one at its start, where any word is capitalised."""
    return {
        word
        for start, end in naming.names(text) if start
        for word in _WORD.findall(text[start:end]) if not word.islower()
    }  # fmt: skip


def _is_one_source(one: Sentence, other: Sentence) -> bool:
    """Whether both sentences are from one source, or from copies of one agency text."""
    are_copies = any(
        second.article.id == copy.id
        for first, second in ((one, other), (other, one))
        for copy in first.passage.copies
    )
    return are_copies or _source(one) == _source(other)


def _source(sentence: Sentence) -> str:
    return caseless(sentence.article.source or sentence.article.id)


def _has_number(sentence: Sentence, number: object) -> bool:
    """Whether a number is in a sentence: "There were 14,000, not 24,000" is about the 24,000."""
    numbers = _NUMBER.findall(in_digits(sentence.text))
    return any(value(digits) == number for digits in numbers)


def _value(sentence: Sentence) -> Value | None:
    """The day, or the only number, in the answer of a sentence."""
    start, end = sentence.answer
    if day := _day(sentence):
        return day, ""
    numbers = list(_NUMBER.finditer(in_digits(sentence.short)))
    if len(numbers) != 1 or len(sentence.short.split()) > _MOST_WORDS:
        return None
    text = in_digits(sentence.article.text[start : max(end, sentence.end)])
    number = _NUMBER.search(text)
    unit = _unit(text[number.end() :]) if number else ""
    # A number without a unit may be a year.
    return (value(number[0]), unit) if number and (unit or not _YEAR.fullmatch(number[0])) else None


def _day(sentence: Sentence) -> date | None:
    start, end = sentence.answer
    for dated in dated_words(sentence.article, sentence.start, sentence.end):
        if dated.start < end and dated.end > start:
            return dated.first if dated.first == dated.last else None
    text = _PREPOSITION.sub("", sentence.short)
    published = sentence.article.published
    texts = [text]
    if published and not re.search(r"\d{4}", text):
        # In an article of January, "31 December" is of the year before.
        texts = [f"{text}, {published.day.year + step}" for step in (-1, 0, 1)]
    read = [parse_date(dated, "dateline", "en-US") for dated in texts]
    days = [one.day for one in read if one and one.precision == "day"]
    return min(days, key=lambda day: abs(day - published.day) if published else 0, default=None)


def _unit(text: str) -> str:
    """What a number before this text counts, for comparison: its next word, or per cent."""
    if text.startswith("%"):
        return "%"
    return next(iter(words(_CLAUSE_END.split(text, maxsplit=1)[0])), "")
