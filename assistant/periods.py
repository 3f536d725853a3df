"""The days that words stand for: "in August 2016" in a question, "on Tuesday" in an article."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice

from assistant.answer import DatedWords
from assistant.numbers import in_digits
from assistant.tenses import is_to_come
from corpus import Article, calendar_words
from corpus.calendar_words import MONTHS, WEEKDAY, WEEKDAYS
from corpus.dates import parse_date
from index import Filters

MONTH = rf"{calendar_words.MONTH}\b\.?"
_COUNT = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:\s?[-–]\s?{_DAY})?"
_DATE = (
    rf"(?:(?:{WEEKDAY},?\s+)?(?:the\s+)?{_DAYS}\s+(?:of\s+)?{MONTH}(?:,?\s+\d{{4}})?"
    rf"|(?:{WEEKDAY},?\s+)?{MONTH}\s+{_DAYS}(?!\d)(?:,?\s+\d{{4}})?"
    rf"|{MONTH}(?:,|\s+of)?\s+\d{{4}}|\d{{4}}[-/]\d{{2}}(?:[-/]\d{{2}})?"
    r"|\d{1,2}/\d{1,2}/(?:19|20)\d{2}|\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}|(?:19|20)\d{2})\b"
)
# Of two months that are compared, one may lack its year.
_OR_MONTH = rf"(?:{_DATE}|{MONTH})"
_SEASON = "(?:spring|summer|autumn|fall|winter)"
_PART = rf"(?:early\b|late\b|mid\b-?|{_SEASON}\b)"
# "In 2022" is a date; "in 2022 midterms" names the midterms.
_ENDS = re.compile(
    r"\s*(?:[?.,;:!)]|$"
    r"|(?:a|and|as|at|by|did|for|from|in|is|of|on|or|the|to|was|were|wh\w+|with)\b)",
    re.IGNORECASE,
)
_ABSOLUTE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:between|from|in)\s+(?P<first>{_OR_MONTH}|{_DAY})\s+(?:and|or|to|until|till)\s+(?:in\s+)?"
        rf"(?P<last>{_OR_MONTH})",
        rf"\b(?:since|after)\s+(?P<first>{_DATE})",
        rf"\b(?:before|until|till)\s+(?P<last>{_DATE})",
        rf"\b(?:in|on|during|at)\s+the\s+(?:\w+\s+)?"
        rf"(?:days?|week|weekend|start|beginning|middle|half|quarter|end|{_SEASON})"
        rf"\s+of\s+(?P<within>{_OR_MONTH})",
        rf"\b(?:in|on|during|from)\s+(?:{_PART}\s*)?(?P<within>{_DATE})(?!\s+(?:to|until|till|on)\b)",
        rf"\b(?:in|during)\s+(?:{_PART}\s*)?(?P<within>{MONTH})(?={_ENDS.pattern})",
    )
]
# "Between May and July 2024" is one period, unless something is compared.
_TWO = re.compile(
    rf"\b(?:(?:between|from|in)\s+)?(?P<first>{_OR_MONTH})\s+(?P<join>and|or|to|with|than)\s+(?:in\s+)?"
    rf"(?P<last>{_OR_MONTH})(?={_ENDS.pattern})",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(?:of|for)\s+$", re.IGNORECASE)
_COMPARES = re.compile(
    r"\b(?:compar|chang|differ|develop|ris|rose|grow|grew|fall|fell|drop|increas|decreas|shrink)\w*",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    rf"\b(?:today|tonight|this\s+morning|(?:the\s+)?day\s+before\s+yesterday|yesterday|last\s+night"
    rf"|(?:this|last|past)\s+(?:past\s+)?(?:week|weekend|month|year)(?!\s+of\b)"
    rf"|(?:(?:in|over|during)\s+)?(?:the\s+)?(?:last|past)\s+{_COUNT}\s+(?:day|week|month|year)s"
    rf"|{_COUNT}\s+(?:day|week|month|year)s?\s+ago"
    rf"|(?:on|last|late|early|this|since)\s+{WEEKDAY})\b",
    re.IGNORECASE,
)
# Of these, nothing is told about when the article came out.
_ON_A_WEEKDAY = re.compile(rf"on\s+{WEEKDAY}", re.IGNORECASE)
_NOT_YET = re.compile(
    r"\b(?:will|shall)\b|\b(?:later|next|every|each|until|by|before)\s+(?:on\s+)?$"
    r"|\bthan\b[\w\s]{0,20}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
# Of a question without its days so many words are left at the least.
_FEWEST_LEFT = 2
# What is asked of any Saturday: "Is the museum open on Saturday?", "Where is it held on Sunday?"
_AT_ANY_TIME = re.compile(r"\W*(?:\w+\s+){0,3}?(?:is|are|do|does|can|may)\b", re.IGNORECASE)
_REPORTED_WITHIN = timedelta(7)
# "Two weeks ago" is a day or three off.
_ABOUT = timedelta(3)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_BESIDE_THE_DATE = re.compile(rf"\b(?:of|the)\s+|{WEEKDAY},?\s+", re.IGNORECASE)
_SEVERAL_DAYS = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s?[-–]\s?(\d{1,2})")
_EITHER_ORDER = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_SHORTEST_MONTH = 28
_COUNTED = re.compile(r"(\d+)\s+(day|week|month|year)")

_IN_TEXT = re.compile(
    rf"\b(?:today|tonight|tomorrow|(?:(?:the\s+)?day\s+before\s+)?yesterday|last\s+night"
    rf"|this\s+(?:morning|afternoon|evening)"
    rf"|(?:(?:on|last|next|this|late|early)\s+)?{WEEKDAY}(?:\s+(?:morning|afternoon|evening|night))?"
    rf"|(?:last|next|this)\s+(?:week|month|year))\b",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    r"\b(?:black|good|super|easter|ash|palm|cyber|every|each)\s+$", re.IGNORECASE
)
# What follows a weekday that the text itself dates: "Tuesday, August 16", "Tuesday 16 August".
_DATED_ALREADY = re.compile(
    rf",?\s+(?:the\s+)?(?:{MONTH}\s+\d|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH})"
)
# "The Sunday Times" and "USA Today" are no days.
_NAME_BEFORE = re.compile(r"[^\W\d_a-z][\w.]*\s$")
_NAME_AFTER = re.compile(r"\s[^\W\d_a-z]")
_CLAUSE = 300
"""Characters of a clause before and after a day, at most."""

# A sentence has one or two; what has more than this is no sentence, and each takes its time.
_MOST_DATED = 100
_RANGE = r"(?:to|through|till|until|[-–])"
_FROM_A_DAY = re.compile(rf"{WEEKDAY}s?\s*{_RANGE}\s*$", re.IGNORECASE)
_TO_A_DAY = re.compile(rf"\s*{_RANGE}\s*{WEEKDAY}", re.IGNORECASE)
_BARE_WEEKDAY = re.compile(rf"(?:(?:on|this|late|early)\s+)?{WEEKDAY}", re.IGNORECASE)


def current_day() -> date:
    """The day by the clock and the zone of this computer, as its user counts it."""
    return datetime.now().astimezone().date()


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a question confines itself to, both inclusive, and the words that say so.

    Reports of what happened then may have been published until ``last``; ``named`` is the last of
    the days themselves. ``relative`` are those that are counted from the day of the question. Of
    what has no year, "on June 5", the year is ``guessed``: it is the last such day.
    """

    words: str
    first: date | None
    last: date | None
    named: date | None
    relative: bool = False
    guessed: bool = False

    def __str__(self) -> str:
        return self.words

    def left_of(self, question: str, relative: bool = False) -> str:
        """The question without the words that say the days, if it says anything beside.

        With ``relative``, only where they are relative: "this week" is told of in no text of
        another week, but "in May 2021" may be.
        """
        left = question if relative and not self.relative else question.replace(self.words, " ")
        return left if len(_WORD.findall(left)) >= _FEWEST_LEFT else question

    def is_told_in(self, article: Article) -> bool:
        """Whether an article of another time names the year, or, of that year, the month."""
        there = f"{article.title}\n{article.text}"
        days = [day for day in (self.first, self.last) if day]
        then = article.published and article.published.day.year
        months = {MONTHS[day.month - 1] for day in days if day.year == then}
        names = [*months, *(str(day.year) for day in days)]
        return self.guessed or any(name in there for name in names)

    def within(self, filters: Filters) -> Filters:
        """The filters, and these days with those on which reports of them appeared."""
        return replace(filters, after=self.first, before=self.last)


