"""Saved web pages: the article out of the page, and what the page says of it."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from corpus.article import Found, Published
from corpus.dates import parse_date
from corpus.documents import Document
from corpus.drafts import Draft, canonical_url
from corpus.encoding import NotReadable, clean, clean_line, decode
from corpus.hidden import empty_hidden
from corpus.markup import parse_html, text_of_tree
from corpus.records import draft_of_record

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}encoding=[\"']([\w.:-]+)",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"<[a-zA-Z]")
# A long report has a few thousand. Trafilatura joins sets of nodes, which takes the square of
# their number; up to so many, that is less than all else which it does.
_MOST_SEARCHED = 20_000
# The tree of a page takes up to a hundred times the memory of its text.
_MOST_ELEMENTS = 250_000
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)")
_ARTICLE_TYPES = ("Article", "BlogPosting", "Posting", "Report", "Review")
_PUBLISHED = """article:published_time og:article:published_time og:published_time datepublished
    publishdate publish-date publish_date pubdate publication_date publicationdate parsely-pub-date
    sailthru.date dc.date.issued dcterms.issued dc.date dcterms.date dcterms.created dc.date.created
    citation_publication_date citation_date article.published article_date_original
    originalpublicationdate cxenseparse:recs:publishtime ptime date""".split()
_AUTHOR = (
    "author article:author byl parsely-author sailthru.author dc.creator dcterms.creator".split()
)
_TITLE = "og:title headline twitter:title parsely-title sailthru.title dc.title".split()
_SITE = "og:site_name application-name publisher dc.publisher cre".split()
# Beside the article, and not the paper's words, or not of this article: what readers say, notices
# and appeals, cards of other articles. Trafilatura knows more names of these.
_BESIDE = [
    "//*[self::div or self::section or self::aside or self::ul or self::ol or self::form]["
    + " or ".join(f"contains({names}, '{each}')" for each in words.split())
    + "][not(.//h1)]"
    for names in (
        "translate(@class, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')",
        "translate(@id, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')",
    )
    for words in (
        "_comment_ comment-list comment_list commentlist comments disqus",
        "cookie gdpr consent newsletter",
        "donat support-us support-pay supportus support_us fundrais",
        "related recommended read-next read-more most-read more-stories see-also",
    )
]
_MAIN_TEXT_FAILURES = (
    # What trafilatura and the libraries below it raise on pages that no one meant to be read.
    ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, RecursionError,
    OverflowError,
)  # fmt: skip


def read_web_page(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """One saved page: one article."""
    draft = draft_of_page(text_of_page(document.read()))
    if not draft.text.strip():
        raise NotReadable("is a page without an article: no text but menus and notices was found")
    yield draft.finish(document.origin, document.name)


def text_of_page(data: bytes, charset: str | None = None) -> str:
    """The HTML of a page; ``charset`` is what the server said of it, if that is known."""
    declared = _DECLARED.search(data[:4096])
    named = (declared[1] or declared[2]).decode("ascii", "ignore") if declared else None
    return decode(data, charset or named)


def draft_of_page(html: str) -> Draft:
    """What a page says of its article; the text is empty where none is found.

    Raises NotReadable for a page of more elements than any article has.
    """
    elements = sum(1 for _ in _ELEMENT.finditer(html))
    if elements > _MOST_ELEMENTS:
        raise NotReadable(f"is a page of more than {_MOST_ELEMENTS:,} elements, so no article")
    root = parse_html(html)
    if root is None:
        return Draft(text="")
    meta = _meta(root)
    said = _linked_data(root)
    hides = empty_hidden(root)
    url = _url(root, meta, said, html)
    language = root.get("lang") or meta.get("content-language") or said.language
    language = language or meta.get("og:locale")
    site = _first(meta, _SITE) or said.source
    published = parse_date_of(meta, language)
    title = said.title or _first(meta, _TITLE) or _first_text(root, "//h1") or ""
    title = clean_line(title or _first_text(root, "//title") or "")
    if site:
        title = _without_site(title, clean_line(site))
    if elements > _MOST_SEARCHED:
        text = _marked_text(root)
    else:
        beside = any(root.xpath(path) for path in _BESIDE)
        text = _main_text(_written(root) if hides else html, beside)
    text = _without_title(text, title)
    if len(text) * 2 < len(said.text):
        text = said.text
    return Draft(
        text=text,
        title=title,
        dates=[*said.dates, published, *_dates_on_page(root, language)],
        url=url,
        source=site,
        author=said.author or _name_of_author(root, meta),
        language=language,
        place=said.place,
        dated_by_name=True,
        vouched="page",
    )


def parse_date_of(meta: Mapping[str, str], language: str | None) -> Published | None:
    """The date of publication that the ``meta`` elements of a page give."""
    dates = (parse_date(meta[name], "metadata", language) for name in _PUBLISHED if name in meta)
    return next((date for date in dates if date is not None), None)


def _written(root: Any) -> str:
    from lxml import etree  # type: ignore[import-untyped]

    return str(etree.tostring(root, encoding="unicode", method="html"))


def _main_text(html: str, beside: bool) -> str:
    """The article's text in a page; ``beside`` says that it has what is no part of it."""
    import trafilatura
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    # It logs each page that holds nothing, which is one line in our report already.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)
    # A page that is nothing but what is not the article's is taken as it is.
    for pruned in (_BESIDE, None) if beside else (None,):
        try:
            page = trafilatura.bare_extraction(
                clean(html), include_comments=False, prune_xpath=pruned
            )
        except (*_MAIN_TEXT_FAILURES, LxmlError):
            return ""
        # Its own text has entities decoded twice; the tree has them as they are.
        body = getattr(page, "body", None)
        text = "" if body is None else text_of_tree(body)
        if text:
            return text
    return ""


