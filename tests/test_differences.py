"""Sources that give another number or another day for the same thing are shown together."""

from dataclasses import replace

import pytest

from assistant import Assistant
from assistant.answer import Answer
from assistant.assembling import stated
from assistant.differences import disagreeing, given_later
from assistant.evidence import Sentence
from assistant.question import Question
from corpus import Article
from index import Archive, Passage
from tests.fakes import FakeReader
from tests.made_articles import dated

HOW_MANY = "How many people were hurt in the fire at the Ostrand mill?"
WHEN = "On which day broke the fire at the Ostrand mill out?"


def article(source: str, text: str, day: int = 3) -> Article:
    # 3 March 2021 was a Wednesday.
    return dated(source, text, f"2021-03-{day:02}", source, title="Fire at the Ostrand mill")


TWELVE = article("Harbour Post", "Twelve people were hurt in the fire at the Ostrand mill.")
FIFTEEN = article("Valley Echo", "In the fire at the Ostrand mill 15 people were hurt.")
MARCH_2 = article("Valley Echo", "The fire at the Ostrand mill broke out on March 2.")
BOTH = {("15", "Valley Echo"), ("Twelve", "Harbour Post")}


@pytest.mark.parametrize(
    ("question", "articles", "values"),
    [
        pytest.param(HOW_MANY, [TWELVE, FIFTEEN], BOTH, id="two numbers"),
        pytest.param(
            HOW_MANY,
            [TWELVE, replace(FIFTEEN, text=FIFTEEN.text.replace("15", "12"))],
            set(),
            id="one number in two spellings",
        ),
        pytest.param(
            HOW_MANY,
            [
                TWELVE,
                article(
                    "Echo", "The fire at the Ostrand mill where people were hurt took 15 hours."
                ),
            ],
            set(),
            id="numbers of other things",
        ),
        pytest.param(
            HOW_MANY, [TWELVE, replace(FIFTEEN, source=TWELVE.source)], set(), id="one source"
        ),
        pytest.param(
            HOW_MANY,
            [TWELVE, article("Valley Echo", FIFTEEN.text, day=28)],
            set(),
            id="a later state of things",
        ),
        pytest.param(
            HOW_MANY,
            [
                TWELVE,
                FIFTEEN,
                article("Inquirer", "The people hurt in the fire at the Ostrand mill were 14.", 29),
                # This one agrees with one of them, and the next counts something else.
                article("Late Mail", "In the fire at the Ostrand mill 15 people were hurt.", 28),
                article("Daily", "In the fire at the Ostrand mill 40 sheep were hurt.", 27),
            ],
            BOTH | {("14", "Inquirer"), ("15", "Late Mail")},
            id="a later count stands beside two that differ",
        ),
        pytest.param(
            "How high was the turnout?",
            [
                article("Post", "Anna Blum won in Harrow. The turnout was 47 per cent."),
                article("Echo", "No party won in Westmarch. The turnout was 36 per cent."),
            ],
            set(),
            id="of other places",
        ),
        pytest.param(
            HOW_MANY,
            [
                TWELVE,
                FIFTEEN,
                dated(
                    "Mail",
                    "At the Ostrand mill 9 people were hurt in a fire.",
                    "2020-03-03",
                    "Mail",
                ),
            ],
            BOTH,
            id="a year before",
        ),
        pytest.param(
            WHEN,
            [article("Post", "The fire at the Ostrand mill broke out on Monday."), MARCH_2],
            {("March 2", "Valley Echo"), ("Monday", "Post")},
            id="two days, one of them a weekday",
        ),
        pytest.param(
            "Were 12 people hurt in the fire at the Ostrand mill?",
            [TWELVE, FIFTEEN],
            set(),
            id="yes or no is no value",
        ),
        pytest.param(
            "How old is Una Blent, who was hurt in the fire at the Ostrand mill?",
            [
                article("Harbour Post", "In the fire at the Ostrand mill Una Blent, 29, was hurt."),
                article("Valley Echo", "Una Blent, 27, hurt in the fire at the Ostrand mill."),
            ],
            {("29", "Harbour Post"), ("27", "Valley Echo")},
            id="what follows a comma is no unit",
        ),
        pytest.param(
            WHEN,
            [article("Post", "The fire at the Ostrand mill broke out on Tuesday."), MARCH_2],
            set(),
            id="a weekday and its date",
        ),
    ],
)
def test_what_sources_differ_on(
    archive: Archive, question: str, articles: list[Article], values: set[tuple[str, str]]
) -> None:
    """Each value with the source that is quoted for it."""
    archive.add(articles)
    answer = Assistant(archive, reader=FakeReader()).ask(question)
    cited = {citation.marker: citation for citation in answer.citations}
    cited_values = [
        (value, cited[marker])
        for difference in answer.differences
        for value, markers in difference.values
        for marker in markers
    ]
    assert all(value in citation.quote for value, citation in cited_values)
    assert len(cited_values) == len(values)
    assert {(value, citation.article.source) for value, citation in cited_values} == values


