"""What tells something beside sentences, rows of tables and lists, and how a reader is given it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, evidence
from assistant.layout import balanced, is_row, told, whole_list, wording
from corpus import Article
from index import Archive
from tests.fakes import FakeReader

FERRY = Article(
    "ferry",
    "New timetable",
    "The Holm ferry has other fares from May. They were agreed in March.\n\n"
    "Passenger | One way | Return\n\nAdults | 6 crowns | 10 crowns\n\n"
    "Under 15 | 2 crowns | 3 crowns\n\n"
    "On board there will be:\n\na library of 200 books\n\na bar\n\n"
    "The ferry was built in 1987.",
)


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in told(text)]


def read(article: Article, quote: str) -> str:
    start = article.text.index(quote)
    return wording(article, start, start + len(quote)).text


def test_a_list_is_told_with_what_announces_it() -> None:
    assert pieces(FERRY.text)[-2:] == [
        "On board there will be:\n\na library of 200 books\n\na bar",
        "The ferry was built in 1987.",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # A list that is no list: what follows are sentences, rows, or a question.
        ("He said:\n\n“We sail.”\n\nThen he left.", ["“We sail.”", "Then he left."]),
        ("Fares:\n\nPassenger | Fare\n\nAll | 3", ["Passenger | Fare", "All | 3"]),
        ("Heading\n\nThe bar is shut.\n\nWhy?", ["The bar is shut."]),
        ("It will be:", []),
        # A link to another article says nothing here; a label before a space does.
        ("More:Five people were held over the fire at the old mill\n\nIt burned.", ["It burned."]),
        (":Five people were held over the fire at the old mill\n\nIt burned.", ["It burned."]),
        # The dateline of an article is above it, however long it is.
        ("Harbour Gazette for Holm and Lund, Sunday 12 January 2025\n\nIt burned.",
         ["It burned."]),
        ("Held:Five people, over the fire at the old mill.",
         ["Held:Five people, over the fire at the old mill."]),
        ("Held: Five people over the fire at the old mill in Holm",
         ["Held: Five people over the fire at the old mill in Holm"]),
    ],
)  # fmt: skip
def test_what_is_told(text: str, told: list[str]) -> None:
    assert pieces(text) == told


def test_a_list_ends_somewhere() -> None:
    items = [f"item number {number} of a long list" for number in range(100)]
    first, *_ = pieces("\n\n".join(["There are:", *items]))
    assert first.startswith("There are:\n\nitem number 0")
    assert 500 < len(first) < 700


@pytest.mark.parametrize(
    ("answer", "whole"),
    [("a bar", "a library of 200 books\n\na bar"), ("200 books", "200 books")],
)
def test_an_item_of_a_list_is_answered_with_all_of_them(answer: str, whole: str) -> None:
    text = FERRY.text
    piece = next(piece for piece in told(text) if answer in text[slice(*piece)])
    start = text.index(answer)
    assert text[slice(*whole_list(text, piece, (start, start + len(answer))))] == whole


@pytest.mark.parametrize(
    ("text", "answer", "whole"),
    [
        ('Rated "very bad" in May.', '"very bad', '"very bad"'),
        ('Rated "very bad" in May.', 'very bad"', "very bad"),
        ('Rated "very bad" in May.', "very bad", "very bad"),
        ('Rated "very bad and poor" in May.', '"very bad', "very bad"),
        ("He said “one” and “two” in May.", "two”", "two"),
        ("Sie war „sehr schlecht“ im Mai.", "„sehr schlecht", "„sehr schlecht“"),
        ("Sie war „sehr schlecht“ im Mai.", "schlecht“", "schlecht"),
        ("It was seen at 5 a.m. by all.", "5 a.m", "5 a.m."),
        ("It was seen by the U.S. Navy.", "the U.S", "the U.S."),
        ("It was seen by all.", "all", "all"),
    ],
)
def test_an_answer_has_both_quotation_marks_or_none(text: str, answer: str, whole: str) -> None:
    start = text.index(answer)
    span = balanced(text, (0, len(text)), (start, start + len(answer)))
    assert text[slice(*span)] == whole


def test_a_list_of_lines_is_one_too() -> None:
    text = "Nobody paid. The pledges are:\n- Holm: 6 crowns\n- Lund: 9 crowns\n\nOthers gave none."
    piece = "The pledges are:\n- Holm: 6 crowns\n- Lund: 9 crowns"
    assert pieces(text) == ["Nobody paid.", piece, "Others gave none."]
    start = text.index(piece)
    span = start, start + len(piece)
    item = text.index("Holm"), text.index("\n- Lund")
    assert text[slice(*whole_list(text, span, item))] == "Holm: 6 crowns\n- Lund: 9 crowns"


def test_each_cell_is_read_under_its_heads() -> None:
    assert read(FERRY, "Under 15 | 2 crowns | 3 crowns") == (
        "The Holm ferry has other fares from May. They were agreed in March. "
        "Under 15, One way: 2 crowns. Under 15, Return: 3 crowns."
    )


@pytest.mark.parametrize("above", ["", "The Holm Press, 14 January 2025\nBy Ida Wren\n\n"])
def test_a_sentence_is_read_after_the_one_before_it_without_its_dateline(above: str) -> None:
    text = f"{above}HOLM, Jan 14 — The ram is back. A gardener found it."
    article = Article("ram", "Ram", text)
    assert read(article, "A gardener found it.") == "The ram is back. A gardener found it."


def test_a_row_without_heads_is_read_as_a_sentence_is() -> None:
    assert read(FERRY, "Passenger | One way | Return") == (
        "They were agreed in March.\n\nPassenger | One way | Return"
    )
    uneven = Article("a", "", "Fares | 2020\n\nAll | 3 | 4")
    assert read(uneven, "All | 3 | 4") == "Fares | 2020\n\nAll | 3 | 4"


def test_a_blank_line_ends_a_table_of_lines() -> None:
    article = Article(
        "a", "", "Home | Score | Away\nHolm | 0-1 | Lund\n\nClub | Points\nLund | 3\nHolm | 9"
    )
    assert read(article, "Holm | 9").endswith("Holm, Points: 9.")
    assert read(article, "Holm | 0-1 | Lund").endswith("Holm, Score: 0-1. Holm, Away: Lund.")


TEXTS = st.lists(
    st.sampled_from(["A | b", "C | d | e", " | ", "f:", "g", "He left.", "|", "h | | i"]),
    max_size=9,
)


@given(TEXTS, st.sampled_from(["\n\n", "\n", " "]))
def test_what_is_read_stands_in_the_article(words: list[str], between: str) -> None:
    article = Article("a", "", between.join(words))
    for start, end in told(article.text):
        given_to_read = wording(article, start, end)
        for first, last, shift in given_to_read.parts:
            part = given_to_read.text[first:last]
            assert article.text[first + shift : last + shift] == part != ""
            assert start <= first + shift < last + shift <= end


@pytest.mark.parametrize(
    ("question", "quote", "short"),
    [
        ("What does a return ticket cost for children under 15?", "Under 15 |", "3 crowns"),
        ("How much is a single for an adult?", "Adults |", "6 crowns"),
        (
            "What will passengers find on board?",
            "On board there will be:",
            "a library of 200 books\n\na bar",
        ),
    ],
)
def test_tables_and_lists_answer(tmp_path: Path, question: str, quote: str, short: str) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([FERRY])
        answer = Assistant(archive).ask(question)
    assert answer.statements[0].text.startswith(quote)
    assert sum(is_row(statement.text) for statement in answer.statements) <= 1
    assert answer.short
    assert answer.short.text == short


@pytest.mark.parametrize(
    ("question", "heads"),
    [
        ("How many points has Kelder City?", {"Kelder City"}),
        ("Which team has most points?", {"Port Ennis", "Kelder City", "Aldmoor"}),
        # Names that stand in no first cell, and what is no row, are left as they are.
        ("How many points has Holm?", {"Port Ennis", "Kelder City", "Aldmoor"}),
    ],
)
def test_of_a_table_only_the_row_that_is_named_counts(
    archive: Archive, question: str, heads: set[str]
) -> None:
    rows = ["Team | Won | Points", "Port Ennis | 2 | 6", "Kelder City | 1 | 4", "Aldmoor | 0 | 1"]
    archive.add([Article("league", "League", "\n\n".join(["They met on Saturday.", *rows]))])
    found = evidence.read(archive, FakeReader(), question, archive.search(question))
    texts = {sentence.text for sentence in found}
    assert "They met on Saturday." in texts
    assert {text.partition(" | ")[0] for text in texts if is_row(text)} - {"Team"} == heads
