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

from corpus.article import How, Precision, Published
from corpus.calendar_words import MONTH_NUMBERS, month_names, months_of
from corpus.encoding import FAILURES, one_line
from corpus.languages import code_of

Order = Literal["day", "month"]
"""The first number in dates such as ``03/04/2025``."""

_FIRST_YEAR, _LAST_YEAR = 1500, 2200
_THAI_YEAR = re.compile(r"(?<!\d)2[4-6]\d\d(?!\d)")
_WEEKDAYS = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|(?:lune|marte|mercole|giove|vener)d[iì]|sabato|domenica"
    r"|(?:segunda|ter[cç]a|quarta|quinta|sexta)(?:-feira)?)"
)
_WORD = r"[^\W\d_]{3,15}"
_YEAR = r"(?P<year>\d{4})"
_TIME = (
    r"(?:[\s,T|–—-]*(?:at|um|à|om|kl\.?)?\s*(?P<hour>\d{1,2})[:h](?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>Z|[A-Za-z]{2,5}|(?:UTC|GMT)?[+-]\d{2}:?(?:\d{2})?)?)?"
)
_PREFIX = (
    r"(?:(?:first\s+)?(?:published|posted|issued|date)(?:\s+on|\s+at)?\s*:?\s+)?"
    rf"(?:{_WEEKDAYS}\.?,?\s+(?:the\s+)?)?"
)
_DAYS = [
    re.compile(_PREFIX + core + _TIME, re.IGNORECASE)
    for core in (
        rf"{_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})",
        rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})\s*[日일]",
        r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<other>\d{1,2})(?P=mark)" + _YEAR,
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?(?:\s+|-|/)(?:of\s+|de\s+|d['’])?"
        rf"(?P<word>{_WORD})\.?,?(?:\s+|-|/)(?:del?\s+)?{_YEAR}(?:\s*г\.?(?!\w))?",
        rf"(?P<word>{_WORD})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"{_YEAR}[\s-](?P<word>{_WORD})\.?[\s-](?P<day>\d{{1,2}})",
    )
]
_OTHERS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # As date(1) and C's ctime() write it.
        rf"{_WORD}\s+(?P<word>{_WORD})\s+(?P<day>\d{{1,2}})\s+(?P<hour>\d{{2}}):(?P<minute>\d{{2}})"
        rf":(?P<second>\d{{2}})\s+(?P<zone>[A-Z]{{3,4}}|[+-]\d{{4}})?\s*{_YEAR}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
        rf"{_YEAR}[-/.]?(?P<month>\d{{2}})",
        rf"{_YEAR}[-/.](?P<month>\d)",
        rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]",
        rf"(?P<month>\d{{1,2}})[/.]{_YEAR}",
        rf"(?P<word>{_WORD})\.?,?\s+(?:del?\s+)?{_YEAR}",
        _YEAR,
    )
]
# The forms in which Excel writes days. 21-03-04 is none of them, as its year may be at either end.
_IN_TABLES = [
    re.compile(rf"{core}(?P<year>\d{{2}}){_TIME}", re.IGNORECASE)
    for core in (
        r"(?P<first>\d{1,2})(?P<mark>[/.])(?P<other>\d{1,2})(?P=mark)",
        rf"(?P<day>\d{{1,2}})[- ](?P<word>{_WORD})[- ]",
    )
]
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
}  # fmt: skip
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?")
_NUMBER = re.compile(r"\d{1,20}(?:\.\d*)?")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})\b")
_DATES_IN_PATHS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_/](?P<month>\d\d?)[-_/](?P<day>\d\d?)(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_/](?P<word>[a-z]{3,9})[-_/](?P<day>\d\d?)(?!\d)",
        r"(?:^|/)(?P<year>(?:19|20)\d\d)/(?P<month>\d\d)/",
    )
]
_DATES_IN_LINES = [
    re.compile(pattern)
    for pattern in (
        rf"\b\d{{1,2}}(?:\.|er|º|ª|st|nd|rd|th)? +(?:de +|of +)?{_WORD}\.?,? +(?:de +)?\d{{4}}\b",
        rf"\b{_WORD}\.? +\d{{1,2}}(?:st|nd|rd|th)?,? +\d{{4}}\b",
        r"\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b",
        r"\b\d{1,2}[-./]\d{1,2}[-./]\d{4}\b",
        r"\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]",
    )
]
_MONTH_AND_YEAR = re.compile(rf"{_WORD}\.?,? +\d{{4}}")
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
    text = one_line(unicodedata.normalize("NFKC", str(value)))
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(character, character)) for character in text)
    if code_of(language) == "th":  # the Thai calendar is 543 years ahead
        text = _THAI_YEAR.sub(lambda year: str(int(year[0]) - 543), text)
    if _NUMBER.fullmatch(text) and not re.fullmatch(r"\d{4}|\d{6}|\d{8}|\d{14}", text):
        return _since_1970(float(text), how)
    for pattern in (*_DAYS, *_OTHERS, *(_IN_TABLES if how == "metadata" else ())):
        match = pattern.fullmatch(text)
        if match is not None:
            return _date_of_match(match, how, language, order)
    return None if how == "dateline" else _in_other_words(text, how, language)


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
    matches = filter(None, (pattern.fullmatch(one_line(text)) for pattern in _DAYS))
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
        for pattern in _DATES_IN_LINES
        for match in pattern.finditer(line)
        if (published := parse_date(match[0], "metadata", language))
        and published.precision in ({"day", "year"} if ambiguous else {"day"})
    ]
    if days:
        return min(days, key=lambda day: day[:2])[2]
    published = parse_date(line, "metadata") if _MONTH_AND_YEAR.fullmatch(line) else None
    return published if published and published.precision == "month" else None


def date_in_path(path: str) -> Published | None:
    """The date in the path of a URL or a file, such as ``2016/08/21`` or ``20160821``."""
    for pattern in _DATES_IN_PATHS:
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

    A time without a zone is taken to be in UTC-12, the latest that can be meant; a day ends the
    embargo when it begins. A blank embargo has no known end, so it lasts until the year 9999.
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
        exact = published.precision == "instant"
        end = published.value if exact else published.value.replace(tzinfo=None)
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
        match = _NUMERIC.match(value.strip()[:40])
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
        order = order or _order_in(parts["mark"], language)
        if order is not None:
            day, month = (first, second) if order == "day" else (second, first)
    precision: Precision = "year" if month is None else "month" if day is None else "day"
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        value = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=UTC)
        instant = _instant(parts, value) if "hour" in parts and precision == "day" else None
    except ValueError:
        return None
    # The first of January 1970, at midnight, is an empty field that a program wrote as a time.
    if instant == _EPOCH or (value == _EPOCH and int(parts.get("hour", 24)) == 0):
        return None
    return Published(instant or value, "instant" if instant else precision, how)


def _instant(parts: dict[str, str], day: datetime) -> datetime | None:
    """The instant that is stated, or None if no zone is known; ValueError if it is impossible."""
    hour, minute, second = (int(parts.get(name, 0)) for name in ("hour", "minute", "second"))
    half = parts.get("half", "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("half a day has twelve hours")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    # Publishers write leap seconds; Python does not know them.
    value = day.replace(hour=hour, minute=minute, second=59 if second == 60 else second)
    zone = _zone(parts.get("zone"))
    if zone is None or value == day:
        return None
    return value.replace(tzinfo=zone)


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    match = _OFFSET.fullmatch(text.upper())
    if match is None:
        hours = _ZONES.get(text.lower())
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