def asked_period(question: str, today: date) -> Period | None:
    """The days of publication that a question asks for, or None.

    A month or a year is taken as it is. What happened on a day is reported on that day or in the
    week after it, and of what happened "last week" the reports go on until today; "this week"
    is the last seven days. An event that is named by its year, as the 2022 election is, says
    nothing of when the report appeared.
    """
    for match in chain.from_iterable(pattern.finditer(question) for pattern in _ABSOLUTE):
        is_name = not re.search(MONTH, match[0], re.IGNORECASE) and not _ENDS.match(
            question, match.end()
        )
        period = None if is_name else _absolute(match, today)
        # Of days to come nothing is told when they have come.
        if period and not (period.first and period.first > today):
            return period
    relative = _RELATIVE.search(question)
    if relative is None or _NOT_YET.search(question[: relative.start()]):
        return None
    if _ON_A_WEEKDAY.match(relative[0]) and _AT_ANY_TIME.match(question):
        return None
    try:
        first, named, last = _relative(relative[0].lower(), today)
    except (OverflowError, ValueError):
        # Before the first day of the calendar.
        return None
    return Period(relative[0], first, last, named, relative=True)


def period_in(text: str) -> Period | None:
    """The words of a text that say days, whichever days these are."""
    return asked_period(text, _ANY_DAY)


