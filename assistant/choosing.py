"""Which of the sentences that were read make the answer, and in which order."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant import names as naming
from assistant.evidence import Sentence, coverage, lacking
from assistant.grammar import has_no_content
from assistant.layout import after_dateline, is_row, sentence_before, told
from assistant.question import Question
from assistant.support import SURE, support
from corpus import sentences
from index.lexical import QueryWord
from index.ranking import newness
from index.words import words

MOST_STATEMENTS = 3
MOST_WORDS = 120
"""A further sentence is added only if the answer then has no more words than this."""

# How much lower the fit of a further sentence may be, in the best one's article and in another.
_MARGIN = 4.45
_MARGIN_ELSEWHERE = 2.0
# The lowest log-odds of a further sentence.
_FEWEST_ODDS = 0.0
# Two sentences that share this part of the shorter one's words say the same.
_SAME = 0.7
# A sentence is quoted with the one before it if that adds this share of the question's words.
_ADDS = 0.3
_LONGEST_TOGETHER = 60
# A list ends after more sentences than this that name nobody new, or at this many words.
_MOST_MISSES = 2
MOST_WORDS_OF_A_LIST = 200
_DIGIT = re.compile(r"\d")
# An entry of a live blog begins with its time, and does not go on from the one before it.
_TIME_OF_AN_ENTRY = re.compile(r"\d{1,2}[:.]\d{2}\b")


def choose(
    question: Question, query_words: Sequence[QueryWord], evidence: Sequence[Sentence]
) -> list[Sentence]:
    """The sentences that make the answer; the first is the best.

    A further sentence is added if it answers too, in other words than those before it. If the
    latest is asked for, the sentence of the newest article comes first.
    """
    if question.wants_all and (listed := _list_people(question, evidence)):
        return listed
    chosen = [evidence[0]]
    for sentence in evidence[1:]:
        length = sum(sentence.length for sentence in chosen) + sentence.length
        if len(chosen) < MOST_STATEMENTS and length <= MOST_WORDS and _adds(sentence, chosen):
            chosen.append(sentence)
    if question.wants_latest:
        chosen = _newest_first(chosen, evidence)
    return _each_with_context(query_words, chosen)


def _newest_first(chosen: Sequence[Sentence], evidence: Sequence[Sentence]) -> list[Sentence]:
    """The chosen sentences, newest first, preceded by a newer one that answers as surely."""
    last = max(newness(sentence.article) for sentence in chosen)
    least = min(SURE, support(chosen))
    newer = [sentence for sentence in evidence if newness(sentence.article) > last]
    sure = [other for other in newer if support([other]) >= least and other not in chosen]
    sure.sort(key=lambda sentence: (newness(sentence.article), sentence.score), reverse=True)
    newest = [*sure[:1], *chosen][:MOST_STATEMENTS]
    return sorted(newest, key=lambda sentence: newness(sentence.article), reverse=True)


def _list_people(question: Question, evidence: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence and those around it that name further people; empty if there are none.

    A sentence that names nobody belongs to the list if the reader finds an answer in it.
    """
    best = evidence[0]
    article_id = best.article.id
    answering = {
        sentence.end: sentence
        for sentence in evidence
        if sentence.article.id == article_id and sentence.odds > _FEWEST_ODDS
    }
    text = best.article.text
    # What stands above the first statement is a byline or a dateline, whoever it names.
    begins = told(text, best.article.language)[0][0]
    spans = [span for span in sentences(text, best.article.language) if span[0] >= begins]
    at = next(at for at, (_, end) in enumerate(spans) if end >= best.end)
    known_words = set(words(question.text))
    listed = []
    room = MOST_WORDS_OF_A_LIST
    for onward in (range(at, len(spans)), range(at - 1, -1, -1)):
        misses = 0
        for number in onward:
            start, end = spans[number]
            length = len(text[start:end].split())
            new_names = [
                (start + a, start + b)
                for a, b in naming.people(text[start:end])
                if not known_words.issuperset(words(text[start + a : start + b])[-1:])
            ]
            if new_names and length <= room:
                known_words.update(*(words(text[a:b]) for a, b in new_names))
                # The agency that a dateline names has attended nothing.
                body = after_dateline(text, start, end)
                answer = next((span for span in new_names if span[0] >= body), (body, end))
                listed.append(replace(best, start=body, end=end, answer=answer))
            elif end in answering and length <= room:
                listed.append(answering[end])
            elif (misses := misses + 1) > _MOST_MISSES:
                break
            else:
                continue
            room -= length
            misses = 0
    return sorted(listed, key=lambda sentence: sentence.start) if len(listed) > 1 else []


