"""Following folders for as long as one likes."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event

from watchfiles import watch as watch_files

from corpus.reading import is_of_archive
from index.archive import Archive
from index.errors import ArchiveError
from index.report import Report

# Changes are put together until nothing happens for the first, or until the second has passed:
# an editor writes a file in several steps, and whoever moves a folder moves many.
_QUIET_MILLISECONDS = 500
_LONGEST_MILLISECONDS = 5_000


def watch(
    archive: Archive,
    paths: Sequence[str | Path],
    fields: Mapping[str, str] | None = None,
    *,
    withdraw_many: bool = False,
    tell: Callable[[Report | ArchiveError], None],
    stop: Event | None = None,
) -> None:
    """Sync with files and folders now, and with what changes in them from then on.

    ``tell`` is given the report of each change, or why nothing was done. Only what changed is read
    again. Goes on until ``stop`` is set, or the process is interrupted. Raises ArchiveError where
    a path does not exist.
    """
    roots = [Path(path).resolve() for path in paths]
    for given, root in zip(paths, roots, strict=True):
        if not root.exists():
            raise ArchiveError(f"{given} does not exist; nothing was changed.")
    # A file is watched through its folder: most programs replace the file that they write.
    folders = {root if root.is_dir() else root.parent for root in roots}
    is_first = True
    while True:
        watched = {folder: _identity(folder) for folder in folders}
        # Begun first, so that nothing is missed that changes while all is read.
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
            _follow(archive, roots, roots, fields, withdraw_many, tell)
        for changed in changes:
            # Another folder of that name, or none, as where a disk comes and goes: what was
            # watched is no longer what is there.
            if any(_identity(folder) != identity for folder, identity in watched.items()):
                changes.close()
                break
            touched = sorted({path for _, path in changed if not os.path.islink(path)})  # noqa: PTH114
            if touched:
                _follow(archive, touched, roots, fields, withdraw_many, tell)
        else:
            return


def _follow(
    archive: Archive,
    touched: Sequence[str | Path],
    roots: Sequence[Path],
    fields: Mapping[str, str] | None,
    withdraw_many: bool,
    tell: Callable[[Report | ArchiveError], None],
) -> None:
    try:
        report = archive.sync(touched, fields, withdraw_many, within=roots)
    except ArchiveError as error:
        tell(error)
        return
    if report or report.failed or report.notes:
        tell(report)


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one of the same name; None where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_followed(path: Path, roots: Sequence[Path]) -> bool:
    """Whether a file is one of the roots or lies in one, and is neither hidden nor an archive's."""
    inside = (path.relative_to(root) for root in roots if path.is_relative_to(root))
    is_shown = any(not any(part.startswith(".") for part in place.parts) for place in inside)
    # What a sync writes into an archive would be followed by another sync.
    return is_shown and not is_of_archive(path)
