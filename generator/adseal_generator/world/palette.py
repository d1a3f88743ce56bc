# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The named colours of the world and the tones a scene paints with.

Decides: which colour names exist, their synonyms, and how a main colour becomes ground, shade and light in a
dark or a bright mood. Leaves out: where these tones go in a picture (the scene families do that).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

# sRGB in 0..1; apart from each other in hue or lightness so that a nearest-name measurement is meaningful.
COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.80, 0.10, 0.13),
    "coral": (0.99, 0.46, 0.38),
    "orange": (0.96, 0.55, 0.10),
    "gold": (0.86, 0.70, 0.28),
    "green": (0.14, 0.60, 0.33),
    "teal": (0.04, 0.60, 0.60),
    "blue": (0.15, 0.42, 0.93),
    "navy": (0.10, 0.17, 0.45),
    "purple": (0.49, 0.26, 0.83),
    "pink": (0.95, 0.42, 0.68),
    "cream": (0.94, 0.89, 0.79),
    "charcoal": (0.27, 0.29, 0.32),
}

SYNONYMS: dict[str, tuple[str, ...]] = {
    "red": ("crimson", "scarlet", "ruby"),
    "coral": ("salmon", "peach", "terracotta"),
    "orange": ("amber", "tangerine", "copper"),
    "gold": ("golden", "honey", "bronze", "yellow", "champagne"),
    "green": ("emerald", "forest", "mint", "sage", "olive"),
    "teal": ("turquoise", "cyan", "aqua"),
    "blue": ("azure", "cobalt", "sapphire", "sky"),
    "navy": ("midnight", "indigo"),
    "purple": ("violet", "lavender", "plum", "lilac"),
    "pink": ("magenta", "rose", "fuchsia", "blush"),
    "cream": ("white", "ivory", "pearl", "beige"),
    "charcoal": ("black", "graphite", "grey", "gray", "slate", "silver"),
}


def rgb(colour: str) -> tuple[float, float, float]:
    """sRGB in 0..1 of a named colour or of "#rrggbb"."""
    if colour.startswith("#"):
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return red, green, blue
    return COLOURS[colour]


def nearest_name(colour: str) -> str:
    """The named colour that is nearest to ``colour`` (squared distance in sRGB, green counted double)."""
    wanted = rgb(colour)
    weights = (1.0, 2.0, 1.0)
    return min(
        COLOURS,
        key=lambda name: sum(
            w * (a - b) ** 2 for w, a, b in zip(weights, wanted, COLOURS[name], strict=True)
        ),
    )


@dataclass(frozen=True)
class Tones:
    """Five colours a scene is painted with, each ``[B, 3, 1, 1, 1]`` sRGB in 0..1."""

    ground: Tensor
    shade: Tensor
    main: Tensor
    light: Tensor
    accent: Tensor


def tones(main: list[str], accent: list[str | None], bright: Tensor, device: torch.device) -> Tones:
    """Tones for a batch; ``bright`` is a bool tensor ``[B]``.

    Without an accent its place is taken by ``light``.
    """

    def stack(names: list[str]) -> Tensor:
        return torch.tensor([rgb(n) for n in names], device=device)[:, :, None, None, None]

    colour, lit = stack(main), bright.to(device)[:, None, None, None, None]
    light = torch.where(lit, 0.45 * colour + 0.55, 0.62 * colour + 0.38)
    has_accent = torch.tensor([a is not None for a in accent], device=device)[:, None, None, None, None]
    return Tones(
        ground=torch.where(lit, 0.24 * colour + 0.74, 0.13 * colour + 0.012),
        shade=torch.where(lit, 0.66 * colour + 0.06, 0.36 * colour),
        main=colour,
        light=light,
        accent=torch.where(has_accent, stack([a or m for a, m in zip(accent, main, strict=True)]), light),
    )
