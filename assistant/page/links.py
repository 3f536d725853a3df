"""An answer to take away: its link, a page to print, and files."""

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
    """Serve /print and /export, each for the token of an answer; /export also takes several."""

    @app.get("/print")
    def print_page(answer: str = "") -> HTMLResponse:
        reopened = reopen(answer, archive)
        return HTMLResponse(printable(reopened), headers={"Cache-Control": "no-store"})

    @app.get("/export")
    def export(answer: str = "", form: str = "") -> Response:
        if form not in exports.FORMS:
            names = ", ".join(exports.FORMS)
            return PlainTextResponse(
                gettext("An answer is given as one of %(names)s.", names=names), 404
            )
        file_format = exports.FORMS[form]
        reopened = reopen(answer, archive)
        name = f"{file_name(reopened.answer.question) or 'answer'}.{file_format.ending}"
        content = file_format.write(reopened.answer, reopened.asked_on, as_asked(reopened))
        return attached(content, file_format.media_type, name)

    @app.post("/export")
    def export_all(
        question: Annotated[list[str], Form(default_factory=list)],
        answer: Annotated[list[str], Form(default_factory=list)],
    ) -> Response:
        """A conversation as Markdown, from the questions and the tokens of their answers."""
        turns = zip_longest(question, answer, fillvalue="")
        parts = [_turn(text, token, archive) for text, token in turns]
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
    """A sentence that says when an answer was asked, and what the archive held then."""
    return exports.asked_when(reopened.asked_on, reopened.articles, reopened.first, reopened.last)


def printable(reopened: Reopened) -> Markup:
    """An answer as an HTML page to print, which needs no script."""
    answer = reopened.answer
    return fill(
        "print.html",
        answer=answer,
        circumstances=exports.circumstances(answer, as_asked(reopened)),
        remarks=exports.remarks(answer),
    )


def attached(content: str | bytes, media_type: str, name: str) -> Response:
    """A response that the browser saves as a file of this name."""
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def file_name(text: str) -> str:
    """A file name from the ASCII letters and digits of a text; empty if it has none."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    return "-".join(words)[:_LONGEST_NAME].strip("-")
