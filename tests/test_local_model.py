"""A real language model on this computer, SmolLM2-135M, which chooses among sentences."""

from pathlib import Path

import pytest

from assistant import Assistant
from corpus import SAMPLE, read_articles
from index import Archive
from tests.benchmark.pointing import Small

pytestmark = pytest.mark.slow

QUESTIONS = [
    "How many people were injured in the Marrowby flood?",
    "Did they reach an agreement at the Qamishli airport talks?",
]


def test_whatever_a_real_model_replies_the_archive_is_quoted(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive")
    archive.add(read_articles([SAMPLE]))
    model = Small()
    for question in QUESTIONS:
        plain, *_, answer = Assistant(archive, model).stream(question)
        # It chose, failed, or found that nothing answers, and it is said which.
        assert any(model.name in told for told in (answer.reason, *answer.notes))
        assert answer.support == plain.support
        for each in answer.statements:
            cited = each.citations[0]
            assert cited.article.text[cited.start : cited.end] == each.text != ""
