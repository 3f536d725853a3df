"""python -m tests.screenshots: take the README's screenshots from the sample archive."""

import shutil
import socket
import threading
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

import app
from assistant import Assistant
from assistant.page.serving import Server, build_app

FOLDER = Path(app.__file__).parent / "docs"
QUESTION = "How many people were injured in the flood?"
SIZES = {"chat": (1280, 800), "phone": (390, 844)}


def main() -> None:
    """Serve the sample archive and photograph the page in each of the sizes."""
    assistant = Assistant(app.open_archive(None))
    FOLDER.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as listening, sync_playwright() as playwright:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = Server(build_app(assistant))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        installed = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        for name, size in SIZES.items():
            photograph(browser, address, name, size)
        browser.close()
        server.should_exit = True
        thread.join()


def photograph(browser: Browser, address: str, name: str, size: tuple[int, int]) -> None:
    """Ask the question, point at the first source, and keep what is seen."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    page.goto(address)
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    turn = page.locator("#conversation .turn")
    expect(turn).to_have_attribute("aria-busy", "false", timeout=60_000)
    turn.get_by_role("link", name="Source 1").hover()
    expect(page.locator("#source-1-1.lit")).to_be_attached()
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()
    print(FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
