"""The benchmark's arithmetic, on what can be counted by hand."""

from datetime import date

import pytest

from assistant import Answer, Citation, Statement
from corpus import Article
from index import Passage
from tests.benchmark import answers
from tests.benchmark.metrics import (
    first_rank,
    hit_rate,
    holds,
    mean_reciprocal_rank,
    milliseconds,
    normalise,
    percentile,
)
from tests.benchmark.questions import Question, in_groups
from tests.benchmark.tables import tables

# What is counted


@pytest.mark.parametrize(
    ("found", "right", "rank"),
    [
        (["a", "b", "c"], {"b"}, 2),
        (["a", "a", "a", "b"], {"b"}, 2),
        (["a", "b", "c"], {"c", "b"}, 2),
        (["a", "b"], {"z"}, None),
        ([], {"a"}, None),
    ],
)
def test_rank_counts_each_article_once(found: list[str], right: set[str], rank: int | None) -> None:
    assert first_rank(found, right) == rank


def test_hit_rate_and_reciprocal_rank() -> None:
    ranks = [1, 2, None, 10, 11]
    assert [hit_rate(ranks, most) for most in (1, 2, 5, 10, 11)] == [0.2, 0.4, 0.4, 0.6, 0.8]
    assert mean_reciprocal_rank(ranks, 10) == pytest.approx((1 + 1 / 2 + 1 / 10) / 5)
    assert mean_reciprocal_rank(ranks, 1) == 0.2
    assert hit_rate([], 1) == mean_reciprocal_rank([], 1) == 0.0


def test_percentile_lies_between_neighbours() -> None:
    assert percentile([3.0, 1.0, 2.0, 4.0, 5.0], 50) == 3.0
    assert percentile([1.0, 2.0], 50) == 1.5
    assert percentile([0.0, 10.0], 95) == 9.5
    assert percentile([7.0], 95) == 7.0
    assert milliseconds([0.001, 0.003]) == pytest.approx({"p50": 2.0, "p95": 2.9})


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  The Tony\tAwards. ", "tony awards"),
        ("“Thor: Love and Thunder”", "thor love and thunder"),
        ("Domino’s", "domino s"),
        ("Domino's", "domino s"),
        ("$10,000", "$10000"),
        ("1,5", "1 5"),
        ("51.3%,", "51.3%"),
        ("BA.5.", "ba 5"),
        ("Ramon Estévez", "ramon estévez"),
        ("A", "a"),
        ("An apple a day", "apple a day"),
        ("Theranos", "theranos"),
        ("—", ""),
    ],
)
def test_normalising(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize(
    ("text", "answer", "does"),
    [
        ("He went to “Yellowstone”’s gate.", "Yellowstone", True),
        ("The awards went on", "The awards", True),
        ("It was 63.", "63", True),
        ("It was 1963.", "63", False),
        ("A magnitude of 5.9 was felt", "5", False),
        ("A magnitude of 5.9 was felt", "5.9", True),
        ("a Tony for an award", "Tony Award", False),
        ("Sweden, and Finland", "Sweden and Finland", True),
        ("", "Sweden", False),
    ],
)
def test_holding_an_answer(text: str, answer: str, does: bool) -> None:
    assert holds(text, answer) is does


def test_figures_are_tables_however_deep_they_are() -> None:
    rows = {"dense": {"one": 0.5, "other": 12}, "x": {"one": 123.456}}
    result = {"seconds": 2, "found": {"linked": rows}, "merged": ["a", "b"]}
    assert tables(result, "All") == [
        "All\n  seconds  2",
        "All: found: linked\n           one  other\n  dense  0.500     12\n  x      123.5",
        "merged\n  a\n  b",
    ]


# Questions


def _question(text: str, answer: str = "yes", day: int = 1, *linked: str) -> Question:
    return Question(text, answer, date(2024, 1, day), frozenset(linked), frozenset())


def test_groups_are_far_apart() -> None:
    questions = [_question(str(day), "yes", day) for day in (3, 1, 6, 2, 5, 4, 7)]
    groups = [[question.asked_on.day for question in group] for group in in_groups(questions, 3)]
    assert groups == [[1, 4, 7], [2, 5], [3, 6]]


# What answers come to


def _asked(
    question: Question, quotes: list[str], support: float, verbatim: bool = True
) -> answers.Asked:
    """An answer of one statement for each quote, from an article that is only that quote."""
    statements = []
    for marker, quote in enumerate(quotes, start=1):
        article = Article(f"a{marker}", "Title", quote)
        statements.append(Statement((Citation(marker, article, 0, len(quote)),), support))
    passages = tuple(Passage(statement.citations[0].article, 0, 1, 1.0) for statement in statements)
    outcome = "answered" if quotes else "does not say"
    answer = Answer(question.text, outcome, support, tuple(statements), passages)
    return answers.Asked(question, answer, support / 10, (verbatim,) * len(quotes))


def test_measures_of_answers() -> None:
    paris = _question("Where?", "Paris", 1, "a1")
    rome = _question("Where to?", "Rome", 2, "a2")
    oslo = _question("Where from?", "Oslo", 3, "elsewhere")
    bern = _question("Where now?", "Bern", 4)
    present = [
        _asked(paris, ["They met in Paris."], 0.9),
        _asked(rome, ["They left.", "So " + "on " * 60 + "to Rome."], 0.6),
        _asked(oslo, ["Oslo it was."], 0.5),
        _asked(bern, [], 0.1),
    ]
    absent = [
        _asked(paris, [], 0.1),
        _asked(rome, ["They met in Rome.", "Or not."], 0.6, verbatim=False),
        _asked(oslo, [], 0.2),
        _asked(bern, [], 0.3),
    ]
    assert answers.measure(present, absent) == {
        "answers": {
            "linked questions": 3,
            "evidence found": pytest.approx(2 / 3),
            "answer in the first statement": 0.5,
            "answer in what is shown": 1.0,
            "answer in the first 60 words": 0.5,
            "median words shown": pytest.approx((4 + 65) / 2),
            "citations": 3,
            "citations that hold the answer": pytest.approx(2 / 3),
        },
        "quotes": {"all": 6, "verbatim": pytest.approx(4 / 6)},
        "knowing when not": {
            "linked": {
                "questions": 3,
                "AUROC of support": pytest.approx((3 + 2.5 + 2) / 9),
                "refused with evidence": 0.0,
                "refused without": pytest.approx(2 / 3),
                "right without": pytest.approx(1 / 3),
            },
            "all": {
                "questions": 4,
                "AUROC of support": pytest.approx((4 + 3.5 + 3 + 0.5) / 16),
                "refused with evidence": 0.25,
                "refused without": 0.75,
                "right without": 0.25,
            },
        },
        "answer": pytest.approx({"p50": 55.0, "p95": 85.5}),
    }
