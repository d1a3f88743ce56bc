# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The forms of the products: bottle, can, jar, cup, box, phone, shoe, watch, as lit outlines.

Forms are drawn in the units of `Stage`, ``up`` being the height above the pedestal. The camera looks down a little,
so that circles on the ground appear as ellipses (`PITCH`), and turning bodies carry their label round with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .palette import Tones
from .stage import TAU, glow, over, ramp, smooth, soft_disc, turn

PITCH = 0.20  # of the ellipse that a circle lying on the ground makes: its height to its width


@dataclass
class Prop:
    """Where a form is painted and in what light, for the clips that show the same thing."""

    x: Tensor  # [B, 1, T, 1, W] from the axis of the form
    up: Tensor  # [B, 1, T, H, 1] height above the ground
    tones: Tones
    side: Tensor  # [B, 1, 1, 1, 1] -1 or 1: where the key light is
    yaw: Tensor  # [B, 1, T, 1, 1] how far the form has turned to the right, radians
    sway: Tensor  # [B, 1, T, 1, 1] how far highlights have wandered to the right, about -0.3..0.3
    clock: Tensor  # [B, 1, T, 1, 1]
    accented: Tensor  # [B, 1, 1, 1, 1] 1 where there is an accent colour
    pitch: Tensor  # [B, 1, T, 1, 1] see `PITCH`; grows while the camera rises


# --- brushes ------------------------------------------------------------------------------------------------------


def edge(inside: Tensor) -> Tensor:
    """Coverage from the distance inside a form."""
    return torch.sigmoid(inside * 64)


def _slab(x: Tensor, y: Tensor, width: Tensor | float, height: Tensor | float, radius: float) -> Tensor:
    """Distance inside a rounded rectangle around the origin, of the given half sizes."""
    dx, dy = x.abs() - width + radius, y.abs() - height + radius
    outside = torch.sqrt(dx.clamp(min=0) ** 2 + dy.clamp(min=0) ** 2)
    return radius - outside - torch.maximum(dx, dy).clamp(max=0)


def _turned(p: Prop, outline: Tensor | float, low: float, high: float) -> tuple[Tensor, Tensor, Tensor]:
    """A turned body: position across it (-1..1), height along its front, and coverage."""
    radius = torch.as_tensor(outline, device=p.x.device)
    across = (p.x / radius).clamp(-1, 1)
    along = p.up + p.pitch * radius * torch.sqrt(1 - across * across)
    return across, along, edge(radius - p.x.abs()) * edge(along - low) * edge(high - along)


def _skin(p: Prop, across: Tensor, colour: Tensor) -> Tensor:
    """Shading of a turned body: light side, dark side, and a lit rim at the far edge."""
    value = 0.50 + 0.40 * across * p.side - 0.42 * across**4
    return ramp(value, colour * 0.22, colour, 0.55 * colour + 0.45) + 0.10 * torch.exp(
        -(((across + 0.90 * p.side) / 0.10) ** 2)
    )


def _gloss(p: Prop, across: Tensor, strength: float) -> Tensor:
    """The key light mirrored as a tall bright strip, and a weaker one of the fill light."""
    key = torch.exp(-(((across - 0.50 * p.side - p.sway) / 0.15) ** 2))
    fill = torch.exp(-(((across + 0.66 * p.side - 0.6 * p.sway) / 0.09) ** 2))
    return (strength * (key + 0.40 * fill)).clamp(0, 1)


def _metal(p: Prop, across: Tensor) -> Tensor:
    """Polished metal, tinted a little by the main colour."""
    bands = 0.52 + 0.30 * torch.sin(4.2 * across + 1.2 * p.side - 3 * p.sway) + 0.20 * across * p.side
    tint = torch.lerp(torch.ones_like(p.tones.main), p.tones.main, 0.25)
    return ramp(bands, tint * 0.16, tint * 0.66, torch.ones_like(tint))


