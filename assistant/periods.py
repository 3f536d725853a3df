"""The days to which a question limits itself: "in August 2016", "since Monday"."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain

from assistant.answer import Citation
from assistant.numbers import in_digits
from assistant.question import Question
from assistant.relative_days import (
    DAY_OF_WEEK,
    MONTH,
    PERIODS,
    RELATIVE,
    days_called,
    is_named,
    step,
)
from corpus.calendar_words import MONTHS, WEEKDAY
from corpus.dates import parse_date
from index import Filters

_COUNT = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DAYS = rf"{_DAY}(?:\s?[-–]\s?{_DAY})?"
_YEAR_CALLED = r"(?:(?:last|this|next)\s+year)"
_OF_YEAR = rf"(?:(?:,|,?\s+of)?\s+(?:\d{{4}}|{_YEAR_CALLED}))"
_DATE = (
    rf"(?:(?:{WEEKDAY},?\s+)?(?:the\s+)?{_DAYS}\s+(?:of\s+)?{MONTH}{_OF_YEAR}?"
    rf"|(?:{WEEKDAY},?\s+)?{MONTH}\s+{_DAYS}(?!\d){_OF_YEAR}?"
    rf"|{MONTH}{_OF_YEAR}|\d{{4}}[-/]\d{{2}}(?:[-/]\d{{2}})?"
    r"|\d{1,2}/\d{1,2}/(?:19|20)\d{2}|\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}|(?:19|20)\d{2})\b"
)
_DATED = re.compile(rf"\b{_DATE}", re.IGNORECASE)
# If two months are compared, one of them may lack its year.
_OR_MONTH = rf"(?:{_DATE}|{MONTH})"
_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3,
    "last": -1,
}  # fmt: skip
_MONTHS_OF = {"half": 6, "quarter": 3}
_ORDINAL = "|".join(_ORDINALS)
_SEASON = "(?:spring|summer|autumn|fall|winter)"
_PART = rf"(?:early\b|late\b|mid\b-?|{_SEASON}\b)"
# "In 2022" is a date; "in 2022 midterms" names the midterms.
_ENDS = re.compile(
    r"\s*(?:[?.,;:!)]|$"
    r"|(?:a|and|as|at|by|did|for|from|how|in|is|of|on|or|the|to|was|were|wh\w+|with)\b)",
    re.IGNORECASE,
)
_ABSOLUTE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:between|from|in)\s+(?P<first>{_OR_MONTH}|{_DAY})"
        rf"\s+(?:and|or|(?:to|until|till)(?:\s+in)?)\s+(?P<last>{_OR_MONTH})",
        rf"\b(?:since|after)\s+(?P<first>{_DATE})",
        rf"\b(?:before|until|till)\s+(?P<last>{_DATE})",
        rf"\b(?:in|on|during|at)\s+the\s+(?:(?P<which>{_ORDINAL})\s+|\w+\s+)?"
        rf"(?:(?P<unit>week|half|quarter)|days?|weekend|start|beginning|middle|end|{_SEASON})"
        rf"\s+of\s+(?P<within>{_OR_MONTH}|{_YEAR_CALLED})",
        rf"\b(?:in|on|during|from)\s+(?:{_PART}\s*)?(?P<within>{_DATE})(?!\s+(?:to|until|till|on)\b)",
        rf"\b(?:in|during)\s+(?:{_PART}\s*)?(?P<within>{MONTH})(?!{_OF_YEAR})(?={_ENDS.pattern})",
    )
]
# A month and its year, with or without its day, in other languages; parse_date reads it.
_IN_ANY_LANGUAGE = re.compile(
    r"(?P<within>(?:\b\d{1,2}(?:\.|er|º)?\s+(?:de\s+)?)?\b[^\W\d_]{3,}\.?\s+(?:de\s+|del\s+)?"
    r"(?:19|20)\d{2}\b|(?:19|20)\d{2}\s?[年년]\s?\d{1,2}\s?[月월](?:\s?\d{1,2}\s?[日일])?)"
)
# "Between May and July 2024" is one period, unless something is compared.
_TWO = re.compile(
    rf"\b(?:(?:between|from|(?P<begins>in))\s+)?(?P<first>{_OR_MONTH})\s+(?P<join>and|or|to|with|than)\s+(?P<again>in\s+)?"
    rf"(?P<last>{_OR_MONTH})(?={_ENDS.pattern})",
    re.IGNORECASE,
)
_OF = re.compile(r"\b(?:of|for)\s+$", re.IGNORECASE)
_CHANGES = (
    r"(?:compar(?:e[ds]?|ing)|(?:chang|increas|decreas)e[ds]?|differ(?:s|ed)?|develop(?:s|ed)?"
    r"|ris(?:es?|en)|rose|grow[ns]?|grew|fall(?:s|en)?(?!\s+of\s+\d)|fell|drop(?:s|ped)?|shrinks?|shr[au]nk)\b"
)
# A capital within the question is that of a name: "Rose", "Niagara Falls". Before another one, at
# the beginning, only "Compare" is none.
_COMPARES = re.compile(rf"\b{_CHANGES}|^(?i:{_CHANGES})(?:(?<=ompare)|(?!\s+[A-Z]))")
_COMPARED = re.compile(r"\b(?:comparison|differen(?:t|ces?)|developments?|growth)\b")
# "Over the last year" goes back from today; "last year" is the calendar year.
_ROLLING = r"(?:the\s+(?:last|past)|past)\s+(week|month|year)"
_RELATIVE = re.compile(
    rf"\b(?:today|tonight|this\s+morning|(?:the\s+)?day\s+before\s+yesterday|yesterday|last\s+night"
    rf"|over\s+the\s+weekend|{DAY_OF_WEEK}|{_ROLLING}(?!\s+of\b)"
    rf"|(?:this|last|past)\s+(?:past\s+)?(?:week|weekend|month|year)(?!\s+of\b)"
    rf"|(?:(?:in|over|during)\s+)?(?:the\s+)?(?:last|past)\s+{_COUNT}\s+(?:day|week|month|year)s"
    rf"|{_COUNT}\s+(?:day|week|month|year)s?\s+ago"
    rf"|(?:on|last|late|early|this|since)\s+{WEEKDAY})\b",
    re.IGNORECASE,
)
# Days in these contexts do not say when the article came out.
_ON_A_WEEKDAY = re.compile(rf"on\s+{WEEKDAY}", re.IGNORECASE)
_NOT_YET = re.compile(
    r"\b(?:will|shall)\b|\b(?:later|next|every|each|until|by|before)\s+(?:on\s+)?$"
    r"|\bthan\b[\w\s]{0,20}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
# A question without its days keeps at least this many words.
_FEWEST_REMAINING = 2
# A question about any Saturday: "Is the museum open on Saturday?", "Where is it held on Sunday?"
_AT_ANY_TIME = re.compile(r"\W*(?:\w+\s+){0,3}?(?:is|are|do|does|can|may)\b", re.IGNORECASE)
_REPORTED_WITHIN = timedelta(7)
# "Two weeks ago" may be wrong by up to three days.
_ABOUT = timedelta(3)
_CALLED = re.compile(_YEAR_CALLED, re.IGNORECASE)
_YEAR = re.compile(rf"(?<!\d)(?:19|20)\d{{2}}(?!\d)|\b{_YEAR_CALLED}\b", re.IGNORECASE)
_BESIDE_THE_DATE = re.compile(rf"\b(?:of|the)\s+|{WEEKDAY},?\s+", re.IGNORECASE)
_SEVERAL_DAYS = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\s?[-–]\s?(\d{1,2})")
_EITHER_ORDER = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_SHORTEST_MONTH = 28
_COUNTED = re.compile(r"(\d+)\s+(day|week|month|year)")
_WEEKEND = (5, 6)
_ANY_DAY = date(2150, 1, 1)  # later than what is asked about
# How long an archive may have got nothing and still be up to date.
_BEHIND = timedelta(31)

_day: ContextVar[date | None] = ContextVar("day", default=None)


def current_day() -> date:
    """Today in this computer's time zone, or the day that ``counted_from`` sets."""
    return _day.get() or datetime.now().astimezone().date()


