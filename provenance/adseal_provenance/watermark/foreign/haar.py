# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The one-step Haar transform as invisible-watermark's marks know it.

Decides: arithmetic that agrees with PyWavelets to the last bit (rows first, then columns; products with the
rounded 1/√2 before they are added), because a mark that truncates afterwards shows every difference. Leaves
out: odd sizes; callers cut first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.floating[Any]]

_ROOT = 0.7071067811865476


class Bands(NamedTuple):
    """The four quarters of one step, each [h, w]: coarse picture, detail downwards, across, and diagonal."""

    coarse: Real
    down: Real
    across: Real
    diagonal: Real


def split(plane: Real) -> Bands:
    """One step forward.

    Args:
        plane: float32 or float64 [2h, 2w]; the bands keep its type.
    """
    low, high = _apart(plane, 0)
    coarse, across = _apart(low, 1)
    down, diagonal = _apart(high, 1)
    return Bands(coarse, down, across, diagonal)


def merge(bands: Bands) -> Real:
    """One step back, the inverse of :func:`split` up to rounding: [2h, 2w]."""
    low = _together(bands.coarse, bands.across, 1)
    high = _together(bands.down, bands.diagonal, 1)
    return _together(low, high, 0)


def _apart(values: Real, axis: int) -> tuple[Real, Real]:
    root = values.dtype.type(_ROOT)
    even = values.take(np.arange(0, values.shape[axis], 2), axis) * root
    odd = values.take(np.arange(1, values.shape[axis], 2), axis) * root
    return even + odd, even - odd


def _together(low: Real, high: Real, axis: int) -> Real:
    root = low.dtype.type(_ROOT)
    low, high = low * root, high * root
    both = np.stack([low + high, low - high], axis=axis + 1)
    shape = list(low.shape)
    shape[axis] *= 2
    return both.reshape(shape)
