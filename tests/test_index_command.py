"""python -m index: what it prints, where, and with which exit status."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import index.upkeep
from index import Archive, ArchiveError
from index.__main__ import main
from tests.fakes import FakeEncoder

ROOT = Path(__file__).parent.parent

FERRY = {
    "id": "ferry",
    "title": "Ferry late – again",
    "text": "The ferry was late on Monday. Nobody at the harbour knew why.",
    "source": "Harbour Post",
    "published": "2016-08-21",
    "url": "https://harbour.example/ferry",
}
MILL = {
    "id": "mill",
    "title": "Mill sold",
    "text": "The old mill was sold to a baker.",
    "source": "Valley Times",
    "published": "2017-01-02",
}


@pytest.fixture(autouse=True)
def _fake_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(encoder: object) -> FakeEncoder:
        if encoder in (None, "fake"):
            return FakeEncoder()
        if encoder == "wide":
            return FakeEncoder("wide", 24)
        raise ArchiveError(f"The encoder {encoder!r} cannot be loaded.")

    monkeypatch.setattr(index.upkeep, "load_encoder", load)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    file = tmp_path / "news.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in (FERRY, MILL)))
    return file


@pytest.fixture
def folder(tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """An archive of both articles."""
    folder = str(tmp_path / "archive")
    assert main(["add", str(news), "--archive", folder]) == 0
    capsys.readouterr()
    return folder


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    """What a command prints as JSON; nothing goes to standard error."""
    assert main([*arguments, "--json"]) == status
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def error(capsys: pytest.CaptureFixture[str], *arguments: str, status: int) -> str:
    """The one line that a command prints when it fails."""
    assert main(list(arguments)) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    [line] = captured.err.splitlines()
    return line


# add


def test_add(tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "archive")
    printed = run_json(capsys, "add", str(news), "--archive", folder)
    seconds = printed.pop("seconds")
    assert isinstance(seconds, float)
    assert printed == {
        "added": 2,
        "changed": 0,
        "moved": 0,
        "returned": 0,
        "withdrawn": 0,
        "kept": 0,
        "unchanged": 0,
        "copies": 0,
        "embargoed": 0,
        "conflicts": 0,
        "refused": [],
        "failed": [],
        "chunks": 2,
        "embedded": 2,
    }
    news.write_text(json.dumps(FERRY) + "\n" + json.dumps({**MILL, "text": "Not sold."}) + "\n")
    printed = run_json(capsys, "add", str(news), "--archive", folder)
    assert (printed["added"], printed["changed"], printed["unchanged"]) == (0, 1, 1)
    article = Archive.open(folder).article("ferry")
    assert article is not None
    assert (article.title, article.text) == (FERRY["title"], FERRY["text"])
    assert (article.source, article.url) == (FERRY["source"], FERRY["url"])
    assert str(article.published) == "2016-08-21"


def test_add_in_words(tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "archive")
    assert main(["add", str(news), "--archive", folder]) == 0
    captured = capsys.readouterr()
    # No progress bar either, because this is no terminal.
    assert captured.err == ""
    beginning, _, seconds = captured.out.partition(", in ")
    assert beginning == (
        f"{folder}: 2 added, 0 changed, 0 unchanged, 0 not read; 2 chunks, 2 embedded"
    )
    assert seconds.endswith(" s; 2 articles\n")


def test_add_quietly(tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["add", str(news), "--archive", str(tmp_path / "archive"), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_what_cannot_be_read_is_listed_and_the_rest_added(
    tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, missing = str(tmp_path / "archive"), tmp_path / "missing.jsonl"
    assert main(["add", str(news), str(missing), "--archive", folder, "--json"]) == 0
    captured = capsys.readouterr()
    printed = json.loads(captured.out)
    assert printed["added"] == 2
    [failed] = printed["failed"]
    assert failed.keys() == {"origin", "reason"}
    assert failed["origin"] == str(missing)
    assert captured.err == f"{failed['origin']}: {failed['reason']}\n"


def test_nothing_that_was_named_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, missing = str(tmp_path / "archive"), str(tmp_path / "missing.jsonl")
    assert main(["add", missing, "--archive", folder]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{missing}: ")
    assert main(["add", missing, "--archive", folder, "--quiet"]) == 1
    assert capsys.readouterr() == ("", "")


def test_fields_under_other_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "odd.jsonl"
    file.write_text(json.dumps({"no": "7", "kop": "Title here", "inhoud": "Some text here."}))
    fields = ["--field", "text=inhoud", "--field", "title=kop", "--field", "id=no"]
    folder = str(tmp_path / "archive")
    assert run_json(capsys, "add", str(file), *fields, "--archive", folder)["added"] == 1
    article = Archive.open(folder).article("7")
    assert article is not None
    assert (article.title, article.text) == ("Title here", "Some text here.")


def test_add_with_an_encoder_that_does_not_exist(
    tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "archive"
    arguments = ["add", str(news), "--archive", str(folder), "--encoder", "none"]
    line = error(capsys, *arguments, status=2)
    assert line == "error: The encoder 'none' cannot be loaded."
    assert not folder.exists()


def test_add_to_what_is_no_archive(
    tmp_path: Path, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = error(capsys, "add", str(news), "--archive", str(news), status=2)
    assert line == f"error: The folder {news} cannot be made: File exists."
    (tmp_path / "archive.sqlite").write_bytes(b"garbage" * 1_000)
    line = error(capsys, "add", str(news), "--archive", str(tmp_path), status=2)
    assert line == (
        f"error: The archive {tmp_path / 'archive.sqlite'} is damaged (it is no database): "
        "bring its folder back from a copy."
    )
    assert (tmp_path / "archive.sqlite").read_bytes() == b"garbage" * 1_000


def test_interrupted(
    folder: str, news: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("index.ingest.Ingest.store", interrupt)
    line = error(capsys, "add", str(news), "--archive", folder, status=130)
    assert line == "Interrupted; what was committed is kept."


# remove, status, rebuild


def test_remove(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remove", "ferry", "none", "--archive", folder, "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"removed": ["ferry"], "missing": ["none"]}
    assert captured.err == f"none: no article in {folder} has this id\n"
    assert [article.id for article in Archive.open(folder)] == ["mill"]
    assert main(["remove", "ferry", "--archive", folder]) == 1
    assert capsys.readouterr().out == "0 removed\n"
    assert main(["remove", "mill", "--archive", folder, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_status(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run_json(capsys, "status", "--archive", folder)
    report, updated = printed.pop("report"), printed.pop("updated")
    assert (report["added"], report["embedded"], report["failed"]) == (2, 2, [])
    assert datetime.now(UTC) - datetime.fromisoformat(updated) < timedelta(hours=1)
    assert printed == {
        "articles": 2,
        "chunks": 2,
        "sources": {"Harbour Post": 1, "Valley Times": 1},
        "first": "2016-08-21",
        "last": "2017-01-02",
        "encoder": "fake",
        "languages": {},
        "months": {"2016-08": 1, "2017-01": 1},
        "years": {"2016": 1, "2017": 1},
        "withdrawn": 0,
        "embargoed": 0,
        "roots": [],
    }
    assert main(["status", "--archive", folder]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 articles in 2 chunks, by fake",
        "from 2016-08-21 to 2017-01-02",
        "       1  Harbour Post",
        "       1  Valley Times",
        f"last changed {datetime.fromisoformat(updated):%Y-%m-%d %H:%M} UTC",
    ]


def test_rebuild(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run_json(capsys, "rebuild", "--archive", folder, "--encoder", "wide")
    assert (printed["articles"], printed["chunks"], printed["encoder"]) == (2, 2, "wide")
    [first, *_] = run_json(capsys, "search", "old mill", "--archive", folder)
    assert first["article"]["id"] == "mill"
    assert main(["rebuild", "--archive", folder]) == 0
    assert capsys.readouterr() == ("2 articles in 2 chunks, by wide\n", "")
    assert main(["rebuild", "--archive", folder, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


# search


def test_search(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    printed = run_json(capsys, "search", "late ferry", "-k", "2", "--archive", folder)
    assert printed == [
        {
            "article": {
                "id": "ferry",
                "title": "Ferry late – again",
                "source": "Harbour Post",
                "published": "2016-08-21",
                "url": "https://harbour.example/ferry",
                "version": 1,
            },
            "start": 0,
            "end": len(FERRY["text"]),
            "text": FERRY["text"],
            "score": pytest.approx(0.8),
            "copies": [],
        },
        {
            "article": {
                "id": "mill",
                "title": "Mill sold",
                "source": "Valley Times",
                "published": "2017-01-02",
                "url": None,
                "version": 1,
            },
            "start": 0,
            "end": len(MILL["text"]),
            "text": MILL["text"],
            "score": pytest.approx(0.8 * 11 / 12 / 2),
            "copies": [],
        },
    ]
    printed = run_json(capsys, "search", "late ferry", "-k", "1", "--archive", folder)
    assert [each["article"]["id"] for each in printed] == ["ferry"]


def test_search_in_words(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "late ferry", "-k", "1", "--archive", folder, "--quiet"]) == 0
    assert capsys.readouterr() == (
        "1. Ferry late – again\n   Harbour Post, 2016-08-21 · ferry [0:61] 0.800\n"
        "The ferry was late on Monday. Nobody at the harbour knew why.\n",
        "",
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--after", "2017-01-01"], ["mill"]),
        (["--before", "2016-08-21"], ["ferry"]),
        (["--source", "valley times"], ["mill"]),
        (["--source", "valley times", "--source", "HARBOUR POST"], ["ferry", "mill"]),
        (["--language", "fr"], []),
        (["--after", "2016-08-22", "--before", "2017-01-01"], []),
    ],
)
def test_search_with_filters(
    folder: str, options: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    printed = run_json(capsys, "search", "the old ferry", *options, "--archive", folder)
    assert sorted(each["article"]["id"] for each in printed) == expected


def test_search_that_finds_nothing(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["search", "ferry", "--language", "fr", "--archive", folder]
    assert main(arguments) == 0
    assert capsys.readouterr() == ("No passage was found.\n", "")
    assert run_json(capsys, "search", " ", "--archive", folder) == []


def test_search_with_another_encoder_than_the_archives(
    folder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an update that brings other weights under the same name."""
    other = FakeEncoder("fake", 24)
    monkeypatch.setattr(index.upkeep, "load_encoder", lambda _: other)
    line = error(capsys, "search", "ferry", "--archive", folder, status=2)
    assert line.startswith("error: The archive in ")
    assert line.endswith(f"python -m index rebuild --archive {folder} --encoder fake")


