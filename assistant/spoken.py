"""Dates, numbers, addresses and articles in words: the same on the page and in files."""

from datetime import date
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from corpus import Article, Published, sentences
from corpus.calendar_words import MONTHS

_AROUND = 280
# What servers and browsers take as an address.
_LONGEST_ADDRESS = 2_000
# How far from a quote the sentences around it are looked for.
_REACH = 2_000


def shortened(text: str, most: int) -> str:
    """The text, cut at a space if it is longer than ``most`` characters."""
    if len(text) <= most:
        return text
    cut = text[:most]
    words, space, _ = cut.rpartition(" ")
    # A "word" that fills half of the room is none to wait for.
    return (words if space and len(words) > most // 2 else cut).rstrip() + " …"


def safe_address(url: str | None) -> tuple[str, str] | None:
    """A web address and the name of its host, or None if it is not plainly one."""
    if not url or len(url) > _LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return parts.geturl(), host.removeprefix("www.")


def spoken_language(tag: str) -> str:
    """The English name of a language, or its tag where that is none that is known."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def spoken_day(day: date) -> str:
    """A day as a reader expects it: ``21 August 2016``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def spoken_month(month: int) -> str:
    """The name of a month, from 1 to 12."""
    return MONTHS[month - 1]


def spoken_time(time: str) -> str:
    """A year or a month in words: ``2016-08`` is August 2016."""
    year, _, month = time.partition("-")
    return f"{spoken_month(int(month))} {year}" if month else year


def spoken_date(published: Published) -> str:
    """The date of an article, no more exact than it is known."""
    if published.precision == "year":
        return str(published.day.year)
    if published.precision == "month":
        return f"{MONTHS[published.day.month - 1]} {published.day.year}"
    return spoken_day(published.day)


def spoken_period(first: date | None, last: date | None) -> str:
    """The days that an archive covers: ``22 August 2016 – 4 May 2026``."""
    if first is None or last is None:
        return "no known dates"
    return spoken_day(first) if first == last else f"{spoken_day(first)} – {spoken_day(last)}"


def counted(number: int, what: str) -> str:
    """How many there are of something: ``1,043 articles``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def surroundings(article: Article, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a quote: of each side the nearest sentence, or its end."""
    before = article.text[max(0, start - _REACH) : start]
    spans = sentences(before, article.language)
    before = before[spans[-1][0] :] if spans else ""
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    after = article.text[end : end + _REACH]
    spans = sentences(after, article.language)
    after = shortened(after[: spans[0][1]], _AROUND) if spans else ""
    return before, after
