# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The videos of the fingerprint benchmark: windows of real clips, attacked copies, exchanged text, spliced seconds.

Everything is made with ffmpeg from the clips beside the checkout and kept in a work folder, so that a second run
measures at once.
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from attacks import ATTACKS, ffmpeg, run, x264

#: (clip, first second, length): the first of each clip is attacked, all are registered.
WINDOWS = (
    ("bee", 0.0, 2.0),
    ("bunny", 0.0, 2.5),
    ("crystal", 0.0, 4.0),
    ("cars", 0.0, 4.0),
    ("bee", 2.0, 2.0),
    ("bunny", 2.5, 2.5),
    ("crystal", 6.0, 4.0),
    ("cars", 10.0, 4.0),
    ("cars", 20.0, 4.0),
)
ATTACKED = 4
#: What is done to a copy whose text was exchanged, or which was spliced.
AFTERWARDS = ("none_crf12", "h264_crf35", "crop10", "chain_whatsapp")
TEXTS = (("ONLY 4.90", "ONLY 9.50"), ("Try it free", "Buy it now"), ("No added sugar", "Has added sugar"))
_TEXT_SHARE = (0.055, 0.08, 0.05)  # height of the letters, of the picture's shorter side


@dataclass(frozen=True)
class Case:
    """A received video and what is true of it.

    Attributes:
        kind: ``attack``, ``text`` (exchanged), ``same_text`` (not exchanged) or ``splice``.
        original: name of the registered video that it is a copy of.
        detail: the attack, for tables.
        spliced: seconds of the received video that show something else.
    """

    kind: str
    path: Path
    original: str
    detail: str
    spliced: tuple[float, float] | None = None


def name_of(window: tuple[str, float, float]) -> str:
    return f"{window[0]}@{window[1]:g}"


def make(clips: Path, folder: Path) -> tuple[dict[str, Path], list[Case]]:
    """(registered videos by name, received videos); two at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    originals = {name_of(w): _cut(clips / f"{w[0]}.mp4", folder, w) for w in WINDOWS}
    jobs = []
    for at, window in enumerate(WINDOWS[:ATTACKED]):
        name = name_of(window)
        other = originals[name_of(WINDOWS[(at + 1) % ATTACKED])]
        jobs += [("attack", name, originals[name], attack, other) for attack in ATTACKS]
    texts = {}
    for at, window in enumerate(WINDOWS[:ATTACKED]):
        name = name_of(window)
        for number, (said, changed) in enumerate(TEXTS):
            registered = f"{name}+text{number}"
            texts[registered] = _lettered(originals[name], folder, number, said, 12)
            other = originals[name_of(WINDOWS[(at + 1) % ATTACKED])]
            forged = _lettered(originals[name], folder, number, changed, 12)
            jobs += [("text", registered, forged, attack, other) for attack in AFTERWARDS]
            jobs += [("same_text", registered, texts[registered], attack, other) for attack in AFTERWARDS]
    with ThreadPoolExecutor(2) as pool:
        cases = list(pool.map(lambda job: _case(*job, folder=folder), jobs))
    for at in (2, 3):
        name = name_of(WINDOWS[at])
        spliced = _spliced(originals[name], originals[name_of(WINDOWS[at + 4])], folder)
        for attack in AFTERWARDS:
            case = _case("splice", name, spliced, attack, originals["bee@0"], folder=folder)
            cases.append(Case("splice", case.path, name, attack, (1.0, 3.0)))
    return originals | texts, cases


def _case(kind: str, original: str, video: Path, attack: str, other: Path, *, folder: Path) -> Case:
    target = folder / f"{kind}-{video.stem}-{attack}.{ATTACKS[attack].ending}"
    if not target.exists():
        inner = folder / f"{target.name}.dir"
        inner.mkdir(exist_ok=True)
        run(attack, video, inner, other).replace(target)
        shutil.rmtree(inner)
    return Case(kind, target, original, attack)


def _cut(clip: Path, folder: Path, window: tuple[str, float, float]) -> Path:
    out = folder / f"{name_of(window)}.mp4"
    if not out.exists():
        smaller = ["-vf", "scale=-2:'min(432,ih)'"]
        part = ["-ss", f"{window[1]}", "-t", f"{window[2]}", "-i", str(clip)]
        ffmpeg([*part, *smaller, *x264(12), "-an", str(out)])
    return out


def _lettered(video: Path, folder: Path, number: int, text: str, crf: int) -> Path:
    """A headline, a price or a claim, burnt in as an ad has it."""
    import av
    import cv2
    import numpy as np

    out = folder / f"{video.stem}-{text.replace(' ', '_')}.mp4"
    if out.exists():
        return out
    with av.open(str(video)) as container:
        width, height = container.streams.video[0].width, container.streams.video[0].height
    picture = np.zeros((height, width, 4), np.uint8)
    size = _TEXT_SHARE[number] * min(width, height) / 22  # 22 px: capitals of this font at scale 1
    at = (int(width * (0.08, 0.3, 0.12)[number]), int(height * (0.9, 0.22, 0.6)[number]))
    for colour, thick in (((0, 0, 0, 255), 5), ((255, 255, 255, 255), 2)):
        thickness = max(1, round(thick * size))
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_DUPLEX, size, colour, thickness, cv2.LINE_AA)
    png = out.with_suffix(".png")
    cv2.imwrite(str(png), picture)
    graph = ["-i", str(video), "-i", str(png), "-filter_complex", "[0:v][1:v]overlay=0:0"]
    ffmpeg([*graph, *x264(crf), "-an", str(out)])
    return out


def _spliced(video: Path, other: Path, folder: Path) -> Path:
    """Seconds 1 to 3 replaced by the same seconds of another window of the same clip."""
    out = folder / f"{video.stem}-spliced.mp4"
    if not out.exists():
        parts = (
            "[0:v]trim=0:1,setpts=PTS-STARTPTS[a];[1:v]trim=1:3,setpts=PTS-STARTPTS[b];"
            "[0:v]trim=start=3,setpts=PTS-STARTPTS[c];[a][b][c]concat=n=3"
        )
        ffmpeg(["-i", str(video), "-i", str(other), "-filter_complex", parts, *x264(12), "-an", str(out)])
    return out
