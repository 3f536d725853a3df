"""What stands in a text and can answer a question: names, numbers, dates, lengths of time.

Found by their form alone; no model. Every function gives ``(start, end)`` character offsets.
"""

import re
from collections.abc import Callable
from functools import lru_cache

Spans = list[tuple[int, int]]

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

GENITIVE = re.compile(r"['’]s?(?!\w)")
"""What makes a genitive of a name."""

_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
# A stop belongs to it only after an initial or a short title: J. Smith, U.S. Navy, Capt. Jones.
_CAPITALISED = (
    rf"(?:(?:{_CAPITAL}\.){{2,}}|{_CAPITAL}\w{{0,3}}\.(?=\s?{_CAPITAL})|{_CAPITAL}[\w’'-]*)"
)
_PARTICLE = r"(?:al|bin|ibn|bint|de|da|do|dos|del|della|di|du|la|le|van|von|der|den|ter|af|of|the)"
_NAME = re.compile(
    rf"(?:\bal-)?{_CAPITALISED}(?:(?:\s+|-){_CAPITALISED}|\s+(?:{_PARTICLE}\s+){{1,2}}{_CAPITALISED}"
    rf"|\s+al-{_CAPITALISED})*"
)
_NEVER_A_NAME = frozenset(
    "a about after again all also although among an and another any are as at be because been "
    "before but by can could did do does during each even every few first for from had has "
    "have he her here his how however i if in into is it its just last later like many may "
    "meanwhile more most my new no not now of on one only or other our out over people she "
    "should since so some such than that the their them then there these they this those "
    "though through to today tomorrow tonight two under until up was we were what when where "
    "whether which while who whom whose why will with would yes yesterday you your monday "
    "tuesday wednesday thursday friday saturday sunday january february march april june july "
    "august september october november december according both despite following earlier "
    "still three four five six seven eight nine ten".split()
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


_OF_A_BODY = frozenset(
    "agency airport army association authority avenue bank base board bridge bureau centre center "
    "church city coast college commission committee company conference congress council country "
    "county court department district east federation force forces foundation government group "
    "hall hospital hotel house institute international island islands journal kingdom league "
    "library ministry museum national nations news north office organisation organization palace "
    "park parliament party press province region republic river road school sea senate service "
    "society south square state states station stadium street team times town tribunal union "
    "united university valley west world cup award awards championship championships series act "
    "day week month covid".split()
)
_IN = re.compile(r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside|[Ii]nside|[Aa]cross)\s+(?:the\s+)?$")
_PEOPLES_ENDING = re.compile(r"\w{3,}(?:ian|ish|ese|ean)s?$")
_GIVEN_NAMES_ENDING_SO = frozenset(
    "adrian bastian brian christian cillian cristian damian darian dorian fabian gillian julian "
    "killian kilian lilian lillian marian maximilian sebastian vivian".split()
)


def people(text: str) -> Spans:
    """Names of two words or more, as people's are when they are first named.

    Names that hold a word of institutions or places, begin with a people's name, or say where
    something was, are left out.
    """
    found: Spans = []
    for start, whole in names(text):
        # Of Anna Blum of Holm, only the first is a person.
        end = start + len(text[start:whole].partition(" of ")[0])
        parts = re.findall(r"[\w’'-]+", text[start:end].lower())
        peoples = _PEOPLES_ENDING.match(parts[0]) and parts[0] not in _GIVEN_NAMES_ENDING_SO
        where = _IN.search(text[:start])
        if len(parts) > 1 and not peoples and not where and not _OF_A_BODY.intersection(parts):
            found.append((start, end))
    return found


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
