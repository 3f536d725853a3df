"""The pages beside the chat: search, the archive and one article.

The address of a page says all that it shows, so reload, Back and a bookmark show the same again.
No page needs a script for its content.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from fastapi import FastAPI, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse

from assistant.page.inputs import SearchRequest, typed_spans
from assistant.page.names import HEADINGS, Pages, by_year, serve_names
from assistant.page.overview import archive_page, framed
from assistant.page.reader import reader
from assistant.page.site import Site
from assistant.page.timeline import snippet
from assistant.rendering import Piece, fill, headline, pieces
from assistant.wording import gettext, message
from corpus import Article
from corpus.encoding import caseless, without_halves
from index import Archive, Filters
from index.finding import Hits
from index.words import found_in

AT_ONCE = 20
"""How many articles a page of a search lists."""

_ALIKE = 6
# How many characters at the beginning of an article say what it is about.
_LEAD = 600
_MOST_FACETS = 12
_MOST_NAMED = 8


class Facet(NamedTuple):
    """A value by which a search can be limited: how many articles have it, and the query with it.

    If it is ``chosen`` already, the query is the one without it.
    """

    name: str
    articles: int
    query: str
    chosen: bool = False


class Hit(NamedTuple):
    """An article that a search found, with the query words marked in its headline and in the
    stretch of its text that has most of them."""

    article: Article
    title: Sequence[Piece]
    stretch: Sequence[Piece]


def serve_browsing(app: FastAPI, archive: Archive, site: Site) -> None:
    """Serve /search, /archive and /read, and /article, which is shown beside an answer."""

    def page(
        here: str, inside: Markup, title: str, status: int = 200, query: str = ""
    ) -> HTMLResponse:
        return HTMLResponse(framed(inside, title, here, archive.overview(), site, query), status)

    @app.get("/search")
    def search_articles(request: Request) -> HTMLResponse:
        search = SearchRequest.read(request.query_params)
        inside = search_page(archive, search, site.may_keep)
        if not archive.overview().articles:
            inside += archive_page(archive, "", site.may_add)
        # Another archive has other sources, languages and names, so the link to it has none.
        elsewhere = SearchRequest(search.q, search.after, search.before, order=search.order).query()
        return page("search", inside, search.q or gettext("Articles"), query=elsewhere)

    serve_names(app, archive, page)

    @app.get("/archive")
    def overview(year: str = "") -> HTMLResponse:
        return page("archive", archive_page(archive, year, site.may_add), gettext("Archive"))

    @app.get("/read")
    def read(id: str = "") -> HTMLResponse:
        article = archive.article(without_halves(id))
        if article is None:
            gone = gettext("The archive does not have this article.")
            inside = fill("gone.html", problem=gone, onward="search")
            return page("archive", inside, gettext("No article"), 404)
        return page("archive", article_page(archive, article, site.may_keep), headline(article))

    @app.get("/article")
    def beside(id: str, quotes: str = "", version: int = 0) -> HTMLResponse:
        newest = archive.article(id)
        if newest is None:
            gone = gettext("The archive no longer has this article.")
            return HTMLResponse(fill("gone.html", problem=gone), 404)
        copies = archive.copies(id)
        text = article_text(archive, newest, copies, version, typed_spans(quotes), has_page=True)
        return HTMLResponse(text)


# --- Search --------------------------------------------------------------------------------------


def search_page(archive: Archive, search: SearchRequest, may_keep: bool) -> Markup:
    """The articles that match a query and its limits, with further limits to choose."""
    problem = ""
    try:
        filters = search.filters
    except ValueError as error:
        problem, filters = str(error), Filters()
    limited = bool(filters or search.naming)
    first = AT_ONCE * (search.page - 1)
    hits = archive.hits(search.q, filters, search.sorted_by, first, AT_ONCE, None, search.naming)
    only_near = hits.how == "meaning" and bool(hits.passages)
    if only_near and (search.order or first):
        # Every article is near to some degree, so only the nearest are listed, nearest first.
        search, first = replace(search, order="", page=1), 0
        hits = archive.hits(
            search.q, filters, search.sorted_by, first, AT_ONCE, None, search.naming
        )
    return fill(
        "search.html",
        asked=search,
        problem=problem,
        hits=hits,
        shown=shown_hits(hits),
        first=first + 1,
        only_near=only_near,
        pages=Pages.of(
            search.page,
            1 if only_near else -(-hits.total // AT_ONCE),
            lambda page: search.query(page=page),
        ),
        facets=_facets(search, hits) | _entity_facets(archive, search, hits, limited),
        limited=limited,
        may_keep=may_keep,
        to_ask=SearchRequest(
            "", search.after, search.before, search.source, search.language
        ).query(),
        about=search.naming,
        unlimited=SearchRequest(search.q, order=search.order).query(),
    )


def shown_hits(hits: Hits) -> list[Hit]:
    """The found articles, each with the stretch that has most of the query's words."""
    results = []
    for passage in hits.passages:
        article, title = passage.article, headline(passage.article)
        beginning = replace(passage, end=min(passage.end, _LEAD))
        start, end = snippet(hits.forms, passage if hits.forms else beginning)
        spans = [(start + a, start + b) for a, b in found_in(article.text[start:end], hits.forms)]
        in_title = pieces(title, 0, len(title), found_in(title, hits.forms))
        results.append(Hit(article, in_title, pieces(article.text, start, end, spans)))
    return results


