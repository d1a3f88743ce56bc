# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The two wavelet marks of the invisible-watermark library, ``dwtDct`` and ``dwtDctSvd``, written anew.

Stable Diffusion 1, 2 and XL and FLUX.1 put the first of them on every picture by default (``known``).

Both work on the blue-difference plane: a Haar step, 4 x 4 blocks of its coarse quarter, and in each block one
number that is moved to the lower or upper middle of a step of 36 (quantisation index modulation). ``dwtDct``
moves the largest coefficient but the first, and despite its name takes no cosine transform; ``dwtDctSvd``
moves the first singular value. Block k carries bit k mod n, counted along rows.

Decides: pixels that equal the library's. Like the library, the writer swaps the two detail bands of a step;
that costs a little picture quality, and changing it would be another mark. Leaves out: any search for crops
or scales; these marks do not survive them.

Arithmetic: a writer that hands bytes to the library and one that hands floats (diffusers, and the models'
own scripts) leave DIFFERENT marks, since OpenCV centres the colour plane at 128 for bytes and at 0.5 for
floats, and 2 x 127.5 is no multiple of 36. The library reads float marks as bytes, and loses much.

Chance: none. The reader gives n bits for any picture; only a payload known beforehand can be tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import WatermarkError
from adseal_provenance.watermark.foreign.haar import merge, split
from adseal_provenance.watermark.foreign.model import (
    Chance,
    Frame,
    Reading,
    SoftVote,
    check_bits,
    checked_frames,
)

Arithmetic = Literal["bytes", "floats"]
Method = Literal["dwtDct", "dwtDctSvd"]
Real = NDArray[np.floating[Any]]

MIN_PIXELS: Final = 256 * 256
"""The library refuses smaller pictures."""

_STEP: Final = 36
_BLOCK: Final = 4
_BLUE: Final = 1  # plane of OpenCV's YUV


