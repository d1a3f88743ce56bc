# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""How well the fingerprint tells copies from other videos, exchanged text from untouched, and foreign seconds.

    python benchmarks/fingerprint.py ../shared/clips --work /tmp/fingerprint --out benchmarks/results/fingerprint

Copies: the attacks of ``attacks.py`` on windows of real clips. Not copies: the same files against the registered
windows of other clips, and, hardest, against other windows of the same clip (the same scene, at times the same camera).
The work folder keeps the videos, their fingerprints and what was judged, so that a stopped run goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from attacks import ATTACKS
from fingerprint_cases import WINDOWS, Case, make, name_of

from adseal_provenance.likeness.compare import (
    AGREES_FROM,
    MOVES_FROM,
    STILL_FROM,
    Agreement,
    compare,
    is_copy,
)
from adseal_provenance.likeness.descriptor import Descriptor
from adseal_provenance.likeness.fingerprint import Fingerprint
from adseal_provenance.reading.frames import luma_frames
from adseal_provenance.watermark.detect import detect_file

_STRANGERS = (("bee", 0.0), ("bunny", 2.5), ("crystal", 6.0), ("cars", 10.0))


#: One of each family or two: comparing with what is nowhere like it takes longest.
_AGAINST_STRANGERS = (
    "none_crf12",
    "h264_crf40",
    "crop50",
    "letterbox_9x16",
    "noise_s20",
    "blur_s3",
    "trim1s",
    "pip50",
    "screenshot_q50",
    "chain_tiktok",
    "chain_videoseal",
)


def taken(path: Path, folder: Path) -> Fingerprint:
    """As verification takes it, kept beside the video; bars are looked for where there are some."""
    kept = folder / "fingerprints" / f"{path.name}.npz"
    if kept.exists():
        with np.load(kept) as data:
            return Fingerprint(data["pictures"], float(data["step_s"]))
    kept.parent.mkdir(exist_ok=True)
    barred = any(word in path.name for word in ("letterbox", "pad25"))
    fingerprint = detect_file(path, ())[1] if barred else Fingerprint.of(luma_frames(path, per_second=25))
    if fingerprint is None:
        raise RuntimeError(f"{path} has no picture")
    np.savez(kept, pictures=fingerprint.pictures, step_s=fingerprint.step_s)
    return fingerprint


def judge(case: Case, folder: Path, registered: dict[str, Fingerprint]) -> dict[str, Any]:
    """One received video against its original and, for attacks, against everything else."""
    received = taken(case.path, folder)
    began = time.process_time()
    own = compare(received, registered[case.original])
    row: dict[str, Any] = {
        "kind": case.kind,
        "original": case.original,
        "detail": case.detail,
        "own": _plain(own),
        "cpu_s": round(time.process_time() - began, 3),
    }
    if case.kind == "attack":
        row["family"] = ATTACKS[case.detail].family
        clip = case.original.split("@")[0]
        others = [name_of(w) for w in WINDOWS if w[0] != clip and (w[0], w[1]) in _STRANGERS]
        others = others if case.detail in _AGAINST_STRANGERS else []
        windows = [name_of(w) for w in WINDOWS if w[0] == clip and name_of(w) != case.original] + others
        row["others"] = {name: _plain(compare(received, registered[name])) for name in windows}
        row["found"] = _found(received, registered[case.original])
    if case.spliced is not None:
        row["spliced"] = case.spliced
        row["told"] = [round(v, 2) for v in _widest(own)]
    return row


def _found(received: Fingerprint, registered: Fingerprint) -> dict[str, Any]:
    """Would the look-up open one of its drawers, and what would the exact vectors say?"""
    query, own = Descriptor.of_query(received), Descriptor.of(registered)
    drawers = {cell for cell, _ in own.codes()}
    return {
        "drawer": bool(drawers & set(query.probes())),
        "similarity": round(query.similarity(own), 3),
    }


def _plain(agreement: Agreement) -> dict[str, Any]:
    return {
        "score": agreement.score,
        "moving": agreement.moving,
        "agrees": agreement.agrees,
        "changes": len(agreement.changes),
        "foreign": agreement.foreign,
    }


