# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Our picture mark beside invisible-watermark and blind-watermark: same clips, same attacks, same run.

Method. The first 25 frames of each clip, at 720 lines, are marked by each method and stored without loss (4:2:0), then
attacked with every attack of `attacks.py` and read. "Recovered" means that every bit is right. The peers read through
their own code and are told what they need: the length of the message, and the size the video had: where the attack
changed that, the picture is read as it is and once more brought back to the old size, and the better reading counts.
dwtDct and dwtDctSvd read 8 frames spread over the video, blind-watermark 4, rivaGan 1 (it needs seconds for each).
Messages have 64 bits (rivaGan: 32, it can do no more; ours: a 48-bit locator, protected by a CRC-32). Ours is read as
`adseal verify` reads files, and is told nothing; a peer has no way to say that what it read is wrong, ours has.

Times are CPU times (`process_time`) on one thread. Marking: without decoding, encoding and conversion of colours; ours
with making its pattern. Reading: of a whole attacked file with decoding, the mean over all attacks; of the peers'
second reading at the old size nothing is counted, of ours everything is: search, fingerprint, and the confirmation that
follows where nothing could be read. "Frame" then divides by the frames that were looked at.

    pip install invisible-watermark==0.2.0 blind-watermark==0.4.4 onnxruntime
    python benchmarks/watermark_peers.py --clips DIR [--clip bee bunny] [--only NAME ...] [--method NAME ...]
        [--json benchmarks/results/watermark_peers.json] [--picture docs/images/watermark-peers.png]
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from attacks import ATTACKS, run
from watermark import judge
from watermark_hosts import Planes, frames_of, write
from watermark_peers_methods import NAMES, Adseal, Peer, Picture, colours, method, of_size, subsampled
from watermark_peers_report import Cell, Made, publish

log = logging.getLogger("watermark_peers")

FRAMES = 25
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_OURS_PER_S = 25.0  # how many frames of a second our detector looks at, at most


@dataclass(frozen=True)
class Clip:
    """A clip before any mark.

    Attributes:
        planes: yuv420p of its first frames.
        other: a file of another clip, to put beside it.
    """

    name: str
    planes: list[Planes]
    fps: float
    other: Path


def load(folder: Path, names: Sequence[str] | None, place: Path) -> list[Clip]:
    """The clips of those names, all without any, each with the next one of the folder beside it.

    Raises:
        SystemExit: there are too few, or one is not there.
    """
    paths = sorted(folder.glob("*.mp4"))
    chosen = [path for path in paths if not names or path.stem in names]
    if len(paths) < 2 or len(chosen) < len(names or ()):
        raise SystemExit(f"{folder} needs two clips or more, and all that --clip names")
    clips = []
    for path in chosen:
        beside = paths[(paths.index(path) + 1) % len(paths)]
        other = place / f"{path.stem}.other.mkv"
        beside_frames, beside_fps = frames_of(beside, 10.0)
        write(other, islice(beside_frames, FRAMES), beside_fps, {"qp": "0"})
        frames, fps = frames_of(path, 10.0)
        clips.append(Clip(path.stem, list(islice(frames, FRAMES)), fps, other))
    return clips


def marked(clip: Clip, how: Adseal | Peer, path: Path) -> Made:
    """Mark a clip, store it without loss, and measure what that did to it."""
    spent = 0.0
    luma, colour = [], []

    def frames() -> Iterator[Planes]:
        nonlocal spent
        for planes in clip.planes:
            given = planes if how.planes else colours(planes)
            began = time.process_time()
            changed = how.mark(given)
            spent += time.process_time() - began
            stored = changed if how.planes else subsampled(changed)
            height = stored.shape[0] * 2 // 3
            luma.append(_squared(stored[:height], planes[:height]))
            colour.append(_squared(colours(stored), colours(planes)))
            yield stored

    write(path, frames(), clip.fps, {"qp": "0"})
    return Made(
        clip=clip.name,
        method=how.name,
        luma_psnr=_psnr(luma),
        colour_psnr=_psnr(colour),
        mark_ms=round(1000 * spent / len(clip.planes), 2),
    )


