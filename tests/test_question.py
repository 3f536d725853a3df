"""What a question asks for, and what in a text answers it."""

import pytest

from assistant import expressions
from assistant.question import Question


@pytest.mark.parametrize(
    ("text", "kind", "topic"),
    [
        ("Who attended the harbour talks?", "who", "harbour talks"),
        ("when did the fighting begin", "when", "fighting begin"),
        ("Where did the vote take place?", "where", "vote"),
        ("How many boats sank?", "how many", "boats sank"),
        ("How much did the bridge cost?", "how much", "bridge"),
        ("How long did the strike last?", "how long", "strike"),
        ("How many days did the strike last?", "how long", "days strike"),
        ("How old is the pilot?", "how old", "pilot"),
        ("How fast was the wind?", "how far", "wind"),
        ("Which newspaper broke the story of the fire?", "reported", "fire"),
        ("What did Anna Blum promise?", "said", "Anna Blum promise"),
        ("Why was the pier closed?", "why", "pier closed"),
        ("Did the council agree?", "yes or no", "council agree"),
        # What asks first is the question's kind; what comes later says when, where or whom.
        ("What did Blum say when she resigned?", "said", "Blum resigned"),
        ("Who was mayor when the mill burned?", "who", "mayor mill burned"),
        ("Did anyone die when the mill burned?", "yes or no", "anyone die mill burned"),
        ("When the mill burned, who was mayor?", "who", "mill burned mayor"),
        ("Who read Blum's poems?", "who", "read Blum poems"),
    ],
)
def test_kind_and_topic(text: str, kind: str, topic: str) -> None:
    question = Question(text)
    assert (question.kind, question.topic) == (kind, topic)


def test_only_the_part_that_asks_decides_the_kind() -> None:
    question = Question("When the dam broke, two towns were flooded. Who built it?")
    assert question.kind == "who"
    assert question.names == []


@pytest.mark.parametrize(
    ("text", "all_of_them"),
    [
        ("Who attended the talks?", True),
        ("Who was at the talks?", True),
        ("Who signed the treaty?", True),
        ("Who is the mayor?", False),
        ("When were the talks?", False),
    ],
)
def test_who_asks_for_a_list(text: str, all_of_them: bool) -> None:
    assert Question(text).asks_for_all is all_of_them


@pytest.mark.parametrize(
    ("question", "text", "answers"),
    [
        ("Who won?", "The race was won by Ilse Marten of Holm.", ["Ilse Marten"]),
        ("Who won, Ilse Marten?", "Ilse Marten lost to Ruth Abara.", ["Ruth Abara"]),
        ("When did it open?", "It opened on 3 March 2024.", ["3 March 2024"]),
        ("When is the vote?", "It is held next spring, at midnight.", ["next spring", "midnight"]),
        ("When did it burn?", "It burned down two days ago.", ["two days ago"]),
        ("How many came?", "Some 1,200 came, and forty stayed.", ["1,200", "forty"]),
        ("How many were hurt?", "Nobody was hurt in the 140-year-old mill.", ["Nobody"]),
        ("How many boats sank?", "In 2019 the two crews lost three boats.", ["three"]),
        ("How many people died?", "On 4 March, 38 residents died and 9 dogs fled.", ["38"]),
        ("How many times did he win?", "He won 14 times in 9 years.", ["14"]),
        ("Who won?", "In Port Lantry the race was won by Ilse Marten.", ["Ilse Marten"]),
        ("How much was paid?", "They paid $4.5 million.", ["$4.5 million"]),
        ("How long did it take?", "It took three hours.", ["three hours"]),
        ("How old is she?", "Blum, who is 61 years old, agreed.", ["61 years old"]),
        ("How high is it?", "It is 17 metres high.", ["17 metres"]),
        ("Where is it?", "It stands in Holm, by the sea.", ["Holm"]),
        (
            "Who attended?",
            "Three military advisers came with Anna Blum.",
            ["Three military advisers", "Anna Blum"],
        ),
        # What the question says itself is no answer, in whatever form; what only holds it may be.
        (
            "Where did the port strike talks take place?",
            "Talks in the port of Saltreath broke up at the Station Hotel in Eskerby.",
            ["at the Station Hotel", "Station Hotel", "Eskerby"],
        ),
        ("Who beat Anna Orbana?", "Anna Orbana lost to Ana Orban.", ["Ana Orban"]),
        ("Which agency reported it?", "The owner told Holm Wire so.", ["Holm Wire"]),
    ],
)
def test_answers_in(question: str, text: str, answers: list[str]) -> None:
    spans = Question(question).answers_in(text)
    assert [text[start:end] for start, end in spans] == answers


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("What did Anna Blum promise?", "Anna Blum"),
        ("What has Blum repeatedly said about the mill?", "Blum"),
        ("What was said about the mill?", None),
        ("What did the dockers demand?", None),
        ("Who did Anna Blum say was ill?", None),
    ],
)
def test_whose_words_are_asked_for(question: str, speaker: str | None) -> None:
    assert Question(question).speaker == speaker


def test_capitals_are_of_names_in_english_only() -> None:
    assert Question("Who is the mayor of Holm?").is_english
    assert Question("Anna Blum Holm").is_english
    assert not Question("Wer ist die Bürgermeisterin von Holm?").is_english
    assert Question("Which year was 2019, and not 1999a?").years == {"2019"}


def test_the_source_counts_as_what_reported_it() -> None:
    text = "21 Aug 2016 – BasNews – QAMISHLO — A delegation arrived."
    [(start, end)] = Question("which agency reported it").answers_in(text, "BasNews")
    assert text[start:end] == "BasNews"


def test_people_are_neither_peoples_nor_bodies() -> None:
    text = (
        "Syrian Kurds met Ali Karim of the Holm City Council and Abdul Omar in Holm Harbour Hall."
    )
    found = [text[start:end] for start, end in expressions.people(text)]
    assert found == ["Ali Karim", "Abdul Omar"]


def test_a_stop_ends_a_name_but_not_after_a_short_title() -> None:
    text = "Capt. J. R. Hale of the U.S. Navy met Congress. What St. Olav said is not known."
    found = [text[start:end] for start, end in expressions.names(text)]
    assert found == ["Capt. J. R. Hale of the U.S. Navy", "Congress", "St. Olav"]


def test_a_word_that_only_begins_a_sentence_is_no_name() -> None:
    assert Question("Combien coûte le port de Holm ?").names == ["Holm"]
    assert Question("Anna Blum spoke. Did Holm listen?").names == ["Anna Blum", "Holm"]
