"""Whom an answered question was about: people by their names, and he or she where that shows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assistant import names as naming
from assistant.answer import Turn
from corpus import Article, sentences

Gender = Literal["he", "she"]

_HE = frozenset("mr sir lord king prince brother father".split())
_SHE = frozenset("mrs ms miss dame lady queen princess sister mother".split())
_TITLES = _HE | _SHE | frozenset(
    "captain chancellor chief colonel commissioner councillor dr general governor inspector judge "
    "justice mayor minister officer pope president prof professor reverend senator sergeant the "
    "former foreign prime deputy vice secretary director chairman".split()
)  # fmt: skip
_PRONOUN = re.compile(r"\b(?:(he|him|his|himself)|(she|her|hers|herself))\b", re.IGNORECASE)
_WORD = re.compile(r"[\w’'-]+")
# Names that tell by themselves; of all others the text has to.
_MEN = frozenset(
    "abdul abdullah adam ahmad ahmed alan albert alexander ali andrew anthony antonio arthur "
    "barack ben benjamin bernard bill bob boris brian carlos charles chris christopher daniel "
    "david dmitry donald edward elon emmanuel eric francis frank fred gary george gordon "
    "graham hamid hans harry hassan henry hussein ian ibrahim ivan jack james jeff jeremy jim joe "
    "john jose joseph juan keir ken kevin khalid larry louis luis mahmoud mario mark martin "
    "matthew michael miguel mike mohamed mohammad mohammed muhammad mustafa narendra nicholas nick "
    "nigel oliver omar oscar patrick paul pedro peter philip pierre ralph recep richard robert "
    "ronald ryan samuel scott sergei simon stephen steve steven ted thomas tim tom tony viktor "
    "vladimir volodymyr walter william xi yusuf".split()
)
_WOMEN = frozenset(
    "agnes alice alison amanda amy andrea angela anna anne barbara betty camilla carla carol "
    "caroline catherine charlotte christina christine clara claire claudia deborah diana donna "
    "dorothy elena eleanor elizabeth emily emma eva fatima fiona giorgia grace hannah helen "
    "hillary irina isabel jacinda jane janet jennifer jessica jill joan julia karen kate katherine "
    "laura leila linda lisa liz louise lucy margaret maria marie marina martha mary melania "
    "melissa michelle monica nancy natalia nicola olga olivia pamela patricia rachel rebecca rosa "
    "ruth samantha sandra sarah sharon sofia sophie stephanie susan teresa theresa tatiana ursula "
    "vanessa vera victoria yulia".split()
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name; ``gender`` is None where nothing tells it."""

    name: str
    gender: Gender | None

    @property
    def surname(self) -> str:
        return self.name.split()[-1]


def persons(turn: Turn) -> list[Person]:
    """Whom a turn is about, those first who were the answer, then those who were asked about.

    After them come those whom the quotes and their headlines name, and then those others in the
    articles of whom it shows whether they are he or she.
    """
    articles = _articles(turn)
    known = {name for article in articles for name in _named(article.text)}
    answered = [c.article.text[start:end] for c in turn.citations for start, end in c.marks]
    found: list[str] = []
    for text, alone in (
        *((text, False) for text in answered),
        (turn.question, True),
        *((citation.quote, False) for citation in turn.citations),
        *((article.title, False) for article in articles),
    ):
        mentioned = list(_mentioned(text, known))
        found += mentioned or (list(_by_one_name(text, articles)) if alone else [])
    close = [Person(name, gender(name, articles)) for name in dict.fromkeys(found)]
    rest = [name for article in articles for name in _named(article.text) if name not in found]
    others = [Person(name, gender(name, articles)) for name in dict.fromkeys(rest)]
    return [*close, *(each for each in others if each.gender)]


def is_one(name: str, turn: Turn) -> bool:
    """Whether a name is somebody's, as far as the turn and the form of the name tell."""
    if naming.people(name):
        text = " ".join(article.text for article in _articles(turn))
        return not re.search(rf"\b[Tt]he {re.escape(name)}\b|\b{re.escape(name)}, which\b", text)
    return any(name in each.name.split() for each in persons(turn))


def _articles(turn: Turn) -> list[Article]:
    return list({each.article.id: each.article for each in turn.citations}.values())


def _bare(name: str) -> str:
    """A name without the titles before it and what makes it a genitive."""
    parts = naming.GENITIVE.sub("", name).split()
    while len(parts) > 1 and parts[0].lower().rstrip(".") in _TITLES:
        parts = parts[1:]
    return " ".join(parts)


@lru_cache(maxsize=256)
def _named(text: str) -> tuple[str, ...]:
    """The people of whom a text gives two names, each once, as they come."""
    found = (_bare(text[start:end]) for start, end in naming.people(text))
    return tuple(dict.fromkeys(name for name in found if " " in name))


def _mentioned(text: str, known: set[str]) -> Iterator[str]:
    """The people whom a text names in full, or by the surname of one who is known."""
    full = set(_named(text))
    for start, end in naming.names(text):
        name = _bare(text[start:end])
        if name in full:
            yield name
        else:
            called = [each for each in known if each.split()[-1] == name]
            yield from called if len(called) == 1 else []


def _by_one_name(question: str, articles: Sequence[Article]) -> Iterator[str]:
    """Those in a question who go by one name, such as Trump, and of whom the articles tell."""
    for start, end in naming.names(question):
        name = _bare(question[start:end])
        if " " not in name and gender(name, articles):
            yield name


def gender(name: str, articles: Sequence[Article]) -> Gender | None:
    """He or she: by the first name, else by how the articles go on about the name, else None."""
    first, *more = name.lower().split()
    if more and first in _MEN | _WOMEN:
        return "he" if first in _MEN else "she"
    counts = {"he": 0, "she": 0}
    for article in articles:
        for told in _told(name, article):
            counts[told] += 1
    he, she = counts["he"], counts["she"]
    return "he" if he > 2 * she else "she" if she > 2 * he else None


def _told(name: str, article: Article) -> Iterator[Gender]:
    """He or she, for each place at which an article tells it of somebody."""
    namesakes = {each for each in _named(article.text) if each.split()[-1] == name.split()[-1]}
    called = name if len(namesakes) > 1 else name.split()[-1]
    others = {each.split()[-1] for each in _named(article.text)} - set(name.split())
    spans = sentences(article.text, article.language)
    for number, (start, end) in enumerate(spans):
        at = article.text.find(called, start, end)
        if at < 0 or not _is_word(article.text, at, called):
            continue
        title = article.text[start:at].split()[-2:]
        for word in (each.lower().strip(".,“\"'") for each in title):
            if word in _HE | _SHE:
                yield "he" if word in _HE else "she"
        rest = article.text[at:end]
        # What follows in a sentence may be about anybody whom it names; the next goes on about the
        # last.
        if others.isdisjoint(_WORD.findall(rest)) and (match := _PRONOUN.search(rest)):
            yield "he" if match[1] else "she"
        if number + 1 < len(spans) and others.isdisjoint(_WORD.findall(rest)):
            after = article.text[slice(*spans[number + 1])]
            if match := _PRONOUN.match(after):
                yield "he" if match[1] else "she"


def _is_word(text: str, at: int, word: str) -> bool:
    before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
    return not (before.isalnum() or after.isalnum())
