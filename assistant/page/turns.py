"""The turns of a conversation: each is a question and its answer, or why there is none."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

from assistant import Answer, Assistant, Turn, exports
from assistant import rendering as render
from assistant.conversation import contextual
from assistant.holdings import holding
from assistant.page.inputs import SearchRequest, without
from assistant.page.kept import Reopened, asked_again, is_same, reopen, token
from assistant.page.links import as_asked
from assistant.page.site import ALONE, Site
from assistant.periods import current_day
from assistant.question import Question
from assistant.rendering import fill
from assistant.spoken import shortened
from assistant.topics import asked_topic, asks_more
from assistant.wording import gettext, message
from index import Archive, ArchiveError, Filters, Overview

# Seconds between two statements of an answer, so that the eye can follow.
_PAUSE = 0.12

_BEING_READ = message("These articles are being read for an answer.")

WHOLE = "whole"
"""Chosen in place of the number of a limit, it has the question asked exactly as it was typed."""


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One question of a conversation and its answer, or why there is none.

    ``answer`` and ``sources`` are HTML. ``state`` says what is being done, and ``problem`` why
    there is no answer; the turn is ``halted`` if somebody stopped it. ``full_answer`` is the
    complete answer, and ``history_turn`` is what a follow-up question refers to.
    ``filters`` are those that somebody set. ``read_filters`` is off if the dates in the question
    must not limit it, and ``as_typed`` is on if nothing may be added to it.
    ``token`` stands for the complete answer in links (see ``assistant.page.kept``); it is empty if
    the answer has no link. ``site`` says whether articles can be pinned, and which other archives
    can be asked.

    A turn that a link brought has ``reopened``, and is ``waiting`` until it has been asked again.
    ``later`` is today's answer of the archive if it differs, until that is shown.
    """

    number: int
    question: str
    state: str = field(default_factory=lambda: gettext("Searching the archive…"))
    answer: Markup = Markup()
    problem: str = ""
    sources: Markup = Markup()
    waiting: bool = True
    halted: bool = False
    history_turn: Turn | None = None
    full_answer: Answer | None = None
    filters: Filters = Filters()
    read_filters: bool = True
    as_typed: bool = False
    token: str = ""
    site: Site = ALONE
    reopened: Reopened | None = None
    later: Answer | None = None


def _proof(heading: str, answer: Answer, cards: Markup, note: str = "", token: str = "") -> Markup:
    """The panel beside an answer; with a token, it offers a timeline of the answer, too."""
    return fill(
        "proof.html", heading=heading, question=answer.question, cards=cards, note=note, token=token
    )


def answered(
    assistant: Assistant, turn: ChatTurn, history: Sequence[Turn] = ()
) -> Iterator[ChatTurn]:
    """The turn as it grows, statement by statement; ``history`` has the turns before it.

    The first answer is shown while a language model chooses; the model's choice replaces it.
    """
    key = str(turn.number)
    shown_count = 0
    proof = turn.sources
    chosen = False
    try:
        understood = contextual(turn.question, () if turn.as_typed else history)
        passages = assistant.archive.search(understood.whole, filters=turn.filters)
        if passages:
            near = Answer(turn.question, "does not say", 0.0, passages=tuple(passages))
            proof = _proof(
                gettext("Reading"),
                near,
                render.nearest(near, True, turn.site.may_keep),
                gettext(_BEING_READ),
            )
            yield replace(turn, state=gettext("Reading what was found…"), sources=proof)
        for answer in assistant.stream(
            turn.question, turn.filters, history, turn.read_filters, as_typed=turn.as_typed
        ):
            for count in range(shown_count + 1, len(answer.statements) + 1):
                if count > 1:
                    time.sleep(_PAUSE)
                cards = render.cards(answer, key, count, True, turn.site.may_keep)
                proof = _proof(gettext("Sources"), answer, cards)
                statements = render.statements(answer, key, count)
                yield replace(turn, state="", answer=statements, sources=proof)
            shown_count = len(answer.statements)
            if assistant.model and not chosen:
                yield replace(
                    turn,
                    state=gettext(
                        "%(model)s is choosing…", model=shortened(assistant.model.name, 100)
                    ),
                    answer=render.statements(answer, key),
                    problem="" if answer.statements else answer.reason,
                    sources=proof,
                )
            chosen = True
        overview = assistant.archive.overview()
    except ArchiveError as error:
        yield stopped(turn, str(error))
        return
    yield completed(replace(turn, token=_token(answer, turn, overview)), answer, overview)


