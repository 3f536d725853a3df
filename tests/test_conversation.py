"""What a follow-up leaves out is taken from what was answered before it."""

import re

from assistant import Turn
from assistant.citing import cite
from assistant.conversation import standalone
from corpus import SAMPLE, Article, read_articles
from tests.conversations import MADE, Asked, conversations

ARTICLES = [*(each for each in read_articles([SAMPLE]) if isinstance(each, Article)), *MADE]


def turn(asked: Asked) -> Turn:
    """What is known of a turn: the question as it was understood, and what answered it."""
    if asked.answer is None:
        return Turn(asked.whole)
    title, marked = asked.answer
    sentence = re.sub(r"[\[\]]", "", marked)
    [article] = [each for each in ARTICLES if title in each.title and sentence in each.text]
    start = article.text.index(sentence)
    mark = start + marked.index("["), start + marked.index("]") - 1
    return Turn(asked.whole, (cite(1, article, (start, start + len(sentence)), [mark], ()),))


def worded(question: str) -> str:
    return question.replace("'", "’").rstrip(" ?")


def test_conversations_are_understood_as_a_person_would() -> None:
    """Nine in ten of the questions that leave something out, and all of those that do not."""
    right, wrong, touched = 0, [], []
    for conversation in conversations():
        for at, asked in enumerate(conversation):
            whole = standalone(asked.typed, [turn(each) for each in conversation[:at]])
            if asked.whole == asked.typed:
                touched += [(asked.typed, whole)] if whole != asked.typed else []
            elif worded(whole) == worded(asked.whole):
                right += 1
            else:
                wrong.append((asked.typed, whole, asked.whole))
    assert touched == []
    assert right / (right + len(wrong)) >= 0.9, wrong
