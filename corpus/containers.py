"""Zip and tar archives of files, and WACZ: each file in them is read as if it were in a folder."""

import io
import re
import tarfile
from collections.abc import Container, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Any, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from corpus.article import Found, Unreadable
from corpus.compression import ending_of
from corpus.documents import LONGEST_TEXT, Document, Expanded, buffered, refuse_bomb
from corpus.encoding import NotReadable, clean_line, decode
from corpus.markup import parse_xml, xml_text
from corpus.substack import is_substack, read_substack

_ENCRYPTED = 1
_BESIDE_PAGE = re.compile(
    r"(.+)[_.-](?:files?|dateien|fichiers|archivos|arquivos|ficheiros|bestanden|filer|pliki|soubory"
    r"|dosyalar|tiedostot|elemei)",
    re.IGNORECASE,
)
"""The folder with a saved page's pictures and frames, as browsers in many languages name it."""

_LONGEST_HEADER = 8_000
"""Bytes of a further header of a file in a tar archive, which has its long name."""

_HEADERS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
            tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)  # fmt: skip
_MOST_POSTPONED = 50_000_000
"""Bytes of the parts of saved pages that are in memory until it is known whether they are such."""

_DEEPEST = 20
_MOST_ENDS = 4
"""How often tarfile may read at the end of an archive."""


def read_zip(document: Document, field_names: Mapping[str, str]) -> Iterator[Found | Document]:
    """The files in a zip archive, in the order of names; archives in it are not opened."""
    with document.seekable() as file:
        archive = open_zip(file)
        all_names = {*archive.namelist()}
        shown = [info for info in archive.infolist() if not _is_passed_over(info, all_names)]
        if not shown:
            raise NotReadable("is a zip archive with no files in it")
        names = [info.filename for info in shown]
        if is_substack(names):

            def text_in(name: str) -> str:
                return decode(member_bytes(archive, name)[:LONGEST_TEXT] or b" ")

            yield from read_substack(document, names, text_in)
            return
        opened = [info for info in shown if not _is_archive(info.filename)]
        yield from _members(document, archive, opened)
    _refuse_inside([name for name in names if _is_archive(name)])


def read_tar(document: Document, field_names: Mapping[str, str]) -> Iterator[Found | Document]:
    """The files in a tar archive, in its own order; archives in it are not opened."""
    count, closed = 0, []
    names: set[str] = set()
    # Files that belong to a saved page, if it is in the archive: it may come after them.
    postponed: dict[str, bytes] = {}
    room = _MOST_POSTPONED
    problem: NotReadable | None = None
    tape: Any = _Tape(document.stream)  # of a file, tarfile only needs this method
    try:
        with tarfile.open(None, "r|", tape, tarinfo=_Header) as archive:
            while (info := archive.next()) is not None:
                # They would all be kept in memory.
                archive.members = []  # type: ignore[attr-defined]
                name = clean_line(PurePosixPath(info.name).as_posix().lstrip("/")) or "unnamed"
                if not info.isreg() or _is_hidden(PurePosixPath(name)):
                    continue
                count += 1
                names.add(name)
                if _is_archive(name):
                    closed.append(name)
                    continue
                if info.issparse():
                    # A file with holes may claim to be of any size.
                    yield Unreadable(f"{document.origin}/{name}", "has holes; unpack it to read it")
                    continue
                content = Expanded(archive.extractfile(info), partial(int, info.size), "tar")
                if info.size <= room and any(map(_BESIDE_PAGE.fullmatch, _folders(name))):
                    room -= info.size
                    postponed[name] = content.read()
                    continue
                yield document.part(f"/{name}", buffered(content))
    except tarfile.TarError:
        what = f"is damaged after its file {count}" if count else "is not a valid tar file"
        problem = NotReadable(f"{what}, or breaks off")
    except NotReadable as error:
        problem = error
    for name, data in postponed.items():
        if not any(is_beside_page(folder, names) for folder in _folders(name)):
            yield document.part(f"/{name}", buffered(cast(io.RawIOBase, io.BytesIO(data))))
    if problem:
        raise problem
    if not count:
        raise NotReadable("is a tar archive with no files in it")
    _refuse_inside(closed)


def read_wacz(document: Document, field_names: Mapping[str, str]) -> Iterator[Found | Document]:
    """The WARC files of a crawl that was saved as WACZ."""
    with document.seekable() as file:
        archive = open_zip(file)
        crawls = [
            info
            for info in archive.infolist()
            if info.filename.startswith("archive/")
            and info.filename.lower().endswith((".warc", ".warc.gz"))
        ]
        if not crawls:
            raise NotReadable("holds no crawl: there is no WARC file in its folder archive/")
        yield from _members(document, archive, crawls)


