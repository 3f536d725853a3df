"""python -m index: what it prints, where, and with which exit status."""

import errno
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from index import Archive
from index.__main__ import main
from tests.commands import FERRY, MILL, ROOT, Command, write

# add


def test_add(command: Command, news: Path) -> None:
    printed = command.json("add", news)
    assert isinstance(printed["seconds"], float)
    assert (printed["added"], printed["chunks"], printed["failed"]) == (2, 2, [])
    write(news, FERRY, {**MILL, "text": "Not sold."})
    printed = command.json("add", news)
    assert (printed["added"], printed["changed"], printed["unchanged"]) == (0, 1, 1)
    article = command.archive.article("ferry")
    assert (article.title, article.text) == (FERRY["title"], FERRY["text"])
    assert (article.source, article.url) == (FERRY["source"], FERRY["url"])
    assert str(article.published) == "2016-08-21"


def test_add_in_words_and_quietly(command: Command, news: Path) -> None:
    # No progress bar either, because this is no terminal.
    out, err = command("add", news)
    beginning, _, seconds = out.partition(", in ")
    assert (beginning, err) == (
        f"{command.folder}: 2 added, 0 changed, 0 unchanged, 0 not read; 2 chunks, 2 embedded",
        "",
    )
    assert seconds.endswith(" s; 2 articles\n")
    assert command("add", news, "--quiet") == ("", "")


def test_what_cannot_be_read_is_listed_and_the_rest_added(command: Command, news: Path) -> None:
    missing = news.parent / "missing.jsonl"
    out, err = command("add", news, missing, "--json")
    printed = json.loads(out)
    assert printed["added"] == 2
    [failed] = printed["failed"]
    assert failed == {"origin": str(missing), "reason": failed["reason"]}
    assert err == f"{missing}: {failed['reason']}\n"


def test_nothing_that_was_named_can_be_read(command: Command, tmp_path: Path) -> None:
    missing = tmp_path / "missing.jsonl"
    _, err = command("add", missing, status=1)
    [line] = err.splitlines()
    assert line.startswith(f"{missing}: ")
    assert command("add", missing, "--quiet", status=1) == ("", "")
    # A name that was mistyped makes no archive.
    assert not Path(command.folder).exists()


@pytest.mark.parametrize("words", [["add"], ["sync"]])
@pytest.mark.parametrize(
    "named", ["/dev/null", "picture.png", "http://127.0.0.1:1/feed", "ftp://x"]
)
def test_no_archive_is_made_for_what_cannot_be_read(
    command: Command, tmp_path: Path, words: list[str], named: str
) -> None:
    (tmp_path / "picture.png").write_bytes(b"no article")
    place = named if "://" in named else tmp_path / named
    _, err = command(*words, place, status=1)
    [line] = err.splitlines()
    assert line.startswith(f"{place}: ")
    assert not Path(command.folder).exists()


