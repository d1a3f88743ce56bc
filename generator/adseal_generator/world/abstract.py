# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Surfaces and shapes: silk, liquid colour, marble, a curtain; ribbons, terrazzo, geometric motion graphics.

Each function takes a `Stage` and returns sRGB ``[B, 3, T, H, W]``, about 0..1 (the finish clamps it). Surfaces are
height fields that are lit: what makes them look expensive is that every highlight has a reason. Shapes repeat
beyond the picture, so that no move of camera or content ever empties it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .backdrop import backdrop, has_accent
from .stage import TAU, Stage, glow, over, ramp, smooth, turn

CALM = 0.45  # rate of the changes of shape while camera or content move, of that in a clip that stands still
# Terrazzo, a layer of big chips below one of smaller chips.
_CELLS = (8, 10)  # columns and rows of chips in one period
_PITCH = (0.82, 0.60)  # distance between chips
_SHARE = (0.74, 0.32)  # of the cells that hold a chip, where the clip is dense
_TEXELS = 46  # per unit
_SHAPES = 12  # of a dense clip of geometric shapes


def silk(stage: Stage) -> Tensor:
    """Satin in broad folds: round crests, narrow valleys, a sheen that follows the light."""
    tone, t = stage.tones, _unrest(stage) * torch.sign(stage.random(-1, 1))
    x, y = stage.view(flow=1.0)
    p, q = turn(x, y, stage.random(0.5, 1.1) * torch.sign(stage.random(-1, 1)))
    u = p + 0.30 * torch.sin(1.25 * q + stage.random(0, TAU) + 0.42 * t)
    u = u + 0.16 * torch.sin(2.1 * q - 1.3 * p + stage.random(0, TAU) - 0.5 * t)
    v = q + 0.35 * torch.sin(1.1 * p + stage.random(0, TAU) + 0.3 * t)
    rate = stage.random(1.7, 2.3)
    broad = _fold(rate * u + stage.random(0, TAU) + 0.25 * t, 0.16)
    cross = _fold(0.62 * rate * (u + 0.75 * v) + stage.random(0, TAU) - 0.3 * t, 0.22)
    ripple = torch.sin(2.6 * rate * (u - 0.35 * v) + stage.random(0, TAU))
    height = 0.36 * broad + 0.42 * cross + 0.045 * ripple * broad
    facing, sheen = _light(x, height, stage.random(-0.7, 0.7), -0.75, 15.0)
    depth = (height / 0.80).clamp(0, 1)
    hollow = smooth(depth, 0.12, 0.70)
    deep = over(tone.shade * 0.16, torch.lerp(tone.shade, tone.main, 0.35), stage.bright)
    lit = (0.02 + 0.78 * facing) * (0.35 + 0.65 * hollow) + 0.20 * stage.bright
    picture = ramp(lit, deep, tone.main, tone.light)
    # Shot silk: a second colour of thread shows where the cloth turns away from the light.
    away = smooth(facing, 0.60, 0.12) * smooth(depth, 0.08, 0.65)
    thread = tone.accent * (
        0.40 + 0.35 * stage.bright + (0.60 - 0.35 * stage.bright) * smooth(depth, 0.2, 0.8)
    )
    picture = over(picture, thread, 0.88 * has_accent(stage) * away)
    return over(
        picture, 0.40 * tone.light + 0.60, (0.52 + 0.30 * stage.bright) * sheen * (0.20 + 0.80 * hollow)
    )


