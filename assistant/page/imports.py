"""The page "Add articles": dropped files, and folders and addresses that ``--articles`` names.

A dropped file is sent to /drop and stored beside the archive. A child process with limits reads it;
then it is removed, because the archive stores its articles. Only one import runs at a time. It has
its own thread, so it continues if its watcher leaves, and questions are answered meanwhile. An
import never withdraws or hides an article, nor replaces one from elsewhere. Dropped files, and only
these, can be withdrawn again.
"""

import re
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import anyio
from fastapi import FastAPI, Form, Request
from markupsafe import Markup
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from assistant.page.overview import NEWEST, change_report, framed
from assistant.page.site import Site
from assistant.rendering import fill
from assistant.spoken import counted, shortened
from assistant.wording import Refused, gettext, message
from corpus import Article
from index import Archive, ArchiveError, Report
from index.naming import find_names
from index.progress import Step
from index.roots import file_part

LARGEST_FILE = 500_000_000
"""The most bytes of a dropped file."""

MOST_FILES = 500
"""How many files can be dropped at once; for more, there are zip archives and folders."""

_DROP_ID = re.compile(r"[0-9a-f]{32}")
_LARGEST_DROP = 2_000_000_000
_LONGEST_NAME = 200
_FORGOTTEN = 24 * 60 * 60


class NotTaken(Refused):
    """A file or an import is refused; the message says why and what to do."""


class _Stopped(Exception):  # noqa: N818
    """Somebody stopped the import."""


@dataclass(frozen=True, slots=True)
class State:
    """The state of an import: the name of what is ``brought`` in, and its progress or result.

    ``problem`` says why it failed, with ``values`` for its placeholders. If the import is no longer
    running and has neither a problem nor a report, it was stopped. ``arrived`` are the first
    articles that are new or changed.
    """

    brought: str = ""
    running: bool = False
    stopping: bool = False
    step: Step | None = None
    report: Report | None = None
    arrived: tuple[Article, ...] = ()
    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


class Imports:
    """The imports into an archive from the page, of which one runs at a time.

    ``places`` are the folders and addresses that may be imported besides dropped files.
    """

    def __init__(self, archive: Archive, places: Sequence[str | Path] = ()) -> None:
        self.archive = archive
        self.places = tuple(places)
        # An article without an id is identified by the path of its file. So a file of the same name
        # that is dropped later is a newer version of it.
        self._place = (archive.folder / "dropped").resolve()
        self._state = State()
        self._lock = threading.Lock()
        # Files that cannot be removed do no harm.
        with suppress(OSError):
            self._remove_forgotten()

    @property
    def state(self) -> State:
        return self._state

    async def receive(self, drop: str, name: str, blocks: AsyncIterator[bytes]) -> None:
        """Store one file of a drop; the drop's id has 32 hexadecimal digits.

        Raises NotTaken if the name is not that of a file, or if the file is too large or cannot be
        stored.
        """
        file_name, folder = _file_name(name), self._folder(drop)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            others = list(folder.iterdir())
            if len(others) >= MOST_FILES:
                raise NotTaken(
                    "At most %(most)s files are taken at once; zip them.", most=MOST_FILES
                )
            room = min(LARGEST_FILE, _LARGEST_DROP - sum(path.stat().st_size for path in others))
            try:
                async with await anyio.open_file(folder / file_name, "xb") as file:
                    async for block in blocks:
                        room -= len(block)
                        if room < 0:
                            raise NotTaken(
                                "“%(file)s” is too large to be sent; zip it, or name its "
                                "folder at the start.",
                                file=name,
                            )
                        await file.write(block)
            except FileExistsError:
                raise NotTaken(
                    "Two of the files are called “%(file)s”; rename one.", file=file_name
                ) from None
            except BaseException:
                (folder / file_name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise NotTaken(
                "“%(file)s” cannot be kept here: %(why)s.", file=name, why=error.strerror or error
            ) from error

    def bring_dropped(self, drop: str) -> None:
        """Start to import the files of a drop; raises NotTaken."""
        folder = self._folder(drop)
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        if not names:
            raise NotTaken("Choose files first.")

        def run(watch: Callable[[Step], None]) -> Report:
            paths = [self._place / name for name in names]
            try:
                for path in paths:
                    (folder / path.name).replace(path)
                return self.archive.add_from(paths, progress=watch, by="drop")
            finally:
                for path in paths:
                    path.unlink(missing_ok=True)
                shutil.rmtree(folder, ignore_errors=True)

        brought = names[0] if len(names) == 1 else counted(len(names), "file")
        try:
            self._begin(brought, run)
        except NotTaken:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def bring_place(self, number: int) -> None:
        """Start to import one of the places, by its number; raises NotTaken."""
        if not 0 <= number < len(self.places):
            raise NotTaken("There is no such folder or address.")
        place = self.places[number]

        def run(watch: Callable[[Step], None]) -> Report:
            return self.archive.add_from([place], progress=watch, by="page")

        self._begin(str(place), run)

    def dropped(self) -> dict[str, int]:
        """The names of the dropped files, and how many articles are from each."""
        articles = self.archive.truth.found_in([str(self._place)])
        return dict(Counter(self.origin(file_part(article.location)) for article in articles))

    def withdraw(self, name: str) -> None:
        """Withdraw the articles of a dropped file; does nothing if there is no such file."""
        if name in self.dropped():
            self.archive.forget(self._place / name)

    def stop(self) -> None:
        """End the import before its next step; articles that are stored by then stay."""
        with self._lock:
            if self._state.running:
                self._state = replace(self._state, stopping=True)

    def _begin(self, brought: str, run: Callable[[Callable[[Step], None]], Report]) -> None:
        with self._lock:
            if self._state.running:
                raise NotTaken(
                    "Another import is going on; begin when it is done, or stop it first."
                )
            self._state = State(brought, running=True)
        threading.Thread(target=self._run, args=(run,), name="import", daemon=True).start()

    def _run(self, run: Callable[[Callable[[Step], None]], Report]) -> None:
        result: dict[str, Any] = {
            "problem": message("It failed; the terminal that runs Dateline says why.")
        }
        try:
            report = run(self._watch)
            result = {"report": report, "arrived": self._arrived(report), "problem": ""}
        except _Stopped:
            result = {"problem": ""}
        except ArchiveError as error:
            result = {"problem": str(error)}
        except OSError as error:
            result = {
                "problem": message("It cannot be read or kept here: %(why)s."),
                "values": {"why": str(error.strerror or error)},
            }
        finally:
            # Whatever happened, the next import may start.
            self._set(running=False, **result)
        # The import is over by now: nobody waits until the names are found.
        if problem := find_names(self.archive.names):
            print(problem, file=sys.stderr)

    def _watch(self, step: Step) -> None:
        if self._state.stopping:
            raise _Stopped
        self._set(step=step)

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **changes)

    def _arrived(self, report: Report) -> tuple[Article, ...]:
        articles = (self.archive.article(id) for id in [*report.added, *report.changed][:NEWEST])
        return tuple(article for article in articles if article)

    def origin(self, location: str) -> str:
        """The location of an article; for a dropped file, the name that its owner knows."""
        return location.removeprefix(f"{self._place.as_posix()}/")

    def _folder(self, drop: str) -> Path:
        """The folder of a drop; raises NotTaken if the id is not valid, such as a path."""
        if not _DROP_ID.fullmatch(drop):
            raise NotTaken("Choose files first.")
        return self._place / f".{drop}"

    def _remove_forgotten(self) -> None:
        """Remove old dropped files that nobody imported, or whose import was killed."""
        if not self._place.is_dir():
            return
        for path in self._place.iterdir():
            if path.stat().st_mtime < time.time() - _FORGOTTEN:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


