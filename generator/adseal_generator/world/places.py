# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Landscapes: ocean, clouds, mountains, forest, paper-cut hills and an open road.

Each function takes a `Stage` and returns sRGB ``[B, 3, T, H, W]``, about 0..1 (the finish clamps it). Layers that share
a colour ramp are composed as one channel of lightness and coloured once: colour is what makes painting expensive.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .backdrop import has_accent
from .landforms import Heap, Puffs, bank, cumulus, foliage, heap, mist, peaks, row, soft_spot, spots, trunks
from .sky import Air, air, daylight, lit, screen, sky
from .stage import TAU, Stage, over, ramp, smooth


def ocean(stage: Stage) -> Tensor:
    """Swell that rolls in under a glowing sky; the crests catch the light and the sun draws a path."""
    colour, t = air(stage), stage.life
    horizon = stage.random(-0.20, 0.05) * stage.half_height
    sun_x = stage.random(-0.5, 0.5) * stage.half_width
    picture = sky(stage, horizon, sun_x)
    x, y = stage.view(0.06)
    sea = torch.sigmoid((y - horizon) * 70)
    fall = smooth(y - horizon, 0.0, 1.3 * stage.half_height)
    light, shine = over(0.80 + 0 * fall, 0.30 + 0 * fall, fall) + 0 * x, 0 * (x + y)
    shine = shine + 0.9 * soft_spot(x - sun_x, (y - horizon) * 1.6, 0.16)
    count, steps = 9, 12
    rolled = 0.22 * t + stage.random()
    phases = [stage.randoms(steps, 0, TAU) for _ in range(3)]
    (far_x, far_y), (near_x, near_y) = stage.view(0.06, flow=0.5), stage.view(0.38, flow=1.5)
    for i in range(count):
        near = (i + rolled - rolled.floor()) / count  # 0 far to 1 near
        which = torch.remainder(i - rolled.floor(), steps).long()[
            :, 0, :, 0, 0
        ]  # rows keep their shape as they come
        first, second, third = (p.gather(1, which)[:, None, :, None, None] for p in phases)
        px, py = torch.lerp(far_x, near_x, near), torch.lerp(far_y, near_y, near)
        rate = 5.6 / (0.5 + 1.3 * near)
        wave = torch.sin(rate * px + first) * (0.75 + 0.25 * torch.sin(0.9 * t + second))
        wave = wave + 0.6 * torch.sin(1.7 * rate * px + second) * torch.cos(0.7 * t + third)
        crest = (torch.exp(0.65 * wave) - 1.1) * (0.010 + 0.085 * near)  # narrow crests, wide troughs
        below = py - horizon - (stage.half_height - horizon) * near**1.7 * 1.05 + crest
        # Rows come in at the horizon and leave at the bottom without a jump.
        shown = smooth(near, 0.0, 1 / count) * smooth(near, 1.0, 0.90)
        cover = torch.sigmoid(below * (90 - 50 * near)) * shown
        edge = torch.exp(below.clamp(min=0) * (-1 / (0.05 + 0.17 * near)))
        body = 0.62 - 0.50 * near + (0.22 + 0.34 * near) * edge
        light = over(light, body, cover)
        path = soft_spot(x - sun_x, 0 * near, 0.16 + 0.32 * near)
        shine = over(shine, path * edge * edge * (0.95 - 0.35 * near), cover)
    return over(picture, _water(stage, light, shine, colour), sea)


def _water(stage: Stage, light: Tensor, shine: Tensor, colour: Air) -> Tensor:
    tone = stage.tones
    day = stage.is_("time", "day")
    deep = over(tone.main * 0.34, tone.main * 0.50, day) * (0.35 + 0.65 * daylight(stage))
    middle = lit(stage, over(tone.main, tone.light, 0.15 * day))
    pale = over(torch.lerp(colour.horizon, colour.middle, 0.45), torch.ones_like(deep), 0.25 * day)
    water = ramp(light, deep, middle, pale)
    return over(water, torch.lerp(colour.glint, torch.ones_like(deep), 0.2), shine.clamp(0, 0.92))


