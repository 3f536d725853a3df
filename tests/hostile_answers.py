"""What the assistant does with text that others wrote, each as a function of that text alone.

For ``test_hostile_input``: articles, questions, links and the replies of a language model.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date

from assistant import Answer, Citation, Statement
from assistant import names as naming
from assistant.answer import Difference
from assistant.choosing import choose
from assistant.citing import cite
from assistant.conversation import contextual
from assistant.differences import disagreeing
from assistant.evidence import Sentence, read
from assistant.exports import as_csl, as_markdown
from assistant.holdings import holding
from assistant.language_model import Message, ModelError, Schema
from assistant.layout import after_dateline
from assistant.numbers import in_digits
from assistant.page.conversations import continued
from assistant.page.kept import is_same, reopen, token
from assistant.page.links import printable
from assistant.page.reader import reader
from assistant.page.timeline import story
from assistant.page.tokens import hash_of, unpacked
from assistant.periods import asked_period, compared_periods
from assistant.pointing import chosen, read_choice, understood
from assistant.question import Question, objection
from assistant.reader import Reading
from assistant.suggestions import questions_about
from assistant.topics import asked_topic, asks_more, topic_at_end
from corpus import Article
from corpus.encoding import clean
from index import Archive, Overview, Passage
from index.lexical import QueryWord
from index.spelling import may_be_same, names
from tests.fakes import FakeEncoder, FakeReader
from tests.made_articles import on

_READ = 1_200
"""Characters of a passage, which are as many as a reader reads."""

DAY = date(2016, 8, 21)
UNITS = [
    "a", " ", "\n", "a\n\n", "“", "a. ", "A", "A.", "Ann Lee ", "al-A-", "Today  ",
    "on Tuesday ", "in ", "May, ", "said ", "he ", "the ", "and ", "who ", "? who ran it ",
    "or B ", "7", "1,", "$1 ",
    "one hundred ", "— ", "[1", "{", "</think>", "http://", "中", "\\", "<b", "articles on ", "!",
]  # fmt: skip


class _Shelf:
    """An archive of one article, as far as ``reopen`` looks into one."""

    def __init__(self, article: Article) -> None:
        self._article = article

    def article(self, id: str) -> Article | None:
        return self._article if id == self._article.id else None

    def history(self, id: str) -> list[Article]:
        return []


class _Similar:
    """An archive that finds all texts alike."""

    def similarities(self, question: str, texts: Sequence[str]) -> list[float]:
        return [0.5] * len(texts)


class _Reader(FakeReader):
    """Reads no more of a passage than the real one does."""

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        return super().read(question, [passage[:_READ] for passage in passages])


class _Says:
    """A language model that replies what it was made with."""

    name = "model"

    def __init__(self, reply: str) -> None:
        self._reply = reply

    def reply(self, messages: Sequence[Message], schema: Schema) -> str:
        return self._reply


def article(text: str, id: str = "a") -> Article:
    published = on("2016-08-21")
    text = clean(f"Ann Lee came to Kest. It {text}ed on Tuesday.")
    return Article(id, f"It {text[:2_000]}", text, f"Wire {id}", published, place="KEST")


def sentence(text: str, id: str = "a") -> Sentence:
    whole = article(text, id)
    end = len(whole.text)
    return Sentence(whole, 0, end, (0, end), Passage(whole, 0, end, 1.0), 5.0, 5.0)


def answer(text: str) -> Answer:
    """An answer that quotes all of an article, asked with the text."""
    whole = article(text)
    end = len(whole.text)
    cited = [cite(number, whole, (0, end), [(0, 3)], [whole]) for number in (1, 2)]
    statements = tuple(Statement((citation,), 0.9, text) for citation in cited)
    return Answer(
        f"Who {text}?", "answered", 0.9, statements,
        (Passage(whole, 0, end, 1.0, {"dense": 1.0}),), standalone=f"What {text}?",
        matched=((text, (text,)),), differences=(Difference(((text, (1,)), ("b", (2,)))),),
        notes=(text,),
    )  # fmt: skip


def _question(text: str) -> Iterator[object]:
    for asked in (text, f"Who met {text} b", f"What is A{text} in 2020?"):
        question = Question(asked)
        yield question.parts, question.sides, question.names, question.years
        yield question.wants_latest, question.wants_all, question.is_keywords
    yield asked_topic(f"Tell me about {text}"), asked_topic(text)
    yield asks_more(text), asks_more(f"{text} tell me more"), topic_at_end(f"all on {text}")


def _taken(text: str) -> Iterator[object]:
    given = answer(text)
    yield from (str(given), given.as_dict(), as_markdown(given), as_csl(given, DAY))
    yield given._repr_html_()


def _read(text: str) -> object:
    whole = article(text)
    passage = Passage(whole, 0, len(whole.text), 1.0)
    archive: Archive = _Similar()
    evidence = read(archive, _Reader(), "Who came to Kest?", [passage])
    words = [QueryWord("kest", 1.0, frozenset({"kest"}), known=True)]
    return [
        choose(Question(question), words, evidence) for question in ("Who came?", "Who met there?")
    ]


def _kept(text: str) -> Iterator[object]:
    whole = article(text)
    quoted = Citation(1, whole, 0, min(3_000, len(whole.text)))
    given = Answer("Who came to Kest?", "answered", 0.9, (Statement((quoted,), 0.9),))
    link = token(given, DAY, Overview(1, 1, {}, DAY, DAY, "fake"))
    if link:
        reopened = reopen(link, _Shelf(whole))
        yield is_same(reopened, given), printable(reopened)


def _understood(text: str) -> None:
    with suppress(ModelError):
        understood(_Says(f'{{"question": "{text}"}}'), text, ())


def _shown(text: str) -> str:
    whole = article(text)
    spans = [(at, at + 1) for at in range(0, len(whole.text), 10)]
    return reader(whole, spans, [whole], (), text)


QUESTIONS: dict[str, Callable[[str], object]] = {
    "names": naming.people,
    "names, a sentence": lambda text: naming.people(f"In Kest {text} Ann Lee"),
    "question": lambda text: list(_question(text)),
    "holding": lambda text: [holding(f"{name} {text} b") for name in HOLDINGS],
    "asked_period": lambda text: asked_period(f"Who ran in {text}", DAY),
    "asked_period, relative": lambda text: asked_period(f"Who {text} last week?", DAY),
    "compared_periods": lambda text: compared_periods(f"Did it rise from May {text} to July?"),
    "in_digits": in_digits,
    "after_dateline": lambda text: after_dateline(f"KEST {text}", 0, 5 + len(text)),
    "questions_about": lambda text: list(questions_about(article(text))),
    "read_choice": read_choice,
    "read_choice, JSON": lambda text: read_choice(f'{{"groups": [{{"sentences": [{text}'),
    "understood": _understood,
    "contextual": lambda text: contextual(f"And {text} he?", [answer("ran").turn]),
    "objection": objection,
    "unpacked": unpacked,
    "continued": lambda text: continued(text, _Shelf(article("ran"))),
    "hash_of": hash_of,
    "spelling": lambda text: [may_be_same("Bergen", name) for name in names(f"B{text}rgen {text}")],
}
"""What is done with questions, links and replies."""

ANSWERS: dict[str, Callable[[str], object]] = {
    "cite": lambda text: cite(1, article(text), (0, len(article(text).text)), [], []),
    "disagreeing": lambda text: disagreeing(
        Question("How many?"), [sentence(text), sentence(f"{text} 5", "b")]
    ),
    "read and chosen": _read,
    "chosen": lambda text: chosen(_Says(text[:20_000]), answer(text)),
    "answer taken along": lambda text: list(_taken(text)),
    "kept": lambda text: list(_kept(text)),
    "story": lambda text: story(
        f"Who {text}?",
        [Passage(article(text), 0, min(_READ, len(article(text).text)), 1.0)],
        FakeEncoder(),
    ),
    "article shown": _shown,
}
"""What is done with articles that answer."""

HOLDINGS = ("How many articles mention", "Which articles", "How often is", "The latest on")
