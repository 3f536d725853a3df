"""An archive: articles in, passages out."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Found, Unreadable
from index.errors import ArchiveError
from index.passage import Channel, Filters, Passage, Passages
from index.ranking import CANDIDATES, CONSIDERED, Rankings, diversify, fuse, prefer_recent
from index.store import EmbeddedChunk, Manifest, Store, vector_key

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever

    from index.lexical import LexicalIndex, QueryWord
    from index.vectors import VectorIndex

CHANNELS: tuple[Channel, ...] = ("dense", "lexical")

# One transaction's worth: some seconds of encoding, which is what a kill costs at most.
_BATCH_CHARACTERS = 300_000


class TextEncoder(Protocol):
    """What an archive needs of an encoder; ``index.encoder.Encoder`` is the real one."""

    name: str

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def longest(self) -> int: ...
    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...
    def encode_question(self, text: str) -> NDArray[np.float32]: ...


@dataclass(slots=True)
class Report:
    """What adding did: articles by id, what could not be read, texts embedded, seconds."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[Unreadable] = field(default_factory=list)
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "added": len(self.added),
            "replaced": len(self.replaced),
            "unchanged": len(self.unchanged),
            "failed": [{"origin": each.origin, "reason": each.reason} for each in self.failed],
            "chunks": self.chunks,
            "embedded": self.embedded,
            "seconds": round(self.seconds, 3),
        }

    def __str__(self) -> str:
        return (
            f"{len(self.added)} added, {len(self.replaced)} replaced, "
            f"{len(self.unchanged)} unchanged, {len(self.failed)} not read; "
            f"{self.chunks} chunks, {self.embedded} embedded, in {self.seconds:.1f} s"
        )


@dataclass(frozen=True, slots=True)
class Overview:
    """What is in an archive; ``sources`` counts articles, most first."""

    articles: int
    chunks: int
    sources: dict[str, int]
    first: date | None
    last: date | None
    encoder: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "articles": self.articles,
            "chunks": self.chunks,
            "sources": self.sources,
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "encoder": self.encoder,
        }


