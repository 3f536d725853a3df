"""What stands beside the quotes of an answer, made again from its question and its quotes.

A link holds none of these words, because anyone can make a link. It holds the keys of what was
said. So the words come in the language of whoever opens it, and say nothing but what the program
itself says of such quotes.
"""

from collections.abc import Mapping
from datetime import date
from itertools import product

from assistant.answer import Answer
from assistant.assembling import (
    BY_ITS_WORDS,
    FOUND,
    answered_too,
    later_value,
    on_newest,
    sides,
    unanswered,
)
from assistant.languages import not_english
from assistant.question import Question
from assistant.topics import asked_topic, of_beginnings, of_further, topic_at_end
from assistant.wording import gettext


def keys(answer: Answer, day: date) -> tuple[tuple[str, ...], str]:
    """The keys of the notes of an answer that was asked on a day, and the key of its reason."""
    parts = [note.partition("”: ")[0] for note in answer.notes]
    # Several keys may have the same words.
    key_of = {
        note: key
        for key, note in notes_by_key(answer, day).items()
        if note in answer.notes or (key[0] == "-" and note.partition("”: ")[0] in parts)
    }
    reasons = (key for key, reason in reasons_by_key(answer).items() if reason == answer.reason)
    return tuple(key_of.values()), next(reasons, "")


def notes_by_key(answer: Answer, day: date, reason: str = "") -> Mapping[str, str]:
    """The notes that an answer with these quotes, asked on a day, may have.

    A part of the question that was not answered gets this ``reason``; its key begins with "-".
    """
    first = answer.citations[0].article if answer.citations else None
    notes = {"words": gettext(BY_ITS_WORDS)}
    for note in not_english(Question(answer.whole), first):
        notes["language"] = note
    for at, side in enumerate(sides(answer.whole)):
        notes[f"-{at}"] = unanswered(side, reason)
    return notes | on_quotes(answer, day)


def on_quotes(answer: Answer, day: date) -> dict[str, str]:
    """Those notes that tell something of the quotes."""
    notes = {}
    asked = [*sides(answer.whole)]
    for citation in answer.citations:
        for start, end in citation.marks[:1]:
            notes[f"later {citation.marker}"] = later_value(citation.article.text[start:end])
        if published := citation.article.published:
            notes[f"newest {citation.marker}"] = on_newest(published)
            notes[f"old {citation.marker}"] = on_newest(published, day)
        for at, side in enumerate(asked):
            notes[f"{at} {citation.marker}"] = answered_too(side, citation.marker)
    return notes


def reasons_by_key(answer: Answer) -> Mapping[str, str]:
    """What may be said above these quotes, if they are a list."""
    count, question = len(answer.statements), answer.whole
    asked = asked_topic(question)
    topics = [asked.name if asked else "", question, topic_at_end(question)[1]]
    articles = {citation.article.id for citation in answer.citations}
    reasons = {"words": gettext(FOUND), "further": of_further(len(articles))}
    for (at, topic), newest in product(enumerate(topics), (False, True)):
        reasons[f"{at} newest" if newest else f"{at}"] = of_beginnings(topic, count, newest)
    return reasons
