"""python app.py: ask a news archive in the browser."""

import argparse
import asyncio
import base64
import hashlib
import os
import re
import socket
import sys
import time
import webbrowser
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from assistant import Answer, Assistant
from assistant import rendering as render
from corpus import SAMPLE, read_articles
from index import Archive, ArchiveError, Overview

# What happens to be set around the program decides neither who can reach the page (GRADIO_SHARE,
# GRADIO_ALLOWED_PATHS, …) nor whom it calls; Gradio reads these when it is imported.
for _name in [name for name in os.environ if name.startswith("GRADIO_")]:
    del os.environ[_name]
os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}

import gradio as gr  # noqa: E402
import uvicorn  # noqa: E402
from fastapi import FastAPI  # noqa: E402
from starlette.datastructures import Headers, MutableHeaders  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.responses import PlainTextResponse  # noqa: E402
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
_LARGEST_REQUEST = 256 * 1024


# --- What the page shows ---------------------------------------------------------------------


class Held(Protocol):
    def overview(self) -> Overview: ...


class Answers(Protocol):
    """What the page needs of an assistant."""

    @property
    def archive(self) -> Held: ...
    def ask(self, question: str) -> Answer: ...
    def suggest_questions(self, count: int) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and what came of it, as HTML."""

    number: int
    question: str
    answer: str = '<p class="state">Searching the archive…</p>'
    sources: str = ""


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
            f'aria-labelledby="question-{turn.number}">'
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
            '<section class="cards" aria-label="Sources"><h2>Sources</h2>'
            '<p class="note">Here stand the passages that prove each sentence.</p></section>'
        )
    return "".join(
        f'<section class="cards" data-turn="{turn.number}" aria-label="Sources"'
        f"{'' if turn is turns[-1] else ' hidden'}>{turn.sources or '<h2>Sources</h2>'}</section>"
        for turn in turns
    )


def statements(answer: Answer, turn: int, shown: int) -> str:
    """The first statements of an answer, each with markers that lead to its cards."""
    return "".join(
        render.statement(
            each,
            "".join(
                f'<a class="marker" href="#source-{turn}-{citation.marker}" '
                f'aria-label="Source {citation.marker}">[{citation.marker}]</a>'
                for citation in each.citations
            ),
            f' id="statement-{turn}-{number}" tabindex="-1"',
        )
        for number, each in enumerate(answer.statements[:shown], 1)
    )


def cards(answer: Answer, turn: int, shown: int) -> str:
    """The numbered cards of the first statements of an answer."""
    proving: dict[int, str] = {}
    for number, each in enumerate(answer.statements[:shown], 1):
        for citation in each.citations:
            article = citation.article
            proving.setdefault(
                citation.marker,
                f'<li class="card" id="source-{turn}-{citation.marker}" tabindex="-1">'
                f'<a class="number" href="#statement-{turn}-{number}" '
                f'aria-label="Back to the sentence that cites source {citation.marker}">'
                f"{citation.marker}</a>{render.headline(article)}{render.credit(article)}"
                f"{render.quotation(citation)}{render.link(article)}</li>",
            )
    return _cards("Sources", answer, "", proving.values())


def not_said(answer: Answer, overview: Overview) -> str:
    """Why there is no answer, and what the archive covers."""
    covered = ""
    if overview.first and overview.last:
        covered = (
            f'<p class="note">The archive covers {render.spoken_day(overview.first)} to '
            f"{render.spoken_day(overview.last)}.</p>"
        )
    return f'<p class="reason">{render.escaped(answer.reason)}</p>{covered}'


def nearest(answer: Answer) -> str:
    """The nearest articles, as what they are."""
    passages = render.nearest(answer)
    if not passages:
        return _cards("Nearest in the archive", answer, "Nothing in the archive is near.", ())
    note = "These articles share words or matter with the question. They do not answer it."
    return _cards(
        "Nearest in the archive",
        answer,
        note,
        [
            f'<li class="card near">{render.headline(passage.article)}'
            f"{render.credit(passage.article)}{render.excerpt(passage)}"
            f"{render.link(passage.article)}</li>"
            for passage in passages
        ],
    )


def _cards(heading: str, answer: Answer, note: str, items: Iterable[str]) -> str:
    said = f'<p class="note">{note}</p>' if note else ""
    return (
        f'<h2>{heading}</h2><p class="for" dir="auto">{render.escaped(answer.question)}</p>'
        f'{said}<ol class="list">{"".join(items)}</ol>'
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

    with gr.Blocks(title="Dateline", fill_width=True, analytics_enabled=False) as page:
        turns = gr.State(())
        head = _html(masthead(assistant.archive.overview()), "masthead")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="reading"):
                log = _html(conversation(()), "conversation")
                with gr.Column(elem_id="suggestions", visible=False) as offered:
                    _html('<p class="note" id="offered">For example</p>')
                    buttons = [gr.Button(visible=False) for _ in range(SUGGESTIONS)]
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

        def ask(question: str, past: tuple[Turn, ...]) -> Iterator[dict[Any, Any]]:
            # Half of a surrogate pair, which a script can send, is no character.
            question = " ".join(question.encode(errors="replace").decode().split())
            if problem := objection(question):
                yield {notice: _notice(problem)}
                return
            turn = Turn(past[-1].number + 1 if past else 1, question)
            past = past[1 - _MOST_TURNS :]

            def showing(turn: Turn) -> dict[Any, Any]:
                now = (*past, turn)
                return {turns: now, log: conversation(now), panel: sources(now)}

            yield showing(turn) | {box: "", notice: "", offered: gr.update(visible=False)}
            try:
                answer = assistant.ask(question)
                overview = assistant.archive.overview()
            except ArchiveError as error:
                said = f'<p class="reason">{render.escaped(str(error))}</p>'
                yield showing(replace(turn, answer=said))
                return
            if not answer.statements:
                said = not_said(answer, overview)
                yield showing(replace(turn, answer=said, sources=nearest(answer)))
                return
            for shown in range(1, len(answer.statements) + 1):
                if shown > 1:
                    time.sleep(_PAUSE)
                said = statements(answer, turn.number, shown)
                proof = cards(answer, turn.number, shown)
                yield showing(replace(turn, answer=said, sources=proof))

        def give_up(past: tuple[Turn, ...]) -> dict[Any, Any]:
            if not past:
                return {notice: _notice("Something went wrong.")}
            reason = (
                '<p class="reason">Something went wrong while answering; the terminal that '
                "runs Dateline says what.</p>"
            )
            now = (*past[:-1], replace(past[-1], answer=reason))
            return {turns: now, log: conversation(now)}

        def start_over() -> dict[Any, Any]:
            return {
                turns: (),
                log: conversation(()),
                panel: sources(()),
                notice: "",
                offered: gr.update(visible=bool(suggested.done() and suggested.result())),
            }

        async def suggest() -> dict[Any, Any]:
            questions = await asyncio.wrap_future(suggested)
            filled: dict[Any, Any] = {
                button: gr.update(value=question, visible=True)
                for button, question in zip(buttons, questions, strict=False)
            }
            return filled | {offered: gr.update(visible=bool(questions))}

        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        shown = [turns, log, panel, box, notice, offered]
        limit: dict[str, Any] = {"concurrency_limit": _AT_ONCE, "concurrency_id": "ask"}
        asking = [box.submit(ask, [box, turns], shown, **quiet, **limit)]
        asking += [button.click(ask, [button, turns], shown, **quiet, **limit) for button in buttons]
        for event in asking:
            event.failure(give_up, turns, [turns, log, notice], **quiet)
        clear.click(start_over, None, shown, cancels=asking, **quiet)
        page.load(lambda: masthead(assistant.archive.overview()), None, head, **quiet)
        page.load(suggest, None, [*buttons, offered], concurrency_limit=None, **quiet)
    page.queue(max_size=_WAITING)
    return page


def _html(value: str, elem_id: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _notice(problem: str) -> str:
    return f'<p role="alert">{render.escaped(problem)}</p>'


def _in_background(assistant: Answers) -> "Future[list[str]]":
    """The suggested questions, which take the assistant a while: it tries each of them."""
    thread = ThreadPoolExecutor(1, "suggestions")
    questions = thread.submit(assistant.suggest_questions, SUGGESTIONS)
    thread.shutdown(wait=False)
    return questions


# --- How it is served ------------------------------------------------------------------------


class Guard:
    """Lets through what the page needs, and tells the browser to allow no more.

    Gradio comes with doors that this page has no use for (uploads, files, a proxy, calls by
    name); whatever is not listed here is not found. A request that names another host than this
    computer is refused where only this computer is served: it comes from a web page that had its
    own name lead here.
    """

    _PATHS = re.compile(
        r"/(?:$|config/?$|theme\.css$|favicon\.ico$|manifest\.json$|assets/|static/"
        r"|gradio_api/(?:queue/(?:join|data)/?$|cancel$|reset/?$|heartbeat/|startup-events$))"
    )
    _INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
    # Gradio's own scripts compile templates, and its components carry style attributes.
    _POLICY = (
        "default-src 'none'; script-src 'self' 'unsafe-eval'{hashes}; style-src 'self' "
        "'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    )

    def __init__(self, app: ASGIApp, only_hosts: frozenset[str] | None = None) -> None:
        self.app = app
        self.only_hosts = only_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            return
        elif refused := self._refused(scope):
            await refused(scope, receive, send)
        else:
            # The page itself is read on its way out, so it must not be compressed.
            if scope["path"] == "/":
                kept = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
                scope = {**scope, "headers": kept}
            await self.app(scope, receive, self._with_headers(scope["path"] == "/", send))

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if self.only_hosts is not None:
            try:
                host = urlsplit(f"//{headers.get('host', '')}").hostname
            except ValueError:
                host = None
            if host not in self.only_hosts:
                return PlainTextResponse("This page is served to this computer only.", 403)
        if not self._PATHS.match(scope["path"]):
            return PlainTextResponse("There is nothing here.", 404)
        length = headers.get("content-length", "0")
        if scope["method"] == "POST" and (
            "transfer-encoding" in headers
            or not length.isdecimal()
            or int(length) > _LARGEST_REQUEST
        ):
            return PlainTextResponse("The request is too large.", 413)
        return None

    def _with_headers(self, is_page: bool, send: Send) -> Send:
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


def build_app(assistant: Answers, host: str = "127.0.0.1") -> FastAPI:
    """The whole application, to be served at one address."""
    local = frozenset({"127.0.0.1", "localhost", "::1"})
    guard = Middleware(Guard, only_hosts=local if host in local else None)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, middleware=[guard])
    return gr.mount_gradio_app(
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
        mcp_server=False,
        theme=gr.themes.Base(
            primary_hue="slate",
            neutral_hue="stone",
            font=[gr.themes.Font("sans-serif")],
            font_mono=[gr.themes.Font("monospace")],
        ),
        css=CSS,
        js=JAVASCRIPT,
    )


def serve(assistant: Answers, listening: socket.socket, host: str) -> None:
    """Serve the page until it is interrupted."""
    config = uvicorn.Config(
        build_app(assistant, host), log_level="warning", timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run(sockets=[listening])


# --- How it is started -----------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Open an archive and serve the page; returns the exit status."""
    parser = argparse.ArgumentParser("python app.py", description="Ask a news archive.")
    parser.add_argument("--archive", metavar="DIR", help="default: the built-in sample")
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=_port, default=7860, help="default: 7860")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    options = parser.parse_args(arguments)
    try:
        listening = _listen(options.host, options.port)
        assistant = Assistant(open_archive(options.archive))
        # The encoder is loaded now: the first question need not wait, and what is wrong with it
        # is said here.
        assistant.archive.search("news", 1)
        address = _address(listening)
        print(f"Dateline is at {address} (Ctrl+C ends it).", flush=True)
        if not address.startswith(("http://127.0.0.1:", "http://[::1]:")):
            print("Whoever can reach this address can read the archive.", file=sys.stderr)
        if not options.no_browser and _on_a_desktop():
            webbrowser.open(address)
        serve(assistant, listening, options.host)
    except (ArchiveError, _AddressError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def open_archive(folder: str | None) -> Archive:
    """The archive in a folder; without one the built-in sample's, made or completed if needed."""
    if folder is not None:
        return Archive.open(folder)
    made = SAMPLE_ARCHIVE.exists()
    archive = Archive.open(SAMPLE_ARCHIVE) if made else Archive.create(SAMPLE_ARCHIVE)
    if not made:
        print("Building the sample archive.", file=sys.stderr)
    # What is in it already costs nothing to add again; what a kill left out is added now.
    archive.add(list(read_articles([SAMPLE])), progress=not made)
    return archive


class _AddressError(Exception):
    """The page cannot be served at the address that was asked for."""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = error.strerror or str(error)
        raise _AddressError(
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


CSS = """
"""

JAVASCRIPT = """
"""


if __name__ == "__main__":
    sys.exit(main())
