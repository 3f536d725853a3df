"""What the assistant says: statements, each with the words of the archive that prove it."""

from dataclasses import dataclass
from typing import Any, Literal

from corpus import Article
from index import Passage
from index.passage import describe

Outcome = Literal[
    "answered", "nothing found", "outside the dates", "name never appears", "does not say"
]


@dataclass(frozen=True, slots=True)
class Citation:
    """The words that prove a statement: ``quote == article.text[start:end]``, to the letter."""

    marker: int
    article: Article
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.article.text[self.start : self.end]

    def as_dict(self) -> dict[str, Any]:
        return {
            "marker": self.marker,
            "article": describe(self.article),
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the answer and, from 0 to 1, how well its citations support it."""

    text: str
    citations: tuple[Citation, ...]
    support: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "support": round(self.support, 4),
            "citations": [citation.as_dict() for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, or why there is none.

    ``statements`` is empty unless ``outcome`` is "answered"; ``reason`` then says in one sentence
    why not. ``support`` (0 to 1) says how well the archive answers the question, and is given in
    either case. ``passages`` are the nearest the archive has, best first.
    """

    question: str
    outcome: Outcome
    support: float
    statements: tuple[Statement, ...] = ()
    passages: tuple[Passage, ...] = ()
    reason: str = ""

    @property
    def text(self) -> str:
        """The answer as prose with its markers, or the reason why there is none."""
        if not self.statements:
            return self.reason
        return " ".join(
            statement.text + "".join(f" [{citation.marker}]" for citation in statement.citations)
            for statement in self.statements
        )

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, in the order of their markers."""
        by_marker = {c.marker: c for statement in self.statements for c in statement.citations}
        return tuple(by_marker[marker] for marker in sorted(by_marker))

    def as_dict(self) -> dict[str, Any]:
        """The answer as ``--json`` prints it."""
        return {
            "question": self.question,
            "outcome": self.outcome,
            "support": round(self.support, 4),
            "text": self.text,
            "statements": [statement.as_dict() for statement in self.statements],
            "passages": [passage.as_dict() for passage in self.passages],
        }

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from assistant.rendering import as_notebook

        return as_notebook(self)
