# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Scenes without things in them: silk, bokeh, ribbons, light rays, sparks.

Each function takes a `Stage` and returns sRGB ``[B, 3, T, H, W]``, about 0..1 (the finish clamps it).
"""

from __future__ import annotations

import torch
from torch import Tensor

from .stage import TAU, Stage, glow, over, ramp, smooth, soft_disc, turn


def backdrop(stage: Stage, strength: float = 1.0) -> Tensor:
    """A ground that brightens towards a soft pool of light; ``[B, 3, 1, H, W]``."""
    tone = stage.tones
    cx, cy = stage.random(-0.5, 0.5), stage.random(-0.8, 0.3)
    pool = glow(stage.x - cx, stage.y - cy, stage.random(0.8, 1.2))
    dark = tone.ground + (tone.shade - tone.ground) * (0.75 * pool)
    pale = tone.ground + (1.0 - tone.ground) * (0.6 * pool)
    return over(tone.ground, torch.where(stage.bright > 0, pale, dark), torch.full_like(pool, strength))


def silk(stage: Stage) -> Tensor:
    """Folded cloth: a warped sine surface lit from the side, with a sheen on the crests."""
    tone, t = stage.tones, stage.life
    x, y = stage.view()
    p, q = turn(x, y, stage.random(0, TAU))
    bend = 0.42 * torch.sin(1.2 * q + stage.random(0, TAU) + 0.5 * t) + 0.26 * torch.sin(
        1.9 * p - 1.5 * q + stage.random(0, TAU) - 0.4 * t
    )
    phase = stage.random(3.6, 5.4) * (p + bend) + stage.random(0, TAU)
    # The steep side of a fold is short and dark, the flat side long and bright, as in hanging cloth.
    skewed = phase + 0.55 * torch.sin(phase) + 0.25 * torch.sin(2 * phase + 0.6 * q)
    light = 0.5 + 0.5 * torch.sin(skewed)
    picture = ramp(light, tone.shade * (0.45 + 0.45 * stage.bright), tone.main, tone.light)
    sheen = torch.sigmoid(9 * (torch.sin(skewed + 0.45) - 0.80)) * (
        0.65 + 0.35 * torch.sin(0.9 * q + 0.4 * t)
    )
    accent = _has_accent(stage)
    glint = over(0.5 * tone.light + 0.5, tone.accent, 0.85 * accent)
    return over(picture, glint, sheen * (0.30 + 0.42 * accent))


def bokeh(stage: Stage) -> Tensor:
    """Discs of defocused light, drifting at several depths."""
    tone, t = stage.tones, stage.life
    picture = backdrop(stage) + 0 * t
    spread_x, spread_y = stage.half_width + 0.2, stage.half_height + 0.2
    for i in range(11):
        depth = 0.55 + 0.09 * i
        x, y = stage.view(depth)
        cx, cy = stage.random(-spread_x, spread_x), stage.random(-spread_y, spread_y)
        sway = stage.random(0, TAU)
        dx = x - cx - 0.10 * torch.sin(0.7 * t + sway)
        dy = y - cy - 0.08 * torch.cos(0.5 * t + sway)
        radius = stage.random(0.13, 0.20) + 0.022 * i * stage.random(0.6, 1.0)
        distance = torch.sqrt(dx * dx + dy * dy)
        body = torch.sigmoid((radius - distance) * 34)
        fill = body * (0.62 + 0.38 * (distance / radius) ** 2)
        colour = tone.accent if i % 3 == 1 else (tone.light if i % 3 == 2 else tone.main)
        alpha = stage.random(0.35, 0.75) * (0.82 + 0.18 * torch.sin(0.9 * t + 2 * sway))
        picture = over(picture, colour, fill * alpha)
    return picture


def ribbons(stage: Stage) -> Tensor:
    """Broad bands that wave over each other, each shaded across its width."""
    tone, t = stage.tones, stage.life
    x, y = stage.view()
    p, q = turn(x, y, stage.random(-0.6, 0.6) + TAU / 4 * (stage.random() > 0.6))
    picture = backdrop(stage) + 0 * t
    start = stage.random(-1.1, -0.8)
    for i in range(5):
        centre = (
            start
            + 0.5 * i
            + 0.34 * torch.sin(stage.random(1.0, 1.5) * p + stage.random(0, TAU) + 0.6 * t)
            + 0.14 * torch.sin(stage.random(1.9, 2.6) * p + stage.random(0, TAU) - 0.5 * t)
        )
        width = 0.24 + 0.09 * torch.sin(1.3 * p + stage.random(0, TAU) + 0.4 * t)
        across = (q - centre) / width
        cover = torch.sigmoid((1 - across.abs()) * (width * 55))
        shadow = torch.exp(-0.5 * ((across - 0.55) / 0.8) ** 2) * 0.35
        picture = picture * (1 - shadow * (1 - cover))
        body = tone.accent if i % 2 == 1 else tone.main
        shade = ramp(0.5 - 0.42 * across, body * 0.42, body, 0.5 * body + 0.5 * tone.light)
        picture = over(picture, shade, cover)
    return picture


def rays(stage: Stage) -> Tensor:
    """Beams that fan out from a source beyond the upper edge, and a slow leak of coloured light."""
    tone, t = stage.tones, stage.life
    x, y = stage.view()
    side = torch.sign(stage.random(-1, 1))
    sx, sy = side * stage.random(0.1, 0.9), -stage.half_height - stage.random(0.15, 0.4)
    dx, dy = x - sx, y - sy
    angle = torch.atan2(dx, dy.clamp(min=0.05))
    phase = stage.random(0, TAU)
    beams = (
        0.5
        + 0.28 * torch.sin(7 * angle + phase + 0.5 * t)
        + 0.22 * torch.sin(12 * angle + 2 * phase - 0.7 * t)
    ).clamp(0, 1) ** 2
    distance = torch.sqrt(dx * dx + dy * dy)
    fall = torch.exp(-distance * (0.62 / stage.half_height))
    ground = over(backdrop(stage, 0.6), 0.55 * tone.main + 0.30, 0.8 * stage.bright)
    picture = over(ground + 0 * t, tone.main, 0.55 * fall)
    leak = glow(x - side * -0.7, y - stage.random(-0.6, 1.2) - 0.25 * torch.sin(0.4 * t + phase), 0.62)
    picture = over(picture, tone.accent, 0.62 * leak * (0.4 + 0.6 * _has_accent(stage)))
    picture = over(
        picture,
        torch.maximum(over(tone.light, torch.ones_like(tone.light), 0.6 * stage.bright), picture),
        (beams * fall * 1.5).clamp(0, 0.92) * (1 - 0.2 * stage.bright),
    )
    return over(picture, 0.4 * tone.light + 0.6, glow(dx, dy, 0.55))


def sparks(stage: Stage) -> Tensor:
    """Small glowing particles that rise and sway above a warm glow."""
    tone, t = stage.tones, stage.life
    height = stage.half_height
    bed = smooth(
        stage.y + 0.15 * torch.sin(2 * stage.x + stage.random(0, TAU) + 0.6 * t), -0.2 * height, 1.25 * height
    )
    picture = over(backdrop(stage, 0.7) + 0 * t, tone.main, 0.7 * bed)
    span = 2 * height + 0.6
    for i in range(16):
        depth = 0.6 + 0.05 * i
        x, y = stage.view(depth)
        sway = stage.random(0, TAU)
        cx = stage.random(-stage.half_width - 0.3, stage.half_width + 0.3) + 0.09 * torch.sin(1.1 * t + sway)
        rise = stage.random(0, span) - (0.16 + 0.1 * depth) * t
        dy = torch.remainder(y - rise + height + 0.3, span) - span / 2
        size = 0.036 + 0.0028 * i
        hot = glow(x - cx, dy * 0.8, size)
        halo = glow(x - cx, dy, size * 3.2)
        colour = tone.accent if i % 3 == 0 else tone.main
        flicker = 0.75 + 0.25 * torch.sin(2.1 * t + 3 * sway)
        picture = over(picture, colour, halo * (0.42 * flicker))
        picture = over(picture, 0.35 * colour + 0.65, (hot * 1.25).clamp(0, 1) * flicker)
    return picture


def _has_accent(stage: Stage) -> Tensor:
    given = torch.tensor([float(s.accent is not None) for s in stage.scenes], device=stage.x.device)
    return given[:, None, None, None, None]


__all__ = ["backdrop", "bokeh", "rays", "ribbons", "silk", "soft_disc", "sparks"]
