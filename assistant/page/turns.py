"""The turns of a conversation: each a question and what came of it, as HTML."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from assistant import Answer, exports
from assistant import Turn as Asked
from assistant import rendering as render
from assistant.page.kept import LONGEST, Reopened, asked_again, is_same, reopen, token
from assistant.page.links import actions, as_asked
from assistant.page.protocols import Answers, Held
from assistant.page.timeline import views
from index import ArchiveError, Filters, Overview

# Between two statements of an answer, so that the eye can follow.
_PAUSE = 0.12
_LONGEST_NAME = 100
# Kept free while an answer grows, so that nothing moves when its timeline is offered.
_ROOM_FOR_VIEWS = '<div class="views"></div>'

_READING = '<p class="state">Reading what was found…</p>'
_BEING_READ = "These articles are being read for an answer."

WHOLE = "whole"
"""What is taken off where a question is to be asked as it was typed; limits have numbers."""

_OTHERWISE = "<strong>Today the archive answers otherwise.</strong>"
# static/script.js presses the button of this name in its place.
_SHOW_TODAY = '<button type="button" data-presses="today">Show today’s answer</button>'


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and what came of it, as HTML.

    ``asked`` is what a follow-up refers to. ``read_filters`` is off where the dates in the
    question are not to limit it, and ``as_typed`` is on where nothing is to be put into it.
    ``filters`` are those that were set, ``limited`` those that it was answered with, and ``read``
    those of them that were read out of the question. ``token`` stands for the whole answer in
    links (see ``assistant.page.kept``); it is empty where there is none.

    A turn that a link brought has ``reopened``, and is ``waiting`` until it has been asked again;
    ``later`` is what the archive answers today, where that is something else, until it is shown.
    """

    number: int
    question: str
    answer: str = '<p class="state">Searching the archive…</p>'
    sources: str = "<h2>Sources</h2>"
    waiting: bool = True
    asked: Asked | None = None
    filters: Filters = Filters()
    read_filters: bool = True
    as_typed: bool = False
    limited: Filters = Filters()
    read: Filters = Filters()
    token: str = ""
    reopened: Reopened | None = None
    later: Answer | None = None


def conversation(turns: Sequence[Turn]) -> str:
    """The questions and answers so far. The region stays, so that what is added is read out."""
    if turns:
        inside = "".join(
            f'<section class="turn" id="turn-{turn.number}" data-turn="{turn.number}" '
            f'data-token="{render.escaped(turn.token, LONGEST)}" '
            f'aria-labelledby="question-{turn.number}" aria-busy="{str(turn.waiting).lower()}">'
            f'<h2 class="asked" id="question-{turn.number}" dir="auto">'
            f'{render.escaped(turn.question)}</h2><div class="answer">{turn.answer}</div></section>'
            for turn in turns
        )
    else:
        inside = (
            '<section class="welcome"><h2>Ask the archive</h2><p>The answer is made of the '
            "archive’s own sentences, each with the article, the date and the exact place it "
            "stands in. Where the archive does not say, you are told so.</p></section>"
        )
    return f'<div role="log" aria-live="polite" aria-label="Conversation">{inside}</div>'


def sources(turns: Sequence[Turn]) -> str:
    """The cards of every turn; only the last turn's are shown until a marker asks for others."""
    if not turns:
        return (
            '<section class="proof" aria-label="Sources"><h2>Sources</h2>'
            '<p class="note">Here stand the passages that prove each sentence.</p></section>'
        )
    return "".join(
        f'<section class="proof" data-turn="{turn.number}" aria-label="Sources"'
        f"{'' if turn is turns[-1] else ' hidden'}>{turn.sources}</section>"
        for turn in turns
    )


def not_said(answer: Answer, overview: Overview | None) -> str:
    """Why there is no answer, and what the archive covers."""
    covered = ""
    if overview and overview.first and overview.last:
        covered = (
            f'<p class="note">The archive covers {render.spoken_day(overview.first)} to '
            f"{render.spoken_day(overview.last)}.</p>"
        )
    return render.reason(answer) + covered


