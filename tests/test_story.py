"""What the archive holds on a question, as events."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.story import Event, events
from corpus import Article
from index import Passage
from tests.fakes import PlacedEncoder
from tests.made_articles import on

ASKED = "What happened to the mill?"


# The first number is nearness to the question; the others are what is told.
ENCODER = PlacedEncoder(
    mill=(1.2, 0.0, 0.0, 0.0),
    burned=(0.0, 1.0, 0.0, 0.0),
    rebuilt=(0.0, 0.0, 1.0, 0.0),
    soup=(0.0, 0.0, 0.0, 9.0),
)
BURNED = "The old mill burned down in the night before Sunday, says the mayor of Kest."
AGAIN = "So it was that the mill burned, as the whole of the town of Kest remembers."
REBUILT = "The mill is to be rebuilt by the spring, the town of Kest announced on Monday."
SOUP = "The soup of the mill is made of leeks and barley, and boiled for two hours."


def passage(id: str, text: str, day: str = "", *copies: str) -> Passage:
    def article(id: str) -> Article:
        return Article(id, "About it", text, "Wire", on(day) if day else None, language="en")

    return Passage(article(id), 0, len(text), 1.0, copies=tuple(map(article, copies)))


def told(found: Sequence[Passage]) -> list[tuple[str, str, tuple[str, ...]]]:
    """The article, the sentence and the others of each event."""
    made: list[Event] = events(ASKED, found, ENCODER)
    return [
        (
            event.article.id,
            event.article.text[event.start : event.end],
            tuple(other.id for other in event.others),
        )
        for event in made
    ]


def test_events_stand_in_the_order_of_their_days() -> None:
    found = [
        passage("spring", REBUILT, "2018-03-01"),
        passage("fire", BURNED, "2016-08-22"),
        passage("undated", "A mill stands in Kest, and nobody knows who built it or when."),
    ]
    assert told(found) == [
        ("fire", BURNED, ()),
        ("spring", REBUILT, ()),
        ("undated", found[2].article.text, ()),
    ]


def test_what_came_out_on_one_day_stands_by_its_hour() -> None:
    found = [passage("a", REBUILT, "2016-08-22T21:00Z"), passage("b", BURNED, "2016-08-22T06:00Z")]
    assert [id for id, *_ in told(found)] == ["b", "a"]


def test_what_is_of_neighbouring_days_and_alike_is_one_event() -> None:
    found = [
        passage("fire", BURNED, "2016-08-22"),
        passage("next", AGAIN, "2016-08-23"),
        passage("plans", REBUILT, "2016-08-23"),
    ]
    assert told(found) == [("fire", BURNED, ("next",)), ("plans", REBUILT, ())]


@pytest.mark.parametrize("day", ["2016-08", "2016", "2016-08-25"])
def test_what_is_of_another_day_or_of_none_is_another_event(day: str) -> None:
    both = "The mill that burned is to be rebuilt before the spring, as the town has announced."
    found = [passage("fire", BURNED, "2016-08-22"), passage("other", both, day)]
    assert sorted((id, others) for id, _, others in told(found)) == [("fire", ()), ("other", ())]


def test_each_event_tells_what_was_not_told_before() -> None:
    later = f"{AGAIN} {REBUILT}"
    found = [passage("fire", BURNED, "2016-08-22"), passage("later", later, "2017-01-05")]
    assert told(found) == [("fire", BURNED, ()), ("later", REBUILT, ())]


def test_what_tells_nothing_new_joins_what_it_repeats() -> None:
    found = [
        passage("fire", BURNED, "2016-08-22"),
        passage("plans", REBUILT, "2017-01-05"),
        passage("anniversary", AGAIN, "2020-08-22"),
    ]
    assert told(found) == [("fire", BURNED, ("anniversary",)), ("plans", REBUILT, ())]


def test_what_is_not_of_the_story_is_left_out() -> None:
    found = [passage("fire", BURNED, "2016-08-22"), passage("soup", SOUP, "2016-08-23")]
    assert told(found) == [("fire", BURNED, ())]


def test_what_several_carry_is_told_once() -> None:
    found = [passage("fire", BURNED, "2016-08-22", "copy"), passage("copy", BURNED, "2016-08-23")]
    assert told(found) == [("fire", BURNED, ())]


def test_of_an_article_with_several_passages_the_best_counts() -> None:
    text = f"{BURNED} {REBUILT}"
    whole = passage("fire", text, "2016-08-22")
    second = Passage(whole.article, len(BURNED) + 1, len(text), 0.5)
    first = Passage(whole.article, 0, len(BURNED), 1.0)
    assert told([first, second]) == [("fire", BURNED, ())]
    assert told([second, first]) == [("fire", REBUILT, ())]


def test_a_passage_without_a_sentence_is_told_whole() -> None:
    assert told([passage("list", "mill | Kest", "2016-08-22")]) == [("list", "mill | Kest", ())]


def test_what_the_answer_quotes_is_of_the_story() -> None:
    fire, soup = passage("fire", BURNED, "2016-08-22"), passage("soup", SOUP, "2016-08-24")
    plans = passage("plans", REBUILT, "2018-03-01")
    told = events(ASKED, [plans, fire], ENCODER, [fire, soup])
    assert [event.article.id for event in told] == ["fire", "soup", "plans"]
    assert [event.article.id for event in events(ASKED, [], ENCODER, [soup])] == ["soup"]


def test_what_has_another_name_is_another_story() -> None:
    kest, holm = BURNED, BURNED.replace("Kest", "Holm")
    found = [passage("fire", kest, "2016-08-22"), passage("other", holm, "2018-08-22")]
    asked = "What happened to the mill of Kest?"
    assert [event.article.id for event in events(asked, found, ENCODER)] == ["fire"]
    assert [event.article.id for event in events(ASKED, found, ENCODER)] == ["fire"]


def test_what_has_only_the_name_is_another_story() -> None:
    soup = "The soup of Kest is made of leeks and barley, and it is boiled for two hours."
    found = [passage("fire", BURNED, "2016-08-22"), passage("soup", soup, "2016-08-24")]
    told = events("What happened in Kest?", found, ENCODER)
    assert [event.article.id for event in told] == ["fire"]


def test_a_sentence_begins_after_its_dateline() -> None:
    assert told([passage("fire", f"KEST, 22 Aug 2016 — {BURNED}", "2016-08-22")]) == [
        ("fire", BURNED, ())
    ]


def test_a_word_that_begins_the_question_is_no_name_of_the_story() -> None:
    found = [passage("fire", BURNED, "2016-08-22"), passage("plans", REBUILT, "2018-03-01")]
    told = events("Describe what happened to the mill.", found, ENCODER)
    assert [event.article.id for event in told] == ["fire", "plans"]


def test_a_sentence_is_near_its_headline_too() -> None:
    one = passage("fire", f"{REBUILT} {BURNED}", "2016-08-22")
    headed = replace(one, article=replace(one.article, title="Mill burned"))
    [event] = events(ASKED, [headed], ENCODER)
    assert headed.article.text[event.start : event.end] == BURNED


def test_no_passages_no_events() -> None:
    assert events(ASKED, [], ENCODER) == []
