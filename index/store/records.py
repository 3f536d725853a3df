"""The records that a store takes and returns, without SQL."""

import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from corpus import Article, Chunk
from corpus.article import Vouched
from index import schema

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The encoder and chunk size of an archive; ``archive`` is its own random name."""

    archive: str
    encoder: str
    fingerprint: str
    dimension: int
    chunk_tokens: int

    @classmethod
    def new(cls, encoder: str, fingerprint: str, dimension: int, chunk_tokens: int) -> "Manifest":
        return cls(uuid.uuid4().hex, encoder, fingerprint, dimension, chunk_tokens)


def as_json(manifest: Manifest) -> str:
    return json.dumps(asdict(manifest))


class Watermark(NamedTuple):
    """How far a derived index has followed the database: its last chunk, deletion and commit.

    ``commit`` is a random token. If a database and its restored copy share a history, only the one
    in which the commit was made has its token.
    """

    chunk: int = 0
    forgotten: int = 0
    commit: str = ""

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return self.chunk - self.forgotten


@dataclass(frozen=True, slots=True)
class EmbeddedChunk:
    """A chunk and the key of its vector, a hash of the encoder and the exact text embedded."""

    chunk: Chunk
    key: bytes


@dataclass(frozen=True, slots=True)
class ChunkText:
    """The fields of a chunk for the lexical index, with the article's fields used by filters."""

    number: int
    article: int
    title: str
    text: str
    first_day: str | None
    last_day: str | None
    source: str | None
    language: str | None


class Untagged(NamedTuple):
    """An article that no tagger has read yet."""

    number: int
    digest: str
    text: str
    language: str | None
    source: str | None


Facts = tuple[int, str | None, str | None, str | None, str | None]
"""The fields by which an article is counted and sorted: its number, source, language, first day and
precision, as the archive stores them.

There may be one for each article, so they are plain tuples: Python's garbage collector scans these
only once, but scans objects of a class again and again.
"""


class Seen(NamedTuple):
    """How much of an archive somebody has seen: what was stored by then, and when they looked.

    ``stored`` is the instant at which the newest article was stored. ``looked`` says which
    embargoed articles could be shown. Both are instants as the archive stores them.
    """

    stored: str
    looked: str


class Place(NamedTuple):
    """The place of a chunk: the number and id of its article, and its start offset."""

    article: int
    id: str
    start: int


class Sighting(NamedTuple):
    """The fields of a found article that are compared with the stored one."""

    id: str
    digest: str
    title: str
    origin: str | None
    location: str | None
    embargo: datetime | None
    available: str | None
    withdrawn: bool
    vouched: Vouched | None
    claims: str | None
    revision: str | None

    @classmethod
    def of(cls, article: Article) -> "Sighting":
        return cls(
            article.id,
            article.digest,
            article.title,
            article.origin,
            schema.location(article.origin),
            article.embargo,
            schema.available(article.published, article.embargo),
            article.withdrawn,
            article.vouched,
            article.claims,
            article.revision,
        )


def is_outdated(revision: str | None, other: str | None) -> bool:
    """Whether a revision of an article is older than another one; False if one states none."""
    return revision is not None and other is not None and revision < other


class Standing(NamedTuple):
    """The stored state of an article, without its text; ``location`` is its absolute origin.

    It is ``retracted`` if its own source says that it is withdrawn.
    """

    id: str
    digest: str
    title: str
    origin: str | None
    location: str | None
    embargo: datetime | None
    withdrawn: datetime | None
    vouched: Vouched | None
    retracted: bool

    def is_at(self, article: Article | Sighting) -> bool:
        """Whether a found article has the stored origin, embargo and evidence for its source."""
        return (
            self.origin == article.origin
            and self.location == schema.location(article.origin)
            and self.embargo == article.embargo
            and self.vouched == article.vouched
        )


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article, when it was stored, and when the next one replaced it."""

    article: Article
    stored: datetime | None
    replaced: datetime | None


@dataclass(frozen=True, slots=True)
class Download:
    """A server's headers for a file, so that next time it is sent only if it has changed."""

    etag: str | None
    modified: str | None


def vector_key(fingerprint: str, text: str) -> bytes:
    """The key of 16 bytes under which an encoder's vector of a text is stored."""
    content = text.encode("utf-8", "surrogatepass")
    return blake2b(content, key=bytes.fromhex(fingerprint)[:64], digest_size=16).digest()
