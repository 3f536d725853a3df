"""The metadata of a web page's article: title, author, dates, address, the name of its site.

The sources, the most reliable first: metadata for programs (JSON-LD, ``meta``), the address, and
the text that readers see around the headline. Cards of other articles, embedded posts of other
people and text beside the article are ignored.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

from corpus.article import Published
from corpus.authors import is_login
from corpus.bylines import marked_author, name_in_line, shown_author
from corpus.dates import date_in_line, date_in_path, parse_date
from corpus.drafts import (
    CAPTURE,
    Draft,
    canonical_url,
    first_date,
    is_front_page,
    language_code,
)
from corpus.encoding import FAILURES, clean_line
from corpus.hidden import empty
from corpus.linked_data import linked_data
from corpus.markup import text_of_html
from corpus.page_shown import (
    BETWEEN,
    LONGEST_LINE,
    Shown,
    elements_above,
    folded,
    heading_of,
    is_home,
    is_of_change,
    line_of,
    without_apart,
)

_SAVED_FROM = re.compile(r"saved (?:from url=\(\d+\)|with SingleFile\s+url: )(\S+)")
"""The comment that browsers and SingleFile write at the top of a saved page."""

_WRITTEN = re.compile(r"written by|by\b|author|verfasst von|écrit par|escrito por", re.IGNORECASE)
_CHANGED = re.compile(r"modif|updat|revis|changed|generat|expir", re.IGNORECASE)
_OF_PAGE = re.compile(r"generated|archive|printed from|retrieved|accessed", re.IGNORECASE)
_NUMERIC = re.compile(
    r"(?<![\d/.-])(?:\d{1,2}([-/.])\s?\d{1,2}\1\s?\d{4}|\d{4}\.\s?\d{1,2}\.\s?\d{1,2}\.)(?!\d)"
)
_CAPTURES = re.compile(r"archive\.\w+|web\.archive\.org|wayback machine", re.IGNORECASE)
_LOGO = re.compile(r"\blogo\b")
_ENGLISH = re.compile(r"\bthe\b", re.IGNORECASE)
_SHORTEST_IDENTIFIED = 200
"""Characters."""

_CERTAIN = 0.9
_ROWS = ("a", "dd", "li", "td", "th")
_LONGEST_LABEL = 80
"""Characters."""

_ERRORS = [status for status in HTTPStatus if status.value in {401, 403, 404, 410, 500, 502, 503}]
_NOT_FOUND = frozenset(
    phrase.strip()
    for phrase in """
    seite nicht gefunden|page introuvable|page non trouvée|página no encontrada|
    pagina non trovata|página não encontrada|pagina niet gevonden|strona nie istnieje|
    sayfa bulunamadı|страница не найдена|сторінку не знайдено|الصفحة غير موجودة|
    页面不存在|頁面不存在|ページが見つかりません|페이지를 찾을 수 없습니다""".split("|")
)
_REFRESH = re.compile(r"\s*\d\s*[;,]\s*url\s*=", re.IGNORECASE)
_LONGEST_WALL = 200
"""Characters."""

_WALL_TITLES = (
    "just a moment...", "attention required! | cloudflare", "before you continue to ", "ddos-guard",
    "are you a robot?", "robot check", "access to this page has been denied", "pardon our interru",
)  # fmt: skip
"""The titles of Cloudflare, Google, DDoS-Guard, Bloomberg, Amazon, PerimeterX and Imperva."""

_WALL_IDS = frozenset(
    """cf-challenge-running cf-error-details challenge-error-text challenge-form challenge-running
    px-captcha sec-if-cpt-container""".split()
)
_PUBLISHED = """article:published_time og:article:published_time og:published_time datepublished
    publishdate publish-date publish_date pubdate publication_date publicationdate parsely-pub-date
    sailthru.date dc.date.issued dc.issued dcterms.issued dc.date dcterms.date dcterms.created
    dc.date.created citation_publication_date citation_date article.published article_date_original
    originalpublicationdate cxenseparse:recs:publishtime ptime date""".split()
_AUTHOR = """author article:author og:author byl parsely-author sailthru.author dc.creator
    dcterms.creator citation_author cxenseparse:author vr:author bt:author rnews:author""".split()
_SECTION = "article:section parsely-section".split()
_TITLE = "og:title headline twitter:title parsely-title sailthru.title dc.title".split()
_BARS = "|»›‹«"
_SITE = "og:site_name application-name publisher dc.publisher cre".split()


def meta_of(root: Any) -> dict[str, str]:
    """The ``meta`` of a page by property, name or itemprop; of each all authors, or one value."""
    contents: dict[str, str] = {}
    for element in root.iter("meta"):
        content = element.get("content") or ""
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name in _AUTHOR and name in contents and content.strip() not in contents[name]:
                contents[name] += f", {content.strip()}"
            elif name and content.strip():
                contents.setdefault(name, content)
    return contents


def error_of_page(shown: Shown) -> str | None:
    """The server error that a page shows instead of an article, such as ``404 Not Found``, or None.

    Then its title or headline says little else: ``404``, ``Error 404``, ``Page not found``.
    """
    headings = (shown.title, shown.headline, shown.first_heading("h1") or "")
    for piece in (piece for heading in headings for piece in BETWEEN.split(heading)):
        words = re.findall(r"\w+", piece.casefold())
        for status in _ERRORS:
            phrase = status.phrase.casefold().split()
            others = [word for word in words if word not in {str(status.value), *phrase}]
            has_code = str(status.value) in words and len(others) < 2
            ends_so = words[-len(phrase) :] == phrase and others in ([], ["page"], ["error"])
            if has_code or ends_so:
                return f"{status.value} {status.phrase}"
        if " ".join(word for word in words if word != "404") in _NOT_FOUND:
            return "404 Not Found"
    return None


def leads_elsewhere(root: Any) -> bool:
    """Whether a page redirects its reader to another page within seconds."""
    return bool(_REFRESH.match(meta_of(root).get("refresh", "")))


def is_wall(shown: Shown, text: str) -> bool:
    """Whether a page is a wall: it asks for consent, or whether a person reads it.

    Its title or ids show it, or a short ``text`` with "JavaScript", the name in all languages.
    """
    if len(text) < _LONGEST_WALL and "javascript" in text.casefold():
        return True
    titles = {folded(shown.title), folded(shown.first_heading("h1") or "")}
    if any(title.startswith(_WALL_TITLES) for title in titles):
        return True
    return any(element.get("id") in _WALL_IDS for element in shown.root.iter("div", "form"))


def facts_of_page(root: Any, html: str, shown: Shown, address: str | None = None) -> Draft:
    """A draft of the article without its text; ``address`` is where the page was fetched from."""
    meta, linked = meta_of(root), linked_data(root)
    urls = [*_urls(root, meta, linked.article, html)]
    # Many sites give the address of their front page on every page.
    url = next((url for url in urls if not is_front_page(url)), None) or canonical_url(address)
    language = root.get("lang") or meta.get("content-language") or linked.article.language
    language = _language(root, language or meta.get("og:locale"))
    site = _first(meta, _SITE) or linked.article.source or _marked_publisher(root)
    site = None if site and _CAPTURES.fullmatch(site.strip()) else site
    if site is None and url is None:
        hosts = (urlsplit(front).hostname or "" for front in urls)
        site = _site_in_title(root, shown.title) or next(hosts, "").removeprefix("www.") or None
    from_url = date_in_path(urlsplit(url).path) if url else None
    dates = [
        *linked.article.dates,
        first_date(map(meta.get, _PUBLISHED), language),
        *linked.page_dates,
        from_url,
        *(shown_dates := shown.dates(language)),
    ]
    exact = {date.precision for date in dates if date is not None} & {"day", "instant"}
    if not exact and not shown_dates:
        dates.append(_date_by_htmldate(root, language))
    linked_author = linked.article.author
    return replace(
        linked.article,
        title=_title(shown, meta, linked.article, site, url),
        dates=dates,
        url=url,
        source=site,
        author=(None if linked_author is None or is_login(linked_author) else linked_author)
        or marked_author(shown, site)
        or _stated_author(meta, site, url)
        or shown_author(shown, site)
        or linked.page_author
        or linked_author,
        language=language,
        section=linked.article.section or _first(meta, _SECTION),
        dated_by_name=True,
        vouched="page",
    )


def _marked_publisher(root: Any) -> str | None:
    """The name of the publisher, marked as schema.org has it in the page itself."""
    names = root.iterfind(".//*[@itemprop='publisher']//*[@itemprop='name']")
    lines = (clean_line(name.get("content") or "") or line_of(name) for name in names)
    return next(filter(None, lines), None)


def _site_in_title(root: Any, title: str) -> str | None:
    """The end of a page's title, if its logo, its copyright line or a link home has it, too."""
    _, *parts = BETWEEN.split(title)
    name = folded(parts[-1]) if parts else ""
    if not name or len(name) > LONGEST_LINE:
        return None
    for element in root.iter("img", "svg", "a"):
        labels = (element.get("alt"), element.get("aria-label"), element.get("title"))
        if any(_LOGO.sub("", folded(label)).strip() == name for label in labels if label):
            return clean_line(parts[-1])
        if is_home(element) and folded(line_of(element)) == name:
            return clean_line(parts[-1])
    lines = (line[:LONGEST_LINE] for line in root.itertext() if "©" in line)
    return clean_line(parts[-1]) if any(name in folded(line) for line in lines) else None


