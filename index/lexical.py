"""The lexical index: the chunks' words in tantivy (BM25), derived from the truth."""

import json
import math
import shutil
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tantivy

from index.files import write_and_rename
from index.spelling import by_skeleton, spellings
from index.store import Manifest, Store, Watermark

FOLDER = "lexical"
_WATERMARK = "watermark.json"
_ANALYZER = "words"
_WRITER_BYTES = 64_000_000
_WAIT_SECONDS = 5.0

TITLE_WEIGHT = 0.5
"""What a word of the headline counts beside one of the text (see README, Decisions)."""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word that is searched for, as it is compared.

    ``forms`` are the spellings that count as this word, ``rarity`` is its inverse document
    frequency over the chunks, and ``known`` says whether the archive has it in any form.
    """

    text: str
    rarity: float
    forms: frozenset[str]
    known: bool


def words(text: str) -> list[str]:
    """The words of a text as they are compared: folded, stemmed, in order, common ones out."""
    return _analyzer().analyze(text)


class LexicalIndex:
    """The words of the chunks, folded (case, diacritics) and stemmed, by chunk number.

    It lies on disk beside the truth, or in memory where nothing can be written there. Tantivy's
    own commits survive a kill; the watermark is written after them, and what lies beyond it is
    taken out and added anew. Several processes share what is on disk: whoever holds tantivy's
    lock goes on from the watermark that is there, and leaves a later one behind.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder = folder / FOLDER
        self._made_for = manifest.archive
        self._schema = _schema()
        self.watermark = Watermark()
        self._vocabulary: tuple[Watermark, dict[str, list[str]]] | None = None
        self._index = self._open()
        self._index.register_tokenizer(_ANALYZER, _analyzer())

    def catch_up(self, store: Store) -> None:
        """Add what came to the truth since, and forget what was deleted.

        Where another process is doing so for longer than a few seconds, it is left to it: what
        is found is checked against the truth in any case.
        """
        target = store.watermark()
        if self.watermark == target:
            return
        writer = self._writer()
        if writer is None:
            return
        since = self._saved() if self._folder.is_dir() else self.watermark
        if since is None or self.watermark.is_beyond(target):
            # Nobody knows what is in it, or the truth has been put back to an earlier state.
            (self._folder / _WATERMARK).unlink(missing_ok=True)
            writer.delete_all_documents()
            self._write(writer, store, Watermark(), target)
        elif since != target and not since.is_beyond(target):
            self._write(writer, store, since, target)
        writer.wait_merging_threads()
        self._index.reload()
        self.watermark = target

    def _write(
        self, writer: tantivy.IndexWriter, store: Store, since: Watermark, target: Watermark
    ) -> None:
        newer = tantivy.Query.range_query(
            self._schema, "chunk", tantivy.FieldType.Integer, since.chunk + 1, 2**62
        )
        writer.delete_documents_by_query(newer)
        for number in store.forgotten(since.forgotten):
            writer.delete_documents_by_term("chunk", number)
        after = since.chunk
        while chunks := store.chunk_texts(after):
            for chunk in chunks:
                document = tantivy.Document()
                document.add_integer("chunk", chunk.number)
                document.add_integer("article", chunk.article)
                document.add_text("title", chunk.title)
                document.add_text("text", chunk.text)
                writer.add_document(document)
            after = chunks[-1].number
        writer.commit()
        if self._folder.is_dir():
            state = {"made_for": self._made_for, "watermark": target}
            write_and_rename(self._folder / _WATERMARK, json.dumps(state).encode())

    def search(
        self, query: str, most: int, articles: list[int] | None = None
    ) -> tuple[list[int], list[float]]:
        """The chunks that share words with a query and their BM25 scores, best first.

        Any of the words is enough; only chunks of ``articles`` (by number) if given.
        """
        clauses = [
            (tantivy.Occur.Should, self._anywhere(form))
            for word in self.query_words(query)
            for form in sorted(word.forms)
        ]
        if not clauses:
            return [], []
        searched = tantivy.Query.boolean_query(clauses)
        if articles is not None:
            allowed = tantivy.Query.term_set_query(self._schema, "article", articles)
            searched = tantivy.Query.boolean_query([
                (tantivy.Occur.Must, searched),
                (tantivy.Occur.Must, tantivy.Query.const_score_query(allowed, 0.0)),
            ])  # fmt: skip
        searcher = self._index.searcher()
        hits = searcher.search(searched, most, count=False).hits
        numbers = searcher.fast_field_values("chunk", [address for _, address in hits])
        return [int(number or 0) for number in numbers], [score for score, _ in hits]

    def query_words(self, text: str) -> list[QueryWord]:
        """The different words of a query, in order, with what the archive knows of them."""
        searcher = self._index.searcher()
        # A stemmed name no longer shows how it was spelled.
        written = dict(zip(words(text), _analyzer(stemmed=False).analyze(text), strict=True))
        found = []
        for word, spelled in written.items():
            chunks = max(self._chunks_with(searcher, field, word) for field in ("text", "title"))
            forms = {word} if chunks else {word, *self._spelled_otherwise(searcher, spelled)}
            chunks = chunks or sum(self._chunks_with(searcher, "text", form) for form in forms)
            everywhere = searcher.num_docs
            # The inverse document frequency of BM25, as tantivy and Lucene have it.
            rarity = math.log1p(max(0.0, everywhere - chunks + 0.5) / (chunks + 0.5))
            found.append(QueryWord(word, rarity, frozenset(forms), chunks > 0))
        return found

    def _chunks_with(self, searcher: tantivy.Searcher, field: str, word: str) -> int:
        """In how many chunks a word stands; tantivy's own doc_freq counts deleted ones too."""
        if not searcher.doc_freq(field, word):
            return 0
        query = tantivy.Query.term_query(self._schema, field, word)
        found = searcher.search(query, 1, count=True)
        return int(found.count or 0)  # type: ignore[attr-defined]

    def _spelled_otherwise(self, searcher: tantivy.Searcher, word: str) -> list[str]:
        """Other spellings of a word that the archive does not have; it may be a name."""
        if self._vocabulary is None or self._vocabulary[0] != self.watermark:
            vocabulary = (each for each, _ in searcher.terms_with_prefix("text", ""))
            self._vocabulary = self.watermark, by_skeleton(vocabulary)
        return spellings(word, self._vocabulary[1])

    def _anywhere(self, word: str) -> tantivy.Query:
        """A word in the text or in the headline: what counts more of the two, not their sum.

        Added up, the many words that a headline shares with its text would count twice.
        """
        in_text = tantivy.Query.term_query(self._schema, "text", word)
        in_title = tantivy.Query.term_query(self._schema, "title", word)
        weighted = tantivy.Query.boost_query(in_title, TITLE_WEIGHT)
        return tantivy.Query.disjunction_max_query([in_text, weighted])

    def _saved(self) -> Watermark | None:
        """How far what is on disk has come, or None where that is not known."""
        try:
            saved = json.loads((self._folder / _WATERMARK).read_bytes())
            known = saved["made_for"] == self._made_for
            return Watermark(*saved["watermark"]) if known else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _open(self) -> tantivy.Index:
        """What was left on disk, or an empty index where that is missing, torn or of no use."""
        try:
            index = tantivy.Index.open(str(self._folder))
            if index.schema == self._schema:
                self.watermark = self._saved() or Watermark()
                return index
        except (OSError, ValueError):
            pass  # It is made anew from the truth, which loses nothing.
        try:
            if self._folder.exists():
                shutil.rmtree(self._folder)
            self._folder.mkdir()
            return tantivy.Index(self._schema, path=str(self._folder))
        except (OSError, ValueError):
            return tantivy.Index(self._schema)

    def _writer(self) -> tantivy.IndexWriter | None:
        """The only writer there may be, or None where another process keeps it."""
        until = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                return self._index.writer(_WRITER_BYTES, num_threads=1)
            except ValueError:
                if time.monotonic() > until:
                    return None
                time.sleep(0.05)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Declared as integers, never inferred: a number that is inferred breaks an unsigned field.
    builder.add_integer_field("chunk", indexed=True, fast=True)
    builder.add_integer_field("article", indexed=True, fast=True)
    builder.add_text_field("title", tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


@cache
def _analyzer(stemmed: bool = True) -> tantivy.TextAnalyzer:
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
    )
    return (builder.filter(tantivy.Filter.stemmer("english")) if stemmed else builder).build()
