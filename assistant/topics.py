"""Requests for all there is on a topic: "Tell me about the strike", "What happened in Lund?".

News articles begin with what matters most, so the beginnings of the topic's articles answer. "Tell
me more" is answered by further sentences of the articles that were quoted before.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant import names as naming
from assistant.answer import Answer, Statement, Turn
from assistant.citing import cite
from assistant.evidence import lacking
from assistant.layout import Span, after_dateline, told
from assistant.question import ASKING
from assistant.wording import gettext, message, ngettext, nouns
from corpus import Article
from index import Archive, Filters, Passage
from index.ranking import age, newness

MOST_QUOTED = 6
_MOST_FURTHER = 4
# If one question asks for more still oftener, it asks for nothing.
_MOST_TIMES = 9
# How many passages of a search are examined, and how many sentences of an article.
_EXAMINED = 24
_FIRST = 3
# The first sentence is quoted unless the cosine of another is higher by more than this.
_MARGIN = 0.1
# The lowest cosine of a topic with an article's headline and beginning, if these have all words of
# the topic, if the article has them, and if it lacks one. Of 25 topics, it was .45 to .81 for most
# articles about them, and less than .45 for most others; newsletters on everything had .1.
_WITH_ALL_WORDS_AHEAD, _WITH_ALL_WORDS, _WITHOUT_A_WORD = 0.25, 0.45, 0.5

NEWEST_FIRST = message("%(counted)s; the newest comes first")
OLDEST_FIRST = message("%(counted)s; the oldest comes first")
_BEGINNINGS = nouns(
    "From the beginning of the article nearest to “%(topic)s”",
    "From the beginnings of the %(num)s articles nearest to “%(topic)s”",
)
_FURTHER = nouns("Further from the same article", "Further from the same %(num)s articles")
_FLAGS = re.IGNORECASE | re.DOTALL
_TOPIC = rf"\s+[\"'“„‘«]?(?!{ASKING}\b)(?P<topic>\w(?:.*\w)?)"
_ASKED = [
    re.compile(rf"\W*(?:(?:please|can\s+you|could\s+you)\s+)?{pattern}\W*", _FLAGS)
    for pattern in (
        r"(?:tell\s+(?:me|us)|all|everything|(?:(?:is\s+there|do\s+you\s+have)\s+)?anything)"
        rf"\s+(?:(?:more|all|everything)\s+)?(?:about|on){_TOPIC}",
        r"what\s+(?:do\s+(?:we|you)\s+know|is\s+known|does\s+the\s+archive\s+(?:say|know))"
        rf"\s+(?:about|of|on){_TOPIC}",
        r"(?:(?:give|show)\s+me\s+)?(?:an?\s+|the\s+)?(?:summary|overview|timeline|chronology)"
        rf"\s+(?:of|on){_TOPIC}",
        rf"(?:summari[sz]e|explain|describe){_TOPIC}",
        rf"(?!{ASKING}\b)(?P<topic>\w(?:.{{0,100}}\w)?)\s+(?:summary|overview|timeline|chronology)",
        r"(?P<fact>what(?:\s+has|\s+is|[’']s)?\s+(?:happened|happening|going\s+on))"
        rf"\s+(?:at|in|on|to|with|during){_TOPIC}",
        r"what\s+(?:did|does|do|has|have)\s+(?P<paper>\w(?:.{0,60}?\w)?)"
        rf"\s+(?:say|said|report(?:ed)?|write|written)\s+(?:about|on){_TOPIC}",
    )
]
_MORE = re.compile(
    r"(?P<before>.*?[?.!]|)\s*(?:(?:please|can\s+you|could\s+you)\s+)?"
    r"(?:(?:(?:tell|give|show)\s+(?:me|us)\s+)?(?:more|further)(?:\s+details?)?|go\s+on|what\s+else)"
    r"(?:\s+(?:about|on)\s+(?:it|this|that|him|her|them))?(?:,?\s+please)?\W*",
    _FLAGS,
)


_AT_THE_END = re.compile(rf"(?P<before>.*)\b(?:about|on){_TOPIC}\W*", _FLAGS)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic on which all is asked for.

    If it may be a ``fact`` that is asked for ("What happened in Lund?"), one sentence answers if
    the reader is sure of it. The articles' order is that of time, the ``newest`` first if the
    latest is asked for. ``paper`` is the name of whoever must have said it, a source or an author.
    """

    name: str
    fact: bool = False
    newest: bool = False
    paper: str = ""


