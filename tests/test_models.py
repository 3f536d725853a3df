"""Models by name: fetched from a small hub on this computer, and only if that is asked for."""

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from sentence_transformers import SentenceTransformer
from torch.nn.modules.module import register_module_forward_pre_hook
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertModel,
    PreTrainedModel,
)
from transformers.models.bert.modeling_bert import BertLayer

import app
import assistant.__main__
import index.__main__
from assistant.reader.model import Reader
from corpus import Article
from index import Archive, ArchiveError
from index.encoder import Encoder
from index.models import (
    COMPUTING,
    configure,
    device,
    fastest_type,
    in_few_threads,
    model_folder,
    prompts,
)
from index.reranking import Reranker
from tests.fakes import FakeEncoder
from tests.made_models import SPECIAL, Hub, save_tokenizer

ROOT = Path(__file__).parent.parent
WORDS = "walnut harbour kettle query passage ask text : .".split()
ENCODER, TOLD, RERANKER, READER, PICKLED = (
    f"nobody/{name}" for name in ("tiny-e5-small", "told", "reranker", "reader", "pickled")
)
KINDS: dict[str, type[PreTrainedModel]] = {
    ENCODER: BertModel,
    TOLD: BertModel,
    RERANKER: BertForSequenceClassification,
    READER: BertForQuestionAnswering,
    PICKLED: BertModel,
}
UNWANTED = ("pytorch_model.bin", "modeling_own.py", "README.md", "onnx/config.json")
NOT_HERE = (
    "The model {!r} is not on this computer: --download fetches it from the Hugging Face hub, or "
    "name a folder that holds it."
)


def make(folder: Path, kind: type[PreTrainedModel]) -> None:
    """A model with random weights, the same for all of a kind, and what nobody should fetch."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(SPECIAL) + len(WORDS), hidden_size=32, num_hidden_layers=1,
        num_attention_heads=1, intermediate_size=8, max_position_embeddings=2_000,
        initializer_range=1.0, num_labels=1 if kind is BertForSequenceClassification else 2,
    )  # fmt: skip
    kind(config).save_pretrained(folder)
    save_tokenizer(folder, WORDS)
    (folder / "onnx").mkdir()
    for name in UNWANTED:
        (folder / name).write_bytes(b"unwanted")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("served")
    for name, kind in KINDS.items():
        make(folder / name, kind)
    SentenceTransformer(str(folder / TOLD), device="cpu").save_pretrained(str(folder / TOLD))
    settings = {"prompts": {"query": "ask: walnut: ", "passage": "text: "}}
    (folder / TOLD / "config_sentence_transformers.json").write_text(json.dumps(settings))
    (folder / PICKLED / "model.safetensors").unlink()
    with Hub(folder) as hub:
        yield hub


@pytest.fixture
def hub(served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub, of which nothing has been fetched yet."""
    files = served.address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "ENDPOINT", served.address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    served.asked.clear()
    served.given.clear()
    yield served
    configure()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    with Archive.create(folder, FakeEncoder()) as made:
        made.add([Article("a", "Walnut", "The walnut is in the harbour.")])
    return folder


def test_a_command_fetches_what_it_is_told_to(hub: Hub, archive: Path, tmp_path: Path) -> None:
    """As it is used: in a process of its own, which learns from the environment where the hub is.

    HF_HUB_OFFLINE is set, as the page sets it.
    """
    environment = {
        "HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "index", "rebuild", "--archive", archive, "--encoder", ENCODER,
         "--download", "--device", "cpu"],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"by {ENCODER}" in done.stdout
    folder = hub.folder / ENCODER
    wanted = {file.name for file in folder.iterdir() if file.is_file()} - set(UNWANTED)
    assert set(hub.given) == wanted
    assert {"model.safetensors", "config.json", "tokenizer.json"} <= wanted
    size = sum((folder / name).stat().st_size for name in wanted) / 1e6
    first, *bars = done.stderr.splitlines()
    assert first == f"Fetching {ENCODER} from {hub.address}: {size:.1f} MB."
    assert size > 0.1
    assert any("100%" in bar for bar in bars)


