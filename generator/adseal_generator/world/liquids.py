# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Drinks and clouds: a splash, bubbles, steam over a cup, ink in water.

Liquid is painted as a field of thickness: where it is thick there is liquid, and the slope of the field is the slope
of its surface, which is what the light falls on. Blobs of the field that come near each other run together.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .backdrop import has_accent
from .forms import PITCH, Prop, cup
from .stage import FLOW_SPEED, TAU, Stage, glow, over, ramp, smooth, turn


def splash(stage: Stage) -> Tensor:
    """A crown of liquid that stands up from a pool, drops in the air above it."""
    tone, t = stage.tones, stage.life
    where, pool = stage.subject_x(), _resting_height(stage, 0.50)
    picture = _hall(stage, where, pool)
    x, y = stage.view(0.6)
    dx, up = x - where, pool - y
    roomy = 0.52 + 0.53 * stage.half_height
    narrow = max(0.0, roomy - 0.35 - 0.90 * stage.half_width) * stage.subject_x().abs().sign()
    size = (roomy - narrow) * (1 - 0.14 * (1 - stage.is_("space", "none")))
    dx, up = dx / size, up / size
    picture = _pool(stage, picture, dx, up)
    lift = 0.06 * stage.is_("direction", "up") * (stage.seconds - stage.seconds.mean())
    grown = 1 + lift + 0.10 * torch.sin(0.7 * t + stage.random(0, TAU))
    picture = over(picture * 1.0, tone.shade * 0.8, 0.45 * glow(dx, up * 3.6, 0.40))
    behind = _crown(stage, dx, up, grown, back=True)
    picture = _wet(stage, picture, behind, size, dim=0.66)
    ahead = _crown(stage, dx, up, grown, back=False) + _drops(stage, dx, up)
    return _wet(stage, picture, ahead, size, dim=1.0)


def _crown(stage: Stage, dx: Tensor, up: Tensor, grown: Tensor, *, back: bool) -> Tensor:
    """Thickness of the front or the back half of the crown: a flaring wall whose rim runs out into jets."""
    t = stage.life
    height = (0.40 if back else 0.27) * grown
    rise = (up / height).clamp(-0.3, 1.6)
    radius = 0.34 + 0.20 * rise.clamp(min=0) ** 1.5
    sag = 0.10 if back else -0.10
    inside = (1 - (dx / radius) ** 2).clamp(min=-1)
    rim = (
        height + sag * inside.clamp(min=0) ** 0.5 + 0.03 * torch.sin(9 * dx + 0.8 * t + stage.random(0, TAU))
    )
    foot = -(0.0 if back else 0.13) * inside.clamp(min=0) ** 0.5
    field = 1.5 * torch.sigmoid(inside * 5) * torch.sigmoid((rim - up) * 16) * torch.sigmoid((up - foot) * 16)
    count = 3 if back else 4
    for i in range(count):
        place = (i + 0.5) / count * 2 - 1 + stage.random(-0.10, 0.10)
        lean = 0.55 * place
        sway = stage.random(0, TAU)
        tall = grown * stage.random(0.16, 0.34) * (1 + 0.22 * torch.sin(0.9 * t + sway))
        start = height + sag * (1 - place * place).clamp(min=0) ** 0.5 - 0.04
        along = ((up - start) / tall).clamp(0, 1)
        centre = 0.53 * place + lean * tall * along**1.2
        thick = 0.070 * (1 - 0.45 * along) + 0.012 * torch.sin(6 * along + sway)
        beyond = (up - start - tall * along) * (up > start) + (up - start).clamp(max=0)
        field = field + 1.6 * torch.exp(-((dx - centre) ** 2 + beyond**2) / (2 * thick * thick))
        tip_x, tip_y = 0.53 * place + lean * tall * 1.05, start + tall * 1.06
        field = field + 1.7 * glow(dx - tip_x, up - tip_y, 0.050)
    return field


