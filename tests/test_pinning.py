"""The pages of dossiers, over HTTP and in the browser; and who may use them."""

import re
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant import Assistant
from assistant.page.dossiers import Dossiers
from index import Archive
from tests.browsing import Chat, fetched, request, served
from tests.fakes import FakeReader
from tests.pinned import BRIDGE, OPENED, QUESTION, answered, archive, client, names

__all__ = ["archive"]


@pytest.fixture
def address(archive: Archive) -> Iterator[str]:
    with served(Assistant(archive, reader=FakeReader()), may_keep=True) as address:
        yield address


# --- Over HTTP ------------------------------------------------------------------------------------


def test_pinning_by_a_form(archive: Archive) -> None:
    page, pinned = client(archive), {"id": "bridge", "version": 1, "quotes": "0-42,62-80"}
    offered = page.get(f"/pin?{urlencode(pinned)}").text
    assert re.findall("<blockquote[^>]*>(.*?)</blockquote>", offered) == [
        OPENED, "It rained on Holm."
    ]  # fmt: skip
    led = page.post("/pin", data=pinned | {"new": "Bridge", "note": "Two."})
    assert led.status_code == 303
    assert re.fullmatch(r"dossier\?name=Bridge#item-[0-9a-f]{16}", led.headers["location"])
    page.post("/pin", data={"dossier": "Bridge", "article": ["talks", "bridge"]})
    page.post("/pin", data={"dossier": "Bridge", "answer": answered(archive).answer})
    items = Dossiers(archive).open("Bridge").items
    assert [type(item.pinned).__name__ for item in items] == [
        "Quote", "Quote", "Whole", "Whole", "Answered"
    ]  # fmt: skip
    # The one that was used last is offered first.
    Dossiers(archive).begin("Another")
    assert re.findall("<option>(.*?)</option>", page.get("/pin?article=talks").text) == [
        "Another", "Bridge"
    ]  # fmt: skip
    change = {"name": "Bridge", "item": items[1].id, "note": "Now.", "seen": items[1].stamp}
    led = page.post("/dossier", data=change | {"do": "up"})
    assert led.headers["location"] == f"dossier?name=Bridge#item-{items[1].id}"
    assert [item.note for item in Dossiers(archive).open("Bridge").items][:2] == ["Now.", "Two."]
    for do in ("remove", "delete"):
        assert page.post("/dossier", data=change | {"do": do}).status_code == 303
    assert list(names(Dossiers(archive))) == ["Another"]


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({}, "Choose what is to be pinned first."),
        ({"id": "gone"}, "The archive does not have this article, or not in this version."),
        ({"id": "bridge", "version": 9}, "The archive does not have this article, or not in"),
        ({"id": "bridge", "quotes": "500-900"}, "There are no words at this place"),
        ({"article": "gone"}, "The archive does not have one of these articles."),
        ({"answer": "2xyz"}, "This is no link to an answer, or only a part of one"),
    ],
)
def test_what_cannot_be_pinned(archive: Archive, asked: dict[str, str], problem: str) -> None:
    page = client(archive)
    for answer in (page.get(f"/pin?{urlencode(asked)}"), page.post("/pin", data=asked)):
        assert (answer.status_code, problem in answer.text) == (400, True)
    assert Dossiers(archive).listed() == []


def test_who_may(archive: Archive) -> None:
    assistant = Assistant(archive, reader=FakeReader())
    body = urlencode({"name": "Mine"}).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with served(assistant) as address:
        for path in ("/dossiers", "/dossier?name=x", "/pin?article=talks", "/dossier-print?name=x",
                     "/dossier-export?name=x&form=file"):  # fmt: skip
            assert request(address, path)[0] == 404
        assert request(address, "/dossiers", "POST", body, **form)[0] == 404
        for path in ("/read?id=talks", "/search?q=talks"):
            assert not re.search("[Dd]ossiers?\\b(?!\\.css)|pin\\?", page_of(address, path))
    with served(assistant, may_keep=True) as address:
        assert request(address, "/dossiers", "POST", body, **form)[0] == 303
        for origin in ("null", "http://outside.example"):
            assert request(address, "/dossiers", "POST", body, Origin=origin, **form)[0] == 403
        assert request(address, "/dossiers", "POST", b"x" * 1_100_000, **form)[0] == 413
        assert request(address, "/pin", "POST", b"x" * 300_000, **form)[0] == 413
        assert request(address, "/dossiers")[1]["Referrer-Policy"] == "same-origin"
        assert request(address, "/")[1]["Referrer-Policy"] == "no-referrer"
    assert list(names(Dossiers(archive))) == ["Mine"]