def _widest(agreement: Agreement) -> tuple[float, float]:
    return max(agreement.foreign, key=lambda s: s[1] - s[0], default=(0.0, 0.0))


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    for row in rows:  # kept rows may have been judged by an earlier rule
        for found in (row["own"], *row.get("others", {}).values()):
            found["agrees"] = is_copy(found["score"], found["moving"])
    attacks = [row for row in rows if row["kind"] == "attack"]
    clip = {row["original"]: row["original"].split("@")[0] for row in attacks}
    same = [
        o for row in attacks for n, o in row["others"].items() if n.split("@")[0] == clip[row["original"]]
    ]
    other = [
        o for row in attacks for n, o in row["others"].items() if n.split("@")[0] != clip[row["original"]]
    ]
    families: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in attacks:
        families[row["family"]].append(row)
    text = {kind: [row for row in rows if row["kind"] == kind] for kind in ("text", "same_text")}
    splices = [row for row in rows if row["kind"] == "splice"]
    told = [row for row in splices if row["told"][1] > row["told"][0]]
    errors = [abs(a - b) for row in told for a, b in zip(row["told"], row["spliced"], strict=True)]
    return {
        "copies": len(attacks),
        "missed": [f"{row['original']} {row['detail']}" for row in attacks if not row["own"]["agrees"]],
        "families": {
            name: {
                "copies": len(some),
                "missed": sum(not row["own"]["agrees"] for row in some),
                "told_changed": sum(row["own"]["changes"] > 0 for row in some),
                "looked_up": sum(
                    row["found"]["drawer"] and row["found"]["similarity"] >= 0.5 for row in some
                ),
            }
            for name, some in families.items()
        },
        "other_clips": {"compared": len(other), "false_matches": sum(o["agrees"] for o in other)},
        "other_windows": {"compared": len(same), "false_matches": sum(o["agrees"] for o in same)},
        "false_matches": [
            f"{row['original']} {row['detail']} as {name} ({o['score']}, {o['moving']})"
            for row in attacks
            for name, o in row["others"].items()
            if o["agrees"]
        ],
        "text": {
            "exchanged": len(text["text"]),
            "agrees": sum(row["own"]["agrees"] for row in text["text"]),
            "told": sum(row["own"]["changes"] > 0 for row in text["text"]),
            "not_told": [
                f"{row['original']} {row['detail']}" for row in text["text"] if not row["own"]["changes"]
            ],
            "untouched": len(text["same_text"]),
            "told_falsely": sum(row["own"]["changes"] > 0 for row in text["same_text"]),
        },
        "splices": {
            "videos": len(splices),
            "told": len(told),
            "mean_error_s": round(float(np.mean(errors)), 2) if errors else None,
            "rows": [(row["original"], row["detail"], row["told"], row["spliced"]) for row in splices],
        },
        "cpu_s_a_comparison": round(float(np.median([row["cpu_s"] for row in rows])), 2),
    }


def markdown(result: dict[str, Any]) -> str:
    s, lines = (
        result["summary"],
        ["# Fingerprint", "", result["method"], "", f"Machine: {result['machine']}", ""],
    )
    lines += ["| family | copies | missed | found by the look-up | a change told |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {f['copies']} | {f['missed']} | {f['looked_up']} | {f['told_changed']} |"
        for name, f in s["families"].items()
    ]
    other, same, text, cut = s["other_clips"], s["other_windows"], s["text"], s["splices"]
    lines += [
        "",
        f"Missed: {', '.join(s['missed']) or 'none'} (of {s['copies']}).",
        f"False matches with other clips: {other['false_matches']} of {other['compared']}.",
        f"False matches with other windows of the same clip: {same['false_matches']} of {same['compared']}.",
        *[f"* {line}" for line in s["false_matches"]],
        f"Exchanged text told: {text['told']} of {text['exchanged']}; told where none was exchanged: "
        f"{text['told_falsely']} of {text['untouched']}.",
        *[f"* not told: {line}" for line in text["not_told"]],
        f"Spliced seconds told: {cut['told']} of {cut['videos']}, ends off by {cut['mean_error_s']} s on average.",
        f"One comparison with the original: {s['cpu_s_a_comparison']} CPU s (median).",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    originals, cases = make(options.clips, options.work)
    registered = {
        name: Fingerprint.from_bytes(taken(path, options.work).for_record().to_bytes())
        for name, path in originals.items()
    }
    # judged rows are kept, so that a run that was stopped goes on; delete the file after a change of the method
    kept = options.work / "rows.jsonl"
    lines = kept.read_text().splitlines() if kept.exists() else []
    rows = [json.loads(line) for line in lines]
    done = {(row["kind"], row["original"], row["detail"]) for row in rows}
    left = [case for case in cases if (case.kind, case.original, case.detail) not in done]
    with ProcessPoolExecutor(options.jobs, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        waiting = [pool.submit(judge, case, options.work, registered) for case in left]
        for future in as_completed(waiting):
            rows.append(future.result())
            with kept.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
            print(rows[-1]["kind"], rows[-1]["original"], rows[-1]["detail"], rows[-1]["own"], flush=True)
    sizes = [len(r.to_bytes()) / r.seconds / 1000 for r in registered.values()]
    result = {
        "method": f"{len(WINDOWS)} windows of 4 clips, at most 432 lines, the first of each clip attacked in "
        f"{len(ATTACKS)} ways; no watermark geometry is given. Agrees: structure from {AGREES_FROM}, movement from "
        f"{MOVES_FROM} (structure from {STILL_FROM} where nothing "
        f"moves). A record's fingerprint takes {min(sizes):.0f} to {max(sizes):.0f} kB a second.",
        "machine": f"{platform.machine()}, {os.cpu_count()} shared cores, {platform.system()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}",
        "summary": summary(rows),
        "rows": sorted(rows, key=lambda row: (row["kind"], row["original"], row["detail"])),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n")
    options.out.with_suffix(".md").write_text(markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
