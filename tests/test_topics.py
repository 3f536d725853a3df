"""Requests for all there is on a topic."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.topics import MOST_QUOTED, Topic, asked_topic, asks_more
from corpus import Article
from index import Archive, Filters
from tests.fakes import FakeEncoder, FakeReader
from tests.made_articles import dated


def article(id: str, title: str, text: str, day: int) -> Article:
    return dated(id, text, f"2024-03-{day:02}", title=title)


ARTICLES = [
    article(
        "over", "Strike at Norvik over", "NORVIK — The Norvik strike is over. Crews go back.", 15
    ),
    article("begins", "Crews walk out at Norvik", "Norvik crews begin a strike. It is cold.", 11),
    article("bridge", "A bridge is closed", "The bridge at Holm is closed. A crack was seen.", 12),
    article("wool", "Wool is dear", "Wool is dear. Sheep are few. Shops wait. A strike hurts.", 13),
]


@pytest.fixture
def port(tmp_path: Path) -> Assistant:
    archive = Archive.create(tmp_path / "port", FakeEncoder(dimension=64))
    archive.add(ARTICLES)
    return Assistant(archive, reader=FakeReader())


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Tell me about the strike.", Topic("the strike")),
        ("tell me more about “the strike”", Topic("the strike")),
        ("What do we know about Ana Blum?", Topic("Ana Blum")),
        ("Could you summarise the talks?", Topic("the talks")),
        ("Give me a timeline of the repair", Topic("the repair")),
        ("What happened in Lund?", Topic("Lund", fact=True)),
        ("what’s going on at the port", Topic("the port", fact=True)),
        ("strike timeline", Topic("strike")),
        ("Explain the new tariff", Topic("the new tariff")),
        ("What did the Post write about the strike?", Topic("the strike", True, paper="the Post")),
        ("Explain why the bridge closed", None),
        ("What is the timeline?", None),
        ("Tell me who won", None),
        ("What happened?", None),
        ("What did the mayor know about the leak?", None),
    ],
)
def test_what_asks_for_all_on_a_topic(question: str, topic: Topic | None) -> None:
    assert asked_topic(question) == topic


def test_the_beginnings_of_its_articles_are_quoted_the_oldest_first(port: Assistant) -> None:
    answer = port.ask("Tell me about the Norvik strike")
    assert [statement.text for statement in answer.statements] == [
        "Norvik crews begin a strike.",
        "The Norvik strike is over.",
    ]
    assert answer.reason == (
        "From the beginnings of the 2 articles nearest to “the Norvik strike”; "
        "the oldest comes first."
    )
    assert answer.short is None
    answer = port.ask("Tell me about the Norvik strike", Filters(after=date(2024, 3, 12)))
    assert answer.reason == "From the beginning of the article nearest to “the Norvik strike”."
    assert [statement.text for statement in answer.statements] == ["The Norvik strike is over."]


def test_whoever_asks_for_anything_on_a_topic_gets_the_same(port: Assistant) -> None:
    unsure = Assistant(port.archive, reader=FakeReader(more=-9))
    request = "Catch me up on the Norvik strike"
    assert [statement.text for statement in unsure.ask(request).statements] == [
        "Norvik crews begin a strike.",
        "The Norvik strike is over.",
    ]
    # The reader says first whether a sentence answers.
    assert port.ask(request).reason == ""


def test_keywords_before_the_topic_may_ask_for_a_fact(port: Assistant) -> None:
    unsure = Assistant(port.archive, reader=FakeReader(more=-1.0, per_word=1.0))
    answer = unsure.ask("catch up on Norvik crews")
    assert (answer.hedged, answer.reason) == (
        False,
        "From the beginnings of the 2 articles nearest to “Norvik crews”; the oldest comes first.",
    )
    # All of these words are in one article.
    answer = unsure.ask("begin a strike on Norvik crews")
    assert (answer.hedged, answer.reason) == (True, "")


def test_an_article_must_have_the_names_of_the_topic(port: Assistant) -> None:
    assert port.ask("What do we know about the strike at Ostrand?").outcome == "name never appears"


def test_what_no_article_is_about_may_be_mentioned(port: Assistant) -> None:
    port.archive.add(
        [article("fair", "The fair", "It rained. Few came. All left. Ann Oak sang.", 9)]
    )
    answer = port.ask("What do we know about Ann Oak?")
    assert answer.reason == "One article mentions “Ann Oak”."
    assert [statement.text for statement in answer.statements] == ["Ann Oak sang."]


def test_of_many_articles_the_nearest_are_quoted_and_of_copies_one(port: Assistant) -> None:
    text = "The ferry is late. " + "It waits at {0} for {0} days, and nobody at {0} knows why. " * 9
    many = [
        article(f"ferry {n}", "The late ferry", text.format(f"pier{n}"), n) for n in range(1, 9)
    ]
    port.archive.add([*many, replace(many[0], id="copy", source="Echo", url=None)])
    answer = port.ask("Tell me about the late ferry")
    ids = [citation.article.id for citation in answer.citations]
    assert len(set(ids)) == len(ids) == MOST_QUOTED
    assert not {"copy", "ferry 1"} <= set(ids)


def test_what_a_paper_wrote_about_a_topic_is_in_its_articles(port: Assistant) -> None:
    echo = replace(ARTICLES[1], id="echo", source="Echo", url=None, text="Norvik crews stop work.")
    port.archive.add([echo])
    unsure = Assistant(port.archive, reader=FakeReader(more=-9))
    answer = unsure.ask("What did the Echo write about the Norvik crews?")
    assert [statement.text for statement in answer.statements] == ["Norvik crews stop work."]
    own = replace(ARTICLES[1], id="own", author="Ida Reed", text="Norvik crews may well be right.")
    port.archive.add([own])
    answer = unsure.ask("What did Ida Reed write about the Norvik crews?")
    assert [statement.text for statement in answer.statements] == [own.text]
    # Whoever is neither a source nor an author wrote no articles.
    assert unsure.ask("What did Ben Crews say about the Norvik crews?").statements == ()


def test_what_happened_is_told_by_one_sentence_if_the_reader_is_sure(port: Assistant) -> None:
    question = "What happened to the bridge at Holm?"
    sure = Assistant(port.archive, reader=FakeReader(more=9)).ask(question)
    assert (sure.statements[0].text, sure.reason) == ("The bridge at Holm is closed.", "")
    unsure = Assistant(port.archive, reader=FakeReader(more=-9)).ask(question)
    assert unsure.reason == "From the beginning of the article nearest to “the bridge at Holm”."
    assert unsure.statements[0].text == "The bridge at Holm is closed."


def test_keywords_show_the_nearest_articles_if_none_has_them_all(port: Assistant) -> None:
    port = Assistant(port.archive, reader=FakeReader(more=-9))
    answer = port.ask("Norvik crews strike protest")
    assert answer.statements[0].text == "Norvik crews begin a strike."
    assert answer.reason.startswith("From the beginning")
    # One word of two is not enough.
    assert port.ask("bridge orchids").statements == ()


@pytest.mark.parametrize(
    ("question", "reason", "articles"),
    [
        ("Which articles are about Norvik crews strike protest?",
         "From the beginnings of the 2 articles nearest to “Norvik crews strike protest”; "
         "the oldest comes first.", ["begins", "over"]),
        ("What is the latest on Norvik crews strike protest?",
         "From the beginnings of the 2 articles nearest to “Norvik crews strike protest”; "
         "the newest comes first.", ["over", "begins"]),
        ("How many articles are about Norvik crews strike protest?",
         "No article in the archive mentions “Norvik crews strike protest”.", []),
        ("Which articles mention Norvik crews strike protest?",
         "No article in the archive mentions “Norvik crews strike protest”.", []),
        ("Which articles are about Ostrand crews strike protest?",
         "No article in the archive mentions “Ostrand crews strike protest”.", []),
    ],
)  # fmt: skip
def test_articles_that_are_asked_for_may_use_other_words(
    port: Assistant, question: str, reason: str, articles: list[str]
) -> None:
    answer = Assistant(port.archive, reader=FakeReader(more=-9)).ask(question)
    assert answer.reason == reason
    assert [citation.article.id for citation in answer.citations] == articles


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("tell me more", ""),
        ("What else?", ""),
        ("More details, please.", ""),
        ("Who won? Tell me more", "Who won?"),
        ("More about the fire", None),
        ("What else burned?", None),
    ],
)
def test_what_asks_for_more(question: str, before: str | None) -> None:
    assert asks_more(question) == before


def test_more_is_what_the_same_articles_say_further(port: Assistant) -> None:
    first = port.ask("What do shops do?")
    assert [statement.text for statement in first.statements] == ["Shops wait."]
    more = port.ask("Tell me more", history=[first.turn])
    assert [statement.text for statement in more.statements] == [
        "Wool is dear.", "Sheep are few.", "A strike hurts."
    ]  # fmt: skip
    assert more.reason == "Further from the same article."
    # A link holds both questions.
    assert more.standalone == "What do shops do? Tell me more"
    assert port.ask(more.standalone).statements == more.statements
    assert port.ask("Tell me more", Filters(before=date(2024, 3, 12)), [first.turn]).reason != (
        more.reason
    )
    topic = port.ask("Tell me about the dear wool")
    more = port.ask("more", history=[topic.turn])
    assert more.standalone == "Tell me about the dear wool. more"
    assert port.ask(more.standalone).statements == more.statements
    # Then nothing is left, or nothing was quoted before.
    assert port.ask("Tell me more", history=[first.turn, topic.turn, more.turn]).reason != (
        more.reason
    )
    assert port.ask("Tell me more").reason != more.reason


def test_more_may_be_asked_for_again(port: Assistant) -> None:
    text = " ".join(f"Ferry {number} is late." for number in range(12))
    port.archive.add([article("ferries", "Ferries", text, 20)])
    turns = [port.ask("Which ferry is ferry 3?").turn]
    turns[0] = replace(turns[0], citations=turns[0].citations[:1])
    for _ in range(2):
        turns.append(port.ask("more", history=turns).turn)
    quoted = [citation.quote for turn in turns for citation in turn.citations]
    assert len(set(quoted)) == len(quoted) == 9
    assert turns[2].question == "Which ferry is ferry 3? more. more"
    # However often it is asked for, the question before is asked once.
    reader = FakeReader()
    Assistant(port.archive, reader=reader).ask("Who is late? " + "more. " * 60)
    assert len(set(reader.asked)) <= 2
