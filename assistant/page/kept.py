"""Answers as links, and links opened again.

A link holds the question, its limits, and for each sentence its article, version and offsets, but
no words of articles. The words come from the archive, so a link cannot show what was withdrawn.
Anyone can make a link. A span is shown only if it is whole sentences of the archive, and of what
stands beside the quotes a link only says which it is (see ``assistant.remarks``). The outcome, the
day and the size of the archive at that time cannot be checked; the page says that they come
from the link. The size of a link is bounded, and with it the cost of opening it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from assistant import Assistant
from assistant.answer import Answer, Citation, Difference, Outcome, Statement, Turn
from assistant.assembling import sides
from assistant.citing import cite
from assistant.holdings import holding
from assistant.layout import after_dateline
from assistant.page.tokens import (
    LONGEST,
    MOST_COPIES,
    NotReopened,
    Place,
    Record,
    hash_of,
    keep,
    packed,
    unpacked,
    wording,
)
from assistant.periods import asked_period, counted_from
from assistant.remarks import notes_by_key, reasons_by_key
from assistant.wording import gettext, message, ngettext, nouns
from corpus import Article, sentences
from index import Archive, Filters, Overview, Passage
from index.spelling import may_be_same, names

_LONGEST_VALUE = 100
# Of how many articles all earlier versions are read.
_MOST_HISTORIES = 6
# How many rows before and after its place the row of a table is looked for.
_MOST_ROWS = 200
# How many characters around a quote are read to check that it is a whole sentence.
_AROUND = 1_000

_BEYOND = message(
    "Nothing that was published in the time asked about answered this; other articles did."
)
__all__ = ["LONGEST", "NotReopened", "Reopened", "asked_again", "is_same", "reopen", "token"]

_NOT_SAID = message("The archive did not say: the nearest articles did not answer the question.")
_COUNTED = message("The articles were counted then; ask again for how many there are now.")
_REASONS: Mapping[Outcome, str] = {
    "counted": _COUNTED,
    "nothing found": message("The archive had nothing on this."),
    "outside the dates": message(
        "The archive did not say within the dates and sources that were asked for; "
        "outside them it had articles that were near."
    ),
    "name never appears": message(
        "The archive did not say: it never mentioned a name in the question."
    ),
    "does not say": _NOT_SAID,
}


_WITHHELD = nouns(
    "One sentence is left out: withdrawn since, or not in this archive.",
    "%(num)s sentences are left out: withdrawn since, or not in this archive.",
)
_REFUSED = nouns(
    "One sentence is left out: the archive does not bear out what the link says.",
    "%(num)s sentences are left out: the archive does not bear out what the link says.",
)
_ELSEWHERE = message(
    "Nothing of this answer can be shown: its articles were withdrawn, or it is another archive’s."
)
_STANDS = message(
    "The article of %(cited)s has been changed since; the quoted words still stand in it."
)
_GONE = message(
    "The article of %(cited)s has been changed since: the words of %(gone)s no longer stand in it."
)


@dataclass(frozen=True, slots=True)
class Reopened:
    """An answer from a link, as far as the archive confirms it.

    ``answer.question`` is the whole question. ``answer.notes`` say which sentences are left out and
    why, and which articles were corrected since. ``filters`` are those that the question was asked
    with, without those that were read out of it. ``hashes`` are the hashes of all its sentences, to
    compare it with another answer. The archive held ``articles`` articles then, from ``first`` to
    ``last``.
    """

    answer: Answer
    asked_on: date
    filters: Filters
    read_filters: bool
    articles: int
    first: date | None
    last: date | None
    hashes: frozenset[str]


def token(
    answer: Answer, asked_on: date, overview: Overview, read_filters: bool = True
) -> str | None:
    """An answer, and what the archive held when it was asked, as text that fits in an address.

    ``read_filters`` is the value with which the assistant was asked. Returns None if the answer is
    too long for an address, even without the copies of its articles.
    """
    record = keep(answer, asked_on, overview, read_filters, MOST_COPIES)
    return packed(record) or packed(keep(answer, asked_on, overview, read_filters, 0))


def reopen(token: str, archive: Archive) -> Reopened:
    """The answer that a token stands for, in the words of the archive's stored versions.

    Raises NotReopened if the token is not valid.
    """
    record = unpacked(token)
    cache, ids = ArticleCache(archive), record.ids
    citations = [
        _citation(cache, ids, number, place) for number, place in enumerate(record.citations)
    ]
    statements, withheld, refused = _statements(record, citations)
    outcome, reason = record.outcome, gettext(_REASONS.get(record.outcome, ""))
    day = record.as_of or record.asked_on
    # A follow-up stands after the question that it goes on from.
    period = asked_period(record.question.rpartition("? ")[2], day)
    if statements and holding(record.question, period):
        reason = gettext(_COUNTED)
    if outcome == "answered" and not statements:
        outcome, reason = "nothing found", gettext("Nothing of this answer can be shown any more.")
    is_elsewhere = bool(ids) and not statements and not any(map(cache.newest, ids))
    if is_elsewhere:
        reason = gettext(_ELSEWHERE)
    by_marker = {cited.marker: cited for statement in statements for cited in statement.citations}
    nearest = [_quoted_article(cache, ids, place) for place in record.nearest]
    filters = Filters(
        record.after, record.before, record.sources, record.languages, record.as_of, record.chosen
    )
    own = replace(filters, after=None, before=None) if record.read else filters
    shown = Answer(record.question, outcome, record.support, tuple(statements))
    reason = reason or reasons_by_key(shown).get(record.reason, "")
    by_key = notes_by_key(shown, day, gettext(_NOT_SAID))
    notes = [by_key[key] for key in record.notes if key in by_key]
    # The assistant reads dates out of a question, and drops them if nothing within them answers it.
    # Two sides have a time each.
    is_dated = filters.after or filters.before or any(said.side for said in statements)
    if period and statements and record.read_filters and not is_dated:
        notes.append(gettext(_BEYOND))
    if withheld and not is_elsewhere:
        notes.append(ngettext(*_WITHHELD, withheld, num=withheld))
    if refused:
        notes.append(ngettext(*_REFUSED, refused, num=refused))
    notes += _corrections(cache, by_marker)
    return Reopened(
        Answer(
            record.question, outcome, record.support, tuple(statements),
            tuple(Passage(article, place.start, place.end, score=0.0)
                  for place, article in zip(record.nearest, nearest, strict=True) if article),
            reason, record.hedged, record.question, filters,
            Filters(record.after, record.before) if record.read else Filters(),
            _matched(record.question, by_marker.values()),
            _differences(record, by_marker),
            tuple(notes),
        ),
        record.asked_on, own, record.read_filters, record.articles, record.first, record.last,
        frozenset(record.citations[sentence.cited[0]].hash for sentence in record.statements),
    )  # fmt: skip


def asked_again(reopened: Reopened, assistant: Assistant) -> Answer:
    """The assistant's answer now; "last week" counts from the day of the reopened answer.

    A question that goes on from another stands after it, and is asked in the same articles. Both
    were asked at once only if each has its quotes, which then say which part they answer.
    """
    answer = reopened.answer

    def ask(question: str, history: Sequence[Turn] = ()) -> Answer:
        return assistant.ask(question, reopened.filters, history, reopened.read_filters)

    with counted_from(reopened.asked_on):
        before, _, question = answer.question.rpartition("? ")
        if not before or any(statement.side for statement in answer.statements):
            return ask(answer.question)
        before += "?"
        return ask(question, (Turn(before, answer.citations or ask(before).citations),))


def is_same(reopened: Reopened, now: Answer) -> bool:
    """Whether the answer of now has the same outcome and sentences as the reopened one."""
    hashes = {hash_of(statement.text) for statement in now.statements}
    # If no sentence can be shown any more, the outcome is not the one that the link had.
    was = "answered" if reopened.hashes else reopened.answer.outcome
    return now.outcome == was and hashes == reopened.hashes


# --- What the archive confirms ---------------------------------------------------------------


class ArticleCache:
    """Articles by their ids; each is read from the archive only once.

    The earlier versions, always all of an article, are read of at most ``histories`` articles.
    """

    def __init__(self, archive: Archive, histories: int = _MOST_HISTORIES) -> None:
        self._archive = archive
        self._histories = histories
        self._newest: dict[str, Article | None] = {}
        self._earlier: dict[str, list[Article]] = {}
        self._searched: set[str] = set()

    def newest(self, id: str) -> Article | None:
        """The article as it is now; None if it was withdrawn, is under embargo or is not there."""
        if id not in self._newest:
            self._newest[id] = self._archive.article(id)
        return self._newest[id]

    def quoted(self, id: str, version: int, start: int, end: int, hash: str) -> Article | None:
        """The version of an article whose text has words with this hash from start to end."""
        return self.meant(id, version, lambda text: hash_of(text[start:end]) == hash)

    def meant(self, id: str, version: int, is_it: Callable[[str], bool]) -> Article | None:
        """The version of an article whose text is the one that is looked for.

        The version with this number is tried first, but a rebuilt archive counts versions anew.
        The row of a table may be at another place of its file now. None if no version has the
        text, or if there is no article to show.
        """
        own = next((article for article in self.versions(id, version) if is_it(article.text)), None)
        if own:
            return own
        rows = self._other_rows(id)
        changed = (row for row in rows if row.version > 1)
        earlier = (article for row in changed for article in self.versions(row.id, version))
        return next((article for article in chain(rows, earlier) if is_it(article.text)), None)

    def _other_rows(self, id: str) -> list[Article]:
        """The articles of the rows around the one that an id names, the nearest first.

        None after this was asked for as many ids as histories are read, so that links stay cheap.
        """
        file, mark, number = id.rpartition("#")
        if not (mark and number.isdecimal()) or len(self._searched | {id}) > self._histories:
            return []
        self._searched.add(id)
        at = int(number)
        around = range(max(1, at - _MOST_ROWS), at + _MOST_ROWS + 1)
        nearest = sorted((row for row in around if row != at), key=lambda row: abs(row - at))
        ids = [f"{file}#{row}" for row in nearest]
        stored = self._archive.truth.standing(ids)
        return [row for id in ids if id in stored and (row := self.newest(id))]

    def versions(self, id: str, first: int) -> Iterator[Article]:
        """The versions of an article, beginning with version number ``first``.

        The newest version may come twice.
        """
        newest = self.newest(id)
        # If an article is withdrawn or under embargo, its earlier versions are not shown either.
        if newest is None:
            return
        # Most articles have only one version, so their history need not be read.
        if newest.version in (first, 1):
            yield newest
        if id not in self._earlier:
            if len(self._earlier) == self._histories:
                return
            # An earlier version has the id under which the article was found then.
            earlier = self._archive.history(id)
            self._earlier[id] = [replace(article, id=newest.id) for article in earlier]
        newest_first = [newest, *reversed(self._earlier[id])]
        yield from sorted(newest_first, key=lambda article: article.version != first)


def _quoted_article(cache: ArticleCache, ids: Sequence[str], place: Place) -> Article | None:
    return cache.quoted(ids[place.article], place.version, place.start, place.end, place.hash)


def _citation(
    cache: ArticleCache, ids: Sequence[str], number: int, place: Place
) -> Citation | None:
    """A citation in the archive's words, or None if the archive does not have them to show."""
    article = _quoted_article(cache, ids, place)
    if article is None:
        return None
    start, end = place.start, place.end
    copies = [cache.newest(ids[copy]) for copy in dict.fromkeys(place.copies)]
    return cite(
        number + 1,
        article,
        (start, end),
        [(start + a, start + b) for a, b in place.marks if a < b <= end - start],
        [copy for copy in copies if copy and copy.id != article.id],
    )


