"""A turn of a conversation as it grows on the page, without a browser."""

from dataclasses import replace

from assistant import Turn
from assistant.page.turns import ChatTurn, answered, completed
from tests.scripted import BRIDGE, Scripted, held


def test_what_is_being_read_stands_beside_the_question_until_there_is_an_answer() -> None:
    first, *_, last = answered(Scripted(), ChatTurn(1, "Who opened the bridge?"))
    assert first.waiting
    assert "Reading what was found" in first.state
    assert "These articles are being read for an answer." in first.sources
    assert BRIDGE.title in first.sources
    assert not last.waiting
    assert "being read" not in last.sources
    # So it is where a conversation goes on, which says what is meant.
    going_on = ChatTurn(2, "And the band?")
    first, *_ = answered(Scripted(), going_on, [Turn("Who opened the bridge?")])
    assert BRIDGE.title in first.sources
    first, *_ = answered(Scripted(), going_on)
    assert "being read" not in first.sources


def test_nothing_is_said_to_be_read_where_nothing_is_near() -> None:
    first, *_ = answered(Scripted(), ChatTurn(1, "Who made the boat?"))
    assert "being read" not in first.sources


def test_keywords_lead_to_a_search_for_them() -> None:
    keywords = ChatTurn(1, "bridge Holm")
    *_, last = answered(Scripted(), keywords)
    link = '<a href="search?q=bridge+Holm">Search for all articles with these'
    assert link in last.answer
    *_, last = answered(Scripted(), replace(keywords, question="Tell me about bridge Holm"))
    assert link in last.answer
    *_, last = answered(Scripted(), replace(keywords, question="Who opened the bridge?"))
    assert "Search for all articles" not in last.answer
    # What the archive does not say may be searched for.
    link = '<a href="search?q=Who+opened+the+bridge%3F">Look for the words of the question'
    assert link in last.answer
    for question in ("List all articles about the bridge", "tell me more"):
        *_, last = answered(Scripted(), replace(keywords, question=question))
        assert "Search for all articles" not in last.answer


def test_what_days_the_archive_covers() -> None:
    refused = Scripted().ask("Who made the boat?")
    overview = held().overview()
    shown = completed(ChatTurn(1, refused.question), refused, overview).answer
    assert "The archive covers 21 August 2016 to 4 May 2026." in shown
    of_a_day = replace(overview, last=overview.first)
    shown = completed(ChatTurn(1, refused.question), refused, of_a_day).answer
    assert "The archive covers 21 August 2016." in shown
