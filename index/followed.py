"""The roots that an archive follows: lists them, reports missing ones, and forgets one."""

from collections.abc import Sequence
from pathlib import Path

from corpus import Unreadable
from corpus.encoding import readable
from corpus.reading import NO_FILES
from index.errors import ArchiveError
from index.report import Root, RootState
from index.roots import holder, is_address, is_missing, is_within
from index.sources import existing
from index.store import Store


def followed(truth: Store) -> tuple[Root, ...]:
    """Every root that is followed, and how many articles came from it."""
    roots = truth.roots()
    followed_roots = []
    for place, fields in roots.items():
        if fields is not None:
            state: RootState = "missing" if is_missing(place, roots) else "there"
            state = "an address" if is_address(place) else state
            followed_roots.append(Root(place, state, truth.count_in(place)))
    return tuple(followed_roots)


def missing_roots(truth: Store) -> list[Unreadable]:
    """A line for each followed root that no longer exists."""
    return [
        Unreadable(root.place, why_kept(root.place, truth.address, is_there=False))
        for root in followed(truth)
        if root.state == "missing"
    ]


def why_kept(root: str, address: str, is_there: bool) -> str:
    """Why the articles of a root are kept although it contains no files or no longer exists."""
    if not is_there:
        return (
            "does not exist; what came from it is kept. If it is gone for good: "
            f"dateline forget {root} --archive {address}"
        )
    return (
        f"{NO_FILES}; what came from it is kept. If it is empty for good: "
        f"dateline sync {root} --withdraw-many --archive {address}"
    )


def coming_back(truth: Store, ids: Sequence[str]) -> list[str]:
    """The places of those articles that the next sync will add again, as it follows their root."""
    roots = {place for place, fields in truth.roots().items() if fields is not None}
    places = (standing.location or "" for standing in truth.standing(ids).values())
    present = (place for place in places if is_address(place) or existing(place))
    return [place for place in present if holder(place, roots)]


def forget(truth: Store, root: str | Path) -> list[str]:
    """Withdraw all articles of a root and stop following it; returns the withdrawn ids.

    Raises ArchiveError, and changes nothing, if nothing came from there.
    """
    place = str(root) if is_address(str(root)) else readable(str(Path(root).absolute()))
    roots = truth.roots()
    if place not in roots and not is_address(place):
        place = readable(str(Path(root).resolve()))
    articles = list(truth.found_in([place]))
    if place not in roots and not articles:
        names = ", ".join(name for name, fields in roots.items() if fields is not None)
        raise ArchiveError(f"Nothing came from {root}; the archive follows {names or 'nothing'}.")
    withdrawn = truth.withdraw(articles)
    truth.drop_roots(other for other in roots if is_within(other, place))
    return withdrawn
