# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How often the picture mark's detector is wrong: full searches where none of the keys searched for is in the video.

Method. Two seconds from a random place of a natural clip, at 720 lines, are left unmarked, marked with another key, or
given another method's public mark (dwtDctSvd); then go through a random attack of `attacks.py`, or none. Each video is
searched whole for 25 fresh random keys by the detector itself; one key in one video is one search. For every search the
highest z over all places of the lattice is kept. Theory: the highest of N independent standard normal values, N being
the places tried; neighbouring places are not independent, so it should lie a little below. A search whose z would let
that key alone look at a message's CRC is done again with that key alone. What is read by any of them is wrong.

A run adds to what the JSON file holds already, so a long one may be stopped and gone on with.

    python benchmarks/watermark_null.py --clips DIR [--searches 5000] [--json benchmarks/results/watermark_null.json]
        [--picture docs/images/watermark-null.png]
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from attacks import ATTACKS, run
from watermark_hosts import LOSSLESS, Planes, frames_of, write

from adseal_provenance.reading.frames import coded_frames
from adseal_provenance.reading.media import Limits
from adseal_provenance.watermark import picture_detect
from adseal_provenance.watermark.chance import log10_tail
from adseal_provenance.watermark.code import CRC_LOG10_P
from adseal_provenance.watermark.foreign.wavelet import WaveletMark
from adseal_provenance.watermark.keys import PATTERNS, WatermarkKey
from adseal_provenance.watermark.picture import PictureMarker
from adseal_provenance.watermark.picture_detect import PictureDetector
from adseal_provenance.watermark.picture_evidence import PictureEvidence
from adseal_provenance.watermark.picture_message import BY_CRC_LOG10_P
from adseal_provenance.watermark.picture_search import FOLD, Candidate, Geometry, Search

log = logging.getLogger("watermark_null")

KEYS = 25
SECONDS = 2.0


@dataclass
class Recording(Search):
    """A search that keeps the highest z of every template, and how many places were tried for each."""

    def look(
        self, geometry: Geometry, orientations: tuple[int, ...], *, exactly: bool = True
    ) -> list[Candidate]:
        found = super().look(geometry, orientations, exactly=exactly)
        for candidate in found:
            highest[candidate.template] = max(highest[candidate.template], candidate.z)
        places[0] += len(orientations) * FOLD * FOLD * PATTERNS
        return found


highest = [0.0] * (KEYS * PATTERNS)
places = [0]


def video(clips: list[Path], number: int, folder: Path) -> tuple[Path, str]:
    """The video of one number, always the same, and what it is."""
    random = np.random.default_rng(number)
    clip = clips[number % len(clips)]
    with av.open(str(clip)) as container:
        length = float(container.duration or 0) / av.time_base
    frames, fps = frames_of(clip, length)
    start, kept = int(random.uniform(0, max(length - SECONDS, 0.0)) * fps), round(SECONDS * fps)
    window = (planes for index, planes in enumerate(frames) if start <= index < start + kept)
    kind = ("unmarked", "another key", "dwtDctSvd")[number // len(clips) % 3]
    write(path := folder / "video.mkv", _marked(window, kind, random), fps, LOSSLESS)
    attack = str(random.choice(["none", *ATTACKS]))
    if attack != "none":
        path = run(attack, path, folder, path)
    return path, f"{clip.stem}, {kind}, {attack}"


def _marked(frames: Iterator[Planes], kind: str, random: np.random.Generator) -> Iterator[Planes]:
    marker: PictureMarker | None = None
    foreign = WaveletMark("dwtDctSvd", 48)
    bits = random.integers(0, 2, 48).tolist()
    key, locator = WatermarkKey(random.bytes(32)), random.bytes(6).hex()
    for planes in frames:
        height, width = planes.shape[0] * 2 // 3, planes.shape[1]
        if kind == "another key":
            marker = marker or PictureMarker(key, locator, width, height)
            luma = marker.mark(np.ascontiguousarray(planes[:height]))
            yield np.concatenate([luma, planes[height:]])
        elif kind == "dwtDctSvd":
            colours = av.VideoFrame.from_ndarray(planes, format="yuv420p").to_ndarray(format="rgb24")
            (changed,) = foreign.embed([colours], bits)
            yield av.VideoFrame.from_ndarray(changed, format="rgb24").to_ndarray(format="yuv420p")
        else:
            yield planes


def search(path: Path, number: int) -> dict[str, object]:
    """All keys in one video: their highest z, and everything that was read."""
    evidence, last = PictureEvidence(), 0.0
    for frame in coded_frames(path, Limits(threads=1), short_side=1080, per_second=25.0):
        evidence.add(*frame)
        last = frame.t_s
    evidence.finish(last + 0.04)
    random = np.random.default_rng([number, 1])
    keys = [WatermarkKey(random.bytes(32)) for _ in range(KEYS)]
    highest[:], places[0] = [0.0] * len(highest), 0
    began = time.process_time()
    wrong = [mark.id for mark in PictureDetector(keys).find(evidence)]
    spent = time.process_time() - began
    best = [max(highest[i * PATTERNS : (i + 1) * PATTERNS]) for i in range(KEYS)]
    tried = places[0]
    alone = [i for i, z in enumerate(best) if tried and _reads(z, tried)]
    for i in alone:
        wrong += [mark.id for mark in PictureDetector([keys[i]]).find(evidence)]
    return {
        "z": [round(z, 3) for z in best],
        "places": tried,
        "read": len(alone),
        "wrong": wrong,
        "cpu_s": round(spent, 1),
    }


def _reads(z: float, tried: int) -> bool:
    return min(0.0, math.log10(tried) + log10_tail(z)) + CRC_LOG10_P <= BY_CRC_LOG10_P


def quantile(share: float, tried: float) -> float:
    """z below which the highest of ``tried`` standard normal values stays with this chance."""
    low, high = 0.0, 12.0
    wanted = math.log10(-math.log(share)) - math.log10(tried)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if log10_tail(middle) > wanted else (low, middle)
    return low


def summary(rows: list[dict[str, object]]) -> dict[str, object]:
    """What the run shows, beside what theory expects."""
    searched = [row for row in rows if row["places"]]
    z = np.concatenate([np.asarray(row["z"]) for row in searched])
    tried = float(np.median([row["places"] for row in searched]))
    shares = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)
    return {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, one thread",
        "videos": len(rows),
        "flat_videos": len(rows) - len(searched),
        "searches": len(z),
        "wrong": sum(len(row["wrong"]) for row in rows),
        "messages_read": sum(row["read"] for row in rows),
        "places_per_search": int(tried),
        "quantiles": [
            {
                "share": share,
                "measured": round(float(np.quantile(z, share)), 3),
                "theory": round(quantile(share, tried), 3),
            }
            for share in shares
        ],
        "highest": round(float(z.max()), 3),
        "cpu_s_a_search": round(sum(row["cpu_s"] for row in searched) / len(z), 2),
    }


