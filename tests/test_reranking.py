"""Passages put in order by a cross-encoder: a tiny one, whose scores can be computed by hand."""

import json
import math
import pickle
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from index.errors import ArchiveError
from index.reranking import Reranker

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "walnut"]
STEEPNESS = 8.0


def make_model(folder: Path, labels: int = 1) -> Path:
    """A cross-encoder that scores by the share of a pair's tokens that are "walnut".

    Of its four dimensions, the first two are of walnuts, the others of the beginning. One layer
    of attention, with no preference, adds their means to the beginning, which is read out.
    """
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=4, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=4, max_position_embeddings=64, num_labels=labels,
    )  # fmt: skip
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if not name.endswith("LayerNorm.weight"):
                parameter.zero_()
        embeddings = model.bert.embeddings.word_embeddings.weight
        embeddings[VOCABULARY.index("walnut")] = torch.tensor([1.0, -1.0, 0.0, 0.0])
        embeddings[VOCABULARY.index("[CLS]")] = torch.tensor([0.0, 0.0, 1.0, -1.0])
        attention = model.bert.encoder.layer[0].attention
        attention.self.value.weight.copy_(torch.eye(4))
        attention.output.dense.weight.copy_(torch.eye(4))
        model.bert.pooler.dense.weight.copy_(torch.eye(4))
        model.classifier.weight[:, 0] = STEEPNESS
    model.save_pretrained(folder)
    tokenizer = Tokenizer(
        models.WordLevel({token: number for number, token in enumerate(VOCABULARY)}, "[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=64, pad_token="[PAD]", unk_token="[UNK]",
        cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
    ).save_pretrained(folder)  # fmt: skip
    return folder


def expected(walnuts: int, tokens: int) -> float:
    """The score of a pair of so many tokens, three of them special."""
    mean = math.sqrt(2) * walnuts / tokens
    beginning = math.sqrt(2) * (1 + 1 / tokens)
    normal = mean / math.sqrt((mean**2 + beginning**2) / 2)
    return 1 / (1 + math.exp(-STEEPNESS * math.tanh(normal)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_scores(folder: Path) -> None:
    texts = ["a kettle", "walnut", "walnut walnut walnut of it", "", "a walnut", "walnut walnut"]
    scores = Reranker(str(folder)).scores("who ?", texts)
    assert (scores.shape, scores.dtype) == ((6,), np.float32)
    by_hand = [
        expected(walnuts, 5 + words)
        for walnuts, words in [(0, 2), (1, 1), (3, 5), (0, 0), (1, 2), (2, 2)]
    ]
    # Rounded, where the processor computes in bfloat16.
    np.testing.assert_allclose(scores, by_hand, rtol=0.02)
    assert np.argsort(-scores, kind="stable").tolist() == [2, 5, 1, 4, 0, 3]
    assert Reranker(str(folder)).scores("who ?", []).shape == (0,)


def test_what_is_too_long_is_cut(folder: Path) -> None:
    [cut] = Reranker(str(folder)).scores("who ?", ["walnut " * 1_000])
    assert cut == pytest.approx(expected(59, 64), rel=0.02)


CANNOT = (
    "The reranker {!r} cannot be loaded; name a folder that holds a sentence-transformers "
    "cross-encoder with its weights as safetensors."
)
IS_NONE = (
    "The reranker {!r} is no cross-encoder that gives a question and a passage one score; name "
    "another, such as those made for MS MARCO."
)


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "/no/such/folder", ""])
def test_an_unknown_model(name: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        Reranker(name)
    assert str(caught.value) == CANNOT.format(name)


class Trap:
    """Makes a folder when it is read from a pickle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.mkdir, (self.folder,)


def test_weights_that_are_pickled(tmp_path: Path) -> None:
    """They are never read: whatever stands in a pickle would be run."""
    folder = make_model(tmp_path / "pickled")
    (folder / "model.safetensors").unlink()
    ran = tmp_path / "ran"
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Trap(ran)))
    name = str(folder)
    with pytest.raises(ArchiveError) as caught:
        Reranker(name)
    assert str(caught.value) == CANNOT.format(name)
    assert not ran.exists()


@pytest.mark.parametrize("content", [b"", b"not safetensors"])
def test_weights_that_are_torn(folder: Path, tmp_path: Path, content: bytes) -> None:
    torn = shutil.copytree(folder, tmp_path / "torn")
    (torn / "model.safetensors").write_bytes(content)
    with pytest.raises(ArchiveError) as caught:
        Reranker(str(torn))
    assert str(caught.value) == CANNOT.format(str(torn))


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        Reranker(str(tmp_path))
    assert str(caught.value) == CANNOT.format(str(tmp_path))


def test_models_that_give_no_score_or_several(folder: Path, tmp_path: Path) -> None:
    several = make_model(tmp_path / "several", labels=3)
    none = shutil.copytree(folder, tmp_path / "none")
    config = json.loads((none / "config.json").read_bytes())
    (none / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}))
    for name in (str(several), str(none), "all-MiniLM-L6-v2"):
        with pytest.raises(ArchiveError) as caught:
            Reranker(name)
        assert str(caught.value) == IS_NONE.format(name)
