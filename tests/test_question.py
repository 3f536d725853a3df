"""What is read from a question's form: its parts, its names, whether it wants the latest."""

import pytest

from assistant.question import Question


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Who leads the inquiry?", ("Who leads the inquiry?",)),
        (
            "How many ferries will it buy and what caused the roof to collapse?",
            ("How many ferries will it buy?", "What caused the roof to collapse?"),
        ),
        (
            "Who runs the harbour board, and who is the city engineer?",
            ("Who runs the harbour board?", "Who is the city engineer?"),
        ),
        (
            "Who built it, and when was it sold, and what did it cost?",
            ("Who built it?", "When was it sold?", "What did it cost?"),
        ),
        (
            "When will the first ferry arrive? And how much will repairs cost?",
            ("When will the first ferry arrive?", "How much will repairs cost?"),
        ),
        (
            "Did the council meet and in which hall was it held?",
            ("Did the council meet?", "In which hall was it held?"),
        ),
        (
            "Who wrote the book, and did it win a prize?",
            ("Who wrote the book?", "Did it win a prize?"),
        ),
        (
            "Where and when was Anna Blum born?",
            ("Where was Anna Blum born?", "When was Anna Blum born?"),
        ),
        (
            "Tell me about the flood and how many people died",
            ("Tell me about the flood?", "How many people died"),
        ),
        ("Who lied and was jailed for it?", ("Who lied and was jailed for it?",)),
        # What goes on with what was asked before is no question of its own.
        (
            "What did Blum say about the fire and how it began?",
            ("What did Blum say about the fire and how it began?",),
        ),
        ("Who wrote War and When It Ends?", ("Who wrote War and When It Ends?",)),
        ("The mayor resigned and what now?", ("The mayor resigned and what now?",)),
    ],
)
def test_parts(text: str, parts: tuple[str, ...]) -> None:
    assert Question(text).parts == parts


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Did Ana Blum or Keel win?", ("Did Ana Blum win?", "Did Keel win?")),
        ("Compare Ana Blum and Keel", ("Ana Blum", "Keel")),
        ("Can you compare the votes of Blum with Keel's?",
         ("the votes of Blum?", "the votes of Keel's?")),
        ("Compare bread in Holm with the prices", ()),
        ("Did Blum and Keel agree?", ()),
        ("Compare the mayor of Holm and the mill", ()),
    ],
)  # fmt: skip
def test_sides(text: str, sides: tuple[str, ...]) -> None:
    assert Question(text).sides == sides


def test_parts_are_few() -> None:
    parts = Question(f"{'Who ran the ferry and ' * 40}who built it?").parts
    assert parts[:4] == ("Who ran the ferry?",) * 4
    assert len(parts) == 5
    assert parts[4].endswith("and who built it?")


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("What is the current speed limit?", True),
        ("How many have died so far?", True),
        ("Who is the latest to resign?", True),
        ("What did the mayor know?", False),
        ("Who lives in Nowhere Street?", False),
        ("How strong was the current of the river?", True),  # A word for two things.
    ],
)
def test_the_latest(text: str, wants: bool) -> None:
    assert Question(text).wants_latest is wants


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("purja avalanche", True),
        ("trump", True),
        ("bridge at Holm 2021", True),
        ("purja avalanche?", False),
        ("who led the talks", False),
        ("did anyone die", False),
        ("Tell me how it began", False),
        ("whos the mayor", False),
        ("isnt the bridge closed", False),
        ("I wonder whether it rained", False),
    ],
)
def test_keywords(text: str, is_one: bool) -> None:
    assert Question(text).is_keywords is is_one


def test_names() -> None:
    question = Question("What did Anna Blum tell the council of Holm about Dorn's bridge?")
    assert question.names == ["Anna Blum", "Holm", "Dorn"]
    assert Question("Bridges of stone?").names == []


@pytest.mark.parametrize(
    ("text", "is_english"),
    [
        ("Was the bridge closed?", True),
        ("Has Möllenkamp resigned?", True),
        ("Which Fahrkarte is the dearest?", True),
        ("Was kostet die Fahrkarte?", False),
        ("Was geschah letzte Woche im Landtag?", False),
        ("Is de brug bij Holm dicht?", False),
    ],
)
def test_english_is_told_by_more_than_its_first_word(text: str, is_english: bool) -> None:
    assert Question(text).is_english is is_english


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("According to the Harbour Post, how many died?", "Harbour Post"),
        ("What did the Harbour Post report about the storm?", "Harbour Post"),
        ("What did Ada Krol build?", ""),
        ("Who said that the Harbour Post is for sale?", ""),
    ],
)
def test_who_is_to_have_said_it(text: str, by: str) -> None:
    assert Question(text).attributed_to == by


@pytest.mark.parametrize(
    ("question", "wants_all"),
    [
        ("Who attended the talks in Kest?", True),
        ("Who were the people at the meeting?", True),
        ("who is known to have met the minister", True),
        ("Who told reporters that they were at the fire?", False),
        ("Who says they met in Holm?", False),
        ("Who else are they trying to free?", False),
        ("names of the dead in the mill fire", True),
        ("Did everybody on the ferry survive?", False),
        ("Who pushed Blum off the top of the rich list?", False),
    ],
)
def test_who_asks_for_a_list(question: str, wants_all: bool) -> None:
    assert Question(question).wants_all == wants_all
