# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The stage a scene is painted on: coordinates, clock, camera, random numbers and a few brushes.

Units: the short side of the picture is 2 units wide, y grows downwards, time is in seconds. Everything
broadcasts to ``[B, C, T, H, W]``; x keeps H = 1 and y keeps W = 1 as long as possible, which is what makes
rendering cheap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .palette import Tones, tones
from .scene import Scene

PAN_SPEED = {"slow": 0.11, "fast": 0.25}  # units per second: about 1 and 2.5 px a frame at 192 px, 10 fps
ZOOM_SPEED = {"slow": 0.055, "fast": 0.13}  # natural logarithm of the scale, per second
LIFE_SPEED = {"slow": 0.55, "fast": 1.15}  # rate of the motion inside the scene itself
_PAN = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}
_ZOOM = {"in": 1.0, "out": -1.0}


@dataclass
class Stage:
    """One batch of clips of the same family while they are painted."""

    scenes: Sequence[Scene]
    x: Tensor  # [1, 1, 1, 1, W] screen coordinates
    y: Tensor  # [1, 1, 1, H, 1]
    seconds: Tensor  # [1, 1, T, 1, 1]
    life: Tensor  # [B, 1, T, 1, 1] seconds scaled by the speed of the scene
    tones: Tones
    bright: Tensor  # [B, 1, 1, 1, 1] 0 or 1
    generator: torch.Generator

    @property
    def batch(self) -> int:
        return len(self.scenes)

    @property
    def half_height(self) -> float:
        return float(self.y.abs().max())

    @property
    def half_width(self) -> float:
        return float(self.x.abs().max())

    def random(self, low: float = 0.0, high: float = 1.0) -> Tensor:
        """One number per clip, ``[B, 1, 1, 1, 1]``."""
        return self.randoms(1, low, high)[:, :1, None, None, None]

    def randoms(self, count: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """``count`` numbers per clip, ``[B, count]``; drawn on the CPU: a seed means the same everywhere."""
        drawn = torch.rand(self.batch, count, generator=self.generator)
        return (low + (high - low) * drawn).to(self.x.device)

    def view(self, depth: float = 1.0) -> tuple[Tensor, Tensor]:
        """World coordinates seen at each pixel; a larger ``depth`` factor (nearer) moves faster."""
        pan, zoom = self._camera()
        clock = self.seconds - self.seconds.mean()  # things are centred halfway through the move
        scale = torch.exp(-zoom * clock * depth)
        shift = pan[..., None, None, None] * clock[:, 0][None] * depth  # [2, B, T, 1, 1]
        return (self.x - shift[0][:, None]) * scale, (self.y - shift[1][:, None]) * scale

    def _camera(self) -> tuple[Tensor, Tensor]:
        device = self.x.device
        pan = torch.tensor([_PAN.get(s.motion, (0.0, 0.0)) for s in self.scenes], device=device).T  # [2, B]
        speed = torch.tensor([PAN_SPEED[s.speed] for s in self.scenes], device=device)
        zoom = torch.tensor(
            [_ZOOM.get(s.motion, 0.0) * ZOOM_SPEED[s.speed] for s in self.scenes], device=device
        )
        return pan * speed, zoom[:, None, None, None, None]


def make_stage(
    scenes: Sequence[Scene],
    *,
    width: int,
    height: int,
    frames: int,
    fps: float,
    generator: torch.Generator,
    device: torch.device,
) -> Stage:
    """An empty stage of ``height`` x ``width`` px and ``frames`` frames."""
    unit = min(width, height) / 2
    x = (torch.arange(width, device=device) + 0.5 - width / 2) / unit
    y = (torch.arange(height, device=device) + 0.5 - height / 2) / unit
    seconds = (torch.arange(frames, device=device) / fps)[None, None, :, None, None]
    rate = torch.tensor([LIFE_SPEED[s.speed] for s in scenes], device=device)[:, None, None, None, None]
    bright = torch.tensor([s.mood == "bright" for s in scenes], device=device)
    colours = tones([s.main for s in scenes], [s.accent for s in scenes], bright, device)
    return Stage(
        scenes,
        x[None, None, None, None],
        y[None, None, None, :, None],
        seconds,
        seconds * rate,
        colours,
        bright.float()[:, None, None, None, None],
        generator,
    )


def over(below: Tensor, colour: Tensor, alpha: Tensor) -> Tensor:
    """``colour`` painted over ``below`` with coverage ``alpha``."""
    return below + (colour - below) * alpha


def smooth(value: Tensor, low: float, high: float) -> Tensor:
    """Smoothstep from 0 at ``low`` to 1 at ``high`` (falls where ``high`` < ``low``)."""
    t = ((value - low) / (high - low)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def ramp(value: Tensor, dark: Tensor, middle: Tensor, light: Tensor) -> Tensor:
    """Three-stop colour ramp over ``value`` in 0..1, without a kink at the middle stop."""
    rise = value.clamp(0, 1)
    return dark * (1 - rise) ** 2 + middle * (2 * rise * (1 - rise)) + light * rise**2


def soft_disc(x: Tensor, y: Tensor, radius: Tensor | float, edge: Tensor | float) -> Tensor:
    """Disc coverage around the origin; ``edge`` is the width of the soft rim in units."""
    return torch.sigmoid((radius - torch.sqrt(x * x + y * y)) * (4.0 / edge))


def glow(x: Tensor, y: Tensor, radius: Tensor | float) -> Tensor:
    """Gaussian spot of the given standard deviation."""
    return torch.exp((x * x + y * y) * (-0.5 / (radius * radius)))


def turn(x: Tensor, y: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """Coordinates rotated by ``angle`` radians."""
    return x * torch.cos(angle) + y * torch.sin(angle), y * torch.cos(angle) - x * torch.sin(angle)


TAU = 2 * math.pi
