"""Dossiers: quotes, articles and answers that somebody pinned, in their own order, with notes.

A dossier is one JSON document. It is stored in the archive beside the articles, and the same
document is the file that is taken to another archive. Like a link to an answer
(``assistant.page.kept``), it has offsets, but no words of an article. The words come from the
archive when the dossier is opened, from the version that was pinned. So a dossier from somebody
else cannot make the archive say anything that it does not hold, nor reveal what was withdrawn.
"""

import secrets
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Literal, NamedTuple
from unicodedata import normalize
from zlib import crc32

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from assistant.exports import line
from assistant.page.tokens import LONGEST, Count, Strict
from assistant.spoken import counted, spoken_number
from assistant.wording import Refused, message
from index import Archive

LARGEST = 1_000_000
"""The most bytes of a dossier's document."""

LONGEST_NAME = 100
LONGEST_NOTE = 4_000
MOST_ITEMS = 200
MOST_DOSSIERS = 200

MOST_REMOVED = 100
"""How many removed items can be put back."""

_KIND = "dossier"
_NO_FILE = message("This is no dossier that Dateline wrote, or only a part of one.")
_UNREADABLE = message("This dossier is damaged, or a later version of Dateline wrote it.")
_GONE = message("There is no dossier of this name any more.")

_TAKEN = message("There is a dossier called “%(name)s” already.")


class NotPinned(Refused):
    """Something cannot be done with a dossier; the message says why in one sentence."""


# --- The document --------------------------------------------------------------------------------

_Id = Annotated[str, Field(min_length=1, max_length=4_000)]


@dataclass(frozen=True, slots=True)
class Quote(Strict):
    """``text[start:end]`` of a version of an article; ``hash`` is the hash of these words."""

    article: _Id
    version: Count
    start: Count
    end: Count
    hash: Annotated[str, Field(max_length=16)]


@dataclass(frozen=True, slots=True)
class Whole(Strict):
    """A whole article; ``hash`` is the hash of its text."""

    article: _Id
    version: Count
    hash: Annotated[str, Field(max_length=16)] = ""


@dataclass(frozen=True, slots=True)
class Answered(Strict):
    """An answer, by the token of its link."""

    answer: Annotated[str, Field(min_length=1, max_length=LONGEST)]


Pinned = Quote | Whole | Answered


@dataclass(frozen=True, slots=True)
class Item(Strict):
    """A pinned quote, article or answer with a note; either of the two may be missing."""

    id: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    pinned: Pinned | None = None
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""

    @property
    def stamp(self) -> str:
        """A checksum that shows whether the note is still the one that somebody saw."""
        return f"{crc32(self.note.encode(errors='replace')):x}"


@dataclass(frozen=True, slots=True)
class Dossier(Strict):
    """A dossier as it is stored; ``changed`` is the time of its last change."""

    kind: Literal["Dateline dossier 1"]
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    items: Annotated[tuple[Item, ...], Field(max_length=MOST_ITEMS)] = ()
    changed: AwareDatetime = datetime(1970, 1, 1, tzinfo=UTC)


_CONTENT = TypeAdapter(Dossier)


def written(dossier: Dossier) -> str:
    """The document of a dossier; raises NotPinned if it is too large."""
    if len(dossier.items) > MOST_ITEMS:
        raise NotPinned(
            "A dossier has room for %(items)s: begin another one.",
            items=counted(MOST_ITEMS, "item"),
        )
    content = _CONTENT.dump_json(dossier, indent=1, exclude_defaults=True).decode()
    if len(content.encode()) > LARGEST:
        raise NotPinned("A dossier has room for a megabyte: begin another one.")
    return content


def read(content: str | bytes, problem: str = _NO_FILE) -> Dossier:
    """The dossier in a document; raises NotPinned with the ``problem`` if it has none."""
    try:
        return _CONTENT.validate_json(content, strict=True)
    except ValidationError as error:
        raise NotPinned(problem) from error


# --- In the archive ------------------------------------------------------------------------------