class Archive:
    """The articles in a folder, searchable. May be used from several threads.

    ``encoder`` is the name of a sentence-transformers model (see ``index.encoder``), or an
    object that does the same; an archive that exists is opened with the one it was made with.
    Every search sees what was committed before it, by this process or another.
    """

    def __init__(self, folder: Path, store: Store, encoder: TextEncoder | None) -> None:
        self.folder = folder
        self._store = store
        self._given_encoder = encoder
        self._loaded_encoder = encoder
        self._lock = threading.RLock()
        self._state: _State | None = None

    @classmethod
    def create(cls, folder: str | Path, encoder: str | TextEncoder | None = None) -> "Archive":
        """Make a new archive. Raises ArchiveError where there is one, or none can be made."""
        from corpus.chunking import CHUNK_TOKENS

        folder = Path(folder)
        loaded = _load_encoder(encoder)
        manifest = Manifest.new(loaded.name, loaded.fingerprint, loaded.dimension, CHUNK_TOKENS)
        archive = cls(folder, Store.create(folder, manifest), loaded if encoder is loaded else None)
        archive._loaded_encoder = loaded
        return archive

    @classmethod
    def open(cls, folder: str | Path, encoder: TextEncoder | None = None) -> "Archive":
        """Open an archive. Raises ArchiveError where there is none that can be read."""
        folder = Path(folder)
        return cls(folder, Store.open(folder), encoder)

    # What is in it

    def __len__(self) -> int:
        return self._store.counts()[0]

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and bool(self._store.digests([id]))

    def __iter__(self) -> Iterator[Article]:
        """Every article, in the order in which they came."""
        return self._store.articles()

    def article(self, id: str) -> Article | None:
        """The article with an id, or None."""
        return self._store.article(id)

    def newest(self, most: int = 10) -> list[Article]:
        """The articles that were published last, the latest first."""
        return self._store.newest(most)

    def overview(self) -> Overview:
        articles, chunks = self._store.counts()
        first, last = self._store.period()
        encoder = self._store.manifest().encoder
        return Overview(articles, chunks, self._store.sources(), first, last, encoder)

    def __repr__(self) -> str:
        return f"Archive({str(self.folder)!r}, {len(self)} articles)"

    # Changing it

    def add(self, found: Iterable[Found], progress: bool = False) -> Report:
        """Add articles; one with a known id replaces the earlier one if anything changed.

        Each batch is committed before the next is begun. ``progress`` shows a bar on a terminal.
        """
        from tqdm import tqdm

        report = Report()
        began = time.monotonic()
        bar = tqdm(found, "Adding", unit=" articles", disable=None if progress else True)
        for batch in _batches(_readable(bar, report)):
            self._commit(batch, report)
        self._follow()
        report.seconds = time.monotonic() - began
        return report

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Delete articles; returns the ids that were there."""
        removed = self._store.remove(ids)
        self._follow()
        return removed

    def rebuild(self, encoder: str | TextEncoder | None = None, progress: bool = False) -> Overview:
        """Cut and embed every article anew, with another encoder if one is given.

        Searches go on in the old state until all is done, then everything changes at once.
        Texts that have their vector are not embedded again, nor after a kill in between.
        """
        from tqdm import tqdm

        from corpus.chunking import CHUNK_TOKENS

        manifest = self._manifest
        loaded = self._encoder if encoder is None else _load_encoder(encoder)
        made = Manifest(
            manifest.archive, loaded.name, loaded.fingerprint, loaded.dimension, CHUNK_TOKENS
        )
        cut: dict[str, tuple[str, list[EmbeddedChunk]]] = {}
        left: Iterable[Article] = tqdm(
            self, "Rebuilding", len(self), unit=" articles", disable=None if progress else True
        )
        while True:
            for batch in _batches(left):
                chunks, vectors = self._embed(batch, loaded, made)
                self._store.add_vectors(vectors)
                cut |= {each.id: (each.digest, chunks[each.id]) for each in batch}
            # Articles may have come while this went on.
            with self._lock:
                missed = self._store.recut(made, cut)
                if not missed:
                    self._loaded_encoder = loaded
                    self._given_encoder = loaded if encoder is loaded else None
                    break
            left = filter(None, map(self.article, missed))
        self._follow()
        return self.overview()

    # Searching it

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters | None = None,
        channels: Sequence[Channel] = CHANNELS,
        asked: date | None = None,
    ) -> Passages:
        """The ``k`` passages that answer a query best, best first.

        ``asked`` is the day on which it is asked, where that matters: what was new then is
        preferred. Raises ValueError unless ``k`` is positive.
        """
        if k < 1:
            raise ValueError(f"k is {k}; it must be at least 1")
        rankings = self.rankings(query, max(CANDIDATES, 2 * k), filters, channels)
        return self.passages(rankings, k, asked)

    def rankings(
        self,
        query: str,
        most: int = CANDIDATES,
        filters: Filters | None = None,
        channels: Sequence[Channel] = CHANNELS,
    ) -> Rankings:
        """What each channel finds by itself: chunk numbers with its scores, best first."""
        query = _as_unicode(query)
        if not query.strip():
            return {}
        with self._lock:
            state = self._follow()
            encoder = self._encoder if "dense" in channels else None
        chunks, articles = self._store.selected(filters) if filters else (None, None)
        found: dict[Channel, tuple[list[int], list[float]]] = {}
        if encoder:
            vector = encoder.encode_question(query)
            found["dense"] = state.vectors.search(vector, most, chunks)
        if "lexical" in channels:
            found["lexical"] = state.lexical.search(query, most, articles)
        return {name: dict(zip(*ranking, strict=True)) for name, ranking in found.items()}

    def passages(self, rankings: Rankings, k: int = 10, asked: date | None = None) -> Passages:
        """The ``k`` best passages by all rankings together, best first."""
        fused = fuse(rankings)
        # Read from the truth: what was deleted meanwhile may be in a ranking, but is not here.
        stored = self._store.passages(list(fused)[: max(CONSIDERED, 4 * k)])
        found = []
        for chunk, score in fused.items():
            if chunk in stored:
                why = {
                    name: ranking[chunk] for name, ranking in rankings.items() if chunk in ranking
                }
                found.append(Passage(*stored[chunk], score, why))
        return Passages(diversify(prefer_recent(found, asked))[:k])

    # What an answer is made with

    def query_words(self, query: str) -> "list[QueryWord]":
        """The words of a query, how rare they are here, and how else they are spelled."""
        return self._follow().lexical.query_words(_as_unicode(query))

    def similarities(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """The cosine of each text with a query, by the archive's encoder."""
        similarities: NDArray[np.float32] = self._encoder.encode(texts) @ (
            self._encoder.encode_question(_as_unicode(query))
        )
        return similarities

    def as_retriever(self, k: int = 10, filters: Filters | None = None) -> "BaseRetriever":
        """A LangChain retriever over this archive."""
        from index.langchain import ArchiveRetriever

        return ArchiveRetriever(archive=self, k=k, filters=filters)

    # How

    @property
    def _manifest(self) -> Manifest:
        return self._store.manifest()

    @property
    def _encoder(self) -> TextEncoder:
        """The encoder that the archive was made with, loaded when it is first needed."""
        manifest = self._manifest
        with self._lock:
            loaded = self._loaded_encoder
            # Another process may have rebuilt the archive with another encoder.
            if not loaded or (loaded.name != manifest.encoder and not self._given_encoder):
                loaded = self._loaded_encoder = _load_encoder(manifest.encoder)
            if loaded.fingerprint != manifest.fingerprint:
                raise ArchiveError(
                    f"The archive in {self.folder} was made with other weights of the encoder "
                    f"{manifest.encoder} than {loaded.name} has here: embed it anew "
                    f"with python -m index rebuild --archive {self.folder} "
                    f"--encoder {loaded.name}"
                )
            return loaded

    def _commit(self, batch: Sequence[Article], report: Report) -> None:
        """Cut, embed and store those articles of a batch that are new or changed."""
        known = self._store.digests([article.id for article in batch])
        changed = [article for article in batch if known.get(article.id) != article.digest]
        while True:
            manifest = self._manifest
            chunks, vectors = self._embed(changed, self._encoder, manifest)
            prepared = [(article, chunks[article.id]) for article in changed]
            if self._store.put(manifest, prepared, vectors):
                break
        report.chunks += sum(map(len, chunks.values()))
        report.embedded += len(vectors)
        for article in batch:
            if article.id not in known:
                report.added.append(article.id)
            elif known[article.id] != article.digest:
                report.replaced.append(article.id)
            else:
                report.unchanged.append(article.id)

    def _embed(
        self, articles: Sequence[Article], encoder: TextEncoder, manifest: Manifest
    ) -> tuple[dict[str, list[EmbeddedChunk]], dict[bytes, NDArray[np.float32]]]:
        """The chunks of articles by id, and the vectors of those texts that have none yet."""
        from corpus.chunking import Chunker

        chunker = Chunker(encoder.count_tokens, encoder.longest, manifest.chunk_tokens)
        texts: dict[bytes, str] = {}
        chunks: dict[str, list[EmbeddedChunk]] = {}
        for article in articles:
            chunks[article.id] = []
            for chunk in chunker.cut(article):
                text = article.text[chunk.start : chunk.end]
                key = vector_key(encoder.fingerprint, text)
                texts[key] = text
                chunks[article.id].append(EmbeddedChunk(chunk, key))
        known = self._store.known_vectors(list(texts))
        missing = [key for key in texts if key not in known]
        vectors = encoder.encode([texts[key] for key in missing])
        return chunks, dict(zip(missing, vectors, strict=True))

    def _follow(self) -> "_State":
        """The derived indexes, brought to the state of the truth."""
        with self._lock:
            with self._store.snapshot():
                manifest = self._manifest
                if self._state is None or self._state.manifest != manifest:
                    self._state = _State.load(self.folder, manifest)
                vectors = self._state.vectors.caught_up(self._store)
                self._state.lexical.catch_up(self._store)
            if vectors.worth_saving:
                # Only a cache: where it can't be written, it is derived again next time.
                with suppress(OSError):
                    vectors = vectors.saved(self.folder)
            self._state = replace(self._state, vectors=vectors)
            return self._state