def having_all(query_words: Sequence[QueryWord], evidence: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence of each article that has all the words, as in a search."""
    by_article: dict[str, Sentence] = {}
    for sentence in evidence:
        text = f"{sentence.article.title}\n{sentence.passage.text}"
        if not lacking(query_words, text):
            by_article.setdefault(sentence.article.id, sentence)
    return list(by_article.values())[:MOST_STATEMENTS]


def _adds(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """Whether a sentence answers as well as the chosen ones, and says what they do not."""
    best = chosen[0]
    same_article = sentence.article.id == best.article.id
    # The rows of a table are much alike, whichever of them is asked for.
    margin = _MARGIN if same_article and not is_row(sentence.text) else _MARGIN_ELSEWHERE
    if sentence.odds < _FEWEST_ODDS or sentence.fit < best.fit - margin:
        return False
    return not any(_says_the_same(sentence, other) for other in chosen)


def _says_the_same(one: Sentence, other: Sentence) -> bool:
    """Whether one answer contains the other, or both sentences are nearly the same.

    "The limit is 50" and "the limit is 30" share most of their words, but not the answer.
    """
    answer_words, other_words = set(words(one.short)), set(words(other.short))
    numbers, other_numbers = (
        {word for word in answer if _DIGIT.search(word)} for answer in (answer_words, other_words)
    )
    if numbers != other_numbers and numbers and other_numbers:
        return False
    if answer_words <= other_words or other_words <= answer_words:
        return True
    text_words, other_text_words = set(words(one.text)), set(words(other.text))
    shared = len(text_words & other_text_words) / min(len(text_words), len(other_text_words))
    return shared >= _SAME and bool(answer_words & other_words)


def _each_with_context(
    query_words: Sequence[QueryWord], chosen: Sequence[Sentence]
) -> list[Sentence]:
    """The sentences, each once and with the one before it if it needs that to be understood."""
    understandable: list[Sentence] = []
    quoted: set[tuple[str, int]] = set()
    for sentence in chosen:
        if (sentence.article.id, sentence.end) in quoted:
            continue
        together = _with_context(query_words, sentence, quoted)
        before = sentence_before(sentence.article, sentence.start)
        if before and together.start < sentence.start:
            quoted.add((sentence.article.id, before[1]))
        quoted.add((sentence.article.id, sentence.end))
        understandable.append(together)
    return understandable


def _with_context(
    query_words: Sequence[QueryWord], sentence: Sentence, quoted: Collection[tuple[str, int]]
) -> Sentence:
    """The sentence, with the one before it if that has words of the question which it lacks.

    "He was 76." is quoted with the sentence before it, which names him. So is "he said" if "he" is
    the answer.
    """
    before = sentence_before(sentence.article, sentence.start)
    if before is None or _TIME_OF_AN_ENTRY.match(sentence.text):
        return sentence
    start, end = before
    text = sentence.article.text
    if (sentence.article.id, end) in quoted:
        return sentence
    start = after_dateline(text, start, end)
    if "\n\n" in text[end : sentence.start] and not text[start:end].endswith((".", "”", '"')):
        return sentence
    together = text[start : sentence.end]
    gain = coverage(query_words, together) - coverage(query_words, sentence.text)
    answer = sentence.answer[0] - sentence.start, sentence.answer[1] - sentence.start
    is_whole = gain < _ADDS and not has_no_content(sentence.text, *answer)
    if is_whole or len(together.split()) > _LONGEST_TOGETHER:
        return sentence
    return replace(sentence, start=start)
