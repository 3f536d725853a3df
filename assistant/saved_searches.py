"""Saved searches and questions: what is new on each since somebody last looked.

They are stored in the archive, as texts named after the search; each text holds what was seen.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assistant.answer import Answer
from assistant.exports import line
from assistant.question import Question, objection
from assistant.topics import asked_topic
from assistant.wording import gettext
from index import Archive, Filters, Seen
from index.finding import Hits
from index.passage import describe

KIND = "search"
"""The archive's name for these texts."""

MOST_SAVED = 100
LISTED = 20
"""How many new articles of one search are listed."""

READ = 200
"""A question is asked of at most this many new articles, the newest ones."""


class NotSaved(ValueError):  # noqa: N818
    """A search cannot be saved; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Search:
    """Words or a question, the filters of the search, and which of its results were seen."""

    query: str
    filters: Filters
    seen: Seen

    @property
    def name(self) -> str:
        """The name under which the archive stores it."""
        return name_of(self.query, self.filters)

    @property
    def looked(self) -> datetime:
        """The time at which somebody looked last."""
        return datetime.fromisoformat(self.seen.looked).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class News:
    """What is new on a search, and what counts as ``seen`` once it is shown.

    Words are looked for in all new articles: ``hits`` are those that have every word, newest first.
    A question is asked of the new articles alone: ``answer`` is set if they answer it, and
    ``unread`` is the number of older ones of which it was not asked. If it was not ``asked`` at
    all, ``unread`` is the number of which it can be.
    """

    search: Search
    seen: Seen
    hits: Hits | None = None
    answer: Answer | None = None
    unread: int = 0
    asked: bool = True

    def __bool__(self) -> bool:
        return bool(self.answer or (self.hits and self.hits.total))

    def as_dict(self) -> dict[str, Any]:
        """The news as ``--json`` prints them."""
        passages = self.hits.passages if self.hits else ()
        return {
            "query": self.search.query,
            "filters": self.search.filters.as_dict(),
            "since": self.search.seen.looked,
            "total": self.hits.total if self.hits else 0,
            "articles": [describe(passage.article) for passage in passages],
            "answer": self.answer.as_dict() if self.answer else None,
            "unread": self.unread,
        }


def saved(archive: Archive) -> list[Search]:
    """All saved searches, ordered by their words."""
    searches = []
    for name, content in archive.truth.papers(KIND).items():
        # A text that something else wrote is skipped.
        with suppress(ValueError, TypeError):
            searches.append(_search(name, content))
    return sorted(searches, key=lambda search: search.query.casefold())


def save(archive: Archive, query: str, filters: Filters) -> None:
    """Save a search: articles that arrive from now on are new. A saved search stays as it was.

    Raises NotSaved if it cannot be asked or can never find anything new, or if too many are saved.
    """
    if problem := objection(line(query)):
        raise NotSaved(problem)
    if Question(line(query)).is_keywords and not archive.query_words(query):
        raise NotSaved(gettext("None of these words is searched: add one that tells more."))
    if filters.as_of:
        raise NotSaved("What was known on a day that is past is never new: leave out --as-of.")
    seen = json.dumps(archive.seen())

    def content_to_save(content: str | None) -> str:
        if content is None and len(archive.truth.papers(KIND)) >= MOST_SAVED:
            raise NotSaved(
                gettext(
                    "There are %(num)s saved searches, and no more are kept: remove one.",
                    num=MOST_SAVED,
                )
            )
        return content or seen

    archive.truth.change_paper(KIND, name_of(query, filters), content_to_save)


def words_of(query: str) -> str:
    """The words to look for: of "Tell me about the strike" those of its topic."""
    topic = asked_topic(query)
    return topic.name if topic else query


def look(archive: Archive, name: str, seen: Seen) -> None:
    """Record that what was new on a search was seen; a search no longer saved is left alone.

    What was seen before stays seen, and nothing counts as seen that has not arrived yet.
    """
    now = archive.seen()

    def updated(content: str | None) -> str | None:
        if content is None:
            return None
        times = zip(json.loads(content), seen, now, strict=True)
        return json.dumps([max(before, min(then, at_most)) for before, then, at_most in times])

    archive.truth.change_paper(KIND, name, updated)


def remove(archive: Archive, name: str) -> bool:
    """Delete a saved search; returns whether it was saved."""
    was_saved = name in archive.truth.papers(KIND)
    archive.truth.change_paper(KIND, name, lambda _: None)
    return was_saved


def name_of(query: str, filters: Filters) -> str:
    """The name under which the archive stores a search: the search itself as JSON."""
    limits = {name: value for name, value in filters.as_dict().items() if name != "articles"}
    return json.dumps([line(query), limits], ensure_ascii=False, sort_keys=True)


def news(archive: Archive, search: Search, ask: Callable[[str, Filters], Answer] | None) -> News:
    """What is new on a search since somebody last looked at it.

    Answering a question takes a while: without ``ask``, such as an assistant's method, the new
    articles are only counted.
    """
    # An article that is stored from here on may be shown now, and is new the next time as well.
    seen = archive.seen()
    if Question(search.query).is_keywords:
        words = words_of(search.query)
        hits = archive.hits(words, search.filters, "newest", 0, LISTED, search.seen)
        # An article with only some of the words is no result.
        return News(search, seen, hits if hits.how == "every word" else None)
    new = archive.hits("", search.filters, "newest", 0, READ if ask else 0, search.seen)
    if not new.total or not ask:
        return News(search, seen, unread=new.total, asked=not new.total)
    ids = tuple(passage.article.id for passage in new.passages)
    answer = ask(search.query, replace(search.filters, articles=ids))
    # Among few articles the nearest sentence may be far off: a doubtful answer is no news.
    is_answered = answer.outcome == "answered" and not answer.hedged
    return News(search, seen, None, answer if is_answered else None, new.total - len(ids))


def _search(name: str, content: str) -> Search:
    """The search that a text of the archive stands for; raises ValueError or TypeError if none."""
    query, limits = json.loads(name)
    if not isinstance(query, str) or not isinstance(limits, dict):
        raise ValueError(name)
    seen = Seen(*json.loads(content))
    datetime.fromisoformat(seen.looked)
    return Search(query, Filters(**limits), seen)