@dataclass(frozen=True, slots=True)
class _State:
    """The derived indexes of an archive."""

    manifest: Manifest
    vectors: "VectorIndex"
    lexical: "LexicalIndex"

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> "_State":
        from index.lexical import LexicalIndex
        from index.vectors import VectorIndex

        return cls(manifest, VectorIndex.load(folder, manifest), LexicalIndex(folder, manifest))


def _load_encoder(encoder: str | TextEncoder | None) -> TextEncoder:
    if encoder is None or isinstance(encoder, str):
        from index.encoder import DEFAULT, Encoder

        return Encoder(encoder or DEFAULT)
    return encoder


def _as_unicode(query: str) -> str:
    """A query without halves of surrogate pairs, which a terminal may hand over."""
    return query.encode(errors="replace").decode()


def _readable(found: Iterable[Found], report: Report) -> Iterator[Article]:
    """The articles among what was found; the rest, and clashes of ids, go into the report."""
    met: dict[str, tuple[str, str | None]] = {}
    for each in found:
        if isinstance(each, Unreadable):
            report.failed.append(each)
            continue
        if not _storable(each):
            reason = "holds half of a surrogate pair, which is no character"
            report.failed.append(Unreadable(each.origin or ascii(each.id), reason))
            continue
        digest, origin = met.setdefault(each.id, (each.digest, each.origin))
        if digest != each.digest:
            reason = f"has the same id, {each.id}, as {origin or 'another'}; the last is kept"
            report.failed.append(Unreadable(each.origin or each.title, reason))
        yield each


def _storable(article: Article) -> bool:
    """Whether everything in an article can be written as UTF-8."""
    try:
        "".join(part for part in vars(article).values() if isinstance(part, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Articles in batches of one transaction each; of two with one id, in a batch the last."""
    batch: dict[str, Article] = {}
    size = 0
    for article in articles:
        batch[article.id] = article
        size += len(article.text)
        if size >= _BATCH_CHARACTERS:
            yield list(batch.values())
            batch, size = {}, 0
    if batch:
        yield list(batch.values())