def liquid(stage: Stage) -> Tensor:
    """Colours that run into each other like paint in oil, with soft glossy swells."""
    tone, t = stage.tones, _unrest(stage)
    x, y = stage.view(flow=1.0)
    p, q = turn(x, y, stage.random(0, TAU))
    for i in range(3):
        rate = 1.25 + 0.55 * i
        size = 0.52 / rate
        p = p + size * torch.sin(rate * q + stage.random(0, TAU) + (0.40 + 0.08 * i) * t)
        q = q + size * torch.sin(rate * p + stage.random(0, TAU) - (0.34 + 0.08 * i) * t)
    body = 0.5 + 0.5 * torch.sin(1.7 * p + stage.random(0, TAU))
    pool = 0.5 + 0.5 * torch.sin(1.5 * q - 0.6 * p + stage.random(0, TAU))
    height = 0.16 * torch.sin(2.2 * q + 1.6 * p + stage.random(0, TAU)) + 0.20 * body
    facing, gloss = _light(x, height, -0.5, -0.7, 22.0)
    deep = over(tone.shade * 0.42, torch.lerp(tone.shade, tone.main, 0.7), stage.bright)
    picture = over(deep, tone.main, smooth(body, 0.02, 0.62))
    pale = over(tone.light, torch.ones_like(tone.light), 0.35 * stage.bright)
    picture = over(picture, pale, smooth(pool, 0.58, 1.0) * (0.42 + 0.33 * stage.bright))
    drop = smooth(pool, 0.41, 0.05) * smooth(body, 0.12, 0.70) * (0.45 + 0.55 * has_accent(stage))
    picture = over(picture, over(tone.accent, pale, 0.25 * body), 0.95 * drop)
    picture = picture * (0.50 + 0.38 * stage.bright + (0.78 - 0.52 * stage.bright) * facing)
    return over(picture, 0.35 * tone.light + 0.65, (0.34 + 0.14 * stage.bright) * gloss)


def marble(stage: Stage) -> Tensor:
    """Polished stone: clouds of the main colour, broken pale veins, a vein of the accent."""
    tone, t = stage.tones, 0.7 * _unrest(stage)
    x, y = stage.view()
    p, q = turn(x, y, stage.random(0.4, 1.1) * torch.sign(stage.random(-1, 1)))
    p, q = p + 0.05 * t, q - 0.09 * t
    for i, rate in enumerate((0.8, 1.9, 4.1)):
        # Triangle waves: stone breaks in angles, cloth does not.
        size = 0.40 / rate
        p = p + size * _zigzag(rate * q + stage.random(0, TAU) + 0.22 * t)
        q = q + size * _zigzag(1.13 * rate * p + stage.random(0, TAU) - (0.18 + 0.05 * i) * t)
    cloud = 0.5 + 0.26 * torch.sin(1.5 * p + 0.7 * q + stage.random(0, TAU))
    cloud = cloud + 0.24 * torch.sin(2.9 * q - 1.6 * p + stage.random(0, TAU))
    deep = over(tone.shade * 0.22, torch.lerp(tone.main, tone.shade, 0.15), stage.bright)
    picture = ramp(
        cloud,
        deep,
        tone.main * (0.72 + 0.28 * stage.bright),
        over(tone.main, tone.light, 0.15 + 0.40 * stage.bright),
    )
    white = over(tone.light, torch.ones_like(tone.light), 0.35 + 0.5 * stage.bright)
    for i, colour in enumerate((white, tone.accent, white, tone.accent)):
        tilt = 0.35 + 0.5 * (i % 2)
        across = torch.sin(1.25 * (p + (0.5 - tilt) * q) + stage.random(0, TAU)) + 0.25 * torch.sin(
            3.1 * q + i
        )
        along = 0.5 + 0.5 * torch.sin(1.3 * q + 0.6 * p + stage.random(0, TAU))
        width = 0.07 + (0.19 if i < 2 else 0.10) * along**2
        core = torch.exp(-((across / width) ** 2))
        smoke = torch.exp(across.abs() * (-1 / (0.30 + 0.25 * along)))
        picture = over(picture, colour, (0.22 + 0.16 * stage.bright) * smoke * along)
        picture = over(picture, colour, core * (0.30 + 0.66 * along))
    picture = picture * (0.84 + 0.18 * stage.bright)
    return over(picture, torch.ones_like(tone.main), (0.16 + 0.08 * stage.bright) * _gleam(stage))


