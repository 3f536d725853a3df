"""The desk of the chat: questions, answers shown statement by statement, and their sources."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import unquote

import gradio as gr
from markupsafe import Markup

from assistant import Answer, Assistant, exports, mentions
from assistant.language_model import Model
from assistant.page.conversations import MOST_TURNS, continued
from assistant.page.inputs import typed, without
from assistant.page.kept import NotReopened
from assistant.page.limits import Limits
from assistant.page.model import build_settings
from assistant.page.parts import QUIET, Busy, Later, Update, button, html
from assistant.page.site import ALONE, Site
from assistant.page.turns import (
    WHOLE,
    ChatTurn,
    answered,
    compared,
    halted,
    not_compared,
    reopened,
    stopped,
    with_later,
)
from assistant.question import LONGEST_QUESTION, objection
from assistant.rendering import fill
from assistant.suggestions import next_questions
from assistant.wording import gettext, message
from index import ArchiveError, Filters

AT_ONCE = 2
"""How many answers are computed at the same time; each keeps one processor core busy."""

_ONE_MOMENT = message("One moment: the answer before this is still coming.")

# Gradio adds the page's scripts in any order while the page loads, and does not wait for them.
_SCRIPTS_LOADED = (
    "while (typeof isLink === 'undefined' || typeof turnsOfThisTab === 'undefined') "
    "await new Promise(waited => setTimeout(waited, 10));"
)


class Desk:
    """The components of the desk, in the current Blocks, and the handlers of their events.

    Questions and answers are shown in ``gr.HTML`` and not in ``gr.Chatbot``, because a chatbot
    reads its text as Markdown, and as HTML even if Markdown is turned off. It would not show the
    text of articles as it is. Here all text passes through templates.
    """

    def __init__(self, assistant: Assistant, own_models: bool, site: Site = ALONE) -> None:
        self.assistant = assistant
        self.site = site
        self.busy = Busy()
        self.turns = gr.State(())
        self.linked = gr.State("")
        # The number of the turn whose question is being edited, or 0.
        self.edited = gr.State(0)
        # The last answer for which follow-up questions were tried, and the questions to offer.
        self.next = gr.State((None, ()))
        # static/conversations.js fills these: the turns on the page, and the page's address.
        self.sent, self.address = gr.Textbox(visible=False), gr.Textbox(visible=False)
        self.limited_to, self.unanswered = gr.Textbox(visible=False), gr.Textbox(visible=False)
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="reading"):
                self.log = html(
                    partial(fill, "conversation.html", turns=()), "conversation", tells=True
                )
                html(partial(fill, "last.html"), "last")
                self.examples = html(elem_id="suggestions", tells=True)
                self.offered = html(elem_id="onward", tells=True)
                with gr.Column(elem_id="settings"):
                    self.limits = Limits()
                    self.own = build_settings(assistant.model) if own_models else gr.State(None)
                with gr.Column(elem_id="composer"):
                    self.box = gr.Textbox(
                        label=Later(lambda: gettext("Your question")),
                        placeholder=Later(lambda: gettext("Ask a question")),
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=5,
                        autofocus=True,
                        submit_btn=Later(lambda: gettext("Ask")),  # type: ignore[arg-type]
                        elem_id="question",
                    )
                    with gr.Row(elem_id="below"):
                        self.notice = html(elem_id="notice")
                        html(partial(fill, "unkept.html"), "keeping")
                        self.clear = button(lambda: gettext("New conversation"), "clear")
            with gr.Column(elem_id="sources"):
                self.panel = html(partial(fill, "sources.html", turns=()))

    def listen(self, page: gr.Blocks) -> None:
        """Attach the handlers for asking a question, choosing something and opening the page."""
        updated = [self.turns, self.log, self.panel, self.box]
        everything = [*updated, self.notice, self.offered, self.edited]
        limits = self.limits.fields
        form = [self.turns, self.sent, self.edited, self.limited_to, *limits]
        # By default Gradio silently drops an event that is sent before the last one has ended, and
        # never regards a cancelled event as ended.
        every: dict[str, Any] = {"trigger_mode": "multiple", **QUIET}
        at_once: dict[str, Any] = {"concurrency_limit": None, **every}
        in_line: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "ask", **every}
        # The limits in the page's address count until they have been written into their fields.
        sends = (
            "(turns, sent, edited, limited, ...all) => "
            "[turns, turnsOnPage(), edited, limited || location.search, ...all]"
        )
        sends_typed = f"(asked, ...all) => [questionAsked(asked), ...({sends})(...all)]"
        asking = []
        for event, start, inputs, js in (
            (self.box.submit, self.begin, [self.box, *form], sends_typed),
            (self.examples.select, self.begin_offered, form, sends),
            (self.offered.select, self.begin_offered, form, sends),
            (self.log.select, self.choose, form, sends),
        ):
            # The question is shown at once, even if it then waits for its turn.
            begun = event(start, inputs, [*everything, *limits], js=js, **at_once)
            done = begun.success(self.answer, [self.turns, self.own], updated, **in_line)
            done.failure(self.give_up, self.turns, updated, **QUIET)
            tried = done.success(self.try_next, self.turns, self.next, **in_line)
            tried.success(self.offer_next, [self.turns, self.next], self.offered, **at_once)
            asking += [begun, done]
        arriving: dict[str, Any] = {
            "fn": self.arrive,
            "inputs": [self.turns, self.address, self.sent, self.unanswered],
            "outputs": [*everything, self.linked],
            "js": f"async turns => {{ {_SCRIPTS_LOADED} "
            "return [turns, location.hash, turnsOfThisTab(), questionOfThisTab()]; }",
            "concurrency_limit": None,
            **QUIET,
        }
        # A request may get lost; then it is sent once more, so that the page is not left empty.
        page.load(**arriving).failure(**arriving)
        comparing = self.linked.change(self.ask_again, self.turns, updated, **in_line)
        comparing.failure(self.give_up, self.turns, updated, **QUIET)
        asking.append(comparing)
        cancelling: dict[str, Any] = {"cancels": asking, **QUIET}
        self.box.stop(self.stop, self.turns, updated, **cancelling)
        self.clear.click(self.start_over, None, everything, **cancelling)
        sends_turns = "() => turnsToGoOnWith()"
        self.log.submit(self.take_up, self.sent, everything, js=sends_turns, **cancelling)
        panel = [self.limited_to, self.limits.panel, *limits]
        page.load(self.offer_limits, self.limited_to, panel, js="() => location.search", **QUIET)
        sends_question = f"async () => {{ {_SCRIPTS_LOADED} return questionOfAddress(); }}"
        page.load(None, None, self.box, js=sends_question)

    def show(self, now: tuple[ChatTurn, ...]) -> Update:
        waits = bool(now) and now[-1].waiting
        buttons = gr.update(
            submit_btn=not waits and gettext("Ask"), stop_btn=waits and gettext("Stop")
        )
        return {
            self.turns: now,
            self.log: fill("conversation.html", turns=now),
            self.panel: fill("sources.html", turns=now),
            self.box: buttons,
        }

    def _cleared(self) -> Update:
        """No notice, no offered questions, and no question that is being edited."""
        return {self.notice: "", self.offered: "", self.edited: 0}

    def _say(self, problem: str) -> Update:
        return {self.notice: fill("notice.html", problem=problem)}

    # --- Asking ----------------------------------------------------------------------------------

    def begin(
        self, question: str, past: tuple[ChatTurn, ...], sent: str, edited: int, *limits: Any
    ) -> Update:
        """Show a typed question as a waiting turn, or say why it cannot be asked.

        If the turn with the number ``edited`` was edited, the question replaces that turn and all
        later ones.
        """
        # After a restart, or an hour without the browser, the server has no turns.
        past = past or continued(sent, self.assistant.archive, self.site)
        question = typed(question)
        problem = objection(question)
        if not problem and past and past[-1].waiting:
            problem = gettext(_ONE_MOMENT)
        filters = Filters()
        try:
            filters = self.limits.chosen(*limits)
        except ValueError as error:
            problem = problem or str(error)
        if problem:
            return self._say(problem)
        if edited:
            past = tuple(turn for turn in past if turn.number < edited)
        number = past[-1].number + 1 if past else 1
        turn = ChatTurn(number, question, filters=filters, site=self.site)
        if self.busy.count >= AT_ONCE:
            turn = replace(turn, state=gettext("Others’ questions are answered first…"))
        now = (*past[1 - MOST_TURNS :], turn)
        busy = gr.update(submit_btn=False, stop_btn=gettext("Stop"), value="")
        return self.show(now) | self._cleared() | {self.box: busy}

    def begin_offered(
        self, offer: gr.EventData, past: tuple[ChatTurn, ...], sent: str, _: int, *limits: Any
    ) -> Update:
        """The same for an offered question, which never replaces a turn that is being edited."""
        return self.begin(str(offer.ask), past, sent, 0, *limits)

    def choose(
        self, choice: gr.EventData, past: tuple[ChatTurn, ...], sent: str, *form: Any
    ) -> Update:
        """Do what somebody chose in the conversation; static/script.js lists the choices."""
        past = past or continued(sent, self.assistant.archive, self.site)
        if choice.what == "today":
            return self.show_today(past)
        if choice.what == "edit":
            return self.edit(past, str(choice.number))
        _, _, *limits = form
        return self.begin_again(past, str(choice.limit), limits)

    def edit(self, past: tuple[ChatTurn, ...], number: str) -> Update:
        """Put the question of a turn back into the question box; without a number, stop editing.

        The turn stays as it is until its question is asked again.
        """
        if not number:
            return {self.box: "", self.edited: 0, self.notice: ""}
        turns = [turn for turn in past if str(turn.number) == number and not past[-1].waiting]
        if not turns:
            return {self.turns: past}
        return {
            self.box: turns[0].question,
            self.edited: turns[0].number,
            self.notice: fill("editing.html"),
        }

    def begin_again(self, past: tuple[ChatTurn, ...], place: str, values: Sequence[Any]) -> Update:
        """Ask the last question without one of its limits, given by its place in their list.

        ``values`` are those of the fields for limits.
        """
        answer = past[-1].full_answer if past else None
        limits = exports.limits(answer.filters) if answer else []
        places = [*map(str, range(len(limits))), WHOLE]
        if not past or place not in places or past[-1].waiting:
            return {self.turns: past}
        last = past[-1]
        limit = Filters() if place == WHOLE else limits[int(place)][0]
        was_read = bool(answer and limit and limit == answer.read)
        turn = ChatTurn(
            last.number + 1,
            last.question,
            filters=without(last.filters, limit) if limit else last.filters,
            read_filters=last.read_filters and not was_read,
            as_typed=last.as_typed or place == WHOLE,
            site=self.site,
        )
        # The new turn refers to what the last one referred to, and not to that turn itself.
        before = (*past[1 - MOST_TURNS : -1], replace(last, history_turn=None))
        return self.show((*before, turn)) | self._cleared() | self.limits.without(limit, values)

    def answer(self, now: tuple[ChatTurn, ...], model: Model | None) -> Iterator[Update]:
        """Answer the waiting turn, and show the answer as it grows."""
        if not now or not now[-1].waiting or now[-1].reopened:
            yield {self.turns: now}
            return
        *past, turn = now
        history = [earlier.history_turn for earlier in past if earlier.history_turn]
        assistant = self.assistant.chosen_by(model) if model else self.assistant
        with self.busy:
            for changed in answered(assistant, turn, history):
                yield self.show((*past, changed))

    def give_up(self, now: tuple[ChatTurn, ...]) -> Update:
        """Say that something unforeseen went wrong."""
        # A turn that somebody stopped has ended already. Gradio reports it as failed, perhaps only
        # when the next question is waiting.
        if not now or not now[-1].waiting or (len(now) > 1 and now[-2].halted):
            return {self.turns: now}
        reason = gettext("Something went wrong; the terminal that runs Dateline says what.")
        ended = not_compared if now[-1].reopened else stopped
        return self.show((*now[:-1], ended(now[-1], reason)))

    def stop(self, now: tuple[ChatTurn, ...]) -> Update:
        """Stop the answer that is being computed, and leave it as it is."""
        if not now or not now[-1].waiting:
            return {self.turns: now}
        return self.show((*now[:-1], halted(now[-1])))

    def try_next(self, now: tuple[ChatTurn, ...]) -> tuple[Answer | None, Sequence[str]]:
        """The last answer, and follow-up questions that the archive answers."""
        answers = [turn.full_answer for turn in now if turn.full_answer]
        if not answers or not now[-1].full_answer or now[-1].waiting:
            return None, ()
        try:
            # They are tried as they would be asked, but without the language model, which is slow.
            ask = partial(
                self.assistant.chosen_by(None).ask,
                filters=now[-1].filters,
                history=[turn.history_turn for turn in now if turn.history_turn],
            )
            others_in = partial(mentions.others_in, self.assistant.archive)
            return answers[-1], next_questions(ask, answers, others_in)
        except ArchiveError:
            # Nobody asked for these questions, so nobody is told that there are none.
            return None, ()

    def offer_next(
        self, now: tuple[ChatTurn, ...], tried: tuple[Answer | None, Sequence[str]]
    ) -> Markup:
        """The questions that were tried, unless somebody has asked something else by now."""
        answer, questions = tried
        if not now or now[-1].full_answer is not answer:
            return Markup()
        return fill("suggestions.html", heading=gettext("Ask next"), questions=questions)

    # --- What a link or the browser brings -------------------------------------------------------

    def arrive(self, now: tuple[ChatTurn, ...], address: str, sent: str, unanswered: str) -> Update:
        """Show the answer that the page's address holds, or else what this tab showed last."""
        _, is_link, token = address.partition("#answer=")
        # Somebody may already have asked a question, even after the page sent this request.
        if now or not (is_link or sent or unanswered):
            nothing: Update = gr.skip()
            return nothing
        if not is_link:
            return self.take_up(sent) | self._give_back(unanswered)
        try:
            turn = reopened(unquote(token), self.assistant.archive, self.site)
        except (NotReopened, ArchiveError) as error:
            return self._say(str(error))
        return self.show((turn,)) | self._cleared() | {self.linked: turn.token}

    def _give_back(self, question: str) -> Update:
        """Put back a question whose answer was being computed when the page was reloaded."""
        if not question:
            return {}
        note = gettext(
            "Your question was not answered before the page was loaded anew: ask it again."
        )
        return {
            self.box: gr.update(value=question[:LONGEST_QUESTION]),
            self.notice: fill("note.html", note=note),
        }

    def ask_again(self, now: tuple[ChatTurn, ...]) -> Update:
        """Compare the answer from a link with what the archive answers now."""
        if not now or not now[-1].waiting or not now[-1].reopened:
            return {self.turns: now}
        return self.show((*now[:-1], compared(now[-1], self.assistant)))

    def show_today(self, now: tuple[ChatTurn, ...]) -> Update:
        if not any(turn.later for turn in now):
            return {self.turns: now}
        if now[-1].waiting:
            return self._say(gettext(_ONE_MOMENT))
        try:
            later = with_later(now, self.assistant.archive)
        except ArchiveError as error:
            return self._say(str(error))
        return self.show(later[-MOST_TURNS:]) | self._cleared()

    def take_up(self, sent: str) -> Update:
        return self.show(continued(sent, self.assistant.archive, self.site)) | self._cleared()

    def start_over(self) -> Update:
        return self.show(()) | self._cleared()

    def offer_limits(self, address: str) -> Update:
        """The limits that a question can have; the page's address may set some of them.

        The search page and the page of an article lead here with such an address.
        """
        try:
            return self.limits.offered(self.assistant.archive, address) | {self.limited_to: "there"}
        except ArchiveError:
            # The page says so where it suggests questions.
            nothing: Update = gr.skip()
            return nothing