def clouds(stage: Stage) -> Tensor:
    """Big cumulus in the open sky; where they are dense, a sea of clouds below."""
    dense = stage.is_("density", "dense")
    low_sun = stage.is_("time", "sunrise") + stage.is_("time", "sunset")
    horizon = (0.05 + 0.27 * low_sun) * stage.half_height
    picture = sky(stage, horizon, streaks=False)
    side = torch.sign(stage.random(-1, 1))
    for i in range(3):
        size = (0.22, 0.30, 0.36)[i]
        level = (-0.62, -0.10, 0.10)[i] * stage.half_height
        shape = cumulus(stage, size, level, depth=0.25 + 0.2 * i)
        cover = smooth(shape.body, 0.22, 0.55) * (1.0 if i == 1 else dense) * 0.97
        picture = _cloud(
            stage, picture, shape, cover, side=side, near=0.3 + 0.2 * i, tint=0.65 if i == 1 else 0.15
        )
    for i in range(3):
        shape = bank(stage, (0.36 + 0.25 * i) * stage.half_height, 0.17 + 0.05 * i, depth=0.3 + 0.2 * i)
        cover = smooth(shape.body, 0.22, 0.55) * dense
        picture = _cloud(stage, picture, shape, cover, side=side, near=0.35 + 0.3 * i, tint=0.1)
    return picture


def _cloud(
    stage: Stage, below: Tensor, shape: Heap, cover: Tensor, *, side: Tensor, near: float, tint: float
) -> Tensor:
    """A heap lit by the sky: bright where it faces the light, tinted by the main colour in its shade."""
    colour = air(stage)
    tone = stage.tones
    white = torch.ones_like(tone.main)
    night = stage.is_("time", "night")
    bright = over(over(colour.sun, white, 0.55 * stage.is_("time", "day")), tone.main, 0.45 * night)
    shine = bright * (1 - 0.45 * night)
    under = over(tone.main, tone.accent, tint * has_accent(stage))
    shade = over(under, white, 0.30 * stage.is_("time", "day")) * (0.25 + 0.62 * daylight(stage))
    shade = torch.lerp(shade, colour.haze, 0.35 * (1 - near))
    facing = torch.sigmoid(1.9 * shape.up + 0.8 * side * shape.side - 0.25)
    return over(over(below, shade, cover), shine, cover * facing)


def mountains(stage: Stage) -> Tensor:
    """Ridges that fade into the haze, lit from the side of the sun, with mist in the valleys."""
    tone, colour = stage.tones, air(stage)
    horizon = stage.random(-0.25, 0.0) * stage.half_height
    sun_x = stage.random(-0.5, 0.5) * stage.half_width
    picture = sky(stage, horizon, sun_x)
    step = (stage.half_height - horizon) / 5.0
    dusk = 1 - daylight(stage)
    for i in range(5):
        near = i / 4
        x, y = stage.view(0.10 + 0.14 * i)
        size = (0.30 + 0.02 * i) * (0.6 + 0.35 * stage.half_height)
        height, slope = peaks(stage, x, (1.5 + 0.1 * i, 3.1 + 0.2 * i, 6.3), (size, 0.46 * size, 0.20 * size))
        base = horizon + step * (0.55 + 0.95 * i)
        below = y - base + height
        face = over(tone.main, tone.main * 0.42, torch.full_like(dusk, near) * (0.45 + 0.55 * dusk))
        face = over(lit(stage, face), colour.haze, (1 - near) ** 1.3 * (0.72 - 0.22 * dusk) + 0 * near)
        foot = over(colour.haze, face, 0.25 + 0.25 * near)
        face = over(face, foot, smooth((y - base + 0.2) / (step + 0.35), 0.0, 1.0) * (0.85 - 0.45 * near))
        toward = torch.sigmoid(2.2 * slope * torch.sign(sun_x))  # the slopes that look at the sun
        rim = toward * torch.exp(below.clamp(min=0) * (-1 / (0.12 + 0.12 * near)))
        cover = torch.sigmoid(below * (80 - 20 * near))
        picture = over(picture, face, cover)
        if i in (1, 2):  # snow, down to a ragged line
            line = base - 0.55 * size + 0.16 * size * torch.sin(9 * x + 3 * height)
            shaded = over(tone.light, colour.haze, 0.5 + 0 * dusk)
            snow = over(shaded, over(colour.sun, torch.ones_like(shaded), 0.4 + 0 * dusk), toward)
            capped = cover * smooth(line - y, -0.04, 0.10) * 0.85
            picture = over(picture, snow * (0.62 + 0.38 * daylight(stage)), capped)
        picture = over(picture, colour.sun, rim * cover * (0.12 + 0.26 * (1 - dusk)) * (1 - 0.35 * near))
        if i in (1, 3):
            veil = mist(stage, base + 0.75 * step, 0.10 + 0.14 * i) * (
                0.65 - 0.3 * stage.is_("time", "night")
            )
            picture = over(picture, over(colour.haze, colour.glint, 0.45 + 0 * dusk), veil)
    return picture


