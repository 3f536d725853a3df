"""Articles that are brought in from the page: dropped files, and folders named at the start."""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant import Assistant, wording
from assistant.page.imports import _FORGOTTEN, Imports, NotTaken, State, import_status
from corpus import Article
from index import Archive, Report, naming
from tests.browsing import Chat, request, served
from tests.fakes import FakeEncoder, FakeReader, FakeTagger
from tests.file_server import Server
from tests.scripted import MARKUP

TALKS = "Ruth Abara led the harbour talks in the town of Holm on 4 May 2024."
DROP = "0123456789abcdef" * 2


@pytest.fixture
def archive(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    # So that no import loads spaCy's pipelines anew.
    monkeypatch.setattr(naming, "installed", lambda: FakeTagger({"Holm": "place"}))
    archive.add([Article("talks", "Harbour talks", TALKS, "Post")])
    return archive


@pytest.fixture
def clippings(tmp_path: Path) -> Path:
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "mill.txt").write_text("The mill burns\n\nThe old mill of Kest burned on Sunday.\n")
    (folder / "torn.pdf").write_bytes(b"%PDF-1.7 torn")
    return folder


@pytest.fixture
def imports(archive: Archive, clippings: Path) -> Imports:
    return Imports(archive, [clippings])


@pytest.fixture
def address(archive: Archive, imports: Imports) -> Iterator[str]:
    with served(Assistant(archive, reader=FakeReader()), imports=imports) as address:
        yield address


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(500):
        if happened():
            return
        time.sleep(0.02)
    raise AssertionError("it does not happen")


def ended(imports: Imports) -> State:
    wait_until(lambda: not imports.state.running)
    return imports.state


def send(address: str, name: str, body: bytes, drop: str = DROP, **headers: str) -> int:
    status, _ = request(address, f"/drop/{drop}?name={name}", "POST", body, **headers)
    return status


class Gate(threading.Event):
    """An event that knows whether anybody has come to wait for it."""

    reached = False

    def wait(self, timeout: float | None = None) -> bool:
        self.reached = True
        return super().wait(timeout)


@pytest.fixture
def held(encoder: FakeEncoder) -> Iterator[Gate]:
    """The encoder waits, before each text, until this is set."""
    go_on = Gate()
    encoder.before_encoding = lambda texts: bool(go_on.wait(30))
    yield go_on
    go_on.set()


# In the browser


def open_tab(chat: Chat) -> Locator:
    chat.page.get_by_role("link", name="Add articles").click()
    chat.page.wait_for_url("**/add")
    # Its scripts have run by then; before, nothing takes what is dropped.
    chat.page.wait_for_load_state("load")
    return chat.page.locator("#hall")


@pytest.mark.parametrize("width", [1280, 390])
def test_dropped_files_are_asked_about_at_once(
    chat: Chat, archive: Archive, clippings: Path, width: int
) -> None:
    chat.page.set_viewport_size({"width": width, "height": 844})
    porch = open_tab(chat)
    porch.locator("input[type=file]").set_input_files(
        [clippings / "mill.txt", clippings / "torn.pdf"]
    )
    report = porch.get_by_role("status").filter(has_text="could not be read")
    expect(report).to_contain_text("2 files")
    expect(report).to_contain_text("1 added")
    expect(report).to_contain_text("1 could not be read")
    # Named as whoever dropped it knows it, and there at once.
    expect(report.locator("details li:visible")).to_have_text(re.compile(r"^torn\.pdf: "))
    expect(report.locator("ul").first).to_have_text(
        re.compile(r"^\s*1 added\s*1 could not be read\s*$")
    )
    expect(porch.locator("#arrived .headline")).to_have_text(["The mill burns"])
    asks = porch.get_by_role("link", name="Ask only in this article").get_attribute("href") or ""
    assert parse_qs(asks.removeprefix("./?"))["article"][0].endswith("/dropped/mill.txt")
    expect(chat.page.locator("#masthead")).to_contain_text("2 articles")
    porch.get_by_role("link", name="The mill burns").click()
    expect(chat.page.locator("#article")).to_contain_text("The old mill of Kest burned")

    with chat.arriving():
        chat.page.get_by_role("link", name="Ask", exact=True).click()
    turn = chat.ask("when did the old mill of Kest burn")
    expect(turn.locator(".statement").first).to_contain_text(
        "The old mill of Kest burned on Sunday"
    )
    assert [file.name for file in (archive.folder / "dropped").iterdir()] == []


