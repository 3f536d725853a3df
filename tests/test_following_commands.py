"""dateline sync, watch and history."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from index import Archive, ArchiveError
from index.watch import watch
from tests.commands import FERRY, MILL, ROOT, Command, write


def minute(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%Y-%m-%d %H:%M} UTC"


@pytest.fixture
def clippings(tmp_path: Path) -> Path:
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "ferry.txt").write_text("Ferry late\n\nThe ferry was late. Nobody knew why.\n")
    (folder / "mill.txt").write_text("Mill sold\n\nThe old mill was sold to a baker.\n")
    return folder


def test_sync(command: Command, clippings: Path) -> None:
    assert command.json("sync", clippings)["added"] == 2
    (clippings / "ferry.txt").write_text("Ferry late\n\nThe ferry was late. A cable broke.\n")
    (clippings / "mill.txt").rename(clippings / "bakery.txt")
    (clippings / "rain.txt").write_text("Rain\n\nIt rained.\n")
    expected = [
        f"moved      Mill sold  ({clippings / 'bakery.txt'}, was {clippings / 'mill.txt'})",
        f"changed    Ferry late  ({clippings / 'ferry.txt'})",
        f"added      Rain  ({clippings / 'rain.txt'})",
        "0 unchanged, 0 kept",
    ]
    out, _ = command("sync", clippings, "--dry-run")
    assert sorted(out.splitlines()) == sorted(expected)
    planned = command.json("sync", clippings, "--dry-run")
    assert (planned["unchanged"], planned["kept"], planned["failed"]) == (0, [], [])
    assert {
        "what": "moved",
        "id": str(clippings / "bakery.txt"),
        "title": "Mill sold",
        "origin": str(clippings / "bakery.txt"),
        "formerly": str(clippings / "mill.txt"),
    } in planned["changes"]
    assert command("sync", clippings)[0].startswith(
        f"{command.folder}: 1 added, 1 changed, 1 moved, 0 unchanged, 0 not read; "
        "2 chunks, 2 embedded, in "
    )
    (clippings / "rain.txt").unlink()
    printed = command.json("sync", clippings)
    assert (printed["withdrawn"], printed["unchanged"]) == (1, 2)
    assert "1 withdrawn, 0 under embargo" in command("status")[0].splitlines()


@pytest.mark.parametrize("verb", ["sync", "watch"])
def test_what_does_not_exist_makes_no_archive(command: Command, verb: str) -> None:
    line = command.error(verb, "/no/such")
    assert line == "error: /no/such does not exist; nothing was changed."
    assert not Path(command.folder).exists()


def test_status_of_an_empty_archive(command: Command) -> None:
    Archive.create(command.folder)
    assert command("status")[0] == "0 articles in 0 chunks, by fake\n"


def test_a_path_is_taken_as_it_is_typed(
    command: Command, clippings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("sync", clippings)
    (clippings / "mill.txt").rename(clippings / "bakery.txt")
    command("sync", clippings)
    monkeypatch.chdir(clippings.parent)
    for typed in ("clippings/bakery.txt", "clippings/mill.txt"):
        [version] = command.json("history", typed)
        assert version["id"] == str(clippings / "bakery.txt")
    (clippings / "ferry.txt").unlink()
    assert command("remove", "clippings/ferry.txt") == ("1 removed\n", "")


def test_what_is_removed_and_is_followed_comes_back(
    command: Command, clippings: Path, news: Path
) -> None:
    command("sync", clippings)
    command("add", news)
    mill = clippings / "mill.txt"
    out, err = command("remove", mill, "ferry")
    assert (out, err) == (
        "2 removed\n",
        f"1 of these will come back with the next sync, which reads {mill}: "
        "delete them there, too.\n",
    )
    assert command.json("sync")["added"] == 1
    assert command("remove", mill, "--quiet") == ("", "")


def test_a_part_of_what_is_followed_comes_back(command: Command, clippings: Path) -> None:
    command("sync", clippings)
    mill = clippings / "mill.txt"
    out, err = command("forget", mill)
    assert "1 withdrawn, " in out
    assert err == (
        f"1 of these will come back with the next sync, which reads {mill}: delete them there, "
        "too.\n"
    )
    assert command.json("sync")["returned"] == 1
    assert command("forget", clippings)[1] == ""


def test_sync_of_a_folder_that_is_suddenly_empty(command: Command, clippings: Path) -> None:
    command.json("sync", clippings)
    for file in clippings.iterdir():
        file.unlink()
    _, err = command("sync", clippings, status=1)
    assert err.startswith(f"{clippings}: is a folder with no files in it; what came from it is ")
    assert command("sync", clippings, "--dry-run")[0] == "0 unchanged, 2 kept\n"
    assert len(command.archive) == 2
    command("sync", clippings, "--withdraw-many")
    assert len(command.archive) == 0


def test_what_changes_nothing_makes_no_archive(command: Command, news: Path) -> None:
    out, _ = command("sync", news, "--dry-run")
    assert len([line for line in out.splitlines() if line.startswith("added ")]) == 2
    for verb in ("add", "sync", "watch"):
        assert "'colour' is not a field of an article" in command.error(
            verb, news, "--field", "colour=x"
        )
    assert not Path(command.folder).exists()


@pytest.mark.parametrize("verb", ["add", "sync", "watch"])
def test_options_that_do_not_fit_the_archive(held: Command, news: Path, verb: str) -> None:
    line = held.error(verb, news, "--field", "colour=x")
    assert line.startswith("error: ")
    assert "colour" in line
    assert held.error(verb, news, "--encoder", "wide") == (
        f"error: The archive in {held.folder} was made with the encoder fake: embed it anew with "
        f"dateline rebuild --archive {held.folder} --encoder wide"
    )
    held("add", news, "--encoder", "fake", "--quiet")


def test_another_encoder_is_told_without_a_path_too(held: Command, news: Path) -> None:
    held("sync", news)
    for more in ([], ["--dry-run"]):
        assert "was made with the encoder fake" in held.error("sync", "--encoder", "wide", *more)


def test_an_address_is_not_watched(command: Command) -> None:
    assert command.error("watch", "https://wire.example/feed") == (
        "error: https://wire.example/feed is an address, which cannot be watched: sync fetches it."
    )
    assert not Path(command.folder).exists()


def test_history_of_a_section(held: Command, news: Path) -> None:
    for section in ("Local", "Corrections"):
        write(news, {**FERRY, "section": section}, MILL)
        held.json("sync", news)
    *_, last = held.json("history", "ferry")
    assert {"-section: Local", "+section: Corrections"} <= {*last["diff"]}


def test_history(held: Command, news: Path) -> None:
    later = {**FERRY, "title": "Ferry late", "text": FERRY["text"].replace("Monday", "Sunday")}
    write(news, later, MILL)
    held.json("sync", news)
    first, second = held.json("history", "ferry")
    assert (first["version"], first["title"], first["text"]) == (1, FERRY["title"], FERRY["text"])
    assert (second["version"], second["title"], second["text"]) == (2, "Ferry late", later["text"])
    assert first["replaced"] == second["stored"] >= first["stored"]
    assert (second["replaced"], second["withdrawn"]) == (None, None)
    assert first["diff"] == []
    assert second["diff"] == [
        "--- version 1",
        "+++ version 2",
        "@@ -1,2 +1,2 @@",
        "-title: Ferry late – again",
        "+title: Ferry late",
        " source: Harbour Post",
        "@@ -4,3 +4,3 @@",
        " url: https://harbour.example/ferry",
        "-The ferry was late on Monday.",
        "+The ferry was late on Sunday.",
        " Nobody at the harbour knew why.",
    ]
    assert held("history", "ferry", "--quiet")[0].splitlines() == [
        f"version 1, {minute(first['stored'])}",
        "  Ferry late – again",
        f"version 2, {minute(second['stored'])}",
        *(f"  {line}" for line in second["diff"][2:]),
    ]
    write(news, MILL)
    held.json("sync", news)
    *_, last = held.json("history", "ferry")
    assert last["withdrawn"] >= last["stored"]
    assert held("history", "ferry")[0].splitlines()[-1] == f"withdrawn, {minute(last['withdrawn'])}"
    line = held.error("history", "none", status=1)
    assert line == f"none: no article in {held.folder} has this id"


@pytest.mark.parametrize("place", ["archive", "."])
def test_an_archive_among_its_articles_is_not_read(
    command: Command, clippings: Path, place: str
) -> None:
    within = replace(command, folder=str(clippings / place))
    first = within.json("sync", clippings)
    within("search", "ferry")
    within("sync")
    again = within.json("sync")
    assert (first["added"], first["failed"]) == (2, [])
    assert (again["unchanged"], again["failed"]) == (2, [])


@pytest.mark.slow
def test_watch_does_not_follow_its_own_archive(clippings: Path, named_encoders: None) -> None:
    reports: list[Any] = []
    with Archive.create(clippings / "archive") as archive:
        stop = Event()
        watching = Thread(
            target=watch, args=[archive, [clippings]], kwargs={"tell": reports.append, "stop": stop}
        )
        watching.start()
        time.sleep(4)
        stop.set()
        watching.join()
    assert [len(report.added) for report in reports] == [2]


def test_watch_tries_again_what_could_not_be_stored(
    clippings: Path, named_encoders: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while a database is away: what came in meanwhile changes no more when it is back."""
    told: list[Any] = []
    monkeypatch.setattr("index.watch.AGAIN_SECONDS", 0)
    with Archive.create(tmp_path / "archive") as archive:
        sync, fails, stop = archive.sync, iter([False, True, True]), Event()

        def sync_that_fails(*given: Any, **named: Any) -> Any:
            if next(fails, False):
                raise ArchiveError("away")
            return sync(*given, **named)

        def tell(outcome: Any) -> None:
            told.append(str(outcome) if isinstance(outcome, ArchiveError) else len(outcome.added))
            if len(told) == 1:
                (clippings / "rain.txt").write_text("Rain\n\nIt rained.\n")
            elif told[-1] == 1:
                stop.set()

        monkeypatch.setattr(archive, "sync", sync_that_fails)
        watching = Thread(
            target=watch, args=[archive, [clippings]], kwargs={"tell": tell, "stop": stop}
        )
        watching.start()
        watching.join(30)
        stop.set()
        watching.join()
    assert told == [2, "away", "away", 1]


