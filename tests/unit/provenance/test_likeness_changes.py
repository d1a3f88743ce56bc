# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What counts as exchanged in a copy, on bare structure."""

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.likeness.changes import find_changes

Field = NDArray[np.float32]
MASK = np.ones((160, 90), bool)


def scene(seed: int) -> Field:
    noise = np.random.default_rng(seed).normal(size=MASK.shape).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 4)
    return np.asarray((smooth - smooth.mean()) / smooth.std(), np.float32)


def faded(times: Field) -> Field:
    """A cross-fade from one scene to another between seconds 2.1 and 2.4, and back between 3.1 and 3.4."""
    first, second = scene(1), scene(2)
    shares = np.clip((times - 2.1) / 0.3, 0.0, 1.0) - np.clip((times - 3.1) / 0.3, 0.0, 1.0)
    return np.stack([first * (1 - share) + second * share for share in shares]).astype(np.float32)


TIMES = np.arange(0.0, 6.0, 0.5, dtype=np.float32)


def test_a_cross_fade_that_was_caught_at_another_moment_is_no_exchange() -> None:
    for late in (-0.2, -0.1, 0.2, 0.25):
        assert find_changes(faded(TIMES + late), faded(TIMES), MASK, TIMES, 0.5) == ()


def test_an_exchange_is_found_beside_a_cross_fade() -> None:
    received = faded(TIMES + 0.125)
    received[6:, 100:120, 20:70] = scene(3)[100:120, 20:70]
    (change, *_) = find_changes(received, faded(TIMES), MASK, TIMES, 0.5)
    left, top, right, bottom = change.box
    assert max(left, 1 - right) < 0.35 and max(top, 1 - bottom) < 0.66
    assert change.seconds[0] <= 4.0 and change.seconds[1] == 6.0