def _title(
    shown: Shown, meta: Mapping[str, str], draft: Draft, site: str | None, url: str | None
) -> str:
    """The headline without the name of the site."""
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    names = {folded(name) for name in (site, host, host.partition(".")[0]) if name}
    page_title = shown.title
    parts = [part for part in BETWEEN.split(page_title) if part]
    # A heading repeats the headline from the title; the part that follows it is the site. Without
    # such a heading, a part after a bar is the site, but one after a dash may be of the headline.
    last = parts[-1] if len(parts) > 1 else ""
    after_bar = page_title.endswith(tuple(f"{bar} {last}" for bar in _BARS))
    barred = 2 * len(last) < len(page_title) and after_bar
    headline = shown.headline
    if last and (not folded(headline).endswith(folded(last)) if headline else barred):
        names.add(folded(last))
    headings = [shown.first_heading("h1"), page_title if last else None, shown.first_heading("h2")]
    for title in (headline, draft.title, _first(meta, _TITLE), *headings, page_title):
        line = clean_line(title or "")
        within = folded(line) != folded(headline) and folded(headline) in folded(line)
        line = headline if within and 2 * len(headline) > len(line) else line
        for name in (site, last):
            if name and folded(name) in names:
                line = _without_site(line, clean_line(name))
        if line and folded(line) not in names:
            return line
    return page_title


