"""The chat: questions, answers that grow statement by statement, and the passages beside them."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import gradio as gr

from assistant import exports
from assistant import rendering as render
from assistant.language_model import Model
from assistant.page import conversations, shortcuts
from assistant.page.conversations import MOST_TURNS, continued
from assistant.page.imports import Imports, build_imports
from assistant.page.inputs import chosen_filters, objection, without
from assistant.page.kept import NotReopened
from assistant.page.model import build_settings
from assistant.page.overview import build_overview, masthead
from assistant.page.parts import QUIET, html
from assistant.page.programs import offer_to_programs
from assistant.page.protocols import Answers
from assistant.page.turns import (
    WHOLE,
    Turn,
    answered,
    compared,
    conversation,
    not_compared,
    reopened,
    sources,
    stopped,
    with_later,
)
from corpus.encoding import without_halves
from index import ArchiveError, Filters

SUGGESTIONS = 4
# Answering keeps a processor core busy; more people wait in the queue, and more than that are
# told so.
AT_ONCE = 2
_WAITING = 64
_MOST_SOURCES = 500
_LONGEST_NAME = 100
_ONE_MOMENT = "One moment: the answer before this is still coming."


def build_page(
    assistant: Answers, own_models: bool = False, imports: Imports | None = None
) -> gr.Blocks:
    """The page as Gradio blocks; ``own_models`` lets people name a language model of their own.

    With ``imports`` they can bring articles in.

    Questions and answers are shown in ``gr.HTML`` and not in ``gr.Chatbot``: that one reads what
    it is given as Markdown, and as HTML even where Markdown is turned off, so text of articles
    would be shown as something else than it is. Here all text passes through one escape.
    """
    suggested = _in_background(assistant)

    page = gr.Blocks(title="Dateline", fill_width=True, analytics_enabled=False)
    with page:
        turns = gr.State(())
        linked = gr.State("")
        head = html(masthead(assistant.archive.overview()), "masthead")
        html(f'<div class="tools">{conversations.BUTTON}{shortcuts.BUTTON}</div>', "tools")
        # Whatever has a tab of its own opens it in here.
        tabs = gr.Tabs(elem_id="tabs", overflow_behavior="wrap")
        with tabs, gr.Tab("Ask", id="ask", elem_id="ask"), gr.Row(elem_id="desk"):
            with gr.Column(elem_id="reading"):
                log = html(conversation(()), "conversation")
                html(conversations.OFFER, "last")
                with gr.Column(elem_id="suggestions"):
                    html('<p class="note" id="offered">For example</p>')
                    buttons = [gr.Button(visible=False) for _ in range(SUGGESTIONS)]
                # Clicked by static/script.js, which gives the place of the limit to take off.
                again = gr.Button(visible="hidden", elem_id="again")
                place = gr.Textbox(visible=False)
                address = gr.Textbox(visible=False)
                today = gr.Button(visible="hidden", elem_id="today")
                limits = gr.Accordion("Limit to dates and sources", open=False, elem_id="limits")
                with limits:
                    with gr.Row():
                        days = [
                            gr.Textbox(label=label, placeholder="2016-08-21", max_lines=1)
                            for label in ("From", "To", "As known on")
                        ]
                    outlets = gr.Dropdown([], multiselect=True, label="Sources")
                    languages = gr.Dropdown([], multiselect=True, label="Languages", visible=False)
                own = build_settings(assistant.model) if own_models else gr.State(None)
                box = gr.Textbox(
                    label="Your question",
                    placeholder="Ask a question",
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=5,
                    autofocus=True,
                    submit_btn="Ask",
                    elem_id="question",
                )
                with gr.Row(elem_id="below"):
                    notice = html("", "notice")
                    html(conversations.NOTICE, "keeping")
                    clear = gr.Button("New conversation", size="sm", elem_id="clear")
            with gr.Column(elem_id="sources"):
                panel = html(sources(()))
        with tabs:
            build_overview(assistant.archive, tabs, days[:2], limits, imports is not None)
            if imports:
                build_imports(imports, head)
        html(READER + conversations.DRAWER + shortcuts.SHEET)
        # Clicked by static/conversations.js, which gives what is to be gone on with as ``sent``.
        go_on = gr.Button(visible="hidden", elem_id="go-on")
        sent = gr.Textbox(visible=False)

        def show(now: tuple[Turn, ...]) -> dict[Any, Any]:
            return {turns: now, log: conversation(now), panel: sources(now)}

        def begin(question: str, past: tuple[Turn, ...], sent: str, *chosen: Any) -> dict[Any, Any]:
            # Started anew, or after an hour without the browser, the server knows no turns.
            past = past or continued(sent, assistant.archive)
            question = " ".join(without_halves(question).split())
            problem = objection(question)
            if not problem and past and past[-1].waiting:
                problem = _ONE_MOMENT
            filters = Filters()
            try:
                filters = chosen_filters(*chosen)
            except ValueError as error:
                problem = problem or str(error)
            if problem:
                return {notice: f'<p role="alert">{problem}</p>'}
            turn = Turn(past[-1].number + 1 if past else 1, question, filters=filters)
            if (ahead := _asking(page)) >= AT_ONCE:
                turn = replace(turn, answer=f'<p class="state">{ahead} people are before you…</p>')
            return show((*past[1 - MOST_TURNS :], turn)) | {box: "", notice: ""}

        def begin_again(
            past: tuple[Turn, ...], sent: str, place: str, *chosen: Any
        ) -> dict[Any, Any]:
            past = past or continued(sent, assistant.archive)
            limited = exports.limits(past[-1].limited) if past else []
            places = [*map(str, range(len(limited))), WHOLE]
            if not past or place not in places or past[-1].waiting:
                return {turns: past}
            last = past[-1]
            limit = Filters() if place == WHOLE else limited[int(place)][0]
            turn = Turn(
                last.number + 1,
                last.question,
                filters=without(last.filters, limit) if limit else last.filters,
                read_filters=last.read_filters and (not limit or limit != last.read),
                as_typed=last.as_typed or place == WHOLE,
            )
            # Asked again it refers to what it referred to before, and not to itself.
            kept = (*past[1 - MOST_TURNS : -1], replace(last, asked=None))
            return show((*kept, turn)) | {notice: ""} | cleared(limit, chosen)

        def cleared(limit: Filters, chosen: Sequence[Any]) -> dict[Any, Any]:
            """The fields without what was taken off, as far as it stands in them."""
            fields: dict[Any, Any] = {}
            for field, value, was in zip(
                (*days, outlets, languages),
                chosen,
                (limit.after, limit.before, limit.as_of, limit.sources, limit.languages),
                strict=True,
            ):
                if was and isinstance(was, tuple):
                    fields[field] = [each for each in value or [] if each not in was]
                elif was and value and value.strip() == f"{was}":
                    fields[field] = ""
            return fields

        def answer(now: tuple[Turn, ...], model: Model | None) -> Iterator[dict[Any, Any]]:
            if not now or not now[-1].waiting or now[-1].reopened:
                yield {turns: now}
                return
            *past, turn = now
            history = [each.asked for each in past if each.asked]
            answering = assistant.chosen_by(model) if model else assistant
            for changed in answered(answering, turn, history):
                yield show((*past, changed))

        def give_up(now: tuple[Turn, ...]) -> dict[Any, Any]:
            if not now:
                return {turns: now}
            reason = "Something went wrong; the terminal that runs Dateline says what."
            ended = not_compared if now[-1].reopened else stopped
            return show((*now[:-1], ended(now[-1], reason)))

        def open_link(address: str) -> dict[Any, Any]:
            _, is_link, token = address.partition("#answer=")
            if not is_link:
                return {notice: ""}
            try:
                turn = reopened(1, unquote(token), assistant.archive)
                return show((turn,)) | {notice: "", linked: turn.token}
            except (NotReopened, ArchiveError) as error:
                return {notice: f'<p role="alert">{render.escaped(str(error))}</p>'}

        def ask_again(now: tuple[Turn, ...]) -> dict[Any, Any]:
            if not now or not now[-1].waiting or not now[-1].reopened:
                return {turns: now}
            return show((*now[:-1], compared(now[-1], assistant)))

        def show_today(now: tuple[Turn, ...]) -> dict[Any, Any]:
            if not any(turn.later for turn in now):
                return {turns: now}
            if now[-1].waiting:
                return {notice: f'<p role="alert">{_ONE_MOMENT}</p>'}
            try:
                return show(with_later(now, assistant.archive)[-MOST_TURNS:]) | {notice: ""}
            except ArchiveError as error:
                return {notice: f'<p role="alert">{render.escaped(str(error))}</p>'}

        def take_up(sent: str) -> dict[Any, Any]:
            return show(continued(sent, assistant.archive)) | {notice: ""}

        def start_over() -> dict[Any, Any]:
            return show(()) | {notice: ""}

        def offer_limits() -> list[dict[str, Any]]:
            held = assistant.archive.overview()
            named = [source for source in held.sources if len(source) <= _LONGEST_NAME]
            spoken = [each for each in held.languages if len(each) <= _LONGEST_NAME]
            return [
                gr.update(choices=named[:_MOST_SOURCES]),
                gr.update(choices=spoken[:_MOST_SOURCES], visible=len(spoken) > 1),
            ]

        async def suggest() -> list[Any]:
            # Whoever leaves before they are found does not call off the search for all others.
            questions = (await asyncio.shield(asyncio.wrap_future(suggested)))[:SUGGESTIONS]
            empty = [gr.update(visible=False)] * (SUGGESTIONS - len(questions))
            return [*(gr.update(value=question, visible=True) for question in questions), *empty]

        shown = [turns, log, panel]
        everything = [*shown, box, notice]
        asking = []
        limiting = [*days, outlets, languages]
        given = [turns, sent, *limiting]
        with_question = (
            "(question, turns, sent, ...all) => [question, turns, turnsOnPage(), ...all]"
        )
        ways: list[tuple[Any, Any, list[Any], str]] = [
            (each, begin, [first, *given], with_question)
            for each, first in ((box.submit, box), *((each.click, each) for each in buttons))
        ]
        taken_off = "(turns, sent, place, ...all) => [turns, turnsOnPage(), limitTakenOff, ...all]"
        ways.append((again.click, begin_again, [turns, sent, place, *limiting], taken_off))
        for asked, start, inputs, js in ways:
            # That it has begun is shown at once, also to those who then wait for their turn.
            begun = asked(
                start,
                inputs,
                [*everything, *limiting],
                js=js,
                concurrency_limit=None,
                # By default Gradio drops, without a word, what is sent before the last event ended.
                trigger_mode="multiple",
                **QUIET,
            )
            said = begun.success(
                answer,
                [turns, own],
                shown,
                concurrency_limit=AT_ONCE,
                concurrency_id="ask",
                **QUIET,
            )
            said.failure(give_up, turns, shown, **QUIET)
            asking += [begun, said]
        page.load(
            open_link,
            address,
            [*everything, linked],
            js="() => location.hash",
            concurrency_limit=None,
            **QUIET,
        )
        again_asked = linked.change(
            ask_again, turns, shown, concurrency_limit=AT_ONCE, concurrency_id="ask", **QUIET
        )
        again_asked.failure(give_up, turns, shown, **QUIET)
        asking.append(again_asked)
        today.click(show_today, turns, everything, **QUIET)
        clear.click(start_over, None, everything, cancels=asking, **QUIET)
        go_on.click(
            take_up, sent, everything, js="() => turnsToGoOnWith()", cancels=asking, **QUIET
        )
        page.load(lambda: masthead(assistant.archive.overview()), None, head, **QUIET)
        page.load(offer_limits, None, [outlets, languages], **QUIET)
        page.load(suggest, None, buttons, concurrency_limit=None, **QUIET)
        offer_to_programs(assistant, AT_ONCE)
    page.queue(max_size=_WAITING)
    return page


def _asking(page: gr.Blocks) -> int:
    """How many questions are being answered or wait for it."""
    # Gradio tells it in no other way than by a progress bar of its own.
    line = page._queue.event_queue_per_concurrency_id.get("ask")
    return line.current_concurrency + len(line.queue) if line else 0


def _in_background(assistant: Answers) -> "Future[list[str]]":
    """The suggested questions, which take the assistant a while: it tries each of them."""
    questions: Future[list[str]] = Future()

    def find() -> None:
        found: list[str] = []
        try:
            found = assistant.suggest_questions(SUGGESTIONS, threading.main_thread().is_alive)
        finally:
            questions.set_result(found)

    # No daemon: a program that ends while a model computes aborts.
    threading.Thread(target=find, name="suggestions").start()
    return questions


READER = """
<dialog id="reader" aria-labelledby="reader-title">
<button type="button" id="close-reader">Close</button><div id="read"></div></dialog>
"""