def limits(answer: Answer, removable: bool = True) -> str:
    """What limited the search, whether it was set or read out of the question, as chips.

    One that is removable is taken off by static/script.js, which names it by its place.
    """
    said = []
    for place, (limit, words) in enumerate(exports.limits(answer.filters)):
        told = render.escaped(words, _LONGEST_NAME)
        button = (
            f'<button type="button" data-limit="{place}" aria-label="Ask without “{told}”" '
            f'title="Ask without “{told}”">×</button>'
        )
        off = button if removable or limit != answer.read else ""
        said.append(f'<span class="chip"><span dir="auto">{told}</span>{off}</span>')
    return f'<p class="note limits">Limited to {" ".join(said)}</p>' if said else ""


def understood(answer: Answer, removable: bool = True) -> str:
    """As what a question was searched for, if not as it was typed, with the × that takes it off."""
    said = [f"Read as: {render.words(answer.standalone)}"] if render.is_filled_in(answer) else []
    said += [render.escaped(exports.searched(answer))] if answer.searched else []
    if not said:
        return ""
    off = (
        f'<button type="button" data-limit="{WHOLE}" aria-label="Ask only what I typed" '
        'title="Ask only what I typed">×</button>'
    )
    chip = f'<span class="chip"><span dir="auto">{" ".join(said)}</span>{off}</span>'
    return f'<p class="note limits">{chip if removable else " ".join(said)}</p>'


def _proof(answer: Answer, heading: str, note: str, cards: str, token: str = "") -> str:
    """What stands beside an answer; by its token there is a timeline of it, too."""
    said = f'<p class="note">{note}</p>' if note else ""
    return (
        f'<h2>{heading}</h2><p class="for" dir="auto">{render.escaped(answer.question)}</p>'
        f'{views(token) if token else _ROOM_FOR_VIEWS}<div class="relevance">{said}{cards}</div>'
        '<div class="timeline" hidden></div>'
    )


def answered(assistant: Answers, turn: Turn, history: Sequence[Asked] = ()) -> Iterator[Turn]:
    """The turn as it grows, statement by statement; ``history`` is what was asked before it.

    What is found at once stays while a language model chooses, and its choice takes its place.
    """
    key = str(turn.number)
    shown = 0
    proof = turn.sources
    chosen = False
    try:
        found = assistant.archive.search(turn.question, filters=turn.filters)
        if found and not history:
            near = Answer(turn.question, "does not say", 0.0, passages=tuple(found))
            proof = _proof(near, "Reading", _BEING_READ, render.nearest(near, opens=True))
            yield replace(turn, answer=_READING, sources=proof)
        for answer in assistant.stream(
            turn.question, turn.filters, history, turn.read_filters, as_typed=turn.as_typed
        ):
            for count in range(shown + 1, len(answer.statements) + 1):
                if count > 1:
                    time.sleep(_PAUSE)
                proof = _proof(answer, "Sources", "", render.cards(answer, key, count, opens=True))
                yield replace(turn, answer=render.statements(answer, key, count), sources=proof)
            shown = len(answer.statements)
            if assistant.model and not chosen:
                said = render.statements(answer, key) or render.reason(answer)
                yield replace(turn, answer=said + _choosing(assistant.model.name), sources=proof)
            chosen = True
        overview = assistant.archive.overview()
    except ArchiveError as error:
        yield stopped(turn, str(error))
        return
    yield completed(replace(turn, token=_token(answer, turn, overview)), answer, overview)


