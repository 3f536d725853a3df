"""The page of saved searches, and any search as a feed.

A program that reads feeds asks for /feed and remembers itself what it has seen; on the page the
archive does. Questions are asked one after the other, whoever asks for them: the page is there
before they are, and static/saved.js then asks for one by one.
"""

import re
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from secrets import token_hex
from typing import Annotated, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from fastapi import FastAPI, Form, Request
from markupsafe import Markup
from starlette.datastructures import Headers, QueryParams
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles

from assistant import Answer, Assistant, saved_searches
from assistant.exports import limits
from assistant.page.browsing import Hit, shown_hits
from assistant.page.inputs import SearchRequest
from assistant.page.overview import framed
from assistant.page.site import Site
from assistant.periods import current_day
from assistant.question import Question
from assistant.rendering import cards, fill, headline, statements
from assistant.saved_searches import News, NotSaved
from assistant.spoken import shortened
from assistant.wording import chosen, gettext
from corpus import Article
from index import Archive, ArchiveError, Filters, Seen
from index.passage import credit

IN_FEED = 30
"""How many entries a feed has at most, the newest."""

_LONGEST_SUMMARY = 1_000

_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"
# As the archive writes it; of an empty archive nothing is stored.
_SEEN = re.compile(rf"({_INSTANT}|) ({_INSTANT})", re.ASCII)
# What XML cannot hold.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ShownSearch(NamedTuple):
    """A saved search and its news as they are shown: articles, or, if it ``asks``, an answer.

    ``key`` tells it from others on the page. ``address`` is the query of the addresses where it is
    searched for, or asked.
    """

    news: News
    key: str
    asks: bool
    address: str
    hits: Sequence[Hit]
    answer: Markup | None


class _InTurn:
    """An assistant that is asked one question after the other; what it said is known for a while.

    Asked again on the same day, while the archive is as it was, it says the same.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.archive = assistant.archive
        self._assistant = assistant
        self._lock = threading.Lock()
        self._known: dict[tuple[str, Filters | None, str, date, str], Answer] = {}

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        asked = question, filters, self.archive.state(), current_day(), chosen()
        with self._lock:
            if asked not in self._known:
                answer = self._assistant.ask(question, filters)
                while len(self._known) >= saved_searches.MOST_SAVED:
                    del self._known[next(iter(self._known))]
                self._known[asked] = answer
            return self._known[asked]


class _Freshness:
    """The HTTP headers that tell a feed reader whether a feed has changed since it asked last.

    They are known before the feed is made, so that one which is as it was is not made again.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        # Another version, or another reader, may say something else of the same archive.
        self._program = token_hex(8)
        self._known = "", datetime.now(UTC)

    def headers(self, asked: SearchRequest) -> tuple[dict[str, str], datetime]:
        """The headers of a feed, and since when the archive has been as it is, in whole seconds.

        That is the time at which this state was first seen here; a newer state has a later time.
        """
        state = f"{self._program} {self._archive.state()} {current_day()}"
        known, since = self._known
        if state != known:
            now = datetime.now(UTC).replace(microsecond=0)
            since = max(now, since.replace(microsecond=0) + timedelta(seconds=1)) if known else now
            self._known = state, since
        tag = sha256(f"{state} {chosen()} {asked.query()}".encode()).hexdigest()[:32]
        return {
            "ETag": f'"{tag}"',
            "Last-Modified": format_datetime(since, usegmt=True),
            # A browser would guess from these for how long it need not ask again.
            "Cache-Control": "no-cache",
        }, since


class Entry(NamedTuple):
    """An entry of a feed; ``updated`` is when the archive got what it tells of."""

    id: str
    article: Article
    title: str
    summary: str
    updated: datetime


def serve_saved(app: FastAPI, assistant: Assistant, site: Site) -> None:
    """Serve /feed, and, for those who may keep searches, /saved and the forms that lead there."""
    asking = _InTurn(assistant)
    _serve_feed(app, asking, site)
    if site.may_keep:
        _serve_kept(app, asking, site)


