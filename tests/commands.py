"""The index's commands, run in this process on one archive."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import index.naming
import index.upkeep
from index import Archive, ArchiveError
from index.__main__ import main
from tests.fakes import FakeEncoder, FakeTagger

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


@dataclass
class Command:
    """The command, run in this process on one archive."""

    folder: str
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object, status: int = 0) -> tuple[str, str]:
        """What it prints: to standard output, and to standard error."""
        assert main([*map(str, arguments), "--archive", self.folder]) == status
        captured = self.capsys.readouterr()
        return captured.out, captured.err

    def json(self, *arguments: object) -> Any:
        """What it prints as JSON; nothing goes to standard error."""
        out, err = self(*arguments, "--json")
        assert err == ""
        return json.loads(out)

    def error(self, *arguments: object, status: int = 2) -> str:
        """The one line that it prints when it fails."""
        out, err = self(*arguments, status=status)
        [line] = err.splitlines()
        assert out == ""
        return line

    @property
    def archive(self) -> Archive:
        return Archive.open(self.folder)


def write(file: Path, *records: dict[str, str]) -> None:
    file.write_text("".join(json.dumps(record) + "\n" for record in records))


@pytest.fixture
def named_encoders(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(encoder: object) -> FakeEncoder:
        if encoder in (None, "fake"):
            return FakeEncoder()
        if encoder == "wide":
            return FakeEncoder("wide", 24)
        raise ArchiveError(f"The encoder {encoder!r} cannot be loaded.")

    monkeypatch.setattr(index.upkeep, "load_encoder", load)
    monkeypatch.setattr(index.naming, "installed", lambda: FakeTagger({"Orl": "place"}))


@pytest.fixture
def command(tmp_path: Path, named_encoders: None, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, and no archive yet."""
    return Command(str(tmp_path / "archive"), capsys)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    write(tmp_path / "news.jsonl", FERRY, MILL)
    return tmp_path / "news.jsonl"


@pytest.fixture
def held(command: Command, news: Path) -> Command:
    """The command, and an archive of both articles."""
    command("add", news)
    return command
