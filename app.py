"""The chat in the browser: python app.py [--archive DIR]."""

import os

# Before Gradio is imported, which reads them once.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import argparse
import ipaddress
import socket
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import Answer, Assistant
from assistant.rendering import (
    as_plain_markdown,
    distinct,
    excerpt,
    headline,
    long_date,
    quotation,
)
from corpus import SAMPLE, read_articles
from index import Archive, ArchiveError

SAMPLE_ARCHIVE = Path(__file__).parent / ".sample-archive"
LONGEST_QUESTION = 1000
_NEAREST = 3
_SUGGESTIONS = 4
_EVIDENCE_HINT = "The passages that prove an answer appear here."

# Gradio's own page needs inline scripts and styles; nothing may come from, or go to, elsewhere.
_POLICY = "; ".join([
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
])  # fmt: skip
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


class SecurityHeaders:
    """Adds the headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)


def build_page(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant's archive."""
    suggestions = assistant.suggest_questions(_SUGGESTIONS)

    def ask(
        question: str, conversation: list[dict[str, Any]], evidence: list[str]
    ) -> Iterator[tuple[str, list[dict[str, Any]], list[str], str]]:
        question = question.strip()
        turn = len(evidence) + 1
        conversation = [*conversation, _message("user", as_plain_markdown(question))]
        yield "", [*conversation, _message("assistant", "Searching the archive …")], evidence, (
            _panel(evidence)
        )
        if len(question) > LONGEST_QUESTION:
            said = f"That question is longer than {LONGEST_QUESTION} characters; please shorten it."
            yield "", [*conversation, _message("assistant", said)], evidence, _panel(evidence)
            return
        try:
            answer = assistant.ask(question)
        except (ValueError, ArchiveError) as error:
            said = as_plain_markdown(str(error))
            yield "", [*conversation, _message("assistant", said)], evidence, _panel(evidence)
            return
        evidence = [*evidence, _cards(answer, turn)]
        for said in _growing(answer, turn, assistant.archive):
            yield "", [*conversation, _message("assistant", said)], evidence, _panel(evidence)

    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True) as page:
        evidence = gr.State([])
        gr.HTML(_header(assistant.archive), elem_id="masthead")
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=5, min_width=320):
                conversation = gr.Chatbot(
                    label="Conversation",
                    show_label=False,
                    elem_id="conversation",
                    height="62vh",
                    latex_delimiters=[],
                    feedback_options=None,
                    buttons=[],
                    allow_tags=False,
                    layout="panel",
                    placeholder="### Ask the archive\nEvery sentence of an answer is quoted.",
                )
                question = gr.Textbox(
                    label="Question",
                    show_label=False,
                    placeholder="Ask a question, and press Enter",
                    elem_id="question",
                    lines=1,
                    max_lines=4,
                    autofocus=True,
                    submit_btn="Ask",
                    html_attributes=gr.InputHTMLAttributes(spellcheck=True),
                )
                with gr.Column(elem_id="suggestions"):
                    buttons = [gr.Button(each, size="sm") for each in suggestions]
            with gr.Column(scale=4, min_width=320):
                panel = gr.HTML(_panel([]), elem_id="evidence")
        state = [conversation, evidence]
        shown = [question, conversation, evidence, panel]
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        question.submit(ask, [question, *state], shown, **private)
        for button in buttons:
            button.click(ask, [button, *state], shown, **private)
        conversation.clear(lambda: ([], _panel([])), None, [evidence, panel], **private)
    return page