def _label(p: Prop, across: Tensor, along: Tensor, height: float, width: float) -> Tensor:
    """Coverage of a label around a turned body, centred on height 0; it goes round, and one is on the back too."""
    round_ = torch.asin(across * 0.999) - p.yaw
    round_ = torch.remainder(round_ + TAU / 4, TAU / 2) - TAU / 4
    return torch.sigmoid((width - round_.abs()) * 26) * edge(height - along.abs())


def _ellipse(p: Prop, radius: float, height: float) -> Tensor:
    """Coverage of a circle that lies flat at a height."""
    d = torch.sqrt((p.x / radius) ** 2 + ((p.up - height) / (p.pitch * radius)) ** 2)
    return torch.sigmoid((1 - d) * (64 * radius * 0.45)) * edge(radius - p.x.abs())


# --- the forms ----------------------------------------------------------------------------------------------------


def bottle(p: Prop, picture: Tensor) -> Tensor:
    """A bottle of coloured glass with shoulders, a label and a cap."""
    tone = p.tones
    body = 0.27 + (0.095 - 0.27) * torch.sigmoid((p.up - 0.76) / 0.045)
    across, along, cover = _turned(p, body, 0.0, 1.06)
    glass = _skin(p, across, tone.main)
    # Light that went through the glass gathers on the side away from the lamp.
    gathered = torch.exp(-(((across + 0.42 * p.side) / 0.30) ** 2)) * smooth(p.up, 0.9, 0.0)
    glass = over(glass, tone.light, 0.38 * gathered)
    mark = _label(p, across, along - 0.37, 0.19, 0.95)
    glass = over(
        glass, _skin(p, across, over(torch.ones_like(tone.main) * 0.93, tone.accent, p.accented)), mark
    )
    glass = over(glass, tone.shade, 0.8 * _label(p, across, along - 0.37, 0.055, 0.45))
    picture = over(picture, over(glass, torch.ones_like(tone.main), _gloss(p, across, 0.72)), cover)
    across, along, cover = _turned(p, 0.125, 0.98, 1.22)
    cap = over(_metal(p, across), _skin(p, across, tone.accent), 0.75 * p.accented)
    picture = over(picture, over(cap, torch.ones_like(tone.main), _gloss(p, across, 0.4)), cover)
    return over(
        picture,
        over(tone.accent, torch.ones_like(tone.main), 0.6 - 0.2 * p.accented),
        _ellipse(p, 0.125, 1.22),
    )


def can(p: Prop, picture: Tensor) -> Tensor:
    """A drink can: printed wall, metal rims and lid."""
    tone = p.tones
    body = 0.30 - 0.055 * torch.sigmoid((p.up - 0.83) / 0.022) - 0.04 * torch.sigmoid((0.0 - p.up) / 0.02)
    across, along, cover = _turned(p, body, 0.0, 0.94)
    wall = _skin(p, across, tone.main)
    round_ = torch.asin(across * 0.999) - p.yaw
    wave = along - 0.30 - 0.12 * torch.sin(2 * round_ + 0.6)
    second = over(torch.ones_like(tone.main) * 0.94, tone.accent, p.accented)
    wall = over(wall, _skin(p, across, second), edge(0.10 - wave.abs()))
    round_ = torch.remainder(round_ + TAU / 4, TAU / 2) - TAU / 4
    badge = torch.sigmoid((0.15 - torch.sqrt((round_ * 0.28) ** 2 + (along - 0.60) ** 2)) * 60)
    wall = over(wall, _skin(p, across, torch.ones_like(tone.main) * 0.95), badge)
    rims = edge(along - 0.85) + edge(0.045 - along)
    wall = over(wall, _metal(p, across), rims.clamp(max=1))
    picture = over(picture, over(wall, torch.ones_like(tone.main), _gloss(p, across, 0.66)), cover)
    picture = over(picture, _metal(p, (p.x / 0.245).clamp(-1, 1)), _ellipse(p, 0.245, 0.94))
    picture = over(picture, torch.full_like(tone.main, 0.42), _ellipse(p, 0.205, 0.935) * 0.8)
    return over(picture, torch.full_like(tone.main, 0.88), soft_disc(p.x * 0.55, p.up - 0.93, 0.05, 0.04))


