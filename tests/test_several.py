"""Several archives at one address."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import app
from assistant import Assistant
from assistant.page.imports import Imports
from assistant.page.passwords import Passwords, line
from assistant.page.several import served_archives
from assistant.page.site import ServedArchive
from index import Archive, ArchiveError
from tests.browsing import Chat, all_served, connected, exchanged, fetched, request
from tests.fakes import FakeEncoder, FakeReader
from tests.made_articles import quoting
from tests.scripted import BRIDGE, ENDED, OPENED, TALKS, Scripted

GAZETTE = Scripted([quoting("Who opened the bridge?", (BRIDGE, OPENED))])
WIRE = Scripted([quoting("When did the talks end?", (TALKS, ENDED))], held=7)
BOTH: dict[ServedArchive | None, tuple[Assistant, Imports | None]] = {
    ServedArchive("gazette", "The Gazette"): (GAZETTE, None),
    ServedArchive("wire", "Wire"): (WIRE, None),
}


@pytest.fixture(scope="module")
def both() -> Iterator[str]:
    with all_served(BOTH) as address:
        yield address


@pytest.fixture(scope="module")
def behind_a_proxy() -> Iterator[str]:
    with all_served(BOTH, root_path="/news") as address:
        yield address


def test_each_is_called_after_its_folder() -> None:
    assert served_archives(["/news/courier", "/harbour/", "postgresql://host:5432/night?x=1"]) == [
        ServedArchive("courier", "courier"),
        ServedArchive("harbour", "harbour"),
        ServedArchive("night", "night"),
    ]
    assert served_archives(["/x/harbour news", "/x/Kjølvik <b>"]) == [
        ServedArchive("harbour-news", "harbour news"),
        ServedArchive("Kj-lvik-b", "Kjølvik <b>"),
    ]


def test_those_that_are_called_alike_are_told_apart_in_any_order() -> None:
    alike = ["/a/news", "/b/News", "/c/b/news"]
    assert [one.name for one in served_archives(alike)] == ["a/news", "b/News", "c/b/news"]
    letters = ["/x/Архів", "/x/أخبار"]
    for places in (alike, letters):
        forth, back = served_archives(places), served_archives(places[::-1])
        assert forth == back[::-1]
        assert len({one.path.casefold() for one in forth}) == len(places)
    assert [one.name for one in served_archives(letters)] == ["Архів", "أخبار"]
    assert all(re.fullmatch("archive-[0-9a-f]{8}", one.path) for one in served_archives(letters))


def test_each_answers_from_its_own_articles(page: Page, both: str) -> None:
    chat = Chat(page)
    chat.open(both)
    expect(page).to_have_url(f"{both}/gazette/")
    turn = chat.ask("Who opened the bridge?")
    expect(turn.locator(".statement")).to_have_text(f"{OPENED} [1]")
    expect(page.locator(".held")).to_contain_text("42 articles")

    turn.get_by_role("link", name="Ask “Wire” too").click()
    expect(page).to_have_url(f"{both}/wire/?q=Who+opened+the+bridge%3F")
    expect(page.locator(".held")).to_contain_text("7 articles")
    expect(chat.box).to_have_value("Who opened the bridge?")
    chat.box.press("Enter")
    expect(page.locator(".turn")).to_contain_text("The archive does not say")

    page.get_by_role("link", name="Search").click()
    page.locator(".archives summary").click()
    current = page.locator(".archives [aria-current]")
    expect(current).to_have_text("Wire")
    expect(page).to_have_title("Articles – Wire – Dateline")
    page.get_by_role("link", name="The Gazette", exact=True).click()
    expect(page).to_have_url(f"{both}/gazette/search")
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(page).to_have_url(f"{both}/gazette/")
    # The conversation that was open there is there again, and none of the other's.
    expect(page.locator(".turn .statement")).to_have_text(f"{OPENED} [1]")
    page.get_by_role("button", name="Conversations").click()
    expect(page.locator("#conversations li")).to_have_count(1)


def test_another_archive_opens_at_the_same_part(both: str) -> None:
    search = "search?q=bridge+%26+tunnel&amp;after=2016&amp;order=oldest"
    for path, leads in (
        ("search?q=bridge+%26+tunnel&after=2016&source=Wire&order=oldest&page=2", search),
        ("search", "search"),
        ("read?id=bridge", "archive"),
        ("names", "archive"),
    ):
        _, _, body = exchanged(both, f"/wire/{path}", Accept="text/html")
        assert f'<li><a href="../gazette/{leads}"' in body, path


def test_one_archive_alone_has_no_list_of_archives(address: str) -> None:
    assert "archives" not in fetched(address, "/search")


def test_who_comes_without_a_name_is_led_to_the_first(both: str) -> None:
    for path, leads in (
        ("/", "/gazette/"),
        ("/wire", "/wire/"),
        ("/favicon.ico", "/gazette/favicon.ico"),
        # What a browser kept of the first when it was alone.
        ("/?q=bridge", "/gazette/?q=bridge"),
        ("/wire?q=a%20b", "/wire/?q=a%20b"),
        ("/search?q=%3Cb%3E", "/gazette/search?q=%3Cb%3E"),
    ):
        status, headers = request(both, path)
        assert (status, headers["Location"]) == (307, leads)
    for path in ("/other/", "/other", "/wire/wire/", "//wire/", "/Wire/search"):
        status, _, body = exchanged(both, path, Accept="text/html")
        assert (status, "There is nothing here." in body) == (404, True), path


def test_programs_ask_each(both: str) -> None:
    with connected(f"{both}/wire/") as client:
        answer = client.predict(question="When did the talks end?", api_name="/ask")
    assert [statement["text"] for statement in answer["statements"]] == [ENDED]


def test_nothing_is_served_without_a_password(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text(line("ann", "a long password"))
    with all_served(BOTH, passwords=Passwords.read(file)) as address:
        for path in ("/", "/gazette/", "/gazette", "/wire/search", "/none/"):
            status, headers = request(address, path)
            assert (status, headers["Location"]) == (401, None), path


def test_another_host_is_refused_everywhere(both: str) -> None:
    for path in ("/", "/wire", "/wire/", "/gazette/search", "/none/"):
        assert request(both, path, Host="news.example")[0] == 403


@pytest.mark.parametrize("before", ["", "/news"], ids=["prefix off", "prefix on"])
def test_several_below_the_path_of_a_proxy(behind_a_proxy: str, before: str) -> None:
    address = behind_a_proxy
    assert request(address, f"{before}/")[1]["Location"] == "/news/gazette/"
    assert request(address, f"{before}/wire")[1]["Location"] == "/news/wire/"
    assert "7 articles" in fetched(address, f"{before}/wire/search")
    assert request(address, f"{before}/none/")[0] == 404
    assert request(address, "/news")[1]["Location"] == "/news/gazette/"


def test_a_problem_of_one_is_a_page_of_its_own(
    monkeypatch: pytest.MonkeyPatch, both: str, behind_a_proxy: str
) -> None:
    def fail(*_: object) -> None:
        raise ArchiveError("The archive is damaged.")

    monkeypatch.setattr(WIRE.archive, "hits", fail)
    for address, before in ((both, ""), (behind_a_proxy, "/news")):
        status, _, body = exchanged(address, f"{before}/wire/search?q=bridge")
        assert (status, "The archive is damaged." in body) == (503, True)
        assert '<nav aria-label="Pages">' in body


def test_feeds_of_several_archives_are_told_apart(both: str) -> None:
    of_each = [fetched(both, f"/{name}/feed?q=bridge") for name in ("gazette", "wire")]
    ids = [re.search("<id>(.*?)</id>", feed)[1] for feed in of_each]
    assert ids[0] != ids[1]
    assert "<title>The Gazette · bridge</title>" in of_each[0]


def test_the_list_of_archives_closes_as_a_menu_does(page: Page, both: str) -> None:
    page.goto(f"{both}/wire/search")
    menu = page.locator("details.archives")
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.locator("#hall").click()):
        menu.locator("summary").click()
        expect(menu).to_have_attribute("open", "")
        close()
        expect(menu).not_to_have_attribute("open", "")


def test_the_head_has_two_rows_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    long = ServedArchive("long", "Clippings of the harbour library " * 3)
    with all_served(
        {long: (GAZETTE, None), ServedArchive("wire", "Wire"): (WIRE, None)}
    ) as address:
        page.goto(f"{address}/long/search")
        first, summary, tools, nav = (
            page.locator(f".masthead {part}").bounding_box()
            for part in ("h1", "summary", ".tools", "nav")
        )
        for part in (first, summary):
            assert tools["y"] <= part["y"] < nav["y"]
        assert summary["x"] + summary["width"] <= tools["x"]
        page.locator(".archives summary").click()
        menu = page.locator(".archives ul").bounding_box()
        assert menu["x"] >= 0
        assert menu["x"] + menu["width"] <= 390


def test_an_archive_that_is_given_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "news")
    assert app.main(["--archive", place, "--archive", f"{place}/"]) == 2
    assert f"The archive {place} is given twice: name each once." in capsys.readouterr().err


def test_an_address_that_is_given_twice_is_shown_without_its_password(
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = "postgresql://anna:s3cret@localhost/news?sslpassword=s3cret"
    assert app.main(["--archive", address, "--archive", address]) == 2
    error = "error: The archive postgresql://localhost/news is given twice: name each once.\n"
    assert capsys.readouterr().err == error


def test_an_assistant_reads_another_archive_with_the_same_models(
    made: Archive, tmp_path: Path, encoder: FakeEncoder
) -> None:
    reader = FakeReader()
    with Archive.create(tmp_path / "other", encoder) as other:
        first = Assistant(made, reader=reader)
        second = first.over(other)
        assert (second.reader, second.archive, first.archive) == (reader, other, made)