def _without_site(title: str, site: str) -> str:
    """The title without the site: ``Bridge agreed`` for ``Bridge agreed | Marrowby Courier``."""
    if not site or title[-len(site) :].casefold() != site.casefold():
        return title
    before = title[: -len(site)].rstrip()
    headline = before.rstrip(" |–—-•·:»›‹«")
    return headline if headline and headline != before else title


def _language(root: Any, stated: str | None) -> str | None:
    """The stated language of a page, or the identified one if the page wrongly states English.

    Many themes state English by default. Few texts are identified: long English has "the" in it.
    """
    text = " ".join("".join(paragraph.itertext()) for paragraph in root.iter("p"))
    if language_code(stated) != "en" or len(text) < _SHORTEST_IDENTIFIED or _ENGLISH.search(text):
        return stated
    from corpus.languages import identify

    code, probability = identify(text)
    return code if probability > _CERTAIN else stated


def _urls(root: Any, meta: Mapping[str, str], draft: Draft, html: str) -> Iterator[str]:
    """The addresses that a page gives itself, the surest first; one may be of a front page."""
    saved_from = _SAVED_FROM.search(html[:2000])
    urls = [meta.get("og:url"), draft.url, saved_from and saved_from[1], meta.get("twitter:url")]
    others = [url for url in map(canonical_url, urls) if url]
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            with suppress(ValueError):
                link = urljoin(next(iter(others), ""), (element.get("href") or "").strip())
                if url := canonical_url(link):
                    yield url
    yield from others


def _first(meta: Mapping[str, str], names: list[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _stated_author(meta: Mapping[str, str], site: str | None, url: str | None) -> str | None:
    """The author according to ``meta``, unless that is the paper, as on many pages."""
    labelled = [name.replace("label", "data") for name, label in meta.items()
                if name.startswith("twitter:label") and _WRITTEN.match(label)]  # fmt: skip
    names = (name_in_line(text_of_html(meta[name]), site) for name in [*_AUTHOR, *labelled]
             if name in meta)  # fmt: skip
    host = _letters(urlsplit(url or "").hostname or "")
    return next((name for name in names if name and _letters(name) not in host), None)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, folded(name)))


def _date_by_htmldate(root: Any, language: str | None) -> Published | None:
    """The date that htmldate finds in the markup of a page and in its short lines.

    Days of the last change are removed before, and sentences, whose days are those of events. The
    first of January is ignored: htmldate gives it for a year alone, mostly that of a copyright.
    """
    from htmldate import find_date

    page = without_apart(root)
    above = elements_above(page, heading_of(page))
    for element in list(page.iter("meta", "time", "abbr", "link")):
        if _CHANGED.search(" ".join(element.attrib.values())):
            element.clear(keep_tail=True)
        for name in {"content", "datetime", "title", "href"} & {*element.attrib}:
            element.set(name, _in_order(CAPTURE.sub("", element.get(name)), language))
    empty(page.iterfind(".//li//a"))
    # Days beside links, in tables and in lists are removed if they differ.
    rows = {link.getparent() for link in page.iter("a")} | {*page.iter(*_ROWS)}
    row_days = {}
    for element in page.iter():
        for where, holder in (("text", element), ("tail", element.getparent())):
            label = None if holder in above else _label(getattr(element, where), language)
            setattr(element, where, label)
            if label and holder in rows and (day := date_in_line(label)):
                row_days[element, where] = day.value
    if len({*row_days.values()}) > 1:
        for element, where in row_days:
            setattr(element, where, None)
    try:
        iso_date = find_date(page, extensive_search=True, original_date=True)
    except FAILURES:
        return None
    return None if not iso_date or iso_date.endswith("-01-01") else parse_date(iso_date, "page")


def _label(text: str | None, language: str | None) -> str | None:
    """A text that may be the line with the article's date, its day in ISO 8601; else None."""
    if not text or len(text) > _LONGEST_LABEL:
        return None
    if text.rstrip().endswith((".", "!", "?")) and parse_date(text, "dateline") is None:
        return None
    is_other = is_of_change(text) or _OF_PAGE.search(text)
    return None if is_other else _in_order(text, language)


def _in_order(text: str, language: str | None) -> str:
    """A text with days such as 13/4/2025 in ISO 8601, and without the ambiguous ones."""

    def ordered(written: re.Match[str]) -> str:
        published = parse_date(written[0], "page", language)
        return str(published) if published and published.precision == "day" else ""

    return _NUMERIC.sub(ordered, text)
