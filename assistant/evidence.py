"""Which sentences of the archive answer a question, and how well."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from assistant.names import Spans
from assistant.question import Question
from assistant.weights import WEIGHTS
from assistant.wording import groups_of
from corpus import Article, sentences
from index import Archive, Passage
from index.lexical import QueryWord, words
from index.ranking import recency

_DATELINE = re.compile(
    r"(?=[^\n]{0,80}?(?:\b(?:19|20)\d\d\b|\b[^\W\d_a-z]{4,}\b)[^\n]{0,60}?\s(?:—|–|-{1,2})\s)"
    r"[^\n]{0,90}\s(?:—|–|-{1,2})\s+(?=\S)"
)
_WORD = re.compile(r"\w+")
_PRONOUN = re.compile(r"\b(?:he|she|they|I|we)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？؟।۔][\"'”’»)\]]*$")
# What ends otherwise and is shorter is a heading, a byline or a dateline.
_SHORTEST_WITHOUT_END = 50
_QUOTED_QUESTION = re.compile(r"[“\"][^”\"]*\?[”\"]?$")


# A word of the question counts so much before its rarity: in a small archive every word that it
# has is common, and one that it has not would weigh more than all others together.
_LEAST_RARITY = 1.0
# Of how many words' distance an answer is half as near to the question's words.
_HALF_NEAR = 4


# Encoding is most of the cost of an answer: so many sentences are, that promise most without it.
_ENCODED = 24

# News is told first, then explained: so many of an article's sentences are its lead.
_LEAD = 4

# So many characters before and after the best passage are read as well, and of so many passages
# where a list is asked for: it may go on there.
_READ_ON = 800
_LISTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence of a passage that was found, and what speaks for it as evidence.

    ``marks`` are where it has things of the asked-for kind that the question did not name, as
    offsets into the article's text, and ``covers`` the question's words that it has in some form.
    ``features`` are, each from 0 to 1, by the names that they have in ``weights.json``:

    - *similarity*: its cosine with the question;
    - *coverage*: the share of the question's words that it has, weighted by their rarity;
    - *context coverage*: the share that it, the sentences beside it and the headline have;
    - *passage coverage*: the share that its passage and headline have;
    - *side by side*: the share of the question's neighbouring words that are neighbours in it;
    - *answers*: 1 if it has any, where such things are many, as names are;
    - *exact answers*: 1 if it has any, where their form alone shows them, as dates do;
    - *nearness*: how near the nearest answer is to a word of the question;
    - *asks*: 1 if it is a question itself;
    - *lead*: 1 if it is among the first sentences of its article;
    - *passage score*: the score of its passage beside the best one's;
    - *recency*: how recent its article was on the day of the question.

    ``score`` is their weighted sum.
    """

    article: Article
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]
    covers: frozenset[QueryWord]
    features: Mapping[str, float]
    score: float

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]

    @property
    def answers(self) -> tuple[str, ...]:
        """The things of the asked-for kind, as they are written."""
        return tuple(self.article.text[start:end] for start, end in self.marks)

    @property
    def wording(self) -> tuple[str, ...]:
        """Its words as they are compared to find copies."""
        return tuple(self.text.casefold().split())

    @property
    def asks(self) -> bool:
        return bool(self.features["asks"])


class Topic:
    """What a question is about: its words, and where a text has them."""

    def __init__(self, archive: Archive, question: Question) -> None:
        self.words = archive.query_words(question.topic)
        self._pairs = _pairs(question.topic)
        self._groups = [(word, groups_of(word.forms)) for word in self.words]

    def covered(self, text: str) -> frozenset[QueryWord]:
        """Those of its words that a text has in some form, or in another word for the same."""
        there = set(words(text))
        groups = groups_of(there)
        return frozenset(word for word, own in self._groups if word.forms & there or own & groups)

    def share(self, covered: Collection[QueryWord]) -> float:
        """What share of its words these are, weighted by rarity."""
        total = sum(word.rarity + _LEAST_RARITY for word in self.words)
        return sum(word.rarity + _LEAST_RARITY for word in covered) / total if total else 0.0

    def coverage(self, text: str) -> float:
        """The share of its words that a text has."""
        return self.share(self.covered(text))

    def side_by_side(self, text: str) -> float:
        """The share of its neighbouring words that are neighbours in a text, in either order."""
        if not self._pairs:
            return 0.0
        return len(self._pairs & _pairs(text)) / len(self._pairs)

    def nearness(self, text: str, answers: Spans) -> float:
        """1 where an answer stands beside one of its words, less the further they are apart."""
        gap = min(self.gaps(text, answers), default=math.inf)
        return _HALF_NEAR / (_HALF_NEAR + gap)

    def gaps(self, text: str, spans: Spans) -> list[float]:
        """How many words lie between each span and the nearest of its words, if there is one."""
        forms = frozenset().union(*(word.forms for word in self.words))
        mentions = [
            match.span() for match in _WORD.finditer(text) if forms.intersection(words(match[0]))
        ]
        return [
            min(
                (
                    len(text[min(end, other_end) : max(start, other_start)].split())
                    for other_start, other_end in mentions
                    if other_end <= start or end <= other_start
                ),
                default=math.inf,
            )
            for start, end in spans
        ]


