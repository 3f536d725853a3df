"""Which stored article is found where, if a place is all that an article is known by.

A file is known by its path, and a row of a table or a list that gives no id by its number. But two
files may change names, and a row that is put in first moves all others down. So an article is
looked for where its content stands now; then a row by its headline; and what has neither is taken
for a new version of what was in its place, unless a row's text shows that it is another article.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from index.copies import Wording
from index.roots import file_part
from index.store import Sighting, Standing

# In a row with another headline there is another article if less than this part of the words of
# either text stands in the other.
_LEAST_COMMON = 0.5


def is_known_by_place(article: Sighting | Standing) -> bool:
    """Whether an article has no id but its place."""
    return article.id == article.origin


def follow(
    sightings: Sequence[Sighting],
    overwritten: Mapping[str, Standing],
    vanished: Mapping[str, Standing],
    others: Iterable[Standing],
    texts: Callable[[str], tuple[str | None, str | None]],
) -> dict[str, Standing]:
    """The stored article that each of some sightings is, by the sighting's id; a new one has none.

    ``overwritten`` is what is stored under their ids and has other content, ``vanished`` what is
    found under its id no more, both by id; ``others`` were withdrawn before, or their whole root
    is gone, those that are taken first at the beginning. ``texts`` gives for an id the text that
    is stored and the one that is found, where they are known.
    """
    found = {sighting.id: sighting for sighting in sightings}
    left = {id: stored[id] for stored in (vanished, overwritten) for id in sorted(stored)}
    former: dict[str, Standing] = {}

    def is_corrected(id: str) -> bool:
        """Whether what is under an id now has the headline of what was there before."""
        return id in left and id in overwritten and left[id].title == found[id].title

    def take(sighting: Sighting, candidates: Iterable[Standing]) -> None:
        for standing in candidates:
            # Of two rows of one file with one headline, the content tells which is which. But
            # what was copied to another file, and then corrected in its place, has not moved.
            is_same_row = (file_part(standing.location), standing.digest) == (
                file_part(sighting.location),
                sighting.digest,
            )
            stays = is_corrected(standing.id) or is_corrected(sighting.id)
            if standing.id in left and (is_same_row or not stays):
                former[sighting.id] = left.pop(standing.id)
                return

    contents = _by(lambda standing: standing.digest, left.values())
    for sighting in sightings:
        take(sighting, contents.get(sighting.digest, ()))
    headlines = _by(_headline, left.values())
    for sighting in sightings:
        if sighting.id not in former and _is_row(sighting):
            take(sighting, headlines.get(_headline(sighting), ()))
    earlier = _by(lambda standing: standing.digest, others)
    for sighting in sightings:
        if sighting.id in former:
            continue
        if sighting.id in left and sighting.id in overwritten:
            is_another = _is_row(sighting) and not is_corrected(sighting.id)
            if not is_another or are_versions(*texts(sighting.id)):
                former[sighting.id] = left.pop(sighting.id)
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
    return article.location is not None and "#" in article.location and is_known_by_place(article)


def are_versions(one: str | None, other: str | None) -> bool:
    """Whether two texts may be versions of one article; one that is not known may be."""
    if one is None or other is None:
        return True
    here, there = Wording.of(one), Wording.of(other)
    if here.is_comparable and there.is_comparable:
        return max(here.common(there), there.common(here)) >= _LEAST_COMMON
    fewer, more = sorted((set(here.words), set(there.words)), key=len)
    return len(fewer & more) > _LEAST_COMMON * len(fewer)
