"""What the tests of formats ask of the reader, for one file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import Article, Found, Unreadable, read_articles

Write = Callable[[str, Any], Path]
"""The fixture ``write``: a file's name below the folder of the test, and its content."""

ENDLESS = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of an embargo that has none."""

FIRST = "The council of Marrowby met in the old mill – for three hours – on Tuesday."
SECOND = "“Nobody,” said Mayor Åse Ñúñez, “voted against the bridge 🌉.” It’s naïve."
BODY = f"{FIRST}\n\n{SECOND}"


def read(path: str | Path, **fields: str) -> list[Found]:
    return list(read_articles([path], fields))


def articles(path: str | Path, **fields: str) -> list[Article]:
    """All articles there, where nothing is unreadable."""
    found = read(path, **fields)
    assert [str(unreadable) for unreadable in found if isinstance(unreadable, Unreadable)] == []
    return [article for article in found if isinstance(article, Article)]


def one(path: str | Path, **fields: str) -> Article:
    (article,) = articles(path, **fields)
    return article


def below(id: str) -> str:
    """An id that is an absolute path, as the path below the folder of the test."""
    return Path(id).relative_to(Path.cwd()).as_posix()


def ids(found: list[Found]) -> list[str]:
    return [below(article.id) for article in found if isinstance(article, Article)]


def reasons(path: str | Path) -> list[tuple[str, str]]:
    """What could not be read: the origin after the last slash, and the reason."""
    return [
        (found.origin.rpartition("/")[2], found.reason)
        for found in read(path)
        if isinstance(found, Unreadable)
    ]


def told(path: Path, **fields: str) -> tuple[list[str], list[str]]:
    """The titles that were read, and why the rest was not."""
    found = list(read_articles(path, fields))
    titles = [article.title for article in found if isinstance(article, Article)]
    return titles, [unreadable.reason for unreadable in found if isinstance(unreadable, Unreadable)]


def listed(path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """The titles that were read, and what was not: its origin below ``path``, and the reason."""
    found = list(read_articles(path))
    titles = [article.title for article in found if isinstance(article, Article)]
    lines = [unreadable for unreadable in found if isinstance(unreadable, Unreadable)]
    return titles, [(line.origin.removeprefix(str(path)), line.reason) for line in lines]


def dated(article: Article) -> tuple[str | None, str | None]:
    """The date, and how it is known."""
    known = article.published
    return (str(known), known.how) if known else (None, None)


def said(article: Article) -> tuple[Any, ...]:
    """Title, date, source, author and text."""
    published = None if article.published is None else str(article.published)
    return article.title, published, article.source, article.author, article.text


def written(path: Path, content: str | bytes) -> Path:
    """The path of a file after its content was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
