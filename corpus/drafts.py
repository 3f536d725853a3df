"""Turns the draft that a reader makes of an article into the article itself.

All readers use this, so that texts are cleaned, dates chosen and ids assigned in the same way.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from corpus.article import Article, Found, Published, Unreadable, Vouched
from corpus.authors import BY, is_login
from corpus.datelines import prose_start, read_dateline
from corpus.dates import Order, best_date, date_in_path, end_of_embargo, parse_date
from corpus.documents import LONGEST_TEXT, Document
from corpus.encoding import clean, clean_line, one_line

_LONGEST_TITLE = 120
_LONGEST_LINE = 500
_LONGEST_URL = 2_000
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’»)]?\s")
_TRACKING = re.compile(
    r"(?:utm_[^=]*|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid)(?:=|$)", re.IGNORECASE
)
CAPTURE = re.compile(
    r"https?://[^/?#]+/(?:[a-z]\w*/){0,3}(?:\d{8,14}(?:[a-z]{2}_)?|\d{4}\.\d\d\.\d\d-\d{6})/"
    r"(?=https?://)",
    re.IGNORECASE,
)
"""The prefix that a web archive puts before the address of a page that it has captured."""

_NUMBER = re.compile(r"#\d{1,9}$")
"""The number of an article in a file with several of them."""

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """The facts that a reader has about an article, before its text is cleaned and dates chosen.

    ``dates`` are the stated dates of the article, the most trusted first; ``undated`` are the words
    of a date field without a valid date, see ``no_date``. ``dated_by_name`` says that a date in the
    file's path is the article's, as for a file with a single article. ``embargo`` is the date and
    time until which nobody may see it, blank if its end is not stated. A ``withdrawn`` article
    needs no text. ``vouched`` says how its source is known, and ``empty`` is the reason to report
    if it has no text. ``revision`` is as in ``Article``, see ``revision_of``.
    """

    text: str
    title: str | None = None
    id: str | None = None
    dates: Sequence[Published | None] = ()
    url: str | None = None
    source: str | None = None
    author: str | None = None
    language: str | None = None
    place: str | None = None
    section: str | None = None
    undated: str | None = None
    embargo: str | None = None
    withdrawn: bool = False
    dated_by_name: bool = False
    vouched: Vouched = "record"
    empty: str = "has no text"
    revision: str | None = None

    @property
    def known_id(self) -> str | None:
        """The id that it states, or its address."""
        url = canonical_url(self.url)
        # The same address may be written with a slash at its end, and without one.
        return clean_line(self.id or "") or (url and url.rstrip("/")) or None

    def finish(self, origin: str, name: str) -> Found:
        """The article, or the reason why there is none.

        ``origin`` is the place that people are shown, and ``name`` is the id of an article without
        id and URL. The date is the first one known of these: the stated dates, the URL, the
        dateline, the file's name; or a later one that agrees with it and is more exact.
        """
        if len(self.text) > LONGEST_TEXT:
            return Unreadable(origin, f"has more than {LONGEST_TEXT // 1_000_000} MB of text")
        text = clean(self.text)
        if not any(character.isalnum() for character in text) and not self.withdrawn:
            return Unreadable(origin, self.empty)
        try:
            embargo = None if self.embargo is None else end_of_embargo(self.embargo)
        except ValueError as error:
            # It is better to lack the article than to show it too early.
            return Unreadable(origin, f"has an embargo that cannot be understood, {error}")
        dateline = read_dateline(text, self.language)
        url = canonical_url(self.url)
        from_url = date_in_path(urlsplit(url).path) if url else None
        from_name = _date_in_name(name) if self.dated_by_name else None
        sources: list[tuple[str | None, Vouched]] = [
            (_line(self.source), self.vouched),
            (url and _host(url), "address"),
            (_line(dateline.source), "dateline"),
        ]
        source, vouched = next(((name, how) for name, how in sources if name), (None, None))
        author, printed = _author(self.author), _author(dateline.author)
        title = _line(self.title) or ""
        # Services of several papers write "Bridge opens - BBC News".
        headline = re.sub(rf"\s[-–—|]\s{re.escape(source)}$", "", title) if source else title
        id = self.known_id or name
        article = Article(
            id=id,
            title=headline or title_from(text) or id,
            text=text,
            source=source,
            published=best_date(
                [
                    *(_where_published(_unless_to_come(date), from_url) for date in self.dates),
                    from_url,
                    _unless_to_come(dateline.published),
                    from_name,
                ]
            ),
            url=url,
            author=author if author and not is_login(author) else printed or author,
            language=language_code(self.language),
            place=_line(self.place) or _line(dateline.place),
            origin=origin,
            embargo=embargo,
            withdrawn=self.withdrawn,
            vouched=vouched,
            section=_line(self.section),
            revision=self.revision,
        )
        undated = None if any(self.dates) else self.undated
        if undated is None and article.published is None:
            undated = dateline.undated
        # Titles of a million characters are no titles.
        title = article.title[:_LONGEST_LINE].rstrip()
        return replace(article, title=title, undated=undated)


def numbered(drafts: Iterable[Draft], document: Document) -> Iterator[Found]:
    """The articles of a document with several of them, numbered from 1."""
    for number, draft in enumerate(drafts, start=1):
        yield draft.finish(f"{document.origin}#{number}", f"{document.name}#{number}")


def title_from(text: str) -> str:
    """The first sentence of a text, cut to the length of a title; blank if the text is blank."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if not line:
        return ""
    line = one_line(line[(prose_start(line) or 0) % len(line) :])
    end = _SENTENCE_END.search(line, 20)
    sentence = line[: end.start() + 1].rstrip() if end else line
    if len(sentence) <= _LONGEST_TITLE:
        return sentence
    return sentence[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def canonical_url(url: str | None) -> str | None:
    """An absolute http(s) address without fragment and tracking parameters, or None.

    Scheme and host are in lower case, and a default port is left out. A page in a web archive gives
    the address of the original.
    """
    # White space in an address counts as one sign.
    url = re.sub(r"\s+", "%20", clean(url)) if url and len(url) < 10 * _LONGEST_URL else ""
    url = CAPTURE.sub("", url)
    if not url or len(url) > _LONGEST_URL:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https"} or not host or not re.fullmatch(r"[\w.:%~-]+", host):
        return None
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != {"http": 80, "https": 443}[scheme]:
        host = f"{host}:{port}"
    query = "&".join(part for part in parts.query.split("&") if not _TRACKING.match(part))
    return urlunsplit((scheme, host, parts.path or "/", query, ""))


def first_date(
    values: Iterable[object], language: str | None = None, order: Order | None = None
) -> Published | None:
    """The date that the first valid one of the values states, see ``parse_date``; else None."""
    dates = (parse_date(value, "metadata", language, order) for value in values)
    return next(filter(None, dates), None)


def revision_of(version: str | None, made: Published | None) -> str | None:
    """The sort key of a version by its number, and among equal ones by when it was made."""
    digits = version if version and version.isdecimal() and len(version) < 10 else "0"
    if not int(digits) and made is None:
        return None
    return f"{int(digits):09} {made.value.astimezone(UTC).isoformat() if made else ''}"


def is_front_page(url: str) -> bool:
    """Whether an address is the address of the front page of a site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in {"", "/"} and not parts.query


def language_code(language: str | None) -> str | None:
    """``en`` for ``en-GB``, ``en_US``, ``eng``, ``English``, ``Anglais``; None for no language."""
    language = clean_line(language or "").lower()
    match = _LANGUAGE.fullmatch(language)
    code = match[1] if match else ""
    if len(code) != 2:
        code = _codes_of_languages().get(code or language, code).partition("_")[0]
    return None if code in {"", "und", "mul", "zxx"} else code


@cache
def _codes_of_languages() -> dict[str, str]:
    """The two-letter codes of languages by their names and by their codes of three letters.

    The names are in several languages: databases use the language of the reader's account.
    """
    from babel import Locale
    from babel.core import get_global

    accounts = ("ru", "ja", "zh_Hant", "zh", "pt", "nl", "it", "es", "fr", "de", "en")
    names = {name.lower(): code for account in accounts
             for code, name in Locale.parse(account).languages.items()}  # fmt: skip
    return names | dict(get_global("language_aliases"))


def _where_published(date: Published | None, from_url: Published | None) -> Published | None:
    """A date in UTC, replaced by the day in the URL if that is the day before or after.

    Publishing systems write times in UTC and addresses by the local calendar. In an evening in
    America, or a morning in Asia, these are different days.
    """
    if date is None or from_url is None or from_url.precision != "day":
        return date
    if date.precision not in {"day", "instant"} or date.value.utcoffset():
        return date
    hours = (from_url.value - date.value).total_seconds() / 3600
    # The instant was on that day in a zone between UTC-12 and UTC+14.
    return from_url if date.day != from_url.day and -36 < hours < 14 else date


def _unless_to_come(date: Published | None) -> Published | None:
    """The date, or None if it is in the future and from the text or page, as an event's may be."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    is_shown = date is not None and date.how in {"page", "dateline"}
    return None if date is None or (is_shown and date.day > tomorrow) else date


def _line(value: str | None) -> str | None:
    return clean_line(value)[:_LONGEST_LINE].rstrip() or None if value else None


def _author(value: str | None) -> str | None:
    line = _without_addresses(BY.sub("", _line(value) or ""))
    # Some pages state the address of an author's page instead of the name.
    return None if line.startswith(("http://", "https://")) else line or None


def _without_addresses(authors: str) -> str:
    """``Cleo Park`` for ``news@coastal.example (Cleo Park)``, as RSS and mail name an author."""
    if "@" not in authors:
        return authors
    from email.utils import getaddresses

    names = [name for name, _ in getaddresses([authors])]
    return ", ".join(names) if all(names) else authors


def _host(url: str) -> str | None:
    host = urlsplit(url).hostname
    return host.removeprefix("www.") if host else None


def _date_in_name(name: str) -> Published | None:
    """The date in a file's name, or in its last three folders if these are year, month and day.

    Other folders may be named after the day on which they were filled.
    """
    *folders, file = PurePosixPath(_NUMBER.sub("", name)).parts
    date_path = "/".join(folders[-3:]) if all(map(str.isdecimal, folders[-3:])) else ""
    return date_in_path(file) or (date_in_path(date_path) if date_path else None)
