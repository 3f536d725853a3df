"""A server of a language model, on loopback, that does what a test wants of it."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.loopback import Loopback, Quiet

Reply = Callable[["Handler", dict[str, Any]], None]


class Handler(Quiet, BaseHTTPRequestHandler):
    """Answers as its server's script says; keeps what it was sent."""

    server: "Server"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.heard.append((self.path, dict(self.headers), body))
        try:
            self.server.reply(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.server.left.set()

    def begin(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def raw(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()


class Server(Loopback):
    """Speaks as OpenAI's chat completions do."""

    reply: Reply

    def __init__(self) -> None:
        super().__init__(Handler)
        self.heard: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.left = threading.Event()

    @property
    def url(self) -> str:
        return f"{self.address}/v1"


def completion(content: object) -> str:
    """What a server sends whose model replied so."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return json.dumps({"id": "1", "object": "chat.completion", "choices": [choice]})


def says(content: object) -> Reply:
    return sends(completion(content))


def sends(body: str) -> Reply:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin()
        handler.raw(body)

    return reply


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server() as server:
        yield server
