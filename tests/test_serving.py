"""To whom the page is served: passwords, other addresses, other pages."""

import asyncio
import base64
import errno
import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

import app
from assistant.page import passwords
from assistant.page.guard import Guard
from assistant.page.passwords import Passwords
from index import ArchiveError
from tests.browsing import Chat, connected, request, served
from tests.scripted import SCRIPT

PASSWORD = "pässwörd: with $ and :"


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("auth") / "passwords"
    lines = [passwords.line("ana", PASSWORD), "", passwords.line("b$o", "another one")]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


@pytest.fixture(scope="module")
def address(file: Path) -> Iterator[str]:
    with served(SCRIPT, passwords=Passwords.read(file)) as address:
        yield address


def test_file_holds_no_password(file: Path) -> None:
    first, _, second = file.read_text().splitlines()
    assert re.fullmatch(r"ana:scrypt\$[\w+/]{22}==\$[\w+/]{43}=", first)
    assert second.startswith("b$o:scrypt$")
    # Salted: the same password is never the same line.
    assert passwords.line("ana", PASSWORD) != first


EVERYTHING = [
    ("GET", "/"),
    ("GET", "/config"),
    ("GET", "/article?id=bridge"),
    ("GET", "/print?answer=x"),
    ("GET", "/export?form=csl&answer=x"),
    ("GET", "/theme.css"),
    ("GET", "/assets/index.js"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/heartbeat/x"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/queue/data?session_hash=x"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/call/ask"),
    ("POST", "/login"),
    ("GET", "/nothing"),
]


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_nothing_is_served_without_a_password(address: str, method: str, path: str) -> None:
    status, headers = request(address, path, method)
    assert status == 401
    assert headers["WWW-Authenticate"] == 'Basic realm="Dateline", charset="UTF-8"'


@pytest.mark.parametrize(
    "given",
    [
        basic("ana", "another one"),
        basic("ana", ""),
        basic("", PASSWORD),
        basic("nobody", PASSWORD),
        basic("ana", PASSWORD).replace("Basic", "Bearer"),
        f"Basic {PASSWORD.encode('ascii', 'ignore').decode()}",
        "Basic /w==",
        "Basic",
    ],
)
def test_wrong_passwords(address: str, given: str) -> None:
    # Twice: what was wrong once is not taken for known.
    for _ in range(2):
        assert request(address, "/article?id=bridge", Authorization=given)[0] == 401


def test_right_passwords(address: str) -> None:
    for user, password in (("ana", PASSWORD), ("b$o", "another one")):
        for _ in range(2):
            given = basic(user, password)
            assert request(address, "/article?id=bridge", Authorization=given)[0] == 200
            # Who may read may not do more than others.
            assert request(address, "/gradio_api/upload", "POST", Authorization=given)[0] == 404


def test_programs_give_the_password(address: str) -> None:
    authorization = {"Authorization": basic("ana", PASSWORD)}
    with connected(address, headers=authorization) as client:
        article = client.predict(id="talks", api_name="/read_article")
    assert article["title"] == "Talks end"


def test_browser_gives_the_password(browser: Browser, address: str) -> None:
    context = browser.new_context(
        http_credentials={"username": "b$o", "password": "another one"}, locale="en-GB"
    )
    chat = Chat(context.new_page())
    chat.open(address)
    turn = chat.ask("When did the talks end?")
    expect(turn.locator(".statement")).to_have_text("The talks ended at noon. [1]")
    chat.proof.get_by_role("button", name="Read the whole article").click()
    expect(chat.page.get_by_role("dialog", name="Talks end")).to_be_visible()
    context.close()


def test_who_waits_is_told_why(page: Page) -> None:
    SCRIPT.goes_on.clear()
    begun = len(SCRIPT.asked)
    with served(SCRIPT) as address, connected(address) as client:
        chat = Chat(page)
        chat.open(address)
        jobs = [client.submit(question="slow", api_name="/ask") for _ in range(2)]
        for _ in range(200):
            if len(SCRIPT.asked) == begun + 2:
                break
            page.wait_for_timeout(50)
        chat.box.fill("When did the talks end?")
        chat.box.press("Enter")
        expect(chat.turns.locator(".state")).to_have_text("Others’ questions are answered first…")
        SCRIPT.goes_on.set()
        expect(chat.turns.locator(".statement")).to_have_text("The talks ended at noon. [1]")
        assert [job.result(20)["outcome"] for job in jobs] == ["answered", "answered"]


def test_other_pages_are_refused(address: str) -> None:
    """A browser would send the reader's password with what any page asks of this one."""
    host = address.removeprefix("http://")
    for origin, status in (
        (address, 200),
        ("http://outside.example", 403),
        ("null", 403),
        (f"http://{host}.outside.example", 403),
        ("http://127.0.0.1", 403),
    ):
        given = {"Authorization": basic("ana", PASSWORD), "Origin": origin}
        assert request(address, "/article?id=bridge", **given)[0] == status


# --- How it is started -----------------------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said by a page that is not served."""
    assert app.main(["--no-browser", "--port", "0", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "news.example"])
def test_other_addresses_need_passwords(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "--host", host) == (
        f"error: Whoever can reach {host} could read the archive: say with --auth-file FILE "
        "who may (dateline serve --make-password USER prints a line for it).\n"
    )


def test_an_archive_that_may_not_be_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def may_not(folder: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", folder)

    monkeypatch.setattr(app, "open_archive", may_not)
    assert refused(capsys, "--archive", "/news") == "error: Permission denied (/news).\n"


def test_tools_are_for_this_computer(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = "error: --mcp serves this computer only, and without --auth-file.\n"
    assert refused(capsys, "--mcp", "--auth-file", str(file)) == error
    assert refused(capsys, "--mcp", "--host", "0.0.0.0", "--auth-file", str(file)) == error


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "The passwords in {} cannot be read: No such file or directory."),
        (b"\xff\xfe", "The passwords in {} cannot be read: it is not UTF-8 text."),
        (b"\n \n", "{} names nobody; add what dateline serve --make-password USER prints."),
        (b"ana:secret\n", "Line 1 of {} is no user and password; "),
        (b"\nana:scrypt$AAAA$AAAA\n", "Line 2 of {} is no user and password; "),
        (b"ana:md5$AAAA$" + b"A" * 43 + b"=\n", "Line 1 of {} is no user and password; "),
    ],
)
def test_file_of_passwords_is_none(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "passwords"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ArchiveError) as error:
        Passwords.read(file)
    assert str(error.value).startswith(message.format(file))
    assert "secret" not in str(error.value)


