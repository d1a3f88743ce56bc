# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Brushes for many things at once: plates the camera looks over, sums of spots, even spreads, thinning by density."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .stage import Stage

_GOLDEN = 0.618034


def plate(stage: Stage, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Coordinates ``[1, 1, 1, 1, W']`` and ``[1, 1, 1, H', 1]`` of a still plate that holds all of a moving view."""
    step = float(stage.x[..., 1] - stage.x[..., 0])

    def axis(seen: Tensor) -> Tensor:
        low, high = float(seen.min()) - step, float(seen.max()) + step
        return low + step * torch.arange(int((high - low) / step) + 2, device=seen.device)

    return axis(x)[None, None, None, None], axis(y)[None, None, None, :, None]


def look(layer: Tensor, px: Tensor, py: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The plate ``layer`` ``[B, C, 1, H', W']`` as seen at world coordinates ``x``, ``y``; ``[B, C, T, H, W]``."""

    def scaled(where: Tensor, axis: Tensor) -> Tensor:
        first, last = axis.flatten()[0], axis.flatten()[-1]
        return (where - first) * (2 / (last - first)) - 1

    gx, gy = scaled(x, px), scaled(y, py)
    gx, gy = gx.expand(-1, -1, -1, gy.shape[-2], -1), gy.expand(-1, -1, -1, -1, gx.shape[-1])
    batch, _, frames, height, width = gx.shape
    grid = torch.stack((gx, gy), -1).reshape(batch, frames * height, width, 2)
    seen = F.grid_sample(layer[:, :, 0], grid, mode="bilinear", padding_mode="border", align_corners=True)
    return seen.view(batch, layer.shape[1], frames, height, width)


def spots(across: Tensor, along: Tensor) -> Tensor:
    """Sum over N of separable shapes ``[B, N, T, 1, W]`` times ``[B, N, T, H, 1]``; ``[B, 1, T, H, W]``."""
    rows, columns = along[..., 0].permute(0, 2, 3, 1), across[..., 0, :].permute(0, 2, 1, 3)
    return torch.matmul(rows, columns)[:, None]


def spread(
    stage: Stage, count: int, low: Tensor | float, high: Tensor | float, ratio: float = _GOLDEN
) -> Tensor:
    """``count`` numbers per clip, even whatever part of them is used, ``[B, count, 1, 1, 1]``."""
    steps = torch.arange(count, device=stage.x.device)[None, :, None, None, None] * ratio
    return low + (high - low) * torch.remainder(
        stage.random() + steps + 0.04 * each(stage.randoms(count)), 1.0
    )


def thinned(stage: Stage, count: int, sparse: int) -> Tensor:
    """1 for the things a clip shows: all ``count`` of them, or the first ``sparse``; ``[B, count, 1, 1, 1]``."""
    kept = (torch.arange(count, device=stage.x.device) < sparse).float()[None, :, None, None, None]
    return 1 - stage.is_("density", "sparse") * (1 - kept)


def each(numbers: Tensor) -> Tensor:
    """Numbers ``[B, N]`` as ``[B, N, 1, 1, 1]``."""
    return numbers[:, :, None, None, None]
