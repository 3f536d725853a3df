"""What the tests of formats ask of the reader, for one file."""

from pathlib import Path
from typing import Any

from corpus import Article, Unreadable, read_articles


def articles(path: Path) -> list[Article]:
    """All articles there, where nothing is unreadable."""
    found = list(read_articles(path))
    assert [str(each) for each in found if isinstance(each, Unreadable)] == []
    return [each for each in found if isinstance(each, Article)]


def one(path: Path) -> Article:
    (article,) = articles(path)
    return article


def told(path: Path, **fields: str) -> tuple[list[str], list[str]]:
    """The titles that were read, and why the rest was not."""
    found = list(read_articles(path, fields))
    titles = [each.title for each in found if isinstance(each, Article)]
    return titles, [each.reason for each in found if isinstance(each, Unreadable)]


def said(article: Article) -> tuple[Any, ...]:
    """Title, date, source, author and text."""
    published = None if article.published is None else str(article.published)
    return article.title, published, article.source, article.author, article.text


def written(path: Path, content: str | bytes) -> Path:
    """The path of a file after its content was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