def forest(stage: Stage) -> Tensor:
    """Trunks and leaves in layers of haze, with shafts of light from one side."""
    tone, colour = stage.tones, air(stage)
    side = stage.choose("light", {"left": -1.0, "right": 1.0}, 1.0)
    low = stage.choose("time", {"sunrise": 0.10, "sunset": 0.05}, -0.62) * stage.half_height
    night, dusk = stage.is_("time", "night"), 1 - daylight(stage)
    x, y = stage.view(0.06)
    up = y / stage.half_height
    far = over(colour.haze, lit(stage, tone.main), 0.45 - 0.2 * night)
    dark = tone.main * (0.52 - 0.40 * dusk)
    picture = over(over(far, dark, 0.55 * smooth(up, -0.1, -1.2)), dark, 0.75 * smooth(up, 0.35, 1.15))
    picture = picture * (1 - 0.38 * smooth(x * side / stage.half_width, 0.2, -1.1))
    source = soft_spot(x - 0.72 * side * stage.half_width, y - low, 0.62)
    picture = screen(picture, colour.sun, source * (0.95 - 0.45 * night))
    for i in range(4):
        near = i / 3
        bark = over(far * 0.80, dark * (1 - 0.45 * near), torch.full_like(dusk, 0.30 + 0.70 * near))
        stems, rim = trunks(stage, side, i)
        picture = over(over(picture, bark, stems), colour.sun, stems * rim * (0.40 - 0.22 * dusk))
        leaves = over(bark, lit(stage, tone.main), 0.60 - 0.25 * near - 0.2 * dusk)
        if i == 2:
            leaves = over(leaves, tone.accent * (0.3 + 0.65 * daylight(stage)), has_accent(stage) * 0.9)
            picture = _shafts(stage, picture, side, over(colour.sun, tone.main, 0.15 + 0.25 * night))
        if i:
            shape = foliage(stage, i)
            cover = smooth(shape.body, 0.35, 0.65) * 0.97
            facing = torch.sigmoid(1.6 * shape.up + 1.8 * side * shape.side - 1.4)
            picture = over(over(picture, leaves, cover), colour.sun, cover * facing * (0.50 - 0.25 * dusk))
    return _motes(stage, picture, over(colour.sun, torch.ones_like(dark), 0.3 + 0 * dusk))


