"""Cuts articles into chunks that fit into an encoder.

Loads langchain-text-splitters, which takes a moment, so import this module only to cut articles.
"""

from collections.abc import Callable, Iterator, Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus.article import Article, Chunk
from corpus.sentences import sentences, trim

CountTokens = Callable[[Sequence[str]], list[int]]

CHUNK_TOKENS = 180
"""The longest chunk, in the encoder's tokens (see docs/experiments.md)."""


class Chunker:
    """Cuts articles at paragraph and sentence ends into chunks of limited tokens.

    ``count_tokens`` returns the number of the encoder's tokens in each text, and ``longest`` is the
    number that the encoder reads, both without its special tokens: no chunk is longer. A chunk is
    embedded as it is, with nothing before it.
    """

    def __init__(
        self, count_tokens: CountTokens, longest: int, chunk_tokens: int = CHUNK_TOKENS
    ) -> None:
        self._count_tokens = count_tokens
        self._limit = min(chunk_tokens, longest)

    def cut(self, article: Article) -> list[Chunk]:
        """The chunks of an article in order; they never overlap, and leave out only white space."""
        limit = self._limit
        while True:
            spans = _SentenceSplitter(self._count_tokens, limit).spans(article)
            tokens = self._count_tokens([article.text[start:end] for start, end in spans])
            # With some tokenizers a text has more tokens than its parts together.
            if limit <= 1 or max(tokens, default=0) <= self._limit:
                break
            limit = limit * 3 // 4
        return [
            Chunk(article.id, ordinal, start, end) for ordinal, (start, end) in enumerate(spans)
        ]


class _SentenceSplitter(RecursiveCharacterTextSplitter):
    """Packs paragraphs, or else sentences, or else parts of one, up to ``limit`` tokens."""

    def __init__(self, count_tokens: CountTokens, limit: int) -> None:
        self._count_tokens = count_tokens
        self._token_counts: dict[str, int] = {}
        super().__init__(
            separators=["; ", ", ", " ", ""],
            keep_separator="end",
            chunk_size=limit,
            chunk_overlap=0,
            length_function=self._tokens,
            add_start_index=True,
            # Pieces are merged again, and need the blanks between them.
            strip_whitespace=False,
        )

    def spans(self, article: Article) -> list[tuple[int, int]]:
        """The chunks of an article as character offsets."""
        self._language = article.language
        documents = self.create_documents([article.text])
        starts = [document.metadata["start_index"] for document in documents]
        spans = (
            trim(article.text, start, start + len(document.page_content))
            for start, document in zip(starts, documents, strict=True)
        )
        return [(start, end) for start, end in spans if start < end]

    def split_text(self, text: str) -> list[str]:
        paragraphs = list(_paragraphs(text, self._language))
        pieces = [sentence for paragraph in paragraphs for sentence in paragraph]
        # Counting them together is several times as fast as one by one.
        self._token_counts = dict(zip(pieces, self._count_tokens(pieces), strict=True))
        fitting: list[str] = []
        for paragraph in paragraphs:
            tokens = [self._tokens(sentence) for sentence in paragraph]
            if sum(tokens) <= self._chunk_size:
                joined = "".join(paragraph)
                self._token_counts[joined] = sum(tokens)
                fitting.append(joined)
                continue
            for sentence, count in zip(paragraph, tokens, strict=True):
                too_long = count > self._chunk_size
                fitting += super().split_text(sentence) if too_long else [sentence]
        return self._merge_splits(fitting, "")

    def _tokens(self, text: str) -> int:
        count = self._token_counts.get(text)
        tokens = self._count_tokens([text])[0] if count is None else count
        # A piece without tokens, such as a blank, would be repeated in the next chunk.
        return max(tokens, 1) if text else 0


def _paragraphs(text: str, language: str | None) -> Iterator[list[str]]:
    """The paragraphs of a text as lists of sentences, which joined are the text."""
    spans = sentences(text, language)
    if not spans:
        return
    starts = [0, *(start for start, _ in spans[1:])]
    paragraph: list[str] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        paragraph.append(text[start:end])
        if "\n" in text[start:end][-2:]:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph
