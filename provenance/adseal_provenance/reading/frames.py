# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The frames of a media file that may be hostile: luma planes, in order, with what the file says about each.

Decides: which frames are looked at where not all are, and how they become luma planes. Leaves out: what is opened at
all, and limits (``media``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import av
import av.container
import av.error
import cv2
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

from adseal_provenance.errors import MediaError
from adseal_provenance.reading.media import Limits, ReadNotes, describe, open_media, reason

_PLANAR_8BIT = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}
)
_INTRA = int(PictureType.I)
_INTRA_STEP_S = (
    0.5  # between frames that are given because they are coded by themselves, not because they are due
)
_MOST_WAITING = 1024  # packets whose frame has not come yet


class LumaFrame(NamedTuple):
    """One frame of a video as far as it is looked at.

    Attributes:
        t_s: seconds from the first frame.
        luma: uint8[H, W] as coded: limited-range video stays limited range.
        coded_bytes: how much of the file is this frame's; 0 where the file does not say.
        intra: coded by itself, without other frames.
    """

    t_s: float
    luma: NDArray[np.uint8]
    coded_bytes: int
    intra: bool


def luma_frames(
    path: str | Path,
    limits: Limits | None = None,
    *,
    short_side: int = 540,
    per_second: float | None = None,
    notes: ReadNotes | None = None,
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Luma planes in display order, made smaller, from one decoding pass with bounded memory.

    Args:
        path: a local file.
        limits: see :class:`Limits`.
        short_side: target length of the shorter side in px; smaller pictures are left as they are.
        per_second: at most so many frames of each second of media time, and up to two more that are coded by
            themselves; None gives all.
        notes: told what was left out (cut short, damaged).

    Yields:
        (time in seconds from the first frame, uint8[H, W] as coded: limited-range video stays limited range).

    Raises:
        MediaError: if not one frame can be read.
    """
    for frame in coded_frames(path, limits, short_side=short_side, per_second=per_second, notes=notes):
        yield frame.t_s, frame.luma


def coded_frames(
    path: str | Path,
    limits: Limits | None = None,
    *,
    short_side: int = 540,
    per_second: float | None = None,
    notes: ReadNotes | None = None,
) -> Iterator[LumaFrame]:
    """As :func:`luma_frames`, with what the file says about each frame."""
    limits = limits or Limits()
    notes = notes or ReadNotes()
    with open_media(path, limits) as container:
        describe(container, path, limits)
        stream = container.streams.video[0]
        stream.codec_context.thread_count = limits.threads
        stream.thread_type = "AUTO"
        count = 0
        for t_s, frame, size in _timed(container, stream, limits, notes, per_second):
            plane = _luma(frame, limits)
            if plane is not None:
                count += 1
                yield LumaFrame(t_s, _shrink(plane, short_side), size, _intra(frame))
        if count == 0:
            raise MediaError(f"no frame of {path} can be decoded", code="unreadable")


def _timed(
    container: av.container.InputContainer,
    stream: av.VideoStream,
    limits: Limits,
    notes: ReadNotes,
    per_second: float | None,
) -> Iterator[tuple[float, av.VideoFrame, int]]:
    """Decoded frames that are due, with their times and coded sizes; ends at any limit or damage, with a note."""
    began = time.monotonic()
    step = 1.0 / per_second if per_second else 0.0
    first: float | None = None
    due = intra_due = 0.0
    index = 0
    rate = float(stream.average_rate or 25)
    try:
        for frame, size in _decoded(container, stream):
            raw = frame.time if frame.time is not None else index / rate
            index += 1
            first = raw if first is None else first
            t_s = max(raw - first, 0.0)
            if t_s > limits.max_seconds or index > limits.max_seconds * 240:
                notes.add(f"only the first {limits.max_seconds:g} s were read")
                return
            if time.monotonic() - began > limits.wall_s:
                notes.add(
                    f"reading was stopped after {limits.wall_s:g} s; {t_s:.1f} s of the picture were read"
                )
                return
            if t_s + 1e-6 >= due:
                due = max(due + step, t_s - step) if step else t_s
            elif not (_intra(frame) and t_s >= intra_due):
                continue
            intra_due = t_s + _INTRA_STEP_S if _intra(frame) else intra_due
            yield t_s, frame, size
    except (av.error.FFmpegError, OSError, ValueError, MemoryError) as error:
        notes.add(f"the picture is damaged or cut off after frame {index}: {reason(error)}")


def _decoded(
    container: av.container.InputContainer, stream: av.VideoStream
) -> Iterator[tuple[av.VideoFrame, int]]:
    """Every frame with the size of what it was decoded from, in bytes."""
    waiting: dict[int, int] = {}
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            waiting[packet.pts] = waiting.get(packet.pts, 0) + packet.size
            if len(waiting) > _MOST_WAITING:
                waiting.pop(next(iter(waiting)))
        for frame in packet.decode():
            yield frame, waiting.pop(frame.pts, 0) if frame.pts is not None else 0


def _intra(frame: av.VideoFrame) -> bool:
    return int(frame.pict_type) == _INTRA


def _luma(frame: av.VideoFrame, limits: Limits) -> NDArray[np.uint8] | None:
    if frame.width * frame.height > limits.max_pixels or min(frame.width, frame.height) < 16:
        return None
    if frame.format.name not in _PLANAR_8BIT:
        frame = frame.reformat(format="yuv420p")
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * frame.height]
    return np.asarray(rows.reshape(frame.height, plane.line_size)[:, : frame.width])


def _shrink(plane: NDArray[np.uint8], short_side: int) -> NDArray[np.uint8]:
    height, width = plane.shape
    factor = short_side / min(height, width)
    if factor >= 1.0:
        return plane.copy()
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
