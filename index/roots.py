"""Where articles come from, and who may speak for them.

A root is a file, a folder or an address that was named when articles came in. What is said of an
article by its own root is believed: that it is withdrawn, corrected, or under embargo. What is said
of it from elsewhere is not, or any file could silence any article. The page is nobody's root.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from corpus import Article
from index.copies import Wording


def file_part(location: str | None) -> str:
    """A place without the number of a record."""
    return (location or "").partition("#")[0]


def is_address(place: str | Path) -> bool:
    """Whether something is an address rather than a path."""
    return isinstance(place, str) and "://" in place


def is_inside(place: str, holder: str) -> bool:
    """Whether a place is in a folder, or a record or a member of a file."""
    return place.startswith((f"{holder.rstrip('/')}/", f"{holder}#"))


def is_within(place: str, holder: str) -> bool:
    """Whether a place is another one, or inside of it."""
    return place == holder or is_inside(place, holder)


def outermost(places: Iterable[str]) -> list[str]:
    """The places that lie in no other of them."""
    known = dict.fromkeys(places)
    return [place for place in known if not any(holding in known for holding in _holders(place))]


def holder(place: str, roots: Collection[str]) -> str | None:
    """The nearest of some roots that holds a place, or is it; None if none does."""
    file = file_part(place)
    return next((known for known in (place, file, *_holders(file)) if known in roots), None)


def root_of(location: str, roots: Collection[str]) -> str:
    """The root that a place is in; where none is known, the folder or the address of its file."""
    known = holder(location, roots)
    if known is not None:
        return known
    file = file_part(location)
    return file if is_address(file) else os.path.dirname(file)  # noqa: PTH120


def is_missing(location: str, roots: Collection[str]) -> bool:
    """Whether the whole root that a place is in is not there any more."""
    root = root_of(location, roots)
    return not is_address(root) and not os.path.lexists(root)


def speaks_for(location: str | None, before: str | None, roots: Collection[str]) -> bool:
    """Whether what is found at a place may be believed about an article that came from another."""
    if location is None or before is None:
        return location is before
    here, there = root_of(location, roots), root_of(before, roots)
    return here == there or is_inside(location, there) or is_inside(before, here)


def apart(article: Article, location: str | None) -> str:
    """The id under which an article stands whose own id another article has."""
    return f"{article.id} in {location}"


def says_nothing_else(one: str, other: str) -> bool:
    """Whether every word of the shorter text stands in the other in the same runs of words."""
    shorter, longer = sorted((Wording.of(one), Wording.of(other)), key=lambda text: len(text.words))
    return shorter.words == longer.words or shorter.common(longer) == 1.0


def spoken(location: str | None, roots: Collection[str]) -> str | None:
    """A place as a reader is told it: from the name of its root on, not from the disk's."""
    if location is None or is_address(location):
        return location
    root = root_of(location, roots)
    above = os.path.dirname(root)  # noqa: PTH120
    return location.removeprefix(above).lstrip("/")


def _holders(place: str) -> Iterator[str]:
    if is_address(place):
        return iter(())
    return map(str, Path(place).parents)
