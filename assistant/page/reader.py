"""A whole article as HTML, with its quotes marked."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from assistant.rendering import Piece, fill, pieces
from assistant.spoken import spoken_day, spoken_period
from assistant.wording import gettext, message
from corpus import Article
from corpus.article import Vouched
from index import Version

_VOUCHED: Mapping[Vouched, str] = {
    "record": message("Its source is known by its own record."),
    "page": message("Its source is known by what its page says."),
    "feed": message("Its source is known by the feed that it stood in."),
    "sender": message("Its source is known by the sender of the message."),
    "address": message("Its source is known by its address."),
    "dateline": message("Its source is known by its first lines."),
}
# Of a text with more characters, only the part around the first quote is shown.
_READ_AT_ONCE = 200_000
_MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version of an article; each of its paragraphs has its offset in the text, and its pieces.

    ``whole`` says whether the paragraphs are the whole text. ``days`` are those on which this
    version was the newest in the archive.
    """

    article: Article
    paragraphs: tuple[tuple[int, tuple[Piece, ...]], ...]
    whole: bool
    days: str = ""


def reader(
    article: Article,
    spans: Iterable[tuple[int, int]] = (),
    copies: Sequence[Article] = (),
    others: Sequence[Version] = (),
    came_from: str | None = None,
    has_page: bool = False,
) -> Markup:
    """A whole article with its quoted spans marked, its copies and its other versions.

    ``came_from`` is the path of its file; if it ``has_page``, it has a link to its own page.
    Those ``spans`` are left out that lie outside of the text or overlap.
    """
    marked: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if (marked[-1][1] if marked else 0) <= start < end <= len(article.text):
            marked.append((start, end))
    return fill(
        "reader.html",
        article=article,
        shown=_shown_version(article, marked),
        copies=copies,
        came_from=came_from,
        has_page=has_page,
        vouched=_VOUCHED[article.vouched] if article.vouched else "",
        is_old=any(version.article.version > article.version for version in others),
        others=[
            replace(_shown_version(version.article, []), days=_days_of(version))
            for version in reversed(others[-_MOST_VERSIONS:])
        ],
    )


def _days_of(version: Version) -> str:
    """The days on which this version was the newest in the archive, as far as they are known."""
    times = version.stored, version.replaced
    first, last = (time.astimezone().date() if time else None for time in times)
    if last is None:
        return ""
    return spoken_period(first, last) if first else gettext("until %(day)s", day=spoken_day(last))


def _shown_version(article: Article, spans: Sequence[tuple[int, int]]) -> ShownVersion:
    text = article.text
    first = max(0, spans[0][0] - _READ_AT_ONCE // 2) if spans else 0
    last = min(len(text), first + _READ_AT_ONCE)
    paragraphs = []
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    at = first
    while at < last:
        end = text.find("\n\n", at, last)
        end = last if end < 0 else end
        if text[at:end].strip():
            within = spans[bisect_right(ends, at) : bisect_left(starts, end)]
            paragraphs.append((at, tuple(pieces(text, at, end, within))))
        at = end + 2
    return ShownVersion(article, tuple(paragraphs), first == 0 and last == len(text))
