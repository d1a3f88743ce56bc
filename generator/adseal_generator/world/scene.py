# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What is in a clip: the attributes a caption may speak of, and how they are drawn at random.

Decides: the scene families and which combinations are possible and visible. Leaves out: wording (`captions`)
and pixels (`render`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import torch

from .palette import COLOURS

T = TypeVar("T")

OBJECTS = ("bottle", "can", "box", "jar", "cup", "phone", "shoe", "watch")
CAMERAS = (
    "static",
    "push-in",
    "pull-out",
    "pan-left",
    "pan-right",
    "tilt-up",
    "tilt-down",
    "crane-up",
    "crane-down",
    "orbit-left",
    "orbit-right",
)
DIRECTIONS = ("left", "right", "up", "down")
SPEEDS = ("slow", "fast")
MOODS = ("dark", "bright")
TIMES = ("sunrise", "day", "sunset", "night")
SIDES = ("left", "right")
DENSITIES = ("sparse", "dense")
SUBJECTS = ("left", "centre", "right")
SPACES = ("none", "top", "bottom")
FOCUSES = ("deep", "shallow")

_OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up", "in": "out", "out": "in"}
_TURNS = ("static", "push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down")
_TRUCKS = ("static", "push-in", "pull-out", "pan-left", "pan-right")
_SIDES = ("left", "right")


@dataclass(frozen=True)
class Traits:
    """What a family can show. Attributes that would not be visible are not offered, so captions stay true.

    Attributes:
        cameras: moves that make sense, "static" among them.
        directions: ways its content can flow on the screen; empty: its content has no direction of its own.
        times: times of day; empty: the family is not out of doors.
        dark: share of clips in a dark mood where no time of day decides it.
        density, subject, light, focus: whether there are many or few things, a subject that can stand left or
            right, light from one side, a depth of field.
        arrow: time has a direction (sparks rise, drops fall): never shown backwards.
    """

    cameras: tuple[str, ...] = _TURNS
    directions: tuple[str, ...] = DIRECTIONS
    times: tuple[str, ...] = ()
    dark: float = 0.55
    density: bool = False
    subject: bool = False
    light: bool = False
    focus: bool = False
    arrow: bool = False


TRAITS: dict[str, Traits] = {
    "silk": Traits(),
    "liquid": Traits(),
    "bokeh": Traits(dark=0.7, density=True),
    "rays": Traits(cameras=_TRUCKS, directions=_SIDES, dark=0.7, light=True),
    "ink": Traits(cameras=_TURNS, directions=("up", "down"), dark=0.35, arrow=True),
    "ocean": Traits(cameras=(*_TRUCKS, "crane-up", "crane-down"), directions=_SIDES, times=TIMES),
    "clouds": Traits(cameras=_TURNS, directions=_SIDES, times=TIMES, density=True),
    "mountains": Traits(cameras=(*_TRUCKS, "crane-up", "crane-down"), directions=(), times=TIMES),
    "forest": Traits(cameras=(*_TRUCKS, "tilt-up", "tilt-down"), directions=(), times=TIMES, light=True),
    "rain": Traits(cameras=_TRUCKS, directions=("down",), dark=0.8, density=True, arrow=True),
    "snow": Traits(cameras=_TURNS, directions=("down", *_SIDES), dark=0.6, density=True, arrow=True),
    "sparks": Traits(cameras=_TRUCKS, directions=("up", *_SIDES), dark=1.0, density=True, arrow=True),
    "confetti": Traits(cameras=_TRUCKS, directions=("down", "up"), dark=0.3, density=True, arrow=True),
    "particles": Traits(dark=0.75, density=True),
    "neon": Traits(cameras=("static", "pan-left", "pan-right"), directions=("down", "up"), dark=1.0),
    "skyline": Traits(
        cameras=(*_TRUCKS, "crane-up", "crane-down"), directions=_SIDES, times=TIMES, density=True, arrow=True
    ),
    "towers": Traits(
        cameras=(*_TRUCKS, "tilt-up", "tilt-down", "orbit-left", "orbit-right"), directions=(), times=TIMES
    ),
    "road": Traits(cameras=("push-in", "pull-out"), directions=(), times=TIMES),
    "papercut": Traits(cameras=(*_TRUCKS, "crane-up", "crane-down"), directions=(), subject=True),
    "geometric": Traits(density=True),
    "ribbons": Traits(),
    "marble": Traits(directions=()),
    "terrazzo": Traits(directions=(), dark=0.3, density=True),
    "fabric": Traits(directions=_SIDES, light=True),
    "splash": Traits(cameras=_TRUCKS, directions=("up",), dark=0.35, subject=True, arrow=True),
    "bubbles": Traits(cameras=_TRUCKS, directions=("up",), dark=0.35, density=True, arrow=True),
    "steam": Traits(cameras=_TRUCKS, directions=("up",), dark=0.7, subject=True, light=True, arrow=True),
    "product": Traits(
        cameras=("static", "push-in", "pull-out", "orbit-left", "orbit-right", "crane-up", "crane-down"),
        directions=(),
        subject=True,
        light=True,
        focus=True,
    ),
    "dust": Traits(cameras=_TRUCKS, dark=0.6, density=True, light=True),
    "stars": Traits(cameras=(*_TURNS,), dark=1.0, directions=(), density=True),
}
FAMILIES = tuple(TRAITS)


@dataclass(frozen=True)
class Scene:
    """Attributes of one clip; None where a family does not have one.

    Attributes:
        family, thing: what it shows; `thing` only for products.
        main, accent: names from `palette.COLOURS` or "#rrggbb".
        camera: the move of the camera; "pan-left" lets the picture slide to the right.
        direction: where the content itself flows on the screen; only with a camera that does not cross it.
        light: the side the light comes from.
        subject: where the subject stands.
        space: the part that is kept calm for words.
    """

    family: str
    thing: str | None
    main: str
    accent: str | None
    camera: str
    direction: str | None
    speed: str
    mood: str
    time: str | None
    light: str | None
    density: str | None
    subject: str | None
    space: str
    focus: str | None

    @property
    def slide(self) -> str | None:
        """Where the whole picture slides on the screen, because the camera turns or travels the other way."""
        move, _, way = self.camera.partition("-")
        return _OPPOSITE[way] if move in ("pan", "tilt", "crane") else None

    def mirrored(self) -> Scene:
        """The attributes after a horizontal flip of the picture."""
        kind, _, way = self.camera.partition("-")
        return replace(
            self,
            camera=f"{kind}-{_OPPOSITE[way]}" if way in _SIDES else self.camera,
            direction=_sideways(self.direction),
            light=_sideways(self.light),
            subject=_sideways(self.subject),
        )

    def reversed(self) -> Scene | None:
        """The attributes of the clip played backwards; None where that would be untrue (sparks rise)."""
        if TRAITS[self.family].arrow:
            return None
        if self.camera in ("push-in", "pull-out"):
            camera = "pull-out" if self.camera == "push-in" else "push-in"
        else:
            kind, _, way = self.camera.partition("-")
            camera = f"{kind}-{_OPPOSITE[way]}" if way else self.camera
        direction = _OPPOSITE[self.direction] if self.direction else None
        if direction is not None and direction not in TRAITS[self.family].directions:
            return None
        return replace(self, camera=camera, direction=direction)


def sample_scenes(
    count: int, generator: torch.Generator, *, family: str | None = None, families: Sequence[str] = FAMILIES
) -> list[Scene]:
    """``count`` random scenes, all of one ``family`` where it is given, otherwise any of ``families``."""
    return [_sample_scene(generator, family or pick(families, generator)) for _ in range(count)]


def pick(options: Sequence[T], generator: torch.Generator) -> T:
    """One of ``options``, uniformly."""
    return options[int(torch.randint(len(options), (1,), generator=generator))]


def chance(probability: float, generator: torch.Generator) -> bool:
    """True with the given probability."""
    return bool(torch.rand(1, generator=generator) < probability)


def _sideways(way: str | None) -> str | None:
    return _OPPOSITE[way] if way in _SIDES else way


def _sample_scene(generator: torch.Generator, family: str) -> Scene:
    traits = TRAITS[family]
    main = _colour(generator)
    accent = _colour(generator, but=main) if chance(0.5, generator) else None
    # Either the content flows or the camera crosses the picture: with both, neither could be told.
    flows = bool(traits.directions) and chance(0.5, generator)
    cameras = (
        tuple(c for c in traits.cameras if c in ("static", "push-in", "pull-out"))
        if flows
        else traits.cameras
    )
    time = pick(traits.times, generator) if traits.times else None
    dark = {"night": 1.0, "day": 0.0, "sunrise": 0.35, "sunset": 0.6}.get(time or "", traits.dark)

    def maybe(wanted: bool, options: Sequence[str]) -> str | None:
        return pick(options, generator) if wanted else None

    return Scene(
        family=family,
        thing=maybe(family == "product", OBJECTS),
        main=main,
        accent=accent,
        camera=pick(cameras or ("static",), generator),
        direction=pick(traits.directions, generator) if flows else None,
        speed="fast" if chance(0.35, generator) else "slow",
        mood="dark" if chance(dark, generator) else "bright",
        time=time,
        light=maybe(traits.light, SIDES),
        density=maybe(traits.density, DENSITIES),
        subject=maybe(traits.subject, SUBJECTS),
        space=pick(("none", "none", "top", "bottom"), generator),
        focus=maybe(traits.focus, FOCUSES),
    )


def _colour(generator: torch.Generator, but: str | None = None) -> str:
    """A named colour, or any colour by its hex code: brands rarely use the named ones."""
    if chance(0.75, generator):
        return pick(tuple(n for n in COLOURS if n != but), generator)
    return "#" + "".join(f"{int(v):02x}" for v in torch.randint(256, (3,), generator=generator))