def _statements(
    record: Record, citations: Sequence[Citation | None]
) -> tuple[list[Statement], int, int]:
    """The sentences to show; how many the archive lacks, and how many are not whole sentences."""
    statements: list[Statement] = []
    withheld = refused = 0
    asked = [*sides(record.question)]
    for sentence in record.statements:
        cited = [citation for number in sentence.cited if (citation := citations[number])]
        if not cited:
            withheld += 1
        elif not _is_whole(cited[0].article, cited[0].start, cited[0].end):
            refused += 1
        else:
            # Another source is cited only if it has the same words.
            words = wording(cited[0].quote)
            same = tuple(citation for citation in cited if wording(citation.quote) == words)
            side = record.question[slice(*sentence.side)] if sentence.side else ""
            if sentence.part is not None:
                side = "".join(asked[sentence.part : sentence.part + 1])
            statements.append(Statement(same, record.support, side))
    return statements, withheld, refused


def _is_whole(article: Article, start: int, end: int) -> bool:
    """Whether a span is one or more whole sentences of its article; the first may lack a dateline.

    A part of a sentence could say the opposite of the whole.
    """
    first = max(0, start - _AROUND)
    # A sentence never continues after a blank line.
    first = max(first, article.text.rfind("\n\n", first, start))
    spans = sentences(article.text[first : end + _AROUND], article.language)
    begins = {
        begin
        for own, last in spans
        for begin in (first + own, after_dateline(article.text, first + own, first + last))
    }
    return start in begins and any(first + last == end for _, last in spans)


