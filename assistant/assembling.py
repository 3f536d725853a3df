"""From the sentences that were chosen to an answer: statements, citations, differences, parts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from assistant.answer import Answer, Citation, Difference, Statement
from assistant.choosing import choose
from assistant.citing import cite
from assistant.differences import disagreeing, given_later
from assistant.evidence import Sentence
from assistant.question import Question
from assistant.spoken import spoken_date, spoken_day
from assistant.support import THRESHOLD
from assistant.wording import gettext
from index import Filters, Passage
from index.lexical import QueryWord
from index.ranking import newness

# An article so much older than the day of the question is said to be old.
_LONG_AGO = timedelta(90)


def together(parts: Sequence[str], answers: Sequence[Answer]) -> Answer:
    """The answers to the parts of one question as one, in their order.

    A part that is not answered is named in a note; one at least is.
    """
    given = [answer for answer in answers if answer.statements]
    numbers: dict[tuple[str, int], int] = {}
    statements: list[Statement] = []
    differences: list[Difference] = []
    notes: list[str] = []
    for part, answer in zip(parts, answers, strict=True):
        if not answer.statements:
            notes.append(f"“{part}”: {answer.reason}")
        elif answer.reason and answer.support >= THRESHOLD:
            # What is below it was only searched for, and says no more than that.
            notes.append(answer.reason)
        renamed = {}
        for statement in answer.statements:
            known = len(numbers)
            for citation in statement.citations:
                place = citation.article.id, citation.end
                renamed[citation.marker] = numbers.setdefault(place, len(numbers) + 1)
            # What answers two parts stands once.
            if len(numbers) > known:
                statements.append(replace(statement.renamed(renamed), side=part))
        differences += [difference.renamed(renamed) for difference in answer.differences]
        notes += answer.notes
    passages = [passage for answer in given for passage in answer.passages]
    first = given[0]
    if any(answer.read != first.read for answer in given):
        # Each quote has its own day; no one stretch of days is that of the whole answer.
        asked_for = replace(first.filters, after=None, before=None)
        first = replace(first, read=Filters(), filters=asked_for)
    return replace(
        first,
        support=min(answer.support for answer in given),
        hedged=any(answer.hedged for answer in given),
        statements=tuple(statements),
        differences=tuple(differences),
        passages=tuple(distinct(passages)),
        matched=tuple(dict.fromkeys(names for answer in given for names in answer.matched)),
        notes=tuple(dict.fromkeys(notes)),
        reason="",
    )


def stated(
    answer: Answer,
    question: Question,
    asked: Sequence[QueryWord],
    evidence: Sequence[Sentence],
    comparable: Sequence[Sentence],
    today: date | None,
) -> Answer:
    """The answer with the sentences that make it, where its sources differ, and what came later.

    Of the evidence that is ``comparable`` sources may differ.
    """
    chosen = choose(question, asked, evidence)
    differing, later = disagreeing(question, comparable), given_later(question, comparable)
    shown: dict[str, Sentence] = {}
    for sentence in (*chosen, *(sentence for sentence, _ in differing), *later):
        # What several carry in the same words is one statement, with a citation of each.
        shown.setdefault(sentence.text, sentence)
    statements = statements_of([*shown.values()], evidence, answer.support)
    notes = _about_days(chosen, today) if question.wants_latest or today else ()
    return replace(
        answer,
        statements=statements,
        differences=_differences_of(differing, statements),
        notes=(*notes, *map(_said_later, later)),
    )


def statements_of(
    chosen: Sequence[Sentence], evidence: Sequence[Sentence], estimate: float
) -> tuple[Statement, ...]:
    """The chosen sentences, each cited from every source that has it in the same words.

    Copies of one agency text are one source: one is cited, with those others that have the
    sentence too.
    """
    statements = []
    marker = 0
    for sentence in chosen:
        same = [other for other in evidence if other.text.split() == sentence.text.split()]
        citations: list[Citation] = []
        counted: set[str] = set()
        for source in (sentence, *same):
            if source.article.id in counted:
                continue
            copies = source.passage.copies
            counted |= {source.article.id, *(copy.id for copy in copies)}
            marker += 1
            span = source.start, source.end
            citations.append(cite(marker, source.article, span, [source.answer], copies))
        statements.append(Statement(tuple(citations), estimate))
    return tuple(statements)


def _differences_of(
    differing: Sequence[tuple[Sentence, str]], statements: Sequence[Statement]
) -> tuple[Difference, ...]:
    """The values that sources disagree on, with the markers of those who give them."""
    if not differing:
        return ()
    values = []
    for sentence, value in differing:
        cited = next(shown.citations for shown in statements if shown.text.endswith(sentence.text))
        values.append((value, tuple(citation.marker for citation in cited)))
    return (Difference(tuple(values)),)


def _said_later(sentence: Sentence) -> str:
    """What a reader is told of another value that the same source gives later."""
    return gettext("The same source says later: %(value)s.", value=sentence.short)


def unmarked(statement: Statement) -> Statement:
    """The statement without the words in it that answer."""
    return replace(
        statement, citations=tuple(replace(citation, marks=()) for citation in statement.citations)
    )


def by_reading(passages: Sequence[Passage], evidence: Sequence[Sentence]) -> list[Passage]:
    """The passages in the order of the best sentence of each."""
    ranks = {id(passage): rank for rank, passage in enumerate(passages, len(evidence))}
    for rank, sentence in reversed(list(enumerate(evidence))):
        ranks[id(sentence.passage)] = rank
    return sorted(passages, key=lambda passage: ranks[id(passage)])


def distinct(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, each once; one that comes again stands where it comes last."""
    places = ((passage.article.id, passage.start, passage.end) for passage in reversed(passages))
    return list(reversed(dict(zip(places, reversed(passages), strict=True)).values()))


def _about_days(chosen: Sequence[Sentence], asked: date | None) -> tuple[str, ...]:
    """What a reader is told of the days of answers, where it matters that they are new."""
    newest = max((sentence.article for sentence in chosen), key=newness)
    published = newest.published
    if published is None:
        return ()
    day = spoken_date(published)
    if asked and asked - published.last_day > _LONG_AGO:
        since = spoken_day(asked)
        return (
            gettext(
                "The newest article quoted here is of %(day)s, long before %(since)s.",
                day=day,
                since=since,
            ),
        )
    if asked or all(sentence.article.published == published for sentence in chosen):
        return ()
    return (
        gettext("The newest article quoted here is of %(day)s; what follows it is older.", day=day),
    )
