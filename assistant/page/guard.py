"""Which requests reach the page, and what a browser may do with it."""

import asyncio
import base64
import hashlib
import re
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.page.dossiers import LARGEST
from assistant.page.passwords import Passwords, TooManyTries
from assistant.page.problems import PAGES
from assistant.rendering import fill
from assistant.wording import document, gettext

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_LARGEST_REQUEST = 256 * 1024
# The file of a dossier, and what a form adds around a file.
_LARGEST_DOSSIER = LARGEST + 16 * 1024
# Gradio's page loses an event that it sends while the stream of the previous event closes: if the
# event is accepted then, the page finds that stream still open and opens no other. So no event is
# answered for this many seconds after a stream was closed. Events are not answered late without
# need: one that ends before the page knows of it has the page open a stream for nothing.
_SETTLING = 0.05
_CLOSING = b'"close_stream"'
# Gradio breaks off its streams as soon as the page may be left, and complains of that. But the page
# may stay, as where a link leads to a file; and if it does not, the browser ends the streams.
_STAYS = (
    b"<script>addEventListener('beforeunload', event => event.stopImmediatePropagation())</script>"
)

SILENCE = 30.0
"""Seconds that a request may pause in the middle; after that it counts as broken off."""


@dataclass
class Guard:
    """Lets only requests through that the page needs, and tells the browser to allow no more.

    Gradio has addresses that this page does not use (uploads, files, a proxy, calls by name); any
    address that is not listed here is not found. If only this computer is served, a request for
    another host name is refused: it comes from a web page that had its own name resolve to this
    computer. A request from another origin is refused, too, because a browser would send it with
    the reader's password. If there are passwords, nothing is served without one.
    """

    _PATHS = re.compile(
        r"/(?:$|article$|timeline$|search$|archive$|read$|names?$|feed$|print$|export$|page/|config/?$"
        r"|conversations$|theme\.css$|favicon\.ico$|manifest\.json$|assets/|static/"
        r"|gradio_api/(?:queue/(?:join|data)/?$|cancel$|reset/?$|heartbeat/|app_id/?$"
        r"|info/?$|call/(?:ask|search|read_article)(?:/[0-9a-f]{1,64})?$))"
    )
    _DROPS = re.compile(r"/drop/[0-9a-f]{32}$")
    _IMPORTS = re.compile(
        r"/add$|/import(?:/(?:stop|withdraw|drop/[0-9a-f]{32}|place/[0-9]{1,3}))?$"
    )
    _KEPT = re.compile(r"/(?:dossiers|dossier|dossier-export|dossier-print|pin|saved)$")
    _TOOLS = re.compile(r"/gradio_api/mcp/?$")
    _INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
    # Gradio's own scripts compile templates, and its components carry style attributes.
    _POLICY = (
        "default-src 'none'; script-src 'self' 'unsafe-eval'{hashes}; style-src 'self' "
        "'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    )

    # Pages and files that are opened by themselves run no script and load only their style.
    _BARE = frozenset({"/print", "/export", "/dossier-print", "/dossier-export"})
    _BARE_POLICY = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )

    # The pages beside the chat need neither; their forms lead to one of them or to the chat.
    _PAGES = frozenset({*PAGES, "/dossiers", "/dossier", "/pin"})
    _PAGE_POLICY = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )

    app: ASGIApp
    only_hosts: frozenset[str] | None = None
    passwords: Passwords | None = None
    tools: bool = False
    largest_drop: int | None = None
    root_path: str = ""
    may_keep: bool = False
    _closed: float = field(default=0.0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            # The page uses none. If one is closed before it is accepted, the answer is 403.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if self.root_path and scope["path"].startswith(f"{self.root_path}/"):
            # A proxy may pass on the whole path, or remove its own part.
            path = scope["path"].removeprefix(self.root_path)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        if refused := await self._unknown(scope) or self._refused(scope):
            await refused(scope, receive, send)
        else:
            # The page itself is read before it is sent, so it must not be compressed. A page for
            # this computer only has no proxy before it, so a proxy's headers come from an attacker.
            dropped: tuple[bytes, ...] = (b"accept-encoding",) if scope["path"] == "/" else ()
            if self.only_hosts is not None:
                dropped += (b"x-forwarded-host",) if self.root_path else (b"x-forwarded-",)
            headers = [pair for pair in scope["headers"] if not pair[0].startswith(dropped)]
            scope = {**scope, "headers": headers}
            # Only Gradio's addresses may answer without end. For all others, HEAD runs as GET, and
            # the server sends the headers alone.
            if scope["method"] == "HEAD" and not scope["path"].startswith("/gradio_api/"):
                scope["method"] = "GET"
            send = self._readable(scope, self._with_headers(scope["path"], send))
            await self.app(scope, _in_time(receive), send)

    async def _unknown(self, scope: Scope) -> PlainTextResponse | None:
        authorization = Headers(scope=scope).get("authorization", "")
        try:
            if self.passwords is None or await self.passwords.allow(authorization, _address(scope)):
                return None
        except TooManyTries as error:
            later = {"Retry-After": str(error.seconds)}
            problem = gettext(
                "Too many wrong passwords came from there: try again in %(num)s s.",
                num=error.seconds,
            )
            return PlainTextResponse(problem, 429, later)
        asks = {"WWW-Authenticate": 'Basic realm="Dateline", charset="UTF-8"'}
        return PlainTextResponse(gettext("This page needs a name and a password."), 401, asks)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self.only_hosts is not None:
            try:
                host = urlsplit(f"//{headers.get('host', '')}").hostname
            except ValueError:
                host = None
            if host not in self.only_hosts:
                return PlainTextResponse(gettext("This page is served to this computer only."), 403)
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            return PlainTextResponse(gettext("Another page asks for this."), 403)
        largest = _LARGEST_REQUEST
        if self.largest_drop and self._DROPS.match(scope["path"]):
            largest = self.largest_drop
        elif not (
            self._PATHS.match(scope["path"])
            or (self.tools and self._TOOLS.match(scope["path"]))
            or (self.largest_drop and self._IMPORTS.match(scope["path"]))
            or (self.may_keep and self._KEPT.match(scope["path"]))
        ):
            return self._nothing(headers, was_sent=_is_sending(scope))
        elif scope["path"] == "/dossiers":
            largest = _LARGEST_DOSSIER
        length = headers.get("content-length", "0")
        if scope["method"] == "POST" and (
            "transfer-encoding" in headers
            or not length.isdecimal()
            or len(length) > 12
            or int(length) > largest
        ):
            return PlainTextResponse(gettext("The request is too large."), 413)
        return None

    def _nothing(self, headers: Headers, status: int = 404, was_sent: bool = False) -> Response:
        if "text/html" not in headers.get("accept", ""):
            return PlainTextResponse(gettext("There is nothing here."), status)
        root = f"{self.root_path.strip('/')}/".lstrip("/")
        policy = {"Content-Security-Policy": self._BARE_POLICY}
        return HTMLResponse(fill("nothing.html", root=root, was_sent=was_sent), status, policy)

    def _readable(self, scope: Scope, send: Send) -> Send:
        """A ``send`` that shows a browser a page with a sentence in place of an error in JSON."""
        headers = Headers(scope=scope)
        if "text/html" not in headers.get("accept", ""):
            return send
        is_replaced = False

        async def send_readable(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start" and message["status"] in {404, 405}:
                media = Headers(raw=message["headers"]).get("content-type", "")
                is_replaced = media.startswith("application/json")
                if is_replaced:
                    page = self._nothing(headers, message["status"], _is_sending(scope))
                    await send({**message, "headers": page.raw_headers})
                    await send({"type": "http.response.body", "body": page.body})
            if not is_replaced:
                await send(message)

        return send_readable

    def _with_headers(self, path: str, send: Send) -> Send:
        is_page = path == "/"
        is_stream = path.startswith("/gradio_api/queue/data")
        start: Message = {}
        body = b""

        async def send_with_headers(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                headers = MutableHeaders(scope=start)
                policy = self._POLICY.format(hashes="")
                if path in self._BARE | self._PAGES:
                    policy = self._BARE_POLICY if path in self._BARE else self._PAGE_POLICY
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                # Without a referrer, a form would not say from which page it comes.
                headers["Referrer-Policy"] = "same-origin" if path in self._PAGES else "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                if path.startswith("/gradio_api/queue/join"):
                    await asyncio.sleep(self._closed + _SETTLING - monotonic())
                if not is_page:
                    await send(start)
            elif is_page:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    attributes = " ".join(f'{name}="{text}"' for name, text in document().items())
                    body = body.replace(b'lang="en"', attributes.encode(), 1)
                    body = body.replace(b"<head>", b"<head>" + _STAYS, 1)
                    if self.root_path:
                        # The only address that Gradio writes without the root path before it.
                        body = body.replace(b'href="/manifest.json"', b'href="manifest.json"')
                    MutableHeaders(scope=start)["Content-Length"] = str(len(body))
                    policy = self._POLICY.format(hashes=self._hashes(body))
                    MutableHeaders(scope=start)["Content-Security-Policy"] = policy
                    await send(start)
                    await send({"type": "http.response.body", "body": body})
            else:
                if is_stream and _CLOSING in message.get("body", b""):
                    self._closed = monotonic()
                await send(message)

        return send_with_headers

    def _hashes(self, page: bytes) -> str:
        """The hashes of the scripts inside the page: only these may run."""
        return "".join(
            f" 'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
            for script in self._INLINE_SCRIPT.findall(page)
        )


def _is_sending(scope: Scope) -> bool:
    return scope["method"] not in {"GET", "HEAD"}


def _address(scope: Scope) -> str:
    """The address of the client; uvicorn believes only a proxy on this computer about it."""
    return scope["client"][0] if scope.get("client") else ""


def _in_time(receive: Receive) -> Receive:
    """A ``receive`` that treats a request as broken off if nothing arrives for a while."""
    is_whole = False

    async def receive_in_time() -> Message:
        nonlocal is_whole
        if is_whole:
            # The next message is that the browser has gone, which may take long.
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), SILENCE)
        except TimeoutError:
            return {"type": "http.disconnect"}
        is_whole = not message.get("more_body", False)
        return message

    return receive_in_time
