"""Reads the dateline in the first lines of an article: when, by whom and where it was written.

``21 Aug 2016 – BasNews – QAMISHLO — Following …``, ``PARIS, France (AFP) - …``, ``By Jane Doe,
Town Courier, 3 March 2025``: dashes, bars, commas and brackets separate pieces, and each piece is
a date, a place, an agency or an author. The lines stay in the text.
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from corpus.article import Published
from corpus.calendar_words import MONTH, WEEKDAY
from corpus.dates import is_impossible_day, parse_date
from corpus.local_days import parse_local_day

_LINES_READ = 5
_SHORT_LINE = 60
"""Characters; a longer line may be a sentence."""

_ENDS = ".!?…\"”’'»"

_LONGEST_HEAD = 200
"""Characters at the beginning of a line that may contain the pieces of a dateline."""

_SEPARATOR = re.compile(
    r"(?<=[)\]/])[\s:.–—―-]+|\s*(?:[—―|•·]|--+)\s*|\s+[-–/]+\s+|(?<=\w)–\s+|\s+–(?=\w)"
    rf"|(?<=[）】])|(?<=\d)\s+(?=(?i:updated:?\s+(?:{MONTH}|{WEEKDAY}|\d)))"
)
_BRACKETS = re.compile(
    r"\(([^()]{2,40})\)|\[([^\[\]]{2,40})\]|(?<!\S)/([\w .-]{2,30})/"
    r"|（([^（）]{2,40})）|【([^【】]{2,40})】"
)
# 新华社北京2024年5月14日电: agency, place, day, and the word for "by wire". Without this word a day
# at the beginning of Chinese prose may be the day of an event.
_WIRED = re.compile(
    r"(?P<agency>[^\W\d_]{1,8}?[社网網报報])?(?P<name>[^\W\d_]{1,8}?)"
    r"(?P<date>\d{4}年\d{1,2}月\d{1,2}日)[电電讯訊](?:\s+|[:：])?"
)
_COMMA = re.compile("[,،，、]")
# Markdown's emphasis around a word or a line: marks at the beginning or at the end of a word.
_EMPHASIS = re.compile(r"(?<![\w*_])[*_]{1,3}(?=[^\s*_])|(?<=[^\s*_])[*_]{1,3}(?![\w*_])")
_BYLINE = re.compile(
    r"(?:(?:(?:words|story|reporting|interview)\s+)?by|von|par|por)\s*:?\s+(?=\S)", re.IGNORECASE
)
_SKIPPED = re.compile(
    r"(?:last\s+)?(?:updated|modified|edited)\b.*|\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\.?)?\s*[A-Z]{0,5}"
    r"|\d+\s+min(?:utes?)?\s+read"
    rf"|(?:\d{{1,2}}\s+)?{MONTH}\.?(?:\s+\d{{1,2}})?\.?"
    rf"|{WEEKDAY}",
    re.IGNORECASE,
)
_NO_PLACES = frozenset(
    """ANALYSIS BREAKING COMMENT CORRECTION CORRECTED DEVELOPING EDITORIAL EU EXCLUSIVE EXPLAINER
    FACTBOX FLASH INTERVIEW LIVE MARKETS NATO NEW NEWS NOTE OBITUARY OPINION PHOTO PHOTOS PODCAST
    PROFILE REVIEW SPORT SPORTS STOCKS TIMELINE UN UPDATE UPDATED URGENT VIDEO WATCH
    WEATHER""".split()
) | {"FILE PHOTO", "FILE PHOTOS"}
_SECTIONS = frozenset("business media news online review service sport sports".split())
"""Words that occur in the names of outlets, but alone are no such name."""

_ROLE = re.compile(
    r"(?!the\b).*\b(?:columnist|correspondent|editor|journalist|photographer|reporter|staff|writer)s?",
    re.IGNORECASE,
)
_AGENCIES = frozenset(
    """AA AAP ABC AFP AKI ANA ANF ANI ANSA AP APA BBC BNS BTA CBC CBS CNA CNN CP CTK DPA EFE IANS
    INTERFAX IRNA ITAR-TASS JTA KUNA KYODO LUSA MENA MTI NBC NHK NPA NPR NTB PA PAP PTI REUTERS RFI
    RIA RT SANA SDA SPA STT TASS TT UNI UPI VOA WAM XINHUA YONHAP""".split()
)
_OUTLET_WORDS = frozenset(
    """agency argus associated bugle bulletin chronicle correspondent courier daily desk dispatch
    echo examiner express gazette globe guardian herald independent inquirer journal magazine mail
    media mercury mirror monitor news newspaper newsroom observer online post press radio record
    reporter review sentinel service sport sports standard star staff sun telegraph television
    times tribune tv weekly wire wires""".split()
)
_SMALL_WORDS = frozenset(
    """a al an and at bin da das de del der di do dos du e el en for i ibn in la las le los of on or
    sur the to und van von y &""".split()
)


@dataclass(frozen=True, slots=True)
class Dateline:
    """The facts in the first lines; None for those that are not stated."""

    published: Published | None = None
    source: str | None = None
    place: str | None = None
    author: str | None = None
    undated: str | None = None
    """The words in the place of the day, if they name no valid day: ``31 June 2015``."""


@dataclass(frozen=True, slots=True)
class _Line:
    dateline: Dateline
    prose_at: int
    """The offset in the line at which the article itself begins; its length if it does not."""


def read_dateline(text: str, language: str | None = None) -> Dateline:
    """The dateline in the first lines of ``text``, the body of an article without its headline."""
    dateline = Dateline()
    beginning = text[: _LINES_READ * 2_000]
    sentences = 0
    for raw_line in [line for line in beginning.splitlines() if line.strip()][:_LINES_READ]:
        line = _EMPHASIS.sub("", raw_line.strip())
        read = _read_line(line, language)
        # One sentence above a dateline on its own line may be a lead; two are the article, and
        # only a byline follows an article.
        alone = read is not None and read.prose_at == len(line) and not read.dateline.author
        if read is not None and not (alone and sentences > 1):
            dateline = Dateline(*(
                getattr(dateline, name) or getattr(read.dateline, name)
                for name in Dateline.__slots__
            ))  # fmt: skip
        sentences += read is None and len(line) > _SHORT_LINE and line[-1] in _ENDS
        if (read is None and len(line) > 150) or (read is not None and read.prose_at < len(line)):
            break
    return dateline


def prose_start(line: str) -> int | None:
    """The offset at which the article begins in a line that starts with a dateline, else None.

    It is the length of the line if the line is only a dateline.
    """
    read = _read_line(line)
    return None if read is None else read.prose_at


def _read_line(line: str, language: str | None = None) -> _Line | None:
    """The dateline in one line; None if it has none."""
    head = line[:_LONGEST_HEAD]
    items: list[tuple[str, str, int]] = []  # kind, value, number of the piece
    wired = _WIRED.match(head)
    if wired:
        items = [(kind, value, 0) for kind, value in wired.groupdict().items() if value]
    last = start = wired.end() if wired else 0
    separators = [] if wired else [*_SEPARATOR.finditer(head), None]
    for number, separator in enumerate(separators):
        end = separator.start() if separator else len(head)
        if separator is None and len(line) > len(head):
            break  # the head cuts off the last piece, so it is prose
        read = _read_piece(head[start:end].strip(), language, line)
        if read is None:
            break
        placed = {kind for kind, _, _ in items} & {"capitals", "agency"}
        if separator is None and placed and {kind for kind, _ in read} & {"capitals", "name"}:
            break  # the text after place and agency is the article, even if it is very short
        items += [(kind, value, number) for kind, value in read]
        last, start = start, separator.end() if separator else len(line)
    prose = line[start:].lstrip()
    if items and _goes_on(line[last:start], prose, items):
        # "The European Space Agency (ESA) has lost …": what seems a piece is the subject.
        items = [item for item in items if item[2] != items[-1][2]]
        prose = line[last:].lstrip()
    dateline = _interpret(items, language, line, prose)
    return None if dateline is None else _Line(dateline, len(line) - len(prose))


def _goes_on(piece: str, prose: str, items: list[tuple[str, str, int]]) -> bool:
    """Whether the last piece, with what separates it, is the beginning of the sentence after it.

    It is a name, perhaps with an abbreviation in brackets, before a small letter or a mere blank.
    """
    own = [(kind, value) for kind, value, number in items if number == items[-1][2]]
    is_agency = not _AGENCIES.isdisjoint(own[-1][1].split())
    is_loose = prose[:1].islower() or (piece.endswith((") ", "] ")) and not is_agency)
    return is_loose and {kind for kind, _ in own} <= {"name", "agency"}


def _read_piece(piece: str, language: str | None, line: str) -> list[tuple[str, str]] | None:
    """The items of a piece between two separators, as kinds and values; None if it is prose."""
    if not piece:
        return []
    if len(piece) > 90:
        return None
    items: list[tuple[str, str]] = []
    bracketed = [*filter(None, ("".join(inside).strip() for inside in _BRACKETS.findall(piece)))]
    byline = _BYLINE.match(piece)
    if byline and piece[byline.end()].isupper():
        piece = piece[byline.end() :]
    else:
        byline = None
    words = [part.strip() for part in _COMMA.split(_BRACKETS.sub("", piece))]
    # In a script without capitals only a day beside it distinguishes a name from prose.
    has_day = any(_day(word, language, line) for word in words)
    while words:
        for length in range(min(len(words), 4), 0, -1):
            joined = ", ".join(words[:length])
            kind = _kind(joined, language, line, is_single=length == 1, has_day=has_day)
            if kind is None and byline and items and length == 1 and _ROLE.fullmatch(joined):
                kind = "skipped"
            if kind is not None:
                break
        else:
            return None
        if byline and not items:
            kind = "author" if kind in {"name", "capitals"} else kind
        if joined:
            items.append((kind, joined))
        words = words[length:]
    for inside in bracketed:
        if _day(inside, language, line) or parse_date(inside, "dateline", language):
            items.append(("date", inside))
        elif _SKIPPED.fullmatch(inside):
            continue
        elif (
            inside[0].isupper()
            or (inside[0].isdigit() and not _has_no_case(inside.lstrip("0123456789")))
            or _is_camel(inside)
            or not _AGENCIES.isdisjoint(inside.upper().split("/"))
            or (has_day and _has_no_case(inside))
        ):
            items.append(("agency", inside))
        else:
            return None
    return items


def _day(item: str, language: str | None, line: str) -> Published | None:
    """The day that an item names, in a usual form or in that of the line's language, or None."""
    if len(item) >= 60 or not any(character.isdigit() for character in item):
        return None
    published = parse_date(item, "dateline", language) or parse_local_day(item, language, line)
    return published if published and published.precision in {"day", "instant"} else None