def _shafts(stage: Stage, picture: Tensor, side: Tensor, shine: Tensor) -> Tensor:
    """Beams that fan out from beyond the upper corner on the side of the light."""
    x, y = stage.view(0.3)
    dx, dy = x * side - 1.55 * stage.half_width, y + 1.9 * stage.half_height
    fan = dx / dy.clamp(min=0.3) * 1.6 * stage.half_height
    phase = stage.random(0, TAU)
    beams = 0.52 + 0.40 * torch.sin(4.6 * fan + phase + 0.45 * stage.life)
    beams = (beams + 0.2 * torch.sin(8.3 * fan + 2 * phase - 0.35 * stage.life)).clamp(0, 1)
    reach = torch.exp(-0.35 * (dx.abs() / stage.half_width - 0.5).clamp(min=0))
    reach = reach * smooth(y / stage.half_height, 1.3, -0.2)
    strength = 0.95 - 0.35 * stage.is_("time", "night")
    return screen(picture, shine, beams * beams * reach * strength)


def _motes(stage: Stage, picture: Tensor, shine: Tensor) -> Tensor:
    """Pollen by day, fireflies by night: a few soft points that float."""
    count, span = 16, 2.6 * stage.half_width + 0.8
    x, y = stage.view(0.5)
    t, phase = stage.life[:, 0, :, 0], stage.randoms(count, 0, TAU)[:, None]
    size = stage.randoms(count, 0.024, 0.045)[:, None]
    puffs = Puffs(
        row(stage, count, span) + 0.12 * torch.sin(0.5 * t + phase),
        stage.randoms(count, -0.7, 0.85)[:, None] * stage.half_height + 0.14 * torch.sin(0.8 * t + 2 * phase),
        size,
        size,
        0.65 + 0.35 * torch.sin(1.1 * t + 3 * phase),
    )
    return over(picture, shine, (0.85 * spots(x, y, puffs, span)).clamp(0, 0.9))


def papercut(stage: Stage) -> Tensor:
    """Cut paper in layers: a round sun in rings, clouds and hills, each with a soft drop shadow."""
    tone, t = stage.tones, stage.life
    x, y = stage.view(0.08)
    lift = 0.25 + 0.5 * stage.bright
    wall = over(tone.shade * 0.75 + 0.02, tone.light, stage.bright)
    picture = over(wall, wall * 0.8 + 0.06, smooth(y / stage.half_height, -1.0, 0.6)) + 0 * x
    cx = stage.subject_x()
    cy = stage.random(-0.42, -0.22) * stage.half_height + 0.03 * torch.sin(0.8 * t)
    distance = torch.sqrt((x - cx) ** 2 + (y - cy) ** 2)
    sun = over(
        over(tone.light, torch.ones_like(wall), 0.55 * (1 - stage.bright)),
        tone.accent,
        0.92 * has_accent(stage),
    )
    sun = over(sun, tone.main, 0.75 * stage.bright * (1 - has_accent(stage)))
    for i, radius in enumerate((1.05, 0.72, 0.36)):
        grown = radius * (1 + 0.035 * torch.sin(0.9 * t + 0.9 * i))
        shadow = torch.sigmoid((grown + 0.03 - distance) * 22) * 0.30
        ring = over(wall, tone.main, (0.30 + 0.26 * i) * (1 - 0.25 * stage.bright))
        picture = over(picture * (1 - shadow), ring if i < 2 else sun, torch.sigmoid((grown - distance) * 70))
    picture = _paper_clouds(stage, picture, over(tone.light, torch.ones_like(wall), lift))
    for i in range(5):
        picture = _paper_hill(stage, picture, i)
    return picture


def _paper_clouds(stage: Stage, picture: Tensor, paper: Tensor) -> Tensor:
    """Clouds beside the sun, never in front of it."""
    count, each, span = 3, 4, 2.9 * stage.half_width + 1.6
    x, y = stage.view(0.22)
    away = stage.subject_x()[:, 0, :, 0] + span / 2
    home = (
        row(stage, count, span, 0.15)
        + away
        + 0.10 * torch.sin(0.7 * stage.life[:, 0, :, 0] + stage.randoms(count, 0, TAU)[:, None])
    )
    level = stage.randoms(count, -0.85, -0.05)[:, None] * stage.half_height
    bump = torch.tensor([[-0.24, 0.05, 0.13], [-0.06, -0.05, 0.17], [0.12, 0.0, 0.15], [0.27, 0.06, 0.11]])
    bump = bump.to(stage.x.device).repeat(count, 1)
    puffs = Puffs(
        home.repeat_interleave(each, 2) + bump[:, 0],
        level.repeat_interleave(each, 2) + bump[:, 1],
        bump[None, None, :, 2] * 0.72,
        bump[None, None, :, 2] * 0.62,
        torch.ones_like(level).repeat_interleave(each, 2),
    )
    body = spots(x, y, puffs, span)
    picture = picture * (1 - 0.30 * smooth(body, 0.05, 0.50))
    return over(picture, paper, smooth(body, 0.46, 0.62) * 0.97)


