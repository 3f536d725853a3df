"""What a web page says of its article: title, author, dates, address, the name of its site.

From the surest to the least sure: what the page tells programs (JSON-LD, ``meta``), its address,
what it shows to readers around its headline. What stands in cards of other articles, in posts of
others that are embedded, and beside the article is not the article's.
"""

import html as markup
import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from corpus.article import Published
from corpus.dates import date_in_path, parse_date
from corpus.drafts import Draft, canonical_url
from corpus.encoding import FAILURES, clean_line
from corpus.markup import text_of_html
from corpus.page_shown import Shown, folded, name_in_line, without_apart
from corpus.records import draft_of_record

_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)")
_ARTICLE_TYPES = ("Article", "BlogPosting", "Posting", "Report", "Review")
_PAGE_TYPES = ("WebPage", "QAPage", "FAQPage", "ItemPage", "Question", "VideoObject", "Recipe")
"""Things of these types are dated; their names and descriptions are often those of the site."""

_OPENING = re.compile(r"(?://|/\*|#)?[ \t]{0,9}<!(?:\[CDATA\[|--)[ \t]{0,9}(?:\*/)?")
_CLOSING = re.compile(r"(?://|/\*|#)?[ \t]{0,9}(?:\]\]|--)>[ \t]{0,9}(?:\*/)?\Z")
_CLOSES_WITHIN = 40
_STATED = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{4,40})"')
_STATED_AUTHOR = re.compile(
    r'"author"\s{0,9}:[\s\[{]{0,9}(?:"@type"\s{0,9}:\s{0,9}"Person"\s{0,9},\s{0,9}"name"\s{0,9}:'
    r'\s{0,9})?"([^"@]{4,80})"'
)
_WRITTEN = re.compile(r"written by|by\b|author|verfasst von|écrit par|escrito por", re.IGNORECASE)
_CHANGED = re.compile(r"modif|updat|revis|changed", re.IGNORECASE)
_LONGEST_LABEL = 80
"""Characters."""

_LONGEST_SCRIPT = 2_000_000
_PUBLISHED = """article:published_time og:article:published_time og:published_time datepublished
    publishdate publish-date publish_date pubdate publication_date publicationdate parsely-pub-date
    sailthru.date dc.date.issued dc.issued dcterms.issued dc.date dcterms.date dcterms.created
    dc.date.created citation_publication_date citation_date article.published article_date_original
    originalpublicationdate cxenseparse:recs:publishtime ptime date""".split()
_AUTHOR = """author article:author og:author byl parsely-author sailthru.author dc.creator
    dcterms.creator citation_author cxenseparse:author vr:author bt:author rnews:author""".split()
