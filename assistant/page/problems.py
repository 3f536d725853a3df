"""Errors of requests: one sentence, as a page, part of a page or text, whichever is expected."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from assistant.page.dossiers import NotPinned
from assistant.page.imports import NotTaken
from assistant.page.kept import NotReopened
from assistant.page.overview import framed
from assistant.page.site import Site
from assistant.rendering import fill
from assistant.wording import gettext
from index import ArchiveError

_STATUSES: Mapping[type[Exception], int] = {
    ArchiveError: 503,
    NotPinned: 404,
    NotReopened: 400,
    NotTaken: 400,
}
PAGES = {
    "/search": "search",
    "/archive": "archive",
    "/read": "archive",
    "/names": "archive",
    "/name": "archive",
    "/saved": "saved",
    "/add": "add",
}
"""The pages, and the part of the site to which each belongs; dossiers show problems themselves."""

# The addresses whose HTML is inserted by a script, or printed. All others answer in plain text.
_TEMPLATES = {
    "/article": "gone.html",
    "/timeline": "note.html",
    "/print": "print.html",
    "/dossier-print": "print.html",
}


def serve_problems(app: FastAPI, site: Site) -> None:
    """Answer the exceptions of the functions behind the addresses; see ``_STATUSES``."""

    def raised(request: Request, error: Exception) -> Response:
        status = next(_STATUSES[kind] for kind in type(error).mro() if kind in _STATUSES)
        problem, path = str(error), request.scope["path"]
        if path in PAGES:
            inside = fill("gone.html", problem=problem)
            framing = framed(inside, gettext("No answer"), PAGES[path], None, site)
            return HTMLResponse(framing, status)
        if path in _TEMPLATES:
            inside = fill(_TEMPLATES[path], problem=problem, note=problem, answer=None)
            return HTMLResponse(inside, status)
        return PlainTextResponse(problem, status)

    for kind in _STATUSES:
        app.add_exception_handler(kind, raised)

    @app.exception_handler(HTTPException)
    @app.exception_handler(RequestValidationError)
    def unread(request: Request, error: Exception) -> Response:
        """Answer for a form that is cut off or incomplete; FastAPI itself would answer in JSON."""
        if isinstance(error, HTTPException) and error.status_code in {404, 405}:
            return JSONResponse({"detail": error.detail}, error.status_code)
        problem = gettext("What was sent cannot be read: go back and send it again.")
        if "text/html" not in request.headers.get("accept", ""):
            return PlainTextResponse(problem, 400)
        inside = fill("gone.html", problem=problem)
        framing = framed(inside, gettext("Not read"), "", None, site)
        return HTMLResponse(framing, 400)