def _paper_hill(stage: Stage, picture: Tensor, layer: int) -> Tensor:
    """One sheet of hills; sheets in front are darker (or, in a bright mood, stronger) and sway a little more."""
    tone, near = stage.tones, layer / 4
    x, y = stage.view(0.20 + 0.11 * layer)
    sway = 0.10 * torch.sin(0.8 * stage.life + stage.random(0, TAU))
    first, second = stage.random(0, TAU), stage.random(0, TAU)
    rate = 1.5 + 0.25 * layer
    middle = (0.14 + 0.25 * layer) * stage.half_height - 0.06
    ridge = (
        middle
        - 0.17 * torch.sin(rate * (x + sway) + first)
        - 0.07 * torch.sin(2.1 * rate * (x - sway) + second)
    )
    below = y - ridge
    deep = over(
        over(tone.main, tone.light, 0.25 * (1 - stage.bright)), tone.shade * 0.8, stage.bright * 0 + near
    )
    pale = over(
        over(tone.light, tone.main, 0.15 + 0 * near * stage.bright), tone.shade, stage.bright * 0 + near
    )
    paper = torch.where(stage.bright > 0, pale, deep)
    if layer == 2:
        paper = over(paper, tone.accent, 0.85 * has_accent(stage))
    # Light falls on the upper edge of a sheet and the sheet before it keeps its foot in the shade.
    paper = over(paper, paper * 0.78, smooth(y - middle, 0.0, 0.6 * stage.half_height))
    picture = picture * (1 - 0.42 * torch.sigmoid((below + 0.07) * 20))
    return over(picture, paper, torch.sigmoid(below * 75))


def road(stage: Stage) -> Tensor:
    """A road at speed: lane marks, fields and roadside run towards (or away from) the camera."""
    tone, colour, t = stage.tones, air(stage), stage.life
    horizon = stage.random(-0.16, 0.02) * stage.half_height
    sun_x = stage.random(-0.3, 0.3) * stage.half_width
    picture = sky(stage, horizon, sun_x)
    for i in range(2):
        far_x, far_y = stage.view(0.06 + 0.05 * i)
        height, _ = peaks(stage, far_x, (1.2 + 0.5 * i, 2.9), (0.16 - 0.06 * i, 0.07 - 0.02 * i))
        face = over(lit(stage, tone.main * (0.85 - 0.3 * i)), colour.haze, 0.55 - 0.30 * i + 0 * height)
        picture = over(picture, face, torch.sigmoid((far_y - horizon + 0.10 - 0.07 * i + height) * 70))
    x, y = stage.view(0.06)
    driven = 1.5 * stage.choose("camera", {"push-in": 1.0, "pull-out": -1.0}) * t
    down = (y - horizon).clamp(min=0.03)
    away = 1 / down + driven
    sway = stage.random(-0.25, 0.25) + 0.12 * torch.sin(0.45 * t + stage.random(0, TAU))
    lane = (x - sway * torch.exp(-2.2 * down)) / down
    land = torch.sigmoid((y - horizon) * 70)
    field = over(
        lit(stage, tone.main), lit(stage, tone.main * 0.62), smooth(torch.sin(TAU / 2.4 * away), -0.5, 0.5)
    )
    haze = torch.exp(-3.2 * down)
    picture = over(picture, over(field, colour.haze, haze), land)
    picture = _asphalt(stage, picture, lane, down, away)
    return _roadside(stage, picture, sway=sway, driven=driven, horizon=horizon)


