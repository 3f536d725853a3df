"""What a search takes and what it returns."""

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
"""Characters that a person types to search for: as many as a question has."""

_NAMES = {"sources": "BasNews", "languages": "en", "articles": "ferry"}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a search may see; every bound is inclusive, None or empty means any.

    Articles without a known date pass no date bound. ``sources`` and ``languages`` (such as "en")
    are compared without regard to case; ``articles`` are ids. ``as_of`` asks what the archive said
    on that day: an article of which it is not sure that it was out by then is not seen. A day may
    be written "2016-08-21", and one name stand for a tuple of it. What the archive does not have,
    or days that are the wrong way round, let nothing through: ``Archive.overview`` says what it
    has. Raises TypeError or ValueError for what is no day or no name.
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
        for name, example in _NAMES.items():
            names = checks.several(name, getattr(self, name), str, f"text such as {example!r}")
            object.__setattr__(self, name, names)

    def __bool__(self) -> bool:
        return self != _ANY

    def as_dict(self) -> dict[str, Any]:
        """Those that are set, as ``--json`` prints them."""
        return {
            field.name: value.isoformat() if isinstance(value, date) else list(value)
            for field in fields(self)
            if (value := getattr(self, field.name))
        }


_ANY = Filters()


def check(name: str, query: object, filters: object) -> None:
    """Raise TypeError unless a query, called so, is text, and filters are ``Filters`` or None."""
    checks.must_be(name, query, str, "text such as 'harbour talks'")
    if filters is not None:
        checks.must_be("filters", filters, Filters, "Filters such as Filters(languages='en')")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article that a search found: ``article.text[start:end] == text``.

    ``score`` orders the passages of one search and means nothing across searches. ``why`` gives,
    for each channel that found it, that channel's own score: the cosine, or BM25, or what the
    reranker gave it. ``copies`` are the other articles that carry the same agency text, cut or
    changed, the earliest first: all together are one source.
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
    """A list of passages, best first, that shows itself in a notebook."""

    def _repr_html_(self) -> str:
        return TEMPLATES.get_template("passages.html").render(passages=self)


def describe(article: Article) -> dict[str, str | int | None]:
    """The fields of an article that programs are given beside a passage or a citation."""
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "published": str(article.published) if article.published else None,
        "url": article.url,
        "version": article.version,
        # What an article from elsewhere contradicts says so.
        **({"claims": article.claims} if article.claims else {}),
    }


def credit(article: Article) -> str:
    """Source and date as a reader is shown them: ``BasNews, 2016-08-21``."""
    # The day in the publisher's calendar, or the month or year where no more is known.
    known = [article.source, str(article.published)[:10] if article.published else None]
    line = ", ".join(part for part in known if part) or "source and date unknown"
    return f"{line}; another source has another text of it" if article.claims else line


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
)
TEMPLATES.filters["credit"] = credit
