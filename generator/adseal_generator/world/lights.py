# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Scenes made of light: bokeh, rays, stars, neon.

Each function takes a `Stage` and returns sRGB ``[B, 3, T, H, W]``, about 0..1 (the finish clamps it).
"""

from __future__ import annotations

import torch
from torch import Tensor

from .backdrop import backdrop, has_accent
from .brushes import thinned
from .particles import Swarm, deepened, lit_accent, paleness, restless, shine
from .stage import TAU, Stage, glow, over, ramp, smooth, soft_disc


def bokeh(stage: Stage) -> Tensor:
    """Discs of defocused light, drifting at several depths."""
    tone, t = stage.tones, stage.life
    wander = 0.17 * restless(stage)
    swarm = Swarm(stage)
    picture = over(backdrop(stage) + 0 * t, tone.main, _lamp(stage))
    white = torch.ones_like(tone.light)
    deep = torch.where(stage.bright > 0, deepened(stage), tone.main)
    pale = torch.where(stage.bright > 0, over(deep, white, 0.35), tone.light)
    colours = (over(deep, tone.light, 0.25 * (1 - stage.bright)), lit_accent(stage), pale)
    covers: list[Tensor | float] = [0.0, 0.0, 0.0]
    for count, depth, size, sharp in ((12, 0.4, 0.13, 9.0), (12, 0.7, 0.20, 9.0), (6, 1.0, 0.32, 5.0)):
        dx, dy, phase = swarm.offsets(count, depth, 0.55 + 0.65 * depth, (0.0, 0.0), wander)
        radius = size * stage.randoms(count, 0.85, 1.2)[:, :, None, None, None]
        dim = stage.randoms(count, 0.42, 0.78)[:, :, None, None, None] * thinned(stage, count, count // 3)
        alpha = dim * (0.8 + 0.2 * torch.sin(1.1 * t + 2 * phase)) * (1.1 - 0.35 * depth)
        across, down = (dx / radius) ** 2, (dy / radius) ** 2
        for i in range(count):
            one = slice(i, i + 1)
            distance = across[:, one] + down[:, one]
            # A lens draws its discs a little brighter towards the rim.
            disc = torch.sigmoid((1 - distance) * sharp) * ((0.7 + 0.3 * distance) * alpha[:, one])
            covers[i % 3] = covers[i % 3] + disc * (1 - covers[i % 3])
    for colour, cover in zip(colours, covers, strict=True):
        picture = shine(stage, picture, colour, cover)
    return picture


def _lamp(stage: Stage) -> Tensor:
    """Coverage by the broad glow of the main colour behind the discs."""
    x, y = stage.view(0.2)
    cx, cy = stage.random(-0.5, 0.5), stage.random(-0.5, 0.7)
    pulse = 0.9 + 0.1 * torch.sin(0.8 * stage.life + stage.random(0, TAU))
    return glow(x - cx, y - cy, stage.random(0.8, 1.1)) * pulse * 0.6


def rays(stage: Stage) -> Tensor:
    """Sunbeams that fan out from a source beyond one side, and slow leaks of coloured light."""
    tone, t = stage.tones, stage.life
    white = torch.ones_like(tone.light)
    x, y = stage.view(0.3)
    flown, _ = stage.view(0.3, flow=1.0)
    side = stage.choose("light", {"left": -1.0, "right": 1.0})
    from_x, from_y = (
        side * (stage.half_width + stage.random(0.3, 0.6)),
        -stage.half_height - stage.random(0.1, 0.4),
    )
    dx, dy = x - from_x, y - from_y
    aim_x, aim_y = -from_x, 0.25 * stage.half_height - from_y
    length = torch.sqrt(aim_x * aim_x + aim_y * aim_y)
    along = ((dx * aim_x + dy * aim_y) / length).clamp(min=0.15)
    across = (dx * aim_y - dy * aim_x) / length  # grows to the right on the screen
    fan = across / along + (flown - x) / length
    phase = stage.random(0, TAU)
    # The beams breathe where they stand: moving them would claim a direction that the scene does not have.
    swell = 0.5 * restless(stage) * torch.sin(0.9 * t + phase)
    broad = (0.30 + 0.14 * swell) * torch.sin(8 * fan + phase)
    beams = (0.5 + broad + (0.22 - 0.18 * swell) * torch.sin(15 * fan + 2.3 * phase)).clamp(0, 1) ** 2
    fall = torch.exp(along * (-0.62 / stage.half_height))
    deep = deepened(stage)
    ground = over(backdrop(stage, 0.6), over(deep, white, 0.12), 0.70 * stage.bright)
    picture = over(ground + 0 * t, deep, (0.62 - 0.15 * stage.bright) * fall)
    picture = _leaks(stage, picture)
    light = over(over(tone.main, tone.light, 0.8), white, 0.15 + 0.65 * stage.bright)
    picture = shine(stage, picture, light, (beams * fall * 1.45).clamp(0, 0.88))
    return shine(stage, picture, over(tone.light, white, 0.8 * stage.bright), 0.9 * glow(dx, dy, 0.75))


def _leaks(stage: Stage, picture: Tensor) -> Tensor:
    """Large soft patches of the accent colour, as light that leaks into a camera."""
    swarm = Swarm(stage)
    swarm.add(3, 0.8, (0.34, 0.44), sway=0.25 * restless(stage), alpha=(0.6, 0.9))
    swarm.add(3, 1.0, (0.24, 0.34), flow=1.2, sway=0.25 * restless(stage), alpha=(0.5, 0.8))
    tone = stage.tones
    strength = 0.30 + (0.45 + 0.15 * stage.bright) * has_accent(stage)
    picture = shine(stage, picture, lit_accent(stage), strength * swarm.cover(0))
    picture = over(picture, over(tone.main, tone.light, 0.4), 0.35 * swarm.cover(1))
    return shine(stage, picture, lit_accent(stage), 0.7 * strength * swarm.cover(2))


def stars(stage: Stage) -> Tensor:
    """Stars before a soft nebula; a camera that pushes in flies through them."""
    tone = stage.tones
    picture = _nebula(stage)
    white = torch.ones_like(tone.light)
    plain, coloured, halo = _starfield(stage)
    picture = over(picture, over(tone.main, tone.light, 0.6), 0.45 * halo)
    picture = over(picture, over(tone.light, white, 0.75), plain)
    return over(picture, over(tone.accent, white, 0.25), coloured)


def _nebula(stage: Stage) -> Tensor:
    tone, t = stage.tones, stage.life
    x, y = stage.view(0.35)
    angle = stage.random(-0.9, 0.9)
    p, q = x * torch.cos(angle) + y * torch.sin(angle), y * torch.cos(angle) - x * torch.sin(angle)
    one, two = stage.random(0, TAU), stage.random(0, TAU)
    fold = 0.5 * torch.sin(1.2 * p + one + 0.15 * t)
    band = q - 0.7 * fold - 0.16 * torch.sin(2.6 * p - two - 0.2 * t)
    # Clouds where two waves agree, along a broad band: a tube of even width would look like neon.
    billow = (
        0.5
        + 0.3 * torch.sin(2.3 * p + two + 1.7 * q + fold)
        + 0.3 * torch.sin(1.5 * p - 2.6 * q + one - 0.2 * t)
    )
    cloud = (torch.exp(-((band / 0.95) ** 2)) * (0.35 + 0.75 * billow)).clamp(0, 1)
    vein = torch.exp(-(((band + 0.35) / 0.42) ** 2)) * (1.15 - billow).clamp(0, 1)
    heart = torch.exp(-((band / 0.40) ** 2)) * billow.clamp(0, 1) ** 2
    picture = over(
        over(tone.ground, tone.shade, 0.25) + 0 * t, tone.main, (0.85 - 0.35 * paleness(stage)) * cloud
    )
    picture = shine(stage, picture, lit_accent(stage), (0.15 + 0.45 * has_accent(stage)) * vein)
    return shine(stage, picture, tone.light, (0.45 - 0.25 * paleness(stage)) * heart)


def _starfield(stage: Stage) -> tuple[Tensor, Tensor, Tensor]:
    """Coverage by the plain stars, by the accent-coloured stars and by the halos of both."""
    count, t = 120, stage.life
    pan, zoom = _camera(stage)
    start, index = stage.randoms(3), torch.arange(count, device=stage.x.device)
    # With a zoom every star comes nearer until it fades before the lens, and another one fades in far away.
    near = (start[:, 2:] + 0.6180 * index)[:, :, None, None, None] + zoom * (1.7 / _FLIGHT)
    near = torch.remainder(near, 1)
    scale = _FARTHEST * torch.exp(_FLIGHT * near)
    phase = stage.randoms(count, 0, TAU)[:, :, None, None, None]
    weight = smooth(near, 0, 0.15) * smooth(near, 1, 0.85) * (0.75 + 0.25 * torch.sin(2.2 * t + phase))
    weight = weight * thinned(stage, count, count // 3)
    size = 0.017 * scale.clamp(min=1.15) * stage.randoms(count, 0.85, 1.25)[:, :, None, None, None]
    offsets = []
    for axis, (screen, half) in enumerate(((stage.x, stage.half_width), (stage.y, stage.half_height))):
        span = 2 * (half + 0.15) / _FARTHEST
        step = (0.7549, 0.5698)[axis] * index + stage.randoms(count, -0.03, 0.03)
        place = (start[:, axis : axis + 1] + step)[:, :, None, None, None] + pan[axis] / span
        offsets.append(screen - (torch.remainder(place, 1) - 0.5) * span * scale)

    def cover(chosen: slice, spread: float) -> Tensor:
        width = spread * size[:, chosen]
        across, down = (torch.exp(-0.5 * (o[:, chosen] / width) ** 2) for o in offsets)
        down = (down * weight[:, chosen]).squeeze(4).permute(0, 2, 3, 1)
        return (1 - torch.exp(-1.5 * torch.matmul(down, across.squeeze(3).permute(0, 2, 1, 3))))[:, None]

    plain = torch.maximum(cover(slice(1, None, 3), 1.0), cover(slice(2, None, 3), 1.0))
    return plain, cover(slice(0, None, 3), 1.25), cover(slice(0, None, 2), 3.6)


_FARTHEST, _FLIGHT = (
    0.65,
    1.35,
)  # scale of the farthest stars, and the logarithm of how much larger the nearest are


def _camera(stage: Stage) -> tuple[tuple[Tensor, Tensor], Tensor]:
    """How far the camera has turned, in units, and the logarithm of its zoom; all ``[B, 1, T, 1, 1]``."""
    x, y = stage.view(0.0)
    nearer, _ = stage.view(1.0)
    width = stage.x[..., -1:] - stage.x[..., :1]
    zoom = -torch.log((nearer[..., -1:] - nearer[..., :1]) / width)
    return (stage.x[..., :1] - x[..., :1], stage.y[..., :1, :] - y[..., :1, :]), zoom


def neon(stage: Stage) -> Tensor:
    """A grid of neon on a floor that runs to a glowing horizon."""
    tone, t = stage.tones, stage.life
    x, screen = stage.view(0.7)
    horizon = stage.half_height * (stage.choose("space", {"top": 0.16, "bottom": -0.42}, -0.04))
    y = screen - horizon
    picture = _dusk(stage, x, y, stage.half_height + horizon)
    _, way = stage.flow_way()
    far = y.clamp(min=0.02)
    reach = 1.35 * stage.half_height
    # Seen in perspective: rows of the floor stand at far = reach / distance, columns meet at the horizon.
    rows = 1.3 * reach / far + way * (0.85 * t) + stage.random()
    columns = x * (1.9 / reach) * (reach / far) * 0.75 + stage.random()
    row_gap, column_gap = far * far / (1.3 * reach), far / (1.9 * 0.75)
    wide = 0.035 + 0.022 * far
    floor = smooth(y, 0.0, 0.10)
    pulse = 0.88 + 0.12 * torch.sin(1.6 * t + 1.2 * x)
    core = torch.maximum(_line(rows, row_gap, wide), _line(columns, column_gap, wide))
    halo = torch.maximum(_line(rows, row_gap, 2.6 * wide), _line(columns, column_gap, 2.6 * wide))
    white = torch.ones_like(tone.light)
    picture = over(picture, tone.shade * 0.45, floor)
    picture = over(picture, tone.main, (0.62 * floor) * halo * pulse)
    picture = over(picture, over(tone.main, white, 0.42), (0.92 * floor) * core * pulse)
    # Far rows run together: there the floor is one sheet of light.
    mist = torch.exp(-((y / 0.16) ** 2)) * (0.85 + 0.15 * torch.sin(1.3 * t))
    picture = over(picture, over(tone.main, tone.accent, 0.75), 0.85 * mist)
    return over(picture, over(tone.accent, white, 0.65), 0.9 * torch.exp(-((y / 0.045) ** 2)))


def _line(phase: Tensor, gap: Tensor, width: Tensor) -> Tensor:
    """Soft lines at every whole number of ``phase``; they fade where they would stand too close."""
    distance = (torch.remainder(phase + 0.5, 1) - 0.5) * gap
    return torch.exp(-0.5 * (distance / width) ** 2) * smooth(gap / width, 2.2, 5.0)


def _dusk(stage: Stage, x: Tensor, y: Tensor, room: Tensor) -> Tensor:
    """The sky above the grid: a large low sun in the accent colour, or hills before the glow."""
    tone = stage.tones
    height = stage.half_height
    up = (-y / height).clamp(min=0)
    base = ramp(torch.exp(-1.9 * up), tone.ground * 0.8, tone.shade, over(tone.main, tone.accent, 0.12))
    cx, size = stage.random(-0.3, 0.3), torch.minimum(stage.random(0.50, 0.62), room * 0.62)
    given = (stage.random() < 0.6).float()
    disc = soft_disc(x - cx, y + 0.42 * size, size, 0.05) * given
    grade = ((y + 1.42 * size) / (1.42 * size)).clamp(0, 1)
    # Dark bars cut the lower half of the sun, broader towards the horizon.
    bars = smooth(torch.cos(TAU * (y + 0.12) / 0.19) + 1.6 * grade - 1.45, -0.3, 0.5) * smooth(
        grade, 0.35, 0.55
    )
    sun = over(over(tone.accent, torch.ones_like(tone.light), 0.45), over(tone.accent, tone.main, 0.6), grade)
    picture = over(base, tone.accent, 0.28 * given * glow(x - cx, y + 0.42 * size, 1.4 * size))
    picture = over(picture, sun, disc * (0.96 - 0.7 * bars))
    crest = (
        0.20
        + 0.14 * torch.sin(2.1 * x + stage.random(0, TAU))
        + 0.08 * torch.sin(4.7 * x + stage.random(0, TAU))
    )
    crest = crest * (1 - 0.85 * given * torch.exp(-2.2 * (x - cx) ** 2))  # a valley opens before the sun
    return over(picture, tone.shade * 0.30, 0.92 * smooth(y + crest, -0.02, 0.05))