WATCH = """
import sys
import index.upkeep
from tests.fakes import FakeEncoder

index.upkeep.load_encoder = lambda _: FakeEncoder()
from index.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_watch(command: Command, tmp_path: Path, clippings: Path) -> None:
    """Each change is one line; when interrupted it ends in peace."""
    folder = command.folder
    watching = subprocess.Popen(
        [sys.executable, "-c", WATCH, "watch", str(clippings), "--archive", folder, "--json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip

    def reported(*names: str) -> list[int]:
        report = json.loads(watching.stdout.readline())
        return [report[name] for name in names]

    try:
        assert reported("added", "failed") == [2, []]
        (clippings / ".hidden.txt").write_text("Hidden\n\nNobody reads this.\n")
        (clippings / "rain.txt").write_text("Rain\n\nIt rained.\n")
        assert reported("added", "changed", "failed") == [1, 0, []]
        (clippings / "rain.txt").write_text("Rain\n\nIt rained again.\n")
        assert reported("added", "changed") == [0, 1]
        (clippings / "wet").mkdir()
        (clippings / "rain.txt").rename(clippings / "wet" / "rain.txt")
        assert reported("moved", "added", "withdrawn", "embedded") == [1, 0, 0, 0]
        (clippings / "mill.txt").unlink()
        assert reported("withdrawn", "unchanged") == [1, 0]
        (clippings / "wet").rename(tmp_path / "away")
        assert reported("withdrawn") == [1]
        # The whole folder goes, then another one comes in its place, and is followed.
        clippings.rename(tmp_path / "gone")
        assert reported("withdrawn", "kept") == [0, 1]
        (tmp_path / "other").mkdir()
        cable = "Ferry late\n\nThe ferry was late. A cable broke.\n"
        (tmp_path / "other" / "ferry.txt").write_text(cable)
        (tmp_path / "other").rename(clippings)
        assert reported("changed", "withdrawn") == [1, 0]
        (clippings / "fog.txt").write_text("Fog\n\nThere was fog.\n")
        assert reported("added") == [1]
        (clippings / "fog.txt").unlink()
        assert reported("withdrawn") == [1]

        assert [article.title for article in command.archive] == ["Ferry late"]
        watching.send_signal(signal.SIGINT)
        _, err = watching.communicate(timeout=20)
    finally:
        watching.kill()
        watching.wait()
    assert watching.returncode == 0
    assert err.startswith(f"{clippings}: does not exist; what came from it is kept. If it is gone ")
    assert len(err.splitlines()) == 1
