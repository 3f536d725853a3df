"""python app.py: ask a news archive in the browser."""

import argparse
import asyncio
import base64
import getpass
import hashlib
import importlib.util
import os
import re
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from assistant import Answer, Assistant
from assistant import Turn as Asked
from assistant import rendering as render
from assistant.command import add_model_options, language_model
from assistant.page import passwords
from assistant.page.passwords import Passwords
from corpus import SAMPLE, Article
from index import Archive, ArchiveError, Filters, Overview, Passage
from index.passage import describe

# What happens to be set around the program decides neither who can reach the page (GRADIO_SHARE,
# GRADIO_ALLOWED_PATHS, …) nor whom it calls; Gradio reads these when it is imported.
for _name in [name for name in os.environ if name.startswith("GRADIO_")]:
    del os.environ[_name]
os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}

import gradio as gr  # noqa: E402
import uvicorn  # noqa: E402
from fastapi import FastAPI  # noqa: E402
from gradio.events import api  # noqa: E402
from gradio.routes import App  # noqa: E402
from starlette.datastructures import Headers, MutableHeaders  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.responses import HTMLResponse, PlainTextResponse  # noqa: E402
from starlette.routing import Mount  # noqa: E402
from starlette.types import ASGIApp, Message, Receive, Scope, Send  # noqa: E402

SAMPLE_ARCHIVE = Path(__file__).parent / ".sample-archive"
LONGEST_QUESTION = 1_000
SUGGESTIONS = 4

# Answering keeps a processor core busy; more people wait in the queue, and more than that are
# told so.
_AT_ONCE = 2
_WAITING = 64
_MOST_TURNS = 50
# Between two statements of an answer, so that the eye can follow.
_PAUSE = 0.12
_MOST_SOURCES = 500
_LONGEST_NAME = 100
_LARGEST_REQUEST = 256 * 1024
# Of one field of an article, programs are given so many characters at once.
_LONGEST_FIELD = 20_000
_MOST_PASSAGES = 50
_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
# Gradio's page loses an event that it sent while the stream of the event before was closing: told
# that the event is taken, it finds that stream still open and opens none. So it is told later.
_SETTLING = 0.05


# --- What the page shows ---------------------------------------------------------------------


class Held(Protocol):
    def overview(self) -> Overview: ...
    def article(self, id: str) -> Article | None: ...
    def copies(self, id: str) -> list[Article]: ...
    def history(self, id: str) -> list[Article]: ...
    def search(
        self, query: str, k: int = 10, filters: Filters | None = None
    ) -> Sequence[Passage]: ...


class Answers(Protocol):
    """What the page needs of an assistant."""

    @property
    def archive(self) -> Held: ...
    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Asked] = (),
        read_filters: bool = True,
    ) -> Answer: ...
    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Asked] = (),
        read_filters: bool = True,
    ) -> Iterator[Answer]: ...
    def suggest_questions(self, count: int) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and what came of it, as HTML.

    ``asked`` is what a follow-up refers to. ``read_filters`` is off where the dates in the
    question are not to limit it, and ``limited`` says that such dates did.
    """

    number: int
    question: str
    answer: str = '<p class="state">Searching the archive…</p>'
    sources: str = "<h2>Sources</h2>"
    waiting: bool = True
    asked: Asked | None = None
    filters: Filters = Filters()
    read_filters: bool = True
    limited: bool = False


def masthead(overview: Overview) -> str:
    """The name of the page and what is in the archive."""
    held = ""
    if overview.articles:
        period = render.spoken_period(overview.first, overview.last)
        held = f" from {_count(len(overview.sources), 'source')} · {period}"
    return (
        '<header class="masthead"><h1>Dateline</h1>'
        f'<p class="held">{_count(overview.articles, "article")}{held}</p></header>'
    )


def conversation(turns: Sequence[Turn]) -> str:
    """The questions and answers so far. The region stays, so that what is added is read out."""
    if turns:
        inside = "".join(
            f'<section class="turn" id="turn-{turn.number}" data-turn="{turn.number}" '
            f'aria-labelledby="question-{turn.number}" aria-busy="{str(turn.waiting).lower()}">'
            f'<h2 class="asked" id="question-{turn.number}" dir="auto">'
            f'{render.escaped(turn.question)}</h2><div class="answer">{turn.answer}</div></section>'
            for turn in turns
        )
    else:
        inside = (
            '<section class="welcome"><h2>Ask the archive</h2><p>The answer is made of the '
            "archive’s own sentences, each with the article, the date and the exact place it "
            "stands in. Where the archive does not say, you are told so.</p></section>"
        )
    return f'<div role="log" aria-live="polite" aria-label="Conversation">{inside}</div>'


def sources(turns: Sequence[Turn]) -> str:
    """The cards of every turn; only the last turn's are shown until a marker asks for others."""
    if not turns:
        return (
            '<section class="proof" aria-label="Sources"><h2>Sources</h2>'
            '<p class="note">Here stand the passages that prove each sentence.</p></section>'
        )
    return "".join(
        f'<section class="proof" data-turn="{turn.number}" aria-label="Sources"'
        f"{'' if turn is turns[-1] else ' hidden'}>{turn.sources}</section>"
        for turn in turns
    )


def not_said(answer: Answer, overview: Overview) -> str:
    """Why there is no answer, and what the archive covers."""
    covered = ""
    if overview.first and overview.last:
        covered = (
            f'<p class="note">The archive covers {render.spoken_day(overview.first)} to '
            f"{render.spoken_day(overview.last)}.</p>"
        )
    return f'<p class="reason">{render.escaped(answer.reason)}</p>{covered}'


