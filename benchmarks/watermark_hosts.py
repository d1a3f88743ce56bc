# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Videos that carry a picture mark, for the watermark benchmarks: natural clips marked here, and ads as delivered."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from attacks import ffmpeg
from numpy.typing import NDArray

from adseal_provenance.watermark.keyring import Keyring
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.picture import PictureMarker, Profile

Planes = NDArray[np.uint8]
LINES = 720
LOCATOR = "5ea1ad5ea1ad"
KEY = WatermarkKey(bytes(range(32)))


@dataclass(frozen=True)
class Host:
    """A marked video.

    Attributes:
        name: for tables.
        path: of the marked video.
        key, locator: of the mark.
        clean: the same without the mark, where it is at hand.
        psnr, vmaf: of the luma against the unmarked frames, None where those are not at hand.
        mark_ms: CPU time of marking a frame; None where it was not marked here.
    """

    name: str
    path: Path
    key: WatermarkKey
    locator: str
    clean: Path | None = None
    psnr: float | None = None
    vmaf: float | None = None
    mark_ms: float | None = None


def frames_of(path: Path, seconds: float, lines: int | None = LINES) -> tuple[Iterator[Planes], float]:
    """The first seconds of a video as yuv420p planes ``[H * 3 / 2, W]``, brought to ``lines``, and its rate."""
    with av.open(str(path)) as container:
        fps = float(container.streams.video[0].average_rate or 25)

    def frames() -> Iterator[Planes]:
        with av.open(str(path)) as container:
            for frame in itertools.islice(container.decode(video=0), round(seconds * fps)):
                if lines and frame.height != lines:
                    width = frame.width * lines // frame.height // 2 * 2
                    frame = frame.reformat(width=width, height=lines)  # noqa: PLW2901
                yield np.ascontiguousarray(frame.to_ndarray(format="yuv420p"))

    return frames(), fps


def write(path: Path, frames: Iterator[Planes], fps: float, options: dict[str, str]) -> None:
    """Encode yuv420p planes as H.264."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        stream.pix_fmt, stream.options = "yuv420p", {"preset": "veryfast", **options}
        for planes in frames:
            if not stream.codec_context.is_open:
                stream.width, stream.height = planes.shape[1], planes.shape[0] * 2 // 3
            out.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        out.mux(stream.encode(None))


def natural(path: Path, folder: Path, profile: Profile, seconds: float) -> Host:
    """Mark the first seconds of a clip, at 720 lines and without loss, and measure what that did to it."""
    marked, clean = folder / f"{path.stem}.mkv", folder / f"{path.stem}.clean.mkv"
    squared, spent, count = 0.0, 0.0, 0
    frames, fps = frames_of(path, seconds)

    def marking() -> Iterator[Planes]:
        nonlocal squared, spent, count
        marker: PictureMarker | None = None
        for planes in frames:
            height, width = planes.shape[0] * 2 // 3, planes.shape[1]
            marker = marker or PictureMarker(KEY, LOCATOR, width, height, profile=profile)
            luma = np.ascontiguousarray(planes[:height])
            began = time.process_time()
            changed = marker.mark(luma)
            spent += time.process_time() - began
            squared += float(np.mean((changed.astype(np.float32) - luma) ** 2))
            count += 1
            yield np.concatenate([changed, planes[height:]])

    write(marked, marking(), fps, {"qp": "0"})
    write(clean, frames_of(path, seconds)[0], fps, {"qp": "0"})
    psnr = 10 * np.log10(255**2 / max(squared / count, 1e-9))
    return Host(
        path.stem,
        marked,
        KEY,
        LOCATOR,
        clean=clean,
        psnr=round(psnr, 2),
        vmaf=vmaf(marked, clean),
        mark_ms=round(1000 * spent / count, 2),
    )


def vmaf(marked: Path, clean: Path) -> float:
    """VMAF 0.6.1 of one video against another of the same length."""
    said = ffmpeg(["-i", str(marked), "-i", str(clean), "-lavfi", "libvmaf", "-f", "null", "-"])
    score = re.search(r"VMAF score: ([\d.]+)", said)
    if score is None:
        raise RuntimeError(f"ffmpeg gave no VMAF score: {said[-300:]}")
    return round(float(score[1]), 2)


def delivered(folder: Path, home: Path, count: int) -> list[Host]:
    """Finished vertical ads that `adseal demo` or `adseal render` left in ``folder``, with the home's own keys."""
    from adseal_provenance.watermark.detect import detect_file

    keys = Keyring(home / "watermark").all()
    hosts: dict[str, Host] = {}
    for path in sorted(folder.glob("*9x16*/ad.mp4")):
        detection, _ = detect_file(path, keys)
        mark = next(m for m in detection.marks if m.algorithm.startswith("io.adseal.picture"))
        key = next(k for k in keys if k.key_id == mark.key_id)
        name = path.parent.name.split("_")[1]
        hosts.setdefault(name, Host(f"ad {name}", path, key, mark.id))
    return list(hosts.values())[:count]