def test_what_cannot_be_read_is_one_sentence(address: str, archive: Archive) -> None:
    cut_off = b"--x\r\nContent-Disposition: form-data\r\n\r\nBridge\r\n--x--\r\n"
    sentence = "What was sent cannot be read: go back and send it again."
    for path in ("/dossiers", "/dossier", "/pin", "/saved"):
        for boundary in ("", "; boundary=x"):
            headers = {"Content-Type": f"multipart/form-data{boundary}"}
            for accept in ("text/html", "*/*"):
                asking = Request(f"{address}{path}", cut_off, headers | {"Accept": accept})
                with pytest.raises(HTTPError) as refused:
                    urlopen(asking, timeout=10)
                body = refused.value.read().decode()
                assert (refused.value.code, body.count(sentence)) == (400, 1)
                assert (body == sentence) == (accept == "*/*")
    assert Dossiers(archive).listed() == []


def test_what_is_not_there_leads_on(archive: Archive) -> None:
    page = client(archive)
    assert '<a href="dossiers">All dossiers</a>' in page.get("/dossier?name=gone").text
    assert '<a href="search">Search the archive</a>' in page.get("/pin").text


def test_every_page_has_headers_alone(address: str) -> None:
    for path in ("/search", "/feed", "/read?id=talks", "/dossiers", "/page/style.css"):
        status, headers = request(address, path, "HEAD")
        assert (status, headers["Content-Length"]) == (
            200,
            request(address, path)[1]["Content-Length"],
        )
    assert request(address, "/read?id=gone", "HEAD")[0] == 404


def page_of(address: str, path: str) -> str:
    """What is served there, without what every page has."""
    return re.sub("(?s)<head>.*</head>|<dialog.*</dialog>", "", fetched(address, path))


# --- In the browser -------------------------------------------------------------------------------


