# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Small clips for the watermark tests: ad-like pictures, simple music, and what platforms do to a video."""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.reading.frames import luma_frames
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.picture import PictureMarker

Plane = NDArray[np.uint8]
Sound = NDArray[np.float32]

KEY = WatermarkKey(bytes(range(32)))
OTHER_KEY = WatermarkKey(bytes(range(1, 33)))
LOCATOR = "0123456789ab"


def ad(
    seed: int = 1, *, width: int = 540, height: int = 960, seconds: float = 2.0, fps: int = 12
) -> Iterator[Plane]:
    """Drifting gradient, soft lights, a shaded product and a headline: smooth, like a rendered ad."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height:2, 0:width:2].astype(np.float32)
    lights = random.uniform([0, 0, 0.05, 15, -30, -30], [width, height, 0.2, 60, 30, 30], (7, 6))
    tilt = random.uniform(-60, 60, 2)
    text = np.zeros((height, width), np.uint8)
    word = "".join(chr(c) for c in random.integers(65, 91, 8))
    size = min(width, height) / 400
    cv2.putText(text, word, (width // 12, height // 4), cv2.FONT_HERSHEY_DUPLEX, size, 255, 3, cv2.LINE_AA)
    centre = random.uniform(0.35, 0.65, 2) * [width, height]
    for i in range(round(seconds * fps)):
        t = i / fps
        ground = 90 + tilt[0] * columns / width + tilt[1] * rows / height + 10 * np.sin(columns / 90 + t)
        for x, y, radius, level, dx, dy in lights:
            away = np.hypot(columns - x - dx * t, rows - y - dy * t)
            ground = ground + level / (1 + np.exp((away - radius * min(width, height)) / 4))
        across, down = np.abs(columns - centre[0]), np.abs(rows - centre[1])
        shade = 60 + 110 * np.cos(across / (width * 0.15))
        ground = np.where((across < width * 0.15) & (down < height * 0.12), shade, ground)
        frame = cv2.resize(ground.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        frame += random.normal(0, 0.8, frame.shape).astype(np.float32)
        frame += (228 - frame) * (text.astype(np.float32) / 255)
        yield np.rint(np.clip(frame, 16, 235)).astype(np.uint8)


def marked(frames: Iterable[Plane], key: WatermarkKey = KEY, locator: str = LOCATOR) -> Iterator[Plane]:
    marker: PictureMarker | None = None
    for frame in frames:
        marker = marker or PictureMarker(key, locator, frame.shape[1], frame.shape[0])
        yield marker.mark(frame)


def encode(
    path: Path,
    frames: Iterable[Plane],
    *,
    fps: float = 12,
    crf: int = 20,
    sound: Sound | None = None,
    bit_rate: int = 128_000,
) -> Path:
    """H.264 (and AAC at 48 kHz) in MP4, encoded in this process."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        video.pix_fmt, video.options = "yuv420p", {"crf": str(crf), "preset": "veryfast"}
        audio = None
        if sound is not None:
            audio = out.add_stream("aac", rate=48_000, layout="stereo" if len(sound) == 2 else "mono")
            audio.bit_rate = bit_rate
        first = True
        for luma in frames:
            height, width = luma.shape
            if first:
                video.width, video.height, first = width, height, False
            planes = np.full((height * 3 // 2, width), 128, np.uint8)
            planes[:height] = luma
            out.mux(video.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        out.mux(video.encode(None))
        if sound is not None and audio is not None:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", audio.layout.name)
            frame.sample_rate = 48_000
            out.mux(audio.encode(frame))
            out.mux(audio.encode(None))
    return path


def edited(
    source: Path,
    target: Path,
    change: Callable[[Plane], Plane],
    *,
    crf: int = 23,
    fps: float = 12,
    keep: slice = slice(None),
) -> Path:
    """Decode, change every frame, encode again: one step of a platform."""
    frames = [change(luma) for _, luma in luma_frames(source, short_side=4096)][keep]
    return encode(target, (np.ascontiguousarray(f) for f in frames), crf=crf, fps=fps)


def music(seconds: float, seed: int = 0) -> Sound:
    """Plucked chords and soft noise bursts, stereo, 48 kHz."""
    random = np.random.default_rng(seed)
    out = np.zeros((2, int(seconds * 48_000)))
    for start in range(0, out.shape[1], 24_000):
        t = np.arange(min(72_000, out.shape[1] - start)) / 48_000
        chord = 0.05 * random.normal(size=len(t)) * np.exp(-40 * t)
        for note in random.integers(0, 24, 3):
            pitch = 220 * 2 ** (note / 12)
            for h in range(1, 9):
                chord += 0.05 / h * np.sin(2 * np.pi * pitch * h * t + random.uniform(0, 6)) * np.exp(-3 * t)
        out[:, start : start + len(t)] += np.array([[1.0], [0.8]]) * chord
    return np.asarray(out, np.float32)
