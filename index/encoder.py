"""The sentence-transformers model that turns texts into vectors.

Loads torch, which takes seconds: import it where texts are encoded.
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


# To look for garbage in all that torch has loaded takes a command longer than to end.
atexit.register(gc.freeze)


class Encoder:
    """A sentence-transformers model: texts in, unit vectors out.

    ``name`` is one that ``index.models.model_folder`` finds. Only safetensors are read, and no
    code of the model's is run. Where the device multiplies bfloat16 itself the model runs in it,
    at about twice the speed; elsewhere on a processor its linear layers do in eight bits. The
    model's prompts are put before questions and texts. May be used
    from several threads. Raises ArchiveError where the model cannot be loaded.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self._model = load(SentenceTransformer, name, "encoder", "model")
        self._model.eval()
        if is_quicker_in_eight_bits():
            in_eight_bits(self._model)
        # What is cut off at another length may not be filled up to more than the model has places.
        self._multiple = None if int(self._model.max_seq_length or 512) % LENGTHS else LENGTHS
        self._before_question, self._before_text = prompts(name, self._model.prompts)
        # A tokenizer keeps how it was last told to cut off and to fill up, which must not change
        # under another thread: one counts, another encodes, and each is told once, here.
        self._counting = copy.deepcopy(self._model.tokenizer)
        self.count_tokens(["a"])
        self.encode_question("a")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the weights' files and what is put before a text.

        Vectors of texts can be compared exactly if this is equal.
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
        """How many tokens of a text are read, special tokens not counted."""
        special = self._model.tokenizer.num_special_tokens_to_add()
        [before] = self.count_tokens([self._before_text])
        return int(self._model.max_seq_length or 512) - int(special) - before

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, special tokens not counted."""
        if not texts:
            return []
        return [len(ids) for ids in self._counting(
            list(texts), add_special_tokens=False, truncation=False, verbose=False,
            return_attention_mask=False, return_token_type_ids=False,
        )["input_ids"]]  # fmt: skip

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of documents, shape ``(len(texts), dimension)``."""
        # The model's own batches are sorted by length, so that little of a batch is padding.
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
        filled_up = {"text": {"pad_to_multiple_of": self._multiple}}
        tensors = encode(
            list(texts), prompt=prompt, batch_size=_BATCH, convert_to_tensor=True,
            show_progress_bar=False, processing_kwargs=filled_up,
        )  # fmt: skip
        # Normalised after, not within, the model: bfloat16 would leave lengths off by a percent.
        return torch.nn.functional.normalize(tensors.float(), dim=1).cpu().numpy()
