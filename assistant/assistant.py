"""Asking an archive: from a question to an answer made of the archive's own sentences."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Answer, Citation, Outcome, Statement
from assistant.evidence import Sentence, gather
from assistant.question import Question
from assistant.support import support
from assistant.weights import WEIGHTS
from corpus import Article
from index import Archive, Filters, Passage
from index.lexical import words

READ = 12
"""How many passages are read for an answer."""

MOST_WORDS = 60
"""A short answer: a second or third sentence is added only within this many words."""

MOST_WORDS_OF_A_LIST = 200
_MOST_STATEMENTS = 3
_MOST_STATEMENTS_OF_A_LIST = 8
# Sentences whose score is so much below the best one's are left out.
_MARGIN = 4.0
# Two sentences that share so much of the shorter one's words say the same.
_SAME = 0.7


class Assistant:
    """Answers questions from an archive.

    The answer's statements are sentences of the archive, verbatim, chosen to cover the question
    and not to repeat each other; where the best evidence is too weak, the answer says so.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        """Answer a question from the articles that the filters let through.

        Raises ValueError for a question without a word in it.
        """
        if not any(character.isalnum() for character in question):
            raise ValueError("The question is empty: ask about something in the archive.")
        asked = Question(question.strip())
        passages = self.archive.search(asked.text, READ, filters)
        evidence = gather(self.archive, asked, passages)
        estimate = support(passages, evidence)
        answer = Answer(asked.text, "answered", estimate, passages=tuple(passages))
        if estimate < WEIGHTS.threshold:
            outcome, reason = self._why_not(asked, passages, filters)
            return replace(answer, outcome=outcome, reason=reason)
        return replace(answer, statements=_statements(choose(asked, evidence), evidence, estimate))

    def _why_not(
        self, question: Question, passages: Sequence[Passage], filters: Filters | None
    ) -> tuple[Outcome, str]:
        """The kind of reason why there is no answer, and a sentence that says it."""
        unknown = [name for name in question.names if not self._knows(name)]
        if unknown:
            named = " and ".join(f"“{name}”" for name in unknown)
            return "name never appears", f"The archive does not say: it never mentions {named}."
        if filters and self.archive.search(question.text, 1) and not passages:
            return "outside the dates", (
                "The archive does not say within the dates and sources that are asked for; "
                "outside them it has articles that are near."
            )
        if not passages:
            return "nothing found", "The archive has nothing on this."
        return "does not say", (
            "The archive does not say: the nearest articles do not answer the question."
        )

    def _knows(self, name: str) -> bool:
        asked = self.archive.query_words(name)
        return all(word.known for word in asked)


def choose(question: Question, evidence: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that make the answer, in the order in which they are shown."""
    if question.asks_for_all:
        return _all_named(question, evidence)
    best = evidence[0]
    chosen = [best]
    count = len(best.text.split())
    for sentence in evidence[1:]:
        length = len(sentence.text.split())
        if len(chosen) == _MOST_STATEMENTS or sentence.score < best.score - _MARGIN:
            break
        if count + length <= MOST_WORDS and not sentence.asks and _adds(sentence, chosen):
            chosen.append(sentence)
            count += length
    return chosen


def _all_named(question: Question, evidence: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence and those around it, or as good, that name others than it does."""
    best = evidence[0]
    chosen = [best]
    count = len(best.text.split())
    near = [each for each in evidence if _near(each, best)]
    for sentence in (*near, *(each for each in evidence if each not in near)):
        length = len(sentence.text.split())
        good = sentence in near or sentence.score > best.score - _MARGIN / 2
        room = len(chosen) < _MOST_STATEMENTS_OF_A_LIST and count + length <= MOST_WORDS_OF_A_LIST
        if good and room and _names_others(sentence, chosen) and _adds(sentence, chosen):
            chosen.append(sentence)
            count += length
    order = {article.id: rank for rank, article in enumerate(_articles(chosen))}
    return sorted(chosen, key=lambda each: (order[each.article.id], each.start))


def _articles(chosen: Sequence[Sentence]) -> list[Article]:
    return list({each.article.id: each.article for each in chosen}.values())


def _near(sentence: Sentence, best: Sentence) -> bool:
    """Whether a sentence stands so close to the best one that it goes on with its list."""
    same = sentence.article.id == best.article.id and sentence is not best
    gap = max(sentence.start - best.end, best.start - sentence.end)
    return same and gap < 400


def _names_others(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    named = {answer.casefold() for each in chosen for answer in each.answers}
    return any(answer.casefold() not in named for answer in sentence.answers)


def _adds(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """Whether a sentence says something that the chosen ones do not."""
    if not _names_others(sentence, chosen) and sentence.answers:
        return False
    own = set(words(sentence.text))
    if not own:
        return False
    return all(
        len(own & theirs) / min(len(own), len(theirs) or 1) < _SAME
        for theirs in (set(words(each.text)) for each in chosen)
    )


def _statements(
    chosen: Sequence[Sentence], evidence: Sequence[Sentence], estimate: float
) -> tuple[Statement, ...]:
    """The chosen sentences, each cited from every article that has it in the same words."""
    best = max(each.score for each in chosen)
    statements = []
    marker = 0
    for sentence in chosen:
        same = [each for each in evidence if _wording(each) == _wording(sentence)]
        articles = {each.article.id: each for each in (sentence, *same)}
        citations = []
        for each in articles.values():
            marker += 1
            citations.append(Citation(marker, each.article, each.start, each.end))
        share = 1 / (1 + 0.1 * max(0.0, best - sentence.score))
        statements.append(Statement(sentence.text, tuple(citations), estimate * share))
    return tuple(statements)


def _wording(sentence: Sentence) -> list[str]:
    return sentence.text.casefold().split()