def days_of(words: str, today: date) -> tuple[date, date] | None:
    """The days that are called so: "2022", "May 2024", "5 May 2024", "yesterday", "last week"."""
    plain = " ".join(words.split())
    if days := _parsed(plain):
        return days
    if not _IN_TEXT.fullmatch(plain):
        return None
    try:
        return _days(plain.lower(), today, to_come=False)
    except (OverflowError, ValueError):
        # Before the first day of the calendar, or after its last.
        return None


def compared_periods(question: str) -> dict[str, str]:
    """The question about each of two periods that it compares; empty if it compares none.

    "How did the price change between May and July 2024?" is that question in May 2024 and in July
    2024. With each is what is asked for it: without "change", of which one time alone cannot tell.
    """
    match = _TWO.search(question)
    if match is None:
        return {}
    if match["join"].lower() not in ("or", "than") and not _COMPARES.search(question):
        return {}
    years = [_YEAR.search(match[side]) for side in ("first", "last")]
    year = next((year[0] for year in reversed(years) if year), "")
    sides = {}
    for side, own in zip(("first", "last"), years, strict=True):
        day = match[side] if own or not year else f"{match[side]} {year}"
        before = _OF.sub("", question[: match.start()])
        asked = f"{before}in {day}{question[match.end() :]}"
        sides[asked] = " ".join(_COMPARES.sub("", asked).split())
    return sides


def _relative(words: str, today: date) -> tuple[date, date, date]:
    """The first and last day that a question names so, and the last on which that is reported."""
    counted = _COUNTED.search(in_digits(re.sub(r"\ban?\b", "one", words)))
    if counted is None:
        if re.match(r"(?:this|past)\b.*\bweek", words):
            return today - timedelta(7), today, today
        first, last = _days(words, today, to_come=False)
        return first, today if words.startswith("since") else min(last, today), today
    count, unit = int(counted[1]), counted[2]
    if unit in ("day", "week"):
        first = today - timedelta(count * (7 if unit == "week" else 1))
        last = min(today, first + _REPORTED_WITHIN)
        if unit == "week" and "ago" in words:
            first -= _ABOUT
    else:
        first, last = _PERIODS[unit](today, -count)
    last = last if "ago" in words else today
    return first, last, last


def _absolute(match: re.Match[str], today: date) -> Period | None:
    named = {name: text for name, text in match.groupdict().items() if text}
    if re.fullmatch(_DAY, named.get("first", ""), re.IGNORECASE):
        # "Between 10 and 15 March": both are of March.
        named["first"], count = re.subn(rf"\b{_DAY}\b", named["first"], named["last"], count=1)
        if not count:
            return None
    years = {name: _YEAR.findall(text) for name, text in named.items()}
    known = next((year[0] for year in reversed(years.values()) if year), None)
    days = {}
    for name, text in named.items():
        year = known or str(today.year)
        read = _parsed(text if years[name] else f"{text} {year}")
        if read and not known and read[0] > today:
            # "On June 5", asked in May, is that of the year before.
            read = _parsed(f"{text} {today.year - 1}")
        if read is None:
            return None
        days[name] = read
    if "within" in days:
        first, last = days["within"]
        until = last + _REPORTED_WITHIN if last - first < _REPORTED_WITHIN else last
        return Period(match[0], first, until, last, guessed=known is None)
    since = days["first"][0] if "first" in days else None
    if since and match[0].lower().startswith("after"):
        since = days["first"][1] + timedelta(1)
    if "last" not in days:
        return Period(match[0], since, None, None, guessed=known is None)
    before = match[0].lower().startswith("before")
    until = days["last"][0] - timedelta(1) if before else days["last"][1]
    if since and since > until:
        since = since.replace(year=since.year - 1, day=min(since.day, _SHORTEST_MONTH))
    return Period(match[0], since, until, until, guessed=known is None)