def test_all_kinds_of_models(hub: Hub, archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = ["--archive", str(archive)]
    rebuild = ["rebuild", *there, "--encoder", ENCODER, "--json"]
    search = ["search", "walnut", *there, "--reranker", RERANKER, "--json"]
    ask = ["Where is the walnut?", *there, "--reader", READER, "--json"]
    for main, command, name in (
        (index.__main__.main, rebuild, ENCODER),
        (index.__main__.main, search, RERANKER),
        (assistant.__main__.main, ask, READER),
    ):
        hub.asked.clear()
        assert main(command) == 2
        assert capsys.readouterr().err == f"error: {NOT_HERE.format(name)}\n"
        assert hub.asked == []
        assert main([*command, "--download", "--quiet"]) in {0, 3}
        assert capsys.readouterr().err == ""
        assert hub.asked != []
        assert constants.HF_HUB_OFFLINE
        # It is there now, and needs no hub.
        hub.asked.clear()
        assert main([*command, "--download"]) in {0, 3}
        assert capsys.readouterr().err == ""
        assert hub.asked == []


class Trap:
    """Makes a folder when it is read from a pickle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.mkdir, (self.folder,)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    ("load", "name", "kind"),
    [
        (Encoder, ENCODER, "a sentence-transformers model with its weights"),
        (Reranker, RERANKER, "a sentence-transformers cross-encoder with its weights"),
        (Reader, READER, "an extractive question-answering model"),
    ],
)
def test_what_is_no_model_is_one_sentence(
    served: Hub, tmp_path: Path, load: Callable[[str], object], name: str, kind: str
) -> None:
    """Weights in a pickle are never read: whatever stands in one would be run."""
    empty, torn, cut, pickled = map(tmp_path.joinpath, ("empty", "torn", "cut", "pickled"))
    empty.mkdir()
    for folder in (torn, cut, pickled):
        shutil.copytree(served.folder / name, folder)
        (folder / "pytorch_model.bin").unlink()
    (torn / "model.safetensors").write_bytes(b"not safetensors")
    (cut / "model.safetensors").write_bytes(b"")
    (pickled / "model.safetensors").unlink()
    (pickled / "pytorch_model.bin").write_bytes(pickle.dumps(Trap(tmp_path / "ran")))
    for wrong in ("no such model!", "/no/such/folder", *map(str, (empty, torn, cut, pickled))):
        with pytest.raises(ArchiveError) as error:
            load(wrong)
        first, *_, last = str(error.value).split("; ")
        assert first.startswith(f"The {load.__name__.lower()} {wrong!r} cannot be loaded")
        assert last == f"name a folder that holds {kind} as safetensors."
        assert "\n" not in str(error.value)
    for elsewhere in ("no-such-model", "nobody/no-such-model"):
        with pytest.raises(ArchiveError) as error:
            load(elsewhere)
        assert str(error.value) == NOT_HERE.format(elsewhere)
    assert not (tmp_path / "ran").exists()


def test_a_folder_that_holds_no_model_is_not_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be any one: the folder of all models, or one where files come and go."""
    monkeypatch.setattr(Path, "rglob", lambda *_: pytest.fail("it is walked"))
    why = "cannot be loaded: it has no config.json and no modules.json; name a folder that"
    with pytest.raises(ArchiveError, match=re.escape(f"The reader {str(tmp_path)!r} {why}")):
        Reader(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (PICKLED, "has no weights as safetensors, and no others are read: name another model."),
        ("nobody/no", "cannot be fetched from {}: it is not there, or not for everybody."),
    ],
)
def test_what_cannot_be_fetched(hub: Hub, name: str, problem: str) -> None:
    configure(download=True)
    with pytest.raises(ArchiveError) as error:
        model_folder(name)
    assert str(error.value) == f"The model {name!r} " + problem.format(hub.address)
    assert hub.given == []


@pytest.mark.usefixtures("hub")
def test_a_hub_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    configure(download=True)
    message = f"^The model '{ENCODER}' cannot be fetched from http://127.0.0.1:9: .*refused.*\\.$"
    with pytest.raises(ArchiveError, match=message):
        model_folder(ENCODER)


def test_what_was_interrupted_is_completed(hub: Hub) -> None:
    configure(download=True, quiet=True)
    weights = model_folder(ENCODER) / "model.safetensors"
    weights.resolve().unlink()
    weights.unlink()
    hub.given.clear()
    configure()
    with pytest.raises(ArchiveError) as error:
        Encoder(ENCODER)
    assert str(error.value) == NOT_HERE.format(ENCODER)
    configure(download=True, quiet=True)
    Encoder(ENCODER)
    assert hub.given == ["model.safetensors"]


@pytest.mark.parametrize(
    ("name", "question", "text"),
    [(ENCODER, "query: ", "passage: "), (TOLD, "ask: walnut: ", "text: ")],
)
def test_prompts_are_put_before(hub: Hub, name: str, question: str, text: str) -> None:
    """Those that its settings tell, or else those of its family."""
    configure(download=True, quiet=True)
    encoder = Encoder(name)
    plain = SentenceTransformer(str(hub.folder / name), device="cpu")

    def expected(content: str) -> np.ndarray:
        return plain.encode(content, prompt="", normalize_embeddings=True, show_progress_bar=False)

    asked, [stored] = encoder.encode_question("walnut"), encoder.encode(["walnut"])
    assert asked @ expected(f"{question}walnut") > 0.999
    assert stored @ expected(f"{text}walnut") > 0.999
    assert max(asked @ stored, asked @ expected("walnut"), stored @ expected("walnut")) < 0.99
    # Two special tokens, and a word and a colon before a text.
    assert encoder.longest == 64 - 2 - 2


