# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A lapped linear autoencoder for video, 8 x 32 x 32 px to 128 numbers, shaped as LTX pipelines expect.

Decides: how pixels become latents and back. It is linear, with no free parameters once the basis is fitted:

* Blocks of 8 frames x 32 x 32 px x 3 colours are projected onto their 128 principal directions and scaled.
* Coding blocks one by one shows their borders. So a pair of pixels mirrored at a border, at distance d, is
  first split into its mean and difference, and the difference is scaled up before coding and down after
  decoding (time-domain lapped transform; Tran, Liang, Tu, IEEE Trans. Signal Processing 51(6), 2003). An
  error that jumps at the border shrinks by that factor; flat areas pass unchanged; the pair of filters is
  exactly inverse.
* ``8 k + 1`` frames: the first is repeated to fill a block of its own, and decoding drops the repeats. That block is
  not filtered against the next one, so the first latent of a clip is the latent of its first
  frame alone: a picture can be put in its place.

Leaves out: fitting the basis (`training.basis`) and noise (the pipeline's).
"""

# mypy: disallow-untyped-calls=False, disallow-untyped-decorators=False
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.autoencoders.vae import DecoderOutput
from diffusers.models.modeling_outputs import AutoencoderKLOutput
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor


class PointDistribution:
    """A latent "distribution" with no spread: this encoder is deterministic."""

    def __init__(self, mean: Tensor) -> None:
        self.mean = mean

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """The mean, whatever the generator."""
        del generator
        return self.mean

    def mode(self) -> Tensor:
        """The mean."""
        return self.mean


class PatchAutoencoder(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Lapped block transform with a fitted basis.

    Args:
        latent_channels: numbers per block.
        spatial_compression_ratio, temporal_compression_ratio: block size in px and frames.
        lap_gain: factor on the difference of a mirrored pair, nearest pair first, across borders in space.
        lap_gain_time: the same across block borders in time.
        scaling_factor, timestep_conditioning: read by the LTX pipelines; 1 and False here.
    """

    @register_to_config
    def __init__(  # noqa: PLR0917 - diffusers passes them by name, and its decorator wants them plain
        self,
        latent_channels: int = 128,
        spatial_compression_ratio: int = 32,
        temporal_compression_ratio: int = 8,
        lap_gain: Sequence[float] = (),
        lap_gain_time: Sequence[float] = (),
        scaling_factor: float = 1.0,  # noqa: ARG002 - kept in the config
        timestep_conditioning: bool = False,  # noqa: ARG002 - kept in the config
    ) -> None:
        super().__init__()
        self.lap_gain, self.lap_gain_time = tuple(lap_gain), tuple(lap_gain_time)
        self.spatial_compression_ratio = spatial_compression_ratio
        self.temporal_compression_ratio = temporal_compression_ratio
        size = 3 * temporal_compression_ratio * spatial_compression_ratio**2
        self.basis = torch.nn.Parameter(torch.zeros(size, latent_channels), requires_grad=False)
        self.mean = torch.nn.Parameter(torch.zeros(size), requires_grad=False)
        # What the pipelines divide by before the transformer sees a latent.
        self.register_buffer("latents_mean", torch.zeros(latent_channels))
        self.register_buffer("latents_std", torch.ones(latent_channels))

    def encode(self, video: Tensor, return_dict: bool = True) -> Any:
        """``[B, 3, 8k+1, H, W]`` in -1..1 to `AutoencoderKLOutput` over ``[B, C, k+1, H/32, W/32]``."""
        depth = self.temporal_compression_ratio
        padded = torch.cat([video[:, :, :1].expand(-1, -1, depth - 1, -1, -1), video], dim=2)
        blocks = self.to_blocks(self.lap(padded, forward=True))
        latents = (blocks - self.mean.to(blocks.dtype)) @ self.basis.to(blocks.dtype)
        posterior = PointDistribution(latents.permute(0, 4, 1, 2, 3).contiguous())
        return AutoencoderKLOutput(latent_dist=posterior) if return_dict else (posterior,)

    def decode(self, latents: Tensor, timestep: Tensor | None = None, return_dict: bool = True) -> Any:
        """Latents ``[B, C, k+1, h, w]`` to a `DecoderOutput` of ``[B, 3, 8k+1, 32h, 32w]``."""
        del timestep  # part of the signature the pipelines call
        # Pixels always in float32: the inverse filter and 8-bit steps in dark gradients need it.
        blocks = latents.float().permute(0, 2, 3, 4, 1) @ self.basis.float().T + self.mean.float()
        video = self.lap(self.from_blocks(blocks), forward=False)
        video = video[:, :, self.temporal_compression_ratio - 1 :].clamp(-1, 1)
        return DecoderOutput(sample=video) if return_dict else (video,)

    def forward(self, video: Tensor) -> Tensor:
        """Encode and decode."""
        return self.decode(self.encode(video).latent_dist.mode()).sample  # type: ignore[no-any-return]

    def lap(self, video: Tensor, *, forward: bool) -> Tensor:
        """Filter pairs across all block borders; ``forward=False`` undoes ``forward=True`` exactly."""
        size, depth = self.spatial_compression_ratio, self.temporal_compression_ratio
        moving = _lap_along(video[:, :, depth:], 2, depth, self.lap_gain_time, forward)
        video = torch.cat([video[:, :, :depth], moving], dim=2)
        for dim in (3, 4):
            video = _lap_along(video, dim, size, self.lap_gain, forward)
        return video

    def to_blocks(self, video: Tensor) -> Tensor:
        """``[B, 3, T, H, W]`` to ``[B, t, h, w, 3 * 8 * 32 * 32]``."""
        s, d = self.spatial_compression_ratio, self.temporal_compression_ratio
        b, c, t, h, w = video.shape
        split = video.reshape(b, c, t // d, d, h // s, s, w // s, s)
        return split.permute(0, 2, 4, 6, 1, 3, 5, 7).flatten(4)

    def from_blocks(self, blocks: Tensor) -> Tensor:
        """Inverse of `to_blocks`."""
        s, d = self.spatial_compression_ratio, self.temporal_compression_ratio
        b, t, h, w, _ = blocks.shape
        split = blocks.reshape(b, t, h, w, 3, d, s, s)
        return split.permute(0, 4, 1, 5, 2, 6, 3, 7).reshape(b, 3, t * d, h * s, w * s)


def _lap_along(video: Tensor, dim: int, block: int, gain: Sequence[float], forward: bool) -> Tensor:
    length = video.shape[dim]
    if length <= block or not gain:
        return video
    # Seen from block/2 on, every border lies in the middle of a stretch of one block. One small matrix for each stretch
    # is two to five times as fast as taking pairs apart and together again.
    first, inner, last = video.split([block // 2, length - block, block // 2], dim)
    stretches = inner.unflatten(dim, (length // block - 1, block))
    matrix = _pairs(block, gain, forward).to(video)
    last_dim = dim == video.ndim - 1
    filtered = stretches @ matrix if last_dim else (matrix @ stretches.flatten(dim + 2)).view_as(stretches)
    return torch.cat([first, filtered.flatten(dim, dim + 1), last], dim)


def _pairs(block: int, gain: Sequence[float], forward: bool) -> Tensor:
    """The symmetric matrix ``[block, block]`` that scales the differences of pairs mirrored at the middle."""
    matrix = torch.eye(block, dtype=torch.float64)
    for i, factor in enumerate(gain):
        before, after = block // 2 - 1 - i, block // 2 + i
        same = 0.5 * (1 + (factor if forward else 1 / factor))
        matrix[before, before] = matrix[after, after] = same
        matrix[before, after] = matrix[after, before] = 1 - same
    return matrix