def jar(p: Prop, picture: Tensor) -> Tensor:
    """A cosmetic jar: thick wall, wide lid."""
    tone = p.tones
    across, along, cover = _turned(p, 0.43, 0.0, 0.44)
    wall = _skin(p, across, tone.main)
    inner = torch.sigmoid((0.80 - across.abs()) * 22) * edge(along - 0.07)
    wall = over(over(wall, tone.light, torch.full_like(p.side, 0.30)), _skin(p, across, tone.main), inner)
    mark = _label(p, across, along - 0.24, 0.10, 0.62)
    wall = over(wall, _skin(p, across, torch.ones_like(tone.main) * 0.95), mark)
    wall = over(wall, tone.shade, 0.75 * _label(p, across, along - 0.24, 0.035, 0.36))
    picture = over(picture, over(wall, torch.ones_like(tone.main), _gloss(p, across, 0.66)), cover)
    across, along, cover = _turned(p, 0.455, 0.44, 0.66)
    lid = over(_metal(p, across), _skin(p, across, tone.accent), 0.85 * p.accented)
    picture = over(
        picture,
        over(lid, torch.ones_like(tone.main), _gloss(p, across, 0.5)) * (1 - 0.5 * edge(0.47 - along)),
        cover,
    )
    face = over(torch.full_like(tone.main, 0.80), tone.accent, 0.85 * p.accented)
    slope = (0.55 + 0.9 * p.x * p.side + 0.35 * p.sway).clamp(0, 1)
    return over(picture, ramp(slope, face * 0.6, face, 0.4 * face + 0.6), _ellipse(p, 0.455, 0.66))


def cup(p: Prop, picture: Tensor) -> Tensor:
    """A cup of coffee with a handle that goes round with the cup."""
    tone = p.tones
    # The handle stays on the dark side, where it stands out against the lit wall.
    where = -p.side * 1.15 + 0.30 * p.yaw
    reach = torch.sin(where)
    hx, hy = (p.x - 0.37 * reach) / (0.35 + 0.65 * reach.abs()), (p.up - 0.33) * 0.92
    ring = edge(0.045 - (torch.sqrt(hx * hx + hy * hy) - 0.165).abs())
    picture = over(
        picture, ramp(0.60 + 1.5 * hy + 0.8 * hx * p.side, tone.main * 0.4, tone.main, tone.light), ring
    )
    flare = 0.36 - 0.15 * torch.exp(-(p.up.clamp(min=0) / 0.17))
    across, along, cover = _turned(p, flare, 0.0, 0.58)
    wall = _skin(p, across, tone.main)
    stripe = over(torch.ones_like(tone.main) * 0.94, tone.accent, p.accented)
    wall = over(wall, _skin(p, across, stripe), 0.9 * _label(p, across, along - 0.34, 0.085, 0.5))
    picture = over(picture, over(wall, torch.ones_like(tone.main), _gloss(p, across, 0.60)), cover)
    picture = over(picture, 0.35 * tone.main + 0.62, _ellipse(p, 0.362, 0.58))
    picture = over(picture, tone.main * 0.40, _ellipse(p, 0.325, 0.575))
    coffee = over(
        torch.tensor([0.20, 0.10, 0.05], device=p.x.device)[None, :, None, None, None],
        tone.shade,
        0.15 + 0 * p.side,
    )
    drink = _ellipse(p, 0.30, 0.560)
    return over(
        over(picture, coffee, drink),
        0.6 * coffee + 0.4,
        0.7 * drink * glow(p.x - 0.14 * p.side - 0.3 * p.sway, (p.up - 0.57) * 3, 0.07),
    )


