# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Fits the basis of the autoencoder to rendered clips: a randomised PCA of lapped blocks.

Decides: the basis, its mean, and the scale of each latent channel as the transformer sees it. Leaves out:
which clips.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..autoencoder import PatchAutoencoder

# Between no whitening (0) and full whitening (1): coarse components keep a larger share of the signal, so
# that noise of the same strength hides details first and an error in a block's colour stays small.
WHITENING = 0.75


def lap_gains(reach: int, nearest: float, block: int) -> list[float]:
    """Gains of pairs at 1/2, 3/2, ... px from a border, falling from ``nearest`` to 1 over ``reach`` px."""
    if reach > block // 2:
        raise ValueError(f"a reach of {reach} does not fit into half a block of {block}")
    return [
        1 + (nearest - 1) * (0.5 + 0.5 * torch.cos(torch.tensor((i + 0.5) / reach * torch.pi)).item())
        for i in range(reach)
    ]


def fit_basis(
    clips: list[Tensor],
    *,
    channels: int = 128,
    reach: int = 16,
    gain: float = 4.0,
    reach_time: int = 4,
    gain_time: float = 3.0,
    max_blocks: int = 7000,
    seed: int = 0,
) -> PatchAutoencoder:
    """A `PatchAutoencoder` fitted to ``clips``, each ``[B, 3, 8k+1, H, W]`` in -1..1."""
    vae: PatchAutoencoder = PatchAutoencoder(
        latent_channels=channels,
        lap_gain=lap_gains(reach, gain, 32) if reach else [],
        lap_gain_time=lap_gains(reach_time, gain_time, 8) if reach_time else [],
    )
    blocks = _gather_blocks(vae, clips, max_blocks, torch.Generator().manual_seed(seed))
    mean = blocks.mean(0)
    blocks -= mean
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        _, scale, basis = torch.svd_lowrank(blocks, q=channels + 16, niter=2)
    deviation = scale[:channels] / blocks.shape[0] ** 0.5
    std = deviation**WHITENING
    # What is not whitened stays in the latents, whose mean square becomes 1.
    std = std * (deviation / std).pow(2).mean().sqrt()
    with torch.no_grad():
        vae.basis.copy_(basis[:, :channels])
        vae.mean.copy_(mean)
        vae.latents_std.copy_(std)
    vae.eval()
    return vae


def _gather_blocks(
    vae: PatchAutoencoder, clips: list[Tensor], limit: int, generator: torch.Generator
) -> Tensor:
    kept = []
    total = sum(c[:, 0, ::8, ::32, ::32].numel() for c in clips)
    for clip in clips:
        padded = torch.cat([clip[:, :, :1].expand(-1, -1, 7, -1, -1), clip], dim=2)
        blocks = vae.to_blocks(vae.lap(padded, forward=True)).flatten(0, 3)
        wanted = max(1, min(len(blocks), round(len(blocks) * limit / total)))
        kept.append(blocks[torch.randperm(len(blocks), generator=generator)[:wanted]])
    return torch.cat(kept)
