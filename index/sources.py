"""Reads files, folders and addresses as one stream of articles."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import Article, Found, Note, read_articles
from corpus.apart import read_apart
from corpus.encoding import readable
from corpus.reading import is_empty_folder, is_passed_over
from corpus.records import check_field_names
from index.download import Downloads
from index.errors import ArchiveError
from index.roots import file_part, is_address, is_inside, is_within, on_disk, outermost
from index.store import Store

_LISTED = os.R_OK | os.X_OK


class Sources:
    """The files, folders and addresses to read.

    ``own_fields`` are the field names of roots that were followed before. With ``apart`` the files
    may come from anybody, and are read by a child process with limits. The paths are what changed
    ``within`` folders, if these are given: some may be gone, or left out when a folder is read.
    """

    def __init__(
        self,
        paths: Sequence[str | Path],
        fields: Mapping[str, str],
        downloads: Downloads,
        own_fields: Mapping[str, Mapping[str, str]] | None = None,
        *,
        within: Sequence[str | Path] | None = None,
        apart: bool = False,
    ) -> None:
        self._paths_as_given = paths
        self._within = None if within is None else [Path(_absolute(root)) for root in within]
        self._apart = apart
        self._fields = fields
        self._own_fields = own_fields or {}
        self.downloads = downloads
        # Absolute, so that an article found in them has the same place every time.
        self.paths = [
            str(path) if is_address(path) else readable(_absolute(path)) for path in paths
        ]

    def __iter__(self) -> Iterator[Found]:
        present = [path for path in self.paths if is_address(path) or not self._is_left_out(path)]
        if self._apart:
            yield from read_apart([*map(on_disk, present)], self._fields)
            return
        for path in present:
            yield from self.read(path)

    def _is_left_out(self, place: str) -> bool:
        if self._within is None:
            return False
        path = on_disk(place)
        roots = [root for root in self._within if Path(path).is_relative_to(root)]
        are_passing_over = roots and all(is_passed_over(Path(path), root) for root in roots)
        return bool(are_passing_over) or not os.path.lexists(path)

    def read(self, path: str) -> Iterator[Found]:
        """The articles in one file or folder, or at one address."""
        try:
            if is_address(path):
                yield from self.downloads.read(path, self.fields(path))
            elif self._apart:
                yield from read_apart([on_disk(path)], self.fields(path))
            else:
                yield from read_articles(on_disk(path), self.fields(path))
        except ValueError as error:
            raise ArchiveError(f"{error}.".replace("..", ".")) from error

    def fields(self, path: str) -> Mapping[str, str]:
        """The names of record fields in a path, or in the nearest root that holds it."""
        holders = [holder for holder in self._own_fields if is_within(path, holder)]
        return self._own_fields[max(holders, key=len)] if holders else self._fields

    def roots(self) -> list[str]:
        """The paths that are inside none of the others."""
        return outermost(self.paths)

    def locations(self) -> list[str]:
        """The places under which articles from these files and folders are stored."""
        files = [path for path in self.paths if not is_address(path)]
        given = (path for path in self._paths_as_given if not is_address(path))
        linked = [readable(os.path.abspath(path)) for path in given]  # noqa: PTH100
        paths = dict.fromkeys([*files, *linked])
        # A path inside of another one would be listed twice.
        return [path for path in paths if not any(is_inside(path, other) for other in paths)]

    def cover(self, location: str | None) -> bool:
        """Whether a place is among the files and folders that are read."""
        place = location or ""
        return any(is_within(place, holder) for holder in self.locations())

    def holding(self, location: str) -> str:
        """The path or address to read in order to find the article at a place again."""
        if not is_address(location):
            return on_disk(existing(location) or location)
        holders = [holder for holder in self.paths if is_within(location, holder)]
        return max(holders, key=len, default=location)

    def empty(self) -> list[str]:
        """The folders that contain no file."""
        return [folder for folder in self.locations() if is_empty_folder(on_disk(folder))]

    def missing(self) -> list[str]:
        """The files and folders that do not exist."""
        return [place for place in self.locations() if not os.path.lexists(on_disk(place))]


def check(paths: Sequence[str | Path], fields: Mapping[str, str] | None = None) -> None:
    """Raise ArchiveError if a file or folder does not exist, or articles lack one of the fields."""
    try:
        check_field_names(fields or {})
    except ValueError as error:
        raise ArchiveError(f"{error}.") from error
    for path in paths:
        if not is_address(path) and not os.path.lexists(_absolute(path)):
            raise ArchiveError(f"{path} does not exist; nothing was changed.")


def is_nothing_read(paths: Sequence[str | Path], fields: Mapping[str, str]) -> bool:
    """Whether something is wrong with all of the paths, so that no article can be read.

    A folder that can be listed is in order, whatever it contains. Other paths are read only up to
    the first article.
    """
    with fetching(None, paths) as downloads:
        sources = Sources(paths, fields, downloads)
        folders = filter(os.path.isdir, map(on_disk, sources.paths))
        if any(os.access(folder, _LISTED) for folder in folders):
            return False
        is_wrong = False
        for item in sources:
            if isinstance(item, Article):
                return False
            is_wrong |= not isinstance(item, Note)
        return is_wrong


@contextmanager
def fetching(store: Store | None, paths: Sequence[str | Path]) -> Iterator[Downloads]:
    """The downloads of a context; without an address no folder is made: the disk may be full."""
    if not any(map(is_address, paths)):
        yield Downloads(store, Path())
        return
    try:
        folder = TemporaryDirectory(prefix="dateline-")
    except OSError as error:
        raise ArchiveError(f"What is fetched cannot be kept: {error.strerror}.") from error
    with folder as name:
        yield Downloads(store, Path(name))


def existing(location: str) -> str | None:
    """The existing file or folder that contains a place, or None.

    The place may continue with ``#`` and a record's number, or with the name of a member file.
    """
    if os.path.lexists(on_disk(location)):
        return location
    file = file_part(location)
    for place in (file, *map(str, Path(file).parents)):
        path = on_disk(place)
        if os.path.lexists(path):
            return place if place == file or Path(path).is_file() else None
    return None


def _absolute(path: str | Path) -> str:
    """The absolute path; of a link, the path of its target."""
    try:
        return str(Path(path).resolve())
    except (OSError, RuntimeError, ValueError):
        return os.path.abspath(path)  # noqa: PTH100
