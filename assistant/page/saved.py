"""The page of saved searches, and any search as a feed.

A feed reader fetches /feed and remembers what it has seen; for the page, the archive remembers
that. Only one question is asked at a time, whoever wants it: the page is shown at once, and then
static/saved.js fetches the answers one by one.
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
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
from index.finding import Hits
from index.passage import credit

IN_FEED = 30
"""The most entries of a feed; it has the newest."""

_LONGEST_SUMMARY = 1_000

_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"
# As the archive writes it; the first time is missing if the archive was empty.
_SEEN = re.compile(rf"({_INSTANT}|) ({_INSTANT})", re.ASCII)
# The characters that XML cannot hold.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ShownSearch(NamedTuple):
    """A saved search with its news to show: articles, or an answer if the search ``asks``.

    ``key`` is unique on the page. ``address`` is the query of the addresses at which one searches
    for it, or asks it.
    """

    news: News
    key: str
    asks: bool
    address: str
    hits: Sequence[Hit]
    answer: Markup | None


class _QueuedAssistant:
    """An assistant that answers one question at a time, and caches its latest answers.

    An answer is valid on the same day, as long as the archive does not change.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.archive = assistant.archive
        self._assistant = assistant
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, Filters | None, str, date, str], Answer] = {}

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        key = question, filters, self.archive.state(), current_day(), chosen()
        with self._lock:
            if key not in self._answers:
                answer = self._assistant.ask(question, filters)
                while len(self._answers) >= saved_searches.MOST_SAVED:
                    del self._answers[next(iter(self._answers))]
                self._answers[key] = answer
            return self._answers[key]


