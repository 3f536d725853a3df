"""The reading model: from a question and a passage to the span that answers, or none.

It loads torch, which takes seconds: import it only where passages are read.
"""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from transformers import (
    AutoConfig,
    AutoModelForQuestionAnswering,
    AutoTokenizer,
    BertForQuestionAnswering,
)

from assistant.reader.reading import Reading
from index import ArchiveError
from index.eight_bits import in_eight_bits
from index.errors import first_line
from index.files import digest_of
from index.models import DEFAULT as BASE
from index.models import (
    LENGTHS,
    device,
    fastest_type,
    in_few_threads,
    is_quicker_in_eight_bits,
    model_folder,
)

DEFAULT = "dateline-reader"
"""The reader that comes with the project."""

FOLDER = Path(__file__).parent
WEIGHTS = FOLDER / "weights.safetensors"
HASHES = FOLDER / "weights.json"

EMBEDDINGS = "bert.embeddings.word_embeddings.weight"
"""The weights of the packaged MiniLM that are used unchanged, and are not stored again."""

LONGEST = 320
"""How many tokens of a question and a passage are read."""

_LONGEST_QUESTION = 500
_BATCH = 16


class Reader:
    """An extractive question-answering model with start and end logits.

    As in models for SQuAD 2, its first token stands for no answer. ``name`` is the model that comes
    with the project, a folder, or a model in the local Hugging Face cache; ``latin_only`` says that
    it knows no other letters. Only safetensors are read, and no code of the model is run. Several
    threads may use it. Raises ArchiveError if the model cannot be loaded.
    """

    def __init__(self, name: str = DEFAULT) -> None:
        self.name = name
        self.latin_only = name == DEFAULT
        self._lock = threading.Lock()
        try:
            self._tokenizer, model = _load_own() if name == DEFAULT else _load_other(name)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise ArchiveError(
                f"The reader {name!r} cannot be loaded: {first_line(error)}; name a "
                "folder that holds an extractive question-answering model as safetensors."
            ) from error
        self._model = model.to(device(), fastest_type(device())).eval()
        if is_quicker_in_eight_bits():
            in_eight_bits(self._model)

    @in_few_threads
    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """The reading of each passage, without what is beyond ``LONGEST`` tokens."""
        order = sorted(range(len(passages)), key=lambda at: len(passages[at]))
        by_place: dict[int, Reading] = {}
        for begin in range(0, len(order), _BATCH):
            part = order[begin : begin + _BATCH]
            readings = self._read([question] * len(part), [passages[at] for at in part])
            by_place.update(zip(part, readings, strict=True))
        return [by_place[at] for at in range(len(passages))]

    def _read(self, questions: Sequence[str], passages: Sequence[str]) -> list[Reading]:
        # A tokenizer that truncates is not safe for use by two threads at once.
        with self._lock:
            inputs, offsets, readable = tokenize(self._tokenizer, questions, passages)
        with torch.inference_mode():
            output = self._model(**inputs.to(self._model.device))
        starts = output.start_logits.float().cpu().numpy()
        ends = output.end_logits.float().cpu().numpy()
        readings = []
        for row, mask in enumerate(readable):
            null = starts[row, 0] + ends[row, 0]
            readings.append(
                Reading(
                    offsets[row][mask], starts[row][mask] - null / 2, ends[row][mask] - null / 2
                )
            )
        return readings


def tokenize(
    tokenizer: Any, questions: Sequence[str], passages: Sequence[str]
) -> tuple[Any, np.ndarray, np.ndarray]:
    """The tokens of questions, each with a passage, as a model takes them.

    Returns the tokens, the two offsets of each, and whether each stands for words of the passage.
    """
    inputs = tokenizer(
        [question[:_LONGEST_QUESTION] for question in questions],
        list(passages),
        truncation="only_second",
        max_length=LONGEST,
        padding=True,
        pad_to_multiple_of=LENGTHS,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = inputs.pop("offset_mapping").numpy()
    in_passage = np.array(
        [[part == 1 for part in inputs.sequence_ids(row)] for row in range(len(passages))]
    )
    return inputs, offsets, in_passage & (offsets[..., 1] > offsets[..., 0])


def _load_own() -> tuple[Any, Any]:
    """The tokenizer and the model of the project, assembled from its two parts."""
    packaged = model_folder(BASE)
    expected = json.loads(HASHES.read_text(encoding="utf-8"))
    for file, name in ((WEIGHTS, "reader"), (packaged / "model.safetensors", "packaged MiniLM")):
        if digest_of(file) != expected[name]:
            raise ValueError(f"{file} is damaged, or of another version; install Dateline anew")
    weights = {name: weight.float() for name, weight in load_file(WEIGHTS).items()}
    with safe_open(packaged / "model.safetensors", "pt") as base:
        weights[EMBEDDINGS] = base.get_tensor(EMBEDDINGS.removeprefix("bert."))
    model = BertForQuestionAnswering(AutoConfig.from_pretrained(packaged))
    model.load_state_dict(weights)
    return AutoTokenizer.from_pretrained(packaged), model


def _load_other(name: str) -> tuple[Any, Any]:
    """The tokenizer and the model in a folder, or in the local cache."""
    folder = model_folder(name)
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(folder, **options)
    kinds = config.architectures or []
    if not any(kind.endswith("ForQuestionAnswering") for kind in kinds):
        raise ValueError("it is no question-answering model")
    model = AutoModelForQuestionAnswering.from_pretrained(folder, use_safetensors=True, **options)
    return AutoTokenizer.from_pretrained(folder, use_fast=True, **options), model
