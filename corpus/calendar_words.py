"""The names of days of the week in English, and of months in English and all other languages."""

import pickle
import unicodedata
from functools import lru_cache
from pathlib import Path

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())

MONTH_NUMBERS = {
    form: number
    for number, name in enumerate(MONTHS, start=1)
    for form in {name.lower(), name[:3].lower(), *(["sept"] if name == "September" else [])}
}
"""1 to 12 for the name of a month or its usual short form, in lower case and without a stop."""

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
"""A pattern for the same names, to be compiled with IGNORECASE; a stop may follow."""

WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"


ON = r"(?-i:le|am|den|vom|el|il|em|op|dne|dnia)"
"""A pattern for the word before the day in other languages than English; "Il" may be a name."""


@lru_cache(maxsize=16)
def months_of(code: str) -> dict[str, int]:
    """Unicode's months of a language by name and short form, in lower case."""
    return _names("months", code)


def _names(kind: str, code: str) -> dict[str, int]:
    from babel import localedata

    if not localedata.exists(code):
        return {}
    # Only the language's own names, read from Babel's file. Babel's functions have side effects:
    # one caches data without root for all later callers, and the other merges the names of one
    # language into root, and from there into all other languages.
    with Path(localedata.resolve_locale_filename(code)).open("rb") as file:
        forms = pickle.load(file).get(kind, {})  # noqa: S301 - a file of Babel's
    return {
        unicodedata.normalize("NFKC", name).lower().strip("."): number
        for form in forms.values() if isinstance(form, dict)
        for width, names in form.items() if isinstance(names, dict) and width != "narrow"
        for number, name in names.items()
    }  # fmt: skip


@lru_cache(maxsize=1)
def weekday_names() -> frozenset[str]:
    """The days of the week in all official languages, names and short forms, in lower case."""
    return frozenset(name for code in _codes() for name in _names("days", code))


@lru_cache(maxsize=1)
def month_names() -> dict[str, dict[str, int]]:
    """The months of all official languages: for each name or short form, its number by language."""
    months: dict[str, dict[str, int]] = {}
    for code in _codes():
        for name, number in months_of(code).items():
            months.setdefault(name, {})[code] = number
            if " " in name:  # "tháng 5": each word shows the language, but not the month
                for word in name.split():
                    months.setdefault(word, {}).setdefault(code, number)
    return months


def _codes() -> list[str]:
    from babel.core import get_global
    from babel.languages import get_official_languages

    territories = get_global("territory_languages")
    return sorted({code for territory in territories
                   for code in get_official_languages(territory, de_facto=True)})  # fmt: skip
