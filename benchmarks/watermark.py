# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How much a picture mark survives: every attack of `attacks.py` on natural clips and on finished ads.

Method. The first seconds of each clip, at 720 lines, are marked and stored without loss; two ads of the example
campaign at 1080 x 1920 are rendered, marked and encoded as they are delivered. Each is attacked by another program
(ffmpeg), the attacked file is read as `adseal verify` reads it, and "blind" means that exactly the right 48-bit
locator was read from it, with no knowledge of what was done. Where that fails, "known" means that the right locator is
confirmed by the matched filter with a chance below 1e-9 that an unmarked video would be. A locator that is not the
right one counts as wrong, whatever else was found.

    python benchmarks/watermark.py --clips DIR [--ads] [--profile quality] [--only NAME ...]
        [--json benchmarks/results/watermark.json] [--picture docs/images/watermark.png]
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from attacks import ATTACKS, run
from watermark_hosts import KEY, LOCATOR, Host, ads, natural

from adseal_provenance.reading.media import Limits
from adseal_provenance.watermark.detect import detect_file

log = logging.getLogger("watermark")

PICTURE = "io.adseal.picture.1"


@dataclass(frozen=True)
class Row:
    """One attack on one video.

    Attributes:
        outcome: ``blind``, ``known``, ``lost`` or ``wrong``.
        log10_p: of the find; None where there was none.
        cpu_s: CPU time of reading the attacked file, decoding included.
    """

    host: str
    attack: str
    family: str
    outcome: str
    log10_p: float | None
    cpu_s: float


def judge(path: Path) -> tuple[str, float | None, float]:
    """Read an attacked file."""
    began = time.process_time()
    known = [(KEY.key_id, LOCATOR)]
    detection, _ = detect_file(path, [KEY], known=known, limits=Limits(threads=1))
    spent = time.process_time() - began
    marks = [mark for mark in detection.marks if mark.algorithm == PICTURE]
    if not marks:
        return "lost", None, spent
    if {mark.id for mark in marks} != {LOCATOR}:
        return "wrong", marks[0].log10_p, spent
    return ("blind" if marks[0].method == "blind" else "known"), marks[0].log10_p, spent


def rows(hosts: Sequence[Host], names: Sequence[str], folder: Path) -> Iterator[Row]:
    """All attacks on all videos, with progress in the log."""
    started, done, total = time.monotonic(), 0, len(hosts) * (len(names) + 1)
    for index, host in enumerate(hosts):
        # what is put beside a video is another one without a mark
        other = hosts[(index + 1) % len(hosts)].clean
        for name in ("none", *names):
            (place := folder / f"{index}.{name}").mkdir()
            attacked = host.path if name == "none" else run(name, host.path, place, other)
            outcome, log10_p, spent = judge(attacked)
            if attacked != host.path:
                attacked.unlink()
            done += 1
            left = (time.monotonic() - started) / done * (total - done)
            log.info("%3d of %d, %4.0f s left: %s, %s: %s", done, total, left, host.name, name, outcome)
            family = "none" if name == "none" else ATTACKS[name].family
            yield Row(host.name, name, family, outcome, log10_p, round(spent, 2))


def table(found: Sequence[Row], hosts: Sequence[Host]) -> str:
    """Markdown: one line for each family, one column for each video; blind / blind or known / all."""
    families = list(dict.fromkeys(row.family for row in found))
    lines = ["| family | " + " | ".join(host.name for host in hosts) + " | all |"]
    lines.append("|---" * (len(hosts) + 2) + "|")
    for family in (*families, "all"):
        cells = [family]
        for name in (*(host.name for host in hosts), None):
            part = [r for r in found if family in (r.family, "all") and name in (r.host, None)]
            blind = sum(r.outcome == "blind" for r in part)
            known = sum(r.outcome == "known" for r in part)
            cells.append(f"{blind} + {known} of {len(part)}")
        lines.append("| " + " | ".join(cells) + " |")
    for name, field in (
        ("luma PSNR, dB", "psnr"),
        ("VMAF", "vmaf"),
        ("VMAF of the unmarked", "vmaf_most"),
        ("marking, CPU ms a frame", "mark_ms"),
    ):
        lines.append(f"| {name} | " + " | ".join(f"{getattr(host, field):g}" for host in hosts) + " | |")
    return "\n".join(lines)


def picture(found: Sequence[Row], hosts: Sequence[Host], path: Path) -> None:
    """A cell for each attack and video: green read blind, amber confirmed, red lost, black wrong."""
    colours = {"blind": (96, 174, 39), "known": (40, 175, 240), "lost": (70, 70, 220), "wrong": (0, 0, 0)}
    names = list(dict.fromkeys(row.attack for row in found))
    high, left, cell = 22, 190, 110
    sheet = np.full((high * (len(names) + 1) + 8, left + cell * len(hosts), 3), 255, np.uint8)
    for column, host in enumerate(hosts):
        _write(sheet, host.name, left + column * cell + 4, 16)
    for line, name in enumerate(names):
        top = high * (line + 1)
        _write(sheet, name, 6, top + 16)
        for column, host in enumerate(hosts):
            row = next(r for r in found if (r.attack, r.host) == (name, host.name))
            corner = (left + column * cell + 2, top + 2)
            end = (left + (column + 1) * cell - 2, top + high - 2)
            cv2.rectangle(sheet, corner, end, colours[row.outcome], -1)
            if row.log10_p is not None:
                _write(sheet, f"1e{row.log10_p:.0f}", corner[0] + 6, top + 16, (255, 255, 255))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet)


def _write(sheet: np.ndarray, text: str, x: int, y: int, colour: tuple[int, int, int] = (40, 40, 40)) -> None:
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="folder of two or more, *.mp4")
    parser.add_argument("--ads", action="store_true", help="two finished ads of the example campaign, too")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each clip")
    parser.add_argument("--profile", choices=("robust", "quality"), default="robust")
    parser.add_argument("--only", nargs="*", choices=sorted(ATTACKS), metavar="NAME", help="of the attacks")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", type=Path, help="a PNG of all outcomes")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clips = sorted(given.clips.glob("*.mp4"))
        if len(clips) < 2:
            parser.error(f"{given.clips} needs two clips or more: one is put beside the other")
        hosts = [natural(clip, folder, given.profile, given.seconds) for clip in clips]
        hosts += ads(folder, given.profile) if given.ads else []
        found = list(rows(hosts, given.only or list(ATTACKS), folder))
    report = {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, one thread",
        "profile": given.profile,
        "seconds": given.seconds,
        "hosts": [told(host) for host in hosts],
        "blind": round(sum(r.outcome == "blind" for r in found) / len(found), 4),
        "worst": min(_share(found, host.name) for host in hosts),
        "confirmed": round(sum(r.outcome in ("blind", "known") for r in found) / len(found), 4),
        "wrong": sum(r.outcome == "wrong" for r in found),
        "rows": [asdict(row) for row in found],
    }
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if given.picture:
        picture(found, hosts, given.picture)
    print(table(found, hosts))
    summary = {k: report[k] for k in ("machine", "profile", "blind", "worst", "confirmed", "wrong")}
    print(json.dumps(summary))


def _share(found: Sequence[Row], host: str) -> float:
    own = [row for row in found if row.host == host]
    return round(sum(row.outcome == "blind" for row in own) / len(own), 4)


def told(host: Host) -> dict[str, object]:
    """What of a video goes into the report."""
    return {field: getattr(host, field) for field in ("name", "psnr", "vmaf", "vmaf_most", "mark_ms")}


if __name__ == "__main__":
    main()
