# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""From a model's small, slow clip to the full-size plate an ad is built on.

Decides how a clip fills a shot: when each output frame looks into the clip (`source_times`), what is seen
between two clip frames (motion-compensated interpolation), how the picture is cropped, enlarged and grained.
Leaves out where clips come from and what is laid over them.

Frame n of a shot shows the moment n / fps. All arithmetic between clip and output runs on Y'CbCr at full
chroma resolution, so that the enlarged chroma is as sharp as the clip allows, and with fractions of a level:
the only rounding is the last one, and it is dithered.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_generator.errors import FrameError
from adseal_generator.frames import RGB_TO_YUV, YuvFrame, check_size

MAX_STRETCH = 1.15
"""A clip may run this much slower throughout than it was made."""

MAX_RAMP = 1.5
"""Up to here a clip begins at its own speed and glides into slow motion; beyond, it is played to and fro."""

_GRAIN_SIGMA = 1.2  # 8-bit luma levels: hides banding, stays below what x264 spends bits on at CRF 20
_Q = 6  # fractional bits of the enlarged planes; grain and dither then act on real sub-level values
_SPREAD = 256  # px by which the one grain field is moved about from frame to frame
_SHARPEN = 0.35  # unsharp amount at clip size, before enlarging


class ClipLike(Protocol):
    """What a plate needs of a clip: `frames` uint8 [T, H, W, 3] RGB and `fps` of those frames."""

    @property
    def frames(self) -> NDArray[np.uint8]: ...
    @property
    def fps(self) -> int: ...


def frame_count(duration_s: float, fps: int | Fraction) -> int:
    """Frames in a duration: the nearest whole number, at least one."""
    return max(1, round(Fraction(duration_s) * fps))


def source_times(
    clip_frames: int, clip_fps: float, out_frames: int, out_fps: int | Fraction
) -> NDArray[np.float64]:
    """Where each output frame looks into the clip, as float64 [out_frames] in 0..clip_frames - 1.

    Long enough clips run at their own speed from their first frame. Up to `MAX_STRETCH` too short, they run
    evenly slower; up to `MAX_RAMP`, they begin at their own speed and glide into slow motion. Still shorter
    ones swing like a pendulum, forwards and backwards with rounded turns, so that no jump is seen.
    """
    last = clip_frames - 1
    step = clip_fps / float(out_fps)
    need = (out_frames - 1) * step
    index = np.arange(out_frames, dtype=np.float64)
    if last <= 0:
        return np.zeros(out_frames)
    if need <= last:
        return index * step
    if need <= last * MAX_STRETCH:
        return index * (last / (out_frames - 1))
    if need <= last * MAX_RAMP:
        # Speed falls in a straight line from 1 to what makes the way exactly `last`.
        slow = 2 * last / need - 1
        way = index * step
        return way - (1 - slow) * way * way / (2 * need)
    return _swing(index * step, last, clip_fps)


def _swing(way: NDArray[np.float64], last: int, clip_fps: float) -> NDArray[np.float64]:
    """To and fro between 0 and `last`: full speed in the middle, a quarter of a sine at either end."""
    turn = min(last / 2, clip_fps * 0.4) / 2  # clip frames within which a turn is rounded off
    quarter = turn * math.pi / 2  # time a quarter of the sine takes, in clip frames at full speed
    leg = last - 2 * turn + 2 * quarter
    along = np.mod(way + quarter, 2 * leg)  # begins at full speed, just behind the first turn
    along = np.where(along > leg, 2 * leg - along, along)
    near = turn * (1 - np.cos(np.minimum(along, quarter) / turn))
    far = last - turn * (1 - np.cos(np.minimum(leg - along, quarter) / turn))
    middle = turn + along - quarter
    return np.where(along < quarter, near, np.where(along > leg - quarter, far, middle))


def shot_frames(
    clip: ClipLike,
    *,
    width: int,
    height: int,
    fps: int | Fraction,
    duration_s: float,
    grain_seed: int,
    to_the_end: bool = False,
) -> Iterator[YuvFrame]:
    """The shot's frames: `frame_count(duration_s, fps)` pictures of `width` x `height` px, in order.

    The clip is cropped to cover the frame, never squeezed. With `to_the_end` it runs evenly from its first to its
    last frame, at whatever speed that takes: for a clip that was made to end on a given picture. The same arguments
    give the same bytes.
    Memory stays bounded: two clip frames, one grain field, one output frame.

    Raises:
        FrameError: odd or absurd sizes, a rate or duration that is not positive, an empty clip.
    """
    check_size(width, height)
    if fps <= 0 or not duration_s > 0 or clip.fps <= 0:
        raise FrameError("frame rates and durations must be positive", code="shot_timing")
    if clip.frames.ndim != 4 or clip.frames.shape[0] == 0:
        raise FrameError(f"a clip needs frames [T, H, W, 3], got {clip.frames.shape}", code="empty_clip")
    length, count = clip.frames.shape[0], frame_count(duration_s, fps)
    times = np.linspace(0, length - 1, count) if to_the_end else source_times(length, clip.fps, count, fps)
    return _shot_frames(_crop_to_cover(clip.frames, width, height), times, width, height, grain_seed)


