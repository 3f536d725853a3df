"""What a follow-up leaves out is taken from what was answered before it."""

import re
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Turn
from assistant.citing import cite
from assistant.conversation import standalone as made_whole
from assistant.reader.model import Reader
from corpus import SAMPLE, Article, read_articles
from tests.conversations import MADE, Asked, conversations

READER = cache(Reader)
ARTICLES = [*(each for each in read_articles([SAMPLE]) if isinstance(each, Article)), *MADE]


def standalone(question: str, history: Sequence[Turn]) -> str:
    return made_whole(question, history, READER())


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


ELECTED = turn(
    Asked("", "Who was elected mayor of Marrowby?", ("Ilse Brandreth wins", "[Ilse Brandreth], a "
    "veterinary surgeon who had never stood for anything before, was elected mayor of Marrowby "
    "yesterday."))
)  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "What happened?",
        "Who died?",
        "What if prices rise?",
        "So the bridge was closed?",
        "And tell me about the strike",
        "What about it?",
        "Is it true that Anna Blum resigned?",
        "Will it rain in Holm?",
        "Is there a curfew?",
        "Who said that bread prices would double?",
        "Did Ali Mamlouk say that he would come back?",
        "Which ferry did Anna Blum say she took?",
        "What's his name in Kest?",
        "trump",
        "?!",
        "",
        "And",
    ],
)
def test_a_new_topic_is_left_as_it_is(question: str) -> None:
    refused = Turn("What did Ilse Brandreth do in Kest?")
    for history in ([], [refused], [ELECTED, refused] if "his" not in question else [refused]):
        assert standalone(question, history) == question


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("what did she promise", "What did Ilse Brandreth promise"),
        (
            "How old is she, and what is her party?",
            "How old is Ilse Brandreth, and what is her party?",
        ),
        ("What did Mr Quill say about her?", "What did Mr Quill say about Ilse Brandreth?"),
        ("What about Eskerby?", "Who was elected mayor of Eskerby?"),
        ("And in 2019?", "Who was elected mayor of Marrowby in 2019?"),
        ("By how many votes?", "Who was elected mayor of Marrowby, and by how many votes?"),
        ("How big is it?", "How big is Marrowby?"),
        ("Did he beat her?", "Did Tomas Quill beat Ilse Brandreth?"),
        ("Who lives there?", "Who lives in Marrowby?"),
    ],
)
def test_what_is_left_out_is_filled_in(question: str, whole: str) -> None:
    assert standalone(question, [ELECTED, Turn("Qui dirige la Valdorie ?")]) == whole


@given(st.text(max_size=80))
def test_any_question_stays_one(question: str) -> None:
    """Nothing fails, and nothing but what was told is put into it."""
    whole = standalone(question, [ELECTED])
    assert len(whole) < len(question) + 300


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
