"""An optional cross-encoder: it reads a question and a passage together, and scores the passage.

It loads torch, which takes seconds: import this module only where passages are scored.
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

    ``name`` is one that ``index.models.model_folder`` finds. Only safetensors are read, and none
    of the model's code is run. May be used from several threads. Raises ArchiveError if the model
    cannot be loaded, or does not give exactly one score.
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
        """How well each text answers a query, shape ``(len(texts),)``; higher is better."""
        if not texts:
            return np.empty(0, np.float32)
        pairs = [(query, text) for text in texts]
        # A tokenizer that truncates must not be used by two threads at once.
        with self._lock:
            scores = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        return np.asarray(scores, np.float32)


def _gives_one_score(model: CrossEncoder) -> bool:
    """Whether a model was trained to score; any other model would get random weights for it."""
    architectures = (model.config and model.config.architectures) or [""]
    can_score = architectures[0].endswith(("ForSequenceClassification", "ForCausalLM"))
    return can_score and model.num_labels == 1
