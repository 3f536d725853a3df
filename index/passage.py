"""The filters that a search takes, and the passages that it returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader

from corpus import Article
from index import checks

Channel = Literal["dense", "lexical", "reranker"]

LONGEST_QUERY = 1_000
"""The most characters that a person may type into a search, the same as for a question."""

_EXAMPLES = {"sources": "BasNews", "languages": "en", "articles": "ferry"}


@dataclass(frozen=True, slots=True)
class Filters:
    """The articles that a search may see; every bound is inclusive, None or empty means any.

    Articles without a known date pass no date bound. ``sources`` and ``languages`` (such as "en")
    are compared without regard to case; ``articles`` are ids. ``as_of`` admits only articles that
    were certainly published by that day. A day may be a string such as "2016-08-21", and a single
    name stands for a tuple of one. Nothing passes a source or language that the archive lacks
    (``Archive.overview`` lists those it has), or an ``after`` later than ``before``. Raises
    TypeError or ValueError for a value that is no day or no name.
    """

    after: date | None = None
    before: date | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    as_of: date | None = None
    articles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("after", "before", "as_of"):
            object.__setattr__(self, name, checks.day(name, getattr(self, name)))
        for name, example in _EXAMPLES.items():
            names = checks.several(name, getattr(self, name), str, f"text such as {example!r}")
            object.__setattr__(self, name, names)

    def __bool__(self) -> bool:
        return self != _ANY

    def as_dict(self) -> dict[str, Any]:
        """The filters that are set, as ``--json`` prints them."""
        return {
            field.name: value.isoformat() if isinstance(value, date) else list(value)
            for field in fields(self)
            if (value := getattr(self, field.name))
        }


_ANY = Filters()


def check(name: str, query: object, filters: object) -> None:
    """Raise TypeError unless the query ``name`` is text, and filters are ``Filters`` or None."""
    checks.must_be(name, query, str, "text such as 'harbour talks'")
    if filters is not None:
        checks.must_be("filters", filters, Filters, "Filters such as Filters(languages='en')")


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of an article that a search found: ``article.text[start:end] == text``.

    ``score`` orders the passages of one search and means nothing across searches. ``why`` holds
    the score of each channel that found the passage: the cosine, BM25, or the reranker's score.
    ``copies`` are the other articles that carry the same agency text, perhaps cut or changed, the
    earliest first. All of them together count as one source.
    """

    article: Article
    start: int
    end: int
    score: float
    why: Mapping[Channel, float] = field(default_factory=dict)
    copies: tuple[Article, ...] = ()

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    def as_dict(self) -> dict[str, Any]:
        """The passage as ``--json`` prints it."""
        return {
            "article": describe(self.article),
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "score": self.score,
            "copies": [describe(article) for article in self.copies],
        }

    def _repr_html_(self) -> str:
        return TEMPLATES.get_template("passages.html").render(passage=self)


class Passages(list[Passage]):
    """A list of passages, best first, that renders as HTML in a notebook."""

    def _repr_html_(self) -> str:
        return TEMPLATES.get_template("passages.html").render(passages=self)


def describe(article: Article) -> dict[str, str | int | None]:
    """The fields of an article in JSON, beside a passage or a citation."""
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "published": str(article.published) if article.published else None,
        "url": article.url,
        "version": article.version,
        # The id of the article whose text this one, from another source, contradicts.
        **({"claims": article.claims} if article.claims else {}),
    }


def credit(article: Article) -> str:
    """Source and date for a reader, such as ``BasNews, 2016-08-21``."""
    # The day in the publisher's calendar, or the month or year if no more is known.
    parts = [article.source, str(article.published)[:10] if article.published else None]
    line = ", ".join(part for part in parts if part) or "source and date unknown"
    return f"{line}; another source has another text of it" if article.claims else line


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
)
TEMPLATES.filters["credit"] = credit