class WaveletMark:
    """One of the two wavelet marks.

    Args:
        method: ``dwtDct`` or ``dwtDctSvd``.
        length: bits of the payload, 1 to 1024. A reader has to know it.
        arithmetic: what the writer handed to the library, or is to be imitated: ``bytes`` or ``floats``.

    Raises:
        WatermarkError: ``bad_method`` or ``bad_payload``.
    """

    c2pa_alg: None = None
    chance: Chance = "known_payload"

    def __init__(self, method: Method, length: int, *, arithmetic: Arithmetic = "bytes") -> None:
        if method not in ("dwtDct", "dwtDctSvd") or arithmetic not in ("bytes", "floats"):
            raise WatermarkError(f"there is no mark {method!r} in {arithmetic!r}", code="bad_method")
        if not 1 <= length <= 1024:
            raise WatermarkError(f"a payload of {length} bits cannot be read", code="bad_payload")
        self._method: Method = method
        self._length = length
        self._arithmetic: Arithmetic = arithmetic

    @property
    def name(self) -> str:
        """``invisible-watermark dwtDct (bytes)`` and so on."""
        return f"invisible-watermark {self._method} ({self._arithmetic})"

    def embed(self, frames: Iterable[Frame], payload: Sequence[int]) -> Iterator[Frame]:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`; frames of 65,536 px and more."""
        bits = np.array(check_bits(payload, self._length), np.float64)
        for frame in checked_frames(frames, min_pixels=MIN_PIXELS):
            if self._arithmetic == "bytes":
                yield self._write(frame, bits)
            else:
                floats = self._write(frame.astype(np.float32), bits)
                yield np.clip(np.rint(floats), 0, 255).astype(np.uint8)

    def detect(self, frames: Iterable[Frame]) -> Reading:
        """See :class:`~adseal_provenance.watermark.foreign.model.VideoMark`; a soft vote over blocks and
        frames.
        """
        vote = SoftVote()
        for frame in checked_frames(frames, min_pixels=MIN_PIXELS):
            vote.add(fold(block_votes(frame, self._method, self._arithmetic), self._length))
        return vote.reading(self.name, self.chance)

    def _write(self, picture: Real | Frame, bits: NDArray[np.float64]) -> NDArray[Any]:
        """A marked copy of one RGB picture, uint8 or float32 on the same scale 0..255, in its own type."""
        yuv = _colour(picture)
        height, width = (side // 4 * 4 for side in yuv.shape[:2])
        bands = split(_real(yuv[:height, :width, _BLUE]))
        blocks = _blocks(bands.coarse)
        wanted = np.resize(bits, len(blocks)).astype(blocks.dtype)
        change = _move_largest if self._method == "dwtDct" else _move_singular
        _unblock(bands.coarse, change(blocks, wanted))
        plane = merge(bands._replace(down=bands.across, across=bands.down))
        yuv[:height, :width, _BLUE] = plane  # bytes are cut off, not rounded, and never leave 0..255
        return np.ascontiguousarray(cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR)[:, :, ::-1])


def block_votes(frame: Frame, method: Method, arithmetic: Arithmetic) -> NDArray[np.float64]:
    """What each block of one frame says: −1 in the middle of a 0, +1 in the middle of a 1, 0 between them.

    Returns:
        float64 [blocks], along rows; a block knows nothing of the payload's length.
    """
    return -np.sin(2 * np.pi * block_phases(frame, method, arithmetic))


def block_phases(frame: Frame, method: Method, arithmetic: Arithmetic) -> NDArray[np.float64]:
    """Where in its step of 36 each block's number lies, 0 to 1 (float64 [blocks]); above 0.5 the library
    reads a 1.
    """
    picture: Any = frame if arithmetic == "bytes" else frame.astype(np.float32)
    yuv = _colour(picture)
    height, width = (side // 4 * 4 for side in yuv.shape[:2])
    blocks = _blocks(split(_real(yuv[:height, :width, _BLUE])).coarse)
    if method == "dwtDct":
        flat = blocks.reshape(len(blocks), -1)
        value = np.abs(flat[np.arange(len(flat)), _largest(flat)])
    else:
        value = np.linalg.svd(blocks, compute_uv=False)[:, 0]
    return np.asarray(value % _STEP, np.float64) / _STEP


def fold(votes: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Mean vote per bit of a payload of ``length`` bits (float64 [length]); 0 where no block carries a bit."""
    place = np.arange(len(votes)) % length
    blocks = np.bincount(place, minlength=length)
    return np.bincount(place, weights=votes, minlength=length) / np.maximum(blocks, 1)


def _colour(picture: NDArray[Any]) -> NDArray[Any]:
    """By way of BGR, as the library is fed: OpenCV's two paths differ in the last bit of floats, and that bit
    decides which of two equal coefficients is the largest.
    """
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture[:, :, ::-1]), cv2.COLOR_BGR2YUV))


def _real(plane: NDArray[Any]) -> Real:
    """Bytes become float64 and floats stay float32, as in PyWavelets."""
    return plane.astype(np.float64) if plane.dtype == np.uint8 else np.asarray(plane, np.float32)


def _blocks(coarse: Real) -> Real:
    """[n, 4, 4], along rows; what is left over at the right and below carries nothing."""
    down, across = coarse.shape[0] // _BLOCK, coarse.shape[1] // _BLOCK
    part = coarse[: down * _BLOCK, : across * _BLOCK].reshape(down, _BLOCK, across, _BLOCK)
    return part.transpose(0, 2, 1, 3).reshape(-1, _BLOCK, _BLOCK)


def _unblock(coarse: Real, blocks: Real) -> None:
    """Put blocks back where :func:`_blocks` took them from."""
    down, across = coarse.shape[0] // _BLOCK, coarse.shape[1] // _BLOCK
    part = blocks.reshape(down, across, _BLOCK, _BLOCK).transpose(0, 2, 1, 3)
    coarse[: down * _BLOCK, : across * _BLOCK] = part.reshape(down * _BLOCK, across * _BLOCK)


def _largest(flat: Real) -> NDArray[np.intp]:
    """Index of the first largest magnitude but the block's first value, per row of [n, 16]."""
    return np.asarray(np.argmax(np.abs(flat[:, 1:]), axis=1) + 1)


def _to_middle(value: Real, bit: Real) -> Real:
    """Magnitudes moved to the middle of the half-step that stands for the bit."""
    return (value // _STEP + 0.25 + 0.5 * bit) * _STEP


def _move_largest(blocks: Real, bit: Real) -> Real:
    flat = blocks.reshape(len(blocks), -1).copy()
    rows, place = np.arange(len(flat)), _largest(flat)
    value = flat[rows, place]
    moved = _to_middle(np.abs(value), bit)
    flat[rows, place] = np.where(value >= 0, moved, -moved)
    return flat.reshape(blocks.shape)


def _move_singular(blocks: Real, bit: Real) -> Real:
    """In the cosine domain, as the library does: it matters only for blocks that are nothing but 0."""
    cosine = _cosine().astype(blocks.dtype)
    left, values, right = np.linalg.svd(cosine @ blocks @ cosine.T)
    values[:, 0] = _to_middle(values[:, 0], bit)
    return np.asarray(cosine.T @ ((left * values[:, None, :]) @ right) @ cosine)


def _cosine() -> NDArray[np.float64]:
    """The orthonormal cosine transform of four values, as a matrix."""
    k, n = np.mgrid[0:_BLOCK, 0:_BLOCK]
    matrix = np.sqrt(2 / _BLOCK) * np.cos(np.pi * (2 * n + 1) * k / (2 * _BLOCK))
    matrix[0] = np.sqrt(1 / _BLOCK)
    return np.asarray(matrix, np.float64)
