"""HTML from templates, in which Jinja escapes whatever an article or a question contains.

The templates are in ``page/templates``. Nothing else in the program writes markup: an article's
text is a value in a template, and a web address has to pass ``safe_address`` first.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant import exports, spoken
from assistant.answer import Answer, Citation, Statement
from assistant.wording import document, gettext, message, ngettext
from corpus import Article

NEAREST = 3
"""How many articles are offered if the archive does not say."""

DIFFER, ALSO, OLDER = message("Sources differ"), message("Also in the archive"), message("Older")
"""The headings of the statements below the one that answers."""

NOT_EVIDENCE = message(
    "These articles are the nearest in the archive. They do not answer the question."
)

_HEADLINE = 300
_QUOTE = 4_000
_LONG_BEFORE = timedelta(90)
# Quotes of one article with no more characters than this between them are shown as one passage.
_BETWEEN = 280
_LONGEST_QUERY = 4_000
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

Piece = tuple[str, bool]
"""A part of a text, and whether it is highlighted."""


def fill(template: str, **values: Any) -> Markup:
    """A template filled with values; all values but ``Markup`` are escaped."""
    html = TEMPLATES.get_template(template).render(values)
    return Markup(html)  # noqa: S704 - the template has escaped it


# --- What stands in an article -------------------------------------------------------------------


def pieces(text: str, start: int, end: int, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """``text[start:end]`` in pieces: highlighted within the spans, plain between them."""
    parts: list[Piece] = []
    at = start
    for span in sorted(spans):
        begin, stop = max(at, span[0]), min(end, span[1])
        if begin < stop:
            parts += [(text[at:begin], False), (text[begin:stop], True)]
            at = stop
    return [(piece, marked) for piece, marked in [*parts, (text[at:end], False)] if piece]


def quoted(citation: Citation) -> Iterator[tuple[str, list[Piece]]]:
    """The quote in pieces, with the words that were asked for highlighted.

    A relative date is a piece of its own, with the days that it stands for; other pieces have "".
    The page shows the days beside the words, so that the quote stays verbatim.
    """
    text = citation.article.text
    if citation.end - citation.start > _QUOTE:
        yield "", [(spoken.shortened(citation.quote, _QUOTE), False)]
        return
    at = citation.start
    for dated in sorted(citation.dated, key=lambda words: words.start):
        if at <= dated.start < dated.end <= citation.end:
            yield "", pieces(text, at, dated.start, citation.marks)
            days = spoken.spoken_period(dated.first, dated.last)
            yield days, pieces(text, dated.start, dated.end, citation.marks)
            at = dated.end
    yield "", pieces(text, at, citation.end, citation.marks)


def bolded(statement: Statement) -> list[Piece]:
    """The words of a statement in pieces, with the words that were asked for highlighted."""
    citation = statement.citations[0]
    end = min(citation.end, citation.start + _QUOTE)
    return pieces(citation.article.text, citation.start, end, citation.marks)


def attributes(article: Article) -> dict[str, str]:
    """The HTML attributes for an article's words: its language, and the direction of writing."""
    language = article.language or ""
    is_rtl = language.casefold().partition("-")[0] in _RIGHT_TO_LEFT
    return {"dir": "rtl" if is_rtl else "auto", "lang": language}


def headline(article: Article) -> str:
    """The headline, shortened so that no article fills the page."""
    return spoken.shortened(article.title.strip(), _HEADLINE) or gettext("Without a headline")


def reading(article: Article, spans: Iterable[tuple[int, int]] = ()) -> str:
    """The query of the page's ``/article`` that shows an article with its spans marked.

    Empty if it would be too long for an address.
    """
    quotes = ",".join(f"{start}-{end}" for start, end in spans)
    # Half of a surrogate pair cannot be part of an address, and no archive holds one.
    parameters = {"id": article.id, "version": article.version, "quotes": quotes}
    query = urlencode(parameters, errors="replace")
    return query if len(query) <= _LONGEST_QUERY else ""


# --- An answer -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quotation:
    """Quotes that follow closely on each other, with the sentence before and the one after them.

    Each of ``quotes`` comes with the text between it and the one before.
    """

    before: str
    quotes: tuple[tuple[str, Citation], ...]
    after: str


