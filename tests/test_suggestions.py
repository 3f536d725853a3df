"""Suggested questions: one person each, of different kinds, answered from their own article."""

from dataclasses import replace
from typing import Any

from playwright.sync_api import Page, expect

from assistant import Answer, Assistant, Citation, Statement
from assistant.suggestions import first_questions, fits, next_questions, questions_about
from corpus import Article
from index import Archive, Passage
from tests.browsing import Chat, served
from tests.fakes import FakeReader
from tests.made_articles import quoting
from tests.scripted import Scripted

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


def test_nobody_asks_who_a_place_is() -> None:
    text = "Puerto Rico, the island, was dark. Eva Lind, the mayor, said so."
    article = Article("island", "Island", text)
    assert list(questions_about(article, {"Puerto Rico"})) == [("who", "Who is Eva Lind?")]
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return Answer(question, "nothing found", 0.0)

    found = Answer("?", "does not say", 0.1, passages=(Passage(article, 0, 5, 1.0),))
    assert next_questions(ask, [found], {"island": {"Puerto Rico"}}.__getitem__) == []
    assert asked == ["Who is Eva Lind?"]


def test_an_answer_must_begin_with_the_article() -> None:
    other = Article("other", "Other", "It rained.")
    own, elsewhere = (Statement((Citation(1, article, 0, 2),), 1.0) for article in (INSULT, other))
    for statements, right in (((own, elsewhere), True), ((elsewhere, own), False), ((), False)):
        assert fits(Answer("?", "answered", 1.0, statements), INSULT) == right
    copied = Statement((Citation(1, other, 0, 2, copies=(INSULT,)),), 1.0)
    assert fits(Answer("?", "answered", 1.0, (copied,)), INSULT)


def test_suggestions_are_of_different_kinds(archive: Archive) -> None:
    archive.add(
        Article(name, f"{name} speaks", f"{name} said that {thing} had closed on Monday.", "Post")
        for name, thing in (("Ana Orban", "the bridge"), ("Eva Lind", "the school"))
    )
    [question] = Assistant(archive, reader=FakeReader()).suggest_questions()
    assert question in ("What did Ana Orban say?", "What did Eva Lind say?")


def test_a_toll_that_may_be_of_another_place_is_not_asked_for() -> None:
    article = Article("fire", "Fire", "Twelve people were killed in the mill.", place="HOLM")

    def asked(*, hedged: bool) -> list[str]:
        def ask(question: str) -> Answer:
            quoted = Statement((Citation(1, article, 0, len(article.text)),), 1.0)
            return Answer(question, "answered", 0.9, (quoted,), hedged=hedged)

        return first_questions(ask, [article], lambda _: (), 4, lambda: True)

    assert asked(hedged=False) == ["How many people were killed in Holm?"]
    assert asked(hedged=True) == ["What happened in Holm?"]


def test_what_to_ask_next_is_about_what_the_answer_quotes() -> None:
    fire = Article("fire", "Fire", "Eva Lind said that it was arson. It burned.", place="Holm")
    snow = Article("snow", "Snow", "Ana Orban said that it snowed.", place="Kest")
    quoted, found = Statement((Citation(1, fire, 33, 43),), 1.0), Passage(snow, 0, 5, 1.0)
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        about = snow if "Ana" in question else fire
        return Answer(question, "answered", 1.0, (Statement((Citation(1, about, 0, 3),), 1.0),))

    before = Answer("what happened in HOLM?", "nothing found", 0.0)
    answer = Answer("Who spoke?", "answered", 1.0, (quoted,), (found,))
    assert next_questions(ask, [before, answer]) == ["What did Eva Lind say?"]
    assert asked == ["What did Eva Lind say?"]
    # Its answer has been shown already.
    shown = replace(before, statements=(Statement((Citation(1, fire, 0, 3),), 1.0),))
    assert next_questions(ask, [shown, answer]) == []
    assert next_questions(lambda asked: replace(ask(asked), hedged=True), [answer]) == []
    unanswered = Answer("Who sang?", "does not say", 0.1, passages=(found,))
    asked.clear()
    # "What happened in Kest?" was tried, and its answer does not begin with the article.
    assert next_questions(ask, [unanswered]) == ["What did Ana Orban say?"]
    assert asked == ["What did Ana Orban say?", "What happened in Kest?"]
    assert next_questions(ask, [Answer("?", "nothing found", 0.0)]) == []


class Trying(Scripted):
    """Tries what to ask next only when it is told to go on."""

    def ask(self, question: str, *limits: Any, **more: Any) -> Answer:
        if question.startswith("What did"):
            self.goes_on.wait(20)
        return super().ask(question, *limits, **more)


def test_what_to_ask_next_goes_on_from_the_last_answer(page: Page) -> None:
    fire = Article("fire", "Fire", "It was arson. Eva Lind said that it burned for two days.")
    burned, arson = (fire.text[14:], fire.text[:13])
    answers = [
        quoting("Who spoke?", (fire, arson)),
        quoting("What did Eva Lind say?", (fire, burned)),
        quoting("Then?", (fire, burned)),
    ]
    script = Trying(answers)
    with served(script) as address:
        chat = Chat(page)
        chat.open(address)
        offered = page.locator("#onward button")
        chat.ask("Who spoke?")
        chat.ask("Then?")
        script.goes_on.set()
        page.wait_for_timeout(500)
        expect(offered).to_have_count(0)
        page.get_by_role("button", name="New conversation").click()
        expect(chat.turns).to_have_count(0)
        chat.ask("Who spoke?")
        expect(offered).to_have_text(["What did Eva Lind say?"])
    assert script.histories[-1] == ("Who spoke?",)
