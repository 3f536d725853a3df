"""A story's timeline: what the archive holds on a question, in the order in which it came out."""

from collections.abc import Sequence, Set

from fastapi import FastAPI
from markupsafe import Markup
from starlette.responses import HTMLResponse

from assistant import Answer, Citation
from assistant.citing import cite
from assistant.page.kept import reopen
from assistant.rendering import DIFFER, fill, grouped
from assistant.spoken import spoken_date
from assistant.story import Event, events
from assistant.wording import gettext
from corpus import Article, sentences
from index import Archive, Passage
from index.upkeep import TextEncoder
from index.words import words

MOST_PASSAGES = 40
"""How many passages a timeline is made of; an article is in it once."""

_SNIPPET = 320


def serve_timeline(app: FastAPI, archive: Archive) -> None:
    """Serve /timeline, which tells the story of the question of an answer's token."""

    @app.get("/timeline")
    def timeline(answer: str = "") -> HTMLResponse:
        asked = reopen(answer, archive).answer
        question = asked.turn.question
        # Where articles were listed, they are the story.
        is_list = bool(asked.statements and asked.reason)
        passages = [] if is_list else archive.search(question, MOST_PASSAGES, asked.filters)
        return HTMLResponse(story(question, passages, archive.encoder, answering(asked)))


def answering(answer: Answer) -> list[Passage]:
    """What answers, and what differs from it; what else was quoted may be of another story."""
    return [
        Passage(cited.article, cited.start, cited.end, 1.0, copies=cited.copies)
        for group in grouped(answer)
        if group.heading in ("", DIFFER)
        for _, statement in group.statements
        for cited in statement.citations
    ]


def story(
    question: str, passages: Sequence[Passage], encoder: TextEncoder, quoted: Sequence[Passage] = ()
) -> Markup:
    """The events that the passages tell of, the earliest first; see ``assistant.story``."""
    told = events(question, passages, encoder, quoted)
    if not told:
        return fill("note.html", note=gettext("No article in the archive is near."))
    articles = [article for event in told for article in (event.article, *event.others)]
    published = [article.published for article in articles if article.published]
    published.sort(key=lambda when: when.day)
    return fill(
        "timeline.html",
        dated=[_quoted(event) for event in told if event.article.published],
        undated=[_quoted(event) for event in told if not event.article.published],
        articles=len(articles),
        without_a_day=len(articles) - len(published),
        days=(spoken_date(published[0]), spoken_date(published[-1])) if published else None,
    )


def _quoted(event: Event) -> tuple[Citation, Sequence[Article]]:
    """What an event tells, as it is quoted elsewhere, and the other articles."""
    copies = event.passage.copies
    return cite(0, event.article, (event.start, event.end), (), copies), event.others


def snippet(asked: Set[str], passage: Passage) -> tuple[int, int]:
    """Where in its article the stretch of a passage is that has most of the words asked for.

    These are as ``index.words`` compares them. It is of whole sentences, as many as have room, or
    of one that is too long for it.
    """
    article = passage.article
    spans = sentences(passage.text, article.language)
    if not spans:
        return passage.start, passage.end
    best: tuple[int, int] = (-1, 0)
    stretch = spans[0]
    for at, (start, _) in enumerate(spans):
        ends = [end for _, end in spans[at:] if end - start <= _SNIPPET]
        end = ends[-1] if ends else spans[at][1]
        shared = len(asked & set(words(passage.text[start:end])))
        # Of equals the first.
        if (shared, -at) > best:
            best, stretch = (shared, -at), (start, end)
    return passage.start + stretch[0], passage.start + stretch[1]
