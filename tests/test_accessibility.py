"""The page for those who use the keyboard, hear it read out, or need strong contrast."""

import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.page.imports import Imports
from index import Archive
from tests.browsing import Chat, served, until
from tests.fakes import FakeEncoder
from tests.scripted import SCRIPT

# .ci/axe.py puts it there, and checks that it is the one that is meant.
AXE = Path(__file__).parent.parent / ".venv" / "axe-core.tgz"
WIDTHS = (1280, 390)
PAGES = ("Ask", "Search", "Archive", "Saved", "Dossiers", "Add articles")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("accessibility")
    with (
        Archive.create(folder / "archive", FakeEncoder()) as archive,
        served(SCRIPT, imports=Imports(archive, [folder]), may_keep=True) as address,
    ):
        yield address


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core; without it the test is skipped, or fails where CI is ``true``."""
    if not AXE.exists():
        reason = f"no axe-core in {AXE}: .ci/axe.py fetches it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with tarfile.open(AXE) as package:
        script = package.extractfile("package/axe.min.js")
        return script.read().decode()


def violations(page: Page, options: dict[str, list[str]]) -> list[str]:
    """What axe finds wrong on the page as it is shown, each with the element where it is."""
    # What is still fading in has no contrast yet.
    until(page, "document.getAnimations().every(move => move.playState !== 'running')")
    report = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['impact']} {violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in report["violations"]
        for node in violation["nodes"]
    ]


def welcome(chat: Chat) -> None:
    expect(chat.page.locator("#suggestions button").first).to_be_visible()


def filters(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Limit to dates and sources").click()
    chat.page.get_by_role("combobox", name="Sources").click()
    expect(chat.page.get_by_role("option", name="Wire")).to_be_visible()


def day(chat: Chat) -> None:
    chat.page.keyboard.press("Escape")
    chat.page.get_by_role("button", name="Choose a day for “From”").click()
    expect(chat.page.get_by_label("Day for “From”", exact=True)).to_be_focused()


def answer(chat: Chat) -> None:
    chat.page.keyboard.press("Escape")
    chat.page.get_by_role("button", name="Limit to dates and sources").click()
    turn = chat.ask("And the band?")
    turn.locator(".statement .marker").first.click()
    expect(chat.page.locator("mark.lit")).to_have_count(1)


def reader(chat: Chat) -> None:
    chat.proof.get_by_role("button", name="Read the whole article").first.click()
    expect(chat.page.locator("#reader")).to_be_visible()
    chat.page.locator("#reader summary").first.click()


def not_said(chat: Chat) -> None:
    chat.page.keyboard.press("Escape")
    chat.ask("Who ate lunch?")


def editing(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Edit “Who ate lunch?”").click()
    expect(chat.page.get_by_role("button", name="Cancel")).to_be_visible()


def timeline(chat: Chat) -> None:
    chat.page.keyboard.press("Escape")
    chat.proof.get_by_role("button", name="Timeline").click()
    expect(chat.proof.locator(".timeline .note, .timeline .card").first).to_be_visible()


def conversations(chat: Chat) -> None:
    """One kept and being renamed, and one just deleted."""
    chat.page.get_by_role("button", name="New conversation").click()
    expect(chat.turns).to_have_count(0)
    chat.ask("Who ate lunch?")
    chat.page.get_by_role("button", name="Conversations").click()
    chat.page.get_by_role("button", name="Delete “And the band?”").click()
    chat.page.get_by_role("button", name="Rename “Who ate lunch?”").click()
    drawer = chat.page.get_by_role("dialog", name="Conversations")
    expect(drawer.get_by_role("textbox", name="New name")).to_be_focused()
    expect(drawer.get_by_role("button", name="Undo")).to_be_visible()


def archive(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Close").click()
    chat.page.get_by_role("link", name="Archive").click()
    expect(chat.page.locator("#newest .headline").first).to_be_visible()


def search(chat: Chat) -> None:
    chat.page.get_by_role("link", name="Search").click()
    chat.page.get_by_label("Words or a question").fill("bridge")
    chat.page.get_by_role("button", name="Search").click()
    expect(chat.page.locator(".stretch mark").first).to_be_visible()


def article(chat: Chat) -> None:
    chat.page.locator(".headline a").first.click()
    chat.page.get_by_label("Find in the text").fill("the")
    expect(chat.page.locator("mark.lit")).to_have_count(1)


def pinning(chat: Chat) -> None:
    chat.page.get_by_role("link", name="Pin this article").click()
    sheet = chat.page.get_by_role("dialog", name="Pin")
    sheet.get_by_role("textbox", name="new").fill("Mine")
    expect(sheet.get_by_role("button", name="Pin", exact=True)).to_be_visible()


def pin(chat: Chat) -> None:
    link = chat.page.get_by_role("link", name="Pin this")
    chat.page.goto(link.evaluate("element => element.href"))
    chat.page.get_by_role("textbox", name="new").fill("Mine")


def dossier(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Pin", exact=True).click()
    expect(chat.page.locator("ol.pinned > li:target")).to_be_visible()
    chat.page.get_by_text("Rename or delete").click()


def dossiers(chat: Chat) -> None:
    chat.page.get_by_role("link", name="Dossiers").click()
    expect(chat.page.locator(".dossiers .headline")).to_have_text(["Mine"])


def saved(chat: Chat) -> None:
    chat.page.get_by_role("link", name="Search").click()
    chat.page.get_by_label("Words or a question").fill("bridge")
    chat.page.keyboard.press("Enter")
    chat.page.get_by_role("button", name="Save this search").click()
    expect(chat.page.get_by_role("button", name="Remove").first).to_be_visible()


def add(chat: Chat) -> None:
    """What was added, and what could not be."""
    chat.page.get_by_role("link", name="Add articles").click()
    # Its scripts have run by then; before, nothing takes a file that is chosen.
    chat.page.wait_for_url("**/add")
    files = chat.page.locator("input[type=file]")
    files.set_input_files(
        [
            {"name": "a.txt", "mimeType": "text/plain", "buffer": b"Mill burns\n\nIt burned."},
            {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 torn"},
        ]
    )
    expect(chat.page.locator("#arrived")).to_be_visible()
    expect(chat.page.get_by_text("What could not be read")).to_be_visible()


def shortcuts(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Close").click()
    chat.page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(chat.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


STATES: tuple[Callable[[Chat], None], ...] = (
    welcome,
    filters,
    day,
    answer,
    reader,
    not_said,
    editing,
    timeline,
    conversations,
    shortcuts,
    archive,
    search,
    article,
    pinning,
    pin,
    dossier,
    dossiers,
    saved,
    add,
)
"""The ways to what the page can show, one from the other."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chat: Chat, axe: str, scheme: str) -> None:
    chat.page.emulate_media(color_scheme=scheme)
    expect(chat.page.locator("body.dark")).to_have_count(int(scheme == "dark"))
    options = {"resultTypes": ["violations"]}
    if scheme == "dark":
        # All else was looked at in the light.
        options["runOnly"] = ["color-contrast", "link-in-text-block"]
    faults = []
    for state in STATES:
        state(chat)
        if not chat.page.evaluate("'axe' in window"):
            chat.page.evaluate(axe)
        for width in WIDTHS:
            chat.page.set_viewport_size({"width": width, "height": 844})
            faults += [
                f"{state.__name__}, {width}: {fault}" for fault in violations(chat.page, options)
            ]
        chat.page.set_viewport_size({"width": 1280, "height": 844})
    assert faults == []


