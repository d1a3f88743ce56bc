# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""A user's finished video, read back into the generator's own picture and sound.

Decides: upright (rotation metadata honoured), square pixels, even sizes, BT.709 limited range 4:2:0, a
constant frame rate (variable-rate footage is sampled: each output frame shows what was on screen at its
moment), sound at
48 kHz stereo aligned to the first picture. Leaves out limits against hostile files (the verifier's business;
this reads the user's own work) and HDR, which is refused rather than shown washed out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from adseal_generator.errors import EncodeError
from adseal_generator.frames import YuvFrame

_RATE = 48_000
_HDR_CURVES = (16, 18)  # ITU-T H.273 transfer characteristics: PQ and HLG
_MATRICES = {  # ITU-T H.273 matrix coefficients to what the scaler knows
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
_MAX_GAP_S = 60  # a gap between two pictures longer than this is a damaged time line


@dataclass(frozen=True)
class FootageInfo:
    """How the video will be read: size in px after turning and squaring, `fps` constant, `duration_s` as the
    container states it (0 when it does not), and whether there is sound."""

    width: int
    height: int
    fps: Fraction
    duration_s: float
    has_sound: bool


@contextmanager
def _opened(path: str | Path) -> Iterator[av.container.InputContainer]:
    try:
        with av.open(str(path)) as container:
            yield container
    except (av.FFmpegError, OSError, ValueError) as cause:
        raise EncodeError(
            f"cannot read the video {path}: {cause}",
            code="unreadable_source",
            hint="check that the file is a complete video",
        ) from cause


def footage_info(path: str | Path) -> FootageInfo:
    """Size, rate and length of a video as `read_frames` will give it; decodes its first picture.

    Raises:
        EncodeError: `unreadable_source`, `no_video` or `hdr_source`.
    """
    with _opened(path) as container:
        stream = _video(container, path)
        first = next(container.decode(stream), None)
        if first is None:
            raise EncodeError(f"{path} holds no picture", code="no_video")
        _refuse_hdr(first, path)
        width, height = _size(first, stream)
        seconds = (
            float(stream.duration * stream.time_base)
            if stream.duration and stream.time_base
            else (container.duration or 0) / 1e6
        )
        if round(first.rotation) % 180:
            width, height = height, width
        return FootageInfo(width, height, _rate(stream), seconds, bool(container.streams.audio))


def read_frames(path: str | Path) -> Iterator[YuvFrame]:
    """The video's pictures at the constant rate `footage_info(path).fps`, one at a time.

    Raises:
        EncodeError: `unreadable_source`, `no_video` or `hdr_source`; at the first picture or where it breaks.
    """
    with _opened(path) as container:
        stream = _video(container, path)
        rate = _rate(stream)
        start: Fraction | None = None
        given = 0
        held: YuvFrame | None = None
        for picture in container.decode(stream):
            if held is None:
                _refuse_hdr(picture, path)
            time = _time(picture, stream, rate, given)
            start = time if start is None else start
            # Slot n shows the last picture that began before its middle: the held one fills every slot
            # before.
            due = round((time - start) * rate)
            if held is not None:
                if due - given > _MAX_GAP_S * rate:
                    raise EncodeError(f"{path} has a gap of over {_MAX_GAP_S} s", code="unreadable_source")
                while given < due:
                    yield held
                    given += 1
            held = _converted(picture, stream)
        if held is None:
            raise EncodeError(f"{path} holds no picture", code="no_video")
        yield held


def _video(container: av.container.InputContainer, path: str | Path) -> av.VideoStream:
    if not container.streams.video:
        raise EncodeError(f"{path} has no video track", code="no_video")
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return stream


def _rate(stream: av.VideoStream) -> Fraction:
    """The nominal rate: the measured average, snapped to a common rate it is very near to."""
    rate = stream.average_rate or stream.guessed_rate or Fraction(30)
    rate = min(max(Fraction(rate), Fraction(1)), Fraction(120))
    for whole in (24, 25, 30, 48, 50, 60, 120):
        for common in (Fraction(whole), Fraction(whole * 1000, 1001)):
            if abs(rate - common) < common / 4000:
                return common
    return rate.limit_denominator(1001)


def _time(picture: av.VideoFrame, stream: av.VideoStream, rate: Fraction, given: int) -> Fraction:
    if picture.pts is None or not stream.time_base:
        return Fraction(given + 1) / rate if given else Fraction(0)
    return picture.pts * Fraction(stream.time_base)


def _refuse_hdr(picture: av.VideoFrame, path: str | Path) -> None:
    if int(picture.color_trc) in _HDR_CURVES:
        raise EncodeError(
            f"{path} is an HDR video", code="hdr_source", hint="export it as SDR (BT.709) and try again"
        )


def _size(picture: av.VideoFrame, stream: av.VideoStream) -> tuple[int, int]:
    """Even size with square pixels, before turning."""
    shape = stream.sample_aspect_ratio or Fraction(1)
    wide = round(picture.width * shape) if Fraction(1, 4) <= shape <= 4 else picture.width
    return max(2, wide // 2 * 2), max(2, picture.height // 2 * 2)


def _converted(picture: av.VideoFrame, stream: av.VideoStream) -> YuvFrame:
    width, height = _size(picture, stream)
    small = picture.height < 720 and picture.width < 1280
    # Untagged footage: the usual reading is BT.601 for standard definition and BT.709 above.
    untagged = Colorspace.ITU601 if small else Colorspace.ITU709
    source = _MATRICES.get(int(picture.colorspace), untagged)
    full = picture.color_range == ColorRange.JPEG or picture.format.name.startswith("yuvj")
    made = picture.reformat(
        width=width,
        height=height,
        format="yuv420p",
        src_colorspace=source,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.MPEG,
    )
    # rotation is counter-clockwise degrees to apply for display, in quarter turns for all cameras.
    turns = round(picture.rotation / 90) % 4
    planes = []
    for plane, (w, h) in zip(
        made.planes, ((width, height), (width // 2, height // 2), (width // 2, height // 2)), strict=True
    ):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:h, :w]
        planes.append(np.ascontiguousarray(np.rot90(rows, turns)).copy())
    return YuvFrame(*planes)


def read_sound48k(path: str | Path) -> NDArray[np.float32] | None:
    """The sound as float32 [2, samples] at 48 kHz, starting with the first picture; None when there is none.

    Raises:
        EncodeError: `unreadable_source`.
    """
    with _opened(path) as container:
        if not container.streams.audio:
            return None
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE)
        blocks: list[NDArray[np.float32]] = []
        start: float | None = None
        for frame in container.decode(stream):
            if start is None:
                start = float(frame.time or 0.0)
            blocks += [np.asarray(f.to_ndarray(), np.float32) for f in resampler.resample(frame)]
        blocks += [np.asarray(f.to_ndarray(), np.float32) for f in resampler.resample(None)]
        if not blocks:
            return None
        sound = np.concatenate(blocks, axis=1)
        if stream.duration and stream.time_base:
            # The last AAC frame is filled up with silence that the container's duration leaves out.
            sound = sound[:, : max(1, round(stream.duration * stream.time_base * _RATE))]
        videos = container.streams.video
        begin = 0.0
        if videos and videos[0].start_time is not None and videos[0].time_base:
            begin = float(videos[0].start_time * videos[0].time_base)
        shift = round(((start or 0.0) - begin) * _RATE)
        return np.pad(sound, ((0, 0), (shift, 0))) if shift > 0 else sound[:, -shift:]
