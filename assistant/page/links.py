"""What can be taken away of an answer: its link, a page to print, and files."""

import re
from urllib.parse import quote

from fastapi import FastAPI
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from assistant import exports
from assistant import rendering as render
from assistant.answer import Citation
from assistant.page.kept import NotReopened, Reopened, reopen
from assistant.page.protocols import Held
from corpus import Article
from index import ArchiveError

_LONGEST_NAME = 60


def actions(token: str) -> str:
    """The row under an answer by which it is copied, kept as a file, or printed."""
    named = quote(token)
    return (
        '<div class="actions" role="group" aria-label="Take this answer with you">'
        f'<button type="button" data-copy="#answer={named}">Copy link</button>'
        f'<button type="button" data-fetch="export?form=text&amp;answer={named}">'
        "Copy with citations</button>"
        f'<a href="export?form=markdown&amp;answer={named}" download>Markdown</a>'
        f'<a href="export?form=csl&amp;answer={named}" download>CSL-JSON</a>'
        f'<a href="print?answer={named}" target="_blank" rel="noopener">Print</a>'
        '<span class="done" role="status"></span></div>'
    )


def serve_links(app: FastAPI, archive: Held) -> None:
    """Serve what ``actions`` leads to: /print and /export, each with the token of an answer."""

    @app.get("/print")
    def printed(answer: str = "") -> HTMLResponse:
        try:
            reopened = reopen(answer, archive)
        except NotReopened as error:
            return HTMLResponse(_document("No answer", _reason(str(error))), 400)
        except ArchiveError as error:
            return HTMLResponse(_document("No answer", _reason(str(error))), 503)
        return HTMLResponse(printable(reopened), headers={"Cache-Control": "no-store"})

    @app.get("/export")
    def export(answer: str = "", form: str = "") -> Response:
        if form not in exports.FORMS:
            names = ", ".join(exports.FORMS)
            return PlainTextResponse(f"An answer is given as one of {names}.", 404)
        written = exports.FORMS[form]
        try:
            reopened = reopen(answer, archive)
        except NotReopened as error:
            return PlainTextResponse(str(error), 400)
        except ArchiveError as error:
            return PlainTextResponse(str(error), 503)
        name = f"{_file_name(reopened.answer.question)}.{written.ending}"
        return Response(
            written.write(reopened.answer, reopened.asked_on, as_asked(reopened)),
            media_type=written.media_type,
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )


def as_asked(reopened: Reopened) -> str:
    """When a reopened answer was asked, and what the archive held then, in one sentence."""
    return exports.asked_when(reopened.asked_on, reopened.articles, reopened.first, reopened.last)


def printable(reopened: Reopened) -> str:
    """An answer as an HTML page of its own, which needs no script."""
    answer = reopened.answer
    parts = [f'<h1 dir="auto">{render.escaped(answer.question)}</h1>']
    parts += [_note(each) for each in exports.circumstances(answer, as_asked(reopened))]
    for statement in answer.statements:
        markers = "".join(f"<sup>[{each.marker}]</sup>" for each in statement.citations)
        parts.append(
            f'<p class="statement" dir="auto"><span class="words">{render.escaped(statement.text)}'
            f'</span><span dir="ltr">{markers}</span></p>'
        )
    if not answer.statements:
        parts.append(_reason(answer.reason))
    parts += [_note(each) for each in exports.remarks(answer)]
    if answer.citations:
        parts += ["<h2>Sources</h2>", "<dl>", *map(_source, answer.citations), "</dl>"]
    elif answer.passages:
        near = "".join(
            f"<li>{_credit(each.article)}{_address(each.article)}</li>" for each in answer.passages
        )
        parts += ["<h2>Nearest in the archive</h2>", _note(render.NOT_EVIDENCE), f"<ul>{near}</ul>"]
    return _document(answer.question, "".join(parts))


def _source(citation: Citation) -> str:
    also = exports.carriers([citation])
    return (
        f"<dt>[{citation.marker}]</dt><dd>"
        f'<blockquote dir="auto">{render.escaped(citation.quote)}</blockquote>'
        f"{_credit(citation.article)}{_note(also) if also else ''}{_address(citation.article)}</dd>"
    )


def _credit(article: Article) -> str:
    return f'<p class="credit" dir="auto">{render.escaped(exports.credit(article))}</p>'


def _address(article: Article) -> str:
    address = exports.web_address(article)
    if not address:
        return ""
    written = render.escaped(address)
    return f'<p class="address"><a href="{written}" rel="noopener noreferrer">{written}</a></p>'


def _note(text: str) -> str:
    return f'<p class="note" dir="auto">{render.escaped(text)}</p>'


def _reason(text: str) -> str:
    return f'<p class="reason" dir="auto">{render.escaped(text)}</p>'


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{render.escaped(title, 200)} – Dateline</title>"
        '<link rel="stylesheet" href="page/print.css"></head>'
        f"<body><main>{body}</main></body></html>"
    )


def _file_name(question: str) -> str:
    """A name for a file, of the plain letters and digits of a question."""
    words = re.findall(r"[a-z0-9]+", question.casefold())
    return "-".join(words)[:_LONGEST_NAME].strip("-") or "answer"
