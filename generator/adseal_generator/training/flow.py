# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Rectified flow over packed tokens, with the transformer called exactly as ``LTXConditionPipeline`` calls it.

Decides: coordinates, one timestep for each token, what a network is asked and how its answer is compared. Leaves out:
which tokens and levels (`loop`).
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from diffusers import LTXConditionPipeline
from torch import Tensor


@dataclass(frozen=True)
class Tokens:
    """A batch as the transformer sees it.

    Attributes:
        clean, noise: ``[B, tokens, C]``.
        level: ``[B, tokens]`` share of noise, 0..1; 0 where a token is given.
        coords: ``[1, 3, tokens]``, see `video_coords`.
        text, mask: ``[B, words, D]`` and which of them count.
    """

    clean: Tensor
    noise: Tensor
    level: Tensor
    coords: Tensor
    text: Tensor
    mask: Tensor

    def kept(self, which: Tensor) -> Tokens:
        """Only some of the tokens."""
        parts = (self.clean[:, which], self.noise[:, which], self.level[:, which], self.coords[:, :, which])
        return Tokens(*parts, self.text, self.mask)

    def velocity(self, transformer: Any, text: Tensor | None = None) -> Tensor:
        """Predicted noise minus clean latents, float32 ``[B, tokens, C]``; ``text`` in place of the batch's own."""
        prediction: Tensor = transformer(
            hidden_states=torch.lerp(self.clean, self.noise, self.level[..., None]),
            encoder_hidden_states=self.text if text is None else text,
            timestep=self.level * 1000,
            encoder_attention_mask=self.mask,
            video_coords=self.coords.expand(len(self.clean), -1, -1),
            return_dict=False,
        )[0]
        return prediction.float()

    @torch.no_grad()
    def guided(self, transformer: Any, nothing: Tensor, guidance: float) -> Tensor:
        """The velocity with guidance (Ho and Salimans, 2022); ``nothing``: ``[slots, D]`` where nothing is said."""
        empty = torch.cat([nothing.expand(len(self.text), -1, -1), self.text[:, len(nothing) :]], dim=1)
        plain, told = self.velocity(transformer, empty), self.velocity(transformer)
        return plain + guidance * (told - plain)


def video_coords(frames: int, height: int, width: int, fps: float, frame_index: int = 0) -> Tensor:
    """``[1, 3, tokens]``: seconds, and pixels down and across, of each token; sizes in latent units."""
    ids = LTXConditionPipeline._prepare_video_ids(1, frames, height, width)
    coords = LTXConditionPipeline._scale_video_ids(ids, 32, 8, frame_index).float()
    coords[:, 0] /= fps
    packed: Tensor = coords
    return packed
