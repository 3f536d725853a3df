"""Names of people and of other things in a text, found by their capitals, without a model.

They show whether an archive ever mentions the people in a question, lead to other spellings, and
fill in what a follow-up leaves out. Every function gives ``(start, end)`` character offsets.
"""

import re

from corpus.calendar_words import MONTH_NUMBERS, MONTHS, WEEKDAYS

Spans = list[tuple[int, int]]

GENITIVE = re.compile(r"['’]s?(?!\w)")
"""The ending that makes a genitive of a name."""

# All capitals of the Latin, Greek, Cyrillic and Armenian alphabets; other scripts have none.
_CAPITAL = f"[{''.join(letter for letter in map(chr, range(0x2000)) if letter.isupper())}]"
# A name contains a full stop only after an initial or a short title: J. Smith, U.S. Navy, Capt.
# Jones.
_CAPITALISED = (
    rf"(?:(?:{_CAPITAL}\.){{2,}}|{_CAPITAL}\w{{0,3}}\.(?=\s?{_CAPITAL})|{_CAPITAL}[\w’'-]*)"
)
_PARTICLE = r"(?:al|bin|ibn|bint|de|da|do|dos|del|della|di|du|la|le|van|von|der|den|ter|af|of|the)"
# A name ends with its line: another may begin in the next.
_BLANKS = r"[^\S\n]+"
_NAME = re.compile(
    rf"(?<!\w)(?:al-)?{_CAPITALISED}(?:(?:{_BLANKS}|-){_CAPITALISED}"
    rf"|{_BLANKS}(?:{_PARTICLE}{_BLANKS}){{1,2}}{_CAPITALISED}|{_BLANKS}al-{_CAPITALISED})*"
)
_NEVER_A_NAME = frozenset(name.lower() for name in (*MONTHS, *WEEKDAYS)) | frozenset(
    "a about after again all also although among an and another any are as at be because been "
    "before but by can could did do does during each even every few first for from had has "
    "have he her here his how however i if in into is it its just last later like many may "
    "meanwhile more most my new no not now of on one only or other our out over people she "
    "should since so some such than that the their them then there these they this those "
    "though through to today tomorrow tonight two under until up was we were what when where "
    "whether which while who whom whose why will with would yes yesterday you your "
    "according both despite following earlier still three four five six seven eight nine "
    "ten".split()
)
_FIRST_WORD = re.compile(r"[\w’'.-]+\s*")
_STOP = re.compile(r"\.\s+([\w’'-]+)")


def names(text: str) -> Spans:
    """The names: runs of capitalised words, without words that have a capital only by position."""
    spans: Spans = []
    for match in _NAME.finditer(text):
        start, end = match.span()
        while start < end:
            word = _FIRST_WORD.match(text, start, end)
            # "What's" is no more a name than "What".
            if word is None or GENITIVE.sub("", word[0].strip().lower()) not in _NEVER_A_NAME:
                break
            start = word.end()
        # A seeming title, as in Capt. Jones, may be the end of a sentence: "in Vesk. The …".
        for stop in _STOP.finditer(text, start, end):
            if stop[1].lower() in _NEVER_A_NAME:
                end = stop.start()
                break
        # "Jan" alone is a month, with "Ullrich" a name.
        if start < end and text[start:end].lower().rstrip(".") not in MONTH_NUMBERS:
            spans.append((start, end))
    return spans


OF_A_BODY = frozenset(
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
"""Words in names of institutions, places and the like, but not of people."""

_IN = re.compile(r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside|[Ii]nside|[Aa]cross)\s+(?:the\s+)?$")
_BEFORE = 40
"""How many characters before a name are examined."""

_PEOPLES_ENDING = re.compile(r"\w{3,}(?:ian|ish|ese|ean)s?$")
_GIVEN_NAMES_ENDING_SO = frozenset(
    "adrian bastian brian christian cillian cristian damian darian dorian fabian gillian julian "
    "killian kilian lilian lillian marian maximilian sebastian vivian".split()
)


def people(text: str) -> Spans:
    """Names of two words or more, as people are named when first mentioned.

    Names are left out if they contain a word of institutions or places, begin with the name of a
    people ("Danish"), or say where something happened.
    """
    spans: Spans = []
    for start, name_end in names(text):
        # In "Anna Blum of Holm", only the first name is a person's.
        end = start + len(text[start:name_end].partition(" of ")[0])
        parts = re.findall(r"[\w’'-]+", text[start:end].lower())
        peoples = _PEOPLES_ENDING.match(parts[0]) and parts[0] not in _GIVEN_NAMES_ENDING_SO
        is_place = says_where(text, start)
        if len(parts) > 1 and not peoples and not is_place and not OF_A_BODY.intersection(parts):
            spans.append((start, end))
    return spans


def says_where(text: str, start: int) -> bool:
    """Whether the name that begins at an offset says where something happened: "in Holm"."""
    return bool(_IN.search(text, max(0, start - _BEFORE), start))
