"""Writes files so that no reader, even after a crash, meets half a file; and hashes files."""

import os
import threading
from hashlib import file_digest
from pathlib import Path


def write_and_rename(path: Path, content: bytes) -> None:
    """Write a temporary file beside ``path``, sync it to the disk, and rename it to ``path``."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
