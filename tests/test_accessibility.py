"""The page for those who use the keyboard, hear it read out, or need strong contrast."""

import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import Chat, served
from tests.scripted import SCRIPT

# .ci/axe.py puts it there, and checks that it is the one that is meant.
AXE = Path(__file__).parent.parent / ".venv" / "axe-core.tgz"
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(SCRIPT) as address:
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
        assert script is not None
        return script.read().decode()


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page as it is shown, each with the element where it is."""
    # What is still fading in has no contrast yet.
    page.wait_for_function("document.getAnimations().every(each => each.playState !== 'running')")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['impact']} {each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def welcome(chat: Chat) -> None:
    expect(chat.page.locator("#suggestions button").first).to_be_visible()


def filters(chat: Chat) -> None:
    chat.page.get_by_role("button", name="Limit to dates and sources").click()
    chat.page.get_by_role("combobox", name="Sources").click()
    expect(chat.page.get_by_role("option", name="Wire")).to_be_visible()


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


STATES: tuple[Callable[[Chat], None], ...] = (welcome, filters, answer, reader, not_said)
"""The ways to what the page can show, one from the other."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chat: Chat, axe: str, scheme: str) -> None:
    chat.page.emulate_media(color_scheme=scheme)
    expect(chat.page.locator("body.dark")).to_have_count(int(scheme == "dark"))
    chat.page.evaluate(axe)
    found = []
    for state in STATES:
        state(chat)
        for width in WIDTHS:
            chat.page.set_viewport_size({"width": width, "height": 844})
            found += [f"{state.__name__}, {width}: {each}" for each in violations(chat.page)]
        chat.page.set_viewport_size({"width": 1280, "height": 844})
    assert found == []
