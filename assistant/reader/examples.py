"""What a reader learns from: questions with passages, and the spans of the answers, if any.

Three kinds of rows are read, as JSON Lines, gzipped or not: ``question, context, answers`` (the
spans that answer, none if the passage does not), ``question, sentence, label`` (whether a sentence
answers) and ``question, passage, answer`` (a passage that settles a question of yes or no).

Every epoch varies the rows, by chance from a seed: it puts single sentences among others, removes
the answer's sentence from its passage, or swaps a name or a number of the question. So a reader
learns to tell the sentence that answers from its neighbours, and a passage on the same topic from
one that answers.
"""

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.sentences import sentences

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage.

    ``spans`` are character offsets into the passage, empty if it does not answer. If ``exact``,
    each span is an answer from its first letter to its last; otherwise it contains one.
    """

    question: str
    passage: str
    spans: tuple[Span, ...]
    exact: bool = True
    source: str = ""
    document: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(self.passage[start:end] for start, end in self.spans)


def read_examples(path: Path) -> list[Example]:
    """The examples in a file. Raises ValueError that names an invalid line or a missing field."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    rows = []
    for number, line in enumerate(content.decode("utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number}: no JSON") from error
    if rows and "sentence" in rows[0]:
        return _from_sentences(rows)
    try:
        return [_from_row(row) for row in rows]
    except KeyError as error:
        raise ValueError(f"{path}: a row lacks the field {error}") from error


def words_of(text: str) -> set[str]:
    """The words of a text in small letters."""
    return set(_WORD.findall(text.lower()))


def _from_row(row: dict[str, Any]) -> Example:
    question, source = row["question"].strip(), row["source"]
    if "passage" in row:
        passage = row["passage"]
        return Example(question, passage, ((0, len(passage)),), exact=False, source=source)
    answers = [(answer["start"], answer["text"]) for answer in row["answers"]]
    spans = tuple((start, start + len(text)) for start, text in answers)
    return Example(question, row["context"], spans, source=source, document=row["document"])


def _from_sentences(rows: Sequence[dict[str, Any]]) -> list[Example]:
    """One example for each question: a passage of the sentence that answers and some that do not.

    Some questions come a second time, without the sentence that answers.
    """
    by_question: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_question[row["source"], row["question"].strip()].append(row)
    chance = random.Random(0)
    examples = []
    for (source, question), group in by_question.items():
        right = [row["sentence"] for row in group if row["label"]]
        wrong = [row["sentence"] for row in group if not row["label"]][:8]
        document = f"{source}: {question}"
        if right:
            chosen = [chance.choice(right), *wrong]
            chance.shuffle(chosen)
            passage = " ".join(chosen)
            spans = []
            at = 0
            for sentence in chosen:
                if sentence in right:
                    spans.append((at, at + len(sentence)))
                at += len(sentence) + 1
            examples.append(Example(question, passage, tuple(spans), False, source, document))
        if wrong and chance.random() < _WITHOUT_THE_SENTENCE:
            examples.append(Example(question, " ".join(wrong), (), False, source, document))
    return examples


# The share of the examples that are varied in each way, among those that can be.
_WITHOUT_THE_SENTENCE = 0.3
_SWAPPED = 0.1
_ELSEWHERE = 0.04
_HEADED = 0.5
_REWORDED = 0.5
# The shares of the longer words that a question has in common with its passage that are replaced by
# synonyms, if any are known, and that are left out.
_REPLACED = 0.4
_LEFT_OUT = 0.3
_SHORT_WORD = 3
# A passage with fewer characters than this is put among others.
_SHORT = 350

_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+)*")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\b\d[\d,.]*\b")


