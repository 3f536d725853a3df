"""What stands in a text and can answer a question: names, numbers, dates, lengths of time.

Found by their form alone; no model. Every function gives ``(start, end)`` character offsets.
"""

import re
from collections.abc import Callable

Spans = list[tuple[int, int]]

_MONTH = (
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

_NUMBER = re.compile(rf"{_DIGITS}|\b(?:one|{_COUNT})\b(?:-\w+)?", re.IGNORECASE)
_MONEY = re.compile(
    rf"[$£€¥]\s?{_DIGITS}|\b(?:{_DIGITS}|{_COUNT})\s(?:\w+\s)?(?:dollars|pounds|euros|pence|cents)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{_MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+\d{{4}})?"
    rf"|\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b(?:1[5-9]|20)\d{{2}}s?\b|\b{_DAY}\b"
    r"|\b(?:yesterday|today|tonight|tomorrow)\b|\b(?:last|next|this)\s(?:week|month|year|\w+day)\b"
    r"|\b\d{1,2}(?::\d{2})?\s?[ap]\.?m\b",
)
_DURATION = re.compile(
    rf"\b(?:an?|one|several|few|half an|{_DIGITS}|{_COUNT})(?:[\s-]+(?:and a half|full|long|\w+))?"
    rf"[\s-]+{_UNIT}\b",
    re.IGNORECASE,
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

_CAPITALISED = r"[^\W\d_a-zß-öø-ÿ][\w’'-]*(?:\.(?=\s[^\W\d_a-z]|[^\W\d_a-z]))?"
_PARTICLE = r"(?:al|bin|ibn|bint|de|da|do|dos|del|della|di|du|la|le|van|von|der|den|ter|af|of|the)"
_NAME = re.compile(
    rf"(?:\bal-)?{_CAPITALISED}(?:(?:\s+|-){_CAPITALISED}|\s+(?:{_PARTICLE}\s+){{1,2}}{_CAPITALISED}"
    rf"|\s+al-{_CAPITALISED})*"
)
_NEVER_A_NAME = frozenset(
    "a about after again all also although among an and another any are as at be because been before "
    "but by can could did do does during each even every few first for from had has have he her here "
    "his how however i if in into is it its just last later like many may meanwhile more most my new "
    "no not now of on one only or other our out over people she should since so some such than that "
    "the their them then there these they this those though through to today tomorrow tonight two "
    "under until up was we were what when where whether which while who whom whose why will with "
    "would yes yesterday you your monday tuesday wednesday thursday friday saturday sunday january "
    "february march april june july august september october november december according both "
    "despite following earlier still three four five six seven eight nine ten".split()
)


def names(text: str) -> Spans:
    """Names: runs of capitalised words, without words that are capitalised only by their place."""
    found: Spans = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        while start < end:
            word = re.compile(r"[\w’'.-]+\s*").match(text, start, end)
            if word is None or word.group().strip().lower() not in _NEVER_A_NAME:
                break
            start = word.end()
        if start < end:
            found.append((start, end))
    return found


def people(text: str) -> Spans:
    """Names of two words or more, as people's are when they are first named."""
    return [(start, end) for start, end in names(text) if re.search(r"\s", text[start:end])]


def _finder(pattern: re.Pattern[str]) -> Callable[[str], Spans]:
    return lambda text: [match.span() for match in pattern.finditer(text)]


numbers = _finder(_NUMBER)
money = _finder(_MONEY)
dates = _finder(_DATE)
durations = _finder(_DURATION)
reasons = _finder(_REASON)
sayings = _finder(_SAYING)
