"""What is pinned in a dossier as the archive bears it out, and what of it can be pinned."""

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

_WITHDRAWN = message("Withdrawn since, or not in this archive.")
_OTHER_WORDS = message("The archive has other words at this place.")
_CHANGED = message("The article has been changed since.")
_STANDS = message("The article has been changed since; the words still stand in it.")
_GONE = message("The article has been changed since; these words no longer stand in it.")


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the archive bears it out.

    Of a quote there is a ``citation``, of a whole article only the ``article``, of an answer it
    ``reopened``; ``problem`` says why there is none. ``since`` says what has changed since.
    Where the archive has other words, the ``article`` is the one that should have them.
    """

    item: Item
    article: Article | None = None
    citation: Citation | None = None
    reopened: Reopened | None = None
    problem: str = ""
    since: str = ""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All that is quoted here."""
        if self.reopened:
            return self.reopened.answer.citations
        return (self.citation,) if self.citation else ()

    @property
    def missing(self) -> str:
        """What an article is called that is not there: its address, or the name of its file.

        The archive may not say more of what is withdrawn, and the way to a file of this computer
        is nobody else's business.
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
    newest = cache.newest(pinned.article)
    if newest is None:
        return Entry(item, problem=gettext(_WITHDRAWN))
    if isinstance(pinned, Whole):
        versions = cache.versions(pinned.article, pinned.version)
        article = next((one for one in versions if one.version == pinned.version), newest)
        is_same = not pinned.hash or hash_of(newest.text) == pinned.hash
        unchanged = article.version == newest.version and is_same
        return Entry(item, article, since="" if unchanged else gettext(_CHANGED))
    span = pinned.start, pinned.end
    quoted = cache.quoted(pinned.article, pinned.version, *span, pinned.hash)
    if quoted is None or span[1] > len(quoted.text) or not 0 < span[1] - span[0] <= LONGEST_QUOTE:
        return Entry(item, newest, problem=gettext(_OTHER_WORDS))
    citation = cite(0, quoted, span, (), ())
    since = ""
    if quoted.version != newest.version:
        stands = citation.quote in newest.text
        since = gettext(_STANDS if stands else _GONE)
    return Entry(item, quoted, citation, since=since)


def whole(article: Article) -> Whole:
    """An article to be pinned."""
    return Whole(article.id, article.version, hash_of(article.text))


def quote(article: Article, start: int, end: int) -> Quote:
    """A stretch of an article to be pinned, without blanks at its ends.

    Raises NotPinned where that is nothing, lies outside of the text, or is too long.
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
