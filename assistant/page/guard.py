"""Who is let through to the page, and what a browser may do with it."""

import asyncio
import base64
import hashlib
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.page.passwords import Passwords

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_LARGEST_REQUEST = 256 * 1024
# Gradio's page loses an event that it sent while the stream of the event before was closing: told
# that the event is taken, it finds that stream still open and opens none. So it is told later.
_SETTLING = 0.05


class Guard:
    """Lets through what the page needs, and tells the browser to allow no more.

    Gradio comes with doors that this page has no use for (uploads, files, a proxy, calls by
    name); whatever is not listed here is not found. A request that names another host than this
    computer is refused where only this computer is served: it comes from a web page that had its
    own name lead here. So is what a page of another origin asks, which a browser would send with
    the reader's password. Where there are passwords, nothing at all is served without one.
    """

    _PATHS = re.compile(
        r"/(?:$|article$|timeline$|print$|export$|page/|config/?$|theme\.css$|favicon\.ico$"
        r"|manifest\.json$|assets/|static/"
        r"|gradio_api/(?:queue/(?:join|data)/?$|cancel$|reset/?$|heartbeat/"
        r"|info/?$|call/(?:ask|search|read_article)(?:/[0-9a-f]{1,64})?$))"
    )
    _DROPS = re.compile(r"/drop/[0-9a-f]{32}$")
    _TOOLS = re.compile(r"/gradio_api/mcp/?$")
    _INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
    # Gradio's own scripts compile templates, and its components carry style attributes.
    _POLICY = (
        "default-src 'none'; script-src 'self' 'unsafe-eval'{hashes}; style-src 'self' "
        "'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    )

    # What is opened by itself has no script and asks for nothing but its style.
    _BARE = frozenset({"/print", "/export"})
    _BARE_POLICY = (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )

    def __init__(
        self,
        app: ASGIApp,
        only_hosts: frozenset[str] | None = None,
        passwords: Passwords | None = None,
        tools: bool = False,
        largest_drop: int | None = None,
    ) -> None:
        self.app = app
        self.only_hosts = only_hosts
        self.passwords = passwords
        self.tools = tools
        self.largest_drop = largest_drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] != "http":
            return
        elif refused := await self._unknown(scope) or self._refused(scope):
            await refused(scope, receive, send)
        else:
            # The page itself is read on its way out, so it must not be compressed. No proxy stands
            # before a page for this computer only, so nobody but an attacker says what one would.
            dropped: tuple[bytes, ...] = (b"accept-encoding",) if scope["path"] == "/" else ()
            dropped += (b"x-forwarded-",) if self.only_hosts is not None else ()
            kept = [pair for pair in scope["headers"] if not pair[0].startswith(dropped)]
            scope = {**scope, "headers": kept}
            await self.app(scope, receive, self._with_headers(scope["path"], send))

    async def _unknown(self, scope: Scope) -> PlainTextResponse | None:
        given = Headers(scope=scope).get("authorization", "")
        if self.passwords is None or await self.passwords.allow(given):
            return None
        asks = {"WWW-Authenticate": 'Basic realm="Dateline", charset="UTF-8"'}
        return PlainTextResponse("This page needs a name and a password.", 401, asks)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if self.only_hosts is not None:
            try:
                host = urlsplit(f"//{headers.get('host', '')}").hostname
            except ValueError:
                host = None
            if host not in self.only_hosts:
                return PlainTextResponse("This page is served to this computer only.", 403)
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            return PlainTextResponse("Another page asks for this.", 403)
        largest = _LARGEST_REQUEST
        if self.largest_drop and self._DROPS.match(scope["path"]):
            largest = self.largest_drop
        elif not self._PATHS.match(scope["path"]) and not (
            self.tools and self._TOOLS.match(scope["path"])
        ):
            return PlainTextResponse("There is nothing here.", 404)
        length = headers.get("content-length", "0")
        if scope["method"] == "POST" and (
            "transfer-encoding" in headers or not length.isdecimal() or int(length) > largest
        ):
            return PlainTextResponse("The request is too large.", 413)
        return None

    def _with_headers(self, path: str, send: Send) -> Send:
        is_page = path == "/"
        start: Message = {}
        body = b""

        async def send_with_headers(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                headers = MutableHeaders(scope=start)
                bare = path in self._BARE
                policy = self._BARE_POLICY if bare else self._POLICY.format(hashes="")
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                if path.startswith("/gradio_api/queue/join"):
                    await asyncio.sleep(_SETTLING)
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
