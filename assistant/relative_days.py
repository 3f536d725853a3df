"""The days that relative words stand for: "on Tuesday", "yesterday", "last week"."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

from assistant.answer import DatedWords
from assistant.grammar import is_to_come, year_of
from corpus import Article, calendar_words
from corpus.calendar_words import WEEKDAY, WEEKDAYS

MONTH = rf"{calendar_words.MONTH}\b\.?"
"""An English month's name or its short form, to be compiled with ``re.IGNORECASE``."""

_WEEKDAY = rf"{WEEKDAY}(?:\s+(?:morning|afternoon|evening|night))?"
_OF_WEEK = r"(?:last|next|this)\s+week"
# "On Monday last week's vote was annulled" is no day of last week.
DAY_OF_WEEK = (
    rf"(?:(?:on|late|early)\s+)?{_WEEKDAY},?\s+(?:of\s+)?{_OF_WEEK}\b(?!['’])"
    rf"|{_OF_WEEK},?\s+(?:on\s+)?{_WEEKDAY}"
)
"""A pattern for a weekday of a week: "on Monday of last week", "last week, on Monday"."""

RELATIVE = re.compile(
    rf"\b(?:today|tonight|tomorrow|(?:(?:the\s+)?day\s+before\s+)?yesterday|last\s+night"
    rf"|this\s+(?:morning|afternoon|evening)|{DAY_OF_WEEK}"
    rf"|(?:(?:on|last|next|this|late|early)\s+)?{_WEEKDAY}"
    # "The last year" means the twelve months before.
    rf"|(?<!\bthe\s)(?:last|next|this)\s+(?:week|month|year))\b",
    re.IGNORECASE,
)
"""Words in an article that name a day relative to the day on which it was published."""

_NAMED_DAY = re.compile(
    r"\b(?:black|good|super|easter|ash|palm|cyber|every|each)\s+$", re.IGNORECASE
)
# "Thursday week", "a week on Friday", "a Thursday in May" and "on Friday two years ago" are not the
# nearest such day.
_COUNTED_FROM = re.compile(
    r"\b(?:an?|one|(?:week|fortnight)s?(?:\s+(?:ago|from))?)\s+$", re.IGNORECASE
)
_COUNTED_ON = re.compile(
    r"\s+(?:week|fortnight|before\s+last|after\s+next)\b"
    r"|,?\s+(?:[\w-]{1,20}\s+){1,3}(?:month|year|decade)s?\s+ago\b",
    re.IGNORECASE,
)
# The date that follows a weekday: "Tuesday, August 16", "Tuesday 16 August".
_DATED_ALREADY = re.compile(
    rf",?\s+(?:the\s+)?(?:{MONTH}\s+\d|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH})"
)
# "The Sunday Times", "USA Today" and "the ‘Today’ show" are not days.
_WORD_BEFORE = re.compile(r"\w\s$")
_QUOTED = re.compile(r"[\"'“‘][\"'”’]")
_NAME_AFTER = re.compile(r"\s[^\W\d_a-z]")
_CLAUSE = 300
"""The most characters of a clause before and after a day."""

# A sentence has one or two. A text with more than this is no sentence, and each takes time.
_MOST_DATED = 100
_RANGE = r"(?:to|through|till|until|[-–])"
_FROM_A_DAY = re.compile(rf"{WEEKDAY}s?\s*{_RANGE}\s*$", re.IGNORECASE)
_TO_A_DAY = re.compile(rf"\s*{_RANGE}\s*{WEEKDAY}", re.IGNORECASE)
_NEARLY_A_WEEK = 6
_BARE_WEEKDAY = re.compile(rf"(?:(?:on|this|late|early)\s+)?{_WEEKDAY}", re.IGNORECASE)


