"""Reads articles from paths: walks folders, and hands each file to the reader of its format.

To add a format, write a module with a ``Reader`` (see ``corpus/documents.py``) and add a line to
``READERS``.
"""

import codecs
import os
import re
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from corpus.article import Article, Found, Note, Unreadable
from corpus.compression import uncompressed
from corpus.containers import is_beside_page, read_tar, read_wacz, read_zip
from corpus.crawls import read_crawl
from corpus.documents import Document, Reader, buffered
from corpus.encoding import NotReadable, readable
from corpus.epub import read_epub
from corpus.json_files import read_json, read_json_lines
from corpus.mail import read_mailbox, read_message
from corpus.opendocument import read_odt
from corpus.parquet import read_parquet
from corpus.pdf import read_pdf
from corpus.records import check_field_names
from corpus.references import read_ris
from corpus.rtf import read_rtf
from corpus.saved_pages import read_mhtml, read_webarchive
from corpus.sgml import SGML, read_sgml
from corpus.spreadsheets import read_spreadsheet
from corpus.sqlite_files import is_beside_database, read_sqlite
from corpus.subtitles import read_subtitles
from corpus.tables import begins_as_table, read_table
from corpus.text_files import read_markdown, read_story, read_text
from corpus.web_pages import read_web_page
from corpus.wires import WIRE, read_wire
from corpus.word import read_docx
from corpus.xml_files import read_xml

DATABASE = "archive.sqlite"
_ARCHIVE_FILES = {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "vectors.faiss", "lexical"}
"""The files of an archive, in a folder with its database; they contain nothing to read."""

NO_FILES = "is a folder with no files in it"
_NO_ENDING = "has no ending that tells its format"
_SAVED_AS = {".msg": ".eml", ".doc": ".docx", ".pages": ".docx", ".bib": ".ris"}
"""Formats that are not read, and the format in which their own program can save such a file."""

_MOST_NOTES = 20
"""Notes on one file; a column may have thousands of invalid dates."""

_ANY_TEXT = frozenset([".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"])
"""Files with these endings may be in another format, which their first bytes show."""

_EXCEL_ENDINGS = frozenset([".xls", ".xlsx"])
"""With these endings databases also export HTML, or text with tabs, which Excel opens."""

_TABLE_ENDINGS = _EXCEL_ENDINGS | {".txt", ".text"}
_BEGINNINGS = {
    ".pdf": re.compile(rb"%PDF-"),
    ".rtf": re.compile(rb"\{\\rtf"),
    ".html": re.compile(rb"(?i)<!doctype html|<html[\s>]|<table[\s>]"),
    ".xml": re.compile(rb"(?i)(?:<\?xml[^>]*>\s*)?<(?:rss|feed|rdf:rdf)[\s>]"),
    ".json": re.compile(rb"(?:\[\s*)?\{\s*\"[^\"]+\"\s*:"),
}

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".jl": read_json_lines,
    ".csv": read_table,
    ".tsv": read_table,
    ".ris": read_ris,
    ".xlsx": read_spreadsheet,
    ".xlsm": read_spreadsheet,
    ".xlsb": read_spreadsheet,
    ".xls": read_spreadsheet,
    ".ods": read_spreadsheet,
    ".db": read_sqlite,
    ".sqlite": read_sqlite,
    ".sqlite3": read_sqlite,
    ".parquet": read_parquet,
    ".html": read_web_page,
    ".htm": read_web_page,
    ".xhtml": read_web_page,
    ".rss": read_xml,
    ".atom": read_xml,
    ".rdf": read_xml,
    ".xml": read_xml,
    ".nitf": read_xml,
    ".newsml": read_xml,
    ".opml": read_xml,
    ".enex": read_xml,
    ".ninjs": read_json,
    ".sgm": read_sgml,
    ".sgml": read_sgml,
    ".story": read_story,
    ".anpa": read_wire,
    ".eml": read_message,
    ".emlx": read_message,
    ".mbox": read_mailbox,
    ".vtt": read_subtitles,
    ".srt": read_subtitles,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".rtf": read_rtf,
    ".odt": read_odt,
    ".epub": read_epub,
    ".mhtml": read_mhtml,
    ".mht": read_mhtml,
    ".webarchive": read_webarchive,
    ".warc": read_crawl,
    ".arc": read_crawl,
    ".wet": read_crawl,
    ".wacz": read_wacz,
    ".zip": read_zip,
    ".tar": read_tar,
}
"""The reader of each file ending, in lower case; that of a compression may follow every ending."""


def read_articles(
    paths: Iterable[str | Path] | str | Path, fields: Mapping[str, str] | None = None
) -> Iterator[Found]:
    """The articles in files and folders, one after another, and what could not be read.

    Folders are read in the order of names; hidden files and archives are skipped, and links are
    not followed. ``fields`` names the fields of records if their names are unusual, with a dot
    before a nested name: ``{"text": "story.html"}``. The id of an article is its own id or URL, or
    else its absolute path, with ``#`` and its number if a file contains several: files of the same
    name in different folders are different articles, whatever the working directory.

    Raises ValueError, before anything is read, if ``fields`` names a field that articles lack.
    """
    field_names = check_field_names(dict(fields or {}))
    all_paths = [paths] if isinstance(paths, str | Path) else paths
    return (item for path in all_paths for item in _read_path(Path(path), field_names))


def is_of_archive(path: Path) -> bool:
    """Whether a path belongs to an archive: its database, or a file derived from it."""
    return any(
        part.name in _ARCHIVE_FILES and (part.parent / DATABASE).exists()
        for part in (path, *path.parents)
    )