# What is wrong is said in one line


@pytest.mark.parametrize("command", [["status"], ["search", "x"], ["remove", "x"], ["rebuild"]])
def test_no_archive(tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "none"
    line = error(capsys, *command, "--archive", str(folder), status=2)
    assert line == (
        f"error: There is no archive in {folder}: make one with "
        f"python -m index add PATH --archive {folder}"
    )
    assert not folder.exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "python -m index: error: the following arguments are required: COMMAND"),
        (
            ["add"],
            "python -m index add: error: the following arguments are required: PATH",
        ),
        (
            ["add", "x", "--field", "text"],
            "python -m index add: error: argument --field: 'text' is not of the form OURS=THEIRS",
        ),
        (
            ["search", "x", "-k", "0"],
            "python -m index search: error: argument -k: '0' is not a number from 1 up",
        ),
        (
            ["search", "x", "--after", "yesterday"],
            "python -m index search: error: argument --after: 'yesterday' is not a day such as "
            "2016-08-21",
        ),
    ],
)
def test_wrong_usage(arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("usage: ")
    assert captured.err.splitlines()[-1] == line


# As a program; the whole way, with the real encoder, is gone by tests/test_wheel.py


def test_as_a_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "index", "status", "--archive", tmp_path / "none"],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: There is no archive in ")
    assert done.stderr.count("\n") == 1


