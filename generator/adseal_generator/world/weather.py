# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Things that fall: rain on a window, snow over hills, confetti.

Each function takes a `Stage` and returns sRGB ``[B, 3, T, H, W]``, about 0..1 (the finish clamps it).
"""

from __future__ import annotations

import torch
from torch import Tensor

from .backdrop import backdrop, has_accent
from .brushes import look, plate, spots, spread, thinned
from .stage import TAU, Stage, glow, over, smooth, soft_disc

_ACROSS, _DOWN = 0.7548777, 0.5698403  # steps that fill a plane evenly, however many are taken


def rain(stage: Stage) -> Tensor:
    """Large drops run down a window; the blurred lights of a city behind it stand upside down in each drop."""
    tone, t = stage.tones, stage.life
    far_x, far_y = stage.view(0.5)
    px, py = plate(
        stage, torch.cat((far_x - 0.9, far_x + 0.9), -1), torch.cat((far_y - 0.9, far_y + 0.9), -2)
    )
    lights = _street(stage, px, py)
    water = _drops(stage)
    body = torch.sigmoid((water - 0.42) * 13)
    slope_x, slope_y = _slope(stage, torch.log(water + 0.05))
    bend = 0.048 * body
    behind = look(
        lights, px, py, far_x + (slope_x * bend).clamp(-0.8, 0.8), far_y + (slope_y * bend).clamp(-0.8, 0.8)
    )
    facing = torch.tanh(slope_y * 0.055)  # the upper rim of a drop is dark, the lower one full of light
    rim = body * (1 - body) * 4
    picture = behind * (1 - body * (0.18 + 0.30 * facing))
    shine = over(tone.light, torch.ones_like(tone.light), 0.45 + 0.3 * stage.bright)
    picture = over(picture, shine, (body * smooth(-facing, 0.15, 0.9) * 0.50).clamp(0, 1))
    picture = picture * (1 - 0.22 * rim)
    glint = smooth(torch.tanh(slope_x * 0.055) * 0.6 + facing, 0.55, 1.15) * body
    return over(picture, torch.ones_like(tone.light), (0.75 * glint).clamp(0, 1)) + 0 * t


def snow(stage: Stage) -> Tensor:
    """Soft flakes at many depths over rounded winter hills."""
    tone, t = stage.tones, stage.life
    picture = _winter(stage)
    white = torch.ones_like(tone.main)
    way = stage.flow_way()[0]
    groups = (
        (34, 11, 0.034, 0.75, 0.45),
        (22, 7, 0.058, 0.85, 0.70),
        (12, 4, 0.095, 0.80, 1.0),
        (6, 2, 0.19, 0.42, 1.3),
    )
    for count, sparse, size, alpha, near in groups:
        x, y = stage.view(min(near, 1.0))
        wide, high = (2 * v.abs().amax((1, 2, 3, 4), keepdim=True) + 0.8 for v in (x, y))
        sway = _each(stage.randoms(count, 0, TAU))
        pace = near * (0.8 + 0.4 * _each(stage.randoms(count))) * t
        cx = (
            spread(stage, count, 0.0, 1.0, _ACROSS) * wide
            + way * 0.42 * pace
            + 0.07 * torch.sin(0.9 * t + sway)
        )
        cy = spread(stage, count, 0.0, 1.0, _DOWN) * high + (0.30 - 0.14 * way.abs()) * pace
        radius = size * (0.8 + 0.4 * _each(stage.randoms(count)))
        dx = (torch.remainder(x - cx, wide) - wide / 2) / radius
        dy = (torch.remainder(y - cy, high) - high / 2) / radius
        seen = thinned(stage, count, sparse)
        flakes = spots(torch.exp(-0.5 * dx * dx) * seen, torch.exp(-0.5 * dy * dy))
        colour = over(white, tone.light, 0.15 * (1 - stage.bright))
        picture = over(picture, colour, (alpha * flakes).clamp(0, 1))
    return picture


def confetti(stage: Stage) -> Tensor:
    """Large soft pieces of paper that tumble through the light of a celebration."""
    tone, t = stage.tones, stage.life
    ground = backdrop(stage)
    ground = over(ground, tone.main, 0.12 + 0.26 * smooth(stage.y, -stage.half_height, stage.half_height))
    picture = ground + 0 * t
    x, y = stage.view(0.3)
    for i in range(3):
        cx, cy = stage.random(-1, 1) * stage.half_width, stage.random(-1, 1) * stage.half_height
        colour = tone.accent if i == 1 else tone.light
        drift = 0.08 * torch.sin(0.5 * t + 2.0 * i)
        disc = spots(torch.exp(-(((x - cx - drift) / 0.42) ** 2)), torch.exp(-(((y - cy) / 0.42) ** 2)))
        picture = over(picture, colour, 0.38 * disc)
    for layer in range(3):
        picture = _papers(stage, picture, layer)
    return picture


def _each(numbers: Tensor) -> Tensor:
    return numbers[:, :, None, None, None]


def _street(stage: Stage, x: Tensor, y: Tensor) -> Tensor:
    """Blurred city lights on a still plate: discs strung along a street, their reflection below."""
    tone, height = stage.tones, stage.half_height
    level = stage.random(-0.05, 0.25) * height
    dusk = over(tone.ground, tone.shade, 0.55 * torch.exp(-(((y - level) / (0.7 * height)) ** 2)))
    dusk = over(
        dusk, tone.main, (0.58 + 0.12 * stage.bright) * torch.exp(-(((y - level) / (0.42 * height)) ** 2))
    )
    picture = dusk + 0 * x
    accent = has_accent(stage)
    warm = torch.tensor([1.0, 0.78, 0.48], device=x.device)[None, :, None, None, None]
    spare = over(warm + 0 * stage.bright, tone.accent, accent)
    places = spread(stage, 22, -1.9, 1.9) * stage.half_width
    for i in range(22):
        cx = places[:, i : i + 1]
        cy = level + stage.random(-0.62, 0.55) * height
        radius = stage.random(0.12, 0.24)
        colour = (tone.main, tone.light, spare, tone.main, tone.light)[i % 5]
        disc = soft_disc(x - cx, y - cy, radius, 0.10)
        picture = over(picture, colour, disc * stage.random(0.35, 0.80))
        picture = over(picture, 0.5 + 0.5 * colour, 0.30 * glow(x - cx, y - cy, 0.45 * radius))
    return picture


def _drops(stage: Stage) -> Tensor:
    """How much water stands on the glass: running drops, the wet trail above each, and resting beads."""
    t = stage.life
    x, y = stage.view(1.0)
    wide, high = (2 * v.abs().amax((1, 2, 3, 4), keepdim=True) + 0.4 for v in (x, y))
    high = high + 0.9
    count = 15
    hurry = 0.26 + 0.16 * stage.is_("direction", "down")
    phase = _each(stage.randoms(count, 0, TAU))
    # A drop waits, gathers water and slips on: a speed that swings but never turns round.
    slip = hurry * (0.7 + 0.6 * _each(stage.randoms(count))) * (t + 0.62 * torch.sin(1.5 * t + phase) / 1.5)
    cy = spread(stage, count, 0.0, 1.0, _DOWN) * high + slip
    cx = spread(stage, count, 0.0, 1.0, _ACROSS) * wide
    size = 0.070 + 0.040 * _each(stage.randoms(count))
    dx, dy = torch.remainder(x - cx, wide) - wide / 2, torch.remainder(y - cy, high) - high / 2
    dx = dx - 0.02 * torch.sin(2.0 * t + phase)
    seen = thinned(stage, count, 5)
    heads = spots(torch.exp(-0.7 * (dx / size) ** 2) * seen, torch.exp(-0.5 * (dy / size) ** 2))
    above = torch.sigmoid((-dy) * 30) * torch.exp(dy.clamp(max=0) / 0.34)
    trails = spots(torch.exp(-((dx / (0.62 * size)) ** 2)) * seen, above)
    beads = 34
    bx = spread(stage, beads, 0.0, 1.0, _ACROSS) * wide
    by = spread(stage, beads, 0.0, 1.0, _DOWN) * high
    small = 0.038 + 0.030 * _each(stage.randoms(beads))
    ex = (torch.remainder(x - bx, wide) - wide / 2) / small
    ey = (torch.remainder(y - by, high) - high / 2) / small
    resting = spots(torch.exp(-0.6 * ex * ex) * thinned(stage, beads, 11), torch.exp(-0.5 * ey * ey))
    return 1.15 * heads + 0.62 * trails + 0.85 * resting


def _slope(stage: Stage, surface: Tensor) -> tuple[Tensor, Tensor]:
    """Derivatives of ``surface`` across and down, per unit."""
    step = float(stage.x[..., 1] - stage.x[..., 0])
    across, down = torch.gradient(surface, spacing=step, dim=(-1, -2))
    return across, down


def _winter(stage: Stage) -> Tensor:
    """A sky that pales towards the ground and three rounded hills of snow."""
    tone, height = stage.tones, stage.half_height
    x, y = stage.view(0.1)
    low = smooth(y, -height, 0.45 * height)
    white = torch.ones_like(tone.main)
    top = over(tone.main * (0.22 + 0.66 * stage.bright), tone.ground, 0.12 + 0 * stage.bright)
    base = over(tone.main * (0.55 + 0.45 * stage.bright), white, 0.06 + 0.30 * stage.bright)
    picture = over(top, base, low)
    cx, cy = stage.random(-0.5, 0.5) * stage.half_width, stage.random(-0.15, 0.15) * height
    lamp = over(over(tone.light, white, 0.4 + 0 * low), tone.accent, 0.85 * has_accent(stage))
    picture = over(
        picture, lamp, 0.62 * spots(torch.exp(-(((x - cx) / 0.62) ** 2)), torch.exp(-(((y - cy) / 0.5) ** 2)))
    )
    for i in range(3):
        x, y = stage.view(0.25 + 0.28 * i)
        near = i / 2
        crest = (
            (0.20 + 0.27 * i) * height
            + (0.13 + 0.03 * i) * torch.sin((1.5 - 0.25 * i) * x + stage.random(0, TAU))
            + 0.05 * torch.sin(3.1 * x + stage.random(0, TAU))
        )
        below = y - crest
        snowy = over(
            tone.main * (0.34 + 0.40 * stage.bright), white, 0.12 + 0.42 * stage.bright + 0.12 * near
        )
        shaded = tone.main * (0.22 + 0.52 * stage.bright) + 0.16 * stage.bright
        slope = over(snowy, shaded, smooth(below, 0.0, 0.75))
        picture = over(picture, slope, torch.sigmoid(below * (30 + 25 * near)))
    return picture


def _papers(stage: Stage, picture: Tensor, layer: int) -> Tensor:
    """One depth of tumbling papers: a grid that falls column by column, one paper in each of its cells."""
    tone, t = stage.tones, stage.life
    pitch, size, blur = ((0.56, 0.145, 3.6), (0.74, 0.190, 3.6), (1.30, 0.31, 2.2))[layer]
    x, y = stage.view((0.55, 0.85, 1.2)[layer])
    way = stage.flow_way()[1]
    fall = torch.where(way == 0, 0.16, 0.34 * way) * (0.7 + 0.35 * layer)
    seed = stage.random(0, 50)
    across = x / pitch + stage.random(0, 7)
    column = across.floor()
    lane = _dice(column * 3.7 + seed)
    along = (y - fall * (0.8 + 0.4 * lane) * t) / pitch + 9 * lane
    row = along.floor()
    one = _dice(column * 17.31 + row * 5.77 + seed)
    two, three = torch.remainder(one * 61.7, 1.0), torch.remainder(one * 743.3, 1.0)
    room = 1 - 2.36 * size / pitch  # a paper never crosses the border of its cell
    dx = (across - column - 0.5 + (two - 0.5) * room) * pitch
    dy = (along - row - 0.5 + (three - 0.5) * room) * pitch
    angle = TAU * two + (three - 0.5) * 1.8 * t
    cosine, sine = torch.cos(angle), torch.sin(angle)
    tilt = torch.cos(TAU * three + (1.0 + two) * t)
    u = (dx * cosine + dy * sine) / size
    v = (dy * cosine - dx * sine) / (size * (0.30 + 0.42 * tilt.abs()))
    u, v = u * u, v * v
    cover = torch.sigmoid((1 - u * u - v * v) * blur)
    shown = 1 - stage.is_("density", "sparse") * (one > 0.34)
    ink = over(tone.main, tone.accent, (two > 0.62).float())
    ink = over(
        ink, over(tone.light, torch.ones_like(tone.light), 0.5 * (1 - stage.bright)), (three > 0.74).float()
    )
    ink = ink * (0.88 + 0.16 * tilt) + 0.10 + 0.10 * smooth(tilt, 0.4, 1.0)
    return over(picture, ink, cover * shown * (1.0, 1.0, 0.62)[layer])


def _dice(value: Tensor) -> Tensor:
    return torch.remainder(torch.sin(value) * 4375.85, 1.0)
