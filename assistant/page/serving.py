"""The page and all that it fetches as one application, and the server that runs it."""

import asyncio
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant import Assistant
from assistant.page.browsing import serve_browsing
from assistant.page.chat import build_page
from assistant.page.conversations import serve_conversations
from assistant.page.guard import LOCAL, Guard
from assistant.page.imports import LARGEST_FILE, Imports, serve_imports
from assistant.page.language import InTheirLanguage, serve_words
from assistant.page.links import serve_links
from assistant.page.passwords import Passwords
from assistant.page.pinning import serve_dossiers
from assistant.page.problems import serve_problems
from assistant.page.saved import serve_saved
from assistant.page.several import leading_to, side_by_side
from assistant.page.site import ServedArchive, Site
from assistant.page.timeline import serve_timeline
from assistant.rendering import fill

# Gradio without the parts that this page does not use, and with fonts that need no download.
_PLAIN: dict[str, Any] = {
    "footer_links": [],
    "run_history": False,
    "allowed_paths": [],
    "show_error": False,
    "max_file_size": 1,
    "ssr_mode": False,
    "enable_monitoring": False,
    "pwa": False,
    "theme": gr.themes.Base(
        primary_hue="slate",
        neutral_hue="stone",
        font=[gr.themes.Font("sans-serif")],
        font_mono=[gr.themes.Font("monospace")],
    ),
}


def build_site(
    archives: Mapping[ServedArchive | None, tuple[Assistant, Imports | None]], **served: Any
) -> tuple[ASGIApp, list[FastAPI]]:
    """The application of one archive or several, and the pages in it.

    ``served`` are the further arguments of ``build_app`` for each page. If there are several
    archives, each has a path, and an address without such a path leads to the first.
    """
    if len(archives) == 1:
        [(assistant, imports)] = archives.values()
        page = build_app(assistant, imports=imports, **served)
        return page, [page]
    root_path = served.pop("root_path", "")
    pages = {
        here.path: build_app(
            assistant,
            imports=imports,
            root_path=f"{root_path}/{here.path}",
            archives=tuple(filter(None, archives)),
            here=here,
            **served,
        )
        for here, (assistant, imports) in archives.items()
        if here
    }
    host, passwords = served.get("host", "127.0.0.1"), served.get("passwords")
    door = leading_to(next(iter(pages)), root_path)
    guarded = Guard(door, LOCAL if host in LOCAL else None, passwords, root_path=root_path)
    return side_by_side(pages, InTheirLanguage(guarded), root_path), list(pages.values())


def build_app(
    assistant: Assistant,
    host: str = "127.0.0.1",
    passwords: Passwords | None = None,
    tools: bool = False,
    imports: Imports | None = None,
    root_path: str = "",
    may_keep: bool = False,
    archives: tuple[ServedArchive, ...] = (),
    here: ServedArchive | None = None,
) -> FastAPI:
    """The whole application of an archive; with ``tools`` it serves MCP tools, too.

    ``root_path`` is the path below which it is served, such as ``/dateline``. With ``imports``,
    readers of the page can add articles; if they ``may_keep``, they can store dossiers and saved
    searches in the archive. If several ``archives`` are served, this one is ``here``.
    """
    site = Site(imports is not None, may_keep, archives, here)
    guard = Middleware(
        Guard,
        only_hosts=LOCAL if host in LOCAL else None,
        passwords=passwords,
        tools=tools,
        largest_drop=LARGEST_FILE if imports else None,
        root_path=root_path,
        may_keep=may_keep,
    )
    app = FastAPI(openapi_url=None, middleware=[Middleware(InTheirLanguage), guard])
    serve_problems(app, site)
    serve_browsing(app, assistant.archive, site)
    serve_saved(app, assistant, site)
    serve_links(app, assistant.archive)
    serve_timeline(app, assistant.archive)
    serve_conversations(app, assistant.archive)
    if may_keep:
        serve_dossiers(app, assistant.archive, site)
    if imports:
        serve_imports(app, imports, site)
    serve_words(app)
    app.mount("/page", StaticFiles(directory=Path(__file__).parent / "static"))
    gr.mount_gradio_app(
        app,
        # On a computer that serves others, only its owner decides which servers it calls.
        build_page(assistant, host in LOCAL and passwords is None, site),
        path="/",
        root_path=root_path or None,
        server_name=host,
        mcp_server=tools,
        **_PLAIN,
        # Not as css=, which prefixes each selector and thereby breaks those in media queries.
        head=fill("head.html", site=site),
    )
    return app


MOST_CONNECTIONS = 400
"""At the same time; each open page holds one or two. Further ones are closed unanswered."""

PATIENCE = 10.0
"""Seconds: a connection that has no complete request within twice this time is closed."""


class _BoundedProtocol(H11Protocol):
    """HTTP that closes a connection if its request stays incomplete, or if there are too many."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._at_last_look: object = None
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._looking = self.loop.call_later(PATIENCE, self._look, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if hasattr(self, "_looking"):
            self._looking.cancel()
        super().connection_lost(exc)

    def _look(self, transport: asyncio.Transport) -> None:
        is_waiting = self.cycle is None or self.cycle.response_complete
        seen = self._at_last_look
        self._at_last_look = (self.cycle,) if is_waiting else None
        if is_waiting and seen == (self.cycle,):
            transport.abort()
            return
        self._looking = self.loop.call_later(PATIENCE, self._look, transport)


class Server(uvicorn.Server):
    """Ends on a signal even while ``pages`` are open, each of which holds a connection."""

    def __init__(self, app: ASGIApp, pages: Iterable[FastAPI]) -> None:
        super().__init__(
            uvicorn.Config(
                app, http=_BoundedProtocol, log_level="warning", timeout_graceful_shutdown=2
            )
        )
        routes = (route for page in pages for route in page.routes)
        mounted = (route.app for route in routes if isinstance(route, Mount))
        self.pages = [page for page in mounted if isinstance(page, App)]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for page in self.pages:
            page.stop_event.set()
        await super().shutdown(sockets)
