# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Scenes of many small lights: sparks, floating particles, dust in a beam.

Each function takes a `Stage` and returns sRGB ``[B, 3, T, H, W]``, about 0..1 (the finish clamps it).
A `Swarm` paints all its spots with one matrix product: a soft spot is a function of x times one of y.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .backdrop import backdrop, has_accent
from .brushes import thinned
from .stage import TAU, Stage, over, ramp, smooth


class Swarm:
    """Soft spots spread evenly over the picture; they wrap around, so that it never empties.

    Every third spot shares a group (0, 1, 2), so that a group can have its own colour. Where the scene is
    sparse only the first third of the spots is there.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.start = stage.randoms(2)
        self.count = 0
        self._spots: list[tuple[Tensor, Tensor, Tensor]] = []

    def add(
        self,
        count: int,
        depth: float,
        size: tuple[float, float],
        *,
        flow: float = 1.0,
        drift: tuple[Tensor | float, Tensor | float] = (0.0, 0.0),
        sway: Tensor | float = 0.06,
        alpha: tuple[float, float] = (0.6, 1.0),
    ) -> None:
        """One layer of spots at ``depth``; ``size`` and ``alpha`` are ranges, ``drift`` is how far it has gone."""
        stage, t = self.stage, self.stage.life
        offset_x, offset_y, phase = self.offsets(count, depth, flow, drift, sway)
        radius = stage.randoms(count, *size)[:, :, None, None, None]
        flicker = 0.78 + 0.22 * torch.sin(1.7 * t + 3 * phase)
        weight = (
            stage.randoms(count, *alpha)[:, :, None, None, None] * flicker * thinned(stage, count, count // 3)
        )
        across, down = torch.exp(-0.5 * (offset_x / radius) ** 2), torch.exp(-0.5 * (offset_y / radius) ** 2)
        self._spots.append((across.squeeze(3), down.squeeze(4), weight.squeeze(4)))

    def offsets(
        self,
        count: int,
        depth: float,
        flow: float,
        drift: tuple[Tensor | float, Tensor | float],
        sway: Tensor | float,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Distance of each pixel to ``count`` new spots ``[B, N, T, 1, W]``, ``[B, N, T, H, 1]``, and their phases."""
        stage, t = self.stage, self.stage.life
        index = torch.arange(self.count, self.count + count, device=stage.x.device)
        self.count += count
        # A sequence that fills the plane evenly from the first number on: spots neither clump nor leave holes.
        jitter = stage.randoms(2 * count, -0.07, 0.07)
        place_x = (self.start[:, :1] + 0.7549 * index + jitter[:, :count])[:, :, None, None, None]
        place_y = (self.start[:, 1:] + 0.5698 * index + jitter[:, count:])[:, :, None, None, None]
        phase = stage.randoms(count, 0, TAU)[:, :, None, None, None]
        x, y = stage.view(depth, flow=flow)
        margin = 0.35
        span_x, span_y = 2 * (stage.half_width + margin), 2 * (stage.half_height + margin)
        sway_x = sway * torch.sin(0.9 * t + phase) + drift[0]
        sway_y = 0.8 * sway * torch.cos(0.7 * t + 2 * phase) + drift[1]
        offset_x = torch.remainder(x - span_x * place_x - sway_x, span_x) - span_x / 2
        offset_y = torch.remainder(y - span_y * place_y - sway_y, span_y) - span_y / 2
        return offset_x, offset_y, phase

    def cover(self, group: int) -> Tensor:
        """Coverage 0..1 by the spots of one group, ``[B, 1, T, H, W]``."""
        across, down, weight = (torch.cat([s[i][:, group::3] for s in self._spots], 1) for i in range(3))
        total = torch.matmul((down * weight).permute(0, 2, 3, 1), across.permute(0, 2, 1, 3))
        return (1 - torch.exp(-1.35 * total))[:, None]


def restless(stage: Stage) -> Tensor:
    """How much things move about by themselves: less where the scene flows, which must stay plain to see."""
    way_x, way_y = stage.flow_way()
    return 1.0 - 0.6 * (way_x.abs() + way_y.abs())


def shine(stage: Stage, below: Tensor, colour: Tensor, alpha: Tensor | float) -> Tensor:
    """Light of ``colour`` over ``below``: added to what is dark, as paint on what is bright.

    Paint alone would mix two strong colours to mud; light alone would not show on a pale ground.
    """
    kept = stage.bright + (1 - stage.bright) * (0.30 + 0.70 * colour)
    return below + (colour - below * kept) * alpha