def gather(
    archive: Archive,
    question: Question,
    topic: Topic,
    passages: Sequence[Passage],
    asked: date | None = None,
) -> list[Sentence]:
    """The sentences of the passages, best evidence first; ``asked`` is the question's day."""
    # The last word of a name is the one that it is called by later.
    speaker = archive.query_words(question.speaker)[-1:] if question.speaker else []
    keeps_datelines = question.kind in {"reported", "where"}
    best_score = max((passage.score for passage in passages), default=1.0)
    spans: dict[tuple[str, int, int], tuple[Article, str, str, float, float, bool]] = {}
    for rank, passage in enumerate(passages):
        article = passage.article
        every = sentences(article.text, article.language)
        more = _READ_ON if rank < (_LISTS if question.asks_for_all else 1) else 0
        first, last = max(0, passage.start - more), passage.end + more
        around = topic.coverage(f"{article.title}\n{article.text[first:last]}")
        for position, (start, end) in enumerate(every):
            if start < last and end > first and _is_told(article.text[start:end]):
                beside = every[max(0, position - 1) : position + 2]
                # What an article is about is often said in its headline alone.
                context = f"{article.title}\n{article.text[beside[0][0] : beside[-1][1]]}"
                before = article.text[slice(*every[position - 1])] if position else ""
                # The day, paper and place of a dateline are no part of what is told.
                told = start
                if position == 0 and not keeps_datelines:
                    told += dateline_length(article.text[start:end])
                relative = passage.score / best_score
                spans.setdefault(
                    (article.id, told, end),
                    (article, before, context, around, relative, position < _LEAD),
                )
    read = []
    for (_, start, end), (article, before, context, around, relative, lead) in spans.items():
        text = article.text[start:end]
        # In an interview the words of a question count for the answer after it.
        prompt = before if before.endswith("?") else ""
        answers = question.answers_in(text, article.source)
        if not all(_speaks(word, text, before) for word in speaker):
            answers = []
        covers = topic.covered(f"{prompt} {text}")
        features = {
            "coverage": topic.share(covers),
            "context coverage": topic.coverage(context),
            "passage coverage": around,
            "side by side": topic.side_by_side(text),
            "answers": float(bool(answers) and not question.is_exact),
            "exact answers": float(bool(answers) and question.is_exact),
            "nearness": topic.nearness(text, answers),
            "asks": float(text.endswith("?") and not _QUOTED_QUESTION.search(text)),
            "lead": float(lead),
            "passage score": relative,
            "recency": recency(article, asked),
        }
        marks = tuple((start + a, start + b) for a, b in answers)
        read.append(Sentence(article, start, end, marks, covers, features, _score(features)))
    read.sort(key=lambda sentence: -sentence.score)
    # A list may be named in any of them.
    promising = read if question.asks_for_all else read[:_ENCODED]
    similarities = archive.similarities(question.text, [each.text for each in promising])
    found = []
    for sentence, similarity in zip(promising, similarities, strict=True):
        features = {"similarity": float(similarity), **sentence.features}
        found.append(replace(sentence, features=features, score=_score(features)))
    return sorted(found, key=lambda sentence: -sentence.score)


def _speaks(speaker: QueryWord, text: str, before: str) -> bool:
    """Whether a sentence names a speaker, or means by a pronoun whom the one before it names."""
    told = f"{before} {text}" if _PRONOUN.search(text) else text
    return not speaker.forms.isdisjoint(words(told))


def _is_told(text: str) -> bool:
    """Whether this is a sentence, and not what stands between or above them."""
    return len(text) >= _SHORTEST_WITHOUT_END or bool(_SENTENCE_END.search(text))


def _pairs(text: str) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in pairwise(words(text))}


def _score(features: Mapping[str, float]) -> float:
    return sum(WEIGHTS.sentence[name] * value for name, value in features.items())


def dateline_length(text: str) -> int:
    """How many characters of an article's first sentence are its dateline, 0 if it has none.

    A dash alone does not make one: before it stands a year, or a place in capitals.
    """
    match = _DATELINE.match(text)
    return match.end() if match else 0