@contextmanager
def counted_from(day: date) -> Iterator[None]:
    """Within it, ``day`` is the current one: "last week" is the week before it."""
    token = _day.set(day)
    try:
        yield
    finally:
        _day.reset(token)


@dataclass(frozen=True, slots=True)
class Period:
    """Days to which a question limits itself, both inclusive, and the words that name them.

    Reports of those days may have been published until ``last``; ``named`` is the last of the days
    themselves. A ``relative`` period is counted from the day of the question. If the words have no
    year, as in "on June 5", the year is ``guessed``: the last such day is meant.
    """

    words: str
    first: date | None
    last: date | None
    named: date | None
    relative: bool = False
    guessed: bool = False

    def __str__(self) -> str:
        return self.words

    @property
    def is_long(self) -> bool:
        """Whether reports of its days hardly come after them, as they do of a day or a week."""
        return bool(self.first and self.named and self.named - self.first > _REPORTED_WITHIN)

    def left_of(self, question: str, relative: bool = False) -> str:
        """The question without the words of the period, if enough words remain.

        With ``relative`` only relative words are removed: no text of another week says "this week",
        but it may say "in May 2021".
        """
        text = question if relative and not self.relative else question.replace(self.words, " ")
        return text if len(_WORD.findall(text)) >= _FEWEST_REMAINING else question

    def is_told_in(self, citation: Citation) -> bool:
        """Whether a quote of another time may tell of these days.

        It does if it has a word for them, such as "last year", or if its article names the year or,
        if from that year, the month. Any later article may tell of the time before a day.
        """
        article = citation.article
        text = f"{article.title}\n{article.text}"
        days = [day for day in (self.first, self.last) if day]
        article_year = article.published and article.published.day.year
        # "Mayor" does not name May, but "2016年" names 2016.
        names = {rf"(?<!\d){day.year}(?!\d)" for day in days}
        names |= {rf"\b{MONTHS[day.month - 1]}\b" for day in days if day.year == article_year}
        if self.guessed or self.first is None or re.search("|".join(names), text):
            return True
        last = self.last or self.first
        return any(words.first <= last and self.first <= words.last for words in citation.dated)

    def within(self, filters: Filters) -> Filters:
        """The filters, limited to these days and those on which reports of them appeared."""
        return replace(filters, after=self.first, before=self.last)


