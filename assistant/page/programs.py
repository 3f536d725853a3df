"""The functions that programs can call, through Gradio's API and as MCP tools."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.events import api

from assistant import Assistant
from assistant.page.inputs import chosen_filters
from assistant.page.parts import Busy
from assistant.question import objection
from assistant.spoken import shortened
from corpus.encoding import without_halves
from index import ArchiveError, Filters
from index.passage import describe

# How many characters of one field of an article programs get at once.
_LONGEST_FIELD = 20_000
_MOST_PASSAGES = 50
_MOST_SOURCES = 500


def offer_to_programs(assistant: Assistant, busy: Busy, at_once: int) -> None:
    """Offer three functions to programs by name; Gradio documents them by their docstrings."""
    functions = _Functions(assistant, busy)
    shared: dict[str, Any] = {"concurrency_limit": at_once, "concurrency_id": "ask"}
    api(functions.ask_archive, api_name="ask", **shared)
    api(functions.search_archive, api_name="search", **shared)
    api(functions.read_article, api_name="read_article", concurrency_limit=at_once)


class _Functions:
    def __init__(self, assistant: Assistant, busy: Busy) -> None:
        self.assistant, self.busy = assistant, busy

    def ask_archive(
        self,
        question: str,
        after: str = "",
        before: str = "",
        as_of: str = "",
        sources: list[str] | None = None,
        languages: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the news archive, each sentence with the quotes that prove it.

        Where the archive does not say, "outcome" is not "answered" and "reason" says why.

        Parameters:
            question: a question about the news, of at most 1,000 characters
            after: only articles from this day on, such as 2016-08-21
            before: only articles up to this day
            as_of: only what was published by this day
            sources: only these outlets, by their names
            languages: only articles in these, such as en
        """
        with _spoken_errors(), self.busy:
            filters = self._filters(question, [after, before, as_of], sources, languages)
            answer = self.assistant.ask(without_halves(question), filters)
        return _bounded(answer.as_dict())

    def search_archive(
        self,
        query: str,
        k: int = 10,
        after: str = "",
        before: str = "",
        as_of: str = "",
        sources: list[str] | None = None,
        languages: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Find the passages of the news archive that are nearest to a query, best first.

        Parameters:
            query: words or a question, of at most 1,000 characters
            k: how many passages, from 1 to 50
            after: only articles from this day on, such as 2016-08-21
            before: only articles up to this day
            as_of: only what was published by this day
            sources: only these outlets, by their names
            languages: only articles in these, such as en
        """
        with _spoken_errors():
            if type(k) is not int or not 1 <= k <= _MOST_PASSAGES:
                raise ValueError(f"k must be a whole number from 1 to {_MOST_PASSAGES}.")
            filters = self._filters(query, [after, before, as_of], sources, languages)
            passages = self.assistant.archive.search(without_halves(query), k, filters)
        return [_bounded(passage.as_dict()) for passage in passages]

    def read_article(self, id: str, start: int = 0) -> dict[str, Any]:
        """Read an article of the news archive: what is known of it, and its text.

        Of a text of more than 20,000 characters a part is given; "end" is less than "length"
        then, and is where the next part starts.

        Parameters:
            id: the article's id, as answers and passages give it
            start: the character to begin with
        """
        with _spoken_errors():
            if type(id) is not str or type(start) is not int or start < 0:
                raise ValueError("An article's id is text, and start a number from 0 on.")
            article = self.assistant.archive.article(without_halves(id))
            if article is None:
                raise ValueError("The archive has no article of this id.")
        end = min(len(article.text), start + _LONGEST_FIELD)
        details = {"author": article.author, "language": article.language, "place": article.place}
        details["section"] = article.section
        part = {"text": article.text[start:end], "start": start, "end": end}
        return _bounded(describe(article) | details) | part | {"length": len(article.text)}

    def _filters(
        self, question: object, days: Sequence[object], sources: object, languages: object
    ) -> Filters:
        """The filters that a program asks for.

        Raises ValueError if they or the question are not valid, and ArchiveError for sources and
        languages that the archive does not have.
        """
        outlets, tags = _names(sources), _names(languages)
        texts = [question, *days]
        if outlets is None or tags is None or not all(isinstance(text, str) for text in texts):
            raise ValueError(
                "A question and days are text, and sources and languages lists of names."
            )
        if problem := objection(str(question)):
            raise ValueError(problem)
        after, before, as_of = map(str, days)
        filters = chosen_filters(after, before, as_of, outlets, tags)
        self.assistant.archive.require(filters)
        return filters


@contextmanager
def _spoken_errors() -> Iterator[None]:
    """Report a mistake of the caller, or a fault of the archive, as an error of one sentence.

    Any other error is shown in the terminal only.
    """
    try:
        yield
    except (ArchiveError, ValueError) as error:
        raise gr.Error(str(error), print_exception=False) from error


def _names(value: object) -> list[str] | None:
    """The names in a list, at most ``_MOST_SOURCES``; None if it is not a list of names."""
    names = [] if value is None else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return names[:_MOST_SOURCES]


def _bounded(fields: dict[str, Any]) -> dict[str, Any]:
    """The same fields, with every long text in them cut."""

    def cut(value: Any) -> Any:
        if isinstance(value, str):
            return shortened(value, _LONGEST_FIELD)
        if isinstance(value, dict):
            return _bounded(value)
        return [cut(part) for part in value] if isinstance(value, list) else value

    return {key: cut(value) for key, value in fields.items()}
