"""Files, folders and addresses that are read as one."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import Article, Found, Note, read_articles
from corpus.apart import read_apart
from corpus.reading import is_empty_folder
from corpus.records import check_field_names
from index.download import Downloads
from index.errors import ArchiveError
from index.roots import file_part, is_address, is_inside, is_within, outermost
from index.store import Store

_LISTED = os.R_OK | os.X_OK


class Sources:
    """What is named to be read.

    ``own_fields`` are the names of fields of those that were followed before; ``apart`` says that
    the files may be anybody's, and are read by a child process with limits.
    """

    def __init__(
        self,
        paths: Sequence[str | Path],
        fields: Mapping[str, str],
        downloads: Downloads,
        own_fields: Mapping[str, Mapping[str, str]] | None = None,
        *,
        may_be_gone: bool = False,
        apart: bool = False,
    ) -> None:
        self._given = paths
        self._may_be_gone = may_be_gone
        self._apart = apart
        self._fields = fields
        self._own_fields = own_fields or {}
        self.downloads = downloads
        # By their absolute names, so that what is found in them has the same place every time.
        self.paths = [str(path) if is_address(path) else _absolute(path) for path in paths]

    def __iter__(self) -> Iterator[Found]:
        there = [
            path
            for path in self.paths
            if is_address(path) or os.path.lexists(path) or not self._may_be_gone
        ]
        if self._apart:
            yield from read_apart(there, self._fields)
            return
        for path in there:
            yield from self.read(path)

    def read(self, path: str) -> Iterator[Found]:
        """The articles in one file or folder, or behind one address."""
        try:
            if is_address(path):
                yield from self.downloads.read(path, self.fields(path))
            elif self._apart:
                yield from read_apart([path], self.fields(path))
            else:
                yield from read_articles(path, self.fields(path))
        except ValueError as error:
            raise ArchiveError(f"{error}.".replace("..", ".")) from error

    def fields(self, path: str) -> Mapping[str, str]:
        """How the fields of records are called in a path, or in what holds it."""
        holding = [holder for holder in self._own_fields if is_within(path, holder)]
        return self._own_fields[max(holding, key=len)] if holding else self._fields

    def roots(self) -> list[str]:
        """The paths that lie in no other of them."""
        return outermost(self.paths)

    def locations(self) -> list[str]:
        """Where what came from the files and folders is said to have been found."""
        files = [path for path in self.paths if not is_address(path)]
        named = [os.path.abspath(path) for path in self._given if not is_address(path)]  # noqa: PTH100
        everything = dict.fromkeys([*files, *named])
        # What lies in another of them would be met twice.
        return [
            path for path in everything if not any(is_inside(path, other) for other in everything)
        ]

    def cover(self, location: str | None) -> bool:
        """Whether what is at a place is among what is read."""
        place = location or ""
        return any(is_within(place, holder) for holder in self.locations())

    def holding(self, location: str) -> str:
        """What has to be read to meet again what was found at a place."""
        if not is_address(location):
            return existing(location) or location
        holders = [holder for holder in self.paths if is_within(location, holder)]
        return max(holders, key=len, default=location)

    def empty(self) -> list[str]:
        """The folders in which there is not one file."""
        return [folder for folder in self.locations() if is_empty_folder(folder)]

    def missing(self) -> list[str]:
        """The files and folders that are not there."""
        return [place for place in self.locations() if not os.path.lexists(place)]


def check(paths: Sequence[str | Path], fields: Mapping[str, str] | None = None) -> None:
    """Raise ArchiveError where a file or folder does not exist, or articles have no such field."""
    try:
        check_field_names(fields or {})
    except ValueError as error:
        raise ArchiveError(f"{error}.") from error
    for path in paths:
        if not is_address(path) and not os.path.lexists(_absolute(path)):
            raise ArchiveError(f"{path} does not exist; nothing was changed.")


def is_nothing_read(paths: Sequence[str | Path], fields: Mapping[str, str]) -> bool:
    """Whether something is wrong with all that is named, and so no article can be read there.

    A folder that can be listed is in order whatever is in it. Of the others no more is read than
    the first article.
    """
    with fetching(None, paths) as downloads:
        sources = Sources(paths, fields, downloads)
        folders = filter(os.path.isdir, sources.paths)
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
    """What is fetched within; no folder is made for it where nothing is: the disk may be full."""
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
    """The file or folder that exists and holds what is said to be at a place, or None.

    After it there may be ``#`` and the number of a record, or the name of a file within a file.
    """
    if os.path.lexists(location):
        return location
    place = Path(file_part(location))
    for path in (place, *place.parents):
        if os.path.lexists(path):
            return str(path) if path == place or path.is_file() else None
    return None


def _absolute(path: str | Path) -> str:
    """The absolute name of a path; of a link, that of what it leads to."""
    try:
        return str(Path(path).resolve())
    except (OSError, RuntimeError, ValueError):
        return os.path.abspath(path)  # noqa: PTH100
