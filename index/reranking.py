"""An optional cross-encoder: it reads the question and a passage together, and says how well.

Loads torch, which takes seconds: import it where passages are scored.
"""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import CrossEncoder

from index.errors import ArchiveError
from index.models import in_few_threads, load

_BATCH = 16


class Reranker:
    """A sentence-transformers CrossEncoder: a question and passages in, scores out.

    ``name`` is one that ``index.models.model_folder`` finds. Only safetensors are read, and no
    code of the model's is run. May be used from several threads. Raises ArchiveError where the
    model cannot be loaded, or gives no score or several.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._model = load(CrossEncoder, name, "reranker", "cross-encoder")
        if not _gives_one_score(self._model):
            raise ArchiveError(
                f"The reranker {name!r} is no cross-encoder that gives a question and a passage "
                "one score; name another, such as those made for MS MARCO."
            )

    @in_few_threads
    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers a query, shape ``(len(texts),)``; more is better."""
        if not texts:
            return np.empty(0, np.float32)
        pairs = [(query, text) for text in texts]
        # A tokenizer that is told where to cut off may not be used twice at once.
        with self._lock:
            scores = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        return np.asarray(scores, np.float32)


def _gives_one_score(model: CrossEncoder) -> bool:
    """Whether a model was made to score; to any other, a layer with random weights is added."""
    made_as = (model.config and model.config.architectures) or [""]
    scores = made_as[0].endswith(("ForSequenceClassification", "ForCausalLM"))
    return scores and model.num_labels == 1
