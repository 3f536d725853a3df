"""Parses dates as publishers write them, only as precisely as is certain.

``03/04/2025`` is the third of April or the fourth of March, so only its year is certain, unless
the language of the article decides (American English, or any language but English). A time without
a zone gives the publisher's calendar day. Midnight to the second is treated as a day that a program
wrote as a time.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

from corpus import date_forms as forms
from corpus.article import How, Precision, Published
from corpus.calendar_words import MONTH_NUMBERS, month_names, months_of, weekday_names
from corpus.encoding import FAILURES, one_line
from corpus.languages import code_of

Order = Literal["day", "month"]
"""The first number in dates such as ``03/04/2025``."""

_FIRST_YEAR, _LAST_YEAR = 1500, 2200
_THAI_YEAR = re.compile(r"(?<!\d)2[4-6]\d\d(?!\d)")
_NUMBER = re.compile(r"\d{1,20}(?:\.\d*)?")
_LONGEST_LINE = 300
"""Characters; a longer line is a paragraph, not a date."""

_LONGEST_REPORTED = 60
_MOST_LANGUAGES = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENDLESS = datetime(9999, 12, 31, tzinfo=UTC)
_LAST_ZONE = timezone(timedelta(hours=-12))
_EXACTNESS: dict[Precision, int] = {"year": 0, "month": 1, "day": 2, "instant": 3}


def parse_date(
    value: object, how: How, language: str | None = None, order: Order | None = None
) -> Published | None:
    """The date that ``value`` states; None if that is uncertain or impossible.

    Reads ISO 8601, RFC 2822, seconds and milliseconds since 1970 (numbers or digits), days,
    months and years in numbers, and days and months in the words of many languages. ``order``, or
    ``language`` (such as ``en-GB``), decides between day first and month first. A dateline must
    have one of the usual forms; the value of a date field may be in any words.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > 500:
        return None
    if isinstance(value, int) and not 0 <= value < 10**20:
        return None
    text = _plain(str(value))
    if code_of(language) == "th":  # the Thai calendar is 543 years ahead
        text = _THAI_YEAR.sub(lambda year: str(int(year[0]) - 543), text)
    if _NUMBER.fullmatch(text) and not forms.COMPACT.fullmatch(text):
        return _since_1970(float(text), how)
    match = _match(text, how)
    if match is not None:
        return _date_of_match(match, how, language, order)
    if how == "dateline":
        return None
    first, _, rest = text.partition(" ")
    is_day = any(pattern.fullmatch(rest) for pattern in forms.DAYS)
    if is_day and first.strip(".,").lower() in weekday_names():
        return parse_date(rest, how, language, order or "day")  # those of English are in _match
    return _in_other_words(text, how, language)


def no_date(values: Iterable[object]) -> str | None:
    """The words to report, such as ``13 Smarch 2024``, if a date field states no valid date.

    None if no value is meant as a date: a value without a digit, such as "undated", or of zeros
    says that there is no date, and a single digit says yes or no.
    """
    lines = (one_line(value[:_LONGEST_LINE]) for value in values if isinstance(value, str))
    return next((line[:_LONGEST_REPORTED] for line in lines if len(line) > 1
                 and any(map(str.isdigit, line.replace("0", "")))), None)  # fmt: skip


def is_impossible_day(text: str, language: str | None = None) -> bool:
    """Whether a text has the form of a day, but there is no such day: ``31 June 2015``."""
    matches = filter(None, (pattern.fullmatch(one_line(text)) for pattern in forms.DAYS))
    words = [match.groupdict().get("word") for match in matches]
    is_day = any(word is None or _month(word.lower(), language) for word in words)
    return is_day and parse_date(text, "dateline", language) is None


def date_in_line(
    line: str, language: str | None = None, *, ambiguous: bool = False
) -> Published | None:
    """The first day that a line names, or its month if it names only that; else None.

    With ``ambiguous``, a day such as 03/04/2025 counts, too, and gives its year.
    """
    line = one_line(line[: _LONGEST_LINE + 1])
    if len(line) > _LONGEST_LINE or not any(character.isdigit() for character in line):
        return None
    days = [
        (match.start(), -match.end(), published)
        for pattern in forms.IN_LINES
        for match in pattern.finditer(line)
        if (published := parse_date(match[0], "metadata", language))
        and published.precision in ({"day", "year"} if ambiguous else {"day"})
    ]
    if days:
        return min(days, key=lambda day: day[:2])[2]
    published = parse_date(line, "metadata") if forms.MONTH_AND_YEAR.fullmatch(line) else None
    return published if published and published.precision == "month" else None