def read(path: Path, clip: Clip, how: Adseal | Peer) -> tuple[bool, float | None, float, int, str]:
    """Read an attacked file: recovered, share of right bits, CPU seconds, frames looked at, a remark."""
    if isinstance(how, Adseal):
        outcome, log10_p, spent = judge(path)
        count = min(_count(path), max(round(_OURS_PER_S * FRAMES / clip.fps), 1))
        said = outcome if log10_p is None else f"{outcome}, log10 p {log10_p:.1f}"
        return outcome == "blind", 1.0 if outcome == "blind" else None, spent, count, said
    pictures, decoding = _pictures(path, how.frames)
    began = time.process_time()
    try:
        right = float(np.mean(how.read(pictures) == how.message))
    except (RuntimeError, AssertionError) as error:  # too small a picture for it
        return False, 0.5, decoding + time.process_time() - began, len(pictures), str(error)[:60]
    spent = decoding + time.process_time() - began
    height, width = clip.planes[0].shape[0] * 2 // 3, clip.planes[0].shape[1]
    if right < 1 and pictures[0].shape[:2] != (height, width):
        restored = [of_size(picture, (height, width)) for picture in pictures]
        right = max(right, float(np.mean(how.read(restored) == how.message)))
    return right == 1, round(right, 4), spent, len(pictures), ""


def cells(clip: Clip, how: Adseal | Peer, made: Path, names: Sequence[str], folder: Path) -> Iterator[Cell]:
    """All attacks on one marked clip."""
    for name in ("none", *names):
        (place := folder / name).mkdir()
        attacked = made if name == "none" else run(name, made, place, clip.other)
        recovered, right, spent, looked, remark = read(attacked, clip, how)
        if attacked != made:
            attacked.unlink()
        log.info("%s, %s, %s: %s %s %s", clip.name, how.name, name, recovered, right, remark)
        family = "none" if name == "none" else ATTACKS[name].family
        yield Cell(clip.name, how.name, name, family, recovered, right, round(spent, 3), looked, remark)


def _pictures(path: Path, count: int) -> tuple[list[Picture], float]:
    """So many frames, spread over a file, and the CPU time of decoding it; conversion to BGR is not counted."""
    began = time.process_time()
    with av.open(str(path)) as container:
        container.streams.video[0].thread_count = 1
        frames = list(container.decode(video=0))
    spent = time.process_time() - began
    places = sorted({round(at) for at in np.linspace(0, len(frames) - 1, count + 2)[1:-1]})
    return [_bgr(frames[at]) for at in places], spent


def _bgr(frame: av.VideoFrame) -> Picture:
    if frame.format.name == "yuv420p":
        return colours(np.ascontiguousarray(frame.to_ndarray()))
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _count(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def _squared(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.mean((one.astype(np.float32) - other) ** 2))


def _psnr(squares: Sequence[float]) -> float:
    return round(float(10 * np.log10(255**2 / max(float(np.mean(squares)), 1e-9))), 2)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="folder of two or more, *.mp4")
    parser.add_argument(
        "--clip", nargs="*", metavar="NAME", help="of the clips, without .mp4; all if not given"
    )
    parser.add_argument("--only", nargs="*", choices=sorted(ATTACKS), metavar="NAME", help="of the attacks")
    parser.add_argument("--method", nargs="*", choices=NAMES, default=list(NAMES))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", type=Path, help="a PNG of what each method recovers")
    given = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in _ONE_THREAD.items()):
        # numpy's libraries read these only once, when they are loaded
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **_ONE_THREAD})
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    cv2.setNumThreads(1)
    began = sum(os.times()[:4])
    makers = [method(name) for name in dict.fromkeys(given.method)]
    made: list[Made] = []
    found: list[Cell] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clips = load(given.clips, given.clip, folder)
        for clip in clips:
            for how in makers:
                (place := folder / f"{clip.name}.{how.name}").mkdir()
                # a marker has a memory, so each clip gets a fresh one
                fresh = method(how.name)
                made.append(marked(clip, fresh, place / "marked.mkv"))
                log.info("%s", made[-1])
                found += cells(clip, fresh, place / "marked.mkv", given.only or list(ATTACKS), place)
                spent = sum(os.times()[:4]) - began  # with ffmpeg's
                # written as it grows: what was measured is kept if the run is stopped
                text = publish(made, found, makers, spent, json_to=given.json, picture_to=given.picture)
    print(text)


if __name__ == "__main__":
    main()