def completed(turn: Turn, answer: Answer, overview: Overview | None, asked: str = "") -> Turn:
    """The turn with its whole answer; ``asked`` is HTML that says when it was asked, if not now."""
    key = str(turn.number)
    # Without its dates, only what was typed could be asked: of what was kept of a follow-up, that
    # is not enough.
    removable = not asked or answer.standalone == turn.question
    remarks = understood(answer, not asked) + render.remarks(answer, key, filled_in=False)
    remarks += limits(answer, removable)
    if answer.statements:
        said = render.statements(answer, key)
        cards = render.cards(answer, key, opens=True)
        proof = _proof(answer, "Sources", "", cards, turn.token)
    else:
        near = render.NOT_EVIDENCE if answer.passages else "No article in the archive is near."
        said = not_said(answer, overview)
        cards = render.nearest(answer, opens=True)
        # Where nothing is near there is no story either.
        token = turn.token if answer.passages else ""
        proof = _proof(answer, "Nearest in the archive", near, cards, token)
    return replace(
        turn,
        answer=asked + said + remarks + (actions(turn.token) if turn.token else ""),
        sources=proof,
        waiting=False,
        asked=answer.turn,
        limited=answer.filters,
        read=answer.read,
    )


def _choosing(name: str) -> str:
    return f'<p class="state">{render.escaped(name, _LONGEST_NAME)} is choosing…</p>'


def _token(answer: Answer, turn: Turn, overview: Overview) -> str:
    # The day as the reader counts it, by the clock of this computer.
    today = datetime.now().astimezone().date()
    return token(answer, today, overview, turn.read_filters) or ""


# --- Turns that links bring --------------------------------------------------------------------


def reopened(number: int, token: str, archive: Held) -> Turn:
    """The turn that a token stands for, as it was; it waits until ``compared``.

    Raises NotReopened for what is no token, and ArchiveError.
    """
    found = reopen(token, archive)
    turn = Turn(
        number,
        found.answer.question,
        filters=found.filters,
        read_filters=found.read_filters,
        token=token,
        reopened=found,
    )
    return replace(_retold(turn, found, "Asking it again…"), waiting=True)


def compared(turn: Turn, assistant: Answers) -> Turn:
    """A reopened turn that says whether the archive answers the same today."""
    found = turn.reopened
    if found is None:
        return turn
    try:
        now = asked_again(found, assistant)
    except ArchiveError as error:
        return not_compared(turn, str(error))
    if is_same(found, now):
        return _retold(turn, found, "Today the archive answers the same.")
    return replace(_retold(turn, found, f"{_OTHERWISE} {_SHOW_TODAY}"), later=now)


def with_later(turns: tuple[Turn, ...], archive: Held) -> tuple[Turn, ...]:
    """The turns, and after them what the archive answers today to what a link had asked."""
    told = []
    added: list[Turn] = []
    overview = archive.overview()
    for turn in turns:
        if turn.later is None or turn.reopened is None:
            told.append(turn)
            continue
        told.append(replace(_retold(turn, turn.reopened, _OTHERWISE), later=None))
        following = Turn(
            turns[-1].number + 1 + len(added),
            turn.later.question,
            filters=turn.filters,
            read_filters=turn.read_filters,
        )
        following = replace(following, token=_token(turn.later, following, overview))
        added.append(completed(following, turn.later, overview))
    return (*told, *added)


def not_compared(turn: Turn, why: str) -> Turn:
    """A reopened turn that could not be asked again, and why."""
    if turn.reopened is None:
        return turn
    return _retold(turn, turn.reopened, f"It cannot be asked again: {render.escaped(why)}")


def _retold(turn: Turn, found: Reopened, today: str) -> Turn:
    asked = render.escaped(as_asked(found))
    said = f'From a link, which says: {asked} <span class="today">{today}</span>'
    return retold(turn, found, said)


def retold(turn: Turn, found: Reopened, how: str) -> Turn:
    """The turn with its answer as it was; ``how`` is HTML that says how it came to be here."""
    return completed(turn, found.answer, None, f'<p class="note reopened">{how}</p>')


def stopped(turn: Turn, reason: str) -> Turn:
    said = f'<p class="reason">{render.escaped(reason)}</p>'
    return replace(turn, answer=said, waiting=False)
