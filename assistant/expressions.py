"""What stands in a text and can answer a question: names, numbers, dates, lengths of time.

Found by their form alone; no model. Every function gives ``(start, end)`` character offsets.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from assistant.names import Spans, names, people

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_COUNT = (
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundreds?|thousands?|millions?|billions?|trillions?|dozens?|half|a third|a quarter)"
)
_DIGITS = r"\d+(?:[.,]\d+)*"
_UNIT = r"(?:second|minute|hour|day|night|week|fortnight|month|season|year|decade|centur(?:y|ie))s?"

_NUMBER = re.compile(
    rf"{_DIGITS}|\b(?:one|{_COUNT})\b(?:-\w+)?|\b(?:nobody|no one|none|twice)\b|\bno(?=\s\w+s\b)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    rf"[$£€¥]\s?{_DIGITS}(?:\s?(?:thousand|million|billion|trillion|m|bn|k)\b)?|\b(?:{_DIGITS}|{_COUNT})\s(?:\w+\s)?(?:dollars|pounds|euros|pence|cents)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+\d{{4}})?"
    rf"|\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b(?:1[5-9]|20)\d{{2}}s?\b|\b{_DAY}\b"
    r"|\b(?:yesterday|today|tonight|tomorrow|midnight|midday|noon)\b"
    r"|\b(?:last|next|this)\s(?:week|weekend|month|year|spring|summer|autumn|winter|\w+day)\b"
    rf"|\b(?:an?|one|{_DIGITS}|{_COUNT})\s(?:day|week|month|year)s?\sago\b"
    r"|\b\d{1,2}(?::\d{2})?\s?[ap]\.?m\b",
)
_DURATION = re.compile(
    rf"\b(?:an?|one|several|few|half an|{_DIGITS}|{_COUNT})(?:[\s-]+(?:and a half|full|long|\w+))?"
    rf"[\s-]+{_UNIT}\b",
    re.IGNORECASE,
)
_AGE = re.compile(
    rf"\b(?:aged?|turned|turns|turning)\s(?:of\s)?\d{{1,3}}\b|\b\d{{1,3}}[\s-](?:years?|months?)[\s-]old\b"
    rf"|\b{_COUNT}[\s-](?:years?|months?)[\s-]old\b|,\s\d{{2}},",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    rf"\b(?:{_DIGITS}|{_COUNT})(?:[\s-]+(?:and a half|{_COUNT}))?[\s-]*"
    r"(?:(?:kilo|centi|milli)?met(?:re|er)s?|km/?h?|cm|mm|m|feet|foot|ft|inch(?:es)?|miles?|mph|yards?|"
    r"knots|degrees|°[CF]?|kilogram(?:me)?s?|kg|tonnes?|tons?|pounds?|lbs?|acres?|hectares?|"
    r"storeys?|stories|floors|times)\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"(?:\b(?:told|according to|reported by|reports by|published (?:by|in)|report in|said to|"
    r"confirmed to|seen by)\s+(?:the\s+)?(?:news agency\s+|newspaper\s+|agency\s+)?)$"
)
_REPORTED = re.compile(
    r"^\s*(?:,\s*)?(?:first\s+)?(?:report(?:ed|s|ing)|published|revealed|broke)\b"
)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|in order to|so that|after|amid|over|for fear|to avoid|"
    r"citing|blam\w+|caus\w+|reasons?|in response|as a result|prompted|following)\b",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"[“\"«].+?[”\"»]|\b(?:said|says|say|told|tells|vow\w*|promis\w+|announc\w+|warn\w+|ask\w*|"
    r"demand\w*|called|calls|claim\w*|insist\w*|argu\w+|wrote|tweeted|stat(?:ed|ement)|added|"
    r"according to|den(?:y|ied|ies)|pledg\w+|threaten\w*)\b",
    re.IGNORECASE | re.DOTALL,
)

_GROUP = re.compile(
    rf"\b(?:a|an|several|some|many|{_COUNT}|{_DIGITS})\s+"
    r"(?:(?:number|group|team) of\s+)?(?:[\w'’-]+\s+){0,3}?"
    r"(?:advis[eo]rs?|officers?|officials?|ministers?|representatives?|councillors?|delegates?|"
    r"members?|leaders?|lawyers?|generals?|diplomats?|experts?|drivers?|engineers?|doctors?|"
    r"ambassadors?|senators?|players?|witness(?:es)?|residents?|envoys?)\b",
    re.IGNORECASE,
)


def attendants(text: str) -> Spans:
    """People, and groups of them that are named by what they are: three military advisers."""
    return sorted({*people(text), *(match.span() for match in _GROUP.finditer(text))})


_BEFORE_A_PLACE = re.compile(
    r"\b(?:in|at|near|outside|inside|from|to|on|across|around|off|into|through)\s+"
    r"(?:(?:the|a|an|central|northern|southern|eastern|western|nearby|downtown)\s+)*"
)
_PLACE_NOUN = re.compile(
    r"\b(?:at|in|outside|inside)\s+(?:the|a|an|its|his|her|their)\s+(?:[\w-]+\s+){0,2}"
    r"(?:airport|hotel|hall|school|church|mosque|stadium|palace|hospital|house|home|station|"
    r"court|museum|park|prison|university|office|centre|center|club|harbour|port|bridge)\b",
    re.IGNORECASE,
)


def places(text: str) -> Spans:
    """Names after a preposition of place, and places that are named by what they are."""
    named = [match.end() for match in _BEFORE_A_PLACE.finditer(text)]
    found = [(start, end) for start, end in names(text) if start in named]
    return sorted({*found, *(match.span() for match in _PLACE_NOUN.finditer(text))})


_STATES = (
    "Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia "
    "Hawaii Idaho Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts "
    "Michigan Minnesota Mississippi Missouri Montana Nebraska Nevada New_Hampshire New_Jersey "
    "New_Mexico New_York North_Carolina North_Dakota Ohio Oklahoma Oregon Pennsylvania "
    "Rhode_Island South_Carolina South_Dakota Tennessee Texas Utah Vermont Virginia Washington "
    "West_Virginia Wisconsin Wyoming"
).split()
# Beside the names that the Unicode consortium gives them.
_ALSO_COUNTRIES = (
    "America Britain Burma England Great_Britain Holland Hong_Kong Ivory_Coast Northern_Ireland "
    "Palestine Scotland Turkey UAE UK US USA U.K. U.S. U.S.A. Wales"
).split()


@lru_cache
def _of(*listed: str) -> re.Pattern[str]:
    longest_first = sorted({name.replace("_", " ") for name in listed}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def countries(text: str) -> Spans:
    """Countries, by their names in English."""
    from babel import Locale

    territories = Locale("en").territories.items()
    named = [name for code, name in territories if len(code) == 2 and code.isalpha()]
    return [match.span() for match in _of(*named, *_ALSO_COUNTRIES).finditer(text)]


def states(text: str) -> Spans:
    """The states of the USA."""
    return [match.span() for match in _of(*_STATES).finditer(text)]


def reporters(text: str) -> Spans:
    """Names of those who are said to have been told something, or to have reported it."""
    return [
        (start, end)
        for start, end in names(text)
        if _REPORTING.search(text[:start]) or _REPORTED.search(text[end:])
    ]


def _finder(pattern: re.Pattern[str]) -> Callable[[str], Spans]:
    return lambda text: [match.span() for match in pattern.finditer(text)]


numbers = _finder(_NUMBER)
money = _finder(_MONEY)
dates = _finder(_DATE)
durations = _finder(_DURATION)
ages = _finder(_AGE)
measures = _finder(_MEASURE)
reasons = _finder(_REASON)
sayings = _finder(_SAYING)