def test_other_words_before_texts_are_another_encoder(hub: Hub) -> None:
    configure(download=True, quiet=True)
    one, other = (model_folder(name) / "model.safetensors" for name in (ENCODER, TOLD))
    assert one.read_bytes() == other.read_bytes()
    assert Encoder(ENCODER).fingerprint != Encoder(TOLD).fingerprint


BGE = "Represent this sentence for searching relevant passages: "


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("intfloat/multilingual-e5-small", {}, ("query: ", "passage: ")),
        ("intfloat/e5-large-v2", {"query": "", "document": ""}, ("query: ", "passage: ")),
        ("/models/bge-base-en-v1.5", {}, (BGE, "")),
        ("BAAI/bge-m3", {}, ("", "")),
        ("intfloat/multilingual-e5-large-instruct", {}, ("", "")),
        ("someone/code5-small", {}, ("", "")),
        ("all-MiniLM-L6-v2", {}, ("", "")),
        ("someone/e5-small", {"query": "Q: ", "document": None}, ("Q: ", "")),
        ("someone/other", {"document": "D: ", "passage": "P: "}, ("", "D: ")),
    ],
)
def test_prompts(name: str, settings: dict[str, str | None], expected: tuple[str, str]) -> None:
    assert prompts(name, settings) == expected


def test_few_threads_compute_and_meet_few_lengths(served: Hub) -> None:
    """Each thread and each shape of tensors costs memory that is not given back."""
    encoder, reranker, reader = (
        load(str(served.folder / name))
        for load, name in ((Encoder, ENCODER), (Reranker, RERANKER), (Reader, READER))
    )
    texts = ["walnut " * count for count in range(1, 25)]
    threads, lengths = set(), set()

    def see(module: torch.nn.Module, given: tuple[object, ...]) -> None:
        threads.add(threading.get_ident())
        if isinstance(module, BertLayer):
            assert isinstance(given[0], torch.Tensor)
            lengths.add(given[0].shape[1])

    seeing = register_module_forward_pre_hook(see)
    try:
        # A pool begins a thread for each that is not yet done.
        with ThreadPoolExecutor(len(texts)) as pool:
            list(pool.map(encoder.encode_question, texts))
            list(pool.map(lambda text: reader.read("walnut", [text]), texts))
        assert lengths == {32}
        reranker.scores("walnut", texts)
    finally:
        seeing.remove()
    assert len(threads) <= COMPUTING
    assert threading.get_ident() not in threads


def test_what_goes_wrong_in_another_thread_is_raised_here() -> None:
    @in_few_threads
    def fail(message: str) -> None:
        raise ArchiveError(message)

    with pytest.raises(ArchiveError, match="broken"):
        fail(message="broken")


def test_a_device_that_is_not_there(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--archive", str(archive), "--device", "abacus"]
    for main, command in (
        (index.__main__.main, ["search", "walnut"]),
        (assistant.__main__.main, ["Where is it?"]),
        (app.main, ["--port", "0", "--no-browser"]),
    ):
        assert main([*command, *options]) == 2
        assert capsys.readouterr().err == (
            "error: The device 'abacus' is not on this computer, or torch cannot use it: name "
            "another, such as cpu, or leave out --device.\n"
        )


def test_which_device(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    for there, expected in ((None, "cpu"), (torch.device("mps"), "mps")):
        monkeypatch.setattr(
            torch.accelerator, "current_accelerator", lambda check_available, there=there: there
        )
        assert device() == expected
    configure(device="cpu:0")
    assert device() == "cpu:0"


@pytest.mark.parametrize(
    ("name", "run"),
    [
        (ENCODER, lambda name: Encoder(name).encode(["walnut"])),
        (RERANKER, lambda name: Reranker(name).scores("walnut", ["kettle"])),
        (READER, lambda name: Reader(name).read("walnut", ["kettle"])),
    ],
)
def test_models_run_on_the_device(
    hub: Hub, name: str, run: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that computes nothing, and says so where the result is brought back."""
    configure(download=True, quiet=True)
    monkeypatch.setattr(
        torch.accelerator, "current_accelerator", lambda check_available: torch.device("meta")
    )
    assert fastest_type(device()) == torch.float32
    with pytest.raises((NotImplementedError, RuntimeError), match="meta tensor"):
        run(name)