def is_beside_page(name: str, names: Container[str]) -> bool:
    """Whether a folder contains the parts of a page that a browser has saved next to it."""
    match = _BESIDE_PAGE.fullmatch(name)
    return match is not None and (f"{match[1]}.html" in names or f"{match[1]}.htm" in names)


def open_zip(file: IO[bytes]) -> ZipFile:
    """The archive in a file; raises NotReadable if it is none, or expands like a bomb."""
    try:
        archive = ZipFile(file)
    except (BadZipFile, ValueError, NotImplementedError):
        raise NotReadable("is not a valid zip file, or is damaged") from None
    size = file.seek(0, 2)
    # A member never gives more bytes than the archive's directory says, so the directory decides.
    # Members may overlap, so their compressed sizes do not count.
    refuse_bomb(sum(info.file_size for info in archive.infolist()), size)
    return archive


def open_member(archive: ZipFile, info: ZipInfo) -> Expanded:
    """The bytes of a file in an archive; raises NotReadable if they cannot be read."""
    if info.flag_bits & _ENCRYPTED:
        raise NotReadable("is locked with a password; unpack it to read it")
    try:
        stream = archive.open(info)
    except (BadZipFile, NotImplementedError, ValueError):
        raise NotReadable("is damaged, or packed in a way that is not known") from None
    return Expanded(stream, lambda: info.compress_size, "zip")


def member_bytes(archive: ZipFile, name: str) -> bytes:
    """A file in an archive, up to one byte more than a text may have; no bytes if it is missing."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        return b""
    with buffered(open_member(archive, info)) as stream:
        return stream.read(LONGEST_TEXT + 1)


def xml_member(document: Document, name: str, lacking: str) -> Any:
    """The root of the XML file ``name`` in an archive that is one text, such as a Word document.

    Raises NotReadable, with the reason ``lacking`` if the archive has no such file.
    """
    with document.seekable() as file:
        data = member_bytes(open_zip(file), name)
    if not data:
        raise NotReadable(lacking)
    if len(data) > LONGEST_TEXT:
        raise NotReadable(f"has more than {LONGEST_TEXT // 1_000_000} MB of text; split it")
    return parse_xml(xml_text(data))


def _members(
    document: Document, archive: ZipFile, members: list[ZipInfo]
) -> Iterator[Found | Document]:
    for info in sorted(members, key=lambda info: info.filename):
        where = f"/{clean_line(info.filename) or 'unnamed'}"
        try:
            stream = buffered(open_member(archive, info))
        except NotReadable as error:
            yield Unreadable(document.origin + where, str(error))
            continue
        with stream:
            yield document.part(where, stream)


class _Header(tarfile.TarInfo):
    """A header in a tar archive, refused if it is endless: tarfile reads it into memory.

    A damaged one is an error, which tarfile takes for the end of the archive.
    """

    @classmethod
    def frombuf(cls, buf: Any, encoding: str, errors: str) -> "_Header":
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if bytes(buf).strip(b"\0"):
                raise tarfile.ReadError(str(error)) from None
            raise
        if header.type in _HEADERS and header.size > _LONGEST_HEADER:
            raise NotReadable("is a tar archive with a file whose name has no end")
        return header


class _Tape:
    """A stream that is read in the sizes in which it comes, so that what precedes damage is read.

    tarfile skips a file by reading, and goes on at the end of the stream; so that is an error.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream, self._ends = stream, 0

    def read(self, size: int) -> bytes:
        data = self._stream.read1(size)
        self._ends += not data
        if self._ends > _MOST_ENDS:
            raise tarfile.ReadError("unexpected end of data")
        return data


def _refuse_inside(closed: list[str]) -> None:
    """Raise NotReadable if an archive holds others."""
    if closed:
        kind = "zip " if all(ending_of(name) == ".zip" for name in closed) else ""
        raise NotReadable(
            f"holds {len(closed)} {kind}archives, such as {clean_line(closed[0])}, which are not "
            "opened; unpack it to read them"
        )


def _is_archive(name: str) -> bool:
    return ending_of(name) in {".zip", ".tar"}


def _is_hidden(path: PurePosixPath) -> bool:
    """Whether a file in an archive is hidden, or is one that macOS adds."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _is_passed_over(info: ZipInfo, names: set[str]) -> bool:
    """Whether a member is no file, is hidden or from macOS, or is part of a saved page."""
    return (
        info.is_dir()
        or _is_hidden(PurePosixPath(info.filename))
        or any(is_beside_page(folder, names) for folder in _folders(info.filename))
    )


def _folders(name: str) -> list[str]:
    """The folders that a member is in, the innermost first; a hostile name has thousands."""
    return [folder.as_posix() for folder in PurePosixPath(name).parents[:_DEEPEST]]