def _drops(stage: Stage, dx: Tensor, up: Tensor) -> Tensor:
    """Thickness of the drops in the air: they rise from the crown and vanish small, again and again."""
    pace = 0.07 + 0.16 * stage.is_("direction", "up")
    field = torch.zeros_like(dx + up)
    for i in range(7):
        phase = torch.remainder(stage.random() + pace * (0.8 + 0.05 * i) * stage.life, 1.0)
        way = -0.60 + 0.20 * i + stage.random(-0.07, 0.07)
        height = 0.42 + stage.random(0.45, 0.85) * phase
        swell = smooth(phase, 0.0, 0.15) * smooth(phase, 1.0, 0.75)
        radius = 0.012 + stage.random(0.034, 0.056) * swell
        field = field + 2.2 * swell * glow(dx - way * (0.75 + 0.5 * phase), (up - height) * 0.92, radius)
    return field


def _wet(stage: Stage, picture: Tensor, field: Tensor, size: Tensor, *, dim: float) -> Tensor:
    """Liquid of the given thickness over ``picture``: bright where its surface leans to the light."""
    tone = stage.tones
    slope_x, slope_y = (size * slope for slope in _slopes(stage, field.clamp(max=2.2)))
    length = torch.sqrt(1 + 0.030 * (slope_x**2 + slope_y**2))
    facing = (-0.55 * slope_x - 0.75 * slope_y) * 0.115 / length
    cover = torch.sigmoid((field - 0.85) * 9)
    colour = over(tone.main, tone.light, 0.2 + 0 * stage.bright)
    body = (
        ramp(0.52 + 0.50 * facing, colour * (0.40 + 0.12 * stage.bright), colour, 0.35 * colour + 0.65) * dim
    )
    picture = over(picture, body, 0.96 * cover)
    spark = torch.sigmoid((facing - 0.44) * 18)
    under = torch.sigmoid((-facing - 0.34) * 14)
    picture = over(picture, torch.ones_like(tone.main), 0.80 * dim * spark * cover)
    return over(picture, tone.accent, 0.60 * has_accent(stage) * under * cover)


def _slopes(stage: Stage, field: Tensor) -> tuple[Tensor, Tensor]:
    """Derivatives of ``field`` per unit to the right and downwards."""
    width = float(stage.x[..., 1] - stage.x[..., 0]) if stage.x.shape[-1] > 1 else 1.0
    slope_y, slope_x = torch.gradient(field, spacing=width, dim=(-2, -1))
    return slope_x, slope_y


def _pool(stage: Stage, picture: Tensor, dx: Tensor, up: Tensor) -> Tensor:
    """The surface that the crown stands in: rings run outwards over it."""
    tone, bright = stage.tones, stage.bright
    floor = torch.sigmoid((-0.02 - up + 0.16) * 40)
    away = torch.sqrt(dx * dx + (up / 0.26) ** 2)
    rings = torch.sin(9.0 * away - 2.2 * stage.life) * torch.exp(-0.85 * away)
    near = smooth(-up, -0.1, 1.1)
    water = over(over(tone.main, tone.light, 0.45 * bright + 0.10), tone.shade, near * (0.75 - 0.35 * bright))
    water = over(water, tone.light, (0.9 * rings).clamp(min=0))
    water = over(water, tone.shade, (-0.7 * rings).clamp(min=0))
    return over(picture, water, floor)


def _hall(stage: Stage, where: Tensor, floor: Tensor) -> Tensor:
    """A plain wall with a pool of light behind the subject."""
    tone, bright = stage.tones, stage.bright
    x, y = stage.view(0.15)
    drift = 0.10 * torch.sin(0.4 * stage.life + stage.random(0, TAU))
    pool = glow(x - where - drift, y - floor + 0.65, 0.80)
    rim = glow(x - where * 0.4 + 0.6, y - floor + 1.3, 0.7)
    wall = over(tone.ground, over(tone.main, tone.light, bright), (0.62 - 0.12 * bright) * pool)
    return over(wall, over(tone.main, tone.accent, has_accent(stage)), (0.40 - 0.08 * bright) * rim)