def _marked_text(root: Any) -> str:
    """The text of what a page itself marks as its article, if it has but one such element.

    Of a page with many articles that is its main part. What stands beside is emptied in the tree.
    """
    for path in _BESIDE:
        for element in root.xpath(path):
            element.clear(keep_tail=True)
    for name in ("article", "main"):
        marked = list(root.iter(name))
        if len(marked) == 1:
            return text_of_tree(marked[0])
    return ""


def _without_site(title: str, site: str) -> str:
    """``Bridge agreed`` of ``Bridge agreed | Marrowby Courier``."""
    if not site or title[-len(site) :].casefold() != site.casefold():
        return title
    before = title[: -len(site)]
    headline = before.rstrip().rstrip("|–—·-")
    separated = before != before.rstrip() != headline != headline.rstrip()
    return headline.rstrip() if separated else title


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n\n")
    return rest if title and clean_line(first) == title and rest else text


def _meta(root: Any) -> dict[str, str]:
    """The ``meta`` elements of a page by property, name or itemprop, the first of each."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        content = element.get("content") or ""
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name and content.strip():
                found.setdefault(name, content)
    return found


def _linked_data(root: Any) -> Draft:
    """What the JSON-LD of a page says of an article."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            value = json.loads((script.text or "").strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(value):
            types = thing.get("@type")
            types = types if isinstance(types, list) else [types]
            if any(str(each).endswith(_ARTICLE_TYPES) for each in types):
                # Only articleBody is the text; a description is not.
                names = {"text": "articleBody", "title": "headline"}
                kept = {k: v for k, v in thing.items() if k not in {"description", "abstract"}}
                return draft_of_record(kept, names)
    return Draft(text="")


def _things(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    for _ in range(1000):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting += value[:1000]
        elif isinstance(value, dict):
            yield value
            waiting += [value[key] for key in ("@graph", "mainEntity") if key in value]


def _url(root: Any, meta: Mapping[str, str], said: Draft, html: str) -> str | None:
    links = [
        element.get("href") or ""
        for element in root.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    ]
    saved_from = _SAVED_FROM.search(html[:2000])
    given = [meta.get("og:url"), said.url, saved_from and saved_from[1], meta.get("twitter:url")]
    base = next((url for url in map(canonical_url, given) if url), "")
    for link in links:
        try:
            url = canonical_url(urljoin(base, link.strip()))
        except ValueError:
            continue
        if url:
            return url
    return base or None


def _name_of_author(root: Any, meta: Mapping[str, str]) -> str | None:
    for name in _AUTHOR:
        if name in meta and not meta[name].startswith(("http://", "https://")):
            return meta[name]
    for path in (
        "//*[@rel='author']",
        "//*[@itemprop='author']",
        "//*[contains(concat(' ', normalize-space(@class), ' '), ' byline ')]",
    ):
        text = _first_text(root, path)
        if text and len(text) < 100:
            # A line such as "By Jane Doe, 3 March 2025" is more than the author.
            return re.split(r"[,|•·–—]|\s-\s", text)[0]
    return None


def _dates_on_page(root: Any, language: str | None) -> list[Published | None]:
    """The dates that the page shows to a reader as those of the article."""
    for path in (
        "//*[@itemprop='datePublished']",
        "//time[@pubdate]",
        "//time[@datetime][ancestor::article]",
        "(//h1)[position() < 4]/following::time[@datetime][1]",
        "//*[contains(@class, 'published') or contains(@class, 'pubdate')]",
    ):
        for element in root.xpath(path)[:3]:
            stated = element.get("datetime") or element.get("content")
            stated = stated or " ".join(element.itertext())
            published = parse_date(stated, "page", language) if len(stated) < 100 else None
            if published is not None:
                return [published]
    return []


def _first(meta: Mapping[str, str], names: list[str]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _first_text(root: Any, path: str) -> str | None:
    for element in root.xpath(path)[:3]:
        text = clean_line(" ".join(element.itertext()))
        if text:
            return text
    return None
