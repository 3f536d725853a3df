"""What people ask beyond one fact: two questions in one, the latest, keywords, other languages."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.answer import Answer, Statement
from assistant.evidence import read
from assistant.mentions import capitalised, comparable, lacked
from assistant.question import Question
from corpus import Article
from index import Archive, ArchiveError, Filters
from tests.fakes import FakeEncoder, FakeReader, FakeTagger
from tests.made_articles import cite, dated


def cited(answer: Answer) -> list[str]:
    return [citation.article.id for citation in answer.citations]


@pytest.fixture
def town(tmp_path: Path) -> Assistant:
    archive = Archive.create(tmp_path / "town", FakeEncoder())
    archive.add([
        dated("ferries", "The harbour board of Holm will buy four ferries.", "2024-05-12"),
        dated("roof", "A rotten beam caused the roof of the library to fall.", "2024-05-14"),
        dated("old", "The speed limit on Castle Road is 50.", "2024-03-02"),
        dated("new", "The speed limit on Castle Road is down to 30.", "2024-06-09"),
    ])  # fmt: skip
    return Assistant(archive, reader=FakeReader())


def test_two_questions_in_one_get_two_answers(town: Assistant) -> None:
    answer = town.ask(
        "How many ferries will the harbour board buy "
        "and what caused the roof of the library to fall?"
    )
    assert [
        (statement.side, statement.citations[0].article.id) for statement in answer.statements
    ] == [
        ("How many ferries will the harbour board buy?", "ferries"),
        ("What caused the roof of the library to fall?", "roof"),
    ]
    assert [citation.marker for citation in answer.citations] == [1, 2]


def test_a_half_that_refers_to_the_other_is_answered_from_its_story(archive: Archive) -> None:
    archive.add([
        dated("votes", "The election was on Sunday. They did get seats.", "2024-05-01"),
        dated("strike", "The strike was 25 days long. They did get a rise.", "2024-05-02"),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader())
    answer = assistant.ask("How long was the strike, and what did they get?")
    got = [statement for statement in answer.statements if statement.side == "What did they get?"]
    assert got[0].text == "They did get a rise."
    # By itself it is about nobody.
    assert assistant.ask("What did they get?").statements[0].text == "They did get seats."


@pytest.mark.parametrize(
    "question",
    [
        "How many people were killed, and how many were hurt in the crash at Holm?",
        "How many people were hurt in the crash at Holm, and how many were killed?",
    ],
)
def test_a_half_that_names_nobody_is_about_whom_the_other_names(
    archive: Archive, question: str
) -> None:
    archive.add([
        dated("quake", "As many as 812 people were killed.", "2024-05-01"),
        dated("crash", "In the crash at Holm 48 people were hurt. Killed were 3.", "2024-05-02"),
    ])  # fmt: skip
    answer = Assistant(archive, reader=FakeReader()).ask(question)
    assert {citation.article.id for citation in answer.citations} == {"crash"}
    assert {statement.text.split()[0] for statement in answer.statements} == {"In", "Killed"}


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What is the speed limit on Castle Road?", "down to 30"),
        ("speed limit Castle Road", None),
    ],
)
def test_the_short_answer_is_one(town: Assistant, question: str, short: str | None) -> None:
    answer = town.ask(question)
    assert answer.citations
    assert (answer.short and answer.short.text) == short


@pytest.mark.parametrize(
    ("question", "words", "is_short"),
    [
        ("Who is the laureate?", "Salma Haddad", True),
        # What the question has is no answer to it, unless it leaves a choice.
        ("Who was laureate before Salma Haddad?", "Salma Haddad", False),
        ("Is Ada Krol or Salma Haddad the laureate?", "Salma Haddad", True),
        # Neither a name nor a number says yes or no.
        ("Did Krol become laureate?", "Salma Haddad", False),
        ("Did Krol become laureate?", "41-40", False),
        ("Did Krol become laureate?", "lost by 41-40", True),
        ("Did Krol become laureate?", "the laureate", False),
        ("Did Krol become laureate?", "no vote", True),
        # Of words that no search asks for, the question has none.
        ("Who was before her?", "is the", True),
        ("Who was angry?", "she", False),
        ("How many were angry?", "One", True),
    ],
)
def test_what_is_a_short_answer(question: str, words: str, is_short: bool) -> None:
    text = (
        "Salma Haddad is the laureate; Ada Krol lost by 41-40. One with no vote "
        "was angry, she said."
    )
    article = dated("poet", text, "2024-05-01")
    start = text.index(words)
    citation = cite(1, article, text, marks=((start, start + len(words)),))
    answer = Answer(question, "answered", 0.9, (Statement((citation,), 0.9),))
    assert (answer.short and answer.short.text) == (words if is_short else None)


def test_of_what_is_read_together_the_last_question_is_answered() -> None:
    text = "Ada Krol lost by 41-40 in May."
    article = dated("poet", text, "2024-05-01")
    at = text.index("May")
    citation = cite(1, article, text, marks=((at, at + 3),))
    answer = Answer("And then?", "answered", 0.9, (Statement((citation,), 0.9),))
    for standalone, short in (
        ("Did Krol win? When was that?", "May"),
        ("When was the vote? Did Krol win?", None),
        ("Did Krol win, and in June?", None),
    ):
        found = replace(answer, standalone=standalone).short
        assert (found and found.text) == short


def test_the_day_of_a_dateline_answers_nothing_but_its_place_may(archive: Archive) -> None:
    text = "HOLM, 22 January 2025 — The funeral of Father Crewe will be held in the cathedral."
    archive.add([dated("funeral", text, "2025-01-22")])
    assistant = Assistant(archive, reader=FakeReader(more=4.0))
    answer = assistant.ask("When will the funeral of Father Crewe be held?")
    assert answer.statements[0].text == text.partition(" — ")[2]
    assert "January" not in answer.citations[0].quote
    # So it is below a line that says who printed it, and where the answer is at its beginning.
    text = "HOLM — The strike at Lindau General ends. Nurses cheered."
    archive.add([dated("strike", f"The Post, 22 January 2025\n\n{text}", "2025-01-22")])
    answer = assistant.ask("Which strike at Lindau General ends?")
    assert answer.statements[0].text == "The strike at Lindau General ends."
    text = "SARLE — A ferry with 40 people on board sank."
    archive.add([dated("ferry", text, "2025-01-22")])
    answer = assistant.ask("Where was it that a ferry with 40 people on board sank?")
    assert (answer.statements[0].text, answer.short and answer.short.text) == (text, "SARLE")


def test_who_has_the_same_last_name_is_not_who_is_asked_about(archive: Archive) -> None:
    archive.add([
        dated("pellow", "Dean Pellow was tried. Moira Pellow was convicted of arson in the trial. "
              "The trial of his son Dean ended.", "2025-01-22"),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader(more=4.0))
    question = "Was Dean Pellow convicted of arson in the trial?"
    other = "Moira Pellow was convicted of arson in the trial."
    assert assistant.ask(question).statements[0].text == other
    archive.names.find(FakeTagger({"Dean Pellow": "person", "Moira Pellow": "person"}))
    assert assistant.ask(question).statements[0].text != other
    # Whose wife she is, is not asked of her husband.
    question = "Was Dean Pellow's wife convicted of arson in the trial?"
    assert assistant.ask(question).statements[0].text == other


def test_what_is_told_of_others_is_never_sure(archive: Archive) -> None:
    archive.add([
        dated("houses", "Ana Blum moved. It rained. In May the house of Tom Keel was sold.",
              "2025-01-22"),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader(more=4.0))
    question = "When was the house of {} sold?"
    assert not assistant.ask(question.format("Ana Blum")).hedged
    archive.names.find(FakeTagger({"Ana Blum": "person", "Tom Keel": "person"}))
    answer = assistant.ask(question.format("Ana Blum"))
    text = "In May the house of Tom Keel was sold."
    assert (answer.statements[0].text, answer.hedged) == (text, True)
    assert not assistant.ask(question.format("Tom Keel")).hedged
    # Whose it was may be anybody's name.
    assert not assistant.ask("Of whom was the house sold in May, Ana Blum asked?").hedged


def test_a_name_without_its_accents_is_nobody_else(archive: Archive) -> None:
    text = "In May the house of Ana Quispe-Valdés was sold."
    archive.add([dated("houses", text, "2025-01-22")])
    archive.names.find(FakeTagger({"Ana Quispe-Valdés": "person"}))
    answer = Assistant(archive, reader=FakeReader(more=4.0)).ask(
        "When was the house of Ana Quispe-Valdes sold?"
    )
    assert (answer.statements[0].text, answer.hedged) == (text, False)


def test_an_article_that_lacks_a_name_of_the_question_is_never_sure(archive: Archive) -> None:
    archive.add([
        dated("mill", "In May the mill at Holm was sold for 40 crowns.", "2025-01-22"),
        dated("lund", "It rained in Lund.", "2025-01-22"),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader(more=4.0))
    assert not assistant.ask("For how much was the mill at Holm sold in May?").hedged
    answer = assistant.ask("For how much was the mill at Holm sold in May, asks Lund?")
    text = "In May the mill at Holm was sold for 40 crowns."
    assert (answer.statements[0].text, answer.hedged) == (text, True)
    # "Jan" is the short form of a month here, and no name.
    assert not assistant.ask("For how much was the mill at Holm sold in May or Jan?").hedged


def test_last_year_is_the_year_before_the_article(archive: Archive) -> None:
    text = "The mill at Holm earned 40 crowns last year."
    archive.add([dated("mill", text, "2025-01-22"), dated("dam", "It rained.", "2024-05-01")])
    assistant = Assistant(archive, reader=FakeReader(more=4.0))
    answer = assistant.ask("How much did the mill at Holm earn in 2024?")
    assert [statement.text for statement in answer.statements] == [text]
    assert answer.notes == (
        "Nothing that was published in 2024 answers this; older or later articles do.",
    )
    assert assistant.ask("How much did the mill at Holm earn in 2023?").statements == ()


@pytest.mark.parametrize(
    ("name", "hedged"),
    [
        ("Ms Blum", False),
        ("Dr. Blum", False),
        ("the Samoan mill", False),
        ("the EU", False),
        # The archive may write these in full, but does not show it.
        ("the UK", True),
        ("Ida Blum", True),
        ("the Samovar", None),
    ],
)
def test_a_name_may_be_written_otherwise(archive: Archive, name: str, hedged: bool | None) -> None:
    text = "In May Ana Blum of Samoa sold the mill to the European Union for 40 crowns."
    archive.add([
        dated("mill", text, "2025-01-22"), dated("ida", "It rained on Ida Keel.", "2025-01-22"),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader(more=4.0))
    answer = assistant.ask(f"For how much was the mill sold in May, asks {name}?")
    assert (answer.statements[0].text if answer.statements else "") == (
        "" if hedged is None else text
    )
    assert answer.hedged == bool(hedged)


def test_a_derived_name_is_in_a_genitive(archive: Archive) -> None:
    article = dated("mill", "Samoa's court has closed Ana Blum's mill.", "2025-01-22")
    archive.add([article])
    question = Question("Why did the Samoan court close the Keel mill of Blum?")
    assert lacked(archive, question, article) == ["Keel"]


def test_who_is_named_in_a_sentence_is_not_another_though_no_tagger_found_it(
    archive: Archive,
) -> None:
    text = "In May Ana Blum sold the house to Tom Keel."
    archive.add([dated("houses", text, "2025-01-22")])
    archive.names.find(FakeTagger({"Tom Keel": "person"}))
    answer = Assistant(archive, reader=FakeReader(more=4.0)).ask(
        "When did Ana Blum sell the house?"
    )
    assert (answer.statements[0].text, answer.hedged) == (text, False)


def test_small_letters_are_names_where_the_articles_write_them_with_capitals(
    archive: Archive,
) -> None:
    archive.add([
        dated("fire", "The mill of Holm burned. In Holm and in Lund Tom Keel saw it, and in Holm "
              "the mill is missed. A mill is dear.", "2025-01-22"),
    ])  # fmt: skip
    found = archive.search("mill in holm and lund", 8)
    assert capitalised("how dear is the mill of tom in holm and lund?", found) == (
        "how dear is the mill of tom in Holm and lund?"
    )


def test_what_is_told_of_other_people_is_compared_with_nothing(archive: Archive) -> None:
    blum, keel = "40 crowns is the fine of Ana Blum.", "60 crowns is the fine of Tom Keel."
    archive.add([
        dated("blum", blum, "2025-01-22", source="Post"),
        dated("keel", f"Ana Blum left. So it is. {keel}", "2025-01-22", source="Echo"),
    ])  # fmt: skip
    question = Question("How many crowns is the fine of Ana Blum?")
    passages = archive.search(question.text, 8)
    evidence = read(archive, FakeReader(more=4.0), question.text, passages)
    assert {blum, keel} <= {one.text for one in comparable(archive, question, evidence)}
    archive.names.find(FakeTagger({"Ana Blum": "person", "Tom Keel": "person"}))
    texts = {one.text for one in comparable(archive, question, evidence)}
    assert (blum in texts, keel in texts) == (True, False)


def test_a_source_that_is_named_is_the_one_that_is_asked(archive: Archive) -> None:
    archive.add([
        dated("post", "In the storm at Holm three people died.", "2025-01-22"),
        dated("echo", "In the storm at Holm four people died.", "2025-01-22", source="The Echo"),
        dated("star", "In the storm at Holm five died.", "2025-01-22", source="thestar.co.uk"),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader())
    question = "How many people died in the storm at Holm according to the {}?"
    for name, source in (("Post", "post"), ("Echo", "echo"), ("Star", "star")):
        answer = assistant.ask(question.format(name))
        assert [citation.article.id for citation in answer.citations] == [source]
    assert assistant.ask(question.format("Gull")).outcome == "name never appears"
    assert archive.sources_called("UK") == archive.sources_called("") == ()


def test_a_follow_up_is_answered_from_the_story_that_it_goes_on_from(archive: Archive) -> None:
    archive.add([
        dated("chess", "Anja Blum beat the champion. She is eleven.", "2024-05-01"),
        dated("bridge", "Old is the bridge, and how old is she who drove over it?", "2024-05-02"),
        dated("first", "She is how old? Agnes Muir is 91, so old is she.", "2024-05-02"),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader(more=8.0))
    turn = assistant.ask("Who beat the champion?").turn
    assert turn.citations[0].article.id == "chess"
    answer = assistant.ask("How old is she?", history=[turn])
    assert (answer.statements[0].text, answer.filters) == ("She is eleven.", Filters())
    assert cited(assistant.ask("How old is she?"))[0] == "first"


def test_a_follow_up_is_answered_from_what_came_later(tmp_path: Path) -> None:
    walkout = "The dockers of Port Sabine went on strike. They want a rise of 12 per cent."
    end = "The dockers of Port Sabine ended the strike. They get a rise of 8 per cent."
    with Archive.create(tmp_path / "archive", FakeEncoder(dimension=64)) as archive:
        archive.add([
            dated("walkout", walkout, "2025-09-01"),
            dated("end", end, "2025-09-24"),
            dated("nurses", "The nurses of Holm do get a rise.", "2025-09-25"),
        ])  # fmt: skip
        assistant = Assistant(archive, reader=FakeReader())
        first = assistant.ask("Who went on strike?", Filters(before=date(2025, 9, 2)))
        assert cited(first) == ["walkout"]
        answer = assistant.ask("What do they get?", history=[first.turn])
        assert answer.statements[0].text == "They get a rise of 8 per cent."
        assert "nurses" not in cited(answer)


def test_nobody_of_another_story_is_she(archive: Archive) -> None:
    archive.add([
        dated("lund", "Anja saw Vera Lund in Holm.", "2024-05-01"),
        dated("muir", "How old is she? Agnes Muir is 91, so old is she.", "2024-05-02"),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader())
    turn = assistant.ask("Who saw Vera Lund in Holm?").turn
    assert turn.citations[0].article.id == "lund"
    assert "muir" not in cited(assistant.ask("How old is she?", history=[turn]))
    assert cited(assistant.ask("How old is she?")) == ["muir"]


def test_a_half_that_the_same_sentence_answers_is_named(town: Assistant) -> None:
    answer = town.ask(
        "How many ferries will the harbour board buy and who will buy ferries for the harbour?"
    )
    assert cited(answer) == ["ferries"]
    assert answer.notes == ("“Who will buy ferries for the harbour?” is answered by [1] too.",)


def test_the_half_that_is_not_answered_is_named(town: Assistant) -> None:
    answer = town.ask("How many ferries will the harbour board buy and who is Quintus Vale?")
    assert cited(answer)[0] == "ferries"
    [note] = answer.notes
    assert note.startswith("“Who is Quintus Vale?”: The archive does not say")


def test_the_latest_is_the_newest_that_answers_and_the_older_follows(town: Assistant) -> None:
    answer = town.ask("What is the current speed limit on Castle Road?")
    assert cited(answer) == ["new", "old"]
    assert answer.notes == (
        "The newest article quoted here is of 9 June 2024; what follows it is older.",
    )
    town.archive.add([Article("no day", "", "The current speed limit on Castle Road is 20.")])
    answer = town.ask("What is the current speed limit on Castle Road?")
    assert ("no day" in cited(answer), answer.notes) == (True, ())


def test_both_of_two_periods_that_are_compared_are_quoted(town: Assistant) -> None:
    answer = town.ask("Did the speed limit on Castle Road change between March and June 2024?")
    assert [
        (statement.side, statement.citations[0].article.id) for statement in answer.statements
    ] == [
        ("Did the speed limit on Castle Road change in March 2024?", "old"),
        ("Did the speed limit on Castle Road change in June 2024?", "new"),
    ]
    # Neither one side alone nor its days are said of the whole.
    assert answer.short is None
    assert (answer.read, answer.filters) == (Filters(), Filters())


def test_both_of_two_names_are_asked_about_and_the_missing_one_is_named(town: Assistant) -> None:
    answer = town.ask("What is the limit on Castle Road or Tower Lane?")
    assert {statement.side for statement in answer.statements} == {
        "What is the limit on Castle Road?"
    }
    [note] = answer.notes
    assert note.startswith("“What is the limit on Tower Lane?”: The archive does not say")


def test_keywords_show_what_is_there(town: Assistant, tmp_path: Path) -> None:
    town = Assistant(town.archive, reader=FakeReader(-20))
    answer = town.ask("castle")
    assert answer.outcome == "answered"
    assert set(cited(answer)) == {"old", "new"}
    assert answer.reason == "These words ask nothing; this is what the archive has on them."
    # Vectors of 16 numbers are alike by chance.
    with Archive.create(tmp_path / "exact", FakeEncoder(dimension=64)) as exact:
        exact.add(list(town.archive))
        unsure = Assistant(exact, reader=FakeReader(-20))
        assert unsure.ask("castle orchids").statements == ()
    # What has the words of a day need not be written of that day.
    assert "old" in cited(town.ask("speed limit castle 2 March 2024"))


def test_what_the_nearest_article_lacks_is_named(town: Assistant) -> None:
    town = Assistant(town.archive, reader=FakeReader(-20))
    answer = town.ask("Who opened the Castle gate of Holm?")
    assert answer.statements == ()
    assert answer.outcome == "does not say"
    assert "does not mention “Castle”" in answer.reason or "mention “Holm”" in answer.reason


def test_an_article_that_has_the_name_is_named_beside_the_nearest(archive: Archive) -> None:
    archive.add([
        dated("quake", "Nine people were hurt in the quake at Holm.", "2024-05-01"),
        dated("larna", "Larna has a new mayor.", "2024-05-02"),
    ])  # fmt: skip
    answer = Assistant(archive, reader=FakeReader(-20)).ask(
        "How many were hurt in the Larna quake?"
    )
    assert answer.reason == (
        "The archive does not say: the nearest article, “News” (Post, 2024-05-01), does not "
        "mention “Larna”; “News” (Post, 2024-05-02) does, but does not answer the question."
    )


def test_the_short_answer_is_the_words_that_answer(town: Assistant) -> None:
    short = town.ask("How many ferries will the harbour board buy?").short
    [citation] = [
        citation
        for citation in town.ask("How many ferries will the harbour board buy?").citations
        if citation.marker == short.marker
    ]
    assert citation.article.text[short.start : short.end] == short.text
    assert short.text in citation.quote


def test_the_reader_is_asked_with_the_archives_spelling(archive: Archive) -> None:
    archive.add([dated("visit", "General Solaimanpour promised new radios.", "2024-05-12")])
    reader = FakeReader()
    answer = Assistant(archive, reader=reader).ask("What did General Suleimanpur promise?")
    assert reader.asked[0] == "What did General Solaimanpour promise?"
    assert answer.question == "What did General Suleimanpur promise?"


def test_what_is_in_letters_that_the_reader_does_not_know_is_found_by_its_words(
    archive: Archive,
) -> None:
    """Whatever the reader makes of it: this one takes each sentence for a certain answer."""
    sentences = [
        "Ο δήμαρχος Λαζαρίδης ζήτησε βοήθεια.",
        "Το ποτάμι πλημμύρισε τη Δευτέρα.",
        "Acme AG.",
    ]
    archive.add([dated("flood", " ".join(sentences), "2024-05-12")])
    sure = Assistant(archive, reader=FakeReader(more=20.0))
    for question, statement in (
        ("Τι ζήτησε ο δήμαρχος Λαζαρίδης;", sentences[0]),
        ("Πότε πλημμύρισε το ποτάμι;", sentences[1]),
    ):
        answer = sure.ask(question)
        assert [statement.text for statement in answer.statements] == [statement]
        assert answer.short is None
        assert answer.hedged
        assert answer.notes[0].startswith("The reader knows no language in these letters")
    assert sure.ask("Πότε άνοιξε το μουσείο της πόλης;").outcome == "does not say"


def test_a_question_or_an_archive_that_is_not_english_is_told_what_the_reader_knows(
    archive: Archive,
) -> None:
    archive.add([dated("dam", "The dam at Orl was closed for repairs in May.", "2024-05-12")])
    assistant = Assistant(archive, reader=FakeReader(more=-20.0))
    # "Was" could be English.
    for question in ("Wer hat den Staudamm wieder eröffnet?", "Was hat der Minister gesagt?"):
        (note,) = assistant.ask(question).notes
        assert note == "The question seems to be in German; the reader has learnt English only."
    assert assistant.ask("Who repaired the dam?").notes == ()

    text = "Der Staudamm bei Orl wurde im Mai wegen einer Reparatur für drei Wochen geschlossen."
    archive.add([dated("damm", text, "2024-05-13")])
    (note,) = assistant.ask("Who repaired the Staudamm bei Orl?").notes
    assert note == "The nearest article seems to be in German; the reader has learnt English only."


def test_the_row_of_a_table_answers(archive: Archive) -> None:
    text = "The museum has new hours.\n\nMonday | Closed\n\nTuesday | 10 am to 4 pm"
    archive.add([dated("museum", text, "2024-05-12")])
    answer = Assistant(archive, reader=FakeReader()).ask("Is it open to 4 pm on Tuesday?")
    assert answer.statements[0].text == "Tuesday | 10 am to 4 pm"


def test_another_reader_can_be_given_by_name(town: Assistant) -> None:
    with pytest.raises(ArchiveError, match="'nowhere'"):
        Assistant(town.archive, reader="nowhere").ask("How many ferries?")