# --- The keyboard ----------------------------------------------------------------------------


def leave_the_box(chat: Chat) -> None:
    """Put the focus where single keys are no text."""
    chat.box.evaluate("element => element.blur()")


def test_shortcuts(chat: Chat) -> None:
    keys = chat.page.keyboard
    leave_the_box(chat)
    keys.press("/")
    expect(chat.box).to_be_focused()
    # In a field they are text.
    keys.type("?nkj/")
    expect(chat.box).to_have_value("?nkj/")
    expect(chat.page.locator("dialog[open]")).to_have_count(0)

    chat.ask("Who opened the bridge?")
    leave_the_box(chat)
    quotes = [chat.page.locator(f"#source-1-{number}") for number in (1, 2, 3)]
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        keys.press(key)
        expect(quotes[at]).to_be_focused()
        expect(chat.page.locator("mark.lit")).to_have_count(1)
        expect(quotes[at]).to_have_class("lit")
    reader = chat.page.get_by_role("dialog", name="Bridge opens after nine years")
    for opens in ("o", "Enter"):
        keys.press(opens)
        expect(reader).to_be_visible()
        # Under what lies over the page nothing answers to the keys.
        keys.press("n")
        keys.press("Escape")
        expect(reader).to_be_hidden()
        expect(quotes[1]).to_be_focused()

    chat.ask("Who ate lunch?")
    leave_the_box(chat)
    keys.press("j")
    keys.press("j")
    near = chat.proof.locator(".card").nth(1)
    expect(near).to_be_focused()
    keys.press("o")
    expect(chat.page.get_by_role("dialog", name="Talks end")).to_be_visible()
    keys.press("Escape")

    keys.press("f")
    expect(chat.page.get_by_role("textbox", name="From", exact=True)).to_be_visible()
    keys.press("n")
    expect(chat.turns).to_have_count(0)
    leave_the_box(chat)
    for number, name in [*enumerate(PAGES, 1)][::-1]:
        keys.press(f"{number}")
        link = chat.page.get_by_role("link", name=name, exact=True)
        expect(link).to_have_attribute("aria-current", "page")
        # A page listens to the keys when it is loaded.
        chat.page.wait_for_load_state()
        leads = {"Ask": "#question textarea", "Search": ".finder [name=q]"}.get(name)
        if leads:
            keys.press("/")
            expect(chat.page.locator(leads)).to_be_focused()
            chat.page.locator(leads).evaluate("element => element.blur()")
    leave_the_box(chat)
    keys.press("c")
    expect(chat.page.get_by_role("dialog", name="Conversations")).to_be_visible()


