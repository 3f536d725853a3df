"""Linear layers in eight bits, for processors that multiply these quickly, and no bfloat16.

The weights are rounded to 255 steps in each row. Each token's activations are rounded in the same
way when they arrive (dynamic quantization; see Dettmers et al., LLM.int8(), 2022). The integer
product is exact, so a text has the same vector in every batch.
"""

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

_STEPS = 127

_MEASURED = frozenset({"bert", "mpnet"})
# The last layer of a reader has only two outputs, so it takes no time.
_FEWEST = 8
# The softmax smooths rounding errors of queries and keys, while those of values go straight into
# the sum over all tokens. The names are those in BERT and in MPNet.
_EXACT = frozenset({"value", "v"})


class EightBitLinear(nn.Module):
    """Does what ``nn.Linear`` does, apart from rounding; 32-bit floats in and out."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        self.scales = (weight.abs().amax(1) / _STEPS).clamp_min(torch.finfo().tiny)
        self.weight = (weight / self.scales[:, None]).round().to(torch.int8)
        self.bias = linear.bias.detach().float()

    def forward(self, rows: Tensor) -> Tensor:
        flat = rows.reshape(-1, rows.shape[-1])
        scale = torch.maximum(flat.amax(1), -flat.amin(1))[:, None] / _STEPS
        scale.clamp_min_(torch.finfo().tiny)
        product = torch._int_mm((flat / scale).round_().to(torch.int8), self.weight.t())
        result = (product * scale).mul_(self.scales).add_(self.bias)
        return result.reshape(*rows.shape[:-1], -1)


def in_eight_bits(model: nn.Module) -> None:
    """Replace the slow linear layers of a BERT or MPNet with ``EightBitLinear``.

    Other models stay unchanged, because the effect of rounding on them was not measured.
    """
    for part in model.modules():
        kind = getattr(getattr(part, "config", None), "model_type", None)
        if kind in _MEASURED and isinstance(part, PreTrainedModel):
            _replace(part)
            return


def _replace(model: nn.Module) -> None:
    for name, part in model.named_children():
        if isinstance(part, nn.Linear) and part.out_features >= _FEWEST and name not in _EXACT:
            setattr(model, name, EightBitLinear(part))
        else:
            _replace(part)
