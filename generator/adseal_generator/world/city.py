# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Cities of glass: a futuristic skyline with flying craft, and towers seen from the street below.

Buildings stand still, so each row is painted once, on a plate larger than the picture, and the camera then looks at
that plate frame by frame: rich facades for the price of one frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .backdrop import has_accent
from .brushes import each, look, plate, spots, spread, thinned
from .sky import air, daylight, sky
from .stage import TAU, Stage, over, smooth

_CELLS = 24  # towers of a row before it repeats
_LIT_WINDOWS = {"night": 0.50, "sunset": 0.26, "sunrise": 0.10}  # share of the windows with a light on


def skyline(stage: Stage) -> Tensor:
    """Rows of glass towers that rise from a luminous haze; glowing craft fly between them."""
    horizon = stage.random(0.30, 0.42) * stage.half_height
    valley = stage.random(-0.40, 0.40) * stage.half_width
    colour = air(stage)
    picture = sky(stage, horizon - 0.20 * stage.half_height, valley)
    low = stage.tones.main * (0.22 + 0.50 * daylight(stage) + 0.18 * stage.bright)
    for row in range(4):
        depth = 0.22 + 0.26 * row
        x, y = stage.view(depth)
        px, py = plate(stage, x, y)
        picture = _lay(
            picture, look(_towers(stage, px, py, row, horizon=horizon, valley=valley), px, py, x, y)
        )
        haze = smooth(y, (-0.05 + 0.18 * row) * stage.half_height, (0.95 + 0.09 * row) * stage.half_height)
        picture = over(
            picture, over(colour.haze, low, 0.45 + 0.17 * row + 0 * low[:, :1]), (0.88 - 0.10 * row) * haze
        )
        if row < 3:
            picture = _craft(stage, picture, row, horizon)
    return picture


def towers(stage: Stage) -> Tensor:
    """Glass towers from the street: everything converges on a point high in the sky."""
    picture = sky(stage, 0.40 * stage.half_height)
    x, y = stage.view(0.10)
    mirror = air(stage).horizon
    picture = over(picture, mirror, 0.45 * _clouds(stage, x, y))
    vx, vy = stage.random(-0.25, 0.25), -stage.random(0.45, 0.70) * stage.half_height
    flip = torch.sign(stage.random(-1, 1))
    phase = stage.random(0, TAU)
    for group, depth in enumerate((0.20, 0.60, 1.0)):
        x, y = stage.view(depth)
        px, py = plate(stage, x, y)
        seen = look(_canyon(stage, flip * (px - vx), py - vy, group), px, py, x, y)
        picture = _lay(picture, seen)
        # What the panes mirror drifts with the clouds, which keeps a locked camera alive.
        sweep = torch.sin(1.7 * x + phase + 1.6 * stage.life + (1.1 * y + 0.9 * group)).clamp(min=0) ** 2
        picture = over(picture, mirror, seen[:, 3:] * sweep * (0.10 + 0.30 * daylight(stage)))
    return picture


def _lay(picture: Tensor, layer: Tensor) -> Tensor:
    """A plate of premultiplied colour and coverage over the picture."""
    return picture * (1 - layer[:, 3:]) + layer[:, :3]


def _ember(stage: Stage) -> Tensor:
    """Colour of lights and of a low sun: warm, or half the accent where there is one."""
    warm = torch.tensor([1.0, 0.72, 0.42], device=stage.x.device)[None, :, None, None, None]
    return over(warm + 0 * stage.bright, stage.tones.accent, 0.75 * has_accent(stage))


@dataclass
class _Row:
    """One row of towers along a street, cell by cell."""

    index: Tensor  # which tower stands at each px
    side: Tensor  # -1 at its left edge, 1 at its right edge
    pitch: float

    def of(self, table: Tensor) -> Tensor:
        """The number that each px takes from ``table`` ``[B, cells]``."""
        flat = self.index.expand(table.shape[0], *self.index.shape[1:]).reshape(table.shape[0], -1)
        return table.gather(1, flat).reshape(-1, *self.index.shape[1:])


