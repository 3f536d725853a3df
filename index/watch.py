"""Watches folders and files, and syncs the archive whenever they change."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from time import monotonic

from watchfiles import watch as watch_files

from corpus.reading import is_of_archive
from index.archive import Archive
from index.errors import ArchiveError
from index.report import Report
from index.roots import is_address
from index.sources import check

# Changes are collected until nothing happens for the first time span, or until the second has
# passed: an editor writes a file in several steps, and moving a folder moves many files.
_QUIET_MILLISECONDS = 500
_LONGEST_MILLISECONDS = 5_000
AGAIN_SECONDS = 30.0


def watch(
    archive: Archive,
    paths: Sequence[str | Path],
    fields: Mapping[str, str] | None = None,
    *,
    withdraw_many: bool = False,
    tell: Callable[[Report | ArchiveError], None],
    stop: Event | None = None,
) -> None:
    """Sync with files and folders now, and again whenever something in them changes.

    ``tell`` is called with the report of each sync, or with the error if nothing was done. Only
    changed files are read again. It ends when ``stop`` is set or the process is interrupted.
    Raises ArchiveError if a path is an address or does not exist.
    """
    roots = watched_roots(paths)
    # A file is watched through its folder, because most programs replace the file they write.
    folders = {root if root.is_dir() else root.parent for root in roots}
    is_first = True
    # What could not be stored, as while the database is away, is tried again after a pause.
    overdue: set[str] = set()
    again_at = 0.0
    while True:
        watched = {folder: _identity(folder) for folder in folders}
        # The watch begins before the first sync, so that no change during the sync is missed.
        changes = watch_files(
            *(folder for folder, identity in watched.items() if identity),
            watch_filter=lambda _, path: _is_followed(Path(path), roots),
            step=_QUIET_MILLISECONDS,
            debounce=_LONGEST_MILLISECONDS,
            stop_event=stop,
            yield_on_timeout=True,
            rust_timeout=1_000,
        )
        if next(changes, None) is None:
            return
        if is_first:
            tell(archive.sync(paths, fields, withdraw_many))
            is_first = False
        else:
            if not _follow(archive, roots, roots, fields, withdraw_many, tell):
                overdue |= set(map(str, roots))
        for batch in changes:
            # Another folder has this name now, or none, as when a disk is unmounted and mounted
            # again: the watched folder is not the present one, so the watch starts anew.
            if any(_identity(folder) != identity for folder, identity in watched.items()):
                changes.close()
                break
            changed = {path for _, path in batch if not os.path.islink(path)}  # noqa: PTH114
            overdue |= changed
            if changed or (overdue and monotonic() >= again_at):
                if _follow(archive, sorted(overdue), roots, fields, withdraw_many, tell):
                    overdue.clear()
                again_at = monotonic() + AGAIN_SECONDS
        else:
            return


def watched_roots(paths: Sequence[str | Path]) -> list[Path]:
    """The files and folders at these paths; raises ArchiveError if one of them is none."""
    for path in paths:
        if is_address(path):
            raise ArchiveError(f"{path} is an address, which cannot be watched: sync fetches it.")
    check(paths)
    return [Path(path).resolve() for path in paths]


def _follow(
    archive: Archive,
    paths: Sequence[str | Path],
    roots: Sequence[Path],
    fields: Mapping[str, str] | None,
    withdraw_many: bool,
    tell: Callable[[Report | ArchiveError], None],
) -> bool:
    """Sync with these paths; returns whether that could be done."""
    try:
        report = archive.sync(paths, fields, withdraw_many, within=roots)
    except ArchiveError as error:
        tell(error)
        return False
    if report or report.failed or report.notes:
        tell(report)
    return True


def _identity(folder: Path) -> tuple[int, int] | None:
    """The device and inode of a folder, new if the folder is replaced; None if it is missing."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_followed(path: Path, roots: Sequence[Path]) -> bool:
    """Whether a file is a root or in one, is not hidden, and does not belong to an archive."""
    inside = (path.relative_to(root) for root in roots if path.is_relative_to(root))
    is_visible = any(not any(part.startswith(".") for part in place.parts) for place in inside)
    # A file of an archive is ignored, because every sync writes some and would cause the next.
    return is_visible and not is_of_archive(path)
