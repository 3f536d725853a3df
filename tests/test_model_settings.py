"""A language model that somebody names at the page chooses for that person."""

from pathlib import Path

import gradio as gr
import pytest
from playwright.sync_api import expect

from assistant import Assistant
from assistant.page.chat import build_page
from assistant.page.model import _model
from corpus import Article
from index import Archive
from tests.browsing import Chat, address_of, archive_of
from tests.fakes import FakeEncoder, FakeReader
from tests.model_server import Server, says, server

__all__ = ["server"]

TALKS = "Ruth Abara led the harbour talks in the town of Holm on 4 May 2024."
QUESTION = "who led the harbour talks"


archive = archive_of([Article("talks", "Harbour talks", TALKS, "Post")])
address = address_of()


def test_a_model_is_set_and_taken_away(chat: Chat, server: Server) -> None:
    server.reply = says('{"groups": [{"side": "", "sentences": [1, 7]}], "not_told": ""}')
    page = chat.page
    page.get_by_role("button", name="Language model").click()
    state = page.locator("#model").get_by_role("status")
    expect(state).to_have_text("No model is asked.")
    page.get_by_label("Model", exact=True).fill("tiny <b>")
    page.get_by_label("Address").fill("localhost")
    page.get_by_role("button", name="Use this model").click()
    expect(page.locator("#model").get_by_role("alert")).to_have_text(
        "The model's address 'localhost' is none such as http://localhost:11434/v1."
    )
    page.get_by_label("Address").fill("http://127.0.0.1:9/v1")
    page.get_by_role("button", name="Use this model").click()
    expect(page.locator("#model").get_by_role("alert")).to_have_text(
        "No server answers at http://127.0.0.1:9/v1: start that of the model, or mend the address."
    )
    page.get_by_label("Address").fill(server.url)
    page.get_by_label("Key, if it needs one").fill("secret")
    page.get_by_role("button", name="Use this model").click()
    expect(state).to_contain_text("tiny <b> chooses among the archive’s sentences")

    turn = chat.ask(QUESTION)
    expect(turn.locator(".statement")).to_have_text(f"{TALKS} [1]")
    expect(turn).to_contain_text("The sentences were chosen by tiny <b>.")
    _, headers, asked = server.heard[-1]
    before = len(server.heard)
    assert asked["model"] == "tiny <b>"
    assert headers["authorization"] == "Bearer secret"

    page.get_by_role("button", name="Stop using it").click()
    expect(state).to_have_text("No model is asked.")
    turn = chat.ask(QUESTION)
    expect(turn.locator(".statement")).to_have_text(f"{TALKS} [1]")
    assert len(server.heard) == before


def test_what_is_far_too_long_is_no_model() -> None:
    with pytest.raises(ValueError, match="have at most 500 characters"):
        _model("x" * 501, "http://localhost:1/v1", "")


def test_others_cannot_set_one(tmp_path: Path) -> None:
    """Whoever may only read the page does not choose whom this computer calls."""
    with Archive.create(tmp_path / "archive", FakeEncoder()) as archive:
        open_to_all = build_page(Assistant(archive, reader=FakeReader()), own_models=False)
        own = build_page(Assistant(archive, reader=FakeReader()), own_models=True)
    labels = [
        {str(block.label) for block in page.blocks.values() if isinstance(block, gr.Textbox)}
        for page in (open_to_all, own)
    ]
    assert labels[1] - labels[0] == {"Model", "Address", "Key, if it needs one"}
