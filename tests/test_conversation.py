"""What a follow-up leaves out is taken from what was answered before it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant, Statement, Turn
from assistant.citing import cite
from assistant.conversation import Contextual, contextual, going_on
from corpus import SAMPLE, Article, read_articles
from index import Archive, Filters, Passage
from tests.conversations import MADE, Asked, conversations
from tests.fakes import FakeEncoder, FakeReader

ARTICLES = [
    *(article for article in read_articles([SAMPLE]) if isinstance(article, Article)),
    *MADE,
]


def turn(asked: Asked) -> Turn:
    """What is known of a turn: the question as it was understood, and what answered it."""
    if asked.answer is None:
        return Turn(asked.whole)
    title, marked = asked.answer
    sentence = re.sub(r"[\[\]]", "", marked)
    [article] = [
        article for article in ARTICLES if title in article.title and sentence in article.text
    ]
    start = article.text.index(sentence)
    mark = start + marked.index("["), start + marked.index("]") - 1
    return Turn(asked.whole, (cite(1, article, (start, start + len(sentence)), [mark], ()),))


ELECTED = turn(
    Asked("", "Who was elected mayor of Marrowby?", ("Ilse Brandreth wins", "[Ilse Brandreth], a "
    "veterinary surgeon who had never stood for anything before, was elected mayor of Marrowby "
    "yesterday."))
)  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "What happened?",
        "Who died?",
        "What if prices rise?",
        "So the bridge was closed?",
        "And tell me about the strike",
        "What about it?",
        "Is it true that Anna Blum resigned?",
        "Will it rain in Holm?",
        "Is there a curfew?",
        "Who said that bread prices would double?",
        "Did Ali Mamlouk say that he would come back?",
        "Which ferry did Anna Blum say she took?",
        "In which year did the Titanic sink?",
        "What's his name in Kest?",
        "trump",
        "?!",
        "",
        "And",
    ],
)
def test_a_new_topic_is_left_as_it_is(question: str) -> None:
    refused = Turn("What did Ilse Brandreth do in Kest?")
    for history in ([], [refused], [ELECTED, refused]):
        assert contextual(question, history) == Contextual(question, question)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("what did she promise", "What did she promise"),
        ("and how old is she?", "How old is she?"),
        ("What did Mr Quill say about her?", "What did Mr Quill say about her?"),
        ("Who lives there?", "Who lives there?"),
        ("with how much of the vote?", "With how much of the vote?"),
    ],
)
def test_what_goes_on_is_asked_as_it_was_typed_and_searched_for_with_what_it_goes_on_from(
    question: str, asked: str
) -> None:
    found = contextual(question, [ELECTED, Turn("Qui dirige la Valdorie ?")])
    whole = f"Who was elected mayor of Marrowby? {asked}"
    assert found == Contextual(asked, whole, False, frozenset({ELECTED.citations[0].article.id}))


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("What about Eskerby?", "Who was elected mayor of Eskerby?"),
        ("No, I meant Eskerby", "Who was elected mayor of Eskerby?"),
        ("And in 2019?", "Who was elected mayor of Marrowby in 2019?"),
        ("By how many?", "Who was elected mayor of Marrowby, and by how many?"),
        ("And on 5 May 2019?", "Who was elected mayor of Marrowby on 5 May 2019?"),
    ],
)
def test_what_is_no_sentence_is_put_into_the_words_of_the_last_question(
    question: str, asked: str
) -> None:
    assert contextual(question, [ELECTED]) == Contextual(asked, asked)


@pytest.mark.parametrize(
    ("question", "asked", "whole"),
    [
        ("And injured?", "Injured?", "Who was elected mayor of Marrowby, and injured?"),
        (
            "and her brother?",
            "Her brother?",
            "Who was elected mayor of Marrowby, and her brother?",
        ),
    ],
)
def test_a_word_or_two_are_asked_as_typed_and_searched_for_beside_the_last_question(
    question: str, asked: str, whole: str
) -> None:
    story = frozenset({ELECTED.citations[0].article.id})
    assert contextual(question, [ELECTED]) == Contextual(asked, whole, False, story)
    for other in ("And he?", "And the port company?"):
        assert contextual(other, [ELECTED]) == Contextual(other, other)
    assert contextual("Thanks. Who replaced her?", [ELECTED]).articles == story


def test_a_person_takes_no_place_of_a_place() -> None:
    held = Turn("Who was held in Marrowby?", ELECTED.citations)
    question = "And what about Tom Keel?"
    assert contextual(question, [held]) == Contextual(question, question)
    assert contextual("What about Eskerby?", [held]).asked == "Who was held in Eskerby?"
    for last in ("What did Ana Blum say in Marrowby?", "What did Blum say in Marrowby?"):
        turn = Turn(last, ELECTED.citations)
        assert contextual(question, [turn]).asked == "What did Tom Keel say in Marrowby?"


@pytest.mark.parametrize(
    ("last", "question", "asked"),
    [
        ("What fell in February 2024?", "And in June 2023?", "What fell in June 2023?"),
        ("What fell in February 2024?", "And in May?", "What fell in May 2024?"),
        ("What fell in February 2024?", "And June?", "What fell in June 2024?"),
        ("Who died on 12 March 2024?", "And on 21 March 2024?", "Who died on 21 March 2024?"),
        ("Who died in 2022?", "And 2023?", "Who died in 2023?"),
        ("What burned last week?", "And this week?", "What burned this week?"),
        ("Who won the 2022 election?", "And 2023?", "Who won the 2023 election?"),
    ],
)  # fmt: skip
def test_other_days_take_the_place_of_those_before(last: str, question: str, asked: str) -> None:
    assert contextual(question, [Turn(last, ELECTED.citations)]).asked == asked


@pytest.mark.parametrize(
    ("last", "question", "asked"),
    [
        (
            "How many died in Holm in 2022?",
            "And in Kest in 2023?",
            "How many died in Kest in 2023?",
        ),
        (
            "How many died in Holm in 2022?",
            "And in 2023 in Kest?",
            "How many died in Kest in 2023?",
        ),
        ("Who fled from Holm last week?", "What about Kest in May?", "Who fled from Kest in May?"),
        ("Who won in Holm in May 2022?", "And in Kest in June?", "Who won in Kest in June 2022?"),
        ("How many died in 2022?", "And in Kest in 2023?", "How many died in 2023 in Kest?"),
        (
            "Who won the 2022 race in Holm?",
            "And in the 2023 race?",
            "Who won the 2023 race in Holm?",
        ),
        ("Who won the 2022 race in Holm?", "And the 2023 race?", "Who won the 2023 race in Holm?"),
        # What replaces only one of two is left as it is.
        ("How many died in the fire of 2022?", "And in the flood of 2023?", None),
        ("How many died near Holm in 2022?", "And in Kest in 2023?", None),
        ("Who won the 2022 race in Holm?", "What about the 2023 race in Kest?", None),
        ("Who is Tom Quill's wife?", "What about Blum?", "Who is Blum's wife?"),
        ("Who is Tom Quill’s wife?", "What about Ana Blum?", "Who is Ana Blum’s wife?"),
        ("Who is Ross' wife?", "What about Blum?", "Who is Blum's wife?"),
        ("Who is Tom Quill's wife?", "What about Blum's?", "Who is Blum's wife?"),
    ],
)
def test_each_name_and_day_takes_the_place_of_its_own(
    last: str, question: str, asked: str | None
) -> None:
    assert contextual(question, [Turn(last, ELECTED.citations)]).asked == (asked or question)


def test_what_names_nobody_may_go_on_with_the_story() -> None:
    story = frozenset({ELECTED.citations[0].article.id})
    for question in ("How many people voted?", "Anyone hurt?"):
        found = contextual(question, [ELECTED])
        assert (found.before, found.story) == ("Who was elected mayor of Marrowby?", story)
    for other in ("How many people voted in Holm?", "How many people voted in 2019?", "voters"):
        assert contextual(other, [ELECTED]).story == frozenset()


@pytest.mark.parametrize(
    "question",
    ["What did Tomas Quill say?", "What about the recount?", "And what about Peregrine Oakes?"],
)
def test_what_names_only_whom_the_story_names_may_go_on_with_it(question: str) -> None:
    two = Turn("Who was elected mayor of Marrowby? How old is she?", ELECTED.citations)
    found = contextual(question, [two])
    assert found == Contextual(question, question)
    assert (found.before, found.story) == (
        two.question,
        frozenset({ELECTED.citations[0].article.id}),
    )


@pytest.mark.parametrize(
    ("question", "goes_on"),
    [
        ("What did Ada Krol say about it?", True),
        ("Who told Ada Krol about them?", True),
        ("Did Ada Krol say that she knew it?", False),
        ("What did Ada Krol say?", False),
    ],
)
def test_a_pronoun_that_cannot_be_a_new_name_goes_on_from_the_last_answer(
    question: str, goes_on: bool
) -> None:
    before = "Who was elected mayor of Marrowby? " if goes_on else ""
    assert contextual(question, [ELECTED]).whole == f"{before}{question}"


def test_what_names_nobody_is_answered_in_the_story_first(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    archive.add([
        Article("quake", "Quake", "An earthquake shook Tessaly. Some people died there: 57."),
        Article("dam", "Dam", "A dam broke. So many people died, how sad: nine."),
        Article("rates", "Rates", "The bank left its rate at 4 crowns."),
    ])  # fmt: skip
    assistant = Assistant(archive, reader=FakeReader())
    first = assistant.ask("What shook Tessaly?")
    for turns, article, standalone in (
        ([first.turn], "quake", "What shook Tessaly? How many people died?"),
        ([], "dam", "How many people died?"),
    ):
        answer = assistant.ask("How many people died?", history=turns)
        assert (answer.citations[0].article.id, answer.standalone) == (article, standalone)
    # What the story does not tell is about something else.
    answer = assistant.ask("What is the rate of the bank?", history=[first.turn])
    assert answer.citations[0].article.id == "rates"
    assert answer.standalone == "What is the rate of the bank?"


@pytest.mark.parametrize(
    ("last", "leaves"),
    [
        ("How long did the strike in Kest last?", True),
        ("how long did the strike in kest last?", True),
        ("How long did the strike in Holm last?", False),
        # Nothing shows that another article belongs to a story without names.
        ("How long did the strike last?", False),
    ],
)
def test_another_article_answers_if_it_has_the_names_of_the_story(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, last: str, leaves: bool
) -> None:
    strike = Article("strike", "Strike", "In Kest and in Holm it was cold, in Kest and in Holm.")
    ended = Article("ended", "Over", "The strike in Kest ended on Monday.")

    def found(article: Article, support: float) -> Answer:
        cited = cite(1, article, (0, len(article.text)), (), ())
        passage = Passage(article, 0, len(article.text), 1.0)
        statements = (Statement((cited,), support),)
        return Answer("?", "answered", support, statements, (passage,), hedged=True)

    def answered(_: Assistant, part: Contextual, filters: Filters, today: None) -> Answer:
        return found(strike, 0.3) if filters.articles else found(ended, 0.4)

    monkeypatch.setattr(Assistant, "_answer", answered)
    history = [Turn(last, found(strike, 1.0).citations)]
    [citation] = Assistant(archive).ask("When did it end?", history=history).citations
    assert citation.article == (ended if leaves else strike)


def test_a_fragment_goes_on_from_what_was_refused_where_nothing_was_answered() -> None:
    refused = [Turn("Who was elected mayor of Marrowby?")]
    asked = "Who was elected mayor of Marrowby, and by how many?"
    assert contextual("By how many?", refused) == Contextual(asked, asked)
    assert contextual("And in 2019?", refused).asked == "Who was elected mayor of Marrowby in 2019?"
    # Of him nothing is known.
    assert contextual("Is he married?", refused) == Contextual("Is he married?", "Is he married?")


@pytest.mark.parametrize(
    ("part", "asked"),
    [
        ("By how many?", "Who was elected mayor of Marrowby, and by how many?"),
        ("What burned in Eskerby?", "What burned in Eskerby?"),
    ],
)
def test_a_part_that_is_no_sentence_goes_on_from_the_one_before(part: str, asked: str) -> None:
    assert going_on(Contextual(part, part), [ELECTED]) == Contextual(asked, asked)


def test_a_long_story_is_known_by_its_first_question_and_its_last() -> None:
    [citation] = ELECTED.citations
    whole = "Who was elected mayor of Marrowby?"
    for question in ("How old is she?", "Where does she live?", "Is she married?"):
        whole = contextual(question, [Turn(whole, (citation,))]).whole
    assert whole == "Who was elected mayor of Marrowby? Where does she live? Is she married?"
    found = contextual("And in 2019?", [Turn(whole, (citation,))])
    assert found.asked == "Is she married in 2019?"
    assert found.whole == "Who was elected mayor of Marrowby? Is she married in 2019?"


@given(st.text(max_size=80))
def test_any_question_stays_one(question: str) -> None:
    """Nothing fails, and nothing but what was asked is put into it."""
    found = contextual(question, [ELECTED])
    assert len(found.whole) < len(question) + 100


@pytest.mark.slow
def test_most_questions_of_conversations_are_answered(tmp_path: Path) -> None:
    """By the reader that comes with Dateline: well over half begin with the sentence that answers.

    Every third conversation is asked; all of them take a minute.
    """
    archive = Archive.create(tmp_path / "archive")
    archive.add(ARTICLES)
    assistant = Assistant(archive)
    right, wrong = 0, []
    for conversation in conversations()[::3]:
        for at, asked in enumerate(conversation):
            answer = assistant.ask(asked.typed, history=[turn(line) for line in conversation[:at]])
            first = answer.statements[0].text if answer.statements else ""
            if asked.sentence in first if asked.answer else not first:
                right += 1
            else:
                wrong.append((asked.typed, answer.standalone, first))
    assert right / (right + len(wrong)) >= 0.55, (right, wrong)
