"""What the lexical index keeps of a chunk: a document of tantivy, and its fields."""

from datetime import date
from hashlib import blake2b

import tantivy

from index.spelling import names, sounds
from index.store import ChunkText
from index.words import separated

ANALYZER = "words of every script, without endings"
"""Another name where words are compared otherwise: an index of the former kind is made anew."""


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # Declared as integers, never inferred: a number that is inferred breaks an unsigned field.
    for name in ("chunk", "article", "first_day", "last_day"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("lot", fast=True)
    for name in ("source", "language"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name=ANALYZER, index_option="freq")
    builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    # The names in the text, each after its sounds and a blank: of one name the spellings are
    # beside each other, and what other names a chunk has can be read.
    builder.add_text_field("name", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def document(chunk: ChunkText) -> tantivy.Document:
    """A chunk as a document: its words, its names, and what a filter may ask of its article."""
    made = tantivy.Document()
    made.add_integer("chunk", chunk.number)
    made.add_integer("article", chunk.article)
    made.add_integer("lot", _lot(chunk.text))
    for name in ("first_day", "last_day"):
        if day := getattr(chunk, name):
            made.add_integer(name, date.fromisoformat(day).toordinal())
    for name in ("source", "language"):
        if (value := getattr(chunk, name)) is not None:
            made.add_text(name, value.casefold())
    made.add_text("title", separated(chunk.title))
    made.add_text("text", separated(chunk.text))
    for name in names(chunk.text):
        made.add_text("name", f"{sounds(name)} {name}")
    return made


def _lot(text: str) -> int:
    """A number by which some of many chunks are drawn: the same whenever and wherever they came."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest())
