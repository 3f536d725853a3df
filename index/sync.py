"""Follows sources: plans the changes that make an archive equal to them, and carries them out.

Articles are compared with the stored ones by the digest of their content, never by the name or
time of a file. In one run

- an article whose id is not stored is added; one whose content differs from the content stored
  under its id becomes a new version;
- an article that was withdrawn and is found again returns;
- an article with a new id, but with the content of an article that vanished, has moved. It keeps
  its versions, and its former id still leads to it. So do articles that are identified only by
  their places, and have swapped these (see ``index.moves``);
- an article that came from the named files and folders, and is not found there, is withdrawn. But
  if a file, or any part of it, cannot be read, all its articles are kept. If the part is a record
  that has an id and no text, only the article of that id is. An article from an address is
  withdrawn only if the source says so, because feeds list only the newest;
- if a named folder is gone, or has no files in it any more, as if its disk were not mounted, all
  its articles are kept, too;
- an article that moved with its whole root, such as a renamed folder, is also found by its
  content.

A source cannot change an article of another source; see ``index.roots``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.followed import why_kept
from index.ingest import Ingest
from index.plan import By, Change, Plan
from index.progress import READING, STORING, Display, Progress
from index.report import Report
from index.roots import holder, is_address, is_inside, is_missing
from index.sightings import Comparison
from index.sources import Sources, check, fetching
from index.store import Standing, Store


@contextmanager
def plan(
    store: Store,
    paths: Sequence[str | Path],
    fields: Mapping[str, str] | None = None,
    *,
    only_add: bool = False,
    withdraw_many: bool = False,
    by: By = "operator",
    within: Sequence[str | Path] | None = None,
    progress: Display = False,
) -> Iterator[Plan]:
    """The plan that makes an archive equal to files, folders and addresses.

    With ``only_add`` articles that were not found are not withdrawn, nor taken for moved. Without
    ``withdraw_many`` the articles of a folder without files are kept. ``within`` lists folders,
    and the paths are what changed in them: a path need not exist, and the number of vanished
    articles is compared with all articles of the folders. ``by`` says who brings the articles: the
    page withdraws nothing and sets no embargo, and dropped files are read by a process with
    limits. Downloaded files exist until the context ends.

    Raises ArchiveError if a path does not exist, or if ``fields`` names a field articles lack.
    """
    roots = store.roots()
    own_fields = {place: names for place, names in roots.items() if names}
    with fetching(store, paths) as downloads:
        sources = Sources(
            paths, fields or {}, downloads, {} if fields else own_fields,
            within=within, apart=by == "drop",
        )  # fmt: skip
        if not only_add and within is None:
            check(paths)
        planned = Plan(store, sources, by, withdraw_many)
        if by != "drop" and within is None:
            _take_as_roots(planned, roots, fields or {}, followed=not only_add)
        comparison = Comparison(planned, {*roots, *planned.roots})
        with Progress(READING, progress) as tracker:
            comparison.see(sources, tracker)
        vanished: dict[str, Standing] = {}
        around = sources if within is None else Sources(within, {}, downloads)
        if not only_add:
            vanished = comparison.vanished()
            planned.followed = sum(map(store.count_in, around.locations()))
        comparison.compare(vanished, only_add)
        # By now, articles that moved out of these folders are no longer in ``vanished``.
        for folder in around.empty() if vanished and not withdraw_many else ():
            planned.keep(folder, vanished, why_kept(folder, store.address, is_there=True))
        for root in around.missing() if vanished else ():
            planned.keep(root, vanished, why_kept(root, store.address, is_there=False))
        planned.vanished = len(vanished)
        planned.withdrawn += vanished.values()
        withdrawn = [*planned.retracted, *planned.withdrawn]
        planned.changes += [Change.of("withdrawn", standing, None) for standing in withdrawn]
        yield planned


def _take_as_roots(
    plan: Plan,
    roots: Mapping[str, Mapping[str, str] | None],
    fields: Mapping[str, str],
    followed: bool,
) -> None:
    """Make each source a root, unless a known root holds it; roots inside of it are dropped.

    A path that does not exist is none: it may be misspelled.
    """
    missing = {*plan.sources.missing()}
    for place in plan.sources.roots():
        if place not in missing and holder(place, roots.keys() - {place}) is None:
            # A root keeps its field names, so they need to be given only once.
            plan.roots[place] = (fields or roots.get(place) or {}) if followed else None
            if followed:
                plan.dropped_roots += [root for root in roots if is_inside(root, place)]


def carry_out(ingest: Ingest, plan: Plan, progress: Display = False, embed: bool = True) -> Report:
    """Carry out a plan: first the quick changes, then the embedding of new articles."""
    report = plan.report
    plan.store.keep_roots(plan.roots)
    plan.store.move(plan.moved, plan.relocated)
    report.moved = [change.id for change in plan.changes if change.what == "moved"]
    report.withdrawn = plan.store.withdraw(plan.withdrawn)
    report.withdrawn += plan.store.withdraw(plan.retracted, retracted=True)
    characters = sum(length for _, length, _ in plan.to_store.values())
    with Progress(STORING, progress, len(plan.to_store), characters) as tracker:
        ingest.store(plan.articles_to_store(), report, tracker, embed)
    deserted = _deserted_roots(plan.store) if report.moved else ()
    plan.store.drop_roots([*plan.dropped_roots, *deserted])
    ingest.finish(report, plan.began, plan.sources.downloads.validators)
    return report


def _deserted_roots(store: Store) -> Iterator[str]:
    """The roots that are gone, and whose articles have all moved elsewhere."""
    roots = store.roots()
    for place in roots:
        is_gone = not is_address(place) and is_missing(place, roots)
        if is_gone and next(store.found_in([place]), None) is None:
            yield place
