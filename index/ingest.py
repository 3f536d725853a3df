"""Brings articles into an archive: cuts them into chunks, embeds these, and stores the vectors."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from corpus import Article, Found, Unreadable
from index import upkeep
from index.checks import must_be
from index.progress import Display, Progress
from index.report import Report
from index.spreading import BlockVectors, Workers
from index.store import (
    Download,
    EmbeddedChunk,
    Manifest,
    Sighting,
    Standing,
    Store,
    is_outdated,
    vector_key,
)
from index.upkeep import TextEncoder, Upkeep

# How many characters of articles one transaction stores.
BATCH_CHARACTERS = 300_000

# Vectors are stored after this many texts, so a kill loses no more than these.
EMBEDDED_AT_ONCE = 64

_Cut = dict[str, tuple[str, list[EmbeddedChunk]]]
"""The digest and the chunks of articles, by their ids."""


class Ingest:
    """Adds articles to one archive, and embeds them."""

    def __init__(self, truth: Store, upkeep: Upkeep) -> None:
        self._truth = truth
        self._upkeep = upkeep

    def add(
        self, articles: Iterable[Found], progress: Display = False, embed: bool = True
    ) -> Report:
        """See ``Archive.add``."""
        argument: object = articles
        if isinstance(argument, Article):
            articles = [argument]
        elif isinstance(argument, str) or not isinstance(argument, Iterable):
            must_be("articles", argument, Article, "articles in a list; add_from takes files")
        report = Report()
        began = time.monotonic()
        with Progress("Adding", progress) as tracker:
            self.store(_readable(articles, report), report, tracker, embed)
        self.finish(report, began)
        return report

    def store(
        self, articles: Iterable[Article], report: Report, progress: Progress, embed: bool = True
    ) -> None:
        """Store new and changed articles, in batches of one transaction each.

        With ``embed=False`` they have no chunks until the method ``embed`` is called.
        """
        for batch in _batches(articles):
            self._commit(batch, report, progress, embed)
            progress.stored(len(batch), _characters(batch))

    def embed(self, workers: Workers | None = None, progress: Display = False) -> Report:
        """See ``Archive.embed``."""
        report = Report()
        began = time.monotonic()
        # Large enough that each worker has a next block while the last blocks are finishing.
        size = BATCH_CHARACTERS * (4 * workers.count if workers else 1)
        waiting, characters = self._truth.waiting()
        with Progress("Embedding", progress, waiting, characters) as tracker:
            count = 1
            # Other articles may be added or changed meanwhile, so this repeats until none is left.
            while count:
                batches = _batches(self._truth.without_chunks(), size)
                count = sum(
                    self._embed_stored(batch, report, tracker, workers) for batch in batches
                )
        self._upkeep.keep_up()
        report.seconds = time.monotonic() - began
        return report

    def _embed_stored(
        self, batch: Sequence[Article], report: Report, progress: Progress, workers: Workers | None
    ) -> int:
        """Chunk and embed stored articles; returns how many chunks were stored."""
        manifest = self._truth.manifest()
        encoder = self._upkeep.encoder
        cut, embedded = self._embed(batch, encoder, manifest, manifest, progress, workers)
        chunk_count = self._truth.place(manifest, cut)
        report.embedded += embedded
        report.chunks += chunk_count
        progress.stored(len(batch), _characters(batch))
        return chunk_count

    def finish(
        self, report: Report, began: float, downloads: Mapping[str, Download] | None = None
    ) -> None:
        """Bring the derived indexes up to date after a change, and store its report."""
        self._upkeep.keep_up()
        report.seconds = time.monotonic() - began
        self._truth.record(report.as_dict(), downloads or {})

    def rebuild(self, encoder: str | TextEncoder | None = None, progress: Display = False) -> None:
        """See ``Archive.rebuild``."""
        from corpus.chunking import CHUNK_TOKENS

        manifest = self._truth.manifest()
        model = self._upkeep.encoder if encoder is None else upkeep.load_encoder(encoder)
        target = Manifest(
            manifest.archive, model.name, model.fingerprint, model.dimension, CHUNK_TOKENS
        )
        chunks_by_id: _Cut = {}
        remaining: Iterable[Article] = self._truth.articles(embargoed=True)
        with Progress(
            "Rebuilding", progress, self._truth.counts()[0], self._truth.characters()
        ) as tracker:
            while True:
                for batch in _batches(remaining):
                    chunks_by_id |= self._embed(batch, model, target, manifest, tracker)[0]
                    tracker.stored(len(batch), _characters(batch))
                # Articles may have been added meanwhile.
                with self._upkeep.lock:
                    missing = self._truth.recut(target, chunks_by_id)
                    if not missing:
                        self._upkeep.use(model, is_supplied=encoder is model)
                        break
                manifest = self._truth.manifest()
                remaining = self._truth.with_ids(missing)
        self._upkeep.keep_up()

    def _commit(
        self, batch: Sequence[Article], report: Report, progress: Progress, embed: bool
    ) -> None:
        """Chunk, embed and store the new and changed articles of a batch."""
        standing = self._truth.standing([article.id for article in batch])
        # An article that its source has withdrawn matters only if it is stored.
        retracted = [article.id for article in batch if article.withdrawn]
        to_withdraw = [standing[id] for id in retracted if id in standing]
        withdrawn = self._truth.withdraw(to_withdraw, retracted=True)
        current = {id: earlier for id, earlier in standing.items() if not earlier.withdrawn}
        unchanged: list[Article] = []
        changed: list[Article] = []
        for article in batch:
            if not article.withdrawn:
                before = current.get(article.id)
                is_same = before is not None and before.digest == article.digest
                (unchanged if is_same else changed).append(article)
        relocated = (article for article in unchanged if not current[article.id].is_at(article))
        self._truth.refresh(map(Sighting.of, relocated))
        report.embargoed += [
            article.id
            for article in (*unchanged, *changed)
            if article.id in standing and standing[article.id].embargo != article.embargo
        ]
        if changed:
            # Another process may have stored the same meanwhile.
            standing |= self._put(changed, report, progress, embed)
        report.undated += [article.id for article in changed if article.published is None]
        for article in changed:
            before = standing.get(article.id)
            if before is None:
                report.added.append(article.id)
            elif before.digest != article.digest:
                report.changed.append(article.id)
            elif before.withdrawn:
                report.returned.append(article.id)
            else:
                report.unchanged.append(article.id)
        report.withdrawn += withdrawn
        report.unchanged += [article.id for article in unchanged]
        report.unchanged += sorted({*retracted} - {*withdrawn})

    def _put(
        self, articles: Sequence[Article], report: Report, progress: Progress, embed: bool
    ) -> dict[str, Standing]:
        """Chunk, embed and store articles; starts over if another process rebuilt the archive.

        Returns the articles with their ids that were stored before.
        """
        copies = None
        while copies is None:
            manifest = self._truth.manifest()
            cut: _Cut = {}
            if embed:
                cut, embedded = self._embed(
                    articles, self._upkeep.encoder, manifest, manifest, progress
                )
                report.embedded += embedded
            with_chunks = [(article, cut[article.id][1] if embed else []) for article in articles]
            before = self._truth.standing([article.id for article in articles])
            copies = self._truth.put(manifest, with_chunks)
        report.copies += copies
        report.chunks += sum(len(chunks) for _, chunks in with_chunks)
        return before

    def _embed(
        self,
        articles: Sequence[Article],
        encoder: TextEncoder,
        target: Manifest,
        current: Manifest,
        progress: Progress,
        workers: Workers | None = None,
    ) -> tuple[_Cut, int]:
        """Chunk articles and embed missing texts; returns what was cut, and how many were missing.

        The manifest ``target`` says how to chunk; ``current`` is the archive's manifest.
        """
        from corpus.chunking import Chunker

        chunker = Chunker(encoder.count_tokens, encoder.longest, target.chunk_tokens)
        texts: dict[bytes, str] = {}
        cut: _Cut = {}
        for article in articles:
            cut[article.id] = article.digest, []
            for chunk in chunker.cut(article):
                text = article.text[chunk.start : chunk.end]
                key = vector_key(encoder.fingerprint, text)
                texts[key] = text
                cut[article.id][1].append(EmbeddedChunk(chunk, key))
        stored = self._truth.known_vectors(list(texts))
        missing = [key for key in texts if key not in stored]
        blocks = [
            missing[at : at + EMBEDDED_AT_ONCE] for at in range(0, len(missing), EMBEDDED_AT_ONCE)
        ]
        encode = workers.encode if workers else partial(_one_by_one, encoder)
        for at, vectors in encode([[texts[key] for key in block] for block in blocks]):
            self._truth.add_vectors(current, dict(zip(blocks[at], vectors, strict=True)))
            progress.embedded([texts[key] for key in blocks[at]])
        return cut, len(missing)


def _one_by_one(encoder: TextEncoder, blocks: Sequence[Sequence[str]]) -> Iterator[BlockVectors]:
    for at, block in enumerate(blocks):
        yield at, encoder.encode(block)


def _characters(articles: Iterable[Article]) -> int:
    return sum(len(article.text) for article in articles)


def _readable(items: Iterable[Found], report: Report) -> Iterator[Article]:
    """The articles among the items; other items, and clashes of ids, go into the report."""
    seen: dict[str, tuple[str, str | None, str | None]] = {}
    for item in items:
        must_be("articles", item, Found, "articles; add_from takes files", "has {} in it")
        article = report.storable(item)
        if article is None:
            continue
        facts = article.digest, article.origin, article.revision
        digest, origin, revision = seen.setdefault(article.id, facts)
        if is_outdated(article.revision, revision):
            continue
        if is_outdated(revision, article.revision):
            seen[article.id] = facts
        elif digest != article.digest:
            reason = f"has the same id, {article.id}, as {origin or 'another'}; the last is kept"
            report.failed.append(Unreadable(article.origin or article.title, reason))
        yield article


def _batches(articles: Iterable[Article], characters: int | None = None) -> Iterator[list[Article]]:
    """Articles in batches of one transaction each; in a batch the last article of an id wins."""
    limit = characters or BATCH_CHARACTERS
    batch: dict[str, Article] = {}
    size = 0
    for article in articles:
        batch[article.id] = article
        size += len(article.text)
        if size >= limit:
            yield list(batch.values())
            batch, size = {}, 0
    if batch:
        yield list(batch.values())
