# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What detection reports: marks and their evidence. Plain data, no judgement."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Checked = Literal["found", "not_found", "not_checked"]


class MarkGeometry(BaseModel):
    """How the received picture relates to the marked one.

    Attributes:
        scale_x, scale_y: magnification against "the whole shorter side is visible": 1.0 if nothing is cut
            off, 1.33 if only 75 % of the shorter side remain, 0.5 if the ad fills half of the shorter side
            of a larger picture.
        rotation_deg: clockwise turn seen by a viewer, −180..180, quarter turns included.
        flipped: mirrored left to right (before the turn).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale_x: float
    scale_y: float
    rotation_deg: float
    flipped: bool


class Mark(BaseModel):
    """One found mark.

    Attributes:
        algorithm: ``io.adseal.picture.1`` or ``io.adseal.sound.1``.
        id: the locator, 12 hex characters.
        key_id: the key it was found with.
        log10_p: decimal logarithm of the chance that unmarked media give such a find, every hypothesis tried
            counted.
        spans: stretches of the received file that carry it, (start, end) in seconds.
        geometry: for the picture only.
        method: ``blind`` if the message was read; ``known`` if a given locator was only confirmed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithm: str
    id: str
    key_id: str
    log10_p: float
    spans: tuple[tuple[float, float], ...]
    geometry: MarkGeometry | None = None
    method: Literal["blind", "known"] = "blind"


class Detection(BaseModel):
    """Everything found in one file. ``notes`` say what could not be looked at, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    marks: tuple[Mark, ...] = ()
    picture: Checked = "not_checked"
    sound: Checked = "not_checked"
    notes: tuple[str, ...] = ()
