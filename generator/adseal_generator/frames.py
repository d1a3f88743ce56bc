# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The picture as it travels from plate to encoder: planar Y'CbCr 4:2:0, BT.709, limited range.

Decides the colour arithmetic, once for the whole generator. Leaves out scaling and timing (`plate`),
compositing (`layers`) and files (`encode`).

The matrix is ITU-R BT.709-6 clause 3: luma 0.2126 R + 0.7152 G + 0.0722 B, quantised to 16..235 for luma and
16..240 for chroma (8 bit). OpenCV's ready-made `COLOR_RGB2YUV*` codes are BT.601 and are not used.
Chroma samples lie in the centre of their 2x2 luma block (the mean of the four), as MPEG-1 and JPEG place
them.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_generator.errors import FrameError

_KR, _KB = 0.2126, 0.0722
_KG = 1.0 - _KR - _KB
_Y, _C = 219.0 / 255.0, 224.0 / 255.0

RGB_TO_YUV: NDArray[np.float64] = np.array(
    [
        [_KR * _Y, _KG * _Y, _KB * _Y, 16.0],
        [-_KR / (2 * (1 - _KB)) * _C, -_KG / (2 * (1 - _KB)) * _C, 0.5 * _C, 128.0],
        [0.5 * _C, -_KG / (2 * (1 - _KR)) * _C, -_KB / (2 * (1 - _KR)) * _C, 128.0],
    ]
)
"""Rows Y', Cb, Cr; columns R', G', B' (0..255) and the offset. For `cv2.transform`."""

_INVERSE = np.linalg.inv(RGB_TO_YUV[:, :3])
YUV_TO_RGB: NDArray[np.float64] = np.hstack([_INVERSE, -_INVERSE @ RGB_TO_YUV[:, 3:]])
"""The inverse, in the same form."""


@dataclass(frozen=True, slots=True)
class YuvFrame:
    """One picture. `y` uint8 [H, W] in 16..235, `u` and `v` uint8 [H/2, W/2] in 16..240; H and W even.

    The planes are shared, not copied: who wants to change one makes a copy first.

    Raises:
        FrameError: the planes are not uint8, not of fitting sizes, or odd-sized.
    """

    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if any(p.dtype != np.uint8 or p.ndim != 2 for p in (self.y, self.u, self.v)):
            raise FrameError("a frame's planes must be two-dimensional uint8 arrays", code="frame_planes")
        height, width = self.y.shape
        check_size(width, height)
        if self.u.shape != (height // 2, width // 2) or self.v.shape != self.u.shape:
            raise FrameError(
                f"chroma planes {self.u.shape} and {self.v.shape} do not belong to luma {self.y.shape}",
                code="frame_planes",
            )

    @property
    def width(self) -> int:
        """Luma columns."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Luma rows."""
        return int(self.y.shape[0])


def check_size(width: int, height: int) -> None:
    """Refuse sizes that 4:2:0 cannot carry.

    Raises:
        FrameError: a side is odd or smaller than 2.
    """
    if width < 2 or height < 2 or width % 2 or height % 2:
        raise FrameError(
            f"a 4:2:0 picture needs even sides, got {width}x{height}",
            code="odd_size",
            hint="use the next even width and height",
        )


def rgb_to_yuv444(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB uint8 [H, W, 3] to interleaved Y'CbCr uint8 [H, W, 3], full chroma resolution, any size.

    Raises:
        FrameError: not a uint8 array of shape [H, W, 3].
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise FrameError(f"expected uint8 RGB [H, W, 3], got {rgb.dtype} {rgb.shape}", code="frame_planes")
    return np.asarray(cv2.transform(np.ascontiguousarray(rgb), RGB_TO_YUV), dtype=np.uint8)


def rgb_to_yuv(rgb: NDArray[np.uint8]) -> YuvFrame:
    """RGB uint8 [H, W, 3] (sRGB or BT.709 encoded, 0..255, even sides) to a `YuvFrame`.

    Raises:
        FrameError: wrong shape or dtype, or odd sides.
    """
    check_size(rgb.shape[1], rgb.shape[0])
    y, u, v = cv2.split(rgb_to_yuv444(rgb))
    size = (rgb.shape[1] // 2, rgb.shape[0] // 2)
    half = [np.asarray(cv2.resize(p, size, interpolation=cv2.INTER_AREA), dtype=np.uint8) for p in (u, v)]
    return YuvFrame(np.asarray(y, dtype=np.uint8), half[0], half[1])


def yuv_to_rgb(frame: YuvFrame) -> NDArray[np.uint8]:
    """A `YuvFrame` to RGB uint8 [H, W, 3], for previews and thumbnails (chroma interpolated linearly)."""
    size = (frame.width, frame.height)
    u, v = (cv2.resize(p, size, interpolation=cv2.INTER_LINEAR) for p in (frame.u, frame.v))
    yuv = cv2.merge([frame.y, u, v]).astype(np.float32)
    rgb = cv2.transform(yuv, YUV_TO_RGB.astype(np.float32))
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def colour_to_yuv(colour: str) -> tuple[float, float, float]:
    """`#rrggbb` to unrounded Y', Cb, Cr in limited-range 8-bit units.

    Raises:
        FrameError: not a colour of that form.
    """
    try:
        if len(colour) != 7 or colour[0] != "#":
            raise ValueError(colour)
        rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [1.0])
    except ValueError as cause:
        raise FrameError(f"{colour!r} is not a colour of the form #rrggbb", code="colour") from cause
    y, u, v = (RGB_TO_YUV @ rgb).tolist()
    return y, u, v
