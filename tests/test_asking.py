"""How an answer comes about on the page, and what the reader of it may change."""

from dataclasses import replace
from datetime import date

import gradio as gr
import pytest
from playwright.sync_api import expect

from assistant.page.desk import Desk
from assistant.page.turns import ChatTurn, halted
from index import Filters
from tests.browsing import Chat
from tests.scripted import BUILT, ENDED, OPENED, SCRIPT


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
        ["at <noon> [2]Wire · 21 August 2016", "on Sunday [1]Bridge Gazette · 21 August 2016"]
    )
    first, second = (turn.locator(".sides li").nth(side).bounding_box() for side in (0, 1))
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
    first, second = ChatTurn(1, "Who opened the bridge?"), ChatTurn(2, "When did the talks end?")
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


def test_what_is_said_below_the_question_covers_nothing_on_a_phone(chat: Chat) -> None:
    chat.page.set_viewport_size({"width": 390, "height": 844})
    chat.ask("Who opened the bridge?")
    chat.page.get_by_role("button", name="Edit “Who opened").click()
    expect(chat.page.get_by_role("button", name="Cancel")).to_be_in_viewport(ratio=1)
    field, said = (
        chat.page.locator(part).bounding_box() for part in ("#question .input-container", "#notice")
    )
    assert said["y"] >= field["y"] + field["height"]


@pytest.mark.parametrize("leaving", ["Escape", "Cancel"])
def test_a_question_that_is_edited_is_left_as_it_was(chat: Chat, leaving: str) -> None:
    chat.ask("Who opened the bridge?")
    last = chat.ask("When did the talks end?")
    shown = chat.page.get_by_role("log").inner_text()
    for question in ("When did the talks end?", "Who opened the bridge?"):
        # With the keyboard alone.
        chat.page.get_by_role("button", name=f"Edit “{question}”").press("Enter")
        expect(chat.box).to_have_value(question)
        expect(chat.box).to_be_focused()
        chat.page.keyboard.type(" Or not?")
        if leaving == "Escape":
            chat.page.keyboard.press("Escape")
        else:
            chat.page.get_by_role("button", name="Cancel").press("Enter")
        expect(chat.box).to_have_value("")
        expect(chat.box).to_be_focused()
        expect(chat.page.locator("#notice")).to_have_text("")
        assert chat.page.get_by_role("log").inner_text() == shown
    # What is asked then takes nothing's place.
    chat.ask("And the band?")
    expect(chat.turns).to_have_count(3)
    expect(last.locator("h2")).to_have_text("When did the talks end?")


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
