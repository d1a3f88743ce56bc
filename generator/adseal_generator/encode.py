# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The one encode: frames and sound into an MP4 that plays everywhere.

Decides codec settings, colour tags, exact lengths, and that a failed encode leaves no file. Leaves out
reading videos (`footage`), marking and signing. Frames are taken one by one from an iterable; memory stays
bounded whatever the length.

H.264 High, 4:2:0, tagged BT.709 limited range, closed GOPs of about two seconds (seekable, splittable),
AAC-LC
192 kbit/s at 48 kHz, the index in front (faststart), all metadata keys kept (`use_metadata_tags`).
"""

import contextlib
import errno
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from numpy.typing import NDArray

from adseal_generator.errors import EncodeError, FrameError, GenerationCancelled, GeneratorError
from adseal_generator.frames import YuvFrame, check_size

RATE = 48_000
_AAC_FRAME = 1024  # samples in one AAC-LC frame
_GOP_S = 2
_SOUND_BITS = 192_000  # per second


@dataclass(frozen=True)
class Encoded:
    """A finished file: `frames` pictures, `duration_s` = frames / fps; its sound is exactly as long."""

    path: Path
    frames: int
    duration_s: float


def encode(
    path: str | Path,
    frames: Iterable[YuvFrame],
    *,
    width: int,
    height: int,
    fps: Fraction | int,
    sound: NDArray[np.float32] | None,
    sample_rate: int = RATE,
    crf: int = 20,
    preset: str = "veryfast",
    metadata: Mapping[str, str] | None = None,
) -> Encoded:
    """Encode `frames` (at least one, all `width` x `height`) at the constant rate `fps` into `path`.

    `sound`: float [1 or 2, samples] in -1..1 at 48 kHz, cut or padded with silence to the pictures' length;
    one channel is played on both sides. The file appears under its name only when it is complete (an existing
    file is replaced); whatever fails, nothing is left behind.

    Raises:
        EncodeError: odd sizes, no frames, a frame of another size, unusable sound or rate, an unwritable
            folder,
            a full disk (`disk_full`), or the frames' own failure, which is the cause.
        GenerationCancelled: as the frames raised it.
    """
    target = Path(path)
    rate = Fraction(fps)
    try:
        check_size(width, height)
    except FrameError as cause:
        raise EncodeError(str(cause), code=cause.code, hint=cause.hint) from cause
    if not 1 <= rate <= 240:
        raise EncodeError(f"cannot encode {fps} frames a second", code="bad_rate")
    track = _stereo(sound, sample_rate)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        job = _Job(part, (width, height), rate, crf, preset, dict(metadata or {}))
        count = _write(job, frames, track)
        _read_back(part, count)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException as problem:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(problem, (EncodeError, GenerationCancelled)) or not isinstance(problem, Exception):
            raise
        raise _explained(problem, target) from problem
    return Encoded(target, count, float(count / rate))


def _explained(problem: Exception, target: Path) -> EncodeError:
    """What went wrong, in the reader's words."""
    number = problem.errno if isinstance(problem, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return EncodeError(
            f"no space left to write {target}", code="disk_full", hint="free some space", retryable=True
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR):
        return EncodeError(
            f"cannot write {target}: {os.strerror(number)}",
            code="not_writable",
            hint="check that the folder exists and can be written to",
        )
    if isinstance(problem, GeneratorError):
        return EncodeError(f"the frames failed: {problem}", code="frames_failed", hint=problem.hint)
    if isinstance(problem, (OSError, av.FFmpegError)):
        return EncodeError(f"cannot encode {target}: {problem}")
    return EncodeError(f"the frames failed: {type(problem).__name__}: {problem}", code="frames_failed")


def _stereo(sound: NDArray[np.float32] | None, sample_rate: int) -> NDArray[np.float32] | None:
    if sound is None:
        return None
    if sample_rate != RATE:
        raise EncodeError(f"sound must be at {RATE} Hz, not {sample_rate}", code="bad_sound")
    if sound.ndim != 2 or sound.shape[0] not in (1, 2) or sound.dtype.kind != "f":
        raise EncodeError(
            f"expected float sound [1 or 2, samples], got {sound.dtype} {sound.shape}", code="bad_sound"
        )
    if not np.isfinite(sound).all():
        raise EncodeError("the sound holds values that are no numbers", code="bad_sound")
    both = np.repeat(sound, 2, axis=0) if sound.shape[0] == 1 else sound
    return np.clip(both, -1.0, 1.0).astype(np.float32)


@dataclass(frozen=True)
class _Job:
    """What is written where."""

    part: Path
    size: tuple[int, int]
    rate: Fraction
    crf: int
    preset: str
    metadata: dict[str, str]


def _write(job: _Job, frames: Iterable[YuvFrame], track: NDArray[np.float32] | None) -> int:
    """Write the whole file and return the number of frames."""
    # The fine movie time scale keeps edit lists, and with them both tracks' lengths, exact to the sample.
    options = {"movflags": "+faststart+use_metadata_tags", "movie_timescale": str(RATE)}
    # A plain open first: it names the reason (no folder, no permission) more exactly than the muxer does.
    job.part.open("xb").close()
    count = 0
    with av.open(str(job.part), "w", format="mp4", options=options) as container:
        container.metadata.update(job.metadata)
        video = _video_stream(container, job)
        audio = _Track(container, track) if track is not None else None
        for frame in frames:
            if (frame.width, frame.height) != job.size:
                raise EncodeError(
                    f"frame {count} is {frame.width}x{frame.height}, expected {job.size[0]}x{job.size[1]}",
                    code="frame_size",
                )
            container.mux(video.encode(_picture(frame, count, job.rate)))
            count += 1
            if audio is not None:
                audio.write_until(count / job.rate)
        if count == 0:
            raise EncodeError("there are no frames to encode", code="no_frames")
        container.mux(video.encode(None))
        if audio is not None:
            audio.finish(count / job.rate)
    return count


def _video_stream(container: av.container.OutputContainer, job: _Job) -> av.VideoStream:
    stream = container.add_stream("libx264", rate=job.rate)
    stream.width, stream.height = job.size
    stream.pix_fmt = "yuv420p"
    gop = max(1, round(_GOP_S * job.rate))
    stream.options = {
        "crf": str(job.crf),
        "preset": job.preset,
        "profile": "high",
        "x264-params": f"keyint={gop}:open-gop=0:force-cfr=1",
    }
    context = stream.codec_context
    context.time_base = 1 / job.rate
    context.gop_size = gop
    context.thread_count = 0
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.color_range = ColorRange.MPEG
    return stream


def _picture(frame: YuvFrame, index: int, rate: Fraction) -> av.VideoFrame:
    picture = av.VideoFrame(frame.width, frame.height, "yuv420p")
    for plane, samples in zip(picture.planes, (frame.y, frame.u, frame.v), strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        rows[: samples.shape[0], : samples.shape[1]] = samples
    picture.pts, picture.time_base = index, 1 / rate
    picture.pict_type = PictureType.NONE
    picture.colorspace, picture.color_range = Colorspace.ITU709, ColorRange.MPEG
    return picture


class _Track:
    """The sound on its way into the file, always a little ahead of the pictures."""

    def __init__(self, container: av.container.OutputContainer, samples: NDArray[np.float32]) -> None:
        self._container, self._samples, self._at = container, samples, 0
        self._stream = container.add_stream("aac", rate=RATE, layout="stereo")
        self._stream.bit_rate = _SOUND_BITS

    def write_until(self, seconds: Fraction) -> None:
        """Encode all whole AAC frames that begin before `seconds`."""
        while self._at + _AAC_FRAME <= int(seconds * RATE):
            self._encode(_AAC_FRAME)

    def finish(self, seconds: Fraction) -> None:
        """Encode the rest up to exactly `seconds` and close the stream."""
        rest = round(seconds * RATE) - self._at
        while rest > 0:
            self._encode(min(rest, _AAC_FRAME))
            rest = round(seconds * RATE) - self._at
        self._container.mux(self._stream.encode(None))

    def _encode(self, count: int) -> None:
        block = np.zeros((2, count), np.float32)
        have = self._samples[:, self._at : self._at + count]
        block[:, : have.shape[1]] = have
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._at, Fraction(1, RATE)
        self._container.mux(self._stream.encode(frame))
        self._at += count


def _read_back(part: Path, count: int) -> None:
    """The file opens and holds as many pictures as were put in: a lost write is noticed here."""
    with av.open(str(part)) as container:
        found = sum(1 for p in container.demux(video=0) if p.size)
    if found != count:
        raise EncodeError(f"{found} of {count} frames arrived in the file", code="incomplete", retryable=True)


# Reading lives in its own module; its names are offered here as well because callers pair them with `encode`.
def read_frames(path: str | Path) -> Iterator[YuvFrame]:
    """See `adseal_generator.footage.read_frames`."""
    from adseal_generator import footage

    return footage.read_frames(path)


def read_sound48k(path: str | Path) -> NDArray[np.float32] | None:
    """See `adseal_generator.footage.read_sound48k`."""
    from adseal_generator import footage

    return footage.read_sound48k(path)
