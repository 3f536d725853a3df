"""Answers: what they are made of, what they prove, and when there are none."""

import json
from datetime import date
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.answer import Answer
from assistant.support import THRESHOLD
from corpus import Article
from index import Archive, Filters
from tests.fakes import FakeEncoder, FakeReader
from tests.made_articles import dated

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).parent / "sample_questions.jsonl").read_text("utf-8").splitlines()
]


# What the reader gets wrong on the sample today. A question that leaves this list may not return.

STILL_WRONG = {
    "What was the result of the dockers' strike vote?",
    "Who is the mayor of Eskerby?",
    "Who coached Saltreath Harbour in the valley cup final?",
}


def quotes(answer: Answer) -> str:
    return " ".join(" ".join(citation.quote.split()) for citation in answer.citations)


def assert_proved(archive: Archive, answer: Answer) -> None:
    """Every statement is cited, and every quote stands in the stored text to the letter."""
    assert [citation.marker for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    for statement in answer.statements:
        assert statement.citations
        assert statement.text == statement.citations[0].quote
    for citation in answer.citations:
        stored = archive.article(citation.article.id)
        assert stored.text[citation.start : citation.end] == citation.quote != ""


@pytest.fixture(scope="module")
def real(sample: Archive) -> Assistant:
    """One that reads the sample with the real models, which are loaded once."""
    return Assistant(sample)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["question"])
def test_sample_questions(real: Assistant, asked: dict[str, object]) -> None:
    answer = real.ask(str(asked["question"]))
    assert_proved(real.archive, answer)
    answered = answer.outcome == "answered"
    assert answered == bool(answer.statements) == (not answer.reason)
    expected = asked["answer"]
    if expected is None:
        right = not answered
    else:
        assert isinstance(expected, list)
        found = quotes(answer).casefold()
        right = answered and all(part.casefold() in found for part in expected)
    # What has been mended leaves the list of those that are wrong.
    assert right == (asked["question"] not in STILL_WRONG), quotes(answer)


def test_one_text_in_several_papers_is_one_statement(real: Assistant) -> None:
    answer = real.ask("How large is the relief fund for flood victims?")
    [shared] = [
        statement for statement in answer.statements if "18.4 million crowns" in statement.text
    ][:1]
    [citation] = shared.citations
    outlets = {citation.article.source, *(copy.source for copy in citation.copies)}
    assert len(outlets) > 1
    assert all(citation.quote in copy.text for copy in citation.copies)


def test_suggested_questions_are_answered(real: Assistant) -> None:
    suggested = real.suggest_questions(3)
    assert len(suggested) == 3
    assert {real.ask(question).outcome for question in suggested} == {"answered"}


def test_a_name_that_never_appears_is_said(made: Archive) -> None:
    answer = Assistant(made, reader=FakeReader()).ask("What did Quintus Vale say?")
    assert answer.outcome == "name never appears"
    assert "Quintus Vale" in answer.reason
    assert 0 <= answer.support < THRESHOLD


def test_values_are_told_apart_and_not_their_units(archive: Archive) -> None:
    text = "The bridge at Holm will cost 5.9 million euros."
    other = "The bridge at Holm will cost 6.1 million euros in the end."
    archive.add([Article("a", "Bridge", text, "Post"), Article("b", "Bridge", other, "Wire")])
    answer = Assistant(archive, reader=FakeReader()).ask("How much will the bridge at Holm cost?")
    assert [statement.text for statement in answer.statements] == [text, other]


def test_headings_bylines_and_asides_are_no_statements(archive: Archive) -> None:
    text = (
        "HOLM —\n\nHarbour talks in Holm\n\nRuth Abara led the harbour talks in Holm.\n\n"
        "What the talks were about\n\nHardly.\n\n"
        "Piet Lorrimer led the harbour talks in Holm later.\n\nThe Holm Press"
    )
    archive.add([Article("a", "Harbour talks", text, "Post")])
    reader = FakeReader(per_word=3.0)
    answer = Assistant(archive, reader=reader).ask("who led the harbour talks in Holm")
    assert [statement.text for statement in answer.statements] == [
        "Ruth Abara led the harbour talks in Holm.",
        "Piet Lorrimer led the harbour talks in Holm later.",
    ]