def test_a_file_dropped_again_is_a_newer_version(
    chat: Chat, archive: Archive, tmp_path: Path
) -> None:
    porch = open_tab(chat)
    files = porch.locator("input[type=file]")
    paper = tmp_path / "paper.txt"
    paper.write_text("The mill burns\n\nFour sheds burned.\n")
    files.set_input_files(paper)
    expect(porch.locator(".report")).to_contain_text("1 added")
    paper.write_text("The mill burns\n\nFive sheds burned.\n")
    files.set_input_files(paper)
    expect(porch.locator(".report")).to_contain_text("1 changed")
    files.set_input_files(paper)
    expect(porch.locator(".report")).to_contain_text("1 unchanged")
    [paper_id] = [article.id for article in archive if article.id != "talks"]
    assert [article.article.text for article in archive.versions(paper_id)] == [
        "Four sheds burned.",
        "Five sheds burned.",
    ]


def test_a_drop_on_the_place_and_one_beside_it(chat: Chat) -> None:
    porch = open_tab(chat)
    drop = """(place, [kind, name]) => {
        const files = new DataTransfer();
        files.items.add(new File(["The mill burns\\n\\nIt burned.\\n"], name));
        const event = new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true});
        place.dispatchEvent(event);
        return event.defaultPrevented;
    }"""
    place = porch.locator(".drop")
    assert place.evaluate(drop, ["dragover", "x.txt"]) is True
    expect(place).to_have_class("drop over")
    # Else the browser would show the file in the page's place.
    assert chat.page.locator("#masthead").evaluate(drop, ["drop", "x.txt"]) is True
    expect(place).to_have_class("drop")
    assert place.evaluate(drop, ["drop", "mill.txt"]) is True
    expect(porch.locator(".report h2")).to_have_text("mill.txt")
    expect(porch.locator(".report")).to_contain_text("1 added")


def test_a_folder_that_was_named_at_the_start(chat: Chat, clippings: Path) -> None:
    porch = open_tab(chat)
    porch.get_by_role("button", name=f"Add what is new in {clippings}").click()
    expect(porch.locator(".report")).to_contain_text("1 added")
    expect(porch.locator(".report")).to_contain_text("1 could not be read")


def test_progress_is_seen_and_questions_are_answered_and_it_stops(
    chat: Chat, archive: Archive, encoder: FakeEncoder, tmp_path: Path, held: Gate
) -> None:
    papers = tmp_path / "papers.jsonl"
    story = "The mill of Kest burned again on day {0}, and {0} sheds with it."
    papers.write_text(
        "".join(
            f'{{"id": "{n}", "title": "Mill {n}", "text": "{story.format(n)}"}}\n'
            for n in range(1, 201)
        )
    )
    porch = open_tab(chat)
    porch.locator("input[type=file]").set_input_files(papers)
    expect(porch.locator("progress")).to_be_visible()
    expect(porch.locator(".hall .note").last).to_contain_text("200 articles")

    # Whoever comes now sees it too, and asks meanwhile; the encoder serves questions only.
    wait_until(lambda: held.reached)
    encoder.before_encoding = None
    other = chat.page.context.new_page()
    another = Chat(other)
    another.open(chat.page.url.removesuffix("add"))
    turn = another.ask("who led the harbour talks in Holm")
    expect(turn.locator(".statement").first).to_contain_text("Ruth Abara")
    other.get_by_role("link", name="Add articles").click()
    expect(other.locator("progress")).to_be_visible()
    other.locator("input[type=file]").set_input_files(papers)
    expect(other.locator("#sending")).to_contain_text("Another import")

    other.locator("#stop").click()
    expect(porch).to_contain_text("Stopping…")
    expect(porch.locator("#stop")).to_be_hidden()
    held.set()
    expect(porch).to_contain_text("Stopped: 0 articles of it came in.")
    other.close()
    # The first group of texts is kept, and so not embedded again.
    assert len(archive) == 1
    asked = len(encoder.asked)
    porch.locator("input[type=file]").set_input_files(papers)
    expect(porch.locator(".report")).to_contain_text("200 added")
    again = [text for text in encoder.asked[asked:] if text in encoder.asked[:asked]]
    assert again == []


