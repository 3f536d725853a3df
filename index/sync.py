"""Following a source: what has to be done so that an archive is equal to it, and doing it.

What is found is compared with what is stored by the digest of its content, never by the name or
the time of a file. In one run

- an article with an id that is not stored is added; one whose content differs from what is stored
  under its id becomes its new version;
- one that was withdrawn and is there again returns;
- one with a new id, whose content is stored under the id of one that vanished, has moved: it takes
  its versions along, and its former id still leads to it;
- one that came from the files and folders that are named, and was not found there, is withdrawn.
  But where a file, or part of it, cannot be read, all that came from it is kept. What came from an
  address is only withdrawn where the source says so: feeds list no more than the newest.
"""

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from corpus import Article, Found, Unreadable, read_articles
from index.archive import UNSTORABLE, Archive, is_storable
from index.download import Downloads, is_address
from index.errors import ArchiveError
from index.progress import READING, STORING, Progress, Shown
from index.report import Report
from index.store import Sighting, Standing, Store

MANY = 20
"""Of more articles than this, no more than half are withdrawn at once unless that is asked for."""

# What is to be stored is kept in memory up to so many characters; the rest is read once more.
_MOST_KEPT = 50_000_000
_LOOKED_UP_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one article; ``formerly`` is where one that moved was."""

    what: Literal["added", "changed", "moved", "returned", "withdrawn"]
    id: str
    title: str
    origin: str | None
    formerly: str | None = None

    @classmethod
    def of(cls, what: "_What", article: Sighting | Standing, before: Standing | None) -> "Change":
        formerly = before and (before.origin or before.id)
        return cls(what, article.id, article.title, article.origin, formerly)

    def as_dict(self) -> dict[str, str | None]:
        return {
            "what": self.what,
            "id": self.id,
            "title": self.title,
            "origin": self.origin,
            "formerly": self.formerly,
        }

    def __str__(self) -> str:
        moved = f", was {self.formerly}" if self.formerly else ""
        return f"{self.what:9}  {self.title}  ({self.origin or self.id}{moved})"


_What = Literal["added", "changed", "moved", "returned", "withdrawn"]


@dataclass(slots=True)
class Plan:
    """What there is to do, article by article; nothing is done yet.

    ``kept`` are the ids of articles that were not found where not everything could be read.
    """

    store: Store
    sources: "_Sources"
    changes: list[Change] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    failed: list[Unreadable] = field(default_factory=list)
    moved: list[tuple[Standing, Sighting]] = field(default_factory=list)
    elsewhere: list[Sighting] = field(default_factory=list)
    withdrawn: list[Standing] = field(default_factory=list)
    # How many of how many that are followed are not there any more.
    vanished: int = 0
    followed: int = 0
    # Of what is to be stored the digests and lengths, by id; the articles as far as they are kept
    # in memory, and where the others are read once more.
    wanted: dict[str, tuple[str, int]] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    again: dict[str, None] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def check(self, withdraw_many: bool) -> None:
        """Raise ArchiveError where so much has vanished that it is rather a mistake."""
        if self.followed > MANY and self.vanished > self.followed / 2 and not withdraw_many:
            raise ArchiveError(
                f"{self.vanished} of {self.followed} articles are not there any more, and nothing "
                "was changed: look whether the folder is the right one, and complete; if it is, "
                "run the command again with --withdraw-many."
            )

    def found(self) -> Iterator[Article]:
        """The articles that are to be stored."""
        yield from self.articles.values()
        for path in self.again:
            for found in self.sources.read(path):
                if isinstance(found, Article) and found.id not in self.articles:
                    digest, _ = self.wanted.get(found.id, (None, 0))
                    if digest == found.digest:
                        yield found

    def as_dict(self) -> dict[str, object]:
        return {
            "changes": [each.as_dict() for each in self.changes],
            "kept": self.kept,
            "unchanged": len(self.unchanged),
            "failed": [{"origin": each.origin, "reason": each.reason} for each in self.failed],
        }


@contextmanager
def plan(
    archive: Archive,
    paths: Sequence[str | Path],
    fields: Mapping[str, str] | None = None,
    *,
    only_add: bool = False,
    within: Sequence[str | Path] | None = None,
    progress: Shown = False,
) -> Iterator[Plan]:
    """What there is to do so that an archive is equal to files, folders and addresses.

    With ``only_add`` nothing that is not there is withdrawn, or taken for moved. ``within`` says
    that the paths are those in these folders where something changed: they need not exist, and
    how much has vanished is seen against all that came from the folders. What has been fetched
    is there within the context.

    Raises ArchiveError where a path does not exist, or ``fields`` names one that articles lack.
    """
    store = archive.truth
    with _place_for(paths) as folder:
        downloads = Downloads(store, folder)
        sources = _Sources(paths, fields or {}, downloads, may_be_gone=within is not None)
        if not only_add and within is None:
            sources.check()
        made = Plan(store, sources)
        sighted = _Sighted(made)
        with Progress(READING, progress) as shown:
            sighted.see(sources, shown)
        vanished: dict[str, Standing] = {}
        if not only_add:
            vanished = sighted.vanished()
            around = sources if within is None else _Sources(within, {}, sources.downloads)
            made.followed = sum(1 for _ in store.found_in(around.locations()))
        sighted.compare(vanished, only_add)
        made.vanished = len(vanished)
        made.withdrawn += vanished.values()
        made.changes += [Change.of("withdrawn", each, None) for each in made.withdrawn]
        yield made


@contextmanager
def _place_for(paths: Iterable[str | Path]) -> Iterator[Path]:
    """A folder for what is fetched; none is made where nothing is, as the disk may be full."""
    if not any(map(is_address, paths)):
        yield Path()
        return
    try:
        folder = TemporaryDirectory(prefix="dateline-")
    except OSError as error:
        raise ArchiveError(f"What is fetched cannot be kept: {error.strerror}.") from error
    with folder as name:
        yield Path(name)


def carry_out(archive: Archive, plan: Plan, progress: Shown = False) -> Report:
    """Do what is planned: first what takes no time, then the embedding of what is new."""
    report = Report(unchanged=list(plan.unchanged), kept=plan.kept, failed=plan.failed)
    plan.store.move(plan.moved)
    report.moved = [each.id for each in plan.changes if each.what == "moved"]
    report.withdrawn = plan.store.withdraw(plan.withdrawn)
    plan.store.refresh(plan.elsewhere)
    characters = sum(length for _, length in plan.wanted.values())
    with Progress(STORING, progress, len(plan.wanted), characters) as shown:
        archive.store(plan.found(), report, shown)
    archive.finish(report, plan.began, plan.sources.downloads.seen)
    return report


class _Sources:
    """Files, folders and addresses, which are read as one."""

    def __init__(
        self,
        paths: Sequence[str | Path],
        fields: Mapping[str, str],
        downloads: Downloads,
        may_be_gone: bool = False,
    ) -> None:
        self._given = paths
        self._may_be_gone = may_be_gone
        self._fields = fields
        self.downloads = downloads
        # By their absolute names, so that what is found in them has the same place every time.
        self._paths = [str(each) if is_address(each) else _absolute(each) for each in paths]

    def check(self) -> None:
        for given, path in zip(self._given, self._paths, strict=True):
            if not is_address(path) and not os.path.lexists(path):
                raise ArchiveError(f"{given} does not exist; nothing was changed.")

    def __iter__(self) -> Iterator[Found]:
        for path in self._paths:
            if is_address(path) or os.path.lexists(path) or not self._may_be_gone:
                yield from self.read(path)

    def read(self, path: str) -> Iterator[Found]:
        """The articles in one file or folder, or behind one address."""
        try:
            if is_address(path):
                yield from self.downloads.read(path, self._fields)
            else:
                yield from read_articles(path, self._fields)
        except ValueError as error:
            raise ArchiveError(f"{error}.".replace("..", ".")) from error

    def locations(self) -> list[str]:
        """Where what came from the files and folders is said to have been found."""
        files = [path for path in self._paths if not is_address(path)]
        named = [os.path.abspath(path) for path in self._given if not is_address(path)]  # noqa: PTH100
        everything = dict.fromkeys([*files, *named])
        # What lies in another of them would be met twice.
        return [
            each for each in everything if not any(_is_inside(each, other) for other in everything)
        ]

    def cover(self, location: str | None) -> bool:
        """Whether what is at a place is among what is read."""
        place = location or ""
        return any(place == each or _is_inside(place, each) for each in self.locations())

    def holding(self, location: str) -> str:
        """What has to be read to meet again what was found at a place."""
        if not is_address(location):
            return _file(location) or location
        holders = [each for each in self._paths if location == each or _is_inside(location, each)]
        return max(holders, key=len, default=location)

    def is_read(self, location: str) -> bool:
        """Whether a place is one of the folders themselves, and can be listed."""
        return location in self._paths and os.access(location, os.R_OK | os.X_OK)


class _Sighted:
    """What was found, beside what is stored under the same ids."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._found: dict[str, Sighting] = {}
        self._standing: dict[str, Standing] = {}
        self._lengths: dict[str, int] = {}
        self._unread: list[str] = []
        self._kept_characters = 0

    def see(self, found: Iterable[Found], progress: Progress) -> None:
        """Take note of everything that is found."""
        waiting: list[Article] = []
        for each in found:
            progress.read()
            if isinstance(each, Unreadable):
                self._plan.failed.append(each)
                self._unread.append(each.origin)
            elif not is_storable(each):
                name = each.origin or ascii(each.id)
                self._plan.failed.append(Unreadable(name, UNSTORABLE))
                self._unread.append(name)
            else:
                waiting.append(each)
                if len(waiting) == _LOOKED_UP_AT_ONCE:
                    self._look_up(waiting)
                    waiting = []
        self._look_up(waiting)

    def _look_up(self, articles: Sequence[Article]) -> None:
        new = [each.id for each in articles if each.id not in self._standing]
        self._standing |= self._plan.store.standing(new)
        for article in articles:
            self._note(article)

    def _note(self, article: Article) -> None:
        sighting = Sighting.of(article)
        earlier = self._found.get(article.id)
        is_withdrawn = article.withdrawn or (earlier and earlier.withdrawn)
        if earlier and earlier.digest != sighting.digest and not is_withdrawn:
            reason = f"has the same id, {article.id}, as {earlier.origin}; the last is kept"
            self._plan.failed.append(Unreadable(article.origin or article.title, reason))
        # What one says is withdrawn is so, whatever the others say.
        if earlier and earlier.withdrawn:
            return
        self._found[article.id] = sighting
        self._forget(article.id)
        standing = self._standing.get(article.id)
        if standing and standing.digest == article.digest and not standing.withdrawn:
            return
        if not article.withdrawn:
            self._lengths[article.id] = len(article.text)
            if self._kept_characters + len(article.text) <= _MOST_KEPT:
                self._plan.articles[article.id] = article
                self._kept_characters += len(article.text)

    def _forget(self, id: str) -> None:
        self._lengths.pop(id, None)
        if earlier := self._plan.articles.pop(id, None):
            self._kept_characters -= len(earlier.text)

    def vanished(self) -> dict[str, Standing]:
        """What came from the sources and was not found, by id; not what only cannot be read."""
        sources = self._plan.sources
        unread = {_file(origin) for origin in self._unread if not sources.is_read(origin)}
        vanished = {}
        for standing in self._plan.store.found_in(sources.locations()):
            if standing.id in self._found:
                continue
            place = _file_part(standing.location)
            if not unread.isdisjoint([standing.location, place, *map(str, Path(place).parents)]):
                self._plan.kept.append(standing.id)
            else:
                vanished[standing.id] = standing
        return vanished

    def compare(self, vanished: dict[str, Standing], only_add: bool) -> None:
        """Put into the plan what is to be done; what has moved is taken out of ``vanished``."""
        plan = self._plan
        new: list[Sighting] = []
        for id, found in self._found.items():
            before = self._standing.get(id)
            if found.withdrawn:
                if before and not before.withdrawn:
                    plan.withdrawn.append(before)
                else:
                    plan.unchanged.append(id)
            elif before is None:
                new.append(found)
            elif before.digest != found.digest:
                self._want(Change.of("changed", found, None))
            elif before.withdrawn:
                self._want(Change.of("returned", found, None))
            else:
                if not before.is_at(found):
                    plan.elsewhere.append(found)
                other_file = _file_part(before.location) != _file_part(found.location)
                if other_file and not only_add and plan.sources.cover(before.location):
                    plan.changes.append(Change.of("moved", found, before))
                else:
                    plan.unchanged.append(id)
        candidates = {} if only_add else self._by_digest(new, vanished)
        for found in new:
            before = next(iter(candidates.get(found.digest, [])), None)
            if before is None:
                self._want(Change.of("added", found, None))
                continue
            candidates[found.digest].remove(before)
            plan.moved.append((before, found))
            if vanished.pop(before.id, None):
                plan.changes.append(Change.of("moved", found, before))
                self._forget(found.id)
            else:
                self._want(Change.of("returned", found, before))

    def _by_digest(
        self, new: Sequence[Sighting], vanished: Mapping[str, Standing]
    ) -> dict[str, list[Standing]]:
        """What may be found under a new id: what vanished now, and then what did before."""
        before = self._plan.store.with_digests([each.digest for each in new])
        withdrawn = [each for each in before if each.withdrawn and each.id not in self._found]
        candidates: dict[str, list[Standing]] = {}
        for some in (vanished.values(), withdrawn):
            for standing in sorted(some, key=lambda each: each.id):
                candidates.setdefault(standing.digest, []).append(standing)
        return candidates

    def _want(self, change: Change) -> None:
        found = self._found[change.id]
        self._plan.changes.append(change)
        self._plan.wanted[change.id] = (found.digest, self._lengths[change.id])
        if change.id not in self._plan.articles:
            self._plan.again[self._plan.sources.holding(found.location or "")] = None


def _absolute(path: str | Path) -> str:
    """The absolute name of a path; of a link, that of what it leads to."""
    try:
        return str(Path(path).resolve())
    except (OSError, RuntimeError, ValueError):
        return os.path.abspath(path)  # noqa: PTH100


def _file(location: str) -> str | None:
    """The file or folder that exists and holds what is said to be at a place, or None.

    After it there may be ``#`` and the number of a record, or the name of a file within a file.
    """
    if os.path.lexists(location):
        return location
    place = Path(_file_part(location))
    for each in (place, *place.parents):
        if os.path.lexists(each):
            return str(each) if each == place or each.is_file() else None
    return None


def _file_part(location: str | None) -> str:
    return (location or "").partition("#")[0]


def _is_inside(place: str, holder: str) -> bool:
    """Whether a place is in a folder, or a record or a member of a file."""
    return place.startswith((f"{holder.rstrip('/')}/", f"{holder}#"))
