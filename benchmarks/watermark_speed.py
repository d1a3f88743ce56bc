# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What the picture mark costs at 1080 lines, on one core, beside decoding and encoding the same video in the same run.

Method. A clip is brought to 1920 x 1080 and stored (H.264, CRF 18). CPU time of this process, one thread everywhere:
decoding every frame, encoding it (x264 veryfast, CRF 20), marking it, and detecting as `adseal detect` does (reading
without the mark's search counts as decoding). Frames a second of detection count every frame of the video, looked at or
not. The full search is of the same video without a mark. Memory is the highest of a fresh process that detects the
mark in 5 and in 60 seconds.

    python benchmarks/watermark_speed.py --clip FILE [--json benchmarks/results/watermark_speed.json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from watermark_hosts import KEY, LOCATOR, Planes, write

from adseal_provenance.reading.frames import coded_frames
from adseal_provenance.reading.media import Limits
from adseal_provenance.watermark.detect import detect_file
from adseal_provenance.watermark.picture import PictureMarker
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.picture_evidence import PictureEvidence

WIDTH, HEIGHT, FPS = 1920, 1080, 25
ONE = Limits(threads=1)


def planes_of(path: Path, seconds: float) -> Iterator[Planes]:
    """Frames of a clip at 1920 x 1080, forwards and backwards until there are enough."""
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        frames = [
            frame.reformat(width=WIDTH, height=HEIGHT, format="yuv420p").to_ndarray()
            for frame, _ in zip(container.decode(video=0), range(4 * FPS), strict=False)
        ]
    there_and_back = frames + frames[-2:0:-1]
    for i in range(round(seconds * FPS)):
        yield there_and_back[i % len(there_and_back)]


def marked(frames: Iterator[Planes]) -> Iterator[Planes]:
    marker = PictureMarker(KEY, LOCATOR, WIDTH, HEIGHT)
    for planes in frames:
        yield np.concatenate([marker.mark(np.ascontiguousarray(planes[:HEIGHT])), planes[HEIGHT:]])


def cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def encode(frames: list[Planes], path: Path) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=Fraction(FPS))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_count = 1
        stream.options = {"preset": "veryfast", "crf": "20"}
        for planes in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        out.mux(stream.encode(None))


def decode(path: Path) -> int:
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        return sum(1 for _ in container.decode(video=0))


def making(clip: Path, folder: Path) -> dict[str, float]:
    """CPU ms a frame of decoding, encoding and marking."""
    frames = list(planes_of(clip, 4.0))
    write(source := folder / "plain.mp4", iter(frames), FPS, {"crf": "18"})
    marker, lumas = (
        PictureMarker(KEY, LOCATOR, WIDTH, HEIGHT),
        [np.ascontiguousarray(f[:HEIGHT]) for f in frames],
    )
    seconds = {
        "decode": cpu(lambda: decode(source)),
        "encode_x264_veryfast": cpu(lambda: encode(frames, folder / "encoded.mp4")),
        "mark": cpu(lambda: [marker.mark(luma) for luma in lumas]),
    }
    return {name: round(1000 * value / len(frames), 2) for name, value in seconds.items()}


def finding(clip: Path, folder: Path, seconds: float) -> dict[str, float]:
    """Frames a second of detecting a mark in a video of some length, and the full search of an unmarked one."""
    write(path := folder / f"{seconds:g}.mp4", marked(planes_of(clip, seconds)), FPS, {"crf": "20"})
    per_second = min(max(160 / seconds, 2.0), 25.0)
    reading = cpu(lambda: [None for _ in coded_frames(path, ONE, short_side=HEIGHT, per_second=per_second)])
    found: list[str] = []
    whole = cpu(lambda: found.extend(mark.id for mark in detect_file(path, [KEY], limits=ONE)[0].marks))
    if found != [LOCATOR]:
        raise RuntimeError(f"the mark was not read: {found}")
    return {
        "seconds": seconds,
        "reading_s": round(reading, 2),
        "detecting_s": round(whole - reading, 2),
        "detect_fps": round(seconds * FPS / max(whole - reading, 1e-9)),
    }


def full_search(clip: Path, folder: Path) -> float:
    """CPU seconds of the whole search where no mark is."""
    write(path := folder / "search.mp4", planes_of(clip, 4.0), FPS, {"crf": "20"})
    evidence = PictureEvidence()
    for frame in coded_frames(path, ONE, short_side=HEIGHT, per_second=25.0):
        evidence.add(*frame)
    evidence.finish()
    found: list[object] = []
    spent = cpu(lambda: found.extend(PictureDetector([KEY]).find(evidence)))
    if found:
        raise RuntimeError("a mark was found where none is")
    return round(spent, 2)


def memory_mb(path: Path) -> float:
    """Highest memory of a fresh process that detects the mark of a file."""
    said = subprocess.run(
        [sys.executable, __file__, "--memory-of", str(path)], capture_output=True, text=True, check=True
    )
    return round(float(said.stdout), 1)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    if given.memory_of:
        detect_file(given.memory_of, [KEY], limits=ONE)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    if not given.clip:
        parser.error("--clip is needed")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        ms = making(given.clip, folder)
        found = [finding(given.clip, folder, seconds) for seconds in (5.0, 15.0, 60.0)]
        report = {
            "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, one thread",
            "picture": f"{given.clip.name} at {WIDTH}x{HEIGHT}, {FPS} fps",
            "cpu_ms_a_frame": ms,
            "mark_fps": round(1000 / ms["mark"]),
            "mark_share_of_decode_and_encode": round(
                ms["mark"] / (ms["decode"] + ms["encode_x264_veryfast"]), 3
            ),
            "detect": found,
            "full_search_cpu_s": full_search(given.clip, folder),
            "memory_mb": {f"{s:g} s": memory_mb(folder / f"{s:g}.mp4") for s in (5.0, 60.0)},
        }
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
