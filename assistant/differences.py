"""Where sources do not agree: other numbers and other days for the same thing."""

import re
from collections.abc import Sequence
from datetime import date

from assistant import names as naming
from assistant.evidence import SURE_ODDS, Sentence
from assistant.numbers import in_digits, value
from assistant.question import Question
from assistant.relative_days import dated_words
from corpus.dates import parse_date
from index.ranking import newness
from index.words import words

# How much worse than the best one a sentence may fit that answers the same question otherwise.
_MARGIN = 3.0
# Reports so many days apart are of different states of things, not of different opinions.
_SAME_TIME_DAYS = 10
# A correction may come so many days later.
_LATER_DAYS = 60
# Reports of one thing may come for about a year, such as that of an inquiry.
_SAME_THING_DAYS = 360
_BEGINNING = 600
"""Characters of an article that tell what it is about."""

_MOST = 3
_MOST_SHOWN = 4
_PREPOSITION = re.compile(r"^(?:on|in|at|since|by|from|until)\s+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_CLAUSE_END = re.compile(r"[,;:.()]|\s[–—-]")
# What answers is the number and little beside it.
_MOST_WORDS = 6

Value = tuple[object, str]
"""A day or a number that can be compared, and its unit: the word after a number, or nothing."""

Account = tuple[Sentence, Value]


def disagreeing(question: Question, evidence: Sequence[Sentence]) -> list[tuple[Sentence, str]]:
    """Sentences of different sources in which the reader finds another number, or another day.

    Each with the words that give it, the better one first; empty where none disagree. Only what
    was said at about the same time is compared, and only numbers of one unit; where that differs,
    what was said at other times stands beside it. A question of yes or no asks for neither.
    """
    if question.is_settled:
        return []
    good = [sentence for sentence in evidence if sentence.fit >= evidence[0].fit - _MARGIN]
    given = [(sentence, _value(sentence)) for sentence in good if sentence.odds > 0]
    accounts = [(sentence, own) for sentence, own in given if own]
    for number, anchor in enumerate(accounts):
        differing = [anchor]
        for other in accounts[number + 1 :]:
            if len(differing) < _MOST and all(_differ(account, other) for account in differing):
                differing.append(other)
        if len(differing) > 1:
            shown = [one for one in accounts if one in differing or _is_another(one, differing)]
            return [(sentence, sentence.short) for sentence, _ in shown[:_MOST_SHOWN]]
    return []


def given_later(question: Question, evidence: Sequence[Sentence]) -> list[Sentence]:
    """The newest sentence in which the source of the best one gives another value since then.

    Empty if there is none. That may be a correction, or a toll that rose. A question of yes or no
    asks for no value, and one for the latest is answered by it.
    """
    if question.is_settled or question.wants_latest:
        return []
    best = evidence[0]
    own = _value(best) if best.odds > 0 else None
    later = [
        sentence
        for sentence in evidence
        if own
        and sentence.odds >= SURE_ODDS
        and newness(sentence.article) > newness(best.article)
        and _source(sentence) == _source(best)
        and _days_apart(best, sentence) <= _LATER_DAYS
        and _share_names(best, sentence)
        and (value := _value(sentence)) and value[0] != own[0] and value[1] == own[1]
    ]  # fmt: skip
    return sorted(later, key=lambda sentence: newness(sentence.article))[-1:]


def _is_another(one: Account, differing: Sequence[Account]) -> bool:
    """Whether this is another value than those that differ, for the same thing."""
    own, unit = one[1]
    return all(
        own != other and (not unit or unit == of)
        and _days_apart(one[0], account) <= _SAME_THING_DAYS and _share_names(one[0], account)
        for account, (other, of) in differing
    )  # fmt: skip


def _differ(one: Account, other: Account) -> bool:
    """Whether two sources give another value for the same thing, at about the same time."""
    (own, unit), (others, other_unit) = one[1], other[1]
    if _is_one_source(one[0], other[0]) or unit != other_unit or own == others:
        return False
    is_then = _days_apart(one[0], other[0]) <= _SAME_TIME_DAYS
    return is_then and _share_names(one[0], other[0])


def _days_apart(one: Sentence, other: Sentence) -> int:
    """0 where the day of either is not known."""
    first, second = one.article.published, other.article.published
    return abs((first.day - second.day).days) if first and second else 0


def _share_names(one: Sentence, other: Sentence) -> bool:
    """Whether each article has a word of the names in the other's sentence, or else its beginning.

    The turnout in Harrow and that in Westmarch are no two values of one thing.
    """
    for sentence, there in ((one, other.article.text), (other, one.article.text)):
        named = _named(sentence.text) or _named(sentence.article.text[:_BEGINNING])
        if named and named.isdisjoint(_WORD.findall(there)):
            return False
    return True


def _named(text: str) -> set[str]:
    """The words of the names in a text; its first word is capitalised in any case."""
    return {
        word
        for start, end in naming.names(text) if start
        for word in _WORD.findall(text[start:end]) if not word.islower()
    }  # fmt: skip


def _is_one_source(one: Sentence, other: Sentence) -> bool:
    """Whether both sentences are of one source, or of copies of one agency text."""
    are_copies = any(
        second.article.id == copy.id
        for first, second in ((one, other), (other, one))
        for copy in first.passage.copies
    )
    return are_copies or _source(one) == _source(other)


def _source(sentence: Sentence) -> str:
    return (sentence.article.source or sentence.article.id).casefold()


def _value(sentence: Sentence) -> Value | None:
    """The day, or the one number, that answers in a sentence."""
    start, end = sentence.answer
    if day := _day(sentence):
        return day, ""
    numbers = list(_NUMBER.finditer(in_digits(sentence.short)))
    if len(numbers) != 1 or len(sentence.short.split()) > _MOST_WORDS:
        return None
    read = in_digits(sentence.article.text[start : max(end, sentence.end)])
    number = _NUMBER.search(read)
    unit = _unit(read[number.end() :]) if number else ""
    # A number that nothing is said of may be a year.
    return (value(number[0]), unit) if number and (unit or not _YEAR.fullmatch(number[0])) else None


def _day(sentence: Sentence) -> date | None:
    start, end = sentence.answer
    for dated in dated_words(sentence.article, sentence.start, sentence.end):
        if dated.start < end and dated.end > start:
            return dated.first if dated.first == dated.last else None
    text = _PREPOSITION.sub("", sentence.short)
    published = sentence.article.published
    if published and not re.search(r"\d{4}", text):
        text = f"{text}, {published.day.year}"
    read = parse_date(text, "dateline", "en-US")
    return read.day if read and read.precision == "day" else None


def _unit(text: str) -> str:
    """What a number before this text counts, as it is compared: the first noun, or per cent."""
    if text.startswith("%"):
        return "%"
    return next(iter(words(_CLAUSE_END.split(text, maxsplit=1)[0])), "")
