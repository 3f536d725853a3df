"""Following a source: what has to be done so that an archive is equal to it, and doing it.

What is found is compared with what is stored by the digest of its content, never by the name or
the time of a file. In one run

- an article with an id that is not stored is added; one whose content differs from what is stored
  under its id becomes its new version;
- one that was withdrawn and is there again returns;
- one with a new id, whose content is stored under the id of one that vanished, has moved: it takes
  its versions along, and its former id still leads to it; so do articles that are known by their
  places only, and have changed these with each other (see ``index.moves``);
- one that came from the files and folders that are named, and was not found there, is withdrawn.
  But where a file, or part of it, cannot be read, all that came from it is kept. What came from an
  address is only withdrawn where the source says so: feeds list no more than the newest;
- where a folder that is named has no files in it any more, as if its disk were not mounted, or is
  gone itself, all that came from it is kept, too;
- what moved with its whole root, such as a folder that has another name now, is found by its
  content, too.

What one source says of an article of another is not done; see ``index.roots``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.followed import why_kept
from index.ingest import Ingest
from index.plan import By, Change, Plan
from index.progress import READING, STORING, Progress, Shown
from index.report import Report
from index.roots import holder, is_address, is_inside, is_missing
from index.sightings import Sighted
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
    progress: Shown = False,
) -> Iterator[Plan]:
    """What there is to do so that an archive is equal to files, folders and addresses.

    With ``only_add`` nothing that is not there is withdrawn, or taken for moved. What came from a
    folder that has no files in it is kept unless ``withdraw_many``. ``within`` says
    that the paths are those in these folders where something changed: they need not exist, and
    how much has vanished is seen against all that came from the folders. ``by`` says who brings
    what is found: the page withdraws nothing and sets no embargo, and what is dropped there is
    read apart, by a process with limits. What has been fetched is there within the context.

    Raises ArchiveError where a path does not exist, or ``fields`` names one that articles lack.
    """
    known = store.roots()
    own_fields = {place: names for place, names in known.items() if names}
    with fetching(store, paths) as downloads:
        sources = Sources(
            paths, fields or {}, downloads, {} if fields else own_fields,
            may_be_gone=within is not None, apart=by == "drop",
        )  # fmt: skip
        if not only_add and within is None:
            check(paths)
        made = Plan(store, sources, by, withdraw_many)
        if by != "drop" and within is None:
            _take_as_roots(made, known, fields or {}, followed=not only_add)
        sighted = Sighted(made, {*known, *made.roots})
        with Progress(READING, progress) as shown:
            sighted.see(sources, shown)
        vanished: dict[str, Standing] = {}
        around = sources if within is None else Sources(within, {}, downloads)
        if not only_add:
            vanished = sighted.vanished()
            made.followed = sum(map(store.count_in, around.locations()))
        sighted.compare(vanished, only_add)
        # What has moved out of them is no longer among what vanished.
        for folder in around.empty() if vanished and not withdraw_many else ():
            made.keep(folder, vanished, why_kept(folder, store.address, is_there=True))
        for root in around.missing() if vanished else ():
            made.keep(root, vanished, why_kept(root, store.address, is_there=False))
        made.vanished = len(vanished)
        made.withdrawn += vanished.values()
        gone = [*made.retracted, *made.withdrawn]
        made.changes += [Change.of("withdrawn", standing, None) for standing in gone]
        yield made


def _take_as_roots(
    plan: Plan,
    known: Mapping[str, Mapping[str, str] | None],
    fields: Mapping[str, str],
    followed: bool,
) -> None:
    """Make each source a root, unless a known root holds it; roots inside of it are forgotten."""
    for place in plan.sources.roots():
        if holder(place, known.keys() - {place}) is None:
            # How its fields are called need be said once only.
            plan.roots[place] = (fields or known.get(place) or {}) if followed else None
            if followed:
                plan.left += [root for root in known if is_inside(root, place)]


def carry_out(ingest: Ingest, plan: Plan, progress: Shown = False, embed: bool = True) -> Report:
    """Do what is planned: first what takes no time, then the embedding of what is new."""
    report = plan.report
    plan.store.keep_roots(plan.roots)
    plan.store.move(plan.moved, plan.elsewhere)
    report.moved = [change.id for change in plan.changes if change.what == "moved"]
    report.withdrawn = plan.store.withdraw(plan.withdrawn)
    report.withdrawn += plan.store.withdraw(plan.retracted, retracted=True)
    characters = sum(length for _, length, _ in plan.wanted.values())
    with Progress(STORING, progress, len(plan.wanted), characters) as shown:
        ingest.store(plan.found(), report, shown, embed)
    left = [*plan.left, *(_deserted(plan.store) if report.moved else ())]
    plan.store.drop_roots(left)
    ingest.finish(report, plan.began, plan.sources.downloads.validators)
    return report


def _deserted(store: Store) -> Iterator[str]:
    """The roots that are gone, and from which all has moved elsewhere."""
    roots = store.roots()
    for place in roots:
        gone = not is_address(place) and is_missing(place, roots)
        if gone and next(store.found_in([place]), None) is None:
            yield place