def date_in_path(path: str) -> Published | None:
    """The date in the path of a URL or a file, such as ``2016/08/21`` or ``20160821``."""
    for pattern in forms.IN_PATHS:
        for match in pattern.finditer(path):
            word = match.groupdict().get("word")
            # A path may contain any words, so only English months are recognised.
            if word is not None and word.lower() not in MONTH_NUMBERS:
                continue
            published = _date_of_match(match, "url")
            if published is not None:
                return published
    return None


def end_of_embargo(words: str) -> datetime:
    """The instant, in UTC, from which an article with this embargo may be shown.

    A time without a known zone is taken to be in UTC-12, the latest that can be meant; a day ends
    the embargo when it begins, and if words beside it are not understood, when it is over. A blank
    embargo has no known end, so it lasts until the year 9999.
    Raises ValueError for words that name no certain day or instant.
    """
    words = one_line(words)
    if not words:
        return _ENDLESS
    try:
        # Seconds since 1970 may look like a shorter form of ISO 8601.
        end = datetime.fromisoformat("" if words.isdecimal() else words)
    except ValueError:
        published = parse_date(words, "metadata")
        if published is None or published.precision not in {"day", "instant"}:
            raise ValueError(f"no date and time: {words[:60]}") from None
        end = published.value
        if published.precision == "day":
            match = _match(_plain(words), "metadata")
            day = end.replace(tzinfo=None)
            # Other words than these may state a time, but digits alone do not.
            end = _time(match, day) if match else day + timedelta(days=not words.isdecimal())
    try:
        return (end if end.tzinfo else end.replace(tzinfo=_LAST_ZONE)).astimezone(UTC)
    except OverflowError:
        return _ENDLESS


def best_date(candidates: Iterable[Published | None]) -> Published | None:
    """The first of ``candidates``, unless a later one is more exact and agrees with it."""
    best: Published | None = None
    for candidate in candidates:
        if candidate is None:
            continue
        if best is None or (
            _EXACTNESS[candidate.precision] > _EXACTNESS[best.precision]
            and best.day <= candidate.day <= best.last_day
        ):
            best = candidate
    return best


def order_of_dates(values: Iterable[str]) -> Order | None:
    """The order of the dates of a column, if one of them decides it and none contradicts."""
    orders: set[Order] = set()
    for value in values:
        match = forms.NUMERIC.match(value.strip()[:40])
        if match is not None and (int(match[1]) > 12) != (int(match[2]) > 12):
            orders.add("day" if int(match[1]) > 12 else "month")
    return orders.pop() if len(orders) == 1 else None


def local_instant(local: str, utc: str) -> Published | None:
    """The instant that is written in the publisher's time and in UTC, both without a zone.

    If one of the two is missing, as in some drafts, it is the day alone.
    """
    day = parse_date(local, "metadata")
    try:
        local_time, utc_time = datetime.fromisoformat(local), datetime.fromisoformat(utc)
        offset = local_time.replace(tzinfo=None) - utc_time.replace(tzinfo=None)
        zone = timezone(timedelta(minutes=round(offset.total_seconds() / 60)))
        return Published(local_time.replace(tzinfo=zone), "instant", "metadata") if day else None
    except ValueError:
        return day


def _plain(value: str) -> str:
    text = one_line(unicodedata.normalize("NFKC", value))
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def _match(text: str, how: How) -> re.Match[str] | None:
    tried = (*forms.DAYS, *forms.OTHERS, *(forms.IN_TABLES if how == "metadata" else ()))
    return next(filter(None, (pattern.fullmatch(text) for pattern in tried)), None)


