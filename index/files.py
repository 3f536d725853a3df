"""Writing files so that a reader, or a crash, never meets half of one; and hashes of them."""

import os
import threading
from hashlib import file_digest
from pathlib import Path


def write_and_rename(path: Path, content: bytes) -> None:
    """Write a file beside its place, to the disk, and put it there in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
