"""Files of many formats, made by hand."""

import gzip
import io
import sqlite3
import tarfile
import zipfile
import zlib
from contextlib import closing
from typing import Any

import pyarrow
from pyarrow.parquet import write_table


def zipped(*members: tuple[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def tar(*members: tuple[str | tarfile.TarInfo, bytes], mode: str = "w") -> bytes:
    """A tar archive of files with these names; ``mode`` is tarfile's, as in ``w:gz``."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def sqlite(*statements: str) -> bytes:
    """A SQLite file after these statements."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        return connection.serialize()


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    """A Parquet file with these columns, written with pyarrow's options."""
    file = io.BytesIO()
    write_table(pyarrow.table(columns), file, **options)
    return file.getvalue()


def warc(*pages: tuple[str, bytes, dict[str, str]], compressed: bool = False) -> bytes:
    """A crawl of 5 January 2024, as of ISO 28500, of pages that were answered with these headers.

    Compressed, each record is a member of its own.
    """
    records = [warc_record("warcinfo", None, b"software: a test\r\n", "application/warc-fields")]
    for url, body, headers in pages:
        lines = [f"{name}: {value}" for name, value in headers.items() if name != "status"]
        answer = "\r\n".join([f"HTTP/1.1 {headers.get('status', '200 OK')}", *lines, "", ""])
        records += [
            warc_record("request", url, b"GET / HTTP/1.1\r\nHost: town.example\r\n\r\n"),
            warc_record("response", url, answer.encode() + body),
        ]
    return b"".join(gzip.compress(record, mtime=0) if compressed else record for record in records)


def warc_record(kind: str, url: str | None, content: bytes, type: str | None = None) -> bytes:
    target = f"WARC-Target-URI: {url}\r\n" if url else ""
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\n{target}WARC-Date: 2024-01-05T08:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:a4f1b2c3-0000-4000-8000-{len(content):012}>\r\n"
        f"Content-Type: {type or f'application/http; msgtype={kind}'}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def pdf(*pages: list[str] | list[tuple[int, int, str]], info: str = "", trailer: str = "") -> bytes:
    """A PDF whose pages show these lines in WinAnsi, one below the other or each at its place."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = ""
        for line in lines:
            text = line if isinstance(line, str) else line[2]
            shown += "" if isinstance(line, str) else f"ET BT {line[0]} {line[1]} Td\n"
            text = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            shown += f"({text}) Tj{' T*' if isinstance(line, str) else ''}\n"
        content = zlib.compress(f"BT /F1 12 Tf 14 TL 72 720 Td\n{shown}ET".encode("cp1252"))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
            % (len(content), content)
        )
    objects.append(f"<< {info} >>".encode())
    file, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        file
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R "
            f"/Info {len(objects)} 0 R {trailer} >>\nstartxref\n{len(file)}\n%%EOF"
        ).encode()
    )


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def docx(*paragraphs: str) -> bytes:
    """A document as Word writes it, but for its styles."""
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w='
        '"http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc='
        '"http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{''.join(paragraphs)}<w:sectPr/></w:body></w:document>"
    )
    core = (
        '<cp:coreProperties xmlns:cp="x" xmlns:dcterms="http://purl.org/dc/terms/">'
        "<dcterms:created>2024-01-05T08:00:00Z</dcterms:created></cp:coreProperties>"
    )
    return zipped(
        ("[Content_Types].xml", "<Types/>"),
        ("docProps/core.xml", core),
        ("word/document.xml", text),
    )


def odt(body: str) -> bytes:
    return opendocument("text", body)


def opendocument(kind: str, body: str) -> bytes:
    """A document of OpenDocument; ``kind`` is ``text`` or ``spreadsheet``."""
    names = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text", "draw")
    )
    content = (
        f'<office:document-content{names} office:version="1.2"><office:body>'
        f"<office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    return zipped(
        ("mimetype", f"application/vnd.oasis.opendocument.{kind}"),
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", content),
    )


def epub(*chapters: tuple[str, str], guide: str = "", creator: str = "Moira Quill") -> bytes:
    items = "".join(
        f'<item id="c{n}" href="text/{name}" media-type="application/xhtml+xml"'
        f"{' properties=' + chr(34) + 'nav' + chr(34) if name == 'nav.xhtml' else ''}/>"
        for n, (name, _) in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' version="3.0"><metadata><dc:title>Skerry Observer</dc:title><dc:creator>'
        f"{creator}</dc:creator><dc:language>en</dc:language><dc:date>2015-05-13</dc:date></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine><guide>{guide}</guide></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    return zipped(
        ("META-INF/container.xml", container),
        ("OEBPS/content.opf", package),
        *((f"OEBPS/text/{name}", content) for name, content in chapters),
    )