def _parsed(text: str) -> tuple[date, date] | None:
    plain = _BESIDE_THE_DATE.sub("", text)
    if re.search(MONTH, plain, re.IGNORECASE) and (several := _SEVERAL_DAYS.search(plain)):
        # "March 3-5" is from March 3 to March 5.
        before, after = plain[: several.start()], plain[several.end() :]
        first, last = (_parsed(f"{before}{day}{after}") for day in several.groups())
        return (first[0], last[1]) if first and last and first <= last else None
    either = _EITHER_ORDER.fullmatch(plain)
    if either and max(int(either[1]), int(either[2])) <= 12 and either[1] != either[2]:
        # Nobody knows whether this is the third of April or the fourth of March.
        return None
    published = parse_date(plain, "dateline", "en-US")
    return (published.day, published.last_day) if published else None


def dated_words(article: Article, start: int, end: int) -> tuple[DatedWords, ...]:
    """The relative dates in a stretch of an article, by the day on which it was published.

    A bare weekday is the last one, or the coming one, as the verb says that it goes with (see
    ``assistant.tenses``). Nothing is found where it may be either, or where the day of publication
    is not known.
    """
    published = article.published
    if published is None or published.precision not in ("day", "instant"):
        return ()
    quote = article.text[start:end]
    dated = []
    for match in islice(_IN_TEXT.finditer(quote), _MOST_DATED):
        before, after = _around(match)
        if _NAMED_DAY.search(before) or _DATED_ALREADY.match(after) or _is_named(match):
            continue
        is_bare = bool(_BARE_WEEKDAY.match(match[0]))
        to_come = is_to_come(quote, *match.span()) if is_bare else False
        # "From Tuesday to Sunday" may be of every week, or of one that is over since Sunday.
        is_range = is_bare and (_FROM_A_DAY.search(before) or _TO_A_DAY.match(after))
        if to_come is None or is_range:
            continue
        try:
            first, last = _days(match[0].lower(), published.day, to_come)
        except (OverflowError, ValueError):
            # Before the first day of the calendar, or after its last.
            continue
        dated.append(DatedWords(start + match.start(), start + match.end(), first, last))
    return tuple(dated)


def _around(match: re.Match[str]) -> tuple[str, str]:
    """What stands right before and after a match, as far as it may be of the same clause."""
    text, start, end = match.string, match.start(), match.end()
    return text[max(0, start - _CLAUSE) : start], text[end : end + _CLAUSE]


def _is_named(match: re.Match[str]) -> bool:
    """Whether a day is part of a name: "The Sunday Times", "USA Today", but not "On Sunday Ann"."""
    if not match[0][0].isupper() or " " in match[0]:
        return False
    before, after = _around(match)
    if match[0].lower() in _FIXED:
        return bool(_NAME_BEFORE.search(before))
    return bool(_NAME_AFTER.match(after))


def _days(words: str, today: date, to_come: bool) -> tuple[date, date]:
    """The first and the last day that relative words stand for on a day."""
    for phrase, days in _FIXED.items():
        if words.startswith(phrase):
            return today + timedelta(days), today + timedelta(days)
    weekday = next((number for number, name in enumerate(WEEKDAYS) if name.lower() in words), None)
    if weekday is not None:
        back = (today.weekday() - weekday) % 7
        if words.startswith("next"):
            return (today + timedelta(7 - back),) * 2
        if to_come and not words.startswith("last"):
            return (today + timedelta(-back % 7),) * 2
        return (today - timedelta(back or 7 if words.startswith("last") else back),) * 2
    step = {"last": -1, "past": -1, "next": 1}.get(words.split()[0], 0)
    return next(days for unit, days in _PERIODS.items() if unit in words)(today, step)


_ANY_DAY = date(2150, 1, 1)  # later than what is asked about
_FIXED = {
    "the day before yesterday": -2, "day before yesterday": -2,
    "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
    "yesterday": -1, "last night": -1, "tomorrow": 1,
}  # fmt: skip


def _week(today: date, step: int) -> tuple[date, date]:
    monday = today - timedelta(today.weekday()) + timedelta(7 * step)
    return monday, monday + timedelta(6)


def _month(today: date, step: int) -> tuple[date, date]:
    year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
    after = divmod(today.year * 12 + today.month + step, 12)
    return date(year, month + 1, 1), date(after[0], after[1] + 1, 1) - timedelta(1)


def _year(today: date, step: int) -> tuple[date, date]:
    return date(today.year + step, 1, 1), date(today.year + step, 12, 31)


_PERIODS: dict[str, Callable[[date, int], tuple[date, date]]] = {
    "week": _week,
    "month": _month,
    "year": _year,
}
