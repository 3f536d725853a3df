"""Questions about the archive itself: how many articles mention somebody, and which.

They are answered by counting the articles that the filters let through. The sentence with the count
is the program's own; the sentences below it are quotes, as everywhere.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from assistant.answer import Answer, Statement
from assistant.citing import cite
from assistant.evidence import coverage, lacking
from assistant.layout import after_dateline, is_told
from assistant.mentions import Matched, spellings, words_of
from assistant.periods import Period
from assistant.refusing import OUTSIDE
from assistant.spoken import spoken_number
from assistant.topics import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    Topic,
    beginnings,
    head,
    topic_at_end,
)
from assistant.wording import gettext, message, ngettext, nouns
from corpus import Article, sentences
from index import Archive, Filters
from index.lexical import QueryWord
from index.ranking import age
from index.tagging import KINDS
from index.words import words

MOST_QUOTED = 10
"""From how many articles at most a sentence is quoted; all articles are counted."""

# How many of the newest articles are searched for copies of one text.
_MOST_EXAMINED = 50
# How many of the newest articles are searched for those that are about something.
_MOST_READ = 150

_MENTION = nouns("One article mentions “%(topic)s”", "%(num)s articles mention “%(topic)s”")
_HAVE = nouns(
    "One article has the words “%(topic)s”", "%(num)s articles have the words “%(topic)s”"
)
_HELD = nouns("One article in the archive", "%(num)s articles in the archive")
_WITHIN = nouns(
    "One article in the archive within the dates and sources that are asked for",
    "%(num)s articles in the archive within the dates and sources that are asked for",
)

_ASKED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?!\w+$)(?:(?:(?P<count>how\s+many|(?:the\s+)?number\s+of)|which|what|list|show|find|give)\b(?:\s+me)?(?:\s+all)?"
        r"(?:\s+of)?(?:\s+the)?\s+)?(?:articles|stories|(?P<outlets>(?:news)?papers|sources|outlets))\b"
        r"(?:\s+(?:in|from)\s+(?P<paper>.+?)|\s+(?:by|did|has|have)\s+(?P<author>.+?)"
        r"(?:\s+(?:written|write|published|publish|printed|print)(?:\s+(?:in|for))?)?)??"
        r"(?:\s+(?:that|which|is|are|was|were|has|have|been|there|do|does|you|we|published|written|wrote|reported"
        r"|in\s+(?:the|this|my)\s+archive))*?"
        r"(?:\s+(?:mention(?:s|ed|ing)?|(?P<about>about|on|cover(?:s|ed|ing)?)|name"
        r"|(?P<source>from|(?<=published )(?:in|by)))"
        r"\s+(?:both\s+)?(?P<topic>.+?))?(?:\s+(?:are\s+there|do\s+you\s+have|(?:were|are)\s+published|appeared"
        r"|(?:are\s+)?in\s+(?:the|this|my)\s+archive))*",
        r"how\s+(?:often|many\s+times)\s+(?:is|are|was|were|has|have)\s+(?P<topic>.+?)"
        r"(?:\s+been)?\s+mentioned",
        r"(?:(?:what(?:\s+is|\s+are|[’']s)|give\s+me|show(?:\s+me)?|list|any)\s+)?(?:the\s+)?"
        r"(?P<newest>latest|newest|most\s+recent)\s+(?:articles?|news|(?:(?:news|articles?)\s+)?"
        r"(?:on|about|(?P<source>from))\s+(?P<topic>.+?))",
        r"(?:(?:what(?:\s+is|\s+are|\s+was|\s+were|[’']s)|give\s+me|show(?:\s+me)?|list)\s+)?(?:the\s+)?"
        r"(?P<oldest>oldest|earliest|first)\s+(?:articles?|reports?|story|stories|mentions?)"
        r"(?:\s+(?:on|about|of|mentioning|that\s+mentions?)\s+(?P<topic>.+?))?",
        r"when\s+(?:was|were)\s+(?P<topic>.+?)\s+(?P<oldest>first)\s+(?:mentioned|written\s+about|"
        r"reported\s+on)",
        r"(?:(?:(?:is|are)\s+there\s+)?any\s+)?(?P<newest>news|updates?|developments?|anything\s+new)"
        r"(?:\s+(?:on|about)\s+(?P<topic>.+?))?",
        r"what(?:[’']s|\s+is)\s+(?P<newest>new)\s+(?:on|about|with)\s+(?P<topic>.+?)",
        r"what(?:[’']s|\s+is|\s+was|\s+has)?\s+"
        r"(?P<newest>happened|new|in\s+the\s+news|the\s+(?:latest|newest)\s+news)(?P<topic>)",
    )
]
_WORDS = re.compile(r"\w.*\w")
# "The word 'harbour'" means that word; "the Post are about the harbour" begins with a paper.
_THE_WORD = re.compile(r"\s*the\s+(?:word|term|phrase|name)s?\s+(?=[\"'“‘„«])", re.IGNORECASE)
_QUOTES = " \"'“”„‘’«»"
_PAPER_AND_TOPIC = re.compile(
    r"(.+?)\s+(?:that\s+|which\s+)?(?:are\s+|were\s+)?(?:about|mention|cover)\s+(.+)", re.IGNORECASE
)
_AND = re.compile(r",?\s+and\s+|,\s*", re.IGNORECASE)
_MOST_NAMES = 5
_IN_A_PAPER = re.compile(r"(?P<topic>.*\S)\s+(?:in|from|(?P<by>by))\s+(?P<paper>.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Holding:
    """Which articles are asked for: those that mention the ``topic``, or all if it is empty.

    With ``newest`` or ``oldest`` these articles matter, not their number. With ``lists`` each
    article is asked for; with ``is_about`` it may be about the topic in other words. With
    ``from_source`` the topic may be the paper that published the articles. If a ``paper`` or an
    ``author`` is named as well, only their articles count; an ``author`` may be a paper, too. With
    ``outlets`` the sources of the articles are asked for.
    """

    topic: str
    newest: bool = False
    lists: bool = field(default=False, compare=False)
    is_about: bool = field(default=False, compare=False)
    from_source: bool = field(default=False, compare=False)
    paper: str = ""
    author: str = ""
    outlets: bool = False
    oldest: bool = False

    @property
    def is_ordered(self) -> bool:
        return self.newest or self.oldest

    @property
    def near(self) -> Topic | None:
        """The topic whose nearest articles may be quoted if none has its words."""
        may_differ = self.is_ordered or (self.lists and self.is_about)
        if not self.topic or self.paper or self.author or not may_differ:
            return None
        return Topic(self.topic, self.is_ordered, self.newest)


def holding(question: str, period: Period | None = None) -> Holding | None:
    """The articles that a question asks for; None if it asks for anything else.

    The words of the ``period`` are left out: "News from 5 May" is "News" of that day.
    """
    undated = question.replace(period.words, " ") if period else question
    words = _WORDS.search(" ".join(undated.split()))
    for pattern in _ASKED:
        if words and (match := pattern.fullmatch(words[0])):
            groups = match.groupdict(default="")
            topic = _THE_WORD.sub("", groups["topic"]).strip(_QUOTES)
            newest, oldest = bool(groups.get("newest")), bool(groups.get("oldest"))
            from_source = bool(groups.get("source"))
            lists = "count" in groups and not groups["count"]
            paper, author = groups.get("paper", ""), groups.get("author", "")
            if from_source and (both := _PAPER_AND_TOPIC.fullmatch(topic)):
                (paper, topic), from_source = both.groups(), False
            outlets = bool(groups.get("outlets"))
            return Holding(
                topic, newest, lists, bool(groups.get("about")), from_source,
                paper, author, outlets, oldest,
            )  # fmt: skip
    return None


def listed(archive: Archive, request: Holding, question: str, filters: Filters) -> Answer | None:
    """The number of articles that are asked for, with a sentence from each.

    The newest come first, or the oldest if these are asked for. ``reason`` says how many there are,
    and which of them are quoted. None if the archive knows no paper and no author of the name in
    the request: then the question is about something else.
    """
    if not filters.sources:
        request, papers = _in_papers(archive, request)
        filters = replace(filters, sources=papers) if papers else filters
    author = request.author
    written = archive.written_by(author, filters) if author else None
    if request.paper or written == []:
        return None
    matched: Matched = ()
    ahead: list[Article] = []
    is_count = not (request.topic or request.is_ordered or request.lists or author)
    if request.topic:
        query_words = archive.query_words(request.topic)
        articles, is_name = _find_articles(archive, request.topic, filters, written)
        articles = sorted(articles, key=age) if request.oldest else articles
        total = len(articles)
        counts: dict[str, Any] = {"num": spoken_number(total), "topic": request.topic}
        counted = ngettext(*(_MENTION if is_name else _HAVE), total, **counts)
        none = gettext("No article in the archive mentions “%(topic)s”.", topic=request.topic)
        if not articles and filters and archive.mentioning(request.topic):
            none = gettext(OUTSIDE)
        if request.newest:
            # Of all that mention it, the newest that are about it are asked for.
            about = (item for item in articles[:_MOST_READ] if not lacking(query_words, head(item)))
            ahead = [*islice(about, MOST_QUOTED)]
            articles = ahead or articles
        article_words = words_of(f"{article.title} {article.text}" for article in articles)
        other_spellings = spellings(archive, request.topic, article_words)
        matched = ((request.topic, other_spellings),) if other_spellings else ()
    else:
        total, query_words = archive.count(filters) if written is None else len(written), []
        held_messages = _WITHIN if filters else _HELD
        counted = none = ngettext(*held_messages, total, num=spoken_number(total))
        articles = [] if is_count else _in_order(archive, filters, written, request.oldest)
    if author:
        counted = gettext("%(counted)s; written by %(author)s", counted=counted, author=author)
    if request.outlets:
        listed_articles = articles if request.topic or author else None
        sources = ", ".join(_outlets(archive, listed_articles, filters))
        counted = gettext(
            "%(counted)s; in these sources: %(sources)s", counted=counted, sources=sources
        )
    if is_count:
        return Answer(question, "counted", 1.0, reason=f"{counted}.", filters=filters)
    if not articles:
        return Answer(question, "nothing found", 0.0, reason=none, filters=filters)
    quoted = _distinct_texts(archive, articles)
    statements = tuple(
        Statement((cite(marker, article, _sentence(query_words, article), [], copies),), 1.0)
        for marker, (article, copies) in enumerate(quoted, 1)
    )
    shown = sum(1 + len(copies) for _, copies in quoted)
    if order := _said_of_order(request, total, shown, bool(ahead)):
        counted = gettext(order, counted=counted, num=len(quoted))
    return Answer(
        question, "answered", 1.0, statements,
        filters=filters, reason=f"{counted}.", matched=matched,
    )  # fmt: skip


def _said_of_order(request: Holding, total: int, shown: int, ahead: bool) -> str:
    """The message on which of the articles are quoted, and in which order; empty if it is plain."""
    if total > shown:
        if request.oldest:
            return message("%(counted)s; the oldest %(num)s are quoted")
        if ahead:
            return message(
                "%(counted)s; the newest %(num)s with it in headline or beginning are quoted"
            )
        return message("%(counted)s; the newest %(num)s are quoted")
    if total > 1 and request.oldest:
        return OLDEST_FIRST
    return NEWEST_FIRST if total > 1 and not request.topic else ""


def on_topic(
    archive: Archive, topic: Topic, question: str, filters: Filters, today: date | None
) -> Answer | None:
    """What the articles about a topic begin with, or else what those that mention it say of it.

    None if there are none. An article that only mentions the topic tells of no fact.
    """
    about = beginnings(archive, topic, question, filters, today)
    if about or topic.fact:
        return about
    mentioning = listed(archive, Holding(topic.name), question, filters)
    return mentioning if mentioning and mentioning.statements else None


def on_keywords(
    archive: Archive, keywords: str, filters: Filters, today: date | None, *, unanswered: bool
) -> Answer | None:
    """What is on the topic at the end of keywords, or in the articles nearest to all of them.

    "Catch me up on the strike" is about the strike, since its articles lack "catch" and "up". Where
    an article has all words of "attack on the bridge", all are the topic. They get the beginnings
    of articles only if they are ``unanswered``, since "bridge cost" asks for a fact.
    """
    before, topic = topic_at_end(keywords)
    found = None
    if topic:
        found = on_topic(archive, Topic(topic, not unanswered), keywords, filters, today)
    if found:
        article = found.citations[0].article
        if lacking(archive.query_words(before), f"{article.title}\n{article.text}"):
            return found
    if not unanswered:
        return None
    return beginnings(archive, Topic(keywords), keywords, filters, today) or found


def _in_papers(archive: Archive, request: Holding) -> tuple[Holding, tuple[str, ...]]:
    """The request without the paper that it names, and the sources of that name.

    A paper may be named before the topic ("Which articles in the Post mention Holm?"), in its place
    ("Which articles are from the Post?") or after it ("Which articles mention Holm in the Post?").
    """
    if papers := archive.sources_called(request.paper or request.author):
        return replace(request, paper="", author=""), papers
    if request.from_source and (papers := archive.sources_called(request.topic)):
        return replace(request, topic=""), papers
    after = _IN_A_PAPER.fullmatch(request.topic)
    if after and (papers := archive.sources_called(after["paper"])):
        return replace(request, topic=after["topic"]), papers
    if after and after["by"] and archive.authors_called(after["paper"]):
        return replace(request, topic=after["topic"], author=after["paper"]), ()
    return request, ()


def _find_articles(
    archive: Archive, topic: str, filters: Filters, written: Collection[str] | None
) -> tuple[list[Article], bool]:
    """The articles that have the words of a topic, newest first, and whether they name it.

    Several words may stand apart in an article, but a name is one phrase. If ``written`` is given,
    only articles with one of these ids count.
    """
    articles = archive.mentioning(topic, filters)
    names = [*filter(None, _AND.split(topic))] if topic[0].isupper() else [topic]
    if 1 < len(names) <= _MOST_NAMES and not any(
        archive.names.entity(kind, topic) for kind in KINDS
    ):
        # Keel and Blum may each be named in another passage; Marks and Spencer is one name.
        mentioning = [_find_articles(archive, name, filters, written) for name in names]
        ids = set.intersection(*({article.id for article in about} for about, _ in mentioning))
        return [article for article in mentioning[0][0] if article.id in ids], False
    if written is not None:
        ids = set(written)
        articles = [article for article in articles if article.id in ids]
    query_words = archive.query_words(topic)
    is_name = len(query_words) == 1 or topic[0].isupper()
    if is_name and (naming := [article for article in articles if _has_name(query_words, article)]):
        return naming, True
    return articles, is_name and not articles


def _outlets(
    archive: Archive, articles: Sequence[Article] | None, filters: Filters
) -> Mapping[str, int]:
    """How many of the articles each source has, or of all articles that the filters let through."""
    if articles is None:
        return archive.hits("", filters, most=0).sources
    return Counter(article.source for article in articles if article.source)


def _has_name(query_words: Sequence[QueryWord], article: Article) -> bool:
    """Whether an article has the words as one name, perhaps with a title or an initial between."""
    article_words = words(f"{article.title}\n{article.text}")
    ends = {at for at, word in enumerate(article_words) if word in query_words[0].forms}
    for other in query_words[1:]:
        near = {at + step for at in ends for step in (1, 2) if at + step < len(article_words)}
        ends = {at for at in near if article_words[at] in other.forms}
    return bool(ends)


def _in_order(
    archive: Archive, filters: Filters, written: list[str] | None, oldest: bool
) -> list[Article]:
    """The newest or oldest articles that the filters let through, or of those by an author."""
    if written is not None:
        filters = replace(filters, articles=tuple(written if oldest else written[:_MOST_EXAMINED]))
    if not filters and not oldest:
        return archive.newest(_MOST_EXAMINED)
    hits = archive.hits("", filters, "oldest" if oldest else "newest", most=_MOST_EXAMINED)
    return [passage.article for passage in hits.passages]


def _distinct_texts(
    archive: Archive, articles: Sequence[Article]
) -> list[tuple[Article, list[Article]]]:
    """The first articles with different texts, each with the others that carry its text."""
    ids = {article.id for article in articles}
    distinct: list[tuple[Article, list[Article]]] = []
    for article in articles:
        if article.id in ids and len(distinct) < MOST_QUOTED:
            copies = [copy for copy in archive.copies(article.id) if copy.id in ids]
            ids -= {copy.id for copy in copies}
            distinct.append((article, copies))
    return distinct


def _sentence(query_words: list[QueryWord], article: Article) -> tuple[int, int]:
    """The first of the sentences that have most of the words; datelines do not count."""
    text = article.text
    spans = [
        (after_dateline(text, start, end), end) for start, end in sentences(text, article.language)
    ]
    full = [(start, end) for start, end in spans if is_told(text[start:end])]
    quoted = full or spans or [(0, len(text))]
    return max(quoted, key=lambda span: coverage(query_words, text[slice(*span)]))