def _facets(search: SearchRequest, hits: Hits) -> dict[str, list[Facet]]:
    """The sources, languages and months by which the found articles can be limited further."""
    periods = by_year(hits.months)
    if len(periods) == 1:
        months = {month: count for month, count in hits.months.items() if "-" in month}
        periods = months | periods
    when = [
        Facet(
            period,
            count,
            search.query(after="" if is_in else period, before="" if is_in else period),
            is_in,
        )
        for period, count in reversed(periods.items())
        for is_in in [search.after == search.before == period]
    ]
    return {
        message("When"): when[:60],
        message("Sources"): _by("source", hits.sources, search),
        message("Languages"): _by("language", hits.languages, search)
        if len(hits.languages) > 1 or search.language
        else [],
    }


def _entity_facets(
    archive: Archive, search: SearchRequest, hits: Hits, limited: bool
) -> dict[str, list[Facet]]:
    """The people, places and organisations by which the found articles can be limited further."""
    if hits.how == "meaning":
        return {}
    # The entities of the whole archive are counted already.
    is_all = hits.how == "everything" and not limited
    by_kind = archive.names.most(None if is_all else hits.numbers, _MOST_NAMED)
    return {
        HEADINGS[kind]: _by(kind, {entity.name: entity.articles for entity in entities}, search)
        for kind, entities in by_kind.items()
    }


def _by(field: str, counts: Mapping[str, int], search: SearchRequest) -> list[Facet]:
    """The values by which a field can be limited, beginning with those that are chosen."""
    chosen: tuple[str, ...] = getattr(search, field)
    folded = {*map(caseless, chosen)}
    counted = {*map(caseless, counts)}
    # A chosen value can be removed even if no article is left.
    none = {name: 0 for name in chosen if caseless(name) not in counted}
    facets = [
        Facet(
            name,
            count,
            search.query(**{field: _without(chosen, name) if is_in else (*chosen, name)}),
            is_in,
        )
        for name, count in {**none, **counts}.items()
        for is_in in [caseless(name) in folded]
    ]
    return sorted(facets, key=lambda facet: not facet.chosen)[:_MOST_FACETS]


def _without(names: Iterable[str], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if caseless(other) != caseless(name))


# --- An article ----------------------------------------------------------------------------------


def article_text(
    archive: Archive,
    newest: Article,
    copies: Sequence[Article],
    version: int = 0,
    spans: Sequence[tuple[int, int]] = (),
    has_page: bool = False,
) -> Markup:
    """The text of an article, in the quoted ``version`` if the article had it.

    The ``spans`` are marked only in their own version; version 0 is the newest.
    """
    versions, came_from = archive.versions(newest.id), archive.came_from(newest)
    earlier = [older for older in versions if older.replaced]
    quoted = [older.article for older in earlier if older.article.version == version]
    if quoted and version != newest.version:
        others = [older for older in versions if older.article.version != version]
        return reader(quoted[0], spans, copies, others, came_from, has_page)
    in_newest = spans if version in {0, newest.version} else ()
    return reader(newest, in_newest, copies, earlier, came_from, has_page)


def article_page(archive: Archive, article: Article, may_keep: bool) -> Markup:
    """An article on its own page, with its versions, its copies and articles like it."""
    copies = archive.copies(article.id)
    same = {article.id, *(copy.id for copy in copies)}
    alike: dict[str, Article] = {}
    for passage in archive.search(f"{article.title} {article.text[:_LEAD]}", 4 * _ALIKE):
        if passage.article.id not in same:
            alike.setdefault(passage.article.id, passage.article)
    return fill(
        "read.html",
        article=article,
        text=article_text(archive, article, copies),
        copies=copies,
        alike=list(alike.values())[:_ALIKE],
        named=archive.names.named_in(article.id),
        headings=HEADINGS,
        may_keep=may_keep,
    )
