"""A file as a reader is handed it: its bytes, bounded, and where it was found."""

import gzip
import io
import lzma
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
"""Bytes of a file or a record that holds one article; longer ones are refused."""

LARGEST_FILE = 200_000_000
"""Bytes, expanded, of a file that has to be read whole though it holds many articles."""

LARGEST_COPY = 2_000_000_000
"""Bytes of an archive of files that is itself compressed, or inside another one."""


_HARMLESS = 100_000_000
_MOST_EXPANSION = 100
"""What expands to more than this many times its size, and to more bytes than are harmless, is
made to fill a disk: texts compress to a fifth, and seldom to a thirtieth."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file, or one member of an archive of files.

    ``stream`` gives its bytes, expanded, once. ``origin`` says to a person where it is; ``name``
    is its absolute path, with ``/``, and names articles that have no id.
    """

    stream: io.BufferedReader
    origin: str
    name: str

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
        """The bytes as a file in which one can go back, on disk if they are many."""
        if self.stream.seekable():
            yield self.stream
            return
        with SpooledTemporaryFile(max_size=LONGEST_TEXT) as copy:
            while block := self.stream.read(1 << 20):
                copy.write(block)
                if copy.tell() > LARGEST_COPY:
                    raise NotReadable(f"is larger than {LARGEST_COPY // 10**9} GB; unpack it")
            copy.seek(0)
            yield cast(IO[bytes], copy)

    def lines(self, limit: int = LONGEST_TEXT) -> Iterator[str | None]:
        """The lines of a text one after another, without their ends, never loaded together.

        A line of more than ``limit`` characters is skipped and gives None.
        """
        beginning = self.stream.peek()
        if not beginning:
            raise NotReadable("is empty")
        name = encoding_of(beginning)
        refuse_binary(beginning.decode(name, "ignore"))
        errors = "surrogateescape" if name.startswith("utf-8") else "replace"
        text = io.TextIOWrapper(self.stream, name, errors, newline="\n")
        try:
            while line := text.readline(limit + 1):
                if len(line) > limit and not line.endswith("\n"):
                    while (rest := text.readline(limit)) and not rest.endswith("\n"):
                        pass
                    yield None
                else:
                    yield mend_bytes(line).rstrip("\r\n")
        finally:
            # The stream is closed by whoever opened it, and perhaps is already.
            with suppress(ValueError):
                text.detach()


class Reader(Protocol):
    """What a format is to the rest: a function from a document to what it holds, in order.

    ``field_names`` maps our names of fields to those that records use, where they are unusual.
    It yields an ``Unreadable`` for each record that is no article and goes on; it may raise
    NotReadable or OSError where nothing after can be read. What holds files yields these as
    documents, each of which is read, by its own name, before the next is asked for.
    """

    def __call__(
        self, document: Document, field_names: Mapping[str, str]
    ) -> Iterator[Found | Document]: ...


class Expanded(io.RawIOBase):
    """What a compressed stream holds; raises NotReadable if it is damaged, or swells like a bomb.

    ``compressed`` gives the number of compressed bytes that were read so far, or of all. With
    ``padded`` a gzip file may have something else after its end, as gzip(1) takes it.
    """

    def __init__(
        self, stream: Any, compressed: Callable[[], int], format: str, padded: bool = False
    ) -> None:
        self._stream, self._compressed, self._format = stream, compressed, format
        self._padded = padded
        self._given = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given

    def readinto(self, buffer: Any) -> int:
        try:
            # What is there before damage is given before it is told.
            data = self._stream.read1(len(buffer))
        except EOFError:
            raise NotReadable("breaks off: the compressed file is not complete") from None
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
            # The sum of what came before it was right, or the error would be another.
            if self._padded and self._given and str(error).startswith("Not a gzipped file"):
                return 0
            raise NotReadable(f"is not a valid {self._format} file, or is damaged") from None
        buffer[: len(data)] = data
        self._given += len(data)
        refuse_bomb(self._given, self._compressed())
        return len(data)


def refuse_bomb(expanded: int, compressed: int) -> None:
    """Raise NotReadable if so many bytes, from so few, are more than a text ever expands to."""
    if expanded > max(_HARMLESS, _MOST_EXPANSION * compressed):
        raise NotReadable(
            f"expands to more than {_MOST_EXPANSION} times its size, as a bomb does; "
            "if it is none, unpack it"
        )


def buffered(stream: io.RawIOBase) -> io.BufferedReader:
    """``stream`` with a buffer from which the encoding of its text can be told."""
    return io.BufferedReader(stream, 1 << 18)
