"""A story's timeline: what the archive holds on a question, in the order in which it came out."""

from collections.abc import Sequence, Set
from datetime import date, datetime

from fastapi import FastAPI
from markupsafe import Markup
from starlette.responses import HTMLResponse

from assistant.page.kept import NotReopened, reopen
from assistant.page.protocols import Held
from assistant.rendering import fill
from assistant.spoken import spoken_date
from assistant.wording import gettext
from corpus import Article, sentences
from index import ArchiveError, Passage
from index.words import words

MOST_PASSAGES = 20
"""How many passages a timeline is made of; an article is in it once."""

# A search always finds its number of passages. Those less like the question than this share of the
# one that is most like it (by the cosine) are of another story.
_LIKENESS = 0.6
_SNIPPET = 320


def serve_timeline(app: FastAPI, archive: Held) -> None:
    """Serve /timeline, which tells the story of the question of an answer's token."""

    @app.get("/timeline")
    def timeline(answer: str = "") -> HTMLResponse:
        try:
            asked = reopen(answer, archive).answer
            question = asked.turn.question
            passages = archive.search(question, MOST_PASSAGES, asked.filters)
        except NotReopened as error:
            return HTMLResponse(fill("note.html", note=str(error)), 400)
        except ArchiveError as error:
            return HTMLResponse(fill("note.html", note=str(error)), 503)
        return HTMLResponse(story(question, passages))


def story(question: str, passages: Sequence[Passage]) -> Markup:
    """The articles of the passages, the earliest first and those of no known date last.

    Each is told once, by the stretch of its best passage that has most of the question's words;
    where several carry one text, the others are named beside the one that is told.
    """
    by_article: dict[str, Passage] = {}
    folded: set[str] = set()
    for passage in _near(passages):
        if passage.article.id not in folded:
            by_article.setdefault(passage.article.id, passage)
            folded |= {copy.id for copy in passage.copies}
    asked = set(words(question))
    ordered = sorted(by_article.values(), key=lambda passage: _age(passage.article))
    dated = [passage for passage in ordered if passage.article.published]
    undated = ordered[len(dated) :]
    if not ordered:
        return fill("note.html", note=gettext("No article in the archive is near."))
    published = (passage.article.published for passage in ordered)
    known = [spoken_date(day) for day in published if day]
    return fill(
        "timeline.html",
        dated=[(passage, snippet(asked, passage)) for passage in dated],
        undated=[(passage, snippet(asked, passage)) for passage in undated],
        days=(known[0], known[-1]) if known else None,
    )


def _near(passages: Sequence[Passage]) -> list[Passage]:
    """The passages whose cosine with the question is near that of the best one."""
    likeness = [passage.why.get("dense", 0.0) for passage in passages]
    least = _LIKENESS * max(likeness, default=0.0)
    return [passage for passage, like in zip(passages, likeness, strict=True) if like >= least]


def _age(article: Article) -> tuple[date, datetime | None, str]:
    when = article.published
    return (when.day, when.value, article.id) if when else (date.max, None, article.id)


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
