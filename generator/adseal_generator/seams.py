# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Takes the faint grid off frames that were decoded block by block.

A generated latent is a little wrong in each block by itself, so fine ridges and steps run along the block
borders; enlarged six times they are seen as a grid. Across each border a smooth curve is fitted, and what lies
a little off it, near the border, is brought back to it. What lies far off it is picture and stays.

Decides: reach, curve and threshold. Leaves out: which models need it (`diffusion`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_REACH = 8  # px on either side
_DEGREE = 3  # of the curve: a step becomes a slope, a ridge goes, a soft edge fits
_FAULT = 4.0 / 255.0  # up to here it is a fault; from twice that on it is picture


def without_seams(video: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """Frames ``[T, H, W, 3]`` in 0..1 of blocks of ``block`` px, without the lines between the blocks."""
    mended = video.copy()
    for axis in (1, 2):
        across = np.moveaxis(mended, axis, -1)
        for border in range(block, across.shape[-1], block):
            strip = across[..., border - _REACH : border + _REACH]
            off = strip - strip @ _curve()
            fault = off * np.clip(2 - np.abs(off) / _FAULT, 0, 1)
            across[..., border - _REACH : border + _REACH] = strip - fault * _nearness()
    return np.clip(mended, 0, 1, out=mended)


def _curve() -> NDArray[np.float32]:
    """The matrix that takes a strip to the least-squares polynomial through it."""
    places = np.linspace(-1, 1, 2 * _REACH)
    powers = np.stack([places**n for n in range(_DEGREE + 1)], axis=1)
    return np.asarray(powers @ np.linalg.pinv(powers), dtype=np.float32)


def _nearness() -> NDArray[np.float32]:
    """1 in the four px nearest to the border on either side, fading to 0."""
    distance = np.abs(np.arange(2 * _REACH) - _REACH + 0.5)
    return np.asarray(np.clip((_REACH - distance) / (_REACH / 2), 0, 1), dtype=np.float32)
