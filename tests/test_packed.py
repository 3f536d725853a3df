"""Files that are compressed, and archives of files that are no zip."""

import bz2
import lzma
import sys
import tarfile
from pathlib import Path

import pytest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from corpus import Article
from tests.made_files import tar, zipped
from tests.reading_files import articles, listed, read, said

pytestmark = pytest.mark.usefixtures("inside")

RECORD = b'{"title": "Rain", "date": "2021-03-05", "text": "It rained.", "url": "https://a.example/rain"}\n'
SNOW = b"Snow\n\nIt snowed."


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl.bz2", bz2.compress(RECORD)),
        ("a.jsonl.xz", lzma.compress(RECORD)),
        ("a.jsonl", lzma.compress(RECORD)),
        ("a.jsonl.bz2", bz2.compress(RECORD[:20]) + bz2.compress(RECORD[20:])),
        ("a.jsonl.zst", zstd.compress(RECORD)),
        ("a.jsonl", zstd.compress(RECORD[:20]) + zstd.compress(RECORD[20:])),
        ("a.tar.gz", tar(("a.jsonl", RECORD), mode="w:gz")),
        ("a.tar.zst", zstd.compress(tar(("a.jsonl", RECORD)))),
        ("a.tgz", tar(("./news/a.jsonl", RECORD), mode="w:gz")),
        ("a.tar.xz", tar(("a.jsonl.bz2", bz2.compress(RECORD)), mode="w:xz")),
        ("a.tar", tar(("/a.json", RECORD))),
        (
            "a.zip",
            zipped(("a.tar", tar(("a.jsonl", RECORD))), ("b.jsonl.xz", lzma.compress(RECORD))),
        ),
    ],
)
def test_compressed_articles(name: str, data: bytes) -> None:
    Path(name).write_bytes(data)
    (article,) = (item for item in read(name) if isinstance(item, Article))
    assert said(article) == ("Rain", "2021-03-05", "a.example", None, "It rained.")


def test_a_folder_in_a_tar_archive() -> None:
    link = tarfile.TarInfo("news/link.txt")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    long = f"news/{'s' * 120}/snow.txt"
    members = [("news/._snow.txt", b"x"), (link, b""), ("news/a.jsonl", RECORD), (long, SNOW)]
    Path("a.tar").write_bytes(tar(*members))
    assert [article.origin for article in articles("a.tar")] == [
        "a.tar/news/a.jsonl#1", f"a.tar/{long}"
    ]  # fmt: skip


def sparse() -> bytes:
    """A file with a hole of 8 GB, in the form of GNU tar."""
    info = tarfile.TarInfo("a.txt")
    info.type = tarfile.GNUTYPE_SPARSE
    return tar((info, SNOW))


CUT = tar(("rain.txt", b"Rain\n\nIt rained."), ("snow.txt", SNOW * 1_000))


@pytest.mark.parametrize(
    ("name", "data", "titles", "lines"),
    [
        ("a.tar", CUT[:5_000], ["Rain"], [
            ("/snow.txt", "breaks off: the archive is not complete"),
            ("", "is damaged after its file 2, or breaks off")
        ]),
        ("a.tar", CUT[:1_100], ["Rain"], [("", "is damaged after its file 1, or breaks off")]),
        ("a.tar", b"<" * 3_000_000, [], [("", "is not a valid tar file, or breaks off")]),
        ("a.tar", b"\0" * 10_240, [], [("", "is a tar archive with no files in it")]),
        ("a.tar", tar(("b.tgz", b"x"), ("c.zip", b"x")), [], [
            ("", "holds 2 archives, such as b.tgz, which are not opened; unpack it to read them")
        ]),
        ("a.tar", tar(("s" * 20_000, SNOW)), [], [
            ("", "is a tar archive with a file whose name has no end")
        ]),
        ("a.tar", sparse(), [], [("/a.txt", "has holes; unpack it to read it")]),
        ("a.txt.xz", lzma.compress(SNOW)[:-8], [], [
            ("", "breaks off: the compressed file is not complete")
        ]),
        ("a.txt.bz2", b"It rained.", [], [("", "is not a valid bzip2 file, or is damaged")]),
        ("a.txt.bz2", bz2.compress(SNOW)[:20], [], [
            ("", "breaks off: the compressed file is not complete")
        ]),
        ("a.txt.zst", b"x", [], [("", "is not a valid zstd file, or is damaged")]),
        ("a.txt.zst", zstd.compress(SNOW * 10_000)[:-2], [], [
            ("", "breaks off: the compressed file is not complete")
        ]),
        ("a.jsonl.zst", zstd.compress(b" " * 120_000_000), [], [
            ("", "expands to more than 100 times its size, as a bomb does; if it is none, "
             "unpack it")
        ]),
        ("ft911_1", b"\x1f\x9d\x90x", [], [
            ("", "is compressed in a way that is not read; unpack it with uncompress")
        ]),
    ],
)  # fmt: skip
def test_damaged_archives(
    name: str, data: bytes, titles: list[str], lines: list[tuple[str, str]]
) -> None:
    Path(name).write_bytes(data)
    found, reasons = listed(Path(name))
    assert (found, reasons) == (titles, lines)