def _resting_height(stage: Stage, share: float) -> Tensor:
    """Where things stand, in units: further down or up where words need the room."""
    words = stage.choose("space", {"top": 0.18, "bottom": -0.42})
    return (share + words) * stage.half_height


def bubbles(stage: Stage) -> Tensor:
    """Bubbles that rise through a drink, light falling in from above."""
    tone, t, bright = stage.tones, stage.life, stage.bright
    x, y = stage.view(0.25)
    height = stage.half_height
    down = (y + height) / (2 * height)
    light = over(torch.lerp(tone.main, tone.light, 0.3), torch.ones_like(tone.light), 0.55 * bright)
    middle = over(tone.main * 0.36, torch.lerp(tone.main, tone.light, 0.55), bright)
    deep = over(tone.ground * 0.8, torch.lerp(tone.main, tone.light, 0.15), bright)
    picture = ramp(0.98 - 0.95 * down + 0.06 * torch.sin(1.4 * x + 0.5 * t), deep, middle, light)
    fan = (x - 0.35 * (y + height)) * 2.1 + stage.random(0, TAU)
    shafts = 0.5 + 0.30 * torch.sin(fan + 0.35 * t) + 0.20 * torch.sin(2.3 * fan - 0.5 * t)
    picture = over(picture, light, (0.30 + 0.16 * bright) * shafts * smooth(down, 0.95, 0.0))
    picture = over(
        picture,
        tone.accent,
        0.60 * has_accent(stage) * glow(x - stage.random(-0.6, 0.6), y - 0.8 * height, 0.62),
    )
    return _beads(stage, picture)


def _beads(stage: Stage, picture: Tensor) -> Tensor:
    t, height = stage.life, stage.half_height
    span = 2 * height + 0.7
    dense = stage.is_("density", "dense")
    faster = 1 + 1.1 * stage.is_("direction", "up")
    rims, cores, sparks = (torch.zeros_like(picture[:, :1]) for _ in range(3))
    for i in range(20):
        shown = torch.ones_like(dense) if i % 5 < 2 else dense
        depth = 0.45 + 0.03 * i
        x, y = stage.view(depth)
        sway = stage.random(0, TAU)
        column = ((i * 7) % 20 - 9.5) / 10 * (stage.half_width + 0.25)
        cx = column + stage.random(-0.08, 0.08) + 0.06 * torch.sin(1.3 * t + sway)
        radius = stage.random(0.07, 0.11) + 0.006 * i + 0.06 * (i % 5 == 0)
        # Spread evenly by the golden ratio: dice alone leave gaps and heaps.
        climb = span * (0.618 * i + stage.random(0, 0.08)) - (0.13 + 0.45 * radius) * faster * t
        dx, dy = x - cx, torch.remainder(y - climb, span) - span / 2
        square = (dx * dx + dy * dy) / (radius * radius)
        inside = torch.sigmoid((1 - square) * (radius * 32))
        cores = torch.maximum(cores, inside * shown)
        rims = torch.maximum(rims * (1 - 0.7 * inside * shown), inside * square.clamp(max=1) ** 2 * shown)
        sparks = torch.maximum(
            sparks,
            shown
            * torch.exp(-((dx + 0.36 * radius) ** 2 + (dy + 0.40 * radius) ** 2) / (0.075 * radius * radius)),
        )
    tone = stage.tones
    white = torch.ones_like(tone.main)
    picture = over(
        picture, over(tone.shade, tone.main, 0.35 + 0 * t), (0.34 + 0.20 * stage.bright) * cores * (1 - rims)
    )
    picture = over(picture, over(tone.light, white, 0.40 + 0.4 * stage.bright), 0.80 * rims)
    return over(picture, white, 0.95 * sparks)


