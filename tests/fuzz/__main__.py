# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""``python -m tests.fuzz --count 20000``: run, or go on with, a fuzz run of ``verify``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from .runner import Tally, fuzz

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Exit 0 where nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    add = parser.add_argument
    add("--count", type=int, default=20_000, help="files in all, those of earlier runs included")
    add("--out", type=Path, default=ROOT / "benchmarks/results/fuzz.json", help="result")
    add(
        "--cases",
        type=Path,
        default=ROOT / "out/fuzz",
        help="where found files and unfinished results are kept",
    )
    add("--processes", type=int, default=1, help="side by side; the same number when going on")
    add(
        "--first",
        type=int,
        default=0,
        help="number of the first mutation; another one for another set of files",
    )
    add("--share", type=int, default=None, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.share is not None:
        each = wanted.count // wanted.processes
        out = _part(wanted.cases, wanted.share)
        fuzz(each, out, wanted.cases, start=wanted.first + wanted.share, step=wanted.processes)
        return 0
    shares = range(wanted.processes)
    running = [
        subprocess.Popen([sys.executable, "-m", "tests.fuzz", *sys.argv[1:], "--share", str(k)])
        for k in shares
    ]
    endings = [process.wait() for process in running]
    tally = Tally.together([Tally.load(_part(wanted.cases, k)) for k in shares])
    tally.save(wanted.out)
    told = {"done": tally.done, "verdicts": tally.verdicts, "problems": tally.problems}
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if tally.problems or any(endings) else 0


def _part(folder: Path, share: int) -> Path:
    return folder / f"part-{share}.json"


if __name__ == "__main__":
    sys.exit(main())
