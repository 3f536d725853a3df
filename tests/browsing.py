"""The page served, and used: by somebody in a browser, and by programs."""

import gc
import http.client
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.request import urlopen

import pytest
from fastapi import FastAPI
from gradio_client import Client
from playwright.sync_api import Locator, Page, expect
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.page.imports import Imports
from assistant.page.problems import serve_problems
from assistant.page.serving import Server, build_site
from assistant.page.site import ALONE, ServedArchive, Site
from corpus import Found
from index import Archive
from tests.fakes import FakeEncoder, FakeReader


@contextmanager
def served(assistant: Assistant, port: int = 0, **options: Any) -> Iterator[str]:
    """The address at which the page of an assistant is served; without a port at a free one."""
    imports = options.pop("imports", None)
    with all_served({None: (assistant, imports)}, port, **options) as address:
        yield address


@contextmanager
def all_served(
    archives: dict[ServedArchive | None, tuple[Assistant, Imports | None]],
    port: int = 0,
    **options: Any,
) -> Iterator[str]:
    """The same of several archives."""
    with _listening(port) as listening:
        server = Server(*build_site(archives, **options))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            # Sockets that Gradio left open: Python 3.11 does not survive the warning about them
            # where it happens to parse a module.
            gc.collect()


@cache
def _usual_port() -> int:
    """A port that was free. Of servers that have it one after the other, a browser fetches the
    scripts once.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _listening(port: int) -> socket.socket:
    if not port:
        with suppress(OSError):  # as another server has it
            return socket.create_server(("127.0.0.1", _usual_port()))
    return socket.create_server(("127.0.0.1", port))


def archive_of(*batches: Iterable[Found]) -> Any:
    """The fixture ``archive`` of a module: these articles, added one batch after the other."""

    @pytest.fixture(scope="module")
    def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
        folder = tmp_path_factory.mktemp("served") / "archive"
        with Archive.create(folder, FakeEncoder()) as archive:
            for batch in batches:
                archive.add(batch)
            yield archive

    return archive


def address_of(**options: Any) -> Any:
    """The fixture ``address`` of a module: where its ``archive`` is served."""

    @pytest.fixture(scope="module")
    def address(archive: Archive) -> Iterator[str]:
        with served(Assistant(archive, reader=FakeReader()), **options) as address:
            yield address

    return address


def part(
    serve: Callable[..., None], archive: Archive | Assistant, site: Site = ALONE
) -> TestClient:
    """A client of one part of the page alone, such as ``serve_browsing``."""
    app = FastAPI()
    serve_problems(app, site)
    serve(app, archive, site)
    return TestClient(app, follow_redirects=False)


@contextmanager
def connected(address: str, **options: Any) -> Iterator[Client]:
    """Gradio's client of a page."""
    client = Client(address, verbose=False, download_files=False, **options)
    try:
        yield client
    finally:
        client.close()


def exchanged(
    address: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, str]:
    """What a request is answered with: its status, headers and content."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, response.headers, content.decode("utf-8", "replace")


def request(
    address: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage]:
    return exchanged(address, path, method, body, **headers)[:2]


def fetched(address: str, path: str) -> str:
    """What is served at a path, as text."""
    with urlopen(f"{address}{path}", timeout=10) as response:
        body: bytes = response.read()
    return body.decode()


def until(page: Page, condition: str) -> None:
    """Wait until an expression of JavaScript is true, at most 15 seconds.

    Playwright's own ``wait_for_function`` looks again by ``eval``, which our pages forbid.
    """
    page.evaluate(
        f"""() => new Promise((done, fail) => {{
            const last = performance.now() + 15_000;
            const look = () => {{
                if ({condition}) done();
                else if (performance.now() > last) fail(new Error("It never came true."));
                else setTimeout(look, 50);
            }};
            look();
        }})"""
    )


@dataclass
class Chat:
    """The page, as somebody uses it."""

    page: Page

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Your question")

    @property
    def turns(self) -> Locator:
        return self.page.locator("#conversation .turn")

    @property
    def proof(self) -> Locator:
        return self.page.locator("#sources .proof:visible")

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Around what leads to the page: afterwards it listens.

        It is shown before that, and a question that is sent then is lost. When it listens, it asks
        the server for what is shown first, and has that when a stream has ended. A page that is
        left sooner may open another stream as it goes, and then notes that the server has none.
        """
        with self.page.expect_response("**/queue/join*", timeout=60_000):
            yield
        ended = "performance.getEntriesByType('resource').some(({name}) => name.includes('%s'))"
        until(self.page, ended % "/queue/data")
        expect(self.box).to_be_visible(timeout=60_000)

    def open(self, address: str) -> None:
        with self.arriving():
            self.page.goto(address)

    def ask(self, question: str, seconds: float = 20) -> Locator:
        """The turn of a question that was typed and sent with Enter, when it is answered."""
        number = self.turns.count()
        self.box.fill(question)
        self.box.press("Enter")
        turn = self.turns.nth(number)
        expect(turn).to_have_attribute("aria-busy", "false", timeout=seconds * 1_000)
        return turn
