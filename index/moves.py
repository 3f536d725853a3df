"""Matches found articles with stored ones, when only their place identifies them.

A file is identified by its path, and a row of a table or list without ids by its number. But two
files may swap names, and a row inserted at the top moves all others down. So an article is matched
by its content first, then, if it is a row, by its headline. An article that matches neither way is
a new version of the one stored at its place, unless a row's text shows that it is another article.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from corpus import Article
from index.copies import Wording
from index.roots import file_part, is_record
from index.store import Sighting, Standing

# A row with a new headline holds another article if less than this share of either text's words
# is in the other text.
_LEAST_COMMON = 0.5


def is_known_by_place(article: Article | Sighting | Standing) -> bool:
    """Whether an article's place is its only id."""
    return article.id == article.origin


def follow(
    sightings: Sequence[Sighting],
    overwritten: Mapping[str, Standing],
    vanished: Mapping[str, Standing],
    others: Iterable[Standing],
    texts: Callable[[str], tuple[str | None, str | None]],
    unread: Collection[str] = (),
) -> dict[str, Standing]:
    """The stored article that each sighting matches, by the sighting's id; new articles are absent.

    ``overwritten`` are the articles stored under the sightings' ids with other content, and
    ``vanished`` those no longer found under their id, both by id. ``others`` were withdrawn
    before, or their whole root is gone; the first of them are preferred. ``texts`` returns the
    stored and the found text of an id, or None for a text that is not known. ``unread`` are the ids
    of vanished articles that may still be in their files, as these could not be read whole.
    """
    by_id = {sighting.id: sighting for sighting in sightings}
    unmatched = {id: stored[id] for stored in (vanished, overwritten) for id in sorted(stored)}
    former: dict[str, Standing] = {}

    def is_corrected(id: str) -> bool:
        """Whether the article found under an id has the headline of the one stored there."""
        return id in unmatched and id in overwritten and unmatched[id].title == by_id[id].title

    contents = _by(lambda standing: standing.digest, unmatched.values())
    found = {sighting.digest for sighting in sightings}

    def has_stayed(id: str) -> bool:
        """Whether the article found under an id is the one stored there, corrected.

        Two columns may have the same headline, such as "In brief". They have swapped their files
        if the content of each is in the other's place, or if their texts have little in common.
        """
        if not is_corrected(id):
            return False
        are_elsewhere = unmatched[id].digest in found and by_id[id].digest in contents
        return not are_elsewhere and are_versions(*texts(id))

    def take(
        sighting: Sighting, candidates: Iterable[Standing], stays: Callable[[str], bool]
    ) -> None:
        for standing in candidates:
            # Content distinguishes two rows of one file with the same headline. But an article
            # that was copied to another file, and then corrected in its own place, has not moved.
            is_same_file = file_part(standing.location) == file_part(sighting.location)
            is_same_row = is_same_file and standing.digest == sighting.digest
            if standing.id in unread and not is_same_file:
                continue
            if standing.id in unmatched and (
                is_same_row or not (stays(standing.id) or stays(sighting.id))
            ):
                former[sighting.id] = unmatched.pop(standing.id)
                return

    for sighting in sightings:
        take(sighting, contents.get(sighting.digest, ()), has_stayed)
    headlines = _by(_headline, unmatched.values())
    for sighting in sightings:
        if sighting.id not in former and _is_row(sighting):
            take(sighting, headlines.get(_headline(sighting), ()), is_corrected)
    earlier = _by(lambda standing: standing.digest, others)
    for sighting in sightings:
        if sighting.id in former:
            continue
        if sighting.id in unmatched and sighting.id in overwritten:
            is_another = _is_row(sighting) and not is_corrected(sighting.id)
            if not is_another or are_versions(*texts(sighting.id)):
                former[sighting.id] = unmatched.pop(sighting.id)
                continue
        if same := earlier.get(sighting.digest):
            former[sighting.id] = same.pop(0)
    return former


def _by(key: Callable[[Standing], str], stored: Iterable[Standing]) -> dict[str, list[Standing]]:
    by: dict[str, list[Standing]] = {}
    for standing in stored:
        by.setdefault(key(standing), []).append(standing)
    return by


def _headline(article: Sighting | Standing) -> str:
    return f"{file_part(article.location)}#{article.title}"


def _is_row(article: Sighting) -> bool:
    return is_record(article.location) and is_known_by_place(article)


def are_versions(one: str | None, other: str | None) -> bool:
    """Whether two texts may be versions of one article; True if either text is not known."""
    if one is None or other is None:
        return True
    first, second = Wording.of(one), Wording.of(other)
    if first.is_comparable and second.is_comparable:
        return max(first.common(second), second.common(first)) >= _LEAST_COMMON
    # A long text has most words of any brief, but seldom next to each other.
    pairs = [set[tuple[str, ...]](pairwise(text.words)) for text in (first, second)]
    fewer, more = sorted(pairs, key=len)
    return len(fewer & more) > _LEAST_COMMON * len(fewer)
