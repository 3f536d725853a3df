"""The page, in a real browser that reaches nothing but this computer."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

import app
from assistant import Assistant
from assistant.page.desk import Desk
from assistant.page.turns import Turn, halted
from corpus import SAMPLE, Article, read_articles
from index import Archive, Filters
from tests.browsing import Chat, request, served
from tests.fakes import FakeEncoder
from tests.scripted import BRIDGE, BUILT, EARLIER, ENDED, MARKUP, OPENED, SCRIPT

LIT = re.compile(r"\blit\b")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(SCRIPT) as address:
        yield address


# --- Asking and reading ----------------------------------------------------------------------


def test_answer_with_its_sources(chat: Chat) -> None:
    turn = chat.ask("Who opened the bridge?")
    expect(turn.locator("h2")).to_have_text("Who opened the bridge?")
    expect(turn.locator(".statement")).to_have_text(
        [f"{OPENED} [1]", f"{BUILT} [2]", f"{ENDED} [3]"]
    )
    cards = chat.proof.locator(".card")
    expect(cards.locator(".headline")).to_have_text(["Bridge opens after nine years", "Talks end"])
    expect(cards.locator(".credit")).to_have_text(
        ["Bridge Gazette · 21 August 2016", "Wire · 21 August 2016"]
    )
    expect(chat.proof.locator("mark")).to_have_text([OPENED, BUILT, ENDED])
    expect(cards.nth(0).locator("blockquote")).to_have_text(
        f"The bridge was closed in 2007. [1]{OPENED} A band played. It rained. "
        f"[2]{BUILT} They were not paid until May."
    )
    link = cards.nth(0).get_by_role("link", name="Read it at gazette.example")
    assert link.get_attribute("href") == "https://gazette.example/bridge"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("target") == "_blank"


def test_marker_leads_to_its_quote_and_back(chat: Chat) -> None:
    turn = chat.ask("Who opened the bridge?")
    expect(turn.locator(".marker")).to_have_count(3)
    turn.get_by_role("link", name="Source 2").click()
    quote = chat.page.locator("#source-1-2")
    expect(quote).to_have_text(BUILT)
    expect(quote).to_have_class(LIT)
    expect(quote).to_be_focused()
    expect(quote).to_be_in_viewport()
    expect(chat.proof.locator(".card").nth(0)).to_have_class(LIT)
    expect(chat.page.locator("mark.lit")).to_have_count(1)

    back = chat.proof.get_by_role("link", name="Back to the sentence that cites source 3")
    back.focus()
    chat.page.keyboard.press("Enter")
    expect(turn.locator(".statement").nth(2)).to_have_class(LIT)
    expect(turn.locator(".statement").nth(2)).to_be_focused()
    expect(chat.page.locator(".statement.lit")).to_have_count(1)
    expect(chat.page).to_have_url(re.compile("/$"))


def test_it_says_that_it_is_searching(chat: Chat) -> None:
    SCRIPT.goes_on.clear()
    chat.box.fill("slow")
    chat.page.get_by_role("button", name="Ask", exact=True).click()
    expect(chat.turns.locator(".state")).to_have_text("Searching the archive…")
    expect(chat.box).to_have_value("")
    box = chat.box.bounding_box()
    heading = chat.turns.locator("h2").bounding_box()
    # One at a time: a question that comes too early is not lost.
    chat.box.fill("Who opened the bridge?")
    chat.box.press("Enter")
    expect(chat.page.get_by_role("alert")).to_have_text(
        "One moment: the answer before this is still coming."
    )
    expect(chat.box).to_have_value("Who opened the bridge?")
    SCRIPT.goes_on.set()
    expect(chat.turns.locator(".statement")).to_have_text(f"{ENDED} [1]")
    # The layout stands still while the answer arrives.
    assert chat.box.bounding_box() == box
    assert chat.turns.locator("h2").bounding_box() == heading


def test_second_question_and_new_conversation(chat: Chat) -> None:
    first = chat.ask("Who opened the bridge?")
    second = chat.ask("When did the talks end?")
    expect(second.locator(".statement")).to_have_text(f"{ENDED} [1]")
    expect(second).to_be_in_viewport()
    expect(chat.proof.locator("mark")).to_have_text([ENDED])
    # A marker of an earlier answer brings back that answer's sources.
    first.get_by_role("link", name="Source 1").click()
    expect(chat.proof.locator("mark")).to_have_text([OPENED, BUILT, ENDED])
    expect(chat.page.locator("#source-1-1")).to_have_class(LIT)

    chat.page.get_by_role("button", name="New conversation").click()
    expect(chat.turns).to_have_count(0)
    expect(chat.page.get_by_role("heading", name="Ask the archive")).to_be_visible()
    expect(chat.box).to_be_focused()
    expect(chat.page.locator("#sources .card")).to_have_count(0)
    expect(chat.ask("When did the talks end?").locator(".marker")).to_have_text("[1]")


def test_archive_does_not_say(chat: Chat) -> None:
    turn = chat.ask("Who ate lunch?")
    expect(turn.locator(".answer p")).to_have_text(
        [
            "The archive does not say: the nearest articles do not answer the question.",
            "The archive covers 21 August 2016 to 4 May 2026.",
        ]
    )
    expect(chat.proof.get_by_role("heading", level=2)).to_have_text("Nearest in the archive")
    expect(chat.proof.locator(".note")).to_have_text(
        "These articles are the nearest in the archive. They do not answer the question."
    )
    # Each article once, with its best passage; nothing is marked or numbered as evidence is.
    expect(chat.proof.locator("blockquote")).to_have_text([OPENED, "Nobody signed."])
    expect(chat.proof.locator("mark, .marker")).to_have_count(0)


def test_suggested_questions(chat: Chat) -> None:
    buttons = chat.page.locator("#suggestions button")
    expect(buttons).to_have_text(SCRIPT.suggestions)
    buttons.first.click()
    expect(chat.turns.locator(".statement").first).to_have_text(f"{OPENED} [1]")
    expect(buttons.first).to_be_hidden()


def test_what_the_archive_holds(chat: Chat) -> None:
    held = "42 articles from 2 sources · 21 August 2016 – 4 May 2026"
    expect(chat.page.locator("#masthead")).to_contain_text(held)
    SCRIPT.archive.articles = 1_043
    try:
        chat.page.reload()
        expect(chat.page.locator("#masthead")).to_contain_text("1,043 articles")
    finally:
        SCRIPT.archive.articles = 42


# --- What cannot be answered -----------------------------------------------------------------


def test_questions_that_cannot_be_asked(chat: Chat) -> None:
    asked = len(SCRIPT.asked)
    chat.box.press("Enter")
    expect(chat.page.get_by_role("alert")).to_have_text("Type a question first.")
    chat.box.fill("a" * 1_001)
    chat.box.press("Enter")
    expect(chat.page.get_by_role("alert")).to_have_text(
        "The question is 1,001 characters long; please ask it in 1,000 or fewer."
    )
    expect(chat.box).to_have_value("a" * 1_001)
    expect(chat.turns).to_have_count(0)
    assert len(SCRIPT.asked) == asked
    chat.ask("a" * 1_000)
    expect(chat.page.get_by_role("alert")).to_have_count(0)
    assert SCRIPT.asked[asked:] == ["a" * 1_000]


def test_archive_error_is_one_sentence(chat: Chat) -> None:
    turn = chat.ask("broken archive")
    expect(turn.locator(".answer")).to_have_text("The archive is <gone>: restore it.")
    chat.ask("When did the talks end?")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_fault_is_said_and_the_chat_goes_on(chat: Chat) -> None:
    turn = chat.ask("fault")
    expect(turn.locator(".answer")).to_have_text(
        "Something went wrong; the terminal that runs Dateline says what."
    )
    expect(chat.ask("When did the talks end?").locator(".marker")).to_have_text("[1]")


# --- What an article may contain -------------------------------------------------------------


def test_hostile_question_is_shown_as_text(chat: Chat) -> None:
    """Of hostile articles see tests/test_hostile.py."""
    turn = chat.ask("<b>hostile</b> **q**")
    expect(turn.locator("h2")).to_have_text("<b>hostile</b> **q**")
    # No element comes of it: no link but the two markers and our own, no image, no heading.
    links = chat.page.locator("#conversation a:not(.actions a), #sources a")
    assert [link.get_attribute("href") for link in links.all()] == [
        "#source-1-1",
        "search?q=%3Cb%3Ehostile%3C%2Fb%3E+%2A%2Aq%2A%2A",
        "#statement-1-1",
    ]
    expect(chat.page.locator("#desk :is(script, img, iframe, b, strong, code, h1)")).to_have_count(
        0
    )
    # Its control of writing direction does not reach the marker that follows it.
    statement = turn.locator(".statement .words")
    assert statement.evaluate("element => getComputedStyle(element).unicodeBidi") == "isolate"


def test_scripts_that_were_not_sent_with_the_page_do_not_run(page: Page, address: str) -> None:
    """Even if text became markup somewhere, the browser would run and fetch nothing of it."""
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    stopped: list[tuple[str, str | None]] = []
    page.on("requestfailed", lambda asked: stopped.append((asked.url, asked.failure)))
    page.goto(address)
    expect(page.get_by_label("Your question")).to_be_visible()
    page.evaluate(
        """markup => {
            document.body.insertAdjacentHTML("beforeend", markup);
            const script = document.createElement("script");
            script.textContent = "window.ran = 'inserted'";
            document.body.append(script);
        }""",
        MARKUP,
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None
    assert ("http://outside.example/x.png", "csp") in stopped
    assert any("Content Security Policy" in text for text in refused)


# --- How an answer came about ----------------------------------------------------------------


def test_remarks(chat: Chat) -> None:
    turn = chat.ask("And the band?")
    expect(turn.locator(".hedged")).to_have_text(
        "The archive supports this weakly; check it in the sources."
    )
    expect(turn.locator(".answer .note")).to_have_text(
        [
            "Read as: Who of the band opened the <b>bridge</b>?×",
            "Orbán was matched as Orban.",
            "The language model <failed>.",
        ]
    )
    expect(turn.get_by_role("heading", level=3)).to_have_text(["Sources differ"])
    expect(turn.locator(".statement b")).to_have_text(["Ana Orban", "Sunday"])
    expect(turn.locator(".sides li")).to_have_text(
        [
            "at <noon> [2]Wire · 21 August 2016",
            "on Sunday [1]Bridge Gazette · 21 August 2016",
        ]
    )
    first, second = (turn.locator(".sides li").nth(side).bounding_box() for side in (0, 1))
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    quote = chat.page.locator("#source-1-1")
    assert quote.text_content() == OPENED
    expect(quote.locator("b")).to_have_text(["Ana Orban", "Sunday"])
    dated = quote.locator(".dated")
    expect(dated).to_have_text("on Sunday")
    beside = "element => getComputedStyle(element, '::after').content"
    assert dated.evaluate(beside) == '" (21 August 2016)"'
    assert dated.get_attribute("title") == "21 August 2016"
    expect(chat.proof.locator(".outlets")).to_have_text("2 outlets, one text: also Wire")
    turn.locator(".sides").get_by_role("link", name="Source 2").click()
    expect(chat.page.locator("#source-1-2")).to_be_focused()


def test_answer_stands_at_once_and_a_language_model_chooses_another(chat: Chat) -> None:
    SCRIPT.goes_on.clear()
    chat.box.fill("chosen")
    chat.box.press("Enter")
    turn = chat.turns.first
    expect(turn.locator(".statement")).to_have_text([f"{OPENED} [1]", f"{BUILT} [2]"])
    expect(turn).to_have_attribute("aria-busy", "true")
    expect(chat.proof.locator("mark")).to_have_text([OPENED, BUILT])
    SCRIPT.goes_on.set()
    expect(turn).to_have_attribute("aria-busy", "false")
    expect(turn.locator(".statement")).to_have_text([f"{ENDED} [1]"])
    expect(turn.locator(".note")).to_have_text(
        ["Also searched for: “end of <b>talks</b>”.×", "The sentences were chosen by tiny."]
    )
    expect(chat.proof.locator("mark")).to_have_text([ENDED])


def test_dates_read_out_of_a_question_can_be_taken_away(chat: Chat) -> None:
    turn = chat.ask("dated")
    expect(turn.locator(".limits .chip")).to_have_text("1 August 2016 – 31 August 2016×")
    expect(turn.locator(".statement")).to_have_count(1)
    off = turn.get_by_role("button", name="Ask without “1 August 2016 – 31 August 2016”")
    off.click()
    wider = chat.turns.nth(1)
    expect(wider.locator("h2")).to_have_text("dated")
    expect(wider.locator(".statement")).to_have_text([f"{OPENED} [1]", f"{ENDED} [2]"])
    expect(wider.locator(".limits")).to_have_count(0)
    # Only of the last question something is taken off.
    expect(off).to_be_hidden()
    # What is asked again refers to what it referred to before.
    assert SCRIPT.histories[-2:] == [(), ()]


def test_what_was_filled_in_can_be_taken_away(chat: Chat) -> None:
    turn = chat.ask("And the band?")
    turn.get_by_role("button", name="Ask only what I typed").click()
    expect(chat.turns.nth(1).locator("h2")).to_have_text("And the band?")
    expect(chat.turns.nth(1)).to_have_attribute("aria-busy", "false")
    assert SCRIPT.asked[-2:] == ["And the band?"] * 2
    assert SCRIPT.typed[-2:] == [False, True]


def test_filters(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Limit to dates and sources").click()
    chat.page.get_by_role("textbox", name="From", exact=True).fill("2016-08-01")
    chat.page.get_by_role("textbox", name="As known on").fill("2016-09-30")
    chat.page.get_by_role("combobox", name="Sources").click()
    chat.page.get_by_role("option", name="Wire").click()
    chat.page.get_by_role("combobox", name="Languages").click()
    chat.page.get_by_role("option", name="ar").click()
    turn = chat.ask("When did the talks end?")
    since, known = date(2016, 8, 1), date(2016, 9, 30)
    assert SCRIPT.filters[-1] == Filters(since, None, ("Wire",), ("ar",), known)
    expect(turn.locator(".limits .chip")).to_have_text(
        ["since 1 August 2016×", "as known on 30 September 2016×", "Wire×", "ar×"]
    )
    # One after another they are taken off, here and in the fields.
    for limit, left in (
        ("since 1 August 2016", Filters(None, None, ("Wire",), ("ar",), known)),
        ("ar", Filters(None, None, ("Wire",), (), known)),
        ("as known on 30 September 2016", Filters(None, None, ("Wire",))),
    ):
        number = chat.turns.count()
        chat.turns.last.get_by_role("button", name=f"Ask without “{limit}”").click()
        wider = chat.turns.nth(number)
        expect(wider).to_have_attribute("aria-busy", "false")
        expect(wider.locator("h2")).to_have_text("When did the talks end?")
        assert SCRIPT.filters[-1] == left
    for label in ("From", "As known on"):
        expect(chat.page.get_by_role("textbox", name=label, exact=True)).to_have_value("")
    expect(wider.locator(".limits .chip")).to_have_text("Wire×")
    chat.page.get_by_role("textbox", name="From", exact=True).fill("2016-08-01")
    chat.page.get_by_role("textbox", name="To", exact=True).fill("2016-07-01")
    chat.box.fill("Who opened the bridge?")
    chat.box.press("Enter")
    alert = chat.page.get_by_role("alert")
    expect(alert).to_have_text("“From” is later than “To”; no article can be from those days.")
    chat.page.get_by_role("textbox", name="To", exact=True).fill("<b>May</b>")
    chat.box.press("Enter")
    expect(alert).to_have_text("“To” needs a date such as 2016-08-21, May 2024 or yesterday.")
    expect(chat.box).to_have_value("Who opened the bridge?")
    # Taken away again, they limit nothing.
    for label in ("From", "To", "As known on"):
        chat.page.get_by_role("textbox", name=label, exact=True).fill("")
    chat.page.get_by_role("combobox", name="Sources").press("Backspace")
    turn = chat.ask("Who opened the bridge?")
    assert SCRIPT.filters[-1] == Filters()
    expect(turn.locator(".limits")).to_have_count(0)


def test_an_answer_is_stopped(chat: Chat) -> None:
    SCRIPT.goes_on.clear()
    chat.box.fill("chosen")
    chat.box.press("Enter")
    turn = chat.turns.first
    expect(turn.locator(".statement")).to_have_count(2)
    expect(chat.page.get_by_role("button", name="Ask", exact=True)).to_have_count(0)
    chat.page.get_by_role("button", name="Stop").click()
    expect(turn).to_have_attribute("aria-busy", "false")
    expect(turn.locator(".reason")).to_have_text(
        "Stopped. What stands here may not be all of the answer."
    )
    expect(turn.locator(".statement")).to_have_count(2)
    SCRIPT.goes_on.set()
    second = chat.ask("When did the talks end?")
    expect(second.locator(".statement")).to_have_text(f"{ENDED} [1]")
    expect(turn.locator(".statement")).to_have_count(2)


def test_that_a_stopped_answer_failed_does_not_end_the_next_one() -> None:
    """Gradio reports a call that was stopped as one that failed, and sometimes late."""
    with gr.Blocks():
        desk = Desk(SCRIPT, own_models=False)
    first, second = Turn(1, "Who opened the bridge?"), Turn(2, "When did the talks end?")
    now = (halted(first), second)
    assert desk.give_up(now) == {desk.turns: now}
    ended = desk.give_up((replace(halted(first), halted=False), second))[desk.turns]
    assert ended[1].problem == "Something went wrong; the terminal that runs Dateline says what."


def test_a_question_is_edited(chat: Chat) -> None:
    chat.ask("Who opened the bridge?")
    chat.ask("When did the talks end?")
    chat.page.get_by_role("button", name="Edit “Who opened the bridge?”").click()
    expect(chat.box).to_have_value("Who opened the bridge?")
    expect(chat.box).to_be_focused()
    expect(chat.page.locator("#notice")).to_contain_text("You edit an earlier question")
    chat.box.fill("And the band?")
    chat.box.press("Enter")
    expect(chat.turns).to_have_count(1)
    expect(chat.turns.first.locator("h2")).to_have_text("And the band?")
    expect(chat.turns.first).to_have_attribute("aria-busy", "false")
    assert SCRIPT.histories[-1] == ()
    expect(chat.page.locator("#notice")).to_have_text("")
    # The other conversation is kept, too.
    chat.page.get_by_role("button", name="Conversations").click()
    expect(chat.page.locator("#conversations li")).to_have_count(2)


def test_follow_up_knows_what_was_asked_before(chat: Chat) -> None:
    chat.ask("Who opened the bridge?")
    chat.ask("And the band?")
    chat.ask("When did the talks end?")
    assert SCRIPT.histories[-3:] == [
        (),
        ("Who opened the bridge?",),
        ("Who opened the bridge?", "Who of the band opened the <b>bridge</b>?"),
    ]
    chat.page.get_by_role("button", name="New conversation").click()
    expect(chat.turns).to_have_count(0)
    chat.ask("When did the talks end?")
    assert SCRIPT.histories[-1] == ()


# --- The reader ------------------------------------------------------------------------------


def test_reader(chat: Chat) -> None:
    chat.ask("Who opened the bridge?")
    opener = chat.proof.get_by_role("button", name="Read the whole article").first
    opener.click()
    reader = chat.page.get_by_role("dialog", name="Bridge opens after nine years")
    expect(reader).to_be_visible()
    expect(reader.locator(".text").first.locator("p")).to_have_text(BRIDGE.text.split("\n\n"))
    expect(reader.locator("mark")).to_have_text([OPENED, BUILT])
    expect(reader.locator("mark").first).to_be_in_viewport()
    expect(reader.locator(".outlets")).to_have_text("2 outlets, one text: also Wire")
    link = reader.get_by_role("link", name="Read it at gazette.example")
    assert link.get_attribute("href") == "https://gazette.example/bridge"
    reader.get_by_text("Version 1, 20 August 2016 – 22 August 2016: Bridge to open").click()
    expect(reader.get_by_text(EARLIER.text)).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(reader).to_be_hidden()
    expect(opener).to_be_focused()
    opener.press("Enter")
    reader.get_by_role("button", name="Close").click()
    expect(reader).to_be_hidden()


def test_reader_gives_articles_of_the_archive_only(address: str) -> None:
    for id in ("none", "../app.py", "%2Fetc%2Fhostname", "http://outside.example/"):
        assert request(address, f"/article?id={id}")[0] == 404
    assert request(address, "/article?id=bridge&quotes=9-3,x,5-99999999,-1-4")[0] == 200
    assert request(address, "/article?id=bridge", Host="outside.example")[0] == 403
    assert request(address, "/article/bridge")[0] == 404


# --- On a phone ------------------------------------------------------------------------------


def test_phone(chat: Chat) -> None:
    chat.page.set_viewport_size({"width": 390, "height": 844})
    turn = chat.ask("Who opened the bridge?")
    conversation = chat.page.locator("#conversation").bounding_box()
    panel = chat.page.locator("#sources").bounding_box()
    assert conversation is not None
    assert panel is not None
    assert panel["y"] >= conversation["y"] + conversation["height"]
    expect(turn.locator(".statement")).to_have_count(3)
    turn.get_by_role("link", name="Source 3").click()
    expect(chat.page.locator("#source-1-3")).to_be_in_viewport()
    chat.ask("long")
    last = chat.ask("<b>hostile</b> **q**").bounding_box()
    # The newest question stands at the top, and does not stand still further down the page; the
    # masthead stays above it.
    masthead = chat.page.locator("#masthead").bounding_box()
    assert last is not None
    assert masthead is not None
    assert masthead["y"] == 0
    assert 0 <= last["y"] - masthead["height"] < 20
    assert chat.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [768, 1280])
def test_sources_stand_beside_the_answer(chat: Chat, width: int) -> None:
    chat.page.set_viewport_size({"width": width, "height": 800})
    chat.ask("long")
    conversation = chat.page.locator("#conversation").bounding_box()
    panel = chat.page.locator("#sources").bounding_box()
    assert conversation is not None
    assert panel is not None
    assert panel["x"] >= conversation["x"] + conversation["width"]
    assert panel["y"] == conversation["y"]
    assert chat.page.evaluate("document.documentElement.scrollWidth") == width
    assert chat.page.evaluate("document.documentElement.scrollHeight") == 800
    # What is opened leaves room for the answer, and the question where it was.
    for name in ("Limit to dates and sources", "Language model"):
        chat.page.get_by_role("button", name=name).click()
    expect(chat.page.get_by_label("Address")).to_be_visible()
    expect(chat.box).to_be_in_viewport(ratio=1)
    conversation = chat.page.locator("#conversation").bounding_box()
    assert conversation is not None
    assert conversation["height"] > 300


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


def test_an_address_where_nothing_is_leads_back(address: str) -> None:
    asked = Request(f"{address}/some/where", headers={"Accept": "text/html"})
    with pytest.raises(HTTPError, match="404") as refused:
        urlopen(asked, timeout=10)
    assert '<a href="/">Ask the archive</a>' in refused.value.read().decode()
    refused.value.close()


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
