"""The items of a dossier as the archive confirms them, and the articles and quotes to pin."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from assistant.answer import Citation
from assistant.citing import cite
from assistant.exports import line
from assistant.page.dossiers import MOST_ITEMS, Answered, Item, NotPinned, Quote, Whole
from assistant.page.kept import ArticleCache, NotReopened, Reopened, reopen
from assistant.page.tokens import LONGEST_QUOTE, hash_of
from assistant.spoken import safe_address, spoken_number
from assistant.wording import gettext, message
from corpus import Article
from index import Archive
from index.moves import is_known_by_place

_WITHDRAWN = message("Withdrawn since, or not in this archive.")
_OTHER_WORDS = message("The archive has other words at this place.")
_CHANGED = message("The article has been changed since.")
_STANDS = message("The article has been changed since; the words still stand in it.")
_GONE = message("The article has been changed since; these words no longer stand in it.")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the archive confirms it.

    A quote has a ``citation``, a whole article only its ``article``, and an answer is ``reopened``;
    if the archive lacks it, ``problem`` says why. ``since`` says what has changed since it was
    pinned. If the archive has other words, ``article`` is the one that should have the quote.
    """

    item: Item
    article: Article | None = None
    citation: Citation | None = None
    reopened: Reopened | None = None
    problem: str = ""
    since: str = ""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All quotes of the item."""
        if self.reopened:
            return self.reopened.answer.citations
        return (self.citation,) if self.citation else ()

    @property
    def missing(self) -> str:
        """The address of an article that the archive lacks, or the name of its file.

        The archive may not say more about a withdrawn article, and must not reveal the folder of a
        file on this computer.
        """
        pinned = self.item.pinned
        if self.article or not isinstance(pinned, Quote | Whole):
            return ""
        is_address = safe_address(pinned.article)
        return line(pinned.article if is_address else PurePath(pinned.article).name)


def entries(archive: Archive, items: Iterable[Item]) -> list[Entry]:
    """The items in the archive's own words."""
    cache = ArticleCache(archive, MOST_ITEMS)
    return [_entry(archive, cache, item) for item in items]


def _entry(archive: Archive, cache: ArticleCache, item: Item) -> Entry:
    pinned = item.pinned
    if pinned is None:
        return Entry(item)
    if isinstance(pinned, Answered):
        try:
            return Entry(item, reopened=reopen(pinned.answer, archive))
        except NotReopened as error:
            return Entry(item, problem=str(error))
    if isinstance(pinned, Whole):
        return _whole_entry(cache, item, pinned)
    span = pinned.start, pinned.end
    quoted = cache.quoted(pinned.article, pinned.version, *span, pinned.hash)
    # The row of a table may have another id now.
    newest = cache.newest(quoted.id if quoted else pinned.article)
    if newest is None:
        return Entry(item, problem=gettext(_WITHDRAWN))
    if quoted is None or span[1] > len(quoted.text) or not 0 < span[1] - span[0] <= LONGEST_QUOTE:
        return Entry(item, newest, problem=gettext(_OTHER_WORDS))
    citation = cite(0, quoted, span, (), ())
    since = ""
    if quoted.version != newest.version:
        stands = citation.quote in newest.text
        since = gettext(_STANDS if stands else _GONE)
    return Entry(item, quoted, citation, since=since)


def _whole_entry(cache: ArticleCache, item: Item, pinned: Whole) -> Entry:
    id, version, hash = pinned.article, pinned.version, pinned.hash
    article = cache.meant(id, version, lambda text: hash_of(text) == hash) if hash else None
    newest = cache.newest(article.id if article else id)
    if newest is None:
        return Entry(item, problem=gettext(_WITHDRAWN))
    if article is None:
        if hash and is_known_by_place(newest):
            return Entry(item, newest, problem=gettext(_OTHER_WORDS))
        versions = cache.versions(id, version)
        article = next((stored for stored in versions if stored.version == version), newest)
    is_same = not hash or hash_of(newest.text) == hash
    unchanged = article.version == newest.version and is_same
    return Entry(item, article, since="" if unchanged else gettext(_CHANGED))


def whole(article: Article) -> Whole:
    """An article to pin."""
    return Whole(article.id, article.version, hash_of(article.text))


def quote(article: Article, start: int, end: int) -> Quote:
    """A span of an article to pin, without white space at its ends.

    Raises NotPinned if it is empty, lies outside of the text, or is too long.
    """
    words = article.text[start:end] if 0 <= start < end <= len(article.text) else ""
    start += len(words) - len(words.lstrip())
    words = words.strip()
    if not words:
        raise NotPinned("There are no words at this place of the article.")
    if len(words) > LONGEST_QUOTE:
        raise NotPinned(
            "A quote has at most %(num)s characters: pin the article.",
            num=spoken_number(LONGEST_QUOTE),
        )
    return Quote(article.id, article.version, start, start + len(words), hash_of(words))
