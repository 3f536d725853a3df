"""The roots that an archive follows: which there are, which are gone, and how one is given up."""

from collections.abc import Sequence
from pathlib import Path

from corpus import Unreadable
from corpus.reading import NO_FILES
from index.errors import ArchiveError
from index.report import Root, RootState
from index.roots import holder, is_address, is_missing, is_within
from index.sources import existing
from index.store import Store


def followed(truth: Store) -> tuple[Root, ...]:
    """Every root that is followed, and how many articles are from it."""
    known = truth.roots()
    roots = []
    for place, fields in known.items():
        if fields is not None:
            state: RootState = "missing" if is_missing(place, known) else "there"
            state = "an address" if is_address(place) else state
            roots.append(Root(place, state, truth.count_in(place)))
    return tuple(roots)


def missing_roots(truth: Store) -> list[Unreadable]:
    """A line for each followed root that is not there any more."""
    return [
        Unreadable(root.place, why_kept(root.place, truth.address, is_there=False))
        for root in followed(truth)
        if root.state == "missing"
    ]


def why_kept(root: str, address: str, is_there: bool) -> str:
    """Why what came from a root is kept, which has no files in it or is gone."""
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
    """Where those of some articles stand that are followed: the next sync adds them."""
    roots = {place for place, fields in truth.roots().items() if fields is not None}
    places = (standing.location or "" for standing in truth.standing(ids).values())
    there = (place for place in places if is_address(place) or existing(place))
    return [place for place in there if holder(place, roots)]


def forget(truth: Store, root: str | Path) -> list[str]:
    """Withdraw all that came from a root, and follow it no more; returns the ids withdrawn.

    Raises ArchiveError, and changes nothing, where nothing came from there.
    """
    place = str(root) if is_address(str(root)) else str(Path(root).absolute())
    known = truth.roots()
    if place not in known and not is_address(place):
        place = str(Path(root).resolve())
    standing = list(truth.found_in([place]))
    if place not in known and not standing:
        names = ", ".join(name for name, fields in known.items() if fields is not None)
        raise ArchiveError(f"Nothing came from {root}; the archive follows {names or 'nothing'}.")
    withdrawn = truth.withdraw(standing)
    truth.drop_roots(other for other in known if is_within(other, place))
    return withdrawn
