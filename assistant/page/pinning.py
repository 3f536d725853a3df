"""The pages of dossiers: /dossiers lists them, /dossier shows one, and /pin adds to one.

The pages use plain forms, so they work without a script; static/pins.js only keeps a conversation
in its place while somebody pins from it.
"""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from markupsafe import Markup
from starlette.datastructures import FormData, ImmutableMultiDict, UploadFile
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from assistant.page.dossier_entries import entries, quote, whole
from assistant.page.dossier_files import FORMS, all_blocks, blocks
from assistant.page.dossiers import (
    LONGEST_NOTE,
    Answered,
    Dossiers,
    Item,
    NotPinned,
    Pinned,
    valid_name,
)
from assistant.page.inputs import MOST_CHOSEN, typed_spans
from assistant.page.kept import ArticleCache, NotReopened, reopen
from assistant.page.links import attached, file_name
from assistant.page.overview import framed
from assistant.page.site import Site
from assistant.periods import current_day
from assistant.rendering import fill
from assistant.wording import gettext
from corpus.encoding import without_halves
from index import Archive, ArchiveError

_MOST_QUOTES = 20
# The parameters of /pin that say what to pin.
_PARAMETERS = ("id", "version", "quotes", "article", "answer")


async def _posted(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=100) as form:
        yield form


_Posted = Annotated[FormData, Depends(_posted)]
_Fields = ImmutableMultiDict[str, str | UploadFile]


def _text(fields: _Fields, name: str) -> str:
    value = fields.get(name)
    return without_halves(value) if isinstance(value, str) else ""


def serve_dossiers(app: FastAPI, archive: Archive, site: Site) -> None:
    """Serve /dossiers, /dossier, /dossier-export, /dossier-print and /pin."""
    dossiers, page = Dossiers(archive), partial(_page, archive, site)
    _serve_pinning(app, archive, dossiers, page)
    _serve_files(app, archive, dossiers)

    def list_page(problem: str = "") -> HTMLResponse:
        def content() -> Markup:
            return fill("dossiers.html", dossiers=dossiers.listed(), problem=problem)

        return page(gettext("Dossiers"), content, problem)

    def dossier_page(
        name: str, problem: str = "", lost: str = "", removed: str = ""
    ) -> HTMLResponse:
        """A dossier; ``lost`` is a note that was not stored, ``removed`` an item to put back."""

        def content() -> Markup:
            dossier = dossiers.open(name)
            resolved = [(entry, list(blocks(entry))) for entry in entries(archive, dossier.items)]
            return fill("dossier.html", dossier=dossier, entries=resolved, problem=problem,
                        forms=FORMS, longest=LONGEST_NOTE,
                        removed=removed if dossiers.can_put_back(removed) else "")  # fmt: skip

        return page(name, content, problem, lost=lost)

    @app.get("/dossiers")
    def list_all() -> HTMLResponse:
        return list_page()

    @app.post("/dossiers")
    def begin(form: _Posted) -> Response:
        file = form.get("file")
        try:
            if isinstance(file, UploadFile):
                return _to(dossiers.take_in(file.file.read()))
            return _to(dossiers.begin(_text(form, "name")))
        except (ArchiveError, NotPinned) as error:
            return list_page(str(error))

    @app.get("/dossier")
    def show(name: str = "", removed: str = "") -> HTMLResponse:
        return dossier_page(without_halves(name), removed=removed)

    @app.post("/dossier")
    def change(form: _Posted) -> Response:
        name = _text(form, "name")
        try:
            return _apply(dossiers, name, form)
        except (ArchiveError, NotPinned) as error:
            return dossier_page(name, str(error), _text(form, "note"))


def _serve_pinning(
    app: FastAPI, archive: Archive, dossiers: Dossiers, page: Callable[..., HTMLResponse]
) -> None:
    @app.get("/pin")
    def show_form(request: Request) -> HTMLResponse:
        return pin_page(request.query_params)

    def pin_page(fields: _Fields, problem: str = "") -> HTMLResponse:
        def content() -> Markup:
            items = [Item("", pinned) for pinned in read_pinned(archive, fields)]
            return fill(
                "pin.html",
                shown=[list(blocks(entry)) for entry in entries(archive, items)],
                given=[(name, value) for name in _PARAMETERS for value in fields.getlist(name)],
                dossiers=[dossier.name for dossier in dossiers.listed() if not dossier.problem],
                note=_text(fields, "note"),
                problem=problem,
                longest=LONGEST_NOTE,
            )

        return page(gettext("Pin"), content, problem, 400)

    @app.post("/pin")
    def pin(form: _Posted) -> Response:
        new = _text(form, "new").strip()
        name = new or _text(form, "dossier")
        try:
            item = dossiers.pin(name, read_pinned(archive, form), _text(form, "note"), bool(new))
        except (ArchiveError, NotPinned) as error:
            return pin_page(form, str(error))
        name = dossiers.kept_as(valid_name(name))
        if _text(form, "stays"):
            return page(gettext("Pinned"), lambda: fill("pinned.html", name=name, item=item))
        return _to(name, item)


