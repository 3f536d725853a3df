"""An answer as HTML, for the chat and for notebooks.

What articles and questions contain is data. It reaches HTML only through ``escaped`` and, for
addresses, ``safe_address``; no Markdown is involved anywhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from html import escape
from itertools import pairwise
from urllib.parse import urlencode, urlsplit
from zlib import crc32

from assistant.answer import Answer, Citation
from corpus import Article, Published, sentences
from corpus.calendar_words import MONTHS
from index import Passage

NEAREST = 3
"""How many articles are offered where the archive does not say."""

NOT_EVIDENCE = "These articles are the nearest in the archive. They do not answer the question."

CONFLICT = "The archive has another text of this article, from another place: compare them."
"""Said wherever an article is quoted that gives itself the id of one from elsewhere."""

HEADLINE = 300
"""Characters of a headline at most: so that no article takes over the page."""

_CREDIT = 100
_QUOTE = 4_000
_AROUND = 280
_EXCERPT = 320
_MOST_COPIES = 20
# What servers and browsers take as an address.
_LONGEST_ADDRESS = 2_000
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
# How far from a quote the sentences around it are looked for.
_REACH = 2_000


def escaped(text: str, most: int = _QUOTE) -> str:
    """Text as HTML that shows exactly that text, or its first ``most`` characters and ``…``."""
    return escape(shortened(text, most))


def shortened(text: str, most: int) -> str:
    """The text, cut at a space if it is longer than ``most`` characters."""
    if len(text) <= most:
        return text
    cut = text[:most]
    words, space, _ = cut.rpartition(" ")
    # A "word" that fills half of the room is none to wait for.
    return (words if space and len(words) > most // 2 else cut).rstrip() + " …"


def safe_address(url: str | None) -> tuple[str, str] | None:
    """A web address and the name of its host, or None if it is not plainly one."""
    if not url or len(url) > _LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return parts.geturl(), host.removeprefix("www.")


def spoken_day(day: date) -> str:
    """A day as a reader expects it: ``21 August 2016``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def spoken_month(month: int) -> str:
    """The name of a month, from 1 to 12."""
    return MONTHS[month - 1]


def spoken_date(published: Published) -> str:
    """The date of an article, no more exact than it is known."""
    if published.precision == "year":
        return str(published.day.year)
    if published.precision == "month":
        return f"{MONTHS[published.day.month - 1]} {published.day.year}"
    return spoken_day(published.day)


def spoken_period(first: date | None, last: date | None) -> str:
    """The days that an archive covers: ``22 August 2016 – 4 May 2026``."""
    if first is None or last is None:
        return "no known dates"
    return spoken_day(first) if first == last else f"{spoken_day(first)} – {spoken_day(last)}"


def counted(number: int, what: str) -> str:
    """How many there are of something: ``1,043 articles``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def surroundings(article: Article, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a quote: of each side the nearest sentence, or its end."""
    before = article.text[max(0, start - _REACH) : start]
    spans = sentences(before, article.language)
    before = before[spans[-1][0] :] if spans else ""
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    after = article.text[end : end + _REACH]
    spans = sentences(after, article.language)
    after = shortened(after[: spans[0][1]], _AROUND) if spans else ""
    return before, after


def statements(answer: Answer, key: str, shown: int | None = None) -> str:
    """The first statements of an answer, each with markers that lead to its quotes.

    ``key`` tells the answers on one page apart: it is part of what their links lead to. Where
    sentences are about the sides of a question, each side is named before its first one. The
    short answer, if there is one, stands above its sentence.
    """
    parts = []
    if answer.short and shown != 0:
        parts.append(f'<p class="short" dir="auto">{escaped(answer.short.text)}</p>')
    side = ""
    for number, each in enumerate(answer.statements[:shown], 1):
        if each.side != side and each.side:
            parts.append(f'<p class="side" dir="auto">{words(each.side, _CREDIT)}</p>')
        side = each.side
        markers = "".join(_marker(citation.marker, key) for citation in each.citations)
        parts.append(
            f'<p class="statement" id="statement-{key}-{number}" tabindex="-1" dir="auto">'
            f'{words(each.text)}<span class="markers" dir="ltr">{markers}</span></p>'
        )
    return "".join(parts)


def reason(answer: Answer) -> str:
    """Why there is no answer."""
    return f'<p class="reason">{escaped(answer.reason)}</p>'


def is_filled_in(answer: Answer) -> bool:
    """Whether a question was asked otherwise than it was typed."""
    return bool(answer.standalone) and answer.standalone != answer.question


