# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A few pictures of a received video, for a report that people read. Runs inside the worker.

Decides: which moments, how large, and how they are turned to look as in a player. Leaves out: whatever they show; no
verdict depends on them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import av.container
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import MediaError
from adseal_provenance.reading.media import Limits, describe, open_media
from adseal_provenance.verdicts.evidence import Box, KeyFrame, KeyFrames

#: Longer side of a picture, in px.
LONGEST = 360
#: More than these are not taken, whoever asks.
MOST = 24
_QUALITY = 80
#: A moment farther away than this is looked for with a leap to the key frame before it, in seconds.
_LEAP_S = 3.0
_MIN_SIDE = 16  # px
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_TURNS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}


def take(path: str | Path, limits: Limits, *, count: int, also: Sequence[float] = ()) -> KeyFrames:
    """``count`` pictures spread evenly over the video, and one at each moment of ``also`` (seconds from the first
    frame), as far as they can be decoded; at most ``MOST``.

    Raises:
        MediaError: the file is no video that can be opened.
    """
    found: list[tuple[float, av.VideoFrame]] = []
    with open_media(path, limits) as container:
        info = describe(container, path, limits)
        stream = container.streams.video[0]
        stream.codec_context.thread_count = limits.threads
        stream.thread_type = "AUTO"
        length = min(info.duration_s or float(count), limits.max_seconds)
        moments = [(number + 0.5) * length / count for number in range(count)]
        wanted = sorted({*moments, *(t for t in also if 0 <= t <= limits.max_seconds)})[:MOST]
        for t_s, frame in _frames_at(container, stream, wanted, limits):
            if not found or t_s > found[-1][0]:
                found.append((t_s, _small(frame)))
        turns = _quarters(found[0][1]) if found else 0
        aspect = _aspect(stream)
    if not found:
        return KeyFrames(reason="no frame can be decoded")
    pictures = [(t_s, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)) for t_s, frame in found]
    return KeyFrames(
        frames=tuple(
            KeyFrame(t_s=round(t_s, 3), jpeg=_jpeg(_shown(p, aspect, turns))) for t_s, p in pictures
        ),
        quarters=turns,
        picture=_without_bars([p for _, p in pictures]),
    )


def _frames_at(
    container: av.container.InputContainer, stream: av.VideoStream, wanted: Sequence[float], limits: Limits
) -> Iterator[tuple[float, av.VideoFrame]]:
    """The frame shown at each wanted moment (seconds, rising) with its time; ends at any limit or damage. Where the
    video ends early, its last frame stands for the rest."""
    began = time.monotonic()
    first: float | None = None
    now, last = 0.0, None
    frames = container.decode(stream)
    try:
        for moment in wanted:
            if first is not None and moment - now > _LEAP_S:
                frames = _leapt(container, stream, first + moment) or frames
            last = None
            for frame in frames:
                if time.monotonic() - began > limits.wall_s:
                    return
                if frame.time is None or not _fit(frame, limits):
                    continue
                first = frame.time if first is None else first
                now, last = max(frame.time - first, 0.0), frame
                if now + 1e-3 >= moment:
                    break
            if last is None:
                return
            yield now, last
    except (av.error.FFmpegError, OSError, ValueError, MemoryError):
        if last is not None:
            yield now, last


def _leapt(
    container: av.container.InputContainer, stream: av.VideoStream, to_s: float
) -> Iterator[av.VideoFrame] | None:
    """Decoding from the key frame before a moment of the file's clock; None where the file has no way there."""
    try:
        container.seek(round(to_s * 1_000_000))
    except (av.error.FFmpegError, OSError, ValueError, OverflowError):
        return None
    return container.decode(stream)


def _fit(frame: av.VideoFrame, limits: Limits) -> bool:
    return min(frame.width, frame.height) >= _MIN_SIDE and frame.width * frame.height <= limits.max_pixels


def _small(frame: av.VideoFrame) -> av.VideoFrame:
    scale = min(LONGEST / max(frame.width, frame.height), 1.0)
    width, height = (max(round(side * scale), 2) for side in (frame.width, frame.height))
    return frame.reformat(width=width, height=height, format="bgr24", interpolation="AREA")


def _quarters(frame: av.VideoFrame) -> int:
    """Quarter turns clockwise that a player makes; the file says them counter-clockwise, in degrees."""
    return round(-frame.rotation / 90) % 4


def _aspect(stream: av.VideoStream) -> float:
    """Width of one pixel by its height; 1 where the file says nothing or nonsense."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return ratio if 0.2 <= ratio <= 5 else 1.0


def _shown(picture: NDArray[np.uint8], aspect: float, quarters: int) -> NDArray[np.uint8]:
    if abs(aspect - 1) > 0.01:
        size = (
            max(round(picture.shape[1] * min(aspect, 1.0)), 1),
            max(round(picture.shape[0] / max(aspect, 1.0)), 1),
        )
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.rotate(picture, _TURNS[quarters]) if quarters else picture, np.uint8)


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:  # cannot happen to a small picture in three colours
        raise MediaError("a picture of it cannot be stored", code="unreadable")
    return bytes(jpeg.tobytes())


def _without_bars(pictures: list[NDArray[np.uint8]]) -> Box:
    """The part without plain bars, found as the search for marks finds it."""
    from adseal_provenance.watermark.picture_evidence import find_window

    shape = pictures[0].shape
    luma = [cv2.cvtColor(p, cv2.COLOR_BGR2GRAY) for p in pictures if p.shape == shape]
    window = find_window([np.asarray(p, np.uint8) for p in luma])
    if window is None or window.whole:
        return _WHOLE
    height, width = shape[:2]
    return window.left / width, window.top / height, window.right / width, window.bottom / height