def box(p: Prop, picture: Tensor) -> Tensor:
    """A carton seen over its corner: lit face, dark face, lid, and a band around it."""
    return _cuboid(p, picture, wide=0.31, deep=0.23, high=0.80)


def _cuboid(p: Prop, picture: Tensor, *, wide: float, deep: float, high: float) -> Tensor:
    tone = p.tones
    angle = -0.62 * p.side + 0.50 * p.yaw
    sine, cosine = torch.sin(angle), torch.cos(angle)
    second = over(torch.ones_like(tone.main) * 0.93, tone.accent, p.accented)
    # On the lid a point's screen height gives its distance, which gives its place on the lid.
    far = (high - p.up) / p.pitch
    lx, lz = p.x * cosine - far * sine, p.x * sine + far * cosine
    lid = torch.sigmoid((wide - lx.abs()) * 26) * torch.sigmoid((deep - lz.abs()) * 26)
    top = over(
        torch.lerp(tone.main, tone.light, 0.75),
        second,
        torch.sigmoid((0.075 - lx.abs()) * 50),
    )
    picture = over(picture, top, lid)
    lean = torch.sign(sine)
    # The narrow face that shows is the one on the side that the front face turns away from.
    corner = -lean * wide
    place = (p.x - corner * cosine) / (sine.abs() + 0.02) * lean
    rise = p.up + p.pitch * (-corner * sine + place * cosine)
    cover = torch.sigmoid((deep - place.abs()) * 64 * (sine.abs() + 0.1)) * edge(rise) * edge(high - rise)
    lit_side = 0.5 + 0.5 * p.side * -lean
    shade = 0.30 + 0.5 * lit_side + 0.25 * (rise / high - 0.5) + 0.5 * p.sway * p.side
    picture = over(picture, ramp(shade, tone.main * 0.2, tone.main * 0.85, tone.light), cover)
    place = (p.x - deep * sine) / cosine
    rise = p.up + p.pitch * (-place * sine + deep * cosine)
    cover = torch.sigmoid((wide - place.abs()) * 64 * cosine) * edge(rise) * edge(high - rise)
    shade = (
        0.62
        - 0.25 * lit_side
        + 0.5 * p.side * place / wide * 0.4
        + 0.2 * (rise / high - 0.5)
        + 0.9 * p.sway * p.side
    )
    front = ramp(shade, tone.main * 0.25, tone.main, 0.5 * tone.main + 0.5)
    ribbon = torch.sigmoid((0.075 - place.abs()) * 50)
    front = over(front, ramp(shade + 0.1, second * 0.4, second, 0.5 * second + 0.5), ribbon)
    seal = torch.sigmoid((0.145 - torch.sqrt(place * place + (rise - 0.46) ** 2)) * 50)
    return over(
        picture,
        over(
            front,
            ramp(shade + 0.2, tone.shade, torch.full_like(tone.main, 0.9), torch.ones_like(tone.main)),
            seal,
        ),
        cover,
    )


