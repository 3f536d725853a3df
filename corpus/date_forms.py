"""The forms in which publishers write dates, as patterns with a group for each part of a date."""

import re

from corpus.calendar_words import ON

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
    r"(?:[\s,T|–—-]*(?:[^\W\d_]{1,3}\.?)?\s*(?P<hour>\d{1,2})"
    r"(?:[:h.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?|(?=\s*(?:h|uhr|[ap]\.?m)\b)h?)"
    r"\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>Z|[A-Za-z]{2,5}|(?:UTC|GMT)?[+-]\d{2}:?(?:\d{2})?)?)?"
)
_PREFIX = (
    r"(?:(?:first\s+)?(?:published|posted|issued|date)(?:\s+on|\s+at)?\s*:?\s+)?"
    rf"(?:(?P<on>{ON})\s+)?(?:{_WEEKDAYS}\.?,?\s+(?:the\s+)?)?"
)
# The mark between the numbers of a day; a blank may follow a stop: 2. 5. 2024.
_MARK = r"(?P<mark>[-/.])(?:(?<=\.) )?"
_SAME_MARK = r"(?P=mark)(?:(?<=\.) )?"
DAYS = [
    re.compile(rf"{_PREFIX}{core}\.?{_TIME}", re.IGNORECASE)
    for core in (
        rf"{_YEAR}{_MARK}(?P<month>\d{{1,2}}){_SAME_MARK}(?P<day>\d{{1,2}})",
        rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})\s*[日일]",
        rf"(?P<first>\d{{1,2}}){_MARK}(?P<other>\d{{1,2}}){_SAME_MARK}{_YEAR}",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?(?:\s+|-|/)(?:of\s+|de\s+|d['’])?"
        rf"(?P<word>{_WORD})\.?,?(?:\s+|-|/)(?:del?\s+)?{_YEAR}(?:\s*г\.?(?!\w))?",
        rf"(?P<word>{_WORD})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"{_YEAR}[\s-](?P<word>{_WORD})\.?[\s-](?P<day>\d{{1,2}})",
    )
]
OTHERS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # As date(1) and C's ctime() write it.
        rf"{_WORD}\s+(?P<word>{_WORD})\s+(?P<day>\d{{1,2}})\s+(?P<hour>\d{{2}}):(?P<minute>\d{{2}})"
        rf":(?P<second>\d{{2}})\s+(?P<zone>[A-Z]{{3,4}}|[+-]\d{{4}})?\s*{_YEAR}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
        rf"{_YEAR}[-/.]?(?P<month>\d{{2}})",
        rf"{_YEAR}[-/.](?P<month>\d)",
        rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]",
        rf"(?P<month>\d{{1,2}})[/.]{_YEAR}",
        rf"(?P<word>{_WORD})\.?,?\s+(?:del?\s+)?{_YEAR}",
        _YEAR,
    )
]
# The forms in which Excel and old mail write days. 21-03-04 is none of them, as its year may be
# at either end.
IN_TABLES = [
    re.compile(rf"{_PREFIX}{core}(?P<year>\d{{2}}){_TIME}", re.IGNORECASE)
    for core in (
        r"(?P<first>\d{1,2})(?P<mark>[/.])(?P<other>\d{1,2})(?P=mark)",
        rf"(?P<day>\d{{1,2}})[- ](?P<word>{_WORD})[- ]",
    )
]
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
}  # fmt: skip
# Digits that are a date and no count of seconds or milliseconds since 1970.
COMPACT = re.compile(
    r"\d{4}|\d{6}|\d{8}|\d{14}"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d"
)
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?")
NUMERIC = re.compile(r"(\d{1,2})[-/.] ?(\d{1,2})[-/.] ?(?:\d{4}|\d{2})\b")
IN_PATHS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_/](?P<month>\d\d?)[-_/](?P<day>\d\d?)(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_/](?P<word>[a-z]{3,9})[-_/](?P<day>\d\d?)(?!\d)",
        r"(?:^|/)(?P<year>(?:19|20)\d\d)/(?P<month>\d\d)/",
    )
]
IN_LINES = [
    re.compile(pattern)
    for pattern in (
        rf"\b\d{{1,2}}(?:\.|er|º|ª|st|nd|rd|th)? +(?:de +|of +)?{_WORD}\.?,? +(?:de +)?\d{{4}}\b",
        rf"\b{_WORD}\.? +\d{{1,2}}(?:st|nd|rd|th)?,? +\d{{4}}\b",
        r"\b\d{4}[-./] ?\d{1,2}[-./] ?\d{1,2}\b",
        r"\b\d{1,2}[-./] ?\d{1,2}[-./] ?\d{4}\b",
        r"\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]",
    )
]
MONTH_AND_YEAR = re.compile(rf"{_WORD}\.?,? +\d{{4}}")