def dated_words(article: Article, start: int, end: int) -> tuple[DatedWords, ...]:
    """The relative dates in a span of an article, with the days that they stand for.

    They count from the day of publication. A bare weekday is the last or the coming one, as its
    verb says (see ``assistant.grammar``). It is left out if it may be either. All are left out if
    the day of publication is unknown.
    """
    published = article.published
    if published is None or published.precision not in ("day", "instant"):
        return ()
    quote = article.text[start:end]
    dated = []
    for match in islice(RELATIVE.finditer(quote), _MOST_DATED):
        before, after = _around(match)
        if _NAMED_DAY.search(before) or _DATED_ALREADY.match(after) or is_named(match):
            continue
        if _COUNTED_FROM.search(before) or _COUNTED_ON.match(after):
            continue
        is_bare = bool(_BARE_WEEKDAY.fullmatch(match[0]))
        to_come = is_to_come(quote, *match.span()) if is_bare else False
        # "From Tuesday to Sunday" may mean every week, or the week that ended on Sunday.
        is_range = is_bare and (_FROM_A_DAY.search(before) or _TO_A_DAY.match(after))
        year = year_of(quote, *match.span()) if is_bare else None
        if to_come is None or is_range or year not in (None, published.day.year):
            continue
        try:
            first, last = days_called(match[0].lower(), published.day, to_come)
        except (OverflowError, ValueError):
            # Before the first day of the calendar, or after its last.
            continue
        # A report edited the day after says "on Tuesday" of that day, and a caption "is seen on
        # Wednesday" of yesterday: six days one way are as likely one day the other way.
        if is_bare and abs((first - published.day).days) == _NEARLY_A_WEEK:
            continue
        dated.append(DatedWords(start + match.start(), start + match.end(), first, last))
    return tuple(dated)


def _around(match: re.Match[str]) -> tuple[str, str]:
    """The text directly before and after a match, as far as it may belong to the same clause."""
    text, start, end = match.string, match.start(), match.end()
    return text[max(0, start - _CLAUSE) : start], text[end : end + _CLAUSE]


def is_named(match: re.Match[str]) -> bool:
    """Whether a day is part of a name: "The Sunday Times", "USA Today", but not "On Sunday Ann"."""
    if not match[0][0].isupper() or " " in match[0]:
        return False
    before, after = _around(match)
    if match[0].lower() in _FIXED:
        # A capital means that it begins a sentence or is a name.
        return bool(_WORD_BEFORE.search(before) or _QUOTED.match(before[-1:] + after[:1]))
    return bool(_NAME_AFTER.match(after))


def days_called(words: str, today: date, to_come: bool) -> tuple[date, date]:
    """The first and the last day that relative words, such as ``RELATIVE`` matches, stand for.

    A bare weekday is the last one, or the coming one if ``to_come``. Raises OverflowError or
    ValueError for a day outside the calendar.
    """
    for phrase, days in _FIXED.items():
        if words.startswith(phrase):
            return today + timedelta(days), today + timedelta(days)
    weekday = next((number for number, name in enumerate(WEEKDAYS) if name.lower() in words), None)
    if weekday is not None:
        if week := re.search(_OF_WEEK, words):
            return (_week(today, step(week[0]))[0] + timedelta(weekday),) * 2
        back = (today.weekday() - weekday) % 7
        if words.startswith("next"):
            return (today + timedelta(7 - back),) * 2
        if to_come and not words.startswith("last"):
            return (today + timedelta(-back % 7),) * 2
        return (today - timedelta(back or 7 if words.startswith("last") else back),) * 2
    return next(days for unit, days in PERIODS.items() if unit in words)(today, step(words))


def step(words: str) -> int:
    """How many weeks, months or years after the present one "last week" or "next year" is."""
    return {"last": -1, "past": -1, "next": 1}.get(words.split()[0], 0)


_FIXED = {
    "the day before yesterday": -2, "day before yesterday": -2,
    "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
    "yesterday": -1, "last night": -1, "tomorrow": 1,
}  # fmt: skip


def _week(today: date, step: int) -> tuple[date, date]:
    monday = today - timedelta(today.weekday()) + timedelta(7 * step)
    return monday, monday + timedelta(6)


def _weekend(today: date, step: int) -> tuple[date, date]:
    monday, sunday = _week(today, step)
    return monday + timedelta(5), sunday


def _month(today: date, step: int) -> tuple[date, date]:
    year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
    after = divmod(today.year * 12 + today.month + step, 12)
    return date(year, month + 1, 1), date(after[0], after[1] + 1, 1) - timedelta(1)


def _year(today: date, step: int) -> tuple[date, date]:
    return date(today.year + step, 1, 1), date(today.year + step, 12, 31)


PERIODS: dict[str, Callable[[date, int], tuple[date, date]]] = {
    "weekend": _weekend,
    "week": _week,
    "month": _month,
    "year": _year,
}
