"""Questions that an archive can answer, to begin with."""

import re
from collections.abc import Iterator

from assistant import names as naming
from assistant.answer import Answer
from corpus import Article

_SAID = re.compile(r"\s+(?:said|told|vowed|promised|warned|announced|added|explained)\b")
_TOLL = re.compile(
    r"\b(?P<what>people|men|women|children|civilians|workers|jobs|homes|houses)\s+"
    r"(?:had been |have been |were |was )?"
    r"(?P<done>killed|injured|wounded|hurt|arrested|evacuated|lost|flooded|destroyed)\b"
)
_HONORIFIC = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Sir|Dame|Lord|Lady)\b")


def questions_about(article: Article) -> Iterator[str]:
    """Questions that an article seems to answer, the more telling ones first."""
    place = _place(article)
    if toll := _TOLL.search(article.text):
        where = f" in {place}" if place else ""
        yield f"How many {toll['what']} were {toll['done']}{where}?"
    for start, end in naming.people(article.text):
        name = article.text[start:end]
        if _SAID.match(article.text, end) and not _HONORIFIC.match(name):
            yield f"What did {name} say?"
            break
    if place:
        yield f"What happened in {place}?"


def fits(answer: Answer, article: Article) -> bool:
    """Whether an answer is one, and is drawn from the article that the question came from."""
    return any(citation.article.id == article.id for citation in answer.citations)


def _place(article: Article) -> str | None:
    if not article.place:
        return None
    return article.place.title() if article.place.isupper() else article.place
