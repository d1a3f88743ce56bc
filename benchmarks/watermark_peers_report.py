# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""What `watermark_peers.py` found, as a table in Markdown, as JSON and as a chart; and which bars were met."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np
from watermark_peers_methods import OURS, Marks

TIMES_FASTER = 20.0
_COLOURS = ((96, 174, 39), (200, 130, 60), (60, 140, 240), (160, 90, 160), (130, 130, 130))


@dataclass(frozen=True)
class Made:
    """One clip marked by one method; PSNR in dB, of the luma and of BGR, against the unmarked frames."""

    clip: str
    method: str
    luma_psnr: float
    colour_psnr: float
    mark_ms: float


@dataclass(frozen=True)
class Cell:
    """One attack on one clip marked by one method.

    Attributes:
        right: share of right bits; None where ours read no message.
        read_s: CPU seconds of reading the file, with decoding.
        looked: frames that were looked at.
    """

    clip: str
    method: str
    attack: str
    family: str
    recovered: bool
    right: float | None
    read_s: float
    looked: int
    remark: str = ""


def publish(
    made: Sequence[Made],
    found: Sequence[Cell],
    methods: Sequence[Marks],
    spent: float,
    *,
    json_to: Path | None,
    picture_to: Path | None,
) -> str:
    """Write what was asked for; the Markdown and a line of JSON for the console."""
    names = [how.name for how in methods if any(cell.method == how.name for cell in found)]
    families = list(dict.fromkeys(cell.family for cell in found))
    summary = {name: _summary(name, made, found, families) for name in names}
    report = {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, one thread",
        "python": platform.python_version(),
        "method": "first 25 frames at 720 lines, marked, stored lossless, attacked, read; every bit right",
        "packages": {how.name: how.package for how in methods},
        "bits": {how.name: how.bits for how in methods},
        "clips": list(dict.fromkeys(one.clip for one in made)),
        "cpu_minutes": round(spent / 60, 1),
        "summary": summary,
        "bars": _bars(summary, families),
        "made": [asdict(one) for one in made],
        "cells": [asdict(cell) for cell in found],
    }
    if json_to:
        json_to.parent.mkdir(parents=True, exist_ok=True)
        json_to.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if picture_to:
        picture_to.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(picture_to), _chart(summary, families))
    short = {key: report[key] for key in ("machine", "clips", "packages", "cpu_minutes", "bars")}
    return f"{_table(summary, families)}\n{json.dumps(short)}"


def _summary(name: str, made: Sequence[Made], found: Sequence[Cell], families: Sequence[str]) -> dict:
    own = [cell for cell in found if cell.method == name]
    kept = [one for one in made if one.method == name]
    looked = fmean(cell.looked for cell in own)
    return {
        "recovered": {
            family: [
                sum(c.recovered for c in own if c.family == family),
                sum(c.family == family for c in own),
            ]
            for family in families
        },
        "right_bits": {
            family: _mean([c.right for c in own if c.family == family and c.right is not None])
            for family in families
        },
        "all": [sum(cell.recovered for cell in own), len(own)],
        "luma_psnr": _mean([one.luma_psnr for one in kept]),
        "colour_psnr": _mean([one.colour_psnr for one in kept]),
        "mark_ms": _mean([one.mark_ms for one in kept]),
        "read_s": _mean([cell.read_s for cell in own]),
        "frames_read": round(looked, 1),
        "read_ms_a_frame": round(1000 * fmean(cell.read_s for cell in own) / looked, 2),
    }