def remarks(answer: Answer, key: str, filled_in: bool = True) -> str:
    """What a reader has to know of how an answer came about.

    That it was asked otherwise than it was typed (``filled_in`` is off where that is said
    elsewhere), that it had better be checked, how the archive spells a name, where sources
    differ, and the answer's own notes.
    """
    parts = []
    if filled_in and is_filled_in(answer):
        parts.append(f"Read as: {words(answer.standalone)}")
    for name, spellings in answer.matched:
        spelt = ", ".join(words(each, _CREDIT) for each in spellings)
        parts.append(f"{words(name, _CREDIT)} was matched as {spelt}.")
    parts += [words(note) for note in answer.notes]
    said = "".join(f'<p class="note" dir="auto">{part}</p>' for part in parts)
    if answer.hedged and answer.statements:
        said = (
            '<p class="hedged">The archive supports this weakly; check it in the sources.</p>'
            + said
        )
    cited = {citation.marker: citation.article for citation in answer.citations}
    return said + "".join(_difference(each.values, cited, key) for each in answer.differences)


def _difference(
    values: Iterable[tuple[str, tuple[int, ...]]], cited: Mapping[int, Article], key: str
) -> str:
    """Each value with its markers, and who said it when."""
    sides = "".join(
        f'<li><span class="words" dir="auto">{escaped(value, _CREDIT)}</span>'
        f'<span dir="ltr">{"".join(_marker(marker, key) for marker in markers)}</span>'
        f"{''.join(credited(cited[marker]) for marker in markers[:1] if marker in cited)}</li>"
        for value, markers in values
    )
    return (
        '<div class="differs"><p class="note">The sources differ:</p>'
        f'<ul class="sides">{sides}</ul></div>'
    )


def _marker(marker: int, key: str) -> str:
    return (
        f' <a class="marker" href="#source-{key}-{marker}" '
        f'aria-label="Source {marker}">[{marker}]</a>'
    )


def cards(answer: Answer, key: str, shown: int | None = None, opens: bool = False) -> str:
    """A card for each article that the first statements cite, in the order of the citations.

    ``opens`` gives each a button that asks the page for the article's reader.
    """
    cited: dict[str, dict[int, Citation]] = {}
    proved: dict[int, int] = {}
    for number, each in enumerate(answer.statements[:shown], 1):
        for citation in each.citations:
            cited.setdefault(citation.article.id, {})[citation.marker] = citation
            proved.setdefault(citation.marker, number)

    def mark(citation: Citation) -> str:
        marker = citation.marker
        return (
            f'<a class="marker" href="#statement-{key}-{proved[marker]}" dir="ltr" '
            f'aria-label="Back to the sentence that cites source {marker}">[{marker}]</a>'
            f'<mark id="source-{key}-{marker}" tabindex="-1">{_quote(citation)}</mark>'
        )

    def card(citations: list[Citation]) -> str:
        article = citations[0].article
        spans = [(each.start, each.end) for each in citations]
        button = _opener(article, spans) if opens else ""
        copies = {copy.id: copy for each in citations for copy in each.copies}
        return _card(
            article, outlets(list(copies.values())) + _quotations(citations, mark) + button
        )

    return _list(card(list(each.values())) for each in cited.values())


def inside(text: str, start: int, end: int, spans: Iterable[tuple[int, int]], tag: str) -> str:
    """``text[start:end]`` with an element around each of the spans, as far as they lie in it."""
    parts = []
    at = start
    for each in sorted(spans):
        begin, stop = max(at, each[0]), min(end, each[1])
        if begin < stop:
            parts += [escape(text[at:begin]), f"<{tag}>{escape(text[begin:stop])}</{tag}>"]
            at = stop
    return "".join(parts) + escape(text[at:end])


def direction(article: Article) -> str:
    """In which direction an article is written, as far as its language tells."""
    language = (article.language or "").casefold().partition("-")[0]
    return "rtl" if language in _RIGHT_TO_LEFT else "auto"


def _quote(citation: Citation) -> str:
    """The quoted words: those that were asked for stand out, and relative dates say their day.

    The day is an attribute, which the page shows beside the words: the quote stays verbatim.
    """
    if citation.end - citation.start > _QUOTE:
        return escaped(citation.quote)
    text = citation.article.text
    parts = []
    at = citation.start
    for each in sorted(citation.dated, key=lambda dated: dated.start):
        if at <= each.start < each.end <= citation.end:
            days = spoken_period(each.first, each.last)
            words = inside(text, each.start, each.end, citation.marks, "b")
            parts.append(inside(text, at, each.start, citation.marks, "b"))
            parts.append(f'<time class="dated" title="{days}">{words}</time>')
            at = each.end
    return "".join(parts) + inside(text, at, citation.end, citation.marks, "b")


def outlets(copies: Sequence[Article]) -> str:
    """That several outlets carry one text, and which; empty where there are no copies."""
    if not copies:
        return ""
    named = ", ".join(words(each.source or each.title, _CREDIT) for each in copies[:_MOST_COPIES])
    more = f" and {len(copies) - _MOST_COPIES} more" if len(copies) > _MOST_COPIES else ""
    return f'<p class="outlets">{len(copies) + 1} outlets, one text: also {named}{more}</p>'


def _opener(article: Article, spans: Iterable[tuple[int, int]]) -> str:
    quotes = ",".join(f"{start}-{end}" for start, end in spans)
    # Half of a surrogate pair has no place in an address, nor does an archive hold one.
    asked = {"id": article.id, "version": article.version, "quotes": quotes}
    query = urlencode(asked, errors="replace")
    if len(query) > 2 * _LONGEST_ADDRESS:
        return ""
    return (
        f'<p class="link"><button type="button" class="whole" data-query="{escape(query)}">'
        "Read the whole article</button></p>"
    )


