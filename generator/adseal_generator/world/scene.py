# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What is in a clip: the attributes a caption may speak of, and how they are drawn at random.

Decides: the scene families and which combinations are possible. Leaves out: wording (`captions`) and pixels
(`render`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import torch

from .palette import COLOURS

T = TypeVar("T")

FAMILIES = ("silk", "bokeh", "ocean", "mountains", "city", "product", "ribbons", "rays", "sparks")
OBJECTS = ("bottle", "can", "jar", "tube")
MOTIONS = ("left", "right", "up", "down", "in", "out", "still")
SPEEDS = ("slow", "fast")
MOODS = ("dark", "bright")
SPACES = ("none", "top", "bottom")

_SIDEWAYS = {"left": "right", "right": "left"}
_BACKWARDS = {**_SIDEWAYS, "up": "down", "down": "up", "in": "out", "out": "in"}
# A skyline or a horizon that slides up or down would leave its picture empty within a few seconds.
_NO_VERTICAL = ("ocean", "mountains", "city", "product")


@dataclass(frozen=True)
class Scene:
    """Attributes of one clip. ``motion`` is where the picture content moves ("in" grows, "out" shrinks)."""

    family: str
    thing: str | None
    main: str
    accent: str | None
    motion: str
    speed: str
    mood: str
    space: str

    def mirrored(self) -> Scene:
        """The attributes after a horizontal flip of the picture."""
        return replace(self, motion=_SIDEWAYS.get(self.motion, self.motion))

    def reversed(self) -> Scene | None:
        """The attributes of the clip played backwards; None where that would be untrue (sparks rise)."""
        return (
            None
            if self.family == "sparks"
            else replace(self, motion=_BACKWARDS.get(self.motion, self.motion))
        )


def sample_scenes(count: int, generator: torch.Generator, *, family: str | None = None) -> list[Scene]:
    """``count`` random scenes, all of one ``family`` where it is given."""
    return [_sample_scene(generator, family) for _ in range(count)]


def pick(options: Sequence[T], generator: torch.Generator) -> T:
    """One of ``options``, uniformly."""
    return options[int(torch.randint(len(options), (1,), generator=generator))]


def chance(probability: float, generator: torch.Generator) -> bool:
    """True with the given probability."""
    return bool(torch.rand(1, generator=generator) < probability)


def _sample_scene(generator: torch.Generator, family: str | None) -> Scene:
    family = family or pick(FAMILIES, generator)
    names = tuple(COLOURS)
    main = pick(names, generator)
    accent = pick(tuple(n for n in names if n != main), generator) if chance(0.5, generator) else None
    motions = tuple(m for m in MOTIONS if not (m in ("up", "down") and family in _NO_VERTICAL))
    if family == "sparks":
        motions = tuple(m for m in motions if m not in ("down", "still"))
    dark_share = {"city": 1.0, "sparks": 1.0, "bokeh": 0.7, "rays": 0.7}.get(family, 0.55)
    return Scene(
        family=family,
        thing=pick(OBJECTS, generator) if family == "product" else None,
        main=main,
        accent=accent,
        motion=pick(motions, generator),
        speed="fast" if chance(0.35, generator) else "slow",
        mood="dark" if chance(dark_share, generator) else "bright",
        space=pick(("none", "none", "top", "bottom"), generator),
    )
