"""Conversations that the browser stores: they can be continued and searched.

The browser stores questions and the tokens of their answers (see ``assistant.page.kept``), but no
text of articles; static/conversations.js does that, and the server stores nothing. So only the
server can search the answers, in the words that the archive has for them today.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import FastAPI, Form
from pydantic import Field, TypeAdapter, ValidationError
from starlette.responses import JSONResponse

from assistant.page.kept import LONGEST, NotReopened, reopen
from assistant.page.site import ALONE, Site
from assistant.page.turns import ChatTurn, retold, stopped
from assistant.question import objection
from assistant.wording import gettext, message
from index import Archive, ArchiveError
from index.words import words

MOST_TURNS = 50
"""The most turns of a conversation, on the page and in the browser; older ones are dropped."""

MOST_SEARCHED = 30
"""How many answers one request can search; static/conversations.js sends no more."""

_NOT_KEPT = message("This answer was not kept; ask again to see what the archive says.")

_Sent = list[tuple[str, Annotated[str, Field(max_length=LONGEST)]]]


def continued(sent: str, archive: Archive, site: Site = ALONE) -> tuple[ChatTurn, ...]:
    """The turns of a conversation that a browser stored, in the archive's own words.

    ``sent`` is JSON: a list of questions, each with the token of its answer. A browser may send
    anything: if a token has no answer, its turn says so; anything but such a list gives no turns.
    """
    try:
        pairs = TypeAdapter(_Sent).validate_json(sent, strict=True)
    except ValidationError:
        return ()
    valid = [(question, token) for question, token in pairs if not objection(question)]
    return tuple(
        _with_answer(ChatTurn(number, question, token=token, site=site), archive)
        for number, (question, token) in enumerate(valid[-MOST_TURNS:], 1)
    )


def _with_answer(turn: ChatTurn, archive: Archive) -> ChatTurn:
    try:
        earlier = reopen(turn.token, archive)
    except NotReopened:
        return stopped(turn, gettext(_NOT_KEPT))
    except ArchiveError as error:
        return stopped(turn, str(error))
    # A token holds the completed question; the browser has it as it was typed.
    earlier = replace(earlier, answer=replace(earlier.answer, question=turn.question))
    return retold(turn, earlier)


def serve_conversations(app: FastAPI, archive: Archive) -> None:
    """Serve /conversations, which searches the answers that tokens stand for."""

    @app.post("/conversations")
    def search(
        sought: Annotated[str, Form(max_length=200)],
        answer: Annotated[list[str], Form(max_length=MOST_SEARCHED)],
    ) -> JSONResponse:
        """The positions, from 0, of the answers that have all the words."""
        positions = [at for at, token in enumerate(answer) if has_words(sought, token, archive)]
        return JSONResponse(positions, headers={"Cache-Control": "no-store"})


def has_words(sought: str, token: str, archive: Archive) -> bool:
    """Whether a question and the sentences that answered it have all the words, in any form.

    The archive of now is searched: nothing is found in an article that was withdrawn.
    """
    try:
        answer = reopen(token, archive).answer
    except NotReopened:
        return False
    sentences = [statement.text for statement in answer.statements]
    query_words = set(words(sought))
    return bool(query_words) and query_words <= set(words(" ".join([answer.question, *sentences])))
