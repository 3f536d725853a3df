"""A turn of a conversation as it grows on the page, without a browser."""

from assistant.page.turns import Turn, answered
from tests.scripted import BRIDGE, Scripted


def test_what_is_being_read_stands_beside_the_question_until_there_is_an_answer() -> None:
    first, *_, last = answered(Scripted(), Turn(1, "Who opened the bridge?"))
    assert first.waiting
    assert "Reading what was found" in first.state
    assert "These articles are being read for an answer." in first.sources
    assert BRIDGE.title in first.sources
    assert not last.waiting
    assert "being read" not in last.sources


def test_nothing_is_said_to_be_read_where_nothing_is_near() -> None:
    first, *_ = answered(Scripted(), Turn(1, "Who made the boat?"))
    assert "being read" not in first.sources