def asked_period(question: str, today: date, newest: date | None = None) -> Period | None:
    """The days of publication that a question asks for, or None.

    A month or a year is taken as it is. An event of a day is reported on that day or in the week
    after it. Events of "last week" are reported until today; "this week" is today and the seven
    days before, and "this weekend" the last one that has begun. An event that is named by its year,
    such as the 2022 election, says nothing about when the report appeared. A month or day without a
    year is the last until today, or until the ``newest`` article of an archive not kept up.
    """
    latest = newest + _BEHIND if newest and today - newest > _BEHIND else today
    for match in chain.from_iterable(pattern.finditer(question) for pattern in _ABSOLUTE):
        is_name = not re.search(MONTH, match[0], re.IGNORECASE) and not _ENDS.match(
            question, match.end()
        )
        period = None if is_name else _period_of(match, today, latest)
        # Nothing has been published yet on a day in the future.
        if period and not (period.first and period.first > today):
            return period
    asked = Question(question)
    if not asked.is_english:
        for match in _IN_ANY_LANGUAGE.finditer(question):
            if asked.is_keywords and re.search(MONTH, match[0], re.IGNORECASE):
                continue
            period = _period_of(match, today, latest)
            if period and not (period.first and period.first > today):
                return period
    relative = _RELATIVE.search(question)
    if relative is None or is_named(relative) or _NOT_YET.search(question[: relative.start()]):
        return None
    if _ON_A_WEEKDAY.fullmatch(relative[0]) and _AT_ANY_TIME.match(question):
        return None
    try:
        first, named, last = _relative_days(relative[0].lower(), today)
    except (OverflowError, ValueError):
        # The day is before the first day of the calendar.
        return None
    # "On Friday of this week" may be still to come.
    return Period(relative[0], first, last, named, relative=True) if first <= today else None


