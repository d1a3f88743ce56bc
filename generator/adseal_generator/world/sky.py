# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The sky of all outdoor scenes: its colour by time of day, sun or moon, streaks of cloud and stars.

The main colour of the scene tints every sky, so that the palette of a brand stays recognisable; the time of day decides
how bright it is, how warm the horizon is and where the sun stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .backdrop import has_accent
from .landforms import Puffs, row, soft_spot, spots
from .stage import TAU, Stage, over, smooth, soft_disc

_SUN_HEIGHT = {
    "sunrise": 0.05,
    "sunset": 0.22,
    "day": 0.60,
    "night": 0.60,
}  # above the horizon, in half heights
_SUN_SIZE = {"sunrise": 0.30, "sunset": 0.25, "day": 0.13, "night": 0.17}
_WARMTH = {"sunrise": 0.75, "sunset": 0.95}
_LIGHTNESS = {"night": 0.10, "sunset": 0.48, "sunrise": 0.85, "day": 1.0}
_ZENITH = {"night": 0.07, "sunset": 0.36, "sunrise": 0.80, "day": 1.0}  # share of the main colour overhead
_MIDDLE = {"night": 0.20, "sunset": 0.78, "sunrise": 0.95, "day": 1.0}
_LOW = {"night": 0.48, "sunset": 0.95, "sunrise": 1.0, "day": 1.0}
_MILK = {"night": 0.0, "sunset": 0.0, "sunrise": 0.38, "day": 0.16}  # share of white overhead
_GLARE = {"night": 0.35, "sunset": 0.55, "sunrise": 0.34, "day": 0.55}


@dataclass(frozen=True)
class Air:
    """Colours of the air at the scene's time of day, each ``[B, 3, 1, 1, 1]``.

    Attributes:
        zenith, middle, horizon: the sky from above to the horizon.
        haze: what far things fade into.
        sun: light of the sun or moon.
        glint: what catches that light (clouds, mist, crests); takes the accent colour.
    """

    zenith: Tensor
    middle: Tensor
    horizon: Tensor
    haze: Tensor
    sun: Tensor
    glint: Tensor


def air(stage: Stage) -> Air:
    """Colours of the sky for each clip."""
    tone = stage.tones
    white = torch.ones_like(tone.main)
    warm = stage.choose("time", _WARMTH)
    mood = _mood(stage)
    # Dark colours need more white to look like a day at all.
    dim = (0.42 - tone.main.mean(1, keepdim=True)).clamp(min=0)
    milk = (stage.choose("time", _MILK) * (1 + 0.5 * mood + 1.8 * dim)).clamp(0, 0.8)
    zenith = over(tone.main, white, milk) * (stage.choose("time", _ZENITH, 0.6) * (1 + 0.32 * mood))
    pale = (2.1 * milk + 0.25 * warm * (1 + mood)).clamp(0, 0.75)
    middle = over(tone.main, white, pale * 0.6) * (stage.choose("time", _MIDDLE, 0.8) * (1 + 0.18 * mood))
    low = over(tone.main, white, (2.0 * pale).clamp(max=0.78)) * stage.choose("time", _LOW, 0.8)
    ember = _warm(stage)
    horizon = over(low, ember, 0.82 * warm)
    haze = torch.lerp(over(low, ember, 0.42 * warm), middle, 0.35)
    sun = over(torch.lerp(white, tone.main, 0.22), ember, warm.clamp(max=0.8))
    given = has_accent(stage)
    # Light is never darker than what it falls on: a dark accent shines in its own hue.
    shining = torch.lerp(tone.accent / tone.accent.amax(1, keepdim=True).clamp(min=0.2), white, 0.12)
    sun = over(sun, shining, given * (0.45 - 0.40 * warm))
    return Air(zenith, middle, horizon, haze, sun, over(sun, shining, 0.60 * given))


