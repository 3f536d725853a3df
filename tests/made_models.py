"""Tiny models, and as much of the Hugging Face hub as it takes to fetch one."""

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from tests.loopback import Loopback, Quiet

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
COMMIT = "0123456789" * 4


def save_tokenizer(folder: Path, words: Sequence[str]) -> None:
    """A tokenizer that knows ``SPECIAL`` and these words, numbered in this order."""
    tokenizer = Tokenizer(
        models.WordLevel({word: at for at, word in enumerate([*SPECIAL, *words])}, "[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=64, pad_token="[PAD]", unk_token="[UNK]",
        cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
    ).save_pretrained(folder)  # fmt: skip


class Hub(Loopback):
    """Serves the models below a folder on this computer.

    ``asked`` are the paths of all requests, ``given`` the files that were sent.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(_Answer)
        self.folder = folder
        self.asked: list[str] = []
        self.given: list[str] = []


class _Answer(Quiet, BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        model = re.match(r"(?:/api/models)?/(\w[^/]*/\w[^/]*)", self.path)
        folder = self.server.folder / (model[1] if model else "nothing")
        file = re.search(r"/resolve/\w+/(.+)", self.path)
        if not folder.is_dir():
            self._send(404, b"")
        elif file:
            if self.command == "GET":
                self.server.given.append(file[1])
            self._send(200, (folder / file[1]).read_bytes())
        elif "/tree/" in self.path:
            listed = [
                {"type": "file", "path": str(path.relative_to(folder)), "oid": COMMIT,
                 "size": path.stat().st_size}
                for path in folder.rglob("*") if path.is_file()
            ]  # fmt: skip
            self._send(200, json.dumps(listed).encode())
        else:
            self._send(200, json.dumps({"id": folder.name, "sha": COMMIT}).encode())

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{sha256(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        if status == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)
