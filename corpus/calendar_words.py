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


@lru_cache(maxsize=16)
def months_of(code: str) -> dict[str, int]:
    """Unicode's months of a language by name and short form, in lower case."""
    from babel import localedata

    if not localedata.exists(code):
        return {}
    # Only the language's own names, read from Babel's file. Babel's functions have side effects:
    # one caches data without root for all later callers, and the other merges the names of one
    # language into root, and from there into all other languages.
    with Path(localedata.resolve_locale_filename(code)).open("rb") as file:
        forms = pickle.load(file).get("months", {})  # noqa: S301 - a file of Babel's
    return {
        unicodedata.normalize("NFKC", name).lower().strip("."): number
        for form in forms.values() if isinstance(form, dict)
        for width, names in form.items() if isinstance(names, dict) and width != "narrow"
        for number, name in names.items()
    }  # fmt: skip


@lru_cache(maxsize=1)
def month_names() -> dict[str, dict[str, int]]:
    """The months of all official languages: for each name or short form, its number by language."""
    from babel.core import get_global
    from babel.languages import get_official_languages

    months: dict[str, dict[str, int]] = {}
    codes = {
        code
        for territory in get_global("territory_languages")
        for code in get_official_languages(territory, de_facto=True)
    }
    for code in sorted(codes):
        for name, number in months_of(code).items():
            months.setdefault(name, {})[code] = number
            if " " in name:  # "tháng 5": each word shows the language, but not the month
                for word in name.split():
                    months.setdefault(word, {}).setdefault(code, number)
    return months