def _towers(stage: Stage, x: Tensor, y: Tensor, row: int, *, horizon: Tensor, valley: Tensor) -> Tensor:
    """Row ``row`` of the skyline on its plate: premultiplied colour and coverage, ``[B, 4, 1, H', W']``."""
    pitch = (0.25, 0.36, 0.50, 0.80)[row]
    cell = x / pitch + stage.random(0, 1)
    where = _Row(torch.remainder(cell.floor(), _CELLS).long(), torch.zeros(1), pitch)
    centre = x - (cell - cell.floor() - 0.5) * pitch
    half = where.of(stage.randoms(_CELLS, 0.34, 0.49)) * pitch
    where.side = (x - centre) / half
    height = stage.half_height
    # The row opens around a valley of light, the nearest row only frames the picture.
    away = ((centre - valley) / stage.half_width).abs()
    rise = where.of(stage.randoms(_CELLS, 0.02, (0.50, 0.60, 0.62, 0.45)[row])) + (0.08, 0.18, 0.32, 0.62)[
        row
    ] * smooth(away, 0.15, 0.95)
    base = horizon + (0.10, 0.16, 0.26, 0.62)[row] * height
    shown = smooth(away, 0.42, 0.62) if row == 3 else torch.ones_like(away)
    roof = base - (rise + (0, 0, 0, 0.10)[row]) * height * 1.15 - _roof(stage, where, half) + (1 - shown) * 3
    below = y - roof
    cover = torch.sigmoid(below * 55) * torch.sigmoid((1 - where.side.abs()) * half * 75)
    return torch.cat((_facade(stage, where, y, below, row) * cover, cover), 1)


def _roof(stage: Stage, where: _Row, half: Tensor) -> Tensor:
    """How far the roof of each tower rises above its shoulders: needles, steps, domes, slants."""
    kind = where.of(stage.randoms(_CELLS)) * 4.6
    side = where.side
    size = 0.7 + 0.5 * where.pitch
    needle = 0.50 * torch.exp(-((side * half / 0.045) ** 2)) + 0.20 * torch.sigmoid((0.50 - side.abs()) * 13)
    steps = 0.24 * torch.sigmoid((0.60 - side.abs()) * 26) + 0.10 * torch.sigmoid((0.86 - side.abs()) * 26)
    dome = 1.5 * half * torch.sqrt((1 - side**2).clamp(min=0.002))
    slant = 0.20 * side * torch.sign(kind - 3.8)
    chosen = torch.where(kind < 0.8, needle, torch.where(kind < 2, steps, torch.where(kind < 3, dome, slant)))
    return chosen * size


def _facade(stage: Stage, where: _Row, y: Tensor, below: Tensor, row: int) -> Tensor:
    """Colour of the glass: a bright and a shaded face, the sky mirrored in broad waves, lit windows."""
    tone, near = stage.tones, row / 3
    night, day = stage.is_("time", "night"), daylight(stage)
    colour, white = air(stage), torch.ones_like(tone.main)
    glass = over(
        tone.main * (0.14 + 0.30 * day) * (1 - 0.25 * near), colour.haze, 0.55 - 0.50 * near - 0.10 * night
    )
    # The glass repeats the sky: its own colour above, the glow of the horizon lower down.
    upper = over(tone.main * (0.45 + 0.40 * day), white, 0.10 + 0.40 * stage.bright)
    dip = smooth(y, -0.40 * stage.half_height, 0.25 * stage.half_height)
    mirrored = over(upper, colour.horizon, dip * (1 - 0.55 * night))
    phase = where.of(stage.randoms(_CELLS, 0, TAU))
    split = where.of(stage.randoms(_CELLS, -0.35, 0.35))
    bright_face = torch.sigmoid((split - where.side) * torch.sign(phase - 3.1) * 10)
    wave = 0.5 + 0.5 * torch.sin(2.3 * y + 1.5 * where.side + phase)
    fade = 1 - 0.65 * smooth(y, 0.10 * stage.half_height, 0.80 * stage.half_height)
    mirror = (0.10 + 0.75 * bright_face) * (0.35 + 0.65 * wave) * fade * (1 - 0.45 * night)
    face = glass * (1 - 0.75 * mirror) + mirrored * mirror  # light of a reflection adds up, it does not cover
    crown = torch.exp(-below.clamp(min=0) / 0.08) * (0.25 + 0.25 * night) * (0.4 + 0.6 * bright_face)
    face = over(face, over(colour.horizon, white, 0.35 + 0 * night), crown)
    if row == 0:
        return face
    story = y / (0.17, 0.17, 0.20, 0.25)[row]
    bays = 2 if row < 3 else 3
    bay = (where.side * 0.5 + 0.5) * bays
    pane = _pane(story) * _pane(bay)
    dice = _hash(where.of(stage.randoms(_CELLS, 0, 90)) + bay.floor() * 7.13 + story.floor() * 12.9898)
    face = (
        face * (1 - (0.08 - 0.06 * night) * near * (1 - pane)) * (1 + 0.24 * near * (dice - 0.5) * pane * day)
    )
    share = stage.choose("time", _LIT_WINDOWS)
    on = torch.sigmoid((share - dice) * 30) * smooth(below, 0.02, 0.14) * (share > 0)
    lamp = over(_ember(stage), white, 0.30 + 0.25 * (dice - 0.5))
    return over(face, lamp, pane * on * (0.55 + 0.30 * night))


def _pane(position: Tensor) -> Tensor:
    """Soft window within each whole number of ``position``: 1 inside, 0 at the joints."""
    return torch.sigmoid((0.33 - (position - position.floor() - 0.5).abs()) * 16)


