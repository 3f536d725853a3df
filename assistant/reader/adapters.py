"""Low-rank adapters: a small file with what a large model learns.

Beside a matrix W of the model, two narrow matrices A and B are trained; the model computes with
``W + BA``, and W stays unchanged. After E. J. Hu et al., "LoRA: Low-Rank Adaptation of Large
Language Models", ICLR 2022.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

_A, _B = ".lora_A", ".lora_B"


class LowRank(nn.Module):
    """A linear layer with fixed weights, and an adapter of rank ``rank`` beside them.

    At first the adapter changes nothing: B is zero.
    """

    weight: torch.Tensor
    bias: torch.Tensor

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", linear.weight.detach())
        self.register_buffer("bias", linear.bias.detach())
        width = linear.in_features
        self.lora_A = nn.Parameter(torch.randn(rank, width) / width**0.5)
        self.lora_B = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        fixed = nn.functional.linear(states, self.weight, self.bias)
        narrow = nn.functional.linear(states, self.lora_A.to(states.dtype))
        return fixed + nn.functional.linear(narrow, self.lora_B.to(states.dtype))


def adapt(model: Any, rank: int) -> None:
    """Put adapters beside the encoder's linear layers; only they and the layer after it learn."""
    for parameter in model.base_model.parameters():
        parameter.requires_grad = False
    for layer in list(model.base_model.encoder.modules()):
        for name, child in list(layer.named_children()):
            if isinstance(child, nn.Linear):
                setattr(layer, name, LowRank(child, rank))


def merge(model: Any, learnt: dict[str, torch.Tensor]) -> None:
    """Add the trained adapters to the weights of a model that has none.

    ``learnt`` holds A and B of each layer under its name, and other parameters in full. Raises
    ValueError if a name or a shape is not the model's.
    """
    state = model.state_dict()
    with torch.no_grad():
        for name, parameter in learnt.items():
            try:
                if name.endswith(_A):
                    layer = name.removesuffix(_A)
                    state[f"{layer}.weight"] += learnt[layer + _B].float() @ parameter.float()
                elif not name.endswith(_B):
                    state[name].copy_(parameter)
            except (KeyError, RuntimeError) as error:
                raise ValueError(f"{name} does not fit the model") from error


def average(learnt: Sequence[dict[str, torch.Tensor]], rank: int) -> dict[str, torch.Tensor]:
    """The average of several trainings of one model, as adapters of rank ``rank``.

    The mean of the products BA has a higher rank, so only its largest singular values are kept.
    After M. Wortsman et al., "Model soups", ICML 2022.
    """
    averaged = {}
    for name in learnt[0]:
        if name.endswith(_A):
            layer = name.removesuffix(_A)
            products = [state[layer + _B].float() @ state[name].float() for state in learnt]
            left, values, right = torch.linalg.svd(torch.stack(products).mean(0))
            root = values[:rank].sqrt()
            averaged[name] = (root[:, None] * right[:rank]).half().contiguous()
            averaged[layer + _B] = (left[:, :rank] * root).half().contiguous()
        elif not name.endswith(_B):
            averaged[name] = torch.stack([state[name].float() for state in learnt]).mean(0).half()
    return averaged
