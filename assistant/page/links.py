"""What can be taken away of an answer: its link, a page to print, and files."""

import re
from itertools import zip_longest
from typing import Annotated

from fastapi import FastAPI, Form
from markupsafe import Markup
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from assistant import exports
from assistant.page.kept import NotReopened, Reopened, reopen
from assistant.rendering import fill
from assistant.wording import gettext
from index import Archive

_LONGEST_NAME = 60


def serve_links(app: FastAPI, archive: Archive) -> None:
    """Serve /print and /export, each with the token of an answer; /export takes many as well."""

    @app.get("/print")
    def printed(answer: str = "") -> HTMLResponse:
        reopened = reopen(answer, archive)
        return HTMLResponse(printable(reopened), headers={"Cache-Control": "no-store"})

    @app.get("/export")
    def export(answer: str = "", form: str = "") -> Response:
        if form not in exports.FORMS:
            names = ", ".join(exports.FORMS)
            return PlainTextResponse(
                gettext("An answer is given as one of %(names)s.", names=names), 404
            )
        written = exports.FORMS[form]
        reopened = reopen(answer, archive)
        name = f"{file_name(reopened.answer.question) or 'answer'}.{written.ending}"
        content = written.write(reopened.answer, reopened.asked_on, as_asked(reopened))
        return attached(content, written.media_type, name)

    @app.post("/export")
    def export_all(
        question: Annotated[list[str], Form(default_factory=list)],
        answer: Annotated[list[str], Form(default_factory=list)],
    ) -> Response:
        """A conversation as Markdown: of each turn the question, and the token of its answer."""
        turns = zip_longest(question, answer, fillvalue="")
        parts = [_turn(asked, token, archive) for asked, token in turns]
        return attached("\n---\n\n".join(parts), "text/markdown", "conversation.md")


def _turn(question: str, token: str, archive: Archive) -> str:
    """A turn of a conversation as Markdown."""
    try:
        reopened = reopen(token, archive)
    except NotReopened:
        # An answer that is too long for a link, and one that failed, have no token.
        problem = gettext("This answer was not kept.")
        return f"# {exports.plain(question)}\n\n{problem}\n"
    return exports.as_markdown(reopened.answer, as_asked(reopened))


def as_asked(reopened: Reopened) -> str:
    """When a reopened answer was asked, and what the archive held then, in one sentence."""
    return exports.asked_when(reopened.asked_on, reopened.articles, reopened.first, reopened.last)


def printable(reopened: Reopened) -> Markup:
    """An answer as an HTML page of its own, which needs no script."""
    answer = reopened.answer
    return fill(
        "print.html",
        answer=answer,
        circumstances=exports.circumstances(answer, as_asked(reopened)),
        remarks=exports.remarks(answer),
    )


def attached(content: str | bytes, media_type: str, name: str) -> Response:
    """A file of this name, to be kept by the browser."""
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def file_name(text: str) -> str:
    """A name for a file, of the plain letters and digits of a text; empty if it has none."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    return "-".join(words)[:_LONGEST_NAME].strip("-")