def _bars(summary: dict[str, dict], families: Sequence[str]) -> dict[str, dict[str, object]]:
    """How ours stands to each peer; ``read`` as often as it read, ``read_frame`` for the same number of frames."""
    ours = summary.get(OURS)
    bars: dict[str, dict[str, object]] = {}
    for name, own in summary.items():
        if ours is None or name == OURS:
            continue
        shares = {f: (_share(ours["recovered"][f]), _share(own["recovered"][f])) for f in families}
        bars[name] = {
            "mark_times": round(own["mark_ms"] / ours["mark_ms"], 1),
            "read_times": round(own["read_s"] / ours["read_s"], 1),
            "read_frame_times": round(own["read_ms_a_frame"] / ours["read_ms_a_frame"], 1),
            "above_in": [f for f, (a, b) in shares.items() if a > b],
            "equal_in": [f for f, (a, b) in shares.items() if a == b],
            "below_in": [f for f, (a, b) in shares.items() if a < b],
        }
        bars[name]["mark_met"] = bars[name]["mark_times"] >= TIMES_FASTER
        bars[name]["read_met"] = bars[name]["read_times"] >= TIMES_FASTER
        bars[name]["read_frame_met"] = bars[name]["read_frame_times"] >= TIMES_FASTER
    return bars


def _table(summary: dict[str, dict], families: Sequence[str]) -> str:
    lines = ["| | " + " | ".join(summary) + " |", "|---" * (len(summary) + 1) + "|"]

    def line(what: str, cell: Callable[[dict], str]) -> None:
        lines.append(f"| {what} | " + " | ".join(cell(own) for own in summary.values()) + " |")

    for family in families:
        line(f"{family}: recovered", lambda own, f=family: _of(own["recovered"][f]))
    line("all", lambda own: _of(own["all"]))
    for family in families:
        line(f"{family}: right bits", lambda own, f=family: _or_dash(own["right_bits"][f]))
    line("luma PSNR, dB", lambda own: f"{own['luma_psnr']:.1f}")
    line("BGR PSNR, dB", lambda own: f"{own['colour_psnr']:.1f}")
    ours = summary.get(OURS)

    def timed(field: str) -> Callable[[dict], str]:
        return lambda own: f"{own[field]:.3g}" + (f" ({own[field] / ours[field]:.1f}×)" if ours else "")

    line("marking, CPU ms a frame", timed("mark_ms"))
    line("reading a video, CPU s", timed("read_s"))
    line("frames of it read", lambda own: f"{own['frames_read']:g}")
    line("reading, CPU ms a frame", timed("read_ms_a_frame"))
    return "\n".join(lines)


def _chart(summary: dict[str, dict], families: Sequence[str]) -> np.ndarray:
    """Bars of the share that each method recovered, by family."""
    groups = [*families, "all"]
    bar, gap, left, top, high = 26, 34, 56, 60, 240
    wide = bar * len(summary) + gap
    width = max(left + wide * len(groups) + 20, left + 165 * len(summary))
    sheet = np.full((top + high + 46, width, 3), 255, np.uint8)
    for percent in (0, 25, 50, 75, 100):
        y = top + high - high * percent // 100
        cv2.line(sheet, (left, y), (sheet.shape[1] - 20, y), (225, 225, 225), 1)
        _write(sheet, f"{percent} %", 8, y + 5)
    for index, (name, own) in enumerate(summary.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        key = left + index * 165
        cv2.rectangle(sheet, (key, 16), (key + 14, 30), colour, -1)
        _write(sheet, name, key + 20, 28)
        for group, family in enumerate(groups):
            share = _share(own["all"] if family == "all" else own["recovered"][family])
            x = left + gap // 2 + group * wide + index * bar
            y = top + high - round(high * share)
            cv2.rectangle(sheet, (x, y), (x + bar - 3, top + high), colour, -1)
            _write(sheet, f"{100 * share:.0f}", x + 1, y - 4, 0.36)
    for group, family in enumerate(groups):
        _write(sheet, family, left + gap // 2 + group * wide, top + high + 22, 0.48)
    return sheet


def _write(sheet: np.ndarray, text: str, x: int, y: int, size: float = 0.45) -> None:
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, (40, 40, 40), 1, cv2.LINE_AA)


def _share(counts: Sequence[int]) -> float:
    return counts[0] / max(counts[1], 1)


def _of(counts: Sequence[int]) -> str:
    return f"{counts[0]} of {counts[1]} ({100 * _share(counts):.0f} %)"


def _or_dash(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 4) if values else None
