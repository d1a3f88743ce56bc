# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Muon for the matrices inside the blocks, AdamW for everything else, and an average of the weights.

Muon (K. Jordan, 2024): momentum, then the nearest orthogonal matrix by five Newton-Schulz steps, so that all
directions of a matrix learn at the same rate. It needs far fewer steps than AdamW here, and steps are what a
CPU lacks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def orthogonalised(matrix: Tensor, steps: int = 5) -> Tensor:
    """Newton-Schulz iteration towards the orthogonal factor of ``matrix``, in bfloat16."""
    x: Tensor = matrix.bfloat16() / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(steps):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    result: Tensor = (x.T if tall else x).to(matrix.dtype)
    return result


class Optimiser:
    """One step over all parameters; learning rates are scaled by the schedule's ``factor``."""

    def __init__(
        self, modules: Iterable[nn.Module], *, muon_rate: float = 0.02, adam_rate: float = 1.5e-3
    ) -> None:
        self.muon_rate, self.adam_rate = muon_rate, adam_rate
        self.matrices: list[nn.Parameter] = []
        self.others: list[nn.Parameter] = []
        for module in modules:
            for name, parameter in module.named_parameters():
                # Not the text encoder: T5 does not scale its attention, and the steady growth that Muon gives all
                # directions makes it attend to one word and all words look alike.
                inside = "transformer_blocks" in name and "table" not in name
                (self.matrices if inside and parameter.ndim == 2 else self.others).append(parameter)
        self.momenta = [torch.zeros_like(p) for p in self.matrices]
        self.adam = torch.optim.AdamW(self.others, lr=adam_rate, betas=(0.9, 0.97), weight_decay=0.0)

    @torch.no_grad()
    def step(self, factor: float) -> None:
        """Apply the gradients and clear them."""
        nn.utils.clip_grad_norm_(self.others, 1.0)
        for group in self.adam.param_groups:
            group["lr"] = self.adam_rate * factor
        self.adam.step()
        rate = self.muon_rate * factor
        for parameter, momentum in zip(self.matrices, self.momenta, strict=True):
            if parameter.grad is None:
                continue
            momentum.mul_(0.95).add_(parameter.grad)
            update = orthogonalised(parameter.grad + 0.95 * momentum)
            stretch = max(1.0, parameter.shape[0] / parameter.shape[1]) ** 0.5
            parameter.mul_(1 - 0.01 * rate).add_(update, alpha=-rate * stretch)
        for parameter in [*self.matrices, *self.others]:
            parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """State for resuming."""
        return {"adam": self.adam.state_dict(), "momenta": self.momenta}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from ``state_dict()``."""
        self.adam.load_state_dict(state["adam"])
        for mine, saved in zip(self.momenta, state["momenta"], strict=True):
            mine.copy_(saved)


class Average:
    """Exponential moving average of the weights, short at the start so that early samples are usable."""

    def __init__(self, modules: Iterable[nn.Module], longest: float = 0.995) -> None:
        self.parameters = [p for m in modules for p in m.parameters()]
        self.values = [p.detach().clone() for p in self.parameters]
        self.longest, self.updates = longest, 0

    @torch.no_grad()
    def update(self) -> None:
        """Move towards the present weights."""
        self.updates += 1
        keep = min(self.longest, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self.values, [p.detach() for p in self.parameters], 1 - keep)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the averaged and the present weights (call twice to come back)."""
        for parameter, value in zip(self.parameters, self.values, strict=True):
            present = parameter.detach().clone()
            parameter.copy_(value)
            value.copy_(present)
