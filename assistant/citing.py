"""A span of an article as a citation, with what the page shows of it."""

from collections.abc import Sequence

from assistant.answer import Citation
from assistant.relative_days import dated_words
from corpus import Article


def cite(
    marker: int,
    article: Article,
    span: tuple[int, int],
    marks: Sequence[tuple[int, int]],
    copies: Sequence[Article],
) -> Citation:
    """The citation of ``article.text[start:end]``.

    ``marks`` are the words that were asked for, as offsets into the text. Of the ``copies`` of the
    article, the citation has those that contain the quoted words too.
    """
    start, end = span
    return Citation(
        marker,
        article,
        start,
        end,
        tuple(marks),
        dated_words(article, start, end),
        tuple(copy for copy in copies if article.text[start:end] in copy.text),
    )
