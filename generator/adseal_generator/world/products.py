# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The studio shot: a product on a pedestal under a key light, in front of an arch or of blurred lights."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .backdrop import has_accent
from .forms import FORMS, PITCH, Prop, edge
from .palette import Tones
from .stage import PAN_SPEED, PIVOT, TAU, Stage, glow, over, ramp, smooth, soft_disc

REACH = 0.86  # half width of the window that props are painted in
TALLEST = 1.34
SCALES = {"cup": 1.30, "can": 1.14, "box": 1.12}  # of forms that are small beside the others


def product(stage: Stage) -> Tensor:
    """One product on a pedestal, soft shadow and reflection, key light from one side."""
    hero, size = _placed(stage)
    picture = _studio(stage, hero)
    picture = _pedestal(stage, picture, hero)
    hero.x, hero.up = hero.x / size, hero.up / size
    shadow = glow((hero.x + 0.24 * hero.side) * 0.8, hero.up * 3.4, 0.22)
    picture = picture * (1 - 0.60 * shadow)
    for thing, painter in FORMS.items():
        members = [i for i, s in enumerate(stage.scenes) if (s.thing or "bottle") == thing]
        if members:
            picture = _paint(picture, hero, members, painter, SCALES.get(thing, 1.0))
    return _foreground(stage, picture)


def _placed(stage: Stage) -> tuple[Prop, Tensor]:
    """The hero's coordinates, and its size: smaller where words need the room."""
    tall = stage.half_height
    words = stage.choose("space", {"top": 1.0, "bottom": -1.0})
    base = (0.36 + 0.13 * words * (words > 0) + 0.30 * words * (words < 0)) * tall + 0.10
    roomy = min(1.34, 0.72 + 0.38 * tall)
    narrow = max(0.0, 0.62 * (roomy - 0.30 - 0.42 * stage.half_width)) * stage.subject_x().abs().sign()
    size = (roomy - narrow) * (1 - (0.26 if tall < 1.2 else 0.16) * words.abs()) * stage.random(0.95, 1.05)
    x, y = _view(stage, PIVOT)
    drift = 0.16 * torch.sin(0.6 * stage.life + stage.random(0, TAU))
    angle = stage.orbit_angle()
    hero = Prop(
        x=x - stage.subject_x(),
        up=base - y,
        tones=stage.tones,
        side=stage.choose("light", {"left": -1.0, "right": 1.0}, 1.0),
        yaw=1.15 * torch.tanh(angle / 1.15) + 0.12 * drift,
        sway=0.26 * torch.tanh(angle)
        + drift * (1 - 0.5 * stage.choose("camera", {"orbit-left": 1.0, "orbit-right": 1.0})),
        clock=stage.life,
        accented=has_accent(stage),
        pitch=PITCH + 0.22 * _crane(stage),
    )
    return hero, size


def _crane(stage: Stage) -> Tensor:
    """How far the hero has come down the picture because the camera rose, units, ``[B, 1, T, 1, 1]``."""
    way = stage.choose("camera", {"crane-up": 1.0, "crane-down": -1.0}) * stage.choose("speed", PAN_SPEED)
    return 0.30 * torch.tanh(way * (stage.seconds - stage.seconds.mean()) * (1.3 * PIVOT / 0.30))


def _view(stage: Stage, depth: float) -> tuple[Tensor, Tensor]:
    """`Stage.view` of a camera that keeps the hero in the frame: it tilts a little while it rises or sinks."""
    x, y = stage.view(depth)
    way = stage.choose("camera", {"crane-up": 1.0, "crane-down": -1.0}) * stage.choose("speed", PAN_SPEED)
    slid = way * (stage.seconds - stage.seconds.mean()) * (1.3 * PIVOT)
    return x, y + slid - _crane(stage)


def _paint(
    picture: Tensor, hero: Prop, members: list[int], painter: Callable[[Prop, Tensor], Tensor], scale: float
) -> Tensor:
    """``picture`` with one kind of form painted in the window that the form covers, for the clips that show it."""
    index = torch.tensor(members, device=picture.device)
    tone = hero.tones
    x, up = hero.x[index] / scale, hero.up[index] / scale
    columns = (x.abs() < REACH).flatten(0, -2).any(0).nonzero().flatten()
    rows = ((up > -0.3) & (up < TALLEST)).flatten(0, 2).flatten(2).any(-1).any(0).nonzero().flatten()
    if not len(columns) or not len(rows):
        return picture
    across = slice(int(columns[0]), int(columns[-1]) + 1)
    down = slice(int(rows[0]), int(rows[-1]) + 1)
    prop = Prop(
        x[..., across],
        up[..., down, :],
        Tones(*(c[index] for c in (tone.ground, tone.shade, tone.main, tone.light, tone.accent))),
        *(v[index] for v in (hero.side, hero.yaw, hero.sway, hero.clock, hero.accented, hero.pitch)),
    )
    picture[index, :, :, down, across] = painter(prop, picture[index, :, :, down, across])
    return picture


# --- the studio ---------------------------------------------------------------------------------------------------


