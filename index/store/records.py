"""What the archive's database takes and gives: plain records, without SQL."""

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
    """What an archive was made with; ``archive`` is its own random name."""

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
    """How far a derived index has followed the truth: the last chunk, deletion and commit.

    ``commit`` is a random token: of two databases with one past, only that has it in which it
    was committed.
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
    """A chunk and the key of its vector, which stands for exactly what was embedded."""

    chunk: Chunk
    key: bytes


@dataclass(frozen=True, slots=True)
class ChunkText:
    """What the lexical index reads of a chunk, and of its article what a filter may ask for."""

    number: int
    article: int
    title: str
    text: str
    first_day: str | None
    last_day: str | None
    source: str | None
    language: str | None


class Untagged(NamedTuple):
    """An article in which no names were looked for yet."""

    number: int
    digest: str
    text: str
    language: str | None
    source: str | None


Facts = tuple[int, str | None, str | None, str | None, str | None]
"""What an article is counted and ordered by: its number, source, language, first day and precision,
as the archive stores them.

There may be one for each article. Plain tuples are only looked at once where Python looks for
garbage; what has a class of its own is looked at again and again.
"""


class Seen(NamedTuple):
    """How much of an archive somebody has seen: what was stored by then, and when they looked.

    ``stored`` is when the article was stored that was stored last; ``looked`` tells which articles
    under embargo could be shown. Both are instants as the archive stores them.
    """

    stored: str
    looked: str


class Place(NamedTuple):
    """Where a chunk stands: the number and the id of its article, its first character."""

    article: int
    id: str
    start: int


class Sighting(NamedTuple):
    """What an archive needs to know of an article that was found."""

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
        )


class Standing(NamedTuple):
    """What is stored of an article, short of its text; ``location`` is its absolute origin.

    It is ``retracted`` where its own source says that it is withdrawn.
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

    def is_at(self, seen: Article | Sighting) -> bool:
        """Whether an article is found where it was, under the same embargo, by the same word."""
        return (
            self.origin == seen.origin
            and self.location == schema.location(seen.origin)
            and self.embargo == seen.embargo
            and self.vouched == seen.vouched
        )


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article, when it was stored, and when the next took its place."""

    article: Article
    stored: datetime | None
    replaced: datetime | None


@dataclass(frozen=True, slots=True)
class Download:
    """What a server said of a file the last time, so that it is sent again only if it changed."""

    etag: str | None
    modified: str | None


def vector_key(fingerprint: str, text: str) -> bytes:
    """The key under which the vector of a text by an encoder is kept, 16 bytes."""
    content = text.encode("utf-8", "surrogatepass")
    return blake2b(content, key=bytes.fromhex(fingerprint)[:64], digest_size=16).digest()