def test_no_archive_is_made_for_a_folder_that_cannot_be_listed(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, listed = tmp_path / "desk", os.scandir
    desk.mkdir()

    def may_not(path: Any) -> Any:
        if str(path) == str(desk):
            raise PermissionError(errno.EACCES, "Permission denied", str(desk))
        return listed(path)

    # Whoever tests may be somebody who may read everything.
    monkeypatch.setattr("os.scandir", may_not)
    monkeypatch.setattr("os.access", lambda path, how: str(path) != str(desk))
    command("sync", desk, status=1)
    assert not Path(command.folder).exists()


def test_an_archive_is_made_for_a_folder_that_is_followed(command: Command, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "picture.png").write_bytes(b"no article")
    command("sync", tmp_path / "desk", status=1)
    write(tmp_path / "desk" / "news.jsonl", FERRY)
    assert command.json("sync", "--quiet")["added"] == 1


def test_fields_under_other_names(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "odd.jsonl"
    write(file, {"no": "7", "kop": "Title here", "inhoud": "Some text here."})
    fields = ["--field", "text=inhoud", "--field", "title=kop", "--field", "id=no"]
    assert command.json("add", file, *fields)["added"] == 1
    article = command.archive.article("7")
    assert (article.title, article.text) == ("Title here", "Some text here.")


def test_add_with_an_encoder_that_does_not_exist(command: Command, news: Path) -> None:
    line = command.error("add", news, "--encoder", "none")
    assert line == "error: The encoder 'none' cannot be loaded."
    assert not Path(command.folder).exists()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        ImportError("ops.so: failed to map segment from shared object"),
    ],
)
def test_too_little_memory(
    held: Command, news: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("index.ingest.Ingest.store", fail)
    line = held.error("add", news)
    assert line == "error: There is too little memory to go on; what was committed is kept."


# remove, status, rebuild


def test_remove(held: Command) -> None:
    out, err = held("remove", "ferry", "none", "--json")
    assert json.loads(out) == {"removed": ["ferry"], "missing": ["none"]}
    assert err == f"none: no article in {held.folder} has this id\n"
    assert [article.id for article in held.archive] == ["mill"]
    assert held("remove", "ferry", status=1)[0] == "0 removed\n"
    assert held("remove", "mill", "--quiet") == ("", "")


def test_status(held: Command) -> None:
    printed = held.json("status")
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
        "undated": 0,
        "withdrawn": 0,
        "embargoed": 0,
        "waiting": 0,
        "roots": [],
    }
    assert held("status")[0].splitlines() == [
        "2 articles in 2 chunks, by fake",
        "from 2016-08-21 to 2017-01-02",
        "       1  Harbour Post",
        "       1  Valley Times",
        f"last changed {datetime.fromisoformat(updated):%Y-%m-%d %H:%M} UTC",
    ]


def test_what_has_no_date_is_counted(command: Command, tmp_path: Path) -> None:
    news = tmp_path / "papers"
    news.mkdir()
    (news / "mill.txt").write_text("Mill sold\n\nORL, 9 May 2024 (AP) – The mill was sold.\n")
    (news / "ferry.txt").write_text("Ferry late\n\nThe ferry was late again, as so often.\n")
    assert " s; 1 without a date; 2 articles\n" in command("sync", news)[0]
    assert "without a date" not in command("sync", news)[0]
    assert command("status")[0].splitlines()[1:3] == [
        "from 2024-05-09 to 2024-05-09", "1 without a date",
    ]  # fmt: skip