def fabric(stage: Stage) -> Tensor:
    """A woven curtain in the wind: pleats that travel sideways, light from one side, colour dipped into the cloth."""
    tone, t = stage.tones, _unrest(stage) * torch.sign(stage.random(-1, 1))
    side = stage.choose("light", {"left": -1.0, "right": 1.0}, -1.0)
    x, y = stage.view(flow=1.0)
    fall = 0.75 + 0.25 * stage.y / stage.half_height
    wind = 0.34 * torch.sin(1.05 * y + stage.random(0, TAU) + 0.7 * t)
    wind = wind + 0.15 * torch.sin(1.9 * y + 0.8 * x + stage.random(0, TAU) - 0.6 * t)
    u = x + wind * fall
    rate = stage.random(4.2, 5.4)
    bunch = u + 0.22 * torch.sin(1.3 * u + stage.random(0, TAU) + 0.4 * t)
    height = 0.14 * torch.sin(rate * bunch) + 0.14 * torch.sin(0.47 * rate * bunch + stage.random(0, TAU))
    height = height + 0.06 * torch.sin(1.6 * y + 1.2 * u + stage.random(0, TAU) - 0.8 * t)
    facing, _ = _light(x, height, 0.85 * side, -0.30, 4.0)
    hollow = smooth(height, -0.36, 0.12)
    hang = y + 0.45 * height + 0.12 * torch.sin(1.1 * x + stage.random(0, TAU) + 0.5 * t)
    dip = smooth(torch.sin(1.75 * hang + stage.random(0, TAU)), 0.05, 0.95)
    accent = has_accent(stage)
    colour = over(
        tone.main,
        over(over(tone.shade, tone.light, stage.bright), tone.accent, accent),
        dip * (0.35 + 0.47 * accent),
    )
    stripe = 0.5 + 0.5 * torch.sin(2.5 * rate * bunch)
    colour = over(colour, tone.light, 0.14 * stripe)
    lamp = smooth(stage.x * side / stage.half_width, -1.25, 0.95)
    dim = (0.22 + 0.52 * stage.bright) + (0.86 - 0.48 * stage.bright) * lamp
    shadow = colour * (0.26 + 0.44 * stage.bright)
    picture = over(shadow, colour, smooth(facing, 0.10, 0.70) * (0.45 + 0.55 * hollow)) * dim
    # Thin cloth glows where the light falls through its crests.
    glowing = over(colour, torch.ones_like(tone.main), 0.34 + 0.36 * stage.bright)
    through = smooth(facing, 0.55, 0.95) * (0.12 + 0.88 * lamp) * (0.3 + 0.7 * hollow)
    return over(picture, glowing, 0.85 * through)


def ribbons(stage: Stage) -> Tensor:
    """Broad satin bands that twist and pass over each other."""
    tone, t = stage.tones, _unrest(stage) * torch.sign(stage.random(-1, 1))
    x, y = stage.view(flow=1.0)
    p, q = turn(x, y, stage.random(0.25, 0.75) * torch.sign(stage.random(-1, 1)))
    picture = backdrop(stage) + 0 * t
    span = 4.2
    start = stage.random(0, span)
    for i in range(7):
        centre = (
            start
            + span * (i * 0.618 % 1.0)
            + 0.30 * torch.sin(stage.random(1.0, 1.5) * p + stage.random(0, TAU) + 0.6 * t)
        )
        centre = centre + 0.12 * torch.sin(stage.random(1.9, 2.6) * p + stage.random(0, TAU) - 0.5 * t)
        twist = stage.random(1.1, 1.6) * p + stage.random(0, TAU) + 0.5 * t
        width = 0.31 + 0.10 * torch.sin(twist)
        across = (torch.remainder(q - centre + span / 2, span) - span / 2) / width
        cover = torch.sigmoid((1 - across.abs()) * (width * 55))
        shadow = torch.exp(-0.5 * ((across - 0.45) / 0.85) ** 2) * (0.42 - 0.14 * stage.bright)
        picture = picture * (1 - shadow)
        body = tone.accent if i % 3 == 1 else tone.main
        # The twist rolls the lit side of the band across its width.
        roll = torch.sin(1.5 * across + 1.3 * torch.sin(twist + 0.8))
        deep = body * (0.34 + 0.30 * stage.bright)
        shade = ramp(0.52 - 0.46 * roll, deep, body, torch.lerp(body, torch.ones_like(body), 0.55))
        gleam = torch.exp(-(((roll + 0.9) / 0.28) ** 2))
        picture = over(picture, over(shade, torch.ones_like(body), 0.38 * gleam), cover)
    return picture


