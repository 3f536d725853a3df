"""Which sentences make an answer: what adds something, what repeats, what is understood alone."""

from assistant.choosing import choose, having_all
from assistant.evidence import Sentence
from assistant.layout import after_dateline
from assistant.question import Question
from corpus import Article
from index import Passage
from index.lexical import QueryWord
from index.words import words
from tests.made_articles import dated

QUESTION = Question("Who led the talks at Holm?")


def article(id: str, text: str, day: int = 1) -> Article:
    return dated(id, text, f"2021-03-{day:02}")


def sentence(article: Article, text: str, answer: str, odds: float) -> Sentence:
    start = article.text.index(text)
    at = start + text.index(answer)
    passage = Passage(article, 0, len(article.text), 1.0)
    return Sentence(article, start, start + len(text), (at, at + len(answer)), passage, odds, odds)


def asked(text: str) -> list[QueryWord]:
    return [QueryWord(word, 1.0, frozenset({word}), True) for word in words(text)]


def texts(question: Question, evidence: list[Sentence]) -> list[str]:
    return [statement.text for statement in choose(question, asked(question.text), evidence)]


TALKS = article(
    "talks",
    "Ruth Abara led the talks at Holm. Piet Lorrimer led the talks at Holm with her. Abara is 50.",
)
BOTH = [
    sentence(TALKS, "Ruth Abara led the talks at Holm.", "Ruth Abara", 6.0),
    sentence(TALKS, "Piet Lorrimer led the talks at Holm with her.", "Piet Lorrimer", 4.0),
]


def test_a_further_answer_is_added_and_a_repetition_is_not() -> None:
    again = sentence(TALKS, "Abara is 50.", "Abara", 5.0)
    assert texts(QUESTION, [BOTH[0], again, BOTH[1]]) == [candidate.text for candidate in BOTH]


def test_what_is_much_weaker_or_answers_nothing_is_not_added() -> None:
    weak = sentence(TALKS, "Abara is 50.", "50", 1.5)
    nothing = sentence(TALKS, "Abara is 50.", "50", -1.0)
    assert texts(QUESTION, [BOTH[0], weak]) == [BOTH[0].text]
    first = sentence(TALKS, "Ruth Abara led the talks at Holm.", "Ruth Abara", 0.5)
    assert texts(QUESTION, [first, nothing]) == [first.text]


def test_another_article_must_answer_nearly_as_well() -> None:
    other = article("other", "Ida Brandt led the talks at Ostrand last year.")
    far = sentence(other, other.text, "Ida Brandt", 3.5)
    near = sentence(other, other.text, "Ida Brandt", 4.5)
    assert texts(QUESTION, [BOTH[0], far]) == [BOTH[0].text]
    assert texts(QUESTION, [BOTH[0], near]) == [BOTH[0].text, other.text]


def test_the_newest_comes_first_where_the_latest_is_asked_for() -> None:
    old = article("old", "The limit on Castle Road is 50.", 2)
    new = article("new", "The limit on Castle Road is now 30.", 9)
    evidence = [sentence(old, old.text, "50", 6.0), sentence(new, new.text, "30", 5.0)]
    plain = Question("What is the limit on Castle Road?")
    latest = Question("What is the current limit on Castle Road?")
    assert texts(plain, evidence) == [old.text, new.text]
    assert texts(latest, evidence) == [new.text, old.text]


def test_a_sentence_that_does_not_say_whom_it_is_about_comes_with_the_one_that_does() -> None:
    story = article("story", "Anna Blum runs the Holm ferry. She was 76. It rained.")
    evidence = [sentence(story, "She was 76.", "76", 5.0)]
    question = Question("How old is Anna Blum of the Holm ferry?")
    [chosen] = choose(question, asked(question.text), evidence)
    assert chosen.text == "Anna Blum runs the Holm ferry. She was 76."
    assert chosen.short == "76"
    # What comes with a sentence does not come again after it.
    ferry = sentence(story, "Anna Blum runs the Holm ferry.", "ferry", 4.0)
    assert texts(question, [*evidence, ferry]) == [chosen.text]
    alone = [sentence(story, "Anna Blum runs the Holm ferry.", "Anna Blum", 5.0)]
    assert texts(question, alone) == ["Anna Blum runs the Holm ferry."]


def test_a_heading_is_not_quoted_with_what_follows_it() -> None:
    story = article("story", "Anna Blum and the Holm ferry\n\nShe was 76 when it sank.")
    evidence = [sentence(story, "She was 76 when it sank.", "76", 5.0)]
    assert texts(Question("How old was Anna Blum of the Holm ferry?"), evidence) == [
        "She was 76 when it sank."
    ]


def test_keywords_find_what_has_all_of_them() -> None:
    other = article("other", "Ida Brandt led nothing.")
    evidence = [sentence(other, other.text, "Ida", 1.0), *BOTH]
    assert [candidate.text for candidate in having_all(asked("abara holm"), evidence)] == [
        BOTH[0].text
    ]
    assert having_all(asked("abara ostrand"), evidence) == []


def test_a_list_begins_without_its_dateline() -> None:
    told = "Ana Blum met Tom Keel. Ada Muir came too."
    story = article("story", f"HOLM — {told}")
    first = sentence(story, "Ana Blum met Tom Keel.", "Ana Blum", 5.0)
    question = Question("Who met in Holm?")
    assert texts(question, [first]) == ["Ana Blum met Tom Keel.", "Ada Muir came too."]


def test_only_the_first_sentence_has_a_dateline() -> None:
    first, second = "HOLM, Aug 21 — The bridge fell.", "HOLM, Aug 22 — The mill fell."
    text = f"{first} {second}"
    assert text[after_dateline(text, 0, len(first)) :].startswith("The bridge fell.")
    assert after_dateline(text, len(first) + 1, len(text)) == len(first) + 1
    # A line that is nothing else stays what it is.
    assert after_dateline("HOLM —", 0, 6) == 0


def test_a_pronoun_comes_with_whom_it_stands_for() -> None:
    story = article("story", "Anna Blum runs the ferry. “I can count,” she said. It rained.")
    evidence = [sentence(story, "“I can count,” she said.", "she", 5.0)]
    assert texts(Question("Who said “I can count”?"), evidence) == [
        "Anna Blum runs the ferry. “I can count,” she said."
    ]


def test_an_entry_of_a_live_blog_does_not_go_on_from_the_one_before() -> None:
    question = Question("How deep was the water in Quay Street?")
    for time, is_entry in ("07:05 ", True), ("", False):
        text = f"Quay Street was closed.\n\n{time}The water was four feet deep."
        last = f"{time}The water was four feet deep."
        deep = sentence(article("street", text), last, "four", 5.0)
        assert texts(question, [deep]) == [last if is_entry else text]
