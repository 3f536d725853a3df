"""Parses days in the forms of many languages: ``3 בספטמבר 2024``, ``12 березня 2025 року``."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from corpus.article import Published
from corpus.calendar_words import months_of
from corpus.dates import parse_date
from corpus.encoding import one_line
from corpus.languages import code_of, language_of
from corpus.other_calendars import day_of_other_calendar

_LONGEST = 60
"""Characters."""

_NUMBERS = re.compile(r"\d+")
_FIELD = re.compile(r"'([^']*)'|(y+|[ML]+|d+|E+)|(.)", re.DOTALL)
# Arabic agencies write the month twice, by its Syriac name and by its Latin one.
_NAMED_TWICE = re.compile(r"(?<=\d )[\u0600-\u06ff ]{2,20}/(?=[\u0600-\u06ff])")
_WIDTHS = ("full", "long", "medium")


@lru_cache(maxsize=256)
def parse_local_day(text: str, language: str | None, line: str) -> Published | None:
    """The day in a dateline, written in a form of its language; None if it has no such form.

    The language is identified from ``line`` if none is stated. Possible English gives None: its
    usual forms are parsed elsewhere, and a day in another form may be the day of an event.
    """
    if len(text) > _LONGEST:
        return None
    if day := day_of_other_calendar(text):
        return parse_date(day.isoformat(), "dateline")
    numbers = sorted(map(len, _NUMBERS.findall(text)))
    if numbers not in ([1, 4], [2, 4], [1, 1, 4], [1, 2, 4], [2, 2, 4]):
        return None
    code = code_of(language or language_of(line))
    if code == "en":
        return None
    date_text = _NAMED_TWICE.sub("", one_line(text)).lower()
    patterns = _patterns(code)
    for pattern in patterns:
        match = pattern.fullmatch(date_text)
        if match is None:
            continue
        parts = match.groupdict()
        month = _month(parts["word"], code) if "word" in parts else int(parts["month"])
        numbered = f"{int(parts['year'])}-{month or 0:02}-{int(parts['day']):02}"
        return parse_date(numbered, "dateline")
    # dateparser also skips other words, such as the article in French and "year" in Ukrainian. But
    # with "until", which it skips as well, the day is not the day of publication.
    before = _NUMBERS.split(date_text)[0].split()
    if (
        not patterns
        or len(numbers) > 2
        or any(len(word) > 2 and word not in _weekdays(code) for word in before)
    ):
        return None
    published = parse_date(date_text, "metadata", code)
    return published and replace(published, how="dateline")


@lru_cache(maxsize=64)
def _patterns(code: str) -> tuple[re.Pattern[str], ...]:
    """Patterns of the forms of days in Unicode's tables, with or without a stop at the end."""
    from babel import Locale, UnknownLocaleError

    try:
        formats = Locale.parse(code).date_formats
    except (UnknownLocaleError, ValueError):
        return ()
    unicode_patterns = [formats[width].pattern for width in _WIDTHS]
    return tuple(
        re.compile(rf"{''.join(_expressions(pattern, code)).strip()}\.?")
        for pattern in unicode_patterns
        if "G" not in pattern  # A year with an era is a year of another calendar.
    )


@lru_cache(maxsize=64)
def _weekdays(code: str) -> tuple[str, ...]:
    from babel import Locale

    days = Locale.parse(code).days["format"]
    return tuple({name.lower() for width in days for name in days[width].values()})


def _expressions(pattern: str, code: str) -> Iterator[str]:
    """A date pattern of Unicode, such as ``d 'de' MMMM``, as parts of a regular expression."""
    for quoted, field, letter in _FIELD.findall(pattern):
        if not field:
            yield re.escape((quoted or letter).lower())
        elif field[0] == "y":
            yield r"(?P<year>\d{4})"
        elif field[0] == "d":
            yield r"(?P<day>\d{1,2})"
        elif field[0] in "ML":
            yield r"(?P<word>[^\d,]{2,20}?)" if len(field) > 2 else r"(?P<month>\d{1,2})"
        else:
            yield f"(?:{'|'.join(map(re.escape, _weekdays(code)))})"


@lru_cache(maxsize=1024)
def _month(word: str, code: str) -> int | None:
    """The month with a name in a language, or in its form in one country; None if ambiguous."""
    from babel.localedata import locale_identifiers

    word = word.strip(". ")
    places = [name for name in locale_identifiers() if name.startswith(f"{code}_")]
    numbers = [number for name in (code, *places) if (number := months_of(name).get(word))]
    return numbers[0] if len(set(numbers)) == 1 else None