def steam(stage: Stage) -> Tensor:
    """Steam that curls up over a cup on a table, lit from one side."""
    tone, bright = stage.tones, stage.bright
    side = stage.choose("light", {"left": -1.0, "right": 1.0}, 1.0)
    table, where = _resting_height(stage, 0.62 if stage.half_height > 1.2 else 0.74), stage.subject_x()
    x, y = stage.view(0.15)
    beam = glow((x - where - 0.95 * side * stage.half_width) * 0.8, (y - table + 1.2) * 0.7, 0.62)
    # White steam needs a wall that is not white: pale colours are toned down.
    wall = over(tone.ground, tone.main, 0.50 * bright) * (1 - 0.26 * bright * tone.main.mean(1, keepdim=True))
    shaded = wall * (0.62 + 0.38 * smooth(x * side, -1.0, 0.9))
    picture = over(shaded + 0 * stage.life, over(tone.main, tone.light, 0.35 + 0.3 * bright), 0.85 * beam)
    picture = over(
        picture, tone.accent, 0.62 * has_accent(stage) * glow(x - where - 0.75 * side, y - table + 0.35, 0.42)
    )
    near_x, near_y = stage.view(0.5)
    wood = over(tone.shade * 0.62, torch.lerp(tone.main, tone.light, 0.35), bright)
    sheen = glow((near_x - where - 0.6 * side) * 0.6, (near_y - table) * 1.6, 0.5)
    surface = torch.sigmoid((near_y - table + 0.14) * 40)
    picture = over(picture, over(wood, tone.light, 0.55 * sheen), surface)
    x, y = stage.view(0.6)
    size = min(1.25, 0.66 + 0.34 * stage.half_height)
    dx, up = (x - where) / size, (table - y) / size
    picture = picture * (1 - 0.55 * glow((dx + 0.30 * side) * 0.6, up * 3.0, 0.24))
    sway = 0.06 * torch.sin(0.5 * stage.life)
    prop = Prop(
        dx, up, tone, side, 0 * stage.life, sway, stage.life, has_accent(stage), 0 * stage.life + PITCH
    )
    picture = cup(prop, picture)
    return _wisps(stage, picture, dx, up - 0.56, side)


def _wisps(stage: Stage, picture: Tensor, dx: Tensor, up: Tensor, side: Tensor) -> Tensor:
    """Three strands that widen and curl as they rise; the light catches their edge."""
    pace = stage.choose("speed", FLOW_SPEED) * (0.75 + 0.75 * stage.is_("direction", "up"))
    rise = up - pace * stage.seconds
    tall = 0.62 + 0.42 * stage.half_height
    share = (up / tall).clamp(0, 1.3)
    lit = torch.zeros_like(dx + up)
    for i in range(3):
        phase, rate = stage.random(0, TAU), stage.random(3.4, 4.6)
        bend = torch.sin(rate * rise + phase) + 0.5 * torch.sin(
            1.9 * rate * rise + 2 * phase + 0.5 * stage.life
        )
        centre = 0.15 * (i - 1) + (0.02 + 0.20 * share) * bend
        width = 0.045 + 0.085 * share
        across = (dx - centre) / width
        puff = 0.66 + 0.34 * torch.sin(2.1 * rate * rise * 0.8 + 3 * phase)
        strand = torch.exp(-0.5 * (across - 0.35 * side) ** 2) + 0.45 * torch.exp(-0.25 * across**2)
        lit = lit + strand * puff * (0.55 + 0.15 * (i == 1))
    lit = lit * smooth(up, -0.02, 0.14) * smooth(share, 1.0, 0.35)
    haze = 0.28 * glow(dx, (up - 0.38) * 0.6, 0.26)
    colour = over(stage.tones.light, torch.ones_like(stage.tones.light), 0.55 + 0.45 * stage.bright)
    return over(picture, colour, (1 - torch.exp(-0.95 * (lit + haze))) * (0.82 + 0.10 * stage.bright))


