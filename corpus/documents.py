"""The file that a reader receives: its bytes, within limits, and its place."""

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Protocol, cast

from corpus.article import Found
from corpus.encoding import NotReadable, encoding_of, mend_bytes, refuse_binary

LONGEST_TEXT = 20_000_000
"""Bytes of a file or a record with one article; longer ones are refused."""

LARGEST_FILE = 200_000_000
"""Bytes, expanded, of a file with many articles that must be read at once."""

LARGEST_COPY = 2_000_000_000
"""Bytes of an archive of files that is itself compressed, or inside another archive."""


_HARMLESS = 100_000_000
_MOST_EXPANSION = 100
"""A file that expands to more than this many times its size, and to more bytes than are harmless,
was made to fill a disk: texts compress to a fifth, and seldom to a thirtieth."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file, or one member of an archive of files.

    ``stream`` gives its bytes, expanded, once. ``origin`` is the place that people are shown;
    ``name`` is the absolute path, with ``/``, and becomes the id of articles without one;
    ``address`` is where it was fetched from, if it was.
    """

    stream: io.BufferedReader
    origin: str
    name: str
    address: str | None = None

    def read(self, limit: int = LONGEST_TEXT) -> bytes:
        """All bytes; raises NotReadable if there are more than ``limit``, or none."""
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise NotReadable(f"is larger than {limit // 1_000_000} MB; split it")
        if not data.strip():
            raise NotReadable("is empty")
        return data

    @contextmanager
    def seekable(self) -> Iterator[IO[bytes]]:
        """The bytes as a seekable file, which is on disk if it is large."""
        if self.stream.seekable():
            yield self.stream
            return
        with SpooledTemporaryFile(max_size=LONGEST_TEXT) as copy:
            self.copy_to(copy)
            copy.seek(0)
            yield cast(IO[bytes], copy)

    def copy_to(self, file: Any) -> None:
        """Write all bytes into a file; raises NotReadable if there are too many."""
        while block := self.stream.read(1 << 20):
            file.write(block)
            if file.tell() > LARGEST_COPY:
                raise NotReadable(f"is larger than {LARGEST_COPY // 10**9} GB; unpack it")

    def part(self, where: str, stream: io.BufferedReader | None = None) -> "Document":
        """A part of this document, such as ``/Sheet 1`` or ``#7``, perhaps with its own bytes."""
        return Document(stream or self.stream, self.origin + where, self.name + where)

    def lines(self, limit: int = LONGEST_TEXT) -> Iterator[str | None]:
        """The lines of a text without line ends, one at a time in memory.

        A line of more than ``limit`` characters is skipped and gives None.
        """
        beginning = self.stream.peek()
        end = "\r" if b"\r" in beginning and b"\n" not in beginning else "\n"  # of old Macs
        if not beginning:
            raise NotReadable("is empty")
        name = encoding_of(beginning)
        refuse_binary(beginning.decode(name, "ignore"))
        errors = "surrogateescape" if name.startswith("utf-8") else "replace"
        text = io.TextIOWrapper(self.stream, name, errors, newline=end)
        try:
            while line := text.readline(limit + 1):
                if len(line) > limit and not line.endswith(end):
                    while (part := text.readline(limit)) and not part.endswith(end):
                        pass
                    yield None
                else:
                    yield mend_bytes(line).rstrip("\r\n")
        finally:
            # The caller who opened the stream closes it, and may have done so already.
            with suppress(ValueError):
                text.detach()


class Reader(Protocol):
    """The function that reads a format: it yields the contents of a document, in order.

    ``field_names`` maps our names of fields to the names in records, if these are unusual. A reader
    yields an ``Unreadable`` for each record that is no article, and continues. It may raise
    NotReadable or OSError if nothing more can be read. An archive of files yields documents; the
    caller reads each of them, by its own name, before it takes the next.
    """

    def __call__(
        self, document: Document, field_names: Mapping[str, str]
    ) -> Iterator[Found | Document]: ...


class Expanded(io.RawIOBase):
    """The expanded bytes of a stream; raises NotReadable if it is damaged, or expands like a bomb.

    ``compressed`` returns the number of compressed bytes that were read so far, or of all. With
    ``padded``, other bytes may follow the end of a gzip file, as gzip(1) allows.
    """

    def __init__(
        self, stream: Any, compressed: Callable[[], int], format: str, padded: bool = False
    ) -> None:
        self._stream, self._compressed, self._format = stream, compressed, format
        self._padded = padded
        self._expanded = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._expanded

    def readinto(self, buffer: Any) -> int:
        try:
            # The bytes before any damage are returned first.
            data = self._stream.read1(len(buffer))
        except EOFError:
            raise NotReadable("breaks off: the compressed file is not complete") from None
        except tarfile.TarError:
            raise NotReadable("breaks off: the archive is not complete") from None
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
            # The checksum of the bytes before was right, or the error would be a different one.
            if self._padded and self._expanded and str(error).startswith("Not a gzipped file"):
                return 0
            raise NotReadable(f"is not a valid {self._format} file, or is damaged") from None
        buffer[: len(data)] = data
        self._expanded += len(data)
        refuse_bomb(self._expanded, self._compressed())
        return len(data)


def refuse_bomb(expanded: int, compressed: int) -> None:
    """Raise NotReadable if ``expanded`` bytes are more than a compressed text expands to."""
    if expanded > max(_HARMLESS, _MOST_EXPANSION * compressed):
        raise NotReadable(
            f"expands to more than {_MOST_EXPANSION} times its size, as a bomb does; "
            "if it is none, unpack it"
        )


def buffered(stream: io.RawIOBase) -> io.BufferedReader:
    """``stream`` with a buffer that is large enough to find the encoding of its text."""
    return io.BufferedReader(stream, 1 << 18)