def test_output_that_nobody_reads(folder: str) -> None:
    """As when it is piped into head."""
    script = f"{sys.executable} -m index status --archive {folder} --json | true"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


# sync, watch and history


@pytest.fixture
def clippings(tmp_path: Path) -> Path:
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "ferry.txt").write_text("Ferry late\n\nThe ferry was late. Nobody knew why.\n")
    (folder / "mill.txt").write_text("Mill sold\n\nThe old mill was sold to a baker.\n")
    return folder


def test_sync(tmp_path: Path, clippings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "archive")
    arguments = ["sync", str(clippings), "--archive", folder]
    assert run_json(capsys, *arguments)["added"] == 2
    (clippings / "ferry.txt").write_text("Ferry late\n\nThe ferry was late. A cable broke.\n")
    (clippings / "mill.txt").rename(clippings / "bakery.txt")
    (clippings / "rain.txt").write_text("Rain\n\nIt rained.\n")
    assert main([*arguments, "--dry-run"]) == 0
    expected = [
        f"moved      Mill sold  ({clippings / 'bakery.txt'}, was {clippings / 'mill.txt'})",
        f"changed    Ferry late  ({clippings / 'ferry.txt'})",
        f"added      Rain  ({clippings / 'rain.txt'})",
        "0 unchanged, 0 kept",
    ]
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(expected)
    planned = run_json(capsys, *arguments, "--dry-run")
    assert (planned["unchanged"], planned["kept"], planned["failed"]) == (0, [], [])
    assert {
        "what": "moved",
        "id": str(clippings / "bakery.txt"),
        "title": "Mill sold",
        "origin": str(clippings / "bakery.txt"),
        "formerly": str(clippings / "mill.txt"),
    } in planned["changes"]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(
        f"{folder}: 1 added, 1 changed, 1 moved, 0 unchanged, 0 not read; 2 chunks, 2 embedded, in "
    )
    (clippings / "rain.txt").unlink()
    printed = run_json(capsys, *arguments)
    assert (printed["withdrawn"], printed["unchanged"]) == (1, 2)
    assert main(["status", "--archive", folder]) == 0
    assert "1 withdrawn, 0 under embargo" in capsys.readouterr().out.splitlines()


