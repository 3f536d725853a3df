"""Where sources do not agree: other numbers, days and names for the same thing."""

import math
import re
from collections.abc import Sequence
from datetime import date

from assistant.evidence import Sentence, Topic
from assistant.numbers import in_digits, value
from assistant.periods import dated_words
from assistant.question import Question
from corpus.dates import parse_date
from index.lexical import words
from index.spelling import sounds

# A sentence speaks of the same thing if it has nearly as much of the question as any has.
_SAME_TOPIC = 0.7
_MARGIN = 3.0
# A value further than so many words from what was asked about is of something else.
_NEAR = 6
# Reports so many days apart are of different states of things, not of different opinions.
_SAME_TIME_DAYS = 10
_MOST = 3
_MOST_TOLD = 4

# Of these there is one who did it; of who said or attended something there may be many.
_BY_ONE_ONLY = re.compile(
    r"\bwho (?:has |had |will )?(?:w[io]ns?|head(?:s|ed)?|leads?|led|chair(?:s|ed)?"
    r"|succeed(?:s|ed)?|replace[sd]?|found(?:s|ed)|opens?|opened|becomes?|became|invent(?:s|ed)|discover(?:s|ed))\b",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby (?:[a-z]+ )?$")
_NUMBER = re.compile(r"\W*(\d[\d.,]*\d|\d)")

Value = tuple[object, str]
"""What is said, as it can be compared, and of what: the noun behind a number, or nothing."""

Said = tuple[Sentence, Value, str]
"""A sentence, the value in it, and the words that give it."""


def disagreeing(
    question: Question, topic: Topic, evidence: Sequence[Sentence]
) -> list[tuple[Sentence, str]]:
    """Sentences of different sources that give the asked-for number, day or name differently.

    Each with the words that give it, the better one first; empty where none disagree. What is
    said at about the same time, of the same thing and in the same unit is compared; where that
    differs, what was said at other times stands beside it. Of names only who did what one alone
    can have done, such as to win or to head it.
    """
    comparable = question.is_exact and question.kind != "reported"
    if question.kind == "who":
        comparable = bool(_BY_ONE_ONLY.search(question.asking_part))
    if not evidence or not comparable:
        return []
    good = [each for each in evidence if each.score >= evidence[0].score - _MARGIN]
    # Of another flood the sentence has as many of the words, but what stands around it has not.
    of_it = _SAME_TOPIC * max(topic.share(each.covers) for each in good)
    around_it = _SAME_TOPIC * max(each.features["context coverage"] for each in good)
    said = [
        (each, *given)
        for each in good
        if topic.share(each.covers) >= of_it
        and each.features["context coverage"] >= around_it
        and (given := _value(question, topic, each))
    ]
    for number, anchor in enumerate(said):
        found = [anchor]
        for other in said[number + 1 :]:
            if len(found) < _MOST and all(_differ(each, other) for each in found):
                found.append(other)
        if len(found) > 1:
            told = [each for each in said if each in found or _is_another(each, found)]
            return [(sentence, text) for sentence, _, text in told[:_MOST_TOLD]]
    return []


def _is_another(one: Said, found: Sequence[Said]) -> bool:
    """Whether this is another value than those that differ, for the same thing."""
    value, unit = one[1]
    return all(value != other and (not unit or unit == of) for _, (other, of), _ in found)


def _differ(one: Said, other: Said) -> bool:
    """Whether two sources give another value for the same thing, at about the same time."""
    (said, unit), (other_said, other_unit) = one[1], other[1]
    if _source(one[0]) == _source(other[0]) or unit != other_unit or said == other_said:
        return False
    first, second = one[0].article.published, other[0].article.published
    return not (first and second) or abs((first.day - second.day).days) <= _SAME_TIME_DAYS


def _source(sentence: Sentence) -> str:
    return (sentence.article.source or sentence.article.id).casefold()


def _value(question: Question, topic: Topic, sentence: Sentence) -> tuple[Value, str] | None:
    """The asked-for value in a sentence and its words: the one nearest to what is asked about."""
    spans = [(a - sentence.start, b - sentence.start) for a, b in sentence.marks]
    gaps = topic.gaps(sentence.text, spans)
    nearest = min(gaps, default=math.inf)
    # Where two values are equally near, it is not known which one is meant.
    if nearest > _NEAR or gaps.count(nearest) > 1:
        return None
    start, end = spans[gaps.index(nearest)]
    text = sentence.text[start:end]
    if question.kind == "who":
        # Beside the verb it is who did it: "Orban won", "won by Orban".
        beside = nearest == 0 or _BY.search(sentence.text[:start])
        return ((sounds(text.split()[-1]) or text, ""), text) if beside else None
    if question.kind == "when":
        day = _day(sentence, start, end)
        return ((day, ""), text) if day else None
    read = in_digits(sentence.text[start:])
    number = _NUMBER.match(read)
    return ((value(number[1]), _unit(read[number.end() :])), text) if number else None


def _day(sentence: Sentence, start: int, end: int) -> date | None:
    for each in dated_words(sentence.article, sentence.start, sentence.end):
        if each.start < sentence.start + end and each.end > sentence.start + start:
            return each.first if each.first == each.last else None
    text = sentence.text[start:end]
    published = sentence.article.published
    if published and not re.search(r"\d{4}", text):
        text = f"{text}, {published.day.year}"
    found = parse_date(text, "dateline", "en-US")
    return found.day if found and found.precision == "day" else None


def _unit(text: str) -> str:
    """What a number before this text counts, as it is compared: the first noun, or per cent."""
    if text.startswith("%"):
        return "%"
    return next(iter(words(text)), "")