def _file_name(name: str) -> str:
    """The name under which a file is stored; raises NotTaken if it has no usable name."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(filter(str.isprintable, last)).strip().lstrip(".")
    stem, dot, ending = printable.rpartition(".")
    most = _LONGEST_NAME - len(f".{ending}".encode())
    if not stem or most < 1:
        raise NotTaken("“%(file)s” has no ending that tells its format.", file=shortened(name, 100))
    return stem.encode()[:most].decode(errors="ignore") + dot + ending


# --- The page ----------------------------------------------------------------------------------


def import_status(state: State, origin: Callable[[str], str]) -> Markup:
    """The state of an import as HTML; ``origin`` gives the location of an article to show."""
    report: Markup | str = ""
    if state.report is not None:
        reported = state.report.as_dict()
        for kind in ("failed", "refused", "notes"):
            reported[kind] = [{**item, "origin": origin(item["origin"])} for item in reported[kind]]
        report = change_report(reported, opened=True)
    step = state.step
    return fill(
        "import.html",
        state=state,
        problem=gettext(state.problem, **state.values),
        report=report,
        share=_share(step) if step else None,
        rate=step.chunks / max(step.seconds, 0.001) if step else 0.0,
        duration=_duration,
        to_ask=urlencode({"article": [article.id for article in state.arrived]}, doseq=True),
    )


def _share(step: Step) -> float | None:
    """How much is done, from 0 to 1; None if that is not known."""
    return None if step.left is None else step.seconds / max(step.seconds + step.left, 0.001)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def serve_imports(app: FastAPI, imports: Imports, site: Site) -> None:
    """Serve /add and the addresses that it uses: files are sent to /drop/ID, then imported.

    /import shows the state of the import, and /import/WHAT starts or stops it.
    """

    @app.get("/add")
    def add() -> HTMLResponse:
        """static/imports.js does what is done there."""
        overview = imports.archive.overview()
        inside = fill(
            "add.html",
            most=MOST_FILES,
            largest=LARGEST_FILE,
            places=imports.places,
            dropped=imports.dropped(),
        )
        return HTMLResponse(framed(inside, gettext("Add articles"), "add", overview, site))

    @app.post("/drop/{drop}")
    async def drop(drop: str, name: str, request: Request) -> PlainTextResponse:
        try:
            await imports.receive(drop, name, request.stream())
        except ClientDisconnect:
            return PlainTextResponse("Nobody waits for this.", 400)
        return PlainTextResponse("Taken.")

    @app.get("/import")
    def stands() -> HTMLResponse:
        return HTMLResponse(import_status(imports.state, imports.origin))

    @app.post("/import/drop/{drop}")
    def bring_dropped(drop: str) -> PlainTextResponse:
        imports.bring_dropped(drop)
        return PlainTextResponse("Begun.")

    @app.post("/import/place/{number}")
    def bring_place(number: int) -> PlainTextResponse:
        imports.bring_place(number)
        return PlainTextResponse("Begun.")

    @app.post("/import/withdraw")
    def withdraw(name: Annotated[str, Form()] = "") -> RedirectResponse:
        imports.withdraw(name)
        return RedirectResponse("../add", 303)

    @app.post("/import/stop")
    def stop() -> PlainTextResponse:
        imports.stop()
        return PlainTextResponse("Stopping.")
