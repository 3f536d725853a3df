"""Suggested questions: one person each, of different kinds, answered from their own article."""

from assistant import Answer, Assistant, Citation, Statement
from assistant.suggestions import fits, next_questions, questions_about
from corpus import Article
from index import Archive, Passage
from tests.fakes import FakeReader

INSULT = Article(
    "insult",
    "Man jailed for insulting driver",
    "He was jailed for insulting Delroy Lindo Davidson said that he had been drunk.\n\n"
    "The driver is Delroy Lindo\n\nDavidson Price said that he was sorry.",
)


def test_no_question_joins_two_people() -> None:
    assert [question for _, question in questions_about(INSULT)] == ["What did Davidson Price say?"]


def test_questions_are_of_different_kinds() -> None:
    article = Article(
        "fire",
        "Fire",
        "Twelve people were killed in the mill. Ana Orban, the mayor, wept. Eva Lind said that it "
        "was arson. Tomas Keel said that it was not.",
        place="HOLM",
    )
    assert list(questions_about(article)) == [
        ("how many", "How many people were killed in Holm?"),
        ("said", "What did Eva Lind say?"),
        ("who", "Who is Ana Orban?"),
        ("what happened", "What happened in Holm?"),
    ]


def test_an_answer_must_begin_with_the_article() -> None:
    other = Article("other", "Other", "It rained.")
    own, elsewhere = (Statement((Citation(1, article, 0, 2),), 1.0) for article in (INSULT, other))
    for statements, right in (((own, elsewhere), True), ((elsewhere, own), False), ((), False)):
        assert fits(Answer("?", "answered", 1.0, statements), INSULT) == right


def test_suggestions_are_of_different_kinds(archive: Archive) -> None:
    archive.add(
        Article(name, f"{name} speaks", f"{name} said that {thing} had closed on Monday.", "Post")
        for name, thing in (("Ana Orban", "the bridge"), ("Eva Lind", "the school"))
    )
    [question] = Assistant(archive, reader=FakeReader()).suggest_questions()
    assert question in ("What did Ana Orban say?", "What did Eva Lind say?")


def test_what_to_ask_next_is_about_what_the_answer_quotes() -> None:
    fire = Article("fire", "Fire", "Eva Lind said that it was arson.", place="Holm")
    snow = Article("snow", "Snow", "Ana Orban said that it snowed.", place="Kest")
    quoted, found = Statement((Citation(1, fire, 0, 3),), 1.0), Passage(snow, 0, 5, 1.0)
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        about = snow if "Ana" in question else fire
        return Answer(question, "answered", 1.0, (Statement((Citation(1, about, 0, 3),), 1.0),))

    answer = Answer("Who spoke?", "answered", 1.0, (quoted,), (found,))
    assert next_questions(ask, answer, ["what happened in HOLM?"]) == ["What did Eva Lind say?"]
    assert asked == ["What did Eva Lind say?"]
    unanswered = Answer("Who sang?", "does not say", 0.1, passages=(found,))
    # "What happened in Kest?" was tried, and its answer does not begin with the article.
    assert next_questions(ask, unanswered, []) == ["What did Ana Orban say?"]
    assert asked[1:] == ["What did Ana Orban say?", "What happened in Kest?"]
    assert next_questions(ask, Answer("?", "nothing found", 0.0), []) == []
