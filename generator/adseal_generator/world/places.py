# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Scenes with things in them: ocean, mountains, city, a product on a pedestal.

Each function takes a `Stage` and returns sRGB ``[B, 3, T, H, W]``, about 0..1 (the finish clamps it).
"""

from __future__ import annotations

import torch
from torch import Tensor

from .abstract import backdrop
from .stage import TAU, Stage, glow, over, ramp, smooth, soft_disc


def ocean(stage: Stage) -> Tensor:
    """Layered swell under a glowing sky; the crests catch the light."""
    tone, t = stage.tones, stage.life
    picture = _sky(stage, sun_height=stage.random(-0.75, -0.35) * stage.half_height)
    top = stage.random(-0.30, -0.05) * stage.half_height
    step = (stage.half_height - top) / 6.2
    for i in range(6):
        depth = 0.35 + 0.22 * i
        x, y = stage.view(depth)
        size = 0.05 + 0.022 * i
        crest = (
            top
            + step * i
            + size * torch.sin((2.9 - 0.22 * i) * x + stage.random(0, TAU) + (0.9 + 0.1 * i) * t)
            + 0.5 * size * torch.sin((5.2 - 0.35 * i) * x + stage.random(0, TAU) - 0.8 * t)
        )
        below = y - crest
        cover = torch.sigmoid(below * 60)
        near = i / 5
        edge = torch.exp(-(below.clamp(min=0)) / (0.10 + 0.06 * near))
        deep = tone.shade * (0.95 - 0.45 * near) + tone.ground * (0.25 * stage.bright)
        crest_colour = tone.accent if i == 2 else tone.light
        water = over(
            ramp(0.62 - 0.5 * near + 0.5 * edge, deep, tone.main, tone.light), crest_colour, 0.45 * edge**3
        )
        picture = over(picture, water, cover)
    return picture


def mountains(stage: Stage) -> Tensor:
    """Paper-cut ridges, hazy in the distance, with a low sun."""
    tone, t = stage.tones, stage.life
    horizon = stage.random(-0.35, -0.05) * stage.half_height
    picture = _sky(stage, sun_height=horizon - stage.random(0.05, 0.35))
    step = (stage.half_height - horizon) / 5.6
    for i in range(5):
        depth = 0.25 + 0.30 * i
        x, y = stage.view(depth)
        ridge = horizon + step * (i + 0.5)
        for k, (rate, size) in enumerate(((1.3, 0.26), (2.9, 0.13), (5.6, 0.05))):
            wave = torch.asin(0.96 * torch.sin((rate + 0.2 * i) * x + stage.random(0, TAU))) * (2 / torch.pi)
            ridge = ridge - size * (1.0 - 0.09 * i) * (wave + 0.15 * k)
        below = y - ridge
        near = (i + 1) / 5
        face = tone.light * (1 - near) + tone.shade * near
        face = over(face, tone.main, torch.full_like(near * stage.bright, 0.55 * (1 - abs(2 * near - 1.0))))
        mist = smooth(below + 0.03 * torch.sin(1.5 * x + 0.5 * t), 0.0, 0.85) * (0.55 - 0.35 * near)
        face = over(face * (0.55 + 0.45 * (1 - near) + 0.25 * stage.bright), tone.light, mist)
        picture = over(picture, face, torch.sigmoid(below * 60))
    return picture


def city(stage: Stage) -> Tensor:
    """A skyline at night: three rows of towers, lit windows, traffic as drifting points of light."""
    tone, t = stage.tones, stage.life
    height = stage.half_height
    glow_line = stage.random(0.15, 0.4) * height
    picture = over(
        tone.ground + 0 * stage.life,
        tone.main,
        0.9 * torch.exp(-(((stage.y - glow_line) / (0.75 * height)) ** 2)),
    )
    picture = over(picture, tone.accent, 0.5 * torch.exp(-(((stage.y - glow_line) / (0.28 * height)) ** 2)))
    for i in range(3):
        picture = _towers(stage, picture, row=i)
    street = 0.80 * height
    picture = over(picture, tone.ground * 0.6, smooth(stage.y + 0 * t, 0.66 * height, 0.80 * height) * 0.9)
    for i in range(10):
        heading = 1 if i % 2 else -1
        span = 2 * stage.half_width + 0.6
        x, y = stage.view(1.1)
        where = stage.random(0, span) + heading * stage.random(0.18, 0.30) * t
        dx = torch.remainder(x - where, span) - span / 2
        dy = y - street - 0.09 * (i % 4) + 0.05
        colour = tone.accent if heading > 0 else tone.light
        picture = over(picture, colour, 0.55 * glow(dx, dy, 0.13))
        picture = over(picture, 0.3 * colour + 0.7, 0.95 * soft_disc(dx, dy, 0.045, 0.05))
    return picture


def _towers(stage: Stage, picture: Tensor, row: int) -> Tensor:
    tone, height = stage.tones, stage.half_height
    x, y = stage.view(0.45 + 0.35 * row)
    pitch = 0.30 + 0.07 * row
    cells = 24
    position = x / pitch + cells / 2 + row * 0.37
    index = position.floor().clamp(0, cells - 1)
    inside = position - position.floor()  # 0..1 across one tower
    tops = stage.randoms(cells, -0.62, 0.12) * height + 0.17 * row * height

    def per_cell(table: Tensor) -> Tensor:
        flat = index.long().reshape(stage.batch, -1)
        return table.gather(1, flat).reshape(index.shape)

    wall = torch.minimum(inside, 1 - inside) * pitch
    below = y - per_cell(tops)
    cover = torch.sigmoid(below * 70) * torch.sigmoid((wall - 0.012) * 160)
    dark = 1 - 0.32 * row
    lit_side = tone.shade * (0.50 * dark) + tone.ground * 0.5
    face = over(lit_side + 0 * cover, tone.shade, 0.45 * dark * (1 - inside))
    picture = over(picture, face, cover)
    if row == 0:
        return picture
    # Windows are large on purpose: smaller ones would be below what the model's latent blocks can hold.
    rows_up = below / 0.15
    story = rows_up.floor().clamp(0, 30)
    within = rows_up - rows_up.floor()
    pane = torch.sigmoid((0.28 - (within - 0.5).abs()) * 14) * torch.sigmoid(
        (0.26 - (inside - 0.5).abs()) * 14
    )
    dice = torch.sin(per_cell(stage.randoms(cells, 0, 90)) + story * (12.9898 + row)) * 43758.5453
    on = torch.sigmoid(((dice - dice.floor()) - 0.60) * 40)
    colour = over(tone.accent * 0.55 + 0.45, tone.light, torch.full_like(stage.bright, 0.35))
    return over(picture, colour, (pane * on * cover * smooth(below, 0.0, 0.1)) * 0.85)


def product(stage: Stage) -> Tensor:
    """A studio shot: a vessel on a pedestal, a soft shadow, a highlight that wanders over it."""
    tone, t = stage.tones, stage.life
    x, y = stage.view(0.6)
    base = stage.random(0.42, 0.58)
    picture = over(
        backdrop(stage) + 0 * t, tone.shade * (0.8 + 0.3 * stage.bright), 0.45 * smooth(y - base, -0.05, 0.5)
    )
    halo = glow(x, y - base + 0.55, 0.62)
    picture = over(picture, torch.where(stage.bright > 0, tone.light, tone.main), 0.55 * halo)
    picture = _pedestal(stage, picture, x, y - base)
    sway = 0.55 * torch.sin(0.55 * t + stage.random(0, TAU))
    return _vessel(stage, picture, x, base - y, sway)


def _pedestal(stage: Stage, picture: Tensor, x: Tensor, y: Tensor) -> Tensor:
    tone, half = stage.tones, 0.62
    lid = 0.13
    curve = lid * torch.sqrt((1 - (x / half) ** 2).clamp(min=0))
    side = (
        torch.sigmoid((half - x.abs()) * 70)
        * torch.sigmoid((y + 0 * x) * 70)
        * torch.sigmoid((0.42 + curve - y) * 70)
    )
    shading = 0.5 + 0.5 * torch.cos(2.4 * (x / half + 0.35))
    stone = over(tone.shade, tone.light, torch.full_like(tone.shade[:, :1], 0.25))
    picture = over(picture, picture * 0.55, glow(x * 0.6, (y - 0.55) * 2.2, 0.4) * 0.8)
    picture = over(picture, stone * (0.45 + 0.55 * shading), side)
    top = torch.sigmoid((1 - torch.sqrt((x / half) ** 2 + (y / lid) ** 2)) * 14)
    picture = over(picture, over(stone, tone.light, torch.full_like(tone.shade[:, :1], 0.45)), top)
    return picture * (1 - 0.55 * glow(x, y * 2.6, 0.22))


def _vessel(stage: Stage, picture: Tensor, x: Tensor, up: Tensor, sway: Tensor) -> Tensor:
    """``up`` is the height above the pedestal; the outline is a half width for each height."""
    tone = stage.tones
    outline, tall = _outline(stage, up)
    cover = (
        torch.sigmoid((outline - x.abs()) * 62)
        * torch.sigmoid((up + 0.02) * 62)
        * torch.sigmoid((tall - up) * 62)
    )
    across = (x / outline.clamp(min=0.05)).clamp(-1.2, 1.2)
    shading = 0.60 - 0.46 * across.abs() ** 2.2 + 0.16 * across
    body = ramp(shading, tone.shade * 0.45, tone.main, tone.light)
    band = torch.sigmoid((0.17 * tall - (up - 0.40 * tall).abs()) * 50)
    label = ramp(shading + 0.12, tone.accent * 0.45, tone.accent, 0.5 * tone.accent + 0.5)
    body = over(body, label, band * 0.92)
    sheen = torch.exp(-(((across + 0.42 - 0.5 * sway) / 0.16) ** 2)) + 0.6 * torch.exp(
        -(((across - 0.62 - 0.3 * sway) / 0.09) ** 2)
    )
    body = over(body, torch.ones_like(tone.main), (0.62 * sheen).clamp(0, 0.8))
    return over(picture, body, cover)


def _outline(stage: Stage, up: Tensor) -> tuple[Tensor, Tensor]:
    device = up.device

    def choose(bottle: float, can: float, jar: float, tube: float) -> Tensor:
        table = {"bottle": bottle, "can": can, "jar": jar, "tube": tube}
        picked = torch.tensor([table[s.thing or "bottle"] for s in stage.scenes], device=device)
        return picked[:, None, None, None, None]

    tall = choose(1.30, 0.86, 0.56, 1.05)
    body, neck = choose(0.30, 0.29, 0.43, 0.29), choose(0.105, 0.25, 0.39, 0.15)
    shoulder, soft = choose(0.86, 0.79, 0.42, 0.20), choose(0.10, 0.03, 0.02, 0.30)
    # A tube stands on its narrow cap, so its profile runs the other way round.
    upright = choose(1.0, 1.0, 1.0, 0.0)
    blend = torch.sigmoid((up - shoulder) / (0.35 * soft + 0.012))
    narrow_above = body + (neck - body) * blend
    narrow_below = neck + (body - neck) * blend
    return narrow_above * upright + narrow_below * (1 - upright), tall


def _sky(stage: Stage, sun_height: Tensor) -> Tensor:
    tone = stage.tones
    x, y = stage.view(0.12)
    fade = smooth(y + 0 * x, -stage.half_height, 0.35 * stage.half_height)
    zenith = over(tone.ground, tone.main, torch.full_like(stage.bright, 0.30))
    picture = over(zenith + 0 * fade, over(tone.light, tone.main, 0.6 - 0.35 * stage.bright), fade)
    cx = stage.random(-0.45, 0.45)
    picture = over(picture, tone.accent, 0.75 * glow(x - cx, y - sun_height, 0.55))
    sun = (
        0.5 * tone.accent + 0.5 * torch.tensor([1.0, 0.96, 0.88], device=x.device)[None, :, None, None, None]
    )
    return over(picture, sun, soft_disc(x - cx, y - sun_height, stage.random(0.17, 0.27), 0.04))
