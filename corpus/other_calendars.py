"""Days of the Iranian calendar and of Japanese eras: ``25 دی 1403`` is the 14th of January 2025."""

import re
from datetime import date, timedelta

_IRANIAN_MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
_IRANIAN = re.compile(
    rf"(?:\S{{0,10}}(?:شنبه|جمعه)،?\s)?(\d{{1,2}})\s({'|'.join(_IRANIAN_MONTHS)})(?:\sماه)?\s(\d{{4}})"
)
_NEW_YEAR = date(2021, 3, 21)
_YEAR = 1400
"""The Iranian year that began on that day."""

_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
"""The year before the first year of each era."""
_JAPANESE = re.compile(rf"({'|'.join(_ERAS)})(\d{{1,2}}|元)年(\d{{1,2}})月(\d{{1,2}})日")


def day_of_other_calendar(text: str) -> date | None:
    """The day that a text names in one of the calendars; None if it names no valid day."""
    try:
        if match := _IRANIAN.fullmatch(text.replace("ي", "ی")):
            return _of_iran(int(match[3]), _IRANIAN_MONTHS.index(match[2]), int(match[1]))
        if match := _JAPANESE.fullmatch(text):
            year = 1 if match[2] == "元" else int(match[2])
            return date(_ERAS[match[1]] + year, int(match[3]), int(match[4]))
    except ValueError:
        pass
    return None


def _of_iran(year: int, months_before: int, day: int) -> date | None:
    """The day in the Gregorian calendar; None if there is no such day.

    Six months have 31 days, five have 30, and the last has 29, or 30 in a leap year.
    """
    if not 1300 <= year < 1500:
        return None
    longest = 31 if months_before < 6 else 30 if months_before < 11 else 29 + _is_leap(year)
    if not 1 <= day <= longest:
        return None
    years = range(min(year, _YEAR), max(year, _YEAR))
    days = sum(365 + _is_leap(between) for between in years) * (1 if year > _YEAR else -1)
    return _NEW_YEAR + timedelta(days + 30 * months_before + min(months_before, 6) + day - 1)


def _is_leap(year: int) -> bool:
    """Whether an Iranian year has 366 days, as eight in 33 years do, from 1178 to 1633."""
    return (25 * year + 11) % 33 < 8