def _asphalt(stage: Stage, picture: Tensor, lane: Tensor, down: Tensor, away: Tensor) -> Tensor:
    """The lane in perspective; ``lane`` is how far to the side, ``down`` how far below the horizon."""
    colour = air(stage)
    land = smooth(down, 0.03, 0.06)
    tone, night = stage.tones, stage.is_("time", "night")
    surface = over(tone.main * 0.22 + 0.05, tone.main * 0.30 + 0.22, stage.is_("time", "day"))
    surface = surface * (0.25 + 0.75 * daylight(stage))
    sheen = over(surface, colour.sun, 0.45 * torch.exp(-2.4 * down) + 0.10 * night * smooth(down, 0.3, 1.0))
    picture = over(picture, sheen, torch.sigmoid((0.60 - lane.abs()) * down * 50) * land)
    dash = smooth(torch.sin(TAU / 1.5 * away), -0.15, 0.25) * smooth(down, 0.10, 0.30)
    marks = torch.sigmoid((0.055 - lane.abs()) * down * 80) * dash
    edges = torch.sigmoid((0.030 - (lane.abs() - 0.52).abs()) * down * 80) * smooth(down, 0.05, 0.35)
    paint = over(over(torch.ones_like(tone.main), colour.sun, 0.35), tone.accent, 0.75 * has_accent(stage))
    return over(picture, paint * (0.75 + 0.25 * daylight(stage)), (marks + 0.8 * edges).clamp(0, 0.95) * land)


def _roadside(stage: Stage, picture: Tensor, *, sway: Tensor, driven: Tensor, horizon: Tensor) -> Tensor:
    """Bushes on both sides, and posts that glow at night."""
    tone, colour = stage.tones, air(stage)
    x, y = stage.view(0.06)
    count, gap = 14, 0.9
    order = torch.arange(count, device=stage.x.device)[None, None]
    side = torch.where(order % 2 == 0, -1.0, 1.0)
    clock, level, bend = driven[:, 0, :, 0], horizon[:, 0, :, 0], sway[:, 0, :, 0]
    away = (
        torch.remainder(order.div(2, rounding_mode="floor") * gap + 0.4 * (side > 0) - clock, count / 2 * gap)
        + 0.34
    )
    size = 1 / away
    seen = smooth(size, 0.14, 0.26)
    middle = level + 0 * size, bend * torch.exp(-2.2 * size)
    wild = stage.randoms(count, 0.0, 1.0)[:, None]
    bush = Puffs(
        middle[1] + side * (0.98 + 0.75 * wild) * size,
        middle[0] + 0.88 * size,
        (0.17 + 0.12 * wild) * size,
        (0.12 + 0.07 * wild) * size,
        seen,
    )
    leaf = over(lit(stage, tone.main * 0.42), colour.haze, 0.10 + 0 * stage.bright)
    shape = heap(x, y, bush, 40.0)
    cover = smooth(shape.body, 0.25, 0.6) * 0.95
    picture = over(picture, leaf, cover)
    picture = over(picture, lit(stage, tone.light), cover * torch.sigmoid(3 * shape.up - 1.6) * 0.8)
    lamp_x, lamp_y = middle[1] + side * 0.72 * size, middle[0] + 0.72 * size
    shining = stage.choose("time", {"night": 1.0, "sunset": 0.45})
    lamp = over(over(colour.sun, torch.ones_like(tone.main), 0.2), tone.accent, 0.7 * has_accent(stage))
    for radius, alpha in ((0.16, 0.45), (0.055, 0.95)):
        lamps = Puffs(lamp_x, lamp_y, radius * size, radius * size, seen)
        picture = over(picture, lamp, (alpha * spots(x, y, lamps, 40.0)).clamp(0, 1) * shining)
    return picture
