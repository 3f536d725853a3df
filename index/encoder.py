"""The sentence-transformers model that turns texts into vectors.

It loads torch, which takes seconds: import this module only where texts are encoded.
"""

import atexit
import copy
import gc
import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from index.eight_bits import in_eight_bits
from index.models import (
    DEFAULT,
    LENGTHS,
    in_few_threads,
    is_quicker_in_eight_bits,
    load,
    model_folder,
    prompts,
)

_BATCH = 16


# At exit, collecting garbage among everything that torch loaded would take longer than the exit.
atexit.register(gc.freeze)


class Encoder:
    """A sentence-transformers model: texts in, unit vectors out.

    ``name`` is one that ``index.models.model_folder`` finds. Only safetensors are read, and none
    of the model's code is run. If the device multiplies bfloat16 in hardware, the model runs in
    bfloat16, at about twice the speed; else in eight bits where that is quicker than float32.
    The model's prompts are put before questions and texts. May be used from several threads.
    Raises ArchiveError if the model cannot be loaded.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self._model = load(SentenceTransformer, name, "encoder", "model")
        self._model.eval()
        if is_quicker_in_eight_bits():
            in_eight_bits(self._model)
        # A model whose length is no multiple of ``LENGTHS`` must not be padded beyond its length.
        self._multiple = None if int(self._model.max_seq_length or 512) % LENGTHS else LENGTHS
        self._before_question, self._before_text = prompts(name, self._model.prompts)
        # A tokenizer remembers its last settings for truncation and padding, which must not change
        # under another thread. So one tokenizer counts, another encodes; both are set up here.
        self._counting = copy.deepcopy(self._model.tokenizer)
        self.count_tokens(["a"])
        self.encode_question("a")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the weight files and the prompt before a text.

        Vectors of texts are comparable only if their encoders' fingerprints are equal.
        """
        digest = hashlib.sha256()
        for file in sorted(model_folder(self.name).rglob("*.safetensors")):
            digest.update(file.read_bytes())
        digest.update(self._before_text.encode())
        return digest.hexdigest()

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def longest(self) -> int:
        """How many tokens of a text are read, not counting special tokens and the prompt."""
        special = self._model.tokenizer.num_special_tokens_to_add()
        [prompt] = self.count_tokens([self._before_text])
        return int(self._model.max_seq_length or 512) - int(special) - prompt

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, not counting special tokens."""
        if not texts:
            return []
        return [len(ids) for ids in self._counting(
            list(texts), add_special_tokens=False, truncation=False, verbose=False,
            return_attention_mask=False, return_token_type_ids=False,
        )["input_ids"]]  # fmt: skip

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of documents, shape ``(len(texts), dimension)``."""
        # The model sorts its batches by length, so that little of a batch is padding.
        return self._unit(self._model.encode_document, texts, self._before_text)

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """The unit vector of a question, shape ``(dimension,)``."""
        vectors = self._unit(self._model.encode_query, [text], self._before_question)
        vector: NDArray[np.float32] = vectors[0]
        return vector

    @in_few_threads
    def _unit(
        self, encode: Callable[..., torch.Tensor], texts: Sequence[str], prompt: str
    ) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        padding = {"text": {"pad_to_multiple_of": self._multiple}}
        tensors = encode(
            list(texts), prompt=prompt, batch_size=_BATCH, convert_to_tensor=True,
            show_progress_bar=False, processing_kwargs=padding,
        )  # fmt: skip
        # Normalised outside the model, because bfloat16 would leave lengths off by a percent.
        return torch.nn.functional.normalize(tensors.float(), dim=1).cpu().numpy()