def _serve_feed(app: FastAPI, asking: _InTurn, site: Site) -> None:
    freshness = _Freshness(asking.archive)
    at = f"{site.here.path} " if site.here else ""

    @app.get("/feed")
    def feed(request: Request) -> Response:
        asked = SearchRequest.read(request.query_params)
        try:
            filters = asked.filters
            headers, since = freshness.headers(asked)
            if StaticFiles().is_not_modified(Headers(headers), request.headers):
                return NotModifiedResponse(Headers(headers))
            entries = _entries(asking, asked.q, filters)
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        filled = fill(
            "feed.xml",
            query=_printable(asked.q),
            limits=[_printable(words) for _, words in limits(filters)],
            id=_urn(f"search {at}{asked.query()}"),
            site=site,
            asks=_asks(asked.q),
            address=SearchRequest.of(asked.q, filters).query(),
            entries=entries,
            updated=max((entry.updated for entry in entries), default=since),
        )
        return Response(filled, headers=headers, media_type="application/atom+xml")


def _serve_kept(app: FastAPI, asking: _InTurn, site: Site) -> None:
    archive = asking.archive

    @app.get("/saved")
    def page(request: Request, only: str = "") -> HTMLResponse:
        """All saved searches; or the one with a name, which is asked then if it is a question."""
        asked = SearchRequest.read(request.query_params)
        searches = saved_searches.saved(archive)
        shown = [search for search in searches if only in ("", search.name)]
        ask = asking.ask if only else None
        news = [saved_searches.news(archive, search, ask) for search in shown]
        inside = fill("saved.html", searches=list(map(_shown, news)), asked=asked, only=only)
        title = gettext("Saved searches")
        return HTMLResponse(framed(inside, title, "saved", archive.overview(), site))

    @app.post("/saved")
    def change(
        do: Annotated[str, Form()] = "save",
        search: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        seen: Annotated[str, Form()] = "",
    ) -> Response:
        """Save a ``search``, which is the query of an address of /search; or do what a form of
        the page asks for."""
        asked, seen_then = SearchRequest.read(QueryParams(search)), _SEEN.fullmatch(seen)
        try:
            if do == "remove":
                saved_searches.remove(archive, name)
            elif do == "seen" and seen_then:
                saved_searches.look(archive, name, Seen(*seen_then.groups()))
            elif do == "seen":
                raise NotSaved(gettext("This does not say what was seen: open the page anew."))
            else:
                saved_searches.save(archive, asked.q, asked.filters)
        except (ArchiveError, ValueError) as error:
            status = 503 if isinstance(error, ArchiveError) else 400
            inside = fill("gone.html", problem=str(error), onward="saved")
            whole = framed(inside, gettext("Not saved"), "saved", None, site)
            return HTMLResponse(whole, status)
        return RedirectResponse("saved", 303)


def _shown(news: News) -> ShownSearch:
    search = news.search
    key = _urn(search.name)[-12:]
    answer = statements(news.answer, key) + cards(news.answer, key) if news.answer else None
    address = SearchRequest.of(search.query, search.filters).query()
    hits = shown_hits(news.hits) if news.hits else ()
    return ShownSearch(news, key, _asks(search.query), address, hits, answer)


def _asks(query: str) -> bool:
    """Whether a search is a question."""
    return bool(query) and not Question(query).is_keywords


def _entries(assistant: _InTurn, query: str, filters: Filters) -> list[Entry]:
    """The newest articles that have all words of a search, or the sentences that answer."""
    if _asks(query):
        answer = assistant.ask(query, filters)
        return [
            _entry(assistant, citation.article, f"{citation.start}-{citation.end}", citation.quote)
            for citation in answer.citations[:IN_FEED]
        ]
    hits = assistant.archive.hits(query, filters, "newest", 0, IN_FEED)
    if hits.how not in ("everything", "every word"):
        return []
    return [
        _entry(assistant, hit.article, "", "".join(text for text, _ in hit.stretch))
        for hit in shown_hits(hits)
    ]


def _entry(assistant: _InTurn, article: Article, place: str, summary: str) -> Entry:
    versions = assistant.archive.versions(article.id)
    stored = versions[-1].stored if versions else None
    return Entry(
        _urn(f"article {article.id} {place}"),
        article,
        _printable(f"{headline(article)} · {credit(article)}"),
        _printable(shortened(summary, _LONGEST_SUMMARY)),
        stored or datetime(1970, 1, 1, tzinfo=UTC),
    )


def _printable(text: str) -> str:
    """Text with nothing in it that XML cannot hold."""
    return _NOT_IN_XML.sub(" ", text)


def _urn(name: str) -> str:
    """What tells an entry from others, without the path of this computer that an id may be."""
    return uuid5(NAMESPACE_URL, f"dateline {name}").urn
