"""The page: asking, reading the proof of an answer, also on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import Chat, request
from tests.scripted import BRIDGE, BUILT, EARLIER, ENDED, MARKUP, OPENED, SCRIPT

LIT = re.compile(r"\blit\b")


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


def test_sources_follow_the_answer_that_is_in_view(chat: Chat) -> None:
    chat.ask("Who opened the bridge?")
    chat.ask("When did the talks end?")
    expect(chat.proof.locator("mark")).to_have_text([ENDED])
    chat.page.locator("#conversation").hover()
    chat.page.mouse.wheel(0, -2_000)
    expect(chat.proof.locator("mark")).to_have_text([OPENED, BUILT, ENDED])
    chat.page.mouse.wheel(0, 2_000)
    expect(chat.proof.locator("mark")).to_have_text([ENDED])


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
            "Look for the words of the question",
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
    assert panel["y"] >= conversation["y"] + conversation["height"]
    expect(turn.locator(".statement")).to_have_count(3)
    turn.get_by_role("link", name="Source 3").click()
    expect(chat.page.locator("#source-1-3")).to_be_in_viewport()
    chat.ask("long")
    last = chat.ask("<b>hostile</b> **q**").bounding_box()
    # The newest question stands at the top, and does not stand still further down the page; the
    # masthead stays above it.
    masthead = chat.page.locator("#masthead").bounding_box()
    assert masthead["y"] == 0
    assert 0 <= last["y"] - masthead["height"] < 20
    assert chat.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [768, 1280])
def test_sources_stand_beside_the_answer(chat: Chat, width: int) -> None:
    chat.page.set_viewport_size({"width": width, "height": 800})
    chat.ask("long")
    conversation = chat.page.locator("#conversation").bounding_box()
    panel = chat.page.locator("#sources").bounding_box()
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
    assert conversation["height"] > 300
