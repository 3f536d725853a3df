"""python -m tests.benchmark.tasks: twenty tasks of an archivist, done on the page; counts clicks.

Each is done on the page of the sample archive, with the real models, in a browser. A click is any
press of a button, a link, a box or an option; to type and to press Enter is none. What a task is
for is looked for on the page at its end, so that it fails where the page does not do it.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect, sync_playwright

from assistant import Assistant
from assistant.page.imports import Imports
from corpus import SAMPLE
from index import Archive
from tests.browsing import Chat, served

MOST_CLICKS = 6

_SECONDS = 60


class Desk:
    """The page, on which clicks are counted."""

    def __init__(self, page: Page, address: str, folder: Path, archive: Archive) -> None:
        self.page = page
        self.folder = folder
        self.archive = archive
        self.clicks = 0
        self.chat = Chat(page)
        self.chat.open(address)

    def click(self, name: str | re.Pattern[str], role: str = "link", within: str = "body") -> None:
        place = self.page.locator(within).get_by_role(role, name=name)
        self.press(place.first)

    def press(self, place: Locator) -> None:
        place.click()
        self.clicks += 1

    def type(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Enter")

    def ask(self, question: str) -> Locator:
        return self.chat.ask(question, _SECONDS)

    def ask_here(self) -> None:
        """Back to the chat, which the task needs ready."""
        with self.chat.arriving():
            self.click("Ask")

    def download(self, name: str) -> str:
        with self.page.expect_download() as download:
            self.click(name)
        return download.value.path().read_bytes().decode(errors="replace")


def who_is(desk: Desk) -> None:
    """Who is Ilse Brandreth?"""
    turn = desk.ask("Who is Ilse Brandreth?")
    expect(turn.locator(".statement").first).to_contain_text("Brandreth")


def proof(desk: Desk) -> None:
    """What stands around the sentence that answers, in the whole article?"""
    desk.ask("How many people were injured in the flood?")
    desk.click("Read the whole article", "button")
    expect(desk.page.locator("#reader mark").first).to_be_visible()


def every_article_of_a_month(desk: Desk) -> None:
    """Every article on the flood in February 2025."""
    desk.click("Search")
    desk.type("Words or a question", "flood")
    desk.click("2025", within=".facets")
    desk.click("February 2025", within=".facets")
    expect(desk.page.locator("#found")).to_contain_text("5 articles")


def one_paper(desk: Desk) -> None:
    """What did the Saltreath Gazette have on the strike, the oldest first?"""
    desk.click("Search")
    desk.type("Words or a question", "strike")
    desk.click("Saltreath Gazette", within=".facets")
    desk.click("Oldest first")
    expect(desk.page.locator("ol .entry").first).to_contain_text("Saltreath Gazette")


def one_day(desk: Desk) -> None:
    """What was published on 12 February 2025?"""
    desk.click("Archive")
    desk.click("2025", within=".years")
    desk.click(re.compile("^12 February 2025"), within=".heat")
    expect(desk.page.locator("ol .entry .credit").first).to_contain_text("12 February 2025")


def newest(desk: Desk) -> None:
    """What are the newest articles in the archive?"""
    desk.click("Archive")
    expect(desk.page.locator("#newest .entry").first).to_be_visible()


def how_many(desk: Desk) -> None:
    """How many articles mention the harbour?"""
    turn = desk.ask("How many articles mention the harbour?")
    expect(turn.locator(".holding")).to_contain_text("articles")


def sources_differ(desk: Desk) -> None:
    """Do the papers agree on how many were hurt?"""
    turn = desk.ask("How many people were injured in the flood in February 2025?")
    expect(turn).to_contain_text("Sources differ")


def timeline(desk: Desk) -> None:
    """In which order did the story go on?"""
    desk.ask("What happened to the stolen silver ram?")
    desk.click("Timeline", "button")
    expect(desk.page.locator(".timeline time").first).to_be_visible()


def quotes_with_citations(desk: Desk) -> None:
    """Quotes with their citations, to be pasted into a text."""
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.ask("How many people were injured in the Marrowby flood?")
    desk.click("Copy with citations", "button")
    expect(desk.page.locator(".actions .done")).to_have_text("Copied with citations")
    assert "[2] “" in desk.page.evaluate("navigator.clipboard.readText()")


def to_zotero(desk: Desk) -> None:
    """The sources of an answer, for a reference manager."""
    desk.ask("How many people were injured in the flood?")
    assert '"article-newspaper"' in desk.download("CSL-JSON")


def a_link(desk: Desk) -> None:
    """A link to an answer, for a colleague."""
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.ask("Who is the mayor of Marrowby?")
    desk.click("Copy link", "button")
    expect(desk.page.locator(".actions .done")).to_have_text("Link copied")


def only_in_two(desk: Desk) -> None:
    """What do two chosen articles say?"""
    desk.click("Search")
    desk.type("Words or a question", "flood fund")
    boxes = desk.page.locator("ol .entry").get_by_role("checkbox")
    for at in (0, 1):
        desk.press(boxes.nth(at))
    with desk.chat.arriving():
        desk.click("Ask only in what is chosen", "button")
    turn = desk.ask("How much money is in the relief fund?")
    expect(turn.locator(".limits")).to_contain_text("2 chosen articles")


def in_a_period(desk: Desk) -> None:
    """Who was mayor, as told in 2025?"""
    turn = desk.ask("Who became mayor of Marrowby in 2025?")
    expect(turn.locator(".limits")).to_contain_text("1 January 2025")


def a_quote_of_ones_own(desk: Desk) -> None:
    """A passage of an article, found by a word, copied with its citation."""
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.click("Archive")
    desk.click("Work on flood wall begins")
    desk.page.get_by_label("Find in the text").fill("Brandreth")
    expect(desk.page.locator("mark.lit")).to_be_visible()
    desk.page.locator("#article .text p").first.select_text()
    desk.click(re.compile("^Copy the selected words"), "button")
    expect(desk.page.locator("#quoted")).to_have_text("Copied")
    assert "Marrowby Courier" in desk.page.evaluate("navigator.clipboard.readText()")


def same_text(desk: Desk) -> None:
    """Which other papers carried this agency text?"""
    desk.click("Search")
    desk.type("Words or a question", "relief fund")
    desk.click(re.compile("^Province promises"), within="ol")
    expect(desk.page.locator("#copies .entry").first).to_be_visible()


def a_dossier(desk: Desk) -> None:
    """An answer pinned to a new dossier, as a Word document."""
    desk.ask("How many people were injured in the flood?")
    desk.click("Pin", within=".actions")
    desk.page.locator("#pinning").get_by_label("Name of a new dossier").fill("Flood")
    desk.click("Pin", "button", within="#pinning")
    desk.click("Flood", within=".pinned-to")
    assert desk.download("Word").startswith("PK")


def what_is_new(desk: Desk) -> None:
    """What is new on the harbour since I looked?"""
    desk.click("Search")
    desk.type("Words or a question", "harbour")
    desk.click("Save this search", "button")
    (desk.folder / "harbour.txt").write_text("Harbour reopens\n\nThe harbour of Holm reopened.\n")
    desk.archive.add_from([desk.folder / "harbour.txt"])
    desk.click("Saved")
    expect(desk.page.locator(".saved .headline")).to_have_text("Harbour reopens")


def a_feed(desk: Desk) -> None:
    """A feed of all that comes in on the strike."""
    desk.click("Search")
    desk.type("Words or a question", "strike")
    address = desk.page.get_by_role("link", name="Feed").get_attribute("href")
    assert address
    desk.clicks += 1
    assert b"<feed" in desk.page.request.get(f"{desk.page.url.rpartition('/')[0]}/{address}").body()


def a_file(desk: Desk) -> None:
    """What does the clipping say that I have just been sent?"""
    path = desk.folder / "ferry.txt"
    path.write_text("Ferry sold\n\nThe ferry Lapwing was sold to Ida Brandt for 9,000 crowns.\n")
    desk.click("Add articles")
    desk.clicks += 1
    desk.page.locator("input[type=file]").set_input_files([path])
    expect(desk.page.get_by_role("status").filter(has_text="1 added")).to_be_visible()
    desk.ask_here()
    turn = desk.ask("Who bought the Lapwing?")
    expect(turn.locator(".short")).to_contain_text("Ida Brandt")


TASKS: tuple[Callable[[Desk], None], ...] = (
    who_is, proof, every_article_of_a_month, one_paper, one_day, newest, how_many, sources_differ,
    timeline, quotes_with_citations, to_zotero, a_link, only_in_two, in_a_period,
    a_quote_of_ones_own, same_text, a_dossier, what_is_new, a_feed, a_file,
)  # fmt: skip


def main() -> int:
    """Do all tasks and print a table; the exit status is 1 where one takes more than six clicks.

    One that the page does not do counts as that.
    """
    expect.set_options(timeout=20_000)
    most = 0
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        installed = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        archive = Archive.create(folder / "archive")
        archive.sync([SAMPLE])
        options = {"imports": Imports(archive), "may_keep": True}
        print("| task | clicks |\n| --- | --- |")
        with served(Assistant(archive), **options) as address:
            for task in TASKS:
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                desk = Desk(page, address, folder, archive)
                clicks = MOST_CLICKS + 1
                try:
                    task(desk)
                    clicks = desk.clicks
                except (AssertionError, Error) as error:
                    print(f"{task.__name__}: {error}", file=sys.stderr)
                print(f"| {(task.__doc__ or '').strip()} | {clicks} |", flush=True)
                most = max(most, clicks)
                page.close()
        browser.close()
        archive.close()
    return int(most > MOST_CLICKS)


if __name__ == "__main__":
    sys.exit(main())
