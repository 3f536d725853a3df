"""How good answers are, and whether what supports them tells when there is none."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from tqdm import tqdm

from assistant import Answer, Assistant
from index import Archive
from index.lexical import FOLDER
from index.upkeep import TextEncoder
from tests.benchmark.metrics import area_under_curve, first_words, holds, milliseconds, share
from tests.benchmark.questions import Question, in_groups

MOST_WORDS = 60

# So many questions share an archive without their articles: each costs a lexical index.
_TOGETHER = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what was answered, how long that took, and whether its quotes are verbatim."""

    question: Question
    answer: Answer
    seconds: float
    verbatim: tuple[bool, ...]

    @property
    def refused(self) -> bool:
        return self.answer.outcome != "answered"

    @property
    def found(self) -> bool:
        """Whether an article that the question's author points to is among the passages."""
        ids = {passage.article.id for passage in self.answer.passages}
        return bool(ids & self.question.linked)

    @property
    def shown(self) -> str:
        """The answer without its markers."""
        return " ".join(statement.text for statement in self.answer.statements)


def ask_all(archive: Archive, questions: Iterable[Question], on_its_day: bool) -> list[Asked]:
    """Ask each question, on the day that it was asked or on none, and read its quotes again."""
    assistant = Assistant(archive)
    asked = []
    for question in questions:
        began = perf_counter()
        answer = assistant.ask(question.text, today=question.asked_on if on_its_day else None)
        seconds = perf_counter() - began
        asked.append(Asked(question, answer, seconds, verbatim(archive, answer)))
    return asked


def verbatim(archive: Archive, answer: Answer) -> tuple[bool, ...]:
    """Whether each quote of an answer stands in the archive, when that is read again."""
    quotes = []
    for citation in answer.citations:
        stored = archive.article(citation.article.id)
        quoted = stored and stored.text[citation.start : citation.end]
        quotes.append(bool(quoted) and quoted == citation.quote)
    return tuple(quotes)


@contextmanager
def without(archive: Archive, encoder: TextEncoder, ids: Sequence[str]) -> Iterator[Archive]:
    """A copy of an archive that lacks some articles.

    Nothing in it remembers them: its lexical index is made anew, because tantivy's own counts
    of words keep what was deleted for a while.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "archive"
        shutil.copytree(archive.folder, copy, ignore=shutil.ignore_patterns(FOLDER))
        lacking = Archive.open(copy, encoder)
        lacking.remove(ids)
        yield lacking


def groups_without(
    archive: Archive, encoder: TextEncoder, questions: Sequence[Question]
) -> Iterator[tuple[list[Question], Archive]]:
    """Questions, each with an archive that lacks every article with its answer.

    A few questions from times far apart share such an archive, so that each of them is without
    the articles of the others too, which are of other news.
    """
    groups = in_groups(questions, _TOGETHER)
    for group in tqdm(groups, "Asking without the evidence", disable=None):
        hidden = frozenset[str]().union(*(question.evidence for question in group))
        with without(archive, encoder, sorted(hidden)) as lacking:
            yield group, lacking


def ask_without(
    archive: Archive, encoder: TextEncoder, questions: Sequence[Question]
) -> dict[bool, list[Asked]]:
    """Ask each question, on its day and on none, where every article with its answer lacks."""
    asked: dict[bool, list[Asked]] = {True: [], False: []}
    for group, lacking in groups_without(archive, encoder, questions):
        for on_its_day, together in asked.items():
            together.extend(ask_all(lacking, group, on_its_day))
    return asked


def measure(present: Sequence[Asked], absent: Sequence[Asked]) -> dict[str, Any]:
    """What the answers come to, by questions asked with their evidence and without it.

    Of the linked questions, and of those the ones whose article is among the answer's passages:
    a refusal is an answer that holds nothing.
    """
    linked = [asked for asked in present if asked.question.linked]
    found = [asked for asked in linked if asked.found]
    quotes = [
        (citation.quote, asked.question.answer)
        for asked in found
        for citation in asked.answer.citations
    ]
    everywhere = [one for asked in (*present, *absent) for one in asked.verbatim]
    result: dict[str, Any] = {
        "answers": {
            "linked questions": len(linked),
            "evidence found": share(asked.found for asked in linked),
            "answer in the first statement": share(
                holds(asked.answer.statements[0].text, asked.question.answer)
                if asked.answer.statements
                else False
                for asked in found
            ),
            "answer in what is shown": share(
                holds(asked.shown, asked.question.answer) for asked in found
            ),
            f"answer in the first {MOST_WORDS} words": share(
                holds(first_words(asked.shown, MOST_WORDS), asked.question.answer)
                for asked in found
            ),
            "median words shown": median(
                [len(asked.shown.split()) for asked in found if not asked.refused] or [0]
            ),
            "citations": len(quotes),
            "citations that hold the answer": share(holds(*quote) for quote in quotes),
        },
        "quotes": {"all": len(everywhere), "verbatim": share(everywhere)},
        "knowing when not": {},
        "answer": milliseconds([asked.seconds for asked in present]),
    }
    for name, with_it, without_it in (
        ("linked", linked, [asked for asked in absent if asked.question.linked]),
        ("all", present, absent),
    ):
        if not with_it:
            continue
        result["knowing when not"][name] = {
            "questions": len(with_it),
            "AUROC of support": area_under_curve(
                [asked.answer.support for asked in with_it],
                [asked.answer.support for asked in without_it],
            ),
            "refused with evidence": share(asked.refused for asked in with_it),
            "refused without": share(asked.refused for asked in without_it),
            # Another article has the answer after all.
            "right without": share(
                holds(asked.shown, asked.question.answer) for asked in without_it
            ),
        }
    return result
