"""A chunk in the lexical index: a tantivy document, and the schema of its fields."""

from datetime import date
from hashlib import blake2b

import tantivy

from corpus.encoding import caseless
from index.spelling import names, sounds
from index.store import ChunkText
from index.words import separated

ANALYZER = "words of every script, without endings"
"""The name changes whenever words are compared differently, so that an old index is rebuilt."""


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Declared as integers and never inferred, because an inferred number breaks an unsigned field.
    for name in ("chunk", "article", "first_day", "last_day"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("lot", fast=True)
    for name in ("source", "language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    # Each name in the text, after its sounds and a blank, so that the spellings of one name are
    # neighbours. The field is stored, so that the other names of a chunk can be read.
    builder.add_text_field("name", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def document(chunk: ChunkText) -> tantivy.Document:
    """A chunk as a document: its words, its names, and the article's fields used by filters."""
    entry = tantivy.Document()
    entry.add_integer("chunk", chunk.number)
    entry.add_integer("article", chunk.article)
    entry.add_integer("lot", _lot(chunk.text))
    for name in ("first_day", "last_day"):
        if day := getattr(chunk, name):
            entry.add_integer(name, date.fromisoformat(day).toordinal())
    for name in ("source", "language"):
        if (value := getattr(chunk, name)) is not None:
            entry.add_text(name, caseless(value))
    entry.add_text("title", separated(chunk.title))
    entry.add_text("text", separated(chunk.text))
    for name in names(chunk.text):
        entry.add_text("name", f"{sounds(name)} {name}")
    return entry


def _lot(text: str) -> int:
    """A number for drawing a sample of chunks; the same whenever and wherever a chunk is added."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest())