def terrazzo(stage: Stage) -> Tensor:
    """Polished slab with large soft-edged chips; two layers drift a little against each other under a moving light."""
    tone, t = stage.tones, _unrest(stage)
    picture = _studio(stage) + 0 * t
    for layer, depth in enumerate((0.75, 1.0)):
        x, y = stage.view(depth)
        heading = stage.random(0, TAU)
        x = x + (0.16 + 0.10 * layer) * torch.sin(heading + 0.45 * t)
        y = y + (0.16 + 0.10 * layer) * torch.cos(heading + 0.38 * t)
        chips = _sample(_chips(stage, layer), _PITCH[layer], x, y)
        colour, cover, shadow = chips[:, :3], chips[:, 3:4], chips[:, 4:5]
        picture = over(picture * (1 - (0.40 - 0.16 * stage.bright) * shadow), colour, cover)
    sweep = stage.x * 0.7 + stage.y * 0.7 - 1.1 * torch.sin(0.5 * t + stage.random(0, TAU))
    gleam = torch.exp(-((sweep / 0.6) ** 2))
    picture = picture * (0.80 + 0.08 * stage.bright + 0.24 * gleam)
    return over(picture, torch.ones_like(tone.main), 0.10 * gleam)


def geometric(stage: Stage) -> Tensor:
    """Motion graphics: big discs, bars, half-discs and arcs that slide and turn above a plain ground."""
    tone, t = stage.tones, _unrest(stage)
    picture = _studio(stage) + 0 * t
    white = torch.ones_like(tone.main)
    first = over(torch.lerp(tone.main, tone.light, 0.6), tone.accent, has_accent(stage))
    third = over(tone.light, white, 0.35 * (1 - stage.bright))
    colours = (first, tone.main, third, torch.lerp(tone.shade, tone.main, 0.35))
    dense = stage.is_("density", "dense")
    span_x, span_y = 2 * stage.half_width + 0.6, 2 * stage.half_height + 0.6
    start_x, start_y = stage.random(), stage.random()
    for i in range(_SHAPES):
        k = _SHAPES - 1 - i  # the few of a sparse clip lie on top
        depth = 0.55 + 0.04 * i
        x, y = stage.view(depth, flow=0.5 + 0.5 * depth)
        beat, flat = stage.random(0, TAU), (stage.random() > 0.5).float()
        slide = 0.30 * torch.sin(0.8 * t + beat)
        # Successive multiples of these two numbers spread evenly over the plane.
        cx = span_x * (start_x + 0.7549 * k) + slide * flat
        cy = span_y * (start_y + 0.5698 * k) + slide * (1 - flat)
        dx = torch.remainder(x - cx, span_x) - span_x / 2
        dy = torch.remainder(y - cy, span_y) - span_y / 2
        size = stage.random(0.50, 0.78)
        sway = 0.40 * torch.sin(0.6 * t + beat)
        p, q = turn(dx, dy, torch.floor(stage.random(0, 8)) * (TAU / 8) + sway)
        distance = _shape(k % 4, p, q, size)
        visible = dense if k >= _SHAPES // 3 else torch.ones_like(dense)
        shadow = torch.sigmoid((distance - 0.06 + 0.16 * (dy < 0) * -dy) * -10)
        picture = picture * (1 - shadow * (visible * (0.42 - 0.20 * stage.bright)))
        colour = colours[(k + k // 4) % 4]
        fall = (0.5 - 0.45 * q / size).clamp(0, 1)  # a gradient along the shape that turns with it
        body = over(colour * (0.66 + 0.20 * stage.bright), torch.lerp(colour, white, 0.28), fall)
        picture = over(picture, body, torch.sigmoid(distance * -60) * visible)
    return picture


def _unrest(stage: Stage) -> Tensor:
    """The clock of the changes of shape, ``[B, 1, T, 1, 1]``: slower while camera or content move.

    Otherwise the change of shape would hide which way the picture moves.
    """
    right, down = stage.flow_way()
    still = stage.is_("camera", "static") * (1 - right.abs() - down.abs())
    return stage.life * (CALM + (1 - CALM) * still)


def _fold(phase: Tensor, softness: float) -> Tensor:
    """A row of folds 0..1: round crests and narrow valleys, as hanging cloth has them."""
    s = torch.sin(phase)
    return torch.sqrt(s * s + softness * softness)


def _zigzag(phase: Tensor) -> Tensor:
    """A triangle wave with slightly rounded corners, -1..1."""
    return torch.asin(0.95 * torch.sin(phase)) * (2 / torch.pi)


def _light(x: Tensor, height: Tensor, lx: Tensor | float, ly: float, gloss: float) -> tuple[Tensor, Tensor]:
    """How a lamp at (lx, ly) lights a height field seen at world coordinate ``x``: facing and highlight, 0..1."""
    pixel = x[..., 1:2] - x[..., :1]  # in world units, so that a zoom does not flatten the relief
    down, right = torch.gradient(height, dim=(-2, -1))
    down, right = down / pixel, right / pixel
    slope = right * lx + down * ly
    inverse = torch.rsqrt(1 + right * right + down * down)
    facing = (0.55 - 0.62 * slope) * inverse
    # Half-way vector between the lamp and the eye.
    half = ((0.92 - 0.46 * slope) * inverse).clamp(0, 1.03) / 1.03
    return facing.clamp(0, 1), half**gloss


def _gleam(stage: Stage) -> Tensor:
    """A broad reflection of a window that wanders slowly over a polished surface."""
    centre = 0.9 * torch.sin(0.45 * _unrest(stage) + stage.random(0, TAU))
    across = stage.x * 0.8 + stage.y * 0.6 - centre
    return torch.exp(-((across / 0.55) ** 2))


def _shape(kind: int, p: Tensor, q: Tensor, size: Tensor) -> Tensor:
    """Signed distance to a disc, an arc, a bar or a half-disc around the origin."""
    if kind == 2:
        reach = 1.15 * size
        return torch.sqrt((p - torch.minimum(torch.maximum(p, -reach), reach)) ** 2 + q * q) - 0.30 * size
    radius = torch.sqrt(p * p + q * q)
    if kind == 0:
        return radius - size
    if kind == 3:
        return torch.maximum(radius - 1.15 * size, q - 0.1 * size)
    ends = torch.sqrt((p.abs() - 0.85 * size) ** 2 + q * q)
    return torch.where(q < 0, (radius - 0.85 * size).abs(), ends) - 0.25 * size


def _studio(stage: Stage) -> Tensor:
    """A plain ground with a pool of light, in the main colour itself."""
    tone = stage.tones
    pool = glow(stage.x - stage.random(-0.5, 0.5), stage.y - stage.random(-0.8, 0.2), 1.0)
    dark = over(tone.shade * 0.45, tone.main, 0.08 + 0.42 * pool)
    pale = over(tone.light, torch.ones_like(tone.main), 0.15 + 0.50 * pool)
    return over(dark, pale, stage.bright)


def _chips(stage: Stage, layer: int) -> Tensor:
    """One period of chips, ``[B, 5, H, W]``: colour, coverage, shadow.

    A chip is a Voronoi cell that has been worn down: angular, and no two of a layer touch.
    """
    columns, rows = _CELLS
    count, pitch = columns * rows, _PITCH[layer]
    width, height = columns * pitch, rows * pitch
    device = stage.x.device
    x = ((torch.arange(int(width * _TEXELS), device=device) + 0.5) / _TEXELS)[None, None, None, :]
    y = ((torch.arange(int(height * _TEXELS), device=device) + 0.5) / _TEXELS)[None, None, :, None]
    index = torch.arange(count, device=device)
    odd = 0.5 * ((index // columns) % 2)
    sx = (index % columns + odd + stage.randoms(count, 0.15, 0.85)) * pitch
    sy = (index // columns + stage.randoms(count, 0.15, 0.85)) * pitch
    dx = torch.remainder(x - sx[..., None, None] + width / 2, width) - width / 2
    dy = torch.remainder(y - sy[..., None, None] + height / 2, height) - height / 2
    near, who = torch.topk(dx * dx + dy * dy, 3, dim=1, largest=False)
    borders = []
    for k in (1, 2):  # distance to the borders with the two next cells
        ax = (_pick(sx, who[:, 0]) - _pick(sx, who[:, k])).abs()
        ay = (_pick(sy, who[:, 0]) - _pick(sy, who[:, k])).abs()
        apart = torch.minimum(ax, width - ax) ** 2 + torch.minimum(ay, height - ay) ** 2
        borders.append((near[:, k] - near[:, 0]) * (0.5 * torch.rsqrt(apart)))
    edge = -0.04 * torch.logsumexp(
        torch.stack(borders) / -0.04, dim=0
    )  # the smaller one, rounded where they meet
    # Cells a knight's move apart have like ranks, so that the few chips of a sparse clip are spread evenly.
    ring = torch.remainder(2 * (index % columns) + index // columns + torch.floor(5 * stage.randoms(1)), 5)
    rank = (ring + stage.randoms(count)) / 5
    dense = stage.is_("density", "dense")[:, :, 0, 0, 0]
    kept = (rank < _SHARE[layer] * (0.32 + 0.68 * dense)).float()
    inside = (edge - _pick(stage.randoms(count, 0.02, 0.08), who[:, 0])) / pitch
    shown = _pick(kept, who[:, 0])
    cover = shown * torch.sigmoid(inside * 30)
    fallen = (int(0.08 * _TEXELS), int(0.04 * _TEXELS))
    shadow = torch.roll(shown * torch.sigmoid(inside * 14 + 0.5), fallen, (-2, -1))
    # Lit from above left: each chip runs from a light corner to a deep one.
    slope = (dx + dy).gather(1, who[:, :1]) / pitch
    tint = torch.remainder(
        0.618 * index + stage.randoms(1), 1
    )  # spread evenly: some accent is always in sight
    colour = _chip_colours(stage, tint, who[:, 0])
    colour = over(colour, torch.ones_like(colour), (0.10 - 0.30 * slope).clamp(0, 0.4))
    colour = colour * (1 - (0.30 * slope).clamp(0, 0.3))
    return torch.cat([colour, cover[:, None], shadow[:, None]], 1)


def _chip_colours(stage: Stage, tint: Tensor, who: Tensor) -> Tensor:
    """Colour of the chip at each texel, ``[B, 3, H, W]``: mostly the main colour, some of the accent."""
    tone = stage.tones
    deep = torch.lerp(tone.shade, tone.main, 0.15)[..., 0, 0]
    table = torch.where((tint < 0.28)[:, None], tone.accent[..., 0, 0], tone.main[..., 0, 0])
    table = torch.where((tint > 0.72)[:, None], deep, table)
    table = torch.where((tint > 0.92)[:, None], tone.light[..., 0, 0], table)  # [B, 3, N]
    return torch.stack([_pick(table[:, channel], who) for channel in range(3)], 1)


def _pick(table: Tensor, index: Tensor) -> Tensor:
    """The entry of ``table`` ``[B, N]`` for each of ``index`` ``[B, H, W]``."""
    return table.gather(1, index.flatten(1)).view(index.shape)


def _sample(texture: Tensor, pitch: float, x: Tensor, y: Tensor) -> Tensor:
    """A periodic ``texture`` ``[B, C, H, W]`` seen at world coordinates; ``[B, C, T, H, W]``."""
    batch, channels, rows, columns = texture.shape
    frames, height, width = x.shape[2], y.shape[3], x.shape[4]
    u = (
        torch.remainder(x / (_CELLS[0] * pitch), 1) * columns + 1
    )  # 1: the column that is repeated at the left
    v = torch.remainder(y / (_CELLS[1] * pitch), 1) * rows + 1
    grid = torch.stack(
        [
            (2 * u / (columns + 2) - 1).expand(-1, -1, -1, height, -1)[:, 0],
            (2 * v / (rows + 2) - 1).expand(-1, -1, -1, -1, width)[:, 0],
        ],
        -1,
    )
    padded = F.pad(texture, (1, 1, 1, 1), mode="circular")
    seen = F.grid_sample(padded, grid.flatten(1, 2), mode="bilinear", align_corners=False)
    return seen.view(batch, channels, frames, height, width)