def test_sheet_of_shortcuts(chat: Chat) -> None:
    keys = chat.page.keyboard
    opener = chat.page.get_by_role("button", name="Keyboard shortcuts")
    sheet = chat.page.get_by_role("dialog", name="Keyboard shortcuts")
    opener.focus()
    keys.press("?")
    expect(sheet).to_be_visible()
    # Each key that is listed is one that does something, and the other way round.
    listed = sheet.locator("tbody kbd").all_text_contents()
    pages = [f"{number}" for number, _ in enumerate(PAGES, 1)]
    assert listed == ["/", "j", "k", "o", "f", "n", "c", "?", *pages, "Enter", "Escape"]
    for _ in range(5):
        keys.press("Tab")
        # Between the last and the first of it the focus is the browser's own.
        reached = chat.page.locator(":focus:not(body)")
        assert sheet.locator(":focus").count() == reached.count()
    keys.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()

    switch = sheet.get_by_role("checkbox", name="Shortcuts of a single key")
    opener.click()
    expect(switch).to_be_checked()
    switch.uncheck()
    sheet.get_by_role("button", name="Close").click()
    keys.press("?")
    keys.press("/")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()
    # They stay off.
    chat.page.reload()
    leave_the_box(chat)
    opener.click()
    expect(switch).not_to_be_checked()
    switch.check()
    # On the backdrop a click closes it, in it none does.
    sheet.get_by_role("heading").click()
    expect(sheet).to_be_visible()
    chat.page.mouse.click(5, 5)
    expect(sheet).to_be_hidden()
    keys.press("/")
    expect(chat.box).to_be_focused()


# --- What is said where something is missing --------------------------------------------------


def test_reader_without_the_server(page: Page, address: str) -> None:
    chat = Chat(page)
    chat.open(address)
    chat.ask("Who opened the bridge?")
    page.route("**/article?*", lambda route: route.abort())
    chat.proof.get_by_role("button", name="Read the whole article").first.click()
    reader = page.get_by_role("dialog", name="The article could not be fetched.")
    expect(reader.locator(".note")).to_have_text(
        "See that Dateline is still running where you started it, and try again."
    )
    page.keyboard.press("Escape")
    page.unroute("**/article?*")
    chat.proof.get_by_role("button", name="Read the whole article").first.click()
    expect(page.get_by_role("dialog", name="Bridge opens after nine years")).to_be_visible()


# --- What is seen ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_while_an_answer_grows(chat: Chat, width: int) -> None:
    chat.page.set_viewport_size({"width": width, "height": 844})
    # In every frame from the first statement on: where the things are that are being read.
    chat.page.evaluate(
        """() => {
          window.places = {};
          const look = () => {
            if (document.querySelector(".statement")) {
              for (const selector of [
                "#masthead", ".turn h2", ".statement", ".statement .marker", "#question textarea",
                "#sources .card", "#sources mark",
              ]) {
                const place = document.querySelector(selector)?.getBoundingClientRect();
                if (place) (places[selector] ??= new Set()).add(`${place.x}, ${place.y}`);
              }
            }
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    turn = chat.ask("Who opened the bridge?")
    expect(turn.locator(".statement")).to_have_count(3)
    seen = chat.page.evaluate(
        "Object.fromEntries(Object.entries(places).map(([name, all]) => [name, [...all]]))"
    )
    # On a phone the sources stand below what grows.
    still = [name for name in seen if width > 767 or not name.startswith("#sources")]
    assert {name: seen[name] for name in still if len(seen[name]) > 1} == {}
    assert len(seen) == 7


def test_right_to_left_text_is_shown_so(chat: Chat) -> None:
    turn = chat.ask("من افتتح الجسر؟")
    card = chat.proof.locator(".card")
    direction = "element => getComputedStyle(element).direction"
    for text in (turn.locator("h2"), turn.locator(".statement"), card.locator(".headline")):
        assert text.evaluate(direction) == "rtl"
    for text in (turn.locator(".statement"), card.locator(".headline"), card.locator("blockquote")):
        expect(text).to_have_attribute("lang", "ar")
    assert card.locator("blockquote").evaluate(direction) == "rtl"
    # The page around it goes on from left to right.
    assert card.locator(".credit").evaluate(direction) == "ltr"
    card.get_by_role("button", name="Read the whole article").click()
    reader = chat.page.locator("#reader")
    headline, close = reader.locator(".headline"), reader.get_by_role("button", name="Close")
    for text in (headline, reader.locator(".text").first):
        assert text.evaluate(direction) == "rtl"
    words = headline.evaluate(
        "element => { const all = document.createRange(); all.selectNodeContents(element);"
        " return all.getBoundingClientRect().right; }"
    )
    beside = close.bounding_box()
    assert words <= beside["x"] - 8
