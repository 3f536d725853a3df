"""The tab "Add articles": files that are dropped on the page, and folders named at the start.

What is dropped is sent to /drop, kept beside the archive while it is read, and removed then: the
archive keeps the articles. What is dropped is read by a child process with limits. One import goes
on at a time, in a thread of its own, whoever watches it or leaves; questions are answered
meanwhile. An import withdraws nothing, hides nothing, and replaces nothing from elsewhere.
"""

import re
import shutil
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import gradio as gr
from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

from assistant import rendering as render
from assistant.page.overview import NEWEST, masthead, told_report
from assistant.page.parts import QUIET, html
from corpus import Article
from index import Archive, ArchiveError, Report
from index.progress import STORING, Step

LARGEST_FILE = 500_000_000
"""Bytes of a file that is dropped."""

MOST_FILES = 500
"""How many files are dropped at once; more come as a zip archive, or in a folder."""

_DROP_ID = re.compile(r"[0-9a-f]{32}")
_LARGEST_DROP = 2_000_000_000
_LONGEST_NAME = 200
_FORGOTTEN = 24 * 60 * 60
_MOMENT = 0.25


class NotTaken(Exception):  # noqa: N818
    """A file or an import is not taken; the message says why and what to do."""


class _Stopped(Exception):  # noqa: N818
    """Somebody stopped the import."""


@dataclass(frozen=True, slots=True)
class State:
    """How an import stands: what is ``brought`` in, and how far that is or how it ended.

    ``problem`` says why it failed. Where it is not running any more and has neither a problem nor
    a report, it was stopped. ``arrived`` are the first of the articles that are new or changed.
    """

    brought: str = ""
    running: bool = False
    stopping: bool = False
    step: Step | None = None
    report: Report | None = None
    arrived: tuple[Article, ...] = ()
    problem: str = ""


class Imports:
    """What may be brought into an archive from the page, and the import that goes on.

    ``folders`` are those that may be read beside what is dropped.
    """

    def __init__(self, archive: Archive, folders: Sequence[Path] = ()) -> None:
        self.archive = archive
        self.folders = tuple(folders)
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
        kept, folder = _file_name(name), self._folder(drop)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            others = list(folder.iterdir())
            if len(others) >= MOST_FILES:
                raise NotTaken(f"At most {MOST_FILES} files are taken at once; zip them.")
            left = min(LARGEST_FILE, _LARGEST_DROP - sum(each.stat().st_size for each in others))
            try:
                async with await anyio.open_file(folder / kept, "xb") as file:
                    async for block in blocks:
                        left -= len(block)
                        if left < 0:
                            raise NotTaken(
                                f"“{name}” is too large to be sent; zip it, or name its folder at "
                                "the start."
                            )
                        await file.write(block)
            except FileExistsError:
                raise NotTaken(f"Two of the files are called “{kept}”; rename one.") from None
            except BaseException:
                (folder / kept).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise NotTaken(f"“{name}” cannot be kept here: {error.strerror or error}.") from error

    def bring_dropped(self, drop: str) -> None:
        """Begin to import what was dropped; raises NotTaken."""
        folder = self._folder(drop)
        names = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
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

        brought = names[0] if len(names) == 1 else render.counted(len(names), "file")
        try:
            self._begin(brought, run)
        except NotTaken:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def bring_folder(self, number: int) -> None:
        """Begin to import one of the folders; raises NotTaken."""
        folder = self.folders[number]

        def run(watch: Callable[[Step], None]) -> Report:
            return self.archive.add_from([folder], progress=watch, by="page")

        self._begin(str(folder), run)

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
        done: dict[str, Any] = {"problem": "It failed; the terminal that runs Dateline says why."}
        try:
            report = run(self._watch)
            done = {"report": report, "arrived": self._arrived(report), "problem": ""}
        except _Stopped:
            done = {"problem": ""}
        except ArchiveError as error:
            done = {"problem": str(error)}
        except OSError as error:
            done = {"problem": f"It cannot be read or kept here: {error.strerror or error}."}
        finally:
            # Whatever happened, the next one may begin.
            self._set(running=False, **done)

    def _watch(self, step: Step) -> None:
        if self._state.stopping:
            raise _Stopped
        self._set(step=step)

    def _set(self, **known: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **known)

    def _arrived(self, report: Report) -> tuple[Article, ...]:
        named = (self.archive.article(id) for id in [*report.added, *report.changed][:NEWEST])
        return tuple(each for each in named if each)

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
        for each in self._place.iterdir():
            if each.stat().st_mtime < time.time() - _FORGOTTEN:
                if each.is_dir():
                    shutil.rmtree(each, ignore_errors=True)
                else:
                    each.unlink(missing_ok=True)


def _file_name(name: str) -> str:
    """The name under which a file is kept; NotTaken if it has none."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(each for each in last if each.isprintable()).strip().lstrip(".")
    stem, dot, ending = kept.rpartition(".")
    most = _LONGEST_NAME - len(f".{ending}".encode())
    if not stem or most < 1:
        raise NotTaken(f"“{render.shortened(name, 100)}” has no ending that tells its format.")
    return stem.encode()[:most].decode(errors="ignore") + dot + ending


# --- The tab -----------------------------------------------------------------------------------

_DROP = f"""
<section class="hall"><h2>Add articles</h2>
<p class="note">Saved pages, feeds, exports, newsletters, PDF and Word files, crawls, or a zip
archive of any of them. What is in the archive already is recognised; a file with the name of one
that was dropped before is a newer version of it. Nothing is withdrawn.</p>
<label class="drop"><input type="file" multiple id="files" data-most="{MOST_FILES}"
 data-largest="{LARGEST_FILE}"><span>Drop files here, or <u>choose</u> them</span></label>