def period_in(text: str) -> Period | None:
    """The words of a text that name days, whichever days these are, as a period."""
    return asked_period(text, _ANY_DAY)


def without_dates(text: str) -> str:
    """The text without its dates, wherever they are: "harbour talks 5 May 2024"."""
    return _DATED.sub(" ", text)


def days_of(words: str, today: date) -> tuple[date, date] | None:
    """The first and last day of "2022", "May 2024", "5 May 2024", "yesterday" or "last week"."""
    one_line = " ".join(words.split())
    if days := _parse_days(one_line):
        return days
    if not RELATIVE.fullmatch(one_line):
        return None
    try:
        return days_called(one_line.lower(), today, to_come=False)
    except (OverflowError, ValueError):
        # The day is before the first or after the last day of the calendar.
        return None


def compared_periods(question: str) -> dict[str, str]:
    """The question about each of two periods that it compares; empty if it compares none.

    "How did the price change between May and July 2024?" becomes that question in May 2024 and in
    July 2024. Each maps to what is asked for it: unless it is "or" or "than" that compares, without
    the verb "change", since one period alone cannot show one.
    """
    match = _TWO.search(question)
    if match is None:
        return {}
    # "In 1971 and in 2025" are two periods, "in 2020 and 2021" may be one.
    is_choice = match["join"].lower() in ("or", "than")
    are_two = is_choice or (match["begins"] and match["again"])
    if not (are_two or _COMPARES.search(question) or _COMPARED.search(question)):
        return {}
    years = [_YEAR.search(match[side]) for side in ("first", "last")]
    year = next((year[0] for year in reversed(years) if year), "")
    questions = {}
    for side, own in zip(("first", "last"), years, strict=True):
        day = match[side] if own or not year else f"{match[side]} {year}"
        before = _OF.sub("", question[: match.start()])
        question_then = f"{before}in {day}{question[match.end() :]}"
        asked = question_then if is_choice else _COMPARES.sub("", question_then)
        questions[question_then] = " ".join(asked.split())
    return questions


def _relative_days(words: str, today: date) -> tuple[date, date, date]:
    """The first and last day that relative words name, and the last day of reports on them."""
    counted = _COUNTED.search(in_digits(re.sub(r"\ban?\b", "one", words)))
    if counted is None:
        if re.fullmatch(r"(?:this|past)\s+(?:past\s+)?week", words):
            return today - timedelta(7), today, today
        if rolling := re.match(_ROLLING, words):
            return PERIODS[rolling[1]](today, -1)[0], today, today
        if words.endswith("weekend") and not words.startswith("last"):
            words = "this weekend" if today.weekday() in _WEEKEND else "last weekend"
        first, last = days_called(words, today, to_come=False)
        if re.fullmatch(DAY_OF_WEEK, words, re.IGNORECASE):
            # On the same day a week later, "on Monday" means that later day.
            return first, last, min(first + _REPORTED_WITHIN - timedelta(1), today)
        return first, today if words.startswith("since") else min(last, today), today
    count, unit = int(counted[1]), counted[2]
    if unit in ("day", "week"):
        first = today - timedelta(count * (7 if unit == "week" else 1))
        last = min(today, first + _REPORTED_WITHIN)
        if unit == "week" and "ago" in words:
            first -= _ABOUT
    else:
        first, last = PERIODS[unit](today, -count)
    last = last if "ago" in words else today
    return first, last, last


