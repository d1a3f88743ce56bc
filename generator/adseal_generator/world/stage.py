# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The stage a scene is painted on: coordinates, clock, camera, random numbers and a few brushes.

Units: the short side of the picture is 2 units wide, y grows downwards, time is in seconds. Everything
broadcasts to ``[B, C, T, H, W]``; x keeps H = 1 and y keeps W = 1 as long as possible, which is what makes
rendering cheap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .palette import Tones, tones
from .scene import Scene

PAN_SPEED = {"slow": 0.13, "fast": 0.28}  # units per second: about 1.2 and 2.7 px a frame at 192 px, 10 fps
ZOOM_SPEED = {"slow": 0.06, "fast": 0.14}  # natural logarithm of the scale, per second
FLOW_SPEED = {"slow": 0.16, "fast": 0.36}  # of content that flows by itself, units per second
LIFE_SPEED = {"slow": 0.55, "fast": 1.15}  # rate of the motion inside the scene itself
PIVOT = 0.6  # depth that an orbiting camera turns around

# Where the picture slides when the camera moves: turning shifts all depths alike, travelling the near ones more.
_TURN = {"pan-left": (1.0, 0.0), "pan-right": (-1.0, 0.0), "tilt-up": (0.0, 1.0), "tilt-down": (0.0, -1.0)}
_TRAVEL = {"crane-up": (0.0, 1.0), "crane-down": (0.0, -1.0)}
_ORBIT = {"orbit-left": (1.0, 0.0), "orbit-right": (-1.0, 0.0)}
_ZOOM = {"push-in": 1.0, "pull-out": -1.0}
_FLOW = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}


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

    def view(self, depth: float = 1.0, *, flow: float = 0.0) -> tuple[Tensor, Tensor]:
        """World coordinates ``[B, 1, T, 1, W]`` and ``[B, 1, T, H, 1]`` seen at each pixel.

        Args:
            depth: how near the layer is: 0 the sky, 1 the front; nearer layers move faster when the camera travels.
            flow: how much of the scene's `direction` this layer takes part in, 0 none to 1.
        """
        clock = self.seconds - self.seconds.mean()  # things are centred halfway through the move
        speed = self._per_clip([PAN_SPEED[s.speed] for s in self.scenes])
        turn, travel, orbit = (self._ways("camera", table) for table in (_TURN, _TRAVEL, _ORBIT))
        shift = (turn * 0.8 + travel * (1.3 * depth) + orbit * (1.6 * (depth - PIVOT))) * speed
        if flow:
            pace = self._per_clip([FLOW_SPEED[s.speed] for s in self.scenes])
            shift = shift + self._ways("direction", _FLOW) * (flow * pace)
        shift = shift[..., None, None, None] * clock[:, 0]  # [2, B, T, 1, 1]
        zoom = self._per_clip([_ZOOM.get(s.camera, 0.0) * ZOOM_SPEED[s.speed] for s in self.scenes])
        scale = torch.exp(-zoom[:, None, None, None, None] * clock * depth)
        return (self.x - shift[0][:, None]) * scale, (self.y - shift[1][:, None]) * scale

    def orbit_angle(self) -> Tensor:
        """How far the camera has gone around the subject, radians, ``[B, 1, T, 1, 1]``; 0 without an orbit."""
        speed = self._per_clip([PAN_SPEED[s.speed] for s in self.scenes])
        way = self._ways("camera", _ORBIT)[0] * speed * 1.8
        return way[:, None, None, None, None] * (self.seconds - self.seconds.mean())

    def flow_way(self) -> tuple[Tensor, Tensor]:
        """Unit vector of the scene's `direction`, two ``[B, 1, 1, 1, 1]``; zeros where it has none."""
        way = self._ways("direction", _FLOW)
        return way[0][:, None, None, None, None], way[1][:, None, None, None, None]

    def is_(self, attribute: str, value: str) -> Tensor:
        """1 for the clips whose ``attribute`` is ``value``, otherwise 0, ``[B, 1, 1, 1, 1]``."""
        given = [float(getattr(s, attribute) == value) for s in self.scenes]
        return self._per_clip(given)[:, None, None, None, None]

    def choose(self, attribute: str, table: Mapping[str, float], default: float = 0.0) -> Tensor:
        """The number that ``table`` has for each clip's ``attribute``, ``[B, 1, 1, 1, 1]``."""
        given = [table.get(getattr(s, attribute), default) for s in self.scenes]
        return self._per_clip(given)[:, None, None, None, None]

    def subject_x(self) -> Tensor:
        """Where the subject stands, ``[B, 1, 1, 1, 1]`` in units."""
        return self.choose("subject", {"left": -0.42, "right": 0.42}) * self.half_width

    def _per_clip(self, numbers: list[float]) -> Tensor:
        return torch.tensor(numbers, device=self.x.device)

    def _ways(self, attribute: str, table: Mapping[str, tuple[float, float]]) -> Tensor:
        ways = [table.get(getattr(s, attribute), (0.0, 0.0)) for s in self.scenes]
        return torch.tensor(ways, device=self.x.device).T  # [2, B]


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


def over(below: Tensor, colour: Tensor, alpha: Tensor | float) -> Tensor:
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
