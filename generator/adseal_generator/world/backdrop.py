# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The plain ground that scenes without a place are painted on."""

from __future__ import annotations

import torch
from torch import Tensor

from .stage import Stage, glow, over


def backdrop(stage: Stage, strength: float = 1.0) -> Tensor:
    """A ground that brightens towards a soft pool of light; ``[B, 3, 1, H, W]``."""
    tone = stage.tones
    cx, cy = stage.random(-0.5, 0.5), stage.random(-0.8, 0.3)
    pool = glow(stage.x - cx, stage.y - cy, stage.random(0.8, 1.2))
    dark = tone.ground + (tone.shade - tone.ground) * (0.75 * pool)
    pale = tone.ground + (1.0 - tone.ground) * (0.6 * pool)
    return over(tone.ground, torch.where(stage.bright > 0, pale, dark), torch.full_like(pool, strength))


def has_accent(stage: Stage) -> Tensor:
    """1 for clips with an accent colour, otherwise 0, ``[B, 1, 1, 1, 1]``."""
    given = torch.tensor([float(s.accent is not None) for s in stage.scenes], device=stage.x.device)
    return given[:, None, None, None, None]