def _has_no_case(text: str) -> bool:
    return text[:1].isalpha() and text.lower() == text.upper()


def _kind(
    item: str, language: str | None, line: str, *, is_single: bool, has_day: bool = False
) -> str | None:
    """The kind of an item between commas: date, no date, capitals, name, skipped; None if prose."""
    if not item:
        return "skipped"
    if any(character.isdigit() for character in item):
        if _day(item, language, line):
            return "date"
        is_read = len(item) >= 60 or parse_date(item, "dateline", language)
        if not is_read and is_impossible_day(item, language):
            return "no date"
    if _SKIPPED.fullmatch(item):
        return "skipped"
    if not is_single or len(item) > 50 or ":" in item or item[-1] in "!?;\"”’'":
        return None
    words = item.split()
    if len(words) > 6 or (item.endswith(".") and len(words) > 2):
        return None
    letters = [character for character in item if character.isalpha()]
    if len(letters) >= 2 and item.upper() == item and item.lower() != item:
        return "capitals"
    if has_day and _has_no_case(item) and len(words) <= 3:
        return "name"
    if all(
        word[0].isupper() or word[0].isdigit() or word.lower() in _SMALL_WORDS or _is_camel(word)
        for word in words
    ) and (words[0][0].isupper() or _is_camel(words[0])):  # fmt: skip
        return "name"
    return None