def completed(
    turn: ChatTurn, answer: Answer, overview: Overview | None, retold: Markup = Markup()
) -> ChatTurn:
    """The turn with its complete answer; ``retold`` says when it was asked, if not just now."""
    key = str(turn.number)
    # Without its dates, a question is asked as it was typed. The typed text of a follow-up that was
    # kept is not enough for that.
    removable = not retold or answer.standalone == turn.question
    topic = asked_topic(answer.question)
    # Filters that were read out of the question are read again whenever it is asked.
    own_filters = without(answer.filters, answer.read)
    html = fill(
        "answer.html",
        answer=answer,
        retold=retold,
        statements=render.statements(answer, key),
        covered=(overview.first, overview.last) if overview and overview.first else None,
        searched=exports.searched(answer),
        remarks=render.remarks(answer, filled_in=False),
        limits=[
            (words, place if removable or limit != answer.read else None)
            for place, (limit, words) in enumerate(exports.limits(answer.filters))
        ],
        token=turn.token,
        site=turn.site,
        empty=bool(overview and not overview.articles),
        # An answer that counts articles has already looked through all of them, and "tell me more"
        # has no words to search for.
        searchable=not holding(answer.question) and asks_more(answer.question) is None,
        is_keywords=Question(answer.question).is_keywords,
        searching=SearchRequest.of(topic.name if topic else answer.whole, own_filters).query(),
        asking=SearchRequest.of(answer.whole, own_filters).query(),
        # A saved search has neither a day in the past nor chosen articles.
        savable=not (own_filters.as_of or own_filters.articles),
    )
    if answer.statements:
        cards = render.cards(answer, key, None, True, turn.site.may_keep)
        proof = _proof(gettext("Sources"), answer, cards, "", turn.token)
    else:
        near = gettext(
            render.NOT_EVIDENCE if answer.passages else "No article in the archive is near."
        )
        # If no article is near, there is no story to show either.
        token = turn.token if answer.passages else ""
        cards = render.nearest(answer, True, turn.site.may_keep)
        proof = _proof(gettext("Nearest in the archive"), answer, cards, near, token)
    return replace(
        turn,
        state="",
        answer=html,
        problem="",
        sources=proof,
        waiting=False,
        history_turn=answer.turn,
        full_answer=answer,
    )


def _token(answer: Answer, turn: ChatTurn, overview: Overview) -> str:
    return token(answer, current_day(), overview, turn.read_filters) or ""


# --- Turns that links bring --------------------------------------------------------------------


def reopened(token: str, archive: Archive, site: Site = ALONE) -> ChatTurn:
    """The first turn, which a token stands for, as it was; it waits until it is ``compared``.

    Raises NotReopened for an invalid token, and ArchiveError.
    """
    earlier = reopen(token, archive)
    turn = ChatTurn(1, earlier.answer.question, token=token, site=site, reopened=earlier)
    return replace(retold(turn, earlier, gettext("Asking it again…")), waiting=True)


def compared(turn: ChatTurn, assistant: Assistant) -> ChatTurn:
    """A reopened turn that says whether the archive gives the same answer today."""
    earlier = turn.reopened
    if earlier is None:
        return turn
    try:
        now = asked_again(earlier, assistant)
    except ArchiveError as error:
        return not_compared(turn, str(error))
    if now.outcome == "counted":
        # A link does not hold the number that was counted, so there is nothing to compare.
        counted = gettext("Today the archive answers: %(answer)s", answer=now.reason)
        return retold(turn, earlier, counted)
    if is_same(earlier, now):
        return retold(turn, earlier, gettext("Today the archive answers the same."))
    return retold(replace(turn, later=now), earlier, otherwise=True)


def with_later(turns: tuple[ChatTurn, ...], archive: Archive) -> tuple[ChatTurn, ...]:
    """The turns, followed by the archive's answers of today to the questions of links."""
    extended = list(turns)
    overview = archive.overview()
    for at, turn in enumerate(turns):
        if turn.later is None or turn.reopened is None:
            continue
        extended[at] = retold(replace(turn, later=None), turn.reopened, otherwise=True)
        following = ChatTurn(
            extended[-1].number + 1,
            turn.later.question,
            filters=turn.filters,
            read_filters=turn.read_filters,
            token=_token(turn.later, turn, overview),
            site=turn.site,
        )
        extended.append(completed(following, turn.later, overview))
    return tuple(extended)


def not_compared(turn: ChatTurn, why: str) -> ChatTurn:
    """A reopened turn that says why it could not be asked again."""
    if turn.reopened is None:
        return turn
    today = gettext("It cannot be asked again: %(why)s", why=why)
    return retold(turn, turn.reopened, today)


def retold(turn: ChatTurn, earlier: Reopened, today: str = "", otherwise: bool = False) -> ChatTurn:
    """The turn with its earlier answer and filters, and a line that says when it was asked.

    If a link brought it, ``today`` is a sentence that compares that answer with the archive's
    present one, unless the archive answers ``otherwise``, that is, differently.
    """
    line = fill("retold.html", turn=turn, asked=as_asked(earlier), today=today, otherwise=otherwise)
    turn = replace(turn, filters=earlier.filters, read_filters=earlier.read_filters)
    return completed(turn, earlier.answer, None, line)


def stopped(turn: ChatTurn, reason: str) -> ChatTurn:
    return replace(turn, state="", answer=Markup(), problem=reason, waiting=False)


def halted(turn: ChatTurn) -> ChatTurn:
    """The turn that somebody stopped, with the part of the answer that it had by then."""
    if turn.reopened:
        return replace(not_compared(turn, gettext("you stopped it.")), halted=True)
    incomplete = gettext("Stopped. What stands here may not be all of the answer.")
    problem = incomplete if turn.answer else gettext("Stopped before there was an answer.")
    return replace(turn, state="", problem=problem, waiting=False, halted=True)