def phone(p: Prop, picture: Tensor) -> Tensor:
    """A phone that stands upright: dark frame, glowing screen."""
    tone, high, wide = p.tones, 1.16, 0.29
    angle = -0.35 * p.side + 0.55 * p.yaw
    sine, cosine = torch.sin(angle), torch.cos(angle)
    for back in (-0.035, 0.0):
        frame = edge(_slab((p.x - back * sine) / cosine, p.up - high / 2, wide, high / 2, 0.085))
        picture = over(picture, _metal(p, (p.x / wide).clamp(-1, 1)), frame)
    place, rise = (p.x - 0.035 * sine) / cosine, p.up - high / 2
    picture = over(
        picture,
        torch.full_like(tone.main, 0.045),
        edge(_slab(place, rise, wide - 0.012, high / 2 - 0.012, 0.078)),
    )
    screen = edge(_slab(place, rise, wide - 0.045, high / 2 - 0.045, 0.055))
    drift = 0.08 * torch.sin(0.8 * p.clock)
    shown = ramp(0.45 - 0.75 * rise + 0.5 * place, tone.light, tone.main, tone.main * 0.55)
    shown = over(shown, tone.accent, 0.9 * soft_disc(place - 0.09, rise - 0.18 - drift, 0.17, 0.06))
    shown = over(shown, torch.ones_like(tone.main), 0.85 * edge(_slab(place, rise + 0.22, 0.18, 0.075, 0.04)))
    shown = over(shown, torch.ones_like(tone.main), 0.55 * edge(_slab(place, rise + 0.41, 0.18, 0.055, 0.04)))
    picture = over(picture, shown, screen)
    picture = over(
        picture, torch.full_like(tone.main, 0.03), edge(_slab(place, rise - 0.485, 0.085, 0.026, 0.026))
    )
    # The softbox is mirrored as a slanting band that crosses the glass.
    band = torch.exp(-(((place - 0.12 * p.side - 0.9 * p.sway + 0.35 * rise * p.side) / 0.085) ** 2))
    return over(picture, torch.ones_like(tone.main), 0.42 * band * screen)


def shoe(p: Prop, picture: Tensor) -> Tensor:
    """A sneaker from the side: pale sole, upper with a stripe, laces and a dark opening."""
    tone = p.tones
    x = p.x * p.side / torch.cos(0.45 + 0.35 * p.yaw)  # the toe points to the light
    up = p.up - 0.01
    white = torch.full_like(tone.main, 0.95)
    lift = 0.05 * ((x - 0.30).clamp(min=0) / 0.3) ** 2
    toe = torch.sqrt((1 - ((x - 0.20).clamp(min=0) / 0.41) ** 2).clamp(min=0.0004))
    heel = torch.sqrt((1 - ((-0.44 - x).clamp(min=0) / 0.11) ** 2).clamp(min=0.0004))
    slope = torch.sigmoid((0.10 - x) / 0.085)
    top = (
        (
            0.29
            + 0.27 * slope
            + 0.05 * torch.exp(-(((x + 0.04) / 0.07) ** 2))
            - 0.05 * torch.exp(-(((x + 0.27) / 0.12) ** 2))
        )
        * toe
        * heel
    )
    upper = edge(top - up) * edge(up - 0.03) * edge(0.60 - x) * edge(x + 0.545)
    shade = 0.30 + 0.55 * (up / 0.5) + 0.30 * x + 0.5 * p.sway * p.side
    shade = shade - 0.25 * torch.exp(-(up - 0.08) / 0.05)
    leather = ramp(shade, tone.main * 0.30, tone.main, 0.5 * tone.main + 0.5)
    cap = torch.sigmoid((x - 0.33 - 0.5 * (up - 0.15)) * 50)
    leather = over(
        leather, ramp(shade - 0.08, tone.shade, over(tone.main, tone.accent, p.accented), tone.light), cap
    )
    swoosh = up - 0.20 - 0.28 * (0.20 - x).clamp(0, 0.6) ** 1.3
    second = over(white, tone.accent, p.accented)
    leather = over(leather, second, edge(0.045 - swoosh.abs()) * edge(0.22 - x) * edge(x + 0.40))
    for k in range(4):
        lx, ly = x - 0.055 - 0.062 * k, up - 0.475 + 0.068 * k
        along, across = turn(lx, ly, torch.full_like(p.side, 0.55))
        leather = over(leather, white, edge(_slab(along, across, 0.055, 0.021, 0.02)))
    gleam = torch.exp(-(((x - 0.36 - 0.35 * p.sway * p.side) / 0.09) ** 2) - ((up - 0.21) / 0.035) ** 2)
    picture = over(picture, over(leather, white, 0.6 * gleam), upper)
    hole = torch.sigmoid((1 - torch.sqrt(((x + 0.26) / 0.19) ** 2 + ((up - 0.525) / 0.045) ** 2)) * 9)
    picture = over(picture, tone.shade * 0.35, hole)
    sole = edge(_slab(x - 0.02, up - 0.035 - lift, 0.60, 0.065, 0.06))
    rubber = over(
        white * (0.72 + 0.28 * smooth(up, -0.03, 0.08)),
        tone.accent,
        edge(0.018 - (up - 0.03 - lift).abs()) * p.accented,
    )
    return over(picture, rubber, sole)