def _studio(stage: Stage, hero: Prop) -> Tensor:
    """Wall, arch and floor, sharp in a deep focus; blurred, with discs of light, in a shallow one."""
    tone, bright = stage.tones, stage.bright
    x, y = _view(stage, 0.18)
    side, where = hero.side, stage.subject_x()
    blur = stage.choose("focus", {"deep": 0.07, "shallow": 0.9}, 0.07)
    floor = 0.30 * stage.half_height
    pool = glow(x - where - 0.75 * side, y - floor + 0.9, 0.95)
    lit = over(tone.main, tone.light, 0.25 + 0.75 * bright) * (0.86 + 0.14 * bright)
    wall = over(over(tone.ground, tone.main, 0.10 * bright), tone.shade, 0.35 * (1 - bright))
    picture = over(wall * (1 - 0.30 * smooth(-x * side, -0.4, 1.6)), lit, (0.55 + 0.35 * bright) * pool)
    middle = where * 0.9 - 0.16 * side
    width, crown = stage.random(0.66, 0.78), floor - stage.random(0.62, 0.74) * stage.half_height
    dx, dy = x - middle, (y - crown).clamp(max=0)
    arch = torch.sigmoid((width - torch.sqrt(dx * dx + dy * dy)) * (4 / blur))
    arch_colour = over(tone.main * 0.85, torch.lerp(tone.main, tone.ground, 0.25), bright)
    hollow = (0.55 + 0.45 * smooth(-dx * side, -0.7, 0.7)) * (0.70 + 0.12 * bright)
    picture = over(picture, arch_colour * (0.55 + 0.45 * hollow), arch * (0.55 + 0.25 * (1 - bright)))
    picture = over(picture, tone.light, 0.42 * arch * glow(dx + 0.35 * side, y - crown - 0.2, 0.5))
    ground = torch.sigmoid((y - floor) * (4 / blur))
    near = smooth(y, floor, stage.half_height + 0.3)
    surface = over(
        over(tone.shade * 0.75, tone.main, 0.30 * pool),
        torch.lerp(lit, tone.ground, 0.55),
        bright * (0.85 - 0.20 * near),
    )
    picture = over(picture, surface * (1 - 0.40 * near * (1 - bright)), ground)
    return _lights(stage, picture)


def _lights(stage: Stage, picture: Tensor) -> Tensor:
    """Large discs of light far behind the subject, in clips with a shallow focus."""
    tone = stage.tones
    shallow = stage.is_("focus", "shallow")
    spots = [torch.zeros_like(picture[:, :1]) for _ in range(2)]
    for i in range(9):
        x, y = _view(stage, 0.12 + 0.02 * i)
        column = (-0.9 + 0.225 * i) * (stage.half_width + 0.1)
        cx = column + stage.random(-0.12, 0.12)
        cy = stage.random(-0.92, 0.30) * stage.half_height + 0.05 * torch.sin(0.6 * stage.life + 2.4 * i)
        radius = stage.random(0.15, 0.30)
        spot = torch.sigmoid((radius * radius - (x - cx) ** 2 - (y - cy) ** 2) * (5 / radius))
        spots[i % 2] = torch.maximum(spots[i % 2], spot * stage.random(0.35, 0.8))
    pale = over(tone.light, torch.ones_like(tone.light), 0.15 + 0.5 * stage.bright)
    picture = over(picture, pale, 0.80 * shallow * spots[0])
    return over(picture, tone.accent, 0.75 * shallow * spots[1])


def _pedestal(stage: Stage, picture: Tensor, hero: Prop) -> Tensor:
    """A round podium with a lit rim, its shadow on the floor and a reflection of the product in its top."""
    tone, bright = hero.tones, stage.bright
    radius, height = 0.64, 0.36
    picture = picture * (1 - 0.50 * glow((hero.x + 0.35 * hero.side) * 0.55, (hero.up + height) * 2.0, 0.36))
    across = (hero.x / radius).clamp(-1, 1)
    front = hero.up + hero.pitch * radius * torch.sqrt(1 - across * across)
    cover = edge(radius - hero.x.abs()) * edge(-front) * edge(front + height)
    stone = over(tone.shade * 0.9, tone.ground, 0.62 * bright)
    top = over(tone.main * 0.7, torch.lerp(tone.ground, torch.ones_like(tone.ground), 0.45), 0.75 * bright)
    shade = 0.55 + 0.42 * across * hero.side - 0.25 * across**4
    picture = over(picture, ramp(shade, stone * 0.45, stone, torch.lerp(top, tone.light, 0.45)), cover)
    lid = torch.sigmoid(
        (1 - torch.sqrt(across * across + (hero.up / (hero.pitch * radius)) ** 2)) * 20
    ) * edge(radius - hero.x.abs())
    lit = 0.5 + 0.5 * torch.tanh(1.6 * hero.x * hero.side)
    picture = over(picture, over(top * 0.80, torch.lerp(top, tone.light, 0.65), 0.25 + 0.75 * lit), lid)
    mirror = glow(hero.x, (hero.up + 0.07) * 2.4, 0.20)
    return over(picture, tone.main * (0.55 + 0.25 * bright), 0.55 * mirror * lid)


def _foreground(stage: Stage, picture: Tensor) -> Tensor:
    """A soft ball near the lens, low at the edge of the picture: what moves against the subject in an orbit."""
    tone = stage.tones
    x, y = _view(stage, 1.0)
    side = stage.choose("light", {"left": -1.0, "right": 1.0}, 1.0)
    dx = x - stage.subject_x() * 0.5 - side * (0.30 + 0.62 * stage.half_width)
    dy = y - 0.86 * stage.half_height
    radius = 0.20
    soft = stage.choose("focus", {"deep": 0.10, "shallow": 0.42}, 0.1)
    cover = soft_disc(dx, dy, radius, soft)
    light = 0.55 + (0.9 * dx * side - 0.9 * dy) / radius * 0.42
    colour = tone.accent
    picture = picture * (1 - 0.4 * glow((dx + 0.12 * side) * 0.7, (dy - 0.17) * 2.2, 0.20))
    return over(picture, ramp(light, colour * 0.38, colour, 0.45 * colour + 0.55), cover)