def _shot_frames(
    rgb: NDArray[np.uint8], times: NDArray[np.float64], width: int, height: int, grain_seed: int
) -> Iterator[YuvFrame]:
    between = _Between(rgb)
    grain = _Grain(width, height, grain_seed)
    for time in times:
        yield _enlarge(between.at(float(time)), width, height, grain)


class _Between:
    """Pictures between two clip frames, following the motion. Keeps the flow of the current pair."""

    def __init__(self, rgb: NDArray[np.uint8]) -> None:
        self._rgb = rgb
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._pair: tuple[int, _Motion] | None = None

    def at(self, time: float) -> NDArray[np.float32]:
        """Y'CbCr float32 [H, W, 3] in 8-bit levels at clip position `time` (0..T - 1)."""
        first = min(int(time), len(self._rgb) - 1)
        phase = time - first
        if phase < 0.02 or first + 1 >= len(self._rgb):
            return self._picture(first)
        if phase > 0.98:
            return self._picture(first + 1)
        if self._pair is None or self._pair[0] != first:
            motion = _Motion(self._picture(first), self._picture(first + 1), self._flow)
            self._pair = (first, motion)
        return self._pair[1].at(phase)

    def _picture(self, index: int) -> NDArray[np.float32]:
        return _as_float(cv2.transform(self._rgb[index].astype(np.float32), RGB_TO_YUV))


def _as_float(array: object) -> NDArray[np.float32]:
    return np.asarray(array, dtype=np.float32)


class _Motion:
    """The motion between two pictures and every picture in between.

    Both are warped to the wanted moment with flows approximated from the two measured ones (Jiang et al.
    2018, "Super SloMo", equation 4) and blended. Where forward and backward flow contradict each other, a
    plain blend is shown instead. Where nearly everything contradicts, it is a cut, and the nearer picture is
    shown.
    """

    def __init__(
        self, before: NDArray[np.float32], after: NDArray[np.float32], flow: "cv2.DISOpticalFlow"
    ) -> None:
        self._before, self._after = before, after
        height, width = before.shape[:2]
        small = min(height, width) < 32  # DIS needs room for its pyramid
        luma = [np.clip(np.rint(p[:, :, 0]), 0, 255).astype(np.uint8) for p in (before, after)]
        still = np.zeros((height, width, 2), np.float32)
        self._forth = still if small else _as_float(flow.calc(luma[0], luma[1], still.copy()))
        self._back = still if small else _as_float(flow.calc(luma[1], luma[0], still.copy()))
        self._columns = np.arange(width, dtype=np.float32)[None, :]
        self._rows = np.arange(height, dtype=np.float32)[:, None]
        self._trust = self._agreement()
        self._cut = float(self._trust.mean()) < 0.25

    def _agreement(self) -> NDArray[np.float32]:
        """1 where going forth and back again leads home, 0 where it does not; float32 [H, W]."""
        landed = _as_float(self._warped(self._back, self._forth, cv2.INTER_LINEAR))
        away = self._forth + landed
        error = cv2.magnitude(away[:, :, 0], away[:, :, 1])
        slack = 1.0 + 0.1 * cv2.magnitude(self._forth[:, :, 0], self._forth[:, :, 1])
        trust = np.clip(1.5 - error / slack, 0.0, 1.0).astype(np.float32)
        return np.asarray(cv2.blur(trust, (9, 9)), dtype=np.float32)

    def _warped(self, picture: NDArray[Any], flow: NDArray[np.float32], how: int) -> NDArray[Any]:
        """Each place shows what `picture` has where `flow` points from it."""
        xs, ys = self._columns + flow[:, :, 0], self._rows + flow[:, :, 1]
        return np.asarray(cv2.remap(picture, xs, ys, how, borderMode=cv2.BORDER_REPLICATE))

    def at(self, phase: float) -> NDArray[np.float32]:
        """Y'CbCr float32 [H, W, 3] at `phase` 0..1 between the two pictures."""
        if self._cut:
            return self._before if phase < 0.5 else self._after
        rest = 1.0 - phase
        to_before = -rest * phase * self._forth + phase * phase * self._back
        to_after = rest * rest * self._forth - phase * rest * self._back
        from_before = self._warped(self._before, to_before, cv2.INTER_CUBIC)
        from_after = self._warped(self._after, to_after, cv2.INTER_CUBIC)
        moved = cv2.addWeighted(from_before, rest, from_after, phase, 0)
        if float(self._trust.min()) > 0.999:
            return _as_float(moved)
        plain = cv2.addWeighted(self._before, rest, self._after, phase, 0)
        return _as_float(cv2.blendLinear(moved, plain, self._trust, 1.0 - self._trust))