def chart(rows: list[dict[str, object]], path: Path) -> None:
    """Measured distribution of the highest z (bars) and the theory's (line)."""
    z = np.concatenate([np.asarray(row["z"]) for row in rows if row["places"]])
    tried = float(np.median([row["places"] for row in rows if row["places"]]))
    edges = np.arange(4.8, 7.2, 0.05)
    counts, _ = np.histogram(z, edges)
    expected = np.diff([math.exp(-tried * 10 ** log10_tail(e)) for e in edges]) * len(z)
    top = max(counts.max(), expected.max()) * 1.15
    high, left, wide = 320, 50, 16
    sheet = np.full((high + 60, left + wide * len(counts) + 20, 3), 255, np.uint8)
    for i, count in enumerate(counts):
        x = left + i * wide
        cv2.rectangle(
            sheet, (x + 1, high), (x + wide - 1, high - round(high * count / top)), (200, 160, 90), -1
        )
        if i % 4 == 0:
            cv2.putText(
                sheet,
                f"{edges[i]:.1f}",
                (x - 10, high + 20),
                cv2.FONT_HERSHEY_SIMPLEX,
                0.42,
                (40, 40, 40),
                1,
                16,
            )
    line = [(left + i * wide + wide // 2, high - round(high * e / top)) for i, e in enumerate(expected)]
    cv2.polylines(sheet, [np.array(line, np.int32)], False, (50, 50, 210), 2, cv2.LINE_AA)
    text = f"highest z of {len(z)} searches without the mark; line: highest of {tried:.2g} normal values"
    cv2.putText(sheet, text, (left, high + 45), cv2.FONT_HERSHEY_SIMPLEX, 0.48, (40, 40, 40), 1, cv2.LINE_AA)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="folder of *.mp4")
    parser.add_argument("--searches", type=int, default=5000)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    cv2.setNumThreads(1)
    picture_detect.Search = Recording
    rows = json.loads(given.json.read_text())["rows"] if given.json.exists() else []
    started, before, clips = time.monotonic(), len(rows), sorted(given.clips.glob("*.mp4"))
    while (wanted := math.ceil(given.searches / KEYS)) > len(rows):
        with tempfile.TemporaryDirectory() as folder:
            path, what = video(clips, len(rows), Path(folder))
            rows.append({"video": what, **search(path, len(rows))})
        left = (time.monotonic() - started) / (len(rows) - before) * (wanted - len(rows))
        log.info(
            "%d of %d, %.0f s left: %s: highest z %.2f", len(rows), wanted, left, what, max(rows[-1]["z"])
        )
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps({**summary(rows), "rows": rows}) + "\n", encoding="utf-8")
    if given.picture:
        chart(rows, given.picture)
    print(json.dumps(summary(rows), indent=1))


if __name__ == "__main__":
    main()
