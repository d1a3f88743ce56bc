# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How much a sound mark survives, how far it lies below the sound, and whether it is ever found where it is not.

Method. Every track of `sound_tracks` is marked with its own locator, sent through every attack of `sound_attacks`, and
searched blind, with no knowledge of what was done. "Blind" means that exactly this locator was read; "known", that it
was only confirmed by the matched filter, with a chance below 1e-9; "lost" is the rest. A wrong locator counts as wrong,
whatever else was found. The family "beyond" is reported apart. SNR is the power of the sound over the power of the
change; NMR is what `sound_distance` says.

False positives: ``--null N`` searches, each of one window of 4 to 12 s with one fresh random key, of sound that has no
mark of it: the unmarked tracks, tracks marked with another key, noise and tones. Counted are messages read (each would
be wrong), and how far sync chips stood out (largest z of all speeds, groups and shifts) beside the largest of as many
independent normal values; neighbouring shifts and speeds overlap, so less is expected.

    python benchmarks/watermark_sound.py --tracks DIR --null 2000 --json benchmarks/results/watermark_sound.json
        --picture docs/images/watermark-sound.png
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import os
import platform
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from sound_attacks import ATTACKS, RATE, Sound
from sound_distance import nmr
from sound_tracks import SHORT_S, Track, tracks

from adseal_provenance.watermark.keys import PATTERNS, WatermarkKey, new_locator
from adseal_provenance.watermark.sound import mark_sound
from adseal_provenance.watermark.sound_detect import SoundDetector

log = logging.getLogger("watermark_sound")

KEYS_A_WINDOW = 8
QUANTILES = (0.1, 0.5, 0.9, 0.99, 0.999)
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Host:
    """A track after marking.

    Attributes:
        reason: why it could not be marked; empty if it was.
        snr_db, nmr_db: see the method.
        above_mask: share of band-frames whose change exceeds what is masked.
        clarity: of the weakest 5 s, as the embedder reads it back.
        mark_x, find_x: CPU seconds of marking and of finding (all attacks) for a second of sound.
    """

    name: str
    source: str
    seconds: float
    reason: str = ""
    snr_db: float | None = None
    nmr_db: float | None = None
    above_mask: float | None = None
    clarity: float | None = None
    mark_x: float | None = None
    find_x: float | None = None


@dataclass(frozen=True)
class Row:
    """One attack on one track: ``blind``, ``known``, ``lost`` or ``wrong``."""

    host: str
    attack: str
    family: str
    outcome: str
    log10_p: float | None


def examined(track: Track, names: Sequence[str]) -> tuple[Host, list[Row]]:
    """Mark one track, attack it, look for the mark."""
    key, locator = WatermarkKey(secrets.token_bytes(32)), new_locator()
    detector = SoundDetector([key])
    began = time.process_time()
    result = mark_sound(track.samples, RATE, key, locator)
    spent = time.process_time() - began
    seconds = track.samples.shape[1] / RATE
    if not result.marked:
        return Host(track.name, track.source, round(seconds, 1), result.reason), []
    found, finding, heard = [], 0.0, 0.0
    for name in names:
        received = np.ascontiguousarray(ATTACKS[name].run(result.samples))
        began = time.process_time()
        marks = detector.find(received, RATE)
        finding += time.process_time() - began
        heard += received.shape[1] / RATE
        outcome = "blind" if {mark.id for mark in marks} == {locator} else "wrong" if marks else "lost"
        log10_p = marks[0].log10_p if marks else None
        if outcome == "lost":
            known = detector.verify_known(received, RATE, [(key.key_id, locator)])
            outcome, log10_p = ("known", known.log10_p) if known else ("lost", None)
        found.append(Row(track.name, name, ATTACKS[name].family, outcome, log10_p))
    distance, above = nmr(track.samples, result.samples)
    host = Host(
        track.name,
        track.source,
        round(seconds, 1),
        snr_db=result.snr_db,
        nmr_db=distance,
        above_mask=above,
        clarity=result.clarity,
        mark_x=round(spent / seconds, 4),
        find_x=round(finding / max(heard, 1e-9), 4),
    )
    return host, found


