"""Articles into an archive: cut into chunks, embedded, and stored with their vectors."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from corpus import Article, Found, Unreadable
from index import upkeep
from index.checks import must_be
from index.progress import Progress, Shown
from index.report import Report
from index.spreading import Made, Workers
from index.store import Download, EmbeddedChunk, Manifest, Sighting, Store, vector_key
from index.upkeep import TextEncoder, Upkeep

# One transaction's worth of articles.
BATCH_CHARACTERS = 300_000

# Vectors are kept as soon as so many texts are embedded: what a kill costs at most.
EMBEDDED_AT_ONCE = 64


class Ingest:
    """Every way in which articles come into one archive, and are embedded there."""

    def __init__(self, truth: Store, upkeep: Upkeep) -> None:
        self._truth = truth
        self._upkeep = upkeep

    def add(self, articles: Iterable[Found], progress: Shown = False, embed: bool = True) -> Report:
        """See ``Archive.add``."""
        given: object = articles
        if isinstance(given, Article):
            articles = [given]
        elif isinstance(given, str) or not isinstance(given, Iterable):
            must_be("articles", given, Article, "articles in a list; add_from takes files")
        report = Report()
        began = time.monotonic()
        with Progress("Adding", progress) as shown:
            self.store(_readable(articles, report), report, shown, embed)
        self.finish(report, began)
        return report

    def store(
        self, articles: Iterable[Article], report: Report, progress: Progress, embed: bool = True
    ) -> None:
        """Store those articles that are new or changed, in batches of one transaction each.

        Unless they are to be embedded, they have no chunks before ``embed`` is called.
        """
        for batch in _batches(articles):
            self._commit(batch, report, progress, embed)
            progress.stored(len(batch), _characters(batch))

    def embed(self, workers: Workers | None = None, progress: Shown = False) -> Report:
        """See ``Archive.embed``."""
        report = Report()
        began = time.monotonic()
        # Enough for each worker to have a next block while the last ones are waited for.
        size = BATCH_CHARACTERS * (4 * workers.count if workers else 1)
        waiting, characters = self._truth.waiting()
        with Progress("Embedding", progress, waiting, characters) as shown:
            placed = 1
            # Others may come, or change, while this goes on.
            while placed:
                batches = _batches(self._truth.without_chunks(), size)
                placed = sum(self._embed_stored(batch, report, shown, workers) for batch in batches)
        self._upkeep.keep_up()
        report.seconds = time.monotonic() - began
        return report

    def _embed_stored(
        self, batch: Sequence[Article], report: Report, progress: Progress, workers: Workers | None
    ) -> int:
        """Give stored articles their chunks; returns how many chunks there are of these now."""
        manifest = self._truth.manifest()
        encoder = self._upkeep.encoder
        chunks, embedded = self._embed(batch, encoder, manifest, manifest, progress, workers)
        placed = self._truth.place(
            manifest, {article.id: (article.digest, chunks[article.id]) for article in batch}
        )
        report.embedded += embedded
        report.chunks += placed
        progress.stored(len(batch), _characters(batch))
        return placed

    def finish(
        self, report: Report, began: float, downloads: Mapping[str, Download] | None = None
    ) -> None:
        """Bring the derived indexes up to date after a change, and keep its report."""
        self._upkeep.keep_up()
        report.seconds = time.monotonic() - began
        self._truth.record(report.as_dict(), downloads or {})

    def rebuild(self, encoder: str | TextEncoder | None = None, progress: Shown = False) -> None:
        """See ``Archive.rebuild``."""
        from corpus.chunking import CHUNK_TOKENS

        manifest = self._truth.manifest()
        loaded = self._upkeep.encoder if encoder is None else upkeep.load_encoder(encoder)
        made = Manifest(
            manifest.archive, loaded.name, loaded.fingerprint, loaded.dimension, CHUNK_TOKENS
        )
        cut: dict[str, tuple[str, list[EmbeddedChunk]]] = {}
        left: Iterable[Article] = self._truth.articles(embargoed=True)
        with Progress(
            "Rebuilding", progress, self._truth.counts()[0], self._truth.characters()
        ) as shown:
            while True:
                for batch in _batches(left):
                    chunks, _ = self._embed(batch, loaded, made, manifest, shown)
                    cut |= {article.id: (article.digest, chunks[article.id]) for article in batch}
                    shown.stored(len(batch), _characters(batch))
                # Articles may have come while this went on.
                with self._upkeep.lock:
                    missed = self._truth.recut(made, cut)
                    if not missed:
                        self._upkeep.use(loaded, is_given=encoder is loaded)
                        break
                manifest = self._truth.manifest()
                left = self._truth.named(missed)
        self._upkeep.keep_up()

    def _commit(
        self, batch: Sequence[Article], report: Report, progress: Progress, embed: bool
    ) -> None:
        """Cut, embed and store those articles of a batch that are new or changed."""
        standing = self._truth.standing([article.id for article in batch])
        # An article that its source has withdrawn matters only if it is stored here.
        retracted = [article.id for article in batch if article.withdrawn]
        gone = [standing[id] for id in retracted if id in standing]
        withdrawn = self._truth.withdraw(gone, retracted=True)
        known = {id: earlier for id, earlier in standing.items() if not earlier.withdrawn}
        same: list[Article] = []
        changed: list[Article] = []
        for article in batch:
            if not article.withdrawn:
                before = known.get(article.id)
                is_same = before is not None and before.digest == article.digest
                (same if is_same else changed).append(article)
        elsewhere = (article for article in same if not known[article.id].is_at(article))
        self._truth.refresh(map(Sighting.of, elsewhere))
        report.embargoed += [
            article.id
            for article in (*same, *changed)
            if article.id in standing and standing[article.id].embargo != article.embargo
        ]
        if changed:
            self._put(changed, report, progress, embed)
        report.undated += [article.id for article in changed if article.published is None]
        for article in changed:
            before = standing.get(article.id)
            if before is None:
                report.added.append(article.id)
            elif before.digest == article.digest:
                report.returned.append(article.id)
            else:
                report.changed.append(article.id)
        report.withdrawn += withdrawn
        report.unchanged += [article.id for article in same]
        report.unchanged += sorted({*retracted} - {*withdrawn})

    def _put(
        self, articles: Sequence[Article], report: Report, progress: Progress, embed: bool
    ) -> None:
        """Cut, embed and store articles; all anew where another process has rebuilt meanwhile."""
        copies = None
        while copies is None:
            manifest = self._truth.manifest()
            chunks: dict[str, list[EmbeddedChunk]] = {article.id: [] for article in articles}
            if embed:
                chunks, embedded = self._embed(
                    articles, self._upkeep.encoder, manifest, manifest, progress
                )
                report.embedded += embedded
            cut = [(article, chunks[article.id]) for article in articles]
            copies = self._truth.put(manifest, cut)
        report.copies += copies
        report.chunks += sum(map(len, chunks.values()))

    def _embed(
        self,
        articles: Sequence[Article],
        encoder: TextEncoder,
        made: Manifest,
        present: Manifest,
        progress: Progress,
        workers: Workers | None = None,
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
        known = self._truth.known_vectors(list(texts))
        missing = [key for key in texts if key not in known]
        blocks = [
            missing[at : at + EMBEDDED_AT_ONCE] for at in range(0, len(missing), EMBEDDED_AT_ONCE)
        ]
        encode = workers.encode if workers else partial(_one_by_one, encoder)
        for at, vectors in encode([[texts[key] for key in block] for block in blocks]):
            self._truth.add_vectors(present, dict(zip(blocks[at], vectors, strict=True)))
            progress.embedded([texts[key] for key in blocks[at]])
        return chunks, len(missing)


def _one_by_one(encoder: TextEncoder, blocks: Sequence[Sequence[str]]) -> Iterator[Made]:
    for at, block in enumerate(blocks):
        yield at, encoder.encode(block)


def _characters(articles: Iterable[Article]) -> int:
    return sum(len(article.text) for article in articles)


def _readable(items: Iterable[Found], report: Report) -> Iterator[Article]:
    """The articles among what was found; the rest, and clashes of ids, go into the report."""
    met: dict[str, tuple[str, str | None]] = {}
    for item in items:
        must_be("articles", item, Found, "articles; add_from takes files", "has {} in it")
        article = report.storable(item)
        if article is None:
            continue
        digest, origin = met.setdefault(article.id, (article.digest, article.origin))
        if digest != article.digest:
            reason = f"has the same id, {article.id}, as {origin or 'another'}; the last is kept"
            report.failed.append(Unreadable(article.origin or article.title, reason))
        yield article


def _batches(articles: Iterable[Article], characters: int | None = None) -> Iterator[list[Article]]:
    """Articles in batches of one transaction each; of two with one id, in a batch the last."""
    full = characters or BATCH_CHARACTERS
    batch: dict[str, Article] = {}
    size = 0
    for article in articles:
        batch[article.id] = article
        size += len(article.text)
        if size >= full:
            yield list(batch.values())
            batch, size = {}, 0
    if batch:
        yield list(batch.values())