def test_what_an_import_is_refused_for(chat: Chat, tmp_path: Path) -> None:
    porch = open_tab(chat)
    nameless = tmp_path / "nameless"
    nameless.write_text("Text.")
    porch.locator("input[type=file]").set_input_files(nameless)
    line = porch.locator("#sending")
    expect(line).to_have_text("“nameless” has no ending that tells its format.")
    expect(line).to_have_class("note wrong")
    unknown = tmp_path / "movie.mp4"
    unknown.write_bytes(b"\0\0\0")
    porch.locator("input[type=file]").set_input_files(unknown)
    expect(porch.locator(".report")).to_contain_text("1 could not be read")
    expect(line).to_have_text("")


def test_hostile_names_and_articles_are_only_text(chat: Chat, tmp_path: Path) -> None:
    hostile = tmp_path / "<img src=x onerror=window.ran=1>.txt"
    hostile.write_text(f"Headline {MARKUP}\n\nBefore {MARKUP}. After.\n".replace("\u202c", ""))
    porch = open_tab(chat)
    porch.locator("input[type=file]").set_input_files(hostile)
    expect(porch.locator(".report h2")).to_have_text("<img src=x onerror=window.ran=1>.txt")
    expect(porch.locator("#arrived .headline")).to_contain_text("<script>window.ran")
    expect(porch.locator("#arrived img, #arrived svg, #arrived script")).to_have_count(0)


def test_there_is_no_such_page_where_nobody_may_add(archive: Archive, page: Page) -> None:
    chat = Chat(page)
    with served(Assistant(archive, reader=FakeReader())) as address:
        chat.open(address)
        expect(chat.page.get_by_role("link", name="Archive")).to_be_visible()
        expect(chat.page.get_by_role("link", name="Add articles")).to_have_count(0)
        assert request(address, "/add")[0] == 404
        assert send(address, "a.txt", b"A") == 404


# Over HTTP


def test_only_drops_are_taken(address: str, imports: Imports, archive: Archive) -> None:
    dropped = archive.folder / "dropped"
    assert send(address, "a.txt", b"Title\n\nText.") == 200
    assert [file.name for file in dropped.iterdir()] == [f".{DROP}"]
    assert send(address, "a.txt", b"Another of this name") == 400
    for wrong in ("x", DROP.upper(), f"{DROP}0", "../../x", "..%2f..%2fx" + DROP):
        assert send(address, "a.txt", b"A", drop=wrong) == 404
    assert send(address, "b.txt", b"A", Origin="http://outside.example") == 403
    assert send(address, "b.txt", b"A", Host="outside.example") == 403
    assert send(address, "b.txt", b"", **{"Content-Length": "500000001"}) == 413
    assert send(address, "b.txt", b"", **{"Transfer-Encoding": "chunked"}) == 413
    status, _ = request(address, f"/drop/{DROP}?name=b.txt")
    assert status == 404
    # However a name climbs, the file lies in the folder of its drop.
    for at, name in enumerate(("..%2f..%2fout.txt", "%2fetc%2fout1.txt", "c:%5c..%5cout2.txt")):
        assert send(address, name, b"Title\n\nText.") == 200, at
    assert sorted(file.name for file in (dropped / f".{DROP}").iterdir()) == [
        "a.txt",
        "out.txt",
        "out1.txt",
        "out2.txt",
    ]
    imports.bring_dropped(DROP)
    assert len(ended(imports).arrived) == 4
    assert list(dropped.iterdir()) == []


