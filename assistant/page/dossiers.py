"""Dossiers: what somebody pinned of an archive, in an order of their own, with their notes.

A dossier is one JSON document. It is kept in the archive beside the articles, and it is also the
file that is taken to another archive. Like a link to an answer (``assistant.page.kept``) it holds
places and no words of an article: the words come from the archive when the dossier is opened, from
the version that was pinned. So a file of somebody else can make the archive say nothing that it
does not hold, and tells nobody what was withdrawn.
"""

import secrets
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Literal, NamedTuple
from unicodedata import normalize
from zlib import crc32

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from assistant.answer import Citation
from assistant.citing import cite
from assistant.exports import line
from assistant.page.kept import NotReopened, Reopened, Shelf, reopen
from assistant.page.protocols import Held
from assistant.page.tokens import LONGEST, LONGEST_QUOTE, STRICT, Count, hash_of
from assistant.spoken import counted
from corpus import Article

LARGEST = 1_000_000
"""Bytes of a dossier's document."""

LONGEST_NAME = 100
LONGEST_NOTE = 4_000
MOST_ITEMS = 200
MOST_DOSSIERS = 200

_KIND = "dossier"
_NO_FILE = "This is no dossier that Dateline wrote, or only a part of one."
_UNREADABLE = "This dossier is damaged, or a later version of Dateline wrote it."
_GONE = "There is no dossier of this name any more."
_WITHDRAWN = "Withdrawn since, or not in this archive."
_OTHER_WORDS = "The archive has other words at this place."
_CHANGED = "The article has been changed since."


class NotPinned(ValueError):  # noqa: N818
    """Something cannot be done with a dossier; the message says why in one sentence."""


# --- The document --------------------------------------------------------------------------------

_Id = Annotated[str, Field(min_length=1, max_length=4_000)]


@dataclass(frozen=True, slots=True)
class Quote:
    """``text[start:end]`` of a version of an article; ``hash`` is that of these words."""

    __pydantic_config__ = STRICT

    article: _Id
    version: Count
    start: Count
    end: Count
    hash: Annotated[str, Field(max_length=16)]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole article; ``hash`` is that of its text."""

    __pydantic_config__ = STRICT

    article: _Id
    version: Count
    hash: Annotated[str, Field(max_length=16)] = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, by the token of its link."""

    __pydantic_config__ = STRICT

    answer: Annotated[str, Field(min_length=1, max_length=LONGEST)]


Pinned = Quote | Whole | Answered


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is pinned and a note, either of which may be missing."""

    __pydantic_config__ = STRICT

    id: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    pinned: Pinned | None = None
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""

    @property
    def stamp(self) -> str:
        """What tells whether the note is still the one that somebody saw."""
        return f"{crc32(self.note.encode(errors='replace')):x}"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as it is written; ``changed`` is when somebody changed it last."""

    __pydantic_config__ = STRICT

    kind: Literal["Dateline dossier 1"]
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    items: Annotated[tuple[Item, ...], Field(max_length=MOST_ITEMS)] = ()
    changed: AwareDatetime = datetime(1970, 1, 1, tzinfo=UTC)


_CONTENT = TypeAdapter(Dossier)


def written(dossier: Dossier) -> str:
    """The document; raises NotPinned where it is too large."""
    if len(dossier.items) > MOST_ITEMS:
        raise NotPinned(f"A dossier has room for {counted(MOST_ITEMS, 'item')}: begin another one.")
    content = _CONTENT.dump_json(dossier, indent=1, exclude_defaults=True).decode()
    if len(content.encode()) > LARGEST:
        raise NotPinned("A dossier has room for a megabyte: begin another one.")
    return content


def read(content: str | bytes, problem: str = _NO_FILE) -> Dossier:
    """The dossier that a document holds; NotPinned with the ``problem`` for what holds none."""
    try:
        return _CONTENT.validate_json(content, strict=True)
    except ValidationError as error:
        raise NotPinned(problem) from error


# --- In the archive ------------------------------------------------------------------------------


class Listed(NamedTuple):
    """A dossier in the list of all: how many items it has, or why it cannot be read."""

    name: str
    items: int
    problem: str
    changed: datetime