def nothing_there(all_tracks: Sequence[Track], count: int) -> dict[str, Any]:
    """``count`` searches of what does not have the mark that is looked for."""
    random = np.random.default_rng(3)
    other = WatermarkKey(secrets.token_bytes(32))
    kinds = {
        "unmarked": [track.samples for track in all_tracks],
        "marked with another key": [
            mark_sound(track.samples, RATE, other, new_locator()).samples for track in all_tracks
        ],
        "noise and tones": [],
    }
    wrong, searches = dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0)
    largest: list[float] = []
    trials: list[int] = []
    spent = heard = 0.0
    while len(largest) < count:
        kind = list(kinds)[len(largest) // KEYS_A_WINDOW % len(kinds)]
        samples = _stretch(kinds[kind], random)
        keys = [WatermarkKey(secrets.token_bytes(32)) for _ in range(KEYS_A_WINDOW)]
        began = time.process_time()
        wrong[kind] += sum(bool(SoundDetector([key]).find(samples, RATE)) for key in keys)
        spent += time.process_time() - began
        heard += KEYS_A_WINDOW * samples.shape[1] / RATE
        hits = [hit for hit, _ in SoundDetector(keys).hits(samples, RATE)]
        searches[kind] += KEYS_A_WINDOW
        for i in range(KEYS_A_WINDOW):
            largest.append(max(hit.z for hit in hits if hit.template // PATTERNS == i))
            trials.append(hits[-1].trials // KEYS_A_WINDOW)
        if len(largest) % (25 * KEYS_A_WINDOW) == 0:
            log.info("nothing there: %d of %d searches, %d wrong", len(largest), count, sum(wrong.values()))
    return {
        "searches": searches,
        "wrong_ids": wrong,
        "shifts_per_search": int(np.median(trials)),
        "find_x": round(spent / heard, 4),
        "largest_z": _beside_theory(np.array(largest), np.array(trials)),
    }


def _stretch(sources: list[Sound], random: np.random.Generator) -> Sound:
    """4 to 12 s of one of several sounds at another volume; without any, noise or tones."""
    length = round(float(random.uniform(4, 12)) * RATE)
    volume = 10 ** float(random.uniform(-1, 0))
    if sources:
        source = sources[int(random.integers(len(sources)))]
        first = int(random.integers(max(source.shape[1] - length, 0) + 1))
        return np.ascontiguousarray(source[:, first : first + length] * np.float32(volume))
    noise = random.normal(0, 0.1, (1, length)) * np.abs(
        random.normal(0, 1, length // 4800 + 1).repeat(4800)[:length]
    )
    t = np.arange(length) / RATE
    for hertz in np.geomspace(200, 8000, int(random.integers(1, 9))):
        noise += 0.1 * np.sin(2 * np.pi * hertz * float(random.uniform(0.9, 1.1)) * t)
    return np.clip(noise * volume, -1, 1).astype(np.float32)


def _beside_theory(largest: Numbers, trials: Numbers) -> dict[str, Any]:
    """Quantiles of the largest z of a search, and of the largest of as many independent normal values."""
    normal = [
        np.mean([_largest_of(n, share) for n in np.quantile(trials, (0.1, 0.5, 0.9))]) for share in QUANTILES
    ]
    edges = np.arange(3.0, 7.01, 0.1)
    return {
        "mean": round(float(largest.mean()), 2),
        "largest": round(float(largest.max()), 2),
        "measured": {str(q): round(float(np.quantile(largest, q)), 2) for q in QUANTILES},
        "normal": {str(q): round(float(v), 2) for q, v in zip(QUANTILES, normal, strict=True)},
        "histogram_from_3_by_0.1": np.histogram(largest, edges)[0].tolist(),
    }


def _largest_of(count: float, share: float) -> float:
    """The value that the largest of ``count`` normal values stays below with this chance."""
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        above = 0.5 * math.erfc(middle / math.sqrt(2))
        low, high = (
            (middle, high) if count * math.log1p(-min(above, 0.999)) < math.log(share) else (low, middle)
        )
    return low


def table(found: Sequence[Row], hosts: Sequence[Host], null: dict[str, Any] | None) -> str:
    """The report in Markdown."""
    short = {host.name for host in hosts if host.seconds <= SHORT_S}
    columns = {
        "tracks of 15 to 30 s": {host.name for host in hosts} - short,
        "of 6 s": short,
        "all": {h.name for h in hosts},
    }
    lines = ["| family | " + " | ".join(columns) + " | known of all |", "|---" * 5 + "|"]
    for family in (*dict.fromkeys(row.family for row in found if row.family != "beyond"), "all", "beyond"):
        cells = [family]
        for names in columns.values():
            part = [r for r in found if r.host in names and _in(r, family)]
            blind = sum(r.outcome == "blind" for r in part)
            cells.append(f"{blind} of {len(part)} ({blind / max(len(part), 1):.1%})")
        cells.append(str(sum(r.outcome == "known" for r in found if _in(r, family))))
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "| attack, where not always blind | blind | not on |", "|---|---|---|"]
    for name in dict.fromkeys(row.attack for row in found):
        part = [r for r in found if r.attack == name]
        missed = [f"{r.host} ({r.outcome})" for r in part if r.outcome != "blind"]
        if missed:
            lines.append(f"| {name} | {len(part) - len(missed)} of {len(part)} | {', '.join(missed)} |")
    lines += [
        "",
        "| track | SNR dB | NMR dB | above mask | clarity | marking x | finding x |",
        "|---" * 7 + "|",
    ]
    for h in hosts:
        told = (
            f"not markable: {h.reason} | | | | |"
            if h.reason
            else f"{h.snr_db} | {h.nmr_db} | {h.above_mask:.1%} | {h.clarity} | {h.mark_x} | {h.find_x}"
        )
        lines.append(f"| {h.name} | {told} |")
    if null:
        lines += ["", f"Nothing there: searches {null['searches']}, wrong ids {null['wrong_ids']}."]
        lines += [f"CPU seconds a second of sound with nothing in it, one key: {null['find_x']}.", ""]
        lines += [
            "| largest z | " + " | ".join(map(str, QUANTILES)) + " |",
            "|---" * (len(QUANTILES) + 1) + "|",
        ]
        for kind in ("measured", "normal"):
            lines.append(
                f"| {kind} | " + " | ".join(f"{v:g}" for v in null["largest_z"][kind].values()) + " |"
            )
    return "\n".join(lines)


def _in(row: Row, family: str) -> bool:
    return row.family != "beyond" if family == "all" else row.family == family


def picture(found: Sequence[Row], hosts: Sequence[Host], path: Path) -> None:
    """A cell for each attack and track: green read blind, amber confirmed, red lost, black wrong."""
    colours = {"blind": (96, 174, 39), "known": (40, 175, 240), "lost": (70, 70, 220), "wrong": (0, 0, 0)}
    names = list(dict.fromkeys(row.attack for row in found))
    shown = [host for host in hosts if not host.reason]
    outcomes = {(row.attack, row.host): row for row in found}
    high, left, cell, top = 20, 210, 44, 200
    sheet = np.full((top + high * len(names) + 8, left + cell * len(shown) + 60, 3), 255, np.uint8)
    for column, host in enumerate(shown):
        label = np.full((cell, top, 3), 255, np.uint8)
        _write(label, host.name, 4, 28)
        corner = left + column * cell
        sheet[:top, corner : corner + cell] = cv2.rotate(label, cv2.ROTATE_90_COUNTERCLOCKWISE)
    for line, name in enumerate(names):
        y = top + high * line
        _write(sheet, name, 6, y + 15)
        for column, host in enumerate(shown):
            row = outcomes[name, host.name]
            x = left + column * cell
            cv2.rectangle(sheet, (x + 1, y + 1), (x + cell - 2, y + high - 2), colours[row.outcome], -1)
            if row.log10_p is not None:
                _write(sheet, f"{row.log10_p:.0f}", x + 8, y + 15, (255, 255, 255))
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def _write(sheet: np.ndarray, text: str, x: int, y: int, colour: tuple[int, int, int] = (40, 40, 40)) -> None:
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv2.LINE_AA)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tracks", type=Path, required=True, help="a folder of sounds")
    parser.add_argument("--seconds", type=float, default=30.0, help="most seconds of each track")
    parser.add_argument("--only", nargs="*", choices=sorted(ATTACKS), metavar="NAME", help="of the attacks")
    parser.add_argument("--null", type=int, default=0, help="searches where nothing is")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--picture", type=Path, help="a PNG of all outcomes")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    cv2.setNumThreads(1)
    all_tracks = list(tracks(given.tracks, given.seconds))
    hosts: list[Host] = []
    found: list[Row] = []
    began = time.monotonic()
    for i, track in enumerate(all_tracks):
        host, own = examined(track, given.only or list(ATTACKS))
        hosts.append(host)
        found += own
        left = (time.monotonic() - began) / (i + 1) * (len(all_tracks) - i - 1)
        log.info("%d of %d tracks, %.0f s left: %s", i + 1, len(all_tracks), left, track.name)
    null = nothing_there(all_tracks, given.null) if given.null else None
    report = summary(found, hosts) | {"null": null}
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(stored(report, found, hosts), encoding="utf-8")
    if given.picture:
        picture(found, hosts, given.picture)
    print(table(found, hosts, null))
    print(json.dumps(report))


def stored(report: dict[str, Any], found: Sequence[Row], hosts: Sequence[Host]) -> str:
    """The report as JSON, one line for each row."""
    head = json.dumps(report | {"hosts": [asdict(host) for host in hosts]}, indent=1, ensure_ascii=False)
    rows = ",\n".join(f"  {json.dumps(asdict(row), ensure_ascii=False)}" for row in found)
    return f'{head[:-2]},\n "rows": [\n{rows}\n ]\n}}\n'


def summary(found: Sequence[Row], hosts: Sequence[Host]) -> dict[str, Any]:
    """The figures that are quoted elsewhere."""
    asked = [row for row in found if row.family != "beyond"]
    marked = [host for host in hosts if not host.reason]

    def mean(field: str) -> float:
        return round(float(np.mean([getattr(host, field) for host in marked])), 4)

    return {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, one thread",
        "marked": f"{len(marked)} of {len(hosts)}",
        "blind": round(sum(r.outcome == "blind" for r in asked) / max(len(asked), 1), 4),
        "confirmed": round(sum(r.outcome in ("blind", "known") for r in asked) / max(len(asked), 1), 4),
        "beyond_blind": round(
            sum(r.outcome == "blind" for r in found if r.family == "beyond")
            / max(len(found) - len(asked), 1),
            4,
        ),
        "wrong": sum(r.outcome == "wrong" for r in found),
        **{f"mean_{field}": mean(field) for field in ("snr_db", "nmr_db", "above_mask", "mark_x", "find_x")},
    }


if __name__ == "__main__":
    main()
