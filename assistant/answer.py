"""An answer: statements, each with the quote from the archive that proves it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, ClassVar, Literal

from assistant.grammar import has_no_content, says_yes_or_no
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
"""The most words that a short answer has."""


@dataclass(frozen=True, slots=True)
class DatedWords:
    """A relative date in an article, "on Tuesday", and the day or days that it stands for.

    Offsets are into the article's text. ``first`` and ``last`` are both inclusive.
    """

    start: int
    end: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Citation:
    """The quote that proves a statement: ``quote == article.text[start:end]``, to the letter.

    ``marks`` are the spans in it that were asked for, as offsets into the article's text. ``dated``
    are its relative dates with the days that they stand for. ``copies`` are other articles with the
    same agency text, which count as one source with this article.
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
    """An earlier question of a conversation, in full, with the citations of its answer, if any."""

    question: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of the answer, with its support from 0 to 1.

    Its text is the quote of its first citation; the others quote the same words from other
    articles. ``side`` is the side of the question that it is about, in the question's words, if
    there are sides.
    """

    citations: tuple[Citation, ...]
    support: float
    side: str = ""

    @property
    def text(self) -> str:
        return self.citations[0].quote

    def renamed(self, markers: Mapping[int, int]) -> "Statement":
        """A copy with other markers, so that it can stand beside another answer."""
        citations = [replace(cited, marker=markers[cited.marker]) for cited in self.citations]
        return replace(self, citations=tuple(citations))

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "support": round(self.support, 4),
            "side": self.side,
            "citations": [citation.as_dict() for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """Sources that disagree: each value as it is written, with the markers of its citations."""

    values: tuple[tuple[str, tuple[int, ...]], ...]

    def renamed(self, markers: Mapping[int, int]) -> "Difference":
        """A copy with other markers."""
        return Difference(
            tuple((value, tuple(markers[marker] for marker in by)) for value, by in self.values)
        )


@dataclass(frozen=True, slots=True)
class Short:
    """The few words that answer, and the marker of the quote that contains them.

    ``text == article.text[start:end]`` of the article that the citation with this marker cites.
    ``days`` are the first and the last day of a relative date in the text, such as "Thursday".
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
    """The answer to one question, or the reason why there is none.

    ``statements`` is empty unless ``outcome`` is "answered". If it is empty, ``reason`` says in one
    sentence why, or how many articles there are if they were "counted". If articles are listed
    rather than a question answered, it says above the statements what they are. ``support`` (0 to
    1) says in every case how well the archive answers the question; ``hedged`` means that the
    answer had better be checked. ``passages`` are the nearest in the archive, best first.

    ``standalone`` is the question as it was searched for, completed from the conversation.
    ``filters`` are all filters in force; ``read`` are those that were read out of the question.
    ``matched`` are the names of the question that the archive spells otherwise, with its spellings.
    ``differences`` are the values on which sources disagree. ``notes`` tell the reader how the
    answer was made, for example that a language model chose the sentences. ``searched`` is what
    that model searched for beside the question. The package ``assistant`` sets how a notebook shows
    an answer.
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
        """The question as it was searched for, which may be longer than what was typed."""
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
        """The words of the first statement that answer the question, if they are few.

        None if the whole sentence answers, if nothing is asked, or if there are several sides. Also
        None if the words repeat the question (unless it offers a choice), if they are a pronoun
        such as "he", and if they are a bare name or number where yes or no is asked for.
        """
        question = Question(self.whole)
        # A follow-up may be read together with the question before it; the last question counts.
        is_settled = Question(question.text.rpartition("? ")[2]).is_settled
        if question.is_keywords:
            return None
        question_words = set() if " or " in question.text else set(words(question.text))
        has_sides = len({statement.side for statement in self.statements}) > 1
        for statement in () if has_sides else self.statements[:1]:
            citation = statement.citations[0]
            for start, end in citation.marks[:1]:
                text = citation.article.text[start:end]
                answer_words = words(text)
                repeats_question = bool(answer_words) and question_words.issuperset(answer_words)
                if repeats_question or len(text.split()) > LONGEST_SHORT:
                    return None
                quote_span = citation.quote, start - citation.start, end - citation.start
                if has_no_content(*quote_span) or (is_settled and not says_yes_or_no(*quote_span)):
                    return None
                if len(text) < len(citation.quote) * 0.8:
                    days = (
                        (dated.first, dated.last)
                        for dated in citation.dated
                        if dated.start < end and start < dated.end
                    )
                    return Short(text, citation.marker, start, end, next(days, None))
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
