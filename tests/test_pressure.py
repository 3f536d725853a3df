"""The server when it is pressed: guessed passwords, requests that stop, crowds, and a proxy."""

import asyncio
import http.client
import http.server
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

import app
from assistant.page import passwords
from assistant.page.passwords import FREE_TRIES, LONGEST_WAIT, Passwords, TooManyTries
from tests.benchmark.pressure import Ground
from tests.browsing import Chat, connected, fetched, request, served
from tests.loopback import Loopback, Quiet
from tests.scripted import SCRIPT
from tests.test_serving import PASSWORD, basic

RIGHT, WRONG = basic("ana", PASSWORD), basic("ana", "not this one")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def users() -> dict[str, tuple[bytes, bytes]]:
    salt = b"salt" * 4
    return {"ana": (salt, passwords._hash(PASSWORD, salt))}


@pytest.fixture(scope="module")
def guarded(users: dict[str, tuple[bytes, bytes]]) -> Iterator[str]:
    """The same for those who know a password."""
    with served(SCRIPT, passwords=Passwords(users)) as address:
        yield address


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def allowed(
    users: dict[str, tuple[bytes, bytes]], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Passwords:
    # A real one takes 50 ms, and here many are tried.
    real = passwords._hash
    known = {PASSWORD: real(PASSWORD, b"salt" * 4)}
    monkeypatch.setattr(passwords, "_hash", lambda given, salt: known.get(given, b"\0" * 32))
    return Passwords(users, now=clock)


def tried(allowed: Passwords, given: str, address: str) -> bool | int:
    """Whether a password is right, or after how many seconds it is looked at."""
    try:
        return asyncio.run(allowed.allow(given, address))
    except TooManyTries as error:
        return error.seconds


def test_who_guesses_waits_longer_each_time(allowed: Passwords, clock: Clock) -> None:
    known = basic("ana", PASSWORD)
    assert tried(allowed, known, "192.0.2.7") is True
    for _ in range(FREE_TRIES):
        assert tried(allowed, WRONG, "192.0.2.7") is False
    waits = []
    for _ in range(14):
        assert tried(allowed, WRONG, "192.0.2.7") is False
        waited = tried(allowed, WRONG, "192.0.2.7")
        waits.append(waited)
        # Whoever is known never waits, wherever the guessing comes from.
        assert tried(allowed, known, "192.0.2.7") is True
        assert tried(allowed, WRONG, "192.0.2.8") is False or len(waits) > FREE_TRIES
        clock.now += int(waited)
    assert waits[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert waits[10:] == [LONGEST_WAIT] * 4
    # Even the right one is not looked at before the time is over; and then it is.
    assert tried(allowed, WRONG, "192.0.2.7") is False
    other = basic("ana", PASSWORD).replace("Basic", "basic")
    allowed._accepted.clear()
    assert tried(allowed, other, "192.0.2.7") == LONGEST_WAIT
    clock.now += LONGEST_WAIT
    assert tried(allowed, other, "192.0.2.7") is True
    assert tried(allowed, WRONG, "192.0.2.7") is False
    assert tried(allowed, WRONG, "192.0.2.7") is False


def test_addresses_of_one_network_guess_as_one(allowed: Passwords, clock: Clock) -> None:
    for number in range(FREE_TRIES + 1):
        assert tried(allowed, WRONG, f"2001:db8::{number:x}") is False
    assert tried(allowed, WRONG, "2001:db8::ffff") == 1
    assert tried(allowed, WRONG, "2001:db8:0:1::1") is False
    clock.now += 60 * 60 + 1
    for _ in range(FREE_TRIES):
        assert tried(allowed, WRONG, "2001:db8::1") is False


def test_the_line_is_short_and_nobody_fills_it(
    users: dict[str, tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(passwords, "_hash", lambda given, salt: goes_on.wait(20) and b"\0" * 32)
    allowed = Passwords(users)

    async def crowd() -> list[bool | BaseException]:
        tries = [allowed.allow(basic("ana", f"guess {n}"), f"192.0.2.{n // 5}") for n in range(30)]
        gathered = asyncio.gather(*tries, return_exceptions=True)
        await asyncio.sleep(0.2)
        goes_on.set()
        return await gathered

    replies = asyncio.run(crowd())
    # Two of each address, eight altogether.
    looked_at = [n for n, reply in enumerate(replies) if reply is False]
    assert looked_at == [0, 1, 5, 6, 10, 11, 15, 16]
    assert sum(isinstance(reply, TooManyTries) for reply in replies) == 30 - len(looked_at)


def test_the_page_tells_who_guesses_to_wait(guarded: str) -> None:
    assert request(guarded, "/article?id=bridge", Authorization=RIGHT)[0] == 200
    for _ in range(FREE_TRIES + 3):
        asked = request(guarded, "/article?id=bridge", Authorization=WRONG)
        if asked[0] == 429:
            break
    assert asked[0] == 429
    assert int(asked[1]["Retry-After"]) in {1, 2}
    assert request(guarded, "/article?id=bridge", Authorization=RIGHT)[0] == 200
    # Who gives none is asked for one, as ever.
    assert request(guarded, "/article?id=bridge")[0] == 401


UPGRADE = (
    "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@contextmanager
def opened(address: str, sent: str) -> Iterator[socket.socket]:
    host, port = address.removeprefix("http://").split(":")
    with closing(socket.create_connection((host, int(port)), timeout=20)) as connection:
        connection.sendall(sent.encode())
        yield connection


def answered(connection: socket.socket) -> bytes:
    """All that comes until it is closed."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


@pytest.mark.parametrize("path", ["/", "/gradio_api/queue/join", "/nothing"])
def test_an_upgrade_to_a_websocket_is_refused(path: str, address: str, guarded: str) -> None:
    for asked in (address, guarded):
        host = asked.removeprefix("http://")
        with opened(asked, UPGRADE.format(path, host)) as connection:
            assert answered(connection).startswith(b"HTTP/1.1 403 ")


HALF = {
    "nothing": "",
    "half a line": "GET / HT",
    "half the headers": "GET / HTTP/1.1\r\nHost: localhost\r\n",
    "half of a second": "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /noth",
    "half of a body": (
        "POST /gradio_api/queue/join HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    ),
}


@pytest.mark.parametrize("what", HALF)
def test_a_request_that_stops_halfway_ends(
    what: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.page.guard.SILENCE", 0.3)
    monkeypatch.setattr("assistant.page.serving.PATIENCE", 0.3)
    with opened(address, HALF[what]) as connection:
        began = time.monotonic()
        answered(connection)
        assert time.monotonic() - began < 10


def test_an_answer_that_takes_its_time_is_waited_for(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.page.guard.SILENCE", 0.1)
    monkeypatch.setattr("assistant.page.serving.PATIENCE", 0.1)
    SCRIPT.goes_on.clear()
    with connected(address) as client:
        job = client.submit(question="slow", api_name="/ask")
        time.sleep(1)
        SCRIPT.goes_on.set()
        assert job.result(20)["outcome"] == "answered"


def test_at_most_so_many_connections(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.page.serving.MOST_CONNECTIONS", 3)
    host, port = address.removeprefix("http://").split(":")
    held = [socket.create_connection((host, int(port)), timeout=20) for _ in range(3)]
    for half_asked in held:
        half_asked.sendall(b"GET / HT")
    time.sleep(0.3)
    with opened(address, "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        assert answered(connection) == b""
    for half_asked in held:
        half_asked.close()
    time.sleep(0.3)
    assert request(address, "/nothing")[0] == 404


# Below a path


class Proxy(Quiet, http.server.BaseHTTPRequestHandler):
    """Serves an address below ``/news/dateline/``, and notes what is not found there."""

    protocol_version = "HTTP/1.1"
    behind = ""
    keeps_path = False
    missed: list[str] = []  # noqa: RUF012

    def _pass_on(self) -> None:
        path = self.path
        if not path.startswith("/news/dateline/"):
            self.missed.append(path)
            self.send_error(404)
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        connection = http.client.HTTPConnection(self.behind, timeout=60)
        asked_for = path if self.keeps_path else path.removeprefix("/news/dateline")
        connection.request(self.command, asked_for, body, dict(self.headers.items()))
        response = connection.getresponse()
        if response.status == 404:
            self.missed.append(path)
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in {"transfer-encoding", "connection"}:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while part := response.read1(65_536):
                self.wfile.write(part)
        except OSError:
            pass  # the browser has gone
        connection.close()

    do_GET = do_POST = do_HEAD = _pass_on  # noqa: N815


@contextmanager
def proxied(address: str, keeps_path: bool) -> Iterator[tuple[str, list[str]]]:
    handler = type(
        "Handler",
        (Proxy,),
        {"behind": address.removeprefix("http://"), "keeps_path": keeps_path, "missed": []},
    )
    with Loopback(handler) as server:
        yield f"{server.address}/news/dateline/", handler.missed


@pytest.fixture(scope="module")
def below() -> Iterator[str]:
    with served(SCRIPT, root_path="/news/dateline") as address:
        yield address


@pytest.mark.parametrize("keeps_path", [False, True], ids=["prefix off", "prefix on"])
def test_programs_ask_below_a_path(below: str, keeps_path: bool) -> None:
    with proxied(below, keeps_path) as (outer, missed):
        config = json.loads(fetched(outer, "config"))
        assert config["root"] == outer.rstrip("/")
        written = fetched(outer, "")
        for named in re.findall(r"""(?:src|href)="([^"#]+)""", written):
            fetched(urljoin(outer, named), "")
        with connected(outer) as client:
            answer = client.predict(question="When did the talks end?", api_name="/ask")
        assert answer["outcome"] == "answered"
        # The client asks for what it can do without, too.
        assert [path for path in missed if "login" not in path and "openapi" not in path] == []


def test_a_page_below_a_path(page: Page, below: str) -> None:
    with proxied(below, keeps_path=False) as (outer, missed):
        chat = Chat(page)
        chat.open(outer)
        turn = chat.ask("When did the talks end?")
        expect(turn.locator(".statement")).to_have_text("The talks ended at noon. [1]")
        chat.proof.get_by_role("button", name="Read the whole article").click()
        expect(page.get_by_role("dialog", name="Talks end")).to_be_visible()
        # A browser may ask for it at the root before it has read where the page's own is.
        assert set(missed) <= {"/favicon.ico"}
        assert page.request.get(f"{outer}favicon.ico").ok


@pytest.mark.parametrize("path", ["dateline", "/a b", "//", "/", "/a?b", "http://a/b"])
def test_what_is_no_path(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        app.main(["--root-path", path])
    assert f"'{path}' is not a path such as /dateline" in capsys.readouterr().err


def test_too_little_memory_is_one_sentence(tmp_path: Path) -> None:
    ground = Ground(tmp_path, seed=0)

    def run(what: str, **limits: int) -> tuple[int, str]:
        with ground.begin(what, **limits) as process:
            _, error = process.communicate()
            return process.returncode, error

    assert run("sync") == (0, "")
    ground.look()
    ground.change()
    error = "error: There is too little memory to go on; what was committed is kept.\n"
    for what, megabytes in (("sync", 400), ("rebuild", 400), ("sync", 600), ("remove", 600)):
        assert run(what, RLIMIT_AS=megabytes * 10**6) == (2, error)
    assert run("sync") == (0, "")
    ground.look()
    ground.compare()
    assert not +ground.counts
