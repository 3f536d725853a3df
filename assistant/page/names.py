"""The pages of entities, which the articles name: /names lists them, /name is about one."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import FastAPI, Query
from markupsafe import Markup
from starlette.responses import HTMLResponse

from assistant.page.inputs import page_number, typed
from assistant.rendering import Piece, fill, pieces
from assistant.spoken import shortened
from assistant.wording import gettext, message
from corpus import Article, sentences
from index import Archive
from index.naming import Naming
from index.tagging import KINDS, Kind

HEADINGS: dict[Kind, str] = {
    "person": message("People"),
    "place": message("Places"),
    "organisation": message("Organisations"),
}
"""The heading of a list of entities, by their kind."""

_LISTED = 50
_ARTICLES = 20
_QUOTES = 3
_BESIDE = 10
_MOST_PERIODS = 24
_LONGEST_NAME = 200

Page = Callable[[str, Markup, str, int], HTMLResponse]
"""Makes a whole page from the part that it belongs to, its content, its title and the status."""


class Quotes(NamedTuple):
    """An article with some of its sentences that name an entity, in pieces, and how many more."""

    article: Article
    sentences: Sequence[Sequence[Piece]]
    others: int


class Pages(NamedTuple):
    """The number of a page of a list, that of the last page, and the queries of its neighbours."""

    number: int
    last: int
    before: str
    after: str

    @classmethod
    def of(cls, number: int, last: int, query: Callable[[int], str]) -> "Pages":
        """``query`` returns the query of a page by its number."""
        before = query(number - 1) if number > 1 else ""
        return cls(number, last, before, query(number + 1) if number < last else "")


def serve_names(app: FastAPI, archive: Archive, page: Page) -> None:
    """Serve /names and /name."""

    @app.get("/names")
    def names(
        kind: str = "", q: str = "", number: Annotated[str, Query(alias="page")] = ""
    ) -> HTMLResponse:
        inside = names_page(archive, _kind(kind), _line(q), page_number(number))
        return page("archive", inside, gettext("Names"), 200)

    @app.get("/name")
    def name(
        kind: str = "", name: str = "", number: Annotated[str, Query(alias="page")] = ""
    ) -> HTMLResponse:
        inside = name_page(archive, _kind(kind), _line(name), page_number(number))
        if inside is None:
            gone = gettext("No article in the archive has this name.")
            inside = fill("gone.html", problem=gone, onward="names")
            return page("archive", inside, gettext("No such name"), 404)
        return page("archive", inside, _line(name), 200)


def names_page(archive: Archive, kind: Kind, words: str, number: int) -> Markup:
    """The entities of a kind with these words in their names, the most named first."""
    total, entities = archive.names.of_kind(kind, words, _LISTED * (number - 1), _LISTED)
    return fill(
        "names.html",
        headings=HEADINGS,
        kind=kind,
        words=words,
        total=total,
        entities=entities,
        known=archive.names.are_known(),
        pages=Pages.of(
            number,
            -(-total // _LISTED),
            lambda page: urlencode({"kind": kind, "q": words, "page": page}),
        ),
    )


def name_page(archive: Archive, kind: Kind, name: str, number: int) -> Markup | None:
    """One entity: when it is named, in which sentences, and which others beside it; or None."""
    entity = archive.names.entity(kind, name)
    if entity is None:
        return None
    months = archive.hits(most=0, naming=[(kind, name)]).months
    naming = archive.names.naming(kind, name, _ARTICLES * (number - 1), _ARTICLES)
    return fill(
        "name.html",
        headings=HEADINGS,
        entity=entity,
        # By year if there are too many months to show.
        periods=months if len(months) <= _MOST_PERIODS else by_year(months),
        articles=[_quotes(article) for article in naming],
        beside=archive.names.beside(kind, name, _BESIDE),
        spellings=archive.names.spellings(kind, name),
        pages=Pages.of(
            number,
            -(-entity.articles // _ARTICLES),
            lambda page: urlencode({"kind": kind, "name": entity.name, "page": page}),
        ),
    )


def by_year(months: Mapping[str, int]) -> dict[str, int]:
    """The numbers of articles by year, from those by month."""
    years: Counter[str] = Counter()
    for month, articles in months.items():
        years[month[:4]] += articles
    return dict(years)


def _quotes(naming: Naming) -> Quotes:
    article, spans = naming
    quoting = [
        (start, end)
        for start, end in sentences(article.text, article.language)
        if any(start <= first < end for first, _ in spans)
    ]
    quotes = [pieces(article.text, start, end, spans) for start, end in quoting[:_QUOTES]]
    return Quotes(article, quotes, len(quoting) - len(quotes))


def _kind(text: str) -> Kind:
    return next((kind for kind in KINDS if kind == text), "person")


def _line(text: str) -> str:
    return shortened(typed(text), _LONGEST_NAME)
