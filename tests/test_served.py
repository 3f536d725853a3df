"""What the program serves, to whom, and how it is started."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import app
from assistant import Assistant
from corpus import SAMPLE, Article, read_articles
from index import Archive, ArchiveError
from tests.browsing import Chat, exchanged, request, served
from tests.fakes import FakeEncoder, FakeReader

# --- What is served --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=app.py"),
        ("GET", "/gradio_api/file=/etc/hostname"),
        ("GET", "/gradio_api/proxy=http://outside.example/"),
        ("GET", "/gradio_api/openapi.json"),
        ("POST", "/gradio_api/run/begin"),
        ("POST", "/gradio_api/call/begin"),
        ("POST", "/gradio_api/api/predict"),
        ("GET", "/gradio_api/mcp/"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/gradio_api/startup-events"),
        ("GET", "/monitoring"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
    ],
)
def test_doors_that_the_page_does_not_need_are_closed(address: str, method: str, path: str) -> None:
    assert request(address, path, method)[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("GET", "/some/where", "There is nothing here."),
        ("GET", "/page/nowhere.js", "There is nothing here."),
        *(
            ("POST", path, "This address takes nothing that is sent to it.")
            for path in (
                "/",
                "/search",
                "/archive",
                "/read",
                "/page/script.js",
                "/config",
                "/saved/no",
            )
        ),
    ],
)
def test_where_nothing_is_or_is_taken_a_browser_is_led_back(
    address: str, method: str, path: str, sentence: str
) -> None:
    status, _, page = exchanged(address, path, method, Accept="text/html")
    assert status in {404, 405}
    assert f"<h1>{sentence}</h1>" in page
    assert '<a href="/">Ask the archive</a>' in page
    other, headers = request(address, path, method, Accept="application/json")
    assert other == status
    assert headers["Content-Type"] in {"application/json", "text/plain; charset=utf-8"}


@pytest.mark.parametrize("path", ["/static/../app.py", "/assets/%2e%2e/%2e%2e/index.html"])
def test_only_what_belongs_to_the_page_is_served(address: str, path: str) -> None:
    assert request(address, path)[0] in {403, 404}


def test_only_this_computer_is_served(address: str) -> None:
    host = address.removeprefix("http://")
    assert request(address, "/", Host=host)[0] == 200
    assert request(address, "/", Host=host.replace("127.0.0.1", "localhost"))[0] == 200
    assert request(address, "/", Host="outside.example")[0] == 403
    assert request(address, "/", Host=f"127.0.0.1.outside.example:{host[-5:]}")[0] == 403
    assert request(address, "/", Host="[")[0] in {400, 403}


def test_large_requests_are_refused(address: str) -> None:
    path = "/gradio_api/queue/join"
    assert request(address, path, "POST", b"x" * 300_000)[0] == 413
    assert request(address, path, "POST", b"", **{"Transfer-Encoding": "chunked"})[0] == 413
    assert request(address, path, "POST", b"", **{"Content-Length": "9" * 5_000})[0] in {400, 413}


def test_policy_names_no_outside_host(address: str) -> None:
    for path in ("/", "/theme.css"):
        status, headers = request(address, path)
        assert status == 200
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
        assert "script-src 'self' 'unsafe-eval'" in policy
        assert re.search("script-src[^;]*'unsafe-inline'", policy) is None
        assert headers["X-Content-Type-Options"] == "nosniff"


# --- How it is started -----------------------------------------------------------------------


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = app.main(["--no-browser", *arguments])
    return status, capsys.readouterr().err


def test_port_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert run("--port", str(port), capsys=capsys) == (
            2,
            f"error: The page cannot be served at 127.0.0.1, port {port} "
            "(Address already in use); --port and --host choose another address.\n",
        )


@pytest.mark.parametrize("of_another_encoder", [False, True])
def test_archive_that_cannot_be_served(
    tmp_path: Path, of_another_encoder: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if of_another_encoder:
        Archive.create(tmp_path / "archive", FakeEncoder()).close()
    status, error = run("--port", "0", "--archive", str(tmp_path / "archive"), capsys=capsys)
    assert (status, error.startswith("error: "), error.count("\n")) == (2, True, 1)


@pytest.mark.parametrize("port", ["x", "-1", "65536"])
def test_port_is_no_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        app.main(["--port", port])
    assert ended.value.code == 2
    assert f"{port!r} is not a port number" in capsys.readouterr().err or port == "-1"


def test_surroundings_open_no_door() -> None:
    """Gradio reads variables of its own; set around the program, they change nothing."""
    code = "import app, os; print([name for name in os.environ if name.startswith('GRADIO_')])"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(app.__file__).parent,
        env={"GRADIO_SHARE": "True", "GRADIO_ALLOWED_PATHS": "/", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "['GRADIO_ANALYTICS_ENABLED']\n"


@pytest.mark.slow
def test_sample_with_the_real_assistant(
    page: Page, outside_requests: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SAMPLE_ARCHIVE", tmp_path / "sample")
    archive = app.open_archive(None)
    assert len(archive) == sum(isinstance(article, Article) for article in read_articles(SAMPLE))
    # What a kill left out of it is added the next time.
    archive.remove([next(iter(archive)).id])
    assert len(app.open_archive(None)) == len(archive)

    with served(Assistant(archive)) as address:
        chat = Chat(page)
        chat.open(address)
        turn = chat.ask("who attended the Qamishli airport meeting", seconds=60)
        expect(turn.locator(".statement", has_text="Redour Khalil")).to_be_visible()
        text = " ".join(turn.locator(".words").all_text_contents())
        for name in ("Ali Mamlouk", "Abdul Karim Sarokhan", "Abdul Karim Omar", "Nujin Bakok"):
            assert name in text
        marked = chat.proof.locator("mark").all_text_contents()
        assert marked == turn.locator(".words").all_text_contents()
        stored = "\n".join(article.text for article in archive)
        assert [quote for quote in marked if quote not in stored] == []
        expect(page.locator("#masthead")).to_contain_text(f"{len(archive)} articles")
    assert outside_requests == []


def test_the_page_opens_while_the_database_is_away_and_says_so(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise ArchiveError("The archive <news> is away.")

    with (
        Archive.create(tmp_path, FakeEncoder()) as archive,
        served(Assistant(archive, reader=FakeReader())) as address,
    ):
        monkeypatch.setattr(archive, "overview", away)
        page.goto(address)
        expect(page.locator("#suggestions")).to_have_text("The archive <news> is away.")
        assert request(address, "/search")[0] == 503
