"""EPUB: books, and newspapers that were made into books; each chapter with a text is an article.

The names are from https://www.w3.org/TR/epub-33/ and from version 2, which most files use.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

from corpus.article import Found, Note, Published
from corpus.containers import member_bytes, open_zip
from corpus.datelines import read_dateline
from corpus.documents import LONGEST_TEXT, Document
from corpus.drafts import Draft, first_date, numbered
from corpus.encoding import NotReadable, clean_line, decode
from corpus.hidden import empty, empty_hidden
from corpus.markup import parse_html, parse_xml, text_of_tree, words_at, words_of, xml_text

_CONTAINER = "META-INF/container.xml"
_PAGES = frozenset(["application/xhtml+xml", "text/html", "application/x-dtbook+xml"])
_NO_CHAPTERS = frozenset(["toc", "cover", "title-page", "copyright-page", "colophon", "index"])
_MOST_CHAPTERS = 10_000
_FEWEST_LETTERS = 80
"""Letters of a chapter without heading or sentence; title pages and dedications have fewer."""

_ENDS = tuple('.!?…。！？۔।"”’»')
_MOST_NAMED = 5
_LONGEST_NAMED = 40


def read_epub(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The articles of a book in order, without cover, contents and title page."""
    with document.seekable() as file:
        archive = open_zip(file)
        place = _place_of_package(archive)
        package = _xml(archive, place)
        chapters = list(_chapters(archive, package, posixpath.dirname(place)))
    drafts = [chapter for chapter in chapters if isinstance(chapter, Draft)]
    short = [chapter for chapter in chapters if isinstance(chapter, str)]
    if short and drafts:
        names = ", ".join(f"“{line}”" for line in short[:_MOST_NAMED])
        yield Note(document.origin, f"has {len(short)} pages without a sentence, left out: {names}")
    if not drafts:
        raise NotReadable("is a book without a text: all that it holds are its cover and contents")
    title, publisher, language = (
        words_at(package, f"metadata/{name}") for name in ("title", "publisher", "language")
    )
    date = _date(package)
    drafts = [
        # What an article says of its own day is surer than the day of the book.
        replace(
            chapter,
            language=language,
            dates=[read_dateline(chapter.text, language).published, date],
        )
        for chapter in drafts
    ]
    if len(drafts) == 1:
        (only,) = drafts
        author = read_dateline(only.text, language).author or ", ".join(_authors(package)) or None
        draft = replace(only, title=only.title or title, source=publisher, author=author)
        yield draft.finish(document.origin, document.name)
        return
    # A newspaper's title is the title of the book; the authors of the book only compiled it.
    yield from numbered((replace(draft, source=title or publisher) for draft in drafts), document)


def _authors(package: Any) -> Iterator[str]:
    """The authors of the book, without the program that made the file."""
    makers = [*_lines_of(package, "contributor")]
    makers += [meta.get("content") or "" for meta in package.iterfind("metadata/meta")
               if meta.get("name") == "generator"]  # fmt: skip
    for name in _lines_of(package, "creator"):
        if not any(maker.casefold().startswith(name.casefold()) for maker in makers):
            yield name


def _chapters(archive: ZipFile, package: Any, folder: str) -> Iterator[Draft | str]:
    """The chapters; a page too short for a chapter gives its first line, a title page nothing."""
    about = {line.casefold() for name in ("title", "creator", "publisher", "date")
             for line in _lines_of(package, name)}  # fmt: skip
    items = {item.get("id"): item for item in package.iterfind("manifest/item")}
    left_out = {
        (reference.get("href") or "").partition("#")[0]
        for reference in package.iterfind("guide/reference")
        if (reference.get("type") or "").lower() in _NO_CHAPTERS
    }
    chapters = package.findall("spine/itemref")
    if len(chapters) > _MOST_CHAPTERS:
        raise NotReadable(f"has more than {_MOST_CHAPTERS:,} chapters")
    for chapter in chapters:
        item = items.get(chapter.get("idref"))
        if item is None or chapter.get("linear") == "no" or item.get("media-type") not in _PAGES:
            continue
        address = item.get("href") or ""
        if address in left_out or "nav" in (item.get("properties") or "").split():
            continue
        html = _read(archive, posixpath.normpath(posixpath.join(folder, unquote(address))))
        draft = _draft_of_chapter(decode(html)) if html.strip() else None
        if draft is None:
            continue
        if sum(map(str.isalpha, draft.text)) >= _FEWEST_LETTERS or (
            draft.title and any(line.endswith(_ENDS) for line in draft.text.split("\n"))
        ):
            yield draft
            continue
        lines = [draft.title or "", *draft.text.split("\n")]
        own = [line for line in lines if line.strip() and line.strip().casefold() not in about]
        if own:
            yield clean_line(own[0])[:_LONGEST_NAMED]


def _draft_of_chapter(html: str) -> Draft | None:
    """The draft of a chapter; None if it has no text, or consists mostly of links."""
    root = parse_html(html)
    body = None if root is None else root.find("body")
    if body is None:
        return None
    empty_hidden(body)
    # calibre adds bars of links between articles, and the address of each article in its last bar.
    bars = body.xpath(".//*[starts-with(@class, 'calibre_navbar')]")
    addresses = [line for bar in bars for line in words_of(bar).split() if "://" in line]
    empty([*body.iter("nav"), *bars])
    linked = sum(len("".join(link.itertext())) for link in body.iter("a") if link.get("href"))
    headings = [element for element in body.iter("h1", "h2", "h3") if words_of(element)][:1]
    title = next(map(words_of, headings), None)
    empty(headings)
    text = text_of_tree(body)
    if not any(map(str.isalpha, text)) or linked * 2 > len(text):
        return None
    return Draft(
        text=text,
        title=title or clean_line(root.findtext("head/title") or ""),
        url=addresses[-1] if addresses else None,
    )


def _place_of_package(archive: ZipFile) -> str:
    container = _xml(archive, _CONTAINER)
    place = words_at(container, ".//rootfile/@full-path")
    if not place:
        raise NotReadable("is not an EPUB: its container names no package")
    return place


def _xml(archive: ZipFile, name: str) -> Any:
    data = _read(archive, name)
    if not data.strip():
        raise NotReadable(f"is not an EPUB: it has no {clean_line(name)[:80]}")
    return parse_xml(xml_text(data))


def _read(archive: ZipFile, name: str) -> bytes:
    """A file in the book; no bytes if there is no such file."""
    data = member_bytes(archive, name)
    if len(data) > LONGEST_TEXT:
        raise NotReadable(f"has a chapter of more than {LONGEST_TEXT // 1_000_000} MB")
    return data


def _date(package: Any) -> Published | None:
    """The day on which the book was published, not the day on which its file was changed."""
    dates = package.findall("metadata/date")
    dates.sort(key=lambda date: "publication" not in "".join(date.attrib.values()))
    changed = {"modification", "creation", "ops-publication-modification"}
    published = (date for date in dates if changed.isdisjoint(date.attrib.values()))
    return first_date(date.text for date in published)


def _lines_of(package: Any, name: str) -> list[str]:
    return [*filter(None, map(words_of, package.iterfind(f"metadata/{name}")))]
