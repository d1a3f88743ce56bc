# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The vectors a prompt becomes: one per attribute, learned together with the video transformer.

Decides: which attributes there are, in which order, and which values each can have. The text encoder (`reader`)
is trained to produce exactly these vectors from words. Leaves out: the words themselves (`world.captions`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ..world.palette import rgb
from ..world.scene import (
    CAMERAS,
    DENSITIES,
    DIRECTIONS,
    FAMILIES,
    FOCUSES,
    MOODS,
    OBJECTS,
    SIDES,
    SPACES,
    SPEEDS,
    SUBJECTS,
    TIMES,
)

WIDTH = 192
VALUES: dict[str, tuple[str, ...]] = {
    "scene": (*(f for f in FAMILIES if f != "product"), *OBJECTS, "product"),
    "main": (),  # any colour: a name of the palette or "#rrggbb"
    "accent": (),
    "camera": CAMERAS,
    "direction": DIRECTIONS,
    "speed": SPEEDS,
    "mood": MOODS,
    "time": TIMES,
    "light": SIDES,
    "density": DENSITIES,
    "subject": SUBJECTS,
    "space": tuple(s for s in SPACES if s != "none"),
    "focus": FOCUSES,
}
SLOTS = tuple(VALUES)
COLOUR_SLOTS = ("main", "accent")

Said = Mapping[str, str | None]


class Slots(nn.Module):
    """Target vectors of unit RMS (float32) for what a prompt says.

    Every vector leaves with a root mean square of 1, however the weights grow: the last layer of the text
    encoder is a norm and could not produce any other length.
    """

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.width = width
        self.tables = nn.ModuleDict(
            {slot: nn.Embedding(1 + len(values), width) for slot, values in VALUES.items() if values}
        )
        self.unspecified = nn.ParameterDict({slot: nn.Parameter(torch.randn(width)) for slot in COLOUR_SLOTS})
        # Slow waves over the colour cube place near colours near each other, faster ones keep shades apart.
        waves = torch.cat([scale * torch.randn(3, 32) for scale in (0.35, 0.7, 1.4)], dim=1)
        self.waves: Tensor
        self.register_buffer("waves", waves)
        self.colours = nn.ModuleDict({slot: _colour_map(2 * waves.shape[1], width) for slot in COLOUR_SLOTS})
        self.null_weight = nn.Parameter(torch.randn(width))

    @property
    def null(self) -> Tensor:
        """The vector ``[width]`` of every token that is not a slot."""
        return _unit(self.null_weight)

    def forward(self, said: Sequence[Said]) -> Tensor:
        """Vectors ``[B, 13, width]`` in the order of `SLOTS`; None, "none" or a missing key: not said.

        Raises:
            ValueError: for a value that its slot does not have.
        """
        return _unit(torch.stack([self.slot(slot, [s.get(slot) for s in said]) for slot in SLOTS], dim=1))

    def slot(self, slot: str, values: Sequence[str | None]) -> Tensor:
        """Vectors ``[B, width]`` of values of one slot, before they are brought to unit RMS."""
        device = self.null_weight.device
        if slot in COLOUR_SLOTS:
            known = torch.tensor([v is not None for v in values], device=device)
            triples = torch.tensor([rgb(v) if v else (0.0, 0.0, 0.0) for v in values], device=device)
            angles = 2 * math.pi * triples @ self.waves
            vectors: Tensor = self.colours[slot](torch.cat([angles.sin(), angles.cos()], dim=-1))
            return torch.where(known[:, None], vectors, self.unspecified[slot])
        indices = torch.tensor([index(slot, v) for v in values], device=device)
        table: Tensor = self.tables[slot](indices)
        return table

    def options(self, slot: str, colours: Sequence[str] = ()) -> tuple[list[str | None], Tensor]:
        """All values of a slot (of a colour slot: those in ``colours``), None first, and their unit vectors."""
        values: list[str | None] = [None, *(colours if slot in COLOUR_SLOTS else VALUES[slot])]
        return values, _unit(self.slot(slot, values))


def index(slot: str, value: str | None) -> int:
    """The row of a value in its slot's table; 0: not said."""
    if value is None or value == "none":
        return 0
    if value not in VALUES[slot]:
        raise ValueError(f"{slot} has no value {value!r}")
    return 1 + VALUES[slot].index(value)


def _unit(vectors: Tensor) -> Tensor:
    return vectors * torch.rsqrt(vectors.square().mean(dim=-1, keepdim=True) + 1e-6)


def _colour_map(waves: int, width: int) -> nn.Linear:
    linear = nn.Linear(waves, width)
    # sin² + cos² = 1 for each pair of waves: with this spread the vectors start at a root mean square of 1.
    nn.init.normal_(linear.weight, std=(waves / 2) ** -0.5)
    nn.init.zeros_(linear.bias)
    return linear
