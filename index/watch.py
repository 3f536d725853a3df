"""Following folders for as long as one likes."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event

from watchfiles import watch as watch_files

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
    # Begun first, so that nothing is missed that changes while all is read. A file is watched
    # through its folder: most programs replace the file that they write.
    changes = watch_files(
        *{root if root.is_dir() else root.parent for root in roots},
        watch_filter=lambda _, path: _is_followed(Path(path), roots),
        step=_QUIET_MILLISECONDS,
        debounce=_LONGEST_MILLISECONDS,
        stop_event=stop,
        yield_on_timeout=True,
        rust_timeout=1_000,
    )
    if next(changes, None) is None:
        return
    tell(archive.sync(paths, fields, withdraw_many))
    for changed in changes:
        touched = sorted({path for _, path in changed if not os.path.islink(path)})  # noqa: PTH114
        if not touched:
            continue
        try:
            report = archive.sync(touched, fields, withdraw_many, within=roots)
            if report or report.failed or report.notes:
                tell(report)
        except ArchiveError as error:
            tell(error)


def _is_followed(path: Path, roots: Sequence[Path]) -> bool:
    """Whether a file is one of the roots or lies in one, and is not hidden there."""
    inside = (path.relative_to(root) for root in roots if path.is_relative_to(root))
    return any(not any(part.startswith(".") for part in place.parts) for place in inside)