def lit_accent(stage: Stage) -> Tensor:
    """The accent colour as a lamp has it: in the dark even navy must glow."""
    peak = stage.tones.accent.amax(1, keepdim=True).clamp(min=0.05)
    lift = ((0.58 / peak).clamp(1.0, 1.6) - 1) * (1 - stage.bright) + 1
    return stage.tones.accent * lift


def paleness(stage: Stage) -> Tensor:
    """How near the main colour is to white, 0..1."""
    return smooth(stage.tones.main.amin(1, keepdim=True), 0.40, 0.80)


def deepened(stage: Stage) -> Tensor:
    """The main colour, richer where it is pale: cream on a pale ground could not be seen."""
    return stage.tones.main ** (1 + 1.5 * paleness(stage))


def paint_groups(
    stage: Stage, picture: Tensor, swarm: Swarm, colours: Sequence[Tensor], strength: Tensor | float
) -> Tensor:
    """The three groups of ``swarm`` painted over ``picture`` in their colours."""
    for group, colour in enumerate(colours):
        picture = shine(stage, picture, colour, swarm.cover(group) * strength)
    return picture


def sparks(stage: Stage) -> Tensor:
    """Fire: flames along the lower edge and embers that rise from them."""
    tone, t = stage.tones, stage.life
    picture = _flames(stage, backdrop(stage, 0.6) + 0 * t)
    way_x, _ = stage.flow_way()
    swarm, haze = Swarm(stage), Swarm(stage)
    for count, depth, size in (
        (18, 0.5, (0.022, 0.030)),
        (18, 0.75, (0.030, 0.042)),
        (12, 1.0, (0.042, 0.058)),
    ):
        rise = -(0.14 + 0.20 * depth) * (1 - 0.55 * way_x.abs()) * t
        swarm.add(count, depth, size, flow=0.7 + 0.5 * depth, drift=(0.0, rise), sway=0.09)
    haze.add(9, 1.0, (0.12, 0.19), flow=1.3, drift=(0.0, -0.36 * t), sway=0.1, alpha=(0.25, 0.5))
    picture = paint_groups(stage, picture, haze, (tone.main, lit_accent(stage), tone.main), 0.8)
    hot = over(tone.light, torch.ones_like(tone.light), 0.45)
    tinted = over(lit_accent(stage), torch.ones_like(tone.light), 0.15)
    fade = 0.55 + 0.45 * smooth(stage.y, -stage.half_height, 0.2)
    return paint_groups(stage, picture, swarm, (hot, tinted, over(hot, tone.main, 0.4)), fade)


def _flames(stage: Stage, picture: Tensor) -> Tensor:
    """Two curtains of flame that lick upwards from below the picture, and their glow."""
    tone, t = stage.tones, stage.life
    way_x, _ = stage.flow_way()
    height = stage.half_height
    picture = over(picture, tone.main, 0.70 * smooth(stage.y, -0.6 * height, 1.2 * height))
    white = torch.ones_like(tone.light)
    core = over(over(tone.light, lit_accent(stage), 0.75 * has_accent(stage)), white, 0.40)
    lifted = 1 + 0.9 * stage.is_("space", "bottom")  # the tips must show above the part that is kept calm
    for depth, tall, opacity in ((0.5, 1.15, 0.60), (0.9, 0.85, 0.95)):
        _, y = stage.view(depth)  # the wind blows them along, but they stay on the ground
        x, _ = stage.view(depth, flow=0.6)
        phase, other = stage.random(0, TAU), stage.random(0, TAU)
        up = (height - y) / (tall * height * lifted)  # 0 at the lower edge, 1 at the tips
        curl = 0.15 * torch.sin(3.4 * y + 2.8 * t + phase) + 0.07 * torch.sin(6.5 * y + 4.6 * t + other)
        lean = x + curl * up.clamp(min=0) - 0.45 * way_x * up * up
        tongues = (
            0.52
            + 0.24 * torch.sin(2.7 * lean + phase + 0.5 * t)
            + 0.24 * torch.sin(5.6 * lean + other - 0.8 * t)
        )
        heat = tongues - up + 0.10 * torch.sin(4.6 * y + 4.2 * t + 2.4 * lean + other)
        colour = ramp((heat * 1.15).clamp(0, 1), tone.main * 0.85, over(tone.main, tone.light, 0.35), core)
        picture = over(picture, colour, opacity * smooth(heat, -0.10, 0.22))
    return picture