_TITLE = "og:title headline twitter:title parsely-title sailthru.title dc.title".split()
_SITE = "og:site_name application-name publisher dc.publisher cre".split()
_BETWEEN = re.compile(r"\s+(?:[-–—|•·»:]|::)\s+")


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What the JSON-LD of a page says: of its article, and of the page around it."""

    article: Draft
    page_dates: tuple[Published | None, ...] = ()
    page_author: str | None = None


def meta_of(root: Any) -> dict[str, str]:
    """The ``meta`` of a page by property, name or itemprop: all of authors, else the first."""
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


def linked_data(root: Any) -> LinkedData:
    """What the JSON-LD of a page says of an article; it is repaired where it is broken."""
    things: list[dict[str, Any]] = []
    stated: list[str] = []
    named: list[str] = []
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = _bare((script.text or "")[:_LONGEST_SCRIPT].strip())
        values = _values(text)
        things += _things(values)
        if not values:
            stated += _STATED.findall(text)[:1]
            named += _STATED_AUTHOR.findall(text)[:1]
    known = {thing["@id"]: thing for thing in things if isinstance(thing.get("@id"), str)
             and isinstance(thing.get("name"), str)}  # fmt: skip
    articles = [thing for thing in things if _is_a(thing, _ARTICLE_TYPES)]
    pages = [thing for thing in things if _is_a(thing, _PAGE_TYPES)]
    heading = clean_line(root.findtext(".//title") or "")
    chosen = next(
        (article for article in articles if (name := str(article.get("headline") or "")[:40])
         and name in heading), next(iter(articles), None)
    )  # fmt: skip
    article = Draft(text="") if chosen is None else _draft_of_thing(chosen, known)
    around = [_draft_of_thing(page, known) for page in pages[:5]]
    dates = [date for page in around for date in page.dates if date]
    return LinkedData(
        article,
        (*dates, *(parse_date(date, "metadata") for date in stated)),
        next((author for author in [*(page.author for page in around), *named] if author), None),
    )


def facts_of_page(root: Any, html: str, shown: Shown, address: str | None = None) -> Draft:
    """All but the text of the article; ``address`` is from where the page was fetched."""
    meta, linked = meta_of(root), linked_data(root)
    url = _url(root, meta, linked.article, html) or canonical_url(address)
    language = root.get("lang") or meta.get("content-language") or linked.article.language
    language = language or meta.get("og:locale")
    site = _first(meta, _SITE) or linked.article.source
    from_url = date_in_path(urlsplit(url).path) if url else None
    stated = (parse_date(meta[name], "metadata", language) for name in _PUBLISHED if name in meta)
    dates = [
        *linked.article.dates,
        next((date for date in stated if date is not None), None),
        *linked.page_dates,
        from_url,
        *shown.dates(language),
    ]
    if not any(date is not None and date.precision in {"day", "instant"} for date in dates):
        dates.append(_date_by_htmldate(root, url))
    return replace(
        linked.article,
        title=_title(shown, meta, linked.article, site, url),
        dates=dates,
        url=url,
        source=site,
        author=linked.article.author or _author(shown, meta, site) or linked.page_author,
        language=language,
        dated_by_name=True,
        vouched="page",
    )


# --- JSON-LD ------------------------------------------------------------------------------------


def _bare(text: str) -> str:
    """A script without the marks that hide it from what reads no scripts."""
    opening = _OPENING.match(text)
    text = text[opening.end() :] if opening else text
    end = text[-_CLOSES_WITHIN:]
    text = text[: len(text) - len(end)] + _CLOSING.sub("", end)
    return text.strip().rstrip(";")


def _values(text: str) -> list[Any]:
    """The values in a script; those of JavaScript, with comments and stray commas, as well."""
    import chompjs

    if "&quot;" in text and '"' not in text:
        text = markup.unescape(text)
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    try:
        return list(chompjs.parse_js_objects(text, json_params={"strict": False}))
    except (ValueError, RecursionError):
        return []


def _things(values: list[Any]) -> Iterator[dict[str, Any]]:
    waiting = list(values)
    for _ in range(1000):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value[:1000]
        elif isinstance(value, dict):
            yield value
            waiting += [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage")
                        if isinstance(value.get(key), dict | list)]  # fmt: skip


def _is_a(thing: Mapping[str, Any], types: tuple[str, ...]) -> bool:
    named = thing.get("@type")
    named = named if isinstance(named, list) else [named]
    return any(str(name).endswith(types) for name in named)


def _draft_of_thing(thing: Mapping[str, Any], known: Mapping[str, Any]) -> Draft:
    # Only articleBody is the text; a description is not.
    names = {"text": "articleBody", "title": "headline"}
    fields = {key: _resolved(value, known) for key, value in thing.items()
            if key not in {"description", "abstract", "@id", "status"}}  # fmt: skip
    return draft_of_record(fields, names)


def _resolved(value: Any, known: Mapping[str, Any]) -> Any:
    """A thing that is only named by its ``@id``, as it is said elsewhere in the page."""
    if isinstance(value, list):
        return [_resolved(item, known) for item in value[:100]]
    if isinstance(value, dict) and "name" not in value and value.get("@id") in known:
        return known[value["@id"]]
    return value


# --- Title and address --------------------------------------------------------------------------


def _title(
    shown: Shown,
    meta: Mapping[str, str],
    draft: Draft,
    site: str | None,
    url: str | None,
) -> str:
    """The headline, and never the name of the site."""
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    names = {folded(name) for name in (site, host, host.partition(".")[0]) if name}
    whole = shown.title
    parts = [part for part in _BETWEEN.split(whole) if part]
    # What a heading repeats of the title is the headline; what follows it is the site. Where none
    # does, what follows a bar is the site as well; what follows a dash may be of the headline.
    repeated = shown.repeated_heading()
    last = parts[-1] if len(parts) > 1 else ""
    barred = whole.endswith((f"| {last}", f"» {last}")) and 2 * len(last) < len(whole)
    if last and (folded(last) != folded(repeated) if repeated else barred):
        names.add(folded(last))
    headings = [shown.first_heading("h1"), whole if last else None, shown.first_heading("h2")]
    for title in (draft.title, _first(meta, _TITLE), repeated, *headings, whole):
        line = clean_line(title or "")
        # A heading may begin with the section in which the article stands.
        most, whole_line = [part for part in parts if 2 * len(part) > len(line)], folded(line)
        line = next((part for part in most if whole_line.endswith(folded(part))), line)
        for name in (site, last):
            if name and folded(name) in names:
                line = _without_site(line, clean_line(name))
        if line and folded(line) not in names:
            return line
    return whole


def _without_site(title: str, site: str) -> str:
    """The title without the site: ``Bridge agreed`` for ``Bridge agreed | Marrowby Courier``."""
    if not site or title[-len(site) :].casefold() != site.casefold():
        return title
    rest = title[: -len(site)].rstrip()
    cut = rest.rstrip(" |–—-•·:»")
    return cut if cut and cut != rest else title


def _url(root: Any, meta: Mapping[str, str], draft: Draft, html: str) -> str | None:
    links = [
        element.get("href") or ""
        for element in root.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    ]
    saved_from = _SAVED_FROM.search(html[:2000])
    given = [meta.get("og:url"), draft.url, saved_from and saved_from[1], meta.get("twitter:url")]
    base = next((url for url in map(canonical_url, given) if url), "")
    for link in links:
        try:
            url = canonical_url(urljoin(base, link.strip()))
        except ValueError:
            continue
        if url:
            return url
    return base or None


def _first(meta: Mapping[str, str], names: list[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _author(shown: Shown, meta: Mapping[str, str], site: str | None) -> str | None:
    """The author by the page's own marks, or where these are unusual by trafilatura's."""
    labelled = [name.replace("label", "data") for name, label in meta.items()
                if name.startswith("twitter:label") and _WRITTEN.match(label)]  # fmt: skip
    stated = (name_in_line(text_of_html(meta[name]), site) for name in [*_AUTHOR, *labelled]
              if name in meta)  # fmt: skip
    return next(filter(None, stated), None) or shown.author(site)


def _label(text: str | None) -> str | None:
    is_sentence = text and (len(text) > _LONGEST_LABEL or text.rstrip().endswith((".", "!", "?")))
    return None if is_sentence else text


def _date_by_htmldate(root: Any, url: str | None) -> Published | None:
    """What htmldate finds by the marks of a page, or else in its short lines and addresses.

    The day of the last change is not that of publication, what sentences say is of what they tell,
    and a year alone, which htmldate takes for its first day, is mostly that of a copyright.
    """
    from htmldate import find_date

    page = without_apart(root)
    for element in list(page.iter("meta", "time", "abbr")):
        if _CHANGED.search(" ".join(element.attrib.values())):
            element.clear(keep_tail=True)
    labels = deepcopy(page)
    for element in labels.iter():
        element.text, element.tail = _label(element.text), _label(element.tail)
    for tree, widely in ((page, False), (labels, True)):
        try:
            day = find_date(tree, extensive_search=widely, original_date=True, url=url)
        except FAILURES:
            continue
        if day and not (widely and day.endswith("-01-01")):
            return parse_date(day, "page")
    return None