def is_passed_over(path: Path, root: Path) -> bool:
    """Whether a file below a folder is left out when the folder is read."""
    *folders, _ = [path, *path.parents][: len(path.relative_to(root).parts) + 1]
    return is_of_archive(path) or any(map(_is_left_out, folders))


def _is_left_out(path: Path) -> bool:
    beside = _Names(path.parent)
    return (
        path.name.startswith(".")
        or is_beside_page(path.name, beside)
        or is_beside_database(path.name, beside)
    )


class _Names(Container[str]):
    """The names in a folder, which may have too many to list them for each file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, name: object) -> bool:
        return os.path.lexists(self._folder / str(name))


def is_empty_folder(path: str | Path) -> bool:
    """Whether a path is a folder that can be listed and contains no files, at any depth."""
    return os.path.isdir(path) and next(_walk(Path(path)), None) is None  # noqa: PTH112


def read_document(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The articles in one document, whose format is known from its name or its first bytes.

    A document that is damaged gives one ``Unreadable``, after the articles that could be read.
    """
    undated = 0
    try:
        stream, suffix = uncompressed(document)
        if suffix not in READERS or suffix in _ANY_TEXT | _EXCEL_ENDINGS:
            suffix = _recognised(stream.peek(512)[:512], suffix, field_names)
        reader = READERS.get(suffix)
        if reader is None:
            raise NotReadable(_unknown_format(suffix))
        for item in reader(replace(document, stream=stream), field_names):
            if isinstance(item, Document):
                yield from read_document(item, field_names)
            else:
                yield item
                if isinstance(item, Article) and item.undated:
                    undated += 1
                    if undated <= _MOST_NOTES:
                        yield _note(item, is_last=undated == _MOST_NOTES)
    except NotReadable as error:
        yield Unreadable(document.origin, str(error))
    except OSError as error:
        yield Unreadable(document.origin, _reason(error))
    except RecursionError:
        yield Unreadable(document.origin, "is nested too deeply")


def _recognised(beginning: bytes, suffix: str, field_names: Mapping[str, str]) -> str:
    """The ending of the format that a file begins like, if its own ending may be wrong."""
    bare = beginning.removeprefix(codecs.BOM_UTF8).lstrip()
    if SGML.match(bare):
        return ".sgml"
    if WIRE.match(bare):
        return ".anpa"
    if suffix not in READERS:
        return suffix
    is_table = suffix in _TABLE_ENDINGS and begins_as_table(beginning, field_names)
    formats = (ending for ending, mark in _BEGINNINGS.items() if mark.match(bare))
    return next(formats, ".csv" if is_table else suffix)


def _note(article: Article, *, is_last: bool) -> Note:
    """The note in the report about an article with an invalid date."""
    more = "; further ones in this file are not listed" if is_last else ""
    return Note(
        article.origin or article.id, f"gives {article.undated} as its date, which is none{more}"
    )


def _read_path(path: Path, field_names: Mapping[str, str]) -> Iterator[Found]:
    origin = readable(path.as_posix())
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        yield Unreadable(origin, _reason(error))
        return
    if not stat.S_ISDIR(mode):
        yield from _read_file(path, path.resolve(), field_names)
        return
    if is_empty_folder(path):
        yield Unreadable(origin, NO_FILES)
        return
    absolute = path.resolve()
    for file in _walk(path):
        if isinstance(file, Unreadable):
            yield file
        else:
            yield from _read_file(file, absolute / file.relative_to(path), field_names)


def _read_file(path: Path, name: Path, field_names: Mapping[str, str]) -> Iterator[Found]:
    origin = readable(path.as_posix())
    try:
        # Opening a pipe would wait for someone to write into it.
        if not stat.S_ISREG(path.stat().st_mode):
            yield Unreadable(origin, "is not a regular file")
            return
        if path.stat().st_size == 0:
            yield Unreadable(origin, "is empty")
            return
        stream = buffered(path.open("rb", buffering=0))
    except OSError as error:
        yield Unreadable(origin, _reason(error))
        return
    with stream:
        yield from read_document(Document(stream, origin, readable(name.as_posix())), field_names)


def _walk(root: Path) -> Iterator[Path | Unreadable]:
    """The files below a folder in the order of names, without hidden files, links and archives.

    Of each open folder only the names of its entries are in memory.
    """
    folders: list[Iterator[Path]] = [iter([root])]
    while folders:
        path = next(folders[-1], None)
        if path is None:
            folders.pop()
            continue
        try:
            if path != root and path.is_symlink():
                leads_outside = not path.resolve().is_relative_to(root.resolve())
                if leads_outside:
                    reason = "is a link that leads out of the folder; name its target to read it"
                    yield Unreadable(readable(path.as_posix()), reason)
                continue
            if not path.is_dir():
                yield path
                continue
            with os.scandir(path) as entries:
                names = {entry.name for entry in entries if not entry.name.startswith(".")}
        except (OSError, RuntimeError) as error:
            yield Unreadable(readable(path.as_posix()), _reason(error))
            continue
        names -= _ARCHIVE_FILES if DATABASE in names else set()
        names -= {
            name for name in names if is_beside_page(name, names) or is_beside_database(name, names)
        }
        folders.append(map(path.joinpath, sorted(names)))


def _unknown_format(suffix: str) -> str:
    reason = f"is in a format that is not read ({readable(suffix)})" if suffix else _NO_ENDING
    listed = "dateline sync --help lists those that are"
    return f"{reason}; {f'save it as {_SAVED_AS[suffix]}' if suffix in _SAVED_AS else listed}"


def _reason(error: OSError | RuntimeError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    if isinstance(error, PermissionError):
        return "may not be read: permission denied"
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return f"cannot be read: {reason or error}"
