"""Who says what a sentence tells, and what of it counts where a question asks for that."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.grammar import tells_what_was_said
from assistant.speakers import asked_speaker, speaker_odds
from corpus import Article, Published
from index import Archive
from index.words import words
from tests.fakes import FakeEncoder, FakeReader, FakeTagger

_OWN, _MAY, _OTHERS, _ANOTHERS = 3.0, -1.5, -3.0, -5.0
BLUM, ANA_BLUM = frozenset({"blum"}), frozenset({"ana", "blum"})


def article(id: str, text: str) -> Article:
    published = Published(datetime(2024, 3, 1, tzinfo=UTC), "day", "metadata")
    return Article(id, id, text, "Post", published)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive.create(tmp_path / "archive", FakeEncoder())
    made.add([article("vesk", "Vesk has many boats. Ana Blum has none.")])
    made.names.find(FakeTagger({"Ana Blum": "person", "Vesk": "place"}))
    return made


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did Ana Blum say about the ferry?", ANA_BLUM),
        ("what does ana blum think of it", ANA_BLUM),
        ("Has Mrs. Blum really denied that she sold it?", BLUM),
        ("When did the Harbour Board announce the sale?", {"board"}),
        ("What did Blum sell?", ()),
        ("What did the Post report about the ferry?", ()),
        ("What did Blum's lawyer say?", ()),
        ("What did the Ministry of Health say?", {"ministri"}),
        ("What did she say?", ()),
        ("Who said that the ferry was sold?", ()),
        ("ferry sold", ()),
    ],
)
def test_whose_words_a_question_asks_for(
    archive: Archive, question: str, name: frozenset[str]
) -> None:
    assert asked_speaker(archive, question) == frozenset(name)


@pytest.mark.parametrize(
    ("sentence", "odds"),
    [
        ("“The ferry was sold,” Blum said after Tom Keel had left.", _OWN),
        ("Blum resigned on Friday, saying that the ferry was sold.", _OWN),
        ("Blum, who said that the ferry was sold, left.", _OWN),
        ("The ferry was sold, according to Blum.", _OWN),
        ("The mayor, Ana Blum, said that the ferry was sold.", _OWN),
        ("Blum sold the ferry to the town.", _MAY),
        ("The town bought the ferry from Blum.", _OTHERS),
        ("Tom Keel said that Blum had sold the ferry.", _ANOTHERS),
        ("“Blum sold the ferry,” said Keel.", _ANOTHERS),
        ("Blum spokesman Tom Keel said that the ferry was sold.", _ANOTHERS),
        ("Blum’s lawyer said that the ferry was sold.", _MAY),
        # The mayor may be she.
        ("The mayor said that the ferry was sold.", _MAY),
    ],
)
def test_who_says_it(sentence: str, odds: float) -> None:
    assert speaker_odds(BLUM, sentence, "", BLUM) == odds


def test_what_goes_on_is_of_whom_the_sentence_before_is_about() -> None:
    she, quoted = "She said that it was too old.", "“It was much too old for us all.”"
    for sentence in (she, quoted):
        assert speaker_odds(BLUM, sentence, "Blum sold the ferry.", BLUM) == _OWN
        for before in ("Keel bought it from Blum.", "“It is old,” Keel said after Blum left."):
            assert speaker_odds(BLUM, sentence, before, BLUM) == _OTHERS


def test_where_nothing_reads_verbs_nobody_is_asked_about(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.grammar._pipeline", lambda: None)
    assert asked_speaker(archive, "What did Ana Blum say of the old ferry?") == frozenset()
    assert speaker_odds(BLUM, "Keel said that the old ferry was sold.", "", BLUM) == 0


def test_another_first_name_is_somebody_else() -> None:
    sentence = "Blum said that the ferry was sold."
    assert speaker_odds(ANA_BLUM, sentence, "", frozenset(words("Ana Blum left."))) == _OWN
    assert speaker_odds(ANA_BLUM, sentence, "", frozenset(words("Otto Blum left."))) == _ANOTHERS


def test_what_nobody_is_said_to_say_the_author_says() -> None:
    author = frozenset({"ana", "blum"})
    for sentence, odds in (
        ("The ferry is much too old for us.", _OWN),
        ("Keel said that the ferry is too old.", _ANOTHERS),
        ("The owner said that the ferry is too old.", _OTHERS),
    ):
        assert speaker_odds(BLUM, sentence, "", frozenset({"ferry"}), author) == odds


def test_whoever_is_asked_may_say_what_follows() -> None:
    sentence = "The ferry is much too old for us."
    assert speaker_odds(BLUM, sentence, "Is the ferry safe?", BLUM) == _MAY
    assert speaker_odds(BLUM, sentence, "The ferry is safe.", BLUM) == _OTHERS


def test_what_somebody_else_says_is_no_answer(archive: Archive) -> None:
    others = "Tom Keel said that Blum knew nothing about the ferry."
    archive.add([article("keel", f"{others} The harbour was full.")])
    assistant = Assistant(archive, reader=FakeReader(per_word=1.0))
    first = assistant.ask("What did Blum say about the ferry?")
    assert (first.outcome, first.statements) == ("does not say", ())
    own = "Blum said that it had been too old."
    archive.add([article("blum", f"{own} The harbour was full.")])
    answer = assistant.ask("What did Blum say about the ferry?")
    assert [statement.text for statement in answer.statements] == [own]
    asked = assistant.ask("Who said that Blum knew nothing about the ferry?")
    assert asked.statements[0].text == others


@pytest.mark.parametrize(
    ("sentence", "is_its_own"),
    [
        ("An earlier version of this article said that it would close for 12 days.", True),
        ("An earlier version gave the number of days as 12.", True),
        ("In our report of 25 April we said that the term was 21 years.", True),
        ("The photo caption with this article misidentified the mayor.", True),
        ("Last week we reported that the fire cost £600,000.", True),
        ("An earlier version of the bill had 12 clauses.", False),
        ("“We reported the fire at once,” said Blum.", False),
        ("Blum reported that the fire cost £600,000.", False),
        ("The report said that it had closed for 12 days.", False),
        ("“Our report shows that it was 12 days,” said Blum.", False),
        ("He told this story to 12 people.", False),
    ],
)
def test_what_an_article_says_that_it_said(sentence: str, is_its_own: bool) -> None:
    assert tells_what_was_said(sentence) is is_its_own


def test_a_corrected_number_does_not_answer(archive: Archive) -> None:
    told = "The ferry of Ostrand will be out of service for 21 days."
    note = "An earlier version of this article said the ferry would be out for 12 days."
    archive.add([article("ferry", f"{told} It has ice on its hull.\n\n{note}")])
    assistant = Assistant(archive, reader=FakeReader(more=2.0))
    answer = assistant.ask("For how many days was this ferry said to be out?")
    assert [statement.text for statement in answer.statements] == [told]