def ink(stage: Stage) -> Tensor:
    """Ink that blooms in clear water, sinking from above or rising from below."""
    tone, bright, t = stage.tones, stage.bright, stage.life
    given = stage.is_("direction", "up") - stage.is_("direction", "down")
    way = torch.where(given == 0, torch.sign(stage.random(-1, 1) - 0.3), given)  # 1 rises, -1 sinks
    x, y = stage.view(0.2)
    pool = glow(x - stage.random(-0.4, 0.4), y + 0.3 * stage.half_height, 1.0)
    water = over(tone.ground, over(tone.shade, torch.ones_like(tone.main), bright), 0.62 * pool)
    picture = over(water, tone.light, 0.14 * smooth(-y * way, 0.2, stage.half_height))
    x, y = stage.view(0.7)
    ahead = (stage.half_height - y * way) / stage.half_height  # 0 where the ink comes in, 2 at the far edge
    ahead = torch.where(way > 0, ahead, (stage.half_height + y) / stage.half_height)
    second = _bloom(stage, x, ahead, t + 1.5, early=-0.22)
    first = _bloom(stage, x, ahead, t, early=0.0)
    other = over(torch.lerp(tone.main, tone.light, 0.55), tone.accent, has_accent(stage))
    picture = _cloud(stage, picture, second, other, way)
    return _cloud(stage, picture, first, tone.main, way)


def _bloom(stage: Stage, x: Tensor, ahead: Tensor, t: Tensor, *, early: float) -> Tensor:
    """Density of one cloud: heads that roll forward, one after the other, and the veils they leave behind."""
    length = float(stage.seconds.max()) + 1e-6
    gone = stage.seconds / length
    travel = stage.choose("speed", {"slow": 0.55, "fast": 0.95})
    front = 1.25 + early + travel * (gone - 0.5)
    scale = stage.half_height
    along = (ahead - front) * scale  # 0 at the front, negative behind it
    roll = stage.random(0, TAU)
    u = (
        x
        + 0.16 * torch.sin(2.6 * along + roll + 0.5 * t)
        + 0.07 * torch.sin(5.3 * along - 2 * roll - 0.7 * t)
    )
    w = along + 0.15 * torch.sin(2.9 * x + 2 * roll - 0.45 * t) + 0.07 * torch.sin(5.6 * u + roll + 0.6 * t)
    offset = stage.random(-0.25, 0.25) * stage.half_width
    # Rolling edges: the space around a few points is wound up, one way on the left and the other on the right.
    for k in range(3):
        place, lag = offset + 0.38 * (k - 1) + stage.random(-0.1, 0.1), -0.06 - stage.random(0.0, 0.45)
        size = stage.random(0.20, 0.28)
        wound = (
            (1 if k == 0 else -1)
            * (1.9 + 0.35 * torch.sin(0.6 * t + roll + k))
            * glow(u - place, w - lag, size)
        )
        du, dw = turn(u - place, w - lag, wound)
        u, w = place + du, lag + dw
    density = torch.zeros_like(u)
    spread = 0.26 * stage.half_width**0.5
    for i in range(6):
        cx = offset + (i - 2.5) * spread + stage.random(-0.1, 0.1)
        lag = -0.12 - stage.random(0.0, 0.50) - 0.10 * abs(i - 2.5)
        size = stage.random(0.19, 0.30)
        head = glow(u - cx, w - lag, size)
        stem = torch.exp(-(((u - cx * 0.8) / (0.55 * size)) ** 2)) * torch.sigmoid((lag - w) * 7)
        density = density + head + 0.55 * stem
    return density


def _cloud(stage: Stage, picture: Tensor, density: Tensor, colour: Tensor, way: Tensor) -> Tensor:
    """A cloud of ink: thin veils are clear, thick billows are full of colour and lit from above."""
    slope_x, slope_y = _slopes(stage, density)
    relief = torch.tanh(0.16 * (0.6 * slope_x + 0.8 * slope_y))
    cover = 1 - torch.exp(-2.4 * smooth(density, 0.10, 1.6))
    body = ramp(0.50 + 0.42 * relief, colour * 0.28, colour, 0.5 * colour + 0.5)
    return over(picture, body, 0.97 * cover + 0 * way)
