"""Which of the sentences that were read make the answer, and in which order."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant import names as naming
from assistant.evidence import Sentence, after_dateline, coverage, lacking
from assistant.grammar import is_pronoun
from assistant.layout import is_row, sentence_before
from assistant.question import Question
from assistant.support import SURE, support
from corpus import sentences
from index.lexical import QueryWord
from index.ranking import newness
from index.words import words

MOST_STATEMENTS = 3
MOST_WORDS = 120
"""A further sentence is added only within so many words."""

# How much worse a further sentence may fit, in the best one's article and in another.
_MARGIN = 4.45
_MARGIN_ELSEWHERE = 2.0
# Log-odds that a further sentence has at the least.
_FEWEST_ODDS = 0.0
# Two sentences that share so much of the shorter one's words say the same.
_SAME = 0.7
# What the sentence before must add of the question's words to be quoted with one.
_ADDS = 0.3
_LONGEST_TOGETHER = 60
# A list goes on after so many sentences that name nobody new, and for so many words.
_MOST_MISSES = 2
MOST_WORDS_OF_A_LIST = 200
_DIGIT = re.compile(r"\d")


def choose(
    question: Question, asked: Sequence[QueryWord], evidence: Sequence[Sentence]
) -> list[Sentence]:
    """The sentences that make the answer; the first is the best.

    A further one is added if it answers too, and with other words than those before it. Where
    the latest is asked for, that of the newest article comes first.
    """
    if question.wants_all and (everyone := _all_named(question, evidence)):
        return everyone
    chosen = [evidence[0]]
    for sentence in evidence[1:]:
        together = sum(sentence.length for sentence in chosen) + sentence.length
        if len(chosen) < MOST_STATEMENTS and together <= MOST_WORDS and _adds(sentence, chosen):
            chosen.append(sentence)
    if question.wants_latest:
        chosen = _newest(chosen, evidence)
    return _understandable_each(asked, chosen)


def _newest(chosen: Sequence[Sentence], evidence: Sequence[Sentence]) -> list[Sentence]:
    """The chosen sentences, the newest first; before them what is newer and answers as surely."""
    last = max(newness(sentence.article) for sentence in chosen)
    enough = min(SURE, support(chosen))
    others = [sentence for sentence in evidence if newness(sentence.article) > last]
    sure = [other for other in others if support([other]) >= enough and other not in chosen]
    sure.sort(key=lambda other: (newness(other.article), other.score), reverse=True)
    shown = [*sure[:1], *chosen][:MOST_STATEMENTS]
    return sorted(shown, key=lambda sentence: newness(sentence.article), reverse=True)


def _all_named(question: Question, evidence: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence, and those around it that go on naming others; none if there are none.

    One that names nobody, and in which the reader finds an answer, is among them.
    """
    best = evidence[0]
    article_id = best.article.id
    answering = {
        sentence.end: sentence
        for sentence in evidence
        if sentence.article.id == article_id and sentence.odds > _FEWEST_ODDS
    }
    text = best.article.text
    spans = sentences(text, best.article.language)
    at = next(at for at, (_, end) in enumerate(spans) if end >= best.end)
    known = set(words(question.text))
    listed = []
    room = MOST_WORDS_OF_A_LIST
    for onward in (range(at, len(spans)), range(at - 1, -1, -1)):
        misses = 0
        for number in onward:
            start, end = spans[number]
            length = len(text[start:end].split())
            new = [
                (start + a, start + b)
                for a, b in naming.people(text[start:end])
                if not known.issuperset(words(text[start + a : start + b])[-1:])
            ]
            if new and length <= room:
                known.update(*(words(text[a:b]) for a, b in new))
                # The desk that a dateline names has attended nothing.
                body = after_dateline(text, start, end)
                answer = next((span for span in new if span[0] >= body), (body, end))
                listed.append(replace(best, start=body, end=end, answer=answer))
            elif end in answering and length <= room:
                listed.append(answering[end])
            elif (misses := misses + 1) > _MOST_MISSES:
                break
            else:
                continue
            room -= length
            misses = 0
    listed.sort(key=lambda sentence: (sentence.end != best.end, sentence.start))
    return listed if len(listed) > 1 else []


def having_all(asked: Sequence[QueryWord], evidence: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence of each article that has all the words, as a search finds them."""
    by_article: dict[str, Sentence] = {}
    for sentence in evidence:
        text = f"{sentence.article.title}\n{sentence.passage.text}"
        if not lacking(asked, text):
            by_article.setdefault(sentence.article.id, sentence)
    return list(by_article.values())[:MOST_STATEMENTS]


def _adds(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """Whether a sentence answers as well, and says what the chosen ones do not."""
    best = chosen[0]
    same_article = sentence.article.id == best.article.id
    # The rows of a table are much alike, whichever is asked for.
    margin = _MARGIN if same_article and not is_row(sentence.text) else _MARGIN_ELSEWHERE
    if sentence.odds < _FEWEST_ODDS or sentence.fit < best.fit - margin:
        return False
    return not any(_says_the_same(sentence, other) for other in chosen)


def _says_the_same(one: Sentence, other: Sentence) -> bool:
    """Whether one answer is within the other, or both sentences are nearly the same.

    "The limit is 50" and "the limit is 30" share most of their words, but not what answers.
    """
    short, others = set(words(one.short)), set(words(other.short))
    numbers, other_numbers = (
        {word for word in answer if _DIGIT.search(word)} for answer in (short, others)
    )
    if numbers != other_numbers and numbers and other_numbers:
        return False
    if short <= others or others <= short:
        return True
    own, theirs = set(words(one.text)), set(words(other.text))
    shared = len(own & theirs) / min(len(own), len(theirs))
    return shared >= _SAME and bool(short & others)


def _understandable_each(asked: Sequence[QueryWord], chosen: Sequence[Sentence]) -> list[Sentence]:
    """The sentences as they are understood in this order, each once."""
    whole: list[Sentence] = []
    shown: set[tuple[str, int]] = set()
    for sentence in chosen:
        if (sentence.article.id, sentence.end) in shown:
            continue
        together = _understandable(asked, sentence, shown)
        before = sentence_before(sentence.article, sentence.start)
        if before and together.start < sentence.start:
            shown.add((sentence.article.id, before[1]))
        shown.add((sentence.article.id, sentence.end))
        whole.append(together)
    return whole


def _understandable(
    asked: Sequence[QueryWord], sentence: Sentence, shown: Collection[tuple[str, int]]
) -> Sentence:
    """The sentence, with the one before it where that has the words of the question it lacks.

    "He was 76." is quoted with the sentence before it, which names him, and so is "he said", where
    "he" is the answer.
    """
    before = sentence_before(sentence.article, sentence.start)
    if before is None:
        return sentence
    start, end = before
    text = sentence.article.text
    if (sentence.article.id, end) in shown:
        return sentence
    start = after_dateline(text, start, end)
    if "\n\n" in text[end : sentence.start] and not text[start:end].endswith((".", "”", '"')):
        return sentence
    together = text[start : sentence.end]
    gain = coverage(asked, together) - coverage(asked, sentence.text)
    answer = sentence.answer[0] - sentence.start, sentence.answer[1] - sentence.start
    is_whole = gain < _ADDS and not is_pronoun(sentence.text, *answer)
    if is_whole or len(together.split()) > _LONGEST_TOGETHER:
        return sentence
    return replace(sentence, start=start)
