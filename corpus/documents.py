"""A file as a reader is handed it: its bytes, bounded, and where it was found."""

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from gzip import GzipFile
from typing import Protocol, cast

from corpus.article import Found
from corpus.encoding import NotReadable, encoding_of, mend_bytes, refuse_binary

LONGEST_TEXT = 20_000_000
"""Bytes of a file or a record that holds one article; longer ones are refused."""

LARGEST_FILE = 200_000_000
"""Bytes, expanded, of a file that has to be read whole though it holds many articles."""


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
    NotReadable, OSError or EOFError where nothing after can be read.
    """

    def __call__(self, document: Document, field_names: Mapping[str, str]) -> Iterator[Found]: ...


def buffered(stream: io.RawIOBase | GzipFile) -> io.BufferedReader:
    """``stream`` with a buffer from which the encoding of its text can be told."""
    # GzipFile is documented as such a stream, but not typed as one.
    return io.BufferedReader(cast(io.RawIOBase, stream), 1 << 18)
