"""The pages of dossiers: /dossiers lists them, /dossier shows one, and /pin adds to one.

All is done by plain forms, so that it works without a script; static/pins.js only keeps a
conversation where it is while somebody pins from it.
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
from assistant.page.dossiers import LONGEST_NOTE, Answered, Dossiers, Item, NotPinned, Pinned, named
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
# What an address of /pin says is to be pinned.
_NAMED = ("id", "version", "quotes", "article", "answer")


async def _posted(request: Request) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=100) as form:
        yield form


_Posted = Annotated[FormData, Depends(_posted)]
_Given = ImmutableMultiDict[str, str | UploadFile]


def _text(given: _Given, name: str) -> str:
    value = given.get(name)
    return without_halves(value) if isinstance(value, str) else ""


def serve_dossiers(app: FastAPI, archive: Archive, site: Site) -> None:
    """Serve /dossiers, /dossier, /dossier-export, /dossier-print and /pin."""
    dossiers, page = Dossiers(archive), partial(_page, archive, site)
    _serve_pinning(app, archive, dossiers, page)
    _serve_files(app, archive, dossiers)

    def all_of_them(problem: str = "") -> HTMLResponse:
        def shown() -> Markup:
            return fill("dossiers.html", dossiers=dossiers.listed(), problem=problem)

        return page(gettext("Dossiers"), shown, problem)

    def one(name: str, problem: str = "", lost: str = "", removed: str = "") -> HTMLResponse:
        """A dossier; ``lost`` is a note that could not be kept, ``removed`` what can come back."""

        def shown() -> Markup:
            dossier = dossiers.open(name)
            resolved = [(entry, list(blocks(entry))) for entry in entries(archive, dossier.items)]
            return fill("dossier.html", dossier=dossier, entries=resolved, problem=problem,
                        forms=FORMS, longest=LONGEST_NOTE,
                        removed=removed if dossiers.can_put_back(removed) else "")  # fmt: skip

        return page(name, shown, problem, lost=lost)

    @app.get("/dossiers")
    def listed() -> HTMLResponse:
        return all_of_them()

    @app.post("/dossiers")
    def begun(form: _Posted) -> Response:
        file = form.get("file")
        try:
            if isinstance(file, UploadFile):
                return _to(dossiers.take_in(file.file.read()))
            return _to(dossiers.begin(_text(form, "name")))
        except (ArchiveError, NotPinned) as error:
            return all_of_them(str(error))

    @app.get("/dossier")
    def opened(name: str = "", removed: str = "") -> HTMLResponse:
        return one(without_halves(name), removed=removed)

    @app.post("/dossier")
    def changed(form: _Posted) -> Response:
        name = _text(form, "name")
        try:
            return _apply(dossiers, name, form)
        except (ArchiveError, NotPinned) as error:
            return one(name, str(error), _text(form, "note"))


def _serve_pinning(
    app: FastAPI, archive: Archive, dossiers: Dossiers, page: Callable[..., HTMLResponse]
) -> None:
    @app.get("/pin")
    def to_pin(request: Request) -> HTMLResponse:
        return pinning(request.query_params)

    def pinning(given: _Given, problem: str = "") -> HTMLResponse:
        def shown() -> Markup:
            items = [Item("", pinned) for pinned in read_pinned(archive, given)]
            return fill(
                "pin.html",
                shown=[list(blocks(entry)) for entry in entries(archive, items)],
                given=[(name, value) for name in _NAMED for value in given.getlist(name)],
                dossiers=[listed.name for listed in dossiers.listed() if not listed.problem],
                note=_text(given, "note"),
                problem=problem,
                longest=LONGEST_NOTE,
            )

        return page(gettext("Pin"), shown, problem, 400)

    @app.post("/pin")
    def pinned(form: _Posted) -> Response:
        new = _text(form, "new").strip()
        name = new or _text(form, "dossier")
        try:
            item = dossiers.pin(name, read_pinned(archive, form), _text(form, "note"), bool(new))
        except (ArchiveError, NotPinned) as error:
            return pinning(form, str(error))
        name = dossiers.kept_as(named(name))
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
    def printed(name: str = "") -> HTMLResponse:
        dossier = dossiers.open(without_halves(name))
        shown = [all_blocks(entry) for entry in entries(archive, dossier.items)]
        html = fill("dossier_print.html", name=dossier.name, shown=shown)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})


def _page(
    archive: Archive,
    site: Site,
    title: str,
    shown: Callable[[], Markup],
    problem: str = "",
    not_pinned: int = 404,
    lost: str = "",
) -> HTMLResponse:
    status = 400 if problem else 200
    try:
        inside, overview = shown(), archive.overview()
    except (ArchiveError, NotPinned) as error:
        status = not_pinned if isinstance(error, NotPinned) else 503
        onward = "dossiers" if not_pinned == 404 else "search"
        inside, overview = fill("gone.html", problem=str(error), onward=onward), None
    # What somebody wrote is given back to them where it cannot be kept.
    inside += fill("lost.html", lost=lost) if lost else Markup()
    framing = framed(inside, title, "dossiers", overview, site)
    return HTMLResponse(framing, status, {"Cache-Control": "no-store"})


def read_pinned(archive: Archive, given: _Given) -> list[Pinned]:
    """What an address or a form names to be pinned, as the archive has it.

    That is an answer, several articles, or an article or quotes of it. Raises NotPinned.
    """
    if token := _text(given, "answer"):
        try:
            reopen(token, archive)
        except NotReopened as error:
            raise NotPinned(str(error)) from error
        return [Answered(token)]
    cache = ArticleCache(archive)
    if id := _text(given, "id"):
        number = _text(given, "version")
        version = int(number) if number.isdecimal() and len(number) < 9 else 0
        article = next(
            (one for one in cache.versions(id, version) if version in (0, one.version)), None
        )
        if article is None:
            raise NotPinned("The archive does not have this article, or not in this version.")
        spans = typed_spans(_text(given, "quotes"))[:_MOST_QUOTES]
        return [quote(article, *span) for span in spans] or [whole(article)]
    ids = [id for id in given.getlist("article")[:MOST_CHOSEN] if isinstance(id, str)]
    articles = [cache.newest(without_halves(id)) for id in dict.fromkeys(ids)]
    if not articles:
        raise NotPinned("Choose what is to be pinned first.")
    if None in articles:
        raise NotPinned("The archive does not have one of these articles.")
    return [whole(article) for article in articles if article]


def _apply(dossiers: Dossiers, name: str, form: _Given) -> Response:
    """What a form of /dossier asks for; the answer leads to what is to be seen then."""
    id, note, what = _text(form, "item"), _text(form, "note"), _text(form, "do")
    if what == "add":
        return _to(name, dossiers.pin(name, (), note, makes=False))
    if what == "rename":
        return _to(dossiers.rename(name, _text(form, "new")))
    if what == "delete":
        dossiers.delete(name)
        return RedirectResponse("dossiers", 303)
    if what == "remove":
        dossiers.remove(name, id)
        to = urlencode({"name": name, "removed": id})
        return RedirectResponse(f"dossier?{to}#removed", 303)
    if what == "undo":
        dossiers.put_back(name, id)
        return _to(name, id)
    # A note that was begun is not lost where the item is moved; one that was not touched does not
    # undo what was written in another tab.
    dossiers.write(name, id, note, _text(form, "seen"))
    if what in ("up", "down"):
        dossiers.move(name, id, -1 if what == "up" else 1)
    return _to(name, id)


def _to(name: str, item: str = "") -> Response:
    """Leads to a dossier, or to an item of it."""
    at = f"#item-{item}" if item else ""
    return RedirectResponse(f"dossier?{urlencode({'name': name})}{at}", 303)
