"""Cutting articles into chunks."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus import Article, Chunk
from corpus.chunking import CHUNK_TOKENS, Chunker, CountTokens
from tests.test_sentences import TEXTS

LONG_TEXTS = st.lists(
    TEXTS | st.sampled_from(["One two three four, five; six seven. ", "word " * 20, "x" * 300]),
    max_size=8,
).map("".join)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_visible(texts: Sequence[str]) -> list[int]:
    """As tokenizers of single characters count."""
    return [sum(not character.isspace() for character in text) for text in texts]


def pieces(text: str, limit: int) -> list[str]:
    chunks = Chunker(count_words, 254, limit).cut(Article("a", "A title", text))
    return [text[chunk.start : chunk.end] for chunk in chunks]


def assert_chunks(text: str, chunks: Sequence[Chunk]) -> None:
    """They are numbered, in order, apart, and leave out nothing but white space."""
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    at = 0
    for chunk in chunks:
        assert chunk.article_id == "a"
        assert at <= chunk.start < chunk.end <= len(text)
        assert not text[at : chunk.start].strip()
        assert text[chunk.start : chunk.end] == text[chunk.start : chunk.end].strip()
        at = chunk.end
    assert not text[at:].strip()


PARAGRAPHS = """The ferry was late. Nobody knew why.

Mayor Ilse Roth spoke to the press. She promised an inquiry. It begins on Monday.

The operator declined to comment."""


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (100, [PARAGRAPHS]),
        # 7, 14 and 5 words: paragraphs stay whole, and as many as fit stand together.
        (
            20,
            [
                "The ferry was late. Nobody knew why.",
                "Mayor Ilse Roth spoke to the press. She promised an inquiry. It begins on "
                "Monday.\n\nThe operator declined to comment.",
            ],
        ),
        # A paragraph that is too long is cut at its sentences.
        (
            8,
            [
                "The ferry was late. Nobody knew why.",
                "Mayor Ilse Roth spoke to the press.",
                "She promised an inquiry. It begins on Monday.",
                "The operator declined to comment.",
            ],
        ),
        # And a sentence that is too long where it can be.
        (
            4,
            [
                "The ferry was late.",
                "Nobody knew why.",
                "Mayor Ilse Roth spoke",
                "to the press.",
                "She promised an inquiry.",
                "It begins on Monday.",
                "The operator declined to",
                "comment.",
            ],
        ),
    ],
)
def test_paragraphs_then_sentences_then_words(limit: int, expected: list[str]) -> None:
    assert pieces(PARAGRAPHS, limit) == expected


def test_long_sentences_are_cut_at_semicolons_and_commas_first() -> None:
    text = "He saw the harbour, the market; she saw the old mill, the weir; and they went home."
    assert pieces(text, 7) == [
        "He saw the harbour, the market;",
        "she saw the old mill, the weir;",
        "and they went home.",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n"])
def test_nothing_to_cut(text: str) -> None:
    assert pieces(text, 5) == []


def test_repeated_text_is_found_at_its_own_place() -> None:
    text = "Again and again. " * 6
    chunks = Chunker(count_words, 254, 3).cut(Article("a", "", text))
    assert chunks == [Chunk("a", n, 17 * n, 17 * n + 16) for n in range(6)]


def test_never_longer_than_the_encoder_reads() -> None:
    text = "word " * 40
    chunks = Chunker(count_words, 9, CHUNK_TOKENS).cut(Article("a", "", text))
    assert count_words([text[chunk.start : chunk.end] for chunk in chunks]) == [9, 9, 9, 9, 4]


def test_parts_with_fewer_tokens_than_their_whole() -> None:
    """With some tokenizers the joints cost tokens of their own."""

    def count(texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + text.count(". ") * 2 for text in texts]

    text = "One two three. Four five six. Seven eight nine. Ten."
    chunks = Chunker(count, 254, 8).cut(Article("a", "", text))
    assert_chunks(text, chunks)
    assert max(count([text[chunk.start : chunk.end] for chunk in chunks])) <= 8


@settings(deadline=None)
@given(LONG_TEXTS, st.integers(1, 12), st.sampled_from([count_words, count_visible]))
@example("One two three four, five; six seven. ", 3, count_words)
@example("c d e", 1, count_words)
@example("", 1, count_words)
def test_any_text(text: str, limit: int, count: CountTokens) -> None:
    chunks = Chunker(count, 254, limit).cut(Article("a", "A title", text))
    assert_chunks(text, chunks)
    lengths = count([text[chunk.start : chunk.end] for chunk in chunks])
    assert max(lengths, default=0) <= limit


HARD = [
    "x" * 5_000,
    "Here it is: " + "Donaudampfschifffahrt" * 240 + ". And on it went.",
    "🙂🎉👩‍👩‍👧‍👦 " * 200,
    "港口关闭了，船都走了。" * 80,
    "اجتمع المجلس يوم الثلاثاء. " * 60,
    "a\u0301\u200b\ufeff\xa0" * 400,
    "1,2;3.4-" * 500,
    "\n".join(
        ["A heading", "A line that is wrapped at the width of a screen, as mail once was"] * 40
    ),
]


@pytest.fixture(scope="module")
def count_tokens() -> CountTokens:
    from index.encoder import Encoder

    encoder = Encoder()
    assert encoder.longest == 254
    return encoder.count_tokens


@pytest.mark.slow
@pytest.mark.parametrize("text", HARD, ids=lambda text: ascii(text[:12]))
def test_hard_texts_with_the_real_tokenizer(count_tokens: CountTokens, text: str) -> None:
    chunks = Chunker(count_tokens, 254).cut(Article("a", "", text))
    assert_chunks(text, chunks)
    lengths = count_tokens([text[chunk.start : chunk.end] for chunk in chunks])
    assert max(lengths) <= CHUNK_TOKENS
    # Nor is it cut to shreds: two neighbours would not have fitted into one.
    joined = [one + other for one, other in pairwise(lengths)]
    assert min(joined, default=CHUNK_TOKENS) >= CHUNK_TOKENS // 2


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(LONG_TEXTS)
def test_any_text_with_the_real_tokenizer(count_tokens: CountTokens, text: str) -> None:
    chunks = Chunker(count_tokens, 254, 12).cut(Article("a", "", text))
    assert_chunks(text, chunks)
    lengths = count_tokens([text[chunk.start : chunk.end] for chunk in chunks])
    assert max(lengths, default=0) <= 12