def _date_of_match(
    match: re.Match[str], how: How, language: str | None = None, order: Order | None = None
) -> Published | None:
    parts = {name: part for name, part in match.groupdict().items() if part is not None}
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if 2000 + year <= datetime.now(UTC).year else 1900
    month = int(parts["month"]) if "month" in parts else None
    day = int(parts["day"]) if "day" in parts else None
    if "word" in parts:
        month = _month(parts["word"].lower(), language)
        if month is None:
            return None
    if "first" in parts:
        first, second = int(parts["first"]), int(parts["other"])
        if not (first and second):
            return None
        if first > 12 or first == second:
            order = "day"
        elif second > 12:
            order = "month"
        order = order or ("day" if "on" in parts else _order_in(parts["mark"], language))
        if order is not None:
            day, month = (first, second) if order == "day" else (second, first)
    precision: Precision = "year" if month is None else "month" if day is None else "day"
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        value = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=UTC)
        time = _time(match, value)
    except ValueError:
        return None
    is_exact = precision == "day" and time.tzinfo and time.replace(tzinfo=UTC) != value
    instant = time if is_exact else None
    # The first of January 1970, at midnight, is an empty field that a program wrote as a time.
    if instant == _EPOCH or (value == _EPOCH and int(parts.get("hour", 24)) == 0):
        return None
    return Published(instant or value, "instant" if instant else precision, how)


def _time(match: re.Match[str], day: datetime) -> datetime:
    """The stated time of a day, without a zone if none is known; ValueError if it is impossible."""
    parts = match.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if half := (parts.get("half") or "").lower():
        if not 1 <= hour <= 12:
            raise ValueError("half a day has twelve hours")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    # Publishers write leap seconds; Python does not know them.
    second = 59 if second == 60 else second
    return day.replace(hour=hour, minute=minute, second=second, tzinfo=_zone(parts.get("zone")))


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    match = forms.OFFSET.fullmatch(text.upper())
    if match is None:
        hours = forms.ZONES.get(text.lower())
        return None if hours is None else timezone(timedelta(hours=hours))
    sign, hour, minute = match.groups()
    offset = timedelta(hours=int(hour), minutes=int(minute or 0))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(hours=15) else None


def _order_in(mark: str, language: str | None) -> Order | None:
    """The order of dates with this separator in a language, if it is certain."""
    tag = (language or "en").lower().replace("_", "-")
    is_english = tag.partition("-")[0] == "en" and mark != "."
    if not is_english or tag in {"en-gb", "en-au", "en-ie", "en-nz", "en-in"}:
        return "day"
    return "month" if tag == "en-us" else None


def _since_1970(number: float, how: How) -> Published | None:
    for unit in (1, 1_000, 1_000_000):
        # Only from 1973 on, so that no short number counts as a date.
        if 1e8 <= number / unit < 7e9:
            value = datetime.fromtimestamp(int(number / unit), UTC)
            midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
            return Published(value, "day" if midnight else "instant", how)
    return None


def _month(word: str, language: str | None) -> int | None:
    """The month of a name or short form, or None; ``listopad`` differs in Polish and Croatian."""
    if word in MONTH_NUMBERS:
        return MONTH_NUMBERS[word]
    number = months_of(code_of(language)).get(word)
    numbers = {number} if number else set(month_names().get(word, {}).values())
    return numbers.pop() if len(numbers) == 1 else None


def _in_other_words(text: str, how: How, language: str | None) -> Published | None:
    year = re.search(r"(?<!\d)\d{4}(?!\d)", text)
    if len(text) > 80 or year is None or not re.search(r"[^\W\d_]", text):
        return None
    code = code_of(language)
    months = months_of(code)
    words = [word.strip(".,") for word in text.lower().split()]
    codes = {code} if any(word in months for word in words) else set()
    for word in words if not codes else ():
        codes |= month_names().get(word, {}).keys()
    value = _ask_dateparser(text, tuple(sorted(codes))) if codes else None
    if value is None or not _FIRST_YEAR <= value.year == int(year.group()) <= _LAST_YEAR:
        return None
    return Published(datetime(value.year, value.month, value.day, tzinfo=UTC), "day", how)


@lru_cache(maxsize=4096)
def _ask_dateparser(text: str, codes: tuple[str, ...]) -> datetime | None:
    import dateparser  # type: ignore[import-untyped]
    from dateparser.data.languages_info import language_order  # type: ignore[import-untyped]

    # Each language that dateparser tries takes as long as reading a page, so only the most used
    # ones are tried.
    tried = [code for code in language_order if code in codes][:_MOST_LANGUAGES]
    # No dates relative to today, and no parts filled in from today.
    settings = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
    try:
        value = dateparser.parse(text, languages=tried, settings=settings) if tried else None
    except (re.error, *FAILURES):
        return None  # on odd strings dateparser fails in its own ways
    return value if isinstance(value, datetime) else None