def nearest(answer: Answer, opens: bool = False) -> str:
    """A card for each of the nearest articles, with its best passage and nothing marked."""
    best: dict[str, Passage] = {}
    for passage in answer.passages:
        best.setdefault(passage.article.id, passage)
    return _list(
        _card(
            each.article,
            f'<blockquote dir="auto">{words(each.text.strip(), _EXCERPT)}</blockquote>'
            + (_opener(each.article, []) if opens else ""),
            "near",
        )
        for each in list(best.values())[:NEAREST]
    )


def listed(articles: Iterable[Article]) -> str:
    """Headline, source and date of each of the articles, with a button that opens its reader."""
    return _list(
        f'<li class="entry"><h3 class="headline" dir="auto">{_headline(each)}</h3>'
        f"{credited(each)}{_opener(each, [])}</li>"
        for each in articles
    )


def told(article: Article, start: int, end: int, copies: Sequence[Article] = ()) -> str:
    """A card of what an article says from start to end, which its reader marks."""
    quoted = f'<blockquote dir="auto">{words(article.text[start:end])}</blockquote>'
    return _card(article, outlets(copies) + quoted + _opener(article, [(start, end)]), "near")


def as_notebook(answer: Answer) -> str:
    """The whole answer by itself, as a notebook shows it."""
    asked = f"<p><b>{escaped(answer.question)}</b></p>"
    if answer.statements:
        key = f"{crc32(answer.question.encode(errors='replace')):x}"
        said = f"{remarks(answer, key)}{statements(answer, key)}"
        return f"<div>{asked}{said}{cards(answer, key)}</div>"
    near = f"<p>{NOT_EVIDENCE}</p>{nearest(answer)}" if answer.passages else ""
    return f"<div>{asked}<p>{escaped(answer.reason)}</p>{near}</div>"


def _list(items: Iterable[str]) -> str:
    return f'<ul class="cards" style="list-style: none; padding: 0">{"".join(items)}</ul>'


def _card(article: Article, quoted: str, kind: str = "") -> str:
    return (
        f'<li class="card {kind}"><h3 class="headline" dir="auto">{_headline(article)}</h3>'
        f"{credited(article)}{conflict(article)}{quoted}{link(article)}</li>"
    )


def conflict(article: Article) -> str:
    """That an article from elsewhere has another text; empty where none has."""
    return f'<p class="note conflict">{CONFLICT}</p>' if article.claims else ""


def _headline(article: Article) -> str:
    return escaped(article.title.strip(), HEADLINE) or "Without a headline"


def credited(article: Article) -> str:
    """Source and date, or that they are not known."""
    parts = []
    if article.source:
        parts.append(f'<span class="words" dir="auto">{escaped(article.source, _CREDIT)}</span>')
    if article.published:
        when = article.published
        parts.append(f'<time datetime="{escape(str(when))}">{spoken_date(when)}</time>')
        if when.how == "file time":
            parts.append("dated by its file")
    else:
        parts.append("date unknown" if parts else "source and date unknown")
    return f'<p class="credit">{" · ".join(parts)}</p>'


def link(article: Article) -> str:
    """A link to the article where it was published; empty if it has no web address."""
    address = safe_address(article.url)
    if address is None:
        return ""
    url, host = address
    return (
        f'<p class="link"><a href="{escape(url)}" target="_blank" rel="noopener noreferrer">'
        f"Read it at {escaped(host, _CREDIT)}</a></p>"
    )


def _quotations(citations: Iterable[Citation], mark: Callable[[Citation], str]) -> str:
    """What is quoted from one article, marked, with the sentences around it.

    Quotes that follow closely on each other stand in one passage.
    """
    passages: list[list[Citation]] = []
    for citation in sorted(citations, key=lambda each: (each.start, each.marker)):
        gap = citation.start - passages[-1][-1].end if passages else -1
        if 0 <= gap <= _AROUND:
            passages[-1].append(citation)
        else:
            passages.append([citation])
    return "".join(_passage(each, mark) for each in passages)


def _passage(citations: Sequence[Citation], mark: Callable[[Citation], str]) -> str:
    """Quotes that follow on each other, from the sentence before to the sentence after them."""
    article = citations[0].article
    before, after = surroundings(article, citations[0].start, citations[-1].end)
    parts = [words(before), mark(citations[0])]
    for previous, citation in pairwise(citations):
        parts += [words(article.text[previous.end : citation.start]), mark(citation)]
    return f'<blockquote dir="auto">{"".join(parts)}{words(after)}</blockquote>'


def words(text: str, most: int = _QUOTE) -> str:
    """Text of an article or a question in a stretch of its own.

    Given ``unicode-bidi: isolate``, controls of writing direction in it reach no further.
    """
    return f'<span class="words">{escaped(text, most)}</span>' if text else ""