def test_what_is_too_much_is_not_kept(
    address: str, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.page.imports.MOST_FILES", 2)
    monkeypatch.setattr("assistant.page.imports.LARGEST_FILE", 10)
    monkeypatch.setattr("assistant.page.imports._LARGEST_DROP", 15)
    assert send(address, "a.txt", b"x" * 11) == 400
    assert send(address, "a.txt", b"x" * 10) == 200
    assert send(address, "b.txt", b"x" * 6) == 400
    assert send(address, "b.txt", b"x" * 5) == 200
    assert send(address, "c.txt", b"") == 400
    drop = archive.folder / "dropped" / f".{DROP}"
    assert {file.name: file.stat().st_size for file in drop.iterdir()} == {"a.txt": 10, "b.txt": 5}


def test_a_file_that_breaks_off_is_not_kept(
    address: str, archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        head = (
            f"POST /drop/{DROP}?name=a.txt HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n\r\n"
        )
        connection.sendall(head.encode() + b"half of")
        file = archive.folder / "dropped" / f".{DROP}" / "a.txt"
        wait_until(file.exists)
    wait_until(lambda: not file.exists())
    assert not [record for record in caplog.records if record.exc_info]


def test_one_import_at_a_time(imports: Imports, held: Gate, archive: Archive) -> None:
    imports.bring_place(0)
    with pytest.raises(NotTaken, match="Another import is going on"):
        imports.bring_place(0)
    held.set()
    report = ended(imports).report
    assert (len(report.added), len(report.failed)) == (1, 1)
    imports.bring_place(0)
    report = ended(imports).report
    assert len(report.unchanged) == 1


@pytest.mark.parametrize(
    "drop",
    [DROP, "", ".", "/../../clippings", "./../../clippings", f"{DROP}/../../clippings", "x" * 32],
)
def test_only_what_was_dropped_is_brought_in(
    imports: Imports, archive: Archive, clippings: Path, drop: str
) -> None:
    (archive.folder / "dropped").mkdir()
    with pytest.raises(NotTaken, match="Choose files first"):
        imports.bring_dropped(drop)
    assert imports.state == State()
    # A page that is told so by somebody's script moves no files of others.
    assert sorted(file.name for file in clippings.iterdir()) == ["mill.txt", "torn.pdf"]


def test_a_failure_is_said_and_the_next_import_begins(
    imports: Imports, archive: Archive, clippings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Report:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "add_from", fail)
    imports.bring_place(0)
    failed = ended(imports)

    def shown(language: str) -> str:
        wording.choose(language)
        return import_status(failed, imports.origin)

    for language, problem in (
        ("en", "It cannot be read or kept here: No space left on device."),
        ("de", "Es kann hier nicht gelesen oder aufbewahrt werden: No space left on device."),
    ):
        assert f'<p role="alert">{problem}</p>' in copy_context().run(shown, language)
    monkeypatch.undo()
    imports.bring_place(0)
    assert ended(imports).report is not None


def test_what_nobody_brought_in_is_removed_a_day_later(archive: Archive) -> None:
    place = archive.folder / "dropped"
    forgotten, recent = place / f".{DROP}", place / f".{DROP[::-1]}"
    for drop in (forgotten, recent):
        drop.mkdir(parents=True)
        (drop / "a.txt").write_text("A")
    cut_off = place / "cut off.txt"
    cut_off.write_text("A")
    for path in (forgotten, cut_off):
        os.utime(path, (time.time() - _FORGOTTEN - 60,) * 2)
    Imports(archive)
    assert list(place.iterdir()) == [recent]


def test_what_was_dropped_can_be_withdrawn_on_the_page(
    chat: Chat, archive: Archive, clippings: Path, address: str
) -> None:
    archive.add_from([clippings])
    porch = open_tab(chat)
    for name in ("ferry", "boats"):
        (clippings / f"{name}.txt").write_text(f"The {name}\n\nThey left at noon.\n")
    porch.locator("input[type=file]").set_input_files(
        [clippings / "ferry.txt", clippings / "boats.txt"]
    )
    expect(porch.get_by_role("status").filter(has_text="2 added")).to_have_count(1)
    chat.page.reload()
    porch.get_by_text("2 files").last.click()
    expect(porch.locator("#dropped li .words")).to_have_text(["boats.txt", "ferry.txt"])
    porch.get_by_role("button", name="Withdraw what came from ferry.txt").click()
    expect(porch.locator("#dropped summary")).to_have_text("1 file")
    left = {"Harbour talks", "The mill burns", "The boats"}
    assert {article.title for article in archive} == left
    # What was not dropped is nobody's here to withdraw.
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for name in ("../../clippings/mill.txt", str(clippings / "mill.txt"), ".", ""):
        body = urlencode({"name": name}).encode()
        assert request(address, "/import/withdraw", "POST", body, **form)[0] == 303
    assert {article.title for article in archive} == left


def test_a_feed_that_was_named_at_the_start(archive: Archive) -> None:
    snow = '{"id": "snow", "title": "Snow", "text": "Snow fell on Holm."}'
    with Server() as server:
        imports = Imports(archive, [server.offer("/feed.jsonl", snow)])
        imports.bring_place(0)
        report = ended(imports).report
    assert report.added == ["snow"]
    assert archive.article("snow").text == "Snow fell on Holm."
    assert imports.dropped() == {}
    with pytest.raises(NotTaken, match=r"^There is no such folder or address\.$"):
        imports.bring_place(1)