def test_sync_of_what_is_not_there(
    tmp_path: Path, clippings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, missing = str(tmp_path / "archive"), tmp_path / "missing"
    line = error(capsys, "sync", str(missing), "--archive", folder, status=2)
    assert line == f"error: {missing} does not exist; nothing was changed."
    for number in range(25):
        (clippings / f"{number}.txt").write_text(f"Number {number}\n\nThis is number {number}.\n")
    run_json(capsys, "sync", str(clippings), "--archive", folder)
    for file in clippings.iterdir():
        file.unlink()
    arguments = ["sync", str(clippings), "--archive", folder, "--quiet"]
    assert error(capsys, *arguments, status=2).startswith(
        "error: 27 of 27 articles are not there any more, and nothing was changed: "
    )
    assert main([*arguments, "--dry-run"]) == 2
    assert len(Archive.open(folder)) == 27
    capsys.readouterr()
    assert main([*arguments, "--withdraw-many"]) == 0
    assert len(Archive.open(folder)) == 0


@pytest.mark.parametrize("command", ["add", "sync", "watch"])
def test_a_field_that_articles_lack(
    folder: str, news: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [command, str(news), "--field", "colour=x", "--archive", folder]
    line = error(capsys, *arguments, status=2)
    assert line.startswith("error: ")
    assert "colour" in line


@pytest.mark.parametrize("command", ["add", "sync", "watch"])
def test_another_encoder_than_that_of_the_archive(
    folder: str, news: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [command, str(news), "--encoder", "wide", "--archive", folder]
    assert error(capsys, *arguments, status=2) == (
        f"error: The archive in {folder} was made with the encoder fake: embed it anew with "
        f"python -m index rebuild --archive {folder} --encoder wide"
    )
    assert main(["add", str(news), "--encoder", "fake", "--archive", folder, "--quiet"]) == 0


def test_history(
    tmp_path: Path, news: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    later = {**FERRY, "title": "Ferry late", "text": FERRY["text"].replace("Monday", "Sunday")}
    news.write_text(json.dumps(later) + "\n" + json.dumps(MILL) + "\n")
    run_json(capsys, "sync", str(news), "--archive", folder)
    first, second = run_json(capsys, "history", "ferry", "--archive", folder)
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
    assert main(["history", "ferry", "--archive", folder, "--quiet"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"version 1, {first['stored']}"
    assert printed[1] == "  Ferry late – again"
    assert printed[2] == f"version 2, {second['stored']}"
    assert printed[3:] == [f"  {line}" for line in second["diff"][2:]]
    news.write_text(json.dumps(MILL) + "\n")
    run_json(capsys, "sync", str(news), "--archive", folder)
    *_, last = run_json(capsys, "history", "ferry", "--archive", folder)
    assert last["withdrawn"] >= last["stored"]
    assert main(["history", "ferry", "--archive", folder]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"withdrawn, {last['withdrawn']}"


def test_history_of_what_is_not_there(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = error(capsys, "history", "none", "--archive", folder, status=1)
    assert line == f"none: no article in {folder} has this id"


WATCH = """
import sys
import index.upkeep
from tests.fakes import FakeEncoder

index.upkeep.load_encoder = lambda _: FakeEncoder()
from index.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_watch(tmp_path: Path, clippings: Path) -> None:
    """Each change is one line; when interrupted it ends in peace."""
    folder = str(tmp_path / "archive")
    watching = subprocess.Popen(
        [sys.executable, "-c", WATCH, "watch", str(clippings), "--archive", folder, "--json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert watching.stdout is not None

    def reported(*names: str) -> list[int]:
        report = json.loads(watching.stdout.readline())  # type: ignore[union-attr]
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
        archive = Archive.open(folder)
        assert [article.title for article in archive] == ["Ferry late"]
        watching.send_signal(signal.SIGINT)
        _, said = watching.communicate(timeout=20)
    finally:
        watching.kill()
        watching.wait()
    assert (watching.returncode, said) == (0, "")
