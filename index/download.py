"""Fetches feeds and files from addresses, but only if they have changed."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import httpx

from corpus import Found, Note, Unreadable
from corpus.compression import COMPRESSED, ending_of
from corpus.documents import LARGEST_FILE, Document, buffered
from corpus.reading import READERS, read_document
from index.store import Download, Store

_SECONDS = 30.0
_SUFFIXES = {
    "application/atom+xml": ".atom",
    "application/feed+json": ".json",
    "application/json": ".json",
    "application/rss+xml": ".rss",
    "application/x-ndjson": ".jsonl",
    "application/xhtml+xml": ".html",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
_UNKNOWN = ".xml"


class Downloads:
    """The files fetched during one run, kept in a folder until its end.

    Without a store, every file is fetched as if for the first time. ``validators`` holds the
    servers' headers for each file that was read completely. They are stored once its articles are
    in the archive, so that a file that failed is fetched again.
    """

    def __init__(self, store: Store | None, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._files: dict[str, tuple[Path, str, Download]] = {}
        self.validators: dict[str, Download] = {}

    def read(self, url: str, fields: Mapping[str, str]) -> Iterator[Found]:
        """The articles at an address; none if it has not changed since it was stored.

        If anything is wrong with the address, yields one ``Unreadable``.
        """
        try:
            if url not in self._files and not self._fetch(url):
                return
        except httpx.HTTPStatusError as error:
            response = error.response
            reason = f"the server answers {response.status_code} {response.reason_phrase}".rstrip()
            yield Unreadable(url, reason)
            return
        except httpx.TimeoutException:
            yield Unreadable(url, "the server does not answer in time")
            return
        except httpx.UnsupportedProtocol:
            yield Unreadable(url, "is not fetched: only http:// and https:// are")
            return
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            yield Unreadable(url, f"cannot be fetched: {error or type(error).__name__}")
            return
        file, name, download = self._files[url]
        is_whole = True
        if file.stat().st_size > LARGEST_FILE:
            yield Unreadable(url, f"is larger than {LARGEST_FILE // 1_000_000} MB")
            return
        with buffered(file.open("rb", buffering=0)) as stream:
            for item in read_document(Document(stream, url, name, url), fields):
                is_whole = is_whole and (isinstance(item, Note) or not isinstance(item, Unreadable))
                yield item
        if is_whole:
            self.validators[url] = download

    def _fetch(self, url: str) -> bool:
        """Fetch a file; returns False if the server says that it has not changed."""
        previous = self._store.download(url) if self._store else None
        headers = {"User-Agent": "dateline"}
        if previous and previous.etag:
            headers["If-None-Match"] = previous.etag
        if previous and previous.modified:
            headers["If-Modified-Since"] = previous.modified
        with httpx.stream(
            "GET", url, headers=headers, timeout=_SECONDS, follow_redirects=True
        ) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return False
            response.raise_for_status()
            file = self._folder / str(len(self._files))
            size = 0
            with file.open("wb") as output:
                # Already decoded: a compressed bomb is not expanded beyond the limit.
                for part in response.iter_bytes():
                    output.write(part)
                    size += len(part)
                    if size > LARGEST_FILE:
                        break
            reply = response.headers
        name = _with_ending(url, reply.get("Content-Type", ""))
        self._files[url] = file, name, Download(reply.get("ETag"), reply.get("Last-Modified"))
        return True


def _with_ending(url: str, content_type: str) -> str:
    """The address; if its ending is of no known format, with one that fits the content type."""
    path = PurePosixPath(urlsplit(url).path.lower())
    ending = path.suffix
    if ending in COMPRESSED:
        ending = PurePosixPath(path.stem).suffix + ending
    if ending_of(path.name) not in READERS:
        ending = _SUFFIXES.get(content_type.partition(";")[0].strip().lower(), _UNKNOWN)
    return url if url.lower().endswith(ending) else url + ending
