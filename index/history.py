"""The changes from one version of an article to the next."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import unified_diff
from typing import Any

from corpus import Article, sentences
from index.passage import describe
from index.store import Version

_FIELDS = ("title", "source", "published", "url", "author", "language", "place", "section")


def changes(earlier: Article, later: Article) -> list[str]:
    """The lines of a unified diff of two versions; each sentence and each other field is a line."""
    diff = unified_diff(
        _lines(earlier),
        _lines(later),
        f"version {earlier.version}",
        f"version {later.version}",
        n=1,
        lineterm="",
    )
    return list(diff)


def as_dicts(versions: Sequence[Version], withdrawn: datetime | None) -> list[dict[str, Any]]:
    """The versions as ``--json`` prints them, the oldest first."""
    return [
        {
            **describe(version.article),
            "text": version.article.text,
            "stored": _to_the_second(version.stored),
            "replaced": _to_the_second(version.replaced),
            "withdrawn": None if version.replaced else _to_the_second(withdrawn),
            "diff": diff,
        }
        for version, diff in _with_changes(versions)
    ]


def as_text(versions: Sequence[Version], withdrawn: datetime | None) -> str:
    """The versions as text for a person, each with its changes to the version before."""
    lines: list[str] = []
    for version, diff in _with_changes(versions):
        article = version.article
        lines.append(
            f"version {article.version}, {_to_the_minute(version.stored) or 'time unknown'}"
        )
        lines += [f"  {line}" for line in diff[2:] or [article.title]]
    if withdrawn:
        lines.append(f"withdrawn, {_to_the_minute(withdrawn)}")
    return "\n".join(lines)


def _with_changes(versions: Sequence[Version]) -> Iterator[tuple[Version, list[str]]]:
    for earlier, version in zip([None, *versions], versions, strict=False):
        yield version, changes(earlier.article, version.article) if earlier else []


def _lines(article: Article) -> list[str]:
    fields = [
        f"{name}: {value}" for name in _FIELDS if (value := getattr(article, name)) is not None
    ]
    text = [" ".join(article.text[start:end].split()) for start, end in sentences(article.text)]
    return [*fields, *text]


def _to_the_minute(instant: datetime | None) -> str | None:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else None


def _to_the_second(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None