def read(held: Article, text: str, answer: str, *copies: Article, odds: float = 4.0) -> Sentence:
    start, at = held.text.index(text), held.text.index(answer)
    passage = Passage(held, 0, len(held.text), 1.0, copies=copies)
    return Sentence(held, start, start + len(text), (at, at + len(answer)), passage, odds, odds)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("half a million", "500,000", False),
        ("a quarter of a million", "250,000", False),
        ("two and a half million", "2,500,000", False),
        ("5,00,000", "500,000", False),
        ("5,00,000", "600,000", True),
        # A vague number is no value.
        ("a few hundred", "450", False),
        ("several hundred thousand", "450", False),
        ("tens of thousands", "450", False),
        ("two hundred", "450", True),
    ],
)
def test_one_number_in_several_ways(one: str, other: str, differ: bool) -> None:
    text = "In the fire at the Ostrand mill {} people were hurt."
    first, second = (
        read(article(source, text.format(number)), text.format(number), number)
        for source, number in (("Post", one), ("Echo", other))
    )
    assert bool(disagreeing(Question("?"), [first, second])) == differ


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("31 December", "31 December", False),
        ("1 January", "1 January", False),
        ("31 December", "1 January", True),
    ],
)
def test_a_day_without_a_year_is_the_nearest(one: str, other: str, differ: bool) -> None:
    text = "The fire at the Ostrand mill broke out on {}."
    first, second = (
        read(dated(source, text.format(day), published, source), text.format(day), day)
        for source, published, day in (("Post", "2024-12-31", one), ("Echo", "2025-01-02", other))
    )
    assert bool(disagreeing(Question("?"), [first, second])) == differ


def test_a_count_of_the_same_things_may_fit_worse_than_a_day() -> None:
    tuesday = replace(MARCH_2, text=MARCH_2.text.replace("2", "3"), source="Post")
    counts = (read(TWELVE, TWELVE.text, "Twelve", odds=9), FIFTEEN, "15")
    days = (read(tuesday, tuesday.text, "March 3", odds=9), MARCH_2, "March 2")
    for (first, other, value), least in ((counts, 4.0), (days, 6.0)):
        for odds, differ in ((least, True), (least - 0.1, False)):
            second = read(other, other.text, value, odds=odds)
            assert bool(disagreeing(Question("?"), [first, second])) == differ


def test_what_is_said_later_need_not_say_what_it_counts() -> None:
    text = "The number of hurt now stands at {}, all of them from the Ostrand mill."
    first = read(TWELVE, TWELVE.text, "Twelve")
    for number in ("15", "15 sheep", "12"):
        later = article("Harbour Post", text.format(number), 20)
        second = read(later, later.text, number)
        said = given_later(Question(HOW_MANY), [first, second])
        assert said == ([second] if number == "15" else [])
    undated = read(replace(TWELVE, published=None), TWELVE.text, "Twelve")
    later = article("Harbour Post", text.format(15), 20)
    assert given_later(Question(HOW_MANY), [undated, read(later, later.text, "15")]) == []


def test_a_correction_has_the_number_that_it_corrects() -> None:
    first = read(TWELVE, TWELVE.text, "Twelve")
    for text, is_correction in (("It was 15, not 12.", True), ("It was 15, not 13.", False)):
        later = replace(article("Harbour Post", text, 20), title="Correction")
        second = read(later, text, "15", odds=1)
        said = given_later(Question(HOW_MANY), [first, second])
        assert said == ([second] if is_correction else [])


def test_copies_of_one_agency_text_are_one_source() -> None:
    longer = article("Valley Echo", f"{TWELVE.text} {FIFTEEN.text}")
    other = read(longer, FIFTEEN.text, "15")
    for first, values in (
        (read(TWELVE, TWELVE.text, "Twelve"), ["Twelve", "15"]),
        (read(TWELVE, TWELVE.text, "Twelve", longer), []),
    ):
        assert [value for _, value in disagreeing(Question(HOW_MANY), [first, other])] == values
        assert [value for _, value in disagreeing(Question(HOW_MANY), [other, first])] == values[
            ::-1
        ]


@pytest.mark.parametrize(
    ("question", "day", "source", "notes"),
    [
        (HOW_MANY, 20, "Harbour Post", ("The same source says later: 15.",)),
        (HOW_MANY, 20, "Valley Echo", ()),
        # What came before is no correction, and whoever asks for the latest is given it.
        (HOW_MANY, 1, "Harbour Post", ()),
        (HOW_MANY.replace("people", "people so far"), 20, "Harbour Post", None),
    ],
)
def test_what_the_same_source_says_later_stands_beside_it(
    archive: Archive, question: str, day: int, source: str, notes: tuple[str, ...] | None
) -> None:
    first = "Twelve people were hurt in the fire at the Ostrand mill, many of them badly."
    archive.add(
        [article("Harbour Post", first), replace(article(source, FIFTEEN.text, day), id="b")]
    )
    answer = Assistant(archive, reader=FakeReader()).ask(question)
    if notes is None:
        assert answer.statements[0].text == FIFTEEN.text
    else:
        assert answer.notes == notes
        assert FIFTEEN.text in [statement.text for statement in answer.statements]


def test_a_later_value_with_the_sentence_before_it_is_shown_once(archive: Archive) -> None:
    text = "The mill at Ostrand burned, and people were hurt in the fire. There were 15."
    later = article("Harbour Post", text, 20)
    archive.add([TWELVE, replace(later, id="later")])
    evidence = [
        read(TWELVE, TWELVE.text, "Twelve", odds=9),
        read(later, "There were 15.", "15", odds=8),
    ]
    answer = stated(
        Answer(HOW_MANY, "answered", 0.9), Question(HOW_MANY), archive.query_words(HOW_MANY),
        evidence, evidence, None,
    )  # fmt: skip
    assert [statement.text for statement in answer.statements] == [TWELVE.text, text]
    assert answer.notes == ("The same source says later: 15.",)
