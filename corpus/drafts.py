"""From what a reader found out about an article to the article itself.

Every format ends here, so that text is cleaned, dates weighed and ids given in one way.
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
"""What an archive of the web puts before the address of a page that it has captured."""

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{1,8})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader knows about an article before its text is cleaned and its date is chosen.

    ``dates`` are those that the article was given, the most trusted first; ``undated`` are the
    words of a date field that hold no date, see ``no_date``. ``dated_by_name`` says that a date in
    the path of the file is this article's, which is so where a file holds one article.
    ``embargo`` is the date and time until when nobody may be shown it, blank if none is given for
    its end. A ``withdrawn`` article needs no text. ``vouched`` is what says whose it is, ``empty``
    what is told where there is no text.
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

    def finish(self, origin: str, name: str) -> Found:
        """The article, or why it is none.

        ``origin`` is what a person is told, ``name`` the id where the article has none of its own.
        The date is the first that is known of: what the article was given, its URL, its dateline,
        the name of its file; or a later one that says the same more exactly.
        """
        if len(self.text) > LONGEST_TEXT:
            return Unreadable(origin, f"has more than {LONGEST_TEXT // 1_000_000} MB of text")
        text = clean(self.text)
        if not any(character.isalnum() for character in text) and not self.withdrawn:
            return Unreadable(origin, self.empty)
        try:
            embargo = None if self.embargo is None else end_of_embargo(self.embargo)
        except ValueError as error:
            # Better not to have it than to show it too early.
            return Unreadable(origin, f"has an embargo that cannot be understood, {error}")
        dateline = read_dateline(text, self.language)
        url = canonical_url(self.url)
        from_url = date_in_path(urlsplit(url).path) if url else None
        from_name = _date_in_name(name) if self.dated_by_name else None
        named: list[tuple[str | None, Vouched]] = [
            (_line(self.source), self.vouched),
            (url and _host(url), "address"),
            (_line(dateline.source), "dateline"),
        ]
        source, vouched = next(((name, how) for name, how in named if name), (None, None))
        author, printed = _author(self.author), _author(dateline.author)
        title = _line(self.title) or ""
        # "Bridge opens - BBC News", as services of several papers have it.
        titled = re.sub(rf"\s[-–—|]\s{re.escape(source)}$", "", title) if source else title
        id = clean_line(self.id or "") or (url and url_id(url)) or name
        article = Article(
            id=id,
            title=titled or title_from(text) or id,
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
        )
        undated = None if any(self.dates) else self.undated
        if undated is None and article.published is None:
            undated = dateline.undated
        # Titles of a million characters are no titles.
        title = article.title[:_LONGEST_LINE].rstrip()
        return replace(article, title=title, undated=undated)


def numbered(drafts: Iterable[Draft], document: Document) -> Iterator[Found]:
    """The articles of a document that holds several, each under its number from 1."""
    for number, draft in enumerate(drafts, start=1):
        yield draft.finish(f"{document.origin}#{number}", f"{document.name}#{number}")


def title_from(text: str) -> str:
    """The first sentence of a text, or as much of it as makes a title; blank if the text is."""
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

    Scheme and host are in lower case, a default port is left out. Of what an archive of the web has
    captured it is the original's.
    """
    # White space is one sign there, and may be many here.
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
    given: Iterable[object], language: str | None = None, order: Order | None = None
) -> Published | None:
    """The first date among what is given as one, see ``parse_date``; None if none of it is."""
    dates = (parse_date(value, "metadata", language, order) for value in given)
    return next(filter(None, dates), None)


def is_front_page(url: str) -> bool:
    """Whether an address is that of the front page of a site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in {"", "/"} and not parts.query


def url_id(url: str) -> str:
    """The id of an article at a canonical URL: the URL without a slash at its end."""
    return url.rstrip("/")


def language_code(language: str | None) -> str | None:
    """``en`` for ``en-GB``, ``en_US``, ``eng``, ``English``, ``Anglais``; None if it is none."""
    language = clean_line(language or "").lower()
    match = _LANGUAGE.fullmatch(language)
    code = match[1] if match else ""
    if len(code) != 2:
        code = _codes_of_languages().get(code or language, code).partition("_")[0]
    return None if code in {"", "und", "mul", "zxx"} else code


@cache
def _codes_of_languages() -> dict[str, str]:
    """The codes of languages by their names and by their codes of three letters.

    Databases name them in the language of the reader's account.
    """
    from babel import Locale
    from babel.core import get_global

    accounts = ("ru", "ja", "zh_Hant", "zh", "pt", "nl", "it", "es", "fr", "de", "en")
    names = {name.lower(): code for account in accounts
             for code, name in Locale.parse(account).languages.items()}  # fmt: skip
    return names | dict(get_global("language_aliases"))


def _where_published(date: Published | None, from_url: Published | None) -> Published | None:
    """A time or day in UTC as the day before or after, where the address says so.

    In the evening of America, and in the morning of Asia, UTC has another day than the publisher,
    whose systems write times in UTC and addresses by the calendar on the wall.
    """
    if date is None or from_url is None or from_url.precision != "day":
        return date
    if date.precision not in {"day", "instant"} or date.value.utcoffset():
        return date
    hours = (from_url.value - date.value).total_seconds() / 3600
    # Somewhere between UTC-12 and UTC+14 the instant was on that day.
    return from_url if date.day != from_url.day and -36 < hours < 14 else date


def _unless_to_come(date: Published | None) -> Published | None:
    """A date unless it is yet to come and only shown, as that of an event that is told of."""
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    is_shown = date is not None and date.how in {"page", "dateline"}
    return None if date is None or (is_shown and date.day > tomorrow) else date


def _line(value: str | None) -> str | None:
    return clean_line(value)[:_LONGEST_LINE].rstrip() or None if value else None


def _author(value: str | None) -> str | None:
    line = _without_addresses(BY.sub("", _line(value) or ""))
    # Pages give the address of an author's page where they mean the author.
    return None if line.startswith(("http://", "https://")) else line or None


def _without_addresses(authors: str) -> str:
    """``Cleo Park`` of ``news@coastal.example (Cleo Park)``, as RSS and mail name an author."""
    if "@" not in authors:
        return authors
    from email.utils import getaddresses

    names = [name for name, _ in getaddresses([authors])]
    return ", ".join(names) if all(names) else authors


def _host(url: str) -> str | None:
    host = urlsplit(url).hostname
    return host.removeprefix("www.") if host else None


def _date_in_name(name: str) -> Published | None:
    """The date in a file's name, or in the folders right above where these are a year, month, day.

    Other folders may be named for the day on which they were filled.
    """
    *folders, file = PurePosixPath(name).parts
    dated = "/".join(folders[-3:]) if all(map(str.isdecimal, folders[-3:])) else ""
    return date_in_path(file) or (date_in_path(dated) if dated else None)
