# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What is kept of a video for finding a picture mark in it: robust luma residuals, summed per stretch of
time.

Decides: which rows and columns are bars around the picture (from the first few seconds that show anything),
how a frame becomes a residual, how much it counts, and how many stretches are kept (bounded memory). Leaves
out: the search itself (``picture_search``).

How much a frame counts: by its share of the coded file. A frame that was predicted from its neighbours and little
else has their mark, moved with whatever moves in it, which is noise; what was coded anew brings the mark along.
Frames coded by themselves are summed on their own as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.watermark.picture import host_residual

Field = NDArray[np.float32]
Plane = NDArray[np.uint8]

ANALYSIS_SIDE = 540
"""Shorter side in px to which the picture inside its bars is brought before it is looked at."""

_FLAT = 1.0  # luma deviation up to which a row or column is flat, after coding
_STEP = 6.0  # mean luma step at the inner edge of a bar
_MAX_STRETCHES = 96
_HEAD_FRAMES = 32
_MIN_SIDE = 48


@dataclass
class Stretch:
    """Weighted mean of the residuals of the frames between two times (seconds)."""

    start_s: float
    end_s: float
    mean: NDArray[np.float16]
    weight: float


@dataclass(frozen=True)
class Window:
    """The picture inside its bars, in px of the frames as given; ``whole`` if there are no bars."""

    top: int
    bottom: int
    left: int
    right: int
    whole: bool

    def of(self, luma: Plane) -> Plane:
        return luma[self.top : self.bottom, self.left : self.right]


def find_window(frames: Sequence[Plane]) -> Window | None:
    """The picture without plain bars (letterbox, pillarbox, padding); None if every frame is flat.

    A bar is flat in every frame and ends in a step: a smooth gradient that runs to the edge is no bar.
    """
    height, width = frames[0].shape
    stack = np.stack(frames).astype(np.float32)
    sideways = stack.transpose(0, 2, 1)
    if max(float(stack.std(axis=2).max()), float(stack.std(axis=1).max())) <= _FLAT:
        return None
    top, bottom = _bar(stack), height - _bar(stack[:, ::-1])
    left, right = _bar(sideways), width - _bar(sideways[:, ::-1])
    if min(bottom - top, right - left) < _MIN_SIDE:
        top, bottom, left, right = 0, height, 0, width
    return Window(top, bottom, left, right, (top, bottom, left, right) == (0, height, 0, width))


def _bar(stack: Field) -> int:
    """Width of the bar at the start of axis 1 of ``stack`` [n, lines, samples]; 0 if there is none.

    Bars under 1.5 % are left alone; others go with 2 lines more, for their own edge is no picture.
    """
    lines = stack.shape[1]
    unlike = np.abs(stack - stack[:, :1]).mean(axis=2).max(axis=0)
    flat = (unlike <= 2 * _FLAT) & (stack.std(axis=2).max(axis=0) <= _FLAT)
    width = lines if flat.all() else int(np.argmin(flat))
    if not 0.015 * lines < width < lines:
        return 0
    jump = np.flatnonzero(
        unlike[width : width + 8] > _STEP
    )  # coding makes the last lines before the edge ring
    return width + int(jump[0]) + 2 if len(jump) else 0