def _hash(value: Tensor) -> Tensor:
    dice = torch.sin(value) * 43758.5453
    return dice - dice.floor()


def _craft(stage: Stage, picture: Tensor, row: int, horizon: Tensor) -> Tensor:
    """Flying craft of one depth, each on a lane of its own; without a direction they fly both ways."""
    height = stage.half_height
    count, sparse = ((6, 1), (5, 2), (4, 2))[row]
    size = (0.65, 1.0, 1.5)[row]
    x, y = stage.view((0.35, 0.62, 1.0)[row])
    way = stage.flow_way()[0]
    device = stage.x.device
    sides = torch.tensor([1.0, -1.0], device=device).repeat(count)[:count].roll(row)
    heading = torch.where(way == 0, each(sides[None]), way)
    span = 2 * x.abs().amax((1, 2, 3, 4), keepdim=True) + 1.1
    start = spread(stage, count, 0.0, 1.0) * span
    lane = spread(stage, count, -0.62, 0.10) * height + horizon - 0.12 * height
    pace = (0.26 + 0.10 * row) + 0.08 * each(stage.randoms(count))
    bob = 0.012 * torch.sin(1.4 * stage.life + each(stage.randoms(count, 0, TAU)))
    ahead = (torch.remainder(x - start - heading * pace * stage.life, span) - span / 2) * heading / size
    dy = (y - lane - bob) / size
    return _hulls(stage, picture, ahead, dy, thinned(stage, count, sparse))


def _hulls(stage: Stage, picture: Tensor, ahead: Tensor, dy: Tensor, seen: Tensor) -> Tensor:
    """The craft themselves; ``ahead`` and ``dy`` count from each one, towards its nose and down."""

    def shape(across: Tensor, along: Tensor) -> Tensor:
        return spots(across * seen, along)

    light, white = _ember(stage), torch.ones_like(stage.tones.main)
    dim = 1 - 0.40 * stage.is_("time", "day")
    behind = torch.exp(ahead.clamp(max=0) / 0.30) * torch.sigmoid(-ahead * 40)
    trail = shape(behind, torch.exp(-((dy / 0.028) ** 2)))
    halo = shape(torch.exp(-((ahead / 0.19) ** 2)), torch.exp(-(((dy - 0.03) / 0.10) ** 2)))
    hull = shape(torch.exp(-((ahead / 0.15) ** 4)), torch.exp(-((dy / 0.046) ** 4)))
    canopy = shape(torch.exp(-(((ahead - 0.01) / 0.085) ** 2)), torch.exp(-(((dy + 0.030) / 0.028) ** 2)))
    belly = shape(torch.exp(-((ahead / 0.11) ** 2)), torch.exp(-(((dy - 0.050) / 0.022) ** 2)))
    tail = shape(torch.exp(-(((ahead + 0.14) / 0.045) ** 2)), torch.exp(-((dy / 0.036) ** 2)))
    shell = over(
        stage.tones.main * (0.20 + 0.25 * daylight(stage)),
        white,
        0.08 + (0.45 - 0.35 * stage.is_("time", "day")) * stage.bright,
    )
    picture = over(picture, light, (0.50 * dim * halo).clamp(0, 1))
    picture = over(picture, over(light, white, 0.25 + 0 * dim), (0.90 * trail).clamp(0, 1))
    picture = over(picture, shell, (0.92 * hull).clamp(0, 1))
    picture = over(picture, over(light, white, 0.65 + 0 * dim), (0.75 * canopy).clamp(0, 1))
    return over(picture, over(light, white, 0.45 + 0 * dim), (belly + tail).clamp(0, 1))


def _clouds(stage: Stage, x: Tensor, y: Tensor) -> Tensor:
    """A few long soft clouds that drift across."""
    count = 7
    span = 2 * x.abs().amax((1, 2, 3, 4), keepdim=True) + 2.0
    drift = spread(stage, count, 0.0, 1.0) * span + 0.16 * stage.life
    dx = torch.remainder(x - drift, span) - span / 2
    dy = y - spread(stage, count, -1.0, 0.6) * stage.half_height
    return spots(torch.exp(-((dx / 0.42) ** 2)), torch.exp(-((dy / 0.13) ** 2))).clamp(0, 1)


# Plans of the buildings along the street, metres do not matter: x from, x to, z from, z to, height; far groups first.
_PLANS: tuple[Sequence[tuple[float, float, float, float, float]], ...] = (
    ((-0.55, 0.35, 2.1, 3.0, 4.6), (-2.2, -0.95, 1.75, 2.9, 2.8), (0.95, 2.2, 1.55, 2.7, 3.3)),
    ((-2.4, -0.85, 0.45, 1.45, 2.1), (0.80, 2.4, 0.30, 1.20, 2.6)),
    ((-2.6, -0.90, -1.1, 0.15, 1.7), (0.95, 2.6, -1.6, -0.05, 1.45)),
)


