# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Colour arithmetic: known BT.709 values, there and back, and what is refused."""

import numpy as np
import pytest

from adseal_generator.errors import FrameError
from adseal_generator.frames import YuvFrame, colour_to_yuv, rgb_to_yuv, yuv_to_rgb

# 8-bit BT.709 limited-range values of the full-swing primaries, as test-pattern generators print them.
KNOWN = {
    (0, 0, 0): (16, 128, 128),
    (255, 255, 255): (235, 128, 128),
    (255, 0, 0): (63, 102, 240),
    (0, 255, 0): (173, 42, 26),
    (0, 0, 255): (32, 240, 118),
    (128, 128, 128): (126, 128, 128),
}


@pytest.mark.parametrize(("rgb", "yuv"), KNOWN.items())
def test_primaries_have_the_values_bt709_gives_them(
    rgb: tuple[int, int, int], yuv: tuple[int, int, int]
) -> None:
    frame = rgb_to_yuv(np.full((4, 6, 3), rgb, np.uint8))
    got = (frame.y[0, 0], frame.u[0, 0], frame.v[0, 0])
    assert np.abs(np.subtract(got, yuv, dtype=int)).max() <= 1
    assert np.ptp(frame.y) == np.ptp(frame.u) == np.ptp(frame.v) == 0


def test_a_picture_comes_back_within_two_levels() -> None:
    colours = np.random.default_rng(1).integers(0, 256, (40, 3), dtype=np.uint8)
    picture = np.repeat(np.repeat(colours.reshape(5, 8, 3), 8, axis=0), 8, axis=1)
    back = yuv_to_rgb(rgb_to_yuv(picture))
    middles = np.s_[3::8, 3::8]
    assert np.abs(back[middles].astype(int) - picture[middles]).max() <= 2


def test_a_colour_name_and_a_painted_pixel_agree() -> None:
    frame = rgb_to_yuv(np.full((2, 2, 3), (0x3A, 0x1D, 0x5C), np.uint8))
    assert colour_to_yuv("#3a1d5c") == pytest.approx((frame.y[0, 0], frame.u[0, 0], frame.v[0, 0]), abs=1.0)


@pytest.mark.parametrize("size", [(3, 4), (4, 3), (0, 2)])
def test_odd_sizes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(FrameError) as caught:
        rgb_to_yuv(np.zeros((*size, 3), np.uint8))
    assert caught.value.code == "odd_size"


def test_planes_that_do_not_belong_together_are_refused() -> None:
    half = np.zeros((2, 3), np.uint8)
    with pytest.raises(FrameError, match="do not belong"):
        YuvFrame(np.zeros((4, 4), np.uint8), half, half)
    with pytest.raises(FrameError, match="uint8"):
        YuvFrame(np.zeros((4, 6), np.float32), half, half)  # type: ignore[arg-type]


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "123456#"])
def test_words_that_are_no_colour_are_refused(colour: str) -> None:
    with pytest.raises(FrameError):
        colour_to_yuv(colour)