def _interpret(
    items: list[tuple[str, str, int]], language: str | None, line: str, prose: str
) -> Dateline | None:
    """The dateline that the items of a line form; None if they form none."""
    dateline = Dateline()
    kinds = {kind for kind, _, _ in items}
    dated = bool(kinds & {"date", "no date"})
    has_byline = "author" in kinds
    vouched = dated or "agency" in kinds
    agencies = [value for kind, value, _ in items if kind == "agency"]
    # Brackets may also contain a country: PORT-HARROW (France), 12 mars 2024 (AFP).
    agency_named = next(filter(_is_outlet, agencies), agencies[0] if agencies else "")
    many_capitals = sum(kind == "capitals" for kind, _, _ in items) > 1
    for position, (kind, value, number) in enumerate(items):
        alone = sum(piece_number == number for _, _, piece_number in items) == 1
        follows_place = (
            dateline.place is not None and position > 0 and items[position - 1][2] == number
            and items[position - 1][0] in {"capitals", "name"}
        )  # fmt: skip
        if kind == "date" and dateline.published is None:
            day = _day(value, language, line) or parse_date(value, "dateline", language)
            dateline = replace(dateline, published=day)
        elif kind == "no date" and dateline.undated is None:
            dateline = replace(dateline, undated=value)
        elif kind == "agency" and dateline.source is None:
            dateline = replace(dateline, source=agency_named)
        elif kind == "author" and dateline.author is None:
            dateline = replace(dateline, author=value)
        elif kind == "capitals" and value not in _NO_PLACES:
            agency = value in _AGENCIES or _is_outlet(value) or (many_capitals and dateline.place)
            if follows_place:
                dateline = replace(dateline, place=f"{dateline.place}, {value}")
            elif agency and dateline.source is None:
                dateline = replace(dateline, source=value)
            elif not agency and dateline.place is None:
                dateline = replace(dateline, place=value)
        elif kind == "name" and not _ROLE.fullmatch(value):
            # A name between a day and a place in capitals is the outlet's.
            between = alone and dated and "capitals" in kinds and "agency" not in kinds
            if follows_place and not _is_outlet(value):
                dateline = replace(dateline, place=f"{dateline.place}, {value}")
            elif dateline.source is None and (_is_outlet(value) or between):
                dateline = replace(dateline, source=value)
            elif dateline.place is None and vouched and _may_be_place(value, alone, kinds):
                dateline = replace(dateline, place=value)
    if prose:
        # "The Burlington (Vt.) Free Press" is the name of a paper.
        if not dated and len(prose) < 40 and prose[-1] not in _ENDS:
            return None
        if not (prose[0].isupper() or prose[0].isdigit() or not prose[0].isalpha()) and not dated:
            return None
        if vouched or (has_byline and dateline.source):
            return dateline
        # A place alone: QAMISHLO — Following …
        first = [item for item in items if item[2] == 0]
        place_only = first and first[0][0] == "capitals" and len(first[0][1].split()) <= 3
        return dateline if place_only and dateline.place and len(items) == len(first) else None
    # "Odile Marsh (Quay Ward)" is a speaker.
    placed = dateline.place and ("capitals" in kinds or _is_outlet(agency_named))
    return dateline if dated or has_byline or ("agency" in kinds and placed) else None


def _may_be_place(value: str, alone: bool, kinds: set[str]) -> bool:
    """Whether a name may be a place's; alone in its piece it may be the author's."""
    is_city = value.count(" ") == 0 or value in _cities()
    return "agency" in kinds or (is_city and not alone)


@cache
def _cities() -> set[str]:
    """The cities after which time zones are named."""
    from babel.core import get_global

    zones = get_global("zone_territories")
    return {zone.rpartition("/")[2].replace("_", " ") for zone in zones}


def _is_outlet(value: str) -> bool:
    if value.lower() in _SECTIONS:
        return False
    words = re.findall(r"[^\W_]+", value)
    return (
        value.upper() in _AGENCIES
        or any(word.lower() in _OUTLET_WORDS for word in words)
        or any(_is_camel(word) or any(character.isdigit() for character in word) for word in words)
    )


def _is_camel(word: str) -> bool:
    """Whether a word has a capital inside: BasNews, eKathimerini, but not McDonald."""
    inner = word[1:]
    return (
        not word.startswith(("Mc", "Mac"))
        and any(character.isupper() for character in inner)
        and any(character.islower() for character in word)
        and word.isalnum()
    )
