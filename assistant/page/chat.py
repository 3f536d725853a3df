"""The chat in Gradio's blocks: its head, the desk, and the dialogs over it."""

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from time import monotonic

import gradio as gr
from markupsafe import Markup

from assistant import Assistant
from assistant.page.desk import AT_ONCE, Desk
from assistant.page.parts import QUIET, Spoken, html
from assistant.page.programs import offer_to_programs
from assistant.page.site import ALONE, Site
from assistant.rendering import fill
from assistant.wording import gettext
from index import ArchiveError

SUGGESTIONS = 4
# No further question is tried after so many seconds: a slow computer suggests fewer.
_LOOKS_FOR = 8
# How many events can wait; further ones are refused with a message.
_WAITING = 64


def build_page(assistant: Assistant, own_models: bool = False, site: Site = ALONE) -> gr.Blocks:
    """The page; ``own_models`` lets people name a language model of their own."""

    def head() -> Markup:
        overview = None
        # The page opens while the database is away; ``suggest`` says so.
        with suppress(ArchiveError):
            overview = assistant.archive.overview()
        return fill("masthead.html", overview=overview, here="ask", site=site)

    examples = _Examples(assistant)

    async def suggest() -> Markup:
        try:
            if not assistant.archive.overview().articles:
                return fill("empty.html", may_add=site.may_add)
            coming = examples.coming()
        except ArchiveError as error:
            return fill("note.html", note=str(error))
        # A visitor who leaves early must not cancel the search for the others.
        questions = await asyncio.shield(asyncio.wrap_future(coming))
        return fill(
            "suggestions.html", heading=gettext("For example"), questions=questions[:SUGGESTIONS]
        )

    page = Spoken(title=site.title, fill_width=True, analytics_enabled=False)
    with page:
        above = html(head, "masthead")
        desk = Desk(assistant, own_models, site)
        html(partial(fill, "dialogs.html"))
        desk.listen(page)
        page.load(head, None, above, **QUIET)
        page.load(suggest, None, desk.examples, concurrency_limit=None, **QUIET)
        offer_to_programs(assistant, desk.busy, AT_ONCE)
    page.queue(max_size=_WAITING)
    return page


class _Examples:
    """The suggested questions, which take a while, because the assistant tries each of them."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._look()

    def coming(self) -> "Future[list[str]]":
        """The questions for the archive as it is, or as it was when a running search began."""
        if self._coming.done() and self._state != self._assistant.archive.state():
            self._look()
        return self._coming

    def _look(self) -> None:
        self._state, questions = self._assistant.archive.state(), Future[list[str]]()
        self._coming = questions

        def find() -> None:
            suggestions: list[str] = []
            last = monotonic() + _LOOKS_FOR

            def go_on() -> bool:
                return threading.main_thread().is_alive() and monotonic() < last

            try:
                with suppress(ArchiveError):
                    suggestions = self._assistant.suggest_questions(SUGGESTIONS, go_on)
            finally:
                questions.set_result(suggestions)

        # Not a daemon, because a program that ends while a model computes aborts.
        threading.Thread(target=find, name="suggestions").start()