@dataclass(frozen=True, slots=True)
class Card:
    """The quotes from one article, and the other articles that carry the same text."""

    article: Article
    quotations: tuple[Quotation, ...]
    spans: tuple[tuple[int, int], ...]
    copies: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Statements of an answer under one heading, each with its number; the first has no heading."""

    heading: str
    statements: tuple[tuple[int, Statement], ...]


def grouped(answer: Answer, shown: int | None = None) -> list[Group]:
    """The first statements of an answer, grouped by how they relate to the question.

    The first one answers; others differ from it, are much older, or are related. If the question
    asks what the archive holds, or for the sides of something, all of them answer.
    """
    numbered = list(enumerate(answer.statements[:shown], 1))
    if answer.reason or any(statement.side for _, statement in numbered):
        return [Group("", tuple(numbered))]
    values = [value for difference in answer.differences for value in difference.values]
    differing = {marker for _, markers in values for marker in markers}
    groups: dict[str, list[tuple[int, Statement]]] = {
        "": numbered[:1],
        DIFFER: [],
        ALSO: [],
        OLDER: [],
    }
    for number, statement in numbered[1:]:
        if differing.intersection(citation.marker for citation in statement.citations):
            heading = DIFFER
        else:
            heading = OLDER if _is_older(statement, answer.statements[0]) else ALSO
        groups[heading].append((number, statement))
    has_differences = bool(values) and shown is None
    return [
        Group(heading, tuple(under))
        for heading, under in groups.items()
        if under or (heading == DIFFER and has_differences)
    ]


def _is_older(statement: Statement, first: Statement) -> bool:
    one, other = statement.citations[0].article.published, first.citations[0].article.published
    return bool(one and other and other.day - one.last_day > _LONG_BEFORE)


def statements(answer: Answer, key: str, shown: int | None = None) -> Markup:
    """The first statements of an answer, each with markers that link to its quotes.

    ``key`` identifies an answer among those on one page: it is part of the targets of its links.
    """
    return fill(
        "statements.html",
        answer=answer,
        key=key,
        groups=grouped(answer, shown),
        differences=answer.differences if shown is None else (),
        cited={citation.marker: citation.article for citation in answer.citations},
    )


def remarks(answer: Answer, filled_in: bool = True) -> Markup:
    """What a reader has to know about how an answer was made.

    ``filled_in`` is off if the page says elsewhere how the question was completed.
    """
    return fill("remarks.html", answer=answer, filled_in=filled_in)


def cards(
    answer: Answer, key: str, shown: int | None = None, opens: bool = False, pins: bool = False
) -> Markup:
    """A card for each article that the first statements cite, in the order of the citations.

    With ``opens`` each has a button that opens the article in the page's reader; with ``pins`` it
    has a link that pins its quotes to a dossier.
    """
    cited: dict[str, dict[int, Citation]] = {}
    proved: dict[int, int] = {}
    for number, statement in enumerate(answer.statements[:shown], 1):
        for citation in statement.citations:
            cited.setdefault(citation.article.id, {})[citation.marker] = citation
            proved.setdefault(citation.marker, number)
    article_cards = [_card(list(citations.values())) for citations in cited.values()]
    return fill("cards.html", cards=article_cards, key=key, opens=opens, pins=pins, proved=proved)


def nearest(answer: Answer, opens: bool = False, pins: bool = False) -> Markup:
    """A card for each of the nearest articles, with its best passage and nothing marked."""
    return fill("nearest.html", passages=answer.nearest[:NEAREST], opens=opens, pins=pins)


def as_notebook(answer: Answer) -> Markup:
    """The whole answer by itself, as a notebook shows it."""
    key = f"{crc32(answer.question.encode(errors='replace')):x}"
    return fill(
        "notebook.html",
        answer=answer,
        remarks=remarks(answer),
        statements=statements(answer, key),
        proof=cards(answer, key) if answer.statements else nearest(answer),
    )


def _card(citations: Sequence[Citation]) -> Card:
    article = citations[0].article
    groups: list[list[Citation]] = []
    for citation in sorted(citations, key=lambda cited: (cited.start, cited.marker)):
        gap = citation.start - groups[-1][-1].end if groups else -1
        if 0 <= gap <= _BETWEEN:
            groups[-1].append(citation)
        else:
            groups.append([citation])
    copies = {copy.id: copy for citation in citations for copy in citation.copies}
    spans = tuple((citation.start, citation.end) for citation in citations)
    return Card(article, tuple(map(_quotation, groups)), spans, tuple(copies.values()))


def _quotation(citations: Sequence[Citation]) -> Quotation:
    article = citations[0].article
    before, after = spoken.surroundings(article, citations[0].start, citations[-1].end)
    gaps = ["", *(article.text[one.end : other.start] for one, other in pairwise(citations))]
    return Quotation(before, tuple(zip(gaps, citations, strict=True)), after)


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "page" / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
)
TEMPLATES.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
TEMPLATES.globals |= {"document": document, "weekdays": spoken.short_weekdays}
TEMPLATES.filters |= {
    "address": spoken.safe_address,
    "attributes": attributes,
    "between": lambda article, span: article.text[slice(*span)],
    "bolded": bolded,
    "carriers": exports.carriers,
    "counted": spoken.counted,
    "credit": exports.credit,
    "cut": spoken.shortened,
    "date": spoken.spoken_date,
    "day": spoken.spoken_day,
    "headline": headline,
    "language": spoken.spoken_language,
    "limits": exports.limits,
    "month": spoken.spoken_month,
    "number": spoken.spoken_number,
    "period": spoken.spoken_period,
    "quoted": quoted,
    "reading": reading,
    "short_month": spoken.short_month,
    "time": spoken.spoken_time,
    "translated": gettext,
    "web_address": exports.web_address,
    "zip": zip,
}
