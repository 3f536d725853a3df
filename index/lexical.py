"""The lexical index: the words of the chunks in tantivy (BM25), derived from the database."""

import json
import mmap
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tantivy

from corpus.encoding import caseless
from index.documents import ANALYZER, document, schema
from index.files import write_and_rename
from index.namesakes import Namesakes
from index.passage import Filters
from index.store import Manifest, Store, Watermark
from index.words import analyzer, may_be_names, names_stripped, rarity, unstemmed, words

FOLDER = "lexical"
_INTEGER = tantivy.FieldType.Integer
_STATE = "watermark.json"
_WRITER_BYTES = 64_000_000
# Tantivy's threads reserve this much of a process's address space, but hardly any memory.
_WRITER_ADDRESSES = 700_000_000
_READER_ADDRESSES = 50_000_000
_WAIT_SECONDS = 5.0

FEW_CHUNKS = 20_000
MOST_DELETED = 0.01
"""BM25 counts the words of deleted chunks until tantivy merges them away, which distorts scores.
So an index of few chunks is rebuilt after any deletion, which takes a second or two. A larger one
is rebuilt when this share of its chunks was deleted; that costs less than embedding them did."""

TITLE_WEIGHT = 0.5
"""The weight of a word in the headline, against 1 in the text (see docs/experiments.md)."""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a query, folded and stemmed.

    ``forms`` are the spellings that count as this word, ``rarity`` is its inverse document
    frequency over the chunks, and ``known`` says whether the archive has it in any form.
    ``spelled`` lists for a reader the archive's other spellings, the most used first.
    """

    text: str
    rarity: float
    forms: frozenset[str]
    known: bool
    spelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _State:
    """The watermark that an index has reached, and how many deleted chunks it may still count."""

    watermark: Watermark
    deleted: int = 0

    @property
    def misleads(self) -> bool:
        """Whether the deleted chunks distort the scores too much."""
        chunks = self.watermark.chunks
        return self.deleted > (MOST_DELETED * chunks if chunks >= FEW_CHUNKS else 0)


class LexicalIndex:
    """The words of the chunks, folded (case, diacritics) and stemmed, by chunk number.

    The index is on disk beside the database, or in memory if the disk cannot be written. Tantivy's
    commits survive a kill. The watermark is written after them, and chunks beyond the watermark
    are deleted and added again. Several processes share the index on disk: the holder of
    tantivy's lock continues from the watermark on disk, and writes a later one.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder: Path | None = folder / FOLDER
        self._archive = manifest.archive
        self._schema = schema()
        self._in_memory = _State(Watermark())
        self.watermark = Watermark()
        self._spellings: tuple[Watermark, dict[tuple[str, bool], list[tuple[str, str]]]]
        self._spellings = self.watermark, {}
        self._index = self._open()
        self._index.register_tokenizer(ANALYZER, analyzer())

    def catch_up(self, store: Store) -> None:
        """Add the chunks that are new in the database, and delete those that it has deleted.

        If another process has been doing so for some seconds, this one leaves it to it; hits are
        checked against the database in any case. If the files cannot be written, the index
        continues in memory.
        """
        if self.watermark == store.watermark():
            return
        try:
            self._catch_up(store)
        except (OSError, ValueError):
            if self._folder is None:
                raise
            self._index = self._new_in_memory()
            self._index.register_tokenizer(ANALYZER, analyzer())
            self._catch_up(store)

    def _catch_up(self, store: Store) -> None:
        writer = self._writer()
        if writer is None:
            return
        # All that another process wrote was in the database before this process got the writer.
        # So a watermark that the database does not know is from another history.
        with store.snapshot():
            target = store.watermark()
            since, state = Watermark(), _State(target)
            previous = self._read_state()
            if previous and store.knows(previous.watermark):
                since = previous.watermark
                deleted = len(store.forgotten(since)) + self._chunks_beyond(since)
                state = _State(target, previous.deleted + deleted)
            if since == Watermark() or state.misleads:
                self._delete_state()
                writer.delete_all_documents()
                since, state = Watermark(), _State(target)
            if since != target:
                self._write(writer, store, since)
                self._write_state(state)
        writer.wait_merging_threads()
        self._index.reload()
        self.watermark = target

    def _chunks_beyond(self, since: Watermark) -> int:
        """How many chunks were added beyond a watermark before a kill; they are added again."""
        self._index.reload()
        result = self._index.searcher().search(self._newer(since), 1, count=True)
        return int(result.count or 0)  # type: ignore[attr-defined]

    def _newer(self, since: Watermark) -> tantivy.Query:
        return tantivy.Query.range_query(self._schema, "chunk", _INTEGER, since.chunk + 1, 2**62)

    def _write(self, writer: tantivy.IndexWriter, store: Store, since: Watermark) -> None:
        writer.delete_documents_by_query(self._newer(since))
        for number in store.forgotten(since):
            writer.delete_documents_by_term("chunk", number)
        after = since.chunk
        while chunks := store.chunk_texts(after):
            for chunk in chunks:
                writer.add_document(document(chunk))
            after = chunks[-1].number
        writer.commit()

    def search(
        self,
        query: str,
        most: int,
        filters: Filters | None = None,
        hidden: Sequence[int] = (),
        chosen: Sequence[int] | None = None,
    ) -> tuple[list[int], list[float]]:
        """The chunks that have any word of a query, and their BM25 scores, best first.

        They pass the filters and belong to none of the ``hidden`` articles. ``chosen`` are the
        articles that the filters list by id. Both are article numbers.
        """
        searcher = self._index.searcher()
        clauses = [
            (tantivy.Occur.Should, self._anywhere(searcher, word))
            for word in self.query_words(query, hidden)
            if word.known
        ]
        if not clauses:
            return [], []
        restricted = self._without_hidden(tantivy.Query.boolean_query(clauses), hidden)
        if filters:
            conditions = [*self._passing(filters)]
            if chosen is not None:
                conditions.append(tantivy.Query.term_set_query(self._schema, "article", chosen))
            unscored = (tantivy.Query.const_score_query(limit, 0.0) for limit in conditions)
            required = [(tantivy.Occur.Must, must) for must in (restricted, *unscored)]
            restricted = tantivy.Query.boolean_query(required)
        # Tantivy allocates memory for all requested hits, and ends the process if there is none.
        hits = searcher.search(restricted, max(1, min(most, searcher.num_docs)), count=False).hits
        return _values(searcher, "chunk", hits), [score for score, _ in hits]

    def _passing(self, filters: Filters) -> Iterator[tantivy.Query]:
        """Queries that a chunk must all match to pass the filters."""
        bounds = {"last_day": (filters.after, filters.as_of), "first_day": (None, filters.before)}
        for name, (first, last) in bounds.items():
            if first or last:
                days = (first or date.min).toordinal(), (last or date.max).toordinal()
                yield tantivy.Query.range_query(self._schema, name, _INTEGER, *days)
        for name, values in (("source", filters.sources), ("language", filters.languages)):
            if values:
                folded = [*map(caseless, values)]
                yield tantivy.Query.term_set_query(self._schema, name, folded)

    def having_all(self, query: str, hidden: Sequence[int] = ()) -> list[int]:
        """The chunks that have every word of a query, in any form; unordered."""
        searcher = self._index.searcher()
        query_words = self.query_words(query, hidden)
        if not query_words or not all(word.known for word in query_words):
            return []
        required = [(tantivy.Occur.Must, self._anywhere(searcher, word)) for word in query_words]
        query_of_all = self._without_hidden(tantivy.Query.boolean_query(required), hidden)
        hits = searcher.search(query_of_all, max(1, searcher.num_docs), count=False).hits
        return _values(searcher, "chunk", hits)

    def matching(
        self, query: str, hidden: Sequence[int] = (), every: bool = True
    ) -> dict[int, tuple[float, int]]:
        """The articles that have the words of a query, with the best chunk's score and number.

        They have ``every`` word, in any form and in any of their chunks, or else at least one.
        """
        searcher = self._index.searcher()
        query_words = self.query_words(query, hidden)
        if not query_words or (every and not all(word.known for word in query_words)):
            return {}
        most = max(1, searcher.num_docs)
        parts = {word: self._anywhere(searcher, word) for word in query_words if word.known}
        if not parts:
            return {}
        any_word = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, part) for part in parts.values()]
        )
        hits = searcher.search(self._without_hidden(any_word, hidden), most, count=False).hits
        numbers = (_values(searcher, field, hits) for field in ("chunk", "article"))
        best: dict[int, tuple[float, int]] = {}
        for (score, _), chunk, article in zip(hits, *numbers, strict=True):
            best.setdefault(article, (score, chunk))
        for part in parts.values() if every and len(parts) > 1 else ():
            part_hits = searcher.search(part, most, count=False).hits
            articles = best.keys() & set(_values(searcher, "article", part_hits))
            best = {article: best[article] for article in articles}
        return best

    def query_words(self, text: str, hidden: Sequence[int] = ()) -> list[QueryWord]:
        """The distinct words of a query, in order, with their rarity and spellings in the archive.

        A word that only the ``hidden`` articles (by number) have counts as unknown.
        """
        searcher = self._index.searcher()
        text = names_stripped(text)
        # A stemmed name no longer shows its spelling.
        spellings = dict(zip(words(text), unstemmed(text), strict=True))
        possible_names = may_be_names(text)
        query_words = []
        for word, full_word in spellings.items():
            chunks = max(
                self._chunks_with(searcher, field, word, hidden) for field in ("text", "title")
            )
            forms, spelled = {word}, []
            if full_word in possible_names:
                variants = self._other_spellings(searcher, word, full_word, chunks > 0)
                for form, spelling in variants:
                    if form_chunks := self._chunks_with(searcher, "text", form, hidden):
                        chunks += form_chunks
                        forms.add(form)
                        spelled.append(spelling)
            idf = rarity(searcher.num_docs, chunks)
            query_words.append(QueryWord(word, idf, frozenset(forms), chunks > 0, tuple(spelled)))
        return query_words

    def _chunks_with(
        self, searcher: tantivy.Searcher, field: str, word: str, hidden: Sequence[int]
    ) -> int:
        """How many chunks have a word; unlike tantivy's doc_freq, this excludes deleted chunks."""
        if not searcher.doc_freq(field, word):
            return 0
        query = self._without_hidden(tantivy.Query.term_query(self._schema, field, word), hidden)
        result = searcher.search(query, 1, count=True)
        return int(result.count or 0)  # type: ignore[attr-defined]

    def _without_hidden(self, query: tantivy.Query, hidden: Sequence[int]) -> tantivy.Query:
        """The query, restricted to articles that are not hidden."""
        if not hidden:
            return query
        excluded = tantivy.Query.term_set_query(self._schema, "article", hidden)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, excluded)]
        )

    def _other_spellings(
        self, searcher: tantivy.Searcher, word: str, full_word: str, is_known: bool
    ) -> list[tuple[str, str]]:
        """Other spellings of a name, the most used first: as compared, and as the archive has it.

        Different names may look alike. If the archive has the name as spelled in the query, other
        spellings count as the same name only if they occur with the same other names.
        """
        if self._spellings[0] != self.watermark:
            self._spellings = self.watermark, {}
        cache = self._spellings[1]
        key = full_word, is_known
        if key not in cache:
            cache[key] = Namesakes(searcher, self._schema).find(word, full_word, is_known)
        return cache[key]

    def _anywhere(self, searcher: tantivy.Searcher, word: QueryWord) -> tantivy.Query:
        """A query for a word in the text or the headline; the higher of the two scores counts.

        With the sum, the many words that a headline shares with its text would count twice. All
        spellings of a word weigh as much as if it were always spelled the same.
        """
        clauses = []
        for field, weight in (("text", 1.0), ("title", TITLE_WEIGHT)):
            chunk_counts = {form: searcher.doc_freq(field, form) for form in sorted(word.forms)}
            idf = rarity(searcher.num_docs, sum(chunk_counts.values()))
            for form, chunks in chunk_counts.items():
                if not chunks:
                    continue
                query = tantivy.Query.term_query(self._schema, field, form)
                boost = weight * idf / rarity(searcher.num_docs, chunks)
                clauses.append(tantivy.Query.boost_query(query, boost))
        return tantivy.Query.disjunction_max_query(clauses)

    def _read_state(self) -> _State | None:
        """The saved state of the index, or None if it cannot be read or is another archive's."""
        if self._folder is None:
            return self._in_memory
        try:
            saved = json.loads((self._folder / _STATE).read_bytes())
            is_own = saved["made_for"] == self._archive
            return _State(Watermark(*saved["watermark"]), saved["deleted"]) if is_own else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _delete_state(self) -> None:
        if self._folder is not None:
            (self._folder / _STATE).unlink(missing_ok=True)

    def _write_state(self, state: _State) -> None:
        if self._folder is None:
            self._in_memory = state
        else:
            saved = {"made_for": self._archive, **asdict(state)}
            write_and_rename(self._folder / _STATE, json.dumps(saved).encode())

    def _open(self) -> tantivy.Index:
        """The index on disk, or an empty one if that is missing, torn or has another schema."""
        assert self._folder is not None
        _assert_room(_READER_ADDRESSES)
        # An index that cannot be opened is rebuilt from the database, so nothing is lost.
        with suppress(OSError, ValueError):
            index = tantivy.Index.open(str(self._folder))
            if index.schema == self._schema:
                state = self._read_state()
                self.watermark = state.watermark if state else Watermark()
                return index
        try:
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._folder.mkdir()
            return tantivy.Index(self._schema, path=str(self._folder))
        except (OSError, ValueError):
            return self._new_in_memory()

    def _new_in_memory(self) -> tantivy.Index:
        self._folder = None
        return tantivy.Index(self._schema)

    def _writer(self) -> tantivy.IndexWriter | None:
        """The index's only writer, or None if another process keeps it.

        Raises MemoryError if the limits of the process leave too little memory for a writer.
        """
        _assert_room(_WRITER_ADDRESSES)
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                return self._index.writer(_WRITER_BYTES, num_threads=1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise
                if time.monotonic() > deadline:
                    return None
                time.sleep(0.05)


def _values(searcher: tantivy.Searcher, field: str, hits: Sequence[tuple[Any, Any]]) -> list[int]:
    """The number in a field of each hit."""
    values = searcher.fast_field_values(field, [address for _, address in hits])
    return [int(value or 0) for value in values]


def _assert_room(addresses: int) -> None:
    """Raise MemoryError if tantivy could not get its memory, which would end the whole process."""
    try:
        import resource
    except ImportError:  # as on Windows, which has no such limit
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        try:
            mmap.mmap(-1, addresses).close()
        except OSError as error:
            raise MemoryError from error
