# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Videos that carry a picture mark, for the watermark benchmarks: natural clips, and ads as they are delivered."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from attacks import ffmpeg
from numpy.typing import NDArray

from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.picture import PictureMarker, Profile

Planes = NDArray[np.uint8]
LINES = 720
LOCATOR = "5ea1ad5ea1ad"
LOSSLESS = {"qp": "0", "preset": "ultrafast"}
KEY = WatermarkKey(bytes(range(32)))


@dataclass(frozen=True)
class Host:
    """A marked video.

    Attributes:
        name: for tables.
        path: of the marked video.
        clean: the same without the mark.
        psnr, vmaf: of the marked frames against the unmarked ones; PSNR of the luma alone, in dB.
        vmaf_most: of the unmarked frames against themselves: VMAF gives still pictures less than 100.
        mark_ms: CPU time of marking a frame.
    """

    name: str
    path: Path
    clean: Path
    psnr: float
    vmaf: float
    vmaf_most: float
    mark_ms: float


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
    """The first seconds of a clip, marked at 720 lines and stored without loss."""
    frames, fps = frames_of(path, seconds)
    clean = folder / f"{path.stem}.clean.mkv"
    write(clean, frames, fps, LOSSLESS)
    return marked(path.stem, clean, folder, profile)


def ads(folder: Path, profile: Profile) -> Iterator[Host]:
    """The vertical ads of the example campaign, one for each brief, whole, encoded as they are delivered."""
    import adseal
    from adseal.masters import Masters
    from adseal.rendition import composed
    from adseal.studio import Studio

    studio = Studio()
    example = Path(adseal.__file__).parent / "data" / "example" / "campaign.yaml"
    masters = Masters(studio.home.cache / "clips", studio.generator)
    plans = {plan.brief: plan for plan in studio.plan(example) if plan.height > plan.width}
    for name, plan in plans.items():
        clean = folder / f"ad-{name}.clean.mkv"
        planes = (
            np.concatenate([f.y.reshape(-1), f.u.reshape(-1), f.v.reshape(-1)]).reshape(-1, plan.width)
            for f in composed(plan, masters)
        )
        write(clean, planes, float(plan.fps), LOSSLESS)
        host = marked(f"ad {name}", clean, folder, profile)
        frames, fps = frames_of(host.path, plan.duration_s, None)
        write(delivered := folder / f"ad-{name}.mp4", frames, fps, {"crf": "20"})
        yield replace(host, path=delivered)


def marked(name: str, clean: Path, folder: Path, profile: Profile) -> Host:
    """Mark a losslessly stored video, store the result without loss, and measure what that did to the picture."""
    path = folder / f"{clean.stem}.marked.mkv"
    squared, spent, count = 0.0, 0.0, 0
    frames, fps = frames_of(clean, 1e6, None)

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

    write(path, marking(), fps, LOSSLESS)
    psnr = 10 * np.log10(255**2 / max(squared / count, 1e-9))
    return Host(
        name,
        path,
        clean=clean,
        psnr=round(psnr, 2),
        vmaf=vmaf(path, clean),
        vmaf_most=vmaf(clean, clean),
        mark_ms=round(1000 * spent / count, 2),
    )


def vmaf(marked: Path, clean: Path) -> float:
    """VMAF 0.6.1 of one video against another of the same length."""
    said = ffmpeg(["-i", str(marked), "-i", str(clean), "-lavfi", "libvmaf", "-f", "null", "-"])
    score = re.search(r"VMAF score: ([\d.]+)", said)
    if score is None:
        raise RuntimeError(f"ffmpeg gave no VMAF score: {said[-300:]}")
    return round(float(score[1]), 2)
