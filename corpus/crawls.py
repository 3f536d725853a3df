"""Crawls saved as WARC, or as its predecessor ARC: each web page with an article.

A page may have been fetched long after it was published, so no date of the crawl is read.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from corpus.article import Found, Unreadable
from corpus.documents import LONGEST_TEXT, Document
from corpus.drafts import is_front_page
from corpus.encoding import NotReadable
from corpus.web_pages import draft_of_page, text_of_page

_PAGES = frozenset(["text/html", "application/xhtml+xml"])
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_LONGEST_LINE = 32_768
_MOST_LINES = 10_000
_LONGEST_HEADERS = 1_000_000
"""Bytes of headers before and in one record; with more, it is no record."""


def read_crawl(document: Document, field_names: Mapping[str, str]) -> Iterator[Found]:
    """The articles among the fetched pages, numbered as the pages are.

    Scripts, pictures, redirections and errors are skipped. Pages without an article, such as front
    pages and lists, are counted in one line.
    """
    number = empty = converted = 0
    for record in _records(document):
        converted += record.rec_type == "conversion"
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        content_type = _content_type(record)
        if content_type.partition(";")[0].strip().lower() not in _PAGES:
            continue
        number += 1
        origin = f"{document.origin}#{number}"
        if record.length > LONGEST_TEXT:
            yield Unreadable(origin, f"is larger than {LONGEST_TEXT // 1_000_000} MB")
            continue
        data = record.raw_stream.read()
        if record.raw_stream.limit:
            raise NotReadable(f"breaks off in its page {number}")
        charset = _CHARSET.search(content_type)
        try:
            html = text_of_page(_decoded(data, record), charset[1] if charset else None)
            draft = draft_of_page(html, url)
        except NotReadable as error:
            yield Unreadable(origin, str(error))
            continue
        if is_front_page(url) or not draft.text.strip():
            empty += 1
            continue
        # Some sites state their front page as the canonical address of every page.
        address = draft.url if draft.url and not is_front_page(draft.url) else url
        draft = replace(draft, url=address, dated_by_name=False)
        yield draft.finish(origin, f"{document.name}#{number}")
    if not number and converted:
        raise NotReadable(
            "holds the texts of pages without their markup, in which nothing tells an article from "
            "the menus around it; read the WARC files of the same crawl"
        )
    if not number:
        raise NotReadable("holds no web pages")
    if empty:
        raise NotReadable(f"{empty} of its {number} pages are front pages or hold no article")


def _records(document: Document) -> Iterator[Any]:
    """The records of a WARC file; raises NotReadable at the first damaged one."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.bufferedreaders import BufferedReader
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    class Headers(BufferedReader):  # type: ignore[misc]
        """The lines of headers, limited in number and size; ``begun`` after the first one."""

        lines, size, begun = 0, 0, False

        def readline(self, length: int | None = None) -> bytes:
            line: bytes = super().readline(min(length or _LONGEST_LINE, _LONGEST_LINE))
            self.lines += 1
            self.size += len(line)
            self.begun = self.begun or bool(line.strip())
            # A reader may return only half of the bytes that it was asked for.
            endless = 2 * len(line) >= _LONGEST_LINE and not line.endswith(b"\n")
            if endless or self.lines > _MOST_LINES or self.size > _LONGEST_HEADERS:
                raise ArchiveLoadFailed("headers without end")
            return line

    class Records(ArchiveIterator):  # type: ignore[misc]
        INC_RECORD = ""  # would be written to standard error

        def __init__(self, headers: Headers) -> None:
            super().__init__(headers.stream, arc2warc=True)
            self.reader = headers

    if not document.stream.peek(11).startswith((b"WARC/", b"filedesc://")):
        raise NotReadable("is not a WARC file, or is damaged")
    count = 0
    try:
        # With read1, the records before any damage are read first.
        stream = SimpleNamespace(read=document.stream.read1, tell=document.stream.tell)
        headers = Headers(stream)
        for record in Records(headers):
            count += 1
            headers.lines, headers.size, headers.begun = 0, 0, False
            if record.length is None:
                raise ArchiveLoadFailed("a record without its length")
            yield record
            while record.raw_stream.read(1 << 16):
                pass
            if record.raw_stream.limit:
                raise NotReadable(f"breaks off in its record {count}")
        if headers.begun:
            raise NotReadable(f"breaks off in its record {count + 1}")
    except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, AttributeError):
        reason = f"is damaged after its record {count}; what follows was not read"
        raise NotReadable(reason) from None


def _content_type(record: Any) -> str:
    """The content type of a record; blank if it is no answer, or an answer without a page."""
    if record.rec_type == "response" and record.http_headers is not None:
        if record.http_headers.get_statuscode() != "200":
            return ""
        return str(record.http_headers.get_header("Content-Type") or "")
    return str(record.content_type or "") if record.rec_type == "resource" else ""


def _decoded(data: bytes, record: Any) -> bytes:
    """A page without its transfer and content encoding, up to a limit.

    It is returned as it is if its headers are wrong: some crawlers decode pages, but keep these.
    """
    import brotli
    from warcio.bufferedreaders import ChunkedDataReader

    headers = record.http_headers
    if headers is None:
        return data
    if (headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        data = ChunkedDataReader(BytesIO(data)).read()
    encoding = (headers.get_header("Content-Encoding") or "").strip().lower()
    try:
        if encoding in {"gzip", "x-gzip", "deflate"}:
            # With 32, zlib itself detects the header of gzip or zlib.
            data = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(data, LONGEST_TEXT + 1)
        elif encoding == "br":
            data = brotli.Decompressor().process(data, output_buffer_limit=LONGEST_TEXT)
    except (zlib.error, brotli.error):
        return data
    if len(data) > LONGEST_TEXT:
        raise NotReadable(f"is larger than {LONGEST_TEXT // 1_000_000} MB")
    return data