def _message(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _growing(answer: Answer, turn: int, archive: Archive) -> Iterator[str]:
    """The answer as Markdown, a statement more each time."""
    if not answer.statements:
        overview = archive.overview()
        said = answer.reason
        if overview.first and overview.last:
            said += (
                f" It has {overview.articles} articles from {long_date(overview.first)}"
                f" to {long_date(overview.last)}."
            )
        yield as_plain_markdown(said)
        return
    said = ""
    for statement in answer.statements:
        marks = "".join(
            rf" [\[{citation.marker}\]](#cite-{turn}-{citation.marker})"
            for citation in statement.citations
        )
        said += f"{as_plain_markdown(statement.text)}{marks}\n\n"
        yield said


def _cards(answer: Answer, turn: int) -> str:
    """The evidence for one answer as HTML, or what is nearest where there is none."""
    question = escape(answer.question)
    if answer.citations:
        cards = "".join(
            f'<article class="card" id="cite-{turn}-{each.marker}" tabindex="-1">'
            f'<a class="marker" href="#conversation">{each.marker}</a>'
            f"{headline(each.article)}{quotation(each.article, each.start, each.end)}</article>"
            for each in answer.citations
        )
        return f'<p class="asked" dir="auto">{question}</p>{cards}'
    nearest = [
        answer.passages[position]
        for position in distinct([passage.article for passage in answer.passages])
    ][:_NEAREST]
    cards = "".join(
        f'<article class="card nearest">{headline(each.article)}'
        f"{excerpt(each.article, each.start, each.end)}</article>"
        for each in nearest
    )
    label = "Nearest in the archive; none of it answers the question." if nearest else ""
    return f'<p class="asked" dir="auto">{question}</p><p class="label">{label}</p>{cards}'


def _panel(evidence: list[str]) -> str:
    """The evidence for every answer, the last one's open."""
    if not evidence:
        return f'<section aria-label="Evidence"><p class="label">{_EVIDENCE_HINT}</p></section>'
    earlier = "".join(
        f"<details><summary>Earlier: answer {number}</summary>{each}</details>"
        for number, each in reversed(list(enumerate(evidence[:-1], start=1)))
    )
    return f'<section aria-label="Evidence">{evidence[-1]}{earlier}</section>'


def _header(archive: Archive) -> str:
    overview = archive.overview()
    covers = ""
    if overview.first and overview.last:
        covers = f", {long_date(overview.first)} to {long_date(overview.last)}"
    return f"<h1>Dateline</h1><p>{overview.articles:,} articles{covers}</p>"


_FONT = ["Charter", "Bitstream Charter", "Sitka Text", "Cambria", "Georgia", "serif"]

_STYLE = """
.gradio-container { max-width: 1320px !important; margin: 0 auto; }
#masthead { display: flex; align-items: baseline; gap: 1rem; border-bottom: 3px double var(--border-color-primary); padding-bottom: .4rem; }
#masthead h1 { font-size: 1.7rem; margin: 0; letter-spacing: .01em; }
#masthead p { margin: 0; color: var(--body-text-color-subdued); }
#masthead .prose { display: flex; align-items: baseline; gap: 1rem; }
#conversation .message { font-size: 1.05rem; line-height: 1.6; }
#conversation a[href^="#cite-"] { text-decoration: none; font-weight: 600; font-size: .85em; vertical-align: .15em; }
#evidence { max-height: 80vh; overflow-y: auto; }
#evidence .asked { font-weight: 600; margin: 0 0 .6rem; }
#evidence .label { color: var(--body-text-color-subdued); }
#evidence .card { position: relative; border: 1px solid var(--border-color-primary); border-radius: 6px; padding: .8rem 1rem; margin: 0 0 .8rem; background: var(--background-fill-primary); overflow-wrap: anywhere; }
#evidence .card:not(.nearest) { padding-left: 3rem; }
#evidence .card.shown, #evidence .card:target { border-color: var(--color-accent); box-shadow: 0 0 0 1px var(--color-accent); }
#evidence .card.nearest { border-style: dashed; }
#evidence .marker { position: absolute; left: .8rem; top: .8rem; font-weight: 700; text-decoration: none; }
#evidence h3 { margin: 0; font-size: 1rem; line-height: 1.35; }
#evidence .credit { margin: .1rem 0 .5rem !important; font-size: .85rem; color: var(--body-text-color-subdued); }
#evidence blockquote { margin: 0 !important; padding: 0 !important; border: 0; line-height: 1.55; white-space: pre-line; font-style: normal; }
#evidence mark { background: #ffe9a8; color: #1f1a08; padding: .05em 0; }
.dark #evidence mark { background: #6b5413; color: #fff6d9; }
#evidence summary { cursor: pointer; color: var(--body-text-color-subdued); margin: .4rem 0; }
#suggestions { gap: .4rem; }
#suggestions button { white-space: normal; background: none; border: 0; box-shadow: none; justify-content: flex-start; text-align: left; color: var(--body-text-color-subdued); padding: .2rem; font-size: .95rem; }
#suggestions button:hover, #suggestions button:focus-visible { color: var(--body-text-color); text-decoration: underline; }
footer { display: none !important; }
@media (max-width: 768px) { #desk { flex-direction: column; } #evidence { max-height: none; } }
"""

# One listener for the whole page: a marker shows its card, a card's number leads back.
_SCRIPT = """
() => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    const hash = link.getAttribute("href");
    const target = hash.startsWith("#cite-")
      ? document.getElementById(hash.slice(1))
      : document.querySelector(`#conversation a[href="#${link.closest(".card")?.id}"]`);
    if (!target) return;
    event.preventDefault();
    target.closest("details")?.setAttribute("open", "");
    document.querySelectorAll("#evidence .shown").forEach((card) => card.classList.remove("shown"));
    (target.classList.contains("card") ? target : link.closest(".card"))?.classList.add("shown");
    target.scrollIntoView({ behavior: "smooth", block: "center" });
    target.focus({ preventScroll: true });
  }, true);
}
"""


def launch(page: gr.Blocks, host: str, port: int, browser: bool, block: bool = True) -> str:
    """Serve the page; returns its address at once unless it is to block."""
    page.queue(max_size=40, default_concurrency_limit=4, api_open=False)
    _, address, _ = page.launch(
        server_name=host,
        server_port=port,
        inbrowser=browser,
        prevent_thread_lock=not block,
        quiet=True,
        share=False,
        show_error=False,
        strict_cors=True,
        allowed_paths=[],
        max_file_size=1,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        footer_links=[],
        app_kwargs={"middleware": [Middleware(SecurityHeaders)]},
        theme=gr.themes.Default(
            primary_hue="amber", neutral_hue="stone", font=_FONT, font_mono=["monospace"]
        ),
        css=_STYLE,
        js=_SCRIPT,
    )
    return str(address)


def open_archive(folder: Path | None) -> Archive:
    """The archive in a folder, or the built-in sample's, which is made when there is none."""
    if folder is not None:
        return Archive.open(folder)
    try:
        archive = Archive.open(SAMPLE_ARCHIVE)
    except ArchiveError:
        if (SAMPLE_ARCHIVE / "archive.sqlite").exists():
            raise
        archive = Archive.create(SAMPLE_ARCHIVE)
    # Also after an interrupted first start; what is there already is not embedded again.
    archive.add(read_articles([SAMPLE]), progress=True)
    return archive


def main(arguments: list[str] | None = None) -> int:
    """Open the chat; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, metavar="DIR", help="default: the built-in sample")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    options = parser.parse_args(arguments)
    try:
        if not ipaddress.ip_address(options.host).is_loopback:
            parser.error(f"{options.host} can be reached from outside; only loopback is served")
    except ValueError:
        parser.error(f"--host {options.host!r} is not an address such as 127.0.0.1")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((options.host, options.port))
    except (OSError, OverflowError) as error:
        said = getattr(error, "strerror", None) or error
        print(f"error: port {options.port} cannot be used ({said}); name another with --port",
              file=sys.stderr)  # fmt: skip
        return 2
    try:
        print("Opening the archive …", flush=True)
        page = build_page(Assistant(open_archive(options.archive)))
    except ArchiveError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    desktop = bool(os.environ.get("DISPLAY") or sys.platform in {"darwin", "win32"})
    print(f"Dateline is open at http://{options.host}:{options.port} (Ctrl-C ends it)", flush=True)
    launch(page, options.host, options.port, desktop and not options.no_browser)
    return 0


if __name__ == "__main__":
    sys.exit(main())
