# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Frames of blocks: the grid goes, the picture stays; and 8 bits without bands."""

import numpy as np
from numpy.typing import NDArray

from adseal_generator.diffusion import eight_bits
from adseal_generator.seams import without_seams


def a_soft_picture() -> NDArray[np.float32]:
    y, x = np.mgrid[0:96, 0:128].astype(np.float32)
    waves = [0.5 + 0.3 * np.sin(x / 30 + c) * np.cos(y / 40 - c) for c in range(3)]
    return np.stack(waves, axis=-1)[None].astype(np.float32)


def with_blocks(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each block of 32 px a little too bright or too dark, by 1.5 of 255 levels at most."""
    faults = np.random.default_rng(1).uniform(-1.5 / 255, 1.5 / 255, (1, 3, 4, 3)).astype(np.float32)
    return picture + faults.repeat(32, axis=1).repeat(32, axis=2)


def steps_at_borders(video: NDArray[np.float32]) -> float:
    across = np.diff(video, n=3, axis=2)  # a soft picture has next to no third difference
    return float(np.abs(across[:, :, 30::32][:, :, :3]).mean())


def test_steps_between_blocks_go_to_a_fifth() -> None:
    soft, blocky = a_soft_picture(), with_blocks(a_soft_picture())
    assert steps_at_borders(blocky) > 20 * steps_at_borders(soft)
    assert steps_at_borders(without_seams(blocky, 32)) < 0.2 * steps_at_borders(blocky)


def test_soft_pictures_and_hard_edges_stay_as_they_are() -> None:
    soft = a_soft_picture()
    assert np.abs(without_seams(soft, 32) - soft).max() < 0.5 / 255
    edge = np.full((1, 64, 96, 3), 0.2, np.float32)
    edge[:, :, 32:] = 0.8
    assert np.abs(without_seams(edge, 32) - edge).max() < 4 / 255
    inside = soft.copy()
    inside[:, 45:51, 77:83] += 0.02
    assert np.array_equal(without_seams(inside, 32)[:, 44:52, 76:84], inside[:, 44:52, 76:84])


def test_eight_bits_keep_on_average_what_lies_between_two_levels() -> None:
    video = np.full((2, 64, 64, 3), 100.3 / 255, np.float32)
    made = eight_bits(video, seed=1)
    assert set(np.unique(made)) == {100, 101}
    assert abs(made.mean() - 100.3) < 0.03
    assert np.array_equal(made[0], made[1])
    assert np.array_equal(made, eight_bits(video, seed=1))
    assert eight_bits(np.array([[[[-1.0, 0.0, 2.0]]]], np.float32), seed=1).tolist() == [[[[0, 0, 255]]]]