def limits(answer: Answer) -> str:
    """What limited the search, whether it was set or read out of the question, as chips."""
    filters = answer.filters
    chips = []
    if filters.after and filters.before:
        chips.append(render.spoken_period(filters.after, filters.before))
    elif filters.after:
        chips.append(f"since {render.spoken_day(filters.after)}")
    elif filters.before:
        chips.append(f"until {render.spoken_day(filters.before)}")
    if filters.as_of:
        chips.append(f"as known on {render.spoken_day(filters.as_of)}")
    chips += [render.escaped(source, _LONGEST_NAME) for source in filters.sources]
    said = " ".join(f'<span class="chip" dir="auto">{chip}</span>' for chip in chips)
    return f'<p class="note limits">Limited to {said}</p>' if said else ""


def chosen_filters(
    after: str | None, before: str | None, as_of: str | None, sources: Sequence[str] | None
) -> Filters:
    """The filters that were typed in and chosen; ValueError says which one is no date.

    None is a field that was never seen.
    """
    days: list[date | None] = []
    for name, text in (("From", after), ("To", before), ("As known on", as_of)):
        try:
            day = (text or "").strip()
            days.append(date.fromisoformat(day) if day else None)
        except ValueError:
            raise ValueError(f"“{name}” needs a date such as 2016-08-21.") from None
    if days[0] and days[1] and days[0] > days[1]:
        raise ValueError("“From” is later than “To”; no article can be from those days.")
    return Filters(days[0], days[1], tuple(sources or ()), as_of=days[2])


def _proof(answer: Answer, heading: str, note: str, cards: str) -> str:
    """What stands beside an answer."""
    said = f'<p class="note">{note}</p>' if note else ""
    return (
        f'<h2>{heading}</h2><p class="for" dir="auto">{render.escaped(answer.question)}</p>'
        f"{said}{cards}"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def objection(question: str) -> str:
    """Why a question cannot be asked, in one sentence; empty if it can."""
    if not any(character.isalnum() for character in question):
        return "Type a question first."
    if len(question) > LONGEST_QUESTION:
        return (
            f"The question is {len(question):,} characters long; "
            f"please ask it in {LONGEST_QUESTION:,} or fewer."
        )
    return ""


# --- How it answers --------------------------------------------------------------------------


def build_page(assistant: Answers) -> gr.Blocks:
    """The page as Gradio blocks.

    Questions and answers are shown in ``gr.HTML`` and not in ``gr.Chatbot``: that one reads what
    it is given as Markdown, and as HTML even where Markdown is turned off, so text of articles
    would be shown as something else than it is. Here all text passes through one escape.
    """
    suggested = _in_background(assistant)

    page = gr.Blocks(title="Dateline", fill_width=True, analytics_enabled=False)
    with page:
        turns = gr.State(())
        head = _html(masthead(assistant.archive.overview()), "masthead")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="reading"):
                log = _html(conversation(()), "conversation")
                with gr.Column(elem_id="suggestions"):
                    _html('<p class="note" id="offered">For example</p>')
                    buttons = [gr.Button(visible=False) for _ in range(SUGGESTIONS)]
                again = gr.Button("Ask without the dates", visible=False, elem_id="again")
                with gr.Accordion("Limit to dates and sources", open=False, elem_id="limits"):
                    with gr.Row():
                        days = [
                            gr.Textbox(label=label, placeholder="2016-08-21", max_lines=1)
                            for label in ("From", "To", "As known on")
                        ]
                    outlets = gr.Dropdown([], multiselect=True, label="Sources")
                box = gr.Textbox(
                    label="Your question",
                    placeholder="Ask a question",
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=5,
                    autofocus=True,
                    submit_btn="Ask",
                    elem_id="question",
                )
                with gr.Row(elem_id="below"):
                    notice = _html("", "notice")
                    clear = gr.Button("New conversation", size="sm", elem_id="clear")
            with gr.Column(elem_id="sources"):
                panel = _html(sources(()))
        _html(READER)

        def show(now: tuple[Turn, ...]) -> dict[Any, Any]:
            limited = bool(now) and now[-1].limited
            return {
                turns: now,
                log: conversation(now),
                panel: sources(now),
                again: gr.update(visible=limited),
            }

        def begin(
            question: str,
            past: tuple[Turn, ...],
            *chosen: Any,
        ) -> dict[Any, Any]:
            # Half of a surrogate pair, which a script can send, is no character.
            question = " ".join(question.encode(errors="replace").decode().split())
            problem = objection(question)
            if not problem and past and past[-1].waiting:
                problem = "One moment: the answer before this is still coming."
            filters = Filters()
            try:
                filters = chosen_filters(*chosen)
            except ValueError as error:
                problem = problem or str(error)
            if problem:
                return {notice: f'<p role="alert">{problem}</p>'}
            turn = Turn(past[-1].number + 1 if past else 1, question, filters=filters)
            if (ahead := _asking(page)) >= _AT_ONCE:
                turn = replace(turn, answer=f'<p class="state">{ahead} people are before you…</p>')
            return show((*past[1 - _MOST_TURNS :], turn)) | {box: "", notice: ""}

        def begin_again(past: tuple[Turn, ...]) -> dict[Any, Any]:
            if not past or not past[-1].limited:
                return {turns: past}
            last = past[-1]
            turn = Turn(last.number + 1, last.question, filters=last.filters, read_filters=False)
            # Asked again it refers to what it referred to before, and not to itself.
            kept = (*past[1 - _MOST_TURNS : -1], replace(last, asked=None, limited=False))
            return show((*kept, turn)) | {notice: ""}

        def answer(now: tuple[Turn, ...]) -> Iterator[dict[Any, Any]]:
            if not now or not now[-1].waiting:
                yield {turns: now}
                return
            *past, turn = now
            history = [each.asked for each in past if each.asked]
            for changed in answered(assistant, turn, history):
                yield show((*past, changed))

        def give_up(now: tuple[Turn, ...]) -> dict[Any, Any]:
            if not now:
                return {turns: now}
            reason = "Something went wrong; the terminal that runs Dateline says what."
            return show((*now[:-1], _stopped(now[-1], reason)))

        def start_over() -> dict[Any, Any]:
            return show(()) | {notice: ""}

        def offer_sources() -> dict[str, Any]:
            held = assistant.archive.overview().sources
            named = [source for source in held if len(source) <= _LONGEST_NAME]
            return gr.update(choices=named[:_MOST_SOURCES])

        async def suggest() -> list[Any]:
            questions = (await asyncio.wrap_future(suggested))[:SUGGESTIONS]
            empty = [gr.update(visible=False)] * (SUGGESTIONS - len(questions))
            return [*(gr.update(value=question, visible=True) for question in questions), *empty]

        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        shown = [turns, log, panel, again]
        everything = [*shown, box, notice]
        asking = []
        limiting = [*days, outlets]
        ways: list[tuple[Any, Any, list[Any]]] = [(box.submit, begin, [box, turns, *limiting])]
        ways += [(again.click, begin_again, [turns])]
        ways += [(each.click, begin, [each, turns, *limiting]) for each in buttons]
        for asked, start, given in ways:
            # That it has begun is shown at once, also to those who then wait for their turn.
            begun = asked(
                start,
                given,
                everything,
                concurrency_limit=None,
                # By default Gradio drops, without a word, what is sent before the last event ended.
                trigger_mode="multiple",
                **quiet,
            )
            said = begun.success(
                answer, turns, shown, concurrency_limit=_AT_ONCE, concurrency_id="ask", **quiet
            )
            said.failure(give_up, turns, shown, **quiet)
            asking += [begun, said]
        clear.click(start_over, None, everything, cancels=asking, **quiet)
        page.load(lambda: masthead(assistant.archive.overview()), None, head, **quiet)
        page.load(offer_sources, None, outlets, **quiet)
        page.load(suggest, None, buttons, concurrency_limit=None, **quiet)
        _offer_to_programs(assistant)
    page.queue(max_size=_WAITING)
    return page


