"""The desk of the chat: questions, answers that grow statement by statement, and their sources."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import unquote

import gradio as gr
from markupsafe import Markup

from assistant import Answer, Assistant, exports
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
"""How many answers are computed at once; each keeps a processor core busy."""

_ONE_MOMENT = message("One moment: the answer before this is still coming.")

# Gradio adds the page's scripts while the page is loaded, in any order, and waits for none.
_SCRIPTS_THERE = (
    "while (typeof isLink === 'undefined' || typeof turnsOfThisTab === 'undefined') "
    "await new Promise(waited => setTimeout(waited, 10));"
)


class Desk:
    """The components of the desk, in the current Blocks, and what happens at them.

    Questions and answers are shown in ``gr.HTML`` and not in ``gr.Chatbot``: that one reads what
    it is given as Markdown, and as HTML even where Markdown is turned off, so text of articles
    would be shown as something else than it is. Here all text passes through templates.
    """

    def __init__(self, assistant: Assistant, own_models: bool, site: Site = ALONE) -> None:
        self.assistant = assistant
        self.site = site
        self.busy = Busy()
        self.turns = gr.State(())
        self.linked = gr.State("")
        # The number of the turn whose question is being edited, or 0.
        self.edited = gr.State(0)
        # The answer for which questions to ask next were tried last, and those to offer.
        self.next = gr.State((None, ()))
        # Filled by static/conversations.js: the turns on the page, and the page's address.
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
        """Say what happens when somebody asks, chooses or comes."""
        shown = [self.turns, self.log, self.panel, self.box]
        everything = [*shown, self.notice, self.offered, self.edited]
        limiting = self.limits.fields
        given = [self.turns, self.sent, self.edited, self.limited_to, *limiting]
        # By default Gradio drops, without a word, what is sent before the last event ended, and
        # never takes one that was called off for ended.
        every: dict[str, Any] = {"trigger_mode": "multiple", **QUIET}
        at_once: dict[str, Any] = {"concurrency_limit": None, **every}
        in_line: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "ask", **every}
        # Until the limits that the page's address names stand in their fields, the address counts.
        sends = (
            "(turns, sent, edited, limited, ...all) => "
            "[turns, turnsOnPage(), edited, limited || location.search, ...all]"
        )
        sends_typed = f"(asked, ...all) => [questionAsked(asked), ...({sends})(...all)]"
        asking = []
        for asked, start, inputs, js in (
            (self.box.submit, self.begin, [self.box, *given], sends_typed),
            (self.examples.select, self.begin_offered, given, sends),
            (self.offered.select, self.begin_offered, given, sends),
            (self.log.select, self.choose, given, sends),
        ):
            # That it has begun is shown at once, also to those who then wait for their turn.
            begun = asked(start, inputs, [*everything, *limiting], js=js, **at_once)
            done = begun.success(self.answer, [self.turns, self.own], shown, **in_line)
            done.failure(self.give_up, self.turns, shown, **QUIET)
            tried = done.success(self.try_next, self.turns, self.next, **in_line)
            tried.success(self.offer_next, [self.turns, self.next], self.offered, **at_once)
            asking += [begun, done]
        arriving: dict[str, Any] = {
            "fn": self.arrive,
            "inputs": [self.turns, self.address, self.sent, self.unanswered],
            "outputs": [*everything, self.linked],
            "js": f"async turns => {{ {_SCRIPTS_THERE} "
            "return [turns, location.hash, turnsOfThisTab(), questionOfThisTab()]; }",
            "concurrency_limit": None,
            **QUIET,
        }
        # What the page shows must not hang on one request, which may be lost on its way.
        page.load(**arriving).failure(**arriving)
        compared = self.linked.change(self.ask_again, self.turns, shown, **in_line)
        compared.failure(self.give_up, self.turns, shown, **QUIET)
        asking.append(compared)
        calling_off: dict[str, Any] = {"cancels": asking, **QUIET}
        self.box.stop(self.stop, self.turns, shown, **calling_off)
        self.clear.click(self.start_over, None, everything, **calling_off)
        taking_up = "() => turnsToGoOnWith()"
        self.log.submit(self.take_up, self.sent, everything, js=taking_up, **calling_off)
        offered = [self.limited_to, self.limits.panel, *limiting]
        page.load(self.offer_limits, self.limited_to, offered, js="() => location.search", **QUIET)
        named = f"async () => {{ {_SCRIPTS_THERE} return questionOfAddress(); }}"
        page.load(None, None, self.box, js=named)

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

    def _at_rest(self) -> Update:
        """Nothing is said beside the conversation, offered or edited."""
        return {self.notice: "", self.offered: "", self.edited: 0}

    def _say(self, problem: str) -> Update:
        return {self.notice: fill("notice.html", problem=problem)}

    # --- Asking ----------------------------------------------------------------------------------

    def begin(
        self, question: str, past: tuple[ChatTurn, ...], sent: str, edited: int, *limiting: Any
    ) -> Update:
        """Show a question that was typed as a turn that waits, or say why it cannot be asked.

        If it is an earlier one that was ``edited``, it takes its place and what came after it.
        """
        # Started anew, or after an hour without the browser, the server knows no turns.
        past = past or continued(sent, self.assistant.archive, self.site)
        question = typed(question)
        problem = objection(question)
        if not problem and past and past[-1].waiting:
            problem = gettext(_ONE_MOMENT)
        filters = Filters()
        try:
            filters = self.limits.chosen(*limiting)
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
        return self.show(now) | self._at_rest() | {self.box: busy}

    def begin_offered(
        self, offer: gr.EventData, past: tuple[ChatTurn, ...], sent: str, _: int, *limiting: Any
    ) -> Update:
        """The same for a question that was offered; it takes the place of none that is edited."""
        return self.begin(str(offer.ask), past, sent, 0, *limiting)

    def choose(
        self, choice: gr.EventData, past: tuple[ChatTurn, ...], sent: str, *given: Any
    ) -> Update:
        """What somebody chose in the conversation: static/script.js says what."""
        past = past or continued(sent, self.assistant.archive, self.site)
        if choice.what == "today":
            return self.show_today(past)
        if choice.what == "edit":
            return self.edit(past, str(choice.number))
        _, _, *chosen = given
        return self.begin_again(past, str(choice.limit), chosen)

    def edit(self, past: tuple[ChatTurn, ...], number: str) -> Update:
        """Put the question of a turn back where questions are typed; without one, none is edited.

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

    def begin_again(self, past: tuple[ChatTurn, ...], place: str, chosen: Sequence[Any]) -> Update:
        """Ask the last question without one of its limits, which has a place among them."""
        answer = past[-1].given if past else None
        limited = exports.limits(answer.filters) if answer else []
        places = [*map(str, range(len(limited))), WHOLE]
        if not past or place not in places or past[-1].waiting:
            return {self.turns: past}
        last = past[-1]
        limit = Filters() if place == WHOLE else limited[int(place)][0]
        was_read = bool(answer and limit and limit == answer.read)
        turn = ChatTurn(
            last.number + 1,
            last.question,
            filters=without(last.filters, limit) if limit else last.filters,
            read_filters=last.read_filters and not was_read,
            as_typed=last.as_typed or place == WHOLE,
            site=self.site,
        )
        # Asked again it refers to what it referred to before, and not to itself.
        before = (*past[1 - MOST_TURNS : -1], replace(last, asked=None))
        return self.show((*before, turn)) | self._at_rest() | self.limits.without(limit, chosen)

    def answer(self, now: tuple[ChatTurn, ...], model: Model | None) -> Iterator[Update]:
        """Answer the turn that waits, as it grows."""
        if not now or not now[-1].waiting or now[-1].reopened:
            yield {self.turns: now}
            return
        *past, turn = now
        history = [earlier.asked for earlier in past if earlier.asked]
        answering = self.assistant.chosen_by(model) if model else self.assistant
        with self.busy:
            for changed in answered(answering, turn, history):
                yield self.show((*past, changed))

    def give_up(self, now: tuple[ChatTurn, ...]) -> Update:
        """Say that something went wrong that nobody foresaw."""
        # What somebody stopped has ended already. Gradio says that it failed, maybe only when the
        # next question waits.
        if not now or not now[-1].waiting or (len(now) > 1 and now[-2].halted):
            return {self.turns: now}
        reason = gettext("Something went wrong; the terminal that runs Dateline says what.")
        ended = not_compared if now[-1].reopened else stopped
        return self.show((*now[:-1], ended(now[-1], reason)))

    def stop(self, now: tuple[ChatTurn, ...]) -> Update:
        """Leave the answer that is coming as it stands."""
        if not now or not now[-1].waiting:
            return {self.turns: now}
        return self.show((*now[:-1], halted(now[-1])))

    def try_next(self, now: tuple[ChatTurn, ...]) -> tuple[Answer | None, Sequence[str]]:
        """The last answer, and questions that go on from it."""
        given = [turn.given for turn in now if turn.given]
        if not given or not now[-1].given or now[-1].waiting:
            return None, ()
        try:
            # They are tried as they would be asked, but for a model, which would take its time.
            ask = partial(
                self.assistant.chosen_by(None).ask,
                filters=now[-1].filters,
                history=[turn.asked for turn in now if turn.asked],
            )
            return given[-1], next_questions(ask, given)
        except ArchiveError:
            # Nobody asked for them, so nothing is said where there are none.
            return None, ()

    def offer_next(
        self, now: tuple[ChatTurn, ...], tried: tuple[Answer | None, Sequence[str]]
    ) -> Markup:
        """What was tried, unless somebody has gone on by now."""
        answer, questions = tried
        if not now or now[-1].given is not answer:
            return Markup()
        return fill("suggestions.html", heading=gettext("Ask next"), questions=questions)

    # --- What a link or the browser brings -------------------------------------------------------

    def arrive(self, now: tuple[ChatTurn, ...], address: str, sent: str, unanswered: str) -> Update:
        """Show the answer that the page's address holds, or else what this tab last showed."""
        _, is_link, token = address.partition("#answer=")
        # Somebody may have asked already, even since the page asked for this.
        if now or not (is_link or sent or unanswered):
            nothing: Update = gr.skip()
            return nothing
        if not is_link:
            return self.take_up(sent) | self._give_back(unanswered)
        try:
            turn = reopened(1, unquote(token), self.assistant.archive, self.site)
        except (NotReopened, ArchiveError) as error:
            return self._say(str(error))
        return self.show((turn,)) | self._at_rest() | {self.linked: turn.token}

    def _give_back(self, question: str) -> Update:
        """A question whose answer was coming when the page was loaded anew."""
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
        """Compare what a link brought with what the archive answers now."""
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
        return self.show(later[-MOST_TURNS:]) | self._at_rest()

    def take_up(self, sent: str) -> Update:
        return self.show(continued(sent, self.assistant.archive, self.site)) | self._at_rest()

    def start_over(self) -> Update:
        return self.show(()) | self._at_rest()

    def offer_limits(self, address: str) -> Update:
        """What a question can be limited to; the page's address may name limits.

        The pages of search and of an article lead here with such an address.
        """
        return self.limits.offered(self.assistant.archive, address) | {self.limited_to: "there"}
