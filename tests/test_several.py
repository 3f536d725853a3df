"""Several archives at one address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant import Assistant
from assistant.page.passwords import Passwords, line
from assistant.page.several import names_of
from index import Archive
from tests.browsing import Chat, all_served, connected, exchanged, fetched, request
from tests.fakes import FakeEncoder, FakeReader
from tests.scripted import BRIDGE, ENDED, OPENED, TALKS, Held, Scripted, answered

GAZETTE = Scripted([answered("Who opened the bridge?", (BRIDGE, OPENED))])
WIRE = Scripted([answered("When did the talks end?", (TALKS, ENDED))], archive=Held(7))
BOTH = {"gazette": (GAZETTE, None), "wire": (WIRE, None)}


@pytest.fixture(scope="module")
def both() -> Iterator[str]:
    with all_served(BOTH) as address:
        yield address


@pytest.mark.parametrize(
    ("places", "names"),
    [
        (["/news/courier", "harbour/"], ["courier", "harbour"]),
        (["a/news", "b/news", "c/news"], ["news", "news-2", "news-3"]),
        (["a/news-2", "b/news", "c/news"], ["news-2", "news", "news-3"]),
        (["harbour news", "Новости", ".."], ["harbour-news", "archive", "archive-2"]),
        (["postgresql://host:5432/courier?x=1", "./a.b~c_d"], ["courier", "a.b~c_d"]),
        (["a/<b>&c"], ["b-c"]),
    ],
)
def test_each_is_called_after_its_folder(places: list[str], names: list[str]) -> None:
    assert names_of(places) == names


def test_each_answers_from_its_own_articles(page: Page, both: str) -> None:
    chat = Chat(page)
    chat.open(both)
    expect(page).to_have_url(f"{both}/gazette/")
    turn = chat.ask("Who opened the bridge?")
    expect(turn.locator(".statement")).to_have_text(f"{OPENED} [1]")
    expect(page.locator(".held")).to_contain_text("42 articles")

    turn.get_by_role("link", name="Ask “wire” too").click()
    expect(page).to_have_url(f"{both}/wire/?q=Who%20opened%20the%20bridge%3F")
    expect(page.locator(".held")).to_contain_text("7 articles")
    expect(chat.box).to_have_value("Who opened the bridge?")
    chat.box.press("Enter")
    expect(page.locator(".turn")).to_contain_text("The archive does not say")

    page.get_by_role("link", name="Search").click()
    page.locator(".archives summary").click()
    current = page.locator(".archives [aria-current]")
    expect(current).to_have_text("wire")
    page.get_by_role("link", name="gazette", exact=True).click()
    expect(page).to_have_url(f"{both}/gazette/")
    # The conversation that was open there is there again, and none of the other's.
    expect(page.locator(".turn .statement")).to_have_text(f"{OPENED} [1]")
    page.get_by_role("button", name="Conversations").click()
    expect(page.locator("#conversations li")).to_have_count(1)


def test_one_archive_alone_has_no_list_of_archives(address: str) -> None:
    assert "archives" not in fetched(address, "/search")


def test_who_comes_without_a_name_is_led_to_the_first(both: str) -> None:
    for path, leads in (
        ("/", "/gazette/"),
        ("/wire", "/wire/"),
        ("/favicon.ico", "/gazette/favicon.ico"),
    ):
        status, headers = request(both, path)
        assert (status, headers["Location"]) == (307, leads)
    for path in ("/other/", "/other", "/search", "/wire/wire/", "//wire/", "/Wire/search"):
        status, _, body = exchanged(both, path, Accept="text/html")
        assert (status, "There is nothing here." in body) == (404, True), path


def test_programs_ask_each(both: str) -> None:
    with connected(f"{both}/wire/") as client:
        answer = client.predict(question="When did the talks end?", api_name="/ask")
    assert [statement["text"] for statement in answer["statements"]] == [ENDED]


@pytest.mark.parametrize("path", ["/", "/gazette/", "/gazette", "/wire/search", "/none/"])
def test_nothing_is_served_without_a_password(path: str, tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text(line("ann", "a long password"))
    with all_served(BOTH, passwords=Passwords.read(file)) as address:
        status, headers = request(address, path)
    assert (status, headers["Location"]) == (401, None)


def test_another_host_is_refused_everywhere(both: str) -> None:
    for path in ("/", "/wire", "/wire/", "/gazette/search", "/none/"):
        assert request(both, path, Host="news.example")[0] == 403


@pytest.mark.parametrize("before", ["", "/news"], ids=["prefix off", "prefix on"])
def test_several_below_the_path_of_a_proxy(before: str) -> None:
    with all_served(BOTH, root_path="/news") as address:
        assert request(address, f"{before}/")[1]["Location"] == "/news/gazette/"
        assert request(address, f"{before}/wire")[1]["Location"] == "/news/wire/"
        assert "7 articles" in fetched(address, f"{before}/wire/search")
        assert request(address, f"{before}/none/")[0] == 404


def test_an_assistant_reads_another_archive_with_the_same_models(
    made: Archive, tmp_path: Path, encoder: FakeEncoder
) -> None:
    reader = FakeReader()
    with Archive.create(tmp_path / "other", encoder) as other:
        first = Assistant(made, reader=reader)
        second = first.over(other)
        assert (second.reader, second.archive, first.archive) == (reader, other, made)
