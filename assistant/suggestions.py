"""Questions that an archive can answer, for a first or a next question."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

from assistant import names as naming
from assistant.answer import Answer
from corpus import Article

MOST_OFFERED = 3
"""How many questions are offered after an answer, at most."""

MOST_TRIED = 4
"""How many questions are tried in order to offer these."""

Kind = Literal["how many", "said", "who", "what happened"]

_SAID = re.compile(r"\s+(?:said|told|vowed|promised|warned|announced|added|explained)\b")
_SAYS = re.compile(r"\b(?:said|says|added)\s+$")
_INTRODUCED = re.compile(r",\s+(?:an?|the|who)\s")
_TOLL = re.compile(
    r"\b(?P<what>people|men|women|children|civilians|workers|jobs|homes|houses)\s+"
    r"(?:had been |have been |were |was )?"
    r"(?P<done>killed|injured|wounded|hurt|arrested|evacuated|lost|flooded|destroyed)\b"
)
_NEAR = 20
_HONORIFIC = re.compile(r"(?:Mr|Mrs|Ms|Dr|Sir|Dame|Lord|Lady)\b")


def questions_about(article: Article, others: Collection[str] = ()) -> Iterator[tuple[Kind, str]]:
    """Questions that an article seems to answer, with their kinds, the more specific ones first.

    ``others`` are names in it that are not of people: "Puerto Rico".
    """
    place = _place(article)
    if toll := _TOLL.search(article.text):
        where = f" in {place}" if place else ""
        yield "how many", f"How many {toll['what']} were {toll['done']}{where}?"
    text = article.text
    people = [(start, end) for start, end in _people(article) if text[start:end] not in others]
    speakers = (
        text[start:end]
        for start, end in people
        if _SAID.match(text, end) or _SAYS.search(text[max(0, start - _NEAR) : start])
    )
    introduced = (text[start:end] for start, end in people if _INTRODUCED.match(text, end))
    if name := next(speakers, None):
        yield "said", f"What did {name} say?"
    if name := next(introduced, None):
        yield "who", f"Who is {name}?"
    if place:
        yield "what happened", f"What happened in {place}?"


def first_questions(
    ask: Callable[[str], Answer],
    articles: Iterable[Article],
    others_in: Callable[[str], Collection[str]],
    count: int,
    go_on: Callable[[], bool],
) -> list[str]:
    """At most ``count`` questions, each of another kind and about another of the articles.

    ``others_in`` gives the names of an article that are not of people. No more questions are tried
    once ``go_on`` returns false.
    """
    suggested: dict[Kind, str] = {}
    for article in articles:
        for kind, question in questions_about(article, others_in(article.id)):
            if kind in suggested or not fits(answer := ask(question), article):
                continue
            # A report from one place may count what happened in another.
            if kind != "how many" or not answer.hedged:
                suggested[kind] = question
                break
        if len(suggested) == count or not go_on():
            break
    return list(suggested.values())


def next_questions(
    ask: Callable[[str], Answer],
    answers: Sequence[Answer],
    others_in: Callable[[str], Collection[str]] = lambda _: (),
) -> list[str]:
    """Questions that continue from the last of some answers, about the articles that it quotes.

    If it quotes nothing, they are about the other articles that were found for it. Each question is
    asked first. It is offered if its answer is sure, begins with the article that the question is
    about, and begins with a sentence that no answer has shown yet. ``others_in`` gives the names in
    an article, by its id, that are not of people.
    """
    last = answers[-1]
    articles = {place.article.id: place.article for place in last.citations or last.passages}
    asked_before = {answer.question.casefold() for answer in answers}
    shown_texts = {statement.text for answer in answers for statement in answer.statements}
    tried: dict[str, Article] = {}
    for article in articles.values():
        for _, question in questions_about(article, others_in(article.id)):
            if question.casefold() not in asked_before:
                tried.setdefault(question, article)
    first = islice(tried.items(), MOST_TRIED)
    fitting = (
        question
        for question, answer, article in ((query, ask(query), source) for query, source in first)
        if fits(answer, article) and not answer.hedged
        # A shown text may have more than one sentence.
        if not any(answer.statements[0].text in text for text in shown_texts)
    )
    return list(islice(fitting, MOST_OFFERED))


def fits(answer: Answer, article: Article) -> bool:
    """Whether an answer begins with the article that the question is about, or a copy of it.

    In a list of articles it may stand anywhere.
    """
    statements = answer.statements if answer.reason else answer.statements[:1]
    cited = (citation for statement in statements for citation in statement.citations)
    return any(article.id in {one.id for one in (by.article, *by.copies)} for by in cited)


def _people(article: Article) -> Iterator[tuple[int, int]]:
    """The spans in which an article names people by first name and surname.

    A longer name is left out, because it may be two people's names in a row.
    """
    for start, end in naming.people(article.text):
        name = article.text[start:end]
        if len(name.split()) == 2 and not _HONORIFIC.match(name):
            yield start, end


def _place(article: Article) -> str | None:
    if not article.place:
        return None
    return article.place.title() if article.place.isupper() else article.place
