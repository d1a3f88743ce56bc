# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Soft shapes that landscapes are made of: heaps of round puffs (clouds, leaves, mist, stars) and ridge lines.

A heap is a sum of Gaussians. Each is separable, so that a whole layer is one small matrix product instead of an
exponential per pixel and puff: fifty puffs cost as much as one.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .stage import TAU, Stage, smooth


@dataclass(frozen=True)
class Heap:
    """A heap of puffs, each ``[B, 1, T, H, W]``.

    Attributes:
        body: the sum of the puffs; about 0.3 is a good rim.
        up, side: which way the surface faces, about -1.5 to 1.5; 1 is up and right.
    """

    body: Tensor
    up: Tensor
    side: Tensor


@dataclass(frozen=True)
class Puffs:
    """Where puffs are, each ``[B, 1 or T, K]`` in units; `weight` 0 hides one."""

    x: Tensor
    y: Tensor
    wide: Tensor
    high: Tensor
    weight: Tensor


def spots(x: Tensor, y: Tensor, puffs: Puffs, span: float) -> Tensor:
    """The sum of ``puffs`` at the given coordinates; they repeat every ``span`` units across."""
    _, _, across, down = _parts(x, y, puffs, span)
    return (down @ across.mT)[:, None]


def heap(x: Tensor, y: Tensor, puffs: Puffs, span: float) -> Heap:
    """As `spots`, with the direction that the surface faces."""
    ux, uy, across, down = _parts(x, y, puffs, span)
    body = down @ across.mT
    safe = body + 0.02
    up = -((down * uy) @ across.mT) / safe
    side = (down @ (across * ux).mT) / safe
    return Heap(body[:, None], up[:, None], side[:, None])


def row(stage: Stage, count: int, span: float, jitter: float = 0.8) -> Tensor:
    """``count`` places spread over ``span``, irregular but without big gaps, ``[B, 1, count]``."""
    spread = torch.arange(count, device=stage.x.device) + 0.5 + stage.randoms(count, -0.5, 0.5) * jitter
    return (spread * (span / count) - span / 2)[:, None]


def peaks(
    stage: Stage, x: Tensor, rates: tuple[float, ...], sizes: tuple[float, ...]
) -> tuple[Tensor, Tensor]:
    """A ridge line over ``x``: its height and its slope; triangles with rounded tips."""
    height, slope = torch.zeros_like(x), torch.zeros_like(x)
    for rate, size in zip(rates, sizes, strict=True):
        phase = rate * x + stage.random(0, TAU)
        sharp = 0.985 * torch.sin(phase)
        height = height + size * torch.asin(sharp) * (2 / torch.pi)
        slope = slope + size * rate * torch.cos(phase) / torch.sqrt(1 - sharp * sharp) * 0.4
    return height, slope


def cumulus(stage: Stage, size: float, level: float, depth: float) -> Heap:
    """Three piles of puffs, each on a flat row of them."""
    span, piles, each, foot = 2.0 * stage.half_width + 2.3, 3, 14, 5
    x, y = stage.view(depth, flow=0.7 + depth)
    home = row(stage, piles, span, 0.35).repeat_interleave(each, 2)
    height = level + stage.randoms(piles, -0.17, 0.17)[:, None].repeat_interleave(each, 2) * stage.half_height
    order = torch.arange(each, device=stage.x.device).repeat(piles)[None, None]
    loose = stage.randoms(piles * each, -0.8, 0.8)[:, None]
    along = torch.where(order < foot, order * (2 / (foot - 1)) - 1, loose)
    up = torch.where(order < foot, 0.0, stage.randoms(piles * each, 0.2, 1.0)[:, None] * (1 - along * along))
    breath = 1 + 0.07 * torch.sin(0.8 * stage.life[:, 0, :, 0] + stage.randoms(piles * each, 0, TAU)[:, None])
    radius = size * (0.95 - 0.40 * along.abs()) * (0.8 + 0.4 * stage.randoms(piles * each)[:, None]) * breath
    puffs = Puffs(
        home + along * 1.5 * size,
        height - up * 1.45 * size,
        radius * 0.55,
        radius * torch.where(order < foot, 0.36, 0.48),
        torch.full_like(radius, 0.66),
    )
    return heap(x, y, puffs, span)


def bank(stage: Stage, level: float, size: float, depth: float) -> Heap:
    """A bank of puffs that fills everything below it."""
    span, count = 3.4 * stage.half_width + 2.4, 18
    x, y = stage.view(depth, flow=0.7 + depth)
    breath = 0.06 * torch.sin(0.9 * stage.life[:, 0, :, 0] + stage.randoms(count, 0, TAU)[:, None])
    radius = size * stage.randoms(count, 0.7, 1.35)[:, None]
    puffs = Puffs(
        row(stage, count, span),
        level + stage.randoms(count, -0.14, 0.10)[:, None] + breath,
        radius,
        radius * 0.75,
        torch.full_like(radius, 0.75),
    )
    shape = heap(x, y, puffs, span)
    fill = smooth(y, level - 0.10, level + 0.45)
    return Heap(shape.body + fill, shape.up * (1 - fill) - 0.5 * fill, shape.side * (1 - fill))


