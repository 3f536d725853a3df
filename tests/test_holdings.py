"""Questions about the archive itself, which are counted."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.holdings import MOST_QUOTED, Holding, holding
from corpus import Article
from index import Archive, Filters
from tests.fakes import FakeEncoder, FakeReader
from tests.made_articles import dated


def article(id: str, text: str, day: int) -> Article:
    return dated(id, text, f"2024-03-{day:02}", title="Port")


@pytest.fixture
def port(tmp_path: Path) -> Assistant:
    archive = Archive.create(tmp_path / "port", FakeEncoder())
    archive.add([
        article("pay", "Dockers struck. Ada Corran wants 40 crowns of strike pay.", 11),
        article("talks", "The talks of Ada Corran and Ben Ruhl failed.", 12),
        article("end", "The strike is over. Ben Ruhl signed.", 15),
    ])  # fmt: skip
    return Assistant(archive, reader=FakeReader())


@pytest.mark.parametrize(
    ("question", "topic", "newest"),
    [
        ("How many articles mention Ada Corran?", "Ada Corran", False),
        ("Which articles are about the port strike?", "the port strike", False),
        ("List all articles about the strike.", "the strike", False),
        ("How many articles are there in the archive?", "", False),
        ("how often is Ada Corran mentioned", "Ada Corran", False),
        ("What is the latest news from Holm?", "Holm", True),
        ("What is the newest on the bridge?", "the bridge", True),
        ("any updates on the bridge?", "the bridge", True),
        ("What’s new with the bridge?", "the bridge", True),
    ],
)
def test_questions_about_the_archive(question: str, topic: str, newest: bool) -> None:
    assert holding(question) == Holding(topic, newest)


@pytest.mark.parametrize(
    "question",
    [
        "How many articles of the treaty were changed?",
        "Which report blamed the pilot?",
        "What is the latest speed limit on Castle Road?",
        "How many ships waited outside the port?",
        "What did the article about the strike say?",
        # Those that do not are not counted.
        "How many articles do not mention Ada Corran?",
    ],
)
def test_questions_about_the_news(question: str) -> None:
    assert holding(question) is None


def test_all_articles_that_mention_somebody_are_listed_newest_first(port: Assistant) -> None:
    answer = port.ask("How many articles mention Ada Corran?")
    assert [statement.text for statement in answer.statements] == [
        "The talks of Ada Corran and Ben Ruhl failed.",
        "Ada Corran wants 40 crowns of strike pay.",
    ]
    assert answer.reason == "2 articles mention “Ada Corran”."
    assert answer.short is None


def test_what_happened_in_a_time_is_a_list_of_its_articles(port: Assistant) -> None:
    answer = port.ask("What happened in March 2024?")
    assert [statement.text for statement in answer.statements] == [
        "The strike is over.",
        "The talks of Ada Corran and Ben Ruhl failed.",
        "Dockers struck.",
    ]
    within = "3 articles in the archive within the dates and sources that are asked for"
    assert answer.reason == f"{within}; the newest comes first."
    # What the archive has nothing of is no list.
    assert port.ask("What happened in 1999?").outcome == "outside the dates"
    # A quarter and a half of a year end with their own days.
    port.archive.add([dated("late", "The port froze.", "2024-12-20")])
    for part in ("second quarter", "third quarter"):
        assert port.ask(f"What happened in the {part} of 2024?").outcome == "outside the dates"


def test_words_that_stand_apart_are_not_said_to_be_mentioned(port: Assistant) -> None:
    """And a dateline in a line of its own is no sentence to quote."""
    port.archive.add(
        [Article("hall", "Hall", "HOLM —\n\nA market opened in the old hall at Holm.")]
    )
    answer = port.ask("Which articles are about the market hall?")
    assert answer.reason == "One article has the words “the market hall”."
    answer = port.ask("Which articles mention Holm?")
    assert [statement.text for statement in answer.statements] == [
        "A market opened in the old hall at Holm."
    ]


def test_the_filters_and_days_count(port: Assistant) -> None:
    answer = port.ask("Which articles mention Ben Ruhl?", Filters(after=date(2024, 3, 13)))
    assert [statement.citations[0].article.id for statement in answer.statements] == ["end"]
    assert answer.reason == "One article mentions “Ben Ruhl”."
    answer = port.ask("How many articles are in the archive?", Filters(before=date(2024, 3, 12)))
    assert answer.outcome == "counted"
    assert (
        answer.reason
        == "2 articles in the archive within the dates and sources that are asked for."
    )


@pytest.mark.parametrize(
    ("question", "outcome", "reason"),
    [
        ("How many articles are there in March 2024?", "counted", "3 articles in the archive"),
        ("How many articles were published in March 2024?", "counted", "3 articles in the archive"),
        ("How many articles are there in 2023?", "counted", "0 articles in the archive"),
        ("How many articles mention Ben Ruhl in March 2024?", "answered", "2 articles mention"),
        ("How many articles mention Ben Ruhl in 2023?", "nothing found", "The archive does not"),
        ("How many articles are from the Post?", "counted", "3 articles in the archive within"),
        ("How many articles from the Post are about Ben Ruhl?", "answered", "2 articles mention"),
        ("number of articles about Ben Ruhl", "answered", "2 articles mention “Ben Ruhl”"),
        ("How many articles mention the word 'strike'?", "answered", "2 articles mention “strike”"),
        (
            "How many sources are there?",
            "counted",
            "3 articles in the archive; in these sources: Post",
        ),
    ],
)
def test_days_and_papers_of_what_is_counted(
    port: Assistant, question: str, outcome: str, reason: str
) -> None:
    answer = port.ask(question)
    assert (answer.outcome, answer.reason.startswith(reason)) == (outcome, True), answer.reason


@pytest.mark.parametrize(
    ("question", "reason", "articles"),
    [
        ("How many articles in the Echo mention Ben Ruhl?", "One article mentions “Ben Ruhl”",
         ["echo"]),
        ("Which articles mention Ben Ruhl in the Echo?", "One article mentions “Ben Ruhl”",
         ["echo"]),
        ("How many articles mention the led strike in Holm in the Echo?",
         "One article has the words “the led strike in Holm”", ["echo"]),
        ("How many articles mention both Ben Ruhl and Ada Corran?",
         "One article has the words “Ben Ruhl and Ada Corran”", ["talks"]),
        ("How many articles mention Ada Corran and Dockers, and Ben Ruhl?",
         "No article in the archive mentions “Ada Corran and Dockers, and Ben Ruhl”", []),
        ("List all articles from March 2024", "3 articles in the archive within the dates and "
         "sources that are asked for; the newest comes first", ["end", "talks", "pay"]),
        ("Which articles are from the Echo?", "One article in the archive within the dates and "
         "sources that are asked for", ["echo"]),
        ("news from 2 May 2024", "One article in the archive within the dates and sources that are "
         "asked for", ["echo"]),
        ("What are the newest articles?", "4 articles in the archive; the newest comes first",
         ["echo", "end", "talks", "pay"]),
        ("What are the oldest articles?", "4 articles in the archive; the oldest comes first",
         ["pay", "talks", "end", "echo"]),
        ("When was Ben Ruhl first mentioned?",
         "3 articles mention “Ben Ruhl”; the oldest comes first", ["talks", "end", "echo"]),
        # A name is one: these words stand in one article, but name two people.
        ("How many articles mention Ben Corran?", "One article has the words “Ben Corran”",
         ["talks"]),
        ("How many articles mention Ben J. Ruhl?", "One article mentions “Ben J. Ruhl”", ["echo"]),
        ("How many articles mention Ben Ruhl?", "3 articles mention “Ben Ruhl”",
         ["echo", "end", "talks"]),
    ],
)  # fmt: skip
def test_papers_and_names_of_what_is_counted(
    port: Assistant, question: str, reason: str, articles: list[str]
) -> None:
    text = "Ben J. Ruhl, who led the strike in Holm, was elected."
    port.archive.add([dated("echo", text, "2024-05-02", source="Echo")])
    answer = port.ask(question, today=date(2024, 6, 1))
    assert [citation.article.id for citation in answer.citations] == articles
    assert answer.reason == f"{reason}."
    # Beside a limit to another paper, nothing is counted.
    post = port.ask("How many articles in the Echo mention Ben Ruhl?", Filters(sources="Post"))
    assert "mention" not in post.reason
    assert port.ask("How many articles in the Post of Varna mention Ben Ruhl?").reason[:20] == (
        "The archive does not"
    )


def test_other_spellings_of_what_is_counted_are_told(port: Assistant) -> None:
    port.archive.add([
        dated("one", "Mohamed Khateeb spoke.", "2024-05-01"),
        dated("two", "Muhammad Khateeb left.", "2024-05-02"),
    ])  # fmt: skip
    answer = port.ask("How many articles mention Mohamed Khateeb?")
    assert answer.reason == "2 articles mention “Mohamed Khateeb”."
    assert answer.matched == (("Mohamed Khateeb", ("Muhammad",)),)


@pytest.mark.parametrize(
    ("question", "articles"),
    [
        # Not with the week after it, in which what happened may be reported.
        ("What happened on 11 March 2024?", ["pay"]),
        ("What happened on 11-12 March 2024?", ["talks", "pay"]),
        ("What happened yesterday?", ["talks"]),
        ("Which articles mention Ada Corran on 12 March 2024?", ["talks"]),
        ("What happened since Tuesday?", ["end", "talks"]),
    ],
)
def test_what_is_listed_is_of_the_days_themselves(
    port: Assistant, question: str, articles: list[str]
) -> None:
    today = date(2024, 3, 13 if "yesterday" in question else 16)
    answer = port.ask(question, today=today)
    assert [citation.article.id for citation in answer.citations] == articles


def test_what_was_not_reported_on_the_day_may_be_told_in_the_week_after_it(port: Assistant) -> None:
    answer = port.ask("What happened yesterday?", today=date(2024, 3, 15))
    assert [citation.article.id for citation in answer.citations] == ["end"]


@pytest.mark.parametrize(
    ("question", "reason", "articles"),
    [
        ("Which articles did Maja Lund write?",
         "2 articles in the archive; written by Maja Lund; the newest comes first", ["b", "a"]),
        ("Which papers did Maja Lund write in?", "2 articles in the archive; written by Maja Lund; "
         "in these sources: Post; the newest comes first", ["b", "a"]),
        ("articles by maja lund", "2 articles in the archive; written by maja lund; "
         "the newest comes first", ["b", "a"]),
        ("How many articles by Lund mention Ben Ruhl?",
         "One article mentions “Ben Ruhl”; written by Lund", ["b"]),
        ("How many articles about the strike by Maja Lund?",
         "One article mentions “the strike”; written by Maja Lund", ["a"]),
        ("How many articles has Maja Lund written in April 2024?",
         "One article in the archive within the dates and sources that are asked for; "
         "written by Maja Lund", ["b"]),
        ("Which papers reported on Ben Ruhl in April 2024?",
         "2 articles mention “Ben Ruhl”; in these sources: Echo, Post", ["echo", "b"]),
        ("How many articles did the Echo publish?",
         "One article in the archive within the dates and sources that are asked for", []),
    ],
)  # fmt: skip
def test_authors_and_papers_of_what_is_counted(
    port: Assistant, question: str, reason: str, articles: list[str]
) -> None:
    by_her = {"author": "Maja Lund and Jon Berg"}
    port.archive.add([
        replace(dated("a", "The strike goes on.", "2024-03-20"), **by_her),
        replace(dated("b", "Ben Ruhl was thanked.", "2024-04-02"), **by_her),
        dated("echo", "Ben Ruhl was elected.", "2024-04-02", source="Echo"),
    ])  # fmt: skip
    answer = port.ask(question, today=date(2024, 6, 1))
    assert [citation.article.id for citation in answer.citations] == articles
    assert answer.reason == f"{reason}."
    # Whoever writes is mentioned, in a way.
    assert "never mentions" not in port.ask("What does Maja Lund think of mackerel?").reason
    assert "never mentions" in port.ask("What does Maja Krone think of mackerel?").reason


def test_a_paper_that_is_named_opens_no_limit(port: Assistant) -> None:
    answer = port.ask("How many articles are from the Post?", Filters(sources="Echo"))
    assert answer.outcome == "nothing found"


def test_copies_of_one_text_are_quoted_once(port: Assistant) -> None:
    text = " ".join(f"Ben Ruhl counted {number} ships in the new port." for number in range(40))
    carried = [article(f"copy{day}", text, day) for day in range(16, 29)]
    port.archive.add(replace(copy, source=f"Paper {copy.id}") for copy in carried)
    for question in ("Which articles mention Ben Ruhl?", "What happened in March 2024?"):
        answer = port.ask(question)
        first, *others = answer.statements
        assert (first.citations[0].article.id, len(first.citations[0].copies)) == ("copy28", 12)
        shown = [statement.citations[0].article.id for statement in others]
        assert shown == ["end", "talks", "pay"][: len(shown)]
        assert len(shown) >= 2


def test_what_no_article_mentions_is_said(port: Assistant) -> None:
    answer = port.ask("How many articles mention Cora Vance?")
    assert answer.outcome == "nothing found"
    assert answer.reason == "No article in the archive mentions “Cora Vance”."


def test_the_latest_in_other_words_is_asked_like_any_question(port: Assistant) -> None:
    assert port.ask("What is the latest on the dispute over pay?").outcome != "nothing found"


def test_an_undated_article_is_not_the_oldest(port: Assistant) -> None:
    port.archive.add([Article("no day", "Port", "The strike of Ada Corran.")])
    for question in ("the oldest article about Ada Corran", "the oldest articles"):
        cited = [citation.article.id for citation in port.ask(question).citations]
        assert (cited[0], cited[-1]) == ("pay", "no day")
    cited = [citation.article.id for citation in port.ask("Tell me about the Port").citations]
    assert cited == ["pay", "talks", "end", "no day"]


def test_of_many_the_newest_are_quoted_and_all_are_counted(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "many", FakeEncoder())
    archive.add(
        [article(f"a{day}", f"On day {day} Ada Corran spoke.", day) for day in range(1, 15)]
    )
    assistant = Assistant(archive, reader=FakeReader())
    answer = assistant.ask("How many articles mention Ada Corran?")
    assert answer.reason == "14 articles mention “Ada Corran”; the newest 10 are quoted."
    assert answer.text.startswith("14 articles mention “Ada Corran”; the newest 10 are quoted. ")
    assert [statement.citations[0].article.id for statement in answer.statements] == [
        f"a{day}" for day in range(14, 14 - MOST_QUOTED, -1)
    ]
    longer = "Dockers struck. They want pay. Nobody came. The talks failed. Ada Corran spoke."
    archive.add([article(f"b{day}", longer, day) for day in range(20, 24)])
    answer = assistant.ask("What's new with Ada Corran?")
    assert answer.reason == (
        "18 articles mention “Ada Corran”; the newest 10 with it in headline or beginning are "
        "quoted."
    )
    assert [citation.article.id for citation in answer.citations][:2] == ["a14", "a13"]
    answer = assistant.ask("the oldest articles about Ada Corran")
    assert answer.reason == "18 articles mention “Ada Corran”; the oldest 10 are quoted."
    assert [citation.article.id for citation in answer.citations] == [
        f"a{day}" for day in range(1, 1 + MOST_QUOTED)
    ]
