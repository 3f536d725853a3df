"""What a follow-up leaves out is taken from the turns before it."""

import pytest

from assistant import Turn
from assistant.conversation import standalone

MEETING = Turn(
    "Who attended the Qamishli airport meeting?",
    "Ali Mamlouk came with three Russian advisers [1]. Redour Khalil spoke for the Kurds [2].",
)
HEADED = Turn("Who headed the delegation?", "The delegation was headed by Ali Mamlouk [1].")
COACH = Turn("Who is the coach of Saltreath Harbour?", "Cora Finn trains them [1].")
BLUM = Turn("What was Anna Blum’s first song?", "It was a waltz [1].")
STEEL = Turn("Who runs Holm Steel?", "Holm Steel is led by Anna Blum [1].")


@pytest.mark.parametrize(
    ("question", "turns", "whole"),
    [
        ("And what did he vow?", [MEETING, HEADED], "What did Ali Mamlouk vow?"),
        ("What was his demand?", [HEADED], "What was Ali Mamlouk’s demand?"),
        ("How long did it last?", [MEETING], "How long did it last (Qamishli airport meeting)?"),
        ("When was that?", [MEETING], "When was that (Qamishli airport meeting)?"),
        ("How long did it last?", [HEADED], "How long did it last (delegation)?"),
        ("Why?", [MEETING], "Why (Qamishli airport meeting)?"),
        ("What did they demand?", [MEETING], "What did they demand (Qamishli airport meeting)?"),
        (
            "And in Hasakah?",
            [MEETING],
            "Who attended the Qamishli airport meeting in Hasakah?",
        ),
        ("And of Holm?", [COACH], "Who is the coach of Holm?"),
        ("And Holm United?", [COACH], "Who is the coach of Holm United?"),
        ("What about the stadium?", [COACH], "What about the stadium (coach Saltreath Harbour)?"),
        ("Who taught her to play?", [BLUM], "Who taught Anna Blum to play?"),
        ("Who read her poems?", [BLUM], "Who read Anna Blum’s poems?"),
        ("What did she promise?", [STEEL], "What did Anna Blum promise?"),
        (
            "Will it last?",
            [Turn("How many were there (old market hall)?", "There were nine [1].")],
            "Will it last (old market hall)?",
        ),
    ],
)
def test_a_follow_up_is_made_whole(question: str, turns: list[Turn], whole: str) -> None:
    assert standalone(question, turns) == whole


@pytest.mark.parametrize(
    "question",
    [
        "Who won the bakery prize in Holm?",
        "When did the clashes break out?",
        "Did Ali Mamlouk say that he would come back?",
        "Who said that bread prices would double?",
        "Which ferry did Anna Blum say she took?",
    ],
)
def test_a_new_topic_is_left_as_it_is(question: str) -> None:
    assert standalone(question, [MEETING, HEADED]) == question


def test_a_first_question_is_left_as_it_is() -> None:
    assert standalone("And what did he vow?", []) == "And what did he vow?"


def test_it_is_the_last_person_named_whom_a_pronoun_means() -> None:
    later = Turn("Who spoke for Holm?", "Anna Blum did, after Ali Mamlouk [1].")
    assert standalone("What did she say?", [HEADED, later]) == "What did Anna Blum say?"