class Varied:
    """The examples as one epoch sees them: ``Varied(examples).epoch(0)``.

    ``shares`` are, by source, the share of its examples that an epoch takes, from 0 to 1;
    ``synonyms`` are other words for the words of a question. A passage of more than ``longest``
    characters is cut to some sentences in a row, as passages of a search are. A short one is put
    among others, up to a length between the two numbers of ``joined``.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        shares: dict[str, float] | None = None,
        seed: int = 0,
        synonyms: Mapping[str, Sequence[str]] | None = None,
        longest: int = 800,
        joined: tuple[int, int] = (300, 1000),
    ) -> None:
        self._synonyms = synonyms
        self._longest = longest
        self._joined_length = joined
        self._examples = examples
        self._shares = shares or {}
        self._seed = seed
        # Neighbours in the file are from one document or from one source.
        passages: dict[str, list[str]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        answers: dict[str, set[str]] = defaultdict(set)
        for example in examples:
            if len(example.passage) < _SHORT:
                passages[example.source].append(example.passage)
            names[example.source].update(_NAME.findall(example.question))
            answers[example.question].update(example.answers)
        self._short = {source: list(dict.fromkeys(texts)) for source, texts in passages.items()}
        self._place = {
            source: {passage: at for at, passage in enumerate(texts)}
            for source, texts in self._short.items()
        }
        self._names = {source: sorted(source_names) for source, source_names in names.items()}
        self._answers = answers

    def epoch(self, number: int) -> Iterator[Example]:
        """All examples of an epoch, in its order."""
        chance = random.Random(f"{self._seed} {number}")
        shares = ((example, self._shares.get(example.source, 1)) for example in self._examples)
        chosen = [example for example, share in shares if chance.random() < share]
        chance.shuffle(chosen)
        for example in chosen:
            yield self._vary(example, chance)

    def _vary(self, example: Example, chance: random.Random) -> Example:
        if chance.random() < (_ELSEWHERE if example.exact else 5 * _ELSEWHERE):
            other = chance.choice(self._examples)
            if not any(answer in other.passage for answer in self._answers[example.question]):
                return replace(example, passage=other.passage, spans=())
        if example.exact and example.spans and chance.random() < _SWAPPED:
            example = self._swap(example, chance)
        if example.exact and len(example.passage) < _SHORT and chance.random() < 0.75:
            example = self._join(example, chance)
        if example.exact and example.spans and chance.random() < _WITHOUT_THE_SENTENCE / 2:
            example = _remove_answer(example)
        if example.exact and len(example.passage) > self._longest:
            example = _crop(example, self._longest, chance)
        if chance.random() < _REWORDED:
            example = self._reword(example, chance)
        if example.document.startswith("wiki:") and chance.random() < _HEADED:
            title = example.document.removeprefix("wiki:").replace("_", " ")
            example = _prepend(f"{title}\n", example)
        return example

    def _reword(self, example: Example, chance: random.Random) -> Example:
        """The question with fewer words of the passage, because people ask in their own words."""
        passage = words_of(example.passage)

        def reworded_word(match: re.Match[str]) -> str:
            word = match[0].lower()
            if len(word) <= _SHORT_WORD or word not in passage or match.start() == 0:
                return match[0]
            if match[0].islower() and self._synonyms and chance.random() < _REPLACED:
                others = self._synonyms.get(word, ())
                return chance.choice(others) if others else match[0]
            return "" if chance.random() < _LEFT_OUT else match[0]

        question = _WORD.sub(reworded_word, example.question)
        return replace(example, question=" ".join(question.split()))

    def _join(self, example: Example, chance: random.Random) -> Example:
        """A single sentence among others of its source that do not have the answer."""
        pool, answers = self._short[example.source], self._answers[example.question]
        # Most are near it in the file, so mostly of one document; the others are from anywhere.
        at = self._place[example.source].get(example.passage, 0)
        longest = chance.uniform(*self._joined_length)
        others: list[str] = []
        length = len(example.passage)
        for _ in range(12):
            other = (
                pool[(at + chance.randint(-6, 6)) % len(pool)]
                if chance.random() < 0.7
                else chance.choice(pool)
            )
            if other == example.passage or other in others:
                continue
            if any(answer.casefold() in other.casefold() for answer in answers):
                continue
            if length + len(other) > longest:
                break
            others.append(other)
            length += len(other)
        before = others[: chance.randint(0, len(others))]
        after = others[len(before) :]
        joined = _prepend("".join(f"{sentence} " for sentence in before), example)
        return replace(joined, passage=" ".join([joined.passage, *after]))

    def _swap(self, example: Example, chance: random.Random) -> Example:
        """A false premise: the question with a name or number that the passage does not support."""
        numbers = list(_NUMBER.finditer(example.question))
        names = [name for name in _NAME.finditer(example.question) if name[0] in example.passage]
        if not names and not numbers:
            return example
        match = chance.choice(names + numbers)
        if match in numbers:
            digits = match[0].replace(",", "")
            if not digits.isdigit():
                return example
            replacement = str(int(digits) + chance.choice([-10, -3, -2, -1, 1, 2, 3, 10, 20]))
            if replacement in example.passage:
                return example
        else:
            inside = [
                name
                for name in dict.fromkeys(_NAME.findall(example.passage))
                if name not in example.question
                and not any(name in answer or answer in name for answer in example.answers)
            ]
            pool = inside if inside and chance.random() < 0.5 else self._names[example.source]
            replacement = chance.choice(pool)
            if replacement in example.question or match[0] in replacement:
                return example
        start, end = match.span()
        question = example.question[:start] + replacement + example.question[end:]
        return replace(example, question=question, spans=())


def _prepend(before: str, example: Example) -> Example:
    """The example with ``before`` in front of its passage."""
    shift = len(before)
    spans = tuple((start + shift, end + shift) for start, end in example.spans)
    return replace(example, passage=before + example.passage, spans=spans)


def _remove_answer(example: Example) -> Example:
    """The passage without the sentences that answer, if enough of it remains."""
    answers = [answer.casefold() for answer in example.answers]
    remaining = []
    for start, end in sentences(example.passage):
        text = example.passage[start:end]
        overlaps = any(start < b and a < end for a, b in example.spans)
        if not overlaps and not any(answer in text.casefold() for answer in answers):
            remaining.append(text)
    if len(" ".join(remaining)) < 100:
        return example
    return replace(example, passage=" ".join(remaining), spans=())


def _crop(example: Example, longest: int, chance: random.Random) -> Example:
    """Consecutive sentences around one answer, at most ``longest`` characters if possible."""
    spans = sentences(example.passage)
    answer = chance.choice(example.spans) if example.spans else None
    around = answer or chance.choice(spans)
    first = next((at for at, (_, end) in enumerate(spans) if end > around[0]), 0)
    last = next((at for at, (_, end) in enumerate(spans) if end >= around[1]), len(spans) - 1)
    while True:
        wider = [pair for pair in ((first - 1, last), (first, last + 1))
                 if pair[0] >= 0 and pair[1] < len(spans)
                 and spans[pair[1]][1] - spans[pair[0]][0] <= longest]  # fmt: skip
        if not wider:
            break
        first, last = chance.choice(wider)
    start, end = spans[first][0], spans[last][1]
    inside = tuple((a - start, b - start) for a, b in example.spans if start <= a and b <= end)
    if example.spans and not inside:
        return example
    return replace(example, passage=example.passage[start:end], spans=inside)
