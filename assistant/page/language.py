"""The language of a request: of the page's languages, the one that the browser prefers."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_file
from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import wording

# The media types of responses that are written in the reader's language.
_IN_A_LANGUAGE = ("text/html", "text/plain", "application/atom+xml")
_KEYWORDS: dict[str, Any] = {"gettext": None, "ngettext": (1, 2)}
# Among the numbers below this, each plural form of a language is used at least once.
_COUNTED = 200


class InTheirLanguage:
    """Answers each request in a language that it accepts, and tells the browser which."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        language = wording.accepted(Headers(scope=scope).get("accept-language", ""))
        wording.choose(language)

        async def send_with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith(_IN_A_LANGUAGE):
                    headers["Content-Language"] = language
                    headers.add_vary_header("Accept-Language")
            await send(message)

        await self.app(scope, receive, send_with_language)


def serve_words(app: FastAPI) -> None:
    """Serve /page/words.js, which has the messages of the page's scripts."""

    @app.get("/page/words.js")
    def words() -> Response:
        language = wording.chosen()
        tag = str(wording.locale()).replace("_", "-")
        script = f"const LANGUAGE = {json.dumps(tag)}, WORDS = {json.dumps(_words(language))};\n"
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
        return Response(script, headers=headers, media_type="text/javascript")


@cache
def _words(language: str) -> dict[str, str | dict[str, str]]:
    """The scripts' messages in a language; plurals by the names of their forms in CLDR."""
    if language == wording.ENGLISH:
        return {}
    catalogue, locale = wording.catalogue(language), wording.locale()
    words: dict[str, str | dict[str, str]] = {}
    for message, plural in _said_by_scripts():
        words[message] = catalogue.gettext(message)
        if plural:
            forms = {locale.plural_form(number): number for number in range(_COUNTED)}
            words[message] = {
                name: catalogue.ngettext(message, plural, number) for name, number in forms.items()
            }
    return words


@cache
def _said_by_scripts() -> list[tuple[str, str]]:
    """The messages in the page's scripts, each with its plural, or with "" if it has none."""
    return [
        (message, "") if isinstance(message, str) else (message[0], message[1])
        for path in (Path(__file__).parent / "static").glob("*.js")
        for _, message, _, _ in extract_from_file("javascript", path, _KEYWORDS)
    ]
