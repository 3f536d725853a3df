"""From the chosen sentences to an answer: statements, citations, differences, parts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from assistant.answer import Answer, Citation, Difference, Statement
from assistant.choosing import choose
from assistant.citing import cite
from assistant.differences import disagreeing, given_later
from assistant.evidence import Sentence
from assistant.periods import compared_periods
from assistant.question import Question
from assistant.spoken import spoken_date, spoken_day
from assistant.support import THRESHOLD
from assistant.wording import gettext, message
from corpus import Published
from index import Filters, Passage
from index.lexical import QueryWord
from index.ranking import newness

BY_ITS_WORDS = message(
    "The reader knows no language in these letters; this was found by the words of the question."
)
FOUND = message("These words ask nothing; this is what the archive has on them.")

# A note says that the answer is old if its newest article is this much older than the question.
_LONG_AGO = timedelta(90)


def sides(question: str) -> dict[str, str]:
    """What each part of a question asks; a part that compares two asks about each of them."""
    asked: dict[str, str] = {}
    for part in Question(question).parts:
        asked |= compared_periods(part) or {side: side for side in Question(part).sides or (part,)}
    return asked


def together(parts: Sequence[str], answers: Sequence[Answer]) -> Answer:
    """The answers to the parts of one question as one answer, in the order of the parts.

    A note names each part that is not answered. At least one part must be answered.
    """
    answered = [answer for answer in answers if answer.statements]
    marker_of: dict[tuple[str, int], int] = {}
    statements: list[Statement] = []
    differences: list[Difference] = []
    notes: list[str] = []
    for part, answer in zip(parts, answers, strict=True):
        if not answer.statements:
            notes.append(unanswered(part, answer.reason))
        elif answer.reason and answer.support >= THRESHOLD:
            # Below the threshold, the reason only says that the sentences were found by a search.
            notes.append(answer.reason)
        new_markers: dict[int, int] = {}
        count_before_part = len(marker_of)
        for statement in answer.statements:
            count_before = len(marker_of)
            for citation in statement.citations:
                place = citation.article.id, citation.end
                new_markers[citation.marker] = marker_of.setdefault(place, len(marker_of) + 1)
            # A sentence that answers two parts is shown once.
            if len(marker_of) > count_before:
                statements.append(replace(statement.renamed(new_markers), side=part))
        if answer.statements and len(marker_of) == count_before_part:
            marker = new_markers[answer.statements[0].citations[0].marker]
            notes.append(answered_too(part, marker))
        differences += [difference.renamed(new_markers) for difference in answer.differences]
        notes += answer.notes
    passages = [passage for answer in answered for passage in answer.passages]
    first = answered[0]
    if any(answer.read != first.read for answer in answered):
        # The parts ask for different days, so the whole answer has no one period.
        filters = replace(first.filters, after=None, before=None)
        first = replace(first, read=Filters(), filters=filters)
    return replace(
        first,
        support=min(answer.support for answer in answered),
        hedged=any(answer.hedged for answer in answered),
        statements=tuple(statements),
        differences=tuple(differences),
        passages=tuple(distinct(passages)),
        matched=tuple(dict.fromkeys(names for answer in answered for names in answer.matched)),
        notes=tuple(dict.fromkeys(notes)),
        reason="",
    )


def stated(
    answer: Answer,
    question: Question,
    query_words: Sequence[QueryWord],
    evidence: Sequence[Sentence],
    comparable: Sequence[Sentence],
    today: date | None,
) -> Answer:
    """The answer with its statements, the differences between sources, and values given later.

    Only the ``comparable`` part of the evidence is searched for differences.
    """
    chosen = choose(question, query_words, evidence)
    differing, later = disagreeing(question, comparable), given_later(question, comparable)
    by_text: dict[str, Sentence] = {}
    places: set[tuple[str, int]] = set()
    for sentence in (*chosen, *(sentence for sentence, _ in differing), *later):
        # It may be there already, together with the sentence before it.
        if (place := (sentence.article.id, sentence.end)) not in places:
            places.add(place)
            # Sentences with the same words become one statement, with a citation of each.
            by_text.setdefault(sentence.text, sentence)
    statements = statements_of([*by_text.values()], evidence, answer.support)
    notes = _about_days(chosen, today) if question.wants_latest or today else ()
    return replace(
        answer,
        statements=statements,
        differences=_differences_of(differing, statements),
        notes=(*notes, *(later_value(sentence.short) for sentence in later)),
    )


def statements_of(
    chosen: Sequence[Sentence], evidence: Sequence[Sentence], estimate: float
) -> tuple[Statement, ...]:
    """The chosen sentences, each cited from every source that has it in the same words.

    Copies of one agency text are one source: one copy is cited, together with those others that
    have the sentence too.
    """
    statements = []
    marker = 0
    for sentence in chosen:
        same_text = [other for other in evidence if other.text.split() == sentence.text.split()]
        citations: list[Citation] = []
        cited_ids: set[str] = set()
        for source in (sentence, *same_text):
            if source.article.id in cited_ids:
                continue
            copies = source.passage.copies
            cited_ids |= {source.article.id, *(copy.id for copy in copies)}
            marker += 1
            span = source.start, source.end
            citations.append(cite(marker, source.article, span, [source.answer], copies))
        statements.append(Statement(tuple(citations), estimate))
    return tuple(statements)


def _differences_of(
    differing: Sequence[tuple[Sentence, str]], statements: Sequence[Statement]
) -> tuple[Difference, ...]:
    """The values on which sources disagree, each with the markers of its citations."""
    if not differing:
        return ()
    values = []
    for sentence, value in differing:
        citations = next(by.citations for by in statements if by.text.endswith(sentence.text))
        values.append((value, tuple(citation.marker for citation in citations)))
    return (Difference(tuple(values)),)


def later_value(value: str) -> str:
    """A note for the reader on another value that the same source gives later."""
    return gettext("The same source says later: %(value)s.", value=value)


def answered_too(part: str, marker: int) -> str:
    """A note that the quote with this marker answers a part of the question, too."""
    return gettext("“%(part)s” is answered by [%(num)s] too.", part=part, num=marker)


def unanswered(part: str, reason: str) -> str:
    """A note on a part of the question that is not answered."""
    return f"“{part}”: {reason}"


def unmarked(statement: Statement) -> Statement:
    """The statement without marks in its quotes."""
    return replace(
        statement, citations=tuple(replace(citation, marks=()) for citation in statement.citations)
    )


def by_reading(passages: Sequence[Passage], evidence: Sequence[Sentence]) -> list[Passage]:
    """The passages, ordered by the best sentence of each."""
    ranks = {id(passage): rank for rank, passage in enumerate(passages, len(evidence))}
    for rank, sentence in reversed(list(enumerate(evidence))):
        ranks[id(sentence.passage)] = rank
    return sorted(passages, key=lambda passage: ranks[id(passage)])


def distinct(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, each once; a repeated passage keeps its last place."""
    places = ((passage.article.id, passage.start, passage.end) for passage in reversed(passages))
    return list(reversed(dict(zip(places, reversed(passages), strict=True)).values()))


def _about_days(chosen: Sequence[Sentence], today: date | None) -> tuple[str, ...]:
    """A note on how new the quoted articles are, if the reader has to know."""
    newest = max((sentence.article for sentence in chosen), key=newness)
    published = newest.published
    if published is None:
        return ()
    if today and today - published.last_day > _LONG_AGO:
        return (on_newest(published, today),)
    others = {sentence.article.published for sentence in chosen} - {published}
    # An undated article need not be older.
    if today or not others or None in others:
        return ()
    return (on_newest(published),)


def on_newest(published: Published, today: date | None = None) -> str:
    """A note on the day of the newest article: that others are older, or that it is long ago."""
    day = spoken_date(published)
    if today is None:
        return gettext(
            "The newest article quoted here is of %(day)s; what follows it is older.", day=day
        )
    return gettext(
        "The newest article quoted here is of %(day)s, long before %(since)s.",
        day=day,
        since=spoken_day(today),
    )