def test_make_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert app.main(["--make-password", "ana"]) == 0
    file = tmp_path / "passwords"
    file.write_text(capsys.readouterr().out)
    with served(SCRIPT, passwords=Passwords.read(file)) as address:
        for password, status in (("correct horse", 200), ("correct horse\n", 401)):
            given = basic("ana", password)
            assert request(address, "/article?id=bridge", Authorization=given)[0] == status


@pytest.mark.parametrize(
    ("user", "password", "error"),
    [
        ("ana", "short", "error: A password has at least 8 characters.\n"),
        ("a:b", "long enough", "error: A user's name is printable text without a colon.\n"),
        ("", "long enough", "error: A user's name is printable text without a colon.\n"),
    ],
)
def test_passwords_that_are_not_made(
    user: str,
    password: str,
    error: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    assert refused(capsys, "--make-password", user) == error


def test_an_event_waits_only_where_a_stream_has_just_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def gradio(scope: Scope, receive: Receive, send: Send) -> None:
        await Response('data: {"msg":"close_stream"}\n\n')(scope, receive, send)

    # Other threads go on sleeping.
    own = SimpleNamespace(**vars(asyncio) | {"sleep": sleep})
    monkeypatch.setattr("assistant.page.guard.asyncio", own)
    client = TestClient(Guard(gradio))
    client.post("/gradio_api/queue/join", json={})
    client.get("/gradio_api/queue/data")
    client.post("/gradio_api/queue/join", json={})
    before, after = waited
    assert before <= 0 < after
