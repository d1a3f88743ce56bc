# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From scenes to pixels: paints each family in a batch, then the finish every clip gets.

Pictures are painted at half the wanted size and enlarged: every edge becomes soft by construction, which is
what a latent of 32 px blocks can hold, and painting costs a quarter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from . import abstract, city, lights, liquids, particles, places, products, weather
from .scene import Scene
from .stage import Stage, make_stage, smooth

PAINTERS: dict[str, Callable[[Stage], Tensor]] = {
    "silk": abstract.silk,
    "liquid": abstract.liquid,
    "bokeh": lights.bokeh,
    "rays": lights.rays,
    "ink": liquids.ink,
    "ocean": places.ocean,
    "clouds": places.clouds,
    "mountains": places.mountains,
    "forest": places.forest,
    "rain": weather.rain,
    "snow": weather.snow,
    "sparks": particles.sparks,
    "confetti": weather.confetti,
    "particles": particles.particles,
    "neon": lights.neon,
    "skyline": city.skyline,
    "towers": city.towers,
    "road": places.road,
    "papercut": places.papercut,
    "geometric": abstract.geometric,
    "ribbons": abstract.ribbons,
    "marble": abstract.marble,
    "terrazzo": abstract.terrazzo,
    "fabric": abstract.fabric,
    "splash": liquids.splash,
    "bubbles": liquids.bubbles,
    "steam": liquids.steam,
    "product": products.product,
    "dust": particles.dust,
    "stars": lights.stars,
}


def render(
    scenes: Sequence[Scene],
    *,
    width: int,
    height: int,
    frames: int,
    fps: float,
    generator: torch.Generator,
    device: str | torch.device = "cpu",
) -> Tensor:
    """Paint ``scenes``.

    Args:
        width, height: picture size in px, even.
        frames, fps: length and rate.
        generator: CPU generator; the same state paints the same clips.

    Returns:
        float32 ``[B, 3, T, H, W]`` sRGB in -1..1.
    """
    device = torch.device(device)
    clips = torch.empty(len(scenes), 3, frames, height, width, device=device)
    for family in dict.fromkeys(s.family for s in scenes):
        members = [i for i, s in enumerate(scenes) if s.family == family]
        stage = make_stage(
            [scenes[i] for i in members],
            width=width // 2,
            height=height // 2,
            frames=frames,
            fps=fps,
            generator=generator,
            device=device,
        )
        picture = _finish(stage, PAINTERS[family](stage))
        clips[members] = _enlarge(picture, height, width)
    return clips.mul_(2).sub_(1).clamp_(-1, 1)


def _finish(stage: Stage, picture: Tensor) -> Tensor:
    """Calm space for the words of the ad, a vignette and a gentle film curve."""
    picture = _clear_space(stage, picture.clamp(0, 1))
    edge = (stage.x / (1.5 * stage.half_width)) ** 2 + (stage.y / (1.5 * stage.half_height)) ** 2
    picture = picture * (1 - (0.50 - 0.32 * stage.bright) * smooth(edge, 0.12, 1.0))
    return picture * (1.12 - 0.12 * picture)


def _clear_space(stage: Stage, picture: Tensor) -> Tensor:
    """Fade the detail of the upper or lower third towards the ground colour, where the scene asks for it."""
    place = torch.tensor(
        [{"none": 0.0, "top": -1.0, "bottom": 1.0}[s.space] for s in stage.scenes], device=stage.x.device
    )
    place = place[:, None, None, None, None]
    cover = smooth(stage.y * place / stage.half_height, 0.05, 0.62) * place.abs()
    ground = 0.75 * stage.tones.ground + 0.25 * stage.tones.shade
    ground = torch.where(stage.bright > 0, stage.tones.ground, ground)
    return picture + (ground - picture) * (0.86 * cover)


def _enlarge(picture: Tensor, height: int, width: int) -> Tensor:
    batch, channels, frames = picture.shape[:3]
    flat = picture.reshape(batch * channels, frames, *picture.shape[-2:])
    return F.interpolate(flat, (height, width), mode="bilinear", align_corners=False).view(
        batch, channels, frames, height, width
    )