def asked_topic(question: str) -> Topic | None:
    """The topic on which a question asks for all there is; None if it asks for anything else."""
    for pattern in _ASKED:
        if match := pattern.fullmatch(question):
            groups = match.groupdict(default="")
            paper = groups.get("paper", "")
            return Topic(groups["topic"], bool(paper or groups.get("fact")), paper=paper)
    return None


def topic_at_end(keywords: str) -> tuple[str, str]:
    """The words before "about" or "on" in keywords, and the topic after it; else empty."""
    match = _AT_THE_END.fullmatch(keywords)
    return (match["before"], match["topic"]) if match else ("", "")


def beginnings(
    archive: Archive, topic: Topic, question: str, filters: Filters, today: date | None
) -> Answer | None:
    """A sentence from the beginning of each article about a topic, in time order, undated last.

    Of the first few sentences it is the one most like the topic and the headline. Copies of one
    text are quoted once. None if no article is about the topic, or if it is asked what somebody
    said who is neither a source nor an author.
    """
    if topic.paper and not filters.sources:
        if sources := archive.sources_called(topic.paper):
            filters = replace(filters, sources=sources)
        elif written := archive.written_by(topic.paper, filters):
            filters = replace(filters, articles=tuple(written))
        else:
            return None
    near = _articles_about(archive, topic.name, filters, today)
    near.sort(
        key=lambda item: newness(item[0]) if topic.newest else age(item[0]), reverse=topic.newest
    )
    spans = [_sentence(archive, topic.name, article) for article, _ in near]
    statements = tuple(
        Statement((cite(marker, article, span, [], copies),), 1.0)
        for marker, (span, (article, copies)) in enumerate(zip(spans, near, strict=True), 1)
    )
    if not statements:
        return None
    reason = of_beginnings(topic.name, len(near), topic.newest)
    return Answer(question, "answered", 1.0, statements, filters=filters, reason=reason)


def of_beginnings(topic: str, count: int, newest: bool) -> str:
    """What is said above the beginnings of so many articles on a topic."""
    beginnings = ngettext(*_BEGINNINGS, count, num=count, topic=topic)
    if count > 1:
        beginnings = gettext(NEWEST_FIRST if newest else OLDEST_FIRST, counted=beginnings)
    return f"{beginnings}."


def of_further(count: int) -> str:
    """What is said above further sentences of so many articles."""
    return f"{ngettext(*_FURTHER, count, num=count)}."


def asks_more(question: str) -> str | None:
    """The question before "Tell me more"; empty if there is none, None if it asks for no more."""
    match = _MORE.fullmatch(question)
    return match["before"].strip() if match else None


def more(
    archive: Archive,
    ask: Callable[[str], Answer],
    question: str,
    history: Sequence[Turn],
    filters: Filters,
) -> Answer | None:
    """The answer to "Tell me more"; None if a question asks for no more, or if nothing is left.

    A link to such an answer holds the question before it, too: "Who won? Tell me more".
    """
    asked, times = question, 0
    while asked and (before := asks_more(asked)) is not None:
        asked, times = before, times + 1
    if times > _MOST_TIMES:
        return None
    turns = [ask(asked).turn] if times and asked else list(history)
    answer = None
    for _ in range(times):
        answer = _further(archive, [turn for turn in turns if turn.citations], question, filters)
        if answer is None:
            return None
        turns.append(answer.turn)
    return replace(answer, standalone="") if answer and asked else answer


