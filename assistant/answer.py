"""What the assistant says: statements, each with the words of the archive that prove it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, ClassVar, Literal

from assistant.grammar import is_pronoun, says_yes_or_no
from assistant.question import Question
from corpus import Article
from index import Filters, Passage
from index.passage import describe
from index.words import words

Outcome = Literal[
    "answered",
    "counted",
    "nothing found",
    "outside the dates",
    "name never appears",
    "does not say",
]


LONGEST_SHORT = 12
"""Of how many words a short answer is at the most."""


@dataclass(frozen=True, slots=True)
class DatedWords:
    """Words that say a day from where they stand, "on Tuesday", and which day or days it is.

    Offsets are into the article's text, both days inclusive.
    """

    start: int
    end: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Citation:
    """The words that prove a statement: ``quote == article.text[start:end]``, to the letter.

    ``marks`` are the words in it that were asked for, as offsets into the article's text;
    ``dated`` the days that its relative dates stand for. ``copies`` are further articles with
    the same agency text, which are one source with this one.
    """

    marker: int
    article: Article
    start: int
    end: int
    marks: tuple[tuple[int, int], ...] = ()
    dated: tuple[DatedWords, ...] = ()
    copies: tuple[Article, ...] = ()

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
            "marks": [list(mark) for mark in self.marks],
            "dated": [
                asdict(words) | {"first": words.first.isoformat(), "last": words.last.isoformat()}
                for words in self.dated
            ],
            "copies": [describe(article) for article in self.copies],
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation, in full, and what answered it; nothing if refused."""

    question: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the answer, and from 0 to 1 how well it supports that.

    It has no words but those of its first citation; the others have the same in other articles.
    ``side`` are words of the question: which side of it the sentence is about, if it has sides.
    """

    citations: tuple[Citation, ...]
    support: float
    side: str = ""

    @property
    def text(self) -> str:
        return self.citations[0].quote

    def renamed(self, markers: Mapping[int, int]) -> "Statement":
        """The same with other markers, to stand beside another answer."""
        renamed = [replace(cited, marker=markers[cited.marker]) for cited in self.citations]
        return replace(self, citations=tuple(renamed))

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "support": round(self.support, 4),
            "side": self.side,
            "citations": [citation.as_dict() for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """Sources that do not agree: each value as it is written, with the markers that say it."""

    values: tuple[tuple[str, tuple[int, ...]], ...]

    def renamed(self, markers: Mapping[int, int]) -> "Difference":
        """The same with other markers."""
        return Difference(
            tuple((value, tuple(markers[marker] for marker in by)) for value, by in self.values)
        )


@dataclass(frozen=True, slots=True)
class Short:
    """The words that answer, within the quote that proves them, and its marker.

    ``text == article.text[start:end]`` of the article that the citation with this marker cites.
    ``days`` are the first and the last day that a relative date in it stands for, "Thursday".
    """

    text: str
    marker: int
    start: int
    end: int
    days: tuple[date, date] | None = None

    def as_dict(self) -> dict[str, Any]:
        days = [day.isoformat() for day in self.days] if self.days else None
        return asdict(self) | {"days": days}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, or why there is none.

    ``statements`` is empty unless ``outcome`` is "answered"; ``reason`` then says in one sentence
    why not, or, where articles were "counted", how many there are. Where articles are listed
    rather than a question answered, it says above the statements what they are.
    ``support`` (0 to 1) says how well the archive answers the question, and is given in
    either case; ``hedged`` that it is an answer which had better be checked. ``passages`` are the
    nearest the archive has, best first.

    ``standalone`` is the question with what a conversation had said before, as it was searched
    for; ``filters`` all that were in force, and ``read`` those of them that were read out of the
    question. ``matched`` are the names of the question that the archive spells otherwise, with
    its spellings. ``differences`` tell where sources disagree. ``notes`` are sentences for the
    reader about how the answer was made, such as that a language model chose the sentences.
    ``searched`` is what such a model searched for beside the question. The package ``assistant``
    sets how a notebook shows it.
    """

    _repr_html_: ClassVar[Callable[["Answer"], str]]

    question: str
    outcome: Outcome
    support: float
    statements: tuple[Statement, ...] = ()
    passages: tuple[Passage, ...] = ()
    reason: str = ""
    hedged: bool = False
    standalone: str = ""
    filters: Filters = Filters()
    read: Filters = Filters()
    matched: tuple[tuple[str, tuple[str, ...]], ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """The question as it was searched for, which may be more than what was typed."""
        return self.standalone or self.question

    @property
    def text(self) -> str:
        """The answer as prose with its markers, or the reason why there is none."""
        sentences = [
            statement.text + "".join(f" [{citation.marker}]" for citation in statement.citations)
            for statement in self.statements
        ]
        return " ".join([self.reason, *sentences] if self.reason else sentences)

    @property
    def short(self) -> Short | None:
        """The words of the first statement that answer, where they are few.

        None where all of it answers, as where nothing is asked, and where several sides are. Words
        of the question are no answer to it, unless it leaves a choice, nor is "he"; nor a bare
        name or number to what yes or no answers.
        """
        question = Question(self.whole)
        # Of a follow-up that was read together with the question before it, it is the last one.
        is_settled = Question(question.text.rpartition("? ")[2]).is_settled
        if question.is_keywords:
            return None
        asked = set() if " or " in question.text else set(words(question.text))
        has_sides = len({statement.side for statement in self.statements}) > 1
        for statement in () if has_sides else self.statements[:1]:
            citation = statement.citations[0]
            for start, end in citation.marks[:1]:
                text = citation.article.text[start:end]
                own = words(text)
                is_asked = bool(own) and asked.issuperset(own)
                if is_asked or len(text.split()) > LONGEST_SHORT:
                    return None
                place = citation.quote, start - citation.start, end - citation.start
                if is_pronoun(*place) or (is_settled and not says_yes_or_no(*place)):
                    return None
                if len(text) < len(citation.quote) * 0.8:
                    inside = (
                        (dated.first, dated.last)
                        for dated in citation.dated
                        if dated.start < end and start < dated.end
                    )
                    return Short(text, citation.marker, start, end, next(inside, None))
        return None

    @property
    def turn(self) -> Turn:
        """What a later question of the same conversation may refer to."""
        return Turn(self.whole, self.citations)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, in the order of their markers."""
        by_marker = {c.marker: c for statement in self.statements for c in statement.citations}
        return tuple(by_marker[marker] for marker in sorted(by_marker))

    @property
    def nearest(self) -> tuple[Passage, ...]:
        """The best passage of each article, best first."""
        best: dict[str, Passage] = {}
        for passage in self.passages:
            best.setdefault(passage.article.id, passage)
        return tuple(best.values())

    def as_dict(self) -> dict[str, Any]:
        """The answer as ``--json`` prints it."""
        return {
            "question": self.question,
            "outcome": self.outcome,
            "support": round(self.support, 4),
            "text": self.text,
            "short": self.short.as_dict() if self.short else None,
            "statements": [statement.as_dict() for statement in self.statements],
            "passages": [passage.as_dict() for passage in self.passages],
            "reason": self.reason,
            "hedged": self.hedged,
            "standalone": self.whole,
            "filters": self.filters.as_dict(),
            "read": self.read.as_dict(),
            "matched": {name: list(spellings) for name, spellings in self.matched},
            "differences": [
                [{"value": value, "markers": list(markers)} for value, markers in difference.values]
                for difference in self.differences
            ],
            "notes": list(self.notes),
            "searched": list(self.searched),
        }

    def __str__(self) -> str:
        return self.text
