"""python -m tests.screenshots: take the README's screenshots from the sample archive."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

import app
from assistant import Assistant, saved_searches
from assistant.page.imports import Imports
from corpus import SAMPLE
from index import Archive, Filters
from index.naming import find_names
from tests.browsing import Chat, served

FOLDER = Path(app.__file__).parent / "docs"
LATE = "saltreath-gazette"
QUESTION = "How many people were injured in the flood?"
DESK, PHONE = (1280, 800), (390, 844)


def main() -> None:
    """Serve the sample's articles and photograph the page in each of its states."""
    FOLDER.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as made,
        Archive.create(Path(made) / "archive") as held,
        sync_playwright() as playwright,
    ):
        # One paper comes later, so that a saved search has something new.
        held.add_from(sorted(set(SAMPLE.iterdir()) - {SAMPLE / LATE}))
        saved_searches.save(held, "flood", Filters())
        held.sync([SAMPLE])
        find_names(held.names)
        photograph_all(held, playwright)


def photograph_all(held: Archive, playwright: Playwright) -> None:
    options = {"imports": Imports(held), "may_keep": True}
    with served(Assistant(held), **options) as address:
        installed = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        for size, scheme, take in (
            (DESK, "light", chat),
            (PHONE, "light", phone),
            (DESK, "light", card),
            (DESK, "dark", reader),
            (DESK, "light", archive),
            (DESK, "light", search),
            (DESK, "light", name),
            (DESK, "light", saved),
            (DESK, "light", dossier),
        ):
            photograph(browser, address, size, scheme, take)
        browser.close()


def photograph(
    browser: Browser,
    address: str,
    size: tuple[int, int],
    scheme: str,
    take: Callable[[Page, Path], None],
) -> None:
    """Ask the question, and keep what ``take`` shows, under its name."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
        device_scale_factor=1.5,
    )
    asked = Chat(page)
    asked.open(address)
    asked.ask(QUESTION, seconds=60)
    path = FOLDER / f"{take.__name__}.png"
    take(page, path)
    page.close()
    print(path)


def chat(page: Page, path: Path) -> None:
    """The answer, and its first source pointed at."""
    page.locator("#conversation .turn").locator(".statement .marker").first.hover()
    expect(page.locator("#source-1-1.lit")).to_be_attached()
    page.screenshot(path=path)


def phone(page: Page, path: Path) -> None:
    """The same on a phone."""
    chat(page, path)


def card(page: Page, path: Path) -> None:
    """The card of the first source."""
    page.locator("#conversation .turn").locator(".statement .marker").first.hover()
    page.locator("#sources .card").first.screenshot(path=path)


def reader(page: Page, path: Path) -> None:
    """The whole article, at what was quoted."""
    page.locator("#sources").get_by_role("button", name="Read the whole article").first.click()
    expect(page.locator("#reader mark").first).to_be_visible()
    page.screenshot(path=path)


def archive(page: Page, path: Path) -> None:
    """What is in the archive."""
    page.get_by_role("link", name="Archive").click()
    expect(page.locator(".heat a").first).to_be_visible()
    page.screenshot(path=path)


def name(page: Page, path: Path) -> None:
    """Where somebody is named, when, and beside whom."""
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("link", name="All names").click()
    page.get_by_role("link", name="Ilse Brandreth").click()
    expect(page.locator("blockquote mark").first).to_be_visible()
    page.screenshot(path=path)


def search(page: Page, path: Path) -> None:
    """All articles on something, and what limits them further."""
    page.get_by_role("link", name="Search").click()
    page.get_by_label("Words or a question").fill("flood")
    page.keyboard.press("Enter")
    expect(page.locator(".stretch mark").first).to_be_visible()
    page.screenshot(path=path)


def saved(page: Page, path: Path) -> None:
    """A saved search, with what is new on it."""
    page.get_by_role("link", name="Saved").click()
    expect(page.locator(".saved .headline")).to_have_count(2)
    page.screenshot(path=path)


def dossier(page: Page, path: Path) -> None:
    """A dossier with an answer and a note."""
    page.locator(".actions").get_by_role("link", name="Pin").first.click()
    sheet = page.locator("#pinning")
    sheet.get_by_label("Name of a new dossier").fill("The flood")
    sheet.get_by_label("Note").fill("Ask the infirmary which count is the last one.")
    sheet.get_by_role("button", name="Pin").click()
    page.locator(".pinned-to").get_by_role("link").click()
    expect(page.locator("#hall blockquote").first).to_be_visible()
    page.screenshot(path=path)


if __name__ == "__main__":
    main()
