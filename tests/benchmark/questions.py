"""The questions of a benchmark, as ``questions.jsonl`` has them, one JSON object a line."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from index import Archive

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its answer, the day on which it was asked, and the articles that answer it.

    ``linked`` are the articles that its author points to, ``bearing`` those in which the answer
    was found mechanically. Whatever else its author says of it is not read.
    """

    text: str
    answer: str
    asked_on: date
    linked: frozenset[str]
    bearing: frozenset[str]

    @property
    def evidence(self) -> frozenset[str]:
        return self.linked | self.bearing


def read_questions(path: Path) -> list[Question]:
    """The questions of a file. Raises ValueError, with the line, where one cannot be read."""

    def question(row: Any) -> Question:
        return Question(
            row["question"],
            row["answer"],
            date.fromisoformat(row["date"]),
            frozenset(row["linked"]),
            frozenset(row["bearing"]),
        )

    return read_rows(path, question)


def read_rows(path: Path, read: Callable[[Any], Row]) -> list[Row]:
    """What ``read`` makes of each line of a file. Raises ValueError, with the line, if it fails."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            rows.append(read(json.loads(line)))
        except (ValueError, KeyError, TypeError, re.error) as error:
            raise ValueError(f"{path}:{number} is no question: {error!r}") from error
    return rows


def check(questions: Iterable[Question], archive: Archive) -> None:
    """Raises ValueError where the archive lacks articles that answer a question."""
    missing = {id for question in questions for id in question.evidence if id not in archive}
    if missing:
        raise ValueError(
            f"{archive.folder} lacks {len(missing)} of the articles that answer the questions, "
            f"such as {min(missing)}"
        )


def in_groups(questions: Sequence[Question], size: int) -> list[list[Question]]:
    """Groups of up to so many questions that were asked as far apart from each other as can be."""
    by_day = sorted(questions, key=lambda question: question.asked_on)
    count = -(-len(by_day) // size)
    return [by_day[at::count] for at in range(count)]