class Listed(NamedTuple):
    """A dossier in the list of all dossiers: its number of items, or why it cannot be read."""

    name: str
    items: int
    problem: str
    changed: datetime


class Dossiers:
    """The dossiers of an archive; each change is one transaction, so two tabs lose nothing.

    Names do not differ by case alone: "flood" opens the dossier "Flood" if there is no "flood".
    The items that were removed last can be put back until the program ends.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._removed: dict[str, tuple[int, Item]] = {}

    def listed(self) -> list[Listed]:
        """All dossiers, the most recently changed one first."""
        dossiers = []
        for name, content in self.archive.truth.papers(_KIND).items():
            try:
                dossier = read(content, _UNREADABLE)
                dossiers.append(Listed(name, len(dossier.items), "", dossier.changed))
            except NotPinned as error:
                dossiers.append(Listed(name, 0, str(error), datetime(1970, 1, 1, tzinfo=UTC)))
        return sorted(dossiers, key=lambda dossier: dossier.changed, reverse=True)

    def kept_as(self, name: str) -> str:
        """The stored name of a dossier, whatever the case of ``name``; else ``name`` itself."""
        if self.archive.truth.paper(_KIND, name) is not None:
            return name
        folded = name.casefold()
        others = self.archive.truth.papers(_KIND)
        return next((other for other in others if other.casefold() == folded), name)

    def open(self, name: str) -> Dossier:
        name = self.kept_as(name)
        content = self.archive.truth.paper(_KIND, name)
        if content is None:
            raise NotPinned(_GONE)
        # The document of a renamed dossier still has its former name.
        return replace(read(content, _UNREADABLE), name=name)

    def pin(self, name: str, pinned: Sequence[Pinned], note: str = "", makes: bool = True) -> str:
        """Append to a dossier; ``makes`` says whether it is created if it does not exist.

        The first new item gets the ``note``, or the note is an item by itself. Returns the id of
        that item.
        """
        note = _clean_note(note)
        if not pinned and not note:
            raise NotPinned("There is nothing to pin.")
        nothing: Sequence[Pinned | None] = [None]
        items = [Item(secrets.token_hex(8), content) for content in pinned or nothing]
        items[0] = replace(items[0], note=note)
        self._change(
            valid_name(name),
            lambda dossier: replace(dossier, items=dossier.items + tuple(items)),
            makes,
        )
        return items[0].id

    def begin(self, name: str) -> str:
        """Create an empty dossier if there is none of the name; returns its stored name."""
        self._change(valid_name(name), lambda dossier: dossier, True)
        return self.kept_as(valid_name(name))

    def write(self, name: str, id: str, note: str, seen: str) -> None:
        """Change the note of an item; ``seen`` is the stamp of the note that the writer saw.

        Nothing changes if ``note`` is the one that was seen. Raises NotPinned if the stored note
        was changed meanwhile.
        """
        note = _clean_note(note)
        if Item(id, None, note).stamp == seen:
            return

        def with_note(items: tuple[Item, ...], at: int) -> tuple[Item, ...]:
            if items[at].stamp != seen and items[at].note != note:
                raise NotPinned("This note was changed meanwhile, perhaps in another tab.")
            return (*items[:at], replace(items[at], note=note), *items[at + 1 :])

        self._change_item(name, id, with_note)

    def move(self, name: str, id: str, by: int) -> None:
        """Move an item down by ``by`` places, or up if ``by`` is negative."""

        def moved(items: tuple[Item, ...], at: int) -> tuple[Item, ...]:
            others = [*items[:at], *items[at + 1 :]]
            others.insert(max(0, at + by), items[at])
            return tuple(others)

        self._change_item(name, id, moved)

    def remove(self, name: str, id: str) -> None:
        """Remove an item from a dossier; ``put_back`` undoes that."""

        def removed(items: tuple[Item, ...], at: int) -> tuple[Item, ...]:
            self._removed[id] = at, items[at]
            return items[:at] + items[at + 1 :]

        self._change_item(name, id, removed)
        while len(self._removed) > MOST_REMOVED:
            self._removed.pop(next(iter(self._removed)), None)

    def can_put_back(self, id: str) -> bool:
        return id in self._removed

    def put_back(self, name: str, id: str) -> None:
        """Put a removed item back in its old place; raises NotPinned if it is not known."""
        if id not in self._removed:
            raise NotPinned("What was removed is not known any more, or is back already.")
        at, item = self._removed[id]

        def restored(dossier: Dossier) -> Dossier:
            is_back = any(other.id == id for other in dossier.items)
            items = () if is_back else (item,)
            return replace(dossier, items=dossier.items[:at] + items + dossier.items[at:])

        self._change(name, restored)
        self._removed.pop(id, None)

    def rename(self, name: str, new: str) -> str:
        """Rename a dossier; returns its stored name. Raises NotPinned if another has that name."""
        name, new = self.kept_as(name), valid_name(new)
        taken = self.kept_as(new) not in (name, new)
        if new != name and (taken or not self.archive.truth.rename_paper(_KIND, name, new)):
            self.open(name)
            raise NotPinned(_TAKEN, name=self.kept_as(new))
        return new

    def delete(self, name: str) -> None:
        self.archive.truth.change_paper(_KIND, name, lambda _: None)

    def take_in(self, content: bytes) -> str:
        """Store the dossier of a file; if its name is taken, with a number. Returns the name.

        Its items get new ids, because the file may use an id twice.
        """
        if len(content) > LARGEST:
            raise NotPinned("This file is larger than a megabyte, which no dossier is.")
        dossier = read(content.removeprefix(BOM_UTF8))
        items = tuple(replace(item, id=secrets.token_hex(8)) for item in dossier.items)
        own_name = valid_name(dossier.name)
        name, number = own_name, 1
        while not self._create(name, items):
            number += 1
            name = f"{own_name[: LONGEST_NAME - 6]} ({number})"
        return name

    def _create(self, name: str, items: tuple[Item, ...]) -> bool:
        """Create a dossier of these items; false if there is one of this name already."""
        if self.archive.truth.paper(_KIND, self.kept_as(name)) is not None:
            return False
        is_free = False

        def with_items(dossier: Dossier) -> Dossier:
            nonlocal is_free
            is_free = self.archive.truth.paper(_KIND, self.kept_as(name)) is None
            return replace(dossier, items=items) if is_free else dossier

        self._change(name, with_items, True)
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
        name = self.kept_as(name)

        def changed(content: str | None) -> str:
            if content is None and self.kept_as(name) != name:
                raise NotPinned(_TAKEN, name=self.kept_as(name))
            if content is None and not makes:
                raise NotPinned(_GONE)
            if content is None and len(self.archive.truth.papers(_KIND)) >= MOST_DOSSIERS:
                raise NotPinned(
                    "An archive keeps at most %(num)s dossiers: delete one.", num=MOST_DOSSIERS
                )
            empty = Dossier("Dateline dossier 1", name)
            dossier = change(empty if content is None else read(content, _UNREADABLE))
            return written(replace(dossier, name=name, changed=datetime.now(UTC)))

        self.archive.truth.change_paper(_KIND, name, changed)


def valid_name(name: str) -> str:
    """A name in the form that dossiers have; raises NotPinned if it is empty or too long."""
    name = normalize("NFC", line(name))
    if not any(sign.isprintable() and not sign.isspace() for sign in name):
        raise NotPinned("A dossier needs a name.")
    if len(name) > LONGEST_NAME:
        raise NotPinned("A dossier’s name has at most %(num)s characters.", num=LONGEST_NAME)
    return name


def _clean_note(note: str) -> str:
    note = "\n".join(note.strip().splitlines())
    if len(note) > LONGEST_NOTE:
        raise NotPinned(
            "A note has at most %(most)s characters; this has %(num)s.",
            most=spoken_number(LONGEST_NOTE),
            num=spoken_number(len(note)),
        )
    return note
