"""dateline ask: what it prints, and with which exit status."""

import io
import json
import sys
from contextlib import suppress

import pytest

from assistant.__main__ import main
from index import Archive
from tests.made_articles import dated


@pytest.mark.usefixtures("fake_models")
def test_command_prints_the_contract(made: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["who led the harbour talks", "--archive", str(made.folder), "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert status == 0
    first = ["question", "outcome", "support", "text", "short", "statements", "passages"]
    assert list(printed)[: len(first)] == first
    assert printed["outcome"] == "answered"
    [statement] = printed["statements"]
    assert statement["text"] == "Ruth Abara led the harbour talks."
    [citation] = statement["citations"]
    assert citation == {
        "marker": 1,
        "article": {
            "id": "a", "title": "Harbour talks", "source": "Post", "published": None, "url": None,
            "version": 1,
        },
        "start": 20,
        "end": 53,
        "quote": "Ruth Abara led the harbour talks.",
        "marks": [[20, 30]],
        "dated": [],
        "copies": [],
    }  # fmt: skip
    first = ["article", "start", "end", "text", "score"]
    assert list(printed["passages"][0])[: len(first)] == first


@pytest.mark.usefixtures("fake_models")
def test_command_counts_days_from_the_one_that_is_given(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.add([dated("new", "The Quillon bakery burned down yesterday.", "2021-09-14")])
    asked = ["What burned down this week?", "--archive", str(archive.folder), "--json"]
    assert main([*asked, "--today", "2021-09-15"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["read"] == {"after": "2021-09-08", "before": "2021-09-15"}
    assert [passage["article"]["id"] for passage in printed["passages"]] == ["new"]
    with pytest.raises(SystemExit):
        main([*asked, "--today", "yesterday"])
    assert "'yesterday' is not a day such as 2016-08-21" in capsys.readouterr().err


def test_command_shows_how_an_answer_came_about(
    sample: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--archive", str(sample.folder)]
    assert main(["How many people were injured in the Marrowby flood?", *folder]) == 0
    printed = capsys.readouterr().out
    assert "The sources differ: Twelve [1]; 14 [2]; Fifteen [3]." in printed
    assert main(["Who headed the delegation to Qamishlo airport in August 2016?", *folder]) == 0
    printed = capsys.readouterr().out
    assert "Qamishlo was matched as Qamishli." in printed
    assert "Limited to 1 August 2016 – 31 August 2016." in printed
    assert main(["How large is the relief fund for flood victims?", *folder]) == 0
    assert "    (the same text: " in capsys.readouterr().out
    assert main(["How many people died in the earthquake near Tamrash?", *folder]) == 0
    assert "(on Tuesday: 2025-04-29)" in capsys.readouterr().out


@pytest.mark.usefixtures("fake_models")
def test_command_exits_3_when_the_archive_does_not_say(
    made: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["What did Quintus Vale say?", "--archive", str(made.folder)]) == 3
    assert "never mentions “Quintus Vale”" in capsys.readouterr().out


@pytest.mark.usefixtures("fake_models")
@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["What did Quintus Vale say?"], r"never mentions \u201cQuintus Vale\u201d"),
        (["--help"], r"\u201clast week\u201d"),
        (["save", "“mill”"], r"Saved: \u201cmill\u201d"),
    ],
)
def test_what_is_printed_where_there_are_only_ascii_letters(
    made: Archive, words: list[str], part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr("sys.stdout", printed)
    with suppress(SystemExit):
        main([*words, "--archive", str(made.folder)])
    printed.seek(0)
    assert part in " ".join(printed.read().split())


@pytest.mark.usefixtures("fake_models")
def test_outputs_that_are_closed(made: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a program may start another one."""
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    asked = ["who led the harbour talks", "--archive", str(made.folder)]
    assert main(asked) == 0
    assert main([*asked, "--source", "Nobody"]) == 2
    for output in (sys.stdout, sys.stderr):
        output.close()


def test_command_quietly_gives_the_proof(
    sample: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["Who headed the delegation to Qamishlo airport in August 2016?", "--quiet"]
    assert main([*asked, "--archive", str(sample.folder)]) == 0
    printed = capsys.readouterr().out
    short, text, *_ = printed.split("\n\n")
    assert short in " ".join(text.split())
    assert "\n\n[1] " in printed
    assert "matched as" not in printed


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["Why? " * 300],
            "The question is 1,500 characters long; please ask it in 1,000 or fewer.",
        ),
        (["?"], "Type a question first."),
        (["Who led?", "--source", "Pots"], "No source is called “Pots”; did you mean “Post”?"),
    ],
)
def test_command_refuses(
    made: Archive, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--archive", str(made.folder)]) == 2
    assert capsys.readouterr() == ("", f"error: {message}\n")


def test_command_prints_in_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["Who led?", "--text", "--json"], "dateline ask")
    assert ended.value.code == 2
    message = "argument --json: not allowed with argument --text"
    assert message in capsys.readouterr().err