def sky(
    stage: Stage, horizon: Tensor | float, sun_x: Tensor | None = None, *, streaks: bool = True
) -> Tensor:
    """The sky down to ``horizon`` (units) and below it; ``[B, 3, T, H, W]``.

    Args:
        sun_x: where the sun or moon stands; anywhere if not given.
        streaks: whether thin clouds hang in it.
    """
    tone, colour = stage.tones, air(stage)
    x, y = stage.view(0.06)
    night, warm = stage.is_("time", "night"), stage.choose("time", _WARMTH)
    white = torch.ones_like(tone.main)
    cx = stage.random(-0.5, 0.5) * stage.half_width if sun_x is None else sun_x
    cy = horizon - stage.choose("time", _SUN_HEIGHT, 0.5) * stage.half_height
    rise = (horizon - y) / (1.35 * stage.half_height)  # 0 at the horizon, 1 overhead
    base = over(colour.middle, colour.zenith, smooth(rise, 0.25, 1.0))
    picture = over(base, colour.horizon, smooth(rise, 0.45, -0.05))  # still one column: cheap
    halo = over(over(colour.sun, white, 0.25 * (1 - warm)), tone.main, 0.55 * night)
    glare = stage.choose("time", _GLARE, 0.5)
    picture = screen(picture, halo, (0.75 * glare) * soft_spot(x - cx, y - cy, 0.75))
    if streaks:
        picture = _streaks(stage, picture, horizon, colour)
    picture = _stars(stage, picture, horizon)
    size = stage.choose("time", _SUN_SIZE, 0.2) * (0.9 + 0.2 * stage.random())
    core = over(white, colour.sun, 0.22 + 0.18 * warm - 0.12 * night)
    disc = soft_disc(x - cx, y - cy, size, 0.06)
    bite = soft_disc(
        x - cx - 0.55 * size, y - cy + 0.25 * size, 0.92 * size, 0.06
    )  # leaves a crescent at night
    picture = screen(picture, halo, glare * soft_spot(x - cx, y - cy, 1.6 * size))
    return over(picture, core, disc * (1 - night * bite))


def daylight(stage: Stage) -> Tensor:
    """How much light falls on things out of doors, about 0.2 (night) to 1 (day), ``[B, 1, 1, 1, 1]``."""
    return (0.15 + 0.85 * stage.choose("time", _LIGHTNESS, 0.6)) * (1 + 0.25 * _mood(stage))


def lit(stage: Stage, colour: Tensor) -> Tensor:
    """``colour`` as it looks at the scene's time of day: dim at night, warm when the sun is low."""
    warm = 0.30 * stage.choose("time", _WARMTH)
    return over(colour, colour * 0.5 + _warm(stage) * 0.5, warm) * daylight(stage)


def screen(below: Tensor, colour: Tensor, alpha: Tensor) -> Tensor:
    """Light added to a picture: it never darkens and never burns out."""
    return below + (1 - below) * colour * alpha


def _mood(stage: Stage) -> Tensor:
    """How far the mood lifts (1) or lowers (-1) a time of day that knows both."""
    return (2 * stage.bright - 1) * (stage.choose("time", _WARMTH) > 0)


def _warm(stage: Stage) -> Tensor:
    """Colour of the light near a low sun: an accent colour takes half of it."""
    orange = torch.tensor([1.0, 0.42, 0.14], device=stage.x.device)
    rose = torch.tensor([1.0, 0.72, 0.56], device=stage.x.device)
    early = stage.is_("time", "sunrise") > 0
    sun = torch.where(early, rose[None, :, None, None, None], orange[None, :, None, None, None])
    return over(sun, stage.tones.accent, 0.25 * has_accent(stage))


def _streaks(stage: Stage, picture: Tensor, horizon: Tensor | float, colour: Air) -> Tensor:
    """A few long thin clouds that catch the light."""
    count, span = 6, 3.6 * stage.half_width + 2
    x, y = stage.view(0.10)
    level = stage.randoms(count, 0.18, 1.1)[:, None] * stage.half_height
    top = horizon if isinstance(horizon, Tensor) else torch.full_like(stage.bright, horizon)
    breath = 1 + 0.25 * torch.sin(0.6 * stage.life[:, 0, :, 0] + stage.randoms(count, 0, TAU)[:, None])
    bands = Puffs(
        row(stage, count, span),
        top[:, 0, :, 0] - level,
        stage.randoms(count, 0.45, 0.9)[:, None],
        stage.randoms(count, 0.05, 0.09)[:, None],
        stage.randoms(count, 0.5, 1.0)[:, None] * breath,
    )
    shine = over(colour.glint, colour.horizon, 0.30 + 0.4 * stage.is_("time", "night"))
    cover = smooth(spots(x, y, bands, span), 0.05, 1.1)
    return over(picture, shine, cover * (0.62 - 0.40 * stage.is_("time", "night")))


def _stars(stage: Stage, picture: Tensor, horizon: Tensor | float) -> Tensor:
    """Points of light high up, at night only."""
    count, span = 40, 3.6 * stage.half_width
    x, y = stage.view(0.03)
    top = horizon if isinstance(horizon, Tensor) else torch.full_like(stage.bright, horizon)
    twinkle = 0.8 + 0.2 * torch.sin(1.7 * stage.life[:, 0, :, 0] + stage.randoms(count, 0, TAU)[:, None])
    size = stage.randoms(count, 0.018, 0.030)[:, None]
    points = Puffs(
        row(stage, count, span),
        top[:, 0, :, 0] - stage.randoms(count, 0.35, 2.2)[:, None] * stage.half_height,
        size,
        size,
        stage.randoms(count, 0.5, 1.0)[:, None] * twinkle,
    )
    strength = spots(x, y, points, span) * stage.is_("time", "night")
    return over(picture, torch.ones_like(stage.tones.main), strength.clamp(0, 0.9))