def _further(
    archive: Archive, turns: Sequence[Turn], question: str, filters: Filters
) -> Answer | None:
    """Further sentences of the articles that the last turn quotes, most like its question.

    None if there are none. What any of the turns quotes is not quoted again.
    """
    quoted = {(cited.article.id, cited.end) for turn in turns for cited in turn.citations}
    ids = dict.fromkeys(cited.article.id for turn in turns[-1:] for cited in turn.citations)
    allowed = tuple(id for id in ids if not filters.articles or id in filters.articles)
    if not allowed:
        return None
    hits = archive.hits("", replace(filters, articles=allowed), most=len(allowed))
    by_id = {passage.article.id: passage.article for passage in hits.passages}
    articles = [by_id[id] for id in allowed if id in by_id][:_MOST_FURTHER]
    statements: list[Statement] = []
    for article in articles:
        spans = _told_spans(article, None)
        spans = [span for span in spans if (article.id, span[1]) not in quoted]
        texts = [article.text[start:end] for start, end in spans]
        nearest = archive.similarities(turns[-1].question, texts).argsort()[::-1]
        for at in sorted(nearest[: _MOST_FURTHER // len(articles)]):
            citation = cite(len(statements) + 1, article, spans[at], [], ())
            statements.append(Statement((citation,), 1.0))
    if not statements:
        return None
    before = turns[-1].question
    before = before if before.endswith(("?", ".", "!")) else f"{before}."
    return Answer(
        question, "answered", 1.0, tuple(statements), filters=filters,
        standalone=f"{before} {question}", reason=of_further(len(articles)),
    )  # fmt: skip


def _articles_about(
    archive: Archive, topic: str, filters: Filters, today: date | None
) -> list[tuple[Article, tuple[Article, ...]]]:
    """The nearest articles about a topic, each with its copies.

    An article is about it if its head is similar to it: the more so, the fewer of the topic's words
    it has. It must have all names, and words that none of the articles has do not count.
    """
    topic_words = archive.query_words(topic)
    names = archive.query_words(" ".join(topic[start:end] for start, end in naming.names(topic)))
    by_id: dict[str, Passage] = {}
    for passage in archive.search(topic, _EXAMINED, filters, asked=today):
        by_id.setdefault(passage.article.id, passage)
    texts = [f"{passage.article.title}\n{passage.article.text}" for passage in by_id.values()]
    missing = [lacking(topic_words, text) for text in texts]
    used = [word for word in topic_words if not all(word in words for words in missing)]
    heads = [head(passage.article) for passage in by_id.values()]
    near = []
    for passage, text, beginning, similarity in zip(
        by_id.values(), texts, heads, archive.similarities(topic, heads), strict=True
    ):
        if topic_words and not lacking(topic_words, beginning):
            least = _WITH_ALL_WORDS_AHEAD
        else:
            least = _WITHOUT_A_WORD if lacking(used, text) else _WITH_ALL_WORDS
        if similarity >= least and not lacking(names, text):
            near.append((passage.article, passage.copies))
    return near[:MOST_QUOTED]


def _sentence(archive: Archive, topic: str, article: Article) -> Span:
    """The span of the first sentence, or of one after it that is more like topic and headline."""
    spans = _told_spans(article, _FIRST)
    texts = [article.text[start:end] for start, end in spans]
    similarities = archive.similarities(f"{topic}: {article.title}", texts)
    return spans[int((similarities >= similarities.max() - _MARGIN).argmax())]


def head(article: Article) -> str:
    """The headline and the first few sentences of an article."""
    texts = (article.text[start:end] for start, end in _told_spans(article, _FIRST))
    return "\n".join((article.title, *texts))


def _told_spans(article: Article, most: int | None) -> list[Span]:
    """The spans of the first sentences that state something; of all the text if none does."""
    spans = told(article.text, article.language)[:most] or ((0, len(article.text)),)
    return [(after_dateline(article.text, start, end), end) for start, end in spans]
