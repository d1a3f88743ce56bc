# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading media files that may be hostile, within stated limits.

Decides: what is opened at all (local videos and stills, never playlists or addresses inside them), how much
is read, and the one error type that comes out. Leaves out: hard limits on memory and processor time, which
only the operating system can hold; run this in a worker process with resource limits when the files come
from strangers.

A damaged file is read as far as it goes; the reader then carries a note instead of raising, as long as at
least one frame came out.
"""

from __future__ import annotations

import itertools
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import av
import av.container
import av.error
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.errors import MediaError

SOUND_RATE = 48_000
"""Sample rate of everything :func:`read_sound` returns, in Hz."""

_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf,mxf,gif,png_pipe,jpeg_pipe,webp_pipe"
)
#: Boxes whose children are counted: all into which the C2PA library descends (its time grows with their square).
_CONTAINER_BOXES = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"moof", b"traf", b"dinf"}
    | {b"meta", b"tref", b"mvex", b"mfra", b"schi"}
)
_BOX_STARTS = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"moof", b"uuid", b"sidx"}
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What reading one file may cost.

    Attributes:
        max_bytes: largest file, in bytes.
        max_seconds: longest media time that is read, in seconds; the rest is left unread, with a note.
        max_pixels: largest picture, width × height.
        wall_s: longest time one reading pass may take, in seconds; what was read until then is used, with a
            note.
        memory_mb: what a worker process should be allowed, in MiB. Not enforced here.
        max_boxes: most boxes in an MP4 file's structure, and
        max_depth: how deep they may nest.
        threads: decoder threads; 0 lets the decoder choose.
    """

    max_bytes: int = 4 * 1024**3
    max_seconds: float = 600.0
    max_pixels: int = 8192 * 4320
    wall_s: float = 120.0
    memory_mb: int = 2048
    max_boxes: int = 50_000
    max_depth: int = 16
    threads: int = 0


@dataclass(frozen=True, kw_only=True)
class MediaInfo:
    """What a container says about itself (not verified by decoding).

    Sizes in px, times in seconds; ``fps`` is 0 and ``duration_s`` None where the container does not say.
    ``rotation_deg`` is the display rotation that the pixel data still needs, as stored.
    """

    width: int
    height: int
    fps: float
    duration_s: float | None
    video_codec: str
    audio_codec: str | None
    audio_rate: int | None
    audio_channels: int
    container: str


@dataclass
class ReadNotes:
    """What a reading pass left out, in words for a report. Filled while frames are drawn."""

    notes: list[str] = field(default_factory=list)

    def add(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def check_file(path: str | Path, limits: Limits) -> None:
    """Look at the size and, for MP4, at the box structure, before any decoder sees the file.

    Raises:
        MediaError: ``not_found``, ``unreadable``, ``too_large`` or ``too_complex``.
    """
    try:
        with Path(path).open("rb") as file:
            size = file.seek(0, 2)
            if size == 0:
                raise MediaError(f"{path} is empty", code="unreadable")
            if size > limits.max_bytes:
                raise MediaError(
                    f"{path} has {size} bytes, more than the {limits.max_bytes} allowed",
                    code="too_large",
                    hint="Raise Limits.max_bytes if you trust the file.",
                )
            file.seek(0)
            if file.read(8)[4:8] in _BOX_STARTS:
                _walk_boxes(file, size, limits)
    except FileNotFoundError as error:
        raise MediaError(f"no file at {path}", code="not_found", hint="Give the path of a video.") from error
    except OSError as error:
        raise MediaError(f"cannot read {path}: {error.strerror}", code="unreadable") from error


def _walk_boxes(file: BinaryIO, size: int, limits: Limits) -> None:
    """Count boxes without recursion; a box that lies about its size ends its level (decoders do the same)."""
    levels: list[tuple[int, int, int]] = [(0, size, 1)]
    count = 0
    while levels:
        position, end, depth = levels.pop()
        if end - position < 8:
            continue
        file.seek(position)
        head = file.read(16)
        if len(head) < 8:
            continue
        length = struct.unpack(">I", head[:4])[0]
        header = 8
        if length == 1 and len(head) == 16:
            length, header = struct.unpack(">Q", head[8:])[0], 16
        elif length == 0:
            length = end - position
        count += 1
        if count > limits.max_boxes or depth > limits.max_depth:
            raise MediaError(
                f"the file has more than {limits.max_boxes} boxes, or nests deeper than {limits.max_depth}",
                code="too_complex",
                hint="Such files are made to exhaust readers; re-encode it if it is your own.",
            )
        if length < header:
            continue
        stop = min(position + length, end)
        if stop < end:
            levels.append((stop, end, depth))
        if head[4:8] in _CONTAINER_BOXES:
            # In MP4 "meta" begins with four bytes of version and flags; in QuickTime files it does not.
            flags = 4 if head[4:8] == b"meta" and header == 8 and head[12:16] != b"hdlr" else 0
            levels.append((position + header + flags, stop, depth + 1))


@contextmanager
def open_media(path: str | Path, limits: Limits) -> Iterator[av.container.InputContainer]:
    check_file(path, limits)
    # An open file, not a name: the demuxer then has no folder, pattern or address to follow.
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(path).open("rb"))
            container: av.container.InputContainer = stack.enter_context(
                av.open(
                    file,
                    mode="r",
                    options={"protocol_whitelist": "none", "format_whitelist": _FORMATS},
                    timeout=limits.wall_s,
                    metadata_errors="replace",
                    buffer_size=1 << 18,
                )
            )
        except (av.error.FFmpegError, OSError, ValueError, MemoryError) as error:
            message = f"{path} is not a video that can be read: {reason(error)}"
            raise MediaError(message, code="unreadable") from error
        yield container