def test_who_printed_a_list_of_people_is_not_in_it(archive: Archive) -> None:
    text = "Present at the talks were Ruth Abara and Piet Lorrimer. Tom Keel left the talks."
    archive.add([Article("a", "Talks", f"The Holm Press, 3 March 2024\nBy Ida Wren\n\n{text}")])
    answer = Assistant(archive, reader=FakeReader(per_word=3.0)).ask("who met at the talks")
    assert " ".join(statement.text for statement in answer.statements) == text


def test_an_empty_archive_has_nothing(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "empty", FakeEncoder())
    answer = Assistant(archive, reader=FakeReader()).ask("when did it begin")
    assert (answer.outcome, answer.support, answer.passages) == ("nothing found", 0.0, ())


def test_outside_the_filters_is_said(made: Archive) -> None:
    answer = Assistant(made, reader=FakeReader()).ask(
        "who led the harbour talks", Filters(sources=("Nowhere",))
    )
    assert answer.outcome == "outside the dates"


@pytest.mark.parametrize("question", ["", "  ", "?!"])
def test_a_question_without_words_is_refused(made: Archive, question: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        Assistant(made, reader=FakeReader()).ask(question)


@pytest.fixture
def fires(tmp_path: Path) -> Assistant:
    archive = Archive.create(tmp_path / "fires", FakeEncoder())
    archive.add(
        [
            dated("old", "The Ostrand mill burned down yesterday.", "2021-05-04"),
            dated("new", "The Quillon bakery burned down yesterday.", "2021-09-14"),
        ]
    )
    return Assistant(archive, reader=FakeReader())


def cited(answer: Answer) -> list[str]:
    return [citation.article.id for citation in answer.citations]


def test_days_in_a_question_become_a_filter_that_can_be_taken_off(fires: Assistant) -> None:
    answer = fires.ask("What burned down in May 2021?")
    assert cited(answer) == ["old"]
    assert answer.read == Filters(date(2021, 5, 1), date(2021, 5, 31))
    assert answer.filters == answer.read
    everything = fires.ask("What burned down in May 2021?", read_filters=False)
    assert (everything.read, everything.filters) == (Filters(), Filters())
    assert {passage.article.id for passage in everything.passages} == {"old", "new"}


def test_filters_that_are_given_count_and_not_the_days_of_the_question(fires: Assistant) -> None:
    given = Filters(after=date(2021, 9, 1))
    answer = fires.ask("What burned down in May 2021?", given)
    assert (answer.filters, answer.read) == (given, Filters())
    assert {passage.article.id for passage in answer.passages} == {"new"}


def test_a_month_may_be_told_of_in_the_next(fires: Assistant) -> None:
    fires.archive.add([dated("later", "Fires cost Holm 40 crowns in June.", "2021-07-02")])
    answer = fires.ask("What did fires cost Holm in June 2021?")
    assert cited(answer)[0] == "later"
    assert answer.notes[-1] == (
        "Nothing that was published in June 2021 answers this; older or later articles do."
    )


def test_what_had_been_before_a_day_may_be_told_of_after_it(fires: Assistant) -> None:
    answer = fires.ask("When had a mill burned down before May 2021?")
    assert cited(answer) == ["old"]
    assert answer.notes[-1] == (
        "Nothing that was published before May 2021 answers this; older or later articles do."
    )


def test_an_article_without_the_name_must_answer_surely(made: Archive) -> None:
    made.add([dated("other", "Kester Vane is ill. The UN is not.", "2021-07-02", title="Ill")])
    unsure = Assistant(made, reader=FakeReader(more=-6.0))
    answer = unsure.ask("Who led the harbour talks of Kester Vane?")
    assert answer.outcome == "does not say"
    assert "does not mention “Kester Vane”" in answer.reason
    assert Assistant(made, reader=FakeReader()).ask(answer.question).outcome == "answered"
    # A title need not be there, nor what is short for a name.
    assert unsure.ask("Did Dame Ruth Abara lead the harbour talks?").outcome == "answered"
    assert unsure.ask("Who led the harbour talks for the UN?").outcome == "answered"


def test_days_that_the_archive_lacks_are_no_answer(fires: Assistant) -> None:
    answer = fires.ask("What burned down in June 2021?")
    assert (answer.outcome, answer.statements) == ("outside the dates", ())
    assert answer.read == Filters(date(2021, 6, 1), date(2021, 6, 30))


def test_where_this_week_has_no_answer_other_weeks_are_asked_and_it_is_said(
    fires: Assistant,
) -> None:
    answer = fires.ask("Which bakery burned down this week?")
    assert cited(answer) == ["new"]
    assert (answer.read, answer.filters) == (Filters(), Filters())
    [note] = answer.notes
    assert note.startswith("Nothing that was published this week answers this")


def test_this_week_is_counted_from_the_day_of_the_question(fires: Assistant) -> None:
    answer = fires.ask("What burned down this week?", today=date(2021, 9, 15))
    assert cited(answer) == ["new"]
    assert answer.read == Filters(date(2021, 9, 8), date(2021, 9, 15))
    # What was known on a later day does not change which week is meant.
    known = Filters(as_of=date(2021, 12, 31))
    answer = fires.ask("What burned down this week?", known, today=date(2021, 9, 15))
    assert (cited(answer), answer.notes) == (["new"], ())


def test_a_year_may_be_told_of_in_so_many_words(fires: Assistant) -> None:
    fires.archive.add([dated("year", "In 2021 Ruth Abara became the mayor.", "2021-12-30")])
    answer = fires.ask("Who became the mayor in 2021?")
    assert (cited(answer), answer.notes) == (["year"], ())
    assert answer.read == Filters(date(2021, 1, 1), date(2021, 12, 31))


def test_what_was_known_on_a_day_need_not_be_new_then(fires: Assistant) -> None:
    answer = fires.ask("What burned down?", Filters(as_of=date(2029, 1, 1)))
    assert answer.statements
    asked = fires.ask("What burned down?", today=date(2029, 1, 1))
    assert asked.notes == (
        "The newest article quoted here is of 14 September 2021, long before 1 January 2029.",
    )


def test_another_year_is_no_answer(archive: Archive) -> None:
    archive.add([dated("a", "Holm Rovers won the Northern Cup final.", "2024-07-14")])
    assistant = Assistant(archive, reader=FakeReader())
    assert cited(assistant.ask("Who won the 2024 Northern Cup final?")) == ["a"]
    assert assistant.ask("Who won the 2023 Northern Cup final?").statements == ()


def test_half_a_surrogate_pair_is_no_error(made: Archive) -> None:
    assert (
        Assistant(made, reader=FakeReader())
        .ask("Who led the harbour talks\udc80?")
        .question.endswith("talks??")
    )


def test_nothing_is_known_before_it_was_out(fires: Assistant) -> None:
    answer = fires.ask("What burned down?", Filters(as_of=date(2021, 5, 4)))
    assert cited(answer) == ["old"]
    assert {passage.article.id for passage in answer.passages} == {"old"}
    before = fires.ask("What burned down?", Filters(as_of=date(2021, 5, 3)))
    assert (before.outcome, before.passages) == ("outside the dates", ())


def test_relative_dates_and_what_was_asked_for_are_marked(fires: Assistant) -> None:
    answer = fires.ask("When was it that the Ostrand mill burned down?")
    citation = answer.citations[0]
    text = citation.article.text
    assert [text[start:end] for start, end in citation.marks] == ["yesterday"]
    [day] = citation.dated
    assert (text[day.start : day.end], day.first, day.last) == (
        "yesterday",
        date(2021, 5, 3),
        date(2021, 5, 3),
    )


def test_a_follow_up_is_asked_with_what_it_leaves_out(real: Assistant) -> None:
    first = real.ask("Who headed the Syrian delegation?")
    assert "Ali Mamlouk" in quotes(first)
    after = real.ask("And what did he vow?", history=[first.turn])
    assert after.standalone == "Who headed the Syrian delegation? What did he vow?"
    assert after.question == "And what did he vow?"
    assert "Mamlouk" in quotes(after)
    fresh = real.ask("How many people were injured in the Marrowby flood?", history=[first.turn])
    assert fresh.standalone == fresh.question


@pytest.mark.parametrize("flood", ["the flood", "the Marrowby flood"])
def test_sources_that_differ_are_said_to(real: Assistant, flood: str) -> None:
    answer = real.ask(f"How many people were injured in {flood}?")
    [difference] = answer.differences
    assert len({value for value, _ in difference.values}) == len(difference.values) > 1
    by_marker = {citation.marker: citation for citation in answer.citations}
    for value, markers in difference.values:
        assert markers
        assert all(value in by_marker[marker].quote for marker in markers)