def _canyon(stage: Stage, x: Tensor, y: Tensor, group: int) -> Tensor:
    """Buildings of one depth seen from below; ``x``, ``y`` count from the point straight up."""
    layer = torch.zeros(stage.batch, 4, 1, y.shape[-2], x.shape[-1], device=x.device)
    for left, right, front, back, tall in _PLANS[group]:
        nudge, roof = stage.random(-0.12, 0.12), tall * stage.random(0.85, 1.2)
        tint = stage.random(0, 90)
        # A vertical wall hides the sky where the line of sight meets its plane below the roof.
        wall_x = (right if right < 0 else left) + nudge
        if left * right > 0:
            wall = _Wall(x / wall_x, y / wall_x, (front, back), roof, wall_x.abs(), tint)
            layer = wall.over(layer, _panes(stage, wall, group))
        wall_z = front if front > 0 else back
        if front * back > 0:
            wall = _Wall(y / wall_z, x / wall_z, (left + nudge, right + nudge), roof, abs(wall_z), tint + 31)
            layer = wall.over(layer, _panes(stage, wall, group))
    return layer


@dataclass
class _Wall:
    """One face of a building seen from below; `toward` is 1 / height of what a px shows, `aside` times it the place."""

    toward: Tensor
    aside: Tensor
    extent: tuple[float | Tensor, float | Tensor]
    roof: Tensor
    scale: Tensor | float
    tint: Tensor

    def __post_init__(self) -> None:
        self.inverse = self.toward.clamp(min=1e-3)
        self.place = self.aside / self.inverse
        self.width = (
            self.scale * self.inverse / torch.sqrt(1 + self.place**2)
        )  # of one unit of it on the screen

    def over(self, layer: Tensor, face: Tensor) -> Tensor:
        """This wall, coloured ``face``, in front of ``layer``."""
        soft = (55 * self.width).clamp(max=90)
        low, high = self.extent
        cover = torch.sigmoid((self.toward - 1 / self.roof) * (55 * self.scale))
        cover = cover * torch.sigmoid((self.place - low) * soft) * torch.sigmoid((high - self.place) * soft)
        return over(layer, torch.cat((face, torch.ones_like(face[:, :1])), 1), cover)


def _panes(stage: Stage, wall: _Wall, group: int) -> Tensor:
    """Colour of the glass of ``wall``: broad panes that mirror the sky, some with a light on."""
    tone, near, colour = stage.tones, group / 2, air(stage)
    night, day = stage.is_("time", "night"), daylight(stage)
    low, high = wall.extent
    rows = torch.log(wall.inverse * wall.roof + 1e-3) * 2.7
    columns = (wall.place - low) / (high - low) * 3
    detail = smooth(wall.width * (high - low) / 3, 0.05, 0.14)  # panes too narrow to be seen melt together
    pane = over(0.5 + 0 * detail, _pane(rows) * _pane(columns), detail)
    dice = _hash(wall.tint + rows.floor() * 12.9898 + columns.floor() * 7.13)
    shift = (dice - 0.5) * pane * detail
    steep = torch.exp(
        -0.55 * (wall.inverse * wall.roof - 1).clamp(min=0)
    )  # the higher, the more it is a mirror
    wave = 0.5 + 0.5 * torch.sin(0.9 * rows + 1.4 * columns + wall.tint)
    white = torch.ones_like(tone.main)
    dark = tone.main * (0.20 + 0.32 * day)
    upper = over(tone.main * (0.45 + 0.45 * day), white, 0.08 + 0.40 * stage.bright)
    sheen = over(upper, colour.horizon, (1 - 0.55 * night) * smooth(wave, 0.25, 0.85))
    mirror = (0.22 + 0.55 * steep) * (0.40 + 0.60 * wave) * (1 + 0.45 * shift) * (1 - 0.40 * night)
    face = dark * (1 - 0.7 * mirror) + sheen * mirror
    face = over(face, colour.haze, 0.30 * (1 - near) + 0.10 * stage.bright)
    face = face * (1 - (0.22 - 0.12 * night) * (1 - pane))
    share = stage.choose("time", _LIT_WINDOWS)
    on = torch.sigmoid((share * 0.9 - dice) * 30) * (share > 0)
    lamp = over(over(_ember(stage), tone.light, torch.sin(dice * 60) * 0.35 + 0.35), white, 0.25 + 0 * night)
    return over(face, lamp, (pane * on * detail + 0.4 * share * (1 - detail)) * (0.50 + 0.38 * night))


__all__ = ["look", "plate", "skyline", "spots", "spread", "thinned", "towers"]