class PictureEvidence:
    """Collects frames of one video, all of one size; frames of another size are counted and ignored.

    Memory: 32 frames as given, then at most 96 half-precision fields of about 540 × 960.
    """

    def __init__(self, stretch_s: float = 1.0) -> None:
        self._stretch_s = stretch_s
        self._shape: tuple[int, int] | None = None
        self._head: list[tuple[float, Plane, float, bool]] = []
        self._current: Field | None = None
        self._intra: Field | None = None
        self._intra_frames = 0
        self.window: Window | None = None
        self.stretches: list[Stretch] = []
        self.frames = 0
        self.ignored = 0

    def add(self, t_s: float, luma: Plane, coded_bytes: int = 0, intra: bool = False) -> None:
        """Take one luma plane (uint8[H, W]) shown at ``t_s`` seconds. Times must not go back.

        Args:
            t_s, luma, coded_bytes, intra: see :class:`~adseal_provenance.reading.media.LumaFrame`. Either all
                frames of a video come with their sizes, or none does and all count the same.
        """
        if self._shape is None:
            self._shape = (luma.shape[0], luma.shape[1])
        if luma.shape != self._shape:
            self.ignored += 1
            return
        weight = max(float(coded_bytes), 1.0)
        if self.window is not None:
            self._take(t_s, luma, weight, intra)
            return
        self._head.append((t_s, luma, weight, intra))
        if len(self._head) >= _HEAD_FRAMES:
            self._settle()

    def _settle(self) -> None:
        """Decide on the window from what was kept back; while everything is flat, only wait on."""
        if not self._head:
            return
        self.window = find_window([luma for _, luma, *_ in self._head[:: max(len(self._head) // 8, 1)]])
        if self.window is not None:
            for frame in self._head:
                self._take(*frame)
        self._head = []

    def _take(self, t_s: float, luma: Plane, weight: float, intra: bool) -> None:
        if self.window is None:
            return
        picture = analysis_size(self.window.of(luma))
        residual, _ = host_residual(picture.astype(np.float32), 4.0, 25)
        last = self.stretches[-1] if self.stretches else None
        if last is None or t_s >= last.start_s + self._stretch_s:
            self._close()
            self._current = np.zeros(residual.shape, np.float32)
            last = Stretch(t_s, t_s, np.zeros((0, 0), np.float16), 0.0)
            self.stretches.append(last)
        if self._current is not None:
            cv2.accumulateWeighted(residual, self._current, weight / (last.weight + weight))
        if intra:
            self._intra_frames += 1
            self._intra = np.zeros(residual.shape, np.float32) if self._intra is None else self._intra
            cv2.accumulateWeighted(residual, self._intra, 1.0 / self._intra_frames)
        last.end_s = t_s
        last.weight += weight
        self.frames += 1

    def _close(self) -> None:
        if self.stretches and self._current is not None:
            self.stretches[-1].mean = self._current.astype(np.float16)
            self._current = None
        if len(self.stretches) >= _MAX_STRETCHES:
            pairs = [self.stretches[i : i + 2] for i in range(0, len(self.stretches), 2)]
            self.stretches = [_join(pair) for pair in pairs]
            self._stretch_s *= 2

    def finish(self, end_s: float | None = None) -> None:
        """Say that no more frames come; stretches then end where the next one begins, the last one at
        ``end_s``.
        """
        if self.window is None:
            self._settle()
        self._close()
        for here, after in zip(self.stretches, self.stretches[1:], strict=False):
            here.end_s = after.start_s
        if self.stretches and end_s is not None:
            self.stretches[-1].end_s = max(end_s, self.stretches[-1].end_s)

    def mean(self, first: int = 0, last: int | None = None) -> Field | None:
        """Weighted mean residual over stretches ``first`` … ``last`` − 1 (float32[H, W], zero mean), or None if
        empty.
        """
        chosen = self.stretches[first:last]
        weight = sum(stretch.weight for stretch in chosen)
        if not weight:
            return None
        total = np.zeros(chosen[0].mean.shape, np.float32)
        for stretch in chosen:
            total += stretch.mean * np.float32(stretch.weight / weight)
        return np.asarray(total - total.mean(), dtype=np.float32)

    def intra_mean(self) -> Field | None:
        """Mean residual of the frames that are coded by themselves (float32[H, W], zero mean), or None if there are
        none, or if more than a quarter of all frames are.
        """
        if self._intra is None or 4 * self._intra_frames > self.frames:
            return None
        return np.asarray(self._intra - self._intra.mean(), dtype=np.float32)

    def bars_zoom(self) -> float | None:
        """How much smaller the picture's shorter side is than the frame's, or None where there are no
        bars.
        """
        if self._shape is None or self.window is None or self.window.whole:
            return None
        inside = min(self.window.bottom - self.window.top, self.window.right - self.window.left)
        return inside / min(self._shape)


def _join(pair: list[Stretch]) -> Stretch:
    if len(pair) == 1:
        return pair[0]
    a, b = pair
    weight = a.weight + b.weight
    mean = a.mean * np.float32(a.weight / weight) + b.mean * np.float32(b.weight / weight)
    return Stretch(a.start_s, b.end_s, mean.astype(np.float16), weight)


def analysis_size(luma: Plane) -> Plane:
    """Bring a plane to the analysis size (area mean when smaller, cubic when larger)."""
    height, width = luma.shape
    factor = ANALYSIS_SIDE / min(height, width)
    if factor == 1.0:
        return luma
    size = (min(max(round(width * factor), 1), 4096), min(max(round(height * factor), 1), 4096))
    how = cv2.INTER_AREA if factor < 1.0 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(luma, size, interpolation=how), dtype=np.uint8)