class Dossiers:
    """The dossiers of an archive; each change is one transaction, so two tabs lose nothing."""

    def __init__(self, archive: Held) -> None:
        self.archive = archive

    def listed(self) -> list[Listed]:
        """All of them, the one that was changed last first."""
        made = []
        for name, content in self.archive.papers(_KIND).items():
            try:
                dossier = read(content, _UNREADABLE)
                made.append(Listed(name, len(dossier.items), "", dossier.changed))
            except NotPinned as error:
                made.append(Listed(name, 0, str(error), datetime(1970, 1, 1, tzinfo=UTC)))
        return sorted(made, key=lambda one: one.changed, reverse=True)

    def open(self, name: str) -> Dossier:
        content = self.archive.paper(_KIND, name)
        if content is None:
            raise NotPinned(_GONE)
        # A dossier that was renamed has its former name in the document.
        return replace(read(content, _UNREADABLE), name=name)

    def pin(self, name: str, pinned: Sequence[Pinned], note: str = "", makes: bool = True) -> str:
        """Put something at the end of a dossier; it ``makes`` one where there is none of the name.

        The ``note`` stands at the first, or by itself. Returns the id of its item.
        """
        note = _noted(note)
        if not pinned and not note:
            raise NotPinned("There is nothing to pin.")
        alone: Sequence[Pinned | None] = [None]
        items = [Item(secrets.token_hex(8), one) for one in pinned or alone]
        items[0] = replace(items[0], note=note)
        self._change(
            named(name),
            lambda dossier: replace(dossier, items=dossier.items + tuple(items)),
            makes,
        )
        return items[0].id

    def begin(self, name: str) -> str:
        """Make an empty dossier if there is none of the name; returns the name as it is kept."""
        self._change(named(name), lambda dossier: dossier, True)
        return named(name)

    def write(self, name: str, id: str, note: str, seen: str) -> None:
        """Change the note of an item, unless it is the one whose stamp somebody has ``seen``.

        Raises NotPinned where it is another one by now.
        """
        note = _noted(note)
        if Item(id, None, note).stamp == seen:
            return

        def noted(items: tuple[Item, ...], at: int) -> tuple[Item, ...]:
            if items[at].stamp != seen and items[at].note != note:
                raise NotPinned("This note was changed meanwhile, perhaps in another tab.")
            return _set(items, at, replace(items[at], note=note))

        self._change_item(name, id, noted)

    def move(self, name: str, id: str, by: int) -> None:
        """Move an item by so many places, down if they are positive."""

        def moved(items: tuple[Item, ...], at: int) -> tuple[Item, ...]:
            others = [*items[:at], *items[at + 1 :]]
            others.insert(max(0, at + by), items[at])
            return tuple(others)

        self._change_item(name, id, moved)

    def remove(self, name: str, id: str) -> None:
        self._change_item(name, id, lambda items, at: items[:at] + items[at + 1 :])

    def rename(self, name: str, new: str) -> str:
        """Give a dossier another name, which none has yet; returns it as it is kept."""
        if named(new) != name and not self.archive.rename_paper(_KIND, name, named(new)):
            self.open(name)
            raise NotPinned(f"There is a dossier called “{named(new)}” already.")
        return named(new)

    def delete(self, name: str) -> None:
        self.archive.change_paper(_KIND, name, lambda _: None)

    def take_in(self, content: bytes) -> str:
        """Keep a dossier of a file, under its own name or one with a number; returns that.

        Its items get new ids: the file may name one twice.
        """
        if len(content) > LARGEST:
            raise NotPinned("This file is larger than a megabyte, which no dossier is.")
        given = read(content.removeprefix(BOM_UTF8))
        items = tuple(replace(item, id=secrets.token_hex(8)) for item in given.items)
        own = named(given.name)
        name, number = own, 1
        while not self._made(name, items):
            number += 1
            name = f"{own[: LONGEST_NAME - 6]} ({number})"
        return name

    def _made(self, name: str, items: tuple[Item, ...]) -> bool:
        """Whether there was no dossier of a name, so that one is made of these items."""
        is_free = False

        def made(dossier: Dossier) -> Dossier:
            nonlocal is_free
            is_free = self.archive.paper(_KIND, name) is None
            return replace(dossier, items=items) if is_free else dossier

        self._change(name, made, True)
        return is_free

    def _change_item(
        self, name: str, id: str, change: Callable[[tuple[Item, ...], int], tuple[Item, ...]]
    ) -> None:
        def changed(dossier: Dossier) -> Dossier:
            at = next((at for at, item in enumerate(dossier.items) if item.id == id), None)
            if at is None:
                raise NotPinned("This item is not in the dossier any more.")
            return replace(dossier, items=change(dossier.items, at))

        self._change(name, changed)

    def _change(self, name: str, change: Callable[[Dossier], Dossier], makes: bool = False) -> None:
        def changed(content: str | None) -> str:
            if content is None and not makes:
                raise NotPinned(_GONE)
            if content is None and len(self.archive.papers(_KIND)) >= MOST_DOSSIERS:
                raise NotPinned(f"An archive keeps at most {MOST_DOSSIERS} dossiers: delete one.")
            empty = Dossier("Dateline dossier 1", name)
            dossier = change(empty if content is None else read(content, _UNREADABLE))
            return written(replace(dossier, name=name, changed=datetime.now(UTC)))

        self.archive.change_paper(_KIND, name, changed)


