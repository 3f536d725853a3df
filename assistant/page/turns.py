"""The turns of a conversation: each a question and what came of it."""

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
from assistant.wording import gettext, message
from index import Archive, ArchiveError, Filters, Overview

# Between two statements of an answer, so that the eye can follow.
_PAUSE = 0.12

_BEING_READ = message("These articles are being read for an answer.")

WHOLE = "whole"
"""What is taken off where a question is to be asked as it was typed; limits have numbers."""


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One question of a conversation and what came of it.

    ``answer`` and ``sources`` are HTML; ``state`` says what is being done, and ``problem`` why
    nothing came of it; it is ``halted`` where somebody stopped it. ``given`` is the whole answer,
    and ``asked`` what a follow-up refers to.
    ``filters`` are those that were set. ``read_filters`` is off where the dates in the question are
    not to limit it, and ``as_typed`` is on where nothing is to be put into it.
    ``token`` stands for the whole answer in links (see ``assistant.page.kept``); it is empty where
    there is none. ``site`` says whether what it shows can be pinned, and where else it can be
    asked.

    A turn that a link brought has ``reopened``, and is ``waiting`` until it has been asked again;
    ``later`` is what the archive answers today, where that is something else, until it is shown.
    """

    number: int
    question: str
    state: str = field(default_factory=lambda: gettext("Searching the archive…"))
    answer: Markup = Markup()
    problem: str = ""
    sources: Markup = Markup()
    waiting: bool = True
    halted: bool = False
    asked: Turn | None = None
    given: Answer | None = None
    filters: Filters = Filters()
    read_filters: bool = True
    as_typed: bool = False
    token: str = ""
    site: Site = ALONE
    reopened: Reopened | None = None
    later: Answer | None = None


def _proof(heading: str, answer: Answer, cards: Markup, note: str = "", token: str = "") -> Markup:
    """What stands beside an answer; by its token there is a timeline of it, too."""
    return fill(
        "proof.html", heading=heading, question=answer.question, cards=cards, note=note, token=token
    )


def answered(
    assistant: Assistant, turn: ChatTurn, history: Sequence[Turn] = ()
) -> Iterator[ChatTurn]:
    """The turn as it grows, statement by statement; ``history`` is what was asked before it.

    What is found at once stays while a language model chooses, and its choice takes its place.
    """
    key = str(turn.number)
    shown = 0
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
            for count in range(shown + 1, len(answer.statements) + 1):
                if count > 1:
                    time.sleep(_PAUSE)
                cards = render.cards(answer, key, count, True, turn.site.may_keep)
                proof = _proof(gettext("Sources"), answer, cards)
                statements = render.statements(answer, key, count)
                yield replace(turn, state="", answer=statements, sources=proof)
            shown = len(answer.statements)
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
    """The turn with its whole answer; ``retold`` says how it came to be here, if not just now."""
    key = str(turn.number)
    # Without its dates, only what was typed could be asked: of what was kept of a follow-up, that
    # is not enough.
    removable = not retold or answer.standalone == turn.question
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
        # Of what is counted, all was looked through.
        searchable=not holding(answer.question),
        is_keywords=Question(answer.question).is_keywords,
        # What was read out of the question is read again whenever it is asked.
        saving=SearchRequest.of(answer.whole, without(answer.filters, answer.read)).query(),
    )
    if answer.statements:
        cards = render.cards(answer, key, None, True, turn.site.may_keep)
        proof = _proof(gettext("Sources"), answer, cards, "", turn.token)
    else:
        near = gettext(
            render.NOT_EVIDENCE if answer.passages else "No article in the archive is near."
        )
        # Where nothing is near there is no story either.
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
        asked=answer.turn,
        given=answer,
    )


def _token(answer: Answer, turn: ChatTurn, overview: Overview) -> str:
    return token(answer, current_day(), overview, turn.read_filters) or ""


# --- Turns that links bring --------------------------------------------------------------------


def reopened(number: int, token: str, archive: Archive, site: Site = ALONE) -> ChatTurn:
    """The turn that a token stands for, as it was; it waits until ``compared``.

    Raises NotReopened for what is no token, and ArchiveError.
    """
    earlier = reopen(token, archive)
    turn = ChatTurn(
        number,
        earlier.answer.question,
        filters=earlier.filters,
        read_filters=earlier.read_filters,
        token=token,
        site=site,
        reopened=earlier,
    )
    return replace(retold(turn, earlier, gettext("Asking it again…")), waiting=True)


def compared(turn: ChatTurn, assistant: Assistant) -> ChatTurn:
    """A reopened turn that says whether the archive answers the same today."""
    earlier = turn.reopened
    if earlier is None:
        return turn
    try:
        now = asked_again(earlier, assistant)
    except ArchiveError as error:
        return not_compared(turn, str(error))
    if now.outcome == "counted":
        # A link holds no number.
        counted = gettext("Today the archive answers: %(answer)s", answer=now.reason)
        return retold(turn, earlier, counted)
    if is_same(earlier, now):
        return retold(turn, earlier, gettext("Today the archive answers the same."))
    return retold(replace(turn, later=now), earlier, otherwise=True)


def with_later(turns: tuple[ChatTurn, ...], archive: Archive) -> tuple[ChatTurn, ...]:
    """The turns, and after them what the archive answers today to what a link had asked."""
    shown = list(turns)
    overview = archive.overview()
    for at, turn in enumerate(turns):
        if turn.later is None or turn.reopened is None:
            continue
        shown[at] = retold(replace(turn, later=None), turn.reopened, otherwise=True)
        following = ChatTurn(
            shown[-1].number + 1,
            turn.later.question,
            filters=turn.filters,
            read_filters=turn.read_filters,
            token=_token(turn.later, turn, overview),
            site=turn.site,
        )
        shown.append(completed(following, turn.later, overview))
    return tuple(shown)


def not_compared(turn: ChatTurn, why: str) -> ChatTurn:
    """A reopened turn that could not be asked again, and why."""
    if turn.reopened is None:
        return turn
    today = gettext("It cannot be asked again: %(why)s", why=why)
    return retold(turn, turn.reopened, today)


def retold(turn: ChatTurn, earlier: Reopened, today: str = "", otherwise: bool = False) -> ChatTurn:
    """The turn with its answer as it was, and a line that says when it was asked.

    If a link brought it, ``today`` says in a sentence how that answer stands to what the archive
    answers now, unless the archive answers ``otherwise``.
    """
    line = fill("retold.html", turn=turn, asked=as_asked(earlier), today=today, otherwise=otherwise)
    return completed(turn, earlier.answer, None, line)


def stopped(turn: ChatTurn, reason: str) -> ChatTurn:
    return replace(turn, state="", answer=Markup(), problem=reason, waiting=False)


def halted(turn: ChatTurn) -> ChatTurn:
    """The turn as somebody stopped it: with what was found by then."""
    if turn.reopened:
        return replace(not_compared(turn, gettext("you stopped it.")), halted=True)
    incomplete = gettext("Stopped. What stands here may not be all of the answer.")
    problem = incomplete if turn.answer else gettext("Stopped before there was an answer.")
    return replace(turn, state="", problem=problem, waiting=False, halted=True)