def reason(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error)


def probe(path: str | Path, limits: Limits | None = None) -> MediaInfo:
    """What the container says: size, rate, duration, codecs.

    Raises:
        MediaError: any code of that class.
    """
    limits = limits or Limits()
    with open_media(path, limits) as container:
        return describe(container, path, limits)


def describe(container: av.container.InputContainer, path: str | Path, limits: Limits) -> MediaInfo:
    if not container.streams.video:
        raise MediaError(f"{path} has no video stream", code="no_video", hint="Give a file with a picture.")
    video = container.streams.video[0]
    audio = container.streams.audio[0] if container.streams.audio else None
    if audio is not None and not _has_decoder(audio):
        audio = None
    if not _has_decoder(video):
        raise MediaError(f"{path} has a video stream that cannot be decoded", code="unreadable")
    if video.width <= 0 or video.height <= 0:
        raise MediaError(f"{path} has a video stream without a picture size", code="unreadable")
    if video.width * video.height > limits.max_pixels:
        raise MediaError(
            f"{path} has {video.width}x{video.height} px, more than the {limits.max_pixels} allowed",
            code="too_many_pixels",
            hint="Raise Limits.max_pixels if you trust the file.",
        )
    duration = container.duration / 1e6 if container.duration and container.duration > 0 else None
    rate = video.average_rate or video.guessed_rate
    return MediaInfo(
        width=video.width,
        height=video.height,
        fps=float(rate) if rate else 0.0,
        duration_s=duration,
        video_codec=video.codec_context.name,
        audio_codec=audio.codec_context.name if audio else None,
        audio_rate=audio.codec_context.sample_rate if audio else None,
        audio_channels=audio.codec_context.channels if audio else 0,
        container=container.format.name,
    )


def _has_decoder(stream: av.VideoStream | av.AudioStream) -> bool:
    """A stream of a codec that nobody knows has no context, and every other attribute of it raises."""
    return getattr(stream, "codec_context", None) is not None


def read_sound(
    path: str | Path, limits: Limits | None = None, *, notes: ReadNotes | None = None
) -> NDArray[np.float32] | None:
    """The first audio stream as float32[channels, samples] in −1..1 at 48 kHz (at most 2 channels), or None.

    Raises:
        MediaError: if the file cannot be opened as media. Damaged sound ends early, with a note.
    """
    limits = limits or Limits()
    notes = notes or ReadNotes()
    with open_media(path, limits) as container:
        if not container.streams.audio:
            return None
        stream = container.streams.audio[0]
        if not _has_decoder(stream):
            notes.add("the sound is of a codec that is not known here")
            return None
        if not stream.codec_context.sample_rate or stream.codec_context.channels < 1:
            notes.add("the sound stream does not say its sample rate or channels")
            return None
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        parts = _sound_parts(container, stream, layout, limits, notes)
    if not parts:
        return None
    return np.ascontiguousarray(np.concatenate(parts, axis=1))


def _sound_parts(
    container: av.container.InputContainer,
    stream: av.AudioStream,
    layout: str,
    limits: Limits,
    notes: ReadNotes,
) -> list[NDArray[np.float32]]:
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=SOUND_RATE)
    parts: list[NDArray[np.float32]] = []
    budget = int(limits.max_seconds * SOUND_RATE)
    began = time.monotonic()
    total = 0
    try:
        for frame in itertools.chain(container.decode(stream), [None]):  # None flushes the resampler
            for piece in resampler.resample(frame):
                samples = np.nan_to_num(piece.to_ndarray().astype(np.float32), posinf=0.0, neginf=0.0)
                parts.append(np.clip(samples, -4.0, 4.0))
                total += samples.shape[1]
            if total > budget:
                notes.add(f"only the first {limits.max_seconds:g} s of sound were read")
                break
            if time.monotonic() - began > limits.wall_s:
                notes.add(f"reading the sound was stopped after {limits.wall_s:g} s")
                break
    except (av.error.FFmpegError, OSError, ValueError, MemoryError) as error:
        notes.add(f"the sound is damaged or cut off: {reason(error)}")
    return parts
