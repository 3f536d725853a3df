"""Texts as libraries and journals encode them: newspapers in TEI, and articles in JATS.

The names are from https://tei-c.org/guidelines/p5/ and https://jats.nlm.nih.gov/publishing/ (1.3).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.dates import parse_date
from corpus.drafts import Draft, first_date
from corpus.encoding import one_line
from corpus.hidden import empty
from corpus.markup import text_of_tree

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ARTICLES = frozenset("article artikel item news newsarticle newsitem story".split())
_DIVISIONS = ("div", "div1", "div2", "div3", "div4")

_NO_TEXT_OF_TEI = (
    "byline", "dateline", "docDate", "figure", "fw", "note", "orig", "sic", "abbr", "del",
)  # fmt: skip
_BREAKS_OF_TEI = ("lb", "pb", "cb", "gb", "milestone")
_HTML_OF_TEI = {"head": "h2", "title": "span", "l": "p", "lg": "div", "floatingText": "div",
                "quote": "span"}  # fmt: skip

_NO_TEXT_OF_JATS = (
    "boxed-text", "disp-formula", "fig", "fig-group", "fn", "media", "supplementary-material",
    "table-wrap", "xref",
)  # fmt: skip
_HTML_OF_JATS = {"title": "h2", "list-item": "li", "disp-quote": "blockquote", "sec": "section"}


def drafts_of_tei(root: Any) -> Iterator[Draft]:
    """The articles in each TEI text; one without articles is an article itself.

    The day is that of the printed source: the file's own publication is that of the edition.
    """
    for text in root.iter("TEI", "TEI.2"):
        header = text.find("teiHeader")
        source = None if header is None else header.find("fileDesc/sourceDesc")
        facts = _facts_of_source(source)
        facts["language"] = _language(text) or (header is not None and _language(header)) or None
        bodies = [body for body in text.iter("text") if body.find("group") is None]
        articles = [division for body in bodies for division in _articles(body)]
        alone = len(bodies) == 1 and not articles
        title = _line(header, "fileDesc/titleStmt/title") if alone else None
        author = _line(header, "fileDesc/titleStmt/author") if alone else None
        for element in articles or [body.find("body") for body in bodies]:
            if element is not None:
                yield _draft_of_tei(element, facts, title, author)


def draft_of_jats(root: Any) -> Draft:
    """The article in a file; the abstract is no part of its text."""
    meta = root.find("front/article-meta")
    found = [_date_of_jats(date) for date in root.iterfind("front/article-meta/pub-date")]
    # One of them may be a year only.
    dates = sorted(filter(None, found), key=len, reverse=True)
    names = [
        " ".join(filter(None, (_line(name, "given-names"), _line(name, "surname"))))
        for name in root.iterfind("front/article-meta/contrib-group/contrib/name")
    ]
    uri = root.find("front/article-meta/self-uri")
    links = [] if uri is None else [value for name, value in uri.attrib.items() if "href" in name]
    body = root.find("body")
    return Draft(
        text="" if body is None else _text(body, _NO_TEXT_OF_JATS, _HTML_OF_JATS),
        title=_line(meta, "title-group/article-title"),
        id=_line(meta, "article-id[@pub-id-type='doi']") or _line(meta, "article-id"),
        dates=[first_date(dates)],
        url=next(iter(links), None),
        source=_line(root, "front/journal-meta//journal-title"),
        author=", ".join(filter(None, names)) or None,
        language=_language(root),
        section=_line(meta, "article-categories/subj-group[@subj-group-type='heading']/subject"),
        empty="has no text but an abstract, or none at all",
    )


def _articles(body: Any) -> Iterator[Any]:
    """The divisions that are articles, and lie in no other article."""
    inside: set[Any] = set()
    for division in body.iter(*_DIVISIONS):
        if (division.get("type") or "").lower() in _ARTICLES and division not in inside:
            inside.update(division.iter(*_DIVISIONS))
            yield division


def _draft_of_tei(
    element: Any, facts: Mapping[str, Any], title: str | None, author: str | None
) -> Draft:
    head, byline, dateline = (element.find(name) for name in ("head", "byline", "dateline"))
    section = element.getparent()
    is_in_section = section is not None and section.tag in _DIVISIONS
    heading = _line(section, "head") if is_in_section else None
    own = _date_of_tei(dateline)
    place = _line(dateline, "placeName") or _line(dateline, "name")
    printed, by = _words(head), _words(byline)
    if head is not None:
        empty([head])
    return Draft(
        text=_text(element, _NO_TEXT_OF_TEI, _HTML_OF_TEI),
        title=printed or title,
        dates=[parse_date(date, "metadata") for date in (facts["date"], own) if date],
        source=facts["source"],
        author=by or author,
        language=_language(element) or facts["language"],
        place=place,
        section=heading,
        dated_by_name=True,
    )


def _facts_of_source(source: Any) -> dict[str, Any]:
    """The paper and the day of the printed source that a TEI file was made from."""
    titles = [] if source is None else list(source.iter("title"))
    levels = {"j": 0, "s": 1, "m": 2}
    titles.sort(key=lambda title: levels.get(title.get("level") or "", 3))
    return {"source": next(map(_words, titles), None), "date": _date_of_tei(source)}


def _date_of_tei(parent: Any) -> str | None:
    dates = [] if parent is None else parent.iter("date", "docDate")
    return next((value for date in dates if (value := date.get("when") or _words(date))), None)


def _date_of_jats(date: Any) -> str | None:
    """A date as ``2021-03-05``, or as exact as it is."""
    parts = [_line(date, name) for name in ("year", "month", "day")]
    known = parts[: parts.index(None)] if None in parts else parts
    return date.get("iso-8601-date") or "-".join(f"{part:0>2}" for part in known if part) or None


def _text(element: Any, dropped: tuple[str, ...], names: Mapping[str, str]) -> str:
    """The text of an element, with the names of HTML for headings, lists and verse."""
    empty(element.iter(*dropped))
    for line in list(element.iter(*_BREAKS_OF_TEI)):
        # A page or a line of the paper ends here, perhaps within a word.
        line.tail = (line.tail or "") if line.get("break") == "no" else f" {line.tail or ''}"
        line.tag = "span"
    for inner in element.iter(*names):
        inner.tag = names[inner.tag]
    return text_of_tree(element)


def _language(element: Any) -> str | None:
    used = element.find("profileDesc/langUsage/language") if element.tag == "teiHeader" else None
    return str(element.get(_LANGUAGE) or "" if used is None else used.get("ident") or "") or None


def _line(parent: Any, path: str) -> str | None:
    return None if parent is None else _words(parent.find(path))


def _words(element: Any) -> str | None:
    return None if element is None else one_line("".join(element.itertext())) or None
