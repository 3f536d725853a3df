"""Conversations that the browser keeps, and that go on where they were.

The browser keeps questions and the tokens of their answers (see ``assistant.page.kept``), and no
text of an article; the server keeps nothing. static/conversations.js does the keeping.
"""

from dataclasses import replace
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from assistant.page.kept import LONGEST, NotReopened, reopen
from assistant.page.links import as_asked
from assistant.page.protocols import Held
from assistant.page.turns import Retold, Turn, retold, stopped
from assistant.question import objection
from assistant.wording import gettext, message
from index import ArchiveError

MOST_TURNS = 50
"""How many turns a conversation has at most, on the page and in the browser; older ones go."""

_NOT_KEPT = message("This answer was not kept; ask again to see what the archive says.")

_Sent = list[tuple[str, Annotated[str, Field(max_length=LONGEST)]]]


def continued(sent: str, archive: Held, may_keep: bool = False) -> tuple[Turn, ...]:
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
        _as_kept(Turn(number, question, token=token, may_keep=may_keep), archive)
        for number, (question, token) in enumerate(asked[-MOST_TURNS:], 1)
    )


def _as_kept(turn: Turn, archive: Held) -> Turn:
    try:
        earlier = reopen(turn.token, archive)
    except NotReopened:
        return stopped(turn, gettext(_NOT_KEPT))
    except ArchiveError as error:
        return stopped(turn, str(error))
    # A link holds the whole question; what was typed is the browser's own.
    earlier = replace(earlier, answer=replace(earlier.answer, question=turn.question))
    turn = replace(turn, filters=earlier.filters, read_filters=earlier.read_filters)
    return retold(turn, earlier, Retold(as_asked(earlier)))
