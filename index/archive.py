"""An archive: articles in, passages out."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus import Article, Found, Unreadable
from index.errors import ArchiveError
from index.passage import Channel, Filters, Passage, Passages
from index.ranking import (
    CANDIDATES,
    CONSIDERED,
    MARGIN,
    REPEAT_DISCOUNT,
    RERANKED,
    Carriers,
    Rankings,
    age,
    diversify,
    fuse,
    newness,
    prefer_recent,
    ranks,
    settle,
)
from index.report import Overview, Report, Root, RootState
from index.schema import location
from index.store import (
    Clock,
    Download,
    EmbeddedChunk,
    Manifest,
    Sighting,
    Store,
    Version,
    utc_now,
    vector_key,
)

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever

    from index.lexical import LexicalIndex, QueryWord
    from index.progress import Progress, Shown
    from index.sightings import By
    from index.vectors import VectorIndex

CHANNELS: tuple[Channel, ...] = ("dense", "lexical")

# One transaction's worth of articles.
_BATCH_CHARACTERS = 300_000

UNSTORABLE = "holds half of a surrogate pair, which is no character"
"""Why an article that is not ``is_storable`` cannot be stored."""

# Vectors are kept as soon as so many texts are embedded: what a kill costs at most.
_EMBEDDED_AT_ONCE = 64


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


class TextReranker(Protocol):
    """What an archive needs of a reranker; ``index.reranking.Reranker`` is the real one."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Archive:
    """The articles in a folder, searchable. May be used from several threads.

    ``encoder`` is the name of a sentence-transformers model (see ``index.encoder``), or an
    object that does the same; an archive that exists is opened with the one it was made with.
    ``reranker`` is the name of a cross-encoder (see ``index.reranking``), or an object that does
    the same: it reads the first passages of every search, and puts them in its own order.
    Every search sees what was committed before it, by this process or another, and nothing that
    is withdrawn, replaced, or not available yet by ``clock``. Close it, or use it as a context
    manager, to close its files at once.
    """

    def __init__(
        self,
        folder: Path,
        truth: Store,
        encoder: TextEncoder | None,
        reranker: str | TextReranker | None = None,
    ) -> None:
        self.folder = folder
        self.truth = truth
        self._given_encoder = encoder
        self._loaded_encoder = encoder
        self._reranker = reranker
        self._lock = threading.RLock()
        self._state: _State | None = None

    @classmethod
    def create(
        cls, folder: str | Path, encoder: str | TextEncoder | None = None, clock: Clock = utc_now
    ) -> "Archive":
        """Make a new archive. Raises ArchiveError where there is one, or none can be made."""
        from corpus.chunking import CHUNK_TOKENS

        folder = Path(folder)
        loaded = _load_encoder(encoder)
        manifest = Manifest.new(loaded.name, loaded.fingerprint, loaded.dimension, CHUNK_TOKENS)
        store = Store.create(folder, manifest, clock)
        archive = cls(folder, store, loaded if encoder is loaded else None)
        archive._loaded_encoder = loaded
        return archive

    @classmethod
    def open(
        cls,
        folder: str | Path,
        encoder: TextEncoder | None = None,
        clock: Clock = utc_now,
        reranker: str | TextReranker | None = None,
    ) -> "Archive":
        """Open an archive. Raises ArchiveError where there is none that can be read.

        A reranker is loaded for the first search, which raises ArchiveError if that fails.
        """
        folder = Path(folder)
        return cls(folder, Store.open(folder, clock), encoder, reranker)

    def close(self) -> None:
        """Close its files; it cannot be used any more."""
        self.truth.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # What is in it

    def __len__(self) -> int:
        return self.truth.counts()[0]

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self.article(id) is not None

    def __iter__(self) -> Iterator[Article]:
        """Every article that may be shown, in the order in which they came."""
        return self.truth.articles()

    def article(self, id: str, withdrawn: bool = False) -> Article | None:
        """The article with an id, or that had it before it moved; None where there is none.

        A withdrawn one is only given where it is asked for, and says so.
        """
        return self.truth.article(id, withdrawn)

    def withdrawn(self, id: str) -> datetime | None:
        """When the article with an id was withdrawn; None where it was not, or there is none."""
        article = self.article(id, withdrawn=True)
        return self.truth.standing([article.id])[article.id].withdrawn if article else None

    def versions(self, id: str) -> list[Version]:
        """All versions of an article with their times, the first one first, the newest last."""
        return self.truth.versions(id)

    def history(self, id: str) -> list[Article]:
        """The earlier versions of an article, the first one first."""
        return [version.article for version in self.versions(id) if version.replaced]

    def copies(self, id: str) -> list[Article]:
        """The other articles that carry the same agency text as one, the earliest first."""
        article = self.article(id)
        if article is None:
            return []
        number = self.truth.numbers([article.id])[article.id]
        return list(self._others(self.truth.copies([number]).get(number, ()), article))

    def newest(self, most: int = 10) -> list[Article]:
        """The articles that were published last, the latest first."""
        return self.truth.newest(most)

    def overview(self) -> Overview:
        with self.truth.snapshot():
            articles, chunks = self.truth.counts()
            first, last = self.truth.period()
            withdrawn, embargoed = self.truth.held_back()
            updated, report = self.truth.last_report() or (None, None)
            return Overview(
                articles,
                chunks,
                self.truth.per("source"),
                first,
                last,
                self._manifest.encoder,
                self.truth.per("language"),
                self.truth.months(),
                self.truth.years(),
                withdrawn,
                embargoed,
                updated,
                report,
                self._roots(),
            )

    def __repr__(self) -> str:
        return f"Archive({str(self.folder)!r}, {len(self)} articles)"

    # Changing it

    def add(self, found: Iterable[Found], progress: "Shown" = False) -> Report:
        """Add articles; one with a known id becomes its new version if anything changed.

        Each batch is committed before the next is begun. ``progress`` shows a line on a terminal,
        or tells a function of every step (see ``index.progress.Step``).
        """
        from index.progress import Progress

        report = Report()
        began = time.monotonic()
        with Progress("Adding", progress) as shown:
            self.store(_readable(found, report), report, shown)
        self.finish(report, began)
        return report

    def sync(
        self,
        paths: Sequence[str | Path] = (),
        fields: Mapping[str, str] | None = None,
        withdraw_many: bool = False,
        progress: "Shown" = False,
    ) -> Report:
        """Make the archive equal to what is in files, in folders and behind addresses now.

        Without paths they are those that it follows, from one sync to the next; what is missing
        of these is in the report. What came from them and is not there any more is withdrawn;
        ``index.sync.plan`` has the rules. Raises ArchiveError, and changes nothing, where a path
        does not exist, or where more than half of many articles would be withdrawn unless
        ``withdraw_many``.
        """
        from index.sync import carry_out, plan

        missing = [] if paths else self._missing_roots()
        with plan(self, paths or self.roots_there(), fields, progress=progress) as made:
            made.failed += missing
            made.check(withdraw_many)
            return carry_out(self, made, progress)

    def add_from(
        self,
        paths: Sequence[str | Path],
        fields: Mapping[str, str] | None = None,
        progress: "Shown" = False,
        by: "By" = "operator",
    ) -> Report:
        """Add what is in files, in folders and behind addresses, and withdraw nothing.

        ``by`` says who brings it, and so what it may do to what is there (see ``index.roots``).
        Raises ArchiveError if ``fields`` names one that articles do not have.
        """
        from index.sync import carry_out, plan

        with plan(self, paths, fields, only_add=True, by=by, progress=progress) as made:
            return carry_out(self, made, progress)

    def forget(self, root: str | Path) -> Report:
        """Withdraw all that came from a root, and follow it no more.

        Raises ArchiveError, and changes nothing, where nothing came from there.
        """
        from index.roots import is_address, is_inside

        place = str(root) if is_address(str(root)) else str(Path(root).absolute())
        known = self.truth.roots()
        if place not in known and not is_address(place):
            place = str(Path(root).resolve())
        standing = list(self.truth.found_in([place]))
        if place not in known and not standing:
            followed = ", ".join(name for name, fields in known.items() if fields is not None)
            raise ArchiveError(
                f"Nothing came from {root}; the archive follows {followed or 'nothing'}."
            )
        began, report = time.monotonic(), Report()
        report.withdrawn = self.truth.withdraw(standing)
        self.truth.drop_roots(each for each in known if each == place or is_inside(each, place))
        self.finish(report, began)
        return report

    def roots_there(self) -> list[str]:
        """What is followed and is there; raises ArchiveError where nothing is followed."""
        roots = [each.place for each in self._roots() if each.state != "missing"]
        if not roots and not self._missing_roots():
            raise ArchiveError(
                "The archive follows nothing yet: name a folder, a file or an address once, with "
                f"python -m index sync PATH --archive {self.folder}"
            )
        return roots

    def _missing_roots(self) -> list[Unreadable]:
        """A line for each root that is not there, but from which there are articles."""
        return [
            Unreadable(
                each.place,
                f"does not exist; what came from it is kept. If it is gone for good: "
                f"python -m index forget {each.place} --archive {self.folder}",
            )
            for each in self._roots()
            if each.state == "missing"
        ]

    def _roots(self) -> tuple[Root, ...]:
        """What is followed."""
        from index.roots import is_address, is_missing

        roots = self.truth.roots()
        found = []
        for place, fields in roots.items():
            if fields is not None:
                state: RootState = "missing" if is_missing(place, roots) else "there"
                count = sum(1 for _ in self.truth.found_in([place]))
                found.append(Root(place, "an address" if is_address(place) else state, count))
        return tuple(found)

    def came_from(self, article: Article) -> str | None:
        """Where the file of an article was, from its root on; None if it came from no file."""
        from index.roots import spoken

        return spoken(location(article.origin), self.truth.roots())

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Delete articles with all their versions; returns the ids that were there."""
        removed = self.truth.remove(ids)
        self._keep_up()
        return removed

    def rebuild(
        self, encoder: str | TextEncoder | None = None, progress: "Shown" = False
    ) -> Overview:
        """Cut and embed every article anew, with another encoder if one is given.

        Searches go on in the old state until all is done, then everything changes at once.
        Texts that have their vector are not embedded again, nor after a kill in between.
        """
        from corpus.chunking import CHUNK_TOKENS
        from index.progress import Progress

        manifest = self._manifest
        loaded = self._encoder if encoder is None else _load_encoder(encoder)
        made = Manifest(
            manifest.archive, loaded.name, loaded.fingerprint, loaded.dimension, CHUNK_TOKENS
        )
        cut: dict[str, tuple[str, list[EmbeddedChunk]]] = {}
        left: Iterable[Article] = self.truth.articles(embargoed=True)
        with Progress("Rebuilding", progress, len(self), self.truth.characters()) as shown:
            while True:
                for batch in _batches(left):
                    chunks, _ = self._embed(batch, loaded, made, manifest, shown)
                    cut |= {each.id: (each.digest, chunks[each.id]) for each in batch}
                    shown.stored(len(batch), _characters(batch))
                # Articles may have come while this went on.
                with self._lock:
                    missed = self.truth.recut(made, cut)
                    if not missed:
                        self._loaded_encoder = loaded
                        self._given_encoder = loaded if encoder is loaded else None
                        break
                manifest = self._manifest
                left = self.truth.named(missed)
        self._keep_up()
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
        most = max(CANDIDATES, 2 * k)
        while True:
            rankings = self.rankings(query, most, filters, channels)
            found = self.passages(rankings, k, asked, filters)
            exhausted = all(len(ranking) < most for ranking in rankings.values())
            # Where very many carry one text, what others say comes after all of them.
            if len(found) >= k or exhausted or not any(each.copies for each in found):
                return found
            most *= 2

    def rankings(
        self,
        query: str,
        most: int = CANDIDATES,
        filters: Filters | None = None,
        channels: Sequence[Channel] = CHANNELS,
    ) -> Rankings:
        """What each channel finds by itself: chunk numbers with its scores, best first.

        A reranker, if there is one, scores the first that they find together.
        """
        query = _as_unicode(query)
        if not query.strip():
            return {}
        with self._lock:
            state = self._follow()
            encoder = self._encoder if "dense" in channels else None
        chunks, articles = self.truth.selected(filters) if filters else (None, None)
        hidden = self.truth.embargoed()
        found: dict[Channel, dict[int, float]] = {}
        if encoder:
            vector = encoder.encode_question(query)
            found["dense"] = self._settled(
                lambda asked: state.vectors.search(vector, asked, chunks), most, hidden
            )
        if "lexical" in channels:
            found["lexical"] = self._settled(
                lambda asked: state.lexical.search(query, asked, articles, hidden), most, hidden
            )
        if self._reranker:
            found["reranker"] = self._reranked(query, list(fuse(found))[:RERANKED])
        return found

    def _reranked(self, query: str, chunks: Sequence[int]) -> dict[int, float]:
        """Those of the chunks that are still there with the reranker's scores, best first."""
        stored = self.truth.passages(chunks)
        read = [chunk for chunk in chunks if chunk in stored]
        texts = [Passage(*stored[chunk], score=0.0).text for chunk in read]
        scores = self._load_reranker().scores(query, texts)
        # Of equals, that comes first which the channels put first.
        order = np.argsort(-scores, kind="stable")
        return {read[at]: float(scores[at]) for at in order}

    def _load_reranker(self) -> TextReranker:
        with self._lock:
            if isinstance(self._reranker, str):
                from index.reranking import Reranker

                self._reranker = Reranker(self._reranker)
            assert self._reranker is not None
            return self._reranker

    def _settled(
        self,
        search: Callable[[int], tuple[list[int], list[float]]],
        most: int,
        hidden: Sequence[int],
    ) -> dict[int, float]:
        """The best chunks of one channel that may be shown, equals in the order of their places.

        A derived index may still hold what was deleted, and returns equals in the order in which
        they came to it; so more is asked for until the last place that counts is certain.
        """
        asked = most + MARGIN
        while True:
            numbers, scores = search(asked)
            exhausted = len(numbers) < asked
            places = {
                number: (place.id, place.start)
                for number, place in self.truth.places(numbers).items()
                if place.article not in hidden
            }
            shown = {
                number: score
                for number, score in zip(numbers, scores, strict=True)
                if number in places
            }
            best = settle(shown, places, exhausted)
            if exhausted or len(best) >= most:
                return dict(best[:most])
            asked *= 2

    def passages(
        self,
        rankings: Rankings,
        k: int = 10,
        asked: date | None = None,
        filters: Filters | None = None,
        discount: float = REPEAT_DISCOUNT,
    ) -> Passages:
        """The ``k`` best passages by all rankings together, best first.

        What copies of one text have in common is given once, from the article that fits best.
        Each further passage of one article counts ``discount`` times the one before: with 1 the
        best articles are read more deeply, with less more articles are.
        ``filters`` are those of the rankings: other articles are not named as copies either.
        """
        places = self.truth.places(list({chunk for each in rankings.values() for chunk in each}))
        copies = self.truth.copies([place.article for place in places.values()], filters)
        carriers: Carriers = {
            chunk: (copies[place.article][0], place.article)
            for chunk, place in places.items()
            if place.article in copies
        }
        fused = fuse(rankings, carriers)
        considered = [
            chunk for chunk, rank in ranks(fused, carriers) if rank <= max(CONSIDERED, 4 * k)
        ]
        # Read from the truth: what was deleted meanwhile may be in a ranking, but is not here.
        stored = self.truth.passages(considered)
        found = []
        for chunk, score in fused.items():
            if chunk in stored:
                why = {
                    name: ranking[chunk] for name, ranking in rankings.items() if chunk in ranking
                }
                found.append(Passage(*stored[chunk], score, why))
        numbers = {place.id: place.article for place in places.values()}
        texts = {id: copies[number][0] for id, number in numbers.items() if number in copies}
        best = diversify(prefer_recent(found, asked), texts, discount)[:k]
        return Passages(
            replace(each, copies=self._others(copies[numbers[each.article.id]], each.article))
            if each.article.id in texts
            else each
            for each in best
        )

    def _others(self, numbers: Sequence[int], article: Article) -> tuple[Article, ...]:
        """The articles with these numbers without one of them, the earliest first."""
        carrying = self.truth.numbered(numbers).values()
        return tuple(sorted((each for each in carrying if each.id != article.id), key=age))

    # What an answer is made with

    def query_words(self, query: str) -> "list[QueryWord]":
        """The words of a query, how rare they are here, and how else they are spelled."""
        hidden = self.truth.embargoed()
        return self._follow().lexical.query_words(_as_unicode(query), hidden)

    def count(self, filters: Filters | None = None) -> int:
        """How many articles the filters let through, of those that may be shown."""
        return len(self.truth.selected(filters or Filters())[1])

    def mentioning(self, text: str, filters: Filters | None = None) -> list[Article]:
        """The articles with a passage that has all words of a text, in some form, newest first.

        Words that tell nothing, such as "the", are not asked for. Copies of one text are all here.
        """
        hidden = self.truth.embargoed()
        chunks = self._follow().lexical.having_all(_as_unicode(text), hidden)
        numbers = {place.article for place in self.truth.places(chunks).values()}
        if filters:
            numbers.intersection_update(self.truth.selected(filters)[1])
        found = self.truth.numbered(sorted(numbers)).values()
        return sorted(found, key=newness, reverse=True)

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
        return self.truth.manifest()

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

    def store(self, articles: Iterable[Article], report: Report, progress: "Progress") -> None:
        """Store those articles that are new or changed, in batches of one transaction each."""
        for batch in _batches(articles):
            self._commit(batch, report, progress)
            progress.stored(len(batch), _characters(batch))

    def finish(
        self, report: Report, began: float, downloads: Mapping[str, Download] | None = None
    ) -> None:
        """Bring the derived indexes up to date after a change, and keep its report."""
        self._keep_up()
        report.seconds = time.monotonic() - began
        self.truth.record(report.as_dict(), downloads or {})

    def _commit(self, batch: Sequence[Article], report: Report, progress: "Progress") -> None:
        """Cut, embed and store those articles of a batch that are new or changed."""
        standing = self.truth.standing([article.id for article in batch])
        # What its source has withdrawn is only of interest where it is here.
        gone = [standing[each.id] for each in batch if each.withdrawn and each.id in standing]
        withdrawn = self.truth.withdraw(gone, retracted=True)
        known = {id: each for id, each in standing.items() if not each.withdrawn}
        same: list[Article] = []
        changed: list[Article] = []
        for article in batch:
            if not article.withdrawn:
                before = known.get(article.id)
                is_same = before is not None and before.digest == article.digest
                (same if is_same else changed).append(article)
        self.truth.refresh(Sighting.of(each) for each in same if not known[each.id].is_at(each))
        report.embargoed += [
            each.id
            for each in (*same, *changed)
            if each.id in standing and standing[each.id].embargo != each.embargo
        ]
        while changed:
            manifest = self._manifest
            chunks, embedded = self._embed(changed, self._encoder, manifest, manifest, progress)
            report.embedded += embedded
            copies = self.truth.put(manifest, [(each, chunks[each.id]) for each in changed])
            if copies is not None:
                report.copies += copies
                report.chunks += sum(map(len, chunks.values()))
                break
        for article in changed:
            before = standing.get(article.id)
            if before is None:
                report.added.append(article.id)
            elif before.digest == article.digest:
                report.returned.append(article.id)
            else:
                report.changed.append(article.id)
        report.withdrawn += withdrawn
        unasked = {each.id for each in batch if each.withdrawn} - set(withdrawn)
        report.unchanged += [*(each.id for each in same), *sorted(unasked)]

    def _embed(
        self,
        articles: Sequence[Article],
        encoder: TextEncoder,
        made: Manifest,
        present: Manifest,
        progress: "Progress",
    ) -> tuple[dict[str, list[EmbeddedChunk]], int]:
        """The chunks of articles by id, when all have their vectors; and how many got them now.

        They are cut as the manifest ``made`` says; ``present`` is the archive's.
        """
        from corpus.chunking import Chunker

        chunker = Chunker(encoder.count_tokens, encoder.longest, made.chunk_tokens)
        texts: dict[bytes, str] = {}
        chunks: dict[str, list[EmbeddedChunk]] = {}
        for article in articles:
            chunks[article.id] = []
            for chunk in chunker.cut(article):
                text = article.text[chunk.start : chunk.end]
                key = vector_key(encoder.fingerprint, text)
                texts[key] = text
                chunks[article.id].append(EmbeddedChunk(chunk, key))
        known = self.truth.known_vectors(list(texts))
        missing = [key for key in texts if key not in known]
        for at in range(0, len(missing), _EMBEDDED_AT_ONCE):
            keys = missing[at : at + _EMBEDDED_AT_ONCE]
            part = [texts[key] for key in keys]
            vectors = dict(zip(keys, encoder.encode(part), strict=True))
            self.truth.add_vectors(present, vectors)
            progress.embedded(part)
        return chunks, len(missing)

    def _follow(self) -> "_State":
        """The derived indexes, brought to the state of the truth."""
        from index.vectors import is_worth_saving

        with self._lock:
            manifest = self._manifest
            if self._state is None or self._state.manifest != manifest:
                self._state = _State.load(self.folder, manifest)
            vectors = self._state.vectors.caught_up(self.truth)
            self._state.lexical.catch_up(self.truth)
            if vectors is not self._state.vectors and is_worth_saving(
                self.folder, manifest, vectors.watermark
            ):
                # Only a cache: where it can't be written, it is derived again next time.
                with suppress(OSError):
                    vectors = vectors.saved(self.folder)
            self._state = replace(self._state, vectors=vectors)
            return self._state

    def _keep_up(self) -> None:
        """Leave caches behind from which the next search is quickly under way.

        All vectors are only loaded for that where they have to be written anew.
        """
        from index.lexical import LexicalIndex
        from index.vectors import is_worth_saving

        with self._lock:
            manifest = self._manifest
            watermark = self.truth.watermark()
            if self._state is not None or is_worth_saving(self.folder, manifest, watermark):
                self._follow()
            else:
                LexicalIndex(self.folder, manifest).catch_up(self.truth)


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


def is_storable(article: Article) -> bool:
    """Whether everything in an article can be written as UTF-8."""
    try:
        "".join(part for part in vars(article).values() if isinstance(part, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _characters(articles: Iterable[Article]) -> int:
    return sum(len(article.text) for article in articles)


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
        if not is_storable(each):
            report.failed.append(Unreadable(each.origin or ascii(each.id), UNSTORABLE))
            continue
        digest, origin = met.setdefault(each.id, (each.digest, each.origin))
        if digest != each.digest:
            reason = f"has the same id, {each.id}, as {origin or 'another'}; the last is kept"
            report.failed.append(Unreadable(each.origin or each.title, reason))
        yield each


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