def test_all_is_done_without_a_script(browser: Browser, address: str, archive: Archive) -> None:
    """A browser says then which page a form comes from only if the page lets it."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/read?id=talks")
        page.get_by_role("link", name="Pin this article").click()
        page.get_by_label("Name of a new dossier").fill("Kest")
        page.get_by_label("Note").fill("Ask them.")
        page.get_by_role("button", name="Pin", exact=True).click()
        items = page.locator("ol.pinned > li")
        expect(items.get_by_label("Note")).to_have_value("Ask them.")
        page.goto(f"{address}/search?q=bridge")
        page.get_by_role("checkbox", name="Ask in “Bridge opens”").check()
        page.get_by_role("button", name="Pin it").click()
        expect(page.get_by_role("combobox")).to_have_value("Kest")
        page.get_by_role("button", name="Pin", exact=True).click()
        expect(items.locator(".credit")).to_contain_text(["Talks end", "Bridge opens"])
        items.nth(1).get_by_label("Note").fill("First.")
        items.nth(1).get_by_role("button", name="Up").click()
        expect(items.locator(".credit")).to_contain_text(["Bridge opens", "Talks end"])
        expect(items.nth(0).get_by_label("Note")).to_have_value("First.")
        items.nth(1).get_by_role("button", name="Remove").click()
        expect(items).to_have_count(1)
        with page.expect_download() as download:
            page.get_by_role("link", name="Dossier file").click()
        page.get_by_text("Rename or delete").click()
        page.get_by_label("New name").fill("Holm")
        page.get_by_role("button", name="Rename").click()
        expect(page.get_by_role("heading", level=2)).to_have_text("Holm")
        page.get_by_role("link", name="Dossiers").click()
        page.get_by_label("A dossier file").set_input_files(download.value.path())
        page.get_by_role("button", name="Bring in").click()
        expect(page.get_by_role("heading", level=2)).to_have_text("Kest")
        page.get_by_text("Rename or delete").click()
        page.get_by_role("button", name="Delete for good").click()
        expect(page.locator(".dossiers .credit")).to_have_text(["1 item"])
    assert names(Dossiers(archive)) == {"Holm": 1}


@pytest.mark.parametrize("width", [1280, 390])
def test_a_conversation_stays_while_one_pins_from_it(chat: Chat, width: int) -> None:
    page = chat.page
    page.set_viewport_size({"width": width, "height": 844})
    turn = chat.ask(QUESTION)
    link = turn.get_by_role("link", name="Pin")
    link.click()
    sheet = page.get_by_role("dialog", name="Pin")
    expect(sheet.locator("blockquote").first).to_have_text(OPENED)
    sheet.get_by_label("Name of a new dossier").fill("Bridge")
    sheet.get_by_role("button", name="Pin", exact=True).click()
    expect(turn.locator(".pinned-to")).to_have_text("Pinned to Bridge")
    expect(link).to_be_focused()
    card = chat.proof.locator(".card").first
    card.get_by_role("link", name="Pin").click()
    # What is wrong is said in the sheet, with what was typed.
    sheet.get_by_label("Note").evaluate("field => { field.value = 'x'.repeat(4001); }")
    sheet.get_by_role("button", name="Pin", exact=True).click()
    expect(sheet.get_by_role("alert")).to_contain_text("A note has at most 4,000 characters")
    sheet.get_by_label("Note").fill("Here.")
    sheet.get_by_role("button", name="Pin", exact=True).click()
    expect(card.locator(".pinned-to")).to_have_text("Pinned to Bridge")
    expect(chat.turns).to_have_count(1)
    card.locator(".pinned-to a").click()
    pinned = page.locator("ol.pinned > li:target")
    expect(pinned.locator("blockquote").first).to_have_text(OPENED)
    expect(pinned.get_by_label("Note")).to_have_value("Here.")
    expect(page.locator("ol.pinned > li .headline")).to_have_text(QUESTION)


@pytest.mark.parametrize(
    ("start", "end", "quoted"),
    [
        ((0, "A band"), (0, "played"), "A band 🎺🎺 "),
        ((0, "🎺 played"), (1, "on Holm"), "🎺 played.\n\nIt rained "),
    ],
)
def test_selected_words_are_pinned(
    address: str, page: Page, archive: Archive,
    start: tuple[int, str], end: tuple[int, str], quoted: str,
) -> None:  # fmt: skip
    page.goto(f"{address}/read?id=bridge")
    # Words that are marked cut a paragraph into several pieces.
    page.get_by_label("Find in the text").fill("an")
    expect(page.locator("mark.found")).to_have_count(3)
    page.evaluate(
        """([[first, from], [last, to]]) => {
          const paragraphs = document.querySelectorAll("#article .text p");
          const place = (paragraph, words) => {
            let at = paragraph.textContent.indexOf(words);
            const all = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
            while (all.nextNode() && at > all.currentNode.length) at -= all.currentNode.length;
            return [all.currentNode, at];
          };
          const [a, b] = [place(paragraphs[first], from), place(paragraphs[last], to)];
          getSelection().setBaseAndExtent(...a, ...b);
        }""",
        [start, end],
    )
    page.get_by_role("button", name="Pin them").click()
    sheet = page.get_by_role("dialog", name="Pin")
    sheet.get_by_label("Name of a new dossier").fill("Words")
    sheet.get_by_role("button", name="Pin", exact=True).click()
    expect(page.locator(".pinned-to")).to_have_text("Pinned to Words")
    [item] = Dossiers(archive).open("Words").items
    assert BRIDGE.text[item.pinned.start : item.pinned.end] == quoted.strip()