def particles(stage: Stage) -> Tensor:
    """Soft orbs of light that float in depth: fine ones far away, large and blurred ones near."""
    tone = stage.tones
    wander = 0.22 * restless(stage)
    fine, large = Swarm(stage), Swarm(stage)
    fine.add(24, 0.35, (0.026, 0.036), flow=0.75, sway=wander)
    fine.add(18, 0.65, (0.036, 0.055), sway=wander, alpha=(0.7, 1.0))
    large.add(12, 0.85, (0.10, 0.15), flow=1.15, sway=wander, alpha=(0.45, 0.8))
    large.add(6, 1.0, (0.20, 0.28), flow=1.3, sway=wander, alpha=(0.35, 0.6))
    white = torch.ones_like(tone.light)
    deep = torch.where(stage.bright > 0, deepened(stage), tone.main)
    pale = over(tone.light, white, 0.75 * stage.bright)
    picture = paint_groups(stage, _aura(stage), large, (deep, lit_accent(stage), pale), 0.8)
    core = torch.where(stage.bright > 0, deep, over(tone.light, white, 0.5))
    return paint_groups(
        stage, picture, fine, (core, over(lit_accent(stage), core, 0.15), over(core, pale, 0.6)), 0.95
    )


def _aura(stage: Stage) -> Tensor:
    """Ground with a broad veil of the main colour that billows slowly through it."""
    tone, t = stage.tones, stage.life
    x, y = stage.view(0.2)
    phase, slope = stage.random(0, TAU), stage.random(-0.7, 0.7)
    middle = slope * x + 0.3 * torch.sin(1.1 * x + phase + 0.35 * t)
    veil = torch.exp(-(((y - middle) / 0.75) ** 2))
    picture = over(backdrop(stage, 0.7) + 0 * t, deepened(stage), (0.50 - 0.05 * stage.bright) * veil)
    crest = torch.exp(-(((y - middle + 0.25) / 0.30) ** 2)) * (
        0.5 + 0.5 * torch.sin(0.8 * x - phase + 0.5 * t)
    )
    return shine(stage, picture, tone.accent, (0.12 + 0.25 * has_accent(stage)) * crest)


def dust(stage: Stage) -> Tensor:
    """Motes that drift through a broad beam of light from one side."""
    tone, t = stage.tones, stage.life
    white = torch.ones_like(tone.light)
    side = stage.choose("light", {"left": -1.0, "right": 1.0})
    x, y = stage.view(0.35)
    from_x, from_y = side * (stage.half_width + 0.9), -stage.half_height - 0.15
    dx, dy = x - from_x, y - from_y
    # The beam aims at the lower part of the picture; across / along is its angle, which is what makes it a cone.
    aim_x, aim_y = -from_x, stage.random(0.15, 0.45) * stage.half_height - from_y
    length = torch.sqrt(aim_x * aim_x + aim_y * aim_y)
    along = ((dx * aim_x + dy * aim_y) / length).clamp(min=0.2)
    angle = (dy * aim_x - dx * aim_y) / length / along
    soft = 0.02 * torch.sin(0.6 * t + stage.random(0, TAU))
    beam = torch.exp(-(((angle - soft) / 0.20) ** 2)) + 0.6 * torch.exp(
        -(((angle + 0.42 + soft) / 0.10) ** 2)
    )
    beam = (beam * torch.exp(-0.16 * along)).clamp(0, 1)
    dark = over(backdrop(stage, 0.5), tone.shade, 0.35)
    room = torch.where(stage.bright > 0, over(deepened(stage), white, 0.42), dark)
    near = smooth(side * stage.x, -stage.half_width, stage.half_width)
    room = over(room, tone.main, near * (0.38 - 0.38 * stage.bright))
    ray = over(over(tone.main, tone.light, 0.5), white, 0.75 * stage.bright)
    tint = 0.20 * has_accent(stage) * near * (1 - stage.bright)
    room = shine(stage, room, tone.accent, tint)
    picture = over(room, ray, beam * (0.62 + 0.28 * stage.bright))
    wander = 0.20 * restless(stage)
    motes = Swarm(stage)
    motes.add(24, 0.4, (0.024, 0.034), flow=0.75, sway=wander)
    motes.add(33, 0.7, (0.034, 0.052), sway=wander)
    motes.add(18, 1.0, (0.06, 0.10), flow=1.25, sway=wander, alpha=(0.40, 0.65))
    bright = over(tone.light, white, 0.6)
    inside = torch.where(stage.bright > 0, deepened(stage) * 0.82, bright)
    seen = 0.45 + 0.25 * stage.bright + 0.50 * beam
    return paint_groups(stage, picture, motes, (inside, lit_accent(stage), bright), seen)