def test_what_has_no_source_is_counted(command: Command, tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").write_text("Ferry late\n\nThe ferry was late again, as so often.\n")
    command("add", tmp_path / "ferry.txt")
    assert "1 without a source" in command("status")[0].splitlines()


def test_where_nothing_is_read_no_archive_is_made(command: Command, tmp_path: Path) -> None:
    printed, error = command("add", tmp_path / "nothing", status=1)
    assert printed.startswith("No archive was made: 0 added, ")
    assert error == f"{tmp_path / 'nothing'}: does not exist\n"
    assert not Path(command.folder).exists()


@pytest.mark.parametrize("verb", ["history", "remove"])
def test_a_file_of_several_articles_is_no_id(held: Command, tmp_path: Path, verb: str) -> None:
    table = tmp_path / "wires.csv"
    table.write_text("id,text\n" + "".join(f"w{n},Storm {n} came.\n" for n in range(1, 6)))
    held("add", table)
    noted = held(verb, table, status=1)[1]
    assert noted == f"{table}: name the articles in it by their ids: w1, w2, w3, …\n"


def test_a_misspelled_path_is_no_root(held: Command, tmp_path: Path) -> None:
    missing = tmp_path / "nothing"
    assert held("add", missing, status=1)[1] == f"{missing}: does not exist\n"
    assert held.error("forget", missing).startswith("error: ")
    assert str(missing) not in held.archive.truth.roots()


def test_a_folder_whose_name_is_in_no_encoding(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / os.fsdecode(b"\xe9.txt")).write_text("Ferry late\n\nThe ferry was late again.\n")
    for counts in ("1 added, 0 changed, 0 unchanged", "0 added, 0 changed, 1 unchanged"):
        assert counts in command("sync", folder)[0]
    shown = f"{tmp_path}/caf\\xe9"
    assert f"follows {shown} (there, 1 article)" in command("status")[0]
    assert "Ferry late" in command("history", folder / os.fsdecode(b"\xe9.txt"))[0]
    shutil.rmtree(folder)
    assert command("sync", status=1)[1].startswith(
        f"{shown}: does not exist; what came from it is kept."
    )
    assert "1 withdrawn" in command("forget", folder)[0]


def test_a_search_without_a_word(held: Command) -> None:
    assert held.error("search", "?!") == "error: There is nothing to search for: type some words."


def test_rebuild(held: Command) -> None:
    printed = held.json("rebuild", "--encoder", "wide")
    assert (printed["articles"], printed["chunks"], printed["encoder"]) == (2, 2, "wide")
    [first, *_] = held.json("search", "old mill")
    assert first["article"]["id"] == "mill"
    assert held("rebuild") == ("2 articles in 2 chunks, by wide\n", "")
    assert held("rebuild", "--quiet") == ("", "")


# search


def test_search(held: Command) -> None:
    first, second = held.json("search", "late ferry", "-k", "2")
    assert first == {
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
    }
    assert (second["article"]["id"], second["article"]["url"]) == ("mill", None)
    assert held("search", "late ferry", "-k", "1", "--quiet") == (
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
    ],
)
def test_search_with_filters(held: Command, options: list[str], expected: list[str]) -> None:
    printed = held.json("search", "the old ferry", *options)
    assert sorted(passage["article"]["id"] for passage in printed) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--source", "Harbor Post"],
            "No source is called “Harbor Post”; did you mean “Harbour Post”?",
        ),
        (["--source", "xyz"], "No source is called “xyz”; dateline status lists them."),
        (
            ["--after", "2026-01-01", "--before", "2025-01-01"],
            "--after 2026-01-01 is later than --before 2025-01-01.",
        ),
    ],
)
def test_filters_that_let_nothing_through(held: Command, options: list[str], message: str) -> None:
    assert held.error("search", "ferry", *options) == f"error: {message}"


def test_a_search_is_as_long_as_a_question(held: Command) -> None:
    assert held.error("search", "a" * 1_001) == (
        "error: The search is 1,001 characters long; please type 1,000 or fewer."
    )
    assert len(held.json("search", "ferry ".ljust(1_000, "a"))) == 2


def test_a_language_that_is_not_there(command: Command, news: Path) -> None:
    write(news, {**FERRY, "language": "en"}, {**MILL, "language": "fr"})
    command("add", news)
    assert command.error("search", "ferry", "--language", "EN", "--language", "german") == (
        "error: No article is in the language “german”; there is en, fr."
    )
    [passage] = command.json("search", "ferry", "--language", "EN")
    assert passage["article"]["id"] == "ferry"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "Śliwiński’s café 🚢"),
        ("latin-1", r"\u015aliwi\u0144ski\u2019s café \ud83d\udea2"),
        ("ascii", r"\u015aliwi\u0144ski\u2019s caf\u00e9 \ud83d\udea2"),
    ],
)
def test_letters_that_the_output_does_not_have(
    held: Command, news: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, shown: str
) -> None:
    write(news, {**FERRY, "title": "Śliwiński’s café 🚢"})
    held("add", news)
    printed = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", printed)
    for options in (["--json"], []):
        assert main(["search", "ferry", "-k", "1", *options, "--archive", held.folder]) == 0
    printed.seek(0)
    as_json, text = printed.read().split("]\n1. ")
    assert json.loads(f"{as_json}]")[0]["article"]["title"] == "Śliwiński’s café 🚢"
    assert text.splitlines()[0] == shown


