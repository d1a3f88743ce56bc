# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How much a picture mark survives: one clip, every attack of an attack suite, blind reading.

    python benchmarks/watermark_robustness.py SUITE_DIR [--clip FILE | --synthetic] [--seconds 4] [--only
    NAME ...]

SUITE_DIR holds ``attacks.py`` (the suite; every attack is one run of an external ffmpeg). The clip is
decoded, marked, stored at CRF 16 and attacked; "pass" means the exact 48-bit locator was read blind from the
attacked file and no other. Where reading fails, the last column says whether the known locator is still
confirmed (p < 1e-9). Peers are not included: none of the runnable open ones survives a change of geometry;
see the comparison in the docs.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from adseal_provenance.media import Limits, luma_frames
from adseal_provenance.watermark.keys import WatermarkKey
from adseal_provenance.watermark.picture import PictureMarker
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.picture_evidence import PictureEvidence

Plane = NDArray[np.uint8]
LOCATOR = "5ea1ad5ea1ad"


def synthetic(seconds: float, width: int = 1080, height: int = 1920, fps: int = 30) -> Iterator[Plane]:
    """Ad-like frames: drifting gradient, bokeh, a shaded product, large text, a little grain."""
    random = np.random.default_rng(5)
    rows, columns = np.mgrid[0:height:4, 0:width:4].astype(np.float32)
    lights = random.uniform([0, 0, 0.04, 8, -40, -40], [width, height, 0.15, 35, 40, 40], (9, 6))
    text = np.zeros((height, width), np.uint8)
    for line, y, size in (("Fresh roasted", 0.16, 2.6), ("From 4.90", 0.25, 1.8), ("Order now", 0.82, 2.0)):
        scale = size * min(width, height) / 1080
        origin = (int(0.08 * width), int(y * height))
        cv2.putText(
            text, line, origin, cv2.FONT_HERSHEY_DUPLEX, scale, 255, max(int(5 * scale), 1), cv2.LINE_AA
        )
    for i in range(round(seconds * fps)):
        t = i / fps
        ground = 85 + 35 * np.sin(columns / width * 1.7 + t * 0.15) + 60 * rows / height
        for x, y, radius, level, dx, dy in lights:
            distance = np.hypot(columns - x - dx * t, rows - y - dy * t)
            ground += level / (1 + np.exp((distance - radius * min(width, height)) / 6))
        centre = width * 0.5 + 20 * np.sin(t)
        product = (np.abs(columns - centre) < width * 0.17) & (np.abs(rows - height * 0.55) < height * 0.16)
        ground = np.where(product, 60 + 110 * np.cos((columns - centre) / (width * 0.17) * 1.3), ground)
        frame = cv2.resize(ground.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        frame += random.normal(0, 0.8, frame.shape).astype(np.float32)
        frame += (228 - frame) * (text.astype(np.float32) * (min(t / 0.4, 1.0) / 255))
        yield np.rint(np.clip(frame, 16, 235)).astype(np.uint8)


def natural(path: Path, seconds: float) -> tuple[Iterator[Plane], float]:
    with av.open(str(path)) as container:
        fps = float(container.streams.video[0].average_rate or 25)

    def frames() -> Iterator[Plane]:
        with av.open(str(path)) as container:
            for frame in itertools.islice(container.decode(video=0), round(seconds * fps)):
                yield np.ascontiguousarray(frame.to_ndarray(format="yuv420p")[: frame.height])

    return frames(), fps


def write(
    path: Path, frames: Iterator[Plane], fps: float, marker_profile: str, key: WatermarkKey
) -> dict[str, float]:
    """Mark, encode (gray picture), return mean PSNR in dB and mean milliseconds a frame."""
    squared, spent, count = 0.0, 0.0, 0
    marker: PictureMarker | None = None
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "16", "preset": "veryfast"}
        for frame in frames:
            height, width = frame.shape
            if marker is None:
                stream.width, stream.height = width, height
                profile = "quality" if marker_profile == "quality" else "robust"
                marker = PictureMarker(key, LOCATOR, width, height, profile=profile)
            began = time.process_time()
            marked = marker.mark(frame)
            spent += time.process_time() - began
            squared += float(np.mean((marked.astype(np.float32) - frame) ** 2))
            count += 1
            planes = np.full((height * 3 // 2, width), 128, np.uint8)
            planes[:height] = marked
            out.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        out.mux(stream.encode(None))
    return {"psnr": 10 * np.log10(255**2 / max(squared / count, 1e-9)), "ms": 1000 * spent / count}


def judge(path: Path, key: WatermarkKey) -> tuple[str, str, float]:
    began = time.process_time()
    evidence = PictureEvidence()
    for t_s, luma in luma_frames(path, Limits(threads=1), per_second=25, short_side=1080):
        evidence.add(t_s, luma)
    evidence.finish()
    detector = PictureDetector([key])
    marks = detector.find(evidence)
    spent = time.process_time() - began
    if marks:
        right = {mark.id for mark in marks} == {LOCATOR}
        return ("pass" if right else "WRONG ID"), f"{marks[0].log10_p:.1f}", spent
    known = detector.verify_known(evidence, [(key.key_id, LOCATOR)])
    return "fail", (f"known {known.log10_p:.1f}" if known else "gone"), spent


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suite", type=Path)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--clip", type=Path)
    source.add_argument("--synthetic", action="store_true")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--profile", choices=("robust", "quality"), default="robust")
    parser.add_argument("--background", type=Path, help="clip for the picture-in-picture attacks")
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    sys.path.insert(0, str(args.suite))
    suite: ModuleType = importlib.import_module("attacks")
    key = WatermarkKey(bytes(range(32)))
    frames, fps = (synthetic(args.seconds), 30.0) if args.clip is None else natural(args.clip, args.seconds)
    with tempfile.TemporaryDirectory() as folder:
        marked = Path(folder) / "marked.mp4"
        made = write(marked, frames, fps, args.profile, key)
        cpu = platform.processor() or platform.machine()
        print(f"machine: {cpu}, {os.cpu_count()} cores; Python {platform.python_version()}")
        name = args.clip.name if args.clip else "synthetic ad 1080x1920"
        print(f"clip: {name}, {args.seconds:g} s, profile {args.profile}")
        print(f"luma PSNR {made['psnr']:.2f} dB; marking {made['ms']:.1f} ms of CPU time a frame")
        print("| attack | blind 48 bits | log10 p | CPU s |\n|---|---|---|---|")
        passed = total = 0
        for name in ["none", *(args.only or suite.ATTACKS)]:
            target = marked
            if name != "none":
                made_file = suite.run_attack(
                    name, marked, Path(folder) / name, args.background and str(args.background)
                )
                if made_file is None:
                    print(f"| {name} | not run | | |")
                    continue
                target = Path(made_file)
            verdict, p, spent = judge(target, key)
            total, passed = total + 1, passed + (verdict == "pass")
            print(f"| {name} | {verdict} | {p} | {spent:.1f} |", flush=True)
            if target != marked:
                target.unlink()
        print(f"passed {passed} of {total}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
