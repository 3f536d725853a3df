"""How questions are answered that were asked in other words than the articles'."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from assistant import Answer, Assistant
from assistant.answer import Turn
from index import Archive
from tests.benchmark.answers import verbatim
from tests.benchmark.metrics import area_under_curve, milliseconds, normalise, share
from tests.benchmark.questions import read_rows

_SHARED = 0.4


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of ``asked.jsonl``: what a right quote matches, or that there is none."""

    text: str
    type: str
    history: tuple[str, ...]
    answer: str
    pattern: re.Pattern[str] | None

    @property
    def answerable(self) -> bool:
        return self.pattern is not None

    def is_answered_by(self, text: str) -> bool:
        return bool(self.pattern and self.pattern.search(text))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question."""

    question: AskedQuestion
    answer: Answer
    seconds: float
    verbatim: tuple[bool, ...]

    @property
    def refused(self) -> bool:
        return self.answer.outcome != "answered"

    @property
    def right(self) -> list[bool]:
        """For each statement that is shown, whether it answers."""
        return [
            self.question.is_answered_by(statement.text) for statement in self.answer.statements
        ]

    @property
    def is_short_right(self) -> bool:
        """Whether the short answer has about the words of the known one."""
        short = self.answer.short
        if short is None:
            return False
        own, known = (
            set(normalise(short.text).split()),
            set(normalise(self.question.answer).split()),
        )
        return bool(own) and len(own & known) / min(len(own), len(known) or 1) >= _SHARED


def read_asked(path: Path) -> list[AskedQuestion]:
    """The questions of a file. Raises ValueError, with the line, where one cannot be read."""

    def question(row: Any) -> AskedQuestion:
        return AskedQuestion(
            row["question"],
            row["type"],
            tuple(row["history"]),
            row["answer"],
            re.compile(row["pattern"], re.DOTALL) if row["answerable"] else None,
        )

    return read_rows(path, question)


def ask(
    archive: Archive, assistant: Assistant, questions: Iterable[AskedQuestion]
) -> list[Outcome]:
    """Ask each question, after the turns before it, and read its quotes again in the archive."""
    outcomes = []
    for question in questions:
        turns: list[Turn] = []
        for earlier in question.history:
            turns.append(assistant.ask(earlier, history=turns).turn)
        began = perf_counter()
        answer = assistant.ask(question.text, history=turns)
        seconds = perf_counter() - began
        outcomes.append(Outcome(question, answer, seconds, verbatim(archive, answer)))
    return outcomes


def shown(outcome: Outcome) -> str:
    """What became of a question, for a person to read."""
    answer = outcome.answer
    lines = [
        f"{outcome.question.type}: {answer.standalone}",
        f"   wanted: {outcome.question.answer or 'nothing'}   support: {answer.support:.2f}",
    ]
    if answer.short:
        lines.append(f"   short: {answer.short.text}")
    for right, statement in zip(outcome.right, answer.statements, strict=True):
        lines.append(f"   {'+' if right else '-'} {' '.join(statement.text.split())}")
    return "\n".join([*lines, f"   {answer.reason}"] if answer.reason else lines)


def measure(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What the answers come to, over all questions and by their type."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    not_told = [outcome for outcome in outcomes if not outcome.question.answerable]
    close = [outcome for outcome in not_told if outcome.question.type.endswith("close")]
    far = [outcome for outcome in not_told if not outcome.question.type.endswith("close")]
    types: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in answerable:
        types[outcome.question.type].append(outcome)
    return {
        "all": {
            **_quality(answerable),
            "close unanswerable ones refused": share(outcome.refused for outcome in close),
            "far unanswerable ones refused": share(outcome.refused for outcome in far),
            "AUROC of support": _told_apart(answerable, not_told),
            "AUROC, close": _told_apart(answerable, close),
            "AUROC, far": _told_apart(answerable, far),
            "verbatim quotes": share(one for outcome in outcomes for one in outcome.verbatim),
        },
        "types": {name: _quality(of_type) for name, of_type in sorted(types.items())},
        "answer": milliseconds([outcome.seconds for outcome in outcomes]),
    }


def _quality(outcomes: Sequence[Outcome]) -> dict[str, float]:
    return {
        "questions": len(outcomes),
        "first statement right": share(any(outcome.right[:1]) for outcome in outcomes),
        "any right": share(any(outcome.right) for outcome in outcomes),
        "right of those shown": share(right for outcome in outcomes for right in outcome.right),
        "short answer right": share(outcome.is_short_right for outcome in outcomes),
        "refused": share(outcome.refused for outcome in outcomes),
    }


def _told_apart(answerable: Sequence[Outcome], not_told: Sequence[Outcome]) -> float:
    return area_under_curve(
        [outcome.answer.support for outcome in answerable],
        [outcome.answer.support for outcome in not_told],
    )
