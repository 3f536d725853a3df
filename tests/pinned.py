"""What the tests of dossiers pin, and how they look at it."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from assistant.page.dossier_entries import quote
from assistant.page.dossiers import Answered, Dossiers, Quote
from assistant.page.kept import token
from assistant.page.pinning import serve_dossiers
from assistant.page.site import Site
from corpus import Article
from index import Archive
from tests.browsing import part
from tests.made_articles import on, quoting
from tests.scripted import MARKUP

DAY = date(2026, 11, 27)
PUBLISHED = on("2016-08-21")
OPENED = "Mayor Ana Orban opened the bridge in Holm."
BRIDGE = Article(
    "bridge", "Bridge opens", f"{OPENED} A band 🎺🎺 played.\n\nIt rained on Holm.", "Gazette",
    PUBLISHED, "https://gazette.example/bridge",
)  # fmt: skip
TALKS = Article("talks", "Talks end", "The talks in Kest ended at noon.", "Wire", PUBLISHED)
HOSTILE = Article("hostile", MARKUP, f"He said {MARKUP}", MARKUP, PUBLISHED, "javascript:ran()")
QUESTION = "Who opened the bridge in Holm?"


def words(article: Article, quoted: str) -> Quote:
    start = article.text.index(quoted)
    return quote(article, start, start + len(quoted))


def answered(archive: Archive) -> Answered:
    answer = quoting(QUESTION, (BRIDGE, OPENED))
    return Answered(token(answer, DAY, archive.overview()) or "")


def client(archive: Archive) -> TestClient:
    return part(serve_dossiers, archive, Site(may_keep=True))


def names(dossiers: Dossiers) -> dict[str, int]:
    return {listed.name: listed.items for listed in dossiers.listed()}


@pytest.fixture
def archive(archive: Archive) -> Archive:
    archive.add([BRIDGE, TALKS, HOSTILE])
    return archive


@pytest.fixture
def dossiers(archive: Archive) -> Dossiers:
    return Dossiers(archive)
