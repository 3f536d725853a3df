"""Passages put in order by a cross-encoder: a tiny one, whose scores can be computed by hand."""

import json
import math
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertForSequenceClassification

from corpus import Article
from index import Archive, ArchiveError, Filters
from index.__main__ import main
from index.ranking import RERANKED, fuse
from index.reranking import Reranker
from tests.fakes import FakeEncoder
from tests.made_models import SPECIAL, save_tokenizer
from tests.oracles import some_articles

VOCABULARY = [*SPECIAL, "walnut"]
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
    save_tokenizer(folder, ["walnut"])
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


pytestmark = pytest.mark.usefixtures("no_network")


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


IS_NONE = (
    "The reranker {!r} is no cross-encoder that gives a question and a passage one score; name "
    "another, such as those made for MS MARCO."
)


def test_models_that_give_no_score_or_several(folder: Path, tmp_path: Path) -> None:
    several = make_model(tmp_path / "several", labels=3)
    none = shutil.copytree(folder, tmp_path / "none")
    config = json.loads((none / "config.json").read_bytes())
    (none / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}))
    for name in (str(several), str(none), "all-MiniLM-L6-v2"):
        with pytest.raises(ArchiveError) as caught:
            Reranker(name)
        assert str(caught.value) == IS_NONE.format(name)


# In an archive


class FakeReranker:
    """Prefers what is short; ``asked`` lists what it was given to read."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append((query, list(texts)))
        return np.array([-len(text) for text in texts], np.float32)


TEXTS = {
    "a": "Kettle and walnut.",
    "b": "Of walnut walnut it.",
    "c": "Kettle kettle kettle.",
    "d": "Walnut.",
    "e": "walnut walnut walnut",
}


@pytest.fixture
def archive(archive: Archive) -> Archive:
    archive.add([Article(id, "", text) for id, text in TEXTS.items()])
    return archive


def test_the_order_of_passages_is_the_rerankers(archive: Archive, folder: Path) -> None:
    plain = archive.search("kettle", k=5)
    reranked = Archive.open(archive.folder, FakeEncoder(), reranker=str(folder))
    passages = reranked.search("kettle", k=5)
    # By the share of walnuts; a capital makes another word, and a point is one.
    assert [passage.article.id for passage in passages[:3]] == ["e", "b", "a"]
    shares = {"a": (1, 8), "b": (2, 9), "c": (0, 8), "d": (0, 6), "e": (3, 7)}
    before = {passage.article.id: passage for passage in plain}
    for rank, passage in enumerate(passages, start=1):
        # One passage each, so that nothing supports it: 0.8 of 11 / (10 + rank).
        assert passage.score == pytest.approx(0.8 * 11 / (10 + rank))
        assert passage.why == {
            **before[passage.article.id].why,
            "reranker": pytest.approx(expected(*shares[passage.article.id]), rel=0.02),
        }
    # Of equals, that comes first which came first without it.
    equal = [passage.article.id for passage in plain if passage.article.id in "cd"]
    assert [passage.article.id for passage in passages[3:]] == equal


def test_what_the_reranker_has_not_read_comes_after(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    archive.add(some_articles(60, 12))
    plain = archive.rankings("walnut harbour")
    first = list(fuse(plain))
    reranker = FakeReranker()
    reranked = Archive.open(archive.folder, FakeEncoder(), reranker=reranker)
    rankings = reranked.rankings("walnut harbour")
    stored = archive.truth.passages(first)
    texts = {chunk: stored[chunk][0].text for chunk in first}
    assert reranker.asked == [("walnut harbour", [texts[chunk] for chunk in first[:RERANKED]])]
    by_length = sorted(first[:RERANKED], key=lambda chunk: len(texts[chunk]))
    assert rankings == {**plain, "reranker": {chunk: -len(texts[chunk]) for chunk in by_length}}
    fused = fuse(rankings)
    assert list(fused) == by_length + first[RERANKED:]
    assert list(fused.values()) == pytest.approx([11 / (10 + n) for n in range(1, len(first) + 1)])


def test_the_reranker_reads_what_may_be_found(archive: Archive) -> None:
    archive.add([Article("f", "", "Kettle of the Post.", "Post")])
    reranker = FakeReranker()
    reranked = Archive.open(archive.folder, FakeEncoder(), reranker=reranker)
    passages = reranked.search("kettle", filters=Filters(sources=("Post",)))
    assert [passage.article.id for passage in passages] == ["f"]
    archive.remove(["f", "a", "b", "d", "e"])
    assert [passage.article.id for passage in reranked.search("kettle")] == ["c"]
    assert reranked.search(" ") == []
    assert [texts for _, texts in reranker.asked] == [["Kettle of the Post."], [TEXTS["c"]]]


def test_a_reranker_that_cannot_be_loaded(archive: Archive) -> None:
    """Is told of when it is first needed; the archive can be used for all else."""
    opened = Archive.open(archive.folder, FakeEncoder(), reranker="no-such-model")
    assert len(opened) == 5
    with pytest.raises(ArchiveError, match=r"^The model 'no-such-model' is not on this computer: "):
        opened.search("kettle")


def test_the_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Kettles\n\nAll about a kettle here.\n")
    (tmp_path / "b.txt").write_text("Nuts\n\nA walnut walnut walnut thing.\n")
    archive = ["--archive", str(tmp_path / "archive"), "--quiet"]
    assert main(["add", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), *archive]) == 0
    for options, first in (([], "Kettles"), (["--reranker", str(folder)], "Nuts")):
        assert main(["search", "kettle", *archive, *options]) == 0
        assert capsys.readouterr().out.startswith(f"1. {first}\n")
    assert main(["search", "kettle", *archive, "--reranker", "/none"]) == 2
    assert capsys.readouterr().err.startswith("error: The reranker '/none' cannot be loaded; ")
