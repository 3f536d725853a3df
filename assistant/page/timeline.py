"""A story's timeline: the archive's articles on a question, in the order of publication."""

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
"""From how many passages a timeline is made; it has each article once."""

_SNIPPET = 320


def serve_timeline(app: FastAPI, archive: Archive) -> None:
    """Serve /timeline, which shows the story of the answer that a token stands for."""

    @app.get("/timeline")
    def timeline(answer: str = "") -> HTMLResponse:
        reopened = reopen(answer, archive).answer
        question = reopened.turn.question
        # If the answer is a list of articles, they are the story.
        is_list = bool(reopened.statements and reopened.reason)
        passages = [] if is_list else archive.search(question, MOST_PASSAGES, reopened.filters)
        return HTMLResponse(story(question, passages, archive.encoder, answering(reopened)))


def answering(answer: Answer) -> list[Passage]:
    """The quotes that answer or differ; the other quotes may belong to another story."""
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
    """The events that the passages report, the earliest first; see ``assistant.story``."""
    in_order = events(question, passages, encoder, quoted)
    if not in_order:
        return fill("note.html", note=gettext("No article in the archive is near."))
    articles = [article for event in in_order for article in (event.article, *event.others)]
    published = [article.published for article in articles if article.published]
    published.sort(key=lambda when: when.day)
    return fill(
        "timeline.html",
        dated=[_quoted(event) for event in in_order if event.article.published],
        undated=[_quoted(event) for event in in_order if not event.article.published],
        articles=len(articles),
        without_a_day=len(articles) - len(published),
        days=(spoken_date(published[0]), spoken_date(published[-1])) if published else None,
    )


def _quoted(event: Event) -> tuple[Citation, Sequence[Article]]:
    """The quote of an event as a citation, and the other articles on the event."""
    copies = event.passage.copies
    return cite(0, event.article, (event.start, event.end), (), copies), event.others


def snippet(query_words: Set[str], passage: Passage) -> tuple[int, int]:
    """The span, in its article, of the stretch of a passage that has most of the query's words.

    The words are compared as in ``index.words``. The stretch has as many whole sentences as fit, or
    a single sentence that is too long.
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
        shared = len(query_words & set(words(passage.text[start:end])))
        # If two have equally many words, the first is the best.
        if (shared, -at) > best:
            best, stretch = (shared, -at), (start, end)
    return passage.start + stretch[0], passage.start + stretch[1]