def _period_of(match: re.Match[str], today: date, latest: date) -> Period | None:
    groups = {
        name: _CALLED.sub(lambda year: f"{today.year + step(year[0].lower()):04}", text)
        for name, text in match.groupdict().items() if text
    }  # fmt: skip
    which, unit = groups.pop("which", ""), groups.pop("unit", "")
    if re.fullmatch(_DAY, groups.get("first", ""), re.IGNORECASE):
        # In "between 10 and 15 March", both days are in March.
        groups["first"], count = re.subn(rf"\b{_DAY}\b", groups["first"], groups["last"], count=1)
        if not count:
            return None
    years = {name: _YEAR.findall(text) for name, text in groups.items()}
    known_year = next((year[0] for year in reversed(years.values()) if year), None)
    days = {}
    for name, text in groups.items():
        year = known_year or str(latest.year)
        parsed = _parse_days(text if years[name] else f"{text} {year}")
        if parsed and not known_year and parsed[0] > latest:
            # "On June 5", asked in May, is in the year before.
            parsed = _parse_days(f"{text} {latest.year - 1}")
        if parsed is None:
            return None
        days[name] = parsed
    if "within" in days:
        first, last = days["within"]
        until = last + _REPORTED_WITHIN if last - first < _REPORTED_WITHIN else last
        if which and unit:
            first, last = _part_of(first, last, _ORDINALS[which.lower()], unit.lower())
        return Period(match[0], first, until, last, guessed=known_year is None)
    since = days["first"][0] if "first" in days else None
    if since and match[0].lower().startswith("after"):
        since = days["first"][1] + timedelta(1)
    if "last" not in days:
        return Period(match[0], since, None, None, guessed=known_year is None)
    before = match[0].lower().startswith("before")
    until = days["last"][0] - timedelta(1) if before else days["last"][1]
    if since and since > until:
        if years["first"] and years["last"]:
            # "Between 2026 and 2020" means the same as "between 2020 and 2026".
            since, until = days["last"][0], days["first"][1]
        elif years["first"]:
            # "Between November 2023 and February" ends in the year after.
            later = _parse_days(f"{groups['last']} {since.year + 1}")
            until = later[1] if later else until
        else:
            since = since.replace(year=since.year - 1, day=min(since.day, _SHORTEST_MONTH))
    return Period(match[0], since, until, until, guessed=known_year is None)


def _part_of(first: date, last: date, number: int, unit: str) -> tuple[date, date]:
    """The first and last day of a numbered part of a month or a year: 0 is first, -1 is last.

    The weeks of a month have seven days: the first starts and the last ends with the month.
    """
    begin, end = first, last
    if unit == "week":
        begin = first + timedelta(7 * number) if number >= 0 else last - timedelta(6)
        end = begin + timedelta(6)
    elif first.month != last.month:
        months = _MONTHS_OF[unit]
        number %= 12 // months
        begin = date(first.year, 1 + months * number, 1)
        end = PERIODS["month"](begin, months - 1)[1]
    elif unit == "half":
        middle = first + timedelta(15)
        begin, end = (first, middle - timedelta(1)) if number == 0 else (middle, last)
    return (begin, end) if first <= begin <= end <= last else (first, last)


def _parse_days(text: str) -> tuple[date, date] | None:
    date_text = _BESIDE_THE_DATE.sub("", text)
    if re.search(MONTH, date_text, re.IGNORECASE) and (several := _SEVERAL_DAYS.search(date_text)):
        # "March 3-5" is March 3 to March 5.
        before, after = date_text[: several.start()], date_text[several.end() :]
        first, last = (_parse_days(f"{before}{day}{after}") for day in several.groups())
        return (first[0], last[1]) if first and last and first <= last else None
    either = _EITHER_ORDER.fullmatch(date_text)
    if either and max(int(either[1]), int(either[2])) <= 12 and either[1] != either[2]:
        # The date is ambiguous: the third of April or the fourth of March.
        return None
    published = parse_date(date_text, "dateline", "en-US")
    return (published.day, published.last_day) if published else None