def _corrections(cache: ArticleCache, by_marker: Mapping[int, Citation]) -> Iterator[str]:
    """A sentence for each article that has a newer version than the quoted one."""
    quoted: dict[str, list[Citation]] = {}
    for marker in sorted(by_marker):
        quoted.setdefault(by_marker[marker].article.id, []).append(by_marker[marker])
    for citations in quoted.values():
        newest = cache.newest(citations[0].article.id)
        quoted_version = max(citation.article.version for citation in citations)
        if newest is None or newest.version == quoted_version:
            continue
        gone = [citation for citation in citations if citation.quote not in newest.text]
        yield gettext(_GONE if gone else _STANDS, cited=_markers(citations), gone=_markers(gone))


def _markers(citations: Sequence[Citation]) -> str:
    return ", ".join(f"[{citation.marker}]" for citation in citations)


def _matched(
    question: str, citations: Iterable[Citation]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The names of the question that the quotes spell differently, with those spellings."""
    quotes = "\n".join(citation.quote for citation in citations)
    quoted = names(quotes)
    spelled = [
        (name, tuple(sorted(spelling for spelling in quoted if may_be_same(name, spelling))))
        for name in sorted(names(question), key=question.find)
        if name not in quoted and name.casefold() not in quotes.casefold()
    ]
    return tuple((name, spellings) for name, spellings in spelled if spellings)


def _differences(record: Record, by_marker: Mapping[int, Citation]) -> tuple[Difference, ...]:
    """The values on which the quotes to show differ, with the markers of those that have each."""
    differences = []
    for values in record.differences:
        sides = []
        for value in values:
            cited = [by_marker[number + 1] for number in value.cited if number + 1 in by_marker]
            words = cited[0].quote[value.start : value.end] if cited else ""
            by = tuple(citation.marker for citation in cited if words in citation.quote)
            sides += [(words, by)] if 0 < len(words) <= _LONGEST_VALUE else []
        if len({words for words, _ in sides}) > 1:
            differences.append(Difference(tuple(sides)))
    return tuple(differences)