class _Freshness:
    """The HTTP headers that tell a feed reader whether a feed has changed since its last request.

    They are known before the feed is made, so an unchanged feed is not made again.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        # Another version of the program, or another reader, may answer differently.
        self._program = token_hex(8)
        self._last = "", datetime.now(UTC)

    def headers(self, search: SearchRequest) -> tuple[dict[str, str], datetime]:
        """The headers of a feed, and the time since which the archive is unchanged.

        That is when this process first saw this state, in whole seconds; a newer state has a later
        time.
        """
        state = f"{self._program} {self._archive.state()} {current_day()}"
        last, since = self._last
        if state != last:
            now = datetime.now(UTC).replace(microsecond=0)
            since = max(now, since.replace(microsecond=0) + timedelta(seconds=1)) if last else now
            self._last = state, since
        tag = sha256(f"{state} {chosen()} {search.query()}".encode()).hexdigest()[:32]
        return {
            "ETag": f'"{tag}"',
            "Last-Modified": format_datetime(since, usegmt=True),
            # Without this, a browser guesses from these headers how long it need not ask again.
            "Cache-Control": "no-cache",
        }, since


class Entry(NamedTuple):
    """An entry of a feed; ``updated`` is when the archive stored the article."""

    id: str
    article: Article
    title: str
    summary: str
    updated: datetime


def serve_saved(app: FastAPI, assistant: Assistant, site: Site) -> None:
    """Serve /feed and, if readers may keep searches, /saved with its forms."""
    queued = _QueuedAssistant(assistant)
    _serve_feed(app, queued, site)
    if site.may_keep:
        _serve_page(app, queued, site)


def _serve_feed(app: FastAPI, assistant: _QueuedAssistant, site: Site) -> None:
    freshness = _Freshness(assistant.archive)
    at = f"{site.here.path} " if site.here else ""

    @app.get("/feed")
    def feed(request: Request) -> Response:
        search = SearchRequest.read(request.query_params)
        try:
            filters = search.filters
            headers, since = freshness.headers(search)
            if StaticFiles().is_not_modified(Headers(headers), request.headers):
                return NotModifiedResponse(Headers(headers))
            entries = _entries(assistant, search, filters)
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        filled = fill(
            "feed.xml",
            query=_printable(search.q),
            limits=[_printable(words) for _, words in (*limits(filters), *search.naming)],
            id=_urn(f"search {at}{search.query()}"),
            site=site,
            asks=_asks(search.q),
            address=search.query(order=""),
            entries=entries,
            updated=max((entry.updated for entry in entries), default=since),
        )
        return Response(filled, headers=headers, media_type="application/atom+xml")


def _serve_page(app: FastAPI, assistant: _QueuedAssistant, site: Site) -> None:
    archive = assistant.archive

    @app.get("/saved")
    def page(request: Request, only: str = "") -> HTMLResponse:
        """All saved searches, or only the one of a name; if that is a question, it is asked."""
        to_save = SearchRequest.read(request.query_params)
        searches = saved_searches.saved(archive)
        selection = [search for search in searches if only in ("", search.name)]
        ask = assistant.ask if only else None
        news = [saved_searches.news(archive, search, ask) for search in selection]
        inside = fill("saved.html", searches=list(map(_to_show, news)), asked=to_save, only=only)
        title = gettext("Saved searches")
        return HTMLResponse(framed(inside, title, "saved", archive.overview(), site))

    @app.post("/saved")
    def change(
        do: Annotated[str, Form()] = "save",
        search: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        seen: Annotated[str, Form()] = "",
    ) -> Response:
        """Save a ``search``, the query of an address of /search; or remove one or mark it seen."""
        to_save, seen_then = SearchRequest.read(QueryParams(search)), _SEEN.fullmatch(seen)
        try:
            if do == "remove":
                saved_searches.remove(archive, name)
            elif do == "seen" and seen_then:
                saved_searches.look(archive, name, Seen(*seen_then.groups()))
            elif do == "seen":
                raise NotSaved(gettext("This does not say what was seen: open the page anew."))
            else:
                saved_searches.save(archive, to_save.q, to_save.filters)
        except (ArchiveError, ValueError) as error:
            status = 503 if isinstance(error, ArchiveError) else 400
            inside = fill("gone.html", problem=str(error), onward="saved")
            framing = framed(inside, gettext("Not saved"), "saved", None, site)
            return HTMLResponse(framing, status)
        return RedirectResponse("saved", 303)


def _to_show(news: News) -> ShownSearch:
    search = news.search
    key = _urn(search.name)[-12:]
    answer = statements(news.answer, key) + cards(news.answer, key) if news.answer else None
    address = SearchRequest.of(search.query, search.filters).query()
    hits = shown_hits(news.hits) if news.hits else ()
    return ShownSearch(news, key, _asks(search.query), address, hits, answer)


def _asks(query: str) -> bool:
    """Whether a search is a question."""
    return bool(query) and not Question(query).is_keywords


def _entries(assistant: _QueuedAssistant, search: SearchRequest, filters: Filters) -> list[Entry]:
    """The newest articles that have all words of a search, or the quotes that answer a question."""

    def find(words: str, most: int) -> Hits:
        return assistant.archive.hits(words, filters, "newest", 0, most, None, search.naming)

    if _asks(search.q):
        if search.naming:
            passages = find("", saved_searches.READ).passages
            filters = replace(filters, articles=tuple(hit.article.id for hit in passages))
            if not filters.articles:
                return []
        answer = assistant.ask(search.q, filters)
        return [
            _entry(assistant, citation.article, f"{citation.start}-{citation.end}", citation.quote)
            for citation in answer.citations[:IN_FEED]
        ]
    hits = find(saved_searches.words_of(search.q), IN_FEED)
    if hits.how not in ("everything", "every word"):
        return []
    return [
        _entry(assistant, hit.article, "", "".join(text for text, _ in hit.stretch))
        for hit in shown_hits(hits)
    ]


def _entry(assistant: _QueuedAssistant, article: Article, place: str, summary: str) -> Entry:
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
    """A text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub(" ", text)


def _urn(name: str) -> str:
    """A unique name for an entry, which hides the path on this computer that an id may be."""
    return uuid5(NAMESPACE_URL, f"dateline {name}").urn