def _serve_files(app: FastAPI, archive: Archive, dossiers: Dossiers) -> None:
    @app.get("/dossier-export")
    def export(name: str = "", form: str = "") -> Response:
        if form not in FORMS:
            return PlainTextResponse(
                gettext("A dossier is given as one of %(names)s.", names=", ".join(FORMS)), 404
            )
        dossier = dossiers.open(without_halves(name))
        content = FORMS[form].write(dossier, entries(archive, dossier.items), current_day())
        file = f"{file_name(dossier.name) or 'dossier'}.{FORMS[form].ending}"
        return attached(content, FORMS[form].media_type, file)

    @app.get("/dossier-print")
    def printable(name: str = "") -> HTMLResponse:
        dossier = dossiers.open(without_halves(name))
        items = [all_blocks(entry) for entry in entries(archive, dossier.items)]
        html = fill("dossier_print.html", name=dossier.name, shown=items)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _page(
    archive: Archive,
    site: Site,
    title: str,
    content: Callable[[], Markup],
    problem: str = "",
    not_pinned: int = 404,
    lost: str = "",
) -> HTMLResponse:
    status = 400 if problem else 200
    try:
        inside, overview = content(), archive.overview()
    except (ArchiveError, NotPinned) as error:
        status = not_pinned if isinstance(error, NotPinned) else 503
        onward = "dossiers" if not_pinned == 404 else "search"
        inside, overview = fill("gone.html", problem=str(error), onward=onward), None
    # A note that could not be stored is shown, so that its writer does not lose it.
    inside += fill("lost.html", lost=lost) if lost else Markup()
    framing = framed(inside, title, "dossiers", overview, site)
    return HTMLResponse(framing, status, {"Cache-Control": "no-store"})


def read_pinned(archive: Archive, fields: _Fields) -> list[Pinned]:
    """The answer, the articles, or the quotes of one article that an address or a form asks to pin.

    Raises NotPinned if the archive does not have them.
    """
    if token := _text(fields, "answer"):
        try:
            reopen(token, archive)
        except NotReopened as error:
            raise NotPinned(str(error)) from error
        return [Answered(token)]
    cache = ArticleCache(archive)
    if id := _text(fields, "id"):
        number = _text(fields, "version")
        version = int(number) if number.isdecimal() and len(number) < 9 else 0
        versions = cache.versions(id, version)
        article = next((stored for stored in versions if version in (0, stored.version)), None)
        if article is None:
            raise NotPinned("The archive does not have this article, or not in this version.")
        spans = typed_spans(_text(fields, "quotes"))[:_MOST_QUOTES]
        return [quote(article, *span) for span in spans] or [whole(article)]
    ids = [id for id in fields.getlist("article")[:MOST_CHOSEN] if isinstance(id, str)]
    articles = [cache.newest(without_halves(id)) for id in dict.fromkeys(ids)]
    if not articles:
        raise NotPinned("Choose what is to be pinned first.")
    if None in articles:
        raise NotPinned("The archive does not have one of these articles.")
    return [whole(article) for article in articles if article]


def _apply(dossiers: Dossiers, name: str, form: _Fields) -> Response:
    """Carry out a form of /dossier; returns a redirect to the page that shows the result."""
    id, note, action = _text(form, "item"), _text(form, "note"), _text(form, "do")
    if action == "add":
        return _to(name, dossiers.pin(name, (), note, makes=False))
    if action == "rename":
        return _to(dossiers.rename(name, _text(form, "new")))
    if action == "delete":
        dossiers.delete(name)
        return RedirectResponse("dossiers", 303)
    if action == "remove":
        dossiers.remove(name, id)
        to = urlencode({"name": name, "removed": id})
        return RedirectResponse(f"dossier?{to}#removed", 303)
    if action == "undo":
        dossiers.put_back(name, id)
        return _to(name, id)
    # A note that somebody began is not lost when the item is moved. A note that nobody touched does
    # not undo what was written in another tab.
    dossiers.write(name, id, note, _text(form, "seen"))
    if action in ("up", "down"):
        dossiers.move(name, id, -1 if action == "up" else 1)
    return _to(name, id)


def _to(name: str, item: str = "") -> Response:
    """A redirect to a dossier, or to an item of it."""
    at = f"#item-{item}" if item else ""
    return RedirectResponse(f"dossier?{urlencode({'name': name})}{at}", 303)