def test_of_an_instant_the_day_is_shown(command: Command, tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {**FERRY, "published": "2024-11-05T23:30:00+01:00"})
    command("add", tmp_path / "a.jsonl")
    assert "   Harbour Post, 2024-11-05 · ferry [" in command("search", "ferry")[0]


def test_search_tells_which_words_no_article_has(held: Command) -> None:
    printed, noted = held("search", "the ferry zeppelin, hovercraft")
    assert printed.startswith("1. Ferry late")
    assert noted == "No article has “zeppelin”, “hovercraft”; listed is what is nearest.\n"
    assert held("search", "zeppelin", "--quiet")[1] == ""


def test_search_that_finds_nothing(held: Command) -> None:
    assert held("search", "ferry", "--language", "fr") == ("No passage was found.\n", "")


def test_copy(held: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied = str(tmp_path / "copied")
    printed = []
    for options in ([], ["--quiet"], ["--json"]):
        assert main(["copy", held.folder, copied, *options]) == 0
        printed.append(capsys.readouterr().out)
    text, quietly, as_json = printed
    rows = json.loads(as_json)["rows"]
    assert text == f"{rows} rows, all equal in both archives\n"
    assert quietly == ""
    assert len(Archive.open(copied)) == 2


# What is wrong is said in one line


@pytest.mark.parametrize("words", [["status"], ["search", "x"], ["remove", "x"], ["rebuild"]])
def test_no_archive(command: Command, words: list[str]) -> None:
    assert command.error(*words) == (
        f"error: There is no archive in {command.folder}: make one with "
        f"dateline add PATH --archive {command.folder}"
    )
    assert not Path(command.folder).exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["remove", "a", ""],
            "argument ID: an id is empty; dateline search shows those there are; see dateline "
            "remove --help",
        ),
        (["add"], "the following arguments are required: PATH; see dateline add --help"),
        (
            ["sync", ""],
            "argument PATH: a path is empty, where . is the current folder; see dateline sync "
            "--help",
        ),
        (
            ["status", "--archive", " "],
            "argument --archive: a path is empty, where . is the current folder; see dateline "
            "status --help",
        ),
        (
            ["status", "--colour"],
            "there is no option or argument --colour here; see dateline status --help",
        ),
        (
            ["search", "harbour", "talks"],
            "there is no option or argument talks here; put several words in quotes; see dateline "
            "search --help",
        ),
        (
            ["add", "x", "--field", "text"],
            "argument --field: 'text' is not of the form OURS=THEIRS; see dateline add --help",
        ),
        (
            ["search", "x", "-k", "0"],
            "argument -k: '0' is not a number from 1 up; see dateline search --help",
        ),
        (
            ["search", "x", "--after", "yesterday"],
            "argument --after: 'yesterday' is not a day such as 2016-08-21; "
            "see dateline search --help",
        ),
    ],
)
def test_wrong_usage(arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments, "dateline")
    assert caught.value.code == 2
    assert capsys.readouterr() == ("", f"error: {line}\n")


def test_without_a_command_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    printed = capsys.readouterr()
    assert "\n    sync      make the archive equal to what is there now\n" in printed.out
    assert printed.err == ""


# As a program; the whole way, with the real encoder, is gone by tests/test_wheel.py


@pytest.mark.slow
def test_output_that_nobody_reads(held: Command) -> None:
    """As when it is piped into head."""
    script = f"{sys.executable} -m index status --archive {held.folder} --json | true"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_an_archive_that_is_a_file(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["add", str(news), "--archive", str(news)]) == 2
    message = f"error: {news} is a file; an archive is a folder, so name another.\n"
    assert capsys.readouterr() == ("", message)


def test_an_archive_that_another_command_makes_first(
    command: Command, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Archive.create

    def slowly(*arguments: Any) -> Archive:
        create(*arguments).close()
        return create(*arguments)

    monkeypatch.setattr(Archive, "create", slowly)
    assert command.json("add", news)["added"] == 2
