"""Questions about the archive itself: how many articles mention somebody, and which.

They are answered by counting, over all of the archive that the filters let through. The count is
the program's own sentence; what stands below it are quotes, as everywhere.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.answer import Answer, Statement
from assistant.citing import cite
from assistant.evidence import after_dateline, coverage
from assistant.layout import is_told
from assistant.mentions import Matched, spellings, words_of
from assistant.periods import Period
from assistant.refusing import OUTSIDE
from assistant.spoken import spoken_number
from assistant.wording import gettext, ngettext, nouns
from corpus import Article, sentences
from index import Archive, Filters
from index.lexical import QueryWord
from index.tagging import KINDS
from index.words import words

MOST_QUOTED = 10
"""Of so many articles at the most a sentence is quoted; all are counted."""

# Of so many of the newest it is looked which of them carry one text.
_MOST_LOOKED_AT = 50

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
        r"(?:\s+(?:mention(?:s|ed|ing)?|about|on|cover(?:s|ed|ing)?|name"
        r"|(?P<source>from|(?<=published )(?:in|by)))"
        r"\s+(?:both\s+)?(?P<topic>.+?))?(?:\s+(?:are\s+there|do\s+you\s+have|(?:were|are)\s+published|appeared"
        r"|(?:are\s+)?in\s+(?:the|this|my)\s+archive))*",
        r"how\s+(?:often|many\s+times)\s+(?:is|are|was|were|has|have)\s+(?P<topic>.+?)"
        r"(?:\s+been)?\s+mentioned",
        r"(?:(?:what(?:\s+is|\s+are|[’']s)|give\s+me|show(?:\s+me)?|list|any)\s+)?(?:the\s+)?"
        r"(?P<newest>latest|newest|most\s+recent)\s+(?:articles?|news|(?:(?:news|articles?)\s+)?"
        r"(?:on|about|(?P<source>from))\s+(?P<topic>.+?))",
        r"(?:(?:is\s+there\s+)?any\s+)?(?P<newest>news)(?:\s+(?:on|about)\s+(?P<topic>.+?))?",
        r"what(?:[’']s|\s+is|\s+was|\s+has)?\s+"
        r"(?P<newest>happened|new|in\s+the\s+news|the\s+(?:latest|newest)\s+news)(?P<topic>)",
    )
]
_WORDS = re.compile(r"\w.*\w")
# "The word 'harbour'" is that word; of "the Post are about the harbour" one is the paper.
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
    """What articles are asked for: all that mention the ``topic``, or all there are if it is empty.

    If ``newest`` the newest matter, not how many there are, and if it ``lists`` each; if
    ``from_source`` the topic may be the paper that they stand in. They are only those in the
    ``paper``, or by the ``author``, if one is named beside; an ``author`` may be a paper, too.
    With ``outlets`` their sources are asked for.
    """

    topic: str
    newest: bool = False
    lists: bool = field(default=False, compare=False)
    from_source: bool = field(default=False, compare=False)
    paper: str = ""
    author: str = ""
    outlets: bool = False


def holding(question: str, period: Period | None = None) -> Holding | None:
    """The articles that a question asks for; None if it asks for anything else.

    The words that say the ``period`` are no part of it: "News from 5 May" is "News" of that day.
    """
    asked = question.replace(period.words, " ") if period else question
    words = _WORDS.search(" ".join(asked.split()))
    for pattern in _ASKED:
        if words and (match := pattern.fullmatch(words[0])):
            named = match.groupdict(default="")
            topic = _THE_WORD.sub("", named["topic"]).strip(_QUOTES)
            newest, from_source = bool(named.get("newest")), bool(named.get("source"))
            lists = "count" in named and not named["count"]
            paper, author = named.get("paper", ""), named.get("author", "")
            if from_source and (both := _PAPER_AND_TOPIC.fullmatch(topic)):
                (paper, topic), from_source = both.groups(), False
            outlets = bool(named.get("outlets"))
            return Holding(topic, newest, lists, from_source, paper, author, outlets)
    return None


def listed(archive: Archive, wanted: Holding, question: str, filters: Filters) -> Answer | None:
    """How many articles there are of those wanted, with a sentence from each, newest first.

    The ``reason`` says how many there are, and which of them are quoted. None where the archive
    has no paper and no author of the name that is asked for: then the question is about something
    else.
    """
    if not filters.sources:
        wanted, papers = _in_papers(archive, wanted)
        filters = replace(filters, sources=papers) if papers else filters
    author = wanted.author
    written = archive.written_by(author, filters) if author else None
    if wanted.paper or written == []:
        return None
    matched: Matched = ()
    is_count = not (wanted.topic or wanted.newest or wanted.lists or author)
    if wanted.topic:
        asked = archive.query_words(wanted.topic)
        articles, is_named = _about(archive, wanted.topic, filters, written)
        total = len(articles)
        counts: dict[str, Any] = {"num": spoken_number(total), "topic": wanted.topic}
        counted = ngettext(*(_MENTION if is_named else _HAVE), total, **counts)
        none = gettext("No article in the archive mentions “%(topic)s”.", topic=wanted.topic)
        if not articles and filters and archive.mentioning(wanted.topic):
            none = gettext(OUTSIDE)
        there = words_of(f"{article.title} {article.text}" for article in articles)
        others = spellings(archive, wanted.topic, there)
        matched = ((wanted.topic, others),) if others else ()
    else:
        total, asked = archive.count(filters) if written is None else len(written), []
        held = _WITHIN if filters else _HELD
        counted = none = ngettext(*held, total, num=spoken_number(total))
        articles = [] if is_count else _newest(archive, filters, written)
    if author:
        counted = gettext("%(counted)s; written by %(author)s", counted=counted, author=author)
    if wanted.outlets:
        known = articles if wanted.topic or author else None
        sources = ", ".join(_outlets(archive, known, filters))
        counted = gettext(
            "%(counted)s; in these sources: %(sources)s", counted=counted, sources=sources
        )
    if is_count:
        return Answer(question, "counted", 1.0, reason=f"{counted}.", filters=filters)
    if not articles:
        return Answer(question, "nothing found", 0.0, reason=none, filters=filters)
    quoted = _each_text_once(archive, articles)
    statements = tuple(
        Statement((cite(marker, article, _sentence(asked, article), [], copies),), 1.0)
        for marker, (article, copies) in enumerate(quoted, 1)
    )
    if total > sum(1 + len(copies) for _, copies in quoted):
        counted = gettext(
            "%(counted)s; the newest %(num)s are quoted", counted=counted, num=len(quoted)
        )
    elif not wanted.topic and total > 1:
        counted = gettext("%(counted)s; the newest comes first", counted=counted)
    return Answer(
        question, "answered", 1.0, statements,
        filters=filters, reason=f"{counted}.", matched=matched,
    )  # fmt: skip


def _in_papers(archive: Archive, wanted: Holding) -> tuple[Holding, tuple[str, ...]]:
    """What is wanted without the paper that it is to stand in, and the sources of that name.

    It may be named before the topic, in its place, or after it: "Which articles in the Post mention
    Holm?", "Which articles are from the Post?", "Which articles mention Holm in the Post?".
    """
    if papers := archive.sources_called(wanted.paper or wanted.author):
        return replace(wanted, paper="", author=""), papers
    if wanted.from_source and (papers := archive.sources_called(wanted.topic)):
        return replace(wanted, topic=""), papers
    after = _IN_A_PAPER.fullmatch(wanted.topic)
    if after and (papers := archive.sources_called(after["paper"])):
        return replace(wanted, topic=after["topic"]), papers
    if after and after["by"] and archive.authors_called(after["paper"]):
        return replace(wanted, topic=after["topic"], author=after["paper"]), ()
    return wanted, ()


def _about(
    archive: Archive, topic: str, filters: Filters, written: Collection[str] | None
) -> tuple[list[Article], bool]:
    """The articles that have the words of a topic, newest first, and whether they name it.

    Several words may stand apart in an article; a name is one thing. With ``written`` only those
    with one of these ids.
    """
    articles = archive.mentioning(topic, filters)
    names = [*filter(None, _AND.split(topic))] if topic[0].isupper() else [topic]
    if 1 < len(names) <= _MOST_NAMES and not any(
        archive.names.entity(kind, topic) for kind in KINDS
    ):
        # Of Keel and Blum, each may stand in another passage; Marks and Spencer is one name.
        mentioning = [_about(archive, name, filters, written) for name in names]
        ids = set.intersection(*({article.id for article in about} for about, _ in mentioning))
        return [article for article in mentioning[0][0] if article.id in ids], False
    if written is not None:
        ids = set(written)
        articles = [article for article in articles if article.id in ids]
    asked = archive.query_words(topic)
    is_one = len(asked) == 1 or topic[0].isupper()
    if is_one and (named := [one for one in articles if _names(asked, one)]):
        return named, True
    return articles, is_one and not articles


def _outlets(
    archive: Archive, articles: Sequence[Article] | None, filters: Filters
) -> Mapping[str, int]:
    """How many of some articles each source has, or of all that the filters let through."""
    if articles is None:
        return archive.hits("", filters, most=0).sources
    return Counter(article.source for article in articles if article.source)


def _names(asked: Sequence[QueryWord], article: Article) -> bool:
    """Whether the words stand in an article as one name, with a title or an initial between."""
    there = words(f"{article.title}\n{article.text}")
    ends = {at for at, word in enumerate(there) if word in asked[0].forms}
    for other in asked[1:]:
        near = {at + step for at in ends for step in (1, 2) if at + step < len(there)}
        ends = {at for at in near if there[at] in other.forms}
    return bool(ends)


def _newest(archive: Archive, filters: Filters, written: list[str] | None) -> list[Article]:
    """The newest that the filters let through, or of those that were ``written`` by somebody."""
    if written is not None:
        filters = replace(filters, articles=tuple(written[:_MOST_LOOKED_AT]))
    if not filters:
        return archive.newest(_MOST_LOOKED_AT)
    hits = archive.hits("", filters, "newest", most=_MOST_LOOKED_AT)
    return [passage.article for passage in hits.passages]


def _each_text_once(
    archive: Archive, articles: Sequence[Article]
) -> list[tuple[Article, list[Article]]]:
    """The first articles of different texts, each with those others that carry its text."""
    ids = {article.id for article in articles}
    distinct: list[tuple[Article, list[Article]]] = []
    for article in articles:
        if article.id in ids and len(distinct) < MOST_QUOTED:
            copies = [copy for copy in archive.copies(article.id) if copy.id in ids]
            ids -= {copy.id for copy in copies}
            distinct.append((article, copies))
    return distinct


def _sentence(asked: list[QueryWord], article: Article) -> tuple[int, int]:
    """The first of those sentences that have most of the words; datelines do not count."""
    text = article.text
    spans = [
        (after_dateline(text, start, end), end) for start, end in sentences(text, article.language)
    ]
    full = [(start, end) for start, end in spans if is_told(text[start:end])]
    quoted = full or spans or [(0, len(text))]
    return max(quoted, key=lambda span: coverage(asked, text[slice(*span)]))
