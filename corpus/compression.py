"""Files that are compressed as a whole, with gzip, bzip2, xz or zstd, whatever their names."""

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from corpus.documents import Document, Expanded, buffered
from corpus.encoding import NotReadable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
"""Endings that may follow the ending of any format."""

_SHORT = {".tgz": ".gz", ".tbz": ".bz2", ".tbz2": ".bz2", ".txz": ".xz", ".tzst": ".zst"}
"""Endings of tar archives, and how each is compressed."""

_MARKS = {
    b"\x1f\x8b": ".gz",
    b"\xfd7zXZ\0": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
    b"\x1f\x9d": ".z",
}
"""The first bytes of compressed files."""

_COMPRESS = ".z"
_MOST_MEMORY = 300_000_000
"""Bytes that xz may use; its strongest usual level needs 65 MB. Zstd allows itself 128 MB."""

_BLOCK = 1 << 16


def uncompressed(document: Document) -> tuple[io.BufferedReader, str]:
    """The bytes of a document, expanded if it is compressed, and the ending of what is in it.

    ``news.jsonl.bz2`` contains a ``.jsonl``, and ``news.tgz`` a ``.tar``. Raises NotReadable if it
    is compressed by a program that Python cannot undo.
    """
    stream, suffix = document.stream, _suffix(document.name)
    inner = ending_of(document.name)
    named = _SHORT.get(suffix, suffix if suffix in {*COMPRESSED, _COMPRESS} else "")
    # The first bytes decide; those of bzip2 are letters, which a text may begin with, too.
    beginning = stream.peek(6)[:6]
    marks = (ending for mark, ending in _MARKS.items() if beginning.startswith(mark))
    format = next(marks, named)
    if format == _COMPRESS:
        raise NotReadable("is compressed in a way that is not read; unpack it with uncompress")
    if format == ".gz":
        # A crawl is many gzip files in a row, and none may be lost without a report.
        padded = inner not in {".warc", ".arc", ".wet"}
        expanded = gzip.GzipFile(fileobj=stream)
        return buffered(Expanded(expanded, stream.tell, "gzip", padded)), inner
    if format == ".bz2":
        blocks = _Blocks(stream, bz2.BZ2Decompressor, "bzip2")
        return buffered(Expanded(blocks, stream.tell, "bzip2")), inner
    if format == ".xz":
        blocks = _Blocks(stream, lambda: lzma.LZMADecompressor(memlimit=_MOST_MEMORY), "xz")
        return buffered(Expanded(blocks, stream.tell, "xz")), inner
    if format == ".zst":
        blocks = _Blocks(stream, zstd.ZstdDecompressor, "zstd")
        return buffered(Expanded(blocks, stream.tell, "zstd")), inner
    return stream, suffix


def ending_of(name: str) -> str:
    """The ending of a file's name, in lower case, without that of its compression."""
    suffix = _suffix(name)
    if suffix in _SHORT:
        return ".tar"
    return _suffix(name[: -len(suffix)]) if suffix in COMPRESSED else suffix


class _Blocks:
    """The expanded bytes of compressed streams, one after the other."""

    def __init__(self, stream: io.BufferedReader, new: Callable[[], Any], format: str) -> None:
        self._stream, self._new, self._format = stream, new, format
        self._decompressor = new()

    def read1(self, size: int) -> bytes:
        """Some bytes, or none at the end; raises EOFError if that is missing."""
        while True:
            if self._decompressor.eof:
                block = self._decompressor.unused_data or self._stream.read1(_BLOCK)
                if not block:
                    return b""
                self._decompressor = self._new()
            elif self._decompressor.needs_input:
                block = self._stream.read1(_BLOCK)
                if not block:
                    raise EOFError
            else:
                block = b""
            try:
                data: bytes = self._decompressor.decompress(block, size)
            except (OSError, ValueError, lzma.LZMAError, zstd.ZstdError):
                raise NotReadable(f"is not a valid {self._format} file, or is damaged") from None
            if data:
                return data


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