def named(name: str) -> str:
    """A name as a dossier can have it; NotPinned says what is wrong with it."""
    name = normalize("NFC", line(name))
    if not any(sign.isprintable() and not sign.isspace() for sign in name):
        raise NotPinned("A dossier needs a name.")
    if len(name) > LONGEST_NAME:
        raise NotPinned(f"A dossier’s name has at most {LONGEST_NAME} characters.")
    return name


def _noted(note: str) -> str:
    note = "\n".join(note.strip().splitlines())
    if len(note) > LONGEST_NOTE:
        raise NotPinned(f"A note has at most {LONGEST_NOTE:,} characters; this has {len(note):,}.")
    return note


def _set(items: tuple[Item, ...], at: int, item: Item) -> tuple[Item, ...]:
    return (*items[:at], item, *items[at + 1 :])


# --- What it stands for --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the archive bears it out.

    Of a quote there is a ``citation``, of a whole article only the ``article``, of an answer it
    ``reopened``; ``problem`` says why there is none. ``since`` says what has changed since.
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


def entries(archive: Held, items: Iterable[Item]) -> list[Entry]:
    """The items in the archive's own words."""
    shelf = Shelf(archive, MOST_ITEMS)
    return [_entry(archive, shelf, item) for item in items]


def _entry(archive: Held, shelf: Shelf, item: Item) -> Entry:
    pinned = item.pinned
    if pinned is None:
        return Entry(item)
    if isinstance(pinned, Answered):
        try:
            return Entry(item, reopened=reopen(pinned.answer, archive))
        except NotReopened as error:
            return Entry(item, problem=str(error))
    newest = shelf.newest(pinned.article)
    if newest is None:
        return Entry(item, problem=_WITHDRAWN)
    if isinstance(pinned, Whole):
        versions = shelf.versions(pinned.article, pinned.version)
        article = next((one for one in versions if one.version == pinned.version), newest)
        is_same = not pinned.hash or hash_of(newest.text) == pinned.hash
        unchanged = article.version == newest.version and is_same
        return Entry(item, article, since="" if unchanged else _CHANGED)
    span = pinned.start, pinned.end
    quoted = shelf.quoted(pinned.article, pinned.version, *span, pinned.hash)
    if quoted is None or span[1] > len(quoted.text) or not 0 < span[1] - span[0] <= LONGEST_QUOTE:
        return Entry(item, problem=_OTHER_WORDS)
    citation = cite(0, quoted, span, (), ())
    since = ""
    if quoted.version != newest.version:
        stands = citation.quote in newest.text
        since = f"{_CHANGED[:-1]}; {'the' if stands else 'these'} words "
        since += "still stand in it." if stands else "no longer stand in it."
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
        raise NotPinned(f"A quote has at most {LONGEST_QUOTE:,} characters: pin the article.")
    return Quote(article.id, article.version, start, start + len(words), hash_of(words))
