"""Linear layers in eight bits: what they compute, and how near the models stay to themselves."""

import numpy as np
import pytest
import torch
from torch import nn

from assistant.reader.model import Reader
from index.eight_bits import EightBitLinear
from index.encoder import Encoder
from index.models import is_quicker_in_eight_bits

TEXTS = [
    "The ferry Brannock was sold to a museum in Holm for two million crowns on Tuesday.",
    "Dockers went back to work.",
    "Councillor Ada Byrne said that the bridge would be closed until the autumn, " * 12,
]
QUESTION = "How much did the museum pay for the ferry?"


def test_what_is_multiplied_is_rounded_row_by_row() -> None:
    torch.manual_seed(3)
    linear = nn.Linear(24, 10)
    rows = torch.randn(2, 5, 24) * torch.logspace(-2, 2, 5)[:, None]
    rows[1, 4] = 0.0
    weight = linear.weight.detach().double().numpy()
    row_scale = np.abs(rows.double().numpy()).max(-1, keepdims=True) / 127
    row_scale[row_scale == 0] = 1
    weight_scale = np.abs(weight).max(1, keepdims=True) / 127
    rounded = np.round(rows.numpy() / row_scale) @ np.round(weight / weight_scale).T
    expected = rounded * row_scale * weight_scale.T + linear.bias.detach().numpy()
    with torch.inference_mode():
        assert EightBitLinear(linear)(rows).numpy() == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("flags", "is_quicker"),
    [
        ({"avx2"}, False),
        ({"avx2", "avx512_bw"}, False),
        ({"avx2", "avx512_vnni"}, True),
        ({"avx2", "avx512_vnni", "avx512_bf16"}, False),
        ({"bf16"}, False),
    ],
)
def test_eight_bits_are_for_processors_that_multiply_them_and_no_bfloat16(
    flags: set[str], is_quicker: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: dict.fromkeys(flags, True))
    monkeypatch.setattr("torch.backends.mkldnn.is_available", lambda: True)
    monkeypatch.setattr("index.models.device", lambda: "cpu")
    assert is_quicker_in_eight_bits() is is_quicker


@pytest.fixture
def no_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("index.models", "assistant.reader.model"):
        monkeypatch.setattr(f"{module}.fastest_type", lambda *_: torch.float32)
    for module in ("index.encoder", "assistant.reader.model"):
        monkeypatch.setattr(f"{module}.is_quicker_in_eight_bits", lambda: True)


@pytest.mark.slow
@pytest.mark.usefixtures("no_bfloat16")
def test_vectors_stay_where_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    rounded = Encoder().encode(TEXTS)
    monkeypatch.setattr("index.encoder.is_quicker_in_eight_bits", lambda: False)
    exact = Encoder().encode(TEXTS)
    assert not np.array_equal(rounded, exact)
    assert ((rounded * exact).sum(1) > 0.995).all()


@pytest.mark.slow
@pytest.mark.usefixtures("no_bfloat16")
def test_the_reader_finds_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def best(reader: Reader) -> list[tuple[str, float]]:
        readings = reader.read(QUESTION, TEXTS)
        spans = [reading.best(0, len(text)) for reading, text in zip(readings, TEXTS, strict=True)]
        return [
            (text[span.start : span.end], span.odds)
            for span, text in zip(spans, TEXTS, strict=True)
            if span
        ]

    rounded = best(Reader())
    monkeypatch.setattr("assistant.reader.model.is_quicker_in_eight_bits", lambda: False)
    exact = best(Reader())
    assert rounded[0][0] == exact[0][0] == "two million crowns"
    assert [odds for _, odds in rounded] != [odds for _, odds in exact]
    assert [odds for _, odds in rounded] == pytest.approx([odds for _, odds in exact], abs=1.0)
