"""The roots that articles come from, and which root may change which article.

A root is a file, a folder or an address that was named when articles were added. Only an article's
own root may withdraw it, correct it, or put it under embargo. Otherwise any file could silence any
article. The page is the root of no article.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from corpus import Article
from index.copies import Wording

_ENDING = r"(?:(?<=\.[a-z]{2})|(?<=\.[a-z]{2}\w)|(?<=\.[a-z]{4}))"
_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")
_RECORD = re.compile(rf"{_ENDING}#\d{{1,9}}(?=/|\Z)|(#\d{{1,9}}\Z)", re.IGNORECASE)
"""The number of a record; the name of a file that is attached to a message may follow it."""


def file_part(location: str | None) -> str:
    """A place without the number of a record: ``news.csv`` of ``news.csv#3``.

    Files and folders may have such a number in their names, too: ``Issue #12/news.csv``.
    """
    place = location or ""
    record = _RECORD.search(place)
    if record is None or (record[1] and os.path.isdir(place)):  # noqa: PTH112
        return place
    return place[: record.start()]


def is_record(location: str | None) -> bool:
    """Whether a place is one of several records in its file."""
    return file_part(location) != (location or "")


def is_address(place: str | Path) -> bool:
    """Whether a place is an address rather than a path."""
    return isinstance(place, str) and "://" in place


def is_inside(place: str, holder: str) -> bool:
    """Whether a place is in a folder, or is a record or a member of a file."""
    return place.startswith(f"{holder.rstrip('/')}/") or (
        place != holder and file_part(place) == holder
    )


def is_within(place: str, holder: str) -> bool:
    """Whether a place equals another one, or is inside of it."""
    return place == holder or is_inside(place, holder)


def outermost(places: Iterable[str]) -> list[str]:
    """The places that are inside none of the others."""
    unique = dict.fromkeys(places)
    return [place for place in unique if not any(outer in unique for outer in _holders(place))]


def holder(place: str, roots: Collection[str]) -> str | None:
    """The nearest root that a place equals or is inside of; None if there is none."""
    file = file_part(place)
    return next((outer for outer in (place, file, *_holders(file)) if outer in roots), None)


def root_of(location: str, roots: Collection[str]) -> str:
    """The root that a place is in; if none is known, its file's folder, or its address."""
    root = holder(location, roots)
    if root is not None:
        return root
    file = file_part(location)
    return file if is_address(file) else os.path.dirname(file)  # noqa: PTH120


def is_missing(location: str, roots: Collection[str]) -> bool:
    """Whether the whole root of a place no longer exists."""
    root = root_of(location, roots)
    return not is_address(root) and not os.path.lexists(on_disk(root))


def on_disk(place: str) -> str:
    """The path of a place, in which bytes that are not UTF-8 are written as ``\\xe9``."""
    if os.path.lexists(place):
        return place
    escaped = os.fsencode(place)
    return os.fsdecode(_ESCAPED.sub(lambda byte: bytes.fromhex(byte[1].decode()), escaped))


def speaks_for(location: str | None, owner: str | None, roots: Collection[str]) -> bool:
    """Whether an article found at ``location`` may change one that came from ``owner``."""
    if location is None or owner is None:
        return location is owner
    new_root, old_root = root_of(location, roots), root_of(owner, roots)
    return new_root == old_root or is_inside(location, old_root) or is_inside(owner, new_root)


def own_id(article: Article, location: str | None) -> str:
    """The id under which an article is stored if another article already has its id."""
    return f"{article.id} in {location}"


def stated_id(id: str, file: str) -> str:
    """The id that an article of a file states; it may be stored under its ``own_id``."""
    return id.rpartition(f" in {file}")[0] or id


def says_nothing_else(one: str, other: str) -> bool:
    """Whether every word of the shorter text is in the other, in the same runs of words."""
    shorter, longer = sorted((Wording.of(one), Wording.of(other)), key=lambda text: len(text.words))
    return shorter.words == longer.words or shorter.common(longer) == 1.0


def display_place(location: str | None, roots: Collection[str]) -> str | None:
    """A place as a reader sees it: a path from the name of its root on, and not the whole path."""
    if location is None or is_address(location):
        return location
    root = root_of(location, roots)
    above = os.path.dirname(root)  # noqa: PTH120
    return location.removeprefix(above).lstrip("/")


def _holders(place: str) -> Iterator[str]:
    if is_address(place):
        return iter(())
    return map(str, Path(place).parents)
