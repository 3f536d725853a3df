"""Dates, numbers, addresses and articles in words, the same on the page and in files.

On the page they are in the language of its reader, see ``assistant.wording``.
"""

from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.numbers import format_decimal

from assistant.wording import chosen, gettext, locale, ngettext, nouns
from corpus import Article, Published, sentences

_NOUNS = {
    "article": nouns("%(num)s article", "%(num)s articles"),
    "chosen article": nouns("%(num)s chosen article", "%(num)s chosen articles"),
    "chunk": nouns("%(num)s chunk", "%(num)s chunks"),
    "file": nouns("%(num)s file", "%(num)s files"),
    "item": nouns("%(num)s item", "%(num)s items"),
    "source": nouns("%(num)s source", "%(num)s sources"),
}
_AROUND = 280
# The longest address that servers and browsers accept.
_LONGEST_ADDRESS = 2_000
# How far from a quote the sentences around it are searched for.
_REACH = 2_000


def shortened(text: str, most: int) -> str:
    """The text, cut at a space if it is longer than ``most`` characters."""
    if len(text) <= most:
        return text
    cut = text[:most]
    words, space, _ = cut.rpartition(" ")
    # Text without a space in the second half is cut anywhere.
    return (words if space and len(words) > most // 2 else cut).rstrip() + " …"


def safe_address(url: str | None) -> tuple[str, str] | None:
    """A web address and the name of its host; None if the text is not plainly an address."""
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
    """The name of a language, or its tag if that is unknown."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def spoken_number(number: float) -> str:
    """A whole number with its thousands separated: ``1,043``."""
    return format_decimal(round(number), locale=locale())


def spoken_day(day: date) -> str:
    """A day as a reader expects it: ``21 August 2016``."""
    return _long_date(day, locale())


def spoken_month(month: int) -> str:
    """The name of a month, from 1 to 12."""
    return str(get_month_names("wide", "stand-alone", locale())[month])


def short_month(month: int) -> str:
    """The name of a month, from 1 to 12, as short as in a calendar."""
    return str(get_month_names("abbreviated", "stand-alone", chosen())[month])


def short_weekdays() -> list[str]:
    """The names of the days from Monday to Sunday, as short as in a calendar."""
    names = get_day_names("short", "stand-alone", chosen())
    return [names[day] for day in range(7)]


def spoken_time(time: str) -> str:
    """A year or a month in words: ``2016-08`` is August 2016."""
    year, _, month = time.partition("-")
    return _month_of(date(int(year), int(month), 1)) if month else year


def spoken_date(published: Published) -> str:
    """The date of an article, as exact as it is known."""
    if published.precision == "year":
        return str(published.day.year)
    if published.precision == "month":
        return _month_of(published.day)
    return spoken_day(published.day)


# A year's grid of days is shown again and again.
@lru_cache(maxsize=4_000)
def _long_date(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale)


def _month_of(day: date) -> str:
    return format_skeleton("yMMMM", day, locale=locale())


def spoken_period(first: date | None, last: date | None) -> str:
    """The days that an archive covers: ``22 August 2016 – 4 May 2026``."""
    if first is None or last is None:
        return gettext("no known dates")
    return spoken_day(first) if first == last else f"{spoken_day(first)} – {spoken_day(last)}"


def counted(number: int, what: str) -> str:
    """How many there are of something: ``1,043 articles``."""
    return ngettext(*_NOUNS[what], number, num=spoken_number(number))


def surroundings(article: Article, start: int, end: int) -> tuple[str, str]:
    """The nearest sentence before and after a quote, each shortened if it is long."""
    before = article.text[max(0, start - _REACH) : start]
    spans = sentences(before, article.language)
    before = before[spans[-1][0] :] if spans else ""
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    after = article.text[end : end + _REACH]
    spans = sentences(after, article.language)
    after = shortened(after[: spans[0][1]], _AROUND) if spans else ""
    return before, after