class _Grain:
    """Fine film grain that is also the dither: one seeded field, seen through a window that jumps."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self._size = (width, height)
        self._random = np.random.default_rng([seed & 0xFFFFFFFF, 0x6772616E])
        shape = (height + _SPREAD, width + _SPREAD)
        # A touch of correlation between neighbours looks like film, white noise looks like a fault.
        field = cv2.GaussianBlur(self._random.standard_normal(shape, dtype=np.float32), (3, 3), 0.55)
        field = _as_float(field) * np.float32(_GRAIN_SIGMA / float(np.std(field)))
        self._field = np.rint(field * np.float32(1 << _Q)).astype(np.int16)
        # Chroma is only dithered: less than half a level either way, so a level that is exact stays.
        half = (1 << _Q) // 2 - 1
        chroma = (height // 2 + _SPREAD, width // 2 + _SPREAD)
        self._dither = self._random.integers(-half, half + 1, chroma, dtype=np.int16)

    def luma(self) -> NDArray[np.int16]:
        """The next window, int16 [H, W] in units of 2**-6 levels."""
        return self._window(self._field, *self._size)

    def chroma(self) -> NDArray[np.int16]:
        """The next window of the dither, int16 [H/2, W/2] in units of 2**-6 levels."""
        return self._window(self._dither, self._size[0] // 2, self._size[1] // 2)

    def _window(self, field: NDArray[np.int16], width: int, height: int) -> NDArray[np.int16]:
        x, y = (int(n) for n in self._random.integers(0, _SPREAD + 1, 2))
        return field[y : y + height, x : x + width]


def _crop_to_cover(frames: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The largest centred part of frames [T, h, w, 3] with the aspect of `width` x `height`."""
    have_h, have_w = frames.shape[1:3]
    if have_w * height > have_h * width:
        keep = max(1, round(have_h * width / height))
        left = (have_w - keep) // 2
        return frames[:, :, left : left + keep]
    keep = max(1, round(have_w * height / width))
    top = (have_h - keep) // 2
    return frames[:, top : top + keep]


def _enlarge(yuv: NDArray[np.float32], width: int, height: int, grain: _Grain) -> YuvFrame:
    """Y'CbCr float32 [h, w, 3] to a full-size frame: sharpen, scale, grain."""
    luma, u, v = (np.ascontiguousarray(yuv[:, :, n]) for n in range(3))
    if yuv.shape[1] < width:
        soft = cv2.GaussianBlur(luma, (0, 0), 1.0)
        luma = _as_float(cv2.addWeighted(luma, 1.0 + _SHARPEN, soft, -_SHARPEN, 0))
    size = (width // 2, height // 2)
    return YuvFrame(
        _levels(luma, (width, height), grain.luma(), 235),
        _levels(u, size, grain.chroma(), 240),
        _levels(v, size, grain.chroma(), 240),
    )


def _levels(
    plane: NDArray[np.float32], size: tuple[int, int], noise: NDArray[np.int16], highest: int
) -> NDArray[np.uint8]:
    """A plane at its full size with its grain or dither, uint8 in 16..`highest`. The large steps run on integers."""
    fine = np.rint(plane * (1 << _Q)).astype(np.int16)
    how = cv2.INTER_AREA if plane.shape[1] >= size[0] else cv2.INTER_CUBIC
    large: Any = cv2.add(
        cv2.resize(fine, size, interpolation=how), noise
    )  # Any: the stubs know no element types
    levels: Any = cv2.convertScaleAbs(large, alpha=1 / (1 << _Q))
    # The stubs know no plain numbers here; NumPy's own limits take four times as long.
    cv2.max(levels, 16, dst=levels)  # type: ignore[call-overload]
    cv2.min(levels, highest, dst=levels)  # type: ignore[call-overload]
    return np.asarray(levels, dtype=np.uint8)