def trunks(stage: Stage, side: Tensor, layer: int) -> tuple[Tensor, Tensor]:
    """Coverage of a row of stems, and how far each place faces ``side``."""
    x, y = stage.view(0.12 + 0.17 * layer)
    pitch, cells = 0.50 + 0.34 * layer, 24
    place = x / pitch + cells / 2 + stage.random()
    index = place.floor().clamp(0, cells - 1)
    flat = index.long().reshape(stage.batch, -1)

    def per_stem(low: float, high: float) -> Tensor:
        return stage.randoms(cells, low, high).gather(1, flat).reshape(index.shape)

    half = (0.050 + 0.036 * layer) * per_stem(0.75, 1.3)
    # Stems keep away from the borders of their cells, or leaning ones would be cut off.
    off = (place - index - 0.5 - per_stem(-0.16, 0.16)) * pitch
    across = off - y * per_stem(-0.035, 0.035)
    cover = torch.sigmoid((half - across.abs()) * (75 - 12 * layer))
    return cover, torch.sigmoid((across * side / half - 0.35) * 6)


def foliage(stage: Stage, layer: int) -> Heap:
    """Leaves that hang in from above and undergrowth along the ground."""
    count, span = 44, 3.4 * stage.half_width + 2.4
    x, y = stage.view(0.12 + 0.17 * layer)
    top, foot = ((-1.05, 0.86), (-1.02, 0.84), (-0.90, 0.84), (-1.02, 1.04))[layer]
    upper = (torch.arange(count, device=stage.x.device) % 2 == 0)[None, None]
    edge = torch.where(upper, top, foot) * stage.half_height
    radius = stage.randoms(count, 0.09, 0.19)[:, None] * (0.8 + 0.22 * layer)
    sway = 0.045 * torch.sin(1.3 * stage.life[:, 0, :, 0] + stage.randoms(count, 0, TAU)[:, None])
    jitter = stage.randoms(count, -0.16, 0.16)[:, None] * torch.where(upper, 1.2, 0.6) * stage.half_height
    level = edge + jitter + 0.4 * sway
    full = torch.full_like(radius, 0.8)
    shape = heap(x, y, Puffs(row(stage, count, span) + sway, level, radius * 1.15, radius * 0.8, full), span)
    high = stage.half_height  # beyond the outermost leaves it is leaves all the way, for a camera that tilts
    fill = smooth(y, (top - 0.02) * high, (top - 0.35) * high)
    fill = fill + smooth(y, (foot - 0.02) * high, (foot + 0.24) * high)
    return Heap(shape.body + fill, shape.up * (1 - fill) - fill, shape.side * (1 - fill))


def mist(stage: Stage, level: Tensor, depth: float) -> Tensor:
    """Coverage of a low bank of mist that drifts."""
    count, span = 8, 3.4 * stage.half_width + 2.4
    x, y = stage.view(depth)
    drift = 0.16 * stage.life[:, 0, :, 0] * torch.sign(stage.random(-1, 1))[:, 0, :, 0]
    puffs = Puffs(
        row(stage, count, span) + drift,
        level[:, 0, :, 0] + stage.randoms(count, -0.10, 0.10)[:, None],
        stage.randoms(count, 0.30, 0.6)[:, None],
        stage.randoms(count, 0.08, 0.15)[:, None],
        stage.randoms(count, 0.4, 1.0)[:, None],
    )
    return smooth(spots(x, y, puffs, span), 0.05, 1.3)


def soft_spot(dx: Tensor, dy: Tensor, radius: Tensor | float) -> Tensor:
    """As `stage.glow`, but computed along each axis: cheap for large pictures."""
    rate = -0.5 / (radius * radius)
    return torch.exp(dx * dx * rate) * torch.exp(dy * dy * rate)


def _parts(x: Tensor, y: Tensor, puffs: Puffs, span: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    dx = x[:, 0, :, 0, :, None] - puffs.x[:, :, None]  # [B, T, W, K]
    dx = torch.remainder(dx + span / 2, span) - span / 2
    dy = y[:, 0, :, :, 0, None] - puffs.y[:, :, None]  # [B, T, H, K]
    ux, uy = dx / puffs.wide[:, :, None], dy / puffs.high[:, :, None]
    return ux, uy, torch.exp(-0.5 * ux * ux), torch.exp(-0.5 * uy * uy) * puffs.weight[:, :, None]
