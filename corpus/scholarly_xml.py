"""Texts as libraries and journals encode them: newspapers in TEI, and articles in JATS.

The names are from https://tei-c.org/guidelines/p5/ and https://jats.nlm.nih.gov/publishing/ (1.3).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.dates import parse_date
from corpus.drafts import Draft, first_date
from corpus.hidden import empty
from corpus.markup import text_of_tree, words_at, words_of

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
        facts = _facts_of_source(text.find("teiHeader/fileDesc/sourceDesc"))
        facts["language"] = words_at(
            text, "@xml:lang", "teiHeader/profileDesc/langUsage/language/@ident",
            "teiHeader/@xml:lang",
        )  # fmt: skip
        bodies = [body for body in text.iter("text") if body.find("group") is None]
        articles = [division for body in bodies for division in _articles(body)]
        alone = len(bodies) == 1 and not articles
        title = words_at(text, "teiHeader/fileDesc/titleStmt/title") if alone else None
        author = words_at(text, "teiHeader/fileDesc/titleStmt/author") if alone else None
        for element in articles or [body.find("body") for body in bodies]:
            if element is not None:
                yield _draft_of_tei(element, facts, title, author)


def draft_of_jats(root: Any) -> Draft:
    """The article in a file; the abstract is no part of its text."""
    meta = "front/article-meta"
    found = [_date_of_jats(date) for date in root.iterfind(f"{meta}/pub-date")]
    # One of them may be a year only.
    dates = sorted(filter(None, found), key=len, reverse=True)
    names = [
        " ".join(map(words_of, (name.find("given-names"), name.find("surname")))).strip()
        for name in root.iterfind("front/article-meta/contrib-group/contrib/name")
    ]
    body = root.find("body")
    return Draft(
        text="" if body is None else _text(body, _NO_TEXT_OF_JATS, _HTML_OF_JATS),
        title=words_at(root, f"{meta}/title-group/article-title"),
        id=words_at(root, f"{meta}/article-id[@pub-id-type='doi']", f"{meta}/article-id"),
        dates=[first_date(dates)],
        url=words_at(root, f"{meta}/self-uri/@*[local-name() = 'href']"),
        source=words_at(root, "front/journal-meta//journal-title"),
        author=", ".join(filter(None, names)) or None,
        language=words_at(root, "@xml:lang"),
        section=words_at(
            root, f"{meta}/article-categories/subj-group[@subj-group-type='heading']/subject"
        ),
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
    section = element.getparent()
    is_in_section = section is not None and section.tag in _DIVISIONS
    own = _date_of_tei(element.find("dateline"))
    printed, by = words_of(element.find("head")), words_at(element, "byline")
    place = words_at(element, "dateline/placeName", "dateline/name")
    empty(element.xpath("head[1]"))
    return Draft(
        text=_text(element, _NO_TEXT_OF_TEI, _HTML_OF_TEI),
        title=printed or title,
        dates=[parse_date(date, "metadata") for date in (facts["date"], own) if date],
        source=facts["source"],
        author=by or author,
        language=words_at(element, "@xml:lang") or facts["language"],
        place=place,
        section=words_at(section, "head") if is_in_section else None,
        dated_by_name=True,
    )


def _facts_of_source(source: Any) -> dict[str, Any]:
    """The paper and the day of the printed source that a TEI file was made from."""
    titles = [] if source is None else list(source.iter("title"))
    levels = {"j": 0, "s": 1, "m": 2}
    titles.sort(key=lambda title: levels.get(title.get("level") or "", 3))
    return {"source": next(map(words_of, titles), None), "date": _date_of_tei(source)}


def _date_of_tei(parent: Any) -> str | None:
    dates = [] if parent is None else parent.iter("date", "docDate")
    return next((value for date in dates if (value := date.get("when") or words_of(date))), None)


def _date_of_jats(date: Any) -> str | None:
    """A date as ``2021-03-05``, or as exact as it is."""
    parts = [words_at(date, name) for name in ("year", "month", "day")]
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
