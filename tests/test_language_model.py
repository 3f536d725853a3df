"""Servers of language models, which cannot be trusted, and the command that asks one."""

import json
import subprocess
import sys
import time
from contextvars import copy_context
from dataclasses import replace
from typing import Any

import pytest

from assistant import Answer, Assistant, LanguageModel
from assistant.__main__ import main
from assistant.pointing import chosen, numbered
from assistant.wording import choose
from index import Archive
from tests.fakes import FakeReader
from tests.model_server import Handler, Reply, Server, completion, says, sends, server
from tests.pointed import (
    LED,
    NONE_REACHED,
    PLAIN,
    QUESTION,
    archive,
    picks,
    texts,
)

__all__ = ["archive", "server"]


def pointed(server: Server, **limits: float) -> Answer:
    return chosen(LanguageModel("tiny", server.url, **limits), PLAIN)


def test_a_model_is_asked_for_json(server: Server) -> None:
    server.reply = says(picks(2))
    assert texts(pointed(server)) == [NONE_REACHED]
    [(path, _, body)] = server.heard
    assert path == "/v1/chat/completions"
    assert (body["model"], body["temperature"]) == ("tiny", 0)
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["groups", "not_told"]
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def stalls(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin()
    handler.raw(completion(picks(1))[:20])
    handler.server.left.wait(10)


def says_nothing(handler: Handler, _: dict[str, Any]) -> None:
    handler.server.left.wait(10)


def drips(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin()
    while True:
        handler.raw(" ")
        time.sleep(0.01)


def drips_headers(handler: Handler, _: dict[str, Any]) -> None:
    handler.raw("HTTP/1.1 200 OK\r\n")
    while True:
        handler.raw("x-wait: a while\r\n")
        time.sleep(0.01)


def sends_ten_megabytes(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin()
    for _ in range(100):
        handler.raw("x" * 100_000)


def answers(status: int = 200, body: str = "", **headers: str) -> Reply:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin(status, **headers)
        handler.raw(body)

    return reply


@pytest.mark.parametrize(
    ("reply", "how"),
    [
        (stalls, "did not answer in time"),
        (says_nothing, "did not answer in time"),
        (drips, "did not answer in time"),
        (drips_headers, "did not answer in time"),
        (answers(200, '{"choices"', content_length="100000"), "cannot be reached, or broke off"),
        (
            answers(500, '{"error": {"message": "<b>out of memory</b>"}}'),
            "answered with status 500",
        ),
        (answers(401), "answered with status 401"),
        (
            answers(200, "anything", content_encoding="gzip"),
            "sent what it was asked not to send, a compressed answer",
        ),
        (sends_ten_megabytes, "sent far too much"),
        (says("1, " * 10_000), "sent far too much"),
        (sends("{not json"), "sent what is no answer"),
        (sends("[1, 2]"), "sent what is no answer"),
        (sends('{"choices": []}'), "sent what is no answer"),
        (sends('{"choices": [{"message": null}]}'), "sent what is no answer"),
        (sends("[" * 100_000), "sent what is no answer"),
        (says({"text": "yes"}), "sent what is no answer"),
        (says(None), "gave no numbers of sentences"),
    ],
)
def test_whatever_a_server_does_there_is_an_answer(server: Server, reply: Reply, how: str) -> None:
    server.reply = reply
    answer = pointed(server, whole_seconds=0.8)
    server.left.set()
    assert replace(answer, notes=()) == PLAIN
    [note] = answer.notes
    assert note.startswith(f"The language model tiny {how}")
    assert note.endswith("; the answer is as it was found without it.")


@pytest.mark.parametrize(
    ("reply", "how"),
    [
        (answers(401), "hat mit Status 401 geantwortet"),
        (sends_ten_megabytes, "hat viel zu viel gesendet"),
        (says(None), "hat keine Satznummern genannt"),
    ],
)
def test_how_a_model_failed_is_said_in_the_language_of_the_page(
    server: Server, reply: Reply, how: str
) -> None:
    def in_german() -> str:
        choose("de")
        return pointed(server).notes[0]

    server.reply = reply
    note = copy_context().run(in_german)
    assert note.startswith(f"Das Sprachmodell tiny ist ausgefallen ({how});")


def test_a_server_that_is_not_there(server: Server) -> None:
    server.server_close()
    assert "cannot be reached" in pointed(server).notes[0]


def test_a_redirect_is_not_followed(server: Server) -> None:
    with Server() as elsewhere:
        elsewhere.reply = says(picks(1))
        place = f"{elsewhere.url}/chat/completions"
        server.reply = answers(307, location=place, content_length="0")
        answer = pointed(server)
        assert elsewhere.heard == []
    assert "answered with status 307" in answer.notes[0]


def test_a_server_that_knows_no_settings_is_asked_without(server: Server) -> None:
    def reply(handler: Handler, body: dict[str, Any]) -> None:
        if "response_format" in body:
            handler.begin(400)
        else:
            says("2")(handler, body)

    server.reply = reply
    assert texts(pointed(server)) == [NONE_REACHED]


def test_nothing_is_told_of_this_computer_and_its_user(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "for someone else")
    monkeypatch.setenv("OPENAI_ORG_ID", "for someone else")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: for someone else")
    server.reply = says("none")
    pointed(server)
    chosen(LanguageModel("tiny", server.url, "the key"), PLAIN)
    first, second = (
        {name.lower(): value for name, value in headers.items()} for _, headers, _ in server.heard
    )
    shown = set(
        "host accept accept-encoding connection content-type content-length user-agent".split()
    )
    assert first.keys() == shown
    assert second.keys() == shown | {"authorization"}
    assert second["authorization"] == "Bearer the key"
    assert "the key" not in repr(LanguageModel("tiny", server.url, "the key"))


@pytest.mark.parametrize(
    ("name", "url"),
    [("tiny", "localhost:11434"), ("tiny", "file:///etc/passwd"), ("tiny", "http://"),
     ("tiny", "http://[x"), ("tiny", "http://x:port/v1"), (" ", "http://localhost/v1")],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(name: str, url: str) -> None:
    with pytest.raises(ValueError, match=r"none such as|has no name"):
        LanguageModel(name, url)


# --- The command


def ask(archive: Archive, *options: str) -> int:
    return main([QUESTION, "--archive", str(archive.folder), *options])


@pytest.fixture
def command(archive: Archive, fake_models: None, monkeypatch: pytest.MonkeyPatch) -> Archive:
    for name in ("DATELINE_MODEL", "DATELINE_BASE_URL", "DATELINE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return archive


def test_command_prints_the_answer_at_once_and_then_the_choice(
    command: Archive, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = Assistant(command, reader=FakeReader()).ask(QUESTION)
    [at] = [n for n, sentence in enumerate(numbered(plain), 1) if sentence.text == NONE_REACHED]
    server.reply = says(picks(at))
    assert ask(command, "--model", "tiny", "--base-url", server.url) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"{LED} [1]\n")
    assert f"\nThe language model chose:\n{NONE_REACHED} [1]\n" in printed
    assert "The sentences were chosen by tiny." in printed


def test_command_reads_the_environment(
    command: Archive,
    server: Server,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.reply = says("Nothing of the kind.")
    monkeypatch.setenv("DATELINE_MODEL", "small")
    monkeypatch.setenv("DATELINE_BASE_URL", server.url)
    monkeypatch.setenv("DATELINE_API_KEY", "secret")
    assert ask(command, "--json") == 0
    _, headers, body = server.heard[-1]
    assert (body["model"], headers["authorization"]) == ("small", "Bearer secret")
    assert json.loads(capsys.readouterr().out)["notes"][0].startswith("The language model small")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--model", "tiny"], "Where is the model? Say so with --base-url"),
        (["--base-url", "http://localhost/v1"], "Which model? Name it with --model"),
        (["--model", "tiny", "--base-url", "localhost"], "The model's address 'localhost' is none"),
    ],
)
def test_command_says_what_a_model_lacks(
    command: Archive, capsys: pytest.CaptureFixture[str], options: list[str], error: str
) -> None:
    assert ask(command, *options) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(f"error: {error}")
    assert printed.count("\n") == 1


@pytest.mark.slow
def test_importing_loads_no_client() -> None:
    script = (
        "import sys, assistant.__main__; print({'openai', 'httpx2', 'anyio'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
