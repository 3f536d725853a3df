"""A link reopens an answer to the letter, and tells nothing that is withheld."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from assistant import Answer, Assistant
from assistant.answer import Difference, Outcome
from assistant.page import turns
from assistant.page.kept import asked_again, is_same, reopen, token
from assistant.periods import current_day
from corpus import Article
from index import Archive, Filters, Passage
from tests.fakes import Clock, FakeEncoder, FakeReader
from tests.kept_answers import (
    BRIDGE,
    COPY,
    DAY,
    DENIED,
    ODD,
    OPENED,
    TALKS,
    again,
    answered,
    archive,
    linked,
    quotes,
    says,
)
from tests.made_articles import cite, on

__all__ = ["archive"]


@pytest.mark.parametrize(
    "asked", ["Which articles mention Holm?", "What happened in May 2024?", "News from 5 May 2024"]
)
def test_a_list_of_articles_stays_one(archive: Archive, asked: str) -> None:
    answer = replace(answered(says(cite(1, BRIDGE, OPENED))), question=asked, standalone=asked)
    reason = "The articles were counted then; ask again for how many there are now."
    assert again(answer, archive).answer.reason == reason
    assert again(answered(*answer.statements), archive).answer.reason == ""


# --- As it was ---------------------------------------------------------------------------------


def test_answer_is_reopened_to_the_letter(archive: Archive) -> None:
    at = BRIDGE.text.index("Ana Orban")
    on_sunday = BRIDGE.text.index("Sunday")
    answer = answered(
        says(
            cite(
                1, BRIDGE, OPENED, marks=((at, at + 9), (on_sunday, on_sunday + 6)), copies=(COPY,)
            )
        ),
        says(cite(2, BRIDGE, ODD)),
        says(cite(3, TALKS, "The talks ended at noon."), side="bridge"),
        hedged=True,
        filters=Filters(date(2016, 8, 1), date(2016, 8, 31), ("Wire", "“Ça”"), ("en",), DAY),
        read=Filters(date(2016, 8, 1), date(2016, 8, 31)),
        differences=(Difference((("Sunday", (1,)), ("noon", (3,)))),),
    )
    reopened = again(answer, archive)
    [first, second, third] = answer.statements
    # "On Sunday" is told its day anew, from the day of the article.
    [dated] = reopened.answer.citations[0].dated
    assert BRIDGE.text[dated.start : dated.end] == "on Sunday"
    assert (dated.first, dated.last) == (date(2016, 8, 21), date(2016, 8, 21))
    first = says(replace(first.citations[0], dated=(dated,)))
    assert reopened.answer == replace(answer, statements=(first, second, third))
    assert (reopened.asked_on, reopened.articles) == (DAY, 3)
    assert (reopened.first, reopened.last) == (date(2016, 8, 21), date(2016, 8, 21))
    # What was read out of the question is read again; the rest is asked with again.
    assert reopened.filters == replace(answer.filters, after=None, before=None)


def test_real_answer_and_what_is_said_today(archive: Archive) -> None:
    assistant = Assistant(archive, reader=FakeReader())
    answer = assistant.ask("Who opened the bridge in Holm?")
    assert answer.outcome == "answered"
    reopened = again(answer, archive)
    assert [(statement.text, statement.citations) for statement in reopened.answer.statements] == [
        (statement.text, statement.citations) for statement in answer.statements
    ]
    assert is_same(reopened, asked_again(reopened, assistant))
    archive.remove([cited.article.id for cited in answer.citations])
    assert not is_same(reopened, asked_again(reopened, assistant))


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("nothing found", "The archive had nothing on this."),
        (
            "outside the dates",
            "The archive did not say within the dates and sources that were asked for; "
            "outside them it had articles that were near.",
        ),
        (
            "name never appears",
            "The archive did not say: it never mentioned a name in the question.",
        ),
        (
            "does not say",
            "The archive did not say: the nearest articles did not answer the question.",
        ),
    ],
)
def test_no_answer_is_reopened(archive: Archive, outcome: Outcome, reason: str) -> None:
    near = (Passage(TALKS, 15, 39, 2.0), Passage(TALKS, 0, 14, 1.5), Passage(BRIDGE, 0, 40, 1.0))
    answer = Answer("Who ate?", outcome, 0.1, (), near, "Because.", standalone="Who ate the bridge")
    reopened = again(answer, archive)
    assert reopened.answer.question == "Who ate the bridge"
    assert reopened.answer.outcome == outcome
    assert (reopened.answer.reason, reopened.answer.notes) == (reason, ())
    assert reopened.answer.standalone == "Who ate the bridge"
    assert [(near.article.id, near.start, near.end) for near in reopened.answer.passages] == [
        ("talks", 15, 39),
        (BRIDGE.id, 0, 40),
    ]
    assert is_same(reopened, replace(answer, reason="Another."))
    assert not is_same(reopened, answered(says(cite(1, BRIDGE, OPENED))))


def test_an_article_without_its_dateline(archive: Archive) -> None:
    sentence = says(cite(1, BRIDGE, "The bridge was closed in 2007."))
    whole = says(cite(2, BRIDGE, "HOLM, Aug 21 – The bridge was closed in 2007."))
    assert again(answered(sentence, whole), archive).answer.statements == (sentence, whole)


def test_an_article_without_its_dateline_below_a_credit(archive: Archive) -> None:
    text = "The Holm Press, 14 January 2025\n\nHOLM — The ram is back. A gardener found it."
    archive.add([ram := Article("ram", "Ram", text)])
    sentence, part = says(cite(1, ram, "The ram is back.")), says(cite(2, ram, "ram is back."))
    assert again(answered(sentence, part), archive).answer.statements == (sentence,)


@pytest.mark.parametrize(
    ("quote", "is_shown"),
    [
        ("The pool of Holm is open. It is cold.", True),
        ("Bring the following:\n\n- a towel\n\n- a cap", True),
        ("It is cold. Bring the following:", True),
        ("The pool of Holm is open. It is", False),
        ("is open. It is cold.", False),
        ("- a towel\n\n- a", False),
    ],
)
def test_sentences_in_a_row(archive: Archive, quote: str, is_shown: bool) -> None:
    text = (
        "The pool of Holm is open. It is cold. Bring the following:\n\n- a towel\n\n- a cap\n\nEnd."
    )
    archive.add([pool := Article("pool", "Pool", text)])
    answer = answered(says(cite(1, pool, quote)))
    assert quotes(again(answer, archive).answer) == ([quote] if is_shown else [])


def test_question_with_half_a_surrogate_pair(archive: Archive) -> None:
    answer = replace(answered(says(cite(1, BRIDGE, OPENED))), standalone="Who\ud800?")
    assert again(answer, archive).answer.question == "Who??"


def test_days_of_a_question_are_counted_from_when_it_was_asked(archive: Archive) -> None:
    class Asked(Assistant):
        def ask(self, question: str, filters: Any = None, *rest: Any, **known: Any) -> Answer:
            asked.append((question, filters, rest, current_day()))
            return super().ask(question, filters, *rest, **known)

    asked: list[Any] = []
    assistant, day = Asked(archive, reader=FakeReader()), date(2016, 8, 29)
    for question, first, last in (
        ("What sank last week?", date(2016, 8, 22), day),
        # The last one before that day.
        ("What sank in July?", date(2016, 7, 1), date(2016, 7, 31)),
    ):
        days = Filters(first, last)
        answer = Answer(
            question,
            "does not say",
            0.1,
            filters=replace(days, sources=("Wire",)),
            read=days,
            standalone=question,
        )
        reopened = replace(reopen(linked(answer, archive), archive), asked_on=day)
        asked.clear()
        now = asked_again(reopened, assistant)
        assert asked == [(question, Filters(sources=("Wire",)), ((), True), day)]
        assert (now.question, now.read) == (question, days)
    assert current_day() == datetime.now().astimezone().date()


def test_what_was_counted_is_counted_again(archive: Archive) -> None:
    assistant = Assistant(archive, reader=FakeReader())
    asked = linked(assistant.ask("How many articles are in the archive?"), archive)
    archive.add([replace(TALKS, id="new", text="Nobody came to the new mill of Holm.")])
    turn = turns.compared(turns.reopened(asked, archive), assistant)
    assert turn.later is None
    now = archive.overview().articles
    assert f"Today the archive answers: {now} articles in the archive." in turn.answer


def test_answer_from_other_days_says_so(archive: Archive) -> None:
    answer = answered(says(cite(1, BRIDGE, OPENED)))
    answer = replace(answer, question="Who opened it in May 2020?", standalone="")
    assert again(answer, archive).answer.notes == (
        "Nothing that was published in the time asked about answered this; other articles did.",
    )
    limited = replace(answer, filters=Filters(after=date(2016, 1, 1)))
    assert again(limited, archive).answer.notes == ()
    unread = reopen(linked(answer, archive, read_filters=False), archive)
    assert (unread.answer.notes, unread.read_filters) == ((), False)


def test_answer_that_is_too_long_for_a_link(archive: Archive) -> None:
    """Of many copies twenty are kept, and none of those that do not fit."""

    def quoted(copies: int, longest: int) -> Answer:
        ids = (Random(number).randbytes(400).hex() for number in range(copies))
        some = tuple(replace(COPY, id=id[:longest]) for id in ids)
        archive.add(some)
        return answered(says(cite(1, BRIDGE, OPENED, copies=some)))

    for copies, longest, left in ((25, 20, 20), (20, 800, 0)):
        answer = quoted(copies, longest)
        [cited] = again(answer, archive).answer.citations
        assert cited.quote == OPENED
        assert cited.copies == answer.citations[0].copies[:left]
    sources = Filters(sources=tuple(Random(number).randbytes(32).hex() for number in range(200)))
    assert token(replace(answer, filters=sources), DAY, archive.overview()) is None


def test_a_row_that_is_at_another_place_still_answers(archive: Archive, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    opened, late = "The bridge in Holm was opened by Ana Orban.", "The ferry was late again."
    table.write_text(f"title,text\nBridge,{opened}\n")
    archive.sync([table])
    row = archive.article(f"{table}#1")
    assert row is not None
    link = linked(answered(says(cite(1, row, opened))), archive)
    table.write_text(f"title,text\nFerry,{late}\nBridge,{opened}\n")
    archive.sync([table])
    reopened = reopen(link, archive).answer
    assert [(cited.article.id, cited.quote) for cited in reopened.citations] == [
        (f"{table}#2", opened)
    ]
    assert (reopened.reason, reopened.notes) == ("", ())


# --- What stands beside the quotes ---

FLOODS = (
    Article("a", "Ice", "In Holm 12 people were hurt on the ice.", "Wire", on("2023-02-01")),
    Article("b", "Ice", "In Holm 30 people were hurt on the ice.", "Wire", on("2024-02-01")),
    Article(
        "c",
        "Flood",
        "Police said 3 people were hurt in the flood of Kest.",
        "Wire",
        on("2025-05-03"),
    ),
    Article(
        "d", "Flood", "Now 15 people were hurt in the flood of Kest.", "Wire", on("2025-05-05")
    ),
)


@pytest.mark.parametrize(
    "question",
    [
        # Two sides, whose questions are not words of this one.
        "How many people were hurt on the ice in Holm in 2023 or 2024?",
        # A value that is given later.
        "How many people were hurt in the flood of Kest?",
        # What the newest article is.
        "How many people were hurt on the ice in Holm so far?",
        # Lists.
        "Tell me about the flood of Kest",
        "Tell me about the flood of Kest? Tell me more",
        "flood Kest",
    ],
)
def test_what_is_said_beside_quotes_is_said_again(archive: Archive, question: str) -> None:
    archive.add(FLOODS)
    answer = Assistant(archive, reader=FakeReader()).ask(question, today=DAY)
    assert answer.notes or answer.reason or answer.statements[0].side
    reopened = again(answer, archive).answer

    def shown(answer: Answer) -> object:
        sides = [(statement.side, statement.text) for statement in answer.statements]
        return sides, answer.notes, answer.reason, answer.short

    assert shown(reopened) == shown(answer)


def test_a_part_without_an_answer_is_named_again(archive: Archive) -> None:
    archive.add(FLOODS)
    asked = "Who was hurt on the ice in May 2022, and how many were hurt on the ice in 2024?"
    answer = Assistant(archive, reader=FakeReader()).ask(asked)
    [part] = [note for note in answer.notes if note.startswith("“Who")]
    # The reason may have had words of an article that is gone.
    whole = "The archive did not say: the nearest articles did not answer the question."
    assert f"{part.partition(': ')[0]}: {whole}" in again(answer, archive).answer.notes


@pytest.mark.parametrize("follow_up", ["Where was it?", "How many people were hurt by it?"])
def test_a_follow_up_is_asked_again_as_one(archive: Archive, follow_up: str) -> None:
    archive.add(FLOODS)
    assistant = Assistant(archive, reader=FakeReader())
    first = assistant.ask("How many people were hurt on the ice in Holm in 2024?")
    answer = assistant.ask(follow_up, history=[first.turn])
    assert answer.standalone == f"{first.question} {follow_up}"
    reopened = again(answer, archive)
    assert reopened.answer.notes == answer.notes
    assert is_same(reopened, asked_again(reopened, assistant))


# --- What changed since ------------------------------------------------------------------------


def test_corrected_article_is_quoted_as_it_was(archive: Archive) -> None:
    answer = answered(says(cite(1, BRIDGE, OPENED)), says(cite(2, BRIDGE, DENIED)))
    made = linked(answer, archive)
    archive.add([replace(BRIDGE, text=f"{DENIED} The bridge stays closed.")])
    reopened = reopen(made, archive)
    assert quotes(reopened.answer) == [OPENED, DENIED]
    assert [citation.article.version for citation in reopened.answer.citations] == [1, 1]
    assert reopened.answer.notes == (
        "The article of [1], [2] has been changed since: the words of [1] no longer stand in it.",
    )
    archive.add([replace(BRIDGE, title="Bridge opened")])
    assert reopen(made, archive).answer.notes == (
        "The article of [1], [2] has been changed since; the quoted words still stand in it.",
    )


def test_archive_that_was_made_anew(archive: Archive, tmp_path: Path) -> None:
    """Versions are counted anew there, so the words are looked for in all of them."""
    archive.add([replace(BRIDGE, text=f"It is news. {OPENED}")])
    newest = archive.article(BRIDGE.id)
    assert newest is not None
    made = linked(answered(says(cite(1, newest, OPENED))), archive)
    other = Archive.create(tmp_path / "other", FakeEncoder())
    other.add([replace(BRIDGE, text=f"It is news. {OPENED}")])
    [cited] = reopen(made, other).answer.citations
    assert (cited.quote, cited.article.version) == (OPENED, 1)
    other.remove([BRIDGE.id])
    other.add([BRIDGE])
    assert reopen(made, other).answer.citations == ()


def test_other_words_in_the_same_place(archive: Archive, tmp_path: Path) -> None:
    """Another archive has them there in a version of the same number."""
    made = linked(answered(says(cite(1, TALKS, "Nobody signed."))), archive)
    other = Archive.create(tmp_path / "other", FakeEncoder())
    other.add([replace(TALKS, text=TALKS.text.replace("Nobody", "Andrej"))])
    assert reopen(made, other).answer.statements == ()
    other.add([TALKS])
    [cited] = reopen(made, other).answer.citations
    assert (cited.quote, cited.article.version) == ("Nobody signed.", 2)


SOON = timedelta(days=1)


@pytest.mark.parametrize(
    "withhold",
    [
        pytest.param(lambda a, now: a.add([replace(BRIDGE, withdrawn=True)]), id="withdrawn"),
        pytest.param(lambda a, now: a.add([replace(BRIDGE, embargo=now + SOON)]), id="embargoed"),
        pytest.param(lambda a, now: a.remove([BRIDGE.id]), id="removed"),
        pytest.param(
            lambda a, now: (
                a.add([replace(BRIDGE, text="Other.")]),
                a.add([replace(BRIDGE, text="Other.", withdrawn=True)]),
            ),
            id="corrected, then withdrawn",
        ),
    ],
)
def test_withheld_article_is_told_by_no_link(
    archive: Archive, clock: Clock, withhold: Callable[[Archive, datetime], object]
) -> None:
    both = answered(
        says(cite(1, BRIDGE, OPENED), cite(2, COPY, OPENED)),
        says(cite(3, BRIDGE, DENIED)),
        differences=(Difference((("Sunday", (1, 2)), ("money", (3,)))),),
    )
    alone = answered(says(cite(1, BRIDGE, DENIED)), says(cite(2, BRIDGE, OPENED)))
    near = Answer("Who?", "does not say", 0.1, (), (Passage(BRIDGE, 0, 40, 1.0),))
    copied = answered(says(cite(1, COPY, OPENED, copies=(BRIDGE,))))
    made = [linked(answer, archive) for answer in (both, alone, near, copied)]
    withhold(archive, clock())
    first, second, third, fourth = (reopen(link, archive) for link in made)
    # What another article proves in the same words still stands.
    assert [
        (citation.marker, citation.article.id, citation.quote)
        for citation in first.answer.citations
    ] == [(2, "copy", OPENED)]
    assert first.answer.differences == ()
    assert first.answer.notes == (
        "One sentence is left out: withdrawn since, or not in this archive.",
    )
    assert second.answer.statements == ()
    assert second.answer.outcome == "nothing found"
    elsewhere = (
        "Nothing of this answer can be shown: its articles were withdrawn, or it is another "
        "archive’s."
    )
    assert [(one.answer.reason, one.answer.notes) for one in (second, third)] == [
        (elsewhere, ())
    ] * 2
    assert third.answer.passages == ()
    assert fourth.answer.citations[0].copies == ()
    for reopened in (first, second, third, fourth):
        assert BRIDGE.id not in repr(reopened)
        assert "denied" not in repr(reopened)
    # Today's answer is compared with all that was said, not with what is left of it.
    assert not is_same(second, replace(alone, statements=()))
    assert is_same(second, alone)
