"""Articles, days and citations of them, each in a line."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant import Answer, Citation, Statement
from corpus import Article, Published


def on(day: str, how: str = "metadata") -> Published:
    """As exactly as it is written: 2016, 2016-08, 2016-08-21 or 2016-08-21T10:30."""
    precision = {4: "year", 7: "month", 10: "day"}.get(len(day), "instant")
    first = datetime.fromisoformat(day if len(day) > 10 else f"{day}-01-01"[:10])
    return Published(first.replace(tzinfo=UTC), precision, how)


def dated(id: str, text: str, day: str, source: str = "Post", **known: Any) -> Article:
    """An article of a day, with a title that tells nothing unless one is given."""
    return Article(id, known.pop("title", "News"), text, source, on(day), **known)


def cite(marker: int, article: Article, quote: str, **known: Any) -> Citation:
    """The first place at which the article has these words."""
    start = article.text.index(quote)
    return Citation(marker, article, start, start + len(quote), **known)


def quoting(question: str, *quoted: tuple[Article, str]) -> Answer:
    """An answer of one statement for each quote."""
    cited = [cite(marker, article, quote) for marker, (article, quote) in enumerate(quoted, 1)]
    statements = tuple(Statement((citation,), 0.9) for citation in cited)
    return Answer(question, "answered", 0.9, statements)


def write_records(file: Path, articles: Iterable[Article]) -> None:
    """Articles as records in lines of JSON."""
    records = [
        {name: getattr(article, name) for name in ("id", "title", "text", "source", "url")}
        | {"published": article.published and str(article.published)}
        for article in articles
    ]
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    file.write_text("".join(lines))


FERRY = Article("ferry", "Ferry late", "The ferry was late. Nobody knew why.", "Harbour Post")
MILL = Article("mill", "Mill sold", "The old mill was sold to a baker.", "Harbour Post")
RAIN = Article("rain", "Rain", "It rained all night long in the valley.", "Valley Times")
