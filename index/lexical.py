"""The lexical index: the chunks' words in tantivy (BM25), derived from the truth."""

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
# What tantivy's threads take of the addresses of a process, and hardly any of its memory.
_WRITER_ADDRESSES = 700_000_000
_READER_ADDRESSES = 50_000_000
_WAIT_SECONDS = 5.0

FEW_CHUNKS = 20_000
MOST_DELETED = 0.01
"""BM25 counts the words of deleted chunks until tantivy merges them away. So that scores are what
they would be in a new index, it is made anew as soon as a chunk is deleted where there are few,
which takes a second or two, and elsewhere when this part of them was deleted: that costs less
than embedding them did."""

TITLE_WEIGHT = 0.5
"""What a word of the headline counts beside one of the text (see docs/experiments.md)."""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word that is searched for, as it is compared.

    ``forms`` are the spellings that count as this word, ``rarity`` is its inverse document
    frequency over the chunks, and ``known`` says whether the archive has it in any form.
    ``spelled`` tells a reader how else the archive writes it, the most used spelling first.
    """

    text: str
    rarity: float
    forms: frozenset[str]
    known: bool
    spelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _State:
    """How far an index has come, and how many deleted chunks it may still count."""

    watermark: Watermark
    deleted: int = 0

    @property
    def misleads(self) -> bool:
        """Whether the deleted chunks among the others bend the scores too much."""
        chunks = self.watermark.chunks
        return self.deleted > (MOST_DELETED * chunks if chunks >= FEW_CHUNKS else 0)


class LexicalIndex:
    """The words of the chunks, folded (case, diacritics) and stemmed, by chunk number.

    It lies on disk beside the truth, or in memory where nothing can be written there. Tantivy's
    own commits survive a kill; the watermark is written after them, and what lies beyond it is
    taken out and added anew. Several processes share what is on disk: whoever holds tantivy's
    lock goes on from the watermark that is there, and leaves a later one behind.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder: Path | None = folder / FOLDER
        self._made_for = manifest.archive
        self._schema = schema()
        self._in_memory = _State(Watermark())
        self.watermark = Watermark()
        self._spellings: tuple[Watermark, dict[tuple[str, bool], list[tuple[str, str]]]]
        self._spellings = self.watermark, {}
        self._index = self._open()
        self._index.register_tokenizer(ANALYZER, analyzer())

    def catch_up(self, store: Store) -> None:
        """Add what came to the truth since, and forget what was deleted.

        Where another process is doing so for longer than a few seconds, it is left to it: what
        is found is checked against the truth in any case. Where the files cannot be written, it
        goes on in memory.
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
        # Whatever another process has written was in the truth before this writer was had: a
        # state that the truth does not know is of another past.
        with store.snapshot():
            target = store.watermark()
            since, reached = Watermark(), _State(target)
            before = self._kept_state()
            if before and store.knows(before.watermark):
                since = before.watermark
                gone = len(store.forgotten(since)) + self._left_over(since)
                reached = _State(target, before.deleted + gone)
            if since == Watermark() or reached.misleads:
                self._forget_state()
                writer.delete_all_documents()
                since, reached = Watermark(), _State(target)
            if since != target:
                self._write(writer, store, since)
                self._keep_state(reached)
        writer.wait_merging_threads()
        self._index.reload()
        self.watermark = target

    def _left_over(self, since: Watermark) -> int:
        """How many chunks were added beyond a watermark before a kill; they are added anew."""
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
        """The chunks that share words with a query and their BM25 scores, best first.

        Any of the words is enough; only chunks that the filters let through, and none of the
        ``hidden`` articles. The filters' own articles are ``chosen``. Both are given by number.
        """
        searcher = self._index.searcher()
        clauses = [
            (tantivy.Occur.Should, self._anywhere(searcher, word))
            for word in self.query_words(query, hidden)
            if word.known
        ]
        if not clauses:
            return [], []
        searched = self._shown(tantivy.Query.boolean_query(clauses), hidden)
        if filters:
            passing = [*self._passing(filters)]
            if chosen is not None:
                passing.append(tantivy.Query.term_set_query(self._schema, "article", chosen))
            filtering = (tantivy.Query.const_score_query(limit, 0.0) for limit in passing)
            every = [(tantivy.Occur.Must, must) for must in (searched, *filtering)]
            searched = tantivy.Query.boolean_query(every)
        # Tantivy makes room for all that are asked for, and ends the process where there is none.
        hits = searcher.search(searched, max(1, min(most, searcher.num_docs)), count=False).hits
        return _values(searcher, "chunk", hits), [score for score, _ in hits]

    def _passing(self, filters: Filters) -> Iterator[tantivy.Query]:
        """Queries that find together what the filters let through."""
        bounds = {"last_day": (filters.after, filters.as_of), "first_day": (None, filters.before)}
        for name, (first, last) in bounds.items():
            if first or last:
                days = (first or date.min).toordinal(), (last or date.max).toordinal()
                yield tantivy.Query.range_query(self._schema, name, _INTEGER, *days)
        for name, wanted in (("source", filters.sources), ("language", filters.languages)):
            if wanted:
                some = [value.casefold() for value in wanted]
                yield tantivy.Query.term_set_query(self._schema, name, some)

    def having_all(self, query: str, hidden: Sequence[int] = ()) -> list[int]:
        """The chunks that have every word of a query, in some form, in no order."""
        searcher = self._index.searcher()
        asked = self.query_words(query, hidden)
        if not asked or not all(word.known for word in asked):
            return []
        every = [(tantivy.Occur.Must, self._anywhere(searcher, word)) for word in asked]
        query_of_all = self._shown(tantivy.Query.boolean_query(every), hidden)
        hits = searcher.search(query_of_all, max(1, searcher.num_docs), count=False).hits
        return _values(searcher, "chunk", hits)

    def matching(
        self, query: str, hidden: Sequence[int] = (), every: bool = True
    ) -> dict[int, tuple[float, int]]:
        """The articles that have the words of a query, with the best chunk's score and number.

        They have ``every`` word, in whatever chunk of theirs and in some form, or any of them.
        """
        searcher = self._index.searcher()
        asked = self.query_words(query, hidden)
        if not asked or (every and not all(word.known for word in asked)):
            return {}
        most = max(1, searcher.num_docs)
        parts = {word: self._anywhere(searcher, word) for word in asked if word.known}
        if not parts:
            return {}
        any_word = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, part) for part in parts.values()]
        )
        hits = searcher.search(self._shown(any_word, hidden), most, count=False).hits
        numbers = (_values(searcher, field, hits) for field in ("chunk", "article"))
        best: dict[int, tuple[float, int]] = {}
        for (score, _), chunk, article in zip(hits, *numbers, strict=True):
            best.setdefault(article, (score, chunk))
        for part in parts.values() if every and len(parts) > 1 else ():
            having = searcher.search(part, most, count=False).hits
            there = best.keys() & set(_values(searcher, "article", having))
            best = {article: best[article] for article in there}
        return best

    def query_words(self, text: str, hidden: Sequence[int] = ()) -> list[QueryWord]:
        """The different words of a query, in order, with what the archive knows of them.

        What only the ``hidden`` articles (by number) have, it does not know.
        """
        searcher = self._index.searcher()
        text = names_stripped(text)
        # A stemmed name no longer shows how it was spelled.
        written = dict(zip(words(text), unstemmed(text), strict=True))
        names_perhaps = may_be_names(text)
        query_words = []
        for word, asked in written.items():
            chunks = max(
                self._chunks_with(searcher, field, word, hidden) for field in ("text", "title")
            )
            forms, spelled = {word}, []
            if asked in names_perhaps:
                for form, spelling in self._spelled_otherwise(searcher, word, asked, chunks > 0):
                    if others := self._chunks_with(searcher, "text", form, hidden):
                        chunks += others
                        forms.add(form)
                        spelled.append(spelling)
            rare = rarity(searcher.num_docs, chunks)
            query_words.append(QueryWord(word, rare, frozenset(forms), chunks > 0, tuple(spelled)))
        return query_words

    def _chunks_with(
        self, searcher: tantivy.Searcher, field: str, word: str, hidden: Sequence[int]
    ) -> int:
        """In how many chunks a word stands; tantivy's own doc_freq counts deleted ones too."""
        if not searcher.doc_freq(field, word):
            return 0
        query = self._shown(tantivy.Query.term_query(self._schema, field, word), hidden)
        result = searcher.search(query, 1, count=True)
        return int(result.count or 0)  # type: ignore[attr-defined]

    def _shown(self, query: tantivy.Query, hidden: Sequence[int]) -> tantivy.Query:
        """A query that finds nothing of the hidden articles."""
        if not hidden:
            return query
        unwanted = tantivy.Query.term_set_query(self._schema, "article", hidden)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.MustNot, unwanted)]
        )

    def _spelled_otherwise(
        self, searcher: tantivy.Searcher, word: str, asked: str, known: bool
    ) -> list[tuple[str, str]]:
        """Other spellings of a name, the most used first: as compared, and as written here.

        Many a name looks like another one. Where the archive has the name as it is asked for,
        another spelling is only the same name if both are mentioned together with the same
        other names.
        """
        if self._spellings[0] != self.watermark:
            self._spellings = self.watermark, {}
        known_forms = self._spellings[1]
        if (asked, known) not in known_forms:
            known_forms[asked, known] = Namesakes(searcher, self._schema).find(word, asked, known)
        return known_forms[asked, known]

    def _anywhere(self, searcher: tantivy.Searcher, word: QueryWord) -> tantivy.Query:
        """A word in the text or in the headline: what counts more of the two, not their sum.

        Added up, the many words that a headline shares with its text would count twice. All
        spellings of a word weigh as much as if it were always spelled the same.
        """
        clauses = []
        for field, weight in (("text", 1.0), ("title", TITLE_WEIGHT)):
            used = {form: searcher.doc_freq(field, form) for form in sorted(word.forms)}
            rare = rarity(searcher.num_docs, sum(used.values()))
            for form, chunks in used.items():
                if not chunks:
                    continue
                query = tantivy.Query.term_query(self._schema, field, form)
                boost = weight * rare / rarity(searcher.num_docs, chunks)
                clauses.append(tantivy.Query.boost_query(query, boost))
        return tantivy.Query.disjunction_max_query(clauses)

    def _kept_state(self) -> _State | None:
        """How far what is there has come, or None where that is not known."""
        if self._folder is None:
            return self._in_memory
        try:
            saved = json.loads((self._folder / _STATE).read_bytes())
            known = saved["made_for"] == self._made_for
            return _State(Watermark(*saved["watermark"]), saved["deleted"]) if known else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _forget_state(self) -> None:
        if self._folder is not None:
            (self._folder / _STATE).unlink(missing_ok=True)

    def _keep_state(self, state: _State) -> None:
        if self._folder is None:
            self._in_memory = state
        else:
            saved = {"made_for": self._made_for, **asdict(state)}
            write_and_rename(self._folder / _STATE, json.dumps(saved).encode())

    def _open(self) -> tantivy.Index:
        """What was left on disk, or an empty index where that is missing, torn or of no use."""
        assert self._folder is not None
        _assert_room(_READER_ADDRESSES)
        # What cannot be opened is made anew from the truth, which loses nothing.
        with suppress(OSError, ValueError):
            index = tantivy.Index.open(str(self._folder))
            if index.schema == self._schema:
                state = self._kept_state()
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
        """The only writer there may be, or None where another process keeps it.

        Raises MemoryError where the process is limited to too little for one.
        """
        _assert_room(_WRITER_ADDRESSES)
        until = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                return self._index.writer(_WRITER_BYTES, num_threads=1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise
                if time.monotonic() > until:
                    return None
                time.sleep(0.05)


def _values(searcher: tantivy.Searcher, field: str, hits: Sequence[tuple[Any, Any]]) -> list[int]:
    """The number that each document that was found has in a field."""
    values = searcher.fast_field_values(field, [address for _, address in hits])
    return [int(value or 0) for value in values]


def _assert_room(addresses: int) -> None:
    """Raise MemoryError where tantivy would find no memory, which ends the whole process."""
    try:
        import resource
    except ImportError:  # as on Windows, which has no such limit
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        try:
            mmap.mmap(-1, addresses).close()
        except OSError as error:
            raise MemoryError from error
