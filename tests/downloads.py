"""What the tests of downloads from press databases share."""

from pathlib import Path

from corpus import Article
from tests.reading_files import articles, said

Row = tuple[str, str | None, str | None, str | None, str]


def rows(path: Path) -> list[Row]:
    """Title, day, paper, author and text of each article, where nothing is unreadable."""
    return list(map(said, articles(path)))


def sections(path: Path) -> list[str | None]:
    return [article.section for article in articles(path) if isinstance(article, Article)]


def rtf(*lines: str) -> str:
    written = "\\par\n".join(line.replace("ü", "\\'fc").replace("ä", "\\'e4") for line in lines)
    return "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 Arial;}}\\f0 " + written + "\\par}"