def watch(p: Prop, picture: Tensor) -> Tensor:
    """A wrist watch upright on its strap: polished case, pale dial, hands that go round."""
    tone = p.tones
    x, y = p.x / torch.cos(0.65 * p.yaw), p.up - 0.64
    white = torch.full_like(tone.main, 0.96)
    half = 0.185 - 0.055 * smooth(y.abs(), 0.25, 0.66)
    across = (x / half).clamp(-1, 1)
    strap = edge(half - x.abs()) * edge(0.655 - y.abs())
    round_ = 0.50 + 0.34 * across * p.side - 0.30 * across**4 - 0.35 * smooth(y.abs(), 0.40, 0.66)
    band = ramp(round_, tone.main * 0.22, tone.main, 0.5 * tone.main + 0.5)
    seam = edge(0.022 - (across.abs() - 0.72).abs() * half)
    picture = over(picture, over(band, tone.accent, 0.55 * seam), strap)
    picture = over(picture, _metal(p, y / 0.06), edge(_slab(x - 0.40, y, 0.055, 0.06, 0.025)))
    d = torch.sqrt(x * x + y * y)
    angle = torch.atan2(y, x + 1e-4)
    rim = 0.55 + 0.32 * torch.cos(2 * angle - 1.2 * p.side - 5 * p.sway) + 0.22 * (x * p.side + y) / 0.38
    tint = torch.lerp(torch.ones_like(tone.main), tone.main, 0.22)
    behind = torch.sqrt((x + 0.13 * torch.sin(p.yaw)) ** 2 + y * y)
    picture = over(picture, _metal(p, (x / 0.40).clamp(-1, 1)) * 0.7, edge(0.385 - behind))
    picture = over(picture, ramp(rim, tint * 0.18, tint * 0.68, white), edge(0.385 - d))
    dial = over(white * (0.86 + 0.14 * (y + 0.3).clamp(0, 1)), tone.main, 0.10 + 0.15 * (d / 0.3))
    marks = torch.sigmoid((torch.cos(4 * angle) - 0.965) * 60) * edge(0.035 - (d - 0.245).abs())
    dial = over(dial, tone.shade, marks)
    for rate, length, width, colour in (
        (0.02, 0.15, 0.024, tone.shade * 0.6),
        (0.10, 0.215, 0.021, tone.shade * 0.6),
        (0.7, 0.20, 0.017, tone.accent),
    ):
        hand_x, hand_y = turn(x, y, 0.9 + 2.2 * (rate == 0.10) - rate * p.clock)
        dial = over(
            dial, colour, edge(_slab(hand_x - length / 2 + 0.02, hand_y, length / 2 + 0.02, width, 0.015))
        )
    dial = over(dial, tone.accent, edge(0.035 - d))
    picture = over(picture, dial * (1 - 0.35 * edge(d - 0.285)), edge(0.305 - d))
    sheet = torch.exp(-(((x - 0.16 * p.side - 0.8 * p.sway + 0.5 * y * p.side) / 0.09) ** 2)) * edge(
        0.295 - d
    )
    return over(picture, white, 0.38 * sheet)


FORMS: dict[str, Callable[[Prop, Tensor], Tensor]] = {
    "bottle": bottle,
    "can": can,
    "box": box,
    "jar": jar,
    "cup": cup,
    "phone": phone,
    "shoe": shoe,
    "watch": watch,
}