def _asking(page: gr.Blocks) -> int:
    """How many questions are being answered or wait for it."""
    # Gradio tells it in no other way than by a progress bar of its own.
    line = page._queue.event_queue_per_concurrency_id.get("ask")
    return line.current_concurrency + len(line.queue) if line else 0


def _html(value: str, elem_id: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def answered(assistant: Answers, turn: Turn, history: Sequence[Asked] = ()) -> Iterator[Turn]:
    """The turn as it grows, statement by statement; ``history`` is what was asked before it.

    While a language model writes, each answer takes the place of the one before, and the last may
    withdraw what they said.
    """
    key = str(turn.number)
    shown = 0
    try:
        for answer in assistant.stream(turn.question, turn.filters, history, turn.read_filters):
            for count in range(shown + 1, len(answer.statements) + 1):
                if count > 1:
                    time.sleep(_PAUSE)
                proof = _proof(answer, "Sources", "", render.cards(answer, key, count, opens=True))
                yield replace(turn, answer=render.statements(answer, key, count), sources=proof)
            shown = len(answer.statements)
        overview = assistant.archive.overview()
    except ArchiveError as error:
        yield _stopped(turn, str(error))
        return
    remarks = render.remarks(answer, key) + limits(answer)
    if answer.statements:
        said = render.statements(answer, key)
        proof = _proof(answer, "Sources", "", render.cards(answer, key, opens=True))
    else:
        near = render.NOT_EVIDENCE if answer.passages else "No article in the archive is near."
        said = not_said(answer, overview)
        proof = _proof(answer, "Nearest in the archive", near, render.nearest(answer, opens=True))
    yield replace(
        turn,
        answer=said + remarks,
        sources=proof,
        waiting=False,
        asked=answer.turn,
        limited=bool(answer.read),
    )


def _stopped(turn: Turn, reason: str) -> Turn:
    said = f'<p class="reason">{render.escaped(reason)}</p>'
    return replace(turn, answer=said, waiting=False)


def _in_background(assistant: Answers) -> "Future[list[str]]":
    """The suggested questions, which take the assistant a while: it tries each of them."""
    questions: Future[list[str]] = Future()

    def find() -> None:
        found: list[str] = []
        try:
            found = assistant.suggest_questions(SUGGESTIONS)
        finally:
            questions.set_result(found)

    threading.Thread(target=find, name="suggestions", daemon=True).start()
    return questions


# --- What programs may ask -------------------------------------------------------------------


def _offer_to_programs(assistant: Answers) -> None:
    """Three functions that programs may call by name; Gradio documents them from what they say."""

    def ask_archive(
        question: str,
        after: str = "",
        before: str = "",
        as_of: str = "",
        sources: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the news archive, each sentence with the quotes that prove it.

        Where the archive does not say, "outcome" is not "answered" and "reason" says why.

        Parameters:
            question: a question about the news, of at most 1,000 characters
            after: only articles from this day on, such as 2016-08-21
            before: only articles up to this day
            as_of: only what was published by this day
            sources: only these outlets, by their names
        """
        with _spoken_errors():
            filters = _asked_filters(question, after, before, as_of, sources)
            answer = assistant.ask(_as_unicode(question), filters)
        return _bounded(answer.as_dict())

    def search_archive(
        query: str,
        k: int = 10,
        after: str = "",
        before: str = "",
        as_of: str = "",
        sources: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Find the passages of the news archive that are nearest to a query, best first.

        Parameters:
            query: words or a question, of at most 1,000 characters
            k: how many passages, from 1 to 50
            after: only articles from this day on, such as 2016-08-21
            before: only articles up to this day
            as_of: only what was published by this day
            sources: only these outlets, by their names
        """
        with _spoken_errors():
            if type(k) is not int or not 1 <= k <= _MOST_PASSAGES:
                raise ValueError(f"k must be a whole number from 1 to {_MOST_PASSAGES}.")
            filters = _asked_filters(query, after, before, as_of, sources)
            found = assistant.archive.search(_as_unicode(query), k, filters)
        return [_bounded(passage.as_dict()) for passage in found]

    def read_article(id: str, start: int = 0) -> dict[str, Any]:
        """Read an article of the news archive: what is known of it, and its text.

        Of a text of more than 20,000 characters a part is given; "end" is less than "length"
        then, and is where the next part starts.

        Parameters:
            id: the article's id, as answers and passages give it
            start: the character to begin with
        """
        with _spoken_errors():
            if type(id) is not str or type(start) is not int or start < 0:
                raise ValueError("An article's id is text, and start a number from 0 on.")
            article = assistant.archive.article(_as_unicode(id))
            if article is None:
                raise ValueError("The archive has no article of this id.")
        end = min(len(article.text), start + _LONGEST_FIELD)
        known = {"author": article.author, "language": article.language, "place": article.place}
        part = {"text": article.text[start:end], "start": start, "end": end}
        return _bounded(describe(article) | known) | part | {"length": len(article.text)}

    shared: dict[str, Any] = {"concurrency_limit": _AT_ONCE, "concurrency_id": "ask"}
    api(ask_archive, api_name="ask", **shared)
    api(search_archive, api_name="search", **shared)
    api(read_article, api_name="read_article", concurrency_limit=_AT_ONCE)


@contextmanager
def _spoken_errors() -> Iterator[None]:
    """What the caller did wrong, and what is wrong with the archive, as an error of one sentence.

    Of any other error only the terminal is told.
    """
    try:
        yield
    except (ArchiveError, ValueError) as error:
        raise gr.Error(str(error), print_exception=False) from error


def _asked_filters(
    question: object, after: object, before: object, as_of: object, sources: object
) -> Filters:
    """The filters that a program asks for; ValueError if they or the question cannot be used."""
    texts = [question, after, before, as_of]
    named = [] if sources is None else sources
    if not isinstance(named, list) or not all(isinstance(each, str) for each in [*texts, *named]):
        raise ValueError("A question and days are text, and sources a list of names.")
    if problem := objection(str(question)):
        raise ValueError(problem)
    return chosen_filters(str(after), str(before), str(as_of), named[:_MOST_SOURCES])


def _as_unicode(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can hold."""
    return text.encode(errors="replace").decode()


def _bounded(fields: dict[str, Any]) -> dict[str, Any]:
    """The same, with every text in it cut that no reader would take."""

    def cut(value: Any) -> Any:
        if isinstance(value, str):
            return render.shortened(value, _LONGEST_FIELD)
        if isinstance(value, dict):
            return _bounded(value)
        return [cut(each) for each in value] if isinstance(value, list) else value

    return {key: cut(value) for key, value in fields.items()}


# --- How it is served ------------------------------------------------------------------------


class Guard:
    """Lets through what the page needs, and tells the browser to allow no more.

    Gradio comes with doors that this page has no use for (uploads, files, a proxy, calls by
    name); whatever is not listed here is not found. A request that names another host than this
    computer is refused where only this computer is served: it comes from a web page that had its
    own name lead here. So is what a page of another origin asks, which a browser would send with
    the reader's password. Where there are passwords, nothing at all is served without one.
    """

    _PATHS = re.compile(
        r"/(?:$|article$|config/?$|theme\.css$|favicon\.ico$|manifest\.json$|assets/|static/"
        r"|gradio_api/(?:queue/(?:join|data)/?$|cancel$|reset/?$|heartbeat/"
        r"|info/?$|call/(?:ask|search|read_article)(?:/[0-9a-f]{1,64})?$))"
    )
    _TOOLS = re.compile(r"/gradio_api/mcp/?$")
    _INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
    # Gradio's own scripts compile templates, and its components carry style attributes.
    _POLICY = (
        "default-src 'none'; script-src 'self' 'unsafe-eval'{hashes}; style-src 'self' "
        "'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    )

    def __init__(
        self,
        app: ASGIApp,
        only_hosts: frozenset[str] | None = None,
        passwords: Passwords | None = None,
        tools: bool = False,
    ) -> None:
        self.app = app
        self.only_hosts = only_hosts
        self.passwords = passwords
        self.tools = tools

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            return
        elif refused := await self._unknown(scope) or self._refused(scope):
            await refused(scope, receive, send)
        else:
            # The page itself is read on its way out, so it must not be compressed. No proxy stands
            # before a page for this computer only, so nobody but an attacker says what one would.
            dropped: tuple[bytes, ...] = (b"accept-encoding",) if scope["path"] == "/" else ()
            dropped += (b"x-forwarded-",) if self.only_hosts is not None else ()
            kept = [pair for pair in scope["headers"] if not pair[0].startswith(dropped)]
            scope = {**scope, "headers": kept}
            await self.app(scope, receive, self._with_headers(scope["path"], send))

    async def _unknown(self, scope: Scope) -> PlainTextResponse | None:
        given = Headers(scope=scope).get("authorization", "")
        if self.passwords is None or await self.passwords.allow(given):
            return None
        asks = {"WWW-Authenticate": 'Basic realm="Dateline", charset="UTF-8"'}
        return PlainTextResponse("This page needs a name and a password.", 401, asks)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if self.only_hosts is not None:
            try:
                host = urlsplit(f"//{headers.get('host', '')}").hostname
            except ValueError:
                host = None
            if host not in self.only_hosts:
                return PlainTextResponse("This page is served to this computer only.", 403)
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            return PlainTextResponse("Another page asks for this.", 403)
        served = self._PATHS.match(scope["path"]) or (
            self.tools and self._TOOLS.match(scope["path"])
        )
        if not served:
            return PlainTextResponse("There is nothing here.", 404)
        length = headers.get("content-length", "0")
        if scope["method"] == "POST" and (
            "transfer-encoding" in headers
            or not length.isdecimal()
            or int(length) > _LARGEST_REQUEST
        ):
            return PlainTextResponse("The request is too large.", 413)
        return None

    def _with_headers(self, path: str, send: Send) -> Send:
        is_page = path == "/"
        start: Message = {}
        body = b""

        async def send_with_headers(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                headers = MutableHeaders(scope=start)
                headers["Content-Security-Policy"] = self._POLICY.format(hashes="")
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                if path.startswith("/gradio_api/queue/join"):
                    await asyncio.sleep(_SETTLING)
                if not is_page:
                    await send(start)
            elif is_page:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    policy = self._POLICY.format(hashes=self._hashes(body))
                    MutableHeaders(scope=start)["Content-Security-Policy"] = policy
                    await send(start)
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        return send_with_headers

    def _hashes(self, page: bytes) -> str:
        """The scripts that stand in the page as it is sent: these run, and no others."""
        return "".join(
            f" 'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
            for script in self._INLINE_SCRIPT.findall(page)
        )


def build_app(
    assistant: Answers,
    host: str = "127.0.0.1",
    passwords: Passwords | None = None,
    tools: bool = False,
) -> FastAPI:
    """The whole application, to be served at one address; ``tools`` are those of MCP."""
    only_hosts = _LOCAL if host in _LOCAL else None
    guard = Middleware(Guard, only_hosts=only_hosts, passwords=passwords, tools=tools)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, middleware=[guard])

    @app.get("/article")
    def article(id: str, quotes: str = "") -> HTMLResponse:
        try:
            found = assistant.archive.article(id)
            if found is None:
                gone = '<h2 id="reader-title">The archive no longer has this article.</h2>'
                return HTMLResponse(gone, 404)
            spans = [(int(a), int(b)) for a, b in _SPAN.findall(quotes)]
            copies, earlier = assistant.archive.copies(id), assistant.archive.history(id)
        except ArchiveError as error:
            return HTMLResponse(f'<h2 id="reader-title">{render.escaped(str(error))}</h2>', 503)
        return HTMLResponse(render.reader(found, spans, copies, earlier))

    gr.mount_gradio_app(
        app,
        build_page(assistant),
        path="/",
        server_name=host,
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=tools,
        theme=gr.themes.Base(
            primary_hue="slate",
            neutral_hue="stone",
            font=[gr.themes.Font("sans-serif")],
            font_mono=[gr.themes.Font("monospace")],
        ),
        # Not as css=, which puts a prefix before each selector that none in a media query survives.
        head=f"<style>{CSS}</style>",
        js=JAVASCRIPT,
    )
    return app


class Server(uvicorn.Server):
    """Ends when it is told to, also while pages are open: each of them holds a connection."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
        mounted = (route.app for route in app.routes if isinstance(route, Mount))
        self.pages = [each for each in mounted if isinstance(each, App)]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for each in self.pages:
            each.stop_event.set()
        await super().shutdown(sockets)


# --- How it is started -----------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Open an archive and serve the page; returns the exit status."""
    parser = argparse.ArgumentParser("python app.py", description="Ask a news archive.")
    parser.add_argument("--archive", metavar="DIR", help="default: the built-in sample")
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=_port, default=7860, help="default: 7860")
    parser.add_argument(
        "--auth-file",
        type=Path,
        metavar="FILE",
        help="names and passwords of those who may read the page; needed for other hosts",
    )
    parser.add_argument(
        "--make-password", metavar="USER", help="ask for a password and print a line for that file"
    )
    parser.add_argument(
        "--mcp", action="store_true", help="serve MCP tools too, at /gradio_api/mcp/"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    add_model_options(parser)
    options = parser.parse_args(arguments)
    try:
        if options.make_password is not None:
            print(_password_line(options.make_password))
            return 0
        return _serve(options)
    except (ArchiveError, _NotServed) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _serve(options: argparse.Namespace) -> int:
    if options.auth_file is None and options.host not in _LOCAL:
        raise _NotServed(
            f"Whoever can reach {options.host} could read the archive: say with --auth-file FILE "
            "who may (python app.py --make-password USER prints a line for it)."
        )
    if options.mcp and (options.auth_file or options.host not in _LOCAL):
        raise _NotServed("--mcp serves this computer only, and without --auth-file.")
    if options.mcp and importlib.util.find_spec("mcp") is None:
        raise _NotServed("--mcp needs the package mcp: pip install 'mcp<2'.")
    allowed = Passwords.read(options.auth_file) if options.auth_file else None
    listening = _listen(options.host, options.port)
    assistant = Assistant(open_archive(options.archive), language_model(options))
    # The encoder is loaded now: the first question need not wait, and what is wrong with it is
    # said here.
    assistant.archive.search("news", 1)
    address = _address(listening)
    print(f"Dateline is at {address} (Ctrl+C ends it).", flush=True)
    if options.mcp:
        print(f"Its MCP tools are at {address}/gradio_api/mcp/.", flush=True)
    if options.host not in _LOCAL:
        print(
            "Passwords cross the network as they are: put a proxy with TLS in front.",
            file=sys.stderr,
        )
    if not options.no_browser and _on_a_desktop():
        webbrowser.open(address)
    app = build_app(assistant, options.host, allowed, options.mcp)
    Server(app).run(sockets=[listening])
    return 0


def _password_line(user: str) -> str:
    """A line for the file of passwords, of a password that is typed or comes from a pipe."""
    typed = sys.stdin.isatty()
    password = getpass.getpass() if typed else sys.stdin.readline().rstrip("\r\n")
    if typed and getpass.getpass("Again: ") != password:
        raise _NotServed("The two are not the same password.")
    try:
        return passwords.line(user, password)
    except ValueError as error:
        raise _NotServed(str(error)) from error


def open_archive(folder: str | None) -> Archive:
    """The archive in a folder; without one the built-in sample's, made or completed if needed."""
    if folder is not None:
        return Archive.open(folder)
    made = SAMPLE_ARCHIVE.exists()
    archive = Archive.open(SAMPLE_ARCHIVE) if made else Archive.create(SAMPLE_ARCHIVE)
    if not made:
        print("Building the sample archive.", file=sys.stderr)
    # What is in it already costs nothing; what a kill left out is added now, and what an older
    # sample had is withdrawn.
    archive.sync([SAMPLE], withdraw_many=True, progress=not made)
    return archive


class _NotServed(Exception):  # noqa: N818
    """The page cannot be served as it was asked for; the message says why and what to do."""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # Python appends the address in brackets, which is said already.
        why = (error.strerror or str(error)).partition(" (")[0]
        raise _NotServed(
            f"The page cannot be served at {host}, port {port} ({why}); "
            "--port and --host choose another address."
        ) from error


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65_536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port number from 0 to 65535")


def _on_a_desktop() -> bool:
    """Whether a browser would open in front of whoever started this."""
    if sys.platform in {"win32", "darwin"}:
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


READER = """
<dialog id="reader" aria-labelledby="reader-title">
<button type="button" id="close-reader">Close</button><div id="read"></div></dialog>
"""

CSS = """
.gradio-container {
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --serif: Charter, "Iowan Old Style", "Palatino Linotype", "Source Serif 4", "Noto Serif",
    "Liberation Serif", Georgia, serif;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1f1e1b; --soft: #65615a; --rule: #e3dfd6;
  --accent: #1c5478; --mark: #fdf0b8; --lit: #f9dc6c; --warm: #f3f0e9;
  --font: var(--sans); color: var(--ink); background: var(--paper);
}
.dark .gradio-container, .dark.gradio-container {
  --paper: #191817; --card: #211f1e; --ink: #e9e6e0; --soft: #a8a29a; --rule: #37342f;
  --accent: #8fc3e6; --mark: #4d4320; --lit: #7a6717; --warm: #262421;
}
gradio-app, body { background: var(--paper) !important; }

/* The class twice: to weigh more than what Gradio says of its components. */
.gradio-container.gradio-container {
  .main.app { padding: 0; max-width: none; }
  .wrap, & main { min-height: 0; }
  & main > .column { height: 100vh; height: 100dvh; gap: 0; flex-wrap: nowrap; }
  .block { background: none; border: 0; box-shadow: none; }
  h1, h2, h3, p, ul, blockquote { margin: 0; padding: 0; color: inherit; }
  .html-container { padding: 0; }
  .note { color: var(--soft); font-size: .875rem; line-height: 1.5; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  .words, mark { unicode-bidi: isolate; }

  #masthead { flex: none; border-bottom: 1px solid var(--rule); border-radius: 0; }
  .masthead { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem;
    max-width: 84rem; margin: 0 auto; padding: .75rem 1.75rem; }
  .masthead h1 { font: 700 1.375rem/1.2 var(--serif); letter-spacing: -.01em; }
  .held { color: var(--soft); font-size: .8125rem; }

  #desk { flex: 1; min-height: 0; width: 100%; max-width: 84rem; margin: 0 auto; display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr) minmax(19rem, 38%); gap: 0;
    align-items: stretch; }
  #desk > .column { min-width: 0 !important; min-height: 0; gap: 0; flex-wrap: nowrap; }
  #conversation { flex: 1; min-height: 0; overflow-y: auto !important; container-type: size;
    border-radius: 0; }
  #conversation .turn, #conversation .welcome, #suggestions, #question, #below {
    max-width: 45rem; margin-inline: 0 auto; width: 100%; box-sizing: border-box;
    padding-inline: 1.75rem; }
  .turn { padding-block: 1.75rem .5rem; }
  .turn:last-child { min-height: 100cqh; }
  .asked { font: 600 1.25rem/1.35 var(--sans); overflow-wrap: anywhere; }
  .answer { margin-top: .875rem; font: 1.125rem/1.62 var(--serif); }
  .answer .state { color: var(--soft); font: italic 1.0625rem/1.6 var(--serif); }
  .answer .reason { overflow-wrap: anywhere; }
  .answer .note { margin-top: .625rem; font-family: var(--sans); }
  .statement { overflow-wrap: anywhere; border-radius: 3px; transition: background-color .25s; }
  .statement + .statement { margin-top: .625rem !important; }
  .marker { font: 600 .75rem/1 var(--sans); color: var(--accent); text-decoration: none;
    padding: .25em .2em; border-radius: 3px; vertical-align: .3em; white-space: nowrap; }
  .marker:hover, .marker.lit { background: var(--warm); text-decoration: underline; }
  .statement.lit { background: var(--mark); box-shadow: 0 0 0 .25rem var(--mark); }

  #reading:has(.welcome) #conversation { flex: none; container-type: normal; }
  .welcome { padding-top: min(14vh, 7rem); }
  .welcome h2 { font: 700 1.75rem/1.2 var(--serif); letter-spacing: -.01em; }
  .welcome p { margin-top: .625rem; max-width: 34rem; font: 1.0625rem/1.6 var(--serif);
    color: var(--soft); }
  #reading:has(.turn) #suggestions, #suggestions:not(:has(button)) { display: none; }
  #suggestions { flex: none; gap: .125rem; padding-top: 1.75rem; }
  #suggestions button { justify-content: flex-start; text-align: start; background: none;
    border: 0; box-shadow: none; border-radius: 3px; padding: .375rem .5rem; margin-inline: -.5rem;
    font: 1.0625rem/1.4 var(--serif); color: var(--accent); white-space: normal;
    width: fit-content; max-width: calc(100% + 1rem); overflow-wrap: anywhere; }
  #suggestions button:hover { background: var(--warm); text-decoration: underline; }

  #question { flex: none; margin-top: auto; padding-block: .75rem 0; overflow: visible !important; }
  #question .input-container { align-items: flex-end; gap: .375rem; padding: .375rem;
    background: var(--card); border: 1px solid var(--rule); border-radius: .625rem; }
  #question .input-container:focus-within { border-color: var(--accent);
    box-shadow: 0 0 0 1px var(--accent); }
  #question textarea { font: 1.0625rem/1.4 var(--sans); color: var(--ink); background: none;
    border: 0; box-shadow: none; outline: none; padding: .3125rem .5rem;
    unicode-bidi: plaintext; text-align: start; }
  #question textarea::placeholder { color: var(--soft); opacity: 1; }
  #question .submit-button { font: 600 .9375rem/1 var(--sans); color: var(--card);
    background: var(--accent); border: 0; border-radius: .375rem; padding: 0 .875rem;
    height: 2.125rem; min-width: 0; width: auto; flex: none; margin: 0; box-shadow: none; }
  #below { flex: none; flex-wrap: nowrap; align-items: center; justify-content: space-between;
    gap: 1rem; min-height: 2.5rem; padding-bottom: .375rem; }
  #notice { flex: 1; width: auto; font-size: .875rem; }
  #clear { flex: none; width: auto; min-width: 0; background: none; border: 0; box-shadow: none;
    padding: .25rem .375rem; color: var(--soft); font: .8125rem/1.2 var(--sans);
    visibility: hidden; }
  #clear:hover { color: var(--ink); text-decoration: underline; }
  #reading:has(.turn) #clear { visibility: visible; }

  #sources { overflow-y: auto; border-inline-start: 1px solid var(--rule);
    padding: 1.75rem 1.75rem 2rem; }
  #sources h2 { font: 600 .8125rem/1.3 var(--sans); letter-spacing: .04em;
    text-transform: uppercase; color: var(--soft); }
  .proof[hidden] { display: none; }
  .proof > .for { margin-top: .25rem; font-size: .8125rem; line-height: 1.4; color: var(--soft);
    overflow-wrap: anywhere; }
  .proof > .note { margin-top: .5rem; }
  .cards { list-style: none; display: grid; gap: .875rem; margin-top: 1rem !important; }
  .card { min-width: 0; background: var(--card); border: 1px solid var(--rule);
    border-radius: .5rem; padding: 1rem 1.125rem; transition: border-color .25s; }
  .card.lit { border-color: var(--accent); }
  .card.near { background: none; border-style: dashed; }
  .headline { font: 700 1.0625rem/1.3 var(--serif); overflow-wrap: anywhere; }
  .credit { margin-top: .1875rem !important; font-size: .8125rem; line-height: 1.4;
    color: var(--soft); overflow-wrap: anywhere; }
  .card blockquote { margin-top: .625rem; border: 0; font: .9688rem/1.55 var(--serif);
    color: var(--soft); overflow-wrap: anywhere; }
  .card mark { color: var(--ink); background: var(--mark); border-radius: 2px; padding: .05em 0;
    -webkit-box-decoration-break: clone; box-decoration-break: clone;
    transition: background-color .25s; }
  .card mark.lit { background: var(--lit); }
  .card .marker { padding: .25em .1em; margin-inline-end: .1em; }
  .card .link { margin-top: .625rem; font-size: .8125rem; }
  .card .link a { color: var(--accent); text-underline-offset: 2px; overflow-wrap: anywhere; }

  .card mark b { font-weight: 700; text-decoration: underline; text-underline-offset: 3px; }
  .dated::after { content: " (" attr(title) ")"; font: .8125rem/1 var(--sans); }
  .outlets { margin-top: .1875rem !important; font-size: .8125rem; color: var(--soft);
    overflow-wrap: anywhere; }
  .hedged { margin-top: .75rem !important; padding-inline-start: .75rem !important;
    border-inline-start: 3px solid var(--accent); font: .875rem/1.5 var(--sans); }
  .sides { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem;
    margin-top: .375rem !important; }
  .sides li { flex: 1 1 8rem; padding: .5rem .75rem; border: 1px solid var(--rule);
    border-radius: .375rem; background: var(--card); overflow-wrap: anywhere; }
  .chip { display: inline-block; padding: .0625rem .5rem; border: 1px solid var(--rule);
    border-radius: 1rem; background: var(--warm); color: var(--ink); }
  #limits { flex: none; width: auto; max-width: 41.5rem; margin-inline: 1.75rem; padding: .25rem 0;
    border: 0; background: none; }
  #limits .label-wrap { width: fit-content; padding: .25rem 0; color: var(--soft);
    font: .8125rem/1.4 var(--sans); }
  #limits .block { padding: .25rem 0; overflow: visible !important; }
  #limits .row, #limits .form { gap: .75rem; border: 0; background: none; box-shadow: none; }
  #limits input { color: var(--ink); }
  #limits input::placeholder { color: var(--soft); opacity: 1; }
  #limits textarea, #limits input[type="text"], #limits .wrap-inner { background: var(--card); }
  #again { flex: none; width: fit-content; margin-inline: 1.75rem; padding: .25rem .625rem;
    border: 1px solid var(--rule); border-radius: 1rem; background: var(--card);
    box-shadow: none; color: var(--accent); font: .8125rem/1.4 var(--sans); }
  .whole { color: var(--accent); text-decoration: underline; text-underline-offset: 2px; }
  #reader { box-sizing: border-box; width: min(46rem, 100vw); height: 100vh; height: 100dvh;
    max-width: none; max-height: none; margin: 0 0 0 auto; padding: 1.25rem 2rem 3rem;
    overflow-y: auto; border: 0; border-inline-start: 1px solid var(--rule);
    background: var(--paper); color: var(--ink); }
  #reader::backdrop { background: rgb(0 0 0 / .35); }
  #close-reader { position: sticky; top: 0; float: right; padding: .375rem .75rem;
    border: 1px solid var(--rule); border-radius: .375rem; background: var(--card);
    font: .875rem/1.2 var(--sans); }
  #reader .headline { font-size: 1.5rem; }
  #reader .text { margin-top: 1.25rem; font: 1.0625rem/1.65 var(--serif); }
  #reader .text p { margin-top: .875rem; overflow-wrap: anywhere; unicode-bidi: isolate;
    text-align: start; white-space: pre-line; }
  #reader mark { color: var(--ink); background: var(--mark); }
  #reader .link { margin-top: .375rem; font-size: .8125rem; }
  #reader .link a { color: var(--accent); }
  .versions { margin-top: 2rem; }
  .versions h3 { font: 600 .875rem/1.4 var(--sans); }

  @media (max-width: 767px) {
    #again, #limits { margin-inline: 1.125rem; }
    #reader { padding: 1rem 1.125rem 3rem; }
    & main > .column { height: auto; }
    .masthead { padding: .75rem 1.125rem; }
    #desk { display: block; }
    #conversation { container-type: normal; overflow: visible !important; }
    .turn:last-child { min-height: 0; }
    #desk:has(.welcome) #sources { display: none; }
    #conversation .turn, #conversation .welcome, #suggestions, #question, #below {
      padding-inline: 1.125rem; max-width: none; }
    .turn { padding-block: 1.25rem .75rem; scroll-margin-top: .25rem; }
    .welcome { padding-top: 2rem; }
    #question { position: fixed; inset: auto 0 2.25rem; z-index: 2; margin: 0;
      background: var(--paper); border-top: 1px solid var(--rule); border-radius: 0; }
    #below { position: fixed; inset: auto 0 0; z-index: 2; min-height: 2.25rem; height: 2.25rem;
      background: var(--paper); }
    #desk > #sources { overflow: visible; border: 0; border-top: 1px solid var(--rule);
      margin-top: 1rem; padding: 1.25rem 1.125rem 8rem; min-height: 100vh; box-sizing: border-box; }
    .marker { padding: .5em .35em; }
  }
  @media (prefers-reduced-motion: reduce) {
    * { transition: none !important; }
  }
}
"""

# A marker leads to its quote and a quote's number to its sentence. The addresses are followed by
# hand because the page has a base address, under which "#…" may name another page.
JAVASCRIPT = """
() => {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  const marker = (event) => event.target.closest?.("a.marker");
  const aim = (link) => document.getElementById(link.getAttribute("href").slice(1));
  const light = (target) => {
    for (const each of document.querySelectorAll(".lit")) each.classList.remove("lit");
    target.classList.add("lit");
    target.closest(".card")?.classList.add("lit");
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#clear")) document.querySelector("#question textarea")?.focus();
    const link = marker(event);
    if (!link) return;
    event.preventDefault();
    const target = aim(link);
    if (!target) return;
    const proof = target.closest(".proof");
    if (proof) {
      for (const each of document.querySelectorAll(".proof")) each.hidden = each !== proof;
    }
    light(target);
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center", behavior });
  });
  document.addEventListener("pointerover", (event) => {
    const link = marker(event);
    const target = link && aim(link);
    if (target) light(target);
  });
  const read = async (query) => {
    const reader = document.getElementById("reader");
    const place = document.getElementById("read");
    const asked = (reader.dataset.asked = query);
    let shown = '<h2 id="reader-title">The article could not be fetched.</h2>';
    try {
      shown = await (await fetch(`article?${query}`)).text();
    } catch {}
    if (reader.dataset.asked !== asked) return;
    place.innerHTML = shown;
    if (!reader.open) reader.showModal();
    reader.scrollTop = 0;
    place.querySelector("mark")?.scrollIntoView({ block: "center" });
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.whole");
    if (button) read(button.dataset.query);
    // The dialog itself is only hit beside its contents: on its backdrop or its margin.
    else if (event.target.closest?.("#close-reader") || event.target.id === "reader") {
      document.getElementById("reader").close();
    }
  });
  let latest = "";
  new MutationObserver(() => {
    const turn = [...document.querySelectorAll("#conversation .turn")].pop();
    if (turn && turn.id !== latest) {
      turn.scrollIntoView({ block: "start", behavior });
      document.getElementById("sources").scrollTop = 0;
    }
    latest = turn?.id ?? "";
  }).observe(document.body, { childList: true, subtree: true });
}
"""


if __name__ == "__main__":
    sys.exit(main())