<p class="note" id="sending" role="status"></p></section>"""


def build_imports(imports: Imports, head: gr.HTML) -> None:
    """The tab's components, in the current Tabs; ``head`` shows the masthead."""
    with gr.Tab("Add articles", id="add", elem_id="add") as tab, gr.Column(elem_id="porch"):
        html(_DROP)
        if imports.folders:
            html('<section class="hall"><h2>Folders</h2></section>')
        folders = [
            gr.Button(f"Add what is new in {folder}", size="sm", elem_classes="folder")
            for folder in imports.folders
        ]
        refused = html("")
        shown = html("")
        stop = gr.Button("Stop", size="sm", visible=False, elem_id="stop")
        # Clicked by static/imports.js when all files of a drop are here.
        bring = gr.Button(visible="hidden", elem_id="bring")
        dropped = gr.Textbox(visible=False)

    async def follow() -> AsyncIterator[dict[Any, Any]]:
        """What the import does, until it is done; at once if there is none."""
        state = None
        while state is None or state.running:
            if imports.state is not state:
                state = imports.state
                may_stop = state.running and not state.stopping
                yield {shown: told(state, imports.origin), stop: gr.update(visible=may_stop)}
            if state.running:
                await anyio.sleep(_MOMENT)
        if state.brought:
            yield {head: masthead(imports.archive.overview())}

    def begin(bring: Callable[[], None]) -> dict[Any, Any]:
        try:
            bring()
        except NotTaken as error:
            return {refused: f'<p role="alert">{render.escaped(str(error))}</p>'}
        return {refused: ""}

    def bring_dropped(drop: str) -> dict[Any, Any]:
        return begin(lambda: imports.bring_dropped(drop))

    def bring_folder(number: int) -> dict[Any, Any]:
        return begin(lambda: imports.bring_folder(number))

    # By default Gradio drops, without a word, what is sent before the last event ended.
    at_once: dict[str, Any] = {"concurrency_limit": None, "trigger_mode": "multiple", **QUIET}
    started = [bring.click(bring_dropped, dropped, refused, js="() => dropped", **at_once)]
    for number, button in enumerate(folders):
        started.append(button.click(partial(bring_folder, number), None, refused, **at_once))
    for each in started:
        each.then(follow, None, [shown, stop, head], **at_once)
    tab.select(follow, None, [shown, stop, head], **at_once)
    stop.click(imports.stop, None, None, **at_once)


def told(state: State, origin: Callable[[str], str]) -> str:
    """How an import stands, as HTML; ``origin`` says where something was found."""
    if not state.brought:
        return ""
    brought = render.escaped(state.brought, _LONGEST_NAME)
    if state.running:
        said = '<p class="note">Stopping…</p>' if state.stopping else _progress(state.step)
        return f'<section class="hall import"><h2 dir="auto">{brought}</h2>{said}</section>'
    if state.report is not None:
        told = state.report.as_dict()
        for kind in ("failed", "refused"):
            told[kind] = [{**each, "origin": origin(each["origin"])} for each in told[kind]]
        said = told_report(told)
    elif state.problem:
        said = f'<p role="alert">{render.escaped(state.problem)}</p>'
    else:
        stored = state.step.articles if state.step and state.step.what == STORING else 0
        said = (
            f'<p class="note">Stopped: {render.counted(stored, "article")} of it came in. '
            "Bring it in again to go on; what is there is not read twice.</p>"
        )
    arrived = ""
    if state.arrived:
        arrived = (
            '<section id="arrived"><h2>New and changed</h2>'
            f"{render.listed(state.arrived)}</section>"
        )
    return (
        '<section class="hall import report" role="status">'
        f'<h2 dir="auto">{brought}</h2>{said}</section><div class="hall">{arrived}</div>'
    )


def _progress(step: Step | None) -> str:
    """A bar, and what is done in words."""
    if step is None:
        return '<p class="note">Beginning…</p>'
    of = "" if step.total is None else f" of {step.total:,}"
    said = [f"{step.what} {step.articles:,}{of} articles"]
    if step.chunks:
        rate = step.chunks / max(step.seconds, 0.001)
        said.append(f"{render.counted(step.chunks, 'chunk')}, {rate:,.0f} a second")
    share = ""
    if step.left is not None:
        share = f' value="{step.seconds / max(step.seconds + step.left, 0.001):.3f}"'
        said.append(f"about {_duration(step.left)} left")
    return (
        f'<progress aria-label="How far the import is"{share}></progress>'
        f'<p class="note">{" · ".join(said)}</p>'
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def serve_drops(app: FastAPI, imports: Imports) -> None:
    """Serve /drop/ID, to which the files of a drop are sent one by one."""

    @app.post("/drop/{drop}")
    async def drop(drop: str, name: str, request: Request) -> PlainTextResponse:
        try:
            await imports.receive(drop, name, request.stream())
        except NotTaken as error:
            return PlainTextResponse(str(error), 400)
        except ClientDisconnect:
            return PlainTextResponse("Nobody waits for this.", 400)
        return PlainTextResponse("Taken.")
