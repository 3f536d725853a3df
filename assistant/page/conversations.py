"""Conversations that the browser keeps, that go on where they were, and that can be searched.

The browser keeps questions and the tokens of their answers (see ``assistant.page.kept``), and no
text of an article; the server keeps nothing. static/conversations.js does the keeping. So it is
the server that looks for words in answers, in what the archive shows of them today.
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
"""How many turns a conversation has at most, on the page and in the browser; older ones go."""

MOST_SEARCHED = 30
"""How many answers one request can have searched; static/conversations.js sends no more."""

_NOT_KEPT = message("This answer was not kept; ask again to see what the archive says.")

_Sent = list[tuple[str, Annotated[str, Field(max_length=LONGEST)]]]


def continued(sent: str, archive: Archive, site: Site = ALONE) -> tuple[ChatTurn, ...]:
    """The turns of a conversation as a browser kept it, in the archive's own words.

    ``sent`` is JSON: a list of questions, each with the token of its answer. What was kept in a
    browser may have become anything: where there is no answer to a token, its turn says so, and
    what is no such list is no turn.
    """
    try:
        pairs = TypeAdapter(_Sent).validate_json(sent, strict=True)
    except ValidationError:
        return ()
    asked = [(question, token) for question, token in pairs if not objection(question)]
    return tuple(
        _as_kept(ChatTurn(number, question, token=token, site=site), archive)
        for number, (question, token) in enumerate(asked[-MOST_TURNS:], 1)
    )


def _as_kept(turn: ChatTurn, archive: Archive) -> ChatTurn:
    try:
        earlier = reopen(turn.token, archive)
    except NotReopened:
        return stopped(turn, gettext(_NOT_KEPT))
    except ArchiveError as error:
        return stopped(turn, str(error))
    # A link holds the whole question; what was typed is the browser's own.
    earlier = replace(earlier, answer=replace(earlier.answer, question=turn.question))
    turn = replace(turn, filters=earlier.filters, read_filters=earlier.read_filters)
    return retold(turn, earlier)


def serve_conversations(app: FastAPI, archive: Archive) -> None:
    """Serve /conversations, which looks for words in the answers to tokens."""

    @app.post("/conversations")
    def search(
        sought: Annotated[str, Form(max_length=200)],
        answer: Annotated[list[str], Form(max_length=MOST_SEARCHED)],
    ) -> JSONResponse:
        """The numbers, from 0, of those that have all the words in question and sentences."""
        having = [at for at, token in enumerate(answer) if has_words(sought, token, archive)]
        return JSONResponse(having, headers={"Cache-Control": "no-store"})


def has_words(sought: str, token: str, archive: Archive) -> bool:
    """Whether all the words stand in a question and the sentences that answered it, in some form.

    What has become of the archive since counts: of an article that is withdrawn nothing is found.
    """
    try:
        answer = reopen(token, archive).answer
    except NotReopened:
        return False
    sentences = [statement.text for statement in answer.statements]
    wanted = set(words(sought))
    return bool(wanted) and wanted <= set(words(" ".join([answer.question, *sentences])))
