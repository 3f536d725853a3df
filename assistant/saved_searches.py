"""Saved searches and questions: what is new on each since somebody last looked.

They are kept in the archive, as texts named after what is searched for; each holds what was seen.
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
from assistant.wording import gettext
from index import Archive, Filters, Seen
from index.finding import Hits
from index.passage import describe

KIND = "search"
"""What the archive calls these texts."""

MOST_SAVED = 100
LISTED = 20
"""How many new articles are listed of one search."""

READ = 200
"""In how many new articles, the newest, a question is asked."""


class NotSaved(ValueError):  # noqa: N818
    """A search cannot be saved; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Search:
    """Words or a question, the limits of the search, and what of its results was seen."""

    query: str
    filters: Filters
    seen: Seen

    @property
    def name(self) -> str:
        """What the archive keeps it under."""
        return name_of(self.query, self.filters)

    @property
    def looked(self) -> datetime:
        """When somebody looked last."""
        return datetime.fromisoformat(self.seen.looked).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class News:
    """What is new on a search, and what whoever is shown it has ``seen`` then.

    Words are looked for in all new articles: ``hits`` are those that have every one of them, the
    newest first. A question is asked of the new articles alone: ``answer`` is there if they answer
    it, and ``unread`` says of how many, the older ones, it was not asked; where it was not
    ``asked`` at all, of how many it can be.
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
    """All saved searches, in the order of their words."""
    searches = []
    for name, content in archive.truth.papers(KIND).items():
        # What something else wrote there spoils no other.
        with suppress(ValueError, TypeError):
            searches.append(_search(name, content))
    return sorted(searches, key=lambda search: search.query.casefold())


def save(archive: Archive, query: str, filters: Filters) -> None:
    """Save a search: what comes from now on is new. One that is saved already stays as it was.

    Raises NotSaved for what cannot be asked, or never has anything new, and where too many are.
    """
    if problem := objection(line(query)):
        raise NotSaved(problem)
    if Question(line(query)).is_keywords and not archive.query_words(query):
        raise NotSaved(gettext("None of these words is searched: add one that tells more."))
    if filters.as_of:
        raise NotSaved("What was known on a day that is past is never new: leave out --as-of.")
    seen = json.dumps(archive.seen())

    def saved_now(content: str | None) -> str:
        if content is None and len(archive.truth.papers(KIND)) >= MOST_SAVED:
            raise NotSaved(
                gettext(
                    "There are %(num)s saved searches, and no more are kept: remove one.",
                    num=MOST_SAVED,
                )
            )
        return content or seen

    archive.truth.change_paper(KIND, name_of(query, filters), saved_now)


def look(archive: Archive, name: str, seen: Seen) -> None:
    """Somebody has seen what was new on a search; one that is not saved any more is left alone.

    What was seen already stays so, and nothing is seen that is still to come.
    """
    now = archive.seen()

    def looked(content: str | None) -> str | None:
        if content is None:
            return None
        times = zip(json.loads(content), seen, now, strict=True)
        return json.dumps([max(before, min(then, at_most)) for before, then, at_most in times])

    archive.truth.change_paper(KIND, name, looked)


def remove(archive: Archive, name: str) -> bool:
    """Save a search no longer; whether it was saved."""
    was_saved = name in archive.truth.papers(KIND)
    archive.truth.change_paper(KIND, name, lambda _: None)
    return was_saved


def name_of(query: str, filters: Filters) -> str:
    """The name under which the archive keeps a search: the search itself."""
    limits = {name: value for name, value in filters.as_dict().items() if name != "articles"}
    return json.dumps([line(query), limits], ensure_ascii=False, sort_keys=True)


def news(archive: Archive, search: Search, ask: Callable[[str, Filters], Answer] | None) -> News:
    """What is new on a search since it was last looked at.

    A question takes a while: without ``ask``, such as an assistant's, only the articles that came
    in are counted.
    """
    # What is stored from here on may be shown now, and is new the next time as well.
    seen = archive.seen()
    if Question(search.query).is_keywords:
        hits = archive.hits(search.query, search.filters, "newest", 0, LISTED, search.seen)
        # What has some of the words only is not what was looked for.
        return News(search, seen, hits if hits.how == "every word" else None)
    new = archive.hits("", search.filters, "newest", 0, READ if ask else 0, search.seen)
    if not new.total or not ask:
        return News(search, seen, unread=new.total, asked=not new.total)
    ids = tuple(passage.article.id for passage in new.passages)
    answer = ask(search.query, replace(search.filters, articles=ids))
    # Of few articles the nearest sentence may be far: what hardly answers is no news.
    is_answered = answer.outcome == "answered" and not answer.hedged
    return News(search, seen, None, answer if is_answered else None, new.total - len(ids))


def _search(name: str, content: str) -> Search:
    """The search that a text of the archive stands for; ValueError or TypeError if it is none."""
    query, limits = json.loads(name)
    if not isinstance(query, str) or not isinstance(limits, dict):
        raise ValueError(name)
    seen = Seen(*json.loads(content))
    datetime.fromisoformat(seen.looked)
    return Search(query, Filters(**limits), seen)
