"""The page "Add articles": files that are dropped on the page, and what was named at the start.

What is dropped is sent to /drop, kept beside the archive while it is read, and removed then: the
archive keeps the articles. What is dropped is read by a child process with limits. One import goes
on at a time, in a thread of its own, whoever watches it or leaves; questions are answered
meanwhile. An import withdraws nothing, hides nothing, and replaces nothing from elsewhere. What was
dropped can be withdrawn again, and nothing else.
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
"""Bytes of a file that is dropped."""

MOST_FILES = 500
"""How many files are dropped at once; more come as a zip archive, or in a folder."""

_DROP_ID = re.compile(r"[0-9a-f]{32}")
_LARGEST_DROP = 2_000_000_000
_LONGEST_NAME = 200
_FORGOTTEN = 24 * 60 * 60


class NotTaken(Refused):
    """A file or an import is not taken; the message says why and what to do."""


class _Stopped(Exception):  # noqa: N818
    """Somebody stopped the import."""


@dataclass(frozen=True, slots=True)
class State:
    """How an import stands: what is ``brought`` in, and how far that is or how it ended.

    ``problem`` says why it failed, with ``values`` for the names in it. Where it is not running any
    more and has neither a problem nor a report, it was stopped. ``arrived`` are the first of the
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
    """What may be brought into an archive from the page, and the import that goes on.

    ``places`` are the folders and addresses that may be read beside what is dropped.
    """

    def __init__(self, archive: Archive, places: Sequence[str | Path] = ()) -> None:
        self.archive = archive
        self.places = tuple(places)
        # An article that has no id of its own is named by where it lay. So a file of the same
        # name that is dropped later is a newer version of it.
        self._place = (archive.folder / "dropped").resolve()
        self._state = State()
        self._lock = threading.Lock()
        # What cannot be removed does no harm.
        with suppress(OSError):
            self._remove_forgotten()

    @property
    def state(self) -> State:
        return self._state

    async def receive(self, drop: str, name: str, blocks: AsyncIterator[bytes]) -> None:
        """Keep one file of a drop, which has an id of 32 hexadecimal digits.

        Raises NotTaken for what is no name of a file, what is too large, or cannot be kept.
        """
        file_name, folder = _file_name(name), self._folder(drop)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            others = list(folder.iterdir())
            if len(others) >= MOST_FILES:
                raise NotTaken(
                    "At most %(most)s files are taken at once; zip them.", most=MOST_FILES
                )
            left = min(LARGEST_FILE, _LARGEST_DROP - sum(path.stat().st_size for path in others))
            try:
                async with await anyio.open_file(folder / file_name, "xb") as file:
                    async for block in blocks:
                        left -= len(block)
                        if left < 0:
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
        """Begin to import what was dropped; raises NotTaken."""
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
        """Begin to import what is in one of the places; raises NotTaken."""
        if not 0 <= number < len(self.places):
            raise NotTaken("There is no such folder or address.")
        place = self.places[number]

        def run(watch: Callable[[Step], None]) -> Report:
            return self.archive.add_from([place], progress=watch, by="page")

        self._begin(str(place), run)

    def dropped(self) -> dict[str, int]:
        """The files that were dropped, and how many articles are from each."""
        standing = self.archive.truth.found_in([str(self._place)])
        return dict(Counter(self.origin(file_part(article.location)) for article in standing))

    def withdraw(self, name: str) -> None:
        """Withdraw what came from a file that was dropped; nothing where there is none."""
        if name in self.dropped():
            self.archive.forget(self._place / name)

    def stop(self) -> None:
        """End the import before its next step; what is stored by then stays."""
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
        done: dict[str, Any] = {
            "problem": message("It failed; the terminal that runs Dateline says why.")
        }
        try:
            report = run(self._watch)
            done = {"report": report, "arrived": self._arrived(report), "problem": ""}
        except _Stopped:
            done = {"problem": ""}
        except ArchiveError as error:
            done = {"problem": str(error)}
        except OSError as error:
            done = {
                "problem": message("It cannot be read or kept here: %(why)s."),
                "values": {"why": str(error.strerror or error)},
            }
        finally:
            # Whatever happened, the next one may begin.
            self._set(running=False, **done)
        # Nobody has to wait for that.
        if problem := find_names(self.archive.names):
            print(problem, file=sys.stderr)

    def _watch(self, step: Step) -> None:
        if self._state.stopping:
            raise _Stopped
        self._set(step=step)

    def _set(self, **known: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **known)

    def _arrived(self, report: Report) -> tuple[Article, ...]:
        named = (self.archive.article(id) for id in [*report.added, *report.changed][:NEWEST])
        return tuple(article for article in named if article)

    def origin(self, named: str) -> str:
        """Where something was found, as whoever dropped it knows it."""
        return named.removeprefix(f"{self._place.as_posix()}/")

    def _folder(self, drop: str) -> Path:
        """Where the files of a drop are kept; NotTaken for what is no id of one, such as a path."""
        if not _DROP_ID.fullmatch(drop):
            raise NotTaken("Choose files first.")
        return self._place / f".{drop}"

    def _remove_forgotten(self) -> None:
        """Remove what a drop left behind that nobody brought in, or that a kill cut off."""
        if not self._place.is_dir():
            return
        for path in self._place.iterdir():
            if path.stat().st_mtime < time.time() - _FORGOTTEN:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)


def _file_name(name: str) -> str:
    """The name under which a file is kept; NotTaken if it has none."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(filter(str.isprintable, last)).strip().lstrip(".")
    stem, dot, ending = printable.rpartition(".")
    most = _LONGEST_NAME - len(f".{ending}".encode())
    if not stem or most < 1:
        raise NotTaken("“%(file)s” has no ending that tells its format.", file=shortened(name, 100))
    return stem.encode()[:most].decode(errors="ignore") + dot + ending


# --- The page ----------------------------------------------------------------------------------


def import_status(state: State, origin: Callable[[str], str]) -> Markup:
    """How an import stands, as HTML; ``origin`` says where something was found."""
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
    """How much is done, from 0 to 1; None where that is not known."""
    return None if step.left is None else step.seconds / max(step.seconds + step.left, 0.001)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def serve_imports(app: FastAPI, imports: Imports, site: Site) -> None:
    """Serve /add, and what it asks for: files are sent to /drop/ID, and then brought in.

    /import tells how the import stands, and /import/WHAT begins or stops it.
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
