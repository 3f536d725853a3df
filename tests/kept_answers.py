"""Answers that become links, and the articles that they quote."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Citation, Statement
from assistant.page.kept import Reopened, reopen, token
from corpus import Article
from index import Archive
from tests.fakes import Clock, FakeEncoder
from tests.made_articles import on

DAY = date(2026, 11, 23)
PUBLISHED = on("2016-08-21")
OPENED = "Mayor Ana Orban opened it on Sunday."
DENIED = "The mayor denied that she had taken money."
ODD = "💬 “Ça ira”, sagte\u00a0Ján\u0301 \u202eלום\u202c 𝒜!"
BRIDGE = Article(
    "https://gazette.example/bridge",
    "Bridge opens",
    f"HOLM, Aug 21 – The bridge was closed in 2007. {OPENED} {DENIED}\n\n{ODD}\n\nA band played.",
    "Gazette",
    PUBLISHED,
)
COPY = replace(BRIDGE, id="copy", source="Wire", text=f"Holm has a bridge. {OPENED} It rained.")
TALKS = Article("talks", "Talks", "Nobody signed. The talks ended at noon. They met.", "Wire")


def says(*citations: Citation, side: str = "") -> Statement:
    return Statement(citations, 0.75, side)


def answered(*statements: Statement, **known: Any) -> Answer:
    question = "Who opened the bridge?"
    return Answer(question, "answered", 0.75, statements, standalone=question, **known)


def linked(answer: Answer, archive: Archive, **known: Any) -> str:
    made = token(answer, DAY, archive.overview(), **known)
    assert made is not None
    return made


def again(answer: Answer, archive: Archive) -> Reopened:
    return reopen(linked(answer, archive), archive)


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


@pytest.fixture
def archive(tmp_path: Path, clock: Clock) -> Archive:
    archive = Archive.create(tmp_path / "archive", FakeEncoder(), clock)
    archive.add([BRIDGE, COPY, TALKS])
    return archive
