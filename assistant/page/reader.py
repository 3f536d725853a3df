"""A whole article as HTML, with what is quoted of it marked."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from assistant import rendering as render
from corpus import Article
from corpus.article import Vouched
from index import Version

_VOUCHED: Mapping[Vouched, str] = {
    "record": "its own record",
    "page": "what its page says",
    "feed": "the feed that it stood in",
    "sender": "the sender of the message",
    "address": "its address",
    "dateline": "its first lines",
}
# Of a longer text the part around the first quote is shown.
_READ_AT_ONCE = 200_000
_MOST_VERSIONS = 20


def reader(
    article: Article,
    spans: Iterable[tuple[int, int]] = (),
    copies: Sequence[Article] = (),
    others: Sequence[Version] = (),
    came_from: str | None = None,
) -> str:
    """A whole article with its quoted spans marked, its copies and its other versions.

    ``came_from`` is the place of its file. ``spans`` are offsets into the text; what lies outside
    of it or overlaps is left out.
    """
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if (kept[-1][1] if kept else 0) <= start < end <= len(article.text):
            kept.append((start, end))
    title = render.escaped(article.title.strip(), render.HEADLINE) or "Without a headline"
    past = "".join(
        f"<details><summary>Version {each.article.version}{_given(each)}: "
        f"{render.words(each.article.title.strip(), render.HEADLINE)}</summary>"
        f"{_paragraphs(each.article, [])}</details>"
        for each in reversed(others[-_MOST_VERSIONS:])
    )
    is_old = any(each.article.version > article.version for each in others)
    if past:
        heading = "Other versions" if is_old else "Earlier versions"
        past = f'<section class="versions"><h3>{heading}</h3>{past}</section>'
    newer = '<p class="note">The archive has a newer version of this article.</p>' if is_old else ""
    return (
        f'<h2 class="headline" id="reader-title" dir="{render.direction(article)}">{title}</h2>'
        f"{render.credited(article)}{render.conflict(article)}{render.outlets(copies)}"
        f"{render.link(article)}{_provenance(article, came_from)}{newer}"
        f"{_paragraphs(article, kept)}{past}"
    )


def _provenance(article: Article, came_from: str | None) -> str:
    """From which file an article came, and how it is known whose it is."""
    said = []
    if came_from:
        said.append(f"Came from {render.words(came_from, render.HEADLINE)}.")
    if article.vouched:
        said.append(f"Its source is known by {_VOUCHED[article.vouched]}.")
    return f'<p class="note provenance">{" ".join(said)}</p>' if said else ""


def _given(version: Version) -> str:
    """The days on which the archive gave this version for the article, as far as it knows them."""
    first, last = (
        each.astimezone().date() if each else None for each in (version.stored, version.replaced)
    )
    if last is None:
        return ""
    return (
        f", {render.spoken_period(first, last)}" if first else f", until {render.spoken_day(last)}"
    )


def _paragraphs(article: Article, spans: Sequence[tuple[int, int]]) -> str:
    text = article.text
    first = max(0, spans[0][0] - _READ_AT_ONCE // 2) if spans else 0
    last = min(len(text), first + _READ_AT_ONCE)
    parts = []
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    at = first
    while at < last:
        end = text.find("\n\n", at, last)
        end = last if end < 0 else end
        if text[at:end].strip():
            within = spans[bisect_right(ends, at) : bisect_left(starts, end)]
            parts.append(f"<p>{render.inside(text, at, end, within, 'mark')}</p>")
        at = end + 2
    cut = '<p class="note">This text is too long to be shown in full.</p>'
    whole = first == 0 and last == len(text)
    return (
        f'<div class="text" dir="{render.direction(article)}">{"".join(parts)}</div>'
        f"{'' if whole else cut}"
    )
